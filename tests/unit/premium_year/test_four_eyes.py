"""Who has a hand in a run does not approve it, and nobody decides what his own file raised."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tegemoet.application.premium_year import approval, settlement
from tegemoet.application.premium_year.folder import NotApprovedError
from tegemoet.application.premium_year.four_eyes import RAISED_BY
from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.running import abandon_run
from tegemoet.application.records import Person, Run, RunDetail
from tegemoet.domain.manual_review import Choice, YearException
from tegemoet.domain.problems import ConflictError, ProblemError
from tests.support import fakes
from tests.support.fakes.partners import anything_of
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    YEAR,
    World,
    account,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

N1, N2 = riziv(400_001), riziv(400_002)
CONFLICT = f"identity-conflict.{N1[:8]}"
FIRST, SECOND = candidate(N1[:8], "v1-a"), candidate(N1[:8], "v1-b")
"""The choices of the conflict."""
EVERYBODY = ("operator", "approver", "both", "third")


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        made = World()
        made.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
        for subject in EVERYBODY:
            made.people.add(subject, "operator", "approver")
        yield made


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ProblemError) as found:
        call(*arguments, **named)
    return found.value.code


def waiting(world: World, key: str = "key") -> Run:
    return world.evaluate(world.start(1, DECEMBER, key))


# --- who approves ---------------------------------------------------------------------------------


def test_who_sent_an_account_as_operator_does_not_approve_the_run_that_pays_it(world: World) -> None:
    world.drop([account("v1-a", "BE43068999999501", "2023-07-01")], partner="operator", sent_by="both")
    run = waiting(world)
    assert refused(world.approve, run, "both") == "approver-sent-a-file"
    assert world.now(run).state == "waiting"
    assert world.approve(run, "third").state == "approved"


def test_who_sent_a_file_that_the_run_does_not_use_approves_it(world: World) -> None:
    run = world.start(1, DECEMBER)
    later = 1_800_000_000 - 1_700_000_000
    world.drop([account("v1-a", "BE43068999999501", "2023-07-01")], partner="operator", sent_by="both", at=later)
    assert world.approve(world.evaluate(run), "both").state == "approved"


@pytest.mark.parametrize("barred", ["registers-it", "answers-for-it"])
def test_who_registered_or_answers_for_a_partner_of_the_run_does_not_approve_it(world: World, barred: str) -> None:
    theirs = replace(anything_of("fund"), number=2, by=Person("registers-it", ""), answerable=("answers-for-it",))
    world.registrations.append(theirs)
    world.people.add(barred, "approver")
    run = waiting(world)
    assert refused(world.approve, run, barred) == "approver-of-a-partner"
    assert world.approve(run, "third").state == "approved"


@pytest.mark.parametrize("barred", ["registers-it", "answers-for-it"])
def test_who_answers_for_a_partner_since_the_start_of_the_run_does_not_approve_it(world: World, barred: str) -> None:
    run = waiting(world)
    now = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    by = Person("registers-it", "")
    world.registrations.append(replace(anything_of("fund"), number=2, at=now, by=by, answerable=("answers-for-it",)))
    world.people.add(barred, "approver")
    assert refused(world.approve, run, barred) == "approver-of-a-partner"
    assert world.approve(run, "third").state == "approved"


def test_who_answers_for_a_partner_that_brought_nothing_approves_the_run(world: World) -> None:
    world.registrations.append(replace(anything_of("elsewhere"), answerable=("both",)))
    assert world.approve(waiting(world), "both").state == "approved"


def test_a_run_that_only_those_of_its_partners_could_approve_is_not_started(world: World) -> None:
    world.registrations.append(replace(anything_of("fund"), number=2, answerable=("approver", "both", "third")))
    assert refused(world.start, 1, DECEMBER) == "no-approver"


def test_who_made_a_choice_that_the_run_uses_does_not_approve_it(world: World) -> None:
    world.drop([practice("v1-b", N1)])
    world.run(1, DECEMBER)
    world.choose(CONFLICT, FIRST, by="both")
    run = waiting(world, "again")
    assert refused(world.approve, run, "both") == "approver-chose"
    assert world.approve(run, "third").state == "approved"


def test_a_choice_that_another_one_replaced_bars_nobody(world: World) -> None:
    world.drop([practice("v1-b", N1)])
    world.run(1, DECEMBER)
    world.choose(CONFLICT, SECOND, by="both")
    world.choose(CONFLICT, FIRST, by="third")
    run = waiting(world, "again")
    assert refused(world.approve, run, "third") == "approver-chose"
    assert world.approve(run, "both").state == "approved"


def test_whoever_only_looked_at_an_exception_approves_the_run(world: World) -> None:
    world.runs.keep_exceptions(YEAR, [YearException("practice-missing.1", "practice-missing", {})])
    world.choose("practice-missing.1", "seen", by="both")
    assert world.approve(waiting(world), "both").state == "approved"


def test_a_run_that_only_barred_persons_could_approve_is_not_started(world: World) -> None:
    world.people.accounts = {subject: world.people.accounts[subject] for subject in ("operator", "both", "third")}
    world.drop([practice("v1-b", N1)], sent_by="third")
    run = waiting(world)
    world.approve(run, "both")
    world.pay(run)
    world.choose(CONFLICT, FIRST, by="both")
    assert refused(world.start, 1, DECEMBER, "again") == "no-approver"
    world.people.add("fourth", "approver")
    assert world.start(1, DECEMBER, "again").state == "started"


# --- two answers at once --------------------------------------------------------------------------


class Overtaken(fakes.FakeRuns):
    """Runs on which somebody else's answer arrives just before this one's write."""

    def __init__(self, runs: fakes.FakeRuns, other: Any) -> None:
        self.__dict__ = runs.__dict__
        self._other = other

    def _first(self) -> None:
        other, self._other = self._other, None
        if other is not None:
            other()

    def update(self, run_id: str, **change: Any) -> bool:
        self._first()
        return super().update(run_id, **change)

    def finish(self, run_id: str, **change: Any) -> bool:
        self._first()
        return super().finish(run_id, **change)


def at_once(world: World, run: Run, first: tuple[str, bool], second: tuple[str, bool]) -> Run:
    """The `first` person answers just before the `second` one writes; the second answer."""

    def answer(approver: str, approve: bool) -> Run:
        said = approval.Answer(YEAR, 1, run.id, "945.95", approve, None if approve else "no")
        return approval.answer_run(said, approver, world.answering)

    world.runs = Overtaken(world.runs, lambda: answer(*first))
    return answer(*second)


@pytest.mark.parametrize("approve", [True, False])
def test_the_same_answer_of_the_same_person_at_the_same_moment_is_one_answer(world: World, approve: bool) -> None:
    run = waiting(world)
    answered = at_once(world, run, ("both", approve), ("both", approve))
    assert answered.state == ("approved" if approve else "refused")
    assert world.workflows.answers == {f"token-{run.id}": {"approved": approve}}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_of_two_persons_who_answer_at_once_one_wins_and_the_other_is_told(
    world: World, first: bool, second: bool
) -> None:
    run = waiting(world)
    with pytest.raises(ConflictError) as told:
        at_once(world, run, ("both", first), ("third", second))
    assert told.value.code == "decided-already"
    detail = world.now(run).detail
    assert (detail.approved_by or detail.refused_by) == "both"
    assert world.workflows.answers == {f"token-{run.id}": {"approved": first}}


def test_an_answer_that_a_repeated_call_passed_on_does_not_fail_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, answer = waiting(world), world.workflows.answer

    def repeated_meanwhile(token: str, output: Any) -> bool:
        monkeypatch.undo()
        world.approve(run, "both")
        return answer(token, output)

    monkeypatch.setattr(world.workflows, "answer", repeated_meanwhile)
    assert world.approve(run, "both").detail.approved_by == "both"
    assert world.now(run).state == "approved"


def test_whoever_abandoned_a_run_has_not_answered_it(world: World) -> None:
    run = waiting(world)
    by = Person("both", "Name of both")
    abandon_run(run.id, by=by, reason="again", runs=world.runs, workflows=world.workflows, clock=world.clock)
    assert refused(world.approve, run, "both", approve=False, reason="again") == "not-waiting"


def test_an_answer_of_a_refused_run_is_repeated(world: World) -> None:
    run = waiting(world)
    world.approve(run, "both", approve=False, reason="wrong")
    assert world.approve(run, "both", approve=False, reason="wrong").state == "refused"
    assert refused(world.approve, run, "both") == "decided-already"
    assert refused(world.approve, run, "third", approve=False, reason="me too") == "decided-already"


# --- the seal -------------------------------------------------------------------------------------


def forged(world: World, run: Run, **detail: Any) -> None:
    """An approval that somebody who can write the table of years put there."""
    given = {"approved_by": "third", "approved_at": "2023-12-01T10:00:00+00:00", **detail}
    world.runs.update(run.id, state="approved", detail=RunDetail(**given), expected=("waiting", "approved"))


@pytest.mark.parametrize("mac", [None, "", "AAAA", "no base64"])
def test_an_approval_that_was_put_into_the_table_pays_nothing(world: World, mac: str | None) -> None:
    run = waiting(world)
    forged(world, run, approval_mac=mac)
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert world.entries() == []


def test_the_seal_of_another_run_pays_nothing(world: World) -> None:
    first = world.run(1, DECEMBER)
    run = waiting(world, "again")
    forged(world, run, approval_mac=first.detail.approval_mac, approved_at=first.detail.approved_at)
    with pytest.raises(NotApprovedError):
        world.pay(run)


@pytest.mark.parametrize(
    "change",
    [
        {"approved_by": "operator"},
        {"approved_at": "2023-12-01T10:00:00+00:00"},
        {"control_sum": "945.96"},
        {"payments_sha256": "0" * 64},
    ],
)
def test_a_sealed_approval_covers_sum_transfers_person_and_moment(world: World, change: dict[str, Any]) -> None:
    run = world.approve(waiting(world))
    settlement.approved_run(run.id, world.runs, world.seal)
    world.runs.update(run.id, state="approved", detail=RunDetail(**change), expected=("approved",))
    with pytest.raises(NotApprovedError):
        settlement.approved_run(run.id, world.runs, world.seal)


@pytest.mark.parametrize("change", [{"year": 2024}, {"phase": 2}, {"id": f"{YEAR}-1-0000000000"}])
def test_a_sealed_approval_covers_year_phase_and_run(world: World, change: dict[str, Any]) -> None:
    run = world.approve(waiting(world))
    other = replace(run, **change)
    world.runs.items[other.id] = other
    with pytest.raises(NotApprovedError):
        settlement.approved_run(other.id, world.runs, world.seal)


def test_a_seal_under_another_key_pays_nothing(world: World) -> None:
    run = world.approve(waiting(world))
    with pytest.raises(NotApprovedError):
        settlement.approved_run(run.id, world.runs, fakes.FakeSeal(b"another key"))


def test_a_sealed_approval_is_paid_when_the_run_failed_on_the_way(world: World) -> None:
    run = world.approve(waiting(world))
    world.runs.items[run.id] = replace(run, state="failed")
    assert world.pay(run).state == "released"


# --- who decides an exception ---------------------------------------------------------------------


def test_nobody_decides_an_exception_that_a_file_of_his_own_raised(world: World) -> None:
    world.drop(provider("v1-c", N2), partner="operator", sent_by="third")
    world.drop([practice("v1-d", N2)], partner="operator", sent_by="operator")
    run = waiting(world)
    world.approve(run, "both")
    world.pay(run)
    conflict = f"identity-conflict.{N2[:8]}"
    for sender in ("third", "operator"):
        assert refused(world.choose, conflict, candidate(N2[:8], "v1-d"), sender) == "own-file"
    assert world.reviewed()[0].choice is None
    world.choose(conflict, candidate(N2[:8], "v1-c"), "both")


@pytest.mark.parametrize("own", [0, 1], ids=["first", "last"])
def test_a_file_that_says_what_another_one_says_raises_its_exception_too(world: World, own: int) -> None:
    world.registrations.append(replace(anything_of("partb"), accounts_from=None, identities_from=None))
    shop: dict[str, Any] = {"pharmacy_id": "P1", "tariff_office": "T1"}
    world.drop([*provider("v1-t", riziv(200_001, 1), "pharmacist", **shop), office("T1")], partner="partb")
    world.approve(run := waiting(world), "both")
    world.pay(run)
    senders: list[str | None] = [None, None]
    senders[own] = "operator"
    for sender in senders:
        changed = [identity("v1-t", "v1-new"), office("T1", "BE71096123456769"), account("v1-t", "BE71096123456769")]
        world.drop(changed, partner="partb", sent_by=sender)
    waiting(world, "again")
    asked = {found.kind: found.id for found in world.reviewed() if found.choice is None}
    for kind in ("identity-of-another-partner", "office-account-changed"):
        assert len(world.exceptions()[asked[kind]]["claims"]) == 2
        assert refused(world.choose, asked[kind], "use-it", "operator") == "own-file"


@pytest.mark.parametrize(("kinds", "code"), [("activity-s1", "own-file"), ("accounts", "")])
def test_an_exception_without_a_batch_is_raised_by_any_file_of_its_kind(world: World, kinds: str, code: str) -> None:
    world.run(1, DECEMBER)
    for batch in world.batches.items.values():
        if batch.kind == kinds:
            person = world.people.person("third").person
            world.batches.items[batch.id] = replace(batch, sent_by=person)
    run = world.evaluate(world.start(2, JUNE))
    missing = f"year-amount-missing.{N1[:8]}.1180000"
    assert [(e.id, e.run) for e in world.reviewed()] == [(missing, run.id)]
    if code:
        assert refused(world.choose, missing, "year-as-delivered", "third") == code
    else:
        world.choose(missing, "year-as-delivered", "third")


def test_the_kinds_that_raise_an_exception_are_kinds_of_files() -> None:
    from tegemoet.application.premium_year.plan import FACT_KINDS

    assert {kind for kinds in RAISED_BY.values() for kind in kinds} <= set(FACT_KINDS)


def test_choices_are_kept_with_who_when_and_why_and_the_last_one_counts(world: World) -> None:
    world.drop([practice("v1-b", N1)])
    world.run(1, DECEMBER)
    world.choose(CONFLICT, SECOND, by="third")
    world.clock.at = world.clock.at.replace(hour=10)
    world.choose(CONFLICT, FIRST, by="both")
    [found] = world.reviewed()
    assert [(made.choice, made.subject, made.name, made.at[11:13]) for made in found.choices_made] == [
        (SECOND, "third", "Name of third", "09"),
        (FIRST, "both", "Name of both", "10"),
    ]
    assert found.choice == FIRST


def test_of_two_persons_who_choose_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    world.drop([practice("v1-b", N1)])
    world.run(1, DECEMBER)
    real = world.runs.choose

    def overtaken(year: int, exception: str, number: int, choice: Choice) -> bool:
        world.runs.choose = real
        world.choose(CONFLICT, FIRST, by="both")
        return bool(real(year, exception, number, choice))

    world.runs.choose = overtaken
    assert refused(world.choose, CONFLICT, SECOND, "third") == "chosen-meanwhile"
    [found] = world.reviewed()
    assert [made.choice for made in found.choices_made] == [FIRST]


# --- what the report says -------------------------------------------------------------------------


def test_the_report_says_who_started_and_approved_and_counts_refused_files(world: World) -> None:
    batch = next(iter(world.batches.items.values()))
    others = {"b-1": "refused", "b-2": "refused", "b-3": "failed", "b-4": "abandoned"}
    for name, state in others.items():
        world.batches.items[name] = replace(batch, id=name, state=state)
    world.batches.items["b-5"] = replace(batch, id="b-5", state="refused", written_at="2024-01-01T00:00:00Z")
    run = waiting(world)
    summary = world.summary(run)
    assert summary["unused_files"] == {"abandoned": 1, "failed": 1, "refused": 2}, "of those before the cut-off"
    assert summary["cut_off"] == world.now(run).detail.cut_off
    assert [(act["act"], act["by"]) for act in summary["acts"]] == [("started", "Name of operator")]
    world.approve(run, "both")
    world.pay(run)
    page = world.output.get(f"payments/{YEAR}/phase-1/{run.id}/report.html").decode()
    assert "Name of operator" in page
    assert "Name of both" in page


def test_no_partner_and_no_event_names_a_person(world: World) -> None:
    run = waiting(world)
    world.approve(run, "both")
    world.pay(run)
    for key in world.output.keys("out/"):
        assert b"Name of" not in world.output.get(key)
    assert "Name of" not in str(world.events.published)
