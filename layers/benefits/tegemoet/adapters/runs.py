"""Premium years, runs and exceptions in the control table of DynamoDB, all under `year#<year>`.

`state` = the year, `run#<run>` = a run, `exception#<id>` = what waits for a person, with the choice once it is made. A run's
details are attributes of one map, each set on its own, so that two writers never undo one another.
"""

from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.adapters.table import condition_held, query, write_together
from tegemoet.application.ports import ExceptionCase, Run, Year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class DynamoRuns:
    """The years and runs in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    # --- years

    def year(self, year: int) -> Year | None:
        item = self._get(_place(year, "state"))
        if item is None:
            return None
        return Year(
            year,
            item["key_version"]["S"],
            item["open_run"]["S"] if "open_run" in item else None,
            tuple(sorted(int(phase) for phase in item.get("released", {}).get("NS", []))),
            "phase_2_begun" in item,
            "closed" in item,
        )

    def begin_year(self, year: int, key_version: str) -> Year:
        found = self.year(year)
        if found is None:
            condition_held(
                self._client.put_item,
                TableName=self._table,
                Item={**_place(year, "state"), "key_version": {"S": key_version}},
                ConditionExpression="attribute_not_exists(pk)",
            )
            found = self.year(year)
        assert found is not None  # noqa: S101 - nothing removes a year
        return found

    def close(self, year: int) -> bool:
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year, "state"),
            UpdateExpression="SET closed = :yes",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(open_run)",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )

    # --- runs

    def open(self, run: Run) -> bool:
        # the order of the phases is part of the condition: nothing between looking and opening can break it
        free = "attribute_not_exists(open_run) AND attribute_not_exists(closed)"
        values: Item = {":run": {"S": run.id}}
        change = "SET open_run = :run"
        if run.phase == 1:
            free += " AND attribute_not_exists(phase_2_begun)"
        else:
            free += " AND contains(released, :first)"
            change += ", phase_2_begun = :yes"
            values |= {":first": {"N": "1"}, ":yes": {"BOOL": True}}
        item: Item = {
            **_place(run.year, f"run#{run.id}"),
            "phase": {"N": str(run.phase)},
            "on": {"S": run.on},
            "started_by": {"S": run.started_by},
            "started_at": {"S": run.started_at},
            "state": {"S": run.state},
            "detail": {"M": _detail(run.detail)},
        }
        opened = self._transact(
            {"Put": {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}},
            {
                "Update": {
                    "Key": _place(run.year, "state"),
                    "UpdateExpression": change,
                    "ConditionExpression": free,
                    "ExpressionAttributeValues": values,
                }
            },
        )
        if opened:
            return True
        found = self.year(run.year)
        return found is not None and found.open_run == run.id

    def get(self, run_id: str) -> Run | None:
        year = run_id.partition("-")[0]
        if not (year.isascii() and year.isdigit()):
            return None
        item = self._get(_place(int(year), f"run#{run_id}"))
        return None if item is None else _run(item)

    def of_phase(self, year: int, phase: int) -> list[Run]:
        found = (_run(item) for item in self._query(year, f"run#{year}-{phase}-"))
        return sorted(found, key=lambda run: (run.started_at, run.id))

    def update(self, run_id: str, *, state: str, detail: "Mapping[str, Any]", expected: tuple[str, ...]) -> bool:
        return condition_held(
            self._client.update_item, TableName=self._table, **_change(run_id, state, detail, expected)
        )

    def finish(self, run_id: str, *, state: str, detail: "Mapping[str, Any]", expected: tuple[str, ...]) -> bool:
        year, phase = run_id.split("-")[:2]
        change, values = "REMOVE open_run", {":run": {"S": run_id}}
        if state == "released":
            change, values = f"{change} ADD released :phase", {**values, ":phase": {"NS": [phase]}}  # type: ignore[dict-item]
        free = {
            "Key": _place(int(year), "state"),
            "UpdateExpression": change,
            "ConditionExpression": "open_run = :run",
            "ExpressionAttributeValues": values,
        }
        return self._transact({"Update": _change(run_id, state, detail, expected)}, {"Update": free})

    # --- exceptions

    def keep_exceptions(self, year: int, found: "Iterable[ExceptionCase]") -> None:
        for case in found:
            self._client.update_item(
                TableName=self._table,
                Key=_place(year, f"exception#{case.id}"),
                UpdateExpression="SET #kind = :kind, facts = :facts, #run = :run",
                ExpressionAttributeNames={"#kind": "kind", "#run": "run"},
                ExpressionAttributeValues={
                    ":kind": {"S": case.kind},
                    ":facts": {"S": _json(dict(case.facts))},
                    ":run": {"S": case.run},
                },
            )

    def exceptions(self, year: int) -> list[ExceptionCase]:
        return [
            ExceptionCase(
                item["sk"]["S"].removeprefix("exception#"),
                item["kind"]["S"],
                orjson.loads(item["facts"]["S"]),
                item["run"]["S"],
                *(item[name]["S"] if name in item else None for name in ("choice", "reason", "chosen_by")),
            )
            for item in self._query(year, "exception#")
        ]

    def choose(self, year: int, exception_id: str, choice: str, reason: str, by: str) -> bool:
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=_place(year, f"exception#{exception_id}"),
            UpdateExpression="SET choice = :choice, reason = :reason, chosen_by = :by",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":choice": {"S": choice}, ":reason": {"S": reason}, ":by": {"S": by}},
        )

    # --- calls

    def _get(self, place: Item) -> "Mapping[str, Any] | None":
        return self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")

    def _query(self, year: int, prefix: str) -> "Iterator[Mapping[str, Any]]":
        return query(self._client, self._table, f"year#{year}", prefix)

    def _transact(self, *actions: dict[str, Item]) -> bool:
        """Whether the conditions of all writes held."""
        named = [{kind: {"TableName": self._table, **body} for kind, body in action.items()} for action in actions]
        return write_together(self._client, named)


def _place(year: int, sk: str) -> Item:
    return {"pk": {"S": f"year#{year}"}, "sk": {"S": sk}}


def _change(run_id: str, state: str, detail: "Mapping[str, Any]", expected: tuple[str, ...]) -> Item:
    states = {f":was{n}": {"S": was} for n, was in enumerate(expected)}
    names = {f"#d{n}": name for n, name in enumerate(detail)}
    values = {f":d{n}": value for n, value in enumerate(_detail(detail).values())}
    return {
        "Key": _place(int(run_id.partition("-")[0]), f"run#{run_id}"),
        "UpdateExpression": "SET "
        + ", ".join(["#state = :state", *(f"detail.#d{n} = :d{n}" for n in range(len(names)))]),
        "ConditionExpression": f"#state IN ({', '.join(states)})",
        "ExpressionAttributeNames": {"#state": "state", **names},
        "ExpressionAttributeValues": {":state": {"S": state}, **values, **states},
    }


def _detail(detail: "Mapping[str, Any]") -> dict[str, Item]:
    return {name: {"S": _json(value)} for name, value in detail.items()}


def _run(item: "Mapping[str, Any]") -> Run:
    return Run(
        item["sk"]["S"].removeprefix("run#"),
        int(item["pk"]["S"].removeprefix("year#")),
        int(item["phase"]["N"]),
        item["on"]["S"],
        item["started_by"]["S"],
        item["started_at"]["S"],
        item["state"]["S"],
        {name: orjson.loads(value["S"]) for name, value in item["detail"]["M"].items()},
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
