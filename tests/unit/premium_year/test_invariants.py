"""Each invariant holds where it should and is seen to break where it should not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tegemoet.application.premium_year import invariants
from tegemoet.application.records import Batch, BatchDetail, Entry, RowCounts, Run, RunDetail, RunState, Settled

PREMIUMS = {"nurse": Decimal("945.95"), "midwife": Decimal("975.49"), "pharmacist": Decimal("1790.00")}
FIRST = Entry("p", 1, "payment", 1, "40000110", "nurse", 94595, None, "run-1", "a")
DIFFERENCE = Entry("p", 2, "payment", 2, "42000210", "midwife", 2954, None, "run-2", "b")
TITULAR = Entry("t", 1, "payment", 1, "20000110", "pharmacist", 179000, "P1", "run-1", "c")


def within(*entries: Entry) -> bool:
    return invariants.within_premium(entries, PREMIUMS.__getitem__).holds


def test_a_premium_and_the_difference_to_a_higher_one_are_within_it() -> None:
    assert within(FIRST, DIFFERENCE, TITULAR)


def test_one_cent_more_than_the_premium_is_not() -> None:
    assert not within(FIRST, replace(DIFFERENCE, amount=2955))
    assert not within(replace(FIRST, amount=94596))


def test_the_same_number_is_not_paid_to_two_persons() -> None:
    assert not within(FIRST, replace(FIRST, person="q"))
    assert within(FIRST, replace(FIRST, person="q", riziv_number="40000207"))


def test_the_same_pharmacy_is_not_paid_to_two_persons() -> None:
    assert not within(TITULAR, replace(TITULAR, person="u", riziv_number="20000207"))


def test_two_keys_of_one_person_count_together() -> None:
    second = replace(FIRST, person="q", riziv_number="40000207")
    check = invariants.within_premium([FIRST, second], PREMIUMS.__getitem__, {"q": "p"})
    assert not check.holds


def test_what_came_back_may_be_paid_again_but_no_more_comes_back_than_was_paid() -> None:
    back = replace(FIRST, number=2, kind="return")
    assert within(FIRST, back, replace(FIRST, number=3))
    assert not within(back)


BACK = replace(FIRST, number=2, kind="return", entry_id="r", corrects="a", cause="AC04")


def test_a_return_corrects_one_payment_of_its_person_with_its_amount() -> None:
    assert invariants.corrected_once([FIRST, DIFFERENCE]).holds
    assert invariants.corrected_once([FIRST, BACK, replace(FIRST, number=3, entry_id="d")]).holds
    assert invariants.corrected_once([BACK, FIRST]).holds, "the entries come in any order"
    again = replace(FIRST, number=3, entry_id="d")
    assert invariants.corrected_once([FIRST, BACK, again, replace(BACK, number=4, corrects="d")]).holds
    recovered = replace(BACK, number=3, kind="recovered", corrects=None, amount=1)
    assert invariants.corrected_once([FIRST, recovered, replace(recovered, number=4)]).holds


@pytest.mark.parametrize(
    ("entries", "breaches"),
    [
        ([FIRST, BACK, replace(BACK, number=3)], 1),
        ([FIRST, BACK, replace(BACK, number=3), replace(BACK, number=4)], 2),
        ([FIRST, replace(BACK, amount=94594)], 1),
        ([FIRST, replace(BACK, person="q")], 1),
        ([FIRST, replace(BACK, corrects="unknown")], 1),
        ([FIRST, replace(BACK, corrects=None)], 1),
        ([FIRST, BACK, replace(BACK, number=3, corrects="r")], 1),
        ([BACK], 1),
    ],
    ids=["twice", "thrice", "amount", "person", "unknown", "nothing", "a return", "without its payment"],
)
def test_a_return_of_anything_else_is_counted(entries: list[Entry], breaches: int) -> None:
    check = invariants.corrected_once(entries)
    assert (check.holds, check.left, check.right) == (False, str(breaches), "0")


@pytest.mark.parametrize(("numbers", "holds"), [([1, 2, 3], True), ([1, 3], False), ([2], False), ([1, 1], False)])
def test_entries_are_numbered_without_a_gap(numbers: list[int], holds: bool) -> None:
    assert invariants.numbered_without_gap([replace(FIRST, number=n) for n in numbers]).holds is holds


def test_no_entry_is_zero() -> None:
    assert not invariants.numbered_without_gap([replace(FIRST, amount=0)]).holds


def test_the_entries_of_a_run_are_its_payments_one_by_one() -> None:
    assert invariants.run_equals_payments([FIRST, TITULAR], [TITULAR, FIRST]).holds
    assert not invariants.run_equals_payments([FIRST], [FIRST, TITULAR]).holds
    assert not invariants.run_equals_payments([FIRST, TITULAR], [FIRST]).holds
    assert not invariants.run_equals_payments([replace(FIRST, amount=1)], [FIRST]).holds


def test_with_a_payment_a_person_has_exactly_what_is_due() -> None:
    assert invariants.paid_what_was_due([FIRST, DIFFERENCE], {"p": 97549}).holds
    assert not invariants.paid_what_was_due([FIRST], {"p": 97549}).holds


def test_claims_and_pharmacies_paid_are_the_same() -> None:
    assert invariants.claims_match({"P1": ("t", "20000110")}, [("P1", "t", "20000110")]).holds
    assert not invariants.claims_match({}, [("P1", "t", "20000110")]).holds
    assert not invariants.claims_match({"P1": ("t", "20000110")}, []).holds


@pytest.mark.parametrize(("duplicate", "holds"), [(3, True), (2, False)])
def test_every_row_ends_as_exactly_one_thing(duplicate: int, holds: bool) -> None:
    detail = BatchDetail(RowCounts(10, 5, 2, duplicate))
    batch = Batch("b", "p", "s", "practices", 2023, "k", None, "t", "1", 1, "done", detail)
    assert invariants.rows_add_up([batch]).holds is holds


PAID = RunDetail(approved_by="x", settled=Settled(entries=1, amount="945.95", not_written=0))
RUN = Run("run-1", 2023, 1, "2023-12-01", "operator", "t", "released", PAID)


def test_nothing_is_in_the_ledger_but_of_runs_that_somebody_else_approved() -> None:
    assert invariants.paid_by_approved_runs([FIRST], [RUN], lambda _: True).holds
    assert not invariants.paid_by_approved_runs([FIRST], [], lambda _: True).holds
    own = replace(RUN, detail=RunDetail(approved_by="operator"))
    for wrong in (replace(RUN, detail=RunDetail()), own):
        assert not invariants.paid_by_approved_runs([FIRST], [wrong], lambda _: True).holds


def test_an_approval_without_its_seal_approves_no_entry() -> None:
    assert not invariants.paid_by_approved_runs([FIRST], [RUN], lambda _: False).holds


def test_the_entries_of_a_released_run_add_up_to_what_it_released() -> None:
    assert invariants.released_sums([FIRST], [RUN]).holds
    assert not invariants.released_sums([FIRST, replace(FIRST, person="q")], [RUN]).holds
    assert not invariants.released_sums([], [RUN]).holds
    assert not invariants.released_sums([], [replace(RUN, detail=RunDetail())]).holds


@pytest.mark.parametrize(
    ("state", "holds"), [("released", True), ("refused", True), ("approved", False), ("failed", False)]
)
def test_a_closed_year_has_no_run_that_could_pay(state: RunState, holds: bool) -> None:
    assert invariants.nothing_after_close(True, [replace(RUN, state=state)]).holds is holds
    assert invariants.nothing_after_close(False, [replace(RUN, state=state)]).holds


def test_a_replayed_decision_is_the_same_bytes() -> None:
    assert invariants.replayed([(b"a", b"a")]).holds
    assert not invariants.replayed([(b"a", b"a"), (b"a", b"b")]).holds


def test_what_does_not_hold_is_raised_by_name_and_without_naming_anybody() -> None:
    with pytest.raises(invariants.InvariantViolationError) as found:
        invariants.require(
            invariants.equal("sums", 1, 2),
            invariants.within_premium([replace(FIRST, amount=94596)], PREMIUMS.__getitem__),
        )
    assert str(found.value) == "sums: 0.01 / 0.02; within-premium: 2 / 0"
    invariants.require(invariants.equal("sums", 2, 2))
