"""The authorizer: whose token it is, which role it gives, and every token that is not for us."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tegemoet.api.callers import caller_of as caller_of_request
from tegemoet.api.tokens import Directory, InvalidTokenError, Issuer, caller_of, policy
from tegemoet.application.records import PersonRole
from tests.support.fakes import FakeRoles
from tests.support.machines import ROOT, load

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Tegemoet"
PERSONS = "client-of-persons"
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
THEIRS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EVENT = json.loads((ROOT / "events" / "api-authorizer.json").read_text())


class KeySet:
    """The issuer's published keys, looked up as the real client does."""

    def __init__(self) -> None:
        self.asked = 0

    def get_signing_key_from_jwt(self, token: str) -> Any:
        self.asked += 1
        if jwt.get_unverified_header(token).get("kid") != "ours":
            raise jwt.PyJWKClientError("no such key")
        return jwt.PyJWK(RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True) | {"kid": "ours", "alg": "RS256"})


class Partners:
    def partner_of(self, client_id: str) -> str | None:
        return {"client-of-mutuality": "mutuality", "client-of-operators": "operator"}.get(client_id)


TRUSTED = Issuer(ISSUER, PERSONS, KeySet())


def known(*roles: PersonRole, partner: str | None = None) -> Directory:
    """The partners, and a person who has these roles by the register."""
    register = FakeRoles()
    register.give("0d3c", *roles, partner=partner)
    return Directory(Partners(), register)


KNOWN = known("operator", "approver")


def token(key: Any = OURS, kid: str = "ours", algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    content = {"iss": ISSUER, "iat": now, "exp": now + 3600, **claims}
    return "Bearer " + jwt.encode(
        {name: value for name, value in content.items() if value is not None}, key, algorithm, {"kid": kid}
    )


def of_partner(**changes: Any) -> str:
    claims = {"token_use": "access", "client_id": "client-of-mutuality", "scope": "tegemoet/partner"}
    return token(**(claims | changes))


def of_person(*groups: str, **changes: Any) -> str:
    claims = {"token_use": "id", "aud": PERSONS, "sub": "0d3c", "cognito:groups": list(groups)}
    return token(**(claims | changes))


def test_a_partners_access_token_names_its_partner() -> None:
    caller = caller_of(of_partner(), TRUSTED, KNOWN)
    assert (caller.principal, caller.roles, caller.partner) == (
        "partner:mutuality",
        frozenset({"partner"}),
        "mutuality",
    )


@pytest.mark.parametrize("groups", [["operator"], ["approver"], ["operator", "approver"]])
def test_a_persons_id_token_gives_the_roles_of_its_groups(groups: list[str]) -> None:
    caller = caller_of(of_person(*groups), TRUSTED, KNOWN)
    assert (caller.principal, caller.roles, caller.partner) == ("0d3c", frozenset(groups), None)


def test_a_role_counts_only_where_token_and_register_both_say_so() -> None:
    caller = caller_of(of_person("approver", "reader"), TRUSTED, known("approver", "operator"))
    assert caller.roles == {"approver"}
    assert caller_of(of_person("approver"), TRUSTED, known()).roles == frozenset()
    assert caller_of(of_person("approver", sub="somebody-else"), TRUSTED, KNOWN).roles == frozenset()


def test_the_partner_of_a_case_worker_is_that_of_the_register() -> None:
    claims = {"partner": "rival", "custom:partner": "rival"}
    caller = caller_of(of_person("case-worker", **claims), TRUSTED, known("case-worker", partner="mutuality"))
    assert (caller.principal, caller.partner) == ("0d3c", "mutuality")
    assert caller.roles == {"case-worker"}
    for groups, directory in [
        (["operator"], known("case-worker", partner="mutuality")),  # the pool does not say case worker
        (["case-worker", "operator"], known("operator")),  # nor does the register
    ]:
        assert caller_of(of_person(*groups, **claims), TRUSTED, directory).partner is None


def test_a_person_in_other_groups_alone_has_no_role_and_gets_403() -> None:
    caller = caller_of(of_person("readers", "partner"), TRUSTED, KNOWN)
    assert not caller.roles
    assert policy(caller, EVENT["methodArn"])["policyDocument"]["Statement"][0]["Effect"] == "Deny"


@pytest.mark.parametrize("client", ["client-of-nobody", "client-of-operators"])
def test_a_client_that_is_no_partner_has_no_role_and_gets_403(client: str) -> None:
    caller = caller_of(of_partner(client_id=client), TRUSTED, KNOWN)
    assert (caller.roles, caller.partner) == (frozenset(), None)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("", id="no token"),
        pytest.param("Bearer ", id="empty token"),
        pytest.param("Bearer not.a.token", id="no JWT"),
        pytest.param("Basic dXNlcjpwYXNz", id="another kind of authorization"),
        pytest.param(of_partner(exp=int(time.time()) - 60), id="expired"),
        pytest.param(of_partner(exp=None), id="never expires"),
        pytest.param(of_partner(nbf=int(time.time()) + 600), id="not yet valid"),
        pytest.param(of_partner(key=THEIRS), id="signed with another key"),
        pytest.param(of_partner(kid="theirs"), id="signed with a key that is not published"),
        pytest.param(
            of_partner(iss="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"), id="another issuer"
        ),
        pytest.param(of_partner(scope="tegemoet/other"), id="another scope"),
        pytest.param(of_partner(scope="tegemoet/partners"), id="a scope that only begins alike"),
        pytest.param(of_partner(scope=None), id="no scope"),
        pytest.param(of_partner(token_use="refresh"), id="another use"),
        pytest.param(of_partner(token_use=None), id="no use"),
        pytest.param(of_partner(client_id=None), id="no client"),
        pytest.param(of_person("operator", aud="another-client"), id="another audience"),
        pytest.param(of_person("operator", aud=None), id="no audience"),
        pytest.param(of_person("operator", sub=None), id="nobody"),
        pytest.param(
            of_person("operator", token_use="access", scope="aws.cognito.signin.user.admin", client_id=PERSONS),
            id="a person's access token",
        ),
        pytest.param(of_partner(key="x" * 32, algorithm="HS256"), id="signed with a shared secret"),
        pytest.param(of_partner(key=None, algorithm="none"), id="not signed"),
    ],
)
def test_a_token_that_is_not_for_us_is_nobodys(bad: str) -> None:
    with pytest.raises(InvalidTokenError):
        caller_of(bad, TRUSTED, KNOWN)


def test_a_token_with_one_changed_character_is_nobodys() -> None:
    head, payload, signature = of_partner().removeprefix("Bearer ").split(".")
    for broken in (
        f"{head}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}",
        f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
    ):
        with pytest.raises(InvalidTokenError):
            caller_of(f"Bearer {broken}", TRUSTED, KNOWN)


def test_a_public_key_used_as_shared_secret_opens_nothing() -> None:
    """The classic confusion: an HS256 token signed with the published key as its secret."""
    from cryptography.hazmat.primitives import serialization

    public = OURS.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, payload, _ = of_partner().removeprefix("Bearer ").split(".")
    import base64
    import hmac

    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"ours","typ":"JWT"}').decode().rstrip("=")
    signature = hmac.digest(public, f"{head}.{payload}".encode(), "sha256")
    forged = f"{head}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    with pytest.raises(InvalidTokenError):
        caller_of(f"Bearer {forged}", TRUSTED, KNOWN)


def test_an_issuer_that_cannot_be_reached_is_no_fault_of_the_caller() -> None:
    class Unreachable:
        def get_signing_key_from_jwt(self, token: str) -> Any:
            raise jwt.PyJWKClientConnectionError("no route")

    with pytest.raises(jwt.PyJWKClientConnectionError):
        caller_of(of_partner(), Issuer(ISSUER, PERSONS, Unreachable()), KNOWN)


def test_the_policy_holds_for_every_method_of_the_stage_because_it_is_kept() -> None:
    made = policy(caller_of(of_partner(), TRUSTED, KNOWN), EVENT["methodArn"])
    [statement] = made["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/live/*",
    }
    assert made["principalId"] == "partner:mutuality"


@pytest.mark.parametrize(
    "authorization",
    [pytest.param(of_partner(), id="a partner"), pytest.param(of_person("operator", "approver"), id="a person")],
)
def test_what_the_authorizer_says_is_what_the_routes_read(authorization: str) -> None:
    caller = caller_of(authorization, TRUSTED, KNOWN)
    context = policy(caller, EVENT["methodArn"])["context"]
    assert all(isinstance(value, str) for value in context.values())
    assert caller_of_request({"requestContext": {"authorizer": context}}) == caller


def authorizer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function itself, with its environment."""
    for name, value in {
        "JWKS_URL": f"{ISSUER}/.well-known/jwks.json",
        "TOKEN_ISSUER": ISSUER,
        "PERSON_CLIENT_ID": PERSONS,
        "CONTROL_TABLE": "control",
        "PARTNERS_TABLE": "partners",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    return load("authorizer")


def test_the_function_answers_401_in_the_words_that_api_gateway_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.api_world import Context

    function = authorizer(monkeypatch)
    monkeypatch.setattr(function, "issuer", TRUSTED)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        function.handler(EVENT, Context())


def test_the_function_fetches_the_keys_once_for_many_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.api_world import Context

    function = authorizer(monkeypatch)
    fetched = []

    def fetch() -> Any:
        fetched.append(1)
        public = RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
        keys = {"keys": [public | {"kid": "ours", "alg": "RS256", "use": "sig"}]}
        function.cloud.issuer_keys.jwk_set_cache.put(keys)
        return keys

    monkeypatch.setattr(function.cloud.issuer_keys, "fetch_data", fetch)
    monkeypatch.setattr(function, "known", KNOWN)
    for _ in range(3):
        answer = function.handler(EVENT | {"authorizationToken": of_partner()}, Context())
        assert answer["context"]["partner"] == "mutuality"
    assert fetched == [1]
