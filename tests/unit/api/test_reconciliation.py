"""The route of the reconciliation: where the money is, what does not fit, and who may read it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.support.api_world import OPERATOR, PARTNER, READER, TREASURER
from tests.support.api_years import YEAR, Year
from tests.support.premium_world import DECEMBER, account, provider, riziv, two_shards

PATH = f"{YEAR}/reconciliation"
NURSES = [riziv(400_001), riziv(400_002)]


@pytest.fixture
def year() -> Iterator[Year]:
    """Phase 1 is released: two nurses are paid with one file for the bank."""
    with two_shards():
        made = Year()
        made.premium.pay_from()
        for number in NURSES:
            made.premium.drop([*provider(number, number, s1=20_000), account(number)])
        made.premium.run(1, DECEMBER)
        yield made


def test_it_says_where_the_money_of_each_run_is(year: Year) -> None:
    found = year.get(PATH, OPERATOR).body
    [file] = year.premium.bank_files()
    places = {name: amount for name, amount in found["money"].items() if amount != "0.00"}
    assert places == dict.fromkeys(("decided", "in_ledger", "in_files", "unanswered"), "1891.90")
    assert found["holds"]
    assert all(check["holds"] and not check["misfits"] for check in found["checks"])
    [run] = found["runs"]
    assert (run["phase"], run["bank_files"], run["money"]) == (1, True, found["money"])
    assert [phase["money"]["decided"] for phase in found["phases"]] == ["1891.90", "0.00"]
    assert found["waiting"] == [
        {
            "message_id": file.message_id,
            "execution": file.execution,
            "answer_by": file.answer_by,
            "transfers": 2,
            "amount": "1891.90",
        }
    ]
    year.clock.at = year.clock.at.replace(year=year.clock.at.year + 1)
    aged = [age for age in year.get(PATH, TREASURER).body["outstanding"] if age["transfers"]]
    assert aged == [{"first": 31, "last": None, "transfers": 2, "amount": "1891.90"}]


def test_a_cent_that_does_not_fit_is_named_by_the_id_of_its_entry(year: Year) -> None:
    [key, entry] = next((key, entry) for key, entry in year.ledger.items.items() if entry.kind == "payment")
    year.ledger.items[key] = replace(entry, amount=entry.amount + 1)
    answer = year.get(PATH, READER)
    assert not answer.body["holds"]
    misfits = {check["check"]: check["misfits"] for check in answer.body["checks"] if not check["holds"]}
    assert misfits == {
        f"ledger-equals-decided {entry.run}": [{"id": entry.entry_id, "left": "945.96", "right": "945.95"}],
        f"files-equal-ledger {entry.run}": [{"id": entry.entry_id, "left": "945.95", "right": "945.96"}],
    }
    assert not any(number in answer.text for number in NURSES)


def test_a_year_without_a_premium_is_not_found_and_no_partner_reads_one(year: Year) -> None:
    assert year.get("/v1/premium-years/1999/reconciliation", OPERATOR).status == 404
    assert year.get(PATH, PARTNER).status == 403


def test_what_the_account_needs_is_told_per_execution_day_before_the_approval(year: Year) -> None:
    [file] = year.premium.bank_files()
    year.clock.at = datetime.fromisoformat(f"{file.execution}T08:00:00+00:00") - timedelta(days=1)
    year.premium.drop([*provider("3", riziv(400_003), s1=20_000), account("3")])
    run = year.premium.evaluate(year.premium.start(1, DECEMBER, "again"))
    needed = year.get(PATH, TREASURER).body["cash"]
    assert needed[0] == {"execution": file.execution, "released": "1891.90", "waiting": "0.00"}
    assert [need["waiting"] for need in needed[1:]] == ["945.95"]
    year.premium.approve(run)
    year.premium.pay(run)
    _, later = year.premium.bank_files()
    assert needed[1]["execution"] == later.execution
    cash = year.get(PATH, TREASURER).body["cash"]
    assert cash[1] == {"execution": later.execution, "released": "945.95", "waiting": "0.00"}
    year.premium.withdraw(later.message_id)
    assert year.get(PATH, TREASURER).body["cash"] == needed[:1]
    year.clock.at = datetime.fromisoformat(f"{file.execution}T23:59:59+00:00")
    assert year.get(PATH, TREASURER).body["cash"] == needed[:1]
    year.clock.at += timedelta(seconds=1)
    assert year.get(PATH, TREASURER).body["cash"] == []


def test_the_picture_has_the_same_amounts_in_the_language_asked_for(year: Year) -> None:
    answer = year.get(f"{PATH}/picture", OPERATOR, lang="fr")
    assert answer.status == 200
    assert "Où se trouve l'argent de l'année de prime 2023" in answer.text
    assert "1.891,90" in answer.text.replace("\u202f", ".").replace("\u00a0", ".")
    assert year.get(f"{PATH}/picture", OPERATOR, lang="xx").status == 404
    assert year.get(f"{PATH}/picture", PARTNER).status == 403
