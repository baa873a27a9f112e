"""The ten legal public holidays and the working days between them."""

from datetime import date

import pytest

from tegemoet.domain.holidays import is_public_holiday, last_working_day, public_holidays


def test_a_year_has_the_ten_legal_holidays() -> None:
    assert [day.isoformat() for day in public_holidays(2020)] == [
        "2020-01-01",
        "2020-04-13",
        "2020-05-01",
        "2020-05-21",
        "2020-06-01",
        "2020-07-21",
        "2020-08-15",
        "2020-11-01",
        "2020-11-11",
        "2020-12-25",
    ]


@pytest.mark.parametrize(
    ("year", "monday", "ascension", "whit_monday"),
    [
        (2018, "2018-04-02", "2018-05-10", "2018-05-21"),
        (2019, "2019-04-22", "2019-05-30", "2019-06-10"),
        (2021, "2021-04-05", "2021-05-13", "2021-05-24"),
        (2024, "2024-04-01", "2024-05-09", "2024-05-20"),
    ],
)
def test_three_holidays_follow_easter(year: int, monday: str, ascension: str, whit_monday: str) -> None:
    assert {date.fromisoformat(day) for day in (monday, ascension, whit_monday)} <= set(public_holidays(year))


def test_a_year_in_which_ascension_falls_on_the_first_of_may_has_nine() -> None:
    assert len(public_holidays(2008)) == 9


def test_easter_itself_and_other_feasts_are_no_legal_holidays() -> None:
    assert not any(
        is_public_holiday(date.fromisoformat(d)) for d in ("2020-04-12", "2020-05-31", "2020-07-11", "2020-12-26")
    )


@pytest.mark.parametrize(
    ("year", "month", "third_last"),
    [
        (2020, 7, "2020-07-29"),  # ends on a Friday
        (2020, 5, "2020-05-27"),  # ends on a Sunday
        (2020, 12, "2020-12-29"),  # Christmas on Friday the 25th does not matter
        (2019, 12, "2019-12-27"),  # the 28th and 29th are a weekend
        (2021, 5, "2021-05-27"),
        (2024, 5, "2024-05-29"),
        (2018, 5, "2018-05-29"),
    ],
)
def test_the_third_last_working_day_skips_weekends(year: int, month: int, third_last: str) -> None:
    assert last_working_day(year, month, 3) == date.fromisoformat(third_last)


def test_the_last_working_days_skip_a_public_holiday() -> None:
    # Ascension on Thursday 30 May 2019, the 31st a Friday
    assert [last_working_day(2019, 5, place).day for place in (1, 2, 3)] == [31, 29, 28]


def test_the_last_working_days_of_december_stay_in_the_year() -> None:
    assert last_working_day(2020, 12, 1) == date(2020, 12, 31)
