"""The batches in the control table of DynamoDB.

A batch of a premium year is stored with its year (`year#<year>` / `batch#<id>`), so that all batches of a year are read consistently;
`batch#<id>` / `state` contains that year only. A batch without a year (cases, unknown keys) is stored under the latter itself.
"""

from typing import TYPE_CHECKING, NotRequired, TypedDict, get_args

import orjson

from tegemoet.adapters.table import condition_held, query, write_together
from tegemoet.application.ports import Batch, BatchDetail, BatchState, FileRefusal, RowCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    Attributes = dict[str, "AttributeValueTypeDef"]
    Item = Mapping[str, AttributeValueTypeDef]

INDEX = "by_owner"
_TEXTS = ("id", "partner", "scheme", "kind", "key", "written_at", "sequencer")
_STATES: dict[str, BatchState] = {state: state for state in get_args(BatchState)}


class _StoredDetail(TypedDict):
    """The JSON of a detail. `reason` is the code of a refusal, or `failed`; `text`, `line` and `column` belong to a refusal."""

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


class DynamoBatches:
    """The batches in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def create(self, batch: Batch) -> bool:
        puts: list[TransactWriteItemTypeDef] = [self._put({**_place(batch.id, batch.year), **_write(batch)})]
        if batch.year is not None:
            puts.append(self._put({**_place(batch.id, None), "year": {"N": str(batch.year)}}))
        return write_together(self._client, puts)

    def _put(self, item: "Attributes") -> "TransactWriteItemTypeDef":
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}

    def get(self, batch_id: str) -> Batch | None:
        item = self._get(_place(batch_id, None))
        if item is not None and "owner" not in item:
            item = self._get(_place(batch_id, int(item["year"]["N"])))
        return None if item is None else _read(item)

    def _get(self, place: "Attributes") -> "Item | None":
        return self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")

    def update(
        self, batch_id: str, *, state: BatchState, detail: BatchDetail, expected: tuple[BatchState, ...]
    ) -> bool:
        batch = self.get(batch_id)
        if batch is None:
            return False
        return self._change(batch, {"state": {"S": state}, "detail": {"S": write_detail(detail)}}, expected)

    def replace_upload(self, batch: Batch) -> bool:
        return self._change(batch, _write(batch), ("awaiting-upload",))

    def _change(self, batch: Batch, changes: "Item", expected: tuple[BatchState, ...]) -> bool:
        # every name goes through a placeholder: `state`, `key` and `owner` are reserved words
        states = {f":was{n}": {"S": state} for n, state in enumerate(expected)}
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(batch.id, batch.year),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
            ConditionExpression=f"attribute_exists(pk) AND #state IN ({', '.join(states)})",
            ExpressionAttributeNames={f"#{name}": name for name in changes},
            ExpressionAttributeValues={**{f":{name}": value for name, value in changes.items()}, **states},
        )

    def delete(self, batch: Batch) -> None:
        # the item that `of_year` finds comes last: what is interrupted is found again
        for place in (_place(batch.id, None), _place(batch.id, batch.year)):
            self._client.delete_item(TableName=self._table, Key=place)

    def of_partner(self, partner: str, limit: int, cursor: str | None) -> tuple[list[Batch], str | None]:
        before = {} if cursor is None else {":before": {"S": cursor}}
        found = self._client.query(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#owner = :owner" + (" AND owner_sk < :before" if before else ""),
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": f"partner#{partner}"}, **before},
            ScanIndexForward=False,
            Limit=limit,
        )
        batches = [_read(item) for item in found["Items"]]
        return batches, batches[-1].id if batches and "LastEvaluatedKey" in found else None

    def of_year(self, year: int) -> list[Batch]:
        return [_read(item) for item in query(self._client, self._table, f"year#{year}", "batch#")]


def _place(batch_id: str, year: int | None) -> "Attributes":
    if year is None:
        return {"pk": {"S": f"batch#{batch_id}"}, "sk": {"S": "state"}}
    return {"pk": {"S": f"year#{year}"}, "sk": {"S": f"batch#{batch_id}"}}


def _write(batch: Batch) -> "Attributes":
    item: Attributes = {name: {"S": getattr(batch, name)} for name in _TEXTS}
    item |= {"state": {"S": batch.state}, "size": {"N": str(batch.size)}, "detail": {"S": write_detail(batch.detail)}}
    item |= {"owner": {"S": f"partner#{batch.partner}"}, "owner_sk": {"S": batch.id}}
    if batch.version is not None:
        item["version"] = {"S": batch.version}
    if batch.year is not None:
        item["year"] = {"N": str(batch.year)}
    return item


def _read(item: "Item") -> Batch:
    texts = {name: item[name]["S"] for name in _TEXTS}
    return Batch(
        **texts,
        year=int(item["year"]["N"]) if "year" in item else None,
        version=item["version"]["S"] if "version" in item else None,
        size=int(item["size"]["N"]),
        state=_STATES[item["state"]["S"]],
        detail=read_detail(item["detail"]["S"]),
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
    return orjson.dumps(stored).decode()


def read_detail(text: str) -> BatchDetail:
    """The detail that the stored JSON contains."""
    stored: _StoredDetail = orjson.loads(text)
    return BatchDetail(
        RowCounts(stored["rows"], stored["accepted"], stored["rejected"], stored["duplicates"])
        if "rows" in stored
        else None,
        stored.get("chunks"),
        FileRefusal(stored["reason"], stored["text"], stored["line"], stored["column"]) if "text" in stored else None,
        stored.get("error"),
        stored.get("outputs", {}),
    )
