"""What operators and approvers do with the phases of a premium year: start, approve, continue, choose, close, look.

Every change is one conditional write on the year or the run, so two persons at once cannot both succeed.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

import orjson

from tegemoet.application.ports import (
    Batches,
    Clock,
    Facts,
    Ledger,
    Objects,
    Phase,
    Run,
    RunDetail,
    Runs,
    RunState,
    Workflows,
    Year,
)
from tegemoet.application.premium_year.joining import Identities
from tegemoet.application.premium_year.run_files import frozen_line, progress, summary_key
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import Conflict, Fault, Invalid, NoPremiumForYear, NotFound
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.rules import Assessment, decide_person
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named

Json = dict[str, Any]
LOADING = ("loading",)
"""States of a batch of which the rows are on their way into the facts."""
BEFORE_APPROVAL: tuple[RunState, ...] = ("started", "waiting", "failed")


def parameters_of(year: int) -> ParameterSet:
    """The parameter set of the premium year. Raises NoPremiumForYear."""
    try:
        return scheme_named(SLUG).parameter_sets[str(year)]
    except KeyError:
        raise NoPremiumForYear(year) from None


def require_phase(number: int) -> Phase:
    """The phase of that number. Raises NotFound `phase-unknown`."""
    phase = _phase(number)
    if phase is None:
        raise NotFound("There is no such phase.", "phase-unknown")
    return phase


def _phase(number: int) -> Phase | None:
    return 1 if number == 1 else 2 if number == 2 else None


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
) -> Run:
    """Start a run of the phase on the facts of every batch that is complete; the run of an earlier call with this `key` is that call's.

    `starter` = the person (subject of the token), `key` = the Idempotency-Key. Raises NoPremiumForYear; NotFound `phase-unknown`;
    Invalid `before-first-day`; Conflict `nothing-delivered`, `batch-loading`, `run-open`, `year-closed`, `phase-1-not-released`,
    `phase-2-begun`.
    """
    premium = premium_year(parameters_of(year))
    known_phase = require_phase(phase)
    if on < premium.phase_first_day[phase]:
        raise Invalid(
            "The day lies before the first day of the phase.", "before-first-day", (Fault("/on", "before-first-day"),)
        )
    run_id = f"{year}-{phase}-{hashlib.sha256(f'{year} {phase} {on} {starter} {key}'.encode()).hexdigest()[:10]}"
    run = runs.get(run_id)
    if run is None:
        _check_order(runs.year(year), phase, run_id)
        if any(batch.state in LOADING for batch in batches.of_year(year)):
            raise Conflict("A batch of the year is loading.", "batch-loading")
        run = Run(
            run_id,
            year,
            known_phase,
            on.isoformat(),
            starter,
            clock.now().isoformat(timespec="milliseconds"),  # orders the runs of a year
            "started",
            RunDetail(execution=run_id, attempt=0),
        )
        if not runs.open(run):
            raise Conflict("Another run of the year is open.", "run-open")
    if run.state == "started":
        workflows.start("phase", str(run.detail.execution), execution_input(run))
    return run


def _check_order(year: Year | None, phase: int, run_id: str) -> None:
    """Whether the run may be opened on the year as it is, or is open. Opening asks the same again, in one conditional write."""
    if year is None and phase == 1:
        raise Conflict("No file of the year has come in.", "nothing-delivered")
    if year is not None and year.closed:
        raise Conflict("The premium year is closed.", "year-closed")
    if year is not None and year.open_run not in (None, run_id):
        raise Conflict("Another run of the year is open.", "run-open")
    if phase == 1 and year is not None and year.phase_2_begun:
        raise Conflict("Phase 2 of the year has begun.", "phase-2-begun")
    if phase == 2 and (year is None or 1 not in year.released):
        raise Conflict("Phase 1 of the year is not released.", "phase-1-not-released")


def execution_input(run: Run) -> dict[str, Any]:
    """What the state machine is given: names only, no rows."""
    return {"run": run.id, "year": run.year, "phase": run.phase, "on": run.on}


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
    """Approve or refuse the run that waits, on exactly the control sum (text in EUR) that it shows. The same answer twice is one answer.

    Raises NotFound `run-unknown`; Conflict `run-differs`, `not-waiting`, `approver-is-starter`, `control-sum-differs`;
    Invalid `reason-missing` for a refusal without one.
    """
    run = runs.get(run_id)
    if run is None or (run.year, run.phase) != (year, phase):
        known_phase = _phase(phase)
        if known_phase is None or not runs.of_phase(year, known_phase):
            raise NotFound("The phase has no run.", "run-unknown")
        raise Conflict("Another run of the phase waits, or none.", "run-differs")
    if run.started_by == approver:
        raise Conflict("Who started a run does not approve it.", "approver-is-starter")
    if run.detail.control_sum != control_sum:
        raise Conflict("The control sum is not the one that the run shows.", "control-sum-differs")
    if not approve and not reason:
        raise Invalid("A refusal gives its reason.", "reason-missing", (Fault("/reason", "missing"),))
    now = clock.now().isoformat(timespec="seconds")
    if approve:
        answer = RunDetail(approved_by=approver, approved_at=now)
        runs.update(run_id, state="approved", detail=answer, expected=("waiting",))
    else:
        answer = RunDetail(refused_by=approver, refused_at=now, reason=reason)
        runs.finish(run_id, state="refused", detail=answer, expected=("waiting",))
    run = runs.get(run_id)
    if run is None or (run.detail.approved_by if approve else run.detail.refused_by) != approver:
        raise Conflict("The run does not wait for an answer.", "not-waiting")
    # Where this answer is lost, posting it again sends it again; where the task timed out meanwhile, the state decides.
    workflows.answer(str(run.detail.token), {"approved": approve})
    return run


def continue_run(run_id: str, *, runs: Runs, workflows: Workflows) -> Run:
    """Go on with a failed run where it stopped, under an execution of its own. Raises NotFound `run-unknown`, Conflict `not-failed`."""
    run = _known(run_id, runs)
    if run.state == "failed":
        attempt = (run.detail.attempt or 0) + 1
        state: RunState = "approved" if run.detail.approved_by else "started"
        detail = RunDetail(attempt=attempt, execution=f"{run_id}-{attempt}")
        runs.update(run_id, state=state, detail=detail, expected=("failed",))
        run = _known(run_id, runs)
    if run.state not in ("started", "approved"):
        raise Conflict("The run has not failed.", "not-failed")
    # An execution that runs already keeps running: it has this very name.
    workflows.start("phase", str(run.detail.execution), execution_input(run))
    return run


def abandon_run(run_id: str, *, by: str, reason: str, runs: Runs, workflows: Workflows, clock: Clock) -> Run:
    """Give a run up before its approval: nothing is paid and the year is free. Raises Conflict `approved-already`, `run-ended`."""
    run = _known(run_id, runs)
    if run.detail.approved_by:
        raise Conflict("An approved run can only be continued.", "approved-already")
    now = clock.now().isoformat(timespec="seconds")
    detail = RunDetail(refused_by=by, refused_at=now, reason=reason, abandoned=True)
    runs.finish(run_id, state="refused", detail=detail, expected=BEFORE_APPROVAL)
    run = _known(run_id, runs)
    if not (run.state == "refused" and run.detail.refused_by == by):
        raise Conflict("The run has ended or was approved.", "run-ended")
    if token := run.detail.token:
        workflows.answer(token, {"approved": False})
    return run


def close_year(year: int, *, runs: Runs, close_ledger: Callable[[int], object]) -> None:
    """Close the year after a released phase 2: no payment afterwards. Closing twice changes nothing.

    `close_ledger` puts the CLOSE entry; only the settling function may write to the ledger.
    Raises Conflict `phase-2-not-released`, `run-open`.
    """
    parameters_of(year)
    state = runs.year(year)
    if state is None or 2 not in state.released:
        raise Conflict("Phase 2 of the year is not released.", "phase-2-not-released")
    if not runs.close(year):
        raise Conflict("A run of the year is open.", "run-open")
    close_ledger(year)


def exceptions_of(year: int, *, runs: Runs) -> list[YearException]:
    """What waits for a person in the year, by id: what the latest run found, late facts, and every choice that was made."""
    parameters_of(year)
    found = [run for phase in (1, 2) for run in runs.of_phase(year, phase) if run.detail.control_sum is not None]
    latest = max(found, key=lambda run: run.started_at).id if found else ""
    # what an earlier run found and the latest did not has been settled by the facts
    return sorted((e for e in runs.exceptions(year) if e.run in ("", latest) or e.choice), key=lambda e: e.id)


def choose(year: int, exception_id: str, choice: str, reason: str, *, by: str, runs: Runs) -> YearException:
    """Record the operator's choice; the next run uses it. Raises NotFound `exception-unknown`, Invalid `choice-unknown`."""
    found = {e.id: e for e in exceptions_of(year, runs=runs)}.get(exception_id)
    if found is None:
        raise NotFound("There is no such exception.", "exception-unknown")
    if choice not in choices_for(found):
        raise Invalid("That is not one of the choices.", "choice-unknown", (Fault("/choice", "choice-unknown"),))
    runs.choose(year, exception_id, choice, reason, by)
    return next(e for e in exceptions_of(year, runs=runs) if e.id == exception_id)


def choices_for(exception: YearException) -> tuple[str, ...]:
    """What an operator may choose. What asks for other facts can only be acknowledged: `seen`."""
    match exception.kind:
        case "identity-conflict":
            return tuple(c["choice"] for c in cast("list[Json]", exception.facts["candidates"]))
        case "several-pharmacies":
            return tuple(cast("list[str]", exception.facts["pharmacies"]))
        case "year-amount-missing" | "year-amount-lower":
            return ("year-as-delivered", "first-semester-counts")
        case "recovery":
            return ("settled",)
        case _:
            return ("seen",)


def phase_state(year: int, phase: int, *, runs: Runs, work: Objects) -> dict[str, Any]:
    """State, progress and control totals of the latest run of the phase, and its earlier runs. Raises NotFound `phase-not-started`."""
    parameters_of(year)
    found = runs.of_phase(year, require_phase(phase))
    if not found:
        raise NotFound("The phase has not been started.", "phase-not-started")
    run = found[-1]
    totals = orjson.loads(work.get(summary_key(run.id))) if work.exists(summary_key(run.id)) else None
    return {
        "year": year,
        "phase": phase,
        "run": run.id,
        "state": run.state,
        "on": run.on,
        "started_at": run.started_at,
        "progress": progress(work, run.id),
        "control_sum": run.detail.control_sum,
        "totals": totals,
        "failure": run.detail.failure if run.state == "failed" else None,
        "reason": run.detail.reason,
        "outputs": list(run.detail.outputs or ()),
        "exceptions": sum(e.choice is None for e in exceptions_of(year, runs=runs)),
        "runs": [{"run": r.id, "state": r.state, "on": r.on, "started_at": r.started_at} for r in found],
    }


def dossier(
    year: int,
    riziv_number: str,
    *,
    facts: Facts,
    runs: Runs,
    ledger: Ledger,
    work: Objects,
) -> dict[str, Any]:
    """The year of the person behind a RIZIV number (8 or 11 digits): practices, what each run decided, what was paid, state.

    Raises NotFound `practice-unknown`. No identity number or account is in it.
    """
    parameters = parameters_of(year)
    shards = premium_year(parameters).shards
    number = riziv_number[:8]
    rows = list(facts.practices_of(year, shard_of(number, shards), number))
    persons = [orjson.loads(fact.body)["person"] for fact in rows]
    if not persons:
        raise NotFound("No practice of that number is known.", "practice-unknown")
    identities = Identities.of(facts.of_kind(year, "identity"))
    roots = list(dict.fromkeys(identities.root(p) for p in persons))
    decided, entries = [], []
    state = "open"
    latest: Mapping[str, Any] | None = None
    for run in [*runs.of_phase(year, 1), *runs.of_phase(year, 2)]:
        for root in roots:
            line = frozen_line(work, run.id, shard_of(root, shards), root)
            if line is None:
                continue
            case = scheme_named(SLUG).case.validate_json(orjson.dumps(line["case"]))
            settlement = decide_person(case, date.fromisoformat(run.on), parameters)
            latest = line["case"]
            if run.phase == 2 and run.state == "released":
                state = settlement.state
            decided.append(
                {
                    "phase": run.phase,
                    "run": run.id,
                    "run_state": run.state,
                    "on": run.on,
                    "decision": f"{run.id}.{root}",
                    "outcome": settlement.ruling.outcome,
                    "premium": euro(settlement.target),
                    "payable": euro(settlement.payable),
                    "recovery": euro(settlement.recovery),
                    "practices": [_found(a) for a in settlement.assessments],
                }
            )
    for root in roots:
        for key in identities.keys_of(root):
            entries.extend(ledger.entries_of(year, shard_of(key, shards), key))
    return {
        "year": year,
        "riziv_number": number,
        "state": state,
        "identity_conflict": len(roots) > 1,
        "practices": [] if latest is None else sorted({p["riziv_number"] for p in latest["practices"]}),
        "phases": decided,
        "entries": [
            {
                "entry_id": e.entry_id,
                "kind": e.kind,
                "phase": e.phase,
                "run": e.run,
                "riziv_number": e.riziv_number,
                "profession": e.profession,
                "amount": euro(from_cents(e.amount)),
                "pharmacy_id": e.pharmacy_id,
            }
            for e in entries
        ],
    }


def _found(assessment: Assessment) -> dict[str, Any]:
    return {
        "riziv_number": assessment.practice.riziv_number,
        "profession": assessment.practice.profession,
        "specialism": assessment.practice.specialism,
        "outcome": assessment.outcome,
        "premium": euro(assessment.premium),
        "findings": [{"rule": f.rule, "outcome": f.outcome, "facts": f.facts} for f in assessment.findings],
    }


def _known(run_id: str, runs: Runs) -> Run:
    run = runs.get(run_id)
    if run is None:
        raise NotFound("There is no such run.", "run-unknown")
    return run
