"""Routes of the roles of persons, which a registrar changes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import REGISTER_READERS
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.persons import person
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import roles as shapes
from tegemoet.api.shapes.roles import SubjectPath
from tegemoet.application.records import RoleChange

router = Routes[YearServices]("persons")
PERSON = "/persons/<subject>"


@router.writes(f"{PERSON}/roles", "registrar", status=201, answer="The roles that the person has from now on.")
def give_roles(
    subject: SubjectPath, body: Annotated[shapes.RolesBody, Body()], idempotency_key: IdempotencyKey = None
) -> shapes.PersonRoles:
    """Give a person roles, or withdraw them. What the person had before stays on record.

    A new role takes effect with the person's next token; a withdrawn one ends within a minute. 409
    `own-roles` for the caller's own roles, `changed-meanwhile` if somebody else changed them at the
    same moment. 404 `person-unknown` without an account. 422 `case-worker-alone` if a case worker
    gets another role, `partner-missing` without a partner for a case worker,
    `partner-not-for-roles` with one for anybody else, `partner-unknown` if it is not registered.
    """
    from tegemoet.application.partners.roles import RolePorts, RoleRequest, change_roles, require_versions

    services, by = router.services, router.caller.person
    ports = RolePorts(services.roles, services.people, services.role_groups, services.registrations, services.clock)
    request = RoleRequest(frozenset(body.roles), body.partner)
    number = id_once(
        router, idempotency_key, "roles", lambda: change_roles(subject, request, by=by, ports=ports).number
    )
    return _shown(require_versions(subject, services.roles)[number - 1])


@router.reads("/persons", *REGISTER_READERS, answer="A page of persons.")
def list_persons(limit: Limit = 100, cursor: Cursor = None) -> shapes.PersonPage:
    """List everybody who has or had a role, with the present roles."""
    held = {change.subject: change for change in router.services.roles.all()}
    found, following = page(sorted(held), limit, cursor, lambda subject: subject)
    return {"persons": [_shown(held[subject]) for subject in found], "next": following}


@router.reads(PERSON, *REGISTER_READERS, answer="The person.")
def get_person(subject: SubjectPath) -> shapes.PersonDetails:
    """Retrieve the roles of a person, and every change before, with who and when."""
    from tegemoet.application.partners.roles import require_versions

    *earlier, latest = require_versions(subject, router.services.roles)
    return {**_shown(latest), "earlier": [_shown(change) for change in reversed(earlier)]}


def _shown(change: RoleChange) -> shapes.PersonRoles:
    return {
        "subject": change.subject,
        "number": change.number,
        "name": change.name,
        "roles": sorted(change.roles),
        "partner": change.partner,
        "at": change.at,
        "by": person(change.by.subject, change.by.name),
    }
