"""The facts of the premium years in DynamoDB: one item and, below 1 kB, one write unit a fact."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from tegemoet.application.ports import Fact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

MOST = 25
"""Items of one BatchWriteItem."""
TRIES = 12


class NotWrittenError(Exception):
    """DynamoDB kept sending items back."""


class DynamoFacts:
    """The facts in `table`, written by `threads` writers at once. The client is shared by them, as boto3 allows for clients."""

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._threads, self._sleep = client, table, threads, sleep

    def put(self, facts: Iterable[Fact]) -> None:
        rest = iter(facts)
        groups = iter(lambda: list(islice(rest, MOST)), [])
        if self._threads == 1:
            for group in groups:
                self._write(group)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            # a few hundred at a time: the rows behind them are not all turned into requests at once
            while window := list(islice(groups, 8 * self._threads)):
                list(pool.map(self._write, window))

    def _write(self, group: list[Fact]) -> None:
        # one item a key: DynamoDB refuses a request that names a key twice
        waiting: list[WriteRequestUnionTypeDef] = [
            {"PutRequest": {"Item": {"pk": {"S": fact.pk}, "sk": {"S": fact.sk}, "body": {"S": fact.body}}}}
            for fact in {(fact.pk, fact.sk): fact for fact in group}.values()
        ]
        for attempt in range(TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: waiting})
            waiting = list(answer.get("UnprocessedItems", {}).get(self._table, []))
            if not waiting:
                return
            self._sleep(random.uniform(0, min(5.0, 0.05 * 2**attempt)))  # noqa: S311 - spreads retries, protects nothing
        raise NotWrittenError(f"{len(waiting)} facts")

    def read(self, pk: str, prefix: str = "") -> Iterator[Fact]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :prefix)", {**values, ":prefix": {"S": prefix}}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                yield Fact(item["pk"]["S"], item["sk"]["S"], item["body"]["S"])
