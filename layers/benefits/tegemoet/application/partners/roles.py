"""Roles of persons: who has which, changed by a registrar, and what of them counts.

The register says who gave a role when, and the groups of the user pool follow it. A role counts
only while both say so: who can write in one of them alone makes nobody an approver.
"""

from dataclasses import dataclass, replace

from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Clock, People, Registrations, RoleGroups, RolesRegister
from tegemoet.application.records import OPERATORS, Account, Person, PersonRole, RoleChange
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError

CASE_WORKER: PersonRole = "case-worker"


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """All the roles that a person has from now on. `partner` = that of a case worker."""

    roles: frozenset[PersonRole]
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class RolePorts:
    """What changing roles needs."""

    roles: RolesRegister
    people: People
    groups: RoleGroups
    registrations: Registrations
    clock: Clock


def change_roles(subject: str, request: RoleRequest, *, by: Person, ports: RolePorts) -> RoleChange:
    """Store a version of the person's roles, let the user pool follow, and return the version.

    Roles that the person has already make no new version, but the user pool follows again, so
    repeating a call that failed repairs what it left. Raises ConflictError `own-roles`,
    `changed-meanwhile`; NotFoundError `person-unknown`; InvalidError `case-worker-alone`,
    `partner-missing`, `partner-not-for-roles`, `partner-unknown`.
    """
    clock = ports.clock
    if subject == by.subject:
        raise ConflictError("Another registrar must change your roles.", "own-roles")
    account = ports.people.person(subject)
    if account is None:
        raise NotFoundError("There is no such person.", "person-unknown")
    _check(request, ports.registrations)
    held = ports.roles.latest(subject)
    if held is None or RoleRequest(held.roles, held.partner) != request:
        held = RoleChange(
            subject=subject,
            number=held.number + 1 if held else 1,
            name=account.person.name,
            roles=request.roles,
            partner=request.partner,
            at=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            by=by,
        )
        if not ports.roles.append(held):
            raise ConflictError("Somebody else changed the roles at the same time.", "changed-meanwhile")
    _follow(subject, ports)
    return held


def _check(request: RoleRequest, registrations: Registrations) -> None:
    if CASE_WORKER not in request.roles:
        if request.partner is not None:
            raise _invalid("Only a case worker has a partner.", "/partner", "partner-not-for-roles")
        return
    if len(request.roles) > 1:
        raise _invalid("A case worker has no other role.", "/roles", "case-worker-alone")
    if request.partner is None:
        raise _invalid("A case worker has a partner.", "/partner", "partner-missing")
    if request.partner == OPERATORS or Grants(registrations.all()).registration(request.partner) is None:
        raise _invalid("There is no such partner.", "/partner", "partner-unknown")


def _follow(subject: str, ports: RolePorts) -> None:
    """Give the person the groups of the version that holds.

    Until it is the same before and after: of two changes at the same moment, the earlier one may
    reach the user pool last.
    """
    followed = None
    while (held := ports.roles.latest(subject)) is not None and held != followed:
        ports.groups.assign(subject, held.roles)
        followed = held


def _invalid(detail: str, path: str, code: str) -> InvalidError:
    return InvalidError(detail, code, (Fault(path, code),))


def require_versions(subject: str, roles: RolesRegister) -> list[RoleChange]:
    """Every version of the roles of a person, the first one first. Raises NotFoundError."""
    versions = roles.versions(subject)
    if not versions:
        raise NotFoundError("There is no such person.", "person-unknown")
    return versions


class RegisteredPeople:
    """The accounts in `people`, with the roles that their groups and the register agree on."""

    def __init__(self, people: People, roles: RolesRegister) -> None:
        self._people, self._roles = people, roles

    def person(self, subject: str) -> Account | None:
        account = self._people.person(subject)
        return None if account is None else _agreed(account, self._roles.latest(subject))

    def approvers(self) -> list[Account]:
        held = {change.subject: change for change in self._roles.all()}
        agreed = (_agreed(account, held.get(account.person.subject)) for account in self._people.approvers())
        return [account for account in agreed if "approver" in account.groups]


def _agreed(account: Account, held: RoleChange | None) -> Account:
    return replace(account, groups=account.groups & (held.roles if held else frozenset()))
