"""Bodies of the exchange on increased reimbursement."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, Day, DayText, Flag, Link, PartnerName, Person, Source
from tegemoet.schemes.fields import Money

YearNumber = Annotated[int, Path(ge=1000, le=9999, description="The year of the exchange.")]
WaitName = Annotated[str, Path(max_length=32, description="`households`, `incomes-1`, `incomes-2` or `results`.")]
InsurerCode = Annotated[str, StringConstraints(max_length=3)]


@dataclass(frozen=True, slots=True)
class ExchangeStart:
    """The day and the parties of an exchange.

    `insurers` maps each insurer's partner name to the three digits of its request numbers.
    `tax_office` is the partner name of the tax office. If `automatic` is true, a wait ends as soon
    as every party has delivered.
    """

    __pydantic_config__ = BODY

    on: Day
    insurers: Annotated[dict[PartnerName, InsurerCode], Field(min_length=1, max_length=50)]
    tax_office: PartnerName
    automatic: Flag = False


@dataclass(frozen=True, slots=True)
class ExchangeDay:
    """`on` is the day of the step; at the end of a wait it decides whether the deadline was met."""

    __pydantic_config__ = BODY

    on: Day


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A person who joined the household, left it or died.

    `dependant` and `first_registration` (in the national register) apply to a person who joins.
    """

    __pydantic_config__ = BODY

    kind: Literal["arrival", "departure", "death"]
    on: Day
    birth_date: Day
    dependant: Flag = False
    first_registration: Flag = False


@dataclass(frozen=True, slots=True)
class ContactQuestion:
    """What an insurer has learned about a household since it sent its list.

    `size` is the number of persons in the actual household. Incomes are in EUR per year.
    """

    __pydantic_config__ = BODY

    size: Annotated[int, Field(strict=True, ge=1, le=50)]
    voucher_income: Money = Decimal(0)
    projected_income: Money = Decimal(0)
    right_opened: Flag = False
    declared_above_ceiling: Flag = False
    applicant_mutated: Flag = False
    changes: Annotated[tuple[HouseholdChange, ...], Field(max_length=100)] = ()


class ExchangeStarted(TypedDict):
    """`state` is the step that the exchange is at."""

    run: str
    year: int
    state: str


class EvaluationStarted(TypedDict):
    """`run` is the id of the evaluation."""

    run: str
    year: int


class ContactReason(TypedDict):
    reason: str
    text: str
    source: Source


class ContactAnswer(TypedDict):
    """Whether the household is contacted.

    `reasons` lists every reason not to contact it. `category` is its category in the statistics, or
    null if they do not define one.
    """

    contact: bool
    reasons: list[ContactReason]
    category: int | None


class ExchangeStep(TypedDict):
    """A step that ended. `in_time` is null if the year sets no deadline for it.

    `by` is the person who ended a wait. Partners do not see it.
    """

    step: str
    on: DayText
    in_time: bool | None
    by: NotRequired[Person]


class ExchangeEvaluation(TypedDict):
    """Counts of households and persons per code.

    They are those without the right at the start, and those of them on the next year's list.
    """

    on: DayText
    codes: dict[str, dict[str, int]]


class ExchangeState(TypedDict):
    """The state of an exchange.

    `selected`, `codes` and `statistics` hold counts per insurer; an insurer sees its own. `asked`
    is the number of persons in each request to the tax office. `ignored` is the number of answers
    about persons who were not in the request. `late` counts the files that came after their step,
    per kind and partner. `evaluation` is the evaluation that was started last.
    `started_by` is the person who started the exchange. Partners do not see it.
    """

    year: int
    state: Literal[
        "households",
        "select",
        "incomes-1",
        "answer-1",
        "incomes-2",
        "answer-2",
        "results",
        "report",
        "done",
    ]
    automatic: bool
    insurers: dict[str, str]
    steps: list[ExchangeStep]
    selected: dict[str, dict[str, Any]]
    codes: dict[str, dict[str, dict[str, int]]]
    statistics: dict[str, dict[str, Any]]
    late: dict[str, int]
    asked: NotRequired[dict[str, int]]
    ignored: NotRequired[dict[str, int]]
    started_by: NotRequired[Person]
    evaluation: NotRequired[ExchangeEvaluation]
    links: list[Link]
