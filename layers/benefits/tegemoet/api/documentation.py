"""Routes that require no token: the OpenAPI document, and a page to read and try it."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.routes import Routes
from tegemoet.api.services import Common

router = Routes[Common]("documentation")
FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}


# The page contains its script and style: nothing is
# fetched from elsewhere, and no site may frame it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self';"
    " frame-ancestors 'none'"
)


@router.public("/openapi.json")
def get_document() -> Response[str]:
    """The OpenAPI document."""
    from tegemoet.api.openapi import document_text

    return Response(200, "application/json", document_text(), headers=FOR_A_DAY)


@router.public("/docs")
def get_page(wanted: Annotated[str, Query(alias="format")] = "html") -> Response[str]:
    """A page to read and try the document; the page itself fetches `?format=json`."""
    if wanted == "json":
        return get_document()
    from tegemoet.api.openapi import page

    return Response(200, "text/html; charset=utf-8", page(), headers=FOR_A_DAY | {"Content-Security-Policy": POLICY})
