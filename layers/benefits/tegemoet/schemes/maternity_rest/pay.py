"""What a maternity rest pays, day by day and month by month.

Source: circular V.I. 2020/204, sections VII to XI.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Protocol

from tegemoet.domain.calendar import LAST_DAY, iso
from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.holidays import is_public_holiday
from tegemoet.domain.money import from_cents
from tegemoet.domain.parameters import Parameter, ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.alignment import aligned_until, days_immediately_before
from tegemoet.schemes.maternity_rest.benefit import Claim, DayBenefit, Measure, incapacity_benefit, part_of
from tegemoet.schemes.maternity_rest.case import HolidayReplacement, MaternityCase, Past, Pay, WageCeiling
from tegemoet.schemes.maternity_rest.figures import (
    Figures,
    figures_of,
    half_up,
    ten_thousandths,
    written,
    written_cents,
)
from tegemoet.schemes.maternity_rest.insurability import Quality
from tegemoet.schemes.maternity_rest.payments import (
    ACTIVITY,
    BENEFIT,
    PUBLIC_HOLIDAY,
    DayRun,
    Month,
    PaidSpan,
    Unpaid,
    day_amounts,
    due_days,
    earliest_day,
    month_amounts,
    paid_holidays,
    pay_days,
    pay_months,
    spans_of,
)
from tegemoet.schemes.maternity_rest.rest import Rest
from tegemoet.schemes.maternity_rest.wage import LostWage, activity_wages, lost_wage, wage_finding
from tegemoet.schemes.supplied import THE_CASE

RATES: dict[str, Source] = {
    "employee": cite("royal-decree-1996-07-03", "article 216, second paragraph"),
    "unemployed": cite("royal-decree-1996-07-03", "article 217"),
    "other": cite("royal-decree-1996-07-03", "article 216, first paragraph"),
    "mother-in-hospital": cite("royal-decree-1996-07-03", "article 222, § 3"),
}
KEPT_RIGHTS = cite("benefits-regulation-1997-04-16", "article 42, § 1, with article 45, § 1")
ACTIVITY_WAGES = cite("royal-decree-1996-07-03", "article 218 (regulation on benefits, article 45, § 5)")
INDEX = cite("law-1994-07-14", "article 107")
CEILING = cite("royal-decree-1996-07-03", "article 212 (circular V.I. 2020/204, 7.2.4)")
ALIGNMENT = cite("royal-decree-1996-07-03", "article 217, second paragraph")
GUARANTEE = cite("law-1994-07-14", "article 113, fifth paragraph")
NO_DEDUCTION = cite("circular-2020-204", "VIII")
COVERED = cite("law-1994-07-14", "article 103")
HOLIDAYS = cite("circular-2020-204", "XI (royal decree of 18 April 1974, article 12, 3°, c)")
ACTIVITIES = cite("law-1994-07-14", "article 115")
TAX = cite("circular-2020-204", "VIII, remark (royal decree on income taxes 1992, annex III, rule 2.12, B.5)")
PAYMENT = cite("benefits-regulation-1997-04-16", "article 47, with article 20, § 2")
WORK_REMOVAL = cite("circular-2020-204", "section III, 3.1.2.b")

HOLIDAY_BASES = ("contract", "similar-conditions", "apprentice")
"""Employees whose employer pays the public holidays of the first thirty days."""


class Claimant(Protocol):
    """What the cases of a maternity rest and of a converted leave both contain on the claimant."""

    @property
    def requested_on(self) -> date: ...
    @property
    def quality(self) -> Quality: ...
    @property
    def pay(self) -> Pay: ...
    @property
    def history(self) -> tuple[Past, ...]: ...
    @property
    def wage_ceilings(self) -> tuple[WageCeiling, ...]: ...


@dataclass(slots=True)
class PaidRest:
    """The amounts of the days and months, and the `total` in gross EUR of the rest.

    If data are outstanding, it contains those instead and `total` is None.
    """

    amounts: list[Amount] = field(default_factory=list)
    total: Decimal | None = None
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def found(self, rule: str, outcome: Met, source: Source, facts: dict[str, FactValue]) -> None:
        """Add a finding of `rule`."""
        self.findings.append(Finding(rule, outcome, facts, source))


def pay_rest(case: MaternityCase, rest: Rest, parameters: ParameterSet) -> PaidRest:
    """What the days of `rest` and the work removal before it pay, with the findings.

    Raises ParameterUnknownError if a required figure is not known, InvalidError if a public holiday
    is not one.
    """
    figures, paid = figures_of(parameters), PaidRest()
    replaced = replaced_holidays(case.holiday_replacements)
    spans = spans_of(rest.segments)
    claim = claim_of(case, rest.first, spans, figures, paid)
    if claim is None:
        return paid
    benefit = DayBenefit(claim, figures)
    unpaid = _unpaid_days(case, rest, replaced, figures)
    runs = pay_days(spans, benefit.cents, benefit.borders(spans[0][0], spans[-1][1]), unpaid)
    months = pay_months(runs, spans, figures)
    removal, removal_months, removal_benefits = _work_removal(case, rest, figures, paid)
    paid.amounts = [
        *day_amounts(runs),
        *day_amounts(removal, "work-removal"),
        *month_amounts(months),
        *month_amounts(removal_months, "work-removal-"),
    ]
    paid.total = from_cents(sum(m.gross for m in months))
    explain_amounts([benefit, *removal_benefits], runs, paid, parameters)
    explain_unpaid(runs, unpaid, paid)
    explain_payments(case, months, paid, figures)
    return paid


def ask_pay(case: MaternityCase, rest: Rest, parameters: ParameterSet) -> PaidRest:
    """The basis of payment and the outstanding data, without any amount."""
    paid = PaidRest()
    spans = spans_of(rest.segments)
    claim_of(case, rest.first, spans, figures_of(parameters), paid)
    return paid


def claim_of(
    case: Claimant,
    first: date,
    spans: list[PaidSpan],
    figures: Figures,
    paid: PaidRest,
    days_used: int = 0,
    measure: Measure = "maternity-rest",
) -> Claim | None:
    """What the days from `first` on are paid on.

    The result is None if data are outstanding, which `paid` then names. `days_used` and `measure`
    are for converted maternity leave.
    """
    pay, part = case.pay, part_of(case.quality.kind)
    wage = lost_wage(case.quality.kind, pay, figures)
    paid.findings.append(wage_finding(wage, first))
    if isinstance(wage, Missing):
        paid.missing.append(wage)
    keeps_rights = case.quality.kind == "employee" and pay.income_guarantee is not None
    claim = Claim(
        first,
        part,
        wage.amount if isinstance(wage, LostWage) else 0,
        unemployment=pay.unemployment if part == "unemployed" or keeps_rights else None,
        income_guarantee=pay.income_guarantee if keeps_rights else None,
        incapacity=pay.incapacity,
        supplied=case.wage_ceilings,
        days_used=days_used,
        measure=measure,
    )
    _explain_rate(case, claim, figures, paid)
    if part == "unemployed" or keeps_rights:
        _align(case, claim, figures, paid)
    if pay.incapacity and incapacity_benefit(pay.incapacity, first.toordinal()) is None:
        paid.found("guarantee", "unknown", GUARANTEE, {"on": iso(first)})
        needed = Phrase("incapacity-benefit-on", {"day": iso(first)})
        paid.missing.append(Missing("guarantee", "pay/incapacity/benefits", needed, Phrase("nothing")))
    named = {name for _, _, names in spans for name in names}
    if named:
        _activities(case, claim, named, figures, paid)
    return None if paid.missing else claim


def _align(case: Claimant, claim: Claim, figures: Figures, paid: PaidRest) -> None:
    """The alignment of six months, less the days immediately before.

    During it, the unemployment benefit replaces the 60 %.
    """
    before = days_immediately_before(claim.first, case.history, case.pay.incapacity, figures)
    until = aligned_until(claim.first, before, figures)
    claim.aligned_until = until
    facts: dict[str, FactValue] = {"before": before or None, "until": iso(until)}
    outcome: Met = "met" if until >= claim.first else "not-needed"
    benefits = claim.unemployment.benefits if claim.unemployment else ()
    if outcome == "met" and all(b.first > claim.first for b in benefits):
        outcome = "unknown"
        needed = Phrase("unemployment-benefit-on", {"day": iso(claim.first)})
        paid.missing.append(Missing("alignment", "pay/unemployment/benefits", needed, Phrase("nothing")))
    paid.found("alignment", outcome, ALIGNMENT, facts)


def _activities(case: Claimant, claim: Claim, named: set[str], figures: Figures, paid: PaidRest) -> None:
    """An extension based on continued activities is paid on the wages of those activities only."""
    wages = activity_wages(case.pay, figures, named)
    if isinstance(wages, dict) and named <= wages.keys():
        claim.activities = wages
        total = written(sum(wages[name] for name in named))
        paid.found("activity-wages", "met", ACTIVITY_WAGES, {"activities": len(named), "wage": total})
        return
    paid.found("activity-wages", "unknown", ACTIVITY_WAGES, {"activities": len(named)})
    field_ = wages.field if isinstance(wages, Missing) else "pay/activities"
    if all(m.field != field_ for m in paid.missing):
        needed = Phrase("wage-of-each-activity")
        paid.missing.append(Missing("activity-wages", field_, needed, Phrase("nothing")))


def check_ceilings(supplied: Iterable[WageCeiling], first: date, parameters: ParameterSet) -> None:
    """Raises InvalidError for a supplied ceiling on a day that has a known one.

    The same applies to one that is lower than one known for an earlier day: ceilings only rise.
    """
    figures = figures_of(parameters)
    cohort, faults = figures.cohort(first), []
    for number, given in enumerate(supplied):
        place, days = f"/case/wage_ceilings/{number}", (given.first.toordinal(), given.last.toordinal())
        bound = figures.last_known(first, days[1])
        if cohort and any(begin <= days[1] and days[0] <= last for begin, last, _ in cohort.rows):
            faults.append(Fault(place, "figure-is-published"))
        elif bound and ten_thousandths(given.amount) < bound[2]:
            faults.append(Fault(f"{place}/amount", "below-last-known-ceiling"))
    if faults:
        raise InvalidError("A ceiling is supplied where one is known.", faults=tuple(faults))


def _unpaid_days(case: MaternityCase, rest: Rest, replaced: dict[date, date], figures: Figures) -> list[Unpaid]:
    """Days of the rest without benefit, in order of precedence of their reasons.

    Activity, covered otherwise, public holiday.
    """
    first, last = rest.first, rest.last
    unpaid = [(a.first.toordinal(), a.last.toordinal(), ACTIVITY) for a in case.activity_in_rest]
    unpaid += [(c.first.toordinal(), c.last.toordinal(), f"not-paid-{c.by}") for c in case.covered]
    if case.quality.basis in HOLIDAY_BASES:
        holidays = [day.toordinal() for day in paid_holidays(first, figures.first_days, replaced)]
        unpaid += [(day, day, PUBLIC_HOLIDAY) for day in holidays]
    begin, end = first.toordinal(), last.toordinal()
    return [u for u in unpaid if u[0] <= end and u[1] >= begin]


def replaced_holidays(replacements: Iterable[HolidayReplacement]) -> dict[date, date]:
    """The day that replaces each public holiday.

    Raises InvalidError if a day is not a public holiday or is replaced twice.
    """
    replaced: dict[date, date] = {}
    for number, given in enumerate(replacements):
        if given.holiday in replaced or not is_public_holiday(given.holiday):
            code = "given-twice" if given.holiday in replaced else "not-a-public-holiday"
            faults = (Fault(f"/case/holiday_replacements/{number}/holiday", code),)
            raise InvalidError("A replaced holiday must be a legal public holiday.", faults=faults)
        replaced[given.holiday] = given.replaced_by
    return replaced


def _work_removal(
    case: MaternityCase, rest: Rest, figures: Figures, paid: PaidRest
) -> tuple[list[DayRun], list[Month], list[DayBenefit]]:
    """A full work removal before the rest.

    Its own first day determines ceiling and index. Adjoining removals with the same wage are one
    removal.
    """
    runs: list[DayRun] = []
    benefits: list[DayBenefit] = []
    spans: list[PaidSpan] = []
    whole: list[tuple[date, date, Decimal]] = []
    for removal in rest.removal:
        if whole and whole[-1][2] == removal.wage and whole[-1][1].toordinal() == removal.first.toordinal() - 1:
            whole[-1] = (whole[-1][0], removal.last, removal.wage)
        else:
            whole.append((removal.first, removal.last, removal.wage))
    for first, last, wage in whole:
        claim = Claim(first, "other", ten_thousandths(wage), supplied=case.wage_ceilings, measure="work-removal")
        benefit = DayBenefit(claim, figures)
        own: list[PaidSpan] = [(first.toordinal(), last.toordinal(), ())]
        own_runs = pay_days(own, benefit.cents, benefit.borders(own[0][0], own[0][1]), [])
        facts: dict[str, FactValue] = {
            "from": iso(first),
            "until": iso(last),
            "wage": written(claim.wage),
            "rate": figures.rates["work-removal", False].text,
            "days": sum(run.days for run in own_runs),
            "gross": written_cents(sum(run.days * run.cents for run in own_runs)),
        }
        paid.found("work-removal-benefit", "met", WORK_REMOVAL, facts)
        runs += own_runs
        spans += own
        benefits.append(benefit)
    return runs, pay_months(runs, spans, figures) if spans else [], benefits


# The basis of the amounts, for the explanation.


def _explain_rate(case: Claimant, claim: Claim, figures: Figures, paid: PaidRest) -> None:
    part, facts = claim.part, dict[str, FactValue]()
    facts["quality"] = case.quality.kind
    facts["on"] = iso(claim.first)
    if claim.measure == "mother-in-hospital":
        facts["rate"] = figures.rates[claim.measure, False].text
        paid.found(f"rate-{claim.measure}", "met", RATES[claim.measure], facts)
        return
    facts |= figures.rate_facts[part]
    paid.found(f"rate-{part}", "met", RATES[part], facts)
    guarantee = claim.income_guarantee
    if guarantee:
        shares = {"guarantee": str(guarantee.guarantee), "reference": str(guarantee.reference)}
        paid.found("kept-rights", "met", KEPT_RIGHTS, dict(shares))


def explain_amounts(benefits: list[DayBenefit], runs: list[DayRun], paid: PaidRest, parameters: ParameterSet) -> None:
    """Index, ceilings and guarantee behind the amounts.

    The first of `benefits` is that of the rest itself. Values that are not official are noted.
    """
    for benefit in benefits:
        _note_values(benefit, parameters)
    own, figures = benefits[0], benefits[0].figures
    first = own.claim.first.toordinal()
    last = max([run.last for run in runs if run.kind == BENEFIT], default=first)
    steps = figures.steps.between(first, last)
    if steps:
        wages = [written(half_up(own.claim.wage * figures.level(first, day), 10_000)) for day in steps]
        paid.found("wage-index", "met", INDEX, {"from": _days(steps), "wages": list(wages)})
    supplied = {ceiling: day for benefit in benefits for ceiling, day in benefit.noted.supplied.items()}
    used: tuple[tuple[str, Met, dict[int, int]], ...] = (
        ("wage-ceiling", "met", own.noted.ceilings),
        ("wage-ceiling-last-known", "not-needed", own.noted.last_known),
        ("wage-ceiling-supplied", "met", supplied),
    )
    for rule, outcome, ceilings in used:
        if ceilings:
            paid.found(rule, outcome, CEILING, _from_day(ceilings, "ceilings", written))
    incapacity = own.claim.incapacity
    if incapacity and own.noted.guarantees:
        facts = _from_day(own.noted.guarantees, "benefits", written_cents)
        paid.found("guarantee", "met" if own.noted.raised else "not-needed", GUARANTEE, facts)
    if incapacity and incapacity.invalid:
        paid.found("no-pension-deduction", "not-needed", NO_DEDUCTION, {"on": iso(own.claim.first)})


def _note_values(benefit: DayBenefit, parameters: ParameterSet) -> None:
    """Find the values behind the ceilings, the index and a deduction that was used.

    The figures are computed from them once a set, so a value that is not official is noted here.
    """
    first, noted, steps = benefit.claim.first.toordinal(), benefit.noted, benefit.figures.steps
    for base in noted.bases:
        parameters.seek("wage-ceiling-base", base)
    followed = set(noted.counted)
    taken = [
        day
        for listed, last, _ in steps.listed
        for on in noted.counted
        if listed <= on <= last
        for day in steps.between(listed, on)
    ]
    if noted.levelled:
        followed |= {
            max(first, listed) for listed, last, _ in steps.listed if listed <= noted.levelled and last >= first
        }
        taken += steps.between(first, noted.levelled)
    for day in followed:
        parameters.seek("index-steps-listed", date.fromordinal(day))
    for day in taken:
        parameters.seek("index-step", date.fromordinal(day))
    for ceiling, day in noted.supplied.items():
        parameters.note(_supplied(ceiling, date.fromordinal(day)))
    if noted.deducted:
        for name in ("pension-deduction", "pension-deduction-in-full-from"):
            parameters.seek(name, date.fromordinal(noted.deducted))


def _supplied(ceiling: int, first: date) -> Parameter:
    """A ceiling of the case among the values that the decision rests on, from its first use on."""
    value = Decimal(ceiling).scaleb(-4)
    source = Source(THE_CASE, "/wage_ceilings", "")
    return Parameter("wage-ceiling", (), value, "EUR per day", first, LAST_DAY, source, "supplied")


def explain_unpaid(runs: list[DayRun], unpaid: list[Unpaid], paid: PaidRest) -> None:
    """The days without benefit, by reason."""
    if not unpaid:
        return
    by_kind: dict[str, list[DayRun]] = {}
    for run in runs:
        if run.kind != BENEFIT:
            by_kind.setdefault(run.kind, []).append(run)
    for kind, days in by_kind.items():
        if kind == PUBLIC_HOLIDAY:
            holidays = _days(day for run in days for day in range(run.first, run.last + 1) if day % 7)
            paid.found("public-holidays", "met", HOLIDAYS, {"days": holidays})
            continue
        first, last = _days((days[0].first, days[-1].last))
        facts: dict[str, FactValue] = {"days": sum(run.days for run in days), "from": first, "until": last}
        if kind == ACTIVITY:
            paid.found("activity-in-rest", "met", ACTIVITIES, facts)
        else:
            paid.found("covered-days", "met", COVERED, {"by": kind.removeprefix("not-paid-"), **facts})


def explain_payments(case: Claimant, months: list[Month], paid: PaidRest, figures: Figures) -> None:
    """Withholding tax and days of payment."""
    gross = tax = 0
    names: list[FactValue] = []
    for month in months:
        gross += month.gross
        tax += month.tax
        names.append(iso(month.first)[:7])
    facts: dict[str, FactValue] = {
        "rate": figures.tax.text,
        "gross": written_cents(gross),
        "tax": written_cents(tax),
        "net": written_cents(gross - tax),
    }
    paid.found("withholding-tax", "met", TAX, facts)
    invalid = case.pay.incapacity is not None and case.pay.incapacity.invalid
    calendar: dict[str, FactValue] = {
        "months": names,
        "due": [iso(day) for day in due_days(months, case.requested_on, invalid, figures)],
        "earliest": [iso(earliest_day(m, figures)) for m in months] if invalid else [None] * len(months),
    }
    paid.found("payment-calendar", "met", PAYMENT, calendar)
    if invalid:
        paid.found("payment-of-invalids", "met", PAYMENT, {"earliest": calendar["earliest"]})


def _from_day(noted: dict[int, int], name: str, write: Callable[[int], str]) -> dict[str, FactValue]:
    """The amounts that were used, each with the first day on which it was needed."""
    by_day = sorted(noted.items(), key=itemgetter(1))
    return {"from": _days(day for _, day in by_day), name: [write(amount) for amount, _ in by_day]}


def _days(days: Iterable[int]) -> list[FactValue]:
    return [iso(date.fromordinal(day)) for day in days]
