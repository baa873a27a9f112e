"""Bearer tokens: whose they are, and which role they give. For the authorizer; the routes ask the roles again.

A partner's system has an access token of its own OAuth2 client; an operator or approver has an ID token of an own account. Anything
else, such as a person's access token or a token of another pool, is no token of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tegemoet.api.callers import Caller

SCOPE = "tegemoet/partner"
GROUPS = frozenset(("operator", "approver"))
LEEWAY = 10
"""Seconds that the clocks of the issuer and ours may differ."""


class NotOursError(Exception):
    """The token is missing, broken, expired or not for us."""


class Keys(Protocol):
    """The issuer's public keys."""

    def get_signing_key_from_jwt(self, token: str) -> Any:
        """The key whose id the token names. Raises jwt.PyJWTError when the issuer has none of that id."""
        ...


class Clients(Protocol):
    """OAuth2 clients of partners."""

    def partner_of(self, client_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues our tokens, and which of its clients persons sign in with."""

    url: str
    person_client: str
    keys: Keys


def caller_of(authorization: str, issuer: Issuer, clients: Clients) -> "Caller":
    """Who sends that Authorization header; without any role when we know who it is and there is nothing for them here.

    Raises NotOursError.
    """
    from tegemoet.api.callers import OPERATORS, Caller

    claims = _claims(authorization, issuer)
    match claims.get("token_use"):
        case "access" if SCOPE in str(claims.get("scope", "")).split():
            client = _text(claims, "client_id")
            partner = clients.partner_of(client)
            if partner is None or partner == OPERATORS:
                return Caller(f"client:{client}", frozenset(), None)
            return Caller(f"partner:{partner}", frozenset(("partner",)), partner)
        case "id" if claims.get("aud") == issuer.person_client:
            groups = claims.get("cognito:groups")
            return Caller(_text(claims, "sub"), GROUPS.intersection(groups if isinstance(groups, list) else ()), None)
        case _:
            raise NotOursError


def _claims(authorization: str, issuer: Issuer) -> Mapping[str, Any]:
    import jwt

    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise NotOursError
    try:
        key = issuer.keys.get_signing_key_from_jwt(token)
        return jwt.decode(
            token,
            key,
            # The one algorithm that the issuer signs with: a token does not choose how it is checked.
            algorithms=["RS256"],
            issuer=issuer.url,
            leeway=LEEWAY,
            # Access tokens have no audience, and that of ID tokens is compared above.
            options={"verify_aud": False, "require": ["exp", "iat", "iss", "token_use"]},
        )
    except jwt.PyJWKClientConnectionError:
        raise  # the issuer cannot be reached: no fault of the caller
    except jwt.PyJWTError:
        raise NotOursError from None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise NotOursError
    return value


def policy(caller: "Caller", method_arn: str) -> dict[str, Any]:
    """What API Gateway may let this caller do: everything of the stage, or nothing. Roles are asked by each route.

    API Gateway keeps the answer for a while and uses it for the caller's other calls, so it must hold for every method.
    """
    stage = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": caller.principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow" if caller.roles else "Deny",
                    "Resource": f"{stage}/*",
                }
            ],
        },
        "context": caller.context(),
    }
