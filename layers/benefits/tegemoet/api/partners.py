"""Routes of partners: who may bring what, registered by a registrar."""

from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import REGISTER_READERS
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import partners as shapes
from tegemoet.api.shapes.partners import PartnerPath
from tegemoet.application import records

if TYPE_CHECKING:
    from tegemoet.application.partners.grants import Grants

router = Routes[YearServices]("partners")
PARTNER = "/partners/<partner>"


@router.writes(f"{PARTNER}/registrations", "registrar", status=201, answer="What the partner may bring from now on.")
def register_partner(
    partner: PartnerPath, body: Annotated[shapes.RegistrationBody, Body()], idempotency_key: IdempotencyKey = None
) -> shapes.Registered:
    """Register what a partner may bring, and who answers for it.

    The registration replaces the one before, which stays on record. 409 `key-taken` if another
    partner has one of the keys, `predecessor-taken` if the predecessor has another successor,
    `registered-meanwhile` if somebody else registered a partner at the same moment. 422
    `profile-unknown`, `kind-unknown`, `predecessor-unknown` for what does not exist,
    `answerable-missing` if nobody answers for the partner, `answerable-unknown` if one of those who
    do has no account, `keys-missing`, `keys-not-for-profile`, `key-invalid` for keys that are not
    those of the profile, `predecessor-is-successor` if two partners take over each other,
    `name-holds-identity-number`.
    """
    from tegemoet.application.partners.registering import (
        RegistrationRequest,
        register,
        require_accounts,
        require_partner,
    )

    services, by = router.services, router.caller.person
    granted = None if body.grants is None else [records.GrantedKind(g.scheme, g.kind, g.from_year) for g in body.grants]
    request = RegistrationRequest(
        body.profile,
        body.from_year,
        tuple(body.answerable),
        None if granted is None else tuple(granted),
        None if body.authority is None else frozenset(body.authority),
        tuple(body.keys or ()),
        body.predecessor,
    )

    def store() -> int:
        require_accounts(partner, request.answerable, services.people, services.registrations)
        return register(partner, request, by=by, registrations=services.registrations, clock=services.clock).number

    number = id_once(router, idempotency_key, "registration", store)
    stored = require_partner(partner, services.registrations).versions(partner)[number - 1]
    return {"partner": partner, **_registration(stored)}


@router.reads("/partners", *REGISTER_READERS, answer="A page of partners.")
def list_partners(limit: Limit = 100, cursor: Cursor = None) -> shapes.PartnerPage:
    """List the partners with what each may bring."""
    from tegemoet.application.partners.grants import Grants

    grants = Grants(router.services.registrations.all())
    found, following = page(grants.partners, limit, cursor, lambda name: name)
    return {"partners": [_partner(name, grants) for name in found], "next": following}


@router.reads(PARTNER, *REGISTER_READERS, answer="The partner.")
def get_partner(partner: PartnerPath) -> shapes.PartnerDetails:
    """Retrieve what a partner may bring, and every registration before, with who and when."""
    from tegemoet.application.partners.registering import require_partner

    grants = require_partner(partner, router.services.registrations)
    earlier = grants.versions(partner)[-2::-1]
    return {**_partner(partner, grants), "earlier": [_registration(version) for version in earlier]}


def _partner(name: str, grants: "Grants") -> shapes.Partner:
    return {
        "partner": name,
        "successor": grants.successor_of(name),
        "registration": _registration(grants.versions(name)[-1]),
    }


def _registration(version: records.Registration) -> shapes.Registration:
    return {
        "number": version.number,
        "profile": version.profile,
        "grants": [
            {
                "scheme": grant.scheme,
                "kind": grant.kind,
                "from_year": grant.from_year,
                "withdrawn_at": grant.withdrawn_at,
            }
            for grant in version.grants
        ],
        "keys": list(version.keys),
        "accounts_from": version.accounts_from,
        "identities_from": version.identities_from,
        "answerable": list(version.answerable),
        "predecessor": version.predecessor,
        "at": version.at,
        "by": person(version.by.subject, version.by.name),
    }
