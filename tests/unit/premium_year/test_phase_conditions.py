"""Who may do what when: starting, approving, continuing, giving
up, choosing and closing; and what settling refuses.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest

from tegemoet.application.files import read_json
from tegemoet.application.lives import Retention
from tegemoet.application.premium_year import approval, closing, running, settlement
from tegemoet.application.premium_year import report as reporting
from tegemoet.application.premium_year.folder import NotApprovedError, output_prefix
from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.phase_state import PhaseState, phase_state
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.starting import Start, StartPorts, start_phase
from tegemoet.application.records import (
    Batch,
    BatchState,
    Closing,
    ClosingProposal,
    Entry,
    Person,
    Run,
    RunState,
)
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import ConflictError, InvalidError, NoPremiumForYearError, NotFoundError, ProblemError
from tests.support import fakes
from tests.support.fakes.partners import OPERATOR, REGISTRAR
from tests.support.lagging import Lag, hanging
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    SCHEME,
    YEAR,
    World,
    account,
    activity,
    office,
    provider,
    riziv,
    two_shards,
)
from tests.support.years import AFTER_ALL

N1 = riziv(400_001)


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        made = World()
        made.drop([*provider("v1-a", N1, s1=11_800), account("v1-a")])
        yield made


def code_of(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ProblemError) as found:
        call(*arguments, **named)
    return found.value.code


def waiting(world: World, phase: int = 1, on: date = DECEMBER, key: str = "key") -> Run:
    return world.evaluate(world.start(phase, on, key))


# --- starting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("phase", "day"), [(1, date(2023, 11, 30)), (2, date(2024, 5, 31))])
def test_a_phase_does_not_start_before_its_first_day(world: World, phase: int, day: date) -> None:
    with pytest.raises(InvalidError) as found:
        world.start(phase, day)
    assert found.value.code == "before-first-day"
    assert [fault.path for fault in found.value.faults] == ["/on"]
    assert world.runs.items == {}


def test_a_phase_starts_on_its_first_day(world: World) -> None:
    assert world.start(1, date(2023, 12, 1)).state == "started"


def test_a_year_of_which_nothing_was_delivered_is_not_started() -> None:
    empty = fakes.FakeRuns()
    for phase, code in ((1, "nothing-delivered"), (2, "phase-1-not-released")):
        with pytest.raises(ConflictError) as found:
            start_phase(
                Start(YEAR, phase, JUNE, Person("operator", "An Operator"), "key"),
                StartPorts(
                    empty,
                    fakes.FakeBatches(),
                    fakes.FakeRegistrations(),
                    fakes.FakePeople(),
                    fakes.FakeWorkflows(),
                    fakes.FakeClock(),
                    Retention(3, 10),
                ),
            )
        assert found.value.code == code
    assert empty.items == {}


def test_a_year_without_parameters_has_no_premium(world: World) -> None:
    with pytest.raises(NoPremiumForYearError):
        parameters_of(AFTER_ALL)


def test_a_third_phase_is_unknown(world: World) -> None:
    with pytest.raises(NotFoundError):
        world.start(3, JUNE)


def test_the_same_call_twice_is_one_run(world: World) -> None:
    first = world.start(1, DECEMBER)
    assert world.start(1, DECEMBER) == first
    assert list(world.workflows.started) == [("phase", first.id)]
    assert world.workflows.started["phase", first.id] == {
        "run": first.id,
        "year": YEAR,
        "phase": 1,
        "on": "2023-12-01",
    }


def test_a_call_that_its_own_repetition_overtook_finds_its_run_open(world: World) -> None:
    first = world.start(1, DECEMBER)
    looks = iter([None])  # the first look comes before the other call has opened the run
    real = world.runs.get
    world.runs.get = lambda run_id: next(looks, first) and real(run_id)
    assert world.start(1, DECEMBER).id == first.id


def test_another_run_is_refused_while_one_is_open(world: World) -> None:
    world.start(1, DECEMBER)
    assert code_of(world.start, 1, DECEMBER, "other") == "run-open"


def test_phase_two_waits_for_a_released_phase_one(world: World) -> None:
    assert code_of(world.start, 2, JUNE) == "phase-1-not-released"


def test_phase_one_cannot_follow_a_phase_two_that_began_even_when_that_was_refused(world: World) -> None:
    world.run(1, DECEMBER)
    run = waiting(world, 2, JUNE)
    world.approve(run, approve=False, reason="wrong")
    assert code_of(world.start, 1, DECEMBER, "again") == "phase-2-begun"


@pytest.mark.parametrize(
    ("state", "code"),
    [("loading", "batch-loading"), ("done", ""), ("refused", ""), ("failed", ""), ("abandoned", "")],
)
def test_a_loading_batch_holds_the_phase_and_an_ended_one_does_not(world: World, state: BatchState, code: str) -> None:
    batch = Batch("b", "p", SCHEME, "practices", YEAR, "k", None, "2023-11-30T10:00:00Z", "s", 1, state)
    world.batches.create(batch)
    if code:
        assert code_of(world.start, 1, DECEMBER) == code
        assert world.runs.items == {}
    else:
        assert world.start(1, DECEMBER).state == "started"


def loading(kind: str, scheme: str = SCHEME, written: str = "2023-11-30T10:00:00Z") -> Batch:
    return Batch("b", "p", scheme, kind, YEAR, "k", None, written, "s", 1, "loading")


@pytest.mark.parametrize(
    "batch",
    [
        loading("population", "premium-allocation"),
        loading("households", "increased-reimbursement"),
        loading("practices", "premium-allocation"),
        loading("activity-year"),
        loading("practices", written="2023-12-01T09:00:01Z"),
        loading("practices", written="2024-01-01T00:00:00Z"),
    ],
    ids=lambda batch: f"{batch.scheme} {batch.kind} {batch.written_at}",
)
def test_phase_1_waits_for_no_file_that_it_does_not_use(world: World, batch: Batch) -> None:
    """The clock says 09:00:01 when the run starts."""
    world.batches.create(batch)
    assert world.start(1, DECEMBER).state == "started"


def test_phase_2_waits_for_the_amounts_of_the_whole_year(world: World) -> None:
    world.run(1, DECEMBER)
    world.batches.create(loading("activity-year"))
    assert code_of(world.start, 2, JUNE) == "batch-loading"


@pytest.mark.parametrize("ends", ["done", "refused", "abandoned"])
def test_a_file_that_s3_reports_after_the_start_is_waited_for(world: World, ends: BatchState) -> None:
    """Its message may be on the way when nothing is loading yet."""
    run = world.start(1, DECEMBER)
    late = loading("practices", written="2023-12-01T09:00:00Z")
    world.batches.create(late)
    assert code_of(world.make_plan, run) == "batch-loading"
    assert not world.folder(run).has_plan()
    world.batches.update(late.id, state=ends, detail=late.detail, expected=("loading",))
    world.make_plan(run)
    assert (late.id in world.folder(run).plan().ranks()) == (ends == "done")


def test_a_file_of_after_the_cut_off_does_not_hold_a_run_that_started(world: World) -> None:
    run = world.start(1, DECEMBER)
    world.batches.create(loading("practices", written="2023-12-01T09:00:01Z"))
    world.make_plan(run)
    assert world.folder(run).has_plan()


@pytest.mark.parametrize(("written", "counts"), [("2023-12-01T09:00:00Z", True), ("2023-12-01T09:00:01Z", False)])
def test_a_run_uses_what_was_written_before_its_cut_off(world: World, written: str, counts: bool) -> None:
    for batch in list(world.batches.items.values()):
        world.batches.items[batch.id] = replace(batch, written_at=written)
    run = world.evaluate(world.start(1, DECEMBER))
    assert world.now(run).detail.cut_off == "2023-12-01T09:00:01Z"
    assert len(world.folder(run).plan().batches) == (4 if counts else 0)
    assert world.now(run).detail.control_sum == ("945.95" if counts else "0.00")


def test_a_file_of_the_second_in_which_a_run_starts_counts(world: World) -> None:
    world.clock.at = world.clock.at.replace(microsecond=1)
    run = world.start(1, DECEMBER)
    assert world.now(run).detail.cut_off == "2023-12-01T09:00:02Z"


def test_a_cut_off_is_not_before_that_of_a_released_run(world: World) -> None:
    """Facts that were paid on are not forgotten."""
    first = world.run(1, DECEMBER)
    paid_on = datetime.fromisoformat(str(first.detail.cut_off))
    with pytest.raises(InvalidError) as found:
        world.start(1, DECEMBER, "again", cut_off=paid_on - timedelta(seconds=1))
    assert found.value.code == "cut-off-too-early"
    assert world.start(1, DECEMBER, "again", cut_off=paid_on).state == "started"


def test_phase_1_does_not_read_amounts_of_the_whole_year(world: World) -> None:
    world.drop([activity(N1, 30_000, whole_year=True)])
    run = world.evaluate(world.start(1, DECEMBER))
    assert {batch.kind for batch in world.folder(run).plan().batches} == {
        "practices",
        "conventions",
        "activity-s1",
        "accounts",
    }


def test_a_batch_that_was_given_up_while_a_run_started_is_not_used(world: World) -> None:
    run = world.start(1, DECEMBER)
    batch = next(b for b in world.batches.items.values() if b.kind == "accounts")
    world.batches.items[batch.id] = replace(batch, state="abandoned")
    assert world.evaluate(run).detail.control_sum == "0.00"


# --- approving ------------------------------------------------------------------------------------


def approve(world: World, run: Run, **more: Any) -> Run:
    arguments: dict[str, Any] = {"control_sum": "945.95", "approve": True, **more}
    approver, run_id = arguments.pop("approver", "approver"), arguments.pop("run_id", run.id)
    phase = arguments.pop("phase", run.phase)
    return approval.answer_run(approval.Answer(YEAR, phase, run_id, **arguments), approver, world.answering)


def test_an_approval_by_somebody_else_on_the_sum_shown_reaches_the_workflow(world: World) -> None:
    run = waiting(world)
    approved = approve(world, run)
    assert (approved.state, approved.detail.approved_by) == ("approved", "approver")
    assert world.workflows.answers == {f"token-{run.id}": {"approved": True}}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"approver": "operator"}, "approver-is-starter"),
        ({"control_sum": "945.96"}, "control-sum-differs"),
        ({"control_sum": "945.9"}, "control-sum-differs"),
        ({"run_id": f"{YEAR}-1-0000000000"}, "run-differs"),
        ({"approve": False}, "reason-missing"),
    ],
)
def test_any_other_approval_is_refused_and_changes_nothing(world: World, more: dict[str, Any], code: str) -> None:
    world.people.add("operator", "operator", "approver")
    run = waiting(world)
    assert code_of(approve, world, run, **more) == code
    assert world.now(run).state == "waiting"
    assert world.workflows.answers == {}


def test_there_is_nothing_to_approve_before_a_run(world: World) -> None:
    run = waiting(world)
    assert code_of(approve, world, run, phase=2) == "run-unknown"


def test_a_run_that_does_not_wait_yet_has_no_sum_to_approve(world: World) -> None:
    assert code_of(approve, world, world.start(1, DECEMBER)) == "control-sum-differs"


def test_a_refusal_ends_the_run_unpaid_and_frees_the_year(world: World) -> None:
    run = waiting(world)
    approve(world, run, approve=False, reason="the sum looks wrong")
    approval.publish_refusal(run, runs=world.runs, events=world.events)
    assert (world.now(run).state, world.entries()) == ("refused", [])
    assert world.events.published[-1] == (
        "run.refused",
        {"run": run.id, "year": YEAR, "phase": 1, "state": "refused"},
    )
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert world.run(1, DECEMBER, "again").state == "released"


def test_the_first_answer_stands(world: World) -> None:
    run = waiting(world)
    approve(world, run)
    assert approve(world, run).state == "approved", "the same answer again"
    world.people.add("another", "approver")
    assert code_of(approve, world, run, approver="another") == "decided-already"
    assert code_of(approve, world, run, approve=False, reason="too late") == "decided-already"
    assert world.now(run).state == "approved"


def test_no_answer_in_time_counts_as_no(world: World) -> None:
    run = waiting(world)
    assert approval.expire(run, runs=world.runs) is False
    assert world.now(run).state == "expired"
    approval.publish_refusal(run, runs=world.runs, events=world.events)
    assert world.events.published[-1][1]["state"] == "expired"
    assert code_of(approve, world, run) == "not-waiting"
    assert world.runs.year(YEAR).open_run is None


def test_an_approval_at_the_last_moment_stands_against_the_timeout(world: World) -> None:
    run = waiting(world)
    approve(world, run)
    assert approval.expire(run, runs=world.runs) is True
    assert world.now(run).state == "approved"


# --- failing and going on -------------------------------------------------------------------------


def fail(world: World, run: Run) -> None:
    assert running.record_failure(run.id, str(world.now(run).detail.execution), "Lambda.Unknown", runs=world.runs)


def test_a_failed_run_locks_the_year_until_it_is_continued(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    assert code_of(world.start, 1, DECEMBER, "other") == "run-open"
    again = running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
    assert (again.state, again.detail.execution) == ("started", f"{run.id}-1")
    assert ("phase", f"{run.id}-1") in world.workflows.started
    world.approve(world.evaluate(run))
    assert world.pay(run).state == "released"


def test_a_run_that_failed_after_its_approval_pays_without_a_second_one(world: World) -> None:
    run = waiting(world)
    world.approve(run)
    fail(world, run)
    assert running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows).state == "approved"
    assert world.propose(run) is True
    world.pay(run)
    assert world.paid() == {"v1-a": [94595]}


def test_continuing_twice_starts_one_execution(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    for _ in range(2):
        running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
    assert set(world.workflows.started) == {("phase", run.id), ("phase", f"{run.id}-1")}


def test_a_second_person_who_continues_is_told_and_the_execution_is_started(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    first = running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
    assert (first.detail.resumed_by, first.detail.resumed_by_name) == (OPERATOR.subject, OPERATOR.name)
    world.workflows.started.clear()  # as if the first had stopped before it started the execution
    with pytest.raises(ConflictError) as told:
        running.resume_run(run.id, by=REGISTRAR, runs=world.runs, workflows=world.workflows)
    assert told.value.code == "resumed-already"
    assert set(world.workflows.started) == {("phase", f"{run.id}-1")}
    fail(world, run)
    again = running.resume_run(run.id, by=REGISTRAR, runs=world.runs, workflows=world.workflows)
    assert (again.detail.attempt, again.detail.resumed_by) == (2, REGISTRAR.subject)


def test_a_call_that_continues_late_does_not_name_an_ended_execution_again(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)

    def meanwhile() -> None:
        running.resume_run(run.id, by=REGISTRAR, runs=world.runs, workflows=world.workflows)
        fail(world, run)

    late = hanging(world, Lag(1, meanwhile=meanwhile))  # it has read the run, and not yet changed it
    running.resume_run(run.id, by=OPERATOR, runs=late.runs, workflows=late.workflows)
    assert world.now(run).detail.execution == f"{run.id}-2"
    assert ("phase", f"{run.id}-2") in world.workflows.started


def test_the_failure_of_an_earlier_execution_changes_nothing(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
    assert running.record_failure(run.id, run.id, "late", runs=world.runs) is False
    assert world.now(run).state == "started"


@pytest.mark.parametrize(("state", "told"), [("waiting", None), ("released", None), ("refused", "not-failed")])
def test_whoever_resumed_a_run_is_told_so_again_when_it_has_gone_on(
    world: World, state: RunState, told: str | None
) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    ports: dict[str, Any] = {"runs": world.runs, "workflows": world.workflows}
    running.resume_run(run.id, by=OPERATOR, **ports)
    world.runs.items[run.id] = replace(world.now(run), state=state)
    started = dict(world.workflows.started)
    if told is None:
        assert running.resume_run(run.id, by=OPERATOR, **ports).id == run.id
    else:
        assert code_of(running.resume_run, run.id, by=OPERATOR, **ports) == told
    assert code_of(running.resume_run, run.id, by=REGISTRAR, **ports) == "not-failed"
    assert world.workflows.started == started


@pytest.mark.parametrize("state", ["waiting", "released", "refused"])
def test_only_a_run_that_failed_is_continued(world: World, state: RunState) -> None:
    run = waiting(world)
    world.runs.items[run.id] = replace(world.now(run), state=state)
    assert code_of(running.resume_run, run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows) == "not-failed"


def abandon(world: World, run: Run) -> Run:
    return running.abandon_run(
        run.id,
        by=Person("operator", "An Operator"),
        reason="wrong day",
        runs=world.runs,
        workflows=world.workflows,
        clock=world.clock,
    )


@pytest.mark.parametrize("failed", [False, True])
def test_a_run_is_given_up_before_its_approval(world: World, failed: bool) -> None:
    run = waiting(world)
    if failed:
        fail(world, run)
    assert abandon(world, run).state == "refused"
    assert world.workflows.answers == {f"token-{run.id}": {"approved": False}}
    assert world.run(1, DECEMBER, "again").state == "released"


@pytest.mark.parametrize("failed", [False, True])
def test_an_approved_run_is_never_given_up(world: World, failed: bool) -> None:
    run = waiting(world)
    approve(world, run)
    if failed:
        fail(world, run)
    assert code_of(abandon, world, run) == "approved-already"
    assert world.runs.year(YEAR).open_run == run.id


def test_a_released_run_is_not_given_up(world: World) -> None:
    run = world.run(1, DECEMBER)
    assert code_of(abandon, world, run) == "approved-already"


def test_a_run_that_was_given_up_stops_at_its_next_step(world: World) -> None:
    run = world.start(1, DECEMBER)
    abandon(world, run)
    with pytest.raises(reporting.RunEndedError):
        world.evaluate(run)
    assert world.now(run).state == "refused"


# --- exceptions -----------------------------------------------------------------------------------


def test_a_choice_is_one_of_those_offered(world: World) -> None:
    world.drop(provider("v1-b", N1))
    world.run(1, DECEMBER)
    with pytest.raises(InvalidError):
        world.choose(f"identity-conflict.{N1[:8]}", "candidate-1")
    with pytest.raises(NotFoundError):
        world.choose("identity-conflict.99999999", candidate(N1[:8], "v1-a"))
    world.choose(f"identity-conflict.{N1[:8]}", candidate(N1[:8], "v1-a"))
    (found,) = world.reviewed()
    [made] = found.choices_made
    assert (made.choice, made.reason, made.subject, made.name) == (
        candidate(N1[:8], "v1-a"),
        "seen by a person",
        "operator",
        "Name of operator",
    )
    world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [94595]}


# --- closing --------------------------------------------------------------------------------------


def closing_ports(world: World) -> closing.ClosingPorts:
    def close_ledger(year: int) -> None:
        settlement.close_ledger(year, runs=world.runs, ledger=world.ledger)

    return closing.ClosingPorts(
        world.runs, world.batches, world.facts, world.ledger, world.work, world.clock, close_ledger
    )


def propose(world: World, exceptions: int = 0, key: str = "close") -> ClosingProposal:
    return closing.propose_closing(
        YEAR, exceptions, "all is paid", by=Person("operator", "An Operator"), key=key, ports=closing_ports(world)
    )


def confirm(world: World, proposal: ClosingProposal, by: str = "second") -> Closing:
    return closing.confirm_closing(YEAR, proposal.id, by=Person(by, f"Name of {by}"), ports=closing_ports(world))


@pytest.fixture
def paid(world: World) -> World:
    """The year with both phases released. One exception is open: the year amount is missing."""
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    assert list(world.exceptions()) == [f"year-amount-missing.{N1[:8]}.1180000"]
    return world


def test_a_year_closes_when_a_second_person_confirms_and_pays_nothing_afterwards(paid: World) -> None:
    proposal = propose(paid, 1)
    assert not paid.ledger.is_closed(YEAR)
    closed = confirm(paid, proposal)
    assert confirm(paid, proposal) == closed, "the same confirmation again"
    assert paid.ledger.is_closed(YEAR)
    state = paid.runs.year(YEAR).closing
    assert (state.proposal.by.name, state.proposal.reason, state.proposal.open_exceptions) == (
        "An Operator",
        "all is paid",
        1,
    )
    assert (state.confirmed_by.name, state.closed_on) == ("Name of second", "2023-12-01")
    assert code_of(paid.start, 2, JUNE, "late") == "year-closed"
    assert code_of(confirm, paid, proposal, by="third") == "year-closed"
    assert code_of(propose, paid, 1, "again") == "year-closed"


def test_a_year_is_not_closed_before_a_released_phase_two(world: World) -> None:
    assert code_of(propose, world) == "phase-2-not-released"
    world.run(1, DECEMBER)
    assert code_of(propose, world) == "phase-2-not-released"


def test_nobody_closes_a_year_alone(paid: World) -> None:
    proposal = propose(paid, 1)
    assert code_of(confirm, paid, proposal, by="operator") == "confirmed-by-proposer"
    assert not paid.ledger.is_closed(YEAR)


@pytest.mark.parametrize("exceptions", [0, 2])
def test_a_closing_names_the_exceptions_that_stay_undecided(paid: World, exceptions: int) -> None:
    assert code_of(propose, paid, exceptions) == "exceptions-differ"


def test_a_closing_is_not_confirmed_when_an_exception_was_decided_since(paid: World) -> None:
    proposal = propose(paid, 1)
    paid.choose(f"year-amount-missing.{N1[:8]}.1180000", "year-as-delivered")
    assert code_of(confirm, paid, proposal) == "exceptions-differ"
    assert not paid.ledger.is_closed(YEAR)


@pytest.mark.parametrize(
    ("later", "code"), [(timedelta(days=7), ""), (timedelta(days=7, seconds=1), "proposal-lapsed")]
)
def test_a_proposal_to_close_lapses_after_seven_days(paid: World, later: timedelta, code: str) -> None:
    proposal = propose(paid, 1)
    paid.clock.at += later
    if code:
        assert code_of(confirm, paid, proposal) == code
    else:
        confirm(paid, proposal)
    assert paid.ledger.is_closed(YEAR) == (not code)


def test_a_proposal_of_another_year_or_of_none_is_unknown(paid: World) -> None:
    with pytest.raises(NotFoundError):
        confirm(paid, replace(propose(paid, 1), id="0" * 16))


def test_a_year_does_not_close_while_a_run_is_open(paid: World) -> None:
    proposal = propose(paid, 1)
    paid.start(2, JUNE, "again")
    assert code_of(propose, paid, 1, "again") == "run-open"
    assert code_of(confirm, paid, proposal) == "run-open"
    assert not paid.ledger.is_closed(YEAR)


def test_of_two_persons_who_confirm_at_once_one_closes_and_the_other_is_told(paid: World) -> None:
    proposal, real = propose(paid, 1), paid.runs.close

    def overtaken(year: int, made: Closing) -> bool:
        paid.runs.close = real
        confirm(paid, proposal, by="third")
        return bool(real(year, made))

    paid.runs.close = overtaken
    assert code_of(confirm, paid, proposal) == "year-closed"
    assert paid.runs.year(YEAR).closing.confirmed_by.subject == "third"


def test_a_close_entry_that_was_lost_is_put_when_the_confirmation_is_repeated(paid: World) -> None:
    proposal = propose(paid, 1)
    lost = replace(closing_ports(paid), close_ledger=lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        closing.confirm_closing(YEAR, proposal.id, by=Person("second", "Name of second"), ports=lost)
    confirm(paid, proposal)
    assert paid.ledger.is_closed(YEAR)


def test_the_ledger_of_an_open_year_takes_no_close(world: World) -> None:
    world.start(1, DECEMBER)
    with pytest.raises(NotApprovedError):
        settlement.close_ledger(YEAR, runs=world.runs, ledger=world.ledger)
    assert not world.ledger.is_closed(YEAR)


def test_a_closed_ledger_takes_no_payment_whatever_the_run_says(world: World) -> None:
    run = waiting(world)
    approve(world, run)
    world.ledger.close(YEAR, "")
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert world.entries() == []


# --- settling -------------------------------------------------------------------------------------


def test_payments_that_changed_after_the_approval_are_not_written(world: World) -> None:
    run = waiting(world)
    approve(world, run)
    shard = shard_of("v1-a", world.shards)
    key = world.folder(run).evaluated(shard).key("payments.jsonl")
    world.work.put(key, world.work.get(key).replace(b"94595", b"94596"))
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert world.entries() == []


def test_a_proposal_that_changed_after_the_approval_is_not_paid(world: World) -> None:
    run = waiting(world)
    approve(world, run)
    proposal = read_json(world.work, world.folder(run).proposed.key("proposal.json"))
    world.work.put(world.folder(run).proposed.key("proposal.json"), orjson.dumps({**proposal, "cents": 1}))
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert world.entries() == []


def test_a_number_that_is_taken_stays_as_it_is_and_is_reported(world: World) -> None:
    world.drop([*provider("v1-b", riziv(400_002), s1=11_800), account("v1-b")])
    run = waiting(world)
    world.approve(run)
    shard = shard_of("v1-a", world.shards)
    foreign = Entry("v1-a", 1, "payment", 1, N1[:8], "nurse", 100, None, "another-run", "x")
    world.ledger.append(YEAR, shard, foreign)
    world.pay(run)
    assert world.paid() == {"v1-a": [100], "v1-b": [94595]}
    assert world.exceptions() == {f"entry-taken.{N1[:8]}": {"riziv_number": N1[:8]}}
    payments = world.output.get(output_prefix(run) + "payments.csv").decode()
    assert len(payments.splitlines()) == 2
    assert world.summary(run)["settled"] == {"entries": 1, "amount": "945.95", "not_written": 1}


def test_a_pharmacy_that_was_claimed_meanwhile_is_not_paid_again(world: World) -> None:
    titular = riziv(200_001, 1)
    world.drop([*provider("v1-t", titular, "pharmacist", pharmacy_id="P1", tariff_office="T1"), office("T1")])
    run = waiting(world)
    world.approve(run)
    other = Entry("v1-z", 1, "payment", 1, "29999999", "pharmacist", 179000, "P1", "another-run", "x")
    world.ledger.append(YEAR, shard_of("v1-z", world.shards), other)
    world.pay(run)
    assert "v1-t" not in world.paid()
    assert f"pharmacy-taken.{titular[:8]}" in world.exceptions()


def test_the_events_hold_ids_counts_and_sums_only(world: World) -> None:
    run = world.run(1, DECEMBER)
    assert world.events.published == [
        (
            "run.waiting",
            {
                "run": run.id,
                "year": YEAR,
                "phase": 1,
                "control_sum": "945.95",
                "payments": 1,
                "exceptions": 0,
                "changes": 1,
            },
        ),
        ("run.released", {"run": run.id, "year": YEAR, "phase": 1, "payments": 1, "amount": "945.95"}),
    ]


def test_a_released_run_that_is_released_again_changes_nothing(world: World) -> None:
    run = world.run(1, DECEMBER)
    before = dict(world.output.bodies), world.bytes_of_ledger(), world.now(run)
    world.pay(run)
    assert (dict(world.output.bodies), world.bytes_of_ledger(), world.now(run)) == before


def test_the_state_of_a_phase_tells_progress_and_totals_while_it_runs(world: World) -> None:
    def state() -> PhaseState:
        return phase_state(YEAR, 1, runs=world.runs, work=world.work)

    assert code_of(state) == "phase-not-started"
    run = world.start(1, DECEMBER)
    assert (state().state, state().progress, state().totals) == (
        "started",
        {"shards": 0, "joined": 0, "evaluated": 0, "settled": 0},
        None,
    )
    world.evaluate(run)
    assert state().progress == {"shards": 2, "joined": 2, "evaluated": 2, "settled": 0}
    assert (state().state, state().control_sum) == ("waiting", "945.95")
    world.approve(run)
    world.pay(run)
    assert state().progress["settled"] == 2
    assert state().runs[-1].detail.token == f"token-{run.id}", "which the API does not show"
