"""Bodies of premium years: phases, approval, exceptions, dossiers."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from tegemoet.api.shapes.catalogue import Known
from tegemoet.api.shapes.common import (
    BODY,
    FREE_TEXT,
    Day,
    DayText,
    Euro,
    Flag,
    Link,
    Moment,
    Next,
    Person,
    Reason,
    Slug,
    Source,
)
from tegemoet.application.records import BatchState, ChangeKind, RunState
from tegemoet.domain.parameters import Basis
from tegemoet.schemes.fields import RizivNumber

YearNumber = Annotated[int, Path(ge=1000, le=9999, description="The premium year.")]
PhaseNumber = Annotated[int, Path(ge=1, le=9, description="The phase of the year: 1 or 2.")]
RizivPath = Annotated[RizivNumber, Path(description="A RIZIV number: 8 or 11 digits with valid check digits.")]


@dataclass(frozen=True, slots=True)
class PhaseStart:
    """`on` is the day for which the phase is evaluated.

    Only files that were written before `cut_off` (UTC) count; by default the present moment.
    """

    __pydantic_config__ = BODY

    on: Day
    cut_off: Moment | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """The answer to a waiting run. `control_sum` (EUR) must equal the run's.

    `reason` is required if `approve` is false.
    """

    __pydantic_config__ = BODY

    run: Slug
    control_sum: Annotated[str, StringConstraints(max_length=32)]
    approve: Flag
    reason: Annotated[str, StringConstraints(max_length=1000), FREE_TEXT] | None = None


@dataclass(frozen=True, slots=True)
class Continuation:
    __pydantic_config__ = BODY

    run: Slug


@dataclass(frozen=True, slots=True)
class Abandonment:
    __pydantic_config__ = BODY

    run: Slug
    reason: Reason


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the exception's `choices`, and the reason for it."""

    __pydantic_config__ = BODY

    choice: Slug
    reason: Reason


@dataclass(frozen=True, slots=True)
class ChoiceForAll:
    """One choice for a list of exceptions (their ids), each of which has it, and the reason."""

    __pydantic_config__ = BODY

    exceptions: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Field(min_length=1, max_length=100)
    ]
    choice: Slug
    reason: Reason


@dataclass(frozen=True, slots=True)
class ValueConfirmation:
    """The value that the body uses, and what the confirmation rests on.

    It equals the published value; where nobody publishes one, it is the value that the body
    supplies.
    """

    __pydantic_config__ = BODY

    value: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Close:
    """The number of exceptions that nobody has decided, and why the year is closed all the same."""

    __pydantic_config__ = BODY

    open_exceptions: Annotated[int, Field(strict=True, ge=0)]
    reason: Reason


class RunStarted(TypedDict):
    """`cut_off` is the moment (UTC) before which a file must have been written to count."""

    run: str
    year: int
    phase: int
    cut_off: str | None


class ApprovalOutcome(TypedDict):
    """What an approver answered: `approved` is false if the run was refused."""

    run: str
    approved: bool


class Abandoned(TypedDict):
    run: str
    abandoned: Literal[True]


class Act(TypedDict):
    """What a person did with a run, and when (UTC)."""

    by: Person
    at: str


class RunInBrief(TypedDict):
    """A run with who started it and who answered it, and when (UTC).

    `cut_off` is null for a run of an earlier version, `control_sum` before the run is proposed, and
    `approved`, `refused` and `released_at` until it happens. Who abandoned a run refused it.
    """

    run: str
    state: RunState
    on: DayText
    cut_off: str | None
    control_sum: Euro | None
    started_at: str
    started: Act
    approved: Act | None
    refused: Act | None
    reason: str | None
    released_at: str | None


class RunProgress(TypedDict):
    """The number of shards, and how many of them each step has processed."""

    shards: int
    joined: int
    evaluated: int
    settled: int


class PhaseState(TypedDict):
    """The latest run of a phase, and its earlier runs.

    `totals` holds the control totals per sector once they are counted.
    """

    year: int
    phase: int
    run: str
    state: RunState
    on: DayText
    started_at: str
    progress: RunProgress
    control_sum: Euro | None
    totals: dict[str, Any] | None
    failure: dict[str, Any] | str | None
    reason: str | None
    exceptions: Annotated[int, Field(description="The number of exceptions of the year that need manual review.")]
    changes: Annotated[
        dict[str, int] | None,
        Field(description="What changed since the last release, by kind; null before the run is proposed."),
    ]
    runs: list[RunInBrief]
    links: list[Link]


class Change(TypedDict):
    """What changed since the last release. `facts` hold no account and no identity number."""

    id: str
    kind: ChangeKind
    facts: dict[str, Any]


class ChangePage(TypedDict):
    """A page of what changed since the last release, as the run was proposed.

    `since` is the cut-off of the run that was released last; null before the first release of the
    year. `counts`, by kind, is null before the run is proposed.
    """

    run: str
    since: str | None
    counts: dict[str, int] | None
    changes: list[Change]
    next: Next


class ChoiceMade(TypedDict):
    """What was chosen, by whom and when (UTC). `at` is empty for a choice in an earlier version."""

    choice: str
    reason: str
    by: Person
    at: str


class YearException(TypedDict):
    """A matter that needs manual review.

    `choice`, `reason` and `chosen_by` are null until it is reviewed. `choices_made` has every
    choice, oldest first; the last one counts. `kind` is one by which the list can be read, and
    decides what the `choices` are:

    * `identity-conflict`: `holder-…`, one for each of `facts.candidates`;
    * `several-pharmacies`: the ids in `facts.pharmacies`;
    * `key-of-another-partner`: the names in `facts.partners`;
    * `account-of-another-partner`, `identity-of-another-partner`, `office-account-changed`:
      `use-it`, `leave-it`;
    * `pharmacy-id-changed`: `same-pharmacy`, `other-pharmacy`;
    * `year-amount-missing`, `year-amount-lower`: `year-as-delivered`, `first-semester-counts`;
    * `recovery`: `settled`, which counts once another person chose it, too;
    * `answers-differ`, `answer-amount`: `paid`, `returned`;
    * `returned-after-close`: `pay-outside`;
    * `late-facts`, `answer-unknown`, `recovered-unmatched`: `noted`;
    * `account-changed`, `account-of-several-persons`, `amount-above-limit`, `payee-deceased`,
      `payment-returned`: `pay-it`, `hold-it`; until `pay-it` the payment is held;
    * any other kind: `seen`.
    """

    id: str
    kind: str
    facts: dict[str, Any]
    run: str
    choices: list[str]
    choice: str | None
    reason: str | None
    chosen_by: Person | None
    choices_made: list[ChoiceMade]


class ExceptionPage(TypedDict):
    exceptions: list[YearException]
    next: Next


class Chosen(TypedDict):
    id: str
    choice: str


class ChosenForAll(TypedDict):
    exceptions: list[str]
    choice: str


class ClosingProposal(TypedDict):
    """A proposal to close the year, for another person to confirm within seven days."""

    proposal: str
    year: int
    open_exceptions: int
    reason: str
    proposed_by: Person
    proposed_at: str


class YearPhase(TypedDict):
    """A phase of the year. `first_day` is the first day on which it can be evaluated."""

    phase: int
    first_day: DayText
    released: bool
    runs: list[RunInBrief]


class YearFile(TypedDict):
    """A file of a partner. `sent_by` is the person who sent it; null for a partner's system."""

    id: str
    partner: str
    kind: str
    key: str
    state: BatchState
    written_at: str
    accepted: int | None
    rejected: int | None
    refusal: Annotated[str | None, Field(description="Why the whole file was refused: a code.")]
    sent_by: Person | None
    abandoned: Act | None


class YearClosing(TypedDict):
    """How the year was closed."""

    closed_on: DayText
    open_exceptions: int
    reason: str
    proposed: Act
    confirmed: Act


class Confirmed(TypedDict):
    """A person's word that the body uses the value, and when (UTC)."""

    value: str
    reason: str
    by: Person
    at: str


class ConfirmedValue(Confirmed):
    """A confirmation of a value; `id` is that of the value."""

    year: int
    id: str


YearValue = TypedDict(
    "YearValue",
    {
        "id": str,
        "name": str,
        "key": dict[str, str],
        "value": str | None,
        "unit": str,
        "from": DayText,
        "until": DayText,
        "basis": Basis,
        "arithmetic": NotRequired[str],
        "source": Source | None,
        "confirmed": bool,
        "confirmations": list[Confirmed],
    },
)
"""A value that is not official. `value` is null, and `basis` is `supplied`, where nobody publishes
one. `confirmed` says whether the last of `confirmations` (oldest first) is of this value."""


class YearValues(TypedDict):
    """The values of a premium year that are not official."""

    year: int
    values: list[YearValue]


class YearParameters(TypedDict):
    """The parameters of the year. `until` is the last day on which one is known."""

    version: str
    until: DayText | None


class PremiumYear(TypedDict):
    """A premium year: its phases and runs, what is open, and a page of its files, newest first.

    `known` says until when the years of the premium are known. `values` are those that are not
    official: a run that rests on them is not approved before each is confirmed. `files` counts
    every file of the year by state. `closing` is null while the year is open, and for a year that
    an earlier version closed.
    """

    year: int
    state: Literal["open", "closed"]
    open_run: str | None
    parameters: YearParameters
    known: Known
    values: list[YearValue]
    open_exceptions: int
    phases: list[YearPhase]
    proposals: list[ClosingProposal]
    closing: YearClosing | None
    files: dict[str, int]
    batches: list[YearFile]
    next: Next


class Closed(TypedDict):
    year: int
    state: Literal["closed"]
    closed_on: DayText


SentState = Literal["unanswered", "accepted", "pending", "rejected", "returned", "withdrawn", "unclear"]


class SentPayment(TypedDict):
    """How a payment went to the bank: in which file, and what the bank answered.

    `fetched` has each moment at which a person fetched the file. `reason` is the bank's code, or
    `withdrawn`; `on` is the booking day that the bank told. `unclear` waits for a person.
    """

    end_to_end_id: str
    message_id: str
    execution: DayText
    fetched: list[str]
    state: SentState
    reason: str | None
    on: DayText | None


class DossierEntry(TypedDict):
    """An entry of the ledger. `sent` is null unless it is a payment in a file for the bank.

    A return names the payment that it takes back (`corrects`, the id of its entry) and why
    (`cause`, the bank's code or `withdrawn`); of what a person paid back, `cause` is the movement.
    """

    entry_id: str
    kind: Literal["payment", "return", "recovered"]
    phase: int
    run: str
    riziv_number: str
    profession: str
    amount: Euro
    pharmacy_id: str | None
    corrects: str | None
    cause: str | None
    sent: SentPayment | None


class Dossier(TypedDict):
    """A person's premium year: the facts per practice, the decision of each run, and the payments.

    It contains no personal data beside the RIZIV number, which is public.
    """

    year: int
    riziv_number: str
    state: Literal["open", "closed"]
    identity_conflict: bool
    practices: list[str]
    phases: list[dict[str, Any]]
    entries: list[DossierEntry]
