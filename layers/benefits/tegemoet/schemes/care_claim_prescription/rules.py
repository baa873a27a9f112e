"""Whether a claim about health care is prescribed, and until when its data are kept.

Article 174 of the coordinated law: two years after the end of the month of the care; for what was
not due and follows from fraud, five years after the end of the month of its reimbursement. Acts
that interrupt the prescription are not in the source.
"""

from datetime import date

from tegemoet.domain.calendar import ONE_DAY, end_of_months
from tegemoet.domain.decision import FactValue, Finding, Missing, Outcome, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.care_claim_prescription.case import Claim
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite

TWO_YEARS = cite("law-1994-07-14", "article 174, first paragraph, 6°")
FRAUD = cite("law-1994-07-14", "article 174, third paragraph")
KEEPING = cite("circular-2020-197", "3: how long the data are kept")
MONTHS = 12


def decide(case: Claim, on: date, parameters: ParameterSet) -> Ruling:
    """Granted: the claim is in time. Refused: it is prescribed.

    Pending while only fraud, of which nothing is known, could make it one in time. Raises
    InvalidError for a claim after the day `on`, ParameterUnknownError for one before the circular.
    """
    refuse_future(case.claimed_on, on, "/claimed_on")
    ruling = Ruling("pending", [])
    last = _last_day(case.care_in, parameters.integer("years", case.claimed_on))
    facts: dict[str, FactValue] = {"care_in": case.care_in, "claimed_on": case.claimed_on.isoformat()}
    facts["last"] = last.isoformat()
    if case.claimed_on <= last:
        ruling.outcome = "granted"
        ruling.findings.append(Finding("two-years", "met", facts, TWO_YEARS))
    elif case.kind == "payment" or case.fraud is False:
        ruling.outcome = "refused"
        ruling.findings.append(Finding("two-years", "not-met", facts, TWO_YEARS))
    else:
        ruling.findings.append(Finding("two-years", "not-needed", facts, TWO_YEARS))
        ruling.outcome = _after_fraud(case, parameters, ruling)
    _keeping(case, on, parameters, ruling)
    return ruling


def _last_day(month: str, years: int) -> date:
    """The last day of a term of so many years that begins after the month."""
    first = date.fromisoformat(f"{month}-01")
    return end_of_months(end_of_months(first, 1) + ONE_DAY, years * MONTHS)


def _after_fraud(case: Claim, parameters: ParameterSet, ruling: Ruling) -> Outcome:
    """A recovery after two years is in time only within five, and only if there was fraud."""
    if case.reimbursed_in is None:
        ruling.missing.append(Missing("five-years", "reimbursed_in", Phrase("reimbursed-in"), Phrase("nothing")))
    if case.fraud is None:
        ruling.missing.append(Missing("five-years", "fraud", Phrase("fraud"), Phrase("nothing")))
    facts: dict[str, FactValue] = {"claimed_on": case.claimed_on.isoformat()}
    if case.reimbursed_in is None:
        ruling.findings.append(Finding("five-years", "unknown", facts, FRAUD))
        return "pending"
    last = _last_day(case.reimbursed_in, parameters.integer("years-after-fraud", case.claimed_on))
    facts |= {"reimbursed_in": case.reimbursed_in, "last": last.isoformat()}
    if case.claimed_on > last:
        ruling.missing = []
        ruling.findings.append(Finding("five-years", "not-met", facts, FRAUD))
        return "refused"
    ruling.findings.append(Finding("five-years", "unknown" if case.fraud is None else "met", facts, FRAUD))
    return "pending" if case.fraud is None else "granted"


def _keeping(case: Claim, on: date, parameters: ParameterSet, ruling: Ruling) -> None:
    """The data of a year are kept until the end of the sixth year after."""
    year = int(case.care_in[:4])
    last = date(year + parameters.integer("kept-years", case.claimed_on), 12, 31)
    facts: dict[str, FactValue] = {"year": str(year), "last": last.isoformat()}
    ruling.findings.append(Finding("records", "met" if on <= last else "not-needed", facts, KEEPING))
