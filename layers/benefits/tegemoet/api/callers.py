"""The caller of a request, as the authorizer reports it, and the roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tegemoet.api.refusals import ForbiddenError, UnauthorizedError
from tegemoet.application.records import OPERATORS, Person, PersonRole

Role = Literal["partner"] | PersonRole
READERS: tuple[Role, ...] = ("partner", "operator", "approver", "reader")
"""Roles that read exchanges; a partner reads its own."""
CASE_READERS: tuple[Role, ...] = (*READERS, "case-worker")
"""Roles that read schemes, parameters, decisions and batches; a partner and its case workers read
its own, and a case worker no batch but those of cases."""
YEAR_READERS: tuple[Role, ...] = ("operator", "approver", "reader")
"""Roles that read premium years, and the account that pays."""
REGISTER_READERS: tuple[Role, ...] = ("registrar", *YEAR_READERS)
"""Roles that read registrations of partners and roles of persons."""
SENDERS: tuple[Role, ...] = ("partner", "operator")
"""Roles that send files and cases."""
DECIDERS: tuple[Role, ...] = (*SENDERS, "case-worker")
"""Roles that send cases one by one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's system or a person.

    `principal` identifies the caller; the four-eyes rule compares it. `partner` is the one that the
    caller sends and reads for: None for every person but a case worker. `name` is empty for a
    partner's system.
    """

    principal: str
    roles: frozenset[str]
    partner: str | None
    name: str = ""

    def context(self) -> dict[str, str]:
        """The caller as text fields, the only context that API Gateway passes on."""
        roles = " ".join(sorted(self.roles))
        return {"principal": self.principal, "roles": roles, "partner": self.partner or "", "name": self.name}

    @property
    def is_person(self) -> bool:
        return "partner" not in self.roles

    @property
    def person(self) -> Person:
        """The person, by the name that the user pool has."""
        return Person(self.principal, self.name or self.principal)

    @property
    def own_partner(self) -> str:
        """The partner that the caller sends for: OPERATORS for an operator.

        Raises ForbiddenError for anyone but a partner's system, a case worker and an operator.
        """
        if self.partner is not None:
            return self.partner
        if "operator" in self.roles:
            return OPERATORS
        raise ForbiddenError("Only partners and operators may do this.")


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway request.

    Raises UnauthorizedError if no authorizer identified one.
    """
    said = (event.get("requestContext") or {}).get("authorizer") or {}
    if not said.get("principal"):
        raise UnauthorizedError("A bearer token is required.")
    roles = frozenset(said.get("roles", "").split())
    return Caller(said["principal"], roles, said.get("partner") or None, said.get("name", ""))
