"""Routes of the exchange on increased reimbursement: its state and whom to contact, for its parties and for those who run it; start, go
on and evaluate, for operators.

Two functions serve them: partners never reach what starts or ends anything.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import READERS
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, once
from tegemoet.api.resolver import allow
from tegemoet.api.services import PartnerServices, Routes, YearServices
from tegemoet.api.shapes import (
    ContactAnswer,
    ContactQuestion,
    EvaluationStarted,
    ExchangeGoesOn,
    ExchangeStart,
    ExchangeStarted,
    ExchangeState,
    Language,
    WaitName,
    YearNumber,
)
from tegemoet.domain.money import cents

router = Routes()
"""The calls of operators."""
state_router = Routes()
"""What parties ask."""
TAGS = ["increased reimbursement"]
EXCHANGE = "/increased-reimbursement/<year>"


@state_router.get(EXCHANGE, tags=TAGS, openapi_extensions=allow(*READERS))
def get_exchange(year: YearNumber) -> ExchangeState:
    """Where the exchange of the year is, what its steps came to, and links to what was handed over.

    A party sees its own part: an insurer its own requests, the tax office the lists of persons. 404 for everybody else.
    """
    from tegemoet.application.exchange.steps import state_for

    held: PartnerServices = state_router.context["services"]
    state = state_for(year, state_router.caller.partner, exchanges=held.exchanges)
    outputs = [(key.removeprefix("out/"), key) for key in state.pop("outputs")]
    return {**state, "links": links_to(outputs, held.batch_links["exchange"], held.clock)}  # type: ignore[typeddict-item]


@state_router.post(
    f"{EXCHANGE}/contact-check",
    tags=TAGS,
    response_description="Whether the household is contacted, and why not.",
    openapi_extensions=allow(*READERS),
)
def check_contact(
    year: YearNumber,
    body: Annotated[ContactQuestion, Body()],
    lang: Language = "nl",
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - every POST takes one; here nothing is made that it could guard
) -> ContactAnswer:
    """Whether an insurer contacts a household whose code is OK, by what it learned since its list. Nothing of the question is kept."""
    from tegemoet.application.exchange.contact import check
    from tegemoet.schemes.increased_reimbursement.contact import LearnedSince, MemberChange

    changes = tuple(MemberChange(c.kind, c.on, c.birth_date, c.dependant, c.first_registration) for c in body.changes)
    since = LearnedSince(
        body.size,
        cents(body.voucher_income),
        cents(body.projected_income),
        body.right_opened,
        body.declared_above_ceiling,
        body.applicant_mutated,
        changes,
    )
    return check(year, since, lang)  # type: ignore[return-value]


@router.post(
    EXCHANGE,
    tags=TAGS,
    status_code=202,
    response_description="The exchange that was started.",
    openapi_extensions=allow("operator"),
)
def start_exchange(
    year: YearNumber, body: Annotated[ExchangeStart, Body()], idempotency_key: IdempotencyKey = None
) -> ExchangeStarted:
    """Start the exchange of the year with its parties; it then waits for the households. 409 `flow-exists` where the year has one."""
    from tegemoet.application.exchange.steps import start_exchange

    held: YearServices = router.context["services"]

    def make() -> Mapping[str, Any]:
        exchange = start_exchange(
            year,
            body.on,
            body.insurers,
            body.tax_office,
            body.automatic,
            starter=router.caller.principal,
            key=str(idempotency_key),
            exchanges=held.exchanges,
            workflows=held.workflows,
        )
        return {"run": exchange.run}

    return {"run": once(router, idempotency_key, make)["run"], "year": year, "state": "households"}


@router.post(
    f"{EXCHANGE}/steps/<wait>",
    tags=TAGS,
    status_code=202,
    response_description="The exchange that goes on.",
    openapi_extensions=allow("operator"),
)
def go_on(
    year: YearNumber,
    wait: WaitName,
    body: Annotated[ExchangeGoesOn, Body()],
    idempotency_key: IdempotencyKey = None,
) -> ExchangeStarted:
    """End a wait, on the files that are complete at this moment.

    409 `flow-elsewhere` where the exchange does not wait for that, `batch-loading` while such a file is being taken in.
    """
    from tegemoet.application.exchange import steps

    held: YearServices = router.context["services"]

    def make() -> Mapping[str, Any]:
        exchange = steps.go_on(
            year, wait, body.on, exchanges=held.exchanges, batches=held.batches, workflows=held.workflows
        )
        return {"run": exchange.run, "state": exchange.step}

    made = once(router, idempotency_key, make)
    return {"run": made["run"], "year": year, "state": made["state"]}


@router.post(
    f"{EXCHANGE}/evaluation",
    tags=TAGS,
    status_code=202,
    response_description="The evaluation that was started.",
    openapi_extensions=allow("operator"),
)
def evaluate_exchange(
    year: YearNumber, body: Annotated[ExchangeGoesOn, Body()], idempotency_key: IdempotencyKey = None
) -> EvaluationStarted:
    """Count per code how many households and persons have the right now, by the lists of entitled persons of the next year that came in.

    The counts are in the state of the exchange, and in `evaluation.csv`. 409 `codes-missing` where not every household has its code,
    `nothing-delivered` without a list, `batch-loading` while one is being taken in.
    """
    from tegemoet.application.exchange.evaluate import start_evaluation

    held: YearServices = router.context["services"]

    def make() -> Mapping[str, Any]:
        run = start_evaluation(
            year,
            body.on,
            starter=router.caller.principal,
            key=str(idempotency_key),
            exchanges=held.exchanges,
            batches=held.batches,
            workflows=held.workflows,
        )
        return {"run": run}

    return {"run": once(router, idempotency_key, make)["run"], "year": year}
