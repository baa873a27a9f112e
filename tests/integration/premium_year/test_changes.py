"""What changed since the last release is counted and listed before a run is approved."""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.phase_state import phase_changes
from tegemoet.application.records import BatchDetail, DebtorAccount, DebtorAccountVersion, FileRefusal, Run
from tests.support.fakes import FakeDebtorAccounts
from tests.support.fakes.partners import anything_of
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    activity,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

N1, N2, N3 = riziv(400_001), riziv(400_002), riziv(400_003)
TITULAR = riziv(200_001, 1)
FORMER, NEW, THIRD = "BE68539007547034", "BE71096123456769", "BE62510007547061"
MAY, JULY = "2023-05-01", "2023-07-01"


class Year(World):
    """A year in which `register` is the authority, and what its runs list."""

    def __init__(self) -> None:
        super().__init__()
        self.registrations.append(anything_of("register"))
        for partner in ("partb", "operator"):
            self.registrations.append(replace(anything_of(partner), accounts_from=None, identities_from=None))

    def listed(self, run: Run, kind: str = "accounts") -> list[Change]:
        """Every change of that kind, as the run was proposed."""
        found, cursor = list[Change](), None
        while True:
            page, cursor = self.folder(run).changes().page(cursor, 3, kind)
            found += page
            if cursor is None:
                return found

    def waiting(self, phase: int = 1, key: str = "key") -> Run:
        return self.evaluate(self.start(phase, JUNE if phase == 2 else DECEMBER, key))

    def released(self, key: str = "key") -> Run:
        return self.run(1, DECEMBER, key)

    def use(self, kind: str) -> str:
        """Let the one open question of that kind be answered by `use-it`; its id."""
        (question,) = [e.id for e in self.reviewed() if e.kind == kind and e.choice is None]
        self.choose(question, "use-it", "chooser")
        return question


@pytest.fixture
def year() -> Iterator[Year]:
    with two_shards():
        yield Year()


def nurse(person: str = "v1-a", number: str = N1, iban: str = FORMER, **more: Any) -> list[Any]:
    return [*provider(person, number, s1=20_000), account(person, iban, MAY, "Former Holder", **more)]


def facts_of(changes: list[Change]) -> list[dict[str, Any]]:
    return [dict(change.facts) for change in changes]


def ways_of(changes: list[Change]) -> list[Any]:
    return [change.facts["ways"] for change in changes]


def counts_of(year: Year, run: Run) -> dict[str, int]:
    return {str(kind): count for kind, count in year.summary(run)["changes"]["counts"].items()}


# --- accounts of persons --------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True], ids=["a new person", "a person who was paid"])
def test_the_account_of_whom_a_choice_gives_a_number_is_listed_once(year: Year, known: bool) -> None:
    year.drop(nurse(), "register")
    other = nurse("v1-b", N2, NEW)
    year.drop(other if known else [], "register")
    year.released()
    year.drop([*([] if known else other), practice("v1-b", N1)], "register")
    year.released("2")
    question = f"identity-conflict.{N1[:8]}"
    year.choose(question, candidate(N1[:8], "v1-b"), "chooser")
    run = year.released("3")
    (change,) = year.listed(run)
    assert (change.facts["ways"], change.facts["questions"]) == (["choice"], [question])
    assert (change.facts["riziv_numbers"], change.facts["replaces"]) == ([N1[:8], N2[:8]], True)
    assert year.listed(year.waiting(key="4")) == [], "somebody has approved it"


def test_an_account_that_an_operator_sent_and_another_chose_is_listed(year: Year) -> None:
    year.drop(nurse(), "register")
    year.approve(run := year.waiting(), approve=False, reason="again")
    assert year.listed(run) == []
    year.drop([account("v1-a", NEW, JULY, "New Holder")], "operator", sent_by="sender")
    year.approve(held := year.waiting(key="2"), approve=False, reason="again")
    assert year.listed(held) == [], "it has no effect before the choice"
    question = year.use("account-of-another-partner")
    run = year.waiting(key="3")
    ((change),) = year.listed(run)
    assert change.facts == {
        "riziv_numbers": [N1[:8]],
        "partner": "operator",
        "batch": year.folder(run).plan().batches[-1].id,
        "delivered_on": "2023-11-14",
        "registered_on": JULY,
        "ways": ["another-partner", "choice", "operator-file"],
        "questions": [question],
        "replaces": False,
        "amount": "945.95",
    }
    summary = year.summary(run)["changes"]
    assert summary["since"] is None
    assert summary["counts"]["accounts"] == 1
    assert summary["ways"] == {"another-partner": 1, "choice": 1, "operator-file": 1}


def test_what_was_released_with_an_account_is_listed_no_more(year: Year) -> None:
    year.drop(nurse(), "register")
    year.drop([account("v1-a", NEW, JULY)], "partb")
    year.approve(year.waiting(), approve=False, reason="again")
    year.use("account-of-another-partner")
    first = year.released("2")
    assert ways_of(year.listed(first)) == [["another-partner", "choice"]]
    again = year.released("3")
    assert year.listed(again) == []
    assert year.summary(again)["changes"]["since"] == year.now(first).detail.cut_off
    # the register's own next account replaces the one of another partner
    year.drop([account("v1-a", THIRD, "2023-08-01")], "register")
    (change,) = year.listed(year.waiting(key="4"))
    assert (change.facts["ways"], change.facts["replaces"]) == (["another-partner"], True)


def test_an_account_that_its_own_partner_changes_is_not_listed(year: Year) -> None:
    year.drop(nurse(), "register")
    year.released()
    year.drop([account("v1-a", NEW, JULY)], "register")
    run = year.waiting(key="2")
    assert year.listed(run) == []
    assert counts_of(year, run)["accounts"] == 0


def test_the_same_account_from_an_operator_is_no_change(year: Year) -> None:
    year.registrations.append(replace(anything_of("operator"), number=2))
    year.drop(nurse(), "register")
    year.released()
    year.drop([account("v1-a", FORMER, JULY, "Former Holder")], "operator", sent_by="sender")
    year.approve(year.waiting(key="2"), approve=False, reason="again")
    year.use("account-of-another-partner")
    run = year.waiting(key="3")
    assert year.listed(run) == []


@pytest.mark.parametrize("row", [account("v1-a", NEW, JULY, "Former Holder"), account("v1-a", FORMER, JULY, "Other")])
def test_another_holder_of_the_same_account_is_a_change_too(year: Year, row: Any) -> None:
    year.drop(nurse(), "register")
    year.released()
    year.registrations.append(replace(anything_of("operator"), predecessor="register", number=2))
    year.drop([row], "operator", sent_by="sender")
    (change,) = year.listed(year.waiting(key="2"))
    assert change.facts["ways"] == ["another-partner", "operator-file"]
    assert change.facts["replaces"] is True
    assert change.facts["amount"] is None, "nothing is due any more"


def test_a_successor_is_another_partner(year: Year) -> None:
    year.drop(nurse(), "register")
    year.released()
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    year.drop([account("v1-a", NEW, JULY)], "new-register")
    assert ways_of(year.listed(year.waiting(key="2"))) == [["another-partner"]]


def test_a_partner_that_becomes_the_authority_changes_accounts_visibly(year: Year) -> None:
    year.drop([account("v1-a", NEW, JULY)], "partb")  # before the register's, without effect
    year.drop(nurse(), "register")
    year.released()
    year.registrations.append(replace(anything_of("partb"), number=2))
    (change,) = year.listed(year.waiting(key="2"))
    assert (change.facts["partner"], change.facts["ways"]) == ("partb", ["another-partner"])


def test_a_new_account_by_an_operator_is_listed_before_the_first_payment_of_a_person(year: Year) -> None:
    year.drop(nurse(), "register")
    year.released()
    year.drop(provider("v1-b", N2, s1=20_000), "register")
    year.registrations.append(replace(anything_of("operator"), number=2))
    year.drop([account("v1-b", NEW, MAY)], "operator", sent_by="sender")
    (change,) = year.listed(year.waiting(key="2"))
    assert (change.facts["riziv_numbers"], change.facts["ways"]) == ([N2[:8]], ["operator-file"])
    assert (change.facts["replaces"], change.facts["amount"]) == (False, "945.95")


def test_a_direct_drop_in_the_name_of_the_operators_is_an_operators_file(year: Year) -> None:
    year.registrations.append(replace(anything_of("operator"), number=2))
    year.drop(provider("v1-a", N1, s1=20_000), "register")
    year.drop([account("v1-a", NEW, MAY)], "operator")
    assert ways_of(year.listed(year.waiting())) == [["operator-file"]]


def test_nothing_that_is_listed_holds_a_person_a_holder_or_an_account(year: Year) -> None:
    year.drop([*nurse(), *nurse("v1-b", N2, FORMER)], "register")
    year.released()
    year.drop([account("v1-a", NEW, JULY, "New Holder"), identity("v1-b", "v1-c")], "partb")
    year.approve(year.waiting(key="2"), approve=False, reason="again")
    year.use("account-of-another-partner")
    run = year.waiting(key="3")
    assert len(year.listed(run)) == 1
    shown = b"".join(
        [
            *(year.output.get(output_prefix(run) + name) for name in ("changes.csv", "summary.json", "report.html")),
            year.work.get(year.folder(run).proposed.key("changes.jsonl")),
        ]
    ).decode()
    assert not [part for part in ("v1-a", "v1-b", "v1-c", FORMER, NEW, "Holder") if part in shown]


def test_a_file_that_a_person_sent_in_the_name_of_a_partner_is_an_operators_file(year: Year) -> None:
    year.drop(provider("v1-a", N1, s1=20_000), "register")
    year.drop([account("v1-a", NEW, MAY)], "register", sent_by="sender")
    assert ways_of(year.listed(year.waiting())) == [["operator-file"]]


# --- identities -----------------------------------------------------------------------------------


def test_an_identity_that_a_choice_uses_is_how_the_account_came(year: Year) -> None:
    year.drop([*provider("v1-b", N1, s1=20_000), account("v1-a", NEW, MAY)], "register")
    year.drop([identity("v1-a", "v1-b")], "partb")
    year.approve(year.waiting(), approve=False, reason="again")
    question = year.use("identity-of-another-partner")
    (change,) = year.listed(year.waiting(key="2"))
    assert (change.facts["ways"], change.facts["questions"]) == (["choice"], [question])
    assert change.facts["amount"] == "945.95"


def test_an_identity_that_redirects_what_is_paid_is_listed_and_not_a_second_time(year: Year) -> None:
    # what was paid on one of the two accounts is still paid on it, and the other person's is not
    year.drop([*nurse("v1-b", N1), *provider("v1-a", N2, s1=20_000), account("v1-a", NEW, JULY)], "register")
    year.released()
    year.registrations.append(replace(anything_of("operator"), number=2))
    year.drop([identity("v1-a", "v1-b")], "operator", sent_by="sender")
    (change,) = year.listed(run := year.waiting(key="2"))
    assert change.facts["ways"] == ["operator-file"]
    assert change.facts["replaces"] is True
    year.approve(run)
    year.pay(run)
    assert year.listed(year.released("3")) == []
    # what the register itself changes later has nothing to do with that identity
    year.drop([account("v1-b", THIRD, "2023-08-01")], "register")
    assert year.listed(year.waiting(key="4")) == []


def test_an_identity_of_the_successor_of_the_authority_is_one_of_another_partner(year: Year) -> None:
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    year.drop([*provider("v1-b", N1, s1=20_000), account("v1-a", NEW, MAY), identity("v1-a", "v1-c")], "register")
    year.drop([identity("v1-a", "v1-b")], "new-register")
    assert ways_of(year.listed(year.waiting())) == [["another-partner"]]


def test_an_identity_that_waits_compares_nobody_with_another_persons_account(year: Year) -> None:
    year.drop([*nurse(), *nurse("v1-b", N2, THIRD)], "register")
    year.drop([account("v1-a", NEW, JULY)], "partb")
    year.approve(year.waiting(), approve=False, reason="again")
    year.use("account-of-another-partner")
    year.released("2")
    year.drop([identity("v1-a", "v1-b")], "partb")
    run = year.waiting(key="3")
    assert "identity-of-another-partner" in year.summary(run)["exceptions"]
    assert year.listed(run) == []


@pytest.mark.parametrize("names", [("v1-a", "v1-b"), ("v1-k", "v1-l"), ("v1-1", "v1-2"), ("v1-x", "v1-y")])
def test_the_former_account_is_found_in_whichever_shard_it_lies(year: Year, names: tuple[str, str]) -> None:
    old, new = names
    year.registrations.append(replace(anything_of("operator"), number=2))
    year.drop(nurse(new, N1), "register")
    year.released()
    year.drop([identity(old, new)], "operator", sent_by="sender")
    assert year.listed(year.waiting(key="2")) == [], "the account is the same"
    year.approve(year.waiting(key="2"), approve=False, reason="again")
    year.drop([account(old, NEW, JULY)], "register")
    (change,) = year.listed(year.waiting(key="3"))
    assert change.facts["replaces"] is True


# --- tariff offices -------------------------------------------------------------------------------


def titular() -> list[Any]:
    return provider("v1-t", TITULAR, "pharmacist", pharmacy_id="P1", tariff_office="o-1")


def test_a_changed_account_of_a_tariff_office_is_listed_once_it_is_chosen(year: Year) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    assert year.listed(year.released()) == []
    year.drop([office("o-1", NEW)], "register")
    run = year.released("2")
    assert year.listed(run) == [], "the former account stands"
    question = year.use("office-account-changed")
    (change,) = year.listed(run := year.waiting(key="3"))
    assert change.id == "accounts.office.o-1"
    assert change.facts["tariff_office"] == "o-1"
    assert (change.facts["ways"], change.facts["questions"]) == (["choice"], [question])
    assert (change.facts["replaces"], change.facts["amount"]) == (True, None)
    year.approve(run)
    year.pay(run)
    assert year.listed(year.released("4")) == []


def test_an_office_that_returns_to_the_account_it_was_paid_on_asks_nothing(year: Year) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    year.released()
    moved = provider("v1-t", TITULAR, "pharmacist", pharmacy_id="P1", tariff_office="o-2")
    year.drop([*moved, office("o-2", THIRD), office("o-1", NEW)], "register")
    year.released("2")
    year.use("office-account-changed")
    assert ways_of(year.listed(year.released("3"))) == [["choice"]]
    year.drop([office("o-1", FORMER)], "register")
    assert year.listed(year.waiting(key="4")) == [], "nothing was paid on the new one, and nobody chose the former one"


def test_an_account_that_waited_is_compared_with_who_brought_the_former_one(year: Year) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    year.released()
    year.registrations.append(replace(anything_of("new-register"), predecessor="register"))
    year.drop([office("o-1", NEW)], "new-register")
    assert year.listed(year.released("2")) == []
    year.use("office-account-changed")
    assert ways_of(year.listed(year.waiting(key="3"))) == [["another-partner", "choice"]]


def test_what_is_paid_through_an_office_is_not_paid_on_the_account_of_the_titular(year: Year) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    year.drop([account("v1-t", NEW, MAY)], "register", sent_by="sender")
    (change,) = year.listed(run := year.waiting())
    assert (change.facts["riziv_numbers"], change.facts["amount"]) == ([TITULAR[:8]], None)
    assert year.summary(run)["control_sum"] == "1790.00"


def test_an_office_whose_first_account_an_operator_sent_is_listed(year: Year) -> None:
    year.drop(titular(), "register")
    year.drop([office("o-1", NEW), office("o-2", NEW)], "operator", sent_by="sender")
    changes = year.listed(run := year.waiting())
    assert [(c.facts["tariff_office"], c.facts["amount"]) for c in changes] == [("o-1", "1790.00"), ("o-2", None)]
    assert ways_of(changes) == [["operator-file"]] * 2
    year.approve(run)
    year.pay(run)
    assert year.listed(year.released("2")) == [], "o-2 was not paid, and its account did not change"


def test_an_office_that_a_choice_gave_to_another_partner_is_listed(year: Year) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    year.drop([office("o-1", NEW)], "partb")
    year.released()
    (question,) = [e.id for e in year.reviewed() if e.kind == "key-of-another-partner"]
    year.choose(question, "partb")
    (change,) = year.listed(year.waiting(key="2"))
    assert (change.facts["ways"], change.facts["questions"]) == (["another-partner", "choice"], [question])


@pytest.mark.parametrize(("is_paid", "held"), [(False, "key-of-another-partner"), (True, None)])
def test_a_disputed_office_holds_what_was_not_paid_through_it_before(
    year: Year, is_paid: bool, held: str | None
) -> None:
    year.drop([*titular(), office("o-1", FORMER)], "register")
    if is_paid:
        year.released()
    year.drop([office("o-1", NEW)], "partb")
    run = year.waiting(key="2")
    persons = (person for shard in range(year.shards) for person in year.folder(run).persons(shard))
    (practice,) = [practice for person in persons if person.case for practice in person.case["practices"]]
    assert practice.get("held") == held


# --- grants, roles, files -------------------------------------------------------------------------


def test_registrations_are_listed_from_one_cut_off_to_the_next(year: Year) -> None:
    year.drop(nurse(), "register")
    first = year.released()
    assert {(f["partner"], f["version"]) for f in facts_of(year.listed(first, "grants"))} == {
        ("operator", 1),
        ("partb", 1),
        ("register", 1),
    }
    since = year.clock.at
    for number, seconds in enumerate((-1, 0, 1, 2), 2):
        moment = (since + timedelta(seconds=seconds)).isoformat()
        year.registrations.append(replace(anything_of("partb"), number=number, at=moment))
    assert since.isoformat()[:19] + "Z" == year.now(first).detail.cut_off
    run = year.waiting(key="2")  # a second later
    assert [(f["partner"], f["version"]) for f in facts_of(year.listed(run, "grants"))] == [("partb", 3)]
    assert counts_of(year, run)["grants"] == 1


def test_accounts_that_pay_are_listed_from_the_cut_off_of_the_last_release_on(year: Year) -> None:
    year.drop(nurse(), "register")
    year.pay_from()
    first = year.released()
    (change,) = year.listed(first, "debtor-account")
    assert (change.id, change.facts["version"]) == ("debtor-account.000001", 1)
    assert change.facts["changed"] == [field.name for field in fields(DebtorAccount)]
    assert counts_of(year, first)["debtor-account"] == 1
    made = year.pay_from(bic="KREDBEBB", hold_above=2_500_000)
    run = year.waiting(key="2")
    (change,) = year.listed(run, "debtor-account")
    assert change.facts == {
        "version": 2,
        "name": "Example body",
        "changed": ["bic", "hold_above"],
        "reason": "the board chose it",
        "proposed_by": {"subject": "operator", "name": "An Operator"},
        "proposed_at": made.at,
        "by": {"subject": "second-operator", "name": "Another Operator"},
        "at": made.confirmed_at,
    }
    assert counts_of(year, run)["debtor-account"] == 1


@pytest.mark.parametrize(("seconds", "listed"), [(-1, 0), (0, 1), (1, 1)])
def test_an_account_counts_from_the_second_of_the_cut_off_on(year: Year, seconds: int, listed: int) -> None:
    year.drop(nurse(), "register")
    cut_off = datetime.fromisoformat(str(year.now(year.released()).detail.cut_off))
    year.clock.at = cut_off + timedelta(seconds=seconds - 1)  # `pay_from` goes on by one
    year.pay_from()
    year.clock.at = cut_off + timedelta(minutes=1)
    assert len(year.listed(year.waiting(key="2"), "debtor-account")) == listed


def test_an_account_that_is_confirmed_while_a_run_is_proposed_is_of_the_next_run(year: Year) -> None:
    """The run pays from what it read first, and lists no other."""
    year.drop(nurse(), "register")
    made = year.pay_from()

    class Meanwhile(FakeDebtorAccounts):
        def all(self) -> Iterator[DebtorAccountVersion]:
            found = list(super().all())
            self.append(replace(made, number=len(found) + 1))
            return iter(found)

    year.debtor_accounts = Meanwhile()
    year.debtor_accounts.append(made)
    run = year.waiting()
    assert [change.facts["version"] for change in year.listed(run, "debtor-account")] == [1]


def test_roles_are_listed_from_the_cut_off_of_the_last_release_on(year: Year) -> None:
    year.drop(nurse(), "register")
    year.roles.give("ann", "operator", at="2023-11-30T09:00:00Z")
    first = year.released()
    assert [(f["subject"], f["roles"]) for f in facts_of(year.listed(first, "roles"))] == [("ann", ["operator"])]
    cut_off = year.now(first).detail.cut_off
    year.roles.give("bob", "reader", at="2023-11-30T10:00:00Z")
    year.roles.give("ann", "approver", "operator", at=cut_off)
    run = year.waiting(key="2")
    (change,) = year.listed(run, "roles")
    assert change.facts == {
        "subject": "ann",
        "name": "Name of ann",
        "version": 2,
        "at": cut_off,
        "by": {"subject": "registrar", "name": "R. Egistrar"},
        "roles": ["approver", "operator"],
        "before": ["operator"],
        "partner": None,
    }
    assert counts_of(year, run)["roles"] == 1


def test_files_that_are_not_used_are_listed_with_why(year: Year) -> None:
    year.drop(nurse(), "register")
    year.drop([account("v1-a", NEW, JULY)], "partb")
    refusal = BatchDetail(refusal=FileRefusal("column-missing", "A column is missing.", 1, "insz"))
    batch = list(year.batches.items.values())[-1]
    year.batches.items[batch.id] = replace(batch, state="refused", detail=refusal)
    run = year.waiting()
    (change,) = year.listed(run, "unused-files")
    assert change.facts == {
        "batch": batch.id,
        "partner": "partb",
        "kind": "accounts",
        "state": "refused",
        "written_at": batch.written_at,
        "refusal": "column-missing",
        "sent_by": None,
    }
    assert counts_of(year, run)["unused-files"] == sum(year.summary(run)["unused_files"].values()) == 1


# --- the listing ----------------------------------------------------------------------------------


def test_a_run_that_is_resumed_or_released_lists_what_its_first_attempt_listed(year: Year) -> None:
    year.drop(nurse(), "register")
    year.drop([office("o-1", NEW)], "operator", sent_by="sender")
    run = year.waiting()
    listed = {kind: year.listed(run, kind) for kind in ("accounts", "grants", "roles")}
    year.registrations.append(replace(anything_of("partb"), number=2, at="2023-11-01T00:00:00Z"))
    year.roles.give("eve", "approver", at="2023-11-01T00:00:00Z")
    year.propose(run)
    year.approve(run)
    year.pay(run)
    assert {kind: year.listed(run, kind) for kind in listed} == listed
    page = year.output.get(output_prefix(run) + "report.html").decode()
    assert "o-1" in page
    assert "Name of eve" not in page


def test_the_file_of_changes_has_every_one_that_the_pages_have(year: Year) -> None:
    for n in range(7):
        year.drop([*provider(f"v1-{n}", riziv(500_000 + n), s1=20_000), account(f"v1-{n}")], "register")
    year.drop([office(f"o-{n}", NEW) for n in range(25)], "operator", sent_by="sender")
    run = year.waiting()
    text = year.output.get(output_prefix(run) + "changes.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    listed = [change for kind in ("accounts", "grants", "roles", "unused-files") for change in year.listed(run, kind)]
    assert [row["id"] for row in rows] == [change.id for change in listed]
    assert [orjson.loads(row["facts"]) for row in rows] == facts_of(listed)
    assert len([row for row in rows if row["kind"] == "accounts"]) == 25
    page = year.output.get(output_prefix(run) + "report.html").decode()
    assert "5 more in changes.csv" in page


def test_after_a_run_of_an_earlier_version_every_doubtful_account_is_new(year: Year) -> None:
    year.drop(nurse(), "register")
    year.drop([account("v1-a", NEW, JULY)], "partb")
    year.approve(year.waiting(), approve=False, reason="again")
    year.use("account-of-another-partner")
    first = year.released("2")
    for shard in range(year.shards):
        key = f"runs/{first.id}/evaluated/{shard}.json"
        commit = orjson.loads(year.work.get(key))
        for name in ("paid-on.jsonl", "changes.jsonl"):
            del commit["files"][name]
        year.work.put(key, orjson.dumps(commit))
    (change,) = year.listed(year.waiting(key="3"))
    assert change.facts["replaces"] is False


def test_a_phase_has_no_changes_before_its_run_is_proposed(year: Year) -> None:
    year.drop([*nurse(), activity(N1, 40_000, whole_year=True)], "register")
    run = year.start(1, DECEMBER)
    found = phase_changes(YEAR, 1, runs=year.runs, work=year.work)
    assert (found.run, found.counted, found.changes.page(None, 10)) == (run.id, None, ([], None))
    year.evaluate(run)
    assert phase_changes(YEAR, 1, runs=year.runs, work=year.work).counted == year.summary(run)["changes"]
