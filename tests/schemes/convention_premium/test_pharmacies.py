"""Rule 6: a fixed amount per pharmacy, once a year, to its titular, through the tariff office."""

from datetime import date
from typing import Any

import pytest

from tegemoet.domain.money import ZERO
from tegemoet.schemes.convention_premium.practices import assess_titular
from tegemoet.schemes.convention_premium.year import premium_year
from tests.schemes.convention_premium.builders import (
    DECEMBER,
    JUNE,
    YEAR_2023,
    decided,
    eur,
    found,
    judged,
    payment,
    person,
    practice,
    read,
    riziv,
    titular,
)


@pytest.mark.parametrize("phase", [1, 2])
def test_a_titular_is_paid_without_amounts_and_without_an_account_of_his_own(phase: int) -> None:
    done = decided(person(titular(), phase=phase, accounts=()))
    assert (done.ruling.outcome, done.payable, done.kind) == ("granted", eur("1790.00"), "pharmacy")
    assert found(done)["tariff-office"] == "met"
    assert "account" not in found(done)


@pytest.mark.parametrize("phase", [1, 2])
def test_a_tariff_office_without_an_account_is_waited_for(phase: int) -> None:
    done = decided(person(titular(account=False), phase=phase))
    assert (done.ruling.outcome, done.payable, done.state) == ("pending", ZERO, "open")
    assert found(done)["tariff-office"] == "unknown"
    (missing,) = done.ruling.missing
    assert (missing.rule, missing.field, missing.seen) == ("tariff-office", "/tariff-offices", "none")


def test_a_titular_needs_the_convention_like_anybody() -> None:
    assert judged(titular() | {"conventions": []}).outcome == "refused"
    gap = [{"status": "full", "from": "2023-02-16"}]
    assert judged(titular() | {"conventions": gap}).outcome == "refused"


def test_of_several_titulars_the_payee_is_paid_and_the_other_is_told_who_it_is() -> None:
    payee, other = titular(serial=210000, payee=riziv(210000)[:8]), titular(serial=220000, payee=riziv(210000)[:8])
    assert decided(person(payee)).payable == eur("1790.00")
    told = decided(person(other))
    assert (told.ruling.outcome, told.payable, found(told)["pharmacy"]) == ("refused", ZERO, "not-met")
    assert next(f for f in told.ruling.findings if f.rule == "pharmacy").facts["payee"] == riziv(210000)[:8]


def test_a_payee_may_be_written_with_eight_or_eleven_digits() -> None:
    for payee in (riziv(210000), riziv(210000)[:8], riziv(210000, "999")):
        assert judged(titular(serial=210000, payee=payee)).outcome == "granted"


def test_a_titular_is_assessed_for_the_pharmacy_before_anybody_is_its_payee() -> None:
    year = premium_year(YEAR_2023)

    def eligible(one: dict[str, Any], phase: int, on: date) -> bool:
        return assess_titular(read(person(one)).practices[0], phase, on, year)

    for phase, on in ((1, DECEMBER), (2, JUNE)):
        assert eligible(titular(payee=riziv(220000)), phase, on)
        assert eligible(titular(account=False), phase, on)
        assert not eligible(titular() | {"conventions": []}, phase, on)
        assert not eligible(titular() | {"held": "identity-conflict"}, phase, on)
        assert not eligible(titular() | {"paid_to_another": "1790.00"}, phase, on)
    late = titular() | {"number_granted_on": "2023-12-06", "conventions": [{"status": "full", "from": "2023-12-06"}]}
    assert not eligible(late, 1, DECEMBER)
    assert eligible(late, 2, JUNE)


@pytest.mark.parametrize("phase", [1, 2])
def test_a_titular_of_several_pharmacies_is_for_a_person_to_decide(phase: int) -> None:
    done = decided(person(titular("ph-2", serial=210000), titular("ph-1", serial=220000), phase=phase))
    assert (done.ruling.outcome, done.payable, done.state) == ("pending", ZERO, "open")
    (exception,) = done.exceptions
    assert (exception.kind, exception.subject) == ("several-pharmacies", riziv(210000)[:8])
    assert exception.facts == {"pharmacies": ["ph-1", "ph-2"]}
    assert [f.outcome for f in done.ruling.findings if f.rule == "several-pharmacies"] == ["unknown", "unknown"]


def test_the_pharmacies_to_choose_from_are_listed_in_order() -> None:
    names = [f"ph-{n}" for n in (6, 1, 4, 2, 5, 3)]
    (exception,) = decided(person(*(titular(name, serial=210000 + n) for n, name in enumerate(names)))).exceptions
    assert exception.facts == {"pharmacies": sorted(names)}


def test_several_pharmacies_wait_for_a_person_whatever_else_fails() -> None:
    lost: dict[str, Any] = {"conventions": []}
    done = decided(person(titular("ph-1", serial=210000) | lost, titular("ph-2", serial=220000) | lost))
    assert ([a.outcome for a in done.assessments], done.state) == (["pending", "pending"], "open")


def test_the_chosen_pharmacy_is_paid_and_the_other_is_not() -> None:
    done = decided(person(titular("ph-1", serial=210000, chosen=False), titular("ph-2", serial=220000, chosen=True)))
    assert (done.payable, done.exceptions, done.state) == (eur("1790.00"), [], "closed")
    assert done.winner is not None
    assert done.winner.number == riziv(220000)[:8]
    assert [a.outcome for a in done.assessments] == ["refused", "granted"]
    assert found(done.assessments[0])["several-pharmacies"] == "not-met"


def test_a_choice_for_one_pharmacy_leaves_an_unanswered_one_open() -> None:
    done = decided(person(titular("ph-1", serial=210000, chosen=True), titular("ph-2", serial=220000)))
    assert [a.outcome for a in done.assessments] == ["granted", "pending"]
    assert [e.kind for e in done.exceptions] == ["several-pharmacies"]
    assert done.state == "open"


def test_a_titular_with_two_numbers_on_one_pharmacy_has_one_pharmacy() -> None:
    done = decided(person(titular("ph-1", serial=210000), titular("ph-1", serial=220000)))
    assert (done.exceptions, done.payable, done.target) == ([], eur("1790.00"), eur("1790.00"))


@pytest.mark.parametrize(("profession", "booked"), [("nurse", "pharmacist"), ("midwife", "pharmacist")])
def test_a_titular_with_another_profession_has_the_highest_of_the_two(profession: str, booked: str) -> None:
    done = decided(person(practice(profession), titular()))
    assert (done.payable, done.kind) == (eur("1790.00"), "pharmacy")
    assert done.winner is not None
    assert done.winner.profession == booked


def test_without_an_account_of_the_tariff_office_the_other_profession_is_paid() -> None:
    done = decided(person(practice(), titular(account=False)))
    assert (done.ruling.outcome, done.payable, done.state) == ("granted", eur("945.95"), "open")


def test_an_office_without_account_that_would_bring_no_more_is_not_waited_for() -> None:
    done = decided(person(titular(serial=210000), titular(serial=220000, account=False)))
    assert (done.ruling.outcome, done.payable, done.state) == ("granted", eur("1790.00"), "closed")


def test_an_office_without_account_is_not_waited_for_where_the_titular_is_refused() -> None:
    done = decided(person(titular(account=False) | {"conventions": []}))
    assert (done.ruling.outcome, done.state) == ("refused", "closed")


def test_a_nurse_paid_in_december_who_proves_to_be_a_titular_gets_the_difference() -> None:
    nurse = practice()
    done = decided(person(nurse, titular(), paid=[payment(nurse, "945.95")]))
    assert (done.payable, done.kind, done.recovery) == (eur("844.05"), "difference", ZERO)


def test_a_titular_who_was_paid_and_is_no_longer_entitled_is_a_recovery() -> None:
    lost = titular() | {"conventions": []}
    done = decided(person(lost, paid=[payment(lost, "1790.00") | {"pharmacy_id": "ph-1"}]))
    assert (done.payable, done.recovery, done.state) == (ZERO, eur("1790.00"), "open")
    assert [e.kind for e in done.exceptions] == ["recovery"]
