"""Whether a hire adds to the staff of the technical business unit or replaces a worker.

Source: royal decree of 27 January 2022, article 3.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tegemoet.domain.calendar import ONE_DAY, Period, stretches
from tegemoet.domain.decision import DecidedPeriod, FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.first_hire.case import Employment, Hire
from tegemoet.schemes.legislation.register import cite

REPLACEMENT = cite("royal-decree-2022-01-27-first-hire", "report to the King, article 3")
TOLERANCE = cite("royal-decree-2022-01-27-first-hire", "report to the King, article 3: five effective, individual days")
LUMP_SUM = cite("royal-decree-2022-01-27-first-hire", "report to the King, article 2")


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest headcount that counts, and the first day that has it.

    Also the days left out, in order, with their headcounts.
    """

    headcount: int
    day: date | None
    left_out: tuple[tuple[date, int], ...]


def decide(case: Hire, on: date, parameters: ParameterSet) -> Ruling:
    """Granted: the hire counts as new.

    Raises ParameterUnknownError for a hire before the method was laid down.
    """
    months = parameters.integer("reference-months", case.hired_on)
    left_out = parameters.integer("days-left-out", case.hired_on)
    hired_on, told = case.hired_on.isoformat(), case.employments
    if case.hired_on > on:
        facts: dict[str, FactValue] = {"hired_on": hired_on, "on": on.isoformat()}
        needed, seen = Phrase("on-or-after", {"day": hired_on}), Phrase("day", {"day": on.isoformat()})
        return _pending(Finding("hire-to-come", "unknown", facts, REPLACEMENT), "on", needed, seen)
    reference = Period(months_before(case.hired_on, months), case.hired_on - ONE_DAY)
    if told is None:
        facts = {"from": reference.first.isoformat(), "until": hired_on}
        return _pending(
            Finding("employments", "unknown", facts, REPLACEMENT),
            "/employments",
            Phrase("employments", facts),
            Phrase("nothing"),
        )
    counted = [employment for employment in told if employment.counted]
    idle = {day for day in case.days_without_work if reference.first <= day <= reference.last}
    highest = highest_headcount(_worked(headcounts(counted, reference), idle), left_out)
    on_the_day = {e.worker for e in counted if e.first <= case.hired_on <= e.period.last} | {case.worker}
    findings = [
        _reference(reference, told, len(idle), highest),
        _left_out(highest),
        _new(len(on_the_day), highest),
    ]
    span = DecidedPeriod("reference-period", reference.first, reference.last, reference.days)
    if len(on_the_day) <= highest.headcount:
        needed, seen = (Phrase("workers", {"workers": n}) for n in (highest.headcount + 1, len(on_the_day)))
        return Ruling(
            "refused", findings, periods=[span], missing=[Missing("new-worker", "/employments", needed, seen)]
        )
    findings.append(Finding("lump-sum", "unknown", {"hired_on": hired_on}, LUMP_SUM))
    return Ruling("granted", findings, periods=[span])


def _pending(finding: Finding, field: str, needed: Phrase, seen: Phrase) -> Ruling:
    return Ruling("pending", [finding], missing=[Missing(finding.rule, field, needed, seen)])


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier, from date to date.

    If that month has no such day, the first day of the next month.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        following = year * 12 + month + 1
        return date(following // 12, following % 12 + 1, 1)


def headcounts(employments: Iterable[Employment], within: Period) -> list[tuple[Period, int]]:
    """The number of workers employed at once, as consecutive periods that together are `within`.

    A worker counts once a day.
    """
    changes = Counter({within.first.toordinal(): 0, within.last.toordinal() + 1: 0})
    for period in _of_each_worker(employments):
        if inside := period.common(within):
            changes[inside.first.toordinal()] += 1
            changes[inside.last.toordinal() + 1] -= 1
    days, found, present = sorted(changes), list[tuple[Period, int]](), 0
    for day, following in itertools.pairwise(days):
        present += changes[day]
        found.append((Period(date.fromordinal(day), date.fromordinal(following - 1)), present))
    return found


def _worked(counts: list[tuple[Period, int]], idle: set[date]) -> list[tuple[Period, int]]:
    """`counts` without the days on which nobody really worked.

    Only effective days count, for the highest headcount as for those that are left out.
    """
    borders = [Period(day, day) for day in idle]
    return [(part, count) for period, count in counts for part in stretches(period, borders) if part.first not in idle]


def _of_each_worker(employments: Iterable[Employment]) -> Iterable[Period]:
    """The days of each worker, as periods that do not share a day."""
    by_worker: dict[str, list[Period]] = {}
    for employment in employments:
        by_worker.setdefault(employment.worker, []).append(employment.period)
    for periods in by_worker.values():
        last: date | None = None
        for period in sorted(periods):
            if last is None or period.first > last:
                yield period
                last = period.last
            elif period.last > last:
                yield Period(last + ONE_DAY, period.last)
                last = period.last


def highest_headcount(counts: list[tuple[Period, int]], left_out: int) -> Highest:
    """The highest headcount of `counts`, without the `left_out` single days with the highest ones.

    `counts` are in order. Of equal days, the earliest are left out.
    """
    tolerated: list[tuple[date, int]] = []
    for period, count in sorted(counts, key=lambda part: -part[1]):  # equal ones stay in order
        taken = min(left_out - len(tolerated), period.days) if count else 0
        tolerated += [(period.first + offset * ONE_DAY, count) for offset in range(taken)]
        if taken < period.days:
            return Highest(count, period.first + taken * ONE_DAY if count else None, tuple(sorted(tolerated)))
    return Highest(0, None, tuple(sorted(tolerated)))


def _reference(reference: Period, told: tuple[Employment, ...], idle: int, highest: Highest) -> Finding:
    """The twelve months from date to date before the hire, and their highest headcount."""
    facts: dict[str, FactValue] = {
        "from": reference.first.isoformat(),
        "until": reference.last.isoformat(),
        "employments": len(told),
        "highest": highest.headcount,
        "day": highest.day.isoformat() if highest.day else None,
    }
    if not_counted := sum(not employment.counted for employment in told):
        facts["not_counted"] = not_counted
    if idle:
        facts["without_work"] = idle
    return Finding("reference-period", "met" if highest.headcount else "not-needed", facts, REPLACEMENT)


def _left_out(highest: Highest) -> Finding:
    """Five single effective days are left out: occasional jobs and handovers do not count."""
    facts: dict[str, FactValue] = {
        "days": [day.isoformat() for day, _ in highest.left_out],
        "headcounts": [count for _, count in highest.left_out],
        "number": len(highest.left_out),
    }
    return Finding("days-left-out", "met" if highest.left_out else "not-needed", facts, TOLERANCE)


def _new(after: int, highest: Highest) -> Finding:
    """The hire counts as new only if the headcount after it is above the highest one before."""
    facts: dict[str, FactValue] = {"after": after, "highest": highest.headcount}
    outcome: Met = "met" if after > highest.headcount else "not-met"
    return Finding("new-worker", outcome, facts, REPLACEMENT)
