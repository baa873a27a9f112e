"""Exchanges in the control table of DynamoDB, all items under `flow#<year>`.

`state` = the exchange, `late#<batch>` = a batch that came too late. The note of a step is an
attribute of one map, written on its own.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

import orjson

from tegemoet.adapters.table import Item, condition_held, query
from tegemoet.application.records import (
    AnswerNote,
    EvaluationNote,
    Exchange,
    Notes,
    ReportNote,
    SelectNote,
    StartNote,
    Step,
    StepNote,
    Wait,
    WaitNote,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Note = StartNote | StepNote | EvaluationNote


class DynamoExchanges:
    """The exchanges in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def create(self, exchange: Exchange) -> bool:
        notes = {name: {"S": write_note(cast("Note", note))} for name, note in exchange.notes.items()}
        item: Item = {
            **_place(exchange.year),
            "run": {"S": exchange.run},
            "insurers": {"S": orjson.dumps(dict(exchange.insurers)).decode()},
            "tax_office": {"S": exchange.tax_office},
            "automatic": {"BOOL": exchange.automatic},
            "step": {"S": exchange.step},
            "steps": {"M": notes},
        }
        return condition_held(
            self._client.put_item, TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
        )

    def get(self, year: int) -> Exchange | None:
        state, late = None, Counter[str]()
        for item in query(self._client, self._table, f"flow#{year}"):
            if item["sk"]["S"] == "state":
                state = item
            else:
                late[item["kind"]["S"]] += 1
        if state is None:
            return None
        return Exchange(
            year,
            state["run"]["S"],
            orjson.loads(state["insurers"]["S"]),
            state["tax_office"]["S"],
            state["automatic"]["BOOL"],
            state["step"]["S"],
            read_notes({name: note["S"] for name, note in state["steps"]["M"].items()}),
            late,
            state["token"]["S"] if "token" in state else None,
        )

    def advance(self, year: int, expected: Step, step: Step, note: StepNote, token: str | None = None) -> bool:
        change, values = "SET #step = :step, steps.#was = :note", {":step": step, ":note": write_note(note)}
        if token is not None:
            change, values = f"{change}, #token = :token", {**values, ":token": token}
        return self._change(year, expected, change, values, {"#was": expected})

    def wait(self, year: int, step: Wait, token: str) -> bool:
        return self._change(year, step, "SET #token = :token", {":token": token})

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year),
            UpdateExpression="SET steps.evaluation = :note",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":note": {"S": write_note(note)}},
        )

    def _change(
        self, year: int, expected: Step, change: str, values: dict[str, str], names: dict[str, str] | None = None
    ) -> bool:
        """Change the exchange when it is at the step `expected`; whether it was."""
        if ":token" in values:  # a reserved word
            names = {**(names or {}), "#token": "token"}
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year),
            UpdateExpression=change,
            ConditionExpression="#step = :expected",
            ExpressionAttributeNames={"#step": "step", **(names or {})},
            ExpressionAttributeValues={
                ":expected": {"S": expected},
                **{name: {"S": value} for name, value in values.items()},
            },
        )

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        # an item per batch: the same batch replaces itself
        self._client.put_item(TableName=self._table, Item={**_place(year, f"late#{batch_id}"), "kind": {"S": kind}})

    def delete(self, year: int) -> None:
        # the exchange itself comes last in order of `sk`: an interrupted deletion is found again
        for item in list(query(self._client, self._table, f"flow#{year}")):
            self._client.delete_item(TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})


def _place(year: int, sk: str = "state") -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"flow#{year}"}, "sk": {"S": sk}}


# --- notes as they are stored ---------------------------------------------------------------------


def write_note(note: Note) -> str:
    """A note as JSON."""
    return orjson.dumps(note).decode()


def read_notes(stored: Mapping[str, str]) -> Notes:
    """The notes of an exchange by the names of its steps, from their JSON."""
    return cast("Notes", {name: _read_note(name, text) for name, text in stored.items()})


def _read_note(name: str, text: str) -> Note:
    note = orjson.loads(text)
    on = date.fromisoformat(note["on"])
    match name:
        case "start":
            return StartNote(on)
        case "select":
            return SelectNote(on, note["in_time"], note["asked"], note["insurers"])
        case "answer-1" | "answer-2":
            return AnswerNote(on, note["in_time"], note["codes"], note["ignored"], note.get("asked_again"))
        case "report":
            return ReportNote(on, note["in_time"], note["insurers"])
        case "evaluation":
            return EvaluationNote(on, note["codes"])
        case _:
            return WaitNote(on, note["in_time"], tuple(note["batches"]))
