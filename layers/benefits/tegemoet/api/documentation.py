"""Routes that need no token: the OpenAPI document, and the same to read and try."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.resolver import PUBLIC
from tegemoet.api.services import Routes

router = Routes()
FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}


# The page carries its own script and style; nothing is fetched from elsewhere, and nobody may frame it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self';"
    " frame-ancestors 'none'"
)


@router.get("/openapi.json", include_in_schema=False, openapi_extensions=PUBLIC)
def get_document() -> Response[str]:
    """The OpenAPI document."""
    from tegemoet.api.openapi import document_text

    return Response(200, "application/json", document_text(), headers=FOR_A_DAY)


@router.get("/docs", include_in_schema=False, openapi_extensions=PUBLIC)
def get_page(wanted: Annotated[str, Query(alias="format")] = "html") -> Response[str]:
    """The document to read and try; the page itself asks for `?format=json`."""
    if wanted == "json":
        return get_document()
    from tegemoet.api.openapi import page

    return Response(200, "text/html; charset=utf-8", page(), headers=FOR_A_DAY | {"Content-Security-Policy": POLICY})
