"""First hires: the reference period, simultaneous headcount, the
five days left out, on both sides of every limit.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY, Period
from tegemoet.domain.decision import Phrase
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.first_hire import SCHEME
from tegemoet.schemes.first_hire.case import Hire
from tegemoet.schemes.first_hire.rules import Highest, decide, headcounts, highest_headcount, months_before
from tests.schemes.first_hire.builders import employed, found, hire, ruled

# --- new or a replacement -------------------------------------------------------------------------


def test_the_first_worker_of_all_is_new() -> None:
    ruling = ruled()
    assert ruling.outcome == "granted"
    assert found(ruling, "new-worker").facts == {"after": 1, "highest": 0}
    assert found(ruling, "days-left-out").outcome == "not-needed"


def test_who_comes_in_the_place_of_another_is_a_replacement() -> None:
    ruling = ruled(employed("w1", "2021-01-01", "2022-05-31"))
    assert ruling.outcome == "refused"
    assert [(m.rule, m.needed, m.seen) for m in ruling.missing] == [
        ("new-worker", Phrase("workers", {"workers": 2}), Phrase("workers", {"workers": 1}))
    ]


def test_who_comes_beside_another_is_new() -> None:
    assert ruled(employed("w1", "2021-01-01")).outcome == "granted"
    assert ruled(employed("w1", "2021-01-01", "2022-06-01")).outcome == "granted"


def test_an_equal_headcount_is_not_enough() -> None:
    three = [employed("w1", "2020-01-01"), employed("w2", "2020-01-01"), employed("w3", "2020-01-01", "2022-03-31")]
    assert found(ruled(*three), "new-worker").facts == {"after": 3, "highest": 3}
    assert ruled(*three).outcome == "refused"
    assert ruled(*three, employed("w4", "2022-06-01")).outcome == "granted"


def test_a_headcount_is_of_workers_who_are_there_at_once() -> None:
    one_after_another = [employed("w1", "2021-06-01", "2021-12-31"), employed("w2", "2022-01-01", "2022-05-31")]
    assert found(ruled(*one_after_another), "reference-period").facts["highest"] == 1


def test_a_worker_with_two_contracts_counts_once() -> None:
    twice = [employed("w1", "2021-01-01", "2022-03-31"), employed("w1", "2022-01-01")]
    assert found(ruled(*twice), "reference-period").facts["highest"] == 1
    assert found(ruled(*twice), "new-worker").facts["after"] == 2


def counts(*employments: dict[str, Any]) -> list[tuple[int, int, int]]:
    """First and last day of May 2022, and how many workers are there."""
    case: Hire = SCHEME.case.validate_json(orjson.dumps(hire(*employments)))
    within = Period(date(2022, 5, 1), date(2022, 5, 31))
    return [(period.first.day, period.last.day, count) for period, count in headcounts(case.employments or (), within)]


def test_two_contracts_of_one_worker_that_share_a_day_count_once_on_it() -> None:
    shared = [employed("w1", "2022-05-01", "2022-05-10"), employed("w1", "2022-05-10", "2022-05-20")]
    assert {count for first, last, count in counts(*shared) if last <= 20} == {1}
    next_day = [employed("w1", "2022-05-01", "2022-05-10"), employed("w1", "2022-05-11", "2022-05-20")]
    assert {count for first, last, count in counts(*next_day) if last <= 20} == {1}
    others = [employed("w1", "2022-05-01", "2022-05-10"), employed("w2", "2022-05-10", "2022-05-20")]
    assert counts(*others) == [(1, 9, 1), (10, 10, 2), (11, 20, 1), (21, 31, 0)]


def test_headcounts_cover_the_days_asked_and_no_other() -> None:
    assert counts() == [(1, 31, 0)]
    assert counts(employed("w1", "2022-05-10", "2022-05-12")) == [(1, 9, 0), (10, 12, 1), (13, 31, 0)]
    assert counts(employed("w1", "2022-04-10", "2022-06-12")) == [(1, 31, 1)]


def test_of_fewer_days_than_may_be_left_out_none_counts() -> None:
    days = [(Period(date(2022, 5, 1), date(2022, 5, 2)), 1), (Period(date(2022, 5, 3), date(2022, 5, 3)), 2)]
    left_out = ((date(2022, 5, 1), 1), (date(2022, 5, 2), 1), (date(2022, 5, 3), 2))
    assert highest_headcount(days, 3) == Highest(0, None, left_out)
    assert highest_headcount(days, 2) == Highest(1, date(2022, 5, 2), (left_out[0], left_out[2]))


def test_the_new_worker_counts_once_even_if_on_the_list() -> None:
    assert found(ruled(employed("new", "2022-06-01")), "new-worker").facts["after"] == 1


def test_a_worker_who_comes_back_replaces_himself() -> None:
    ruling = ruled(employed("new", "2021-01-01", "2022-03-31"), employed("new", "2022-06-01"))
    assert ruling.outcome == "refused"


def test_who_is_not_counted_is_left_out_and_on_record() -> None:
    ruling = ruled(employed("student", "2021-07-01", "2021-08-31", counted=False))
    assert ruling.outcome == "granted"
    assert found(ruling, "reference-period").facts["not_counted"] == 1
    assert found(ruling, "reference-period").facts["highest"] == 0


# --- twelve months from date to date --------------------------------------------------------------


def test_the_reference_period_is_twelve_months_up_to_the_eve() -> None:
    (period,) = ruled().periods
    assert (period.first, period.last, period.days) == (date(2021, 6, 1), date(2022, 5, 31), 365)


@pytest.mark.parametrize(("last", "outcome"), [("2021-06-05", "granted"), ("2021-06-06", "refused")])
def test_days_before_the_reference_period_do_not_count(last: str, outcome: str) -> None:
    # until 5 June five days lie within the period, and those are left out; the sixth counts
    assert ruled(employed("w1", "2020-01-01", last)).outcome == outcome


def test_the_eve_of_the_hire_counts() -> None:
    assert ruled(employed("w1", "2022-05-27", "2022-05-31")).outcome == "granted"
    assert ruled(employed("w1", "2022-05-26", "2022-05-31")).outcome == "refused"
    assert ruled(employed("w1", "2022-05-27", "2022-06-01")).outcome == "granted"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 6, 1), date(2021, 6, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2025, 2, 28), date(2024, 2, 28)),
        (date(2022, 12, 31), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2021, 1, 1)),
    ],
)
def test_twelve_months_earlier_is_the_same_day(day: date, expected: date) -> None:
    assert months_before(day, 12) == expected


def test_months_that_lack_the_day() -> None:
    assert months_before(date(2022, 3, 31), 1) == date(2022, 3, 1)
    assert months_before(date(2022, 12, 31), 1) == date(2022, 12, 1)
    assert months_before(date(2022, 1, 31), 2) == date(2021, 12, 1)


# --- five days left out ---------------------------------------------------------------------------


def test_the_example_of_a_handing_over_in_five_days() -> None:
    """A worker who leaves and the one who takes over are both there for five
    days: that does not count against a later hire.
    """
    staff = [employed("leaves", "2021-01-01", "2022-01-14"), employed("takes-over", "2022-01-10")]
    ruling = ruled(*staff)
    assert ruling.outcome == "granted"
    assert found(ruling, "days-left-out").facts == {
        "days": ["2022-01-10", "2022-01-11", "2022-01-12", "2022-01-13", "2022-01-14"],
        "headcounts": [2, 2, 2, 2, 2],
        "number": 5,
    }
    assert found(ruling, "reference-period").facts["highest"] == 1
    assert found(ruling, "reference-period").facts["day"] == "2021-06-01"


def test_a_sixth_day_counts_and_is_named() -> None:
    staff = [employed("leaves", "2021-01-01", "2022-01-15"), employed("takes-over", "2022-01-10")]
    ruling = ruled(*staff)
    assert ruling.outcome == "refused"
    assert found(ruling, "reference-period").facts["highest"] == 2
    assert found(ruling, "reference-period").facts["day"] == "2022-01-15"


def test_the_days_left_out_need_not_follow_each_other() -> None:
    extra = [
        employed("extra", day, day) for day in ("2021-07-21", "2021-08-15", "2021-12-24", "2022-02-14", "2022-04-17")
    ]
    base = employed("w1", "2020-01-01")
    assert found(ruled(base, *extra), "reference-period").facts["highest"] == 1
    sixth = employed("extra", "2022-05-01", "2022-05-01")
    assert found(ruled(base, *extra, sixth), "reference-period").facts["highest"] == 2


def test_the_days_left_out_are_of_the_unit_and_not_of_each_worker() -> None:
    base = employed("w1", "2020-01-01")
    pairs = [employed(f"extra{n}", f"2021-07-0{n}", f"2021-07-0{n}") for n in range(1, 7)]
    assert found(ruled(base, *pairs), "reference-period").facts["highest"] == 2


def test_the_highest_days_are_left_out_first() -> None:
    staff = [
        employed("w1", "2020-01-01"),
        employed("w2", "2021-07-01", "2021-07-10"),
        *(employed(f"x{n}", "2022-02-01", "2022-02-03") for n in range(3)),
    ]
    ruling = ruled(*staff)
    assert found(ruling, "days-left-out").facts == {
        "days": ["2021-07-01", "2021-07-02", "2022-02-01", "2022-02-02", "2022-02-03"],
        "headcounts": [2, 2, 4, 4, 4],
        "number": 5,
    }
    assert found(ruling, "reference-period").facts["highest"] == 2
    assert found(ruling, "reference-period").facts["day"] == "2021-07-03"


def test_only_days_on_which_somebody_works_are_left_out() -> None:
    ruling = ruled(employed("w1", "2021-07-01", "2021-07-02"))
    assert found(ruling, "days-left-out").facts["days"] == ["2021-07-01", "2021-07-02"]
    assert found(ruling, "reference-period").facts["highest"] == 0
    assert found(ruling, "reference-period").facts["day"] is None


# --- days on which nobody really worked -----------------------------------------------------------

THURSDAY_TO_WEDNESDAY = [employed("leaves", "2021-01-01", "2022-01-19"), employed("takes-over", "2022-01-13")]
WEEKEND = ["2022-01-15", "2022-01-16"]


def test_a_handing_over_from_thursday_to_wednesday_is_five_days_of_work() -> None:
    as_told = ruled(*THURSDAY_TO_WEDNESDAY, days_without_work=WEEKEND)
    assert as_told.outcome == "granted"
    assert found(as_told, "days-left-out").facts["days"] == [f"2022-01-{day}" for day in (13, 14, 17, 18, 19)]
    assert found(as_told, "reference-period").facts["without_work"] == 2
    assert found(as_told, "reference-period").facts["highest"] == 1


@pytest.mark.parametrize("days", [[], WEEKEND[:1], WEEKEND[1:]])
def test_days_of_employment_count_as_worked_unless_the_case_says_otherwise(days: list[str]) -> None:
    ruling = ruled(*THURSDAY_TO_WEDNESDAY, days_without_work=days)
    assert ruling.outcome == "refused"
    assert found(ruling, "reference-period").facts["day"] == f"2022-01-{18 + len(days)}"


def test_a_sixth_day_of_work_counts() -> None:
    until_thursday = [employed("leaves", "2021-01-01", "2022-01-20"), THURSDAY_TO_WEDNESDAY[1]]
    assert ruled(*until_thursday, days_without_work=WEEKEND).outcome == "refused"
    assert ruled(*until_thursday, days_without_work=[*WEEKEND, "2022-01-20"]).outcome == "granted"


def test_the_first_and_the_last_day_of_the_reference_period_can_be_without_work() -> None:
    ends = [employed("w1", "2021-06-01", "2021-06-05"), employed("w2", "2022-05-31", "2022-05-31")]
    assert ruled(*ends).outcome == "refused"
    for idle in ("2021-06-01", "2022-05-31"):
        ruling = ruled(*ends, days_without_work=[idle])
        assert ruling.outcome == "granted"
        assert found(ruling, "reference-period").facts["without_work"] == 1


def test_days_without_work_outside_the_reference_period_change_nothing() -> None:
    outside = ruled(employed("w1", "2021-01-01"), days_without_work=["2021-05-31", "2022-06-01"])
    assert "without_work" not in found(outside, "reference-period").facts
    assert outside == ruled(employed("w1", "2021-01-01"))


def test_a_day_without_work_that_is_given_twice_is_rejected() -> None:
    body = {"case_id": "c", "on": "2022-07-01", "case": hire(days_without_work=["2022-01-15", "2022-01-15"])}
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case", "twice")]


# --- what waits, what is not known ----------------------------------------------------------------


def test_a_hire_to_come_waits() -> None:
    ruling = ruled(on="2022-05-31")
    assert ruling.outcome == "pending"
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("on", Phrase("on-or-after", {"day": "2022-06-01"}), Phrase("day", {"day": "2022-05-31"}))
    ]
    assert ruled(on="2022-06-01").outcome == "granted"


def test_no_hire_is_new_because_nobody_told_who_was_there() -> None:
    case = SCHEME.case.validate_json(orjson.dumps({"worker": "new", "hired_on": "2022-06-01"}))
    ruling = decide(case, date(2022, 12, 31), SCHEME.parameter_sets["parameters"])
    assert ruling.outcome == "pending"
    days = {"from": "2021-06-01", "until": "2022-06-01"}
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("/employments", Phrase("employments", days), Phrase("nothing"))
    ]
    assert ruled().outcome == "granted"


def test_the_lump_sum_is_not_known_and_no_amount_is_made_up() -> None:
    ruling = ruled()
    assert found(ruling, "lump-sum").outcome == "unknown"
    assert (ruling.amounts, ruling.total) == ([], None)


def test_the_method_holds_for_hires_from_2022() -> None:
    assert ruled(hired_on="2022-01-01").outcome == "granted"
    with pytest.raises(ParameterUnknownError) as error:
        ruled(hired_on="2021-12-31")
    assert (error.value.parameter, error.value.on) == ("reference-months", "2021-12-31")


@pytest.mark.parametrize(
    ("case", "path", "code"),
    [
        (hire(employed("w1", "2022-01-02", "2022-01-01")), "/case/employments/0", "until-before-from"),
        (hire(employed("Jan Peeters", "2022-01-02")), "/case/employments/0/worker", "string-pattern-mismatch"),
        (hire(hired_on="1899-12-31"), "/case/hired_on", "greater-than-equal"),
        (hire(hired_on="2200-01-01"), "/case/hired_on", "less-than-equal"),
    ],
)
def test_a_case_that_cannot_be_is_refused_at_its_place(case: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps({"case_id": "c", "on": "2022-07-01", "case": case}), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2022, 1, 1), LAST_DAY), parameter.name
