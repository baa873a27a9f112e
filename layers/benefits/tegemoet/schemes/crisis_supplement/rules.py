"""The supplementary crisis benefit of the self-employed, in the order of circular V.I. 2020/289.

Source: royal decree of 15 September 2020. Amounts are in EUR per day of a six-day week (Monday to
Saturday). For a person who is also an employee, the employee's supplement is decided first; it is
deducted by the rule of differences. Every rule is pure: the same case returns the same ruling.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import Period, join_equal, stretches
from tegemoet.domain.decision import (
    Amount,
    DecidedPeriod,
    FactValue,
    Finding,
    Met,
    Missing,
    Outcome,
    Phrase,
    Ruling,
)
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.schemes.crisis_supplement.case import BenefitDays, Refusal, SelfEmployedIncapacity
from tegemoet.schemes.crisis_supplement.category import CATEGORY_A, CATEGORY_B, PRIMARY, judge_category
from tegemoet.schemes.daily import (
    FOUR_DECIMALS,
    DayFinding,
    deadline,
    findings_of,
    payment,
    percentage,
    total_of,
    withholding,
)
from tegemoet.schemes.dated import Dated
from tegemoet.schemes.incapacity_supplement.rules import EmployeeAssessment, refuse_published_minimum
from tegemoet.schemes.incapacity_supplement.rules import assess as assess_employee
from tegemoet.schemes.incapacity_supplement.rules import pay as pay_employee
from tegemoet.schemes.legislation.register import cite

AMOUNT = cite("circular-2020-289", "2")
UNEMPLOYMENT = cite("circular-2020-289", "3.1")
LATE = ("late-declaration", cite("royal-decree-1971-07-20", "article 58bis"))
ARTICLE_28 = cite("royal-decree-1971-07-20", "article 28, § 1, first paragraph, and § 2")
KEPT = cite("circular-2020-289", "3.2.2, remark")
ARTICLE_28BIS = cite("royal-decree-1971-07-20", "article 28bis")
CUMULATION = ("reduction", ARTICLE_28BIS)
ARTICLE_29 = cite("royal-decree-1971-07-20", "article 29")
HOUSEHOLD = cite("royal-decree-1996-07-03", "article 225, § 3, tenth paragraph")
ARTICLE_22 = cite("circular-2020-289", "5")
TAX = cite("circular-2020-289", "6")
END = cite("circular-2020-289", "7")
PAYMENT = cite("circular-2020-289", "8")

EMPLOYEE = "employee-"
"""The prefix of the rules and amounts of the employee's supplement."""


@dataclass(frozen=True, slots=True)
class Daily:
    """The amounts of one day in EUR, whole cents.

    What the rule of differences leaves of the benefit, and what the supplement adds.
    """

    benefit: Decimal
    supplement: Decimal
    taxed: bool
    steps: tuple[DayFinding, ...]


@dataclass(slots=True)
class _CrisisDraft:
    """The state of one decision while it is made.

    `stopped` are the days on which category B counts. None: category A, which requires no stop.
    """

    case: SelfEmployedIncapacity
    on: date
    parameters: ParameterSet
    entitled: bool
    stopped: list[Period] | None
    employee: EmployeeAssessment | None


def decide(case: SelfEmployedIncapacity, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling on the days of the case, on the day `on`.

    Granted if a supplement of either kind is due. Raises InvalidError if the case tells an event
    after that day.
    """
    category = judge_category(case, on, parameters)
    if case.employee:
        refuse_published_minimum(case.employee, "/case/employee", on, parameters)
    employee = assess_employee(case.employee, on, parameters) if case.employee else None
    findings, missing, entitled = category.findings, category.missing, category.entitled
    draft = _CrisisDraft(case, on, parameters, entitled, category.stopped, employee)
    parts, days = _parts(draft), list[tuple[Period, Daily]]()
    if case.employee and case.employee.lost_wage is None:
        waits = entitled  # the deduction by the rule of differences is unknown
    else:
        waits = _days_to_come(draft, parts, findings, missing)
        days = join_equal((part.period, _daily(draft, part)) for part in parts if part.period.last <= on)
    findings += findings_of((period, daily.steps) for period, daily in days)
    findings += [_wrongly_paid(r, r.paid_on, on, parameters) for r in case.refusals if r.paid_on]
    findings += [_replacement_income(period) for period in sorted(income.period for income in case.replacement_income)]
    due = [(period, daily) for period, daily in days if daily.supplement]
    ruling = Ruling("refused", findings, missing=missing)
    if due:
        _grant(ruling, due, on, parameters)
    if employee:
        _add_employee(ruling, employee, on, parameters)
    of_the_person = {f.outcome for f in findings if f.rule in ("eight-days", "category-b")}
    waits = waits or "unknown" in of_the_person
    pending = waits and "not-met" not in of_the_person and any(part.is_met for part in parts)
    outcomes: list[Outcome] = ["granted" if due else "pending" if pending else "refused"]
    outcomes += [employee.outcome] if employee else []
    ruling.outcome = "granted" if "granted" in outcomes else "pending" if "pending" in outcomes else "refused"
    return ruling


# The days.


@dataclass(frozen=True, slots=True)
class _Part:
    """Days of incapacity without a change, their benefit, and the conditions of the supplement."""

    period: Period
    benefit: str
    hurdles: tuple[DayFinding, ...]

    @property
    def is_met(self) -> bool:
        return all(hurdle.outcome == "met" for hurdle in self.hurdles)


def _days_to_come(draft: _CrisisDraft, parts: list[_Part], findings: list[Finding], missing: list[Missing]) -> bool:
    """Whether payable days lie after the day of the decision.

    It is not yet known whether the benefit is due for them.
    """
    on = draft.on
    to_come = [part.period for part in parts if part.period.first > on and part.is_met]
    if not (draft.entitled and to_come):
        return False
    last = to_come[-1].last.isoformat()
    findings.append(Finding("days-to-come", "unknown", {"on": on.isoformat(), "until": last}, AMOUNT))
    seen = Phrase("decided-on", {"day": on.isoformat()})
    missing.append(Missing("days-to-come", "/days", Phrase("decision-from", {"day": last}), seen))
    return True


def _parts(draft: _CrisisDraft) -> list[_Part]:
    """The days of incapacity in order, cut at every change and after the day of the decision."""
    case, on = draft.case, draft.on
    measure = Period(draft.parameters.day("first-day", on), draft.parameters.day("last-day", on))
    borders = [measure, Period(case.incapacity_from, max(case.incapacity_from, on))]
    borders += [Period(p.first, p.last) for p in draft.parameters.parameters]
    borders += [period for period, _ in (draft.employee.days if draft.employee else ())]
    borders += draft.stopped or []
    for dated in (
        *(case.temporary_unemployment, case.late_declaration, case.reductions),
        *(case.refusals, case.other_benefits),
    ):
        borders += [one.period for one in dated]
    return [
        _Part(part, asked.benefit, _hurdles(draft, asked, part, measure))
        for asked in sorted(case.days, key=lambda asked: asked.first)
        for part in stretches(asked.period, borders)
    ]


def _hurdles(draft: _CrisisDraft, asked: BenefitDays, part: Period, measure: Period) -> tuple[DayFinding, ...]:
    """The conditions of the supplement for the days of `part`."""
    case = draft.case
    facts: dict[str, FactValue] = {"begins": measure.first.isoformat(), "last": measure.last.isoformat()}
    steps = [
        DayFinding("within-measure", "met" if part.overlaps(measure) else "not-met", facts, END),
        DayFinding(
            "household", "met" if asked.household == "cohabiting" else "not-met", {"household": asked.household}, AMOUNT
        ),
        DayFinding("article-28", "not-met" if _any_of(case.refusals, part) else "met", {}, ARTICLE_28),
        DayFinding(
            "temporary-unemployment",
            "not-met" if _any_of(case.temporary_unemployment, part) else "met",
            {},
            UNEMPLOYMENT,
        ),
    ]
    if draft.stopped is None:
        primary: Met = "met" if asked.benefit == PRIMARY else "not-met"
        steps.append(DayFinding("primary-benefit", primary, {"benefit_kind": asked.benefit}, CATEGORY_A))
    elif draft.stopped:
        within = any(stop.overlaps(part) for stop in draft.stopped)
        steps.append(DayFinding("within-stop", "met" if within else "not-met", {}, CATEGORY_B))
    if draft.employee and any(part.overlaps(period) and not daily.known for period, daily in draft.employee.days):
        steps.append(DayFinding("other-benefit-known", "unknown", {}, ARTICLE_29))
    return tuple(steps)


def _any_of(dated: Sequence[Dated], part: Period) -> bool:
    return any(one.period.overlaps(part) for one in dated)


def _daily(draft: _CrisisDraft, part: _Part) -> Daily:
    """The amounts of a day of `part`."""
    if not (draft.entitled and part.is_met):
        return Daily(ZERO, ZERO, False, part.hurdles)
    return _amounts(draft, part)


def _amounts(draft: _CrisisDraft, part: _Part) -> Daily:
    """Section 2: up to the target total.

    Section 3: reduction and sanction on each part, then the rule of differences on their sum.
    """
    steps = list(part.hurdles)
    parameters, day = draft.parameters, part.period.first
    target = parameters.decimal("target-total", day)
    benefit = parameters.decimal("benefit", day, kind=part.benefit)
    supplement = target - benefit
    facts: dict[str, FactValue] = {
        "benefit_kind": part.benefit,
        "target": euro(target),
        "benefit": euro(benefit),
        "supplement": euro(supplement),
    }
    steps.append(DayFinding("supplement", "met", facts, AMOUNT))
    for reduction in draft.case.reductions:
        if reduction.period.overlaps(part.period):
            benefit, supplement = _reduced(benefit, supplement, reduction.percentage / 100, steps, CUMULATION)
    if _any_of(draft.case.late_declaration, part.period):
        sanction = parameters.decimal("late-declaration", day)
        benefit, supplement = _reduced(benefit, supplement, sanction, steps, LATE)
    other = _other_benefits(draft, part.period)
    left, left_of_benefit = (round_half_up(max(ZERO, a - other)) for a in (benefit + supplement, benefit))
    if other:
        difference: dict[str, FactValue] = {"sum": euro(benefit + supplement), "other": euro(other), "left": euro(left)}
        steps.append(DayFinding("difference", "met" if left else "not-met", difference, ARTICLE_29))
    adds = left - left_of_benefit
    paid: dict[str, FactValue] = {"benefit": euro(left_of_benefit), "supplement": euro(adds), "total": euro(left)}
    steps.append(DayFinding("amount-per-day", "met" if adds else "not-met", paid, AMOUNT))
    return Daily(left_of_benefit, adds, part.benefit == PRIMARY, tuple(steps))


def _reduced(
    benefit: Decimal, supplement: Decimal, share: Decimal, steps: list[DayFinding], rule: tuple[str, Source]
) -> tuple[Decimal, Decimal]:
    """Benefit and supplement less the same `share` of each, rounded to four decimals."""
    name, source = rule
    benefit, supplement = (round_half_up(part * (1 - share), FOUR_DECIMALS) for part in (benefit, supplement))
    facts: dict[str, FactValue] = {
        "percentage": percentage(share),
        "benefit": f"{benefit:.4f}",
        "supplement": f"{supplement:.4f}",
    }
    steps.append(DayFinding(name, "met" if benefit + supplement else "not-met", facts, source))
    return benefit, supplement


def _other_benefits(draft: _CrisisDraft, part: Period) -> Decimal:
    """EUR of other benefits on the days of `part`.

    For an employee, the benefit and its supplement.
    """
    given = [other.amount for other in draft.case.other_benefits if other.period.overlaps(part)]
    for period, daily in draft.employee.days if draft.employee else ():
        if period.overlaps(part):
            given.append(daily.benefit + daily.supplement)
    return sum(given, ZERO)


# Findings for information only.


def _wrongly_paid(refusal: Refusal, paid_on: date, on: date, parameters: ParameterSet) -> Finding:
    """Whether benefits that were wrongly paid under article 28, § 2 are recovered.

    Those paid before 29 April 2020 are not; they give no supplement either.
    """
    before = parameters.day("kept-before", on)
    facts: dict[str, FactValue] = {
        "from": refusal.first.isoformat(),
        "until": refusal.last.isoformat(),
        "paid_on": paid_on.isoformat(),
        "before": before.isoformat(),
    }
    kept = refusal.paragraph == "2" and paid_on < before
    return Finding("wrongly-paid", "not-needed" if kept else "met", facts, KEPT)


def _replacement_income(period: Period) -> Finding:
    """Income that replaces the permitted activity counts as income and as time of that activity."""
    facts: dict[str, FactValue] = {"from": period.first.isoformat(), "until": period.last.isoformat()}
    return Finding("replacement-income", "met", facts, ARTICLE_28BIS)


def _reported(first: date, last: date) -> list[Finding]:
    """What the supplement does and does not count for elsewhere."""
    facts: dict[str, FactValue] = {"from": first.isoformat(), "until": last.isoformat()}
    return [
        Finding("permitted-activity", "not-needed", {}, ARTICLE_28BIS),
        Finding("household-of-others", "not-needed", {}, HOUSEHOLD),
        Finding("article-22-income", "met", facts, ARTICLE_22),
    ]


# The payment.


def _grant(ruling: Ruling, due: list[tuple[Period, Daily]], on: date, parameters: ParameterSet) -> None:
    """Add the amounts, payment and tax of the days that are due."""
    total = total_of((period, daily.supplement) for period, daily in due)
    taxed = total_of((period, daily.supplement) for period, daily in due if daily.taxed)
    rate = parameters.decimal("crisis-withholding-tax", on)
    for period, daily in due:
        if daily.benefit:
            ruling.amounts.append(Amount("benefit", daily.benefit, "day", period.first, period.last))
        ruling.amounts.append(Amount("supplement", daily.supplement, "day", period.first, period.last))
        ruling.periods.append(DecidedPeriod("supplement", period.first, period.last, period.six_day_week_days))
    ruling.amounts += payment(total, taxed, rate)
    if taxed:
        ruling.findings.append(withholding("withholding-tax", taxed, rate, TAX))
    else:
        ruling.findings.append(Finding("withholding-tax", "not-needed", {}, TAX))
    latest = parameters.day("crisis-payment-deadline", on)
    ruling.findings.append(deadline("payment-deadline", due[0][0].first, latest, on, PAYMENT))
    ruling.findings += _reported(due[0][0].first, due[-1][0].last)
    ruling.total = total


def _add_employee(ruling: Ruling, employee: EmployeeAssessment, on: date, parameters: ParameterSet) -> None:
    """Add the decision on the same person as an employee, under its own names."""
    if employee.supplement:
        ruling.amounts += [
            Amount(EMPLOYEE + kind, amount, "day", period.first, period.last)
            for period, daily in employee.days
            if daily.due
            for kind, amount in (("benefit", daily.benefit), ("supplement", daily.supplement))
        ]
        ruling.periods += [
            DecidedPeriod(EMPLOYEE + "supplement", period.first, period.last, period.six_day_week_days)
            for period, _ in employee.supplement
        ]
        paid = pay_employee(employee, on, parameters)
        ruling.amounts += [replace(amount, kind=EMPLOYEE + amount.kind) for amount in paid]
        ruling.total = (ruling.total or ZERO) + total_of(employee.supplement)
    ruling.findings[:0] = [replace(finding, rule=EMPLOYEE + finding.rule) for finding in employee.findings]
    ruling.missing[:0] = [Missing(EMPLOYEE + m.rule, f"/employee{m.field}", m.needed, m.seen) for m in employee.missing]
