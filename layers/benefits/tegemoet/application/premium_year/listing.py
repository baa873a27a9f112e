"""A list of a run in one object, sorted by id, and its index: a million items fit.

An id begins with its kind, so the items of a kind are one range of bytes. The index has that range
per kind, and the place of every 500th line, so that a page is a few reads of ranges.
"""

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import orjson

from tegemoet.application.files import json_lines, raw_lines
from tegemoet.application.ports import Objects, Sink

PLACES = 500
"""Lines between two places of the index."""
BLOCK = 1 << 17
"""Bytes that are read at once."""


class Listed(Protocol):
    """An item: a dataclass whose fields are JSON. Its `id` is `<kind>.<subject>`."""

    @property
    def id(self) -> str: ...

    @property
    def kind(self) -> str: ...


Item = TypeVar("Item", bound=Listed)


@dataclass(slots=True)
class KindRange:
    """The items of one kind: how many, their first byte, and the byte after their last."""

    count: int
    start: int
    stop: int


class Place(NamedTuple):
    """An item and the first byte of its line."""

    id: str
    start: int


@dataclass(frozen=True, slots=True)
class ListingIndex:
    """Where the items of each kind lie, and the place of every 500th."""

    kinds: dict[str, KindRange] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "ListingIndex":
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


def merged(*sorted_items: Iterable[Item]) -> Iterator[Item]:
    """The items of several sources, each sorted by id, in order of id.

    Of two with the same id the later source's stays.
    """
    last: Item | None = None
    for item in heapq.merge(*sorted_items, key=lambda found: found.id):
        if last is not None and last.id != item.id:
            yield last
        last = item
    if last is not None:
        yield last


def write_listing(out: Sink, items: Iterable[Listed]) -> ListingIndex:
    """Write items that come in order of id, one JSON line each. Returns their index."""
    index, end = ListingIndex(), 0
    for number, item in enumerate(items):
        [line] = json_lines([item])
        out.write(line)
        if number % PLACES == 0:
            index.places.append(Place(item.id, end))
        of_kind = index.kinds.setdefault(item.kind, KindRange(0, end, end))
        end += len(line)
        of_kind.count, of_kind.stop = of_kind.count + 1, end
    return index


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """The list of a run in the object `key`. `read` = makes an item of the fields of its line."""

    work: Objects
    key: str
    index: ListingIndex
    read: Callable[..., Item]

    def page(self, cursor: str | None, limit: int, kind: str | None = None) -> tuple[list[Item], str | None]:
        """At most `limit` items after the id `cursor`, and the cursor of the next page."""
        found = list(islice(self._after(cursor or "", kind), limit + 1))
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def find(self, item_id: str) -> Item | None:
        for item in self._from(item_id, None):
            if item.id >= item_id:
                return item if item.id == item_id else None
        return None

    def _after(self, cursor: str, kind: str | None) -> Iterator[Item]:
        return (item for item in self._from(cursor, kind) if item.id > cursor)

    def _from(self, item_id: str, kind: str | None) -> Iterator[Item]:
        """The items from a place at or before that id on."""
        start, stop = self.index.range(kind)
        at = bisect_right(self.index.places, item_id, key=lambda place: place.id) - 1
        if at >= 0:
            start = max(start, self.index.places[at].start)
        blocks = (self.work.get_range(self.key, first, min(first + BLOCK, stop)) for first in range(start, stop, BLOCK))
        return (self.read(**orjson.loads(line)) for line in raw_lines(blocks))
