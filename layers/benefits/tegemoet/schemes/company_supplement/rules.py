"""The company supplement of horticulture, article by article.

Source: collective labour agreement of 2021. Amounts are in EUR per month.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import LAST_DAY, ONE_DAY, Period, first_gap
from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Ruling
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.company_supplement.case import CompanyUnemployment, months_before
from tegemoet.schemes.legislation.register import cite

SUPPLEMENT = cite("cla-horticulture-2021", "article 5")
FUND = cite("cla-horticulture-2021", "article 6")
SECTOR = cite("cla-horticulture-2021", "article 7")
AVERAGE = cite("cla-horticulture-2021", "article 8")
UNREDUCED = cite("cla-horticulture-2021", "article 10")
REPLACEMENT = cite("cla-horticulture-2021", "article 11")
VALIDITY = cite("cla-horticulture-2021", "article 12")
NET = cite("cla-17", "net reference wage")

FOUR_DECIMALS = Decimal("0.0001")


@dataclass(slots=True)
class _Session:
    """The state of one decision while it is made."""

    case: CompanyUnemployment
    parameters: ParameterSet
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def ask(self, finding: Finding, path: str, needed: str) -> None:
        """Request what only the applicant can supply.

        The finding is unknown and the decision pending.
        """
        self.findings.append(finding)
        self.missing.append(Missing(finding.rule, path, needed, "none"))


def decide(case: CompanyUnemployment, on: date, parameters: ParameterSet) -> Ruling:
    """The monthly supplement from the first day of unemployment.

    Raises ParameterUnknown if no ceiling is known for that day.
    """
    session = _Session(case, parameters)
    _validity(session, on)
    _two_years_in_sector(session, on)
    gross, benefit = _reference_wage(session), _unemployment_benefit(session)
    deducted = _deductions(session)
    _replacement(session)
    if any(f.outcome == "not-met" and f.rule in ("validity", "sector") for f in session.findings):
        return Ruling("refused", session.findings, missing=session.missing)
    if gross is None or benefit is None or deducted is None:
        return Ruling("pending", session.findings, missing=session.missing)
    amount = _supplement(session, _net(session, gross, *deducted), benefit)
    amounts = [Amount("supplement", amount, "month", case.starts_on)]
    if not amount:
        return Ruling("refused", session.findings, amounts, missing=session.missing, total=amount)
    session.findings.append(Finding("paid-by-fund", "met", {"from": case.starts_on.isoformat()}, FUND))
    return Ruling("granted", session.findings, amounts, missing=session.missing, total=amount)


def _validity(session: _Session, on: date) -> None:
    """Unemployment begins while the agreement is in force."""
    first, last = (session.parameters.day("in-force", on, limit=limit) for limit in ("first", "last"))
    starts = session.case.starts_on
    facts: dict[str, FactValue] = {"starts": starts.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
    session.findings.append(Finding("validity", "met" if first <= starts <= last else "not-met", facts, VALIDITY))


def _two_years_in_sector(session: _Session, on: date) -> None:
    """Two years without a gap under contract in the sector, up to the eve of unemployment."""
    case, committee = session.case, str(session.parameters.find("joint-committee", on).value)
    years = session.parameters.integer("years-in-sector", on)
    needed = Period(years_before(case.starts_on, years), case.starts_on - ONE_DAY)
    in_sector = (
        (e.first, e.last or LAST_DAY)
        for e in case.employments
        if e.joint_committee == committee or e.joint_committee.startswith(committee + ".")
    )
    gap = first_gap(needed.first, needed.last, in_sector)
    facts: dict[str, FactValue] = {
        "committee": committee,
        "from": needed.first.isoformat(),
        "until": needed.last.isoformat(),
        "first_gap": gap.isoformat() if gap else None,
    }
    session.findings.append(Finding("sector", "not-met" if gap else "met", facts, SECTOR))
    if gap:
        span = f"a contract in joint committee {committee} from {needed.first} to {needed.last}"
        session.missing.append(Missing("sector", "/employments", span, f"none on {gap}"))


def years_before(day: date, years: int) -> date:
    """The same day that many years earlier; 1 March if there is no 29 February."""
    if (day.month, day.day) == (2, 29) and (day.year - years) % 4:
        return date(day.year - years, 3, 1)
    return day.replace(year=day.year - years)


def _reference_wage(session: _Session) -> Decimal | None:
    """The average gross wage of the twelve months before, not that of one month.

    Hours count as if they had not been reduced.
    """
    case = session.case
    months = months_before(case.starts_on)
    given = {wage.month: wage.unreduced if case.reduced_hours else wage.gross for wage in case.wages}
    lacking = [month for month in months if given.get(month) is None]
    if case.reduced_hours:
        facts: dict[str, FactValue] = {"reduced_hours": case.reduced_hours}
        session.findings.append(Finding("unreduced", "met", facts, UNREDUCED))
    if lacking:
        what = "the wage without the reduction of hours" if case.reduced_hours else "the gross wage"
        finding = Finding("reference-wage", "unknown", {"months": list(lacking)}, AVERAGE)
        session.ask(finding, "/wages", f"{what} of {', '.join(lacking)}")
        return None
    wages = [wage for wage in given.values() if wage is not None]
    average = round_half_up(sum(wages, ZERO) / len(wages), FOUR_DECIMALS)
    written: dict[str, FactValue] = {"first": months[0], "last": months[-1], "average": f"{average:.4f}"}
    session.findings.append(Finding("reference-wage", "met", written, AVERAGE))
    return average


def _unemployment_benefit(session: _Session) -> Decimal | None:
    """The benefit of a month.

    After reduced hours, it is the benefit for the hours before the reduction.
    """
    case = session.case
    reduced = case.reduced_hours is not None
    benefit = case.unreduced_unemployment_benefit if reduced else case.unemployment_benefit
    if benefit is None:
        name = "unreduced_unemployment_benefit" if reduced else "unemployment_benefit"
        source = UNREDUCED if reduced else SUPPLEMENT
        finding = Finding("unemployment-benefit", "unknown", {}, source)
        session.ask(finding, f"/{name}", "the unemployment benefit in EUR per month")
    return benefit


def _deductions(session: _Session) -> tuple[Decimal, Decimal] | None:
    """Social security of the employee and withholding tax on the reference wage of a month."""
    security, tax = session.case.social_security, session.case.withholding_tax
    if security is not None and tax is not None:
        return security, tax
    name = "social_security" if security is None else "withholding_tax"
    session.ask(Finding("net-wage", "unknown", {}, NET), f"/{name}", "what comes off the reference wage in a month")
    return None


def _net(session: _Session, gross: Decimal, security: Decimal, tax: Decimal) -> Decimal:
    """Gross wage up to the ceiling of CLA 17, less social security and withholding tax."""
    supplied = session.case.gross_ceiling
    ceiling = session.parameters.decimal("gross-ceiling", session.case.starts_on) if supplied is None else supplied
    outcome: Met = "met" if gross > ceiling else "not-needed"
    facts: dict[str, FactValue] = {
        "average": f"{gross:.4f}",
        "ceiling": euro(ceiling),
        "supplied": supplied is not None,
    }
    session.findings.append(Finding("gross-ceiling", outcome, facts, NET))
    net = min(gross, ceiling) - security - tax
    written: dict[str, FactValue] = {
        "gross": f"{min(gross, ceiling):.4f}",
        "social_security": euro(security),
        "withholding_tax": euro(tax),
        "net": f"{net:.4f}",
    }
    session.findings.append(Finding("net-wage", "met", written, NET))
    return net


def _supplement(session: _Session, net: Decimal, benefit: Decimal) -> Decimal:
    """75 % of the net reference wage less the unemployment benefit.

    It is never negative, and rounded half-up to the cent once.
    """
    share = session.parameters.decimal("share-of-difference", session.case.starts_on)
    amount = round_half_up(max(share * (net - benefit), ZERO))
    facts: dict[str, FactValue] = {
        "percentage": f"{share * 100:.2f}",
        "net": f"{net:.4f}",
        "benefit": euro(benefit),
        "amount": euro(amount),
    }
    session.findings.append(Finding("supplement", "met" if amount else "not-met", facts, SUPPLEMENT))
    return amount


def _replacement(session: _Session) -> None:
    """The employer must replace the worker.

    If not, the sanction is the employer's and the supplement is unchanged.
    """
    replaced = session.case.replaced
    outcome: Met = "unknown" if replaced is None else "met" if replaced else "not-met"
    session.findings.append(Finding("replacement", outcome, {}, REPLACEMENT))
