"""Routes of the catalogue: schemes, their parameters, and the acts that they rest on."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import READERS
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.resolver import allow
from tegemoet.api.services import Routes
from tegemoet.api.shapes import (
    ActDetails,
    ActPage,
    Day,
    Identifier,
    OnDay,
    ParameterPage,
    SchemeDetails,
    SchemeName,
    SchemePage,
)

router = Routes()
TAGS = ["catalogue"]

HoldsOn = Annotated[Day | None, Query(description="The acts that hold on that day, YYYY-MM-DD.")]
Subject = Annotated[str | None, Query(max_length=64, description="One of the `subjects` of an entry.")]
RestingScheme = Annotated[str | None, Query(max_length=64, description="Slug of a scheme that rests on the act.")]
Citation = Annotated[str | None, Query(max_length=400, description="`act` of a source: from a citation to its entry.")]
Words = Annotated[str | None, Query(max_length=200, description="Words that an entry holds, all of them.")]


@router.get("/schemes", tags=TAGS, openapi_extensions=allow(*READERS))
def list_schemes(limit: Limit = 100, cursor: Cursor = None) -> SchemePage:
    """Every scheme: what it decides, and for which days."""
    from tegemoet.application.decisions import catalogue

    found, following = page(catalogue.schemes(), limit, cursor, lambda scheme: str(scheme["scheme"]))
    held: Any = found
    return {"schemes": held, "next": following}


@router.get("/schemes/<scheme>", tags=TAGS, openapi_extensions=allow(*READERS))
def get_scheme(scheme: SchemeName) -> SchemeDetails:
    """One scheme, with the JSON Schema of its case, its legal basis, and an example that works."""
    from tegemoet.application.decisions import catalogue

    return catalogue.details(scheme)  # type: ignore[return-value]


@router.get("/schemes/<scheme>/parameters", tags=TAGS, openapi_extensions=allow(*READERS))
def list_parameters(scheme: SchemeName, on: OnDay, limit: Limit = 200, cursor: Cursor = None) -> ParameterPage:
    """Every parameter in force on a day, with its source."""
    from tegemoet.application.decisions import catalogue

    numbered = [(f"{place:06}", parameter) for place, parameter in enumerate(catalogue.parameters(scheme, on))]
    found, following = page(numbered, limit, cursor, lambda item: item[0])
    held: Any = [parameter for _, parameter in found]
    return {"scheme": scheme, "on": on.isoformat(), "parameters": held, "next": following}


@router.get("/legislation", tags=TAGS, openapi_extensions=allow(*READERS))
def list_acts(
    on: HoldsOn = None,
    subject: Subject = None,
    scheme: RestingScheme = None,
    act: Citation = None,
    q: Words = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ActPage:
    """The register of the law: acts by the day they hold on, subject, scheme, citation or words."""
    from tegemoet.application.decisions import legislation

    acts = legislation.search(on, subject, scheme, act, q)
    found, following = page(acts, limit, cursor, lambda entry: str(entry["id"]))
    held: Any = found
    return {"acts": held, "next": following}


@router.get("/legislation/<act>", tags=TAGS, openapi_extensions=allow(*READERS))
def get_act(act: Identifier) -> ActDetails:
    """One act, with the schemes, articles and parameters that rest on it."""
    from tegemoet.application.decisions import legislation

    return legislation.details(act)  # type: ignore[return-value]
