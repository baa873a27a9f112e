"""Decisions in DynamoDB, compressed with a dictionary.

A decision of a run costs one write unit (1 kB), one on maternity rest one or two. The item
`<decision id>` / `decision` is a single or bulk decision with its case. The item `<year>#<shard>` /
`<person>#<run>` is a decision of a run, whose case is frozen with the run. Decisions on health data
have a table of their own.

Compressed bytes begin with the version of their dictionary. A dictionary never changes; a better
one is added beside it.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import orjson

from tegemoet.adapters.table import BulkWriter, Item, delete_in_portions, query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

DICTIONARY, HEALTH_DICTIONARY = 1, 2
"""Versions of the dictionaries in use: for the table of ordinary decisions, and for the table of
decisions on health data, which `local/tools/dictionary.py` makes."""


class DynamoDecisions:
    """The decisions in `table`. `threads` writers, which share the client, write bulk decisions.

    `days` = how long a single or bulk decision is kept after it was written; None for the functions
    that write decisions of runs alone, which expire with their year. An expired one is not read.
    """

    dictionary = DICTIONARY

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        threads: int = 4,
        sleep: Callable[[float], None] = time.sleep,
        days: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._table, self._threads = client, table, threads
        self._writer = BulkWriter(client, table, threads, sleep)
        self._days, self._now = days, now

    def put(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> None:
        self._client.put_item(TableName=self._table, Item=self._single(decision_id, partner, case, decision))

    def put_many(self, items: Iterable[tuple[str, str, bytes, bytes]]) -> None:
        self._writer.write(self._single(*item) for item in items)

    def get(self, decision_id: str) -> tuple[str, bytes, bytes] | None:
        item = self._item(decision_id)
        if item is None:
            return None
        return item["partner"]["S"], unpack(item["case"]["B"]), unpack(item["decision"]["B"])

    def _item(self, decision_id: str) -> Item | None:
        key = {"pk": {"S": decision_id}, "sk": {"S": "decision"}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        # DynamoDB removes expired items some days late
        return None if item and "expires" in item and int(item["expires"]["N"]) <= self._now() else item

    def _single(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> Item:
        item: dict[str, AttributeValueTypeDef] = {
            "pk": {"S": decision_id},
            "sk": {"S": "decision"},
            "partner": {"S": partner},
            "case": {"B": pack(case, self.dictionary)},
            "decision": {"B": pack(decision, self.dictionary)},
        }
        if self._days is not None:
            item["expires"] = {"N": str(int(self._now()) + self._days * 86_400)}
        return item

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        self._writer.write(
            {
                "pk": {"S": f"{year}#{shard}"},
                "sk": {"S": f"{person}#{run}"},
                "decision": {"B": pack(decision, self.dictionary)},
            }
            for person, run, decision in items
        )

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        found = [
            (item["sk"]["S"].rpartition("#")[2], unpack(item["decision"]["B"]))
            for item in query(self._client, self._table, f"{year}#{shard}", f"{person}#")
        ]
        return sorted(found, key=lambda each: (each[0].split("-")[1], orjson.loads(each[1])["on"], each[0]))

    def delete_runs(self, year: int, shards: int) -> Iterator[int]:
        partitions = (f"{year}#{shard}" for shard in range(shards))
        return delete_in_portions(self._client, self._table, partitions, threads=self._threads)


class HealthDecisions(DynamoDecisions):
    """Single and bulk decisions on health data, which expire `days` days after their first write.

    An existing decision is never overwritten, so that repeating a chunk or a case does not extend
    its retention. That takes a condition, which only single puts have: as many write units as in
    bulk, and more calls.
    """

    dictionary = HEALTH_DICTIONARY

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        days: int,
        threads: int = 8,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(client, table, threads, days=days, now=now)

    def put(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=self._single(decision_id, partner, case, decision),
                # DynamoDB removes expired items some days late
                ConditionExpression="attribute_not_exists(pk) OR expires <= :now",
                ExpressionAttributeValues={":now": {"N": str(int(self._now()))}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # the same decision: its id is derived from all that determines it

    def put_many(self, items: Iterable[tuple[str, str, bytes, bytes]]) -> None:
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(lambda item: self.put(*item), items):
                pass  # raises what the put raised


@cache
def _dictionary(version: int) -> bytes:
    return (resources.files("tegemoet.adapters") / f"dictionary-{version}.txt").read_bytes()


@cache
def _packer(version: int) -> "zlib._Compress":
    """A compressor that has read its dictionary.

    Reading takes longer than compressing, so every text uses a copy.
    """
    return zlib.compressobj(level=6, wbits=-15, zdict=_dictionary(version))


def pack(text: bytes, dictionary: int = DICTIONARY) -> bytes:
    """The text, compressed with that version of the dictionary."""
    packer = _packer(dictionary).copy()
    return bytes([dictionary]) + packer.compress(text) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """The text that `pack` compressed, with any version of the dictionary."""
    return zlib.decompressobj(wbits=-15, zdict=_dictionary(packed[0])).decompress(packed[1:])
