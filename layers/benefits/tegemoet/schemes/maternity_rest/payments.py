"""From days to payments: runs of days, calendar months, withholding tax, due dates.

Source: circular V.I. 2020/204, VIII remark and IX to XI. Days are ordinals here, and a Sunday is a
multiple of seven: benefits are paid for six days a week. Amounts are in cents.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from tegemoet.domain.decision import Amount
from tegemoet.domain.holidays import last_working_day, public_holidays
from tegemoet.domain.money import from_cents
from tegemoet.schemes.maternity_rest.figures import WHOLE, Figures, half_up
from tegemoet.schemes.maternity_rest.rest import Segment

BENEFIT = "benefit"
ACTIVITY = "not-paid-activity"
PUBLIC_HOLIDAY = "not-paid-public-holiday"
PaidSpan = tuple[int, int, tuple[str, ...]]
"""The first and last of consecutive days, and the activities whose wage pays them (none: all)."""
Unpaid = tuple[int, int, str]
"""The first and last of consecutive days without benefit, and the kind of amount that says why."""


@dataclass(slots=True)
class DayRun:
    """Days with one amount, or with one reason for none, interrupted only by Sundays.

    `end` includes the Sundays after them.
    """

    kind: str
    cents: int
    first: int
    last: int
    end: int

    @property
    def days(self) -> int:
        """Number of days other than Sundays."""
        return six_day_week_days(self.first, self.last)


@dataclass(slots=True)
class Month:
    """What one calendar month pays: its first and last day of rest, gross and tax in cents."""

    first: date
    last: date
    gross: int
    tax: int


def six_day_week_days(first: int, last: int) -> int:
    """Number of days from Monday to Saturday among these days."""
    return last - first + 1 - (last // 7 - (first - 1) // 7)


def pay_days(
    spans: Iterable[PaidSpan], cents: Callable[[int, tuple[str, ...]], int], borders: set[int], unpaid: list[Unpaid]
) -> list[DayRun]:
    """The days of `spans` in runs.

    `cents` returns the amount of a day, which is the same between two `borders`. Of two reasons for
    no benefit, the first in `unpaid` is reported. Activities do not exclude days that are paid for
    those very activities (section IV).
    """
    changes, known = sorted(borders), dict[tuple[int, tuple[str, ...]], int]()
    edges = sorted(borders.union(*((first, last + 1) for first, last, _ in unpaid))) if unpaid else changes
    runs: list[DayRun] = []
    former = DayRun("", 0, 0, 0, 0)
    for first, last, activities in spans:
        inside = edges[bisect_right(edges, first) : bisect_right(edges, last)]
        for start, stop in pairwise((first, *inside, last + 1)):
            end = stop - 1
            begin, close = start if start % 7 else start + 1, end if end % 7 else end - 1
            follows = former.end == start - 1
            if begin > close:
                if follows:
                    former.end = end
                continue
            kind = _reason(start, activities, unpaid) if unpaid else BENEFIT
            amount = 0
            if kind == BENEFIT:
                key = (bisect_right(changes, start), activities)
                if key not in known:
                    known[key] = cents(begin, activities)
                amount = known[key]
            if follows and former.kind == kind and former.cents == amount:
                former.last, former.end = close, end
            else:
                former = DayRun(kind, amount, begin, close, end)
                runs.append(former)
    return runs


def _reason(day: int, activities: tuple[str, ...], unpaid: list[Unpaid]) -> str:
    for first, last, kind in unpaid:
        if first <= day <= last and not (activities and kind == ACTIVITY):
            return kind
    return BENEFIT


def paid_holidays(first: date, days: int, replaced: dict[date, date]) -> list[date]:
    """The days among the first `days` from `first` on with a public holiday that the employer pays.

    They are the holidays themselves, or the days that replace them (royal decree of 18 April 1974,
    article 12, 3°, c).
    """
    last = date.fromordinal(first.toordinal() + days - 1)
    holidays = public_holidays(first.year)
    if last.year > first.year:
        holidays += public_holidays(last.year)
    found = [day for day in holidays if first <= day <= last and day not in replaced]
    if replaced:
        found += [day for day in replaced.values() if first <= day <= last and day not in found]
    return found


def pay_months(runs: list[DayRun], spans: list[PaidSpan], figures: Figures) -> list[Month]:
    """The months in which something is paid.

    The tax is taken on the payment: its cents are rounded once a month.
    """
    gross: dict[PaidSpan, int] = {}
    for run in runs:
        cents, begin, last = run.cents, run.first, run.last
        while cents and begin <= last:
            month = _month_of(begin)
            close = min(last, month[1])
            gross[month] = gross.get(month, 0) + cents * six_day_week_days(begin, close)
            begin = close + 1
    months: list[Month] = []
    for (first, last, _), cents in gross.items():
        # days between converted ones may begin or end a month
        within = spans if len(spans) == 1 else [s for s in spans if s[0] <= last and s[1] >= first]
        begin, close = max(first, within[0][0]), min(last, within[-1][1])
        tax = half_up(cents * figures.tax.share, WHOLE)
        months.append(Month(date.fromordinal(begin), date.fromordinal(close), cents, tax))
    return months


def due_days(months: list[Month], requested_on: date, invalid: bool, figures: Figures) -> list[date]:
    """The last day on which each month may be paid: the fifth of the next month.

    Except for an invalid, the first payment is due within thirty days of the request at the
    earliest. Amounts of earlier months are paid with the first payment, so nothing is due before
    it.
    """
    fifths = [_day_of_next_month(month.last.year, month.last.month, figures.payment_day) for month in months]
    if invalid or not fifths:
        return fifths
    first = max(fifths[0], requested_on + timedelta(figures.first_payment_days))
    return [max(fifth, first) for fifth in fifths]


@lru_cache(maxsize=4_096)
def _month_of(day: int) -> PaidSpan:
    on = date.fromordinal(day)
    first = day - on.day + 1
    return first, first + monthrange(on.year, on.month)[1] - 1, ()


@cache
def _day_of_next_month(year: int, month: int, day: int) -> date:
    return date(year + month // 12, month % 12 + 1, day)


def earliest_day(month: Month, figures: Figures) -> date:
    """The first day on which an invalid may be paid for that month: its third-last working day."""
    return last_working_day(month.last.year, month.last.month, figures.invalids_working_day)


def day_amounts(runs: list[DayRun], paid: str = BENEFIT) -> list[Amount]:
    """The amounts per day of some runs. The kind of paid days is `paid`."""
    day = date.fromordinal
    return [
        Amount(paid if r.kind == BENEFIT else r.kind, from_cents(r.cents), "day", day(r.first), day(r.last))
        for r in runs
    ]


def month_amounts(months: list[Month], prefix: str = "") -> list[Amount]:
    """Per month: the payment (gross), the tax withheld from it, and the amount transferred."""
    amounts: list[Amount] = []
    for month in months:
        gross, tax = from_cents(month.gross), from_cents(month.tax)
        amounts.append(Amount(prefix + "payment", gross, "month", month.first, month.last))
        amounts.append(Amount(prefix + "withholding-tax", tax, "month", month.first, month.last))
        amounts.append(Amount(prefix + "net-payment", gross - tax, "month", month.first, month.last))
    return amounts


def spans_of(segments: Iterable[Segment]) -> list[PaidSpan]:
    """Segments as spans. Neighbours that the same wage pays are one span."""
    spans: list[PaidSpan] = []
    for segment in segments:
        begin, end, activities = segment.first.toordinal(), segment.last.toordinal(), segment.activities
        if spans and spans[-1][1] == begin - 1 and spans[-1][2] == activities:
            spans[-1] = (spans[-1][0], end, activities)
        else:
            spans.append((begin, end, activities))
    return spans
