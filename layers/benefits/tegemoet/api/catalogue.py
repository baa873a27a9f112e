"""Routes of the catalogue: schemes, their parameters and their legal basis."""

from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import CASE_READERS
from tegemoet.api.pages import Cursor, Limit, page
from tegemoet.api.routes import Routes
from tegemoet.api.services import Common
from tegemoet.api.shapes.catalogue import ActDetails, ActPage, ParameterPage, SchemeDetails, SchemePage
from tegemoet.api.shapes.common import Day, Identifier, OnDay, SchemeName

router = Routes[Common]("catalogue")

HoldsOn = Annotated[Day | None, Query(description="Only acts in force on this day, `YYYY-MM-DD`.")]
Subject = Annotated[str | None, Query(max_length=64, description="Only acts with this subject.")]
RestingScheme = Annotated[
    str | None, Query(max_length=64, description="Only acts that this scheme is based on (slug).")
]
Citation = Annotated[str | None, Query(max_length=400, description="Only the act that a source cites by this `act`.")]
Words = Annotated[str | None, Query(max_length=200, description="Only acts that contain all these words.")]


@router.reads("/schemes", *CASE_READERS, answer="A page of schemes.")
def list_schemes(limit: Limit = 100, cursor: Cursor = None) -> SchemePage:
    """List all schemes: what each decides, for which days, and until when all values are known."""
    from tegemoet.application.decisions import catalogue

    found, following = page(catalogue.schemes(_today()), limit, cursor, lambda scheme: str(scheme["scheme"]))
    held: Any = found
    return {"schemes": held, "next": following}


@router.reads("/schemes/<scheme>", *CASE_READERS, answer="The scheme.")
def get_scheme(scheme: SchemeName) -> SchemeDetails:
    """Retrieve a scheme with its legal basis, the JSON Schema of its cases and an example."""
    from tegemoet.application.decisions import catalogue

    return catalogue.details(scheme, _today())  # type: ignore[return-value]


@router.reads("/schemes/<scheme>/parameters", *CASE_READERS, answer="A page of the parameters in force.")
def list_parameters(scheme: SchemeName, on: OnDay, limit: Limit = 200, cursor: Cursor = None) -> ParameterPage:
    """List the parameters in force on a day, with their legal sources.

    Each says how sure its value is and when it was last checked. `known` says, as seen from that
    day, until when all of them are known; it warns within 60 days of the end.
    """
    from tegemoet.application.decisions import catalogue

    numbered = [(f"{place:06}", parameter) for place, parameter in enumerate(catalogue.parameters(scheme, on))]
    found, following = page(numbered, limit, cursor, lambda item: item[0])
    held: Any = [parameter for _, parameter in found]
    known: Any = catalogue.parameters_known(scheme, on)
    return {"scheme": scheme, "on": on.isoformat(), "known": known, "parameters": held, "next": following}


def _today() -> date:
    clock = router.services.clock
    return clock.now().date()


@router.reads("/legislation", *CASE_READERS, answer="A page of acts.")
def list_acts(
    on: HoldsOn = None,
    subject: Subject = None,
    scheme: RestingScheme = None,
    act: Citation = None,
    q: Words = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ActPage:
    """Search the register of acts by day, subject, scheme, citation or words."""
    from tegemoet.application.decisions import legislation

    acts = legislation.search(on, subject, scheme, act, q)
    found, following = page(acts, limit, cursor, lambda entry: str(entry["id"]))
    held: Any = found
    return {"acts": held, "next": following}


@router.reads("/legislation/<act>", *CASE_READERS, answer="The act and what is based on it.")
def get_act(act: Identifier) -> ActDetails:
    """Retrieve an act and the schemes, articles and parameters that are based on it."""
    from tegemoet.application.decisions import legislation

    return legislation.details(act)  # type: ignore[return-value]
