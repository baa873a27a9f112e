"""Routes of premium years: phases and their approval, exceptions, close, dossiers. For operators and approvers."""

from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api import shapes
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, once
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.resolver import allow
from tegemoet.api.services import Routes, YearServices
from tegemoet.api.shapes import Identifier, PhaseNumber, RizivPath, YearNumber
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.problems import Conflict, NotFound

router = Routes()
TAGS = ["premium years"]
PHASE = "/premium-years/<year>/phases/<phase>"
EXCEPTIONS = "/premium-years/<year>/exceptions"


def services() -> YearServices:
    found: YearServices = router.context["services"]
    return found


@router.post(
    PHASE,
    tags=TAGS,
    status_code=202,
    response_description="The run that was started.",
    openapi_extensions=allow("operator"),
)
def start_phase(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.PhaseStart, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Start a run of the phase on the facts of every batch that is complete at this moment."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        run = phases.start_phase(
            year,
            phase,
            body.on,
            starter=router.caller.principal,
            key=str(idempotency_key),
            runs=held.runs,
            batches=held.batches,
            workflows=held.workflows,
            clock=held.clock,
        )
        return {"run": run.id}

    return {"run": once(router, idempotency_key, make)["run"], "year": year, "phase": phase}


@router.get(PHASE, tags=TAGS, openapi_extensions=allow("operator", "approver"))
def get_phase(year: YearNumber, phase: PhaseNumber) -> shapes.PhaseState:
    """State, progress and control totals of the latest run of the phase."""
    from tegemoet.application.premium_year import phases

    held = services()
    state = phases.phase_state(year, phase, runs=held.runs, work=held.work)
    outputs = [(key.rpartition("/")[2], key) for key in state.pop("outputs")]
    return {**state, "links": links_to(outputs, held.links, held.clock)}  # type: ignore[typeddict-item]


@router.post(f"{PHASE}/approval", tags=TAGS, openapi_extensions=allow("approver"))
def approve_phase(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Approval, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Answered:
    """Approve the run that waits, or refuse it with a reason: by somebody else than who started it, on exactly the sum it shows."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        phases.parameters_of(year)
        run = phases.approve(
            year,
            phase,
            body.run,
            body.control_sum,
            approver=router.caller.principal,
            approve=body.approve,
            reason=body.reason,
            runs=held.runs,
            workflows=held.workflows,
            clock=held.clock,
        )
        return {"run": run.id}

    return {"run": once(router, idempotency_key, make)["run"], "approved": body.approve}


@router.post(
    f"{PHASE}/continuation",
    tags=TAGS,
    status_code=202,
    response_description="The run that goes on.",
    openapi_extensions=allow("operator"),
)
def continue_run(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Continuation, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.RunStarted:
    """Go on with a failed run where it stopped."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        _check_run(body.run, year, phase)
        return {"run": phases.continue_run(body.run, runs=held.runs, workflows=held.workflows).id}

    return {"run": once(router, idempotency_key, make)["run"], "year": year, "phase": phase}


@router.post(f"{PHASE}/abandonment", tags=TAGS, openapi_extensions=allow("operator"))
def abandon_run(
    year: YearNumber,
    phase: PhaseNumber,
    body: Annotated[shapes.Abandonment, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Abandoned:
    """Give up a run that is not approved: nothing is paid, and the year is free for another one."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        _check_run(body.run, year, phase)
        by = router.caller.principal
        return {
            "run": phases.abandon_run(
                body.run, by=by, reason=body.reason, runs=held.runs, workflows=held.workflows, clock=held.clock
            ).id
        }

    return {"run": once(router, idempotency_key, make)["run"], "abandoned": True}


@router.get(EXCEPTIONS, tags=TAGS, openapi_extensions=allow("operator", "approver"))
def list_exceptions(year: YearNumber, limit: Limit = 100, cursor: Cursor = None) -> shapes.ExceptionPage:
    """What waits for a person in the year, and what was chosen already."""
    from tegemoet.application.premium_year import phases

    found, following = page(phases.exceptions_of(year, runs=services().runs), limit, cursor, lambda e: e.id)
    return {"exceptions": [_exception(e) for e in found], "next": following}


@router.get(f"{EXCEPTIONS}/<exception_id>", tags=TAGS, openapi_extensions=allow("operator", "approver"))
def get_exception(year: YearNumber, exception_id: Identifier) -> shapes.YearException:
    """One exception and what may be chosen."""
    from tegemoet.application.premium_year import phases

    found = next((e for e in phases.exceptions_of(year, runs=services().runs) if e.id == exception_id), None)
    if found is None:
        raise NotFound("There is no such exception.", "exception-unknown")
    return _exception(found)


@router.post(f"{EXCEPTIONS}/<exception_id>", tags=TAGS, openapi_extensions=allow("operator"))
def choose(
    year: YearNumber,
    exception_id: Identifier,
    body: Annotated[shapes.Choice, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.Chosen:
    """Choose, with the reason. The next run uses the choice."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        by = router.caller.principal
        return {"exception": phases.choose(year, exception_id, body.choice, body.reason, by=by, runs=held.runs).id}

    return {"id": once(router, idempotency_key, make)["exception"], "choice": body.choice}


@router.post("/premium-years/<year>/close", tags=TAGS, openapi_extensions=allow("operator"))
def close_year(year: YearNumber, idempotency_key: IdempotencyKey = None) -> shapes.Closed:
    """Close the year: no payment afterwards, and late facts become exceptions."""
    from tegemoet.application.premium_year import phases

    held = services()

    def make() -> Mapping[str, Any]:
        phases.close_year(year, runs=held.runs, close_ledger=held.close_ledger)
        return {"year": year}

    return {"year": once(router, idempotency_key, make)["year"], "state": "closed"}


@router.get(
    "/premium-years/<year>/practices/<riziv_number>", tags=TAGS, openapi_extensions=allow("operator", "approver")
)
def get_dossier(year: YearNumber, riziv_number: RizivPath) -> shapes.Dossier:
    """The year of the person behind a RIZIV number: what was found, decided and paid."""
    from tegemoet.application.premium_year import phases

    held = services()
    return phases.dossier(  # type: ignore[return-value]
        year, riziv_number, facts=held.facts, runs=held.runs, ledger=held.ledger, work=held.work
    )


def _check_run(run: str, year: int, phase: int) -> None:
    """A run's id begins with its year and phase."""
    from tegemoet.application.premium_year import phases

    phases.parameters_of(year)
    if not run.startswith(f"{year}-{phase}-"):
        raise Conflict("The run is not one of this phase.", "run-differs")


def _exception(found: YearException) -> shapes.YearException:
    from tegemoet.application.premium_year.phases import choices_for

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
