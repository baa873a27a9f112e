"""Shapes of bodies and answers: the OpenAPI document is made from them, requests and answers are held to them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import ConfigDict, Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from tegemoet.domain.calendar import read_day
from tegemoet.schemes.fields import Money, RizivNumber

BODY = ConfigDict(extra="forbid")
"""Unknown fields are refused: a misspelt one must not pass as one left out."""


def _day(value: Any) -> date:
    try:
        return read_day(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("not-a-day", "a day as YYYY-MM-DD") from None


Day = Annotated[date, PlainValidator(_day, json_schema_input_type=date)]

SchemeName = Annotated[str, Path(max_length=64, description="Slug of the scheme.")]
YearNumber = Annotated[int, Path(ge=1000, le=9999, description="The premium year.")]
PhaseNumber = Annotated[int, Path(ge=1, le=9, description="The phase of the year: 1 or 2.")]
WaitName = Annotated[str, Path(max_length=32, description="households, incomes-1, incomes-2 or results.")]
Identifier = Annotated[str, Path(max_length=200)]
OnDay = Annotated[Day, Query(description="The day, YYYY-MM-DD.")]
Language = Annotated[str, Query(max_length=8, description="Language of the explanation.")]
RizivPath = Annotated[RizivNumber, Path(description="A RIZIV number: 8 or 11 digits with valid check digits.")]

Euro = Annotated[str, Field(description="EUR, two decimals.", examples=["1045.32"])]
DayText = Annotated[str, Field(description="YYYY-MM-DD", examples=["2023-12-01"])]
Texts = Annotated[dict[str, str], Field(description="Per language.")]
Next = Annotated[str | None, Field(description="`cursor` of the next page; null after the last.")]


class Source(TypedDict):
    """Where a rule or a value stands."""

    act: str
    article: str
    url: str


Validity = TypedDict("Validity", {"from": DayText, "until": DayText | None})


class SchemeInBrief(TypedDict):
    """A scheme of the catalogue. `single-case`: takes cases by API and by file; `exchange`: takes files of its own."""

    scheme: str
    kind: Literal["single-case", "exchange"]
    title: Texts
    summary: Texts
    valid: Validity


class SchemePage(TypedDict):
    schemes: list[SchemeInBrief]
    next: Next


class SchemeDetails(SchemeInBrief):
    """`case_schema` is JSON Schema 2020-12; `example` is a body of `POST …/decisions` that is decided as it stands."""

    languages: list[str]
    legal_basis: list[Source]
    case_schema: dict[str, Any] | None
    example: dict[str, Any] | None


class ParameterSet(TypedDict):
    """The file a parameter stands in. `sha256` is that of its text."""

    name: str
    version: str
    sha256: str


Parameter = TypedDict(
    "Parameter",
    {
        "name": str,
        "key": dict[str, str],
        "value": str | int | bool,
        "unit": str,
        "from": DayText,
        "until": DayText | None,
        "source": Source,
        "set": ParameterSet,
    },
)


class ParameterPage(TypedDict):
    scheme: str
    on: DayText
    parameters: list[Parameter]
    next: Next


Act = TypedDict(
    "Act",
    {
        "id": str,
        "title": Texts,
        "kind": str,
        "date": DayText | None,
        "published": DayText | None,
        "numac": str | None,
        "from": DayText | None,
        "until": DayText | None,
        "url": str,
        "address": Annotated[
            Literal["text", "gazette", "page", "institution"],
            Field(
                description="Where `url` leads: the text, the gazette of the day, a page about it, the institution alone."
            ),
        ],
        "subjects": list[str],
        "changes": str,
        "listed_in": str | None,
        "schemes": list[str],
    },
)


class ActPage(TypedDict):
    acts: list[Act]
    next: Next


class ActUse(TypedDict):
    """What a scheme takes from an act: articles or headings, and the names of its parameters that stand there."""

    scheme: str
    articles: list[str]
    parameters: list[str]


class ActDetails(Act):
    """`cited_as` are the titles that a source may name it by."""

    cited_as: list[str]
    uses: list[ActUse]


Amount = TypedDict(
    "Amount",
    {
        "kind": str,
        "amount": Euro,
        "currency": Literal["EUR"],
        "from": DayText | None,
        "until": DayText | None,
        "unit": Literal["once", "day", "month", "quarter"],
    },
)
Span = TypedDict("Span", {"kind": str, "from": DayText, "until": DayText, "days": int})


class Missing(TypedDict):
    """What would change the outcome: `field` is a JSON Pointer into the case; `/on` is the day of the decision."""

    rule: str
    field: str
    needed: str
    seen: str


class Step(TypedDict):
    """One rule that was applied. `text` is rendered on reading and is no part of the decision's bytes."""

    rule: str
    outcome: Literal["met", "not-met", "not-needed", "unknown"]
    facts: dict[str, Any]
    source: Source
    text: str


class ParametersUsed(TypedDict):
    version: str
    sha256: str


class Engine(TypedDict):
    version: str


class Replay(TypedDict):
    """Whether recomputing the stored case gave the same bytes; where not, `differs` says what: `parameters`, `engine`, `case`, `bytes`."""

    same: bool
    differs: dict[str, Any]


class Decision(TypedDict):
    """A decision. Its bytes are its canonical JSON (RFC 8785) without `text` and `replay`."""

    id: str
    scheme: str
    case_id: str
    on: DayText
    outcome: Literal["granted", "refused", "pending"]
    amounts: list[Amount]
    periods: list[Span]
    total: Euro | None
    missing: list[Missing]
    explanation: list[Step]
    parameters: ParametersUsed
    engine: Engine
    input_sha256: str
    replay: NotRequired[Replay]


class BenefitDay(TypedDict):
    """One calendar day: the kind of its period, what it pays, and why it pays nothing where it does not."""

    day: DayText
    kind: str
    amount: Euro
    paid: bool
    reason: Annotated[str | None, Field(description="Such as `sunday`, `wage`; null for a paid day.")]


class BenefitDays(TypedDict):
    """The single days of a decision; none where it grants nothing, or nothing per day."""

    decision: str
    days: list[BenefitDay]


SignedEuro = Annotated[str, Field(description="EUR, two decimals, with a minus where it is less.", examples=["-84.17"])]


class DifferenceTotal(TypedDict):
    """All that two decisions pay of one kind, and the new one minus the former."""

    kind: str
    former: Euro
    new: Euro
    difference: SignedEuro


class DifferenceRow(DifferenceTotal):
    """The same of one calendar month (YYYY-MM)."""

    month: Annotated[str | None, Field(description="Null: paid at once, in no month.", examples=["2020-10"])]


class Difference(TypedDict):
    """What a decision pays more or less than a former one, per kind of payment and calendar month."""

    former: str
    new: str
    rows: list[DifferenceRow]
    totals: list[DifferenceTotal]


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """The file that is to be uploaded. `size` in bytes; `year` for every kind but `cases`."""

    __pydantic_config__ = BODY

    scheme: Annotated[str, StringConstraints(max_length=64)]
    kind: Annotated[str, StringConstraints(max_length=64)]
    name: Annotated[str, StringConstraints(max_length=64)]
    size: Annotated[int, Field(strict=True)]
    year: Annotated[int, Field(strict=True, ge=1000, le=9999)] | None = None


class Form(TypedDict):
    """A presigned POST: `multipart/form-data` with these fields, the file last, under the name `file`."""

    url: str
    fields: dict[str, str]
    expires_at: Annotated[str, Field(description="Moment (UTC) until which the form is taken.")]


class Upload(TypedDict):
    batch: str
    key: str
    upload: Form


class Link(TypedDict):
    """A link that works without a token until `expires_at`."""

    name: str
    url: str
    expires_at: str


class Rows(TypedDict):
    """How the rows of the file ended: each as exactly one of these."""

    accepted: int
    rejected: int
    duplicate: int


class Progress(TypedDict):
    """Chunks of the file that are worked off, of how many; null before they are counted."""

    done: int
    total: int | None


class Refusal(TypedDict):
    """Why a whole file was refused: a code and, where it makes sense, the line and one of the contract's columns."""

    code: str
    line: int | None
    column: str | None


class Batch(TypedDict):
    """One drop. `year` is null for cases."""

    id: str
    scheme: str
    kind: str
    year: int | None
    key: str
    size: int
    state: Literal["awaiting-upload", "loading", "done", "refused", "failed"]
    written_at: str


class BatchDetails(Batch):
    rows: Rows | None
    progress: Progress
    refusal: Refusal | None
    links: list[Link]


class BatchPage(TypedDict):
    batches: list[Batch]
    next: Next


@dataclass(frozen=True, slots=True)
class PhaseStart:
    """`on` = the day the phase is evaluated for."""

    __pydantic_config__ = BODY

    on: Day


@dataclass(frozen=True, slots=True)
class Approval:
    """The answer to a run that waits, on exactly the control sum (EUR) that it shows; a refusal gives its `reason`."""

    __pydantic_config__ = BODY

    run: Annotated[str, StringConstraints(max_length=64)]
    control_sum: Annotated[str, StringConstraints(max_length=32)]
    approve: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, StringConstraints(max_length=1000)] | None = None


@dataclass(frozen=True, slots=True)
class ExchangeStart:
    """The parties of an exchange: `insurers` = partner → the three digits of its request numbers, `tax_office` = the tax office's partner.

    `automatic` = a wait ends by itself once every party that is waited for has delivered. `on` = the day of the start.
    """

    __pydantic_config__ = BODY

    on: Day
    insurers: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,64}$")],
            Annotated[str, StringConstraints(max_length=3)],
        ],
        Field(min_length=1, max_length=50),
    ]
    tax_office: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,64}$")]
    automatic: Annotated[bool, Field(strict=True)] = False


@dataclass(frozen=True, slots=True)
class ExchangeGoesOn:
    """`on` = the day on which the wait ends; it settles whether its deadline was kept."""

    __pydantic_config__ = BODY

    on: Day


Flag = Annotated[bool, Field(strict=True)]


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """Who came to the household, left it or died. `dependant` and `first_registration` (in the national register) are of who comes."""

    __pydantic_config__ = BODY

    kind: Literal["arrival", "departure", "death"]
    on: Day
    birth_date: Day
    dependant: Flag = False
    first_registration: Flag = False


@dataclass(frozen=True, slots=True)
class ContactQuestion:
    """What an insurer learned of a household since its list. `size` = persons of the real household; amounts in EUR a year."""

    __pydantic_config__ = BODY

    size: Annotated[int, Field(strict=True, ge=1, le=50)]
    voucher_income: Money = Decimal(0)
    projected_income: Money = Decimal(0)
    right_opened: Flag = False
    declared_above_ceiling: Flag = False
    applicant_mutated: Flag = False
    changes: Annotated[tuple[HouseholdChange, ...], Field(max_length=100)] = ()


@dataclass(frozen=True, slots=True)
class Continuation:
    __pydantic_config__ = BODY

    run: Annotated[str, StringConstraints(max_length=64)]


@dataclass(frozen=True, slots=True)
class Abandonment:
    __pydantic_config__ = BODY

    run: Annotated[str, StringConstraints(max_length=64)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the exception's `choices`, and why."""

    __pydantic_config__ = BODY

    choice: Annotated[str, StringConstraints(max_length=64)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class RunStarted(TypedDict):
    run: str
    year: int
    phase: int


class Answered(TypedDict):
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
    """Shards in all, and how many of them each step has done."""

    shards: int
    joined: int
    evaluated: int
    settled: int


class PhaseState(TypedDict):
    """The latest run of the phase, and its earlier ones. `totals` are the control totals per sector, once they are counted."""

    year: int
    phase: int
    run: str
    state: Literal["started", "waiting", "approved", "refused", "expired", "released", "failed"]
    on: DayText
    started_at: str
    progress: RunProgress
    control_sum: Euro | None
    totals: dict[str, Any] | None
    failure: dict[str, Any] | str | None
    reason: str | None
    exceptions: Annotated[int, Field(description="Exceptions of the year that wait for a person.")]
    runs: list[RunInBrief]
    links: list[Link]


class ExchangeStarted(TypedDict):
    """`state` = the step it is at."""

    run: str
    year: int
    state: str


class EvaluationStarted(TypedDict):
    """`run` = the execution that evaluates."""

    run: str
    year: int


class ContactReason(TypedDict):
    reason: str
    text: str
    source: Source


class ContactAnswer(TypedDict):
    """`reasons` = all for which the household is not contacted; `category` = where the statistics count it then, as far as they say it."""

    contact: bool
    reasons: list[ContactReason]
    category: int | None


class ExchangeStep(TypedDict):
    """A step that is done: its day, and whether that day keeps the deadline of the year (null where it has none)."""

    step: str
    on: DayText
    in_time: bool | None


class ExchangeEvaluation(TypedDict):
    """Per code: households and persons without the right when the exchange began, and how many of them are on the list of the next year."""

    on: DayText
    codes: dict[str, dict[str, int]]


class ExchangeState(TypedDict):
    """Where an exchange is. Counts are per insurer (for an insurer its own): households selected and excluded, codes, statistics.

    `asked` = persons asked of the tax office per delivery, `ignored` = answers about persons that were not asked; `late` = files that came
    after their step, per kind and partner; `evaluation` = what the last one found.
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
    evaluation: NotRequired[ExchangeEvaluation]
    links: list[Link]


class YearException(TypedDict):
    """Something that waits for a person, or once did: then `choice` says what was chosen, `reason` why."""

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
    """A person's year, by a RIZIV number: what was found per practice, what each run decided, what was paid. No personal data."""

    year: int
    riziv_number: str
    state: Literal["open", "closed"]
    identity_conflict: bool
    practices: list[str]
    phases: list[dict[str, Any]]
    entries: list[dict[str, Any]]
