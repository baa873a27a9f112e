"""A payment to a doubtful payee waits for an operator, and is paid once one has decided."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tegemoet.application.premium_year import exceptions
from tegemoet.application.premium_year.answers import Answers, answered_files
from tegemoet.application.premium_year.exceptions import ChoicePorts, choices_for
from tegemoet.application.premium_year.letters.of_run import LetterPorts, read_letter
from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions
from tegemoet.application.records import Person, Run
from tegemoet.domain.problems import ConflictError, Fault, InvalidError
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    activity,
    convention,
    identity,
    office,
    provider,
    riziv,
    told,
    two_shards,
)

N1, N2, P1, P2 = riziv(400_001), riziv(400_002), riziv(210_001), riziv(210_002)
OLD, NEW = "BE68539007547034", "BE43068999999501"
NURSE = 94_595
HOLDS = ("account-changed", "holder-name-empty", "payee-deceased", "payment-returned")


@pytest.fixture
def world() -> Iterator[World]:
    """A released phase 1 that paid a nurse."""
    with two_shards():
        made = World()
        made.pay_from()
        made.drop([*provider("v1-a", N1, s1=20_000), account("v1-a", OLD)])
        made.drop([activity(N1, 41_000, whole_year=True)])
        made.run(1, DECEMBER)
        yield made


def come_back(world: World, person: str = "v1-a", reason: str = "AC04") -> None:
    """The bank returns the last transfer to a person."""
    files = answered_files(world.year, Answers.of([]), runs=world.runs, work=world.work)
    names = [t.end_to_end_id for file in files for t in file.transfers if person in [e["person"] for e in t.entries]]
    world.answer(told(names[-1], "returned", reason=reason, reference=names[-1]))


def cut_off(world: World, seconds: int = 0) -> int:
    """The second of a file that was written so long after the cut-off of the run that paid."""
    first = min(world.runs.items.values(), key=lambda run: run.started_at)
    moment = datetime.fromisoformat(first.detail.cut_off) + timedelta(seconds=seconds)
    return int(moment.timestamp()) - 1_700_000_000


def latest(world: World) -> Run:
    found: Run = max(world.runs.items.values(), key=lambda run: run.started_at)
    return found


def held(world: World) -> dict[str, Any]:
    """The holds of the latest run, by kind; each kind has one."""
    run = latest(world).id
    found = [each for each in world.reviewed() if each.kind in HOLDS and each.run == run]
    assert len(found) == len({each.kind for each in found})
    return {each.kind: each for each in found}


def again(world: World, key: str) -> list[str]:
    """Run phase 2, and which kinds of holds it has."""
    world.clock.at += timedelta(minutes=1)
    world.run(2, JUNE, key)
    return sorted(held(world))


def pay(world: World, choice: str = "pay-it") -> None:
    for found in held(world).values():
        if found.choice is None:
            world.choose(found.id, choice, by="somebody-else")


def answer_all(world: World) -> None:
    for found in world.reviewed():
        if found.choice is None and "pay-it" in choices_for(found):
            world.choose(found.id, "pay-it", by="somebody-else")


def paid(world: World, person: str = "v1-a") -> list[int]:
    """What was paid to a person, entry by entry, less what came back."""
    return [entry.signed for entry in world.entries() if entry.person == person]


# --- after a return -------------------------------------------------------------------------------


def test_what_came_back_is_not_paid_to_the_same_account_before_somebody_decides(world: World) -> None:
    come_back(world)
    assert again(world, "first") == ["payment-returned"]
    assert paid(world) == [NURSE, -NURSE]
    facts = held(world)["payment-returned"].facts
    assert (facts["riziv_number"], facts["causes"], facts["amount"]) == (N1[:8], ["AC04"], "945.95")
    pay(world)
    assert again(world, "second") == []
    assert paid(world) == [NURSE, -NURSE, NURSE]
    assert again(world, "third") == []
    assert len(paid(world)) == 3


def test_a_choice_not_to_pay_holds_the_payment_until_another_one(world: World) -> None:
    come_back(world)
    again(world, "first")
    pay(world, "hold-it")
    again(world, "second")
    assert paid(world) == [NURSE, -NURSE]
    world.choose(held(world)["payment-returned"].id, "pay-it", by="somebody-else")
    again(world, "third")
    assert paid(world) == [NURSE, -NURSE, NURSE]


def test_a_choice_holds_for_one_return(world: World) -> None:
    come_back(world)
    again(world, "first")
    pay(world)
    again(world, "second")
    come_back(world)
    again(world, "third")
    assert paid(world) == [NURSE, -NURSE, NURSE, -NURSE]
    assert {each.choice for each in world.reviewed() if each.kind == "payment-returned"} == {"pay-it", None}


@pytest.mark.parametrize(("seconds", "kinds"), [(-1, ["account-changed"]), (0, []), (1, [])])
def test_another_account_than_the_returned_one_is_paid_if_it_is_newer(
    world: World, seconds: int, kinds: list[str]
) -> None:
    """Newer = its file was written at the cut-off of the run that paid, or later."""
    come_back(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world, seconds))
    assert again(world, "first") == kinds
    assert paid(world) == ([NURSE, -NURSE] if kinds else [NURSE, -NURSE, NURSE])
    if kinds:
        assert held(world)["account-changed"].facts["after_return"]
        pay(world)
        again(world, "second")
        assert paid(world) == [NURSE, -NURSE, NURSE]


def test_the_same_account_under_another_name_is_another_one(world: World) -> None:
    come_back(world, reason="BE01")
    world.drop([account("v1-a", OLD, "2023-12-15", holder="Married Name")], at=cut_off(world))
    assert again(world, "first") == []
    assert paid(world) == [NURSE, -NURSE, NURSE]


def test_an_account_that_came_back_once_is_held_although_it_is_delivered_again(world: World) -> None:
    come_back(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world))
    again(world, "first")
    come_back(world)
    world.drop([account("v1-a", OLD, "2023-12-20")], at=cut_off(world, 90))
    assert again(world, "second") == ["payment-returned"]
    assert paid(world) == [NURSE, -NURSE, NURSE, -NURSE]


def test_what_was_withdrawn_is_paid_again_without_a_question(world: World) -> None:
    [file] = world.bank_files()
    world.withdraw(file.message_id)
    assert again(world, "first") == []
    assert paid(world) == [NURSE, -NURSE, NURSE]


def test_the_same_amount_that_came_back_is_asked_about_again(world: World) -> None:
    world.pay_from(hold_above=NURSE - 1)
    come_back(world)
    again(world, "first")
    answer_all(world)
    again(world, "second")
    assert paid(world) == [NURSE, -NURSE, NURSE]
    come_back(world)
    again(world, "third")
    open_now = {each.kind for each in world.reviewed() if each.choice is None}
    assert open_now >= {"payment-returned", "amount-above-limit"}


def test_a_payment_of_an_earlier_version_that_came_back_may_have_gone_to_any_account(world: World) -> None:
    for place, entry in world.ledger.items.items():
        world.ledger.items[place] = replace(entry, payee_mac=None)
    come_back(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world))
    assert again(world, "first") == ["payment-returned"]


def test_an_account_after_a_run_without_a_cut_off_is_not_known_to_be_newer(world: World) -> None:
    """A run of an earlier version noted none."""
    come_back(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world))
    for run in world.runs.items.values():
        world.runs.items[run.id] = replace(run, detail=replace(run.detail, cut_off=None))
    assert again(world, "first") == ["account-changed"]


def test_a_bank_that_says_it_twice_is_asked_about_twice(world: World) -> None:
    come_back(world, reason="MD07")
    again(world, "first")
    pay(world)
    again(world, "second")
    assert paid(world) == [NURSE, -NURSE, NURSE]
    come_back(world, reason="MD07")
    assert again(world, "third") == ["payee-deceased"]
    assert paid(world) == [NURSE, -NURSE, NURSE, -NURSE]


def test_whoever_died_is_not_paid_through_an_office_either(world: World) -> None:
    come_back(world, reason="MD07")
    world.drop([*provider("v1-a", P1, "pharmacist", pharmacy_id="P1", tariff_office="O1"), office("O1")], at=1)
    assert again(world, "first") == ["payee-deceased"]
    found = held(world)["payee-deceased"]
    assert (found.subject.split(".")[0], "batch" in found.facts) == (P1[:8], False)
    assert paid(world) == [NURSE, -NURSE]


def test_whoever_died_is_paid__on_no_account_before_somebody_decides(world: World) -> None:
    come_back(world, reason="MD07")
    assert again(world, "first") == ["payee-deceased"]
    pay(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world, 90))
    again(world, "second")  # the choice was on the other account
    assert paid(world) == [NURSE, -NURSE]
    assert [each.choice for each in world.reviewed() if each.kind == "payee-deceased"].count(None) == 1
    for each in world.reviewed():
        if each.kind == "payee-deceased" and each.choice is None:
            world.choose(each.id, "pay-it", by="somebody-else")
    again(world, "third")
    assert paid(world) == [NURSE, -NURSE, NURSE]


def test_only_who_sent_no_office_decides_on_its_transfer(world: World) -> None:
    world.drop(provider("v1-t", P1, "pharmacist", pharmacy_id="P1", tariff_office="O1"), sent_by="titulars", at=1)
    world.drop([office("O1")], sent_by="offices", at=2)
    again(world, "first")
    come_back(world, "v1-t")
    again(world, "second")
    found = held(world)["payment-returned"]
    with pytest.raises(ConflictError) as refused:
        world.choose(found.id, "pay-it", by="offices")
    assert refused.value.code == "own-file"
    world.choose(found.id, "pay-it", by="titulars")


@pytest.mark.parametrize("reason", ["AC04", "MD07"])
def test_the_transfer_of_an_office_that_came_back_is_one_question(world: World, reason: str) -> None:
    for person, number, pharmacy in (("v1-t", P1, "P1"), ("v1-u", P2, "P2")):
        world.drop(provider(person, number, "pharmacist", pharmacy_id=pharmacy, tariff_office="O1"), at=1)
    world.drop([office("O1")], at=2)
    again(world, "first")
    come_back(world, "v1-t", reason)
    assert again(world, "second") == ["payment-returned"]
    found = held(world)["payment-returned"]
    assert (found.facts, found.id.split(".")[1]) == ({"tariff_office": "O1", "causes": [reason]}, "O1")
    assert [len(paid(world, person)) for person in ("v1-t", "v1-u")] == [2, 2]
    pay(world)
    again(world, "third")
    assert [len(paid(world, person)) for person in ("v1-t", "v1-u")] == [3, 3]


# --- choices for a list ---------------------------------------------------------------------------


@pytest.fixture
def two(world: World) -> list[str]:
    """The questions on two payments that came back, to accounts of which an operator sent one."""
    world.drop(provider("v1-b", N2, s1=20_000), at=cut_off(world))
    world.drop([account("v1-b", NEW)], sent_by="sender", at=cut_off(world))
    world.clock.at += timedelta(minutes=1)
    world.run(1, DECEMBER, "both")
    come_back(world, "v1-a")
    come_back(world, "v1-b")
    world.clock.at += timedelta(minutes=1)
    world.run(1, DECEMBER, "held")
    return [each.id for each in world.reviewed() if each.kind == "payment-returned"]


def choose_for_all(world: World, ids: list[str], by: str) -> list[str]:
    ports = ChoicePorts(world.runs, world.batches, world.work, world.clock)
    return exceptions.choose_for_all(world.year, ids, "pay-it", "asked them", by=Person(by, "A Name"), ports=ports)


def test_one_choice_for_a_list_pays_whoever_is_in_it(world: World, two: list[str]) -> None:
    assert len(two) == 2
    assert choose_for_all(world, two, "somebody-else") == two
    made = {each.id: [(one.subject, one.choice, one.reason) for one in each.choices_made] for each in world.reviewed()}
    assert [made[name] for name in two] == [[("somebody-else", "pay-it", "asked them")]] * 2
    world.clock.at += timedelta(minutes=1)
    world.run(1, DECEMBER, "paid")
    assert [paid(world, person) for person in ("v1-a", "v1-b")] == [[NURSE, -NURSE, NURSE]] * 2


def test_a_list_with_a_question_that_an_own_file_raised_is_refused(world: World, two: list[str]) -> None:
    with pytest.raises(ConflictError) as refused:
        choose_for_all(world, two, "sender")
    [of_sender] = [place for place, name in enumerate(two) if N2[:8] in name]
    assert refused.value.code == "own-file"
    assert refused.value.faults == (Fault(f"/exceptions/{of_sender}", "own-file"),)
    assert {each.choice for each in world.reviewed()} == {None}


def test_of_two_persons_at_once_one_chooses_for_the_list(
    world: World, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = world.clock.now

    def meanwhile() -> datetime:
        monkeypatch.undo()
        world.choose(two[1], "hold-it", by="somebody-else")
        return now()

    monkeypatch.setattr(world.clock, "now", meanwhile)
    with pytest.raises(ConflictError) as refused:
        choose_for_all(world, two, "third")
    assert refused.value.code == "chosen-meanwhile"
    assert {each.id: each.choice for each in world.reviewed()} == {two[0]: None, two[1]: "hold-it"}


# --- changed accounts -----------------------------------------------------------------------------


def more_is_due(world: World) -> None:
    """A second number of the person has a higher premium."""
    dentist = provider("v1-a", riziv(310_001), "dentist", s1=90_000, specialism="general-dentistry")
    world.drop(dentist, at=cut_off(world))
    world.drop([activity(riziv(310_001), 190_000, whole_year=True)], at=cut_off(world))


def difference(world: World) -> int:
    entries = [entry for entry in world.entries() if entry.kind == "payment"]
    return sum(entry.amount for entry in entries) - NURSE


def test_a_changed_account_of_the_same_partner_is_paid(world: World) -> None:
    more_is_due(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], at=cut_off(world))
    assert again(world, "first") == []
    assert difference(world) > 0


def test_an_account_that_an_operator_brought_since_the_last_payment_is_held(world: World) -> None:
    more_is_due(world)
    brought = account("v1-a", NEW, "2023-12-15")
    world.drop([brought], partner="fund", sent_by="operator", at=cut_off(world))
    assert again(world, "first") == ["account-changed"]
    assert difference(world) == 0
    found = held(world)["account-changed"]
    assert (found.facts["ways"], found.facts["after_return"]) == (["operator-file"], False)
    assert found.facts["batch"] == max(batch.id for batch in world.batches.of_year(world.year) if batch.sent_by)
    listed, _ = world.folder(latest(world)).changes().page(None, 10, "accounts")
    assert [change.facts["amount"] for change in listed] == [None]
    with pytest.raises(ConflictError) as refused:
        world.choose(found.id, "pay-it", by="operator")
    assert refused.value.code == "own-file"
    pay(world)
    again(world, "second")
    assert difference(world) > 0


def test_an_account_that_counts_by_a_choice_since_the_last_payment_is_held(world: World) -> None:
    more_is_due(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], partner="other", at=cut_off(world))
    again(world, "first")
    paid_first = difference(world)
    [asked] = [each.id for each in world.reviewed() if each.kind == "account-of-another-partner"]
    world.choose(asked, "use-it", by="somebody-else")
    assert paid_first > 0  # to the account that stood
    come_back(world)
    assert again(world, "second") == ["account-changed"]
    found = held(world)["account-changed"]
    assert (found.facts["ways"], found.facts["questions"]) == (["choice"], [asked])
    pay(world)
    again(world, "third")
    assert difference(world) == paid_first * 2


def test_an_identity_of_an_operator_that_leads_to_another_account_is_such_a_change(world: World) -> None:
    more_is_due(world)
    world.drop([account("v1-b", NEW, "2023-12-15")], at=cut_off(world))
    world.drop([identity("v1-a", "v1-b")], sent_by="operator", at=cut_off(world))
    assert again(world, "first") == ["account-changed"]
    assert held(world)["account-changed"].facts["ways"] == ["operator-file"]
    assert difference(world) == 0


def test_an_identity_of_an_operator_counts_however_many_follow_it(world: World) -> None:
    more_is_due(world)
    world.drop([account("v1-c", NEW, "2023-12-15"), identity("v1-a", "v1-b")], at=cut_off(world))
    world.drop([identity("v1-b", "v1-c")], sent_by="operator", at=cut_off(world))
    assert again(world, "first") == ["account-changed"]


def test_the_account_of_one_of_two_keys_of_a_person_is_no_change(world: World) -> None:
    world.drop([*provider("v1-b", N2, s1=20_000), account("v1-b", NEW)], at=cut_off(world))
    world.clock.at += timedelta(minutes=1)
    world.run(1, DECEMBER, "both")
    assert difference(world) == NURSE
    come_back(world)
    more_is_due(world)
    world.drop([account("v1-a", NEW, "2023-12-20")], at=cut_off(world, 61))
    world.drop([identity("v1-b", "v1-a")], sent_by="operator", at=cut_off(world, 61))
    assert again(world, "first") == []
    assert sum(paid(world) + paid(world, "v1-b")) == 170_731


def test_an_account_that_was_registered_ahead_is_no_change_that_is_held(world: World) -> None:
    """Its file is older than the payment, but nothing came back."""
    more_is_due(world)
    world.drop([account("v1-a", NEW, "2024-01-15")], at=cut_off(world, -1))
    assert again(world, "first") == []
    assert difference(world) > 0


def test_the_first_payment_to_the_own_account_of_a_titular_is_not_held(world: World) -> None:
    """What was paid before went to the tariff office."""
    world.drop(provider("v1-t", P1, "pharmacist", pharmacy_id="P1", tariff_office="O1"), at=1)
    world.drop([office("O1")], at=1)
    world.clock.at += timedelta(minutes=1)
    world.run(1, DECEMBER, "office")
    come_back(world, "v1-t")
    dentist = provider("v1-t", riziv(310_001), "dentist", s1=90_000, specialism="general-dentistry")
    world.drop([*dentist, activity(riziv(310_001), 190_000, whole_year=True)], at=cut_off(world))
    world.drop([convention(P1, "none", "2020-01-01")], at=cut_off(world))
    world.drop([account("v1-t", NEW)], sent_by="operator", at=cut_off(world))
    assert again(world, "first") == []
    assert paid(world, "v1-t") == [179_000, -179_000, 170_731]


def test_the_own_account_of_a_titular_does_not_matter_for_the_office(world: World) -> None:
    world.drop(provider("v1-t", P1, "pharmacist", pharmacy_id="P1", tariff_office="O1"), at=1)
    world.drop([office("O1"), account("v1-t", OLD)], sent_by="operator", at=1)
    again(world, "first")
    come_back(world, "v1-t")
    world.drop([office("O1", NEW)], at=cut_off(world, 60))
    again(world, "second")
    [changed] = [each.id for each in world.reviewed() if each.kind == "office-account-changed"]
    world.choose(changed, "use-it", by="somebody-else")
    assert again(world, "third") == []
    assert [len(paid(world, "v1-t")), paid(world, "v1-t")[0]] == [3, 179_000]


def test_the_first_payment_of_a_person_is_not_held_whoever_brought_the_account(world: World) -> None:
    world.drop(provider("v1-b", N2, s1=20_000), at=cut_off(world))
    world.drop([account("v1-b", NEW), activity(N2, 41_000, whole_year=True)], sent_by="operator", at=cut_off(world))
    assert again(world, "first") == []
    assert paid(world, "v1-b") == [NURSE]


@pytest.mark.parametrize("choice", ["pay-it", "hold-it", None])
def test_an_account_that_changes_once_more_is_another_question(world: World, choice: str | None) -> None:
    more_is_due(world)
    world.drop([account("v1-a", NEW, "2023-12-15")], sent_by="operator", at=cut_off(world))
    again(world, "first")
    if choice:
        pay(world, choice)
    world.drop([account("v1-a", "NL91ABNA0417164300", "2023-12-16")], sent_by="operator", at=cut_off(world, 60))
    again(world, "second")
    assert difference(world) == 0
    assert None in [each.choice for each in world.reviewed() if each.kind == "account-changed"]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holder", "kinds"),
    [
        ("\u738b \u5c0f", ["holder-name-empty"]),
        ("\u738b 1", []),
        ("\u738b" * 69 + "1", []),  # the shortest that a version of the message takes
        ("\u738b" * 70 + "1", ["holder-name-empty"]),
    ],
)
def test_a_name_of_which_the_bank_could_read_nothing_is_held(world: World, holder: str, kinds: list[str]) -> None:
    world.drop(provider("v1-b", N2, s1=20_000), at=cut_off(world))
    world.drop([account("v1-b", NEW, holder=holder), activity(N2, 41_000, whole_year=True)], at=cut_off(world))
    assert again(world, "first") == kinds
    assert paid(world, "v1-b") == ([] if kinds else [NURSE])


def test_only_another_name_pays_whom_the_bank_could_not_name(world: World) -> None:
    """A file with such a name would be refused as a whole."""
    world.drop([*provider("v1-b", N2, s1=20_000), account("v1-b", NEW, holder="\u738b")], at=cut_off(world))
    world.drop([activity(N2, 41_000, whole_year=True)], at=cut_off(world))
    again(world, "first")
    with pytest.raises(InvalidError) as refused:
        world.choose(held(world)["holder-name-empty"].id, "pay-it", by="somebody-else")
    assert refused.value.code == "choice-unknown"
    pay(world, "seen")
    assert again(world, "second") == ["holder-name-empty"]
    world.drop([account("v1-b", NEW, holder="Wang")], at=cut_off(world, 90))
    assert again(world, "third") == []
    assert paid(world, "v1-b") == [NURSE]


# --- what the approver sees, and what nobody gets ------------------------------------------------


def test_a_held_payment_is_counted_beside_the_others_and_is_in_no_file(world: World) -> None:
    come_back(world)
    world.drop([*provider("v1-b", N2, s1=20_000), account("v1-b", NEW)], at=cut_off(world))
    world.drop([activity(N2, 41_000, whole_year=True)], at=cut_off(world))
    world.clock.at += timedelta(minutes=1)
    run = world.evaluate(world.start(2, JUNE, "first"))
    summary = world.summary(run)
    assert summary["held"] == {"count": 1, "amount": "945.95"}
    assert (summary["payments"]["count"], summary["control_sum"]) == (1, "945.95")
    assert summary["transfers"]["count"] == 1
    assert summary["exceptions"]["payment-returned"] == 1
    assert sum(sector["payments"] for sector in summary["sectors"]) == 1
    world.approve(run)
    world.pay(run)
    assert world.now(run).state == "released"
    assert all(check["holds"] for check in world.summary(run)["checks"])
    written = world.output.get(f"payments/2023/phase-2/{run.id}/payments.csv").decode().splitlines()
    assert [row.split(";")[1] for row in written[1:]] == [N2[:8]]
    [_, file] = world.bank_files()
    assert (file.transfers, file.cents) == (1, NURSE)


def letter(world: World, run: Run) -> str:
    decisions = FrozenRunDecisions(world.decisions, world.work)
    name = f"{run.id}.v1-a"
    ports = LetterPorts(decisions, world.runs, world.ledger, world.debtor_accounts, world.work)
    return read_letter(world.year, name, None, ports)


def test_nobody_gets_a_letter_on_a_payment_that_is_held(world: World) -> None:
    come_back(world)
    world.clock.at += timedelta(minutes=1)
    run = world.run(2, JUNE, "first")
    index = world.output.get(f"payments/2023/phase-2/{run.id}/letters.csv").decode()
    assert N1[:8] not in index
    with pytest.raises(ConflictError) as refused:
        letter(world, run)
    assert refused.value.code == "payment-not-written"
    pay(world)
    run = world.run(2, JUNE, "second")
    assert "945" in letter(world, run)
    assert N1[:8] in world.output.get(f"payments/2023/phase-2/{run.id}/letters.csv").decode()


def test_no_question_tells_an_account_or_a_name(world: World) -> None:
    come_back(world)
    again(world, "first")
    found = held(world)["payment-returned"]
    assert not [said for said in (OLD, OLD[-4:], "Holder", "v1-a") if said in f"{found.id} {found.facts}"]
