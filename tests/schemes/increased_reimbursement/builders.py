"""Households of the exchange of 2020 that are selected, for tests to vary."""

from datetime import date
from typing import Any

from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.household import Household, Member
from tegemoet.schemes.increased_reimbursement.year import exchange_year

YEAR = exchange_year(SCHEME.parameter_sets["2020"])
INSURER = "101"
GROWN_UP = date(1970, 1, 1)


def insz_of(day: date, serial: int = 1) -> str:
    """A valid national register number of a person born on that day."""
    body = f"{day:%y%m%d}{serial:03}"
    return body + f"{97 - int(('2' if day.year >= 2000 else '') + body) % 97:02}"


def member(birth_date: date = GROWN_UP, serial: int = 1, **changes: Any) -> Member:
    """A member who is not entitled and gives no reason to exclude the household."""
    facts: dict[str, Any] = {
        "insz": insz_of(birth_date, serial),
        "birth_date": birth_date,
        "entitled": False,
        "earlier_outcome": "none",
        "earlier_year": None,
        "voucher_cents": 0,
        "fictitious": False,
        "mutated_on": None,
    }
    return Member(**facts | changes)


def household(*members: Member, applicant: str | None = None, insurer: str = INSURER, year: int = 2020) -> Household:
    """A household whose applicant is the first member, unless `applicant` (INSZ) is given."""
    return Household(f"{insurer}{year}{applicant or members[0].insz}", "insurer-a", members)


def household_of(size: int, **changes: Any) -> Household:
    """A household of `size` persons, the applicant born first; `changes` apply to every member."""
    return household(*(member(date(1970 + n, 1, 1), **changes) for n in range(size)))
