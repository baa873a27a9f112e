"""Routes of decisions: deciding a case, reading decisions and what is derived from them."""

from typing import TYPE_CHECKING, Annotated, Any

import orjson
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import CASE_READERS, DECIDERS
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.persons import person
from tegemoet.api.routes import POLICY, Routes
from tegemoet.api.services import PartnerServices
from tegemoet.api.shapes.common import Identifier, Language, Person, SchemeName
from tegemoet.api.shapes.decisions import BenefitDays, CaseBody, Decision, Difference
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError
from tegemoet.schemes.languages import DEFAULT_LANGUAGES

if TYPE_CHECKING:
    from tegemoet.application.decisions.reading import StoredDecision

router = Routes[PartnerServices]("decisions")


@router.writes(
    "/schemes/<scheme>/decisions",
    *DECIDERS,
    status=201,
    answer="The stored decision.",
)
def post_decision(
    scheme: SchemeName, body: CaseBody, idempotency_key: IdempotencyKey = None, lang: Language = DEFAULT_LANGUAGES.api
) -> Response[Decision]:
    """Decide a case and store the decision. It never results in a payment.

    403 `kind-not-granted` if the partner is not registered for cases of the scheme; a dry run
    stores nothing and requires no registration. 409 `superseded-unknown` if the superseded decision
    is neither the partner's own nor one of a partner that it has taken over, `superseded-already`
    if another decision supersedes it, `supersedes-differs` if the same case was decided before and
    did not supersede the same decision.
    """
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.catalogue import check_language, single_case
    from tegemoet.application.decisions.reading import check_supersedes, keep_parameters, read_decision
    from tegemoet.application.intake.keys import CASES
    from tegemoet.application.partners.grants import require_granted
    from tegemoet.domain.strict_json import refused_everywhere

    chosen = single_case(scheme)
    check_language(lang, chosen)
    services, partner = router.services, router.caller.own_partner
    secret = services.secrets.digest_secret()
    dry_run = body.get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise InvalidError("The case is invalid.", faults=(Fault("/dry_run", "bool-type"),))
    line = orjson.dumps({name: value for name, value in body.items() if name != "dry_run"}, default=refused_everywhere)

    def decide() -> deciding.Decided:
        decided = deciding.decide_line(line, chosen, partner, secret)
        check_supersedes(decided, partner, services.decisions, services.registrations)
        return decided

    if dry_run:
        return _answer(200, deciding.render(decide().decision, chosen, lang))

    def store() -> str:
        require_granted(partner, scheme, CASES, None, services.registrations)
        decided = decide()
        keep_parameters(decided.decision, chosen, services.work)
        by = router.caller.person if router.caller.is_person else None
        deciding.require_kept(services.decisions[chosen.data].put(decided.of(partner, by)))
        return decided.id

    decision_id = id_once(router, idempotency_key, "decision", store)
    stored = read_decision(decision_id, partner, services.decisions, services.registrations)
    return _answer(201, {**deciding.render(stored.decision, chosen, lang), **_decided_by(stored)})


def _found(decision_id: str, lang: str | None = None) -> "StoredDecision":
    """The decision, if the caller may read it and its scheme has texts in `lang`."""
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.reading import read_decision

    services = router.services
    found = read_decision(decision_id, router.caller.partner, services.decisions, services.registrations)
    if lang is not None:
        check_language(lang, found.scheme)
    return found


def _decided_by(stored: "StoredDecision") -> dict[str, Person]:
    """The person who decided, where it was one. A partner's system reads no name."""
    if stored.by is None or not router.caller.is_person:
        return {}
    return {"decided_by": person(stored.by.subject, stored.by.name)}


def _answer(status: int, decision: Any) -> Response[Decision]:
    return Response(status, "application/json", decision)


@router.reads("/decisions/<decision_id>", *CASE_READERS, answer="The decision.")
def get_decision(
    decision_id: Identifier,
    lang: Language = DEFAULT_LANGUAGES.api,
    replay: Annotated[bool, Query(description="Recompute the decision and report whether it is the same.")] = False,
) -> Decision:
    """Retrieve a decision with its explanation.

    The decisions of runs are below their premium year.
    """
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.reading import replacements, replay_decision

    found, services = _found(decision_id, lang), router.services
    readable: Any = {
        **deciding.render(found.decision, found.scheme, lang),
        **replacements(found, services.decisions),
        **_decided_by(found),
    }
    if replay:
        again = replay_decision(found, services.work, services.secrets.digest_secret())
        readable["replay"] = {"same": again.same, "differs": dict(again.differs)}
    return readable  # type: ignore[no-any-return]


@router.reads("/decisions/<decision_id>/timeline", *CASE_READERS, answer="The timeline, as an SVG image.")
def get_timeline(decision_id: Identifier, lang: Language = DEFAULT_LANGUAGES.api) -> Response[str]:
    """Draw a decision: its periods, births, paid and unpaid days, amounts and payments."""
    from tegemoet.application.decisions.timeline.draw import draw

    found = _found(decision_id, lang)
    return Response(200, "image/svg+xml", draw(orjson.loads(found.decision), found.scheme, lang), headers=POLICY)


@router.reads("/decisions/<decision_id>/letter", *CASE_READERS, answer="The letter, as a printable HTML page.")
def get_letter(decision_id: Identifier, lang: Language = DEFAULT_LANGUAGES.api) -> Response[str]:
    """Write the letter that notifies the insured person of the decision.

    It contains the particulars that the Charter of the socially insured requires. 409
    `letter-particulars-missing` if the deciding body has not supplied one of them in this language;
    `errors[]` lists each as `/particulars/<name>/<language>`.
    """
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.letter.particulars import body_of
    from tegemoet.application.decisions.letter.write import write
    from tegemoet.application.decisions.reading import superseded_in

    found, former = _found(decision_id, lang), None
    if superseded := superseded_in(found):
        try:
            replaced = _found(superseded)
        except NotFoundError:  # it expired, so there is nothing to compare with
            replaced = found
        if replaced.decision != found.decision and replaced.scheme == found.scheme:
            former = orjson.loads(replaced.decision)
    decision = deciding.render(found.decision, found.scheme, lang)
    page = write(decision, found.scheme, body_of(found.partner), lang, former)
    return Response(200, "text/html; charset=utf-8", page, headers=POLICY)


@router.reads(
    "/decisions/<decision_id>/documents/<name>", *CASE_READERS, answer="The document, as a printable HTML page."
)
def get_document(decision_id: Identifier, name: Identifier, lang: Language = DEFAULT_LANGUAGES.api) -> Response[str]:
    """Write a document that the decision requires, such as an expense note.

    The findings of the decision name it in their fact
    `document`. 404 `document-unknown` if none does.
    """
    from tegemoet.application.decisions.documents import document

    found = _found(decision_id, lang)
    page = document(found.decision, found.scheme, name, lang)
    return Response(200, "text/html; charset=utf-8", page, headers=POLICY)


@router.reads("/decisions/<decision_id>/days", *CASE_READERS, answer="The days of the decision and their amounts.")
def get_days(decision_id: Identifier) -> BenefitDays:
    """List the days of a decision on daily benefits, and why a day is not paid."""
    from tegemoet.application.decisions.benefit_days import days_of

    days: Any = days_of(orjson.loads(_found(decision_id).decision))
    return {"decision": decision_id, "days": days}


@router.reads(
    "/decisions/<decision_id>/difference", *CASE_READERS, answer="The differences per kind and month, and their totals."
)
def get_difference(
    decision_id: Identifier,
    former: Annotated[
        str | None,
        Query(
            alias="with", max_length=200, description="The id of the former decision. Defaults to the superseded one."
        ),
    ] = None,
) -> Difference:
    """Compare a decision with a former one, per month. An overpayment is negative.

    409 `nothing-superseded` if the decision supersedes none and `with` is missing, `schemes-differ`
    if the former decision is of another scheme.
    """
    from tegemoet.application.decisions.difference import difference
    from tegemoet.application.decisions.reading import superseded_in

    found = _found(decision_id)
    other = former or superseded_in(found)
    if other is None:
        raise ConflictError("The decision supersedes no other; set `with`.", "nothing-superseded")
    before = _found(other)
    if before.scheme != found.scheme:
        raise ConflictError("The decisions belong to different schemes.", "schemes-differ")
    return difference(orjson.loads(before.decision), orjson.loads(found.decision))
