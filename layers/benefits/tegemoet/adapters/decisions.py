"""Decisions in DynamoDB, packed small enough that one costs one write unit (1 kB).

`<decision id>` / `decision` is a single or bulk decision with its case; `<year>#<shard>` / `<person>#<run>` that of a run, whose
case is frozen with the run. What is packed begins with the version of the dictionary that it was packed with: a dictionary is
never changed, a better one is added beside it.
"""

import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST = 25
"""Items of one BatchWriteItem."""
TRIES = 12
DICTIONARY = 1
_PAUSES = tuple(min(5.0, 0.05 * 2**attempt) for attempt in range(TRIES))


class NotStoredError(Exception):
    """DynamoDB kept sending items back."""


class DynamoDecisions:
    """The decisions in `table`, bulk ones written by `threads` writers at once, which share the client."""

    def __init__(
        self, client: "DynamoDBClient", table: str, threads: int = 4, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._threads, self._sleep = client, table, threads, sleep

    def put(self, decision_id: str, partner: str, case: bytes, decision: bytes) -> None:
        self._client.put_item(TableName=self._table, Item=_single(decision_id, partner, case, decision))

    def put_many(self, items: Iterable[tuple[str, str, bytes, bytes]]) -> None:
        self._write(_single(*item) for item in items)

    def get(self, decision_id: str) -> tuple[str, bytes, bytes] | None:
        key = {"pk": {"S": decision_id}, "sk": {"S": "decision"}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return None
        return item["partner"]["S"], unpack(item["case"]["B"]), unpack(item["decision"]["B"])

    def put_run(self, year: int, shard: int, items: Iterable[tuple[str, str, bytes]]) -> None:
        pk = {"S": f"{year}#{shard}"}
        self._write(
            {"pk": pk, "sk": {"S": f"{person}#{run}"}, "decision": {"B": pack(decision)}}
            for person, run, decision in items
        )

    def of_person(self, year: int, shard: int, person: str) -> list[tuple[str, bytes]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :person)",
            ExpressionAttributeValues={":pk": {"S": f"{year}#{shard}"}, ":person": {"S": f"{person}#"}},
            ConsistentRead=True,
        )
        found = [
            (item["sk"]["S"].rpartition("#")[2], unpack(item["decision"]["B"]))
            for page in pages
            for item in page["Items"]
        ]
        return sorted(found, key=lambda each: (each[0].split("-")[1], orjson.loads(each[1])["on"], each[0]))

    def _write(self, items: Iterable[dict[str, Any]]) -> None:
        rest = iter(items)
        groups = iter(lambda: list(islice(rest, MOST)), [])
        if self._threads == 1:
            for group in groups:
                self._write_group(group)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            # a few groups at a time: while they are under way the next ones are decided, and memory stays flat
            under_way: deque[Future[None]] = deque()
            for group in groups:
                under_way.append(pool.submit(self._write_group, group))
                if len(under_way) > 2 * self._threads:
                    under_way.popleft().result()
            for written in under_way:
                written.result()

    def _write_group(self, group: list[dict[str, Any]]) -> None:
        # one item a key: DynamoDB refuses a request that names a key twice
        unique = {(item["pk"]["S"], item["sk"]["S"]): item for item in group}
        waiting: Any = [{"PutRequest": {"Item": item}} for item in unique.values()]
        for pause in _PAUSES:
            answer = self._client.batch_write_item(RequestItems={self._table: waiting})
            waiting = answer.get("UnprocessedItems", {}).get(self._table)
            if not waiting:
                return
            self._sleep(pause)
        raise NotStoredError(f"{len(waiting)} decisions")


def _single(decision_id: str, partner: str, case: bytes, decision: bytes) -> dict[str, Any]:
    return {
        "pk": {"S": decision_id},
        "sk": {"S": "decision"},
        "partner": {"S": partner},
        "case": {"B": pack(case)},
        "decision": {"B": pack(decision)},
    }


@cache
def _dictionary(version: int) -> bytes:
    return (resources.files("tegemoet.adapters") / f"dictionary-{version}.txt").read_bytes()


def pack(text: bytes) -> bytes:
    """`text` packed with the present dictionary."""
    packer = zlib.compressobj(level=6, wbits=-15, zdict=_dictionary(DICTIONARY))
    return bytes([DICTIONARY]) + packer.compress(text) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """What `pack` packed, with whichever dictionary."""
    return zlib.decompressobj(wbits=-15, zdict=_dictionary(packed[0])).decompress(packed[1:])
