"""Premium years, runs and exceptions in the table of years of DynamoDB, all under `year#<year>`.

`state` = the year, `run#<run>` = a run, `exception#<id>` = an exception, `choice#<id>#<number>` = a
choice on it, `closing#<id>` = a proposal to close the year, `value#<id>#<number>` = a confirmation
of a value, `bank-file#<message>#<number>` = what was done with a file for the bank. The details of
a run are entries of one map, each set on its own, so that concurrent writers never overwrite one
another. Choices, proposals, confirmations and events are put once and never changed.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import orjson

from tegemoet.adapters.table import (
    Item,
    Value,
    condition_held,
    decode,
    delete_in_portions,
    encode,
    query,
    write_together,
)
from tegemoet.application.records import (
    UNAPPROVED,
    BankFileEvent,
    Closing,
    ClosingProposal,
    Confirmation,
    Person,
    Phase,
    Run,
    RunDetail,
    RunState,
    Year,
)
from tegemoet.domain.manual_review import Choice, ReviewedException, YearException

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef


class _StoredYear(TypedDict):
    """The values of a year."""

    key_version: str
    open_run: NotRequired[str]
    released: NotRequired[frozenset[Phase]]
    phase_2_begun: NotRequired[bool]
    closed: NotRequired[bool]
    closed_on: NotRequired[str]
    closing: NotRequired[str]


class _StoredEvent(TypedDict):
    """The values of an event of a file for the bank. `event` is JSON."""

    sk: str
    event: str


class _StoredRun(TypedDict):
    """The values of a run. Every entry of `detail` is JSON."""

    pk: str
    sk: str
    phase: Phase
    on: str
    started_by: str
    started_at: str
    state: RunState
    detail: Mapping[str, str]


class _StoredException(TypedDict):
    """The values of an exception. `facts` is JSON."""

    sk: str
    kind: str
    facts: str
    run: str


class _StoredChoice(TypedDict):
    """The values of a choice."""

    sk: str
    choice: str
    reason: str
    subject: str
    name: str
    at: str


class _StoredConfirmation(TypedDict):
    """The values of a confirmation. `confirmation` is JSON."""

    sk: str
    confirmation: str


class _StoredProposal(TypedDict):
    """The values of a proposal to close a year. `proposal` is the JSON of a `_ProposalJson`."""

    proposal: str


class _PersonJson(TypedDict):
    subject: str
    name: str


class _ProposalJson(TypedDict):
    id: str
    year: int
    open_exceptions: int
    reason: str
    by: _PersonJson
    at: str


class DynamoRuns:
    """The years and runs in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str, threads: int = 8) -> None:
        self._client, self._table, self._threads = client, table, threads

    # --- years

    def year(self, year: int) -> Year | None:
        item = self._get(year, "state")
        if item is None:
            return None
        values = cast("_StoredYear", decode(item))
        return Year(
            year,
            values["key_version"],
            values.get("open_run"),
            tuple(sorted(values.get("released", ()))),
            "phase_2_begun" in values,
            "closed" in values,
            date.fromisoformat(values["closed_on"]) if "closed_on" in values else None,
            _read_closing(values["closing"]) if "closing" in values else None,
        )

    def begin_year(self, year: int, key_version: str) -> Year:
        begun = self.year(year)
        if begun is None:
            self._put_once(year, "state", {"key_version": key_version})
            begun = self.year(year)
        assert begun is not None  # noqa: S101 - nothing removes a year
        return begun

    def propose_closing(self, proposal: ClosingProposal) -> bool:
        return self._put_once(proposal.year, f"closing#{proposal.id}", {"proposal": _json(asdict(proposal))})

    def closing_proposals(self, year: int) -> list[ClosingProposal]:
        stored = (cast("_StoredProposal", decode(item)) for item in self._query(year, "closing#"))
        proposals = (_read_proposal(orjson.loads(values["proposal"])) for values in stored)
        return sorted(proposals, key=lambda proposal: (proposal.at, proposal.id))

    def closing_proposal(self, year: int, proposal_id: str) -> ClosingProposal | None:
        item = self._get(year, f"closing#{proposal_id}")
        return None if item is None else _read_proposal(orjson.loads(cast("_StoredProposal", decode(item))["proposal"]))

    def close(self, year: int, closing: Closing) -> bool:
        free = ("attribute_exists(pk)", "attribute_not_exists(open_run)", "attribute_not_exists(closed)")
        return condition_held(
            self._client.update_item,
            TableName=self._table,
            Key=encode(_key(year, "state")),
            UpdateExpression="SET closed = :yes, closed_on = :day, closing = :closing",
            ConditionExpression=" AND ".join(free),
            ExpressionAttributeValues=encode(
                {":yes": True, ":day": closing.closed_on, ":closing": _json(asdict(closing))}
            ),
        )

    # --- runs

    def open(self, run: Run) -> bool:
        # the order of the phases is part of the condition:
        # nothing between looking and opening can break it
        free = "attribute_not_exists(open_run) AND attribute_not_exists(closed)"
        values: dict[str, Value] = {":run": run.id}
        change = "SET open_run = :run"
        if run.phase == 1:
            free += " AND attribute_not_exists(phase_2_begun)"
        else:
            free += " AND contains(released, :first)"
            change += ", phase_2_begun = :yes"
            values |= {":first": 1, ":yes": True}
        item: dict[str, Value] = {
            **_key(run.year, f"run#{run.id}"),
            "phase": run.phase,
            "on": run.on,
            "started_by": run.started_by,
            "started_at": run.started_at,
            "state": run.state,
            "detail": _detail(run.detail),
        }
        absent = "attribute_not_exists(pk)"
        opened = self._transact(
            {"Put": {"TableName": self._table, "Item": encode(item), "ConditionExpression": absent}},
            {
                "Update": {
                    "TableName": self._table,
                    "Key": encode(_key(run.year, "state")),
                    "UpdateExpression": change,
                    "ConditionExpression": free,
                    "ExpressionAttributeValues": encode(values),
                }
            },
        )
        if opened:
            return True
        year = self.year(run.year)
        return year is not None and year.open_run == run.id

    def get(self, run_id: str) -> Run | None:
        year = run_id.partition("-")[0]
        if not (year.isascii() and year.isdigit()):
            return None
        item = self._get(int(year), f"run#{run_id}")
        return None if item is None else _read(item)

    def of_phase(self, year: int, phase: Phase) -> list[Run]:
        runs = map(_read, self._query(year, f"run#{year}-{phase}-"))
        return sorted(runs, key=lambda run: (run.started_at, run.id))

    def update(
        self,
        run_id: str,
        *,
        state: RunState,
        detail: RunDetail,
        expected: "Sequence[RunState]",
        attempt: int | None = None,
    ) -> bool:
        return condition_held(self._client.update_item, **self._change(run_id, state, detail, expected, attempt))

    def finish(self, run_id: str, *, state: RunState, detail: RunDetail, expected: "Sequence[RunState]") -> bool:
        year, phase = map(int, run_id.split("-")[:2])
        change, values = "REMOVE open_run", dict[str, Value]({":run": run_id})
        if state == "released":
            change, values = f"{change} ADD released :phase", {**values, ":phase": frozenset([phase])}
        free: UpdateTypeDef = {
            "TableName": self._table,
            "Key": encode(_key(year, "state")),
            "UpdateExpression": change,
            "ConditionExpression": "open_run = :run",
            "ExpressionAttributeValues": encode(values),
        }
        return self._transact({"Update": self._change(run_id, state, detail, expected)}, {"Update": free})

    # --- exceptions

    def keep_exceptions(self, year: int, exceptions: "Iterable[YearException]") -> None:
        for exception in exceptions:
            self._client.update_item(
                TableName=self._table,
                Key=encode(_key(year, f"exception#{exception.id}")),
                UpdateExpression="SET #kind = :kind, facts = :facts, #run = :run",
                ExpressionAttributeNames={"#kind": "kind", "#run": "run"},
                ExpressionAttributeValues=encode(
                    {":kind": exception.kind, ":facts": _json(exception.facts), ":run": exception.run}
                ),
            )

    def exceptions(self, year: int) -> list[ReviewedException]:
        choices = self._choices(year)
        found = []
        for values in (cast("_StoredException", decode(item)) for item in self._query(year, "exception#")):
            exception_id = values["sk"].removeprefix("exception#")
            made = tuple(choices.get(exception_id, ()))
            found.append(
                ReviewedException(exception_id, values["kind"], orjson.loads(values["facts"]), values["run"], made)
            )
        return found

    def _choices(self, year: int) -> dict[str, list[Choice]]:
        """The choices by exception, oldest first: their numbers have six digits."""
        choices: dict[str, list[Choice]] = {}
        for values in (cast("_StoredChoice", decode(item)) for item in self._query(year, "choice#")):
            exception_id, _, _ = values["sk"].removeprefix("choice#").rpartition("#")
            made = Choice(values["choice"], values["reason"], values["subject"], values["name"], values["at"])
            choices.setdefault(exception_id, []).append(made)
        return choices

    def choose(self, year: int, exception_id: str, number: int, choice: Choice) -> bool:
        return self._put_once(year, f"choice#{exception_id}#{number:06}", asdict(choice))

    def choose_for_all(self, year: int, numbers: "Mapping[str, int]", choice: Choice) -> bool:
        actions: list[TransactWriteItemTypeDef] = []
        for name, number in numbers.items():
            item = encode({**_key(year, f"choice#{name}#{number:06}"), **asdict(choice)})
            absent = "attribute_not_exists(pk)"
            actions.append({"Put": {"TableName": self._table, "Item": item, "ConditionExpression": absent}})
        return self._transact(*actions)

    # --- values

    def confirmations(self, year: int) -> dict[str, list[Confirmation]]:
        found: dict[str, list[Confirmation]] = {}  # oldest first: their numbers have six digits
        for values in (cast("_StoredConfirmation", decode(item)) for item in self._query(year, "value#")):
            value_id, _, _ = values["sk"].removeprefix("value#").rpartition("#")
            made = orjson.loads(values["confirmation"])
            found.setdefault(value_id, []).append(Confirmation(**{**made, "by": Person(**made["by"])}))
        return found

    def confirm(self, year: int, value_id: str, number: int, confirmation: Confirmation) -> bool:
        return self._put_once(year, f"value#{value_id}#{number:06}", {"confirmation": _json(asdict(confirmation))})

    # --- files for the bank

    def bank_file_events(self, year: int) -> dict[str, list[BankFileEvent]]:
        found: dict[str, list[BankFileEvent]] = {}  # oldest first: their numbers have six digits
        for values in (cast("_StoredEvent", decode(item)) for item in self._query(year, "bank-file#")):
            message_id, _, _ = values["sk"].removeprefix("bank-file#").rpartition("#")
            found.setdefault(message_id, []).append(BankFileEvent.parse(orjson.loads(values["event"])))
        return found

    def add_bank_file_event(self, year: int, message_id: str, number: int, event: BankFileEvent) -> bool:
        return self._put_once(year, f"bank-file#{message_id}#{number:06}", {"event": _json(asdict(event))})

    # --- the end of a year

    def delete_records(self, year: int) -> "Iterator[int]":
        spared = ("state",)
        return delete_in_portions(self._client, self._table, [f"year#{year}"], spare=spared, threads=self._threads)

    # --- calls

    def _put_once(self, year: int, sk: str, values: "Mapping[str, Value]") -> bool:
        return condition_held(
            self._client.put_item,
            TableName=self._table,
            Item=encode({**_key(year, sk), **values}),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def _get(self, year: int, sk: str) -> Item | None:
        key = encode(_key(year, sk))
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _query(self, year: int, prefix: str) -> "Iterator[Item]":
        return query(self._client, self._table, f"year#{year}", prefix)

    def _transact(self, *actions: "TransactWriteItemTypeDef") -> bool:
        """Whether the conditions of all writes held."""
        return write_together(self._client, actions)

    def _change(
        self,
        run_id: str,
        state: RunState,
        detail: RunDetail,
        expected: "Sequence[RunState]",
        attempt: int | None = None,
    ) -> "UpdateTypeDef":
        states = {f":was{n}": was for n, was in enumerate(expected)}
        fields = _detail(detail)
        condition, names, latest = f"#state IN ({', '.join(states)})", {"#state": "state"}, dict[str, str]()
        if state in UNAPPROVED:
            condition += " AND attribute_not_exists(detail.#approved_by)"
            names["#approved_by"] = "approved_by"
        if attempt is not None:
            condition += " AND detail.#attempt = :latest"
            names["#attempt"], latest[":latest"] = "attempt", _json(attempt)
        changes = ["#state = :state", *(f"detail.#{name} = :{name}" for name in fields)]
        return {
            "TableName": self._table,
            "Key": encode(_key(int(run_id.partition("-")[0]), f"run#{run_id}")),
            "UpdateExpression": "SET " + ", ".join(changes),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {**names, **{f"#{name}": name for name in fields}},
            "ExpressionAttributeValues": encode(
                {":state": state, **states, **latest, **{f":{name}": value for name, value in fields.items()}}
            ),
        }


def _key(year: int, sk: str) -> dict[str, str]:
    return {"pk": f"year#{year}", "sk": sk}


def _detail(detail: RunDetail) -> dict[str, str]:
    return {name: _json(value) for name, value in detail.known().items()}


def _read(item: Item) -> Run:
    values = cast("_StoredRun", decode(item))
    detail = {name: orjson.loads(text) for name, text in values["detail"].items()}
    if "outputs" in detail:
        detail["outputs"] = tuple(detail["outputs"])
    return Run(
        values["sk"].removeprefix("run#"),
        int(values["pk"].removeprefix("year#")),
        values["phase"],
        values["on"],
        values["started_by"],
        values["started_at"],
        values["state"],
        RunDetail(**detail),
    )


def _read_closing(text: str) -> Closing:
    values = orjson.loads(text)
    return Closing(_read_proposal(values["proposal"]), Person(**values["confirmed_by"]), values["confirmed_at"])


def _read_proposal(values: _ProposalJson) -> ClosingProposal:
    by = Person(**values["by"])
    return ClosingProposal(values["id"], values["year"], values["open_exceptions"], values["reason"], by, values["at"])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
