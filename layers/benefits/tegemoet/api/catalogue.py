"""Routes of the catalogue: schemes and their parameters."""

from typing import Any

from tegemoet.api.callers import READERS
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.resolver import allow
from tegemoet.api.services import Routes
from tegemoet.api.shapes import OnDay, ParameterPage, SchemeDetails, SchemeName, SchemePage

router = Routes()
TAGS = ["catalogue"]


@router.get("/schemes", tags=TAGS, openapi_extensions=allow(*READERS))
def list_schemes(limit: Limit = 100, cursor: Cursor = None) -> SchemePage:
    """Every scheme: what it decides, and for which days."""
    from tegemoet.application import catalogue

    found, following = page(catalogue.schemes(), limit, cursor, lambda scheme: str(scheme["scheme"]))
    held: Any = found
    return {"schemes": held, "next": following}


@router.get("/schemes/<scheme>", tags=TAGS, openapi_extensions=allow(*READERS))
def get_scheme(scheme: SchemeName) -> SchemeDetails:
    """One scheme, with the JSON Schema of its case, its legal basis, and an example that works."""
    from tegemoet.application import catalogue

    return catalogue.details(scheme)  # type: ignore[return-value]


@router.get("/schemes/<scheme>/parameters", tags=TAGS, openapi_extensions=allow(*READERS))
def list_parameters(scheme: SchemeName, on: OnDay, limit: Limit = 200, cursor: Cursor = None) -> ParameterPage:
    """Every parameter in force on a day, with its source."""
    from tegemoet.application import catalogue

    numbered = [(f"{place:06}", parameter) for place, parameter in enumerate(catalogue.parameters(scheme, on))]
    found, following = page(numbered, limit, cursor, lambda item: item[0])
    held: Any = [parameter for _, parameter in found]
    return {"scheme": scheme, "on": on.isoformat(), "parameters": held, "next": following}
