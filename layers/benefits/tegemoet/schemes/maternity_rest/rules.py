"""The decision on a maternity rest: entitlement, calendar, money, formalities.

Source: circular V.I. 2020/204, sections I to XII. Refused: a rule of the entitlement fails; every
failed rule is reported. Pending: a fact or document without which nothing can be granted is unknown
or outstanding. Amounts are in EUR. Every rule is pure: the same case returns the same ruling.
"""

from datetime import date

from tegemoet.domain.decision import DecidedPeriod, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.maternity_rest.case import MaternityCase
from tegemoet.schemes.maternity_rest.entitlement import find_activity, judge_entitlement
from tegemoet.schemes.maternity_rest.formalities import check_formalities, lacks_proof, suspend_incapacity
from tegemoet.schemes.maternity_rest.pay import ask_pay, check_ceilings, pay_rest, replaced_holidays
from tegemoet.schemes.maternity_rest.rest import Rest, plan_rest


def decide(case: MaternityCase, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling on a maternity rest on the day `on`.

    Raises InvalidError if the case states what no rest allows, ParameterUnknownError if a required
    figure is not known.
    """
    _refuse_later_facts(case, on)
    rest = plan_rest(case, parameters)
    replaced_holidays(case.holiday_replacements)  # a fault is reported whatever the outcome
    check_ceilings(case.wage_ceilings, rest.first, parameters)
    suspension, suspension_missing = suspend_incapacity(case, rest)
    entitled = judge_entitlement(case, rest, parameters)
    if entitled.refused:
        return Ruling("refused", entitled.findings, missing=entitled.missing)

    waits = any(finding.outcome == "unknown" for finding in entitled.findings) or lacks_proof(case)
    paid = ask_pay(case, rest, parameters) if waits else pay_rest(case, rest, parameters)
    formalities, formalities_missing = check_formalities(case, rest, paid.missing)
    return Ruling(
        "pending" if waits or paid.missing else "granted",
        [
            *entitled.findings,
            *rest.findings,
            *find_activity(case, rest),
            *paid.findings,
            *formalities,
            *suspension,
        ],
        paid.amounts,
        periods_of(rest),
        [*entitled.missing, *rest.missing, *paid.missing, *formalities_missing, *suspension_missing],
        paid.total,
    )


def periods_of(rest: Rest) -> list[DecidedPeriod]:
    """The work removal before the rest, the kinds of rest, the weeks for separate days."""
    spans = [DecidedPeriod("work-removal", r.first, r.last, (r.last - r.first).days + 1) for r in rest.removal]
    spans += [DecidedPeriod(s.kind, s.first, s.last, s.days) for s in rest.segments]
    if rest.separate is not None:
        spans.append(DecidedPeriod("separate-leave", rest.separate.first, rest.separate.last, rest.separate.days))
    return spans


def _refuse_later_facts(case: MaternityCase, on: date) -> None:
    """Events must not lie after the day of the decision; days of rest may."""
    refuse_future(case.requested_on, on, "/requested_on")
    refuse_future(case.mother_died_on, on, "/mother_died_on")
    for number, birth in enumerate(case.births):
        refuse_future(birth.on, on, f"/births/{number}/on")
        refuse_future(birth.died_on, on, f"/births/{number}/died_on")
        for place, stay in enumerate(birth.stays):
            refuse_future(stay.first, on, f"/births/{number}/stays/{place}/from")
            refuse_future(stay.last, on, f"/births/{number}/stays/{place}/until")
