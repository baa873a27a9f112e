"""The case of a company supplement in horticulture.

It says when unemployment begins, and contains the contracts and wages before it and the
unemployment benefit. Amounts are in EUR per month; periods include both ends.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Running
from tegemoet.schemes.fields import CLOSED, Day, Label, Money, Month


@dataclass(frozen=True, slots=True)
class Employment(Running):
    """A contract of employment with an employer of that joint committee, such as `145`.

    Without `until`, it runs until unemployment begins.
    """

    __pydantic_config__ = CLOSED

    joint_committee: Label


@dataclass(frozen=True, slots=True)
class Wage:
    """The gross wage of a calendar month.

    `unreduced` is what it would have been without the reduction of hours.
    """

    __pydantic_config__ = CLOSED

    month: Month
    gross: Money
    unreduced: Money | None = None


@dataclass(frozen=True, slots=True)
class CompanyUnemployment:
    """A worker who becomes unemployed with company supplement on `starts_on`.

    `wages` are those of the twelve calendar months before. `social_security` and `withholding_tax`
    are deducted from the reference wage, up to the ceiling, in a month. `reduced_hours`: the worker
    worked reduced hours before; then `unreduced_unemployment_benefit` counts, which is the benefit
    for the hours before the reduction. `gross_ceiling` is the ceiling of CLA 17 on `starts_on`,
    only if none is published. `replaced`: the employer replaces the worker.
    """

    __pydantic_config__ = CLOSED

    starts_on: Day
    employments: Annotated[tuple[Employment, ...], Field(max_length=100)]
    wages: Annotated[tuple[Wage, ...], Field(max_length=12)] = ()
    social_security: Money | None = None
    withholding_tax: Money | None = None
    unemployment_benefit: Money | None = None
    reduced_hours: Literal["half", "four-fifths"] | None = None
    unreduced_unemployment_benefit: Money | None = None
    gross_ceiling: Money | None = None
    replaced: bool | None = None

    def __post_init__(self) -> None:
        months = [wage.month for wage in self.wages]
        if len(set(months)) != len(months):
            raise PydanticCustomError("twice", "a month is given twice")
        if set(months) - set(months_before(self.starts_on)):
            raise PydanticCustomError("outside-twelve-months", "a wage is of another month than the twelve before")


def months_before(day: date, months: int = 12) -> list[str]:
    """The calendar months before that of `day`, in order, as YYYY-MM."""
    last = day.year * 12 + day.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - months, last)]
