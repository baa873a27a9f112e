"""The case of a personal contribution: the person's group, and the months or quarters to pay.

Amounts are in EUR. The income limits are not published with the contributions of most years: a
caller who knows them supplies them, and the decision records that they were supplied.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic_core import PydanticCustomError

from tegemoet.domain.calendar import Period, end_of_months
from tegemoet.schemes.fields import CLOSED, Day, Money, Month

Quarter = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-Q[1-4]$")]
"""A calendar quarter, written as YYYY-Qn."""


@dataclass(frozen=True, slots=True)
class MonthToPay:
    """A calendar month of continued insurance.

    `working_days` is the number of days from Monday to Saturday to pay; if left out, the full
    month.
    """

    __pydantic_config__ = CLOSED

    month: Month
    working_days: Annotated[int | None, Field(ge=1, le=27)] = None

    def __post_init__(self) -> None:
        if self.working_days is not None and self.working_days > self.period.six_day_week_days:
            raise PydanticCustomError("more-days-than-the-month-has", "a month has fewer working days")

    @property
    def period(self) -> Period:
        first = date.fromisoformat(f"{self.month}-01")
        return Period(first, end_of_months(first, 1))


@dataclass(frozen=True, slots=True)
class IncomeLimits:
    """Limits of yearly income in EUR.

    Those of the subsistence income, of increased reimbursement, and of the reduced contribution
    (article 134).
    """

    __pydantic_config__ = CLOSED

    subsistence: Money | None = None
    increased_reimbursement: Money | None = None
    reduced: Money | None = None

    def __post_init__(self) -> None:
        known = [limit for limit in (self.subsistence, self.increased_reimbursement, self.reduced) if limit is not None]
        if known != sorted(known):
            raise PydanticCustomError("limits-out-of-order", "a limit is lower than the one before it")


@dataclass(frozen=True, slots=True)
class Contribution:
    """A person who pays a contribution.

    `born_on` is required if the age decides. `yearly_income` and `limits` are required of persons
    in the national register, unless they have a benefit of article 37, § 19 (`benefit_37_19`).
    Continued insurance is paid by `months`, everything else by `quarters`.
    """

    __pydantic_config__ = CLOSED

    group: Literal[
        "continued-insurance", "student", "registered", "religious-community", "former-public-staff-in-africa"
    ]
    months: Annotated[tuple[MonthToPay, ...], Field(max_length=120)] = ()
    quarters: Annotated[tuple[Quarter, ...], Field(max_length=40)] = ()
    born_on: Day | None = None
    yearly_income: Money | None = None
    limits: IncomeLimits = IncomeLimits()
    benefit_37_19: bool = False

    def __post_init__(self) -> None:
        by_month = self.group == "continued-insurance"
        if bool(self.months) != by_month or bool(self.quarters) == by_month:
            raise PydanticCustomError("months-or-quarters", "continued insurance is paid by month, all else by quarter")
        asked = [month.month for month in self.months] + list(self.quarters)
        if len(set(asked)) != len(asked):
            raise PydanticCustomError("twice", "a month or quarter is given twice")
