"""Approval of a run, by a person who had no hand in it, at the request of the workflow.

Every change is one conditional write on the run, so of two concurrent answers only one succeeds.
The function `approve` alone calls `answer_run`, because only it can make the seal.
"""

from dataclasses import dataclass, replace
from typing import TypedDict, final

from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import (
    ApprovalSigner,
    Clock,
    Events,
    Objects,
    People,
    Registrations,
    Runs,
    Workflows,
)
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.four_eyes import barred
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.report import RunEndedError
from tegemoet.application.premium_year.running import is_of_this_version, of_another_version, phase_of
from tegemoet.application.premium_year.sealing import sealed
from tegemoet.application.premium_year.values import confirmers_of, require_confirmed, values_of_phase
from tegemoet.application.records import Person, Run, RunDetail, RunReference, RunState
from tegemoet.domain.problems import (
    ConflictError,
    Fault,
    InvalidError,
    NoPremiumForYearError,
    NotFoundError,
    NotPermittedError,
    ProblemError,
)

TASK_GONE = "TaskGone"
"""The failure of a run that was approved when no task waited any more: it can be resumed."""
WHY_BARRED = {
    "approver-is-starter": "The person who started a run cannot approve it.",
    "approver-chose": "A person whose choice the run uses cannot approve it.",
    "approver-confirmed": "A person who confirmed a value of the run cannot approve it.",
    "approver-of-a-partner": "A person who registered or answers for a partner of the run cannot approve it.",
    "approver-sent-a-file": "A person who sent a file of the run cannot approve it.",
}


def request_approval(run: RunReference, token: str, *, runs: Runs, work: Objects, events: Events) -> None:
    """Let the run wait for approval; `token` = the workflow task that receives the answer.

    Raises RunEndedError.
    """
    expected: tuple[RunState, ...] = ("started", "waiting", "failed")
    if not runs.update(run.id, state="waiting", detail=RunDetail(token=token), expected=expected):
        raise RunEndedError("the run has ended")
    summary = RunFolder(work, run.id).summary()
    detail = {"run": run.id, "year": run.year, "phase": run.phase, "control_sum": summary["control_sum"]}
    counts = {
        "payments": summary["payments"]["count"],
        "exceptions": sum(summary["exceptions"].values()),
        "changes": sum(summary["changes"]["counts"].values()),
    }
    events.publish("run.waiting", {**detail, **counts})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a person to a run. `control_sum` in EUR, as text; a refusal has a `reason`."""

    year: int
    phase: int
    run: str
    control_sum: str
    approve: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovalPorts:
    """What answering a run needs."""

    runs: Runs
    registrations: Registrations
    people: People
    signer: ApprovalSigner
    work: Objects
    workflows: Workflows
    clock: Clock


@final
class AnswerCall(TypedDict):
    """What the function `operations` asks the function `approve`."""

    year: int
    phase: int
    run: str
    control_sum: str
    approve: bool
    reason: str | None
    subject: str


def perform(call: AnswerCall, ports: ApprovalPorts) -> dict[str, object]:
    """Answer a run as the call asks. Returns the id of the run, or the problem."""
    values = {name: value for name, value in call.items() if name != "subject"}
    try:
        parameters_of(call["year"])
        return {"run": answer_run(Answer(**values), call["subject"], ports).id}  # type: ignore[arg-type]
    except NoPremiumForYearError as problem:
        return {"problem": type(problem).__name__, "year": problem.year}
    except ProblemError as problem:
        faults = [[fault.path, fault.code] for fault in problem.faults]
        name = type(problem).__name__
        return {"problem": name, "detail": problem.detail, "code": problem.code, "faults": faults}


def answer_run(answer: Answer, subject: str, ports: ApprovalPorts) -> Run:
    """Approve or refuse the run that waits, on exactly the control sum that it shows.

    Repeating one's own answer changes nothing, whatever became of the run. Whether the person may
    approve is looked up now. Raises NotFoundError `run-unknown`; ConflictError `run-differs`,
    `decided-already`, `not-waiting`, `control-sum-differs`, `run-of-another-version`,
    `values-unconfirmed`, `values-differ`, and a code of `WHY_BARRED`; InvalidError
    `reason-missing` for a refusal without a reason; NotPermittedError for a person who is not an
    approver at this moment.
    """
    run = _run_of_phase(answer, ports.runs)
    if _is_answered_by(run, subject, answer):
        _pass_on(run, answer, ports)
        return run
    approver = _approver(subject, ports.people)
    confirmed = _check(run, answer, approver, ports)
    clock = ports.clock
    now = clock.now().isoformat(timespec="seconds")
    if answer.approve:
        given = RunDetail(
            approved_by=approver.subject, approved_by_name=approver.name, approved_at=now, confirmed=confirmed or None
        )
        given = replace(given, approval_mac=sealed(run, given, ports.signer))
        moved = ports.runs.update(run.id, state="approved", detail=given, expected=("waiting",))
    else:
        given = RunDetail(
            refused_by=approver.subject, refused_by_name=approver.name, refused_at=now, reason=answer.reason
        )
        moved = ports.runs.finish(run.id, state="refused", detail=given, expected=("waiting",))
    answered = ports.runs.get(run.id)
    if answered is None or not _is_answered_by(answered, subject, answer):
        raise _not_waiting(answered or run)
    if not _pass_on(answered, answer, ports) and moved and answer.approve:
        _note_task_gone(answered, ports.runs)
    return answered


def _check(run: Run, answer: Answer, approver: Person, ports: ApprovalPorts) -> dict[str, str]:
    """Raises unless this person may give this answer to the run now.

    Returns what an approval rests on: the confirmations of values that are not official.

    Who registered or answers for a partner is looked up now too, and not in the plan of the run:
    registrations are only added, so those of the plan are among them.
    """
    if _decided(run):
        raise _not_waiting(run)
    if run.detail.control_sum != answer.control_sum:
        raise ConflictError("The control sum differs from the run's.", "control-sum-differs")
    if run.state != "waiting":
        raise _not_waiting(run)
    if answer.approve and not is_of_this_version(run):
        raise of_another_version()
    plan, grants = RunFolder(ports.work, run.id).plan(), Grants(ports.registrations.all())
    parameters = parameters_of(run.year)
    if answer.approve and plan.parameters["sha256"] != parameters.sha256:
        raise ConflictError("The run used other values than the year has now.", "values-differ")
    values = values_of_phase(run.phase, parameters, ports.runs)
    hindered = barred(run.started_by, plan.batches, plan.choosers, grants, confirmers_of(values))
    if code := hindered.get(approver.subject):
        raise ConflictError(WHY_BARRED[code], code)
    if not answer.approve and not answer.reason:
        raise InvalidError("A refusal requires a reason.", "reason-missing", (Fault("/reason", "missing"),))
    return require_confirmed(values, plan.supplied) if answer.approve else {}


def _approver(subject: str, people: People) -> Person:
    account = people.person(subject)
    if account is None or not account.may_approve():
        raise NotPermittedError("Only an approver may answer a run.")
    return account.person


def _decided(run: Run) -> bool:
    """Whether an approver answered the run."""
    return bool(run.detail.approved_by or (run.detail.refused_by and not run.detail.abandoned))


def _is_answered_by(run: Run, subject: str, answer: Answer) -> bool:
    """Whether the run has this very answer of this person."""
    by = run.detail.approved_by if answer.approve else run.detail.refused_by
    return by == subject and not run.detail.abandoned and run.detail.control_sum == answer.control_sum


def _not_waiting(run: Run) -> ConflictError:
    if _decided(run):
        return ConflictError("The run was answered already.", "decided-already")
    return ConflictError("The run is not waiting for approval.", "not-waiting")


def _pass_on(run: Run, answer: Answer, ports: ApprovalPorts) -> bool:
    """Answer the task that waits. Returns whether it did.

    If this is lost, repeating the answer repeats it; if the task timed out, the state decides.
    """
    if run.state not in ("approved", "refused") or run.detail.token is None:
        return False
    if not ports.workflows.answer(run.detail.token, {"approved": answer.approve}):
        return False
    ports.runs.update(run.id, state=run.state, detail=RunDetail(passed_on=True), expected=(run.state,))
    return True


def _note_task_gone(run: Run, runs: Runs) -> None:
    """Let an approved run be resumed that no task waits for.

    A call that went on late noted the token of another task, or its execution has failed.
    """
    known = runs.get(run.id)
    if known is not None and not known.detail.passed_on:
        runs.update(run.id, state="failed", detail=RunDetail(failure=TASK_GONE), expected=("approved",))


def _run_of_phase(answer: Answer, runs: Runs) -> Run:
    run = runs.get(answer.run)
    if run is not None and (run.year, run.phase) == (answer.year, answer.phase):
        return run
    known_phase = phase_of(answer.phase)
    if known_phase is None or not runs.of_phase(answer.year, known_phase):
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
