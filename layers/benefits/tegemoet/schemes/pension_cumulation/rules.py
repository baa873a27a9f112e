"""Whether a pension may be combined without limit with an incapacity benefit.

Source: royal decree of 6 July 2020. It may only for days of incapacity due to COVID-19 within the
period of the decree. Other days follow the ordinary rules, which are not decided here.
"""

from datetime import date

from tegemoet.domain.decision import DecidedPeriod, FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.pension_cumulation.case import Cumulation

PERIOD = cite("royal-decree-2020-07-06", "period of cumulation without limit")
CAUSE = cite("royal-decree-2020-07-06", "incapacity due to COVID-19")


def decide(case: Cumulation, on: date, parameters: ParameterSet) -> Ruling:
    """The days on which nothing of the pension is lost.

    Raises ParameterUnknownError for a day of decision before the decree's first day, InvalidError
    if the days begin after the day of decision.
    """
    refuse_future(case.first, on, "/from")
    begins, ends = (parameters.day(f"unlimited-cumulation-{end}", on) for end in ("from", "until"))
    first, last = max(case.first, begins), min(case.last, ends)
    within = first <= last
    facts: dict[str, FactValue] = {
        "pension": case.pension,
        "pension_scheme": case.pension_scheme,
        "benefit": case.benefit,
        "from": case.first.isoformat(),
        "until": case.last.isoformat(),
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
    }
    ruling = Ruling("refused", [Finding("period", "met" if within else "not-met", facts, PERIOD)])
    if case.due_to_covid is not None:
        ruling.findings.append(Finding("cause", "met" if case.due_to_covid else "not-met", {}, CAUSE))
    elif within:
        ruling.outcome = "pending"
        ruling.findings.append(Finding("cause", "unknown", {}, CAUSE))
        ruling.missing.append(Missing("cause", "due_to_covid", Phrase("cause"), Phrase("nothing")))
    if within and case.due_to_covid:
        ruling.outcome = "granted"
        unlimited: dict[str, FactValue] = {"from": first.isoformat(), "until": last.isoformat()}
        ruling.findings.append(Finding("unlimited", "met", unlimited, PERIOD))
        ruling.periods.append(DecidedPeriod("unlimited-cumulation", first, last, (last - first).days + 1))
    return ruling
