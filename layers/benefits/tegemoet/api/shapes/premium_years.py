"""Bodies of premium years: phases, approval, exceptions, dossiers."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, FREE_TEXT, Day, DayText, Euro, Flag, Link, Next, Slug
from tegemoet.application.records import RunState
from tegemoet.schemes.fields import RizivNumber

YearNumber = Annotated[int, Path(ge=1000, le=9999, description="The premium year.")]
PhaseNumber = Annotated[int, Path(ge=1, le=9, description="The phase of the year: 1 or 2.")]
RizivPath = Annotated[RizivNumber, Path(description="A RIZIV number: 8 or 11 digits with valid check digits.")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000), FREE_TEXT]


@dataclass(frozen=True, slots=True)
class PhaseStart:
    """`on` is the day for which the phase is evaluated."""

    __pydantic_config__ = BODY

    on: Day


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


class RunStarted(TypedDict):
    run: str
    year: int
    phase: int


class ApprovalOutcome(TypedDict):
    """What an approver answered: `approved` is false if the run was refused."""

    run: str
    approved: bool


class Abandoned(TypedDict):
    run: str
    abandoned: Literal[True]


class RunInBrief(TypedDict):
    run: str
    state: str
    on: DayText
    started_at: str


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
    runs: list[RunInBrief]
    links: list[Link]


class YearException(TypedDict):
    """A matter that needs manual review.

    `choice`, `reason` and `chosen_by` are null until it is reviewed.
    """

    id: str
    kind: str
    facts: dict[str, Any]
    run: str
    choices: list[str]
    choice: str | None
    reason: str | None
    chosen_by: str | None


class ExceptionPage(TypedDict):
    exceptions: list[YearException]
    next: Next


class Chosen(TypedDict):
    id: str
    choice: str


class Closed(TypedDict):
    year: int
    state: Literal["closed"]


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
    entries: list[dict[str, Any]]
