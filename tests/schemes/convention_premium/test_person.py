"""Rules 8 to 11: several practices, earlier payments, recoveries, holds, closed dossiers."""

import re
from typing import Any

import pytest

from tegemoet.domain.money import ZERO
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.convention_premium.rules import amount_paid, decide, decide_person
from tests.schemes.convention_premium.builders import (
    JUNE,
    YEAR_2023,
    amounts,
    decided,
    eur,
    found,
    payment,
    person,
    practice,
    read,
    riziv,
    titular,
)

NURSE = practice("nurse", serial=410000)
MIDWIFE = practice("midwife", serial=420000)
LOST: dict[str, Any] = {"conventions": []}
BELOW = practice("nurse", serial=410000, s1="0.00", year="0.00")


# --- several practices ----------------------------------------------------------------------------


def test_of_several_practices_the_highest_premium_is_due_in_any_order() -> None:
    for practices in ((NURSE, MIDWIFE), (MIDWIFE, NURSE)):
        done = decided(person(*practices))
        assert (done.target, done.payable, done.kind) == (eur("975.49"), eur("975.49"), "premium")
        highest = next(f for f in done.ruling.findings if f.rule == "highest-premium")
        assert highest.facts == {
            "riziv_number": riziv(420000),
            "profession": "midwife",
            "premium": "975.49",
            "candidates": 2,
        }
        assert highest.source == YEAR_2023.sources["several"]


def test_the_premium_of_the_only_practice_rests_on_the_table() -> None:
    (highest,) = (f for f in decided(person(NURSE)).ruling.findings if f.rule == "highest-premium")
    assert highest.source == YEAR_2023.sources["amounts"]


def test_of_equal_premiums_the_lowest_number_is_booked() -> None:
    surgeon, internist = (
        practice("physician", specialism, serial=serial)
        for specialism, serial in (("surgery", 110001), ("internal-medicine", 110000))
    )
    for practices in ((surgeon, internist), (internist, surgeon)):
        done = decided(person(*practices))
        assert done.payable == eur("1045.32")
        assert done.winner is not None
        assert done.winner.number == riziv(110000)[:8]


def test_a_tie_with_what_was_paid_pays_nothing_more() -> None:
    one = practice("physician", "surgery", serial=110001)
    other = practice("physician", "internal-medicine", serial=110000)
    done = decided(person(one, other, paid=[payment(one, "1045.32")]))
    assert (done.payable, done.recovery, done.state) == (ZERO, ZERO, "closed")
    assert found(done)["difference"] == "not-needed"


def test_the_higher_practice_that_is_refused_gives_way_to_the_lower() -> None:
    done = decided(person(NURSE, MIDWIFE | LOST))
    assert (done.ruling.outcome, done.target, done.state) == ("granted", eur("945.95"), "closed")
    assert [a.outcome for a in done.assessments] == ["granted", "refused"]


def test_a_refusal_names_every_rule_that_failed() -> None:
    failed = decided(person(practice(year="1.00", s1="0.00", conventions=[], paid_to_another="1.00")))
    assert {rule for rule, outcome in found(failed).items() if outcome == "not-met"} == {
        "full-convention",
        "activity",
        "paid-to-another",
    }


def test_every_practice_explains_itself_in_the_order_of_the_rules() -> None:
    rules = [f.rule for f in decided(person(NURSE, titular(), paid=[payment(NURSE, "945.95")])).ruling.findings]
    assert rules == [
        "sector",
        "full-convention",
        "activity",
        "sector",
        "full-convention",
        "pharmacy",
        "tariff-office",
        "account",
        "highest-premium",
        "difference",
    ]


def test_a_profession_that_takes_no_part_this_year_is_refused_and_asked_nothing_else() -> None:
    text = re.sub(r"\{ profession = \"nurse\".*\n", "", YEAR_2023.text)
    done = decide_person(read(person(NURSE)), JUNE, read_parameters("2023", text))
    assert [(f.rule, f.outcome) for f in done.ruling.findings] == [("sector", "not-met")]
    assert (done.ruling.outcome, done.assessments[0].outcome, done.state) == ("refused", "refused", "closed")
    assert (done.target, done.payable, done.assessments[0].premium) == (ZERO, ZERO, ZERO)


HOUSE = practice("nurse", s1=None, year=None, medical_house_weekly_hours="7.6")
OFFICE = titular()
MINE = {"riziv_number": riziv(410000)}
OFFICES = {"riziv_number": riziv(210000)}


@pytest.mark.parametrize(
    ("case", "rule", "facts"),
    [
        (person(NURSE), "sector", MINE | {"profession": "nurse"}),
        (
            person(NURSE),
            "full-convention",
            MINE | {"from": "2023-02-15", "until": "2023-12-31", "granted": None, "first_gap": None},
        ),
        (
            person(NURSE | {"number_granted_on": "2023-05-10"} | LOST, phase=1),
            "full-convention",
            MINE | {"from": "2023-05-10", "until": "2023-12-05", "granted": "2023-05-10", "first_gap": "2023-05-10"},
        ),
        (person(BELOW), "activity", MINE | {"phase": 2, "seen": "0.00", "threshold": "11455.60"}),
        (person(NURSE, phase=1), "activity", MINE | {"phase": 1, "seen": "500000.00", "threshold": "11455.60"}),
        (
            person(practice(s1="2.00", year="1.00")),
            "year-amount",
            MINE | {"first_semester": "2.00", "whole_year": "1.00"},
        ),
        (person(HOUSE), "medical-house", MINE | {"hours": "7.60", "needed": "7.60"}),
        (
            person(practice("dentist", "orthodontics", serial=410000, training=True)),
            "training",
            MINE,
        ),
        (person(OFFICE), "pharmacy", OFFICES | {"pharmacy_id": "ph-1", "payee": riziv(210000)[:8]}),
        (person(OFFICE), "tariff-office", OFFICES | {"tariff_office": "office-1"}),
        (
            person(OFFICE, titular("ph-2", serial=220000)),
            "several-pharmacies",
            OFFICES | {"pharmacy_id": "ph-1", "payee": riziv(210000)[:8]},
        ),
        (person(NURSE | {"paid_to_another": "1.5"}), "paid-to-another", MINE | {"paid": "1.50"}),
        (person(NURSE), "account", {"deadline": "2024-05-31", "registered_on": "2023-03-01"}),
        (person(NURSE, accounts=(), phase=1), "account", {"deadline": "2023-11-30", "registered_on": None}),
    ],
)
def test_a_finding_holds_the_facts_it_looked_at(case: dict[str, Any], rule: str, facts: dict[str, Any]) -> None:
    assert next(f.facts for f in decided(case).ruling.findings if f.rule == rule) == facts


# --- what was paid --------------------------------------------------------------------------------


def test_a_phase_that_is_run_again_pays_only_what_is_still_due() -> None:
    for phase in (1, 2):
        done = decided(person(NURSE, MIDWIFE, phase=phase, paid=[payment(NURSE, "945.95")]))
        assert (done.payable, done.kind) == (eur("29.54"), "difference")
        full = [payment(NURSE, "945.95"), payment(MIDWIFE, "29.54", phase=phase, number=2)]
        assert decided(person(NURSE, MIDWIFE, phase=phase, paid=full)).payable == ZERO


def test_what_came_back_is_due_again() -> None:
    paid = [payment(NURSE, "945.95"), payment(NURSE, "945.95", kind="return", number=2)]
    done = decided(person(NURSE, paid=paid))
    assert (done.payable, done.recovery, done.kind) == (eur("945.95"), ZERO, "premium")
    assert "paid-before" not in amounts(done)


def test_payments_add_up_and_returns_are_taken_off() -> None:
    paid = [
        payment(NURSE, "100.00"),
        payment(NURSE, "0.01", number=2),
        payment(NURSE, "99.99", kind="return", number=3),
    ]
    assert amount_paid(read(person(NURSE, paid=paid)).paid) == eur("0.02")
    assert amount_paid(()) == ZERO


def test_one_cent_short_is_paid_and_one_cent_over_is_a_recovery() -> None:
    short = decided(person(NURSE, paid=[payment(NURSE, "945.94")]))
    assert (short.payable, short.recovery, short.state) == (eur("0.01"), ZERO, "closed")
    exact = decided(person(NURSE, paid=[payment(NURSE, "945.95")]))
    assert (exact.payable, exact.recovery, exact.state) == (ZERO, ZERO, "closed")
    over = decided(person(NURSE, paid=[payment(NURSE, "945.96")]))
    assert (over.payable, over.recovery, over.state) == (ZERO, eur("0.01"), "open")


def test_the_total_of_a_decision_is_what_the_phase_pays() -> None:
    ruling = decide(read(person(NURSE, MIDWIFE, paid=[payment(NURSE, "945.95")])), JUNE, YEAR_2023)
    assert ruling.total == eur("29.54")
    assert [(a.kind, a.unit, a.first, a.last) for a in ruling.amounts] == [
        ("premium", "once", None, None),
        ("paid-before", "once", None, None),
        ("payable", "once", None, None),
    ]
    nothing = decide(read(person(BELOW)), JUNE, YEAR_2023)
    assert ([(a.kind, a.amount) for a in nothing.amounts], nothing.total) == ([("payable", ZERO)], ZERO)


# --- recovery -------------------------------------------------------------------------------------


def test_what_phase_2_finds_not_due_is_reported_and_never_taken_back() -> None:
    done = decided(person(NURSE | LOST, paid=[payment(NURSE, "945.95")]))
    assert (done.ruling.outcome, done.payable, done.recovery, done.state) == ("refused", ZERO, eur("945.95"), "open")
    assert amounts(done) == {"paid-before": eur("945.95"), "payable": ZERO, "recovery": eur("945.95")}
    (exception,) = done.exceptions
    assert (exception.kind, exception.subject) == ("recovery", f"{riziv(410000)[:8]}.94595")
    assert exception.facts == {"paid": "945.95", "due": "0.00", "recovery": "945.95"}
    assert found(done)["recovery"] == "unknown"


def test_where_a_lower_premium_remains_due_the_rest_is_a_recovery() -> None:
    done = decided(person(NURSE, MIDWIFE | LOST, paid=[payment(MIDWIFE, "975.49")]))
    assert (done.payable, done.recovery, done.state) == (ZERO, eur("29.54"), "open")
    assert done.exceptions[0].facts == {"paid": "975.49", "due": "945.95", "recovery": "29.54"}


def test_only_the_difference_is_paid_where_a_higher_premium_replaces_the_paid_one() -> None:
    done = decided(person(NURSE | LOST, MIDWIFE, paid=[payment(NURSE, "945.95")]))
    assert (done.payable, done.recovery, done.exceptions, done.state) == (eur("29.54"), ZERO, [], "closed")


def test_phase_1_recovers_nothing() -> None:
    done = decided(person(NURSE | LOST, phase=1, paid=[payment(NURSE, "945.95")]))
    assert (done.payable, done.recovery, done.exceptions) == (ZERO, ZERO, [])


def test_a_recovery_that_a_person_settled_closes_the_dossier() -> None:
    done = decided(person(NURSE | LOST, paid=[payment(NURSE, "945.95")], recovery_settled=True))
    assert (done.recovery, done.exceptions, done.state) == (eur("945.95"), [], "closed")
    assert found(done)["recovery"] == "not-needed"


@pytest.mark.parametrize(
    ("waiting", "recovery"), [("midwife", "0.00"), ("orthopaedic-technician", "0.34"), ("bandage-maker", "0.00")]
)
def test_what_still_waits_may_be_due_and_only_the_rest_is_recovered(waiting: str, recovery: str) -> None:
    held = practice(waiting, serial=420000, held="identity-conflict")
    done = decided(person(NURSE | LOST, held, paid=[payment(NURSE, "945.95")]))
    assert (done.ruling.outcome, done.payable, done.recovery, done.state) == ("pending", ZERO, eur(recovery), "open")


def test_the_recovery_of_several_practices_is_listed_under_the_lowest_number() -> None:
    done = decided(person(MIDWIFE | LOST, NURSE | LOST, paid=[payment(MIDWIFE, "975.49")]))
    assert done.exceptions[0].subject == f"{riziv(410000)[:8]}.97549"


# --- holds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [1, 2])
def test_nothing_is_paid_on_a_held_number(phase: int) -> None:
    done = decided(person(NURSE | {"held": "identity-conflict"}, phase=phase))
    assert (done.ruling.outcome, done.payable, done.state) == ("pending", ZERO, "open")
    assert found(done)["identity-conflict"] == "unknown"


def test_a_held_number_is_pending_whatever_else_fails() -> None:
    done = decided(person(NURSE | LOST | {"held": "identity-conflict"}))
    assert (done.ruling.outcome, done.state) == ("pending", "open")


def test_a_held_number_does_not_keep_another_practice_from_being_paid() -> None:
    done = decided(person(NURSE, MIDWIFE | {"held": "identity-conflict"}))
    assert (done.ruling.outcome, done.payable, done.state) == ("granted", eur("945.95"), "open")


def test_a_number_that_was_paid_to_somebody_else_is_not_paid_again() -> None:
    done = decided(person(NURSE | {"paid_to_another": "945.95"}))
    assert (done.ruling.outcome, done.payable, done.state) == ("refused", ZERO, "closed")
    facts = next(f.facts for f in done.ruling.findings if f.rule == "paid-to-another")
    assert facts["paid"] == "945.95"
    assert decided(person(NURSE | {"paid_to_another": "0.01"})).ruling.outcome == "refused"
    assert decided(person(NURSE | {"paid_to_another": "0.00"})).ruling.outcome == "granted"


@pytest.mark.parametrize("amount", ["945.95", "0.01"])
def test_a_person_sees_what_was_paid_to_somebody_else(amount: str) -> None:
    (exception,) = decided(person(NURSE | {"paid_to_another": amount})).exceptions
    cents = amount.replace(".", "").lstrip("0")
    assert exception.id == f"paid-to-another.{riziv(410000)[:8]}.{cents}"
    assert exception.facts == {"riziv_number": NURSE["riziv_number"], "paid": amount}


@pytest.mark.parametrize(("paid", "payable"), [("945.94", "29.55"), ("975.49", "0.00"), ("975.50", "0.00")])
def test_what_was_paid_as_another_person_is_not_paid_again(paid: str, payable: str) -> None:
    done = decided(person(MIDWIFE, paid_as_another=paid))
    assert (done.payable, done.recovery, done.kind) == (eur(payable), ZERO, "difference")
    assert amounts(done)["paid-before"] == eur(paid)


def test_what_was_paid_as_another_person_adds_to_what_was_paid_and_is_not_recovered() -> None:
    done = decided(person(MIDWIFE, paid=[payment(NURSE, "100.00")], paid_as_another="845.95"))
    assert (done.payable, amounts(done)["paid-before"]) == (eur("29.54"), eur("945.95"))
    lost = decided(person(NURSE | LOST, paid=[payment(NURSE, "100.00")], paid_as_another="845.95"))
    assert (lost.payable, lost.recovery) == (ZERO, eur("100.00"))


# --- open or closed -------------------------------------------------------------------------------


def test_a_dossier_stays_open_through_phase_1_and_closes_with_phase_2() -> None:
    for one in (NURSE, BELOW, NURSE | LOST):
        assert decided(person(one, phase=1)).state == "open"
        assert decided(person(one)).state == "closed"


def test_a_year_amount_that_waits_keeps_the_dossier_open_and_the_rest_is_paid() -> None:
    waiting = practice("midwife", serial=420000, s1="1000.00", year=None)
    done = decided(person(NURSE, waiting))
    assert (done.ruling.outcome, done.payable, done.state) == ("granted", eur("945.95"), "open")


def test_what_waits_decides_between_pending_and_refused() -> None:
    below = practice("midwife", serial=420000, s1="0.00", year="0.00")
    assert decided(person(NURSE | LOST, below, phase=1)).ruling.outcome == "pending"
    assert decided(person(NURSE | LOST, below)).ruling.outcome == "refused"
