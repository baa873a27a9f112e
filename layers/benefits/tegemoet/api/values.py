"""Routes of the values of a premium year that are not official, and of their confirmation."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.once import IdempotencyKey, id_once
from tegemoet.api.routes import Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes import premium_years as shapes
from tegemoet.api.shapes.common import Identifier
from tegemoet.api.shapes.premium_years import YearNumber
from tegemoet.api.years_shown import confirmation_shown, value_shown

router = Routes[YearServices]("premium years")
VALUES = "/premium-years/<year>/values"


@router.reads(VALUES, *YEAR_READERS, answer="The values of the year that are not official.")
def list_values(year: YearNumber) -> shapes.YearValues:
    """List the values of the year that are not official, and who confirmed each.

    Values that somebody else than the authority publishes, values that are derived, and those that
    nobody publishes. A run that rests on one is not approved before it is confirmed.
    """
    from tegemoet.application.premium_year.plan import parameters_of
    from tegemoet.application.premium_year.values import year_values

    values = year_values(parameters_of(year), router.services.runs)
    return {"year": year, "values": [value_shown(value) for value in values]}


@router.writes(f"{VALUES}/<value>/confirmations", "operator", status=201, answer="The value is confirmed.")
def confirm_value(
    year: YearNumber,
    value: Identifier,
    body: Annotated[shapes.ValueConfirmation, Body()],
    idempotency_key: IdempotencyKey = None,
) -> shapes.ConfirmedValue:
    """Confirm that the body uses a value that is not official, or supply one that nobody publishes.

    The answer is the confirmation that counts: one of the same value that was made before stays.
    Who confirmed a value cannot approve a run that rests on it.
    """
    from tegemoet.application.premium_year import confirming

    services, by = router.services, router.caller.person
    ports = confirming.ConfirmationPorts(services.runs, services.clock)

    def confirm() -> int:
        return confirming.confirm_value(year, value, body.value, body.reason, by=by, ports=ports)

    number = id_once(router, idempotency_key, "number", confirm)
    made = confirming.require_value(year, value, services.runs).confirmations[number - 1]
    return {"year": year, "id": value, **confirmation_shown(made)}
