"""Who calls: what the authorizer said of the bearer token, and which roles there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tegemoet.api.refusals import Forbidden, Unauthorized

Role = Literal["partner", "operator", "approver"]
READERS: tuple[Role, ...] = ("partner", "operator", "approver")
"""Who reads schemes, parameters, decisions and batches; a partner its own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's system or a person. `principal` tells persons apart (four eyes compares it); `partner` is None for a person."""

    principal: str
    roles: frozenset[str]
    partner: str | None

    def context(self) -> dict[str, str]:
        """The caller as the authorizer hands it on: API Gateway takes flat text alone."""
        return {"principal": self.principal, "roles": " ".join(sorted(self.roles)), "partner": self.partner or ""}

    @property
    def own_partner(self) -> str:
        """The partner that calls. Raises Forbidden for a person: persons have no drops and no cases of their own."""
        if self.partner is None:
            raise Forbidden("This is for partners.")
        return self.partner


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway request. Raises Unauthorized where no authorizer has spoken."""
    said = (event.get("requestContext") or {}).get("authorizer") or {}
    if not said.get("principal"):
        raise Unauthorized("A bearer token is needed.")
    return Caller(said["principal"], frozenset(said.get("roles", "").split()), said.get("partner") or None)
