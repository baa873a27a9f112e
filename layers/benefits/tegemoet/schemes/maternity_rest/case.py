"""The case of a maternity rest: pregnancy, birth, the days before, insurance and pay.

It is what an insurer knows. It contains no identity number, because none is needed to decide.
Amounts are in EUR, days are calendar days, and periods include both ends. What the caller cannot
know (wage ceilings of days without a published one, minimum wage amounts) may be supplied; the
decision records that it was.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Dated, check_apart
from tegemoet.schemes.fields import CLOSED, Day, Label, Money, WageRate
from tegemoet.schemes.maternity_rest.insurability import Insurability, Quality

DayKind = Literal[
    "work",
    "pregnancy-examination",
    "controlled-unemployment",
    "holiday",
    "lay-judge",
    "short-absence",
    "compelling-reasons",
    "guaranteed-daily-wage",
    "technical-disruption",
    "technical-unemployment",
    "bad-weather",
    "economic-unemployment",
    "force-majeure-unemployment",
    "suspension-or-part-time-work",
    "environmental-closure",
    "public-holiday",
    "six-day-week-day",
    "compensatory-rest",
    "childminder-day-off",
    "activity-in-partial-removal",
    "authorised-activity",
    "incapacity",
    "full-work-removal",
    "career-break",
    "termination-indemnity",
    "educational-leave",
    "other",
]
"""The kind of a day before the rest.

Work, controlled unemployment, an assimilated kind (article 220, 1° to 14°), or a kind that never
counts.
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """The medical certificate: the expected day of birth, and whether several children are due."""

    __pydantic_config__ = CLOSED

    on: Day
    multiple: bool = False
    certified: bool = True


@dataclass(frozen=True, slots=True)
class Stay(Dated):
    """A stay of a newborn, until the day of the decision at the latest.

    `certified`: the institution's certificate was received; the stay does not count before.
    `force_majeure`: the child was at home before this stay for reasons beyond anyone's control, and
    the stays are one.
    """

    __pydantic_config__ = CLOSED

    place: Literal["hospital", "rehabilitation"] = "hospital"
    certified: bool = True
    force_majeure: bool = False


@dataclass(frozen=True, slots=True)
class Birth:
    """A child.

    `proven`: a medical statement, an extract of the birth certificate or, for a stillborn child,
    its deed was received. `pregnancy_days` is the duration of the pregnancy on the deed of a
    stillborn child. `work_started`: she still began work that day.
    """

    __pydantic_config__ = CLOSED

    on: Day
    living: bool = True
    proven: bool = True
    pregnancy_days: Annotated[int | None, Field(ge=1, le=400)] = None
    work_started: bool = False
    died_on: Day | None = None
    stays: Annotated[tuple[Stay, ...], Field(max_length=50)] = ()

    def __post_init__(self) -> None:
        check_apart(self.stays)
        if any(s.first < self.on for s in self.stays):
            raise PydanticCustomError("stay-before-birth", "a stay begins before the birth")
        if self.died_on is not None and self.died_on < self.on:
            raise PydanticCustomError("death-before-birth", "a death lies before the birth")


@dataclass(frozen=True, slots=True)
class Past(Dated):
    """Days before the rest.

    `employer_pays`: incapacity covered by guaranteed wage or by the supplement or advance of CLA
    12bis or 13bis. `activities` are the names of the activities that continued (item 12° of article
    220). `wage` is the day wage of a full work removal, whose benefit is computed only if the wage
    is given.
    """

    __pydantic_config__ = CLOSED

    kind: DayKind
    employer_pays: bool = False
    activities: Annotated[tuple[Label, ...], Field(max_length=10)] = ()
    wage: WageRate | None = None

    def __post_init__(self) -> None:
        Dated.__post_init__(self)
        if self.employer_pays and self.kind != "incapacity":
            raise PydanticCustomError("employer-pays-incapacity", "an employer's cover belongs to incapacity")
        if bool(self.activities) != (self.kind in ("activity-in-partial-removal", "authorised-activity")):
            raise PydanticCustomError("activities-of-item-12", "activities are named for item 12, and only there")
        if self.wage is not None and self.kind != "full-work-removal":
            raise PydanticCustomError("wage-of-work-removal", "only a full work removal has a wage of its own")


@dataclass(frozen=True, slots=True)
class SeparateLeave:
    """The last two weeks, taken as separate days.

    `schedule` contains the working weekdays (1 = Monday) of these two weeks; `planned` are her
    days.
    """

    __pydantic_config__ = CLOSED

    schedule: Annotated[
        tuple[Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7)], ...],
        Field(min_length=2, max_length=2),
    ]
    planned: Annotated[tuple[Day, ...], Field(max_length=14)] = ()

    def __post_init__(self) -> None:
        if any(len(set(week)) != len(week) for week in self.schedule) or len(set(self.planned)) != len(self.planned):
            raise PydanticCustomError("given-twice", "a day is given twice")


@dataclass(frozen=True, slots=True)
class Extension:
    """What she requests beyond the nine weeks.

    A number that is left out means all that she can have. Separate days are granted only on
    request.
    """

    __pydantic_config__ = CLOSED

    transfer_days: Annotated[int | None, Field(ge=0, le=49)] = None
    multiple_days: Annotated[int | None, Field(ge=0, le=14)] = None
    hospital: bool = True
    separate: SeparateLeave | None = None


@dataclass(frozen=True, slots=True)
class Covered(Dated):
    """Days of the rest that are paid otherwise (article 103): they have no benefit."""

    __pydantic_config__ = CLOSED

    by: Literal["wage", "holiday-pay", "termination-indemnity", "career-break-benefit"]


@dataclass(frozen=True, slots=True)
class ActivityInRest(Dated):
    """Days of the rest on which she worked.

    They do not count, except for the two exceptions of section IV.
    """

    __pydantic_config__ = CLOSED


@dataclass(frozen=True, slots=True)
class HolidayReplacement:
    """A public holiday that the employer pays on another day."""

    __pydantic_config__ = CLOSED

    holiday: Day
    replaced_by: Day


@dataclass(frozen=True, slots=True)
class Wage:
    """A gross wage in EUR per day of a six-day week, or per month (a day is then 1/26)."""

    __pydantic_config__ = CLOSED

    amount: WageRate
    per: Literal["day", "month"] = "day"


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """EUR per day of a six-day week, from that day until the day of the next row."""

    __pydantic_config__ = CLOSED

    first: Annotated[Day, Field(alias="from")]
    amount: Money


@dataclass(frozen=True, slots=True)
class Activity:
    """An employment.

    `stable`: unchanged from the last day of the second quarter before that of the rest until the
    rest begins. `reference_wage` is the wage on the last day of that quarter, `start_wage` that on
    the first day of the rest.
    """

    __pydantic_config__ = CLOSED

    name: Label
    stable: bool
    reference_wage: Wage | None = None
    start_wage: Wage | None = None


@dataclass(frozen=True, slots=True)
class Childminder:
    """A childminder with a status of her own.

    `places` are those recognised when the protection began, `maximum_places` the most that can be
    recognised. `guaranteed_income` is the guaranteed average minimum monthly income of CLA 43,
    which the caller supplies.
    """

    __pydantic_config__ = CLOSED

    community: Literal["flemish", "french", "german-speaking"]
    places: Annotated[int, Field(ge=1, le=18)]
    maximum_places: Annotated[int, Field(ge=1, le=18)]
    guaranteed_income: Money

    def __post_init__(self) -> None:
        if self.community != "flemish" and self.places > self.maximum_places:
            raise PydanticCustomError("more-places-than-maximum", "more places than can be recognised")


@dataclass(frozen=True, slots=True)
class Unemployment:
    """The lost wage of article 30, and the unemployment benefit without the rest, by date."""

    __pydantic_config__ = CLOSED

    wage: Wage
    benefits: Annotated[tuple[DatedAmount, ...], Field(min_length=1, max_length=24)]

    def __post_init__(self) -> None:
        if len({b.first for b in self.benefits}) != len(self.benefits):
            raise PydanticCustomError("given-twice", "two amounts from one day")


@dataclass(frozen=True, slots=True)
class IncomeGuarantee:
    """The benefits per month of a part-timer who keeps her rights.

    `guarantee` is the gross income guarantee benefit, `reference` the reference benefit.
    """

    __pydantic_config__ = CLOSED

    guarantee: Money
    reference: Money

    def __post_init__(self) -> None:
        if not self.reference or self.guarantee > self.reference:
            raise PydanticCustomError("guarantee-above-reference", "the guarantee is at most the reference benefit")


@dataclass(frozen=True, slots=True)
class IncapacityBenefit:
    """The incapacity benefit that she would have had without the rest.

    `gross` is in EUR per day, from that day until the day of the next row. `net` is what remains of
    an invalidity benefit after the 3.5 % deduction, if the caller knows it.
    """

    __pydantic_config__ = CLOSED

    first: Annotated[Day, Field(alias="from")]
    gross: Money
    net: Money | None = None


@dataclass(frozen=True, slots=True)
class Incapacity:
    """A recognised incapacity that lasts until the eve of the rest; `since` is its first day.

    `wage` is the wage that its benefit is computed on. `invalid`: she is in invalidity.
    `invalid_from` is the day on which invalidity would begin without the rest.
    """

    __pydantic_config__ = CLOSED

    since: Day
    wage: Wage | None = None
    benefits: Annotated[tuple[IncapacityBenefit, ...], Field(max_length=24)] = ()
    invalid: bool = False
    invalid_from: Day | None = None
    help_of_others: bool = False

    def __post_init__(self) -> None:
        if len({b.first for b in self.benefits}) != len(self.benefits):
            raise PydanticCustomError("given-twice", "two amounts from one day")


@dataclass(frozen=True, slots=True)
class Pay:
    """What the benefit is computed on.

    Data that her quality requires and that are left out are still outstanding.
    """

    __pydantic_config__ = CLOSED

    activities: Annotated[tuple[Activity, ...], Field(max_length=10)] = ()
    childminder: Childminder | None = None
    interruption_wage: Wage | None = None
    unemployment: Unemployment | None = None
    income_guarantee: IncomeGuarantee | None = None
    incapacity: Incapacity | None = None

    def __post_init__(self) -> None:
        names = [a.name for a in self.activities]
        if len(set(names)) != len(names):
            raise PydanticCustomError("given-twice", "two activities of one name")
        if self.income_guarantee is not None and self.unemployment is None:
            raise PydanticCustomError(
                "guarantee-without-unemployment", "an income guarantee rests on an unemployment benefit"
            )


@dataclass(frozen=True, slots=True)
class WageCeiling(Dated):
    """A wage ceiling supplied by the caller, in EUR per day.

    It is used on days without a published ceiling, and recorded.
    """

    __pydantic_config__ = CLOSED

    amount: WageRate


@dataclass(frozen=True, slots=True)
class MaternityCase:
    """One maternity rest.

    `first_day` is the first day of rest that she requests; if left out, the latest lawful one.
    `convert_incapacity`: uncovered days of incapacity just before an early birth become rest,
    unless she does not want that.
    """

    __pydantic_config__ = CLOSED

    requested_on: Day
    expected: Expected
    quality: Quality
    insurability: Insurability
    pay: Pay
    births: Annotated[tuple[Birth, ...], Field(max_length=10)] = ()
    first_day: Day | None = None
    history: Annotated[tuple[Past, ...], Field(max_length=400)] = ()
    extension: Extension = Extension()
    convert_incapacity: bool = True
    covered: Annotated[tuple[Covered, ...], Field(max_length=400)] = ()
    activity_in_rest: Annotated[tuple[ActivityInRest, ...], Field(max_length=100)] = ()
    holiday_replacements: Annotated[tuple[HolidayReplacement, ...], Field(max_length=20)] = ()
    wage_ceilings: Annotated[tuple[WageCeiling, ...], Field(max_length=24)] = ()
    mother_died_on: Day | None = None
    stays_abroad: bool = False
    resumption_declared: bool = False

    def __post_init__(self) -> None:
        check_apart(self.history)
        check_apart(self.covered)
        check_apart(self.wage_ceilings)
