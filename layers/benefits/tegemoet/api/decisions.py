"""Routes of single decisions: deciding a case, reading what was decided."""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import WithJsonSchema

from tegemoet.api.callers import READERS, SENDERS
from tegemoet.api.once import IdempotencyKey, once
from tegemoet.api.resolver import allow
from tegemoet.api.services import PartnerServices, Routes
from tegemoet.api.shapes import BenefitDays, Decision, Difference, Identifier, Language, SchemeName
from tegemoet.domain.problems import Conflict, Fault, Invalid, NotFound

router = Routes()
TAGS = ["decisions"]
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
"""Of a page or picture that carries its own style: nothing runs in it, nothing is fetched, nobody may frame it."""

CaseBody = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "title": "CaseBody",
            "type": "object",
            "description": "A line of a file of cases. `case` follows the scheme's `case_schema`, `on` is the day of the decision.",
            "properties": {
                "case_id": {
                    "type": "string",
                    "pattern": "^[A-Za-z0-9._-]{1,64}$",
                    "description": "Holds no identity number.",
                },
                "on": {"type": "string", "format": "date"},
                "case": {"type": "object"},
                "supersedes": {
                    "type": "string",
                    "description": "Id of a decision of one's own that this one replaces.",
                },
                "dry_run": {"type": "boolean", "default": False, "description": "Decide and store nothing."},
            },
            "required": ["case_id", "on", "case"],
            "additionalProperties": False,
        }
    ),
    Body(),
]


def services() -> PartnerServices:
    found: PartnerServices = router.context["services"]
    return found


@router.post(
    "/schemes/<scheme>/decisions",
    tags=TAGS,
    status_code=201,
    response_description="The decision, stored. With `dry_run`: 200, and nothing is stored.",
    openapi_extensions=allow(*SENDERS),
)
def post_decision(
    scheme: SchemeName, body: CaseBody, idempotency_key: IdempotencyKey = None, lang: Language = "nl"
) -> Response[Decision]:
    """Decide a case. It never pays."""
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.catalogue import check_language, single_case
    from tegemoet.application.decisions.reading import find_decision, keep_parameters, read_decision
    from tegemoet.domain.strict_json import refused_everywhere

    chosen = single_case(scheme)
    check_language(lang, chosen)
    held, partner = services(), router.caller.own_partner
    secret = held.secrets.digest_secret()
    dry_run = body.get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise Invalid("The case is invalid.", faults=(Fault("/dry_run", "bool-type"),))
    line = orjson.dumps({name: value for name, value in body.items() if name != "dry_run"}, default=refused_everywhere)

    def decide() -> deciding.Decided:
        decided = deciding.decide_line(line, chosen, partner, secret)
        if superseded := body.get("supersedes"):
            deciding.check_superseded(partner, find_decision(superseded, held.decisions))
        return decided

    if dry_run:
        return _answer(200, deciding.render(decide().decision, chosen, lang))

    def store() -> Mapping[str, Any]:
        decided = decide()
        keep_parameters(decided.decision, chosen, held.work)
        held.decisions[chosen.data].put(decided.id, partner, decided.case, decided.decision)
        return {"decision": decided.id}

    made = once(router, idempotency_key, store)
    stored = read_decision(made["decision"], partner, held.decisions)
    return _answer(201, deciding.render(stored.decision, chosen, lang))


def _answer(status: int, decision: Any) -> Response[Decision]:
    return Response(status, "application/json", decision)


@router.get("/decisions/<decision_id>", tags=TAGS, openapi_extensions=allow(*READERS))
def get_decision(
    decision_id: Identifier,
    lang: Language = "nl",
    replay: Annotated[bool, Query(description="Recompute the decision and say whether it is the same.")] = False,
) -> Decision:
    """A stored decision. Decisions of runs are read by operators and approvers alone."""
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.reading import read_decision, replay_decision

    held = services()
    found = read_decision(decision_id, router.caller.partner, held.decisions)
    check_language(lang, found.scheme)
    readable = deciding.render(found.decision, found.scheme, lang)
    if replay:
        again = replay_decision(found, held.work, held.secrets.digest_secret())
        readable["replay"] = {"same": again.same, "differs": dict(again.differs)}
    return readable  # type: ignore[return-value]


@router.get(
    "/decisions/<decision_id>/timeline",
    tags=TAGS,
    response_description="The picture, as SVG.",
    openapi_extensions=allow(*READERS),
)
def get_timeline(decision_id: Identifier, lang: Language = "nl") -> Response[str]:
    """The picture of a decision: periods, births, paid and unpaid days, amounts, payments."""
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.reading import read_decision
    from tegemoet.application.decisions.timeline import draw

    found = read_decision(decision_id, router.caller.partner, services().decisions)
    check_language(lang, found.scheme)
    return Response(200, "image/svg+xml", draw(orjson.loads(found.decision), found.scheme, lang), headers=POLICY)


@router.get(
    "/decisions/<decision_id>/letter",
    tags=TAGS,
    response_description="The letter, as one printable HTML page.",
    openapi_extensions=allow(*READERS),
)
def get_letter(decision_id: Identifier, lang: Language = "nl") -> Response[str]:
    """The letter that tells the insured person the decision, with the particulars that the charter of the socially insured asks.

    Where the body that decided lacks one of these in that language, the letter is refused: 409 `letter-particulars-missing`, and
    `errors[]` names each (`/particulars/<name>/<language>`).
    """
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.letter import body_of, write
    from tegemoet.application.decisions.reading import read_decision, superseded_by

    held, partner = services(), router.caller.partner
    found = read_decision(decision_id, partner, held.decisions)
    check_language(lang, found.scheme)
    former = None
    if superseded := superseded_by(found):
        try:
            replaced = read_decision(superseded, partner, held.decisions)
        except NotFound:  # expired since: there is nothing left to compare with
            replaced = found
        if replaced.decision != found.decision and replaced.scheme == found.scheme:
            former = orjson.loads(replaced.decision)
    decision = deciding.render(found.decision, found.scheme, lang)
    page = write(decision, found.scheme, body_of(found.partner), lang, former)
    return Response(200, "text/html; charset=utf-8", page, headers=POLICY)


@router.get(
    "/decisions/<decision_id>/documents/<name>",
    tags=TAGS,
    response_description="The document, as one printable HTML page.",
    openapi_extensions=allow(*READERS),
)
def get_document(decision_id: Identifier, name: Identifier, lang: Language = "nl") -> Response[str]:
    """A document that the decision calls for: a finding names it in its fact `document`, such as an expense note.

    404 `document-unknown` where the decision calls for no document of that name.
    """
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.documents import document
    from tegemoet.application.decisions.reading import read_decision

    found = read_decision(decision_id, router.caller.partner, services().decisions)
    check_language(lang, found.scheme)
    page = document(found.decision, found.scheme, name, lang)
    return Response(200, "text/html; charset=utf-8", page, headers=POLICY)


@router.get("/decisions/<decision_id>/days", tags=TAGS, openapi_extensions=allow(*READERS))
def get_days(decision_id: Identifier) -> BenefitDays:
    """The single days of a decision on benefits per day, and why a day is not paid; derived on reading."""
    from tegemoet.application.decisions.benefit_days import days_of
    from tegemoet.application.decisions.reading import read_decision

    found = read_decision(decision_id, router.caller.partner, services().decisions)
    days: Any = days_of(orjson.loads(found.decision))
    return {"decision": decision_id, "days": days}


@router.get("/decisions/<decision_id>/difference", tags=TAGS, openapi_extensions=allow(*READERS))
def get_difference(
    decision_id: Identifier,
    former: Annotated[
        str | None,
        Query(alias="with", max_length=200, description="Id of the former decision; left out = the superseded one."),
    ] = None,
) -> Difference:
    """What a decision pays more or less than a former one, per month; what was paid too much is negative.

    409 `nothing-superseded` where it replaces none and none is named, `schemes-differ` where the other is of another scheme.
    """
    from tegemoet.application.decisions.difference import difference
    from tegemoet.application.decisions.reading import read_decision, superseded_by

    held, partner = services(), router.caller.partner
    found = read_decision(decision_id, partner, held.decisions)
    other = former or superseded_by(found)
    if other is None:
        raise Conflict("The decision replaces no other; name one.", "nothing-superseded")
    before = read_decision(other, partner, held.decisions)
    if before.scheme != found.scheme:
        raise Conflict("The decisions are of two schemes.", "schemes-differ")
    return difference(orjson.loads(before.decision), orjson.loads(found.decision))  # type: ignore[return-value]
