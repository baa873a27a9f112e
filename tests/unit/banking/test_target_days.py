"""The calendar of TARGET, beside that of the package `holidays`."""

from datetime import date, timedelta

import holidays
import pytest

from tegemoet.banking.target_days import first_target_day, is_target_day

YEARS = range(2002, 2100)


@pytest.mark.parametrize("year", YEARS)
def test_a_year_is_that_of_the_second_opinion(year: int) -> None:
    closed = holidays.financial_holidays("ECB", years=year)
    days = [date(year, 1, 1) + timedelta(offset) for offset in range(366)]
    for day in days:
        if day.year == year:
            assert is_target_day(day) == (day.isoweekday() < 6 and day not in closed), day


def test_the_six_closing_days_of_a_year() -> None:
    days = [date(2027, 1, 1) + timedelta(offset) for offset in range(365)]
    assert [day.isoformat() for day in days if day.isoweekday() < 6 and not is_target_day(day)] == [
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
    ]
    assert [day.isoformat() for day in days if day.isoweekday() > 5 and is_target_day(day)] == []


@pytest.mark.parametrize(
    ("start", "at_least", "expected"),
    [
        ("2026-12-01", 0, "2026-12-01"),
        ("2026-12-01", 2, "2026-12-03"),
        ("2026-12-04", 1, "2026-12-07"),
        ("2026-12-23", 2, "2026-12-28"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2027-03-25", 1, "2027-03-30"),
        ("2026-04-30", 1, "2026-05-04"),
        ("2027-07-20", 1, "2027-07-21"),
    ],
)
def test_a_file_is_executed_on_the_first_open_day(start: str, at_least: int, expected: str) -> None:
    assert first_target_day(date.fromisoformat(start), at_least) == date.fromisoformat(expected)


def test_a_day_on_which_the_bank_is_closed_is_passed_over() -> None:
    national_day, next_day = date(2027, 7, 21), date(2027, 7, 22)
    assert first_target_day(date(2027, 7, 20), 1, {national_day}) == next_day
    assert first_target_day(date(2027, 7, 20), 1, {national_day, next_day, date(2027, 7, 23)}) == date(2027, 7, 26)
