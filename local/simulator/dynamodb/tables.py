"""Tables: items in order of their keys, indexes over them, and what was there some writes ago."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from local.simulator.clock import WorldClock
from local.simulator.dynamodb.places import Entry, KeySchema, Lag, Place, Span, Written
from local.simulator.dynamodb.values import Stored
from local.simulator.errors import RefusedError, UnsupportedError, invalid

HISTORY = 64
"""Writes of a table that a stale read may miss."""
EVENTUALLY = timedelta(minutes=1)
"""How long a write may stay unseen. AWS says a second or less, usually, and promises nothing:
docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html."""


Each = TypeVar("Each")


@dataclass(slots=True)
class Index:
    """A global secondary index that projects everything."""

    keys: KeySchema
    partitions: dict[str, list[Entry]] = field(default_factory=dict)

    def entry(self, place: Place, item: Stored | None) -> tuple[str, Entry] | None:
        """The partition and the entry of an item; None for an item that the index leaves out."""
        if item is None:
            return None
        found = [item.values.get(name) for name in self.keys.names]
        if None in found:
            return None
        partition, *sort = (value[1] for value in found if value is not None)
        return partition, Entry(sort[0] if sort else "", place)

    def replace(self, place: Place, before: Stored | None, after: Stored | None) -> None:
        old, new = self.entry(place, before), self.entry(place, after)
        if old == new:
            return
        if old is not None:
            entries = self.partitions[old[0]]
            del entries[bisect_left(entries, old[1])]
        if new is not None:
            insort(self.partitions.setdefault(new[0], []), new[1])


@dataclass(slots=True)
class Table:
    """A table. `expires` = the attribute of its time to live."""

    name: str
    clock: WorldClock
    keys: KeySchema
    indexes: Mapping[str, Index]
    expires: str | None = None
    items: dict[str, dict[str, Stored]] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    """By partition, the sort keys in the order of a query."""
    history: deque[Written] = field(default_factory=lambda: deque(maxlen=HISTORY))

    @classmethod
    def declared(cls, name: str, properties: Mapping[str, Any], clock: WorldClock) -> "Table":
        """The table of a template's or a client's declaration. Raises UnsupportedError."""
        if any(each["AttributeType"] != "S" for each in properties["AttributeDefinitions"]):
            raise UnsupportedError("a key that is no text")
        indexes = {}
        for each in properties.get("GlobalSecondaryIndexes", ()):
            if each["Projection"]["ProjectionType"] != "ALL":
                raise UnsupportedError("an index that does not project everything")
            indexes[each["IndexName"]] = Index(_schema(each["KeySchema"]))
        expires = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
        return cls(name, clock, _schema(properties["KeySchema"]), indexes, expires)

    def clear(self) -> None:
        self.items.clear()
        self.order.clear()
        self.history.clear()
        for index in self.indexes.values():
            index.partitions.clear()

    # --- one item

    def place_of(self, item: Stored) -> Place:
        """Where the item belongs. Raises RefusedError for a key that DynamoDB does not take."""
        values, keys = item.values, self.keys
        pk = self._key(values.get(keys.partition), keys.partition, 2048)
        sk = "" if keys.sort is None else self._key(values.get(keys.sort), keys.sort, 1024)
        for index in self.indexes.values():
            for name in index.keys.names:
                if name in values:
                    self._key(values[name], name, 2048, of_index=True)
        return Place(pk, sk)

    @staticmethod
    def _key(value: tuple[str, Any] | None, name: str, most: int, of_index: bool = False) -> str:
        if value is None:
            raise invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
        kind, content = value
        if kind != "S":
            what = "Index Key" if of_index else "key"
            raise invalid(f"One or more parameter values were invalid: Type mismatch for {what} {name}")
        if not content:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty string value. Key: {name}"
            )
        if len(content) * 4 > most and len(content.encode()) > most:
            raise invalid(f"One or more parameter values were invalid: Size of key {name} has exceeded {most} bytes")
        text: str = content
        return text

    def place_at(self, key: Mapping[str, Mapping[str, Any]]) -> Place:
        """Where the item with that key is. Raises RefusedError unless it is exactly a key."""
        keys = self.keys
        if len(key) != len(keys.names) or any("S" not in key.get(name, ()) for name in keys.names):
            raise invalid("The provided key element does not match the schema")
        values = {name: ("S", key[name]["S"]) for name in keys.names}
        pk = self._key(values[keys.partition], keys.partition, 2048)
        return Place(pk, "" if keys.sort is None else self._key(values[keys.sort], keys.sort, 1024))

    def get(self, place: Place, lag: Lag | None = None) -> Stored | None:
        """The item, as it was before the writes that the read does not see."""
        if lag is not None and lag.writes:
            for written in self._unseen(lag):
                if written.place == place:
                    return written.before
        partition = self.items.get(place.pk)
        return None if partition is None else partition.get(place.sk)

    def write(self, place: Place, after: Stored | None) -> None:
        """Put the item there, or delete what is there."""
        pk, sk = place
        partition = self.items.get(pk)
        if partition is None:
            partition, self.order[pk] = self.items.setdefault(pk, {}), []
        before = partition.get(sk)
        if after is not None:
            partition[sk] = after
            if before is None:
                order = self.order[pk]
                if not order or order[-1] < sk:
                    order.append(sk)
                else:
                    insort(order, sk)
        elif before is not None:
            del partition[sk]
            order = self.order[pk]
            del order[bisect_left(order, sk)]
        self.history.append(Written(place, before, self.clock.now()))
        for index in self.indexes.values():
            index.replace(place, before, after)

    def _unseen(self, lag: "Lag") -> list[Written]:
        """The writes that the read does not see, oldest first.

        Of several ones at a place, the first says what was there before them all.
        """
        since = self.clock.now() - EVENTUALLY
        last = list(islice(self.history, max(0, len(self.history) - lag.writes), None))
        return [
            written
            for ago, written in zip(range(len(last), 0, -1), last, strict=True)
            if ago <= lag.of(written.place.pk) and written.at >= since
        ]

    # --- many items

    def select(
        self, span: Span, index: str | None = None, lag: Lag | None = None, most: int | None = None
    ) -> list[Stored]:
        """The first items that a query reads, in its order."""
        partition, low, high, last, forward = span
        if index is None and (lag is None or not lag.writes):
            order = self.order.get(partition, [])
            start = 0 if low is None else bisect_left(order, low)
            stop = len(order) if high is None else bisect_left(order, high)
            if last is not None and forward:
                start = max(start, bisect_right(order, last.range))
            elif last is not None:
                stop = min(stop, bisect_left(order, last.range))
            items = self.items.get(partition, {})
            return [items[sk] for sk in _first(order, start, stop, forward, most)]
        entries = self._entries(partition, index, lag)
        start = 0 if low is None else bisect_left(entries, low, key=_range)
        stop = len(entries) if high is None else bisect_left(entries, high, key=_range)
        if last is not None and forward:
            start = max(start, bisect_right(entries, last))
        elif last is not None:
            stop = min(stop, bisect_left(entries, last))
        found = [self.get(entry.place, lag) for entry in _first(entries, start, stop, forward, most)]
        return [item for item in found if item is not None]

    def _entries(self, partition: str, index: str | None, lag: Lag | None) -> list[Entry]:
        """Every entry of the partition in order."""
        if index is None:
            found = [Entry(sk, Place(partition, sk)) for sk in self.order.get(partition, ())]
        else:
            found = self._index(index).partitions.get(partition, [])
        if lag is None or not lag.writes:
            return found
        rewound = {written.place: written.before for written in reversed(self._unseen(lag))}
        found = [entry for entry in found if entry.place not in rewound]
        for place, item in rewound.items():
            entry = self._entry(place, item, index)
            if entry is not None and entry[0] == partition:
                found.append(entry[1])
        return sorted(found)

    def _entry(self, place: Place, item: Stored | None, index: str | None) -> tuple[str, Entry] | None:
        if index is not None:
            return self._index(index).entry(place, item)
        return None if item is None else (place.pk, Entry(place.sk, place))

    def _index(self, name: str) -> Index:
        try:
            return self.indexes[name]
        except KeyError:
            raise invalid(f"The table does not have the specified index: {name}") from None

    def schema(self, index: str | None) -> KeySchema:
        """The key of the table or of one of its indexes. Raises RefusedError."""
        return self.keys if index is None else self._index(index).keys

    def places(self) -> Iterator[tuple[Place, Stored]]:
        """Every item, by its key."""
        for pk in sorted(self.items):
            for sk in self.order[pk]:
                yield Place(pk, sk), self.items[pk][sk]


def _schema(declared: list[Mapping[str, str]]) -> KeySchema:
    return KeySchema(*(each["AttributeName"] for each in declared))


def _first(ordered: "list[Each]", start: int, stop: int, forward: bool, most: int | None) -> "list[Each]":
    """The first ones of `ordered[start:stop]`, from its end where the order is reversed."""
    if forward:
        return ordered[start : stop if most is None else min(stop, start + most)]
    return ordered[start if most is None else max(start, stop - most) : max(start, stop)][::-1]


def _range(entry: Entry) -> str:
    return entry.range


def missing(name: str) -> RefusedError:
    """There is no such table."""
    return RefusedError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
