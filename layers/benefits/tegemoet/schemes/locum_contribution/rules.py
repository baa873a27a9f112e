"""The part of the income that a locum general practitioner hands over, month by month.

Source: guideline of Domus Medica. Up to four weeks or a month, or in acute need: nothing. One to
six months: the agreed percentage. Beyond six months: a part of the income above that of the free
booklets. In a flat-rate practice the guideline sets an hourly fee instead. Amounts are in EUR per
calendar month.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import ONE_DAY, end_of_months
from tegemoet.domain.decision import Amount, DecidedPeriod, FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_contribution.case import Month, Replacement

TEMPORARY = cite("domus-medica-locum", "Financiële afspraken: de onkostenbijdrage van de vervangarts")
SHORT = cite("domus-medica-locum", "Korte vervanging tot 1 maand of vervanging bij acute nood")
FIXED = cite("domus-medica-locum", "Vervanging 1 tot 6 maanden: vaste onkostenbijdrage")
GUARANTEE = cite("domus-medica-locum", "Vervanging > 6 maanden: inkomstengarantie")
EXPENSE_NOTE = cite("domus-medica-locum", "Een onkostennota opstellen: hoe en aan wie richt ik deze?")
FLAT_RATE = cite("domus-medica-locum", "Bijdragen in wijkgezondheidscentra of forfaitaire praktijken")

Reckoned = tuple[Finding, Decimal | None, Missing | None]
"""The result of a month: the finding, EUR if it is known, and otherwise what is missing."""
Method = Callable[[Replacement, date, ParameterSet], Reckoned] | None
"""The method for a month. None: no contribution is due."""


def decide(case: Replacement, on: date, parameters: ParameterSet) -> Ruling:
    """The contribution (in a flat-rate practice: the fee) of each calendar month, in EUR.

    A month that has not ended on the day `on` is still to come, unless no contribution is due at
    all and the replacement has begun.
    """
    if case.cooperation == "association":
        return Ruling("refused", [Finding("temporary", "not-met", {}, TEMPORARY)])
    highest = parameters.decimal("fixed-contribution-highest-percentage", case.first)
    if case.agreed_percentage is not None and case.agreed_percentage > highest:
        raise InvalidError("The case is invalid.", faults=(Fault("/case/agreed_percentage", "percentage-too-high"),))
    duration, kind, method = _method(case, parameters)
    ruling = Ruling("granted", [Finding("temporary", "met", {}, TEMPORARY), duration])
    for first, last in _months(case):
        if method is None and case.first <= on:
            finding, amount, missing = _free(first, SHORT)
        elif method is None or last > on:
            finding, amount, missing = _to_come(first, last if method else case.first, on, duration.source)
        else:
            finding, amount, missing = method(case, first, parameters)
        ruling.findings.append(finding)
        if missing is not None:
            ruling.missing.append(missing)
        if amount is not None:
            ruling.amounts.append(Amount(kind, amount, "month", first, last))
    ruling.periods.append(DecidedPeriod("replacement", case.first, case.last, (case.last - case.first).days + 1))
    if ruling.missing:
        ruling.outcome = "pending"
    else:
        ruling.total = sum((a.amount for a in ruling.amounts), ZERO)
        if kind == "contribution" and ruling.total:
            ruling.findings.append(_expense_note(case, ruling.total))
    return ruling


def _expense_note(case: Replacement, total: Decimal) -> Finding:
    """The note that the locum gives to the replaced doctor or the practice: amount and period."""
    facts = {
        "document": "expense-note",
        "locum": case.locum,
        "replaced": case.replaced,
        "from": case.first.isoformat(),
        "until": case.last.isoformat(),
        "total": euro(total),
    }
    return Finding("expense-note", "met", {**facts}, EXPENSE_NOTE)


def _method(case: Replacement, parameters: ParameterSet) -> tuple[Finding, str, Method]:
    """The method for a month, and the name of its amounts.

    They depend on the kind of practice and the length of the replacement.
    """
    first, last = case.first, case.last
    facts: dict[str, FactValue] = {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "days": (last - first).days + 1,
    }
    if case.practice == "flat-rate":
        return Finding("flat-rate-practice", "met", facts, FLAT_RATE), "fee", _flat_rate
    if case.acute_need:
        return Finding("acute-need", "met", facts, SHORT), "contribution", None
    short = parameters.integer("short-replacement-days", first)
    months = parameters.integer("short-replacement-months", first)
    if (last - first).days < short or last <= end_of_months(first, months):
        return Finding("short-replacement", "met", facts, SHORT), "contribution", None
    if last <= end_of_months(first, parameters.integer("fixed-contribution-months", first)):
        return Finding("fixed-contribution", "met", facts, FIXED), "contribution", _fixed
    return Finding("income-guarantee", "met", facts, GUARANTEE), "contribution", _guarantee


def _months(case: Replacement) -> Iterator[tuple[date, date]]:
    """The first and last day of the replacement in each calendar month."""
    first = case.first
    while first <= case.last:
        following = end_of_months(first.replace(day=1), 1) + ONE_DAY
        yield first, min(case.last, following - ONE_DAY)
        first = following


def _free(first: date, source: Source) -> Reckoned:
    return Finding("month-free", "not-needed", {"month": _name(first)}, source), ZERO, None


def _to_come(first: date, known: date, on: date, source: Source) -> Reckoned:
    """A month of which nothing is a fact before the day `known`."""
    finding = Finding("month-to-come", "unknown", {"month": _name(first)}, source)
    needed, seen = Phrase("on-or-after", {"day": known.isoformat()}), Phrase("day", {"day": on.isoformat()})
    return finding, None, Missing("month-to-come", "on", needed, seen)


def _fixed(case: Replacement, first: date, parameters: ParameterSet) -> Reckoned:
    """The agreed percentage of the month's income, up to the suggested cap."""
    percentage = case.agreed_percentage
    index, month = _given(case, first)
    income = month.income if month else None
    if ZERO in (percentage, income):
        return _free(first, FIXED)
    if percentage is None:
        return _open("month-fixed", "agreed_percentage", "agreed-percentage", first, FIXED)
    if income is None:
        return _open("month-fixed", f"months/{index}/income", "income", first, FIXED)
    cap = parameters.decimal("fixed-contribution-cap", first)
    share = round_half_up(income * percentage / 100)
    facts = {
        "month": _name(first),
        "income": euro(income),
        "percentage": f"{percentage.normalize():f}",
        "share": euro(share),
        "cap": euro(cap),
        "contribution": euro(min(share, cap)),
    }
    return Finding("month-fixed", "met", {**facts}, FIXED), min(share, cap), None


def _guarantee(case: Replacement, first: date, parameters: ParameterSet) -> Reckoned:
    """A part of the income above that of the free booklets.

    It is at most a cap that follows the weekly hours.
    """
    index, month = _given(case, first)
    if month is None or not (month.booklets or month.income == ZERO):
        return _open("month-guarantee", f"months/{index}/booklets", "booklets", first, GUARANTEE)
    size = parameters.integer("booklet-size", first)
    for number, booklet in enumerate(month.booklets):
        if booklet.certificates > size:
            path = f"/case/months/{index}/booklets/{number}/certificates"
            raise InvalidError("The case is invalid.", faults=(Fault(path, "more-than-a-booklet-holds"),))
    free = int(case.weekly_hours / parameters.decimal("guarantee-hours-per-free-booklet", first))
    above = sum((b.income for b in month.booklets[free:]), ZERO)
    if not above:
        return Finding("month-guarantee", "not-needed", {"month": _name(first)}, GUARANTEE), ZERO, None
    percentage = parameters.decimal("guarantee-percentage", first)
    share = round_half_up(above * percentage / 100)
    cap = min(
        parameters.decimal("guarantee-cap", first),
        round_half_up(case.weekly_hours * parameters.decimal("guarantee-cap-per-weekly-hour", first)),
    )
    facts: dict[str, FactValue] = {
        "month": _name(first),
        "above": euro(above),
        "percentage": f"{percentage:f}",
        "share": euro(share),
        "cap": euro(cap),
        "contribution": euro(min(share, cap)),
    }
    if free:
        facts["free"] = str(free)
    return Finding("month-guarantee", "met", facts, GUARANTEE), min(share, cap), None


def _flat_rate(case: Replacement, first: date, parameters: ParameterSet) -> Reckoned:
    """Hours of the month times the fee of two consultations: what the locum is paid.

    There is no contribution.
    """
    index, month = _given(case, first)
    if month is None or month.hours is None:
        return _open("month-flat-rate", f"months/{index}/hours", "hours-of-the-month", first, FLAT_RATE)
    if case.consultation_fee is None:
        return _open("month-flat-rate", "consultation_fee", "consultation-fee", first, FLAT_RATE)
    hourly = case.consultation_fee * parameters.integer("flat-rate-consultations", first)
    fee = round_half_up(hourly * month.hours)
    hours = f"{month.hours.normalize():f}"
    facts = {"month": _name(first), "hours": hours, "hourly": euro(hourly), "fee": euro(fee)}
    return Finding("month-flat-rate", "met" if fee else "not-needed", {**facts}, FLAT_RATE), fee, None


def _open(rule: str, field: str, needed: str, first: date, source: Source) -> Reckoned:
    """A month for which the case lacks what the phrase `needed` names."""
    month = _name(first)
    missing = Missing(rule, field, Phrase(needed, {"month": month}), Phrase("nothing"))
    return Finding(rule, "unknown", {"month": month, "lacking": needed}, source), None, missing


def _given(case: Replacement, first: date) -> tuple[int, Month | None]:
    """The month in the case, and its position there.

    If it is missing, the position that it would have.
    """
    name = _name(first)
    return next(((i, m) for i, m in enumerate(case.months) if m.month == name), (len(case.months), None))


def _name(first: date) -> str:
    return f"{first:%Y-%m}"
