"""Approval of a run, by another person than its starter, at the request of the workflow.

Every change is one conditional write on the run, so of two concurrent answers only one succeeds.
"""

from tegemoet.application.ports import Clock, Events, Objects, Runs, Workflows
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.report import RunEndedError
from tegemoet.application.premium_year.running import phase_of
from tegemoet.application.records import Run, RunDetail, RunReference, RunState
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError


def request_approval(run: RunReference, token: str, *, runs: Runs, work: Objects, events: Events) -> None:
    """Let the run wait for approval; `token` = the workflow task that receives the answer.

    Raises RunEndedError.
    """
    expected: tuple[RunState, ...] = ("started", "waiting", "failed")
    if not runs.update(run.id, state="waiting", detail=RunDetail(token=token), expected=expected):
        raise RunEndedError("the run has ended")
    summary = RunFolder(work, run.id).summary()
    detail = {"run": run.id, "year": run.year, "phase": run.phase, "control_sum": summary["control_sum"]}
    counts = {"payments": summary["payments"]["count"], "exceptions": sum(summary["exceptions"].values())}
    events.publish("run.waiting", {**detail, **counts})


def approve(
    year: int,
    phase: int,
    run_id: str,
    control_sum: str,
    *,
    approver: str,
    approve: bool,
    reason: str | None,
    runs: Runs,
    workflows: Workflows,
    clock: Clock,
) -> Run:
    """Approve or refuse the run that waits, on exactly the control sum (text in EUR) that it shows.

    Repeating an answer changes nothing. Raises NotFoundError `run-unknown`; ConflictError
    `run-differs`, `not-waiting`, `approver-is-starter`, `control-sum-differs`; InvalidError
    `reason-missing` for a refusal without a reason.
    """
    run = _run_of_phase(year, phase, run_id, runs)
    if run.started_by == approver:
        raise ConflictError("The person who started a run cannot approve it.", "approver-is-starter")
    if run.detail.control_sum != control_sum:
        raise ConflictError("The control sum differs from the run's.", "control-sum-differs")
    if not approve and not reason:
        raise InvalidError("A refusal requires a reason.", "reason-missing", (Fault("/reason", "missing"),))
    now = clock.now().isoformat(timespec="seconds")
    if approve:
        answer = RunDetail(approved_by=approver, approved_at=now)
        runs.update(run_id, state="approved", detail=answer, expected=("waiting",))
    else:
        answer = RunDetail(refused_by=approver, refused_at=now, reason=reason)
        runs.finish(run_id, state="refused", detail=answer, expected=("waiting",))
    answered = runs.get(run_id)
    if answered is None or (answered.detail.approved_by if approve else answered.detail.refused_by) != approver:
        raise ConflictError("The run is not waiting for approval.", "not-waiting")
    # If this call is lost, posting the answer again repeats it; if
    # the task timed out meanwhile, the state decides.
    workflows.answer(str(answered.detail.token), {"approved": approve})
    return answered


def _run_of_phase(year: int, phase: int, run_id: str, runs: Runs) -> Run:
    run = runs.get(run_id)
    if run is not None and (run.year, run.phase) == (year, phase):
        return run
    known_phase = phase_of(phase)
    if known_phase is None or not runs.of_phase(year, known_phase):
        raise NotFoundError("The phase has no run.", "run-unknown")
    raise ConflictError("The phase has no such run.", "run-differs")


def expire(run: RunReference, *, runs: Runs) -> bool:
    """End a run that nobody answered in time.

    Returns whether an approval arrived at the last moment after all.
    """
    runs.finish(run.id, state="expired", detail=RunDetail(reason="no answer in time"), expected=("waiting",))
    known = runs.get(run.id)
    return known is not None and bool(known.detail.approved_by)


def publish_refusal(run: RunReference, *, runs: Runs, events: Events) -> None:
    """Publish that nothing is paid. The decisions stay, marked by the state of their run.

    Raises RunEndedError.
    """
    known = runs.get(run.id)
    if known is None or known.state not in ("refused", "expired"):
        raise RunEndedError("the run was not refused")
    events.publish("run.refused", {"run": run.id, "year": run.year, "phase": run.phase, "state": known.state})
