"""The company supplement of horticulture, article by article.

Source: collective labour agreement of 2021. Amounts are in EUR per month.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import LAST_DAY, ONE_DAY, Period, first_gap
from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.company_supplement.case import CompanyUnemployment, months_before
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.supplied import refuse_published, supplied_on, unless_published

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
class _CompanyDraft:
    """The state of one decision while it is made."""

    case: CompanyUnemployment
    parameters: ParameterSet
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def ask(self, finding: Finding, *needed: tuple[str, Phrase]) -> None:
        """Request what only the applicant can supply, each with its path in the case.

        The finding is unknown and the decision pending.
        """
        self.findings.append(finding)
        self.missing += [Missing(finding.rule, path, phrase, Phrase("nothing")) for path, phrase in needed]


def decide(case: CompanyUnemployment, on: date, parameters: ParameterSet) -> Ruling:
    """The monthly supplement from the first day of unemployment.

    Raises ParameterUnknownError if the ceiling decides and none is known for that day.
    """
    draft = _CompanyDraft(case, parameters)
    refuse_published(parameters, case.gross_ceiling, "/gross_ceiling", "gross-ceiling", case.starts_on)
    _refuse_ceilings(case, parameters)
    day = _validity(draft)
    _two_years_in_sector(draft, day, on)
    gross, benefit = _reference_wage(draft), _unemployment_benefit(draft)
    deducted = _deductions(draft)
    _replacement(draft)
    if any(f.outcome == "not-met" and f.rule in ("validity", "sector") for f in draft.findings):
        return Ruling("refused", draft.findings, missing=draft.missing)
    if gross is None or benefit is None or deducted is None or case.starts_on > on:
        return Ruling("pending", draft.findings, missing=draft.missing)
    amount = _supplement(draft, _net(draft, gross, *deducted, benefit), benefit)
    if not amount:
        return Ruling("refused", draft.findings, missing=draft.missing, total=amount)
    amounts = [Amount("supplement", amount, "month", case.starts_on)]
    draft.findings.append(Finding("paid-by-fund", "met", {"from": case.starts_on.isoformat()}, FUND))
    return Ruling("granted", draft.findings, amounts, missing=draft.missing, total=amount)


def _refuse_ceilings(case: CompanyUnemployment, parameters: ParameterSet) -> None:
    """Raises InvalidError for two ceilings of one day, or one below the last that was printed."""
    given = [(path, Decimal(str(row.value))) for path, row in supplied_on(parameters, case.starts_on, "gross-ceiling")]
    faults = []
    if case.gross_ceiling is not None:
        if given:
            faults.append(Fault("/case/gross_ceiling", "figure-is-published"))
        given.append(("/case/gross_ceiling", case.gross_ceiling))
    bound = parameters.published("gross-ceiling-at-least", case.starts_on)
    if bound is not None and not faults:
        least = Decimal(str(bound.value))
        faults += [Fault(path, "below-last-known-ceiling") for path, ceiling in given if ceiling < least]
    if faults:
        raise InvalidError("A ceiling that is supplied is not possible.", faults=tuple(faults))


def _validity(draft: _CompanyDraft) -> date:
    """Unemployment begins while the agreement is in force.

    Returns a day on which it is: the first day of unemployment, or the nearest one.
    """
    (agreement,) = (p for p in draft.parameters.parameters if p.name == "in-force")
    starts, first, last = draft.case.starts_on, agreement.first, agreement.last
    facts: dict[str, FactValue] = {"starts": starts.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
    draft.findings.append(Finding("validity", "met" if first <= starts <= last else "not-met", facts, VALIDITY))
    return min(max(starts, first), last)


def _two_years_in_sector(draft: _CompanyDraft, day: date, on: date) -> None:
    """Two years without a gap under contract in the sector, up to the eve of unemployment.

    A gap is a fact up to the day `on` of the decision; so is unemployment itself. `day` is a day
    on which the agreement is in force.
    """
    case, committee = draft.case, str(draft.parameters.find("joint-committee", day).value)
    years = draft.parameters.integer("years-in-sector", day)
    needed = Period(years_before(case.starts_on, years), case.starts_on - ONE_DAY)
    in_sector = [
        (e.first, e.last or LAST_DAY)
        for e in case.employments
        if e.joint_committee == committee or e.joint_committee.startswith(committee + ".")
    ]
    gap = first_gap(needed.first, needed.last, in_sector)
    facts: dict[str, FactValue] = {
        "committee": committee,
        "from": needed.first.isoformat(),
        "until": needed.last.isoformat(),
    }
    if case.starts_on > on and (gap is None or gap > on):
        starts = case.starts_on.isoformat()
        draft.findings.append(Finding("unemployment-to-come", "unknown", {"starts": starts}, SECTOR))
        after, today = Phrase("on-or-after", {"day": starts}), Phrase("day", {"day": on.isoformat()})
        draft.missing.append(Missing("unemployment-to-come", "on", after, today))
    elif gap is None:
        draft.findings.append(Finding("sector", "met", facts, SECTOR))
    else:
        without: dict[str, FactValue] = {"first_gap": gap.isoformat()}
        draft.findings.append(Finding("sector", "not-met", facts | without, SECTOR))
        span, seen = Phrase("contract-in-sector", facts), Phrase("no-contract", without)
        draft.missing.append(Missing("sector", "/employments", span, seen))


def years_before(day: date, years: int) -> date:
    """The same day that many years earlier; 1 March if there is no 29 February."""
    if (day.month, day.day) == (2, 29) and (day.year - years) % 4:
        return date(day.year - years, 3, 1)
    return day.replace(year=day.year - years)


def _reference_wage(draft: _CompanyDraft) -> Decimal | None:
    """The average gross wage of the twelve months before, not that of one month.

    Hours count as if they had not been reduced.
    """
    case = draft.case
    months = months_before(case.starts_on)
    given = {wage.month: wage.unreduced if case.reduced_hours else wage.gross for wage in case.wages}
    lacking = [month for month in months if given.get(month) is None]
    if case.reduced_hours:
        facts: dict[str, FactValue] = {"reduced_hours": case.reduced_hours}
        draft.findings.append(Finding("unreduced", "met", facts, UNREDUCED))
    if lacking:
        what = Phrase("unreduced-wages" if case.reduced_hours else "wages", {"months": list(lacking)})
        draft.ask(Finding("reference-wage", "unknown", {"months": list(lacking)}, AVERAGE), ("/wages", what))
        return None
    wages = [wage for wage in given.values() if wage is not None]
    average = round_half_up(sum(wages, ZERO) / len(wages), FOUR_DECIMALS)
    written: dict[str, FactValue] = {"first": months[0], "last": months[-1], "average": f"{average:.4f}"}
    draft.findings.append(Finding("reference-wage", "met", written, AVERAGE))
    return average


def _unemployment_benefit(draft: _CompanyDraft) -> Decimal | None:
    """The benefit of a month.

    After reduced hours, it is the benefit for the hours before the reduction.
    """
    case = draft.case
    reduced = case.reduced_hours is not None
    benefit = case.unreduced_unemployment_benefit if reduced else case.unemployment_benefit
    if benefit is None:
        name = "unreduced_unemployment_benefit" if reduced else "unemployment_benefit"
        source = UNREDUCED if reduced else SUPPLEMENT
        finding = Finding("unemployment-benefit", "unknown", {}, source)
        draft.ask(finding, (f"/{name}", Phrase("unreduced-benefit" if reduced else "benefit")))
    return benefit


def _deductions(draft: _CompanyDraft) -> tuple[Decimal, Decimal] | None:
    """Social security of the employee and withholding tax on the reference wage of a month."""
    security, tax = draft.case.social_security, draft.case.withholding_tax
    if security is not None and tax is not None:
        return security, tax
    asked = [("/social_security", Phrase("social-security"))] if security is None else []
    asked += [("/withholding_tax", Phrase("withholding-tax"))] if tax is None else []
    draft.ask(Finding("net-wage", "unknown", {}, NET), *asked)
    return None


def _net(draft: _CompanyDraft, gross: Decimal, security: Decimal, tax: Decimal, benefit: Decimal) -> Decimal:
    """Gross wage up to the ceiling of CLA 17, less social security and withholding tax.

    The ceiling is not looked up if the net wage does not exceed the benefit without it.
    """
    counted = _up_to_the_ceiling(draft, gross) if gross - security - tax > benefit else gross
    net = max(counted - security - tax, ZERO)
    written: dict[str, FactValue] = {
        "gross": f"{counted:.4f}",
        "social_security": euro(security),
        "withholding_tax": euro(tax),
        "net": f"{net:.4f}",
    }
    draft.findings.append(Finding("net-wage", "met", written, NET))
    return net


def _up_to_the_ceiling(draft: _CompanyDraft, gross: Decimal) -> Decimal:
    """Where none is published, the last one before is a lower bound: ceilings only rise."""
    starts, facts = draft.case.starts_on, {"average": f"{gross:.4f}"}
    ceiling = unless_published(draft.parameters, draft.case.gross_ceiling, "/gross_ceiling", "gross-ceiling", starts)
    if ceiling is None:
        bound = draft.parameters.seek("gross-ceiling-at-least", starts)
        if bound is None or gross > Decimal(str(bound.value)):
            raise ParameterUnknownError("gross-ceiling", starts.isoformat())
        facts["at_least"] = euro(Decimal(str(bound.value)))
        draft.findings.append(Finding("gross-ceiling", "not-needed", {**facts}, NET))
        return gross
    published = draft.parameters.published("gross-ceiling", starts) is not None
    outcome: Met = "met" if gross > ceiling else "not-needed"
    draft.findings.append(
        Finding("gross-ceiling", outcome, {**facts, "ceiling": euro(ceiling), "supplied": not published}, NET)
    )
    return min(gross, ceiling)


def _supplement(draft: _CompanyDraft, net: Decimal, benefit: Decimal) -> Decimal:
    """75 % of the net reference wage less the unemployment benefit.

    It is never negative, and rounded half-up to the cent once.
    """
    share = draft.parameters.decimal("share-of-difference", draft.case.starts_on)
    amount = round_half_up(max(share * (net - benefit), ZERO))
    facts: dict[str, FactValue] = {
        "percentage": f"{(share * 100).normalize():f}",
        "net": f"{net:.4f}",
        "benefit": euro(benefit),
        "amount": euro(amount),
    }
    draft.findings.append(Finding("supplement", "met" if amount else "not-met", facts, SUPPLEMENT))
    return amount


def _replacement(draft: _CompanyDraft) -> None:
    """The employer must replace the worker.

    If not, the sanction is the employer's and the supplement is unchanged.
    """
    replaced = draft.case.replaced
    outcome: Met = "unknown" if replaced is None else "met" if replaced else "not-met"
    draft.findings.append(Finding("replacement", outcome, {}, REPLACEMENT))
