"""Rule 2: fully conventioned, without a gap, from the start date through 31 December."""

from datetime import date
from typing import Any

import pytest

from tegemoet.domain.money import ZERO
from tests.schemes.convention_premium.builders import decided, found, judged, person, practice


def span(status: str, first: str, last: str | None = None) -> dict[str, Any]:
    return {"status": status, "from": first, "until": last}


def full(first: str, last: str | None = None) -> dict[str, Any]:
    return span("full", first, last)


def convention_of(one: dict[str, Any], phase: int = 2, on: str | None = None) -> tuple[str, Any]:
    """What the rule finds, and its first day without a full convention."""
    finding = next(f for f in judged(one, phase, on).findings if f.rule == "full-convention")
    return finding.outcome, finding.facts["first_gap"]


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize(
    ("first", "outcome"), [("2023-02-14", "met"), ("2023-02-15", "met"), ("2023-02-16", "not-met")]
)
def test_the_convention_is_asked_from_15_february(first: str, outcome: str, phase: int) -> None:
    one = practice(conventions=[full(first)])
    assert convention_of(one, phase) == (outcome, None if outcome == "met" else "2023-02-15")
    assert judged(one, phase).outcome == ("granted" if outcome == "met" else "refused")


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize(
    ("first", "outcome"), [("2023-03-02", "met"), ("2023-03-03", "met"), ("2023-03-04", "not-met")]
)
def test_speech_therapists_need_it_from_the_end_of_the_notification_period_3_march(
    first: str, outcome: str, phase: int
) -> None:
    one = practice("speech-therapist", conventions=[full(first)])
    assert convention_of(one, phase) == (outcome, None if outcome == "met" else "2023-03-03")
    # nobody else has that clause
    assert convention_of(practice("nurse", conventions=[full(first)]), phase) == ("not-met", "2023-02-15")


def test_a_speech_therapist_who_left_and_came_back_by_3_march_is_fully_conventioned() -> None:
    left = full("2022-01-01", "2023-02-19"), span("none", "2023-02-20", "2023-03-02")
    assert convention_of(practice("speech-therapist", conventions=[*left, full("2023-03-03")]))[0] == "met"
    late = full("2022-01-01", "2023-02-19"), span("none", "2023-02-20", "2023-03-03")
    assert convention_of(practice("speech-therapist", conventions=[*late, full("2023-03-04")])) == (
        "not-met",
        "2023-03-03",
    )


@pytest.mark.parametrize(
    ("last", "outcome", "gap"),
    [
        ("2023-12-30", "not-met", "2023-12-31"),
        ("2023-12-31", "met", None),
        ("2024-01-01", "met", None),
        (None, "met", None),
    ],
)
def test_phase_2_asks_it_through_31_december(last: str | None, outcome: str, gap: str | None) -> None:
    assert convention_of(practice(conventions=[full("2023-01-01", last)])) == (outcome, gap)


@pytest.mark.parametrize(
    ("last", "outcome", "gap"),
    [("2023-12-04", "not-met", "2023-12-05"), ("2023-12-05", "met", None), ("2023-12-06", "met", None)],
)
def test_phase_1_looks_through_the_evaluation_day_and_not_at_a_later_end(
    last: str, outcome: str, gap: str | None
) -> None:
    assert convention_of(practice(conventions=[full("2023-01-01", last)]), 1, "2023-12-05") == (outcome, gap)


def test_phase_1_evaluated_after_the_year_looks_through_31_december_only() -> None:
    one = practice(conventions=[full("2023-01-01", "2023-12-31")])
    for day in ("2023-12-31", "2024-01-01", "2024-01-20"):
        assert convention_of(one, 1, day)[0] == "met"
    assert convention_of(practice(conventions=[full("2023-01-01", "2023-12-30")]), 1, "2024-01-20") == (
        "not-met",
        "2023-12-31",
    )


@pytest.mark.parametrize("phase", [1, 2])
@pytest.mark.parametrize(
    ("conventions", "gap"),
    [
        ([full("2023-01-01", "2023-06-29"), full("2023-07-01")], "2023-06-30"),
        ([full("2023-01-01", "2023-06-30"), full("2023-07-01")], None),
        ([full("2023-07-01"), full("2023-01-01", "2023-06-30")], None),
        ([full("2022-01-01", "2022-12-31"), full("2023-01-01")], None),
        ([full("2022-01-01", "2023-02-14"), full("2023-02-15")], None),
        ([full("2022-01-01", "2023-02-13"), full("2023-02-15")], None),
        ([full("2022-01-01", "2023-02-15"), full("2023-02-16")], None),
        ([full("2022-01-01", "2023-02-14"), full("2023-02-16")], "2023-02-15"),
        (
            [full("2023-01-01", "2023-08-31"), span("partial", "2023-09-01", "2023-09-01"), full("2023-09-02")],
            "2023-09-01",
        ),
        ([full("2023-01-01", "2023-03-31"), full("2023-04-01", "2023-08-31"), full("2023-09-01")], None),
    ],
    ids=[
        "a gap of one day",
        "two that meet",
        "two that meet, in the other order",
        "met before it was asked",
        "begun on the day it is asked",
        "ended on the day it is asked, and begun again",
        "a gap before it is asked",
        "a gap on the first day",
        "partial for one day",
        "three that meet",
    ],
)
def test_one_day_without_a_full_convention_is_a_gap(
    conventions: list[dict[str, Any]], gap: str | None, phase: int
) -> None:
    assert convention_of(practice(conventions=conventions), phase) == ("not-met" if gap else "met", gap)


@pytest.mark.parametrize("conventions", [[], [span("partial", "2022-01-01")], [span("none", "2022-01-01")]])
def test_without_a_full_convention_there_is_no_premium(conventions: list[dict[str, Any]]) -> None:
    for phase in (1, 2):
        done = decided(person(practice(conventions=conventions), phase=phase))
        assert (done.ruling.outcome, done.payable) == ("refused", ZERO)


def test_a_number_granted_during_the_year_asks_the_convention_from_that_day() -> None:
    one = practice(number_granted_on="2023-05-10", conventions=[full("2023-05-10")])
    assert convention_of(one) == ("met", None)
    late = practice(number_granted_on="2023-05-10", conventions=[full("2023-05-11")])
    assert convention_of(late) == ("not-met", "2023-05-10")


@pytest.mark.parametrize(
    ("granted", "start"),
    [("2023-02-14", "2023-02-15"), ("2023-02-15", "2023-02-15"), ("2023-02-16", "2023-02-16"), (None, "2023-02-15")],
)
def test_a_number_granted_before_15_february_changes_nothing(granted: str | None, start: str) -> None:
    one = practice(number_granted_on=granted, conventions=[full(start)])
    assert convention_of(one)[0] == "met"
    assert next(f for f in judged(one).findings if f.rule == "full-convention").facts["from"] == start
    later = practice(number_granted_on=granted, conventions=[full("2023-02-17")])
    assert convention_of(later) == ("not-met", start)


@pytest.mark.parametrize(
    ("granted", "start"), [("2023-02-20", "2023-03-03"), ("2023-03-03", "2023-03-03"), ("2023-03-04", "2023-03-04")]
)
def test_the_latest_of_the_start_dates_counts(granted: str, start: str) -> None:
    one = practice("speech-therapist", number_granted_on=granted, conventions=[full(start)])
    assert convention_of(one)[0] == "met"


def test_a_number_granted_on_the_evaluation_day_is_judged_and_a_later_one_waits() -> None:
    today = practice(number_granted_on="2023-12-05", conventions=[full("2023-12-05")])
    tomorrow = practice(number_granted_on="2023-12-06", conventions=[full("2023-12-06")])
    assert judged(today, 1, "2023-12-05").outcome == "granted"
    waiting = judged(tomorrow, 1, "2023-12-05")
    assert (waiting.outcome, found(waiting)["full-convention"]) == ("pending", "unknown")
    assert judged(tomorrow, 2).outcome == "granted"


def test_a_number_granted_by_31_december_may_have_the_premium_a_later_one_not() -> None:
    last = practice(number_granted_on="2023-12-31", conventions=[full("2023-12-31")])
    after = practice(number_granted_on="2024-01-01", conventions=[full("2022-01-01")])
    assert (judged(last, 1).outcome, judged(last, 2).outcome) == ("pending", "granted")
    assert (judged(after, 1).outcome, judged(after, 2).outcome) == ("refused", "refused")


def test_a_convention_that_ends_after_phase_1_paid_is_lost_in_phase_2() -> None:
    one = practice(conventions=[full("2023-01-01", "2023-12-20")])
    assert judged(one, 1, date(2023, 12, 5)).outcome == "granted"
    assert judged(one, 2).outcome == "refused"
