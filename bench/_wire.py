"""DynamoDB at the end of botocore's wire: the real clients and adapters run, calls
and units are counted, nothing leaves the process.

Units are counted as they are billed: a write per started kB of each item, twice in a transaction, a
strongly consistent read per started 4 kB of what a query looked at.
"""

import base64
import io
import time
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import boto3
import orjson
from botocore.awsrequest import AWSResponse

Item = dict[str, Any]
PAGE = 1 << 20
"""Bytes of a page of a query."""


def inserted(one: Item) -> tuple[str, Item]:
    """Table and item of an INSERT, whose values are all parameters."""
    _, table, rest = one["Statement"].split('"', 2)
    return table, dict(zip(rest.split("'")[1::2], one["Parameters"], strict=True))


class Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def size_of(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values."""
    total = 0
    for name, value in item.items():
        (kind, content), *_ = value.items()
        total += len(name.encode())
        if kind == "B":
            total += len(base64.b64decode(content))
        elif kind == "N":
            total += (len(content) + 1) // 2 + 1
        else:
            total += len(str(content).encode())
    return total


class Wire:
    """Tables in memory; `counts` holds `calls/<operation>`,
    `write_units`, `read_units`, and `largest` item in bytes.

    `served` = seconds of computing that the tables themselves took here, which on AWS is not ours.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.served = 0.0
        self._tables: dict[str, dict[str, dict[str, Item]]] = defaultdict(lambda: defaultdict(dict))
        self._order: dict[tuple[str, str], list[str]] = defaultdict(list)
        session = boto3.Session("bench", "bench", region_name="eu-west-1")
        self.client = session.client("dynamodb")
        answer: Any = self._answer
        self.client.meta.events.register("before-send.dynamodb.*", answer)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        began = time.process_time()
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        self.counts[f"calls/{operation}"] += 1
        status, answer = getattr(self, f"_{operation}")(orjson.loads(request.body))
        body = orjson.dumps(answer)
        headers = {"Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body))}
        self.served += time.process_time() - began
        return AWSResponse(request.url, status, headers, Raw(body))  # type: ignore[arg-type]

    def _write(self, table: str, item: Item, units: int = 1) -> None:
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if sk not in self._tables[table][pk]:
            insort(self._order[table, pk], sk)
        self._tables[table][pk][sk] = item
        size = size_of(item)
        self.counts["largest"] = max(self.counts["largest"], size)
        self.counts[f"writes/{table}"] += units * -(-size // 1024)
        self.counts["write_units"] += units * -(-size // 1024)

    def items(self, table: str) -> Iterator[Item]:
        """Every item of a table."""
        for partition in self._tables[table].values():
            yield from partition.values()

    def _standing(self, table: str, item: Item) -> Item | None:
        return self._tables[table][item["pk"]["S"]].get(item["sk"]["S"])

    def _BatchWriteItem(self, asked: Item) -> tuple[int, Item]:  # noqa: N802 - named by DynamoDB
        for table, requests in asked["RequestItems"].items():
            for request in requests:
                self._write(table, request["PutRequest"]["Item"])
        return 200, {}

    def _PutItem(self, asked: Item) -> tuple[int, Item]:  # noqa: N802
        if standing := self._standing(asked["TableName"], asked["Item"]):
            self.counts["write_units"] += 1
            return 400, {"__type": "ConditionalCheckFailedException", "Item": standing}
        self._write(asked["TableName"], asked["Item"])
        return 200, {}

    def _BatchExecuteStatement(self, asked: Item) -> tuple[int, Item]:  # noqa: N802
        return 200, {"Responses": [self._insert(*inserted(one), units=1) for one in asked["Statements"]]}

    def _ExecuteTransaction(self, asked: Item) -> tuple[int, Item]:  # noqa: N802
        for one in asked["TransactStatements"]:
            self._insert(*inserted(one), units=2)
        return 200, {}

    def _insert(self, table: str, item: Item, units: int) -> Item:
        if self._standing(table, item):
            self.counts["write_units"] += units
            return {"Error": {"Code": "DuplicateItem"}}
        self._write(table, item, units)
        return {"TableName": table}

    def _GetItem(self, asked: Item) -> tuple[int, Item]:  # noqa: N802
        standing = self._standing(asked["TableName"], asked["Key"])
        self.counts["read_units"] += 1
        return 200, {"Item": standing} if standing else {}

    def _Query(self, asked: Item) -> tuple[int, Item]:  # noqa: N802
        table, values = asked["TableName"], asked["ExpressionAttributeValues"]
        pk, prefix = values[":pk"]["S"], values.get(":prefix", values.get(":person", {"S": ""}))["S"]
        order = self._order[table, pk]
        start = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S")
        at = bisect_left(order, prefix) if start is None else bisect_right(order, start)
        found: list[Item] = []
        size = 0
        while at < len(order) and order[at].startswith(prefix) and size < PAGE:
            item = self._tables[table][pk][order[at]]
            size += size_of(item)
            found.append(item)
            at += 1
        self.counts["read_units"] += max(1, -(-size // 4096))
        answer: Item = {"Items": found, "Count": len(found)}
        if at < len(order) and order[at].startswith(prefix):
            answer["LastEvaluatedKey"] = {name: found[-1][name] for name in ("pk", "sk")}
        return 200, answer
