"""The records that the steps of an exchange read and write.

The lines of large objects are TypedDicts and tuples, the shape of their JSON: there are millions of
them. Everything else is a frozen dataclass, parsed when it is read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NotRequired, Self, TypedDict

import orjson

from tegemoet.application.records import Person, SelectionCounts, Step
from tegemoet.schemes.increased_reimbursement.household import Code

Sending = Literal[1, 2]
"""The first or the second time that incomes are sent, with the codes that answer it."""

# --- lines ----------------------------------------------------------------------------------------


class MemberRow(TypedDict):
    """One member of a request."""

    partner: str
    request_number: str
    insz: str


class HouseholdRow(MemberRow):
    """A row of a file of households. Days are ISO dates."""

    birth_date: str
    entitled: bool
    earlier_outcome: str
    earlier_year: int | None
    voucher_cents: int
    fictitious: bool
    mutated_on: str | None


class IncomeRow(TypedDict):
    """A row of a file of incomes. Code and cents are there for return code 00 alone."""

    insz: str
    return_code: str
    ipcal_code: str
    cents: int


class ResultRow(MemberRow):
    """A row of a file of results. Days are ISO dates."""

    contacted_on: str | None
    category: int
    own_right: bool


class EntitledRow(TypedDict):
    """A row of a list of entitled persons."""

    insz: str


class HouseholdRequest(TypedDict):
    """A selected household: members (INSZ, ISO birth date), and INSZ of those with the right."""

    request_number: str
    partner: str
    members: list[tuple[str, str]]
    entitled: list[str]


class ExcludedHousehold(TypedDict):
    """A household that was excluded, and every reason."""

    request_number: str
    partner: str
    reasons: list[str]


class RequestCode(TypedDict):
    """The code of a request."""

    request_number: str
    partner: str
    code: Code


class CarriedIncomes(TypedDict):
    """The known incomes of a request without a code: INSZ → cents."""

    request_number: str
    incomes: dict[str, int]


NeededPerson = tuple[str, str]
"""INSZ and request number: the request needs the income of that person."""
KnownIncome = tuple[str, str, int]
"""Request number, INSZ, income in cents."""

# --- inputs and outcomes of works -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UsedBatch:
    """A batch that a work uses, and the shards that it has rows of.

    `parties` = whose file it is: its partner's, and of the parties that the partner has taken over.
    Empty where rows are nobody's in particular, and in the inputs of an earlier version.
    """

    id: str
    shards: tuple[int, ...]
    parties: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        return cls(stored["id"], tuple(stored["shards"]), tuple(stored.get("parties", ())))


@dataclass(frozen=True, slots=True)
class EvaluationInputs:
    """What an evaluation uses: its day, and the batches of entitled persons.

    `started_at` = the moment of its start (ISO, UTC).
    """

    batches: tuple[UsedBatch, ...]
    on: date
    started_at: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        stored = orjson.loads(body)
        batches = tuple(map(UsedBatch.of, stored["batches"]))
        return cls(batches, date.fromisoformat(stored["on"]), stored.get("started_at", ""))


@dataclass(frozen=True, slots=True)
class WorkInputs:
    """What the work after a wait uses. `on` = the day on which the wait ended; batches by rank."""

    batches: tuple[UsedBatch, ...]
    insurers: Mapping[str, str]
    on: date
    tax_office: str

    def party_of(self, batch: UsedBatch, partner: str, request_number: str) -> str:
        """The insurer whose row it is: the one that the number names, of those that the partner of
        the batch represents; or else the partner itself, or the first that it represents."""
        for party in batch.parties:
            if request_number.startswith(self.insurers[party]):
                return party
        return batch.parties[0] if batch.parties else partner

    @classmethod
    def parse(cls, body: bytes) -> Self:
        stored = orjson.loads(body)
        batches = tuple(map(UsedBatch.of, stored["batches"]))
        return cls(batches, stored["insurers"], date.fromisoformat(stored["on"]), stored["tax_office"])


@dataclass(frozen=True, slots=True)
class Selected:
    """The outcome of `select`: persons in the first list, and counts per insurer."""

    asked: int
    insurers: Mapping[str, SelectionCounts]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        stored = orjson.loads(body)
        return cls(stored["asked"], stored["insurers"])


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome of an answer.

    `asked_again` = persons in the second list for the tax office; None after the second sending.
    """

    asked_again: int | None
    codes: Mapping[str, Mapping[str, int]]
    ignored: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        stored = orjson.loads(body)
        return cls(stored.get("asked_again"), stored["codes"], stored["ignored"])


@dataclass(frozen=True, slots=True)
class Reported:
    """The outcome of `report`: counts per insurer."""

    insurers: Mapping[str, Mapping[str, int]]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(orjson.loads(body)["insurers"])


class JoinCounts(TypedDict):
    """Persons of one shard: asked about, with a definitive income, and answered unasked."""

    asked: int
    definitive: int
    ignored: int


# --- counts ---------------------------------------------------------------------------------------

PerInsurer = dict[str, dict[str, int]]
"""Insurer → what is counted → number."""


def sum_counts(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of counts by their names, in order of first appearance; zeros stay."""
    total: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            total[name] = total.get(name, 0) + number
    return total


def sum_per_insurer(parts: Iterable[Mapping[str, Mapping[str, int]]]) -> PerInsurer:
    """The sum of counts by insurer and name."""
    counts: dict[str, list[Mapping[str, int]]] = {}
    for part in parts:
        for insurer, of_part in part.items():
            counts.setdefault(insurer, []).append(of_part)
    return {insurer: sum_counts(found) for insurer, found in counts.items()}


def sum_selections(parts: Iterable[Mapping[str, SelectionCounts]]) -> dict[str, SelectionCounts]:
    """The sum of the selections by insurer."""
    total: dict[str, SelectionCounts] = {}
    for part in parts:
        for insurer, counts in part.items():
            so_far = total.get(insurer) or SelectionCounts(requests=0, members=0, excluded=0, reasons={})
            total[insurer] = SelectionCounts(
                requests=so_far["requests"] + counts["requests"],
                members=so_far["members"] + counts["members"],
                excluded=so_far["excluded"] + counts["excluded"],
                reasons=sum_counts([so_far["reasons"], counts["reasons"]]),
            )
    return total


# --- shown to others ------------------------------------------------------------------------------


class StepDone(TypedDict):
    """A step that ended: its day (ISO), and whether that day is in time.

    `by` = the person who ended a wait, for the operator.
    """

    step: Step
    on: str
    in_time: bool
    by: NotRequired[Person]


class EvaluationFound(TypedDict):
    """The last evaluation: its day (ISO), and code → level → number."""

    on: str
    codes: Mapping[str, Mapping[str, int]]


class StateShown(TypedDict):
    """The state of an exchange as a party sees it.

    Counts are per insurer: for an insurer its own. `codes`, `asked` and `ignored` are per sending
    (`1`, `2`). `asked` and `ignored` are for the tax office and the operator, `started_by` and
    `evaluation` for the operator. `outputs` = keys of the files that were handed over.
    """

    year: int
    state: Step
    automatic: bool
    insurers: dict[str, str]
    steps: list[StepDone]
    selected: dict[str, SelectionCounts]
    codes: dict[str, dict[str, Mapping[str, int]]]
    statistics: dict[str, Mapping[str, int]]
    late: dict[str, int]
    outputs: list[str]
    asked: NotRequired[dict[str, int]]
    ignored: NotRequired[dict[str, int]]
    started_by: NotRequired[Person]
    evaluation: NotRequired[EvaluationFound]
