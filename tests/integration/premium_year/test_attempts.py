"""A first attempt of a step hangs at any of its calls, another does the work, the run is approved,
paid and released; then the first attempt goes on, and nothing changes."""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tegemoet.application.attempts import FileChangedError, Step
from tegemoet.application.premium_year import approval, running
from tegemoet.application.premium_year.folder import NotApprovedError, output_prefix
from tegemoet.application.premium_year.invariants import InvariantViolationError
from tegemoet.application.premium_year.report import RunEndedError
from tegemoet.application.records import Person, Run, RunDetail, RunState
from tegemoet.domain.problems import ConflictError
from tests.support.fakes import FakeObjects
from tests.support.fakes.partners import OPERATOR
from tests.support.lagging import Lag, lagging
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    activity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)

SHOP: dict[str, Any] = {"pharmacy_id": "P1", "tariff_office": "T1"}
Do = Callable[[World, Run], object]
SHARDS = range(2)
STEPS: list[tuple[str, Do]] = [
    ("plan", lambda world, run: world.make_plan(run)),
    *((f"join {n}", lambda world, run, n=n: world.join_numbers(run, n)) for n in SHARDS),
    ("pharmacies", lambda world, run: world.assign_pharmacies(run)),
    *((f"evaluate {n}", lambda world, run, n=n: world.evaluate_shard(run, n)) for n in SHARDS),
    ("propose", lambda world, run: world.propose(run)),
    ("ask", lambda world, run: world.ask(run)),
    ("approve", lambda world, run: world.approve(run)),
    *((f"settle {n}", lambda world, run, n=n: world.settle_shard(run, n)) for n in SHARDS),
    ("release", lambda world, run: world.release(run)),
]
NAMES = [name for name, _ in STEPS]


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        made = World()
        for n in range(4):
            made.drop([*provider(f"v1-{n}", riziv(400_000 + n), s1=11_800), account(f"v1-{n}")])
        made.drop([*provider("v1-t", riziv(200_001, 1), "pharmacist", **SHOP), office("T1")])
        made.drop([practice("v1-x", riziv(400_003, 402)), activity(riziv(400_009), 10)])
        yield made


def steps(world: World, run: Run, names: list[str]) -> None:
    for name, do in STEPS:
        if name in names:
            do(world, run)


def state(world: World) -> dict[str, Any]:
    """Everything that counts, by where it lies."""
    return copy.deepcopy(
        {
            "ledger": (world.ledger.items, world.ledger.claimed, world.ledger.closed),
            "decisions": (world.decisions.of_runs, world.decisions.single),
            "runs": (world.runs.items, world.runs.years, world.runs.found),
            "output": world.output.bodies,
            "payments": {key: len(kept) for key, kept in world.output.versions.items() if key.endswith("payments.csv")},
            "work": world.work.bodies,
        }
    )


def calls_of(world: World, run: Run, name: str) -> list[str]:
    """The calls of a step, counted in a copy of the world."""
    lag = Lag()
    steps(lagging(copy.deepcopy(world), lag), run, [name])
    return lag.calls


def and_the_next_phase(world: World) -> None:
    """What later steps of the year see is not what this run saw."""
    world.drop([activity(riziv(400_000 + n), 30_000, whole_year=True) for n in range(3)])
    world.drop([*provider("v1-u", riziv(200_002, 1), "pharmacist", pharmacy_id="P2", tariff_office="T1")])
    world.run(2, JUNE)


@pytest.mark.parametrize("later", [lambda world: None, and_the_next_phase], ids=["released", "next phase"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "approve"])
def test_an_attempt_that_goes_on_late_changes_nothing(
    world: World, name: str, after: bool, later: Callable[[World], None]
) -> None:
    begun = world.start(1, DECEMBER)
    at = NAMES.index(name)
    steps(world, begun, NAMES[:at])
    for call, where in enumerate(calls_of(world, begun, name)):
        tried = copy.deepcopy(world)
        run = tried.now(begun)
        ended: list[dict[str, Any]] = []

        def meanwhile(tried: World = tried, run: Run = run, ended: list[dict[str, Any]] = ended) -> None:
            steps(tried, run, NAMES[at:])
            later(tried)
            ended.append(state(tried))

        with suppress(RunEndedError, NotApprovedError, InvariantViolationError, FileChangedError):
            steps(lagging(tried, Lag(call, after, meanwhile)), run, [name])
        (expected,) = ended
        found = state(tried)
        assert tried.now(run).state == "released"
        assert len(tried.output.get(output_prefix(run) + "payments.csv").splitlines()) == 1 + 4
        assert {key: body for key, body in found["work"].items() if key in expected["work"]} == expected["work"], where
        assert found | {"work": None} == expected | {"work": None}, where


@pytest.mark.parametrize("state_now", ["waiting", "failed", "refused"])
def test_a_proposal_that_goes_on_late_leaves_the_state_of_its_run(world: World, state_now: RunState) -> None:
    """A late proposal took a run that waited back to `started`, where nobody can approve it."""
    begun = world.start(1, DECEMBER)
    steps(world, begun, NAMES[: NAMES.index("propose")])
    for call, _ in enumerate(calls_of(world, begun, "propose")):
        tried = copy.deepcopy(world)
        run = tried.now(begun)

        def meanwhile(tried: World = tried, run: Run = run) -> None:
            steps(tried, run, ["propose", "ask"])
            tried.runs.update(run.id, state=state_now, detail=RunDetail(), expected=("waiting",))

        with suppress(RunEndedError):
            steps(lagging(tried, Lag(call, False, meanwhile)), run, ["propose"])
        assert tried.now(run).state == state_now


def test_a_second_attempt_at_the_same_moment_commits_nothing() -> None:
    work = FakeObjects()
    step = Step(work, "runs/r/evaluated/0")
    first, second = step.attempt("a"), step.attempt("b")
    first.write("file", b"1")
    second.write("file", b"2")
    assert first.commit()
    assert not second.commit()
    assert step.get("file") == b"1"
    assert step.commit().attempt == "a"


@pytest.mark.parametrize("read", ["get", "stream", "lines", "json"])
def test_a_committed_file_that_changed_is_not_read(read: str) -> None:
    work = FakeObjects()
    step = Step(work, "runs/r/evaluated/0")
    attempt = step.attempt("a")
    attempt.write("file", b"1")
    attempt.commit()
    work.put(step.key("file"), b"2")
    with pytest.raises(FileChangedError):
        list(getattr(step, read)("file"))


def test_nothing_is_read_of_a_step_that_no_attempt_committed() -> None:
    step = Step(FakeObjects(), "runs/r/evaluated/0")
    step.attempt("a").write("file", b"1")
    assert not step.is_committed()
    with pytest.raises(KeyError):
        step.get("file")


# --- a task that no longer waits ------------------------------------------------------------------


def ask(world: World, run: Run, token: str) -> None:
    approval.request_approval(run, token, runs=world.runs, work=world.work, events=world.events)


def paid_after_resuming(world: World, run: Run) -> bool:
    """Whether the run, once approved and resumed, pays what it proposed."""
    assert (world.now(run).state, world.now(run).detail.failure) == ("failed", "TaskGone")
    resumed = running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)
    assert resumed.state == "approved"
    assert world.propose(run) is True
    world.pay(run)
    return sorted(world.paid()) == ["v1-0", "v1-1", "v1-2", "v1-t"]


def test_a_call_that_notes_an_old_token_late_does_not_hold_up_the_payment(world: World) -> None:
    run = world.start(1, DECEMBER)
    steps(world, run, NAMES[: NAMES.index("ask")])
    world.workflows.waiting.add("new")
    ask(lagging(world, Lag(0, False, lambda: ask(world, run, "new"))), run, "old")
    assert world.now(run).detail.token == "old"
    assert world.approve(run).detail.approved_by == "approver"
    assert paid_after_resuming(world, run)


def test_a_run_that_waits_though_its_execution_failed_is_paid_when_it_is_resumed(world: World) -> None:
    run = world.start(1, DECEMBER)
    steps(world, run, NAMES[: NAMES.index("ask")])
    running.record_failure(run.id, str(world.now(run).detail.execution), "Broken", runs=world.runs)
    ask(world, run, "of an execution that is over")
    assert world.now(run).state == "waiting"
    world.approve(run)
    assert paid_after_resuming(world, run)


def test_an_execution_that_still_waits_finds_everything_paid(world: World) -> None:
    run = world.start(1, DECEMBER)
    steps(world, run, NAMES[: NAMES.index("ask")])
    ask(world, run, "gone")
    world.approve(run)
    assert paid_after_resuming(world, run)
    before = state(world)
    assert approval.expire(run, runs=world.runs) is True
    world.pay(run)
    assert state(world) == before


# --- a run that was approved is never taken back --------------------------------------------------


def failed_after_approval(world: World) -> Run:
    """A run that was approved and settled in part when its execution failed."""
    run = world.start(1, DECEMBER)
    steps(world, run, NAMES[: NAMES.index("settle 1")])
    fail(world, run)
    return run


def fail(world: World, run: Run) -> None:
    assert running.record_failure(run.id, str(world.now(run).detail.execution), "Broken", runs=world.runs)


def resume(world: World, run: Run) -> Run:
    return running.resume_run(run.id, by=OPERATOR, runs=world.runs, workflows=world.workflows)


def test_a_call_that_asks_for_approval_late_leaves_an_approved_run_as_it_is(world: World) -> None:
    """It took the run back to `waiting`, where nobody could approve, resume or abandon it."""
    run = failed_after_approval(world)
    with pytest.raises(RunEndedError):
        ask(world, run, "of a call that hung")
    assert world.now(run).state == "failed"
    resume(world, run)
    assert world.pay(run).state == "released"


def test_an_abandonment_that_goes_on_late_leaves_an_approved_run_as_it_is(world: World) -> None:
    run = world.start(1, DECEMBER)
    steps(world, run, NAMES[: NAMES.index("approve")])

    def meanwhile() -> None:
        steps(world, run, ["approve", "settle 0"])
        fail(world, run)

    late = lagging(world, Lag(0, True, meanwhile))
    with pytest.raises(ConflictError):
        running.abandon_run(
            run.id, by=Person("o", "O"), reason="late", runs=late.runs, workflows=late.workflows, clock=world.clock
        )
    assert (world.now(run).state, world.runs.year(2023).open_run) == ("failed", run.id)


def test_a_failure_that_is_marked_late_does_not_stop_the_execution_that_follows(world: World) -> None:
    run = failed_after_approval(world)
    resume(world, run)

    def meanwhile() -> None:
        fail(world, run)
        resume(world, run)

    first = str(world.now(run).detail.execution)
    late = lagging(world, Lag(0, True, meanwhile))
    assert not running.record_failure(run.id, first, "Broken", runs=late.runs)
    assert world.now(run).state == "approved"
