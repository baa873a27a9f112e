"""The catalogue: the schemes, the shape of their cases, and the parameters in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypedDict

from tegemoet.domain.parameters import ParameterJson, SourceJson
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.known import KnownJson, checked, known
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme

ValidityJson = TypedDict("ValidityJson", {"from": str, "until": str | None})
"""Days as YYYY-MM-DD, both included; `until` None = no end is known."""


class SchemeJson(TypedDict):
    """A scheme in brief: what it decides, by language, the days for which it has parameters, and
    up to which day it has all of them.
    """

    scheme: str
    kind: Literal["single-case", "exchange"]
    title: dict[str, str]
    summary: dict[str, str]
    valid: ValidityJson
    known: KnownJson


class SchemeDetailsJson(SchemeJson):
    """A scheme with its legal basis.

    `case_schema` is the JSON Schema of its case, `example` a body that can be decided without a
    change. Both are None for a scheme that takes only files.
    """

    languages: list[str]
    legal_basis: list[SourceJson]
    case_schema: Mapping[str, Any] | None
    example: Mapping[str, Any] | None


class UsedSetJson(TypedDict):
    """The set that a parameter belongs to; `sha256` is that of its text."""

    name: str
    version: str
    sha256: str


class ParameterInSetJson(ParameterJson):
    """A parameter with the set that it belongs to, and the day on which it was last checked."""

    set: UsedSetJson
    checked: str


def schemes(today: date) -> list[SchemeJson]:
    """Every scheme in brief, by its slug."""
    return [brief(scheme, today) for _, scheme in sorted(SCHEMES.items())]


def brief(scheme: Scheme, today: date) -> SchemeJson:
    """What a scheme decides and for which days."""
    return {
        "scheme": scheme.slug,
        "kind": scheme.kind,
        "title": dict(scheme.title),
        "summary": dict(scheme.summary),
        "valid": {
            "from": scheme.valid_from.isoformat(),
            "until": scheme.valid_until.isoformat() if scheme.valid_until else None,
        },
        "known": known(scheme).seen_from(today),
    }


def details(slug: str, today: date) -> SchemeDetailsJson:
    """A scheme with everything that a partner has to know.

    Raises NotFoundError `scheme-unknown`.
    """
    scheme = scheme_named(slug)
    single = scheme.kind == "single-case"
    return {
        **brief(scheme, today),
        "languages": list(scheme.texts.languages),
        "legal_basis": [source.written for source in scheme.legal_basis],
        "case_schema": case_schema(scheme) if single else None,
        "example": scheme.example if single else None,
    }


def single_case(slug: str) -> Scheme:
    """The scheme, when it decides single cases.

    Raises NotFoundError `scheme-unknown`, `not-a-single-case-scheme`.
    """
    scheme = scheme_named(slug)
    if scheme.kind != "single-case":
        raise NotFoundError("The scheme does not decide single cases.", "not-a-single-case-scheme")
    return scheme


def check_language(language: str, scheme: Scheme) -> None:
    """Raises NotFoundError `language-unknown` for a language without texts."""
    if language not in scheme.texts.languages:
        raise NotFoundError("The scheme has no texts in this language.", "language-unknown")


def case_schema(scheme: Scheme) -> Mapping[str, Any]:
    """JSON Schema (2020-12) of the case."""
    schema: dict[str, Any] = scheme.case.json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def parameters(slug: str, on: date) -> list[ParameterInSetJson]:
    """Every parameter of the scheme in force on the day `on`, each with its source and its set.

    Raises NotFoundError `scheme-unknown`.
    """
    scheme = scheme_named(slug)
    return [
        {
            **parameter.as_dict(),
            "set": {"name": held.name, "version": held.version, "sha256": held.sha256},
            "checked": checked(scheme, parameter.name).isoformat(),
        }
        for held in scheme.parameter_sets.values()
        for parameter in held.in_force(on)
    ]


def parameters_known(slug: str, on: date) -> KnownJson:
    """Up to which day all parameters of the scheme are known. Raises NotFoundError."""
    return known(scheme_named(slug)).seen_from(on)
