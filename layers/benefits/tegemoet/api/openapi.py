"""The OpenAPI document of both API functions, built from their routes.

`make openapi` writes it to docs/. This module completes what Powertools builds: problem documents
in place of its own errors, the roles of each operation, and complete examples. No example contains
a sentence of a scheme, so that the document does not change with the wording of a text.
"""

from functools import cache
from typing import Any

import orjson
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, Server, Tag
from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

from tegemoet import API_VERSION
from tegemoet.api import batches, catalogue, decisions, exchanges, operations, uploads
from tegemoet.api.problems import CONTENT_TYPE, TITLES
from tegemoet.api.resolver import Resolver
from tegemoet.application.decisions import deciding
from tegemoet.schemes import convention_premium
from tegemoet.schemes.registry import SCHEMES

ROUTERS = (
    catalogue.router,
    decisions.router,
    uploads.router,
    batches.router,
    *operations.ROUTERS,
    exchanges.state_router,
)
ABOUT = """Tegemoet decides premiums and allowances of the Belgian health insurance, explains every
decision, and pays every amount once.

**Authentication.** Partner systems send the access token of their own OAuth2 client (client
credentials, scope `tegemoet/partner`). A person sends the ID token of their own account, and has the roles
that a registrar gave. `x-roles` lists the roles that may call an operation. A `case-worker` acts for one partner.
Another partner's resources answer 404.

**Errors** are `application/problem+json` documents (RFC 9457) with a stable `code`. `errors[].path` is
a JSON Pointer into the body, or begins with `/query`, `/path` or `/header`; for the missing particulars
of a letter it begins with `/particulars`. An unknown field is reported at the object that contains it.
Errors never repeat input values.

**Idempotency.** A POST that stores something requires an `Idempotency-Key`. The same key with the same
request returns the same response. The same key with another request answers 409
`idempotency-mismatch`, and 409 `in-progress` while the first request is running. A request that was
answered with a 4xx can be corrected and sent again under the same key.

Amounts are strings in EUR (`"1045.32"`), days are `YYYY-MM-DD`, times are UTC. Lists are paginated:
send `next` as the `cursor` of the next request."""
TAGS = {
    "catalogue": "Schemes, the form of their cases, and parameters in force",
    "decisions": "Decide cases and retrieve decisions",
    "files": "Upload files and follow batches",
    "premium years": "Phases, approval, exceptions and dossiers, for operators and approvers",
    "partners": "Register who may bring what, for registrars; read by operators and approvers",
    "persons": "Give roles to persons, for registrars; read by operators and approvers",
    "files for the bank": "Fetch or withdraw a file for the bank, for treasurers, operators and approvers",
    "treasury": "The account that pays, for operators and approvers",
    "increased reimbursement": "The exchange between insurers and the tax office",
}
PROBLEM = {
    "title": "Problem",
    "description": "An error (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "An explanation for people. Its wording can change."},
        "code": {"type": "string", "description": "A stable code for programs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "description": "A JSON Pointer; empty for the whole body."},
                    "code": {"type": "string"},
                },
                "required": ["path", "code"],
            },
        },
        "parameter": {"type": "string", "description": "The parameter, if `code` is `parameter-unknown`."},
        "on": {"type": "string", "format": "date", "description": "The day, if `code` is `parameter-unknown`."},
    },
    "required": ["type", "title", "status", "code", "errors"],
}
PROBLEMS: dict[int, tuple[str, str, list[dict[str, str]]]] = {
    400: ("json-invalid", "The body is not JSON.", []),
    401: ("unauthorized", "A bearer token is required.", []),
    403: ("forbidden", "The caller's role does not permit this operation.", []),
    404: ("not-found", "The resource does not exist or belongs to another partner.", []),
    409: ("idempotency-mismatch", "The key was already used with another request.", []),
    413: ("too-large", "The body exceeds 256 kB.", []),
    415: ("unsupported-media-type", "The content type must be application/json.", []),
    422: (
        "invalid",
        "The request is invalid; `errors` lists every field at fault.",
        [{"path": "/case/practices/0/riziv_number", "code": "riziv-number-invalid"}],
    ),
    429: ("too-many-requests", "Too many requests; retry later.", []),
    500: ("internal-error", "An internal error occurred.", []),
}
"""An example per status: code, detail, errors."""
ONLY_POST = {400, 409, 413, 415}
BODIES: dict[str, dict[str, Any]] = {
    "post_upload": {
        "scheme": convention_premium.SLUG,
        "year": 2023,
        "kind": "practices",
        "name": "november",
        "size": 48210,
    },
    "start_phase": {"on": "2023-12-01", "cut_off": "2023-12-01T08:00:00Z"},
    "abandon_batch": {"reason": "Its load stopped; the partner drops the file again."},
    "confirm_value": {"value": "399.19", "reason": "The institute's letter of 12 January 2026 states the amount."},
    "propose_closing": {"open_exceptions": 2, "reason": "Both were reported to the register and stay unpaid."},
    "approve_phase": {"run": "2023-1-0a1b2c3d4e", "control_sum": "1045.32", "approve": True},
    "resume_run": {"run": "2023-1-0a1b2c3d4e"},
    "abandon_run": {"run": "2023-1-0a1b2c3d4e", "reason": "The facts of one tariff office were incomplete."},
    "register_partner": {
        "profile": "tariff-services",
        "from_year": 2023,
        "keys": ["office-1", "office-2"],
        "answerable": ["0d3c6f5e-4b1f-4a53-9a2a-2d8f4a3f1c11"],
    },
    "give_roles": {"roles": ["case-worker"], "partner": "mutuality"},
    "propose_debtor_account": {
        "account": {
            "name": "Example body",
            "iban": "BE71096123456769",
            "bic": "GKCCBEBB",
            "texts": {"nl": "RIZIV-INAMI {year}"},
            "language": "nl",
            "closing_days": ["2023-11-02"],
            "hold_above": "25000.00",
        },
        "reason": "The board chose this bank on 6 November 2023.",
    },
    "propose_withdrawal": {"reason": "The bank never received it, and confirms so by its letter of 6 December 2023."},
    "confirm_withdrawal": {"fetches": 1},
    "start_exchange": {
        "on": "2020-03-02",
        "insurers": {"insurer-a": "100", "insurer-b": "300"},
        "tax_office": "tax-office",
        "automatic": False,
    },
    "resume_exchange": {"on": "2020-04-15"},
    "evaluate_exchange": {"on": "2021-12-01"},
    "check_contact": {
        "size": 3,
        "voucher_income": "21000.00",
        "changes": [
            {
                "kind": "arrival",
                "on": "2020-09-01",
                "birth_date": "2020-09-01",
                "dependant": True,
                "first_registration": True,
            }
        ],
    },
    "choose": {
        "choice": "first-semester-counts",
        "reason": "The care provider's statement confirms the first semester.",
    },
    "choose_for_all": {
        "exceptions": [
            "payment-returned.10000013.6d74fd46a00d2d4bf3a19aef3493a229",
            "account-of-several-persons.24fbc0da175d5a34081f975fe51d75c3",
        ],
        "choice": "pay-it",
        "reason": "Each payee confirmed the account on the telephone.",
    },
}
"""An example body per operation; those of decisions are the schemes' own examples."""
PRINTED = {
    "get_timeline": "image/svg+xml",
    "get_money_picture": "image/svg+xml",
    "get_letter": "text/html",
    "get_document": "text/html",
}
"""Operations whose response is not JSON."""
CONFLICTING = {"get_letter", "get_difference"}
"""Operations that read and can still answer 409."""
ANSWERS: dict[str, dict[str, Any]] = {
    "get_days": {
        "decision": "60b725f10c9c85c70d97880dfe8191b3",
        "days": [
            {"day": "2020-07-18", "kind": "postnatal-compulsory", "amount": "82.00", "paid": True, "reason": None},
            {"day": "2020-07-19", "kind": "postnatal-compulsory", "amount": "0.00", "paid": False, "reason": "sunday"},
        ],
    },
    "get_difference": {
        "former": "0f343b0931126a20f133d67c2b018a3b",
        "new": "60b725f10c9c85c70d97880dfe8191b3",
        "rows": [
            {"kind": "payment", "month": "2020-10", "former": "0.00", "new": "525.00", "difference": "525.00"},
            {"kind": "payment", "month": "2020-11", "former": "75.00", "new": "0.00", "difference": "-75.00"},
        ],
        "totals": [{"kind": "payment", "former": "75.00", "new": "525.00", "difference": "450.00"}],
    },
}
"""An example response per operation."""
DECIDED = convention_premium.SLUG
"""The scheme whose example shows what a decision looks like."""
SENTENCE = "One sentence on this rule in the requested language."


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document. Its server is relative, so that it is valid at every address."""
    resolver = Resolver(*ROUTERS)
    resolver.name_operations()
    made: dict[str, Any] = orjson.loads(
        resolver.get_openapi_json_schema(
            title="Tegemoet",
            version=API_VERSION,
            description=ABOUT,
            tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
            servers=[Server(url="..", description="The server that this document was read from.")],
            security_schemes={"bearer": HTTPBearer(bearerFormat="JWT")},
            security=[{"bearer": []}],
        )
    )
    schemas = made["components"]["schemas"]
    for name in ("ValidationError", "HTTPValidationError", "ResponseValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    made["components"]["examples"] = {"Decision": {"value": _decision()}}
    made["components"]["responses"] = {_component(status): _problem(status) for status in PROBLEMS}
    for methods in made["paths"].values():
        for method, operation in methods.items():
            _complete(operation, method)
    return made


def _complete(operation: dict[str, Any], method: str) -> None:
    responses = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    name = operation["operationId"]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].title()
    if name == "post_decision":
        responses["200"] = {**responses["201"], "description": "The decision, if `dry_run` is true. Nothing is stored."}
        operation["requestBody"]["content"]["application/json"]["examples"] = {
            slug: {"value": scheme.example} for slug, scheme in sorted(SCHEMES.items()) if scheme.kind == "single-case"
        }
    if name in ("post_decision", "get_decision"):
        for answer in responses.values():
            answer["content"]["application/json"]["examples"] = {DECIDED: {"$ref": "#/components/examples/Decision"}}
    if name in PRINTED:
        responses["200"]["content"] = {PRINTED[name]: {"schema": {"type": "string"}}}
    if name in ANSWERS:
        responses["200"]["content"]["application/json"]["example"] = ANSWERS[name]
    if name in BODIES:
        operation["requestBody"]["content"]["application/json"]["example"] = BODIES[name]
    for status in PROBLEMS:
        if method == "post" or status not in ONLY_POST or (status == 409 and name in CONFLICTING):
            responses[str(status)] = {"$ref": f"#/components/responses/{_component(status)}"}
    operation["responses"] = dict(sorted(responses.items()))


def _component(status: int) -> str:
    return TITLES[status].replace(" ", "")


def _problem(status: int) -> dict[str, Any]:
    code, detail, errors = PROBLEMS[status]
    example = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors,
    }
    return {
        "description": TITLES[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }


def _decision() -> dict[str, Any]:
    """The decision on the example of one scheme, with a fixed sentence for each rule."""
    scheme = SCHEMES[DECIDED]
    decided = deciding.decide_line(orjson.dumps(scheme.example), scheme, "partner", b"example")
    decision: dict[str, Any] = orjson.loads(decided.decision)
    for step in decision["explanation"]:
        step["text"] = SENTENCE
    return decision


def document_text() -> str:
    """The document as published and committed."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


@cache
def page() -> str:
    """A self-contained HTML page to read and try the document."""
    from importlib import resources

    assets = resources.files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    script = assets.joinpath("swagger-ui-bundle.min.js").read_text("utf-8")
    style = assets.joinpath("swagger-ui.min.css").read_text("utf-8")
    # `</` would end the script that holds the document.
    html: str = generate_swagger_html(document_text().replace("</", "<\\/"), script, style, "", None, True)
    return html.replace("<title>Swagger UI</title>", "<title>Tegemoet API</title>")
