"""Exchanges in the control table of DynamoDB, all items under `flow#<year>`.

`state` = the exchange, `late#<batch>` = a batch that came too late. The note of a step is an
attribute of one map, written on its own.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, cast

import orjson

from tegemoet.adapters.table import Value, condition_held, decode, encode, query
from tegemoet.application.records import (
    AnswerNote,
    EvaluationNote,
    Exchange,
    Notes,
    Person,
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
_OF_TASK = "token#"
"""What the name of a field with the wait of a task begins with; the token of the task follows."""


class _State(TypedDict):
    """The values of an exchange. `insurers` and every note of `steps` are JSON."""

    run: str
    insurers: str
    tax_office: str
    automatic: bool
    step: Step
    steps: Mapping[str, str]
    token: NotRequired[str]  # of an earlier version


class DynamoExchanges:
    """The exchanges in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def create(self, exchange: Exchange) -> bool:
        values: dict[str, Value] = {
            **_place(exchange.year),
            "run": exchange.run,
            "insurers": orjson.dumps(dict(exchange.insurers)).decode(),
            "tax_office": exchange.tax_office,
            "automatic": exchange.automatic,
            "step": exchange.step,
            "steps": {name: write_note(cast("Note", note)) for name, note in exchange.notes.items()},
        }
        return condition_held(
            self._client.put_item,
            TableName=self._table,
            Item=encode(values),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def get(self, year: int) -> Exchange | None:
        state, late = None, Counter[str]()
        for values in map(decode, query(self._client, self._table, f"flow#{year}")):
            if values["sk"] == "state":
                state = cast("_State", values)
            else:
                late[str(values["kind"])] += 1
        if state is None:
            return None
        return Exchange(
            year,
            state["run"],
            orjson.loads(state["insurers"]),
            state["tax_office"],
            state["automatic"],
            state["step"],
            read_notes(state["steps"]),
            late,
            _tokens(state),
        )

    def advance(self, year: int, expected: Step, step: Step, note: StepNote) -> bool:
        values = {":step": step, ":note": write_note(note)}
        return self._change(year, expected, "SET #step = :step, steps.#was = :note", values, {"#was": expected})

    def wait(self, year: int, step: Wait, token: str) -> bool:
        # a field per token: a call that comes late replaces none
        return self._change(year, step, "SET #token = :wait", {":wait": step}, {"#token": _OF_TASK + token})

    def note_evaluation(self, year: int, note: EvaluationNote) -> bool:
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=encode(_place(year)),
            UpdateExpression="SET steps.evaluation = :note, evaluation_rank = :rank",
            # a call that goes on after a later evaluation changes nothing
            ConditionExpression="attribute_exists(pk)"
            " AND (attribute_not_exists(evaluation_rank) OR evaluation_rank <= :rank)",
            ExpressionAttributeValues=encode({":note": write_note(note), ":rank": note.rank}),
        )

    def _change(self, year: int, expected: Step, change: str, values: dict[str, str], names: dict[str, str]) -> bool:
        """Change the exchange when it is at the step `expected`; whether it was."""
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=encode(_place(year)),
            UpdateExpression=change,
            ConditionExpression="#step = :expected",
            ExpressionAttributeNames={"#step": "step", **names},
            ExpressionAttributeValues=encode({":expected": expected, **values}),
        )

    def count_late(self, year: int, kind: str, batch_id: str) -> None:
        # an item per batch: the same batch replaces itself
        self._client.put_item(TableName=self._table, Item=encode({**_place(year, f"late#{batch_id}"), "kind": kind}))

    def delete(self, year: int) -> None:
        # the exchange itself comes last in order of `sk`: an interrupted deletion is found again
        for item in list(query(self._client, self._table, f"flow#{year}")):
            self._client.delete_item(TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})


def _place(year: int, sk: str = "state") -> dict[str, str]:
    return {"pk": f"flow#{year}", "sk": sk}


def _tokens(state: _State) -> dict[str, Wait | None]:
    values = cast("Mapping[str, Wait]", state)
    found: dict[str, Wait | None] = {
        name.removeprefix(_OF_TASK): wait for name, wait in values.items() if name.startswith(_OF_TASK)
    }
    return {state["token"]: None, **found} if "token" in state else found


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
            return StartNote(on, _person(note))
        case "select":
            return SelectNote(on, note["in_time"], note["asked"], note["insurers"])
        case "answer-1" | "answer-2":
            return AnswerNote(on, note["in_time"], note["codes"], note["ignored"], note.get("asked_again"))
        case "report":
            return ReportNote(on, note["in_time"], note["insurers"])
        case "evaluation":
            return EvaluationNote(on, note["codes"], note.get("name", ""), note.get("started_at", ""))
        case _:
            return WaitNote(on, note["in_time"], tuple(note["batches"]), _person(note))


def _person(note: Mapping[str, Any]) -> Person | None:
    by = note.get("by")
    return None if by is None else Person(**by)
