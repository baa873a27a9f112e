"""Which policy pays first for damage that a locum doctor causes.

Page of Domus Medica: if the locum is liable, the locum's own professional liability policy pays
first, and that of the replaced doctor second. Damage to the building is covered by neither, because
the two doctors have a contract, nor by a family insurance.
"""

from datetime import date

from tegemoet.domain.decision import FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_liability.case import Damage

PAGE = cite("domus-medica-locum", "Rechten en plichten van de vervangarts")


def decide(case: Damage, on: date, parameters: ParameterSet) -> Ruling:
    """Granted: the policies in the order in which they pay. Refused: none of them covers it.

    Raises InvalidError for damage after the day `on`, ParameterUnknownError for damage before the
    page was revised.
    """
    refuse_future(case.occurred_on, on, "/occurred_on")
    facts: dict[str, FactValue] = {"occurred_on": case.occurred_on.isoformat()}
    policies = [parameters.find("policy", case.occurred_on, place=place) for place in ("1", "2")]
    if case.damage == "to-building":
        return Ruling("refused", [Finding("building", "not-met", facts, PAGE)])
    if case.locum_liable is None:
        asked = Missing("liable", "locum_liable", Phrase("locum-liable"), Phrase("nothing"))
        return Ruling("pending", [Finding("liable", "unknown", facts, PAGE)], missing=[asked])
    if not case.locum_liable:
        return Ruling("refused", [Finding("liable", "not-met", facts, PAGE)])
    order: dict[str, FactValue] = {"first": str(policies[0].value), "second": str(policies[1].value)}
    return Ruling("granted", [Finding("liable", "met", facts, PAGE), Finding("order", "met", order, PAGE)])
