"""Days and periods, both ends included, and what later periods make of earlier ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.zoneinfo import get_zonefile_instance

from tegemoet.domain.calendar import (
    LAST_DAY,
    ONE_DAY,
    Period,
    age_on,
    belgian_day,
    end_of_months,
    first_gap,
    join_equal,
    paint,
    read_day,
    second_of,
    stretches,
)


def period(first: str, last: str | None = None) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last) if last else LAST_DAY)


def test_a_day_is_read() -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "2023-02-30", "2023-02-29", "20230215", "2023-W01-1", "2023-046", "15/02/2023",
     "2023-2-15", "2023-02-15T00:00", "２０２３-02-15", "0000-01-01", " 2023-02-1"],
)  # fmt: skip
def test_anything_but_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_day(text)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-15T22:59:59+00:00", "2026-01-15"),
        ("2026-01-15T23:00:00+00:00", "2026-01-16"),
        ("2026-07-15T21:59:59+00:00", "2026-07-15"),
        ("2026-07-15T22:00:00+00:00", "2026-07-16"),
        ("2026-12-31T23:00:00+00:00", "2027-01-01"),
        ("2026-07-15T18:00:00-04:00", "2026-07-16"),
        ("2026-03-28T22:59:59+00:00", "2026-03-28"),
        ("2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),
    ],
)
def test_the_day_of_a_moment_is_the_one_in_belgium(moment: str, day: str) -> None:
    assert belgian_day(datetime.fromisoformat(moment)) == date.fromisoformat(day)


@pytest.mark.parametrize("year", range(2002, 2037))
def test_the_day_in_belgium_is_that_of_the_tz_database_at_every_hour(year: int) -> None:
    brussels, start = get_zonefile_instance().get("Europe/Brussels"), datetime(year, 1, 1, tzinfo=UTC)
    for moment in (start + timedelta(hours=hours) for hours in range(366 * 24)):
        assert belgian_day(moment) == moment.astimezone(brussels).date(), moment


def test_a_moment_without_its_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match=r"^a moment without its zone$"):
        belgian_day(datetime(2026, 1, 15, 23))  # noqa: DTZ001 - what is refused


def test_both_ends_belong_to_a_period() -> None:
    assert period("2023-02-15", "2023-02-15").days == 1
    assert period("2023-02-15", "2023-12-31").days == 320
    with pytest.raises(ValueError, match="ends before"):
        period("2023-02-15", "2023-02-14")


def test_periods_overlap_when_they_share_a_day() -> None:
    first = period("2023-01-01", "2023-06-30")
    assert first.overlaps(period("2023-06-30"))
    assert period("2023-06-30").overlaps(first)
    assert not first.overlaps(period("2023-07-01"))
    assert not period("2023-07-01").overlaps(first)


def test_a_later_period_wins_for_the_days_that_it_covers() -> None:
    assert paint([(period("2022-01-01"), "full"), (period("2023-06-30", "2023-06-30"), "none")]) == [
        (period("2022-01-01", "2023-06-29"), "full"),
        (period("2023-06-30", "2023-06-30"), "none"),
        (period("2023-07-01"), "full"),
    ]
    assert paint([(period("2023-06-30", "2023-06-30"), "none"), (period("2022-01-01"), "full")]) == [
        (period("2022-01-01"), "full")
    ]


def test_neighbouring_days_of_one_status_are_one_period() -> None:
    assert paint([(period("2023-07-01"), "full"), (period("2023-01-01", "2023-06-30"), "full")]) == [
        (period("2023-01-01"), "full")
    ]
    apart = [(period("2023-01-01", "2023-06-29"), "full"), (period("2023-07-01"), "full")]
    assert paint(apart) == apart
    changing = [(period("2023-01-01", "2023-06-30"), "full"), (period("2023-07-01"), "partial")]
    assert paint(changing) == changing


def test_one_day_leads_to_the_next() -> None:
    assert date(2023, 12, 31) + ONE_DAY == date(2024, 1, 1)


def test_nothing_painted_is_nothing() -> None:
    assert paint([]) == []


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2019-04-01", 6, "2019-09-30"),
        ("2019-12-15", 1, "2020-01-14"),
        ("2019-08-29", 6, "2020-02-28"),
        ("2018-08-29", 6, "2019-02-28"),
        ("2019-08-30", 6, "2020-02-29"),
        ("2019-08-31", 6, "2020-02-29"),
        ("2020-03-31", 6, "2020-09-30"),
        ("2020-03-30", 6, "2020-09-29"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-12-01", 1, "2020-12-31"),
    ],
)
def test_a_period_of_months_ends_on_the_eve_of_the_same_day_or_with_the_month(
    first: str, months: int, last: str
) -> None:
    assert end_of_months(date.fromisoformat(first), months) == date.fromisoformat(last)


def test_what_two_periods_share_is_a_period_or_nothing() -> None:
    april = period("2020-04-01", "2020-04-30")
    assert april.common(period("2020-04-30", "2020-05-31")) == period("2020-04-30", "2020-04-30")
    assert april.common(period("2020-03-01")) == april
    assert april.common(period("2020-05-01", "2020-05-31")) is None


def test_a_six_day_week_leaves_out_every_sunday_and_nothing_else() -> None:
    for start in range(1, 15):
        for length in range(20):
            first = date(2020, 2, start)
            days = [first + offset * ONE_DAY for offset in range(length + 1)]
            assert Period(first, days[-1]).six_day_week_days == sum(day.isoweekday() != 7 for day in days)


def test_a_period_is_cut_where_another_begins_or_ends() -> None:
    year = period("2020-01-01", "2020-12-31")
    parts = stretches(year, [period("2019-06-01", "2020-02-29"), period("2020-06-01"), period("2020-12-31")])
    assert parts == [
        period("2020-01-01", "2020-02-29"),
        period("2020-03-01", "2020-05-31"),
        period("2020-06-01", "2020-12-30"),
        period("2020-12-31", "2020-12-31"),
    ]
    assert stretches(year, [period("2021-01-01", "2021-12-31"), year]) == [year]


@pytest.mark.parametrize(
    ("covered", "gap"),
    [
        ([], "2020-01-10"),
        ([("2020-01-10", "2020-01-20")], None),
        ([("2020-01-01", "2020-01-31")], None),
        ([("2020-01-01", "9999-12-31")], None),
        ([("2020-01-11", "2020-01-31")], "2020-01-10"),
        ([("2020-01-01", "2020-01-19")], "2020-01-20"),
        ([("2020-01-01", "2020-01-09"), ("2020-01-11", "2020-01-20")], "2020-01-10"),
        ([("2020-01-10", "2020-01-10"), ("2020-01-12", "2020-01-20")], "2020-01-11"),
        ([("2020-01-15", "2020-01-20"), ("2020-01-01", "2020-01-14")], None),
        ([("2020-01-01", "2020-01-18"), ("2020-01-02", "2020-01-03")], "2020-01-19"),
        ([("2020-01-01", "2020-01-12"), ("2020-01-12", "2020-01-20")], None),
    ],
)
def test_the_first_gap_is_the_first_day_that_no_period_contains(
    covered: list[tuple[str, str]], gap: str | None
) -> None:
    days = [(read_day(first), read_day(last)) for first, last in covered]
    found = first_gap(read_day("2020-01-10"), read_day("2020-01-20"), days)
    assert found == (read_day(gap) if gap else None)


def test_equal_neighbours_without_a_gap_become_one() -> None:
    parts = [
        (period("2020-01-01", "2020-01-31"), 1),
        (period("2020-02-01", "2020-02-10"), 1),
        (period("2020-02-12", "2020-02-20"), 1),
        (period("2020-02-21", "2020-02-29"), 2),
    ]
    assert join_equal(parts) == [(period("2020-01-01", "2020-02-10"), 1), *parts[2:]]


@pytest.mark.parametrize("moment", ["2023-06-01T12:00:00Z", "2023-06-01T14:00:00.999+02:00", "20230601T120000Z"])
def test_moments_of_one_second_are_the_same_however_they_are_written(moment: str) -> None:
    assert second_of(moment) == datetime(2023, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["2023-06-01T11:59:59.999Z", "2023-06-01T12:00:01Z", "2023-06-01T12:00:00+02:00"])
def test_moments_of_other_seconds_or_zones_differ(moment: str) -> None:
    assert second_of(moment) != datetime(2023, 6, 1, 12, tzinfo=UTC)


def test_who_is_born_on_29_february_is_a_year_older_on_1_march() -> None:
    assert age_on(date(2021, 2, 28), date(2000, 2, 29)) == 20
    assert age_on(date(2021, 3, 1), date(2000, 2, 29)) == 21
    assert age_on(date(2020, 2, 29), date(2000, 2, 29)) == 20
    assert age_on(date(2020, 2, 28), date(2000, 2, 29)) == 19
