"""Routes of the exchange on increased reimbursement.

Two functions serve them. `state_router` has what parties use: the state, and whether to contact a
household. `router` has what operators use: start, resume and evaluate. Partners can therefore never
reach a function that may start or end anything.
"""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import READERS
from tegemoet.api.links import links_to
from tegemoet.api.once import IdempotencyKey, id_once, once
from tegemoet.api.routes import Routes
from tegemoet.api.services import PartnerServices, YearServices
from tegemoet.api.shapes.common import Language, Person
from tegemoet.api.shapes.exchanges import (
    ContactAnswer,
    ContactQuestion,
    EvaluationStarted,
    ExchangeDay,
    ExchangeStart,
    ExchangeStarted,
    ExchangeState,
    WaitName,
    YearNumber,
)
from tegemoet.application import records
from tegemoet.domain.money import cents
from tegemoet.schemes.languages import DEFAULT_LANGUAGES

TAG = "increased reimbursement"
router = Routes[YearServices](TAG)
state_router = Routes[PartnerServices](TAG)
EXCHANGE = "/increased-reimbursement/<year>"


@state_router.reads(EXCHANGE, *READERS, answer="The exchange, as far as the caller may see it.")
def get_exchange(year: YearNumber) -> ExchangeState:
    """Retrieve the state of the year's exchange, the results of its steps and links to its files.

    A party sees its own part: an insurer its requests and codes, the tax office the lists of
    persons. The successor of a party sees that party's part in its place. Any other partner
    receives 404.
    """
    from tegemoet.application.exchange.parties import readable
    from tegemoet.application.exchange.state import state_for
    from tegemoet.application.partners.grants import Grants

    services = state_router.services
    parties = readable(state_router.caller.partner, Grants(services.registrations.all()))
    shown = state_for(year, parties, exchanges=services.exchanges)
    steps = [{**step, "by": _named(step["by"])} if "by" in step else {**step} for step in shown["steps"]]
    outputs = [(key.removeprefix("out/"), key) for key in shown["outputs"]]
    state = {name: value for name, value in shown.items() if name != "outputs"}
    links = links_to(outputs, services.batch_links["exchange"], services.clock)
    if "started_by" in shown:
        state["started_by"] = _named(shown["started_by"])
    return {**state, "steps": steps, "links": links}  # type: ignore[typeddict-item]


@state_router.writes(
    f"{EXCHANGE}/contact-check", *READERS, answer="Whether the household is contacted, and the reasons if not."
)
def check_contact(
    year: YearNumber,
    body: Annotated[ContactQuestion, Body()],
    lang: Language = DEFAULT_LANGUAGES.api,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - every POST accepts one; nothing is stored here
) -> ContactAnswer:
    """Check whether an insurer contacts a household with the code OK, given what it learned since.

    Nothing of the request is stored.
    """
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
    return check(year, since, lang)


@router.writes(EXCHANGE, "operator", status=202, answer="The exchange was started.")
def start_exchange(
    year: YearNumber, body: Annotated[ExchangeStart, Body()], idempotency_key: IdempotencyKey = None
) -> ExchangeStarted:
    """Start the exchange of the year; it then waits for the households.

    422 `party-not-granted` if a party may not bring its files of the year, with what each party
    lacks. 409 `flow-exists` if the year already has an exchange.
    """
    from tegemoet.application.exchange.commands import start_exchange

    services, starter = router.services, router.caller.person
    run = id_once(
        router,
        idempotency_key,
        "run",
        lambda: (
            start_exchange(
                year,
                body.on,
                body.insurers,
                body.tax_office,
                body.automatic,
                starter=starter,
                key=str(idempotency_key),
                exchanges=services.exchanges,
                registrations=services.registrations,
                workflows=services.workflows,
            ).run
        ),
    )
    return {"run": run, "year": year, "state": "households"}


@router.writes(f"{EXCHANGE}/steps/<wait>", "operator", status=202, answer="The exchange was resumed.")
def resume_exchange(
    year: YearNumber,
    wait: WaitName,
    body: Annotated[ExchangeDay, Body()],
    idempotency_key: IdempotencyKey = None,
) -> ExchangeStarted:
    """End a wait and resume the exchange with the files that are complete now.

    Where the exchange stopped because its workflow failed, the person who ended the last wait sends
    that request again, with the same `on` and another Idempotency-Key: the work goes on where it
    stopped. Where the wait ended by itself, any operator does, with the day on which it ended.

    409 `flow-elsewhere` if the exchange is not at this wait, or somebody else ended it,
    `batch-loading` if a file for this wait is still loading.
    """
    from tegemoet.application.exchange.commands import resume

    services, by = router.services, router.caller.person

    def make() -> dict[str, str]:
        exchange = resume(
            year,
            wait,
            body.on,
            by=by,
            key=str(idempotency_key),
            exchanges=services.exchanges,
            batches=services.batches,
            registrations=services.registrations,
            workflows=services.workflows,
        )
        return {"run": exchange.run, "state": exchange.step}

    resumed = once(router, idempotency_key, make)
    return {"run": resumed["run"], "year": year, "state": resumed["state"]}


@router.writes(f"{EXCHANGE}/evaluation", "operator", status=202, answer="The evaluation was started.")
def evaluate_exchange(
    year: YearNumber, body: Annotated[ExchangeDay, Body()], idempotency_key: IdempotencyKey = None
) -> EvaluationStarted:
    """Count, per code, the households and persons who have the right now.

    The counts are based on the lists of entitled persons of the next year. They appear in the state
    of the exchange and in a file of their own, `evaluation-<id>.csv`. 409 `codes-missing` if a
    household has no code yet, `nothing-delivered` if there is no list, `batch-loading` if a list is
    still loading.
    """
    from tegemoet.application.exchange.evaluate import start_evaluation

    services, starter = router.services, router.caller.principal
    run = id_once(
        router,
        idempotency_key,
        "run",
        lambda: start_evaluation(
            year,
            body.on,
            starter=starter,
            key=str(idempotency_key),
            exchanges=services.exchanges,
            batches=services.batches,
            registrations=services.registrations,
            workflows=services.workflows,
            clock=services.clock,
        ),
    )
    return {"run": run, "year": year}


def _named(person: records.Person) -> Person:
    return {"subject": person.subject, "name": person.name}
