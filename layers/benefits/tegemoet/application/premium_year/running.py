"""Runs of a phase: started, resumed after a failure, or abandoned, by an operator.

Every change is one conditional write on the year or the run, so of two concurrent calls only one
succeeds.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal, NotRequired, TypedDict, final

import orjson

from tegemoet.application.lives import Retention
from tegemoet.application.ports import Batches, Clock, Runs, Workflows
from tegemoet.application.premium_year.expiry import require_lasting_facts
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.records import Phase, Run, RunDetail, RunReference, RunState, Year
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError
from tegemoet.schemes.convention_premium.year import premium_year


class RunCall(TypedDict):
    """What every call of the state machine says of its run; `on` is a day (ISO)."""

    run: str
    year: int
    phase: int
    on: str


class ShardCall(RunCall):
    """A call for one shard of a run."""

    shard: int


BEFORE_APPROVAL: tuple[RunState, ...] = ("started", "waiting", "failed")


def start_phase(
    year: int,
    phase: int,
    on: date,
    *,
    starter: str,
    key: str,
    runs: Runs,
    batches: Batches,
    workflows: Workflows,
    clock: Clock,
    retention: Retention,
) -> Run:
    """Start a run of the phase on the facts of every complete batch.

    A repeated call with this `key` returns the same run. `starter` = the person (subject of the
    token), `key` = the Idempotency-Key. Raises NoPremiumForYearError; NotFoundError
    `phase-unknown`; InvalidError `before-first-day`; ConflictError `nothing-delivered`,
    `batch-loading`, `run-open`, `year-closed`, `facts-expire-soon`, `phase-1-not-released`,
    `phase-2-begun`.
    """
    premium = premium_year(parameters_of(year))
    known_phase = require_phase(phase)
    if on < premium.phase_first_day[known_phase]:
        raise InvalidError(
            "The day is before the first day of the phase.", "before-first-day", (Fault("/on", "before-first-day"),)
        )
    run_id = f"{year}-{phase}-{hashlib.sha256(f'{year} {phase} {on} {starter} {key}'.encode()).hexdigest()[:10]}"
    run = runs.get(run_id)
    if run is None:
        require_lasting_facts(runs.year(year), clock.now().date(), retention)
        _check_order(runs.year(year), known_phase, run_id)
        if any(batch.state == "loading" for batch in batches.of_year(year)):
            raise ConflictError("A batch of the year is loading.", "batch-loading")
        now = clock.now().isoformat(timespec="milliseconds")  # orders the runs of a year
        detail = RunDetail(execution=run_id, attempt=0)
        run = Run(run_id, year, known_phase, on.isoformat(), starter, now, "started", detail)
        if not runs.open(run):
            raise ConflictError("Another run of the year is open.", "run-open")
    if run.state == "started":
        _start_workflow(run, workflows)
    return run


def require_phase(number: int) -> Phase:
    """The phase of that number. Raises NotFoundError `phase-unknown`."""
    phase = phase_of(number)
    if phase is None:
        raise NotFoundError("There is no such phase.", "phase-unknown")
    return phase


def phase_of(number: int) -> Phase | None:
    return 1 if number == 1 else 2 if number == 2 else None


def _check_order(year: Year | None, phase: Phase, run_id: str) -> None:
    """Raise ConflictError unless the run may be opened in this state of the year.

    Opening checks the same again, atomically.
    """
    if year is None and phase == 1:
        raise ConflictError("No file of the year has been delivered.", "nothing-delivered")
    if year is not None and year.closed:
        raise ConflictError("The premium year is closed.", "year-closed")
    if year is not None and year.open_run not in (None, run_id):
        raise ConflictError("Another run of the year is open.", "run-open")
    if phase == 1 and year is not None and year.phase_2_begun:
        raise ConflictError("Phase 2 of the year has begun.", "phase-2-begun")
    if phase == 2 and (year is None or 1 not in year.released):
        raise ConflictError("Phase 1 of the year is not released.", "phase-1-not-released")


def _start_workflow(run: Run, workflows: Workflows) -> None:
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


def resume_run(run_id: str, *, runs: Runs, workflows: Workflows) -> Run:
    """Resume a failed run where it stopped, in a new execution.

    Raises NotFoundError `run-unknown`, ConflictError `not-failed`.
    """
    run = require_run(run_id, runs)
    if run.state == "failed":
        attempt = (run.detail.attempt or 0) + 1
        state: RunState = "approved" if run.detail.approved_by else "started"
        detail = RunDetail(attempt=attempt, execution=f"{run_id}-{attempt}")
        runs.update(run_id, state=state, detail=detail, expected=("failed",))
        run = require_run(run_id, runs)
    if run.state not in ("started", "approved"):
        raise ConflictError("The run has not failed.", "not-failed")
    _start_workflow(run, workflows)
    return run


def abandon_run(run_id: str, *, by: str, reason: str, runs: Runs, workflows: Workflows, clock: Clock) -> Run:
    """Abandon a run before its approval: nothing is paid and the year is free.

    Raises NotFoundError `run-unknown`, ConflictError `approved-already`, `run-ended`.
    """
    run = require_run(run_id, runs)
    if run.detail.approved_by:
        raise ConflictError("An approved run can only be resumed.", "approved-already")
    now = clock.now().isoformat(timespec="seconds")
    detail = RunDetail(refused_by=by, refused_at=now, reason=reason, abandoned=True)
    runs.finish(run_id, state="refused", detail=detail, expected=BEFORE_APPROVAL)
    run = require_run(run_id, runs)
    if not (run.state == "refused" and run.detail.refused_by == by):
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
    return runs.update(run_id, state="failed", detail=RunDetail(failure=error), expected=expected)


def require_run(run_id: str, runs: Runs) -> Run:
    """The run. Raises NotFoundError `run-unknown`."""
    run = runs.get(run_id)
    if run is None:
        raise NotFoundError("There is no such run.", "run-unknown")
    return run
