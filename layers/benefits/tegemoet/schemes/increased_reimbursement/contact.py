"""Phase 3: whether an insurer contacts a household whose code is OK, given what it has learned.

Circular V.I. 2020/197, 2.3: the insurer contacts the household unless one of eight things happened
since it sent its list. Circular V.I. 2020/218, part 4, says in which category a household that was
not contacted is counted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tegemoet.domain.calendar import age_on
from tegemoet.schemes.increased_reimbursement.household import ceiling
from tegemoet.schemes.increased_reimbursement.year import ExchangeYear
from tegemoet.schemes.legislation.register import cite

SOURCE = cite("circular-2020-197", "2.3")
CATEGORIES = {
    "vouchers-above-real-ceiling": 2,
    "projection-above-ceiling": 2,
    "right-opened": None,
    "declaration-above-ceiling": 2,
    "insurer-changed": 2,
    "household-changed": 1,
    "member-died": 1,
    "child-left": 1,
}
"""The eight reasons in the order of the circular, each with the category of a household that is not
contacted for it. A household that has opened the right is counted by that right, in 5 or 6."""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A person joined the household, left it or died.

    `dependant` and `first_registration` (in the national register) describe a person who joins.
    """

    kind: Literal["arrival", "departure", "death"]
    on: date
    birth_date: date
    dependant: bool = False
    first_registration: bool = False


@dataclass(frozen=True, slots=True)
class LearnedSince:
    """What an insurer has learned since it sent its list.

    `size` = number of persons of the real household; amounts are in cents a year.
    """

    size: int
    voucher_cents: int = 0
    projected_cents: int = 0
    right_opened: bool = False
    declared_above_ceiling: bool = False
    applicant_mutated: bool = False
    changes: tuple[MemberChange, ...] = ()


def reasons_not_to_contact(since: LearnedSince, year: ExchangeYear) -> list[str]:
    """Every reason not to contact the household (2.3), in the order of `CATEGORIES`."""
    most = ceiling(since.size, year)
    changed = {_reason(change, year) for change in since.changes}
    applies = {
        "vouchers-above-real-ceiling": since.voucher_cents > most,
        "projection-above-ceiling": since.projected_cents > most,
        "right-opened": since.right_opened,
        "declaration-above-ceiling": since.declared_above_ceiling,
        "insurer-changed": since.applicant_mutated,
    }
    return [reason for reason in CATEGORIES if applies.get(reason) or reason in changed]


def category_of(reasons: Collection[str]) -> int | None:
    """The category of a household that is not contacted for these reasons.

    A change of the household takes precedence over other data. None = the household opened its
    right (5 or 6), or is contacted and has no category yet.
    """
    if "right-opened" in reasons:
        return None
    return min((category for reason in reasons if (category := CATEGORIES[reason])), default=None)


def _reason(change: MemberChange, year: ExchangeYear) -> str | None:
    """The reason that a change provides.

    None for a dependent child below 16 who joins and was not registered before, such as a newborn.
    """
    child = age_on(change.on, change.birth_date) < year.child_age
    match change.kind:
        case "death":
            return "member-died"
        case "departure" if child:
            return "child-left"
        case "arrival" if child and change.dependant and change.first_registration:
            return None
        case _:
            return "household-changed"
