"""The days on which euro transfers are settled: the calendar of the TARGET system.

It is open from Monday to Friday, except on 1 January, Good Friday, Easter Monday, 1 May, and 25 and
26 December. Source: European Central Bank, long-term calendar for TARGET closing days, press
release of 14 December 2000. The calendar applies from 2002.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from tegemoet.domain.calendar import ONE_DAY

_FIXED = ((1, 1), (5, 1), (12, 25), (12, 26))
_DAYS_AFTER_EASTER = (-2, 1)
"""Good Friday, Easter Monday."""


@cache
def _closing_days(year: int) -> frozenset[date]:
    moving = {easter(year) + timedelta(days) for days in _DAYS_AFTER_EASTER}
    return frozenset({date(year, month, day) for month, day in _FIXED} | moving)


def is_target_day(day: date) -> bool:
    """Whether TARGET settles transfers on `day`."""
    return day.isoweekday() < 6 and day not in _closing_days(day.year)


def first_target_day(start: date, at_least: int, closed: Collection[date] = ()) -> date:
    """The first TARGET day that is at least `at_least` calendar days after `start`.

    `closed` = days on which the bank itself executes nothing.
    """
    day = start + timedelta(at_least)
    while not is_target_day(day) or day in closed:
        day += ONE_DAY
    return day
