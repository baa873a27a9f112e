"""Routes of premium years: phases, approval, exceptions, closing, dossiers.

Only operators and approvers use them.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from tegemoet.api.batches import State
from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, id_once, once
from tegemoet.api.pages import Cursor, Limit, read_cursor, write_cursor
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import premium_years as shapes
from tegemoet.api.shapes.common import Identifier
from tegemoet.api.shapes.premium_years import PhaseNumber, RizivPath, YearNumber
from tegemoet.api.years_shown import change_counts, proposal_shown, run_in_brief, shown_year
from tegemoet.application.records import Entry
from tegemoet.domain.manual_review import ExceptionKind, ReviewedException
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.problems import ConflictError

if TYPE_CHECKING:
    from tegemoet.application.premium_year.closing import ClosingPorts
    from tegemoet.application.premium_year.sent import SentPayment

router = Routes[YearServices]("premium years")
PHASE = "/premium-years/<year>/phases/<phase>"
EXCEPTIONS = "/premium-years/<year>/exceptions"
CLOSE = "/premium-years/<year>/close"


@router.reads("/premium-years/<year>", *YEAR_READERS, answer="The premium year, with a page of its files.")
def get_year(year: YearNumber, state: State = None, limit: Limit = 100, cursor: Cursor = None) -> shapes.PremiumYear:
    """Retrieve a premium year as a whole: runs with who did what, open exceptions, every file."""
    from tegemoet.application.premium_year.overview import year_overview

    services = router.services
    found = year_overview(year, runs=services.runs, batches=services.batches, work=services.work)
    return shown_year(found, state, limit, cursor, services.clock.now().date())


@router.writes(PHASE, "operator", status=202, answer="The run was started.")
def start_phase(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.PhaseStart, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Start a run of the phase on the facts of every file that was written before the cut-off.

    If files that were written before it are loading, the answer is 409 `batch-loading` with their
    `batches`, and the `cut_off` with which to repeat the request.
    """
    from tegemoet.application.premium_year.running import require_run
    from tegemoet.application.premium_year.starting import Start, StartPorts, start_phase

    services = router.services
    start = Start(year, phase, body.on, router.caller.person, str(idempotency_key), body.cut_off)
    ports = StartPorts(
        services.runs,
        services.batches,
        services.registrations,
        services.people,
        services.workflows,
        services.clock,
        services.retention,
    )
    run = id_once(router, idempotency_key, "run", lambda: start_phase(start, ports).id)
    cut_off = require_run(run, services.runs).detail.cut_off
    return {"run": run, "year": year, "phase": phase, "cut_off": cut_off}


@router.reads(PHASE, *YEAR_READERS, answer="The phase's latest run.")
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
        "changes": change_counts(state.totals.get("changes") if state.totals else None),
        "runs": [run_in_brief(run) for run in state.runs],
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

    The approver must not have started the run, sent one of its files, made a choice that it uses,
    or registered or answered for a partner of its files, and `control_sum` must equal the run's.
    409 `run-of-another-version` if the application was updated after the run began.
    """
    from tegemoet.application.premium_year.approval import Answer

    services, subject = router.services, router.caller.principal
    answer = Answer(year, phase, body.run, body.control_sum, body.approve, body.reason)
    run = id_once(router, idempotency_key, "run", lambda: services.answer_run(answer, subject))
    return {"run": run, "approved": body.approve}


@router.writes(f"{PHASE}/continuation", "operator", status=202, answer="The run was resumed.")
def resume_run(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Continuation, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Resume a failed run at the step that failed.

    409 `not-failed` if it has not failed, `resumed-already` if somebody else has resumed it,
    `run-of-another-version` if the application was updated after the run began.
    """
    from tegemoet.application.premium_year import running

    services, by = router.services, router.caller.person

    def resume() -> str:
        _check_run(body.run, year, phase)
        return running.resume_run(body.run, by=by, runs=services.runs, workflows=services.workflows).id

    run = id_once(router, idempotency_key, "run", resume)
    cut_off = running.require_run(run, services.runs).detail.cut_off
    return {"run": run, "year": year, "phase": phase, "cut_off": cut_off}


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

    services, by = router.services, router.caller.person

    def abandon() -> str:
        _check_run(body.run, year, phase)
        runs, workflows, clock = services.runs, services.workflows, services.clock
        return running.abandon_run(body.run, by=by, reason=body.reason, runs=runs, workflows=workflows, clock=clock).id

    return {"run": id_once(router, idempotency_key, "run", abandon), "abandoned": True}


@router.reads(EXCEPTIONS, *YEAR_READERS, answer="A page of exceptions.")
def list_exceptions(
    year: YearNumber,
    limit: Limit = 100,
    cursor: Cursor = None,
    kind: Annotated[ExceptionKind | None, Query(description="Only exceptions of that kind.")] = None,
) -> shapes.ExceptionPage:
    """List the exceptions of the year, with the choices that were made."""
    from tegemoet.application.premium_year.exceptions import YearExceptions

    services, after = router.services, None if cursor is None else read_cursor(cursor)
    found, following = YearExceptions(year, services.runs, services.work).page(after, limit, kind)
    return {
        "exceptions": [_exception(e) for e in found],
        "next": None if following is None else write_cursor(following),
    }


@router.reads(f"{EXCEPTIONS}/<exception_id>", *YEAR_READERS, answer="The exception.")
def get_exception(year: YearNumber, exception_id: Identifier) -> shapes.YearException:
    """Retrieve an exception and its possible choices."""
    from tegemoet.application.premium_year.exceptions import YearExceptions

    return _exception(YearExceptions(year, router.services.runs, router.services.work).require(exception_id))


@router.writes(f"{EXCEPTIONS}/<exception_id>", "operator", answer="The choice was recorded.")
def choose(
    year: YearNumber,
    exception_id: Identifier,
    body: Annotated[shapes.Choice, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Chosen:
    """Record a choice with its reason. The next run uses it; earlier choices stay readable."""
    from tegemoet.application.premium_year import exceptions
    from tegemoet.application.premium_year.taking_answers import is_on_answers

    services, by = router.services, router.caller.person
    ports = exceptions.ChoicePorts(services.runs, services.batches, services.work, services.clock)
    chosen = id_once(
        router,
        idempotency_key,
        "exception",
        lambda: exceptions.choose(year, exception_id, body.choice, body.reason, by=by, ports=ports).id,
    )
    if is_on_answers(chosen):
        services.take_answers(year)
    return {"id": chosen, "choice": body.choice}


@router.writes(EXCEPTIONS, "operator", answer="The choice was recorded for each exception.")
def choose_for_all(
    year: YearNumber, body: Annotated[shapes.ChoiceForAll, Body()], idempotency_key: IdempotencyKey = None
) -> shapes.ChosenForAll:
    """Record one choice for a list of exceptions: for each of them, or for none.

    If one of them is at fault, `errors` has the place of each that is, and nothing is recorded.
    """
    from tegemoet.application.premium_year import exceptions

    services, by = router.services, router.caller.person
    ports = exceptions.ChoicePorts(services.runs, services.batches, services.work, services.clock)

    def record() -> dict[str, list[str]]:
        ids, choice, reason = body.exceptions, body.choice, body.reason
        return {"exceptions": exceptions.choose_for_all(year, ids, choice, reason, by=by, ports=ports)}

    return {"exceptions": once(router, idempotency_key, record)["exceptions"], "choice": body.choice}


@router.writes(CLOSE, "operator", status=201, answer="Closing the year was proposed.")
def propose_closing(
    year: YearNumber, body: Annotated[shapes.Close, Body()], idempotency_key: IdempotencyKey = None
) -> shapes.ClosingProposal:
    """Propose to close the premium year. Another person confirms it within seven days.

    `open_exceptions` must equal the number of exceptions that nobody has decided. 409
    `not-reconciled` if the money of the year does not add up, and `files-unanswered` while the bank
    can still answer on a file.
    """
    from tegemoet.application.premium_year import closing

    by, ports = router.caller.person, _closing_ports()

    def propose() -> str:
        exceptions, key = body.open_exceptions, str(idempotency_key)
        return closing.propose_closing(year, exceptions, body.reason, by=by, key=key, ports=ports).id

    proposal = id_once(router, idempotency_key, "proposal", propose)
    return proposal_shown(closing.require_proposal(year, proposal, router.services.runs))


@router.writes(f"{CLOSE}/<proposal>/confirmation", "operator", "approver", answer="The year was closed.")
def confirm_closing(year: YearNumber, proposal: Identifier, idempotency_key: IdempotencyKey = None) -> shapes.Closed:
    """Close the premium year, as another person proposed.

    Nothing is paid afterwards, and later facts become exceptions.
    """
    from tegemoet.application.premium_year import closing

    by, ports = router.caller.person, _closing_ports()
    closed_on = id_once(
        router,
        idempotency_key,
        "closed_on",
        lambda: closing.confirm_closing(year, proposal, by=by, ports=ports).closed_on,
    )
    return {"year": year, "state": "closed", "closed_on": closed_on}


def _closing_ports() -> "ClosingPorts":
    from tegemoet.application.premium_year.closing import ClosingPorts

    services = router.services
    return ClosingPorts(
        services.runs,
        services.batches,
        services.facts,
        services.ledger,
        services.work,
        services.clock,
        services.close_ledger,
    )


@router.reads("/premium-years/<year>/practices/<riziv_number>", *YEAR_READERS, answer="The dossier.")
def get_dossier(year: YearNumber, riziv_number: RizivPath) -> shapes.Dossier:
    """Retrieve the dossier of a person by RIZIV number: facts, decisions and payments.

    Each payment shows the file in which it went to the bank, and what the bank answered.
    """
    from tegemoet.application.premium_year.dossier import read_dossier

    services = router.services
    dossier = read_dossier(
        year,
        riziv_number,
        batches=services.batches,
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
        "entries": [_entry(entry, dossier.sent.get(entry.entry_id)) for entry in dossier.entries],
    }


def _entry(entry: Entry, sent: "SentPayment | None") -> shapes.DossierEntry:
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "phase": entry.phase,
        "run": entry.run,
        "riziv_number": entry.riziv_number,
        "profession": entry.profession,
        "amount": euro(from_cents(entry.amount)),
        "pharmacy_id": entry.pharmacy_id,
        "corrects": entry.corrects,
        "cause": entry.cause,
        "sent": None if sent is None else _sent(sent),
    }


def _sent(sent: "SentPayment") -> shapes.SentPayment:
    return {
        "end_to_end_id": sent.end_to_end_id,
        "message_id": sent.message_id,
        "execution": sent.execution,
        "fetched": list(sent.fetched),
        "state": sent.state,
        "reason": sent.reason,
        "on": sent.on,
    }


def _check_run(run: str, year: int, phase: int) -> None:
    """Raise ConflictError unless the run is of the year and phase, with which its id begins."""
    from tegemoet.application.premium_year.plan import parameters_of

    parameters_of(year)
    if not run.startswith(f"{year}-{phase}-"):
        raise ConflictError("The run belongs to another phase.", "run-differs")


def _exception(found: ReviewedException) -> shapes.YearException:
    from tegemoet.application.premium_year.exceptions import choices_for

    made: list[shapes.ChoiceMade] = [
        {"choice": c.choice, "reason": c.reason, "by": person(c.subject, c.name), "at": c.at}
        for c in found.choices_made
    ]
    return {
        "id": found.id,
        "kind": found.kind,
        "facts": dict(found.facts),
        "run": found.run,
        "choices": list(choices_for(found)),
        "choice": found.choice,
        "reason": found.chosen.reason if found.chosen else None,
        "chosen_by": made[-1]["by"] if made else None,
        "choices_made": made,
    }
