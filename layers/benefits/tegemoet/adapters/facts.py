"""The facts of the premium years in DynamoDB: one item per fact and, below 1 kB, one write unit.

Nothing else knows the keys. Facts on RIZIV numbers are in `<year>#n<shard>`, those on persons in
`<year>#p<shard>`, identities in `<year>#identities`, tariff offices in `<year>#tariff-offices` and
what the bank says in `<year>#answers`, each under `<kind>|<key>|<batch>`.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from tegemoet.adapters.table import BulkWriter, Item, delete_in_portions, query
from tegemoet.application.records import Fact, FactKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


FORMER_NAMES = {
    "granted": "number_granted_on",
    "hours": "medical_house_weekly_hours",
    "pharmacy": "pharmacy_id",
    "office": "tariff_office",
}


class DynamoFacts:
    """The facts in `table`, written by `threads` writers at once."""

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._threads = client, table, threads
        self._writer = BulkWriter(client, table, threads, sleep)

    def put(self, year: int, facts: Iterable[Fact]) -> None:
        self._writer.write(item_of(year, fact) for fact in facts)

    def of_kind(self, year: int, kind: FactKind, shard: int = 0) -> Iterator[Fact]:
        return self._read(_partition(year, kind, shard), shard, f"{kind}|")

    def of_numbers(self, year: int, shard: int) -> Iterator[Fact]:
        return self._read(_partition(year, "practice", shard), shard)

    def practices_of(self, year: int, shard: int, number: str) -> Iterator[Fact]:
        return self._read(_partition(year, "practice", shard), shard, f"practice|{number}")

    def accounts_of(self, year: int, shard: int, person: str) -> Iterator[Fact]:
        return self._read(_partition(year, "account", shard), shard, f"account|{person}|")

    def delete_year(self, year: int, shards: int) -> Iterator[int]:
        kinds: tuple[FactKind, ...] = ("practice", "account", "identity", "office", "answer")  # one of each partition
        partitions = dict.fromkeys(_partition(year, kind, shard) for kind in kinds for shard in range(shards))
        return delete_in_portions(self._client, self._table, partitions, threads=self._threads)

    def _read(self, pk: str, shard: int, prefix: str = "") -> Iterator[Fact]:
        for item in query(self._client, self._table, pk, prefix):
            kind, *key, batch = item["sk"]["S"].split("|")
            body = item["body"]["S"]
            if kind == "practice" and '"granted":' in body:
                body = _with_names_of_columns(body)
            yield Fact(cast("FactKind", kind), shard, tuple(key), batch, body)


def _with_names_of_columns(body: str) -> str:
    """A practice that was stored before facts took the names of their columns (decision 0070).

    A name with its quotes and colon is in no JSON text: quotes within a text are escaped.
    """
    for former, column in FORMER_NAMES.items():
        body = body.replace(f'"{former}":', f'"{column}":')
    return body


def item_of(year: int, fact: Fact) -> Item:
    """The item of a fact."""
    kind, shard, key, batch, body = fact
    return {
        "pk": {"S": _partition(year, kind, shard)},
        "sk": {"S": f"{kind}|{'|'.join(key)}|{batch}"},
        "body": {"S": body},
    }


def _partition(year: int, kind: FactKind, shard: int) -> str:
    match kind:
        case "account":
            return f"{year}#p{shard}"
        case "identity":
            return f"{year}#identities"
        case "answer" | "credit":
            return f"{year}#answers"
        case "office":
            return f"{year}#tariff-offices"
        case _:
            return f"{year}#n{shard}"
