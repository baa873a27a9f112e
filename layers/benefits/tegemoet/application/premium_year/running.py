"""Runs of a phase: resumed after a failure, or abandoned, by an operator; `starting` starts them.

Every change is one conditional write on the year or the run, so of two concurrent calls only one
succeeds.
"""

from dataclasses import dataclass, replace
from typing import Literal, NotRequired, TypedDict, final

import orjson

from tegemoet.application.ports import Clock, Runs, Workflows
from tegemoet.application.records import PHASES, Person, Phase, Run, RunDetail, RunReference, RunState
from tegemoet.domain.problems import ConflictError, NotFoundError


class RunCall(TypedDict):
    """What every call of the state machine says of its run; `on` is a day (ISO)."""

    run: str
    year: int
    phase: int
    on: str


class ShardCall(RunCall):
    """A call for one shard of a run."""

    shard: int


LAYOUT = 5
"""How this version lays out the folder of a run.

A version that reads or writes the files of a step differently takes the next number. What is read
of released runs is read in every layout.
"""


class RunOfAnotherVersionError(Exception):
    """A version that lays out the folder differently began the run. Never retried."""


def is_of_this_version(run: Run) -> bool:
    """Whether this version can go on with the run."""
    return run.detail.layout == LAYOUT


def require_this_version(run: Run) -> None:
    """Raise RunOfAnotherVersionError for a run that a step of this version cannot go on with."""
    require_layout(run.detail.layout)


def require_layout(layout: int | None) -> None:
    """Raise RunOfAnotherVersionError for a layout that a step of this version cannot go on with."""
    if layout != LAYOUT:
        raise RunOfAnotherVersionError("abandon the run, or deploy the version that began it")


def of_another_version() -> ConflictError:
    """The refusal to continue or approve a run that another version began."""
    return ConflictError(
        "Another version of the application began the run. Abandon it and start another. An approved one can only be"
        " continued in the version that began it.",
        "run-of-another-version",
    )


BEFORE_APPROVAL: tuple[RunState, ...] = ("started", "waiting", "failed")


def require_phase(number: int) -> Phase:
    """The phase of that number. Raises NotFoundError `phase-unknown`."""
    phase = phase_of(number)
    if phase is None:
        raise NotFoundError("There is no such phase.", "phase-unknown")
    return phase


def phase_of(number: int) -> Phase | None:
    return 1 if number == 1 else 2 if number == 2 else None


def start_workflow(run: Run, workflows: Workflows) -> None:
    """Start the run's execution; starting one that is running already changes nothing."""
    workflows.start("phase", str(run.detail.execution), execution_input(run))


def execution_input(run: RunReference) -> RunCall:
    """The input of the state machine: names only, no rows."""
    return {"run": run.id, "year": run.year, "phase": run.phase, "on": run.on}


def run_of(call: RunCall) -> RunReference:
    """The run of a call that the state machine made from `execution_input`."""
    phase = phase_of(int(call["phase"]))
    if phase is None:
        raise ValueError("no such phase")
    return RunReference(str(call["run"]), int(call["year"]), phase, str(call["on"]))


def resume_run(run_id: str, *, by: Person, runs: Runs, workflows: Workflows) -> Run:
    """Resume a failed run where it stopped, in a new execution.

    Repeating one's own call starts no other execution, also when the run has gone on. Raises
    NotFoundError `run-unknown`, ConflictError `run-of-another-version`, `not-failed`, and
    `resumed-already` where somebody else resumed it.
    """
    run = require_run(run_id, runs)
    if run.state in ("failed", "started", "approved") and not is_of_this_version(run):
        raise of_another_version()
    while run.state == "failed":
        attempt = (run.detail.attempt or 0) + 1
        state: RunState = "approved" if run.detail.approved_by else "started"
        resumed = RunDetail(resumed_by=by.subject, resumed_by_name=by.name)
        detail = replace(resumed, attempt=attempt, execution=f"{run_id}-{attempt}")
        # of the very execution that failed: a call that goes on late would name an ended one again
        runs.update(run_id, state=state, detail=detail, expected=("failed",), attempt=run.detail.attempt)
        run = require_run(run_id, runs)
    if run.state not in ("started", "approved"):
        if run.state in ("waiting", "released") and run.detail.resumed_by == by.subject:
            return run
        raise ConflictError("The run has not failed.", "not-failed")
    start_workflow(run, workflows)  # also for somebody else: who resumed it may have gone no further
    if run.detail.resumed_by not in (None, by.subject):
        raise ConflictError("Somebody else has resumed the run.", "resumed-already")
    return run


def abandon_run(run_id: str, *, by: Person, reason: str, runs: Runs, workflows: Workflows, clock: Clock) -> Run:
    """Abandon a run before its approval: nothing is paid and the year is free.

    Raises NotFoundError `run-unknown`, ConflictError `approved-already`, `run-ended`.
    """
    run = require_run(run_id, runs)
    if run.detail.approved_by:
        raise ConflictError("An approved run can only be resumed.", "approved-already")
    now = clock.now().isoformat(timespec="seconds")
    detail = RunDetail(refused_by=by.subject, refused_by_name=by.name, refused_at=now, reason=reason, abandoned=True)
    runs.finish(run_id, state="refused", detail=detail, expected=BEFORE_APPROVAL)
    run = require_run(run_id, runs)
    if not (run.state == "refused" and run.detail.abandoned and run.detail.refused_by == by.subject):
        raise ConflictError("The run has ended or was approved.", "run-ended")
    if token := run.detail.token:
        workflows.answer(token, {"approved": False})
    return run


class ExecutionEnd(TypedDict):
    """How an execution ended: its name, its input as JSON, its status, and its error if any."""

    name: str
    input: str
    status: Literal["FAILED", "TIMED_OUT", "ABORTED"]
    error: NotRequired[str | None]


@final
class ExecutionFailed(TypedDict):
    """The event with which Step Functions reports a failed, aborted or timed-out execution."""

    source: Literal["aws.states"]
    detail: ExecutionEnd


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed execution: its run, the name of its error, and whether the run was marked."""

    run: str
    error: str
    marked: bool


def mark_failed(ended: ExecutionEnd, *, runs: Runs) -> Failure:
    """Mark the run of a failed, aborted or timed-out execution.

    Only the name of the error is kept: its cause may quote data.
    """
    run = str(orjson.loads(ended["input"])["run"])
    error = str(ended.get("error") or ended["status"])
    return Failure(run, error, record_failure(run, ended["name"], error, runs=runs))


def record_failure(run_id: str, execution: str, error: str, *, runs: Runs) -> bool:
    """Mark the run of a failed execution.

    The year stays locked to the run until it is resumed or, before approval, abandoned. `error` =
    the name of the error. Returns False, and changes nothing, for an execution that is not the
    run's latest.
    """
    run = runs.get(run_id)
    if run is None or run.detail.execution != execution:
        return False
    expected: tuple[RunState, ...] = ("started", "waiting", "approved")
    detail, attempt = RunDetail(failure=error), run.detail.attempt
    return runs.update(run_id, state="failed", detail=detail, expected=expected, attempt=attempt)


def runs_of(year: int, runs: Runs) -> list[Run]:
    """Every run of the year: those of phase 1, then those of phase 2, each oldest first."""
    return [run for phase in PHASES for run in runs.of_phase(year, phase)]


def released_runs(year: int, runs: Runs) -> list[Run]:
    """The runs of the year that were released, in the same order."""
    return [run for run in runs_of(year, runs) if run.state == "released"]


def require_run(run_id: str, runs: Runs) -> Run:
    """The run. Raises NotFoundError `run-unknown`."""
    run = runs.get(run_id)
    if run is None:
        raise NotFoundError("There is no such run.", "run-unknown")
    return run
