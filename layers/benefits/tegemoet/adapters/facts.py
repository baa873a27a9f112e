"""The facts of the premium years in DynamoDB: one item and, below 1 kB, one write unit a fact."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tegemoet.adapters.table import BulkWriter, query
from tegemoet.application.ports import Fact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoFacts:
    """The facts in `table`, written by `threads` writers at once."""

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table = client, table
        self._writer = BulkWriter(client, table, threads, sleep)

    def put(self, facts: Iterable[Fact]) -> None:
        self._writer.write({"pk": {"S": fact.pk}, "sk": {"S": fact.sk}, "body": {"S": fact.body}} for fact in facts)

    def read(self, pk: str, prefix: str = "") -> Iterator[Fact]:
        for item in query(self._client, self._table, pk, prefix):
            yield Fact(item["pk"]["S"], item["sk"]["S"], item["body"]["S"])
