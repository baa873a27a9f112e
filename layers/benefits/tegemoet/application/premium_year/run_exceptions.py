"""The exceptions of a run in one object, sorted by id, and its index: a million fit.

An id begins with its kind, so the exceptions of a kind are one range of bytes. The index has that
range per kind, and the place of every 500th line, so that a page is a few reads of ranges.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import orjson

from tegemoet.application.files import raw_lines
from tegemoet.application.ports import Objects, Sink
from tegemoet.domain.manual_review import YearException

PLACES = 500
"""Lines between two places of the index."""
BLOCK = 1 << 17
"""Bytes that are read at once."""


@dataclass(slots=True)
class KindRange:
    """The exceptions of one kind: how many, their first byte, and the byte after their last."""

    count: int
    start: int
    stop: int


class Place(NamedTuple):
    """An exception and the first byte of its line."""

    id: str
    start: int


@dataclass(frozen=True, slots=True)
class ExceptionsIndex:
    """Where the exceptions of each kind lie, and the place of every 500th."""

    kinds: dict[str, KindRange] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "ExceptionsIndex":
        kinds = {kind: KindRange(**of_kind) for kind, of_kind in values["kinds"].items()}
        return cls(kinds, [Place(*place) for place in values["places"]])

    def shape(self) -> Mapping[str, Any]:
        """The index as JSON."""
        return {
            "kinds": {kind: asdict(of_kind) for kind, of_kind in self.kinds.items()},
            "places": [*map(list, self.places)],
        }

    def counts(self) -> dict[str, int]:
        """How many of each kind, by kind."""
        return {kind: of_kind.count for kind, of_kind in sorted(self.kinds.items())}

    def range(self, kind: str | None) -> tuple[int, int]:
        """The bytes of a kind, or of all."""
        if kind is not None:
            of_kind = self.kinds.get(kind, KindRange(0, 0, 0))
            return of_kind.start, of_kind.stop
        return 0, max((of_kind.stop for of_kind in self.kinds.values()), default=0)


def merged(*sorted_exceptions: Iterable[YearException]) -> Iterator[YearException]:
    """The exceptions of several sources, each sorted by id, in order of id.

    Of two with the same id the later source's stays.
    """
    last: YearException | None = None
    for exception in heapq.merge(*sorted_exceptions, key=lambda found: found.id):
        if last is not None and last.id != exception.id:
            yield last
        last = exception
    if last is not None:
        yield last


def write_exceptions(out: Sink, exceptions: Iterable[YearException]) -> ExceptionsIndex:
    """Write exceptions that come in order of id, one JSON line each. Returns their index."""
    index, end = ExceptionsIndex(), 0
    for number, exception in enumerate(exceptions):
        line = orjson.dumps(_shape(exception), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
        out.write(line)
        if number % PLACES == 0:
            index.places.append(Place(exception.id, end))
        of_kind = index.kinds.setdefault(exception.kind, KindRange(0, end, end))
        end += len(line)
        of_kind.count, of_kind.stop = of_kind.count + 1, end
    return index


def _shape(exception: YearException) -> Mapping[str, object]:
    """What a run knows of an exception; what an operator chose lies elsewhere."""
    return {"id": exception.id, "kind": exception.kind, "facts": exception.facts, "run": exception.run}


@dataclass(frozen=True, slots=True)
class RunExceptions:
    """The exceptions of a run in the object `key`."""

    work: Objects
    key: str
    index: ExceptionsIndex

    def page(self, cursor: str | None, limit: int, kind: str | None = None) -> tuple[list[YearException], str | None]:
        """At most `limit` exceptions after the id `cursor`, and the cursor of the next page."""
        found = list(islice(self._after(cursor or "", kind), limit + 1))
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def find(self, exception_id: str) -> YearException | None:
        for exception in self._from(exception_id, None):
            if exception.id >= exception_id:
                return exception if exception.id == exception_id else None
        return None

    def _after(self, cursor: str, kind: str | None) -> Iterator[YearException]:
        return (exception for exception in self._from(cursor, kind) if exception.id > cursor)

    def _from(self, exception_id: str, kind: str | None) -> Iterator[YearException]:
        """The exceptions from a place at or before that id on."""
        start, stop = self.index.range(kind)
        at = bisect_right(self.index.places, exception_id, key=lambda place: place.id) - 1
        if at >= 0:
            start = max(start, self.index.places[at].start)
        blocks = (self.work.get_range(self.key, first, min(first + BLOCK, stop)) for first in range(start, stop, BLOCK))
        return (YearException(**orjson.loads(line)) for line in raw_lines(blocks))
