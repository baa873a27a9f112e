"""The ten legal public holidays of Belgium, and the working days between them.

Source: royal decree of 18 April 1974, article 1.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
_DAYS_AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension, Whit Monday."""


@cache
def public_holidays(year: int) -> tuple[date, ...]:
    """The legal public holidays of that year, in order: ten, or nine if Ascension is on 1 May."""
    moving = {easter(year) + timedelta(days) for days in _DAYS_AFTER_EASTER}
    return tuple(sorted({date(year, month, day) for month, day in _FIXED} | moving))


def is_public_holiday(day: date) -> bool:
    """Whether `day` is a legal public holiday."""
    return day in public_holidays(day.year)


@cache
def last_working_day(year: int, month: int, place: int) -> date:
    """The working day (Monday to Friday, no public holiday) at `place` from the end of the month.

    Place 1 is the last working day.
    """
    day = date(year + month // 12, month % 12 + 1, 1)
    while place:
        day -= timedelta(1)
        place -= day.isoweekday() < 6 and not is_public_holiday(day)
    return day


def next_working_day(day: date) -> date:
    """The first working day (Monday to Friday, no public holiday) after `day`."""
    day += timedelta(1)
    while day.isoweekday() > 5 or is_public_holiday(day):
        day += timedelta(1)
    return day
