"""The contribution to the transport of newborns in danger.

Source: circular V.I. 2020/274. Amounts are in EUR, distances in kilometres.
"""

from datetime import date
from decimal import ROUND_CEILING, Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.newborn_transport.case import Transport

NEWBORNS = cite(
    "circular-2020-274", "premature babies and newborns whose life is in danger or who risk lasting neurological damage"
)
AMOUNTS = cite("circular-2020-274", "amounts from 1 January 2021")


def decide(case: Transport, on: date, parameters: ParameterSet) -> Ruling:
    """The contribution of each journey.

    A journey that lies after the day `on` has no distance yet.

    Raises InvalidError if one has, and ParameterUnknownError for a day without published amounts.
    """
    ruling = Ruling("refused", [])
    for index, journey in enumerate(case.journeys):
        day = journey.on.isoformat()
        if journey.kilometres is not None:
            refuse_future(journey.on, on, f"/journeys/{index}/on")
        elif journey.on > on:
            ruling.findings.append(Finding("journey-to-come", "unknown", {"journey": index + 1, "on": day}, NEWBORNS))
            needed, seen = Phrase("on-or-after", {"day": day}), Phrase("day", {"day": on.isoformat()})
            ruling.missing.append(Missing("journey-to-come", "on", needed, seen))
            continue
        facts: dict[str, FactValue] = {"journey": index + 1, "on": day, "danger": journey.danger}
        in_danger = journey.danger != "none"
        ruling.findings.append(Finding("danger", "met" if in_danger else "not-met", facts, NEWBORNS))
        if not in_danger:
            continue
        if journey.kilometres is None:
            ruling.findings.append(Finding("distance", "unknown", {"journey": index + 1, "on": day}, AMOUNTS))
            field = f"/journeys/{index}/kilometres"
            ruling.missing.append(Missing("distance", field, Phrase("distance"), Phrase("nothing")))
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
        "kilometres": f"{kilometres.normalize():f}",
        "fixed": euro(fixed),
        "amount": euro(amount),
    }
    if in_near:
        facts |= {"near": in_near, "near_rate": euro(near_rate)}
    if in_far:
        facts |= {"far": in_far, "far_rate": euro(far_rate)}
    return amount, Finding("amount", "met", facts, AMOUNTS)
