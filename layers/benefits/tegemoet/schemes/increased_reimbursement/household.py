"""A household in an insurer's request: its members, why it is excluded, and the code that answers.

Circular V.I. 2020/197 (14 July 2020), on articles 19 to 21 and 25 of the royal decree of 15 January
2014.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tegemoet.schemes.increased_reimbursement.year import ExchangeYear

Code = Literal["OK", "NOK", "ONHOLD"]
"""Income below the ceiling, at or above it, or unknown: all that insurers learn (2.2, Pro_04)."""

EARLIER_OUTCOMES = ("none", "no-reaction", "incomplete", "above-ceiling")
"""How an earlier invitation or request ended; the last three exclude a household for some years
(2.1)."""

REASONS = (
    "insurer-not-yours",
    "year-differs",
    "request-of-another-partner",
    "applicant-missing",
    "applicant-not-oldest",
    "all-entitled",
    "earlier-outcome",
    "vouchers-above-ceiling",
    "applicant-mutated",
)
"""Why a household is excluded, in the order of the reports."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household as its insurer knows it.

    `entitled` = on 1 January; `voucher_cents` = sum of the contribution vouchers, in cents;
    `fictitious` = the household could not be formed with certainty; `mutated_on` = the day on which
    the member changed insurer.
    """

    insz: str
    birth_date: date
    entitled: bool
    earlier_outcome: str
    earlier_year: int | None
    voucher_cents: int
    fictitious: bool
    mutated_on: date | None


@dataclass(frozen=True, slots=True)
class Household:
    """A request, the partner that sent it, and the members in any order.

    `request_number` = insurer (three digits), year (four), INSZ of the applicant (eleven).
    """

    request_number: str
    partner: str
    members: tuple[Member, ...]

    @property
    def insurer(self) -> str:
        return self.request_number[:3]

    @property
    def year(self) -> int:
        return int(self.request_number[3:7])

    @property
    def applicant(self) -> Member | None:
        """The member named by the request number; None when no member has that INSZ."""
        return next((m for m in self.members if m.insz == self.request_number[7:]), None)

    @property
    def oldest(self) -> Member:
        """The member born first; of those born on the same day, the one with the lowest INSZ."""
        return min(self.members, key=lambda m: (m.birth_date, m.insz))

    @property
    def fictitious(self) -> bool:
        """Whether the household could not be formed with certainty."""
        return any(m.fictitious for m in self.members)


def ceiling(size: int, year: ExchangeYear) -> int:
    """The ceiling of a household of `size` persons, in cents a year (article 21).

    Every member after the first adds the same amount.
    """
    return year.first_member_cents + (size - 1) * year.further_member_cents


def exclusions(household: Household, insurer: str, year: ExchangeYear) -> list[str]:
    """Every reason to exclude the household (2.1), in the order of `REASONS`; none = selected.

    `insurer` = the three digits of the partner that sent it.
    """
    members, applicant = household.members, household.applicant
    size = year.fictitious_size if household.fictitious else len(members)
    applies = {
        "insurer-not-yours": household.insurer != insurer,
        "year-differs": household.year != year.year,
        "applicant-missing": applicant is None,
        "applicant-not-oldest": applicant is not None and applicant != household.oldest,
        "all-entitled": all(m.entitled for m in members),
        "earlier-outcome": any(m.earlier_outcome != "none" and m.earlier_year in year.earlier_years for m in members),
        "vouchers-above-ceiling": sum(m.voucher_cents for m in members) > ceiling(size, year),
        "applicant-mutated": applicant is not None and applicant.mutated_on == year.mutation_day,
    }
    return [reason for reason in REASONS if applies.get(reason)]


def code(incomes: Sequence[tuple[date, int | None]], last: bool, year: ExchangeYear) -> Code | None:
    """The code of a household (2.2), from the birth date and income of every member.

    Incomes are in cents; None = unknown. The unknown income of a minor counts as 0. While the
    income of an adult is unknown there is no code (None); at the `last` sending it is ONHOLD. The
    ceiling is that of the declared size, also for a fictitious household.
    """
    if any(amount is None and year.is_adult(birth_date) for birth_date, amount in incomes):
        return "ONHOLD" if last else None
    total = sum(amount or 0 for _, amount in incomes)
    return "OK" if total < ceiling(len(incomes), year) else "NOK"
