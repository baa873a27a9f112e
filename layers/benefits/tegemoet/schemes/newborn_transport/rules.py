"""The contribution to the transport of newborns in danger.

Source: circular V.I. 2020/274. Amounts are in EUR, distances in kilometres.
"""

from datetime import date
from decimal import ROUND_CEILING, Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Missing, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.newborn_transport.case import Transport

NEWBORNS = cite(
    "circular-2020-274", "premature babies and newborns whose life is in danger or who risk lasting neurological damage"
)
AMOUNTS = cite("circular-2020-274", "amounts from 1 January 2021")


def decide(case: Transport, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 (amounts go by the day of the journey)
    """The contribution of each journey.

    Raises ParameterUnknownError for a day without published amounts.
    """
    ruling = Ruling("refused", [])
    for index, journey in enumerate(case.journeys):
        facts: dict[str, FactValue] = {"journey": index + 1, "on": journey.on.isoformat(), "danger": journey.danger}
        in_danger = journey.danger != "none"
        ruling.findings.append(Finding("danger", "met" if in_danger else "not-met", facts, NEWBORNS))
        if not in_danger:
            continue
        if journey.kilometres is None:
            facts = {"journey": index + 1, "on": journey.on.isoformat()}
            ruling.findings.append(Finding("distance", "unknown", facts, AMOUNTS))
            ruling.missing.append(Missing("distance", f"/journeys/{index}/kilometres", "the distance in km", "none"))
            continue
        amount, finding = _amount(index, journey.on, journey.kilometres, parameters)
        ruling.findings.append(finding)
        ruling.amounts.append(Amount("contribution", amount, "once", journey.on, journey.on))
    if ruling.amounts:
        ruling.outcome, ruling.total = "granted", sum((amount.amount for amount in ruling.amounts), ZERO)
    elif ruling.missing:
        ruling.outcome = "pending"
    return ruling


def _amount(index: int, day: date, kilometres: Decimal, parameters: ParameterSet) -> tuple[Decimal, Finding]:
    """A fixed amount for the first 10 km, then an amount per started kilometre.

    From the 21st kilometre on, the amount is another one.
    """
    started = int(kilometres.to_integral_value(ROUND_CEILING))
    fixed = parameters.decimal("fixed-amount", day)
    near, far = (parameters.integer("last-kilometre", day, band=band) for band in ("fixed", "near"))
    in_near = max(min(started, far) - near, 0)
    in_far = max(started - far, 0)
    near_rate, far_rate = (parameters.decimal("per-kilometre", day, band=band) for band in ("near", "far"))
    amount = fixed + in_near * near_rate + in_far * far_rate
    facts: dict[str, FactValue] = {
        "journey": index + 1,
        "kilometres": f"{kilometres:f}",
        "fixed": euro(fixed),
        "near": in_near,
        "near_rate": euro(near_rate),
        "far": in_far,
        "far_rate": euro(far_rate),
        "amount": euro(amount),
    }
    return amount, Finding("amount", "met", facts, AMOUNTS)
