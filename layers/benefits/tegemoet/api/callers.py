"""Who calls: what the authorizer said of the bearer token, and which roles there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tegemoet.api.refusals import Forbidden, Unauthorized

Role = Literal["partner", "operator", "approver"]
READERS: tuple[Role, ...] = ("partner", "operator", "approver")
"""Who reads schemes, parameters, decisions and batches; a partner its own."""
SENDERS: tuple[Role, ...] = ("partner", "operator")
"""Who sends files and cases."""
OPERATORS = "operator"
"""The partner in whose name operators send files and cases, such as identities; no client may be it."""


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
        """The partner that calls, or the one that operators share. Raises Forbidden for who sends nothing."""
        if self.partner is not None:
            return self.partner
        if "operator" in self.roles:
            return OPERATORS
        raise Forbidden("This is for partners and operators.")


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway request. Raises Unauthorized where no authorizer has spoken."""
    said = (event.get("requestContext") or {}).get("authorizer") or {}
    if not said.get("principal"):
        raise Unauthorized("A bearer token is needed.")
    return Caller(said["principal"], frozenset(said.get("roles", "").split()), said.get("partner") or None)
