"""The case of a locum's contribution: one replacement, and its income per calendar month.

The locum replaces a general practitioner. Amounts are in EUR, hours are per week unless stated
otherwise, and periods include both ends.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.domain.money import ZERO
from tegemoet.schemes.dated import Dated
from tegemoet.schemes.fields import CLOSED, Hours, Money, Percentage, RizivNumber, Volume
from tegemoet.schemes.fields import Month as MonthName

MOST_MONTHS = 120
"""Calendar months of one replacement: ten years.

A decision has a finding for each, so without a limit a case of 300 bytes gives one of a megabyte.
"""


@dataclass(frozen=True, slots=True)
class Booklet:
    """One book of service certificates.

    Books are in the order of use. It contains the number of certificates used in the month, and
    their income.
    """

    __pydantic_config__ = CLOSED

    certificates: Annotated[int, Field(ge=1, le=1000)]
    income: Money


@dataclass(frozen=True, slots=True)
class Month:
    """The income of one calendar month.

    `booklets` are required beyond six months, `hours` (of that month) in a flat-rate practice.
    """

    __pydantic_config__ = CLOSED

    month: MonthName
    income: Money | None = None
    booklets: Annotated[tuple[Booklet, ...], Field(max_length=100)] = ()
    hours: Volume | None = None

    def __post_init__(self) -> None:
        if self.booklets and self.income != sum((b.income for b in self.booklets), ZERO):
            raise PydanticCustomError("booklets-do-not-add-up", "the income of a month is that of its booklets")


@dataclass(frozen=True, slots=True)
class Replacement(Dated):
    """One replacement, for the days `first` … `last`, in at most 120 calendar months.

    `agreed_percentage` is what both agreed on for one to six months. `consultation_fee` is that of
    a flat-rate practice. `locum` and `replaced` are their RIZIV numbers, which are public and
    appear only on the expense note.
    """

    __pydantic_config__ = CLOSED

    locum: RizivNumber
    replaced: RizivNumber
    weekly_hours: Hours
    cooperation: Literal["replacement", "association"] = "replacement"
    practice: Literal["fee-for-service", "flat-rate"] = "fee-for-service"
    acute_need: bool = False
    agreed_percentage: Percentage | None = None
    consultation_fee: Money | None = None
    months: Annotated[tuple[Month, ...], Field(max_length=MOST_MONTHS)] = ()

    def __post_init__(self) -> None:
        Dated.__post_init__(self)
        if self.locum[:8] == self.replaced[:8]:
            raise PydanticCustomError("replaces-oneself", "the locum and the replaced doctor are the same person")
        if (self.last.year - self.first.year) * 12 + self.last.month - self.first.month >= MOST_MONTHS:
            raise PydanticCustomError("too-many-months", "a replacement is in at most 120 calendar months")
        if self.weekly_hours == Decimal(0):
            raise PydanticCustomError("no-hours", "a replacement has hours")
        names = [m.month for m in self.months]
        if len(set(names)) != len(names):
            raise PydanticCustomError("given-twice", "a month is given twice")
        if any(not f"{self.first:%Y-%m}" <= name <= f"{self.last:%Y-%m}" for name in names):
            raise PydanticCustomError("month-outside-replacement", "a month lies outside the replacement")
