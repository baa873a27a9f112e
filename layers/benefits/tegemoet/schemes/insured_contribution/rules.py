"""Personal contributions to the health insurance, from the table of circular V.I. 2020/260.

Amounts are in EUR and never recomputed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import end_of_months
from tegemoet.domain.decision import Amount, FactValue, Finding, Missing, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ParameterUnknown
from tegemoet.schemes.insured_contribution.case import Contribution
from tegemoet.schemes.legislation.register import cite

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


@dataclass(slots=True)
class _Session:
    """The state of one decision while it is made."""

    case: Contribution
    parameters: ParameterSet
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)


def decide(case: Contribution, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 (amounts go by the days they are for)
    """The contribution of every month or quarter of the case.

    Raises ParameterUnknown for a month or quarter without a published amount.
    """
    session = _Session(case, parameters)
    session.findings.append(Finding("group", "met", {"group": case.group}, ARTICLE_OF[case.group]))
    if case.group == "continued-insurance":
        _months(session)
    else:
        _quarters(session)
    if session.amounts:
        total = sum((amount.amount for amount in session.amounts), ZERO)
        return Ruling("granted", session.findings, session.amounts, missing=session.missing, total=total)
    refused = any(finding.outcome == "not-met" for finding in session.findings)
    return Ruling("refused" if refused else "pending", session.findings, missing=session.missing)


def age_on(day: date, born_on: date) -> int:
    """Completed years on `day`.

    A person born on 29 February completes a year on 1 March if the year has no such day.
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _age(session: _Session, day: date) -> int | None:
    """The age on the first day of a month or quarter.

    If the day of birth is unknown, the result is None and the day is requested.
    """
    if session.case.born_on is not None:
        return age_on(day, session.case.born_on)
    if not session.missing:
        session.findings.append(Finding("age", "unknown", {}, ARTICLE_OF[session.case.group]))
        session.missing.append(Missing("age", "/born_on", "the day of birth", "none"))
    return None


# Continued insurance, by month.


def _months(session: _Session) -> None:
    """A full calendar month has its own amount; otherwise each working day is paid.

    The age on the first day counts.
    """
    for asked in sorted(session.case.months, key=lambda asked: asked.month):
        age = _age(session, asked.first)
        band = None if age is None else _band(session, asked.first, age)
        if band is None:
            continue
        days = asked.working_days
        per = "full-month" if days is None else "working-day"
        rate = session.parameters.decimal("continued-insurance", asked.first, age=band, per=per)
        amount = rate * (days or 1)
        facts: dict[str, FactValue] = {"month": asked.month, "age": age, "rate": euro(rate), "amount": euro(amount)}
        if days is not None:
            facts["days"] = days
        session.findings.append(Finding("full-month" if days is None else "working-days", "met", facts, CONTINUED))
        session.amounts.append(Amount("contribution", amount, "month", asked.first, end_of_months(asked.first, 1)))


def _band(session: _Session, day: date, age: int) -> str | None:
    """The age band, named after its lowest age, or None below the lowest band."""
    lowest = {row.key[0][1]: int(str(row.value)) for row in session.parameters.rows("age-band", day)}
    if not lowest:
        raise ParameterUnknown("age-band", day.isoformat())
    if reached := [band for band, first in lowest.items() if age >= first]:
        return max(reached, key=lambda band: lowest[band])
    youngest = min(lowest.values())
    facts: dict[str, FactValue] = {"age": age, "lowest": youngest, "on": day.isoformat()}
    session.findings.append(Finding("age", "not-met", facts, CONTINUED))
    session.missing.append(Missing("age", "/born_on", f"{youngest} years on {day}", f"{age} years"))
    return None


# Everything else, by quarter.


def _quarters(session: _Session) -> None:
    for quarter in sorted(session.case.quarters):
        first = date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)
        amount = _of_quarter(session, first)
        if amount is None:
            continue
        facts: dict[str, FactValue] = {"quarter": quarter, "amount": euro(amount)}
        session.findings.append(Finding("quarter", "met", facts, ARTICLE_OF[session.case.group]))
        session.amounts.append(Amount("contribution", amount, "quarter", first, end_of_months(first, 3)))


def _of_quarter(session: _Session, first: date) -> Decimal | None:
    """EUR of the quarter that begins on `first`, or None if a fact is unknown."""
    group = session.case.group
    if group == "registered":
        income_class = _income_class(session, first)
        return None if income_class is None else session.parameters.decimal("registered", first, income=income_class)
    if group == "religious-community":
        age = _age(session, first)
        if age is None:
            return None
        older = session.parameters.integer("older-from", first)
        band = "older" if age >= older else "younger"
        facts: dict[str, FactValue] = {"age": age, "older": older, "on": first.isoformat()}
        session.findings.append(Finding(f"{band}-member", "met", facts, COMMUNITIES))
        return session.parameters.decimal("religious-community", first, age=band)
    return session.parameters.decimal(group, first)


def _income_class(session: _Session, day: date) -> str | None:
    """The lowest class whose limit exceeds the yearly income.

    A benefit of article 37, § 19 replaces the income.
    """
    case = session.case
    if case.benefit_37_19:
        _once(session, Finding("benefit-37-19", "not-needed", {}, REGISTERED))
        return "benefit-37-19"
    if case.yearly_income is None:
        _once(session, Finding("income", "unknown", {}, REGISTERED))
        if not session.missing:
            session.missing.append(Missing("income", "/yearly_income", "the yearly income in EUR", "none"))
        return None
    income = euro(case.yearly_income)
    for name, limit in (
        ("subsistence", case.limits.subsistence),
        ("increased-reimbursement", case.limits.increased_reimbursement),
        ("reduced", case.limits.reduced),
    ):
        if limit is None:
            raise ParameterUnknown(f"income-limit (income {name})", day.isoformat())
        facts: dict[str, FactValue] = {"income": income, "limit": euro(limit), "income_class": name}
        if case.yearly_income < limit:
            _once(session, Finding("income", "met", facts, REGISTERED))
            return name
        _once(session, Finding("income", "not-needed", facts, REGISTERED))
    return "normal"


def _once(session: _Session, finding: Finding) -> None:
    """Add a finding that is the same for every quarter only once."""
    if finding not in session.findings:
        session.findings.append(finding)
