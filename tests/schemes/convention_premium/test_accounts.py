"""Rule 7: an account by 30 November 2023 for the first payment, by 31 May 2024 for the second."""

from datetime import date

import pytest

from tegemoet.domain.money import ZERO
from tegemoet.schemes.convention_premium.case import Account
from tegemoet.schemes.convention_premium.rules import latest_account
from tests.schemes.convention_premium.builders import decided, eur, found, person, practice


@pytest.mark.parametrize(
    ("registered", "outcome"), [("2023-11-29", "granted"), ("2023-11-30", "granted"), ("2023-12-01", "pending")]
)
def test_phase_1_pays_on_an_account_of_30_november_and_not_of_the_day_after(registered: str, outcome: str) -> None:
    done = decided(person(practice(), phase=1, accounts=(registered,)))
    assert done.ruling.outcome == outcome
    assert done.payable == (eur("945.95") if outcome == "granted" else ZERO)


@pytest.mark.parametrize(
    ("registered", "outcome"), [("2024-05-30", "granted"), ("2024-05-31", "granted"), ("2024-06-01", "refused")]
)
def test_phase_2_pays_on_an_account_of_31_may_and_refuses_one_of_the_day_after(registered: str, outcome: str) -> None:
    done = decided(person(practice(), accounts=(registered,)))
    assert done.ruling.outcome == outcome
    assert done.payable == (eur("945.95") if outcome == "granted" else ZERO)
    assert done.state == "closed"


def test_without_an_account_phase_1_waits_and_says_until_when() -> None:
    done = decided(person(practice(), phase=1, accounts=()))
    assert (done.ruling.outcome, found(done)["account"], done.state) == ("pending", "unknown", "open")
    (missing,) = done.ruling.missing
    assert (missing.rule, missing.field) == ("account", "/accounts")
    assert (missing.needed, missing.seen) == ("registered by 2023-11-30", "none")


def test_a_late_account_says_when_it_was_registered() -> None:
    done = decided(person(practice(), accounts=("2024-06-02",)))
    (missing,) = done.ruling.missing
    assert (missing.needed, missing.seen) == ("registered by 2024-05-31", "2024-06-02")
    facts = next(f.facts for f in done.ruling.findings if f.rule == "account")
    assert facts == {"deadline": "2024-05-31", "registered_on": "2024-06-02"}


@pytest.mark.parametrize(("on", "outcome"), [("2024-05-31", "pending"), ("2024-06-01", "refused")])
def test_nobody_is_refused_for_lack_of_an_account_before_the_last_deadline(on: str, outcome: str) -> None:
    done = decided(person(practice(), accounts=()), on)
    assert (done.ruling.outcome, done.payable) == (outcome, ZERO)
    assert done.state == ("closed" if outcome == "refused" else "open")


def test_phase_1_never_refuses_for_lack_of_an_account() -> None:
    for on in ("2023-12-01", "2024-06-30"):
        assert decided(person(practice(), phase=1, accounts=()), on).ruling.outcome == "pending"


def test_an_account_that_is_registered_after_the_evaluation_day_is_not_seen_yet() -> None:
    assert decided(person(practice(), accounts=("2024-05-20",)), "2024-05-20").ruling.outcome == "granted"
    assert decided(person(practice(), accounts=("2024-05-20",)), "2024-05-19").ruling.outcome == "pending"
    assert decided(person(practice(), accounts=("2024-06-16",)), "2024-06-15").ruling.outcome == "refused"


def test_the_earliest_registration_settles_the_deadline_in_any_order() -> None:
    for accounts in (("2023-11-30", "2024-06-10"), ("2024-06-10", "2023-11-30")):
        for phase in (1, 2):
            assert decided(person(practice(), phase=phase, accounts=accounts)).ruling.outcome == "granted"


def test_the_account_that_is_paid_is_the_latest_one_registered_by_the_evaluation_day() -> None:
    old, new, later = (
        Account(date.fromisoformat(day), iban)
        for day, iban in (
            ("2023-03-01", "BE68539007547034"),
            ("2024-06-15", "BE71096123456769"),
            ("2024-06-16", "NL91ABNA0417164300"),
        )
    )
    for accounts in ((old, new, later), (later, new, old)):
        assert latest_account(accounts, date(2024, 6, 15)) == new
        assert latest_account(accounts, date(2024, 6, 14)) == old
    assert latest_account((old,), date(2023, 2, 28)) is None
    assert latest_account((), date(2024, 6, 15)) is None


def test_an_account_is_asked_only_of_who_is_entitled() -> None:
    refused = decided(person(practice(conventions=[]), accounts=()))
    assert "account" not in found(refused)
    assert [m.rule for m in refused.ruling.missing] == []
    below = decided(person(practice(s1="0.00", year=None), phase=1, accounts=()))
    assert ("account" in found(below), below.ruling.outcome) == (False, "pending")
