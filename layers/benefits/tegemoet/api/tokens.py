"""Bearer tokens: the caller and its roles. The authorizer uses it; routes check the roles again.

A partner's system sends an access token of its own OAuth2 client; a person sends an ID token of a
personal account. Any other token is invalid, such as a person's access token or a token of another
user pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tegemoet.api.callers import Caller
    from tegemoet.application.records import RoleChange

SCOPE = "tegemoet/partner"
LEEWAY = 10
"""Tolerated clock difference with the issuer, in seconds."""


class InvalidTokenError(Exception):
    """The token is missing, malformed, expired or issued for another audience."""


class Keys(Protocol):
    """The issuer's public keys."""

    def get_signing_key_from_jwt(self, token: str) -> Any:
        """The key that the token names. Raises jwt.PyJWTError if the issuer has no such key."""
        ...


class Clients(Protocol):
    """OAuth2 clients of partners."""

    def partner_of(self, client_id: str) -> str | None: ...


class Roles(Protocol):
    """The register of the roles of persons."""

    def latest(self, subject: str) -> "RoleChange | None": ...


@dataclass(frozen=True, slots=True)
class Directory:
    """Who the callers are: the partner of a client, and the roles of a person."""

    clients: Clients
    roles: Roles


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer of tokens, and the client through which persons sign in."""

    url: str
    person_client: str
    keys: Keys


def caller_of(authorization: str, issuer: Issuer, known: Directory) -> "Caller":
    """The caller that the Authorization header identifies; without roles if it may do nothing here.

    A person has the roles that the token and the register agree on. The partner of a case worker is
    that of the register alone. Raises InvalidTokenError.
    """
    from tegemoet.api.callers import Caller
    from tegemoet.application.records import OPERATORS

    claims = _claims(authorization, issuer)
    match claims.get("token_use"):
        case "access" if SCOPE in str(claims.get("scope", "")).split():
            client = _text(claims, "client_id")
            partner = known.clients.partner_of(client)
            if partner is None or partner == OPERATORS:
                return Caller(f"client:{client}", frozenset(), None)
            return Caller(f"partner:{partner}", frozenset(("partner",)), partner)
        case "id" if claims.get("aud") == issuer.person_client:
            subject, groups = _text(claims, "sub"), claims.get("cognito:groups")
            held = known.roles.latest(subject)
            roles = held.roles.intersection(groups if isinstance(groups, list) else ()) if held else frozenset[str]()
            partner = held.partner if held and "case-worker" in roles else None
            return Caller(subject, roles, partner, _name(claims))
        case _:
            raise InvalidTokenError


def _claims(authorization: str, issuer: Issuer) -> Mapping[str, Any]:
    import jwt

    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise InvalidTokenError
    try:
        key = issuer.keys.get_signing_key_from_jwt(token)
        return jwt.decode(
            token,
            key,
            # The algorithm of the issuer: a token must not choose how it is verified.
            algorithms=["RS256"],
            issuer=issuer.url,
            leeway=LEEWAY,
            # Access tokens have no audience; that of ID tokens is compared by the caller.
            options={"verify_aud": False, "require": ["exp", "iat", "iss", "token_use"]},
        )
    except jwt.PyJWKClientConnectionError:
        raise  # the issuer cannot be reached: not the caller's fault
    except jwt.PyJWTError:
        raise InvalidTokenError from None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidTokenError
    return value


def _name(claims: Mapping[str, Any]) -> str:
    """The name of a person, which only an administrator can change, or that of the account."""
    return next((name for key in ("name", "cognito:username") if isinstance(name := claims.get(key), str) and name), "")


def policy(caller: "Caller", method_arn: str) -> dict[str, Any]:
    """The policy that lets the caller use the whole stage, or nothing of it. Routes check roles.

    API Gateway caches the policy and applies it to the caller's other requests, so it must hold for
    every method.
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
