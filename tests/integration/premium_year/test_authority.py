"""Whose word counts: files of partners that nobody asked change no payment."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tegemoet.application.premium_year.ownership import hashed
from tegemoet.application.records import Run
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tests.support.fakes import FakeSecrets
from tests.support.fakes.partners import anything_of
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    convention,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

NURSE, OTHER = riziv(400_001), riziv(400_002)
VICTIM, THIEF = "BE68539007547034", "BE71096123456769"
LATE_MAY, LATER = "2023-05-01", "2023-06-02"


class Year(World):
    """A year in which `register` is the authority; any other partner may bring every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.registrations.append(anything_of("register"))
        for partner in ("partb", "rival"):
            self.registrations.append(replace(anything_of(partner), accounts_from=None, identities_from=None))

    def file(self, run: Run) -> dict[str, str]:
        """Payee → account, in the payment file of a run."""
        text = self.output.get(f"payments/{self.year}/phase-{run.phase}/{run.id}/payments.csv").decode()
        return {row["payee"]: row["iban"] for row in csv.DictReader(io.StringIO(text), delimiter=";")}

    def frozen_account(self, run: Run, person: str) -> str:
        """The account that the person is paid on in a run."""
        shard = shard_of(person, self.shards)
        (found,) = (frozen for frozen in self.folder(run).persons(shard) if frozen.person == person)
        assert found.account is not None
        return found.account["iban"]

    def asked(self, kind: str) -> dict[str, Any]:
        """The facts of every open exception of that kind, by id."""
        found = self.reviewed()
        return {e.id: dict(e.facts) for e in found if e.kind == kind and e.choice is None}

    def decide(self, kind: str, choice: str) -> str:
        """Choose for the one open exception of that kind; its id."""
        (question,) = self.asked(kind)
        self.choose(question, choice)
        return question


@pytest.fixture
def year() -> Iterator[Year]:
    with two_shards():
        yield Year()


def victim(iban: str = VICTIM) -> list[Any]:
    return [*provider("v1-victim", NURSE, s1=20_000), account("v1-victim", iban, LATE_MAY, "Victim")]


# --- accounts -------------------------------------------------------------------------------------


def test_an_account_of_a_partner_without_authority_waits_for_an_operator(year: Year) -> None:
    year.drop(victim(), "register")
    year.drop([account("v1-victim", THIEF, LATER, "Attacker")], "partb")
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: VICTIM}
    ((question, facts),) = year.asked("account-of-another-partner").items()
    assert facts == {
        "riziv_numbers": [NURSE[:8]],
        "claims": [{"partner": "partb", "batch": facts["claims"][0]["batch"]}],
        "registered_on": [LATER],
        "another_account_stands": True,
    }
    shown = orjson.dumps([question, facts]).decode()
    assert not [part for part in ("v1-victim", THIEF, "Attacker") if part in shown]


@pytest.mark.parametrize(("choice", "paid"), [("use-it", THIEF), ("leave-it", VICTIM)])
def test_a_choice_holds_for_that_account_of_that_person_and_asks_no_more(year: Year, choice: str, paid: str) -> None:
    year.drop(victim(), "register")
    year.drop([account("v1-victim", THIEF, LATER, "Attacker")], "partb")
    year.evaluate(run := year.start(1, DECEMBER))
    question = year.decide("account-of-another-partner", choice)
    year.approve(run, approve=False, reason="once more")
    # the same account again, by another partner and on another day
    year.drop([account("v1-victim", THIEF, "2023-06-03", "Attacker")], "rival")
    assert year.file(year.run(1, DECEMBER, "again")) == {NURSE[:8]: paid}
    assert year.asked("account-of-another-partner") == {}
    # another account of the same person, and the same account of another person, are new questions
    year.drop([account("v1-victim", "BE62510007547061", "2023-06-04")], "partb")
    year.drop([*provider("v1-other", OTHER, s1=20_000), account("v1-other", VICTIM)], "register")
    year.drop([account("v1-other", THIEF, LATER)], "partb")
    year.run(1, DECEMBER, "a third time")
    assert len(year.asked("account-of-another-partner").keys() - {question}) == 2


@pytest.mark.parametrize(("choice", "paid"), [("use-it", THIEF), ("leave-it", VICTIM)])
def test_a_choice_that_an_earlier_version_recorded_holds(year: Year, choice: str, paid: str) -> None:
    year.drop(victim(), "register")
    year.drop([account("v1-victim", THIEF, LATER, "Attacker")], "partb")
    earlier = YearException.about("account-of-another-partner", hashed("v1-victim", THIEF), {})
    year.runs.begin_year(YEAR, "v1")
    year.runs.keep_exceptions(YEAR, [earlier])
    year.choose(earlier.id, choice)
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: paid}
    assert year.asked("account-of-another-partner") == {}


def test_a_person_without_any_other_account_waits_for_the_operator(year: Year) -> None:
    year.drop(provider("v1-victim", NURSE, s1=20_000), "register")
    year.drop([account("v1-victim", THIEF, LATE_MAY)], "partb")
    assert year.file(year.run(1, DECEMBER)) == {}
    assert [facts["another_account_stands"] for facts in year.asked("account-of-another-partner").values()] == [False]
    year.decide("account-of-another-partner", "use-it")
    assert year.file(year.run(1, DECEMBER, "again")) == {NURSE[:8]: THIEF}


def test_an_account_of_a_second_authority_waits_where_another_ones_stands(year: Year) -> None:
    year.registrations.append(anything_of("desk"))
    year.drop(victim(), "register")
    year.drop([account("v1-victim", THIEF, LATER)], "desk")
    year.drop([*provider("v1-other", OTHER, s1=20_000), account("v1-other", THIEF)], "desk")
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: VICTIM, OTHER[:8]: THIEF}
    assert [facts["riziv_numbers"] for facts in year.asked("account-of-another-partner").values()] == [[NURSE[:8]]]


def test_a_new_authority_does_not_replace_the_account_that_stands(year: Year) -> None:
    year.drop([account("v1-victim", THIEF, LATE_MAY)], "partb")
    year.drop(victim(), "register")
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: VICTIM}
    year.registrations.append(replace(anything_of("partb"), number=2, at="2023-12-01T10:00:00Z"))
    year.clock.at += timedelta(days=1)
    year.drop([activity(NURSE, 60_000, whole_year=True)], "register")
    year.drop([*provider("v1-other", OTHER, s1=20_000), account("v1-other", THIEF)], "partb")
    paid = year.evaluate(year.start(2, JUNE))
    assert [facts["claims"][0]["partner"] for facts in year.asked("account-of-another-partner").values()] == ["partb"]
    assert year.frozen_account(paid, "v1-victim") == VICTIM
    assert year.frozen_account(paid, "v1-other") == THIEF


def test_the_account_of_a_successor_is_one_of_the_same_authority(year: Year) -> None:
    year.drop(victim(), "register")
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    year.drop([account("v1-victim", THIEF, LATER)], "new-register")
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: THIEF}
    assert year.asked("account-of-another-partner") == {}


def test_the_account_of_somebody_without_a_number_asks_nothing(year: Year) -> None:
    year.drop(victim(), "register")
    year.drop([account("v1-nobody", THIEF, LATER)], "partb")
    year.run(1, DECEMBER)
    assert year.asked("account-of-another-partner") == {}


def test_a_run_that_is_resumed_believes_whom_it_believed_when_it_began(year: Year) -> None:
    year.drop(victim(), "register")
    year.drop([account("v1-victim", THIEF, LATER)], "partb")
    run = year.start(1, DECEMBER)
    year.make_plan(run)
    year.registrations.append(replace(anything_of("partb"), number=2))
    year.evaluate(run)
    year.approve(run)
    assert year.file(year.pay(run)) == {NURSE[:8]: VICTIM}


# --- identities -----------------------------------------------------------------------------------


def test_an_identity_of_a_partner_without_authority_redirects_nothing(year: Year) -> None:
    year.drop(victim(), "register")
    year.drop([identity("v1-attacker", "v1-victim"), account("v1-attacker", THIEF, LATER)], "partb")
    run = year.run(1, DECEMBER)
    assert year.file(run) == {NURSE[:8]: VICTIM}
    assert set(year.paid()) == {"v1-victim"}
    ((question, facts),) = year.asked("identity-of-another-partner").items()
    assert facts["riziv_numbers"] == [NURSE[:8]]
    assert [claim["partner"] for claim in facts["claims"]] == ["partb"]
    assert "v1-" not in orjson.dumps([question, facts]).decode()
    year.choose(question, "leave-it")
    year.drop([identity("v1-attacker", "v1-victim")], "rival")
    year.run(1, DECEMBER, "again")
    assert year.asked("identity-of-another-partner") == {}


def test_a_dossier_does_not_believe_an_identity_of_a_partner_without_authority(year: Year) -> None:
    year.drop(victim(), "register")
    year.drop([practice("v1-attacker", OTHER), activity(OTHER, 20_000)], "partb")
    year.drop([identity("v1-victim", "v1-attacker")], "partb")
    year.run(1, DECEMBER)
    assert len(year.dossier(NURSE[:8]).entries) == 1
    assert year.dossier(OTHER[:8]).entries == []
    year.decide("identity-of-another-partner", "use-it")
    year.run(1, DECEMBER, "again")
    assert len(year.dossier(OTHER[:8]).entries) == 1


def test_an_identity_that_an_operator_uses_joins_the_two_persons(year: Year) -> None:
    year.drop(provider("v1-new", NURSE, s1=20_000), "register")
    year.drop([account("v1-old", VICTIM)], "register")
    year.drop([identity("v1-old", "v1-new")], "partb")
    assert year.file(year.run(1, DECEMBER)) == {}
    year.decide("identity-of-another-partner", "use-it")
    assert year.file(year.run(1, DECEMBER, "again")) == {NURSE[:8]: VICTIM}
    assert set(year.paid()) == {"v1-old"}


def test_an_authority_stands_where_a_second_one_says_something_else(year: Year) -> None:
    year.registrations.append(anything_of("desk"))
    year.drop([*provider("v1-b", NURSE, s1=20_000), account("v1-a", VICTIM), identity("v1-a", "v1-b")], "register")
    year.drop([identity("v1-a", "v1-c")], "desk")
    assert year.file(year.run(1, DECEMBER)) == {NURSE[:8]: VICTIM}
    assert len(year.asked("identity-of-another-partner")) == 1


# --- keys -----------------------------------------------------------------------------------------


def test_who_claims_a_public_number_first_does_not_shut_out_its_real_partner(year: Year) -> None:
    year.drop([practice("v1-attacker", NURSE), account("v1-attacker", THIEF)], "rival")
    year.drop(victim(), "register")
    assert year.file(year.run(1, DECEMBER)) == {}, "an unpaid number is held"
    ((question, facts),) = year.asked("key-of-another-partner").items()
    assert facts["partners"] == ["register", "rival"]
    assert {claim["partner"] for claim in facts["claims"]} == {"register", "rival"}
    year.choose(question, "register")
    run = year.run(1, DECEMBER, "again")
    assert year.file(run) == {NURSE[:8]: VICTIM}
    assert year.asked("key-of-another-partner") == {}
    # the rival's next row changes nothing and asks nothing any more
    year.drop([practice("v1-attacker", NURSE)], "rival")
    year.run(1, DECEMBER, "a third time")
    assert year.asked("key-of-another-partner") == {}
    assert set(year.paid()) == {"v1-victim"}


@pytest.mark.parametrize(
    "row",
    [
        practice("v1-attacker", NURSE),
        convention(NURSE, "none", "2023-03-01", "2023-03-31"),
        activity(NURSE, 1),
    ],
    ids=lambda row: str(row["kind"]),
)
def test_a_row_of_a_second_partner_is_not_used_and_holds_what_is_not_paid(year: Year, row: Any) -> None:
    year.drop(victim(), "register")
    year.drop([row], "rival")
    run = year.run(1, DECEMBER)
    assert year.file(run) == {}
    decision = year.decision(run, "v1-victim")
    assert decision["outcome"] == "pending"
    assert "key-of-another-partner" in {finding["rule"] for finding in decision["explanation"]}
    year.decide("key-of-another-partner", "register")
    assert year.file(year.run(1, DECEMBER, "again")) == {NURSE[:8]: VICTIM}


def test_what_was_paid_is_not_held_by_a_second_partners_row(year: Year) -> None:
    year.drop(victim(), "register")
    year.run(1, DECEMBER)
    year.drop([practice("v1-attacker", NURSE), convention(NURSE, "none")], "rival")
    year.drop([activity(NURSE, 20_000, whole_year=True)], "register")
    run = year.run(2, JUNE)
    assert year.decision(run, "v1-victim")["outcome"] == "granted"
    assert year.asked("recovery") == {}
    assert len(year.asked("key-of-another-partner")) == 2


def test_a_third_partner_opens_no_question_that_was_answered(year: Year) -> None:
    year.registrations.append(anything_of("third"))
    year.drop([practice("v1-attacker", NURSE)], "rival")
    year.drop(victim(), "register")
    year.run(1, DECEMBER)
    year.decide("key-of-another-partner", "register")
    year.drop([practice("v1-x", NURSE)], "third", at=0)  # written before all, and processed last
    run = year.run(1, DECEMBER, "again")
    assert [facts["partners"] for facts in year.asked("key-of-another-partner").values()] == [["register", "third"]]
    assert year.file(run) == {}
    assert year.decision(run, "v1-victim")["outcome"] == "pending", "the chosen partner's row counts"


def test_a_partner_that_was_taken_over_and_its_successor_claim_nothing_of_each_other(year: Year) -> None:
    year.drop(victim(), "register")
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    year.drop(victim(), "new-register")
    run = year.run(1, DECEMBER)
    assert year.file(run) == {NURSE[:8]: VICTIM}
    assert year.asked("key-of-another-partner") == {}
    # what is decided on its numbers is for the successor
    assert {key.split("/")[1] for key in year.output.keys("out/")} == {"new-register"}


def test_an_answer_between_two_partners_stays_one_when_one_of_them_is_taken_over(year: Year) -> None:
    year.drop([practice("v1-attacker", NURSE)], "rival")
    year.drop(victim(), "register")
    year.run(1, DECEMBER)
    year.decide("key-of-another-partner", "register")
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    assert year.file(year.run(1, DECEMBER, "again")) == {NURSE[:8]: VICTIM}
    assert year.asked("key-of-another-partner") == {}


def test_the_name_of_a_question_does_not_tell_the_account(year: Year) -> None:
    """Neither by trial, nor by search for another account with the same name."""
    year.drop([*victim(), *titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    year.run(1, DECEMBER)
    year.drop([account("v1-victim", THIEF, LATER), office("o-1", THIEF)], "rival")
    year.drop([office("o-1", THIEF)], "register")
    named = []
    for key, secret in (("again", b"one secret"), ("once more", b"another secret")):
        year.secrets = FakeSecrets(digest=secret)
        year.evaluate(run := year.start(1, DECEMBER, key))
        year.approve(run, approve=False, reason="another secret")
        asked = [*year.asked("account-of-another-partner"), *year.asked("office-account-changed")]
        assert len(asked) == 2
        named += [question.rpartition(".")[2] for question in asked]
    assert len(set(named)) == 4
    assert all(len(name) == 32 for name in named)


# --- tariff offices -------------------------------------------------------------------------------

TITULAR, SECOND = riziv(200_001, 1), riziv(200_002, 1)


def titular(person: str, number: str, pharmacy: str) -> list[Any]:
    return provider(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="o-1")


def test_before_the_first_payment_a_later_account_of_an_office_is_no_change(year: Year) -> None:
    year.drop([*titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    year.evaluate(run := year.start(1, DECEMBER))
    year.approve(run, approve=False, reason="another account")
    year.drop([office("o-1", THIEF)], "register")
    assert year.file(year.run(1, DECEMBER, "again")) == {"o-1": THIEF}
    assert year.asked("office-account-changed") == {}


@pytest.mark.parametrize(("choice", "paid"), [("use-it", THIEF), ("leave-it", VICTIM)])
def test_a_changed_account_of_an_office_that_was_paid_is_held_until_it_is_chosen(
    year: Year, choice: str, paid: str
) -> None:
    year.drop([*titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    assert year.file(year.run(1, DECEMBER)) == {"o-1": VICTIM}
    year.drop([*titular("v1-u", SECOND, "P2"), office("o-1", THIEF)], "register")
    run = year.run(1, DECEMBER, "again")
    assert year.file(run) == {}
    assert "office-account-changed" in {step["rule"] for step in year.decision(run, "v1-u")["explanation"]}
    # it stays held in every later run, not only in the next one
    assert year.file(year.run(1, DECEMBER, "a third time")) == {}
    question = year.decide("office-account-changed", choice)
    assert THIEF not in orjson.dumps([question, year.exceptions()[question]]).decode()
    assert year.file(year.run(1, DECEMBER, "a fourth time")) == {"o-1": paid}
    assert year.asked("office-account-changed") == {}


@pytest.mark.parametrize("left", ["nothing", "of an earlier version"])
def test_a_change_is_held_where_little_is_left_of_what_was_released(year: Year, left: str) -> None:
    year.drop([*titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    key = f"runs/{year.run(1, DECEMBER).id}/pharmacies.json"
    stored = orjson.loads(year.work.get(key))
    year.work.delete([key])
    if left != "nothing":
        year.work.put(key, orjson.dumps({name: stored[name] for name in ("payees", "offices", "chosen", "exceptions")}))
    year.drop([*titular("v1-u", SECOND, "P2"), office("o-1", THIEF)], "register")
    assert year.file(year.run(1, DECEMBER, "again")) == {}
    year.decide("office-account-changed", "leave-it")
    assert year.file(year.run(1, DECEMBER, "a third time")) == {"o-1": VICTIM}


def test_a_change_back_is_a_new_question(year: Year) -> None:
    year.drop([*titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    year.run(1, DECEMBER)
    year.drop([office("o-1", THIEF)], "register")
    year.run(1, DECEMBER, "again")
    first = year.decide("office-account-changed", "use-it")
    year.run(1, DECEMBER, "a third time")
    year.drop([office("o-1", VICTIM)], "register")
    year.drop(titular("v1-u", SECOND, "P2"), "register")
    assert year.file(year.run(1, DECEMBER, "a fourth time")) == {}
    assert year.asked("office-account-changed").keys() != {first}


def test_a_second_partners_account_of_an_office_holds_what_is_not_paid(year: Year) -> None:
    year.drop([*titular("v1-t", TITULAR, "P1"), office("o-1", VICTIM)], "register")
    year.drop([office("o-1", THIEF)], "rival")
    assert year.file(year.run(1, DECEMBER)) == {}
    ((question, facts),) = year.asked("key-of-another-partner").items()
    assert (facts["kind"], facts["tariff_office"], facts["partners"]) == ("office", "o-1", ["register", "rival"])
    year.choose(question, "register")
    assert year.file(year.run(1, DECEMBER, "again")) == {"o-1": VICTIM}
