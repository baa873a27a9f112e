"""GetItem, Query and Scan, in pages, with what a read may not see yet."""
# ruff: noqa: N803 - parameters are named as boto3 names them

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

from local.simulator.dynamodb.conditions import Test
from local.simulator.dynamodb.places import Entry, Lag, Span
from local.simulator.dynamodb.requests import Expressions
from local.simulator.dynamodb.tables import Table
from local.simulator.dynamodb.values import Stored
from local.simulator.errors import UnsupportedError, invalid

BYTES = 1 << 20
"""Bytes of one page: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html."""
Answer = dict[str, Any]
Show = Callable[[Stored], Answer]


def get(
    table: Table, key: Mapping[str, Any], lag: Lag, projection: str | None, names: Mapping[str, str] | None
) -> Answer:
    """The answer of GetItem. Raises RefusedError."""
    place = table.place_at(key)
    expressions = Expressions(names, None)
    show = _shown(expressions, projection)
    expressions.finish()
    found = table.get(place, lag)
    return {} if found is None else {"Item": show(found)}


def query(
    table: Table,
    page: int | None,
    lag: Lag,
    *,
    KeyConditionExpression: str,
    IndexName: str | None = None,
    ExpressionAttributeNames: Mapping[str, str] | None = None,
    ExpressionAttributeValues: Mapping[str, Any] | None = None,
    FilterExpression: str | None = None,
    ProjectionExpression: str | None = None,
    Select: str | None = None,
    ConsistentRead: bool = False,
    ScanIndexForward: bool = True,
    Limit: int | None = None,
    ExclusiveStartKey: Mapping[str, Any] | None = None,
) -> Answer:
    """The answer of Query. Raises RefusedError."""
    if ConsistentRead and IndexName is not None:
        raise invalid("Consistent reads are not supported on global secondary indexes")
    _check_select(Select, ProjectionExpression)
    expressions = Expressions(ExpressionAttributeNames, ExpressionAttributeValues)
    span = expressions.span(KeyConditionExpression, table.schema(IndexName))
    kept = None if FilterExpression is None else expressions.condition(FilterExpression, "FilterExpression")
    show = _shown(expressions, ProjectionExpression)
    expressions.finish()
    if ExclusiveStartKey is not None:
        span = span._replace(last=_entry_at(table, IndexName, ExclusiveStartKey))
    span = span._replace(forward=ScanIndexForward)
    most, lag = _least(Limit, page), Lag() if ConsistentRead else lag
    found = table.select(span, IndexName, lag, most)
    return _page(table, found, IndexName, _Reader(expressions, kept, show), most)


def scan(
    table: Table,
    page: int | None,
    lag: Lag,
    *,
    ExpressionAttributeNames: Mapping[str, str] | None = None,
    ExpressionAttributeValues: Mapping[str, Any] | None = None,
    FilterExpression: str | None = None,
    ProjectionExpression: str | None = None,
    ConsistentRead: bool = False,
    Limit: int | None = None,
    ExclusiveStartKey: Mapping[str, Any] | None = None,
) -> Answer:
    """The answer of Scan, partition by partition. Raises RefusedError."""
    expressions = Expressions(ExpressionAttributeNames, ExpressionAttributeValues)
    kept = None if FilterExpression is None else expressions.condition(FilterExpression, "FilterExpression")
    show = _shown(expressions, ProjectionExpression)
    expressions.finish()
    most, lag = _least(Limit, page), Lag() if ConsistentRead else lag
    last = None if ExclusiveStartKey is None else _entry_at(table, None, ExclusiveStartKey)
    found = _scanned(table, last, lag, most)
    return _page(table, found, None, _Reader(expressions, kept, show), most)


def _scanned(table: Table, last: Entry | None, lag: Lag, most: int | None) -> Iterator[Stored]:
    """The items after `last`, partition by partition."""
    for pk in sorted(table.items, key=_position):
        if last is None or _position(pk) > _position(last.place.pk):
            yield from table.select(Span(pk), None, lag, most)
        elif pk == last.place.pk:
            yield from table.select(Span(pk, last=last), None, lag, most)


class _Reader:
    """What is read of a page: which items, and what of them. `keeps` is None for all of them."""

    __slots__ = ("keeps", "show")

    def __init__(self, expressions: Expressions, kept: Test | None, show: Show) -> None:
        names, values = expressions.names, expressions.values
        self.keeps = None if kept is None else lambda item: kept(item.values, names, values)
        self.show = show


def _page(table: Table, found: Iterable[Stored], index: str | None, reader: _Reader, most: int | None) -> Answer:
    """One page: it ends after `most` items or 1 MB, before the filter.

    A page that ends there names its last key even when nothing follows, as DynamoDB does.
    """
    items: list[Answer] = []
    read = size = 0
    answer: Answer = {"Items": items}
    for item in found:
        read += 1
        size += item.size
        if reader.keeps is None or reader.keeps(item):
            items.append(reader.show(item))
        if read == most or size >= BYTES:
            answer["LastEvaluatedKey"] = item.projected((*table.keys.names, *table.schema(index).names))
            break
    answer["Count"], answer["ScannedCount"] = len(items), read
    return answer


def _entry_at(table: Table, index: str | None, start: Mapping[str, Any]) -> Entry:
    """The entry after which a page begins. Raises RefusedError."""
    schema = table.schema(index)
    if start.keys() != {*table.keys.names, *schema.names}:
        raise invalid("The provided starting key is invalid")
    place = table.place_at({name: start[name] for name in table.keys.names})
    return Entry(start[schema.sort]["S"] if schema.sort is not None else "", place)


def _shown(expressions: Expressions, projection: str | None) -> Show:
    if projection is None:
        return Stored.copy
    names = expressions.projection(projection)
    return lambda item: item.projected(names)


def _check_select(select: str | None, projection: str | None) -> None:
    if select not in (None, "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"):
        raise UnsupportedError(f"Select {select}")
    if (select == "ALL_ATTRIBUTES" and projection is not None) or (select and select[0] == "S" and projection is None):
        raise invalid(f"Select type {select} and ProjectionExpression do not go together")


def _least(limit: int | None, page: int | None) -> int | None:
    if limit is not None and limit < 1:
        raise invalid("1 validation error detected: Value at 'limit' failed to satisfy constraint")
    return min((each for each in (limit, page) if each is not None), default=None)


def _position(partition: str) -> tuple[int, str]:
    """Where a scan meets a partition: by a hash, not by its name."""
    return crc32(partition.encode()), partition
