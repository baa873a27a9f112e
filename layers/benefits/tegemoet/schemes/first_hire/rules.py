"""Whether a hire adds to the staff of the technical business unit or replaces a worker.

Source: royal decree of 27 January 2022, article 3.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tegemoet.domain.calendar import ONE_DAY, Period
from tegemoet.domain.decision import DecidedPeriod, FactValue, Finding, Missing, Ruling
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
    if case.hired_on > on:
        facts: dict[str, FactValue] = {"hired_on": case.hired_on.isoformat(), "on": on.isoformat()}
        missing = Missing("hire-to-come", "/hired_on", f"a decision on or after {case.hired_on}", f"decided on {on}")
        return Ruling("pending", [Finding("hire-to-come", "unknown", facts, REPLACEMENT)], missing=[missing])
    reference = Period(months_before(case.hired_on, months), case.hired_on - ONE_DAY)
    counted = [employment for employment in case.employments if employment.counted]
    highest = highest_headcount(headcounts(counted, reference), left_out)
    on_the_day = {e.worker for e in counted if e.first <= case.hired_on <= e.period.last} | {case.worker}
    findings = [
        _reference(reference, case, highest),
        _left_out(highest),
        _new(len(on_the_day), highest),
    ]
    span = DecidedPeriod("reference-period", reference.first, reference.last, reference.days)
    if len(on_the_day) <= highest.headcount:
        needed = Missing("new-worker", "/employments", f"{highest.headcount + 1} workers", f"{len(on_the_day)} workers")
        return Ruling("refused", findings, periods=[span], missing=[needed])
    findings.append(Finding("lump-sum", "unknown", {"hired_on": case.hired_on.isoformat()}, LUMP_SUM))
    return Ruling("granted", findings, periods=[span])


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


def _reference(reference: Period, case: Hire, highest: Highest) -> Finding:
    """The twelve months from date to date before the hire, and their highest headcount."""
    facts: dict[str, FactValue] = {
        "from": reference.first.isoformat(),
        "until": reference.last.isoformat(),
        "employments": len(case.employments),
        "not_counted": sum(not employment.counted for employment in case.employments),
        "highest": highest.headcount,
        "day": highest.day.isoformat() if highest.day else None,
    }
    return Finding("reference-period", "met", facts, REPLACEMENT)


def _left_out(highest: Highest) -> Finding:
    """Five single working days are left out: occasional jobs and handovers do not count."""
    facts: dict[str, FactValue] = {
        "days": [day.isoformat() for day, _ in highest.left_out],
        "headcounts": [count for _, count in highest.left_out],
    }
    return Finding("days-left-out", "met" if highest.left_out else "not-needed", facts, TOLERANCE)


def _new(after: int, highest: Highest) -> Finding:
    """The hire counts as new only if the headcount after it is above the highest one before."""
    facts: dict[str, FactValue] = {"after": after, "highest": highest.headcount}
    return Finding("new-worker", "met" if after > highest.headcount else "not-met", facts, REPLACEMENT)
