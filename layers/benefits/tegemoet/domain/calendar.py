"""Days and periods. A period includes its first and its last day, as in the law ("t.e.m.")."""

import itertools
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

ONE_DAY = timedelta(days=1)
LAST_DAY = date.max
"""Stands for "still running" where a period has no end."""
LAST_DAY_TEXT = LAST_DAY.isoformat()


def read_day(text: str) -> date:
    """The day that `text` writes as YYYY-MM-DD.

    Raises ValueError for any other text, including the week format of ISO 8601.
    """
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError("not a day")
    return date.fromisoformat(text)


def second_of(moment: str) -> datetime:
    """The second in which a moment lies that is written in ISO 8601 with its zone.

    S3 tells the time of an object to the second, so what is compared with it is too.
    """
    return datetime.fromisoformat(moment).replace(microsecond=0)


def belgian_day(moment: datetime) -> date:
    """The day that the calendar in Belgium shows at a moment, which has its zone.

    Belgium is one hour ahead of UTC, and two hours in summer time: from the last Sunday of March
    to the last Sunday of October. The change is at 1:00 UTC, when both hours give the same day.
    Source: Directive 2000/84/EC, articles 1 to 3, for years from 2002. Raises ValueError for a
    moment without its zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    now = moment.astimezone(UTC)
    summer = _last_sunday(now.year, 3) <= now.date() < _last_sunday(now.year, 10)
    return (now + timedelta(hours=2 if summer else 1)).date()


def _last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)


@lru_cache(maxsize=4_096)
def iso(day: date) -> str:
    """`day` as YYYY-MM-DD. Cached, because the cases of a year repeat a few hundred days."""
    return day.isoformat()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends before it begins")

    @property
    def days(self) -> int:
        """Number of calendar days, both ends counted."""
        return (self.last - self.first).days + 1

    def overlaps(self, other: "Period") -> bool:
        """Whether the two periods share at least one day."""
        return self.first <= other.last and other.first <= self.last

    def common(self, other: "Period") -> "Period | None":
        """The days that belong to both periods, or None if there are none."""
        return Period(max(self.first, other.first), min(self.last, other.last)) if self.overlaps(other) else None

    @property
    def six_day_week_days(self) -> int:
        """Number of days from Monday to Saturday: the days that a six-day week pays."""
        weeks, rest = divmod(self.days, 7)
        return 6 * weeks + sum((self.first.weekday() + offset) % 7 != 6 for offset in range(rest))


def stretches(period: Period, borders: Iterable[Period]) -> list[Period]:
    """`period`, cut wherever one of `borders` begins or ends, in order.

    Within a part, no border begins or ends.
    """
    cuts = {period.first.toordinal(), period.last.toordinal() + 1}
    for border in borders:
        cuts |= {border.first.toordinal(), border.last.toordinal() + 1}
    inside = sorted(cut for cut in cuts if period.first.toordinal() <= cut <= period.last.toordinal() + 1)
    return [Period(date.fromordinal(a), date.fromordinal(b - 1)) for a, b in itertools.pairwise(inside)]


def join_equal(parts: Iterable[tuple[Period, T]]) -> list[tuple[Period, T]]:
    """`parts` with equal neighbours joined.

    `parts` are in order. Two parts are joined if their values are equal and no day lies between
    them.
    """
    joined: list[tuple[Period, T]] = []
    for period, value in parts:
        if joined and joined[-1][1] == value and joined[-1][0].last == period.first - ONE_DAY:
            joined[-1] = (Period(joined[-1][0].first, period.last), value)
        else:
            joined.append((period, value))
    return joined


def paint(layers: Iterable[tuple[Period, str]]) -> list[tuple[Period, str]]:
    """Lay `layers` over one another, later ones on top, and read the result from left to right.

    Each layer gives its days a status; a later layer wins on the days that it covers. Consecutive
    days of one status are returned as one period.
    """
    layered = list(layers)
    edges = sorted(
        {layer.first.toordinal() for layer, _ in layered} | {layer.last.toordinal() + 1 for layer, _ in layered}
    )
    painted: list[tuple[int, int, str]] = []
    for start, stop in itertools.pairwise(edges):
        status = next(
            (
                s
                for layer, s in reversed(layered)
                if layer.first.toordinal() <= start and stop - 1 <= layer.last.toordinal()
            ),
            None,
        )
        if status is None:
            continue
        if painted and painted[-1][1] == start and painted[-1][2] == status:
            painted[-1] = (painted[-1][0], stop, status)
        else:
            painted.append((start, stop, status))
    return [(Period(date.fromordinal(a), date.fromordinal(b - 1)), status) for a, b, status in painted]


def first_gap(first: date, last: date, covered: Sequence[tuple[date, date]]) -> date | None:
    """The first day from `first` to `last` that no period of `covered` contains, or None.

    A period is its first and its last day. Periods may be in any order and may overlap.
    """
    day = first
    for begin, end in covered if len(covered) == 1 else sorted(covered):  # most cases have one
        if begin <= day <= end:
            if end >= last:
                return None
            day = end + ONE_DAY
    return day


def age_on(day: date, born_on: date) -> int:
    """Completed years on `day`.

    A person born on 29 February completes a year on 1 March if the year has no such day.
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def end_of_months(first: date, months: int) -> date:
    """The last day of a period of `months` months that begins on `first`.

    It is the eve of the same day that many months later. If that month has no such day (30 August
    plus six months), it is the last day of that month.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if first.day > monthrange(year, month + 1)[1]:
        return date(year, month + 1, monthrange(year, month + 1)[1])
    return date(year, month + 1, first.day) - ONE_DAY
