"""The temporary supplement to an employee's benefit for primary incapacity, article by article.

Source: law of 24 June 2020. `assess` decides every day for which the benefit is due, and `decide`
returns the ruling on them. Amounts are in EUR per day of a six-day week (Monday to Saturday). Every
rule is pure: the same case returns the same ruling.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import LAST_DAY, ONE_DAY, Period, end_of_months, join_equal, stretches
from tegemoet.domain.decision import Amount, DecidedPeriod, FactValue, Finding, Missing, Outcome, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import Parameter, ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
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
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.incapacity_supplement.case import BenefitDays, Incapacity
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.supplied import THE_CASE

QUALITY = cite("law-2020-06-24", "article 3, § 1")
DAYS = cite("law-2020-06-24", "article 3, § 2: each day for which the benefit is effectively due")
EMPLOYER = cite("law-2020-06-24", "article 3, § 2: supplement or advance of CLA 12bis or 13bis")
AMOUNT = cite("law-2020-06-24", "article 4, § 1, first paragraph")
HIGHEST = cite("law-2020-06-24", "article 4, § 1, second paragraph")
MINIMUM = cite("law-2020-06-24", "article 4, § 2")
GUARANTEE = cite("law-2020-06-24", "article 5")
WAGE = cite("law-2020-06-24", "article 5/1")
START = cite("law-2020-06-24", "article 8")
PRIMARY = cite("law-1994-07-14", "article 87")
TAX = cite("incapacity-supplement-page", "précompte professionnel")
PAYMENT = cite("bulletin-2020-3", "Part 1, law of 24 June 2020: payment of the days before")

GIVEN = Source(THE_CASE, "minimum", "")
NOTHING = Phrase("nothing")
COVERED = ("employee", "part-time-keeping-rights", "voluntary-part-time")


@dataclass(frozen=True, slots=True)
class Daily:
    """The benefit and the supplement of one day in EUR, whole cents.

    `due`: the supplement is due that day. `known`: nothing is unknown without which the amounts
    cannot be decided.
    """

    benefit: Decimal
    supplement: Decimal
    due: bool
    steps: tuple[DayFinding, ...]
    known: bool = True


@dataclass(slots=True)
class EmployeeAssessment:
    """The findings and the assessed days.

    `days` are in order, without those before the measure and those to come. There are none if the
    wage is unknown.
    """

    outcome: Outcome
    findings: list[Finding]
    missing: list[Missing]
    days: list[tuple[Period, Daily]]

    @property
    def supplement(self) -> list[tuple[Period, Decimal]]:
        """The days for which the supplement is due, with its EUR per day."""
        return [(period, daily.supplement) for period, daily in self.days if daily.due]


def decide(case: Incapacity, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling on the days of the case, on the day `on`.

    Raises ParameterUnknownError for a day without a published value, InvalidError if the incapacity
    begins after `on` or a published minimum is given.
    """
    refuse_future(case.incapacity_from, on, "/incapacity_from")
    refuse_published_minimum(case, "/case", on, parameters)
    found = assess(case, on, parameters)
    due = found.supplement
    if not due:
        return Ruling(found.outcome, found.findings, missing=found.missing)
    amounts = [Amount("supplement", amount, "day", period.first, period.last) for period, amount in due]
    amounts += pay(found, on, parameters)
    spans = [DecidedPeriod("supplement", period.first, period.last, period.six_day_week_days) for period, _ in due]
    return Ruling("granted", found.findings, amounts, spans, found.missing, total_of(due))


def pay(found: EmployeeAssessment, on: date, parameters: ParameterSet) -> list[Amount]:
    """The payment of the supplement that is due, with its tax.

    Adds tax and latest day to the findings.
    """
    total, rate = total_of(found.supplement), parameters.decimal("withholding-tax", on)
    first, latest = found.supplement[0][0].first, parameters.day("payment-deadline", on)
    found.findings.append(withholding("withholding-tax", total, rate, TAX))
    found.findings.append(deadline("payment-deadline", first, latest, on, PAYMENT))
    return payment(total, total, rate)


def assess(case: Incapacity, on: date, parameters: ParameterSet) -> EmployeeAssessment:
    """Decide the person, then every day of benefit from the first day of the measure to `on`.

    The day `on` is included.
    """
    first = parameters.day("incapacity-from", on)
    findings = [_quality(case), _incapacity_start(case, first)]
    missing: list[Missing] = []
    entitled = all(finding.outcome == "met" for finding in findings)
    if case.lost_wage is None:
        findings.append(Finding("lost-wage", "unknown", {}, QUALITY))
        missing.append(Missing("lost-wage", "/lost_wage", Phrase("lost-wage"), NOTHING))
        return EmployeeAssessment("pending" if entitled else "refused", findings, missing, [])
    parts = _parts(case, case.lost_wage, first, on, entitled, parameters)
    to_come = [part.period for part in parts if part.period.first > on and (part.is_met or part.waits)]
    if entitled and to_come:
        last = to_come[-1].last.isoformat()
        findings.append(Finding("days-to-come", "unknown", {"on": on.isoformat(), "until": last}, DAYS))
        seen = Phrase("decided-on", {"day": on.isoformat()})
        missing.append(Missing("days-to-come", "/days", Phrase("decision-from", {"day": last}), seen))
    days = join_equal(
        (part.period, _daily(case, case.lost_wage, part, entitled, parameters))
        for part in parts
        if part.period.last <= on
    )
    findings += findings_of((period, daily.steps) for period, daily in days)
    missing += _missing_wage(findings)
    waiting = [part for part in parts if part.waits and part.period.last <= on]
    for index, asked in enumerate(case.days):
        if any(part.asked is asked for part in waiting):
            needed = Phrase("worker-and-household")
            missing.append(Missing("minimum-known", f"/days/{index}/household", needed, NOTHING))
    granted = any(daily.due for _, daily in days)
    waits = entitled and (to_come or waiting)
    return EmployeeAssessment("granted" if granted else "pending" if waits else "refused", findings, missing, days)


# The person.


def _quality(case: Incapacity) -> Finding:
    """Bound by a contract of employment or equated; the fully unemployed are not."""
    met = case.quality in COVERED
    return Finding("quality", "met" if met else "not-met", {"quality": case.quality}, QUALITY)


def _incapacity_start(case: Incapacity, first: date) -> Finding:
    """The incapacity begins on 1 March 2020 or later.

    A relapse belongs to the incapacity before it.
    """
    facts: dict[str, FactValue] = {"began": case.incapacity_from.isoformat(), "first": first.isoformat()}
    return Finding("incapacity-start", "met" if case.incapacity_from >= first else "not-met", facts, START)


# The days.


@dataclass(frozen=True, slots=True)
class _Part:
    """Days of benefit without a change, their statutory minimum, and the conditions to meet.

    `asked` are the days of the case to which they belong.
    """

    period: Period
    asked: BenefitDays
    minimum: Decimal | None
    hurdles: tuple[DayFinding, ...]

    @property
    def is_met(self) -> bool:
        return all(hurdle.outcome == "met" for hurdle in self.hurdles)

    @property
    def waits(self) -> bool:
        """Whether the only thing that is not met is unknown."""
        return not self.is_met and all(hurdle.outcome != "not-met" for hurdle in self.hurdles)


def _parts(
    case: Incapacity, wage: Decimal, first: date, on: date, entitled: bool, parameters: ParameterSet
) -> list[_Part]:
    """The days of benefit from the `first` day of the measure, in order.

    They are cut at every change and after the day `on`.
    """
    primary_until = end_of_months(case.incapacity_from, parameters.integer("primary-incapacity", first))
    minimum_from = _minimum_from(case, on, parameters)
    by_employer = [supplement.period for supplement in case.employer_supplement]
    borders = [Period(p.first, p.last) for p in parameters.parameters]
    borders += [*by_employer, Period(case.incapacity_from, primary_until), Period(minimum_from, LAST_DAY)]
    borders.append(Period(first, max(first, on)))
    found: list[_Part] = []
    for asked in sorted(case.days, key=lambda asked: asked.first):
        for part in stretches(asked.period, borders):
            if part.first < first:
                continue
            hurdles = [
                _primary_incapacity(part.first, primary_until),
                _employer_supplement(any(period.overlaps(part) for period in by_employer)),
            ]
            refused = not entitled or any(hurdle.outcome == "not-met" for hurdle in hurdles)
            if limit := _wage_limit(wage, part.first, refused, parameters):
                hurdles.insert(0, limit)
            minimum = None
            if not refused and limit and limit.outcome == "met":
                begun = part.first >= minimum_from
                hurdles += _minimum_known(asked, wage, part.first, parameters) if begun else []
                minimum = _minimum(asked, part.first, begun, parameters)
            found.append(_Part(part, asked, minimum, tuple(hurdles)))
    return found


# The statutory minimum.


def _minimum_from(case: Incapacity, on: date, parameters: ParameterSet) -> date:
    """The first day of the seventh month of the incapacity."""
    return end_of_months(case.incapacity_from, parameters.integer("months-before-minimum", on)) + ONE_DAY


def refuse_published_minimum(case: Incapacity, place: str, on: date, parameters: ParameterSet) -> None:
    """Raises InvalidError for a minimum that is given for days with a published one.

    `place` is the pointer to the case.
    """
    since = _minimum_from(case, on, parameters)
    published = [value for value in parameters.parameters if value.name == "minimum-benefit"]
    faults = tuple(
        Fault(f"{place}/days/{index}/minimum", "figure-is-published")
        for index, asked in enumerate(case.days)
        if asked.minimum is not None
        and asked.last >= since
        and any(value.lies_within(max(since, asked.first), asked.last) for value in published)
    )
    if faults:
        raise InvalidError("A minimum is given for days with a published one.", faults=faults)


def _minimum_known(asked: BenefitDays, wage: Decimal, day: date, parameters: ParameterSet) -> list[DayFinding]:
    """Whose minimum it is must be known where 60 % of the wage is below the highest one."""
    if asked.household is not None or asked.minimum is not None:
        return []
    rows = parameters.rows("minimum-benefit", day)
    if not rows:
        return []
    row = max(rows, key=lambda row: Decimal(str(row.value)))
    parameters.note(row)
    highest = Decimal(str(row.value))
    if _share(wage, day, parameters) >= highest:
        return []
    return [DayFinding("minimum-known", "unknown", {"highest": euro(highest)}, MINIMUM)]


def _minimum(asked: BenefitDays, day: date, begun: bool, parameters: ParameterSet) -> Decimal | None:
    """The minimum in EUR per day: the published one from the seventh month on, or the given one."""
    if asked.minimum is not None:
        given = Parameter(
            "minimum-benefit", (), asked.minimum, "EUR per day", asked.first, asked.last, GIVEN, "supplied"
        )
        parameters.note(given)
        return asked.minimum
    if not begun or asked.household is None:
        return None
    worker = "regular" if asked.regular_worker else "other"
    return parameters.decimal("minimum-benefit", day, worker=worker, household=asked.household)


# The conditions of a day.


def _wage_limit(wage: Decimal, day: date, refused: bool, parameters: ParameterSet) -> DayFinding | None:
    """The lost wage is lower than the limit of the day.

    A day that is refused in any case needs no limit.
    """
    try:
        limit = parameters.decimal("wage-limit", day)
    except ParameterUnknownError:
        if refused:
            return None
        raise
    facts: dict[str, FactValue] = {"wage": f"{wage:.4f}", "limit": f"{limit:.4f}"}
    return DayFinding("wage-limit", "met" if wage < limit else "not-met", facts, QUALITY)


def _missing_wage(findings: list[Finding]) -> list[Missing]:
    return [
        Missing(
            "wage-limit", "/lost_wage", _amount("below-amount", f.facts["limit"]), _amount("amount", f.facts["wage"])
        )
        for f in findings
        if f.rule == "wage-limit" and f.outcome == "not-met"
    ]


def _amount(phrase: str, amount: FactValue) -> Phrase:
    return Phrase(phrase, {"amount": amount})


def _primary_incapacity(day: date, last: date) -> DayFinding:
    """The first year of the incapacity. Invalidity follows."""
    return DayFinding("primary-incapacity", "met" if day <= last else "not-met", {"last": last.isoformat()}, PRIMARY)


def _employer_supplement(paid: bool) -> DayFinding:
    """Refused while the employer really pays the supplement or advance of CLA 12bis or 13bis."""
    return DayFinding("employer-supplement", "not-met" if paid else "met", {}, EMPLOYER)


# The amounts of a day.


def _share(wage: Decimal, day: date, parameters: ParameterSet) -> Decimal:
    """The benefit before any minimum: 60 % of the lost wage."""
    return round_half_up(wage * parameters.decimal("benefit-rate", day), FOUR_DECIMALS)


def _daily(case: Incapacity, wage: Decimal, part: _Part, entitled: bool, parameters: ParameterSet) -> Daily:
    """Benefit and supplement of a day.

    The total is rounded to the cent once. The supplement is what it adds to the benefit as paid.
    """
    day = part.period.first
    share = _share(wage, day, parameters)
    benefit = max(share, part.minimum or ZERO)
    if not (entitled and part.is_met):
        return Daily(round_half_up(benefit), ZERO, False, part.hurdles, not part.waits)
    steps: list[DayFinding] = []
    total = _total_of_article_4(wage, share, benefit, day, steps, parameters)
    if not case.partial_career_break:
        total = _guaranteed(total, day, steps, parameters)
    if parameters.flag("limited-to-wage", day) and total > wage:
        total = wage
        steps.append(DayFinding("limited-to-wage", "met", {"wage": f"{wage:.4f}"}, WAGE))
    total, benefit = round_half_up(max(total, benefit)), round_half_up(benefit)
    facts: dict[str, FactValue] = {"benefit": euro(benefit), "supplement": euro(total - benefit), "total": euro(total)}
    adds = total > benefit
    steps.append(DayFinding("amount-per-day", "met" if adds else "not-met", facts, DAYS))
    return Daily(benefit, total - benefit, adds, (*part.hurdles, *steps))


def _total_of_article_4(
    wage: Decimal, share: Decimal, benefit: Decimal, day: date, steps: list[DayFinding], parameters: ParameterSet
) -> Decimal:
    """Benefit and supplement together: 60 % + 10 % + the fixed part.

    Above a wage, it is the highest total. From 1 September 2020, a statutory minimum above 60 % is
    deducted from the supplement; before, the supplement is added to it.
    """
    rate, fixed = parameters.decimal("supplement-rate", day), parameters.decimal("fixed-part", day)
    supplement = round_half_up(wage * rate, FOUR_DECIMALS) + fixed
    above = parameters.decimal("highest-total-above", day)
    if wage > above:
        highest = parameters.decimal("highest-total", day)
        supplement = highest - share
        written: dict[str, FactValue] = {"above": f"{above:.4f}", "highest": euro(highest)}
        steps.append(DayFinding("highest-total", "met", written, HIGHEST))
    else:
        facts: dict[str, FactValue] = {
            "percentage": percentage(rate),
            "wage": f"{wage:.4f}",
            "fixed": euro(fixed),
            "supplement": f"{supplement:.4f}",
        }
        steps.append(DayFinding("supplement", "met", facts, AMOUNT))
    if benefit == share:
        return share + supplement
    deducted = parameters.flag("minimum-deducted", day)
    steps.append(
        DayFinding("minimum-benefit", "met" if deducted else "not-needed", {"minimum": euro(benefit)}, MINIMUM)
    )
    return (share if deducted else benefit) + supplement


def _guaranteed(total: Decimal, day: date, steps: list[DayFinding], parameters: ParameterSet) -> Decimal:
    """Benefit and supplement together reach the guaranteed total."""
    guaranteed = parameters.decimal("guaranteed-total", day)
    if total >= guaranteed:
        return total
    steps.append(DayFinding("guaranteed-total", "met", {"guaranteed": euro(guaranteed)}, GUARANTEE))
    return guaranteed
