"""Routes of premium years: phases, approval, exceptions, closing, dossiers.

Only operators and approvers use them.
"""

from dataclasses import asdict
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import premium_years as shapes
from tegemoet.api.shapes.common import Identifier
from tegemoet.api.shapes.premium_years import PhaseNumber, RizivPath, YearNumber
from tegemoet.application.records import Entry
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.problems import ConflictError, NotFoundError

router = Routes[YearServices]("premium years")
PHASE = "/premium-years/<year>/phases/<phase>"
EXCEPTIONS = "/premium-years/<year>/exceptions"


@router.writes(PHASE, "operator", status=202, answer="The run was started.")
def start_phase(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.PhaseStart, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Start a run of the phase with the facts of all batches that are complete now."""
    from tegemoet.application.premium_year import running

    services, starter = router.services, router.caller.principal
    run = id_once(
        router,
        idempotency_key,
        "run",
        lambda: (
            running.start_phase(
                year,
                phase,
                body.on,
                starter=starter,
                key=str(idempotency_key),
                runs=services.runs,
                batches=services.batches,
                workflows=services.workflows,
                clock=services.clock,
                retention=services.retention,
            ).id
        ),
    )
    return {"run": run, "year": year, "phase": phase}


@router.reads(PHASE, "operator", "approver", answer="The phase's latest run.")
def get_phase(year: YearNumber, phase: PhaseNumber) -> shapes.PhaseState:
    """Retrieve the state, the progress and the control totals of the phase's latest run."""
    from tegemoet.application.premium_year.phase_state import phase_state

    services = router.services
    state = phase_state(year, phase, runs=services.runs, work=services.work)
    outputs = [(key.rpartition("/")[2], key) for key in state.outputs]
    return {
        "year": year,
        "phase": phase,
        "run": state.run,
        "state": state.state,
        "on": state.on,
        "started_at": state.started_at,
        "progress": {**state.progress},
        "control_sum": state.control_sum,
        "totals": dict(state.totals) if state.totals else None,
        "failure": state.failure,
        "reason": state.reason,
        "exceptions": state.exceptions,
        "runs": [{"run": r.run, "state": r.state, "on": r.on, "started_at": r.started_at} for r in state.runs],
        "links": links_to(outputs, services.links, services.clock),
    }


@router.writes(f"{PHASE}/approval", "approver", answer="The run was approved or refused.")
def approve_phase(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Approval, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.ApprovalOutcome:
    """Approve the waiting run, or refuse it with a reason.

    The approver must not be the person who started the run, and `control_sum` must equal the run's.
    """
    from tegemoet.application.premium_year import approval
    from tegemoet.application.premium_year.plan import parameters_of

    services, approver = router.services, router.caller.principal

    def approve() -> str:
        parameters_of(year)
        run = approval.approve(
            year,
            phase,
            body.run,
            body.control_sum,
            approver=approver,
            approve=body.approve,
            reason=body.reason,
            runs=services.runs,
            workflows=services.workflows,
            clock=services.clock,
        )
        return run.id

    return {"run": id_once(router, idempotency_key, "run", approve), "approved": body.approve}


@router.writes(f"{PHASE}/continuation", "operator", status=202, answer="The run was resumed.")
def resume_run(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Continuation, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Resume a failed run at the step that failed."""
    from tegemoet.application.premium_year import running

    services = router.services

    def resume() -> str:
        _check_run(body.run, year, phase)
        return running.resume_run(body.run, runs=services.runs, workflows=services.workflows).id

    return {"run": id_once(router, idempotency_key, "run", resume), "year": year, "phase": phase}


@router.writes(f"{PHASE}/abandonment", "operator", answer="The run was abandoned.")
def abandon_run(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Abandonment, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Abandoned:
    """Abandon a run that is not approved.

    Nothing is paid, and another run of the year can be started.
    """
    from tegemoet.application.premium_year import running

    services, by = router.services, router.caller.principal

    def abandon() -> str:
        _check_run(body.run, year, phase)
        runs, workflows, clock = services.runs, services.workflows, services.clock
        return running.abandon_run(body.run, by=by, reason=body.reason, runs=runs, workflows=workflows, clock=clock).id

    return {"run": id_once(router, idempotency_key, "run", abandon), "abandoned": True}


@router.reads(EXCEPTIONS, "operator", "approver", answer="A page of exceptions.")
def list_exceptions(year: YearNumber, limit: Limit = 100, cursor: Cursor = None) -> shapes.ExceptionPage:
    """List the exceptions of the year, with the choices that were made."""
    from tegemoet.application.premium_year.exceptions import exceptions_of

    found, following = page(exceptions_of(year, runs=router.services.runs), limit, cursor, lambda e: e.id)
    return {"exceptions": [_exception(e) for e in found], "next": following}


@router.reads(f"{EXCEPTIONS}/<exception_id>", "operator", "approver", answer="The exception.")
def get_exception(year: YearNumber, exception_id: Identifier) -> shapes.YearException:
    """Retrieve an exception and its possible choices."""
    from tegemoet.application.premium_year.exceptions import exceptions_of

    found = next((e for e in exceptions_of(year, runs=router.services.runs) if e.id == exception_id), None)
    if found is None:
        raise NotFoundError("Unknown exception.", "exception-unknown")
    return _exception(found)


@router.writes(f"{EXCEPTIONS}/<exception_id>", "operator", answer="The choice was recorded.")
def choose(
    year: YearNumber,
    exception_id: Identifier,
    body: Annotated[shapes.Choice, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Chosen:
    """Record a choice with its reason. The next run uses it."""
    from tegemoet.application.premium_year import exceptions

    runs, by = router.services.runs, router.caller.principal
    chosen = id_once(
        router,
        idempotency_key,
        "exception",
        lambda: exceptions.choose(year, exception_id, body.choice, body.reason, by=by, runs=runs).id,
    )
    return {"id": chosen, "choice": body.choice}


@router.writes("/premium-years/<year>/close", "operator", answer="The year was closed.")
def close_year(year: YearNumber, idempotency_key: IdempotencyKey = None) -> shapes.Closed:
    """Close the premium year.

    Nothing is paid afterwards, and later facts become exceptions.
    """
    from tegemoet.application.premium_year import closing

    services = router.services

    def close() -> int:
        closing.close_year(year, runs=services.runs, close_ledger=services.close_ledger, clock=services.clock)
        return year

    return {"year": id_once(router, idempotency_key, "year", close), "state": "closed"}


@router.reads("/premium-years/<year>/practices/<riziv_number>", "operator", "approver", answer="The dossier.")
def get_dossier(year: YearNumber, riziv_number: RizivPath) -> shapes.Dossier:
    """Retrieve the dossier of a person by RIZIV number: facts, decisions and payments."""
    from tegemoet.application.premium_year.dossier import read_dossier

    services = router.services
    dossier = read_dossier(
        year,
        riziv_number,
        facts=services.facts,
        runs=services.runs,
        ledger=services.ledger,
        work=services.work,
        clock=services.clock,
        retention=services.retention,
    )
    return {
        "year": dossier.year,
        "riziv_number": dossier.riziv_number,
        "state": dossier.state,
        "identity_conflict": dossier.identity_conflict,
        "practices": list(dossier.practices),
        "phases": [asdict(decision) for decision in dossier.decisions],
        "entries": [_entry(entry) for entry in dossier.entries],
    }


def _entry(entry: Entry) -> dict[str, str | int | None]:
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "phase": entry.phase,
        "run": entry.run,
        "riziv_number": entry.riziv_number,
        "profession": entry.profession,
        "amount": euro(from_cents(entry.amount)),
        "pharmacy_id": entry.pharmacy_id,
    }


def _check_run(run: str, year: int, phase: int) -> None:
    """Raise ConflictError unless the run is of the year and phase, with which its id begins."""
    from tegemoet.application.premium_year.plan import parameters_of

    parameters_of(year)
    if not run.startswith(f"{year}-{phase}-"):
        raise ConflictError("The run belongs to another phase.", "run-differs")


def _exception(found: YearException) -> shapes.YearException:
    from tegemoet.application.premium_year.exceptions import choices_for

    return {
        "id": found.id,
        "kind": found.kind,
        "facts": dict(found.facts),
        "run": found.run,
        "choices": list(choices_for(found)),
        "choice": found.choice,
        "reason": found.reason,
        "chosen_by": found.chosen_by,
    }
