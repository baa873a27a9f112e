"""What a claimant proves of her insurance: quality, waiting period or exemption, retention.

These are the facts of sections I and II of circular V.I. 2020/204, as an insurer knows them.
Amounts are in EUR, volumes in days or hours of work (or assimilated ones), and periods include both
ends. The claimant of converted maternity leave supplies the same facts.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day, Money, Volume, without_identity_number

QualityKind = Literal[
    "employee",
    "resting-since-fifth-month",
    "controlled-unemployed",
    "quality-lost-in-incapacity-or-rest",
    "after-continued-insurance",
    "after-transition-benefit",
]
"""The six categories of section I, 1° to 6°, in that order."""
EmployeeBasis = Literal[
    "contract",
    "similar-conditions",
    "apprentice",
    "irregular-termination",
    "staff-representative-termination",
    "union-delegate-termination",
    "termination-by-agreement",
    "commercial-agent-eviction",
    "non-solicitation-agreement",
]
"""The basis of an employee's quality.

Work, an apprenticeship, or one of the six indemnities i to vi of category 1°.
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of beneficiary (article 86, § 1).

    `until` is its last day; if left out, she still has it on the first day of the rest. `basis` is
    for employees, `birth_year` for apprentices, and `rest_from` (the day of the interruption) for
    claimants who rest since the fifth month. `ended_on` is the last day of the continued insurance
    or of the transition benefit. `since_fifth_month`: the doctor or midwife declares that the
    interruption began in the fifth month or later.
    """

    __pydantic_config__ = CLOSED

    kind: QualityKind
    until: Day | None = None
    basis: EmployeeBasis | None = None
    birth_year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    rest_from: Day | None = None
    since_fifth_month: bool | None = None
    ended_on: Day | None = None
    earlier_quality: bool | None = None
    """After continued insurance: whether she had a quality of 1° to 3° before it."""

    def __post_init__(self) -> None:
        if (self.basis is None) == (self.kind == "employee"):
            raise PydanticCustomError(
                "basis-for-employees", "an employee requires a basis, and other qualities have none"
            )
        if (self.birth_year is None) == (self.basis == "apprentice"):
            raise PydanticCustomError(
                "birth-year-for-apprentices", "an apprentice requires a year of birth, and others have none"
            )


@dataclass(frozen=True, slots=True)
class WageAmount:
    """The minimum wage amount of articles 286 and following.

    No figure is published, so the caller supplies the required amount with the actual one.
    `regularised`: additional contributions were paid to the insurer.
    """

    __pydantic_config__ = CLOSED

    needed: Money
    seen: Money
    regularised: bool = False


@dataclass(frozen=True, slots=True)
class ChildRaising:
    """The interruption to raise a child that opens the waiting period of article 205/1, § 2.

    It is a reduced waiting period. `interrupted_from` … `interrupted_until` are the days without
    quality. `declared`: there is a written declaration. `at_home`: the child lives under her roof
    and is a dependant. `disability_allowance` doubles three years to six. `next_born_on` is a birth
    before the end.
    """

    __pydantic_config__ = CLOSED

    born_on: Day
    interrupted_from: Day
    interrupted_until: Day
    declared: bool
    at_home: bool
    undivided: bool = True
    disability_allowance: bool = False
    next_born_on: Day | None = None
    next_disability_allowance: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """How the right was opened.

    For the `way` `exempt`, `article` names the ground (the circular names the articles but not
    their lists) and `proven` says that it is proven. The other ways are waiting periods: `volume`
    is the days or hours worked from `first` to `last`. `earlier_fulfilled`: before the reduced
    waiting period, the full one was fulfilled or exempted. `schedule_prevents`: the work schedule
    makes the short period impossible; `hours_in_six_months` are then the hours within six months.
    `lost_on` is the last day as self-employed beneficiary; `became_on` is the day on which the
    quality was acquired.
    """

    __pydantic_config__ = CLOSED

    way: Literal["full", "exempt", "child-raising", "voluntary-insurance", "after-self-employed"]
    became_on: Day
    article: (
        Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z§°/., -]+$"), AfterValidator(without_identity_number)]
        | None
    ) = None
    proven: bool | None = None
    counted_in: Literal["days", "hours"] = "days"
    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="until")] = None
    volume: Volume | None = None
    wage: WageAmount | None = None
    schedule_prevents: bool = False
    hours_in_six_months: Volume | None = None
    earlier_fulfilled: bool | None = None
    child: ChildRaising | None = None
    voluntarily_insured: bool | None = None
    lost_on: Day | None = None
    contributions_paid: bool = True

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")
        if (self.way == "exempt") != (self.article is not None):
            raise PydanticCustomError("article-of-exemption", "an exemption names its article, and nothing else does")


@dataclass(frozen=True, slots=True)
class Retention:
    """Volumes over the quarters before the quarter in which the rest begins.

    The second and third quarter before it, and for hours also the first. `longest_gap` is the
    longest interruption of the quality over the three quarters, in days.
    """

    __pydantic_config__ = CLOSED

    counted_in: Literal["days", "hours"]
    first_quarter: Volume | None = None
    second_quarter: Volume | None = None
    third_quarter: Volume | None = None
    wage: WageAmount | None = None
    wage_three_quarters: WageAmount | None = None
    longest_gap: Annotated[int | None, Field(ge=0, le=400)] = None


@dataclass(frozen=True, slots=True)
class Insurability:
    """What opens the right, and what retains it."""

    __pydantic_config__ = CLOSED

    opening: Opening
    retention: Retention | None = None
