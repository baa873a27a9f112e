"""Whether a household whose code is OK is contacted (circular V.I. 2020/197, 2.3)."""

from datetime import date
from typing import Any

import pytest

from tegemoet.schemes.increased_reimbursement.contact import (
    CATEGORIES,
    LearnedSince,
    MemberChange,
    category_of,
    reasons_not_to_contact,
)
from tests.schemes.increased_reimbursement.builders import YEAR

ON = date(2020, 9, 15)
BELOW_16, TURNS_16 = date(2004, 9, 16), date(2004, 9, 15)


def reasons(size: int = 4, **since: Any) -> list[str]:
    return reasons_not_to_contact(LearnedSince(size, **since), YEAR)


def test_a_household_of_which_nothing_was_learned_is_contacted() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("what", "reason"),
    [("voucher_cents", "vouchers-above-real-ceiling"), ("projected_cents", "projection-above-ceiling")],
)
def test_vouchers_and_their_projection_may_reach_the_ceiling_of_the_real_household(what: str, reason: str) -> None:
    assert reasons(4, **{what: 2_932_767}) == []
    assert reasons(4, **{what: 2_932_768}) == [reason]
    assert reasons(3, **{what: 2_932_767}) == [reason]


@pytest.mark.parametrize(
    ("what", "reason", "category"),
    [
        ("right_opened", "right-opened", None),
        ("declared_above_ceiling", "declaration-above-ceiling", 2),
        ("applicant_mutated", "insurer-changed", 2),
    ],
)
def test_what_became_known_otherwise(what: str, reason: str, category: int | None) -> None:
    assert reasons(**{what: True}) == [reason]
    assert category_of([reason]) == category


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (MemberChange("arrival", ON, date(2020, 9, 1), dependant=True, first_registration=True), []),
        (MemberChange("arrival", ON, BELOW_16, dependant=True, first_registration=True), []),
        (MemberChange("arrival", ON, TURNS_16, dependant=True, first_registration=True), ["household-changed"]),
        (MemberChange("arrival", ON, BELOW_16, dependant=True), ["household-changed"]),
        (MemberChange("arrival", ON, BELOW_16, first_registration=True), ["household-changed"]),
        (MemberChange("departure", ON, BELOW_16), ["child-left"]),
        (MemberChange("departure", ON, TURNS_16), ["household-changed"]),
        (MemberChange("departure", ON, date(1970, 1, 1)), ["household-changed"]),
        (MemberChange("death", ON, date(1940, 1, 1)), ["member-died"]),
        (MemberChange("death", ON, BELOW_16), ["member-died"]),
    ],
)
def test_a_birth_keeps_the_household_and_every_other_change_does_not(change: MemberChange, expected: list[str]) -> None:
    assert reasons(changes=(change,)) == expected
    assert category_of(expected) == (1 if expected else None)


def test_every_reason_that_applies_is_told_in_the_order_of_the_circular() -> None:
    everything = reasons(
        1,
        voucher_cents=10**8,
        projected_cents=10**8,
        right_opened=True,
        declared_above_ceiling=True,
        applicant_mutated=True,
        changes=(
            MemberChange("death", ON, date(1940, 1, 1)),
            MemberChange("departure", ON, BELOW_16),
            MemberChange("departure", ON, TURNS_16),
        ),
    )
    assert everything == list(CATEGORIES)
    assert len(everything) == 8


def test_a_changed_household_is_in_category_1_and_one_known_by_other_data_in_2() -> None:
    assert category_of(["insurer-changed", "member-died"]) == 1
    assert category_of(["insurer-changed"]) == 2
    assert category_of(["insurer-changed", "right-opened"]) is None
    assert category_of([]) is None
