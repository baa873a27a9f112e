"""Personal contributions to the health insurance, from the tables that the institute publishes.

Amounts are in EUR and never recomputed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tegemoet.domain.calendar import age_on, end_of_months
from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.insured_contribution.case import Contribution
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.supplied import refuse_published, supplied_on, unless_published

CONTINUED = cite("royal-decree-1996-07-03", "articles 247 and 250")
REGISTERED = cite("royal-decree-1996-07-03", "article 134")
COMMUNITIES = cite("royal-decree-1996-07-03", "article 136bis")
ARTICLE_OF = {
    "continued-insurance": CONTINUED,
    "student": cite("royal-decree-1996-07-03", "article 133"),
    "registered": REGISTERED,
    "religious-community": COMMUNITIES,
    "former-public-staff-in-africa": cite("royal-decree-1996-07-03", "article 135"),
}
INCOME_CLASSES = {
    "subsistence": "subsistence",
    "increased-reimbursement": "increased_reimbursement",
    "reduced": "reduced",
}
"""The income classes that have a limit, the lowest one first, with their fields in the case."""


@dataclass(slots=True)
class _ContributionDraft:
    """The state of one decision while it is made."""

    case: Contribution
    parameters: ParameterSet
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)


def decide(case: Contribution, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 (amounts go by the days they are for)
    """The contribution of every month or quarter of the case.

    Raises ParameterUnknownError for a month or quarter without a published amount.
    """
    draft = _ContributionDraft(case, parameters)
    draft.findings.append(Finding("group", "met", {"group": case.group}, ARTICLE_OF[case.group]))
    if case.group == "continued-insurance":
        _months(draft)
    else:
        _quarters(draft)
    if draft.amounts:
        total = sum((amount.amount for amount in draft.amounts), ZERO)
        return Ruling("granted", draft.findings, draft.amounts, missing=draft.missing, total=total)
    refused = any(finding.outcome == "not-met" for finding in draft.findings)
    return Ruling("refused" if refused else "pending", draft.findings, missing=draft.missing)


def _age(draft: _ContributionDraft, day: date) -> int | None:
    """The age on the first day of a month or quarter.

    If the day of birth is unknown, the result is None and the day is requested.
    """
    if draft.case.born_on is not None:
        return age_on(day, draft.case.born_on)
    if not draft.missing:
        draft.findings.append(Finding("age", "unknown", {}, ARTICLE_OF[draft.case.group]))
        draft.missing.append(Missing("age", "/born_on", Phrase("day-of-birth"), Phrase("nothing")))
    return None


# Continued insurance, by month.


def _months(draft: _ContributionDraft) -> None:
    """A full calendar month has its own amount; otherwise each working day is paid.

    Working days never cost more than the full month. The age on the first day counts.
    """
    for asked in sorted(draft.case.months, key=lambda asked: asked.month):
        period, days = asked.period, asked.working_days
        age = _age(draft, period.first)
        band = None if age is None else _band(draft, period.first, age)
        if band is None:
            continue
        facts: dict[str, FactValue] = {"month": asked.month, "age": age}
        if days is None:
            amount = draft.parameters.decimal("continued-insurance", period.first, age=band, per="full-month")
            rule = "full-month"
        else:
            amount, rule = _of_working_days(draft, period.first, band, days, facts), "working-days"
        facts["amount"] = euro(amount)
        draft.findings.append(Finding(rule, "met", facts, CONTINUED))
        draft.amounts.append(Amount("contribution", amount, "month", period.first, period.last))


def _of_working_days(
    draft: _ContributionDraft, day: date, band: str, days: int, facts: dict[str, FactValue]
) -> Decimal:
    """EUR of that many working days of the month that begins on `day`."""
    find = draft.parameters.decimal
    rate = find("continued-insurance", day, age=band, per="working-day")
    facts |= {"days": days, "rate": euro(rate)}
    if days <= draft.parameters.integer("days-of-a-full-month", day):
        return rate * days
    limit = find("continued-insurance", day, age=band, per="full-month")
    facts["limit"] = euro(limit)
    return min(rate * days, limit)


def _band(draft: _ContributionDraft, day: date, age: int) -> str | None:
    """The age band, named after its lowest age, or None below the lowest band."""
    lowest = {row.key[0][1]: int(str(row.value)) for row in draft.parameters.rows("age-band", day)}
    if not lowest:
        raise ParameterUnknownError("age-band", day.isoformat())
    if reached := [band for band, first in lowest.items() if age >= first]:
        return max(reached, key=lambda band: lowest[band])
    youngest, on = min(lowest.values()), day.isoformat()
    facts: dict[str, FactValue] = {"age": age, "lowest": youngest, "on": on}
    draft.findings.append(Finding("age", "not-met", facts, CONTINUED))
    needed, seen = Phrase("age-on", {"age": youngest, "on": on}), Phrase("age", {"age": age})
    draft.missing.append(Missing("age", "/born_on", needed, seen))
    return None


# Everything else, by quarter.


def _quarters(draft: _ContributionDraft) -> None:
    for quarter in sorted(draft.case.quarters):
        first = date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)
        amount = _of_quarter(draft, first)
        if amount is None:
            continue
        facts: dict[str, FactValue] = {"quarter": quarter, "amount": euro(amount)}
        outcome: Met = "met" if amount else "not-needed"
        draft.findings.append(Finding("quarter", outcome, facts, ARTICLE_OF[draft.case.group]))
        draft.amounts.append(Amount("contribution", amount, "quarter", first, end_of_months(first, 3)))


def _of_quarter(draft: _ContributionDraft, first: date) -> Decimal | None:
    """EUR of the quarter that begins on `first`, or None if a fact is unknown."""
    group = draft.case.group
    if group == "registered":
        income_class = _income_class(draft, first)
        return None if income_class is None else draft.parameters.decimal("registered", first, income=income_class)
    if group == "religious-community":
        age = _age(draft, first)
        if age is None:
            return None
        older = draft.parameters.integer("older-from", first)
        band = "older" if age >= older else "younger"
        facts: dict[str, FactValue] = {"age": age, "older": older, "on": first.isoformat()}
        draft.findings.append(Finding(f"{band}-member", "met", facts, COMMUNITIES))
        return draft.parameters.decimal("religious-community", first, age=band)
    return draft.parameters.decimal(group, first)


def _income_class(draft: _ContributionDraft, day: date) -> str | None:
    """The lowest class whose limit exceeds the yearly income.

    A benefit of article 37, § 19 replaces the income. A limit that is not known is no obstacle if
    the income reaches a higher one.
    """
    case = draft.case
    for name, told in INCOME_CLASSES.items():
        place = f"/limits/{told}"
        refuse_published(draft.parameters, getattr(case.limits, told), place, "income-limit", day, income=name)
    _refuse_disorder(draft, day)
    if case.benefit_37_19:
        _once(draft, Finding("benefit-37-19", "not-needed", {}, REGISTERED))
        return "benefit-37-19"
    if case.yearly_income is None:
        _once(draft, Finding("income", "unknown", {}, REGISTERED))
        if not draft.missing:
            draft.missing.append(Missing("income", "/yearly_income", Phrase("yearly-income"), Phrase("nothing")))
        return None
    income, names = case.yearly_income, list(INCOME_CLASSES)
    for number, name in enumerate(names):
        limit = _limit(draft, name, day)
        if limit is None:
            above = [_limit(draft, higher, day) for higher in names[number + 1 :]]
            if any(higher is not None and income >= higher for higher in above):
                continue
            raise ParameterUnknownError(f"income-limit (income {name})", day.isoformat())
        facts: dict[str, FactValue] = {
            "income": euro(income),
            "limit": euro(limit),
            "income_class": name,
            "supplied": draft.parameters.published("income-limit", day, income=name) is None,
        }
        _once(draft, Finding("income", "met" if income < limit else "not-needed", facts, REGISTERED))
        if income < limit:
            return name
    return "normal"


def _refuse_disorder(draft: _ContributionDraft, day: date) -> None:
    """Raises InvalidError if a limit of that day is lower than the one before it."""
    known: list[tuple[Decimal, str | None]] = []
    for name, told in INCOME_CLASSES.items():
        published = draft.parameters.published("income-limit", day, income=name)
        beside = (
            (Decimal(str(row.value)), path)
            for path, row in supplied_on(draft.parameters, day, "income-limit")
            if row.key == (("income", name),)
        )
        given: Decimal | None = getattr(draft.case.limits, told)
        if published is not None:
            known.append((Decimal(str(published.value)), None))
        elif found := next(beside, None):
            known.append(found)
        elif given is not None:
            known.append((given, f"/case/limits/{told}"))
    for (lower, before), (higher, path) in pairwise(known):
        if lower > higher and (place := path or before):
            raise InvalidError("A supplied limit is invalid.", faults=(Fault(place, "limits-out-of-order"),))


def _limit(draft: _ContributionDraft, name: str, day: date) -> Decimal | None:
    """The published limit of a class, or the supplied one if none is published."""
    place = INCOME_CLASSES[name]
    given: Decimal | None = getattr(draft.case.limits, place)
    return unless_published(draft.parameters, given, f"/limits/{place}", "income-limit", day, income=name)


def _once(draft: _ContributionDraft, finding: Finding) -> None:
    """Add a finding that is the same for every quarter only once."""
    if finding not in draft.findings:
        draft.findings.append(finding)
