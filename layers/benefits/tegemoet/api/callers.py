"""The caller of a request, as the authorizer reports it, and the roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tegemoet.api.refusals import ForbiddenError, UnauthorizedError
from tegemoet.application.records import Person

Role = Literal["partner", "operator", "approver", "reader", "registrar"]
READERS: tuple[Role, ...] = ("partner", "operator", "approver", "reader")
"""Roles that read schemes, parameters, decisions and batches; a partner reads its own."""
YEAR_READERS: tuple[Role, ...] = ("operator", "approver", "reader")
"""Roles that read premium years."""
SENDERS: tuple[Role, ...] = ("partner", "operator")
"""Roles that send files and cases."""
OPERATORS = "operator"
"""The partner name under which operators send files and cases; no client may use it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's system or a person.

    `principal` identifies the caller; the four-eyes rule compares it. `partner` is None for a
    person, and `name` empty for a partner's system.
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
    def person(self) -> Person:
        """The person, by the name that the user pool has."""
        return Person(self.principal, self.name or self.principal)

    @property
    def own_partner(self) -> str:
        """The caller's partner name, or OPERATORS for an operator.

        Raises ForbiddenError for anyone else.
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
