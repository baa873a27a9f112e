"""Who may do what when: starting, approving, continuing, giving
up, choosing and closing; and what settling refuses.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.files import read_json, write_json
from tegemoet.application.lives import Retention
from tegemoet.application.premium_year import approval, closing, running, settlement
from tegemoet.application.premium_year import report as reporting
from tegemoet.application.premium_year.exceptions import exceptions_of
from tegemoet.application.premium_year.folder import NotApprovedError, output_prefix
from tegemoet.application.premium_year.holders import candidate
from tegemoet.application.premium_year.phase_state import PhaseState, phase_state
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.records import Batch, BatchState, Entry, Run, RunState
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import ConflictError, InvalidError, NoPremiumForYearError, NotFoundError, ProblemError
from tests.support import fakes
from tests.support.premium_world import DECEMBER, JUNE, YEAR, World, account, office, provider, riziv, two_shards
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
            running.start_phase(
                YEAR,
                phase,
                JUNE,
                starter="operator",
                key="key",
                runs=empty,
                batches=fakes.FakeBatches(),
                workflows=fakes.FakeWorkflows(),
                clock=fakes.FakeClock(),
                retention=Retention(3, 10),
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
    ("state", "code"), [("loading", "batch-loading"), ("done", ""), ("refused", ""), ("failed", "")]
)
def test_a_loading_batch_holds_the_phase_and_an_ended_one_does_not(world: World, state: BatchState, code: str) -> None:
    world.batches.create(Batch("b", "p", "s", "practices", YEAR, "k", None, "t", "s", 1, state))
    if code:
        assert code_of(world.start, 1, DECEMBER) == code
        assert world.runs.items == {}
    else:
        assert world.start(1, DECEMBER).state == "started"


# --- approving ------------------------------------------------------------------------------------


def approve(world: World, run: Run, **more: Any) -> Run:
    arguments: dict[str, Any] = {"approver": "approver", "approve": True, "reason": None, **more}
    control_sum = arguments.pop("control_sum", "945.95")
    run_id = arguments.pop("run_id", run.id)
    phase = arguments.pop("phase", run.phase)
    return approval.approve(
        YEAR,
        phase,
        run_id,
        control_sum,
        runs=world.runs,
        workflows=world.workflows,
        clock=world.clock,
        **arguments,
    )


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
    assert code_of(approve, world, run, approver="another") == "not-waiting"
    assert code_of(approve, world, run, approve=False, reason="too late") == "not-waiting"
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
    again = running.resume_run(run.id, runs=world.runs, workflows=world.workflows)
    assert (again.state, again.detail.execution) == ("started", f"{run.id}-1")
    assert ("phase", f"{run.id}-1") in world.workflows.started
    world.approve(world.evaluate(run))
    assert world.pay(run).state == "released"


def test_a_run_that_failed_after_its_approval_pays_without_a_second_one(world: World) -> None:
    run = waiting(world)
    world.approve(run)
    fail(world, run)
    assert running.resume_run(run.id, runs=world.runs, workflows=world.workflows).state == "approved"
    assert world.propose(run) is True
    world.pay(run)
    assert world.paid() == {"v1-a": [94595]}


def test_continuing_twice_starts_one_execution(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    for _ in range(2):
        running.resume_run(run.id, runs=world.runs, workflows=world.workflows)
    assert set(world.workflows.started) == {("phase", run.id), ("phase", f"{run.id}-1")}


def test_the_failure_of_an_earlier_execution_changes_nothing(world: World) -> None:
    run = world.start(1, DECEMBER)
    fail(world, run)
    running.resume_run(run.id, runs=world.runs, workflows=world.workflows)
    assert running.record_failure(run.id, run.id, "late", runs=world.runs) is False
    assert world.now(run).state == "started"


@pytest.mark.parametrize("state", ["waiting", "released", "refused"])
def test_only_a_run_that_failed_is_continued(world: World, state: RunState) -> None:
    run = waiting(world)
    world.runs.items[run.id] = replace(world.now(run), state=state)
    assert code_of(running.resume_run, run.id, runs=world.runs, workflows=world.workflows) == "not-failed"


def abandon(world: World, run: Run) -> Run:
    return running.abandon_run(
        run.id, by="operator", reason="wrong day", runs=world.runs, workflows=world.workflows, clock=world.clock
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
    (found,) = exceptions_of(YEAR, runs=world.runs)
    assert (found.choice, found.reason, found.chosen_by) == (candidate(N1[:8], "v1-a"), "seen by a person", "operator")
    world.run(1, DECEMBER, "again")
    assert world.paid() == {"v1-a": [94595]}


# --- closing --------------------------------------------------------------------------------------


def close(world: World) -> None:
    closing.close_year(
        YEAR,
        runs=world.runs,
        close_ledger=lambda year: settlement.close_ledger(year, runs=world.runs, ledger=world.ledger),
        clock=world.clock,
    )


def test_a_year_closes_after_a_released_phase_two_and_pays_nothing_afterwards(world: World) -> None:
    assert code_of(close, world) == "phase-2-not-released"
    world.run(1, DECEMBER)
    assert code_of(close, world) == "phase-2-not-released"
    world.run(2, JUNE)
    close(world)
    close(world)
    assert world.ledger.is_closed(YEAR)
    assert code_of(world.start, 2, JUNE, "late") == "year-closed"


def test_a_year_does_not_close_while_a_run_is_open(world: World) -> None:
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    world.start(2, JUNE, "again")
    assert code_of(close, world) == "run-open"
    assert not world.ledger.is_closed(YEAR)


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
    write_json(world.work, world.folder(run).proposed.key("proposal.json"), {**proposal, "cents": 1})
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
            {"run": run.id, "year": YEAR, "phase": 1, "control_sum": "945.95", "payments": 1, "exceptions": 0},
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
    assert orjson.dumps(state())
    assert "token" not in str(state())
