"""Whether a pension may be combined without limit with an incapacity benefit.

Source: royal decree of 6 July 2020. It may only for days of incapacity due to COVID-19 within the
period of the decree. Other days follow the ordinary rules, which are not decided here.
"""

from datetime import date

from tegemoet.domain.decision import DecidedPeriod, Finding, Missing, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.pension_cumulation.case import Cumulation

PERIOD = cite("royal-decree-2020-07-06", "period of cumulation without limit")
CAUSE = cite("royal-decree-2020-07-06", "incapacity due to COVID-19")


def decide(case: Cumulation, on: date, parameters: ParameterSet) -> Ruling:
    """The days on which nothing of the pension is lost.

    Raises ParameterUnknownError for a day of decision before the decree's first day.
    """
    kinds = {"pension": case.pension, "pension_scheme": case.pension_scheme, "benefit": case.benefit}
    first = max(case.first, parameters.day("unlimited-cumulation-from", on))
    last = min(case.last, parameters.day("unlimited-cumulation-until", on))
    within = first <= last
    asked = {"from": case.first.isoformat(), "until": case.last.isoformat()}
    ruling = Ruling("granted", [Finding("period", "met" if within else "not-met", {**kinds, **asked}, PERIOD)])
    if case.due_to_covid is None:
        ruling.findings.append(Finding("cause", "unknown", {}, CAUSE))
        ruling.missing.append(Missing("cause", "due_to_covid", "cause of the incapacity", "none"))
    else:
        ruling.findings.append(Finding("cause", "met" if case.due_to_covid else "not-met", {}, CAUSE))
    if not within or case.due_to_covid is False:
        ruling.outcome, ruling.missing = "refused", []
    elif ruling.missing:
        ruling.outcome = "pending"
    else:
        ruling.periods.append(DecidedPeriod("unlimited-cumulation", first, last, (last - first).days + 1))
    return ruling
