"""Where items are, what a query reads, and which writes a late read does not see."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from local.simulator.dynamodb.values import Stored


class Place(NamedTuple):
    """Where an item is: its partition and its place within; `sk` is empty without a sort key."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The names of the key attributes, which are texts. `sort` is None where there is none."""

    partition: str
    sort: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


class Entry(NamedTuple):
    """An item in an index or, with an empty `range`, in the table; entries sort by it."""

    range: str
    place: Place


class Span(NamedTuple):
    """What a query reads of a partition: from `low` on, before `high`, beyond the entry `last`."""

    partition: str
    low: str | None = None
    high: str | None = None
    last: Entry | None = None
    forward: bool = True


class Lag(NamedTuple):
    """How many of the last writes of its table a read does not see.

    `scattered`: each partition is late by itself, at most by so many, so that the read of an index
    or a scan may see a later write and not an earlier one.
    """

    writes: int = 0
    scattered: bool = False

    def of(self, partition: str) -> int:
        """The lag of a partition."""
        if not self.scattered:
            return self.writes
        drawn = blake2b(f"{partition} {self.writes}".encode(), digest_size=4).digest()
        return int.from_bytes(drawn, "big") % (self.writes + 1)


class Written(NamedTuple):
    """A write: where, what was there before, and when."""

    place: Place
    before: Stored | None
    at: datetime
