"""Decisions in DynamoDB, compressed with a dictionary.

A decision of a run costs one write unit (1 kB), one on maternity rest one or two. The item
`<decision id>` / `decision` is a single or bulk decision with its case and, beside its bytes, the
person who decided it, put once; `<decision id>` /
`superseded` names the decision that supersedes it, put in one transaction with that one. The item
`<year>#<shard>` / `<person>#<run>` is a decision of a run, whose case is frozen with the run.
Decisions on health data have a table of their own.

Compressed bytes begin with the version of their dictionary. A dictionary never changes; a better
one is added beside it.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, cast

import orjson
from botocore.exceptions import ClientError

from tegemoet.adapters.table import (
    TRIES,
    BulkWriter,
    Item,
    NotWrittenError,
    condition_held,
    decode,
    delete_in_portions,
    encode,
    pause,
    query,
)
from tegemoet.application.records import Kept, KeptDecision, NewDecision, Person

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

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
        threads: int = 8,
        sleep: Callable[[float], None] = time.sleep,
        days: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._table, self._threads, self._sleep = client, table, threads, sleep
        self._writer = BulkWriter(client, table, threads, sleep)
        self._days, self._now = days, now

    def put(self, new: NewDecision) -> Kept:
        if new.supersedes is not None:
            return self._put_superseding(new, new.supersedes)
        try:
            self._client.put_item(**self._new(self._single(new)))
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return _compared(cast("Item", refused.response["Item"]), new)  # type: ignore[typeddict-item]
        return "kept"

    def put_many(self, items: Iterable[NewDecision]) -> Mapping[str, Kept]:
        with ThreadPoolExecutor(self._threads) as pool:
            outcomes = pool.map(lambda new: (new.id, self.put(new)), items)
            return {decision_id: kept for decision_id, kept in outcomes if kept != "kept"}

    def _put_superseding(self, new: NewDecision, superseded: str) -> Kept:
        """Put the decision and what it supersedes together, or neither."""
        items = [self._single(new), self._lasting({**_superseded(superseded), "by": {"S": new.id}})]
        for attempt in range(TRIES):
            existing = self._put_together(items)
            if existing is None:
                pause(attempt, self._sleep)
                continue
            decided, marked = existing
            if marked and marked["by"]["S"] != new.id:
                return "superseded-already"
            if decided and _compared(decided, new) != "kept":
                return "case-differs"
            missing = [item for item, found in zip(items, existing, strict=True) if not found]
            if not (decided or marked) or all(
                condition_held(self._client.put_item, **self._new(item)) for item in missing
            ):
                return "kept"
        raise NotWrittenError("another transaction holds the decision")

    def _put_together(self, items: Sequence[Item]) -> Sequence[Item] | None:
        """The items that exist already, each empty when it does not; None: try again."""
        try:
            self._client.transact_write_items(TransactItems=[{"Put": self._new(item)} for item in items])
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", [])
            codes = {reason.get("Code") for reason in reasons}
            if "TransactionConflict" in codes:
                return None
            if "ConditionalCheckFailed" not in codes:
                raise
            return [cast("Item", reason.get("Item", {})) for reason in reasons]
        return [{} for _ in items]

    def _new(self, item: Item) -> "PutTypeDef":
        """Every put of a single decision is conditional on its absence."""
        return {
            "TableName": self._table,
            "Item": item,
            # DynamoDB removes expired items some days late
            "ConditionExpression": "attribute_not_exists(pk) OR expires <= :now",
            "ExpressionAttributeValues": {":now": {"N": str(int(self._now()))}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _lasting(self, item: Item) -> Item:
        """The item with the second at which it expires."""
        if self._days is None:
            return item
        return {**item, "expires": {"N": str(int(self._now()) + self._days * 86_400)}}

    def superseded_by(self, decision_id: str) -> str | None:
        item = self._read(_superseded(decision_id))
        return item["by"]["S"] if item else None

    def get(self, decision_id: str) -> KeptDecision | None:
        item = self._item(decision_id)
        if item is None:
            return None
        by = Person(**decode(item["decided_by"]["M"])) if "decided_by" in item else None  # type: ignore[arg-type]
        return KeptDecision(item["partner"]["S"], unpack(item["case"]["B"]), unpack(item["decision"]["B"]), by)

    def _item(self, decision_id: str) -> Item | None:
        return self._read({"pk": {"S": decision_id}, "sk": {"S": "decision"}})

    def _read(self, key: Item) -> Item | None:
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        # DynamoDB removes expired items some days late
        return None if item and "expires" in item and int(item["expires"]["N"]) <= self._now() else item

    def _single(self, new: NewDecision) -> Item:
        decided_by: Item = {} if new.by is None else {"decided_by": {"M": encode(asdict(new.by))}}
        item: Item = {
            "pk": {"S": new.id},
            "sk": {"S": "decision"},
            "partner": {"S": new.partner},
            "case": {"B": pack(new.case, self.dictionary)},
            "decision": {"B": pack(new.decision, self.dictionary)},
            **decided_by,
        }
        return self._lasting(item)

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

    Repeating a chunk or a case does not extend its retention.
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


def _superseded(decision_id: str) -> Item:
    """The key of what supersedes a decision."""
    return {"pk": {"S": decision_id}, "sk": {"S": "superseded"}}


def _compared(existing: Item, new: NewDecision) -> Kept:
    """Whether the existing decision has the new one's case: the id leaves out `supersedes`."""
    return "kept" if unpack(existing["case"]["B"]) == new.case else "case-differs"


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
