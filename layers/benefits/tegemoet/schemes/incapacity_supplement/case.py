"""The case of an employee's supplement to the benefit for primary incapacity, and its days.

Amounts are in EUR per day of a six-day week, days are calendar days, and periods include both ends.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Dated, check_apart
from tegemoet.schemes.fields import CLOSED, Day, Money, WageRate

Household = Literal["dependants", "single", "cohabiting"]


@dataclass(frozen=True, slots=True)
class BenefitDays(Dated):
    """Days for which the primary incapacity benefit is effectively due.

    `regular_worker` and `household` (`cohabiting`: without dependants) say which published minimum
    applies from the seventh month on. `minimum` is a statutory minimum in EUR per day for days
    without a published one, if it applies.
    """

    __pydantic_config__ = CLOSED

    regular_worker: bool | None = None
    household: Household | None = None
    minimum: Money | None = None

    def __post_init__(self) -> None:
        Dated.__post_init__(self)
        if (self.regular_worker is None) != (self.household is None):
            raise PydanticCustomError("minimum-incomplete", "a minimum depends on worker and household")


@dataclass(frozen=True, slots=True)
class Incapacity:
    """An employee's primary incapacity.

    `incapacity_from` is its first day; after a relapse, that of the first incapacity. `lost_wage`
    is the lost wage, limited to the wage ceiling (a monthly wage / 26); it is left out if unknown.
    `employer_supplement` are days for which the employer really pays the supplement or advance of
    CLA 12bis or 13bis. `partial_career_break`: there is no guaranteed total.
    """

    __pydantic_config__ = CLOSED

    quality: Literal["employee", "part-time-keeping-rights", "voluntary-part-time", "unemployed", "other"]
    incapacity_from: Day
    days: Annotated[tuple[BenefitDays, ...], Field(min_length=1, max_length=100)]
    lost_wage: WageRate | None = None
    employer_supplement: Annotated[tuple[Dated, ...], Field(max_length=100)] = ()
    partial_career_break: bool = False

    def __post_init__(self) -> None:
        check_apart(self.days)
        if any(d.first < self.incapacity_from for d in self.days):
            raise PydanticCustomError("before-incapacity", "days of benefit lie before the incapacity")
