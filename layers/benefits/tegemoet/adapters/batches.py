"""The batches in the control table of DynamoDB.

A batch of a premium year is stored with its year (`year#<year>` / `batch#<id>`), so that all
batches of a year are read consistently; `batch#<id>` / `state` contains that year only. A batch
without a year (cases, unknown keys) is stored under the latter itself.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import orjson

from tegemoet.adapters.table import Item, Value, condition_held, decode, encode, query, write_together
from tegemoet.application.records import Abandonment, Batch, BatchDetail, BatchState, FileRefusal, Person, RowCounts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

INDEX = "by_owner"
_TEXTS = ("id", "partner", "scheme", "kind", "key", "written_at", "sequencer")


class _StoredBatch(TypedDict):
    """The values of a batch. `detail` is the JSON of a `_StoredDetail`."""

    id: str
    partner: str
    scheme: str
    kind: str
    year: NotRequired[int]
    key: str
    version: NotRequired[str]
    size: int
    written_at: str
    sequencer: str
    state: BatchState
    detail: str
    sent_by: NotRequired[str]
    sent_by_name: NotRequired[str]


class _StoredAbandonment(TypedDict):
    """Who abandoned the batch, when and why."""

    subject: str
    name: str
    at: str
    reason: str


class _StoredDetail(TypedDict):
    """The JSON of a detail.

    `reason` is the code of a refusal, or `failed`; `text`, `line` and `column` belong to a refusal.
    """

    rows: NotRequired[int]
    accepted: NotRequired[int]
    rejected: NotRequired[int]
    duplicates: NotRequired[int]
    chunks: NotRequired[int]
    reason: NotRequired[str]
    text: NotRequired[str]
    line: NotRequired[int | None]
    column: NotRequired[str | None]
    error: NotRequired[str]
    outputs: NotRequired[dict[str, str]]
    abandoned: NotRequired[_StoredAbandonment]


class DynamoBatches:
    """The batches in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def create(self, batch: Batch) -> bool:
        puts = [self._put({**_place(batch.id, batch.year), **_values(batch)})]
        if batch.year is not None:
            puts.append(self._put({**_place(batch.id, None), "year": batch.year}))
        return write_together(self._client, puts)

    def _put(self, values: Mapping[str, Value]) -> "TransactWriteItemTypeDef":
        absent = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self._table, "Item": encode(values), "ConditionExpression": absent}}

    def get(self, batch_id: str) -> Batch | None:
        item = self._get(_place(batch_id, None))
        if item is not None and "owner" not in item:
            item = self._get(_place(batch_id, cast("int", decode(item)["year"])))
        return None if item is None else _read(item)

    def _get(self, place: Mapping[str, Value]) -> Item | None:
        return self._client.get_item(TableName=self._table, Key=encode(place), ConsistentRead=True).get("Item")

    def update(
        self, batch_id: str, *, state: BatchState, detail: BatchDetail, expected: tuple[BatchState, ...]
    ) -> bool:
        batch = self.get(batch_id)
        if batch is None:
            return False
        return self._change(batch, {"state": state, "detail": write_detail(detail)}, expected)

    def replace_upload(self, batch: Batch) -> bool:
        return self._change(batch, _values(batch), ("awaiting-upload",))

    def _change(self, batch: Batch, changes: Mapping[str, Value], expected: tuple[BatchState, ...]) -> bool:
        # every name needs a placeholder: `state`, `key` and `owner` are reserved words
        states = {f":was{n}": state for n, state in enumerate(expected)}
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=encode(_place(batch.id, batch.year)),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
            ConditionExpression=f"attribute_exists(pk) AND #state IN ({', '.join(states)})",
            ExpressionAttributeNames={f"#{name}": name for name in changes},
            ExpressionAttributeValues=encode({f":{name}": value for name, value in changes.items()} | states),
        )

    def delete(self, batch: Batch) -> None:
        # the item that `of_year` reads is deleted last,
        # so that an interrupted deletion is found again
        for place in (_place(batch.id, None), _place(batch.id, batch.year)):
            self._client.delete_item(TableName=self._table, Key=encode(place))

    def of_partner(self, partner: str, limit: int, cursor: str | None) -> tuple[list[Batch], str | None]:
        before = {} if cursor is None else {":before": cursor}
        page = self._client.query(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#owner = :owner" + (" AND owner_sk < :before" if before else ""),
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=encode({":owner": f"partner#{partner}", **before}),
            ScanIndexForward=False,
            Limit=limit,
        )
        batches = [_read(item) for item in page["Items"]]
        return batches, batches[-1].id if batches and "LastEvaluatedKey" in page else None

    def all(self) -> list[Batch]:
        """Every batch. It reads the whole table, so it is for commands of an administrator."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, FilterExpression="attribute_exists(owner_sk)"
        )
        return [_read(item) for page in pages for item in page["Items"]]

    def of_year(self, year: int) -> list[Batch]:
        return [_read(item) for item in query(self._client, self._table, f"year#{year}", "batch#")]


def _place(batch_id: str, year: int | None) -> dict[str, Value]:
    if year is None:
        return {"pk": f"batch#{batch_id}", "sk": "state"}
    return {"pk": f"year#{year}", "sk": f"batch#{batch_id}"}


def _values(batch: Batch) -> dict[str, Value]:
    values: dict[str, Value] = {name: getattr(batch, name) for name in _TEXTS}
    values |= {"state": batch.state, "size": batch.size, "detail": write_detail(batch.detail)}
    values |= {"owner": f"partner#{batch.partner}", "owner_sk": batch.id}
    if batch.version is not None:
        values["version"] = batch.version
    if batch.year is not None:
        values["year"] = batch.year
    if batch.sent_by is not None:
        values |= {"sent_by": batch.sent_by.subject, "sent_by_name": batch.sent_by.name}
    return values


def _read(item: Item) -> Batch:
    values = cast("_StoredBatch", decode(item))
    return Batch(
        id=values["id"],
        partner=values["partner"],
        scheme=values["scheme"],
        kind=values["kind"],
        key=values["key"],
        written_at=values["written_at"],
        sequencer=values["sequencer"],
        year=values.get("year"),
        version=values.get("version"),
        size=values["size"],
        state=values["state"],
        detail=read_detail(values["detail"]),
        sent_by=Person(values["sent_by"], values["sent_by_name"]) if "sent_by" in values else None,
    )


def write_detail(detail: BatchDetail) -> str:
    """The detail as the JSON that is stored."""
    stored: _StoredDetail = {}
    if counts := detail.counts:
        stored |= {
            "rows": counts.rows,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "duplicates": counts.duplicates,
        }
    if detail.chunks is not None:
        stored["chunks"] = detail.chunks
    if refusal := detail.refusal:
        stored |= {"reason": refusal.code, "text": refusal.text, "line": refusal.line, "column": refusal.column}
    if detail.error is not None:
        stored |= {"reason": "failed", "error": detail.error}
    if detail.outputs:
        stored["outputs"] = dict(detail.outputs)
    if abandonment := detail.abandonment:
        by = abandonment.by
        stored["abandoned"] = {
            "at": abandonment.at,
            "reason": abandonment.reason,
            "subject": by.subject,
            "name": by.name,
        }
    return orjson.dumps(stored).decode()


def read_detail(text: str) -> BatchDetail:
    """The detail that the stored JSON contains."""
    stored: _StoredDetail = orjson.loads(text)
    abandoned = stored.get("abandoned")
    return BatchDetail(
        RowCounts(stored["rows"], stored["accepted"], stored["rejected"], stored["duplicates"])
        if "rows" in stored
        else None,
        stored.get("chunks"),
        FileRefusal(stored["reason"], stored["text"], stored["line"], stored["column"]) if "text" in stored else None,
        stored.get("error"),
        stored.get("outputs", {}),
        Abandonment(Person(abandoned["subject"], abandoned["name"]), abandoned["at"], abandoned["reason"])
        if abandoned
        else None,
    )
