"""The decision on a converted maternity leave: the mother, the claimant, the days, the pay.

Source: circular V.I. 2020/204, section XIII. Refused: a rule of 13.1, of the end of 13.2 or of
insurability fails; every failed rule is reported. Pending: a fact or document without which nothing
can be granted is unknown or outstanding. Amounts are in EUR. Every rule is pure: the same case
returns the same ruling.
"""

from datetime import date

from tegemoet.domain.calendar import ONE_DAY
from tegemoet.domain.decision import DecidedPeriod, Finding, Outcome, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.converted_maternity_leave.case import ConvertedLeaveCase
from tegemoet.schemes.converted_maternity_leave.formalities import BLOCKING, birth_leave, check_formalities
from tegemoet.schemes.converted_maternity_leave.leave import judge_leave, plan_leave
from tegemoet.schemes.converted_maternity_leave.pay import ask_pay, pay_leave
from tegemoet.schemes.maternity_rest.entitlement import (
    Judgement,
    check_interruption,
    judge_insurability,
    judge_quality,
    judge_territoriality,
    judge_thirty_days,
)
from tegemoet.schemes.maternity_rest.pay import check_ceilings


def decide(case: ConvertedLeaveCase, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling on a converted maternity leave on the day `on`.

    Raises InvalidError if the case contradicts itself, ParameterUnknownError if a required figure
    is not known.
    """
    leave = plan_leave(case, parameters)
    _refuse_contradictions(case, leave.first, on, parameters)
    judgement = Judgement(leave.first, parameters)
    check_interruption(case.quality, leave.first)
    check_ceilings(case.wage_ceilings, leave.first, parameters)
    judge_leave(case, leave, on, judgement)
    judge_quality(case.quality, leave.first, judgement)
    judge_insurability(case.insurability, judgement)
    judge_thirty_days(case.quality, _recognised(case, leave.first), judgement)
    judge_territoriality(case.stays_abroad, judgement)
    if judgement.refused:
        return Ruling("refused", judgement.findings, missing=judgement.missing)

    asked = ask_pay(case, leave, parameters)
    formalities, formalities_missing = check_formalities(case, leave, asked.missing, parameters)
    outcome: Outcome = "granted"
    if _is_open(judgement.findings) or _is_open([f for f in formalities if f.rule in BLOCKING]):
        outcome = "pending"
    paid = asked if outcome == "pending" else pay_leave(case, leave, parameters)
    return Ruling(
        outcome,
        [*judgement.findings, *paid.findings, *formalities],
        paid.amounts,
        [DecidedPeriod("converted-leave", leave.first, leave.last, leave.days)] if case.child_home_on else [],
        [*judgement.missing, *paid.missing, *formalities_missing],
        paid.total,
    )


def _recognised(case: ConvertedLeaveCase, first: date) -> list[date]:
    """The last days of recognised incapacity before the leave."""
    last = [past.last for past in case.history]
    return last if case.pay.incapacity is None else [*last, first - ONE_DAY]


def _is_open(findings: list[Finding]) -> bool:
    return any(finding.outcome == "unknown" for finding in findings)


def _refuse_contradictions(case: ConvertedLeaveCase, first: date, on: date, parameters: ParameterSet) -> None:
    """Events must not lie after the day of the decision, and their order must be possible."""
    mother = case.mother
    told = [("requested_on", case.requested_on), ("child_home_on", case.child_home_on)]
    told += [("mother/on", mother.on), ("mother/until", mother.until)]
    told += [(f"births/{index}", birth) for index, birth in enumerate(case.births)]
    faults = [Fault(f"/case/{place}", "in-the-future") for place, day in told if day and day > on]
    if case.child_home_on and case.child_home_on < min(case.births):
        faults.append(Fault("/case/child_home_on", "before-birth"))
    if case.pay.incapacity and case.pay.incapacity.since >= first:
        faults.append(Fault("/case/pay/incapacity/since", "after-first-day"))
    faults += [
        Fault(f"/case/history/{index}", "reaches-into-leave")
        for index, past in enumerate(case.history)
        if past.last >= first
    ]
    if case.birth_leave_taken and case.birth_leave_taken > birth_leave(case, parameters):
        faults.append(Fault("/case/birth_leave_taken", "above-birth-leave"))
    if faults:
        raise InvalidError("The case describes what is impossible by the day of the decision.", faults=tuple(faults))
