"""Who may call what, how every error is answered, and that no answer repeats what was sent."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tegemoet.api.bodies import LIMIT
from tegemoet.api.callers import Caller
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.domain.strict_json import MAX_LEVELS
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import (
    APPROVER,
    BOTH,
    CASE_WORKER,
    OPERATOR,
    PARTNER,
    READER,
    REGISTRAR,
    TREASURER,
    Context,
    World,
)
from tests.support.debtors import DEBTOR

EXAMPLE = SCHEMES["convention-premium"].example
DECIDE = "/v1/schemes/convention-premium/decisions"
UPLOAD = {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": "november", "size": 10}
APPROVAL = {"run": "2023-1-0a1b2c3d4e", "control_sum": "1.00", "approve": True}
CHOICE = {"choice": "seen", "reason": "looked at"}
EXCHANGE = {"on": "2020-03-02", "insurers": {"insurer-a": "100"}, "tax_office": "tax-office"}
REGISTRATION = {"profile": "accounts", "from_year": 2023, "answerable": ["a"]}
PARTNERS, OPERATORS, APPROVERS, REGISTRARS = {"partner"}, {"operator"}, {"approver"}, {"registrar"}
TREASURERS = {"treasurer"}
EVERYBODY = PARTNERS | OPERATORS | APPROVERS | {"reader"}
CASE_READERS = EVERYBODY | {"case-worker"}
YEAR_READERS = OPERATORS | APPROVERS | {"reader"}
CONFIRMATION = {"value": "399.19", "reason": "a letter says so"}
CLOSE = {"open_exceptions": 0, "reason": "all is paid"}

CALLS: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "/v1/schemes", None, CASE_READERS),
    ("GET", "/v1/schemes/convention-premium", None, CASE_READERS),
    ("GET", "/v1/schemes/convention-premium/parameters", None, CASE_READERS),
    ("GET", "/v1/legislation", None, CASE_READERS),
    ("GET", "/v1/legislation/law-1994-07-14", None, CASE_READERS),
    ("POST", DECIDE, EXAMPLE, PARTNERS | OPERATORS | {"case-worker"}),
    ("GET", "/v1/decisions/0", None, CASE_READERS),
    ("GET", "/v1/premium-years/2023/decisions/0", None, {"operator", "approver", "reader"}),
    ("GET", "/v1/premium-years/2023/decisions/0/letter", None, YEAR_READERS),
    ("GET", "/v1/decisions/0/timeline", None, CASE_READERS),
    ("GET", "/v1/decisions/0/letter", None, CASE_READERS),
    ("GET", "/v1/decisions/0/documents/d", None, CASE_READERS),
    ("GET", "/v1/decisions/0/days", None, CASE_READERS),
    ("GET", "/v1/decisions/0/difference", None, CASE_READERS),
    ("POST", "/v1/uploads", UPLOAD, PARTNERS | OPERATORS),
    ("GET", "/v1/batches", None, CASE_READERS),
    ("GET", "/v1/batches/0", None, CASE_READERS),
    ("POST", "/v1/batches/0/abandonment", {"reason": "it stopped"}, OPERATORS),
    ("GET", "/v1/premium-years/2023", None, YEAR_READERS),
    ("POST", "/v1/premium-years/2023/phases/1", {"on": "2023-12-01"}, OPERATORS),
    ("GET", "/v1/premium-years/2023/phases/1", None, YEAR_READERS),
    ("GET", "/v1/premium-years/2023/phases/1/changes", None, YEAR_READERS),
    ("POST", "/v1/premium-years/2023/phases/1/approval", APPROVAL, APPROVERS),
    ("POST", "/v1/premium-years/2023/phases/1/continuation", {"run": "2023-1-0a1b2c3d4e"}, OPERATORS),
    ("POST", "/v1/premium-years/2023/phases/1/abandonment", {"run": "2023-1-0", "reason": "r"}, OPERATORS),
    ("GET", "/v1/premium-years/2023/exceptions", None, YEAR_READERS),
    ("GET", "/v1/premium-years/2023/exceptions/e", None, YEAR_READERS),
    ("POST", "/v1/premium-years/2023/exceptions", {"exceptions": ["e"], **CHOICE}, OPERATORS),
    ("POST", "/v1/premium-years/2023/exceptions/e", CHOICE, OPERATORS),
    ("GET", "/v1/premium-years/2023/values", None, YEAR_READERS),
    ("POST", "/v1/premium-years/2023/values/v/confirmations", CONFIRMATION, OPERATORS),
    ("GET", "/v1/premium-years/2023/recoveries", None, YEAR_READERS | TREASURERS),
    ("GET", "/v1/premium-years/2023/reconciliation", None, YEAR_READERS | TREASURERS),
    ("GET", "/v1/premium-years/2023/reconciliation/picture", None, YEAR_READERS | TREASURERS),
    ("GET", "/v1/premium-years/2023/bank-files", None, YEAR_READERS | TREASURERS),
    ("POST", "/v1/premium-years/2023/bank-files/m/fetches", None, TREASURERS),
    ("POST", "/v1/premium-years/2023/bank-files/m/withdrawals", {"reason": "lost"}, OPERATORS),
    ("POST", "/v1/premium-years/2023/bank-files/m/withdrawals/1/confirmation", {"fetches": 0}, OPERATORS | APPROVERS),
    ("POST", "/v1/premium-years/2023/close", CLOSE, OPERATORS),
    ("POST", "/v1/premium-years/2023/close/0/confirmation", None, OPERATORS | APPROVERS),
    ("GET", "/v1/premium-years/2023/practices/41234502", None, YEAR_READERS),
    ("GET", "/v1/partners", None, YEAR_READERS | REGISTRARS),
    ("GET", "/v1/partners/mutuality", None, YEAR_READERS | REGISTRARS),
    ("POST", "/v1/partners/mutuality/registrations", REGISTRATION, REGISTRARS),
    ("GET", "/v1/persons", None, YEAR_READERS | REGISTRARS),
    ("GET", "/v1/persons/somebody", None, YEAR_READERS | REGISTRARS),
    ("POST", "/v1/persons/somebody/roles", {"roles": ["reader"]}, REGISTRARS),
    ("GET", "/v1/debtor-accounts", None, YEAR_READERS),
    ("POST", "/v1/debtor-accounts/proposals", DEBTOR, OPERATORS),
    ("POST", "/v1/debtor-accounts/proposals/0a1b2c3d4e5f6071/confirmations", None, OPERATORS | APPROVERS),
    ("GET", "/v1/increased-reimbursement/2020", None, EVERYBODY),
    ("POST", "/v1/increased-reimbursement/2020/contact-check", {"size": 1}, EVERYBODY),
    ("POST", "/v1/increased-reimbursement/2020", EXCHANGE, OPERATORS),
    ("POST", "/v1/increased-reimbursement/2020/steps/households", {"on": "2020-04-15"}, OPERATORS),
    ("POST", "/v1/increased-reimbursement/2020/evaluation", {"on": "2021-12-01"}, OPERATORS),
]
CALLERS = {
    "partner": PARTNER,
    "operator": OPERATOR,
    "approver": APPROVER,
    "reader": READER,
    "registrar": REGISTRAR,
    "treasurer": TREASURER,
    "case-worker": CASE_WORKER,
}


@pytest.mark.parametrize(("method", "path", "body", "roles"), CALLS)
@pytest.mark.parametrize("role", CALLERS)
def test_a_call_is_for_its_roles_and_for_nobody_else(
    method: str, path: str, body: Any, roles: set[str], role: str
) -> None:
    answer = World().send(method, path, CALLERS[role], body=body, headers={"Idempotency-Key": "k"})
    if role in roles:
        assert answer.status not in (401, 403, 500)
    else:
        assert (answer.status, answer.code) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body", "roles"), CALLS)
def test_nobody_calls_anything_without_a_token(method: str, path: str, body: Any, roles: set[str]) -> None:
    answer = World().send(method, path, None, body=body, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.code) == (401, "unauthorized")


def test_every_route_is_in_the_list_above() -> None:
    """So that no route is added whose roles nobody tests."""
    from tegemoet.api.openapi import document

    described = {
        (method.upper(), path.count("/"), frozenset(operation["x-roles"]))
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }
    assert described == {(method, path.count("/"), frozenset(roles)) for method, path, _, roles in CALLS}
    assert sum(len(methods) for methods in document()["paths"].values()) == len(CALLS)


def test_a_person_with_both_roles_has_the_rights_of_both() -> None:
    world = World()
    assert world.post("/v1/premium-years/2023/phases/1", {"on": "2023-12-01"}, BOTH).status == 202
    assert world.post("/v1/premium-years/2023/phases/1/approval", APPROVAL, BOTH).status == 409


def test_a_caller_without_the_role_learns_nothing_of_the_form() -> None:
    answer = World().post("/v1/premium-years/2023/phases/1", {"nonsense": 1}, PARTNER, key=None)
    assert (answer.status, answer.code, answer.faults) == (403, "forbidden", set())


def test_a_role_that_does_not_exist_opens_nothing() -> None:
    assert World().get("/v1/schemes", Caller("x", frozenset({"admin"}), None)).status == 403


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/", "/v1/premium-years", "/v1/decisions/a/b"])
def test_a_path_that_is_none_is_404(path: str) -> None:
    answer = World().get(path)
    assert (answer.status, answer.code) == (404, "not-found")


def test_a_method_that_is_none_is_404() -> None:
    assert World().send("DELETE", "/v1/schemes", PARTNER).status == 404


# What a body may be


def post(text: str | bytes, **headers: str) -> Any:
    return World().send("POST", DECIDE, PARTNER, body=text, headers={"Idempotency-Key": "k", **headers})


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("{", 400, "json-invalid"),
        ("nonsense", 400, "json-invalid"),
        ('{"case_id": "a", "case_id": "b"}', 400, "json-duplicate-name"),
        ('{"case": {"year": 2023, "year": 2024}}', 400, "json-duplicate-name"),
        ('{"case": NaN}', 400, "json-not-a-number"),
        ('{"case": -Infinity}', 400, "json-not-a-number"),
        ('{"case": {"\\ud800": 1}}', 400, "json-invalid"),
        ("[" * 100_000 + "]" * 100_000, 400, "json-too-deep"),
        (json.dumps({"case": "x" * LIMIT}), 413, "too-large"),
        ("[]", 422, "invalid"),
        ('"text"', 422, "invalid"),
        ("1", 422, "invalid"),
        ("null", 422, "invalid"),
        ("", 422, "invalid"),
    ],
)
def test_a_body_that_is_no_strict_json_object_is_refused(text: str, status: int, code: str) -> None:
    answer = post(text)
    assert (answer.status, answer.code) == (status, code)


def test_a_list_of_one_case_is_no_case() -> None:
    """The framework would take the first of a list for the body."""
    answer = post(json.dumps([EXAMPLE]))
    assert (answer.status, answer.faults) == (422, {("", "dict-type")})


def nested(levels: int) -> str:
    return '{"x":' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_sixteen_levels_are_read_and_seventeen_are_not() -> None:
    assert post(nested(MAX_LEVELS)).code == "invalid"
    assert post(nested(MAX_LEVELS + 1)).code == "json-too-deep"


def test_a_body_of_256_kb_is_read_and_one_byte_more_is_not() -> None:
    whole = json.dumps({"case": "x"})
    assert post(whole + " " * (LIMIT - len(whole))).status == 422
    assert post(whole + " " * (LIMIT - len(whole) + 1)).status == 413


def test_a_body_in_base64_is_read_as_any_other() -> None:
    answer = World().send("POST", DECIDE, PARTNER, body=EXAMPLE, headers={"Idempotency-Key": "k"}, binary=True)
    assert answer.status == 201


def test_a_body_that_is_not_utf_8_is_refused() -> None:
    answer = World().send(
        "POST", DECIDE, PARTNER, body=b'{"case": "\xff"}', headers={"Idempotency-Key": "k"}, binary=True
    )
    assert (answer.status, answer.code) == (400, "json-invalid")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonl"],
)
def test_a_body_of_another_type_is_refused(content_type: str) -> None:
    answer = post(json.dumps(EXAMPLE), **{"Content-Type": content_type})
    assert (answer.status, answer.code) == (415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_is_json_however_it_is_announced(content_type: str) -> None:
    assert post(json.dumps(EXAMPLE), **{"Content-Type": content_type}).status == 201


# Pointers


def with_case(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE, "case": {**EXAMPLE["case"], **changes}}


def practice(**changes: Any) -> dict[str, Any]:
    return with_case(practices=[EXAMPLE["case"]["practices"][0], {**EXAMPLE["case"]["practices"][1], **changes}])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({**EXAMPLE, "on": "2023-02-30"}, ("/on", "not-a-day")),
        ({**EXAMPLE, "case_id": "a b"}, ("/case_id", "case-id-invalid")),
        ({**EXAMPLE, "case_id": "case-85073003328"}, ("/case_id", "case-id-holds-identity-number")),
        ({**EXAMPLE, "supersedes": "x"}, ("/supersedes", "string-pattern-mismatch")),
        ({**EXAMPLE, "dry_run": "yes"}, ("/dry_run", "bool-type")),
        ({**EXAMPLE, "dry_run": 1}, ("/dry_run", "bool-type")),
        ({**EXAMPLE, "surprise": 1}, ("", "unknown-field")),
        (with_case(surprise=1), ("/case", "unknown-field")),
        (practice(riziv_number="41234503"), ("/case/practices/1/riziv_number", "riziv-number-invalid")),
        (practice(profession="astrologer"), ("/case/practices/1/profession", "not-a-choice")),
        (
            practice(**{"activity-s1": {"ambulatory": "1e5"}}),
            ("/case/practices/1/activity-s1/ambulatory", "not-an-amount"),
        ),
        (
            practice(**{"activity-s1": {"ambulatory": 640.5}}),
            ("/case/practices/1/activity-s1/ambulatory", "not-an-amount"),
        ),
        (practice(training=10**30), ("/case/practices/1/training", "bool-type")),
    ],
)
def test_a_fault_is_named_by_a_pointer_into_the_body(body: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = World().post(DECIDE, body)
    assert answer.status == 422
    assert fault in answer.faults


def test_every_field_at_fault_is_named() -> None:
    answer = World().post(DECIDE, {**EXAMPLE, "on": 1, "case_id": None, "case": []})
    assert {path for path, _ in answer.faults} == {"/on", "/case_id", "/case"}


def test_what_is_missing_is_named() -> None:
    assert World().post(DECIDE, {}).faults == {("/case_id", "required"), ("/on", "required"), ("/case", "required")}
    assert World().post("/v1/uploads", {"scheme": "s"}).faults == {
        ("/kind", "required"),
        ("/name", "required"),
        ("/size", "required"),
    }


@pytest.mark.parametrize(
    ("path", "query", "fault"),
    [
        ("/v1/schemes/convention-premium/parameters", {}, ("/query/on", "required")),
        ("/v1/schemes/convention-premium/parameters", {"on": "1.12.2023"}, ("/query/on", "not-a-day")),
        ("/v1/schemes", {"limit": "0"}, ("/query/limit", "greater-than-equal")),
        ("/v1/schemes", {"limit": "201"}, ("/query/limit", "less-than-equal")),
        ("/v1/schemes", {"limit": "many"}, ("/query/limit", "int-parsing")),
        ("/v1/schemes", {"cursor": "%%%"}, ("/query/cursor", "cursor-invalid")),
        ("/v1/batches", {"cursor": ""}, ("/query/cursor", "string-too-short")),
        ("/v1/batches", {"state": "lost"}, ("/query/state", "not-a-choice")),
        ("/v1/batches", {"since": "yesterday"}, ("/query/since", "string-pattern-mismatch")),
        ("/v1/decisions/x", {"replay": "perhaps"}, ("/query/replay", "bool-parsing")),
    ],
)
def test_a_query_at_fault_is_named(path: str, query: dict[str, str], fault: tuple[str, str]) -> None:
    answer = World().get(path, PARTNER, **query)
    assert (answer.status, answer.faults) == (422, {fault})


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/v1/premium-years/now/phases/1", ("/path/year", "int-parsing")),
        ("/v1/premium-years/2023/phases/one", ("/path/phase", "int-parsing")),
        ("/v1/premium-years/2023/practices/41234503", ("/path/riziv_number", "riziv-number-invalid")),
    ],
)
def test_a_path_at_fault_is_named(path: str, fault: tuple[str, str]) -> None:
    answer = World().get(path, OPERATOR)
    assert (answer.status, answer.faults) == (422, {fault})


# Nothing that was sent comes back in an error

MARKER = "85073003328"


@pytest.mark.parametrize(
    "body",
    [
        {**EXAMPLE, "case_id": f"case-{MARKER}"},
        {**EXAMPLE, "case_id": f"{MARKER} and more"},
        {**EXAMPLE, "on": MARKER},
        {**EXAMPLE, MARKER: 1},
        {**EXAMPLE, "supersedes": MARKER},
        {**EXAMPLE, "dry_run": MARKER},
        with_case(**{MARKER: 1}),
        with_case(**{MARKER: 1.5}),
        with_case(year=MARKER),
        with_case(practices=MARKER),
        with_case(practices=[{MARKER: MARKER}]),
        practice(riziv_number=MARKER),
        practice(profession=MARKER),
        practice(specialism=MARKER),
        practice(**{"activity-s1": {MARKER: "1.00"}}),
        practice(**{"activity-s1": {"ambulatory": f"1,{MARKER}"}}),
        practice(conventions=[{"status": MARKER, "from": MARKER}]),
        with_case(accounts=[{"registered_on": "2023-01-01", "iban": f"BE{MARKER}"}]),
        f'{{"case": {MARKER}',
        f'{{"{MARKER}": 1, "{MARKER}": 2}}',
        f'{{"case": {{"{MARKER}": {{"{MARKER}": "\\ud800"}}}}}}',
        f'"{MARKER}"',
    ],
)
def test_no_value_and_no_name_of_the_input_is_in_an_error(body: Any) -> None:
    answer = World().send("POST", DECIDE, PARTNER, body=body, headers={"Idempotency-Key": "k"})
    assert 400 <= answer.status < 500
    assert MARKER not in answer.text
    assert answer.code


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/schemes/{MARKER}",
        f"/v1/decisions/{MARKER}",
        f"/v1/batches/{MARKER}",
        f"/v1/{MARKER}",
        f"/v1/decisions/{MARKER}?lang={MARKER}",
    ],
)
def test_nothing_of_a_path_is_in_an_error(path: str) -> None:
    answer = World().get(path)
    assert answer.status == 404
    assert MARKER not in answer.text


@pytest.mark.parametrize("name", ["on", "limit", "cursor", "lang"])
def test_nothing_of_a_query_is_in_an_error(name: str) -> None:
    answer = World().get("/v1/schemes/convention-premium/parameters", PARTNER, **{name: MARKER})
    assert answer.status == 422
    assert MARKER not in answer.text


@pytest.mark.parametrize("body", [{MARKER: 1}, {**UPLOAD, "name": MARKER + "!"}, {**UPLOAD, "size": MARKER}])
def test_nothing_of_an_upload_is_in_an_error(body: dict[str, Any]) -> None:
    answer = World().post("/v1/uploads", body)
    assert answer.status == 422
    assert MARKER not in answer.text


def test_a_fault_of_ours_says_and_logs_nothing_of_the_input(caplog: pytest.LogCaptureFixture) -> None:
    world = World()

    def explode(*_: Any) -> Any:
        raise RuntimeError(f"cannot handle {MARKER}")

    world.decisions.put = explode
    answer = world.post(DECIDE, EXAMPLE)
    assert (answer.status, answer.code) == (500, "internal-error")
    [record] = caplog.records
    assert vars(record)["error"] == "RuntimeError"
    assert MARKER not in answer.text
    assert MARKER not in str(vars(record))


def test_an_answer_that_breaks_its_shape_is_a_fault_of_ours() -> None:
    world = World()
    world.forms.form = lambda *_: SimpleNamespace(url=1, fields={})
    answer = world.post("/v1/uploads", UPLOAD)
    assert (answer.status, answer.code) == (500, "internal-error")


def test_a_parameter_that_is_unknown_is_named_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    from tegemoet.application.decisions import deciding

    def undecidable(*_: Any) -> Any:
        raise ParameterUnknownError("premium-amount (profession nurse)", "2023-12-31")

    monkeypatch.setattr(deciding, "decide_line", undecidable)
    answer = World().post(DECIDE, EXAMPLE)
    assert (answer.status, answer.code) == (422, "parameter-unknown")
    assert (answer.body["parameter"], answer.body["on"]) == ("premium-amount (profession nurse)", "2023-12-31")


def test_the_answer_says_that_it_is_a_problem_document() -> None:
    answer = World().get("/v1/decisions/unknown")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such decision.",
        "code": "decision-unknown",
        "errors": [],
    }


def test_no_answer_but_the_documentation_is_kept_on_the_way() -> None:
    world = World()
    for answer in (
        world.get("/v1/schemes"),
        world.post(DECIDE, EXAMPLE),
        world.get("/v1/decisions/none"),
        world.get("/x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert world.get("/v1/openapi.json", None).headers["Cache-Control"] == "public, max-age=86400"


def test_one_call_leaves_nothing_to_the_next() -> None:
    """The caller is kept for one call: the next one is asked anew."""
    world = World()
    assert world.get("/v1/schemes", PARTNER).status == 200
    assert world.get("/v1/schemes", None).status == 401
    assert Context().get_remaining_time_in_millis() == 29_000
