"""The published OpenAPI document: made from the code,
committed, complete, and every example in it is good.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from tegemoet.api.openapi import DECIDED, PROBLEMS, SENTENCE, document, document_text
from tegemoet.api.shapes import (
    bank_files,
    catalogue,
    decisions,
    exchanges,
    files,
    partners,
    premium_years,
    roles,
    treasury,
)
from tegemoet.application.decisions import deciding
from tegemoet.application.premium_year.exceptions import CHOICES, NAMED_IN
from tegemoet.application.records import PERSON_ROLES
from tegemoet.domain.manual_review import ExceptionKind
from tegemoet.schemes import registry
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import APPROVER, OPERATOR, PARTNER, World

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
CONTRACT = {
    "GET /v1/schemes",
    "GET /v1/schemes/{scheme}",
    "GET /v1/schemes/{scheme}/parameters",
    "GET /v1/legislation",
    "GET /v1/legislation/{act}",
    "POST /v1/schemes/{scheme}/decisions",
    "GET /v1/decisions/{decision_id}",
    "GET /v1/decisions/{decision_id}/timeline",
    "GET /v1/decisions/{decision_id}/letter",
    "GET /v1/decisions/{decision_id}/documents/{name}",
    "GET /v1/decisions/{decision_id}/days",
    "GET /v1/decisions/{decision_id}/difference",
    "POST /v1/uploads",
    "GET /v1/batches",
    "GET /v1/batches/{batch_id}",
    "GET /v1/premium-years/{year}",
    "POST /v1/premium-years/{year}/phases/{phase}",
    "GET /v1/premium-years/{year}/phases/{phase}",
    "POST /v1/premium-years/{year}/phases/{phase}/approval",
    "POST /v1/premium-years/{year}/phases/{phase}/continuation",
    "POST /v1/premium-years/{year}/phases/{phase}/abandonment",
    "GET /v1/premium-years/{year}/phases/{phase}/changes",
    "GET /v1/premium-years/{year}/exceptions",
    "POST /v1/premium-years/{year}/exceptions",
    "GET /v1/premium-years/{year}/exceptions/{exception_id}",
    "POST /v1/premium-years/{year}/exceptions/{exception_id}",
    "GET /v1/premium-years/{year}/values",
    "POST /v1/premium-years/{year}/values/{value}/confirmations",
    "GET /v1/premium-years/{year}/recoveries",
    "GET /v1/premium-years/{year}/reconciliation",
    "GET /v1/premium-years/{year}/reconciliation/picture",
    "GET /v1/premium-years/{year}/bank-files",
    "POST /v1/premium-years/{year}/bank-files/{message_id}/fetches",
    "POST /v1/premium-years/{year}/bank-files/{message_id}/withdrawals",
    "POST /v1/premium-years/{year}/bank-files/{message_id}/withdrawals/{proposal}/confirmation",
    "POST /v1/premium-years/{year}/close",
    "POST /v1/premium-years/{year}/close/{proposal}/confirmation",
    "POST /v1/batches/{batch_id}/abandonment",
    "GET /v1/premium-years/{year}/practices/{riziv_number}",
    "GET /v1/premium-years/{year}/decisions/{decision_id}",
    "GET /v1/premium-years/{year}/decisions/{decision_id}/letter",
    "GET /v1/partners",
    "GET /v1/partners/{partner}",
    "POST /v1/partners/{partner}/registrations",
    "GET /v1/persons",
    "GET /v1/persons/{subject}",
    "POST /v1/persons/{subject}/roles",
    "GET /v1/debtor-accounts",
    "POST /v1/debtor-accounts/proposals",
    "POST /v1/debtor-accounts/proposals/{proposal}/confirmations",
    "GET /v1/increased-reimbursement/{year}",
    "POST /v1/increased-reimbursement/{year}",
    "POST /v1/increased-reimbursement/{year}/steps/{wait}",
    "POST /v1/increased-reimbursement/{year}/evaluation",
    "POST /v1/increased-reimbursement/{year}/contact-check",
}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_committed_document_is_the_one_that_the_code_makes() -> None:
    assert COMMITTED.read_text("utf-8") == document_text(), "run `make openapi` and look at what changed"


def test_the_document_has_the_calls_of_the_contract_and_no_others() -> None:
    assert {call for call, _ in operations()} == CONTRACT
    assert document()["openapi"].startswith("3.1")
    assert document()["info"]["title"] == "Tegemoet"


def test_every_call_needs_a_bearer_token_and_says_whose() -> None:
    assert document()["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document()["security"] == [{"bearer": []}]
    for call, operation in operations():
        assert "security" not in operation, call
        assert set(operation["x-roles"]) <= {"partner", *PERSON_ROLES}
        assert operation["x-roles"], call


def test_every_call_is_named_described_and_answers_its_problems() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names)
    for call, operation in operations():
        assert len(operation["summary"]) > 20, call
        assert operation["tags"], call
        expected = {"401", "403", "404", "422", "429", "500"} | (
            {"400", "409", "413", "415"} if "POST" in call else set()
        )
        assert expected <= set(operation["responses"]), call
        assert any(status.startswith("2") for status in operation["responses"]), call


def test_the_choices_of_every_kind_of_exception_are_described() -> None:
    described = document()["components"]["schemas"]["YearException"]["description"]
    parts = [set(re.findall(r"`([^`]+)`", part)) for part in described.split("* ")[1:]]
    for kind, choices in {**CHOICES, **{kind: (f"facts.{name}",) for kind, name in NAMED_IN.items()}}.items():
        assert [part >= set(choices) for part in parts if kind in part] == [True], kind
    named = set().union(*parts)
    assert named - set(get_args(ExceptionKind)) == {
        *(choice for choices in CHOICES.values() for choice in choices),
        *(f"facts.{name}" for name in ("candidates", *NAMED_IN.values())),
        *("holder-…", "seen"),
    }


def test_every_post_takes_an_idempotency_key() -> None:
    for call, operation in operations():
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        assert headers == ({"Idempotency-Key"} if call.startswith("POST") else set()), call


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    found = set(references(document()))
    for reference in found:
        at: Any = document()
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]
    components = document()["components"]
    defined = {f"#/components/schemas/{name}" for name in components["schemas"]}
    assert defined <= found


def contents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Call, status or `body`, and content of everything that may have an example."""
    for call, operation in operations():
        if "requestBody" in operation:
            yield call, "body", operation["requestBody"]["content"]["application/json"]
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                [content] = answer["content"].values()
                yield call, status, content


def examples(content: dict[str, Any]) -> list[Any]:
    several = [resolved(example)["value"] for example in content.get("examples", {}).values()]
    return several + ([content["example"]] if "example" in content else [])


def resolved(value: Any) -> Any:
    """What a reference leads to, or the value itself."""
    if "$ref" not in value:
        return value
    at: Any = document()
    for step in value["$ref"].removeprefix("#/").split("/"):
        at = at[step]
    return at


def shape(name: str) -> Any:
    """The type of the body with that name in the document."""
    [found] = {
        getattr(m, name)
        for m in (bank_files, catalogue, decisions, exchanges, files, partners, premium_years, roles, treasury)
        if hasattr(m, name)
    }
    return found


def test_every_body_has_an_example() -> None:
    for call, where, content in contents():
        if where == "body":
            assert examples(content), call


SHAPED = [
    pytest.param(content["schema"]["$ref"].rpartition("/")[2], example, id=f"{call} {where}")
    for call, where, content in contents()
    for example in examples(content)
    if "$ref" in content["schema"]
]


@pytest.mark.parametrize(("name", "example"), SHAPED)
def test_an_example_has_the_shape_it_stands_under(name: str, example: Any) -> None:
    """The same types make the schema and check the
    requests, so what they take is what the schema says.
    """
    TypeAdapter(shape(name)).validate_python(example)


BODIES = document()["paths"]["/v1/schemes/{scheme}/decisions"]["post"]["requestBody"]["content"]["application/json"]


def test_every_single_case_scheme_has_an_example_and_one_decision_is_shown() -> None:
    assert set(BODIES["examples"]) == {slug for slug, s in SCHEMES.items() if s.kind == "single-case"}
    shown = [example for _, where, content in contents() if where != "body" for example in content.get("examples", {})]
    assert set(shown) == {DECIDED}
    assert list(document()["components"]["examples"]) == ["Decision"]


def decide(slug: str, language: str) -> Any:
    """The decision on the published example of a scheme, as the API answers it."""
    path, body = f"/v1/schemes/{slug}/decisions", {**BODIES["examples"][slug]["value"], "dry_run": True}
    answer = World().send("POST", path, PARTNER, query={"lang": language}, body=body)
    assert answer.status == 200
    return answer.body


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("slug", sorted(BODIES["examples"]))
def test_the_example_of_a_case_is_decided_to_a_decision_of_the_published_shape(slug: str, language: str) -> None:
    decided = decide(slug, language)
    TypeAdapter(decisions.Decision).validate_python(decided)
    line = deciding.decide_line(json.dumps(SCHEMES[slug].example).encode(), SCHEMES[slug], "partner", b"example")
    expected = deciding.render(line.decision, SCHEMES[slug], language)
    for member in ("outcome", "total", "amounts", "explanation", "parameters"):
        assert decided[member] == expected[member]


def test_the_decision_that_is_shown_is_the_one_on_its_example() -> None:
    decided, shown = decide(DECIDED, "en"), document()["components"]["examples"]["Decision"]["value"]
    assert {step["text"] for step in shown["explanation"]} == {SENTENCE}
    untold = [[{**step, "text": ""} for step in each["explanation"]] for each in (decided, shown)]
    assert untold[0] == untold[1]
    for member in ("outcome", "total", "amounts", "periods", "missing", "parameters"):
        assert decided[member] == shown[member]


def test_the_wording_of_a_scheme_does_not_change_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    before = document_text()
    for slug, scheme in SCHEMES.items():
        sentences = {
            place: {language: f"{text} (reworded)" for language, text in per.items()}
            for place, per in scheme.texts.sentences.items()
        }
        monkeypatch.setitem(
            registry.SCHEMES,
            slug,
            scheme.with_texts(replace(scheme.texts, sentences=sentences)),
        )
    document.cache_clear()
    try:
        assert document_text() == before
        text = decide(DECIDED, "en")["explanation"][0]["text"]
        assert text.endswith("(reworded)")
    finally:
        document.cache_clear()


@pytest.mark.parametrize(
    ("path", "method", "caller"),
    [
        ("/v1/uploads", "post", PARTNER),
        ("/v1/premium-years/{year}/phases/{phase}", "post", OPERATOR),
        ("/v1/premium-years/{year}/phases/{phase}/approval", "post", APPROVER),
        ("/v1/premium-years/{year}/phases/{phase}/continuation", "post", OPERATOR),
        ("/v1/premium-years/{year}/phases/{phase}/abandonment", "post", OPERATOR),
        ("/v1/premium-years/{year}/exceptions", "post", OPERATOR),
        ("/v1/premium-years/{year}/exceptions/{exception_id}", "post", OPERATOR),
    ],
)
def test_the_example_of_a_body_is_taken_by_its_call(path: str, method: str, caller: Any) -> None:
    example = document()["paths"][path][method]["requestBody"]["content"]["application/json"]["example"]
    real = path.replace("{year}", "2023").replace("{phase}", "1").replace("{exception_id}", "none")
    answer = World().post(real, example, caller)
    assert answer.status in (201, 202) or answer.code in ("run-unknown", "exception-unknown"), answer.text


def test_an_example_problem_has_what_every_problem_has() -> None:
    for response in document()["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert set(document()["components"]["schemas"]["Problem"]["required"]) <= set(content["example"])
        assert content["example"]["status"] in PROBLEMS
        assert response["description"] == content["example"]["title"]


def test_what_the_api_serves_is_the_committed_document() -> None:
    assert World().get("/v1/openapi.json", None).text == COMMITTED.read_text("utf-8")
    assert json.loads(COMMITTED.read_text("utf-8"))["servers"] == [
        {"url": "..", "description": "The server that this document was read from."}
    ]
