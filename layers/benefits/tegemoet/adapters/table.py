"""A DynamoDB table with the keys `pk` and `sk`: values, queries, conditional and bulk writes."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, ParamSpec

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        TransactWriteItemTypeDef,
        WriteRequestUnionTypeDef,
    )

BATCH_WRITE_LIMIT = 25
"""Items of one BatchWriteItem."""
PORTION = 1_000
"""Items that are deleted between two looks at the time."""
TRIES = 12

Item = Mapping[str, "AttributeValueTypeDef"]
"""An item as the client takes and returns it: every value in the form `{"S": "text"}`."""
Value = str | int | bool | bytes | Mapping[str, str] | frozenset[int]
Arguments = ParamSpec("Arguments")


class NotWrittenError(Exception):
    """DynamoDB returned items as unprocessed until the last attempt."""


def encode(values: Mapping[str, Value]) -> "dict[str, AttributeValueTypeDef]":
    """Values in the form that the client takes."""
    return {name: _encode(value) for name, value in values.items()}


def _encode(value: Value) -> "AttributeValueTypeDef":
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case frozenset():
            return {"NS": [str(number) for number in value]}
        case _:
            return {"M": encode(value)}


def decode(item: Item) -> dict[str, Value]:
    """The values of an item that `encode` made."""
    return {name: _decode(value) for name, value in item.items()}


def _decode(value: "AttributeValueTypeDef") -> Value:
    if "S" in value:
        return value["S"]
    if "N" in value:
        return int(value["N"])
    if "BOOL" in value:
        return value["BOOL"]
    if "B" in value:
        return value["B"]
    if "NS" in value:
        return frozenset(map(int, value["NS"]))
    return {name: text["S"] for name, text in value["M"].items()}


def query(client: "DynamoDBClient", table: str, pk: str, prefix: str = "") -> Iterator[Item]:
    """Every item of the partition with this prefix of `sk`, in order of `sk`, read consistently."""
    condition, values = "pk = :pk", {":pk": pk}
    if prefix:
        condition, values = f"{condition} AND begins_with(sk, :prefix)", {**values, ":prefix": prefix}
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=encode(values),
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def keys_of(client: "DynamoDBClient", table: str, pk: str) -> Iterator[Item]:
    """The key of every item of the partition."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=encode({":pk": pk}),
        Select="SPECIFIC_ATTRIBUTES",  # the right of the purge is bound to it
        ProjectionExpression="pk, sk",
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def delete_in_portions(
    client: "DynamoDBClient", table: str, partitions: Iterable[str], spare: tuple[str, ...] = (), threads: int = 8
) -> Iterator[int]:
    """Delete the items of the partitions, but for those whose `sk` begins with one of `spare`.

    Yields the size of each portion once it is deleted: whoever runs out of time stops between two
    portions, and begins again later. Each item is a call of its own, because the right to write in
    bulk would be one to put.
    """
    keys = (key for pk in partitions for key in keys_of(client, table, pk) if not key["sk"]["S"].startswith(spare))
    while portion := list(islice(keys, PORTION)):
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(lambda key: client.delete_item(TableName=table, Key=key), portion):
                pass  # raises what the deletion raised
        yield len(portion)


def condition_held(call: Callable[Arguments, object], *args: Arguments.args, **arguments: Arguments.kwargs) -> bool:
    """Make one conditional write. Returns whether its condition held.

    A write that meets a transaction on its item is made again: the transaction may be the same
    request of somebody else, whose outcome then decides the condition.
    """
    for attempt in range(TRIES):
        try:
            call(*args, **arguments)
        except ClientError as error:
            if _has_code(error, "ConditionalCheckFailed"):
                return False
            if not _has_code(error, "TransactionConflict") or attempt == TRIES - 1:
                raise
            pause(attempt)
        else:
            return True
    raise AssertionError  # the last attempt returns or raises


def write_together(client: "DynamoDBClient", actions: "Sequence[TransactWriteItemTypeDef]") -> bool:
    """Write all or nothing in one transaction. Returns whether all conditions held."""
    return condition_held(client.transact_write_items, TransactItems=actions)


def _has_code(error: ClientError, code: str) -> bool:
    """Whether that is why a write, or a part of a transaction, was refused."""
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return error.response["Error"]["Code"] == f"{code}Exception" or code in reasons


def pause(attempt: int, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait before the next attempt, longer each time, at most five seconds."""
    sleep(random.uniform(0, min(5.0, 0.05 * 2**attempt)))  # noqa: S311 - spreads retries, protects nothing


class BulkWriter:
    """Puts many items into `table`, with up to `threads` requests at once on one client.

    An item replaces the item with its key, so use it for items that are the same whenever they are
    written.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._threads, self._sleep = client, table, threads, sleep

    def write(self, items: Iterable[Item]) -> None:
        """Put every item. Raises NotWrittenError."""
        rest = iter(items)
        groups = iter(lambda: list(islice(rest, BATCH_WRITE_LIMIT)), [])
        if self._threads == 1:
            for group in groups:
                self._write_group(group)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            # a bounded number of groups is pending, so that memory does not grow with the items
            pending: deque[Future[None]] = deque()
            for group in groups:
                pending.append(pool.submit(self._write_group, group))
                if len(pending) > 2 * self._threads:
                    pending.popleft().result()
            for written in pending:
                written.result()

    def _write_group(self, group: list[Item]) -> None:
        # one item per key: DynamoDB rejects a request that names a key twice
        unique = {(item["pk"]["S"], item["sk"]["S"]): item for item in group}
        waiting: Sequence[WriteRequestUnionTypeDef] | None
        waiting = [{"PutRequest": {"Item": item}} for item in unique.values()]
        for attempt in range(TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: waiting})
            waiting = answer.get("UnprocessedItems", {}).get(self._table)
            if not waiting:
                return
            pause(attempt, self._sleep)
        raise NotWrittenError(f"{len(waiting)} items")
