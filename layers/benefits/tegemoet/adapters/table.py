"""One DynamoDB table with `pk` and `sk`: reading a partition whole, writing on a condition, and writing many items at once."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST = 25
"""Items of one BatchWriteItem."""
TRIES = 12

Item = Mapping[str, Any]


class NotWrittenError(Exception):
    """DynamoDB kept sending items back."""


def query(client: "DynamoDBClient", table: str, pk: str, prefix: str = "") -> Iterator[Item]:
    """Every item of the partition whose `sk` begins with `prefix`, in order of `sk`, read consistently."""
    condition, values = "pk = :pk", {":pk": {"S": pk}}
    if prefix:
        condition, values = f"{condition} AND begins_with(sk, :prefix)", {**values, ":prefix": {"S": prefix}}
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def condition_held(call: Callable[..., object], **arguments: Any) -> bool:
    """Make one write that has a condition; whether it held."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True


def write_together(client: "DynamoDBClient", actions: Sequence[Item]) -> bool:
    """Write all or nothing in one transaction; whether the conditions of all writes held."""
    items: Any = actions
    try:
        client.transact_write_items(TransactItems=items)
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        if "ConditionalCheckFailed" in reasons:
            return False
        raise
    return True


class BulkWriter:
    """Puts many items into `table`, `threads` requests at once, which share the client as boto3 allows.

    An item replaces what stands under its key, so this is for items that are the same whenever they are written.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._threads, self._sleep = client, table, threads, sleep

    def write(self, items: Iterable[Item]) -> None:
        """Put every item. Raises NotWrittenError."""
        rest = iter(items)
        groups = iter(lambda: list(islice(rest, MOST)), [])
        if self._threads == 1:
            for group in groups:
                self._write_group(group)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            # a few groups at a time: while they are under way the next ones are made, and memory stays flat
            under_way: deque[Future[None]] = deque()
            for group in groups:
                under_way.append(pool.submit(self._write_group, group))
                if len(under_way) > 2 * self._threads:
                    under_way.popleft().result()
            for written in under_way:
                written.result()

    def _write_group(self, group: list[Item]) -> None:
        # one item a key: DynamoDB refuses a request that names a key twice
        unique = {(item["pk"]["S"], item["sk"]["S"]): item for item in group}
        waiting: Any = [{"PutRequest": {"Item": item}} for item in unique.values()]
        for attempt in range(TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: waiting})
            waiting = answer.get("UnprocessedItems", {}).get(self._table)
            if not waiting:
                return
            self._sleep(random.uniform(0, min(5.0, 0.05 * 2**attempt)))  # noqa: S311 - spreads retries, protects nothing
        raise NotWrittenError(f"{len(waiting)} items")
