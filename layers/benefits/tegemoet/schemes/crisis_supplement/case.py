"""The case of a self-employed person's crisis supplement.

It contains the incapacity, the days of benefit, and other benefits. Amounts are in EUR per day of a
six-day week, days are calendar days, and periods include both ends. A person who is also an
employee adds the case of the employee's supplement, and both are decided together.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.schemes.dated import Dated, Running, check_apart
from tegemoet.schemes.fields import CLOSED, Day, Money, Percentage
from tegemoet.schemes.incapacity_supplement.case import Incapacity


@dataclass(frozen=True, slots=True)
class BenefitDays(Dated):
    """Days of recognised incapacity, with their benefit and household.

    `cohabiting` is cohabiting without dependants. Invalidity `with-stop`: the business has stopped.
    """

    __pydantic_config__ = CLOSED

    benefit: Literal["primary", "invalidity-without-stop", "invalidity-with-stop"]
    household: Literal["cohabiting", "single", "dependants"]


@dataclass(frozen=True, slots=True)
class Stop(Running):
    """Days on which the permitted activity was stopped.

    Without `until`, it still is. `notified`: the insurer was informed in writing; it is left out if
    unknown.
    """

    __pydantic_config__ = CLOSED

    notified: bool | None = None


@dataclass(frozen=True, slots=True)
class Reduction(Dated):
    """Days on which article 28bis reduces the benefit, because of a permitted activity.

    `percentage` is the part of the benefit that is not paid.
    """

    __pydantic_config__ = CLOSED

    percentage: Percentage


@dataclass(frozen=True, slots=True)
class Refusal(Dated):
    """Days for which article 28, § 1, first paragraph, or § 2 refuses the benefit.

    `paid_on` is the day on which it was wrongly paid.
    """

    __pydantic_config__ = CLOSED

    paragraph: Literal["1", "2"]
    paid_on: Day | None = None


@dataclass(frozen=True, slots=True)
class OtherBenefit(Dated):
    """Another benefit (article 29), in EUR per day of a six-day week."""

    __pydantic_config__ = CLOSED

    kind: Literal["employee-benefit", "work-accident", "occupational-disease", "pension", "other"]
    amount: Money


Periods = Annotated[tuple[Dated, ...], Field(max_length=100)]


@dataclass(frozen=True, slots=True)
class SelfEmployedIncapacity:
    """A self-employed person's incapacity.

    `incapacity_from` is its first day; after a relapse, that of the first incapacity. Without
    `incapacity_until`, it continues. `temporary_unemployment` are days with that benefit after
    stopping a permitted activity as an employee. `reductions` are those of article 28bis.
    `late_declaration` are days reduced by 10 %. `replacement_income` are days with other income
    that replaces the permitted activity.
    """

    __pydantic_config__ = CLOSED

    status: Literal["self-employed", "assisting-spouse", "continued-insurance", "bridging-right", "informal-care"]
    incapacity_from: Day
    days: Annotated[tuple[BenefitDays, ...], Field(min_length=1, max_length=100)]
    incapacity_until: Day | None = None
    stops: Annotated[tuple[Stop, ...], Field(max_length=100)] = ()
    temporary_unemployment: Periods = ()
    reductions: Annotated[tuple[Reduction, ...], Field(max_length=100)] = ()
    late_declaration: Periods = ()
    refusals: Annotated[tuple[Refusal, ...], Field(max_length=100)] = ()
    other_benefits: Annotated[tuple[OtherBenefit, ...], Field(max_length=100)] = ()
    replacement_income: Periods = ()
    employee: Incapacity | None = None

    def __post_init__(self) -> None:
        check_apart(self.days)
        first, last = self.incapacity_from, self.incapacity_until or LAST_DAY
        if last < first:
            raise PydanticCustomError("until-before-from", "the incapacity ends before it begins")
        if any(d.first < first or d.last > last for d in self.days):
            raise PydanticCustomError("outside-incapacity", "days of benefit lie outside the incapacity")
        check_apart(self.stops)
        check_apart(self.reductions)
        if self.employee and any(other.kind == "employee-benefit" for other in self.other_benefits):
            raise PydanticCustomError("employee-benefit-twice", "the benefit of an employee is decided here, not given")

    def lasted(self, on: date) -> int:
        """Calendar days of the incapacity until its end or the day `on`."""
        return (min(self.incapacity_until or on, on) - self.incapacity_from).days + 1
