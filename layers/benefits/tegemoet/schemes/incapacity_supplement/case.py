"""The case of an employee's supplement to the benefit for primary incapacity, and the days it is asked for.

Amounts are in EUR per day of a six-day week, days are calendar days, both ends of a period belong to it.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Dated, check_apart
from tegemoet.schemes.fields import CLOSED, Day, Money, WageRate


@dataclass(frozen=True, slots=True)
class BenefitDays(Dated):
    """Days for which the primary incapacity benefit is effectively due. `minimum` = the statutory minimum a day, where it applies."""

    __pydantic_config__ = CLOSED

    minimum: Money | None = None


@dataclass(frozen=True, slots=True)
class Incapacity:
    """An employee's primary incapacity.

    `incapacity_from` = its first day; after a relapse that of the first incapacity. `lost_wage` = the wage lost, limited to the wage
    ceiling (a monthly wage / 26); left out = not known yet. `employer_supplement` = days for which the employer really pays the
    supplement or advance of CLA 12bis or 13bis. `partial_career_break` = no guaranteed total.
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
