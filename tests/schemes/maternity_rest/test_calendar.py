"""The calendar of a maternity rest: circular V.I. 2020/204, section III,
its dated example, and every limit from both sides.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.maternity_rest import rest as rules
from tegemoet.schemes.maternity_rest.rest import Rest, plan_rest
from tests.schemes.maternity_rest.builders import birth, day, past, read, said, stay

SET: ParameterSet = read_parameters(
    "parameters", (Path(rules.__file__).parent / "parameters" / "parameters.toml").read_text("utf-8")
)
WORKED = [past("work", "2019-01-01", "2020-07-10")]
SCHEDULE = [[1, 2, 3, 4, 5], [1, 2, 3]]


def plan(**changes: Any) -> Rest:
    return plan_rest(read(**changes), SET)


def days_of(rest: Rest) -> dict[str, int]:
    """Days per kind, in the order of the rest."""
    found: dict[str, int] = {}
    for segment in rest.segments:
        found[segment.kind] = found.get(segment.kind, 0) + segment.days
    return found


def facts(rest: Rest, rule: str) -> tuple[str, dict[str, Any]]:
    """Outcome and facts of the one finding of `rule`."""
    (finding,) = (f for f in rest.findings if f.rule == rule)
    return finding.outcome, finding.facts


def rules_of(rest: Rest) -> list[str]:
    return [f.rule for f in rest.findings]


def faults(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        plan(**changes)
    return {fault.path: fault.code for fault in refused.value.faults}


# --- the examples of the sources ------------------------------------------------------------------


def test_the_dated_example_of_the_circular_lasts_fourteen_weeks_and_four_days() -> None:
    rest = plan()
    assert [(s.kind, s.first.isoformat(), s.last.isoformat(), s.days) for s in rest.segments] == [
        ("prenatal-compulsory", "2020-07-11", "2020-07-14", 4),
        ("postnatal-compulsory", "2020-07-15", "2020-09-15", 63),
        ("extension-transfer", "2020-09-16", "2020-10-20", 35),
    ]
    assert facts(rest, "rest-length") == (
        "met",
        {"from": "2020-07-11", "until": "2020-10-20", "days": 102, "weeks": 14, "over": 4},
    )
    assert facts(rest, "transfer")[1] | {"asked": None} == {
        "from": "2020-06-03",
        "until": "2020-07-07",
        "found": 35,
        "asked": None,
        "days": 35,
        "partial": None,
    }
    assert (rest.first, rest.last, rest.days) == (date(2020, 7, 11), date(2020, 10, 20), 102)
    assert rest.births == (date(2020, 7, 15),)
    assert (rest.separate, rest.removal, rest.left, rest.missing) == (None, [], 0, [])


@pytest.mark.parametrize(
    ("first", "worked_until", "carried", "last"),
    [("2020-07-11", "2020-07-10", 35, "2020-10-23"), ("2020-06-06", "2020-06-05", 0, "2020-09-18")],
)
def test_fifteen_weeks_are_fifteen_weeks_however_they_are_laid(
    first: str, worked_until: str, carried: int, last: str
) -> None:
    rest = plan(births=[birth("2020-07-18")], first_day=first, history=[past("work", "2020-01-01", worked_until)])
    assert (rest.days, rest.last.isoformat()) == (105, last)
    assert days_of(rest).get("extension-transfer", 0) == carried


def test_a_multiple_birth_gives_nineteen_weeks_at_most() -> None:
    rest = plan(
        expected={"on": "2020-07-18", "multiple": True},
        births=[birth("2020-07-18"), birth("2020-07-18")],
        history=WORKED,
    )
    assert days_of(rest) == {
        "prenatal-compulsory": 7,
        "postnatal-compulsory": 63,
        "extension-transfer": 49,
        "extension-multiple": 14,
    }
    assert rest.days == 19 * 7


# --- the first day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("multiple", "asked", "first", "outcome"),
    [
        (False, "2020-06-06", "2020-06-06", "met"),  # 42 days before
        (False, "2020-06-05", "2020-06-06", "not-met"),  # 43
        (True, "2020-05-23", "2020-05-23", "met"),  # 56
        (True, "2020-05-22", "2020-05-23", "not-met"),  # 57
    ],
)
def test_the_rest_begins_at_most_six_weeks_early_and_eight_for_several_children(
    multiple: bool, asked: str, first: str, outcome: str
) -> None:
    rest = plan(expected={"on": "2020-07-18", "multiple": multiple}, first_day=asked, history=[])
    assert rest.first.isoformat() == first
    assert facts(rest, "first-day")[0] == outcome


def test_the_seventh_day_before_the_expected_one_is_the_latest_first_day() -> None:
    for births in ([], [birth("2020-07-15")], [birth("2020-07-25")]):
        assert plan(births=births, first_day="2020-07-11").first == date(2020, 7, 11)
        assert faults(births=births, first_day="2020-07-12") == {"/case/first_day": "later-than-lawful"}


def test_without_a_first_day_the_latest_lawful_one_is_taken() -> None:
    rest = plan(first_day=None)
    assert rest.first == date(2020, 7, 11)
    assert facts(rest, "first-day") == (
        "not-needed",
        {
            "expected": "2020-07-18",
            "earliest": "2020-06-06",
            "latest": "2020-07-11",
            "asked": None,
            "from": "2020-07-11",
        },
    )


def test_a_birth_before_the_compulsory_week_begins_the_rest() -> None:
    early = {"births": [birth("2020-07-01")], "history": [past("work", "2020-01-01", "2020-06-30")]}
    rest = plan(first_day=None, **early)
    assert next((s.kind, s.first) for s in rest.segments) == ("postnatal-compulsory", date(2020, 7, 1))
    assert facts(rest, "prenatal-rest")[0] == "not-needed"
    assert plan(first_day="2020-07-01", **early).first == date(2020, 7, 1)
    assert faults(first_day="2020-07-02", **early) == {"/case/first_day": "later-than-lawful"}


def test_a_birth_before_the_earliest_first_day_begins_the_rest_too() -> None:
    early = {"births": [birth("2020-05-20")], "history": [past("work", "2020-01-01", "2020-05-19")]}
    assert plan(first_day=None, **early).first == date(2020, 5, 20)
    rest = plan(first_day="2020-05-10", **early)
    assert rest.first == date(2020, 5, 20)
    assert facts(rest, "first-day")[0] == "not-met"
    assert facts(rest, "first-day")[1]["earliest"] == "2020-05-20"


def test_days_of_the_past_reach_into_the_rest_on_its_first_day_and_not_on_its_eve() -> None:
    assert plan(history=[past("work", "2020-01-01", "2020-07-10")]).days == 102
    assert faults(history=[past("holiday", "2020-07-01", "2020-07-04"), past("work", "2020-07-05", "2020-07-11")]) == {
        "/case/history/1": "reaches-into-rest"
    }


@pytest.mark.parametrize("kind", ["incapacity", "full-work-removal"])
def test_incapacity_and_full_work_removal_are_cut_where_the_rest_begins(kind: str) -> None:
    running, ended = (plan(history=[past(kind, "2020-06-03", until)]) for until in ("2020-12-31", "2020-07-10"))
    assert running.segments == ended.segments
    assert days_of(running)["extension-transfer"] == 35


def test_every_fault_is_named_at_once() -> None:
    assert faults(
        first_day="2020-07-16",
        births=[birth("2020-07-15", work_started=True)],
        history=[past("other", "2020-07-01", "2020-07-31")],
    ) == {
        "/case/first_day": "later-than-lawful",
        "/case/births/0/work_started": "rest-had-begun",
        "/case/history/0": "reaches-into-rest",
    }


def test_a_birth_a_year_from_the_expected_day_was_mistyped() -> None:
    for on in ("2021-07-19", "2019-07-18"):
        assert faults(births=[birth(on)], history=[], first_day=None) == {"/case/births/0/on": "far-from-expected"}
    plan(births=[birth("2021-07-18")], history=[], first_day=None)
    plan(births=[birth("2019-07-19")], history=[], first_day=None)


def test_a_day_before_the_known_rules_is_an_error_that_names_it() -> None:
    early: dict[str, Any] = {"expected": {"on": "2015-04-08"}, "first_day": None, "history": []}
    plan(births=[birth("2015-04-01")], **early)
    with pytest.raises(ParameterUnknownError) as unknown:
        plan(births=[birth("2015-03-31")], **early)
    assert unknown.value.on == "2015-03-31"


# --- before the birth -----------------------------------------------------------------------------


def test_days_before_the_birth_are_optional_compulsory_and_late() -> None:
    on_time = plan(births=[birth("2020-07-18")], first_day="2020-07-10", history=[])
    assert days_of(on_time) == {"prenatal-optional": 1, "prenatal-compulsory": 7, "postnatal-compulsory": 63}
    late = plan(births=[birth("2020-07-19")], first_day="2020-07-10", history=[])
    assert days_of(late) == {
        "prenatal-optional": 1,
        "prenatal-compulsory": 7,
        "prenatal-late": 1,
        "postnatal-compulsory": 63,
    }
    assert facts(late, "prenatal-rest") == ("met", {"optional": 1, "compulsory": 7, "late": 1})
    much_later = plan(births=[birth("2020-08-01")], first_day="2020-07-11", history=[])
    assert days_of(much_later)["prenatal-late"] == 14


def test_before_the_birth_the_calendar_ends_on_the_eve_of_the_expected_day() -> None:
    rest = plan(births=[], first_day="2020-06-06", history=[past("work", "2020-01-01", "2020-06-05")])
    assert [(s.kind, s.first.isoformat(), s.last.isoformat()) for s in rest.segments] == [
        ("prenatal-optional", "2020-06-06", "2020-07-10"),
        ("prenatal-compulsory", "2020-07-11", "2020-07-17"),
    ]
    assert rest.births == ()
    assert "transfer" not in rules_of(rest)


# --- conversion of incapacity ---------------------------------------------------------------------


def ill(until: str = "2020-07-10", **fields: Any) -> list[dict[str, Any]]:
    return [past("incapacity", "2020-05-01", until, **fields)]


def test_incapacity_in_the_week_before_an_early_birth_becomes_rest() -> None:
    rest = plan(history=ill())
    assert [(s.kind, s.first.isoformat(), s.last.isoformat()) for s in rest.segments][:2] == [
        ("prenatal-converted", "2020-07-08", "2020-07-10"),
        ("prenatal-compulsory", "2020-07-11", "2020-07-14"),
    ]
    assert rest.first == date(2020, 7, 8)
    assert rest.days == 105
    assert facts(rest, "conversion") == ("met", {"days": 3, "covered": None, "broken": None, "removal": None})


def test_a_birth_a_day_early_converts_incapacity_only_and_one_on_the_day_nothing() -> None:
    still_ill = past("incapacity", "2020-05-01", "2020-07-20")
    eve = plan(births=[birth("2020-07-17")], history=[still_ill])
    assert days_of(eve)["prenatal-converted"] == 1
    assert eve.first == date(2020, 7, 10)
    for on in ("2020-07-18", "2020-07-19"):
        rest = plan(births=[birth(on)], history=[still_ill])
        assert rest.first == date(2020, 7, 11)
        assert "conversion" not in rules_of(rest)


def test_a_whole_week_of_incapacity_is_converted_when_the_birth_begins_the_rest() -> None:
    rest = plan(births=[birth("2020-07-05")], first_day=None, history=ill("2020-07-31"))
    assert days_of(rest) == {"prenatal-converted": 7, "postnatal-compulsory": 63, "extension-transfer": 35}
    assert rest.first == date(2020, 6, 28)


def test_days_that_the_employer_covers_stay_incapacity_and_leave_a_gap() -> None:
    covered = plan(history=ill(employer_pays=True))
    assert "prenatal-converted" not in days_of(covered)
    assert facts(covered, "conversion") == ("not-met", {"days": None, "covered": 3, "broken": None, "removal": None})
    in_part = plan(
        history=[
            past("incapacity", "2020-05-01", "2020-07-08"),
            past("incapacity", "2020-07-09", "2020-07-09", employer_pays=True),
            past("incapacity", "2020-07-10", "2020-07-10"),
        ]
    )
    assert [(s.first.isoformat(), s.last.isoformat()) for s in in_part.segments if s.kind == "prenatal-converted"] == [
        ("2020-07-08", "2020-07-08"),
        ("2020-07-10", "2020-07-10"),
    ]
    assert (in_part.first, in_part.days) == (date(2020, 7, 8), 104)
    assert facts(in_part, "conversion") == ("met", {"days": 2, "covered": 1, "broken": None, "removal": None})


def segments(rest: Rest, kind: str) -> list[tuple[str, str]]:
    return [(s.first.isoformat(), s.last.isoformat()) for s in rest.segments if s.kind == kind]


def test_a_sick_day_that_work_follows_stays_a_sick_day() -> None:
    rest = plan(
        expected={"on": "2020-08-18"},
        births=[birth("2020-07-15")],
        first_day=None,
        history=[
            past("work", "2020-01-01", "2020-07-07"),
            past("incapacity", "2020-07-08", "2020-07-08"),
            past("work", "2020-07-09", "2020-07-14"),
        ],
    )
    assert (rest.first, segments(rest, "prenatal-converted")) == (date(2020, 7, 15), [])
    assert facts(rest, "conversion") == ("not-met", {"days": None, "covered": None, "broken": 1, "removal": None})


@pytest.mark.parametrize("between", ["work", "holiday", "full-work-removal", "other", None])
def test_only_days_from_which_on_there_is_nothing_but_incapacity_are_converted(between: str | None) -> None:
    history = [
        past("incapacity", "2020-07-08", "2020-07-10"),
        *([past(between, "2020-07-11", "2020-07-11")] if between else []),
        past("incapacity", "2020-07-12", "2020-07-14"),
    ]
    rest = plan(expected={"on": "2020-08-18"}, first_day=None, history=history)
    assert (rest.first, rest.start) == (date(2020, 7, 12), date(2020, 7, 15))
    assert segments(rest, "prenatal-converted") == [("2020-07-12", "2020-07-14")]
    removed = 1 if between == "full-work-removal" else None
    assert facts(rest, "conversion") == ("met", {"days": 3, "covered": None, "broken": 3, "removal": removed or None})


def test_a_day_without_incapacity_on_the_eve_of_the_rest_converts_nothing() -> None:
    for until, first in (("2020-07-10", date(2020, 7, 8)), ("2020-07-09", date(2020, 7, 11))):
        assert plan(history=ill(until)).first == first


def test_covered_days_up_to_the_eve_break_nothing() -> None:
    history = [
        past("incapacity", "2020-07-08", "2020-07-09"),
        past("incapacity", "2020-07-10", "2020-07-14", employer_pays=True),
    ]
    rest = plan(expected={"on": "2020-08-18"}, first_day=None, history=history)
    assert segments(rest, "prenatal-converted") == [("2020-07-08", "2020-07-09")]
    assert facts(rest, "conversion") == ("met", {"days": 2, "covered": 5, "broken": None, "removal": None})


def test_nothing_is_converted_that_she_does_not_want() -> None:
    rest = plan(history=ill(), convert_incapacity=False)
    assert (rest.first, segments(rest, "prenatal-converted")) == (date(2020, 7, 11), [])
    assert facts(rest, "conversion") == ("not-needed", {"days": 3, "covered": None, "broken": None, "removal": None})


def test_full_work_removal_before_an_early_birth_is_not_converted() -> None:
    rest = plan(history=[past("full-work-removal", "2020-05-01", "2020-07-31")])
    assert rest.first == date(2020, 7, 11)
    assert facts(rest, "conversion") == ("not-met", {"days": None, "covered": None, "broken": None, "removal": 3})


def test_work_in_the_week_before_an_early_birth_is_lost() -> None:
    worked_to_the_eve = plan(
        births=[birth("2020-07-09")], first_day=None, history=[past("work", "2020-01-01", "2020-07-08")]
    )
    assert days_of(worked_to_the_eve) == {"postnatal-compulsory": 63, "extension-transfer": 35}
    assert "conversion" not in rules_of(worked_to_the_eve)


# --- nine weeks after the birth -------------------------------------------------------------------


def test_work_begun_on_the_day_of_the_birth_lets_the_nine_weeks_begin_the_next_day() -> None:
    history = [past("work", "2020-01-01", "2020-07-01")]
    rest = plan(births=[birth("2020-07-01", work_started=True)], first_day=None, history=history)
    assert (rest.first, rest.segments[0].last) == (date(2020, 7, 2), date(2020, 9, 2))
    assert days_of(rest) == {"postnatal-compulsory": 63, "extension-transfer": 35}
    assert facts(rest, "postnatal-rest")[1]["worked"] is True
    assert plan(births=[birth("2020-07-01")], first_day=None, history=[]).segments[0].last == date(2020, 9, 1)


def test_a_rest_from_a_day_of_birth_on_which_she_worked_begins_the_next_day() -> None:
    history = [past("work", "2020-01-01", "2020-07-01")]
    for first_day in ("2020-07-01", "2020-07-02"):
        rest = plan(births=[birth("2020-07-01", work_started=True)], first_day=first_day, history=history)
        assert rest.first == date(2020, 7, 2)


def test_work_cannot_begin_on_a_birth_that_came_in_the_rest() -> None:
    worked = [birth("2020-07-12", work_started=True)]
    assert faults(births=worked) == {"/case/births/0/work_started": "rest-had-begun"}
    assert plan(births=[birth("2020-07-11", work_started=True)]).first == date(2020, 7, 12)


def test_the_nine_weeks_follow_the_last_birth_and_the_days_between_are_rest() -> None:
    twins = {"expected": {"on": "2020-07-18", "multiple": True}, "births": [birth("2020-07-20"), birth("2020-07-15")]}
    rest = plan(**twins)
    assert [(s.kind, s.first.isoformat(), s.last.isoformat()) for s in rest.segments][:3] == [
        ("prenatal-compulsory", "2020-07-11", "2020-07-14"),
        ("between-births", "2020-07-15", "2020-07-19"),
        ("postnatal-compulsory", "2020-07-20", "2020-09-20"),
    ]
    assert rest.births == (date(2020, 7, 15), date(2020, 7, 20))
    assert facts(rest, "between-births") == ("met", {"first": "2020-07-15", "last": "2020-07-20", "days": 5})
    assert facts(rest, "transfer")[1]["from"] == "2020-05-20"  # eight weeks before the first birth
    assert facts(rest, "transfer")[1]["until"] == "2020-07-07"


def test_work_begun_on_the_first_of_two_birth_days_lets_the_rest_begin_the_next_day() -> None:
    rest = plan(
        expected={"on": "2020-07-18", "multiple": True},
        births=[birth("2020-07-01", work_started=True), birth("2020-07-04")],
        first_day=None,
        history=[past("work", "2020-01-01", "2020-07-01")],
    )
    assert [(s.kind, s.first.isoformat()) for s in rest.segments][:2] == [
        ("between-births", "2020-07-02"),
        ("postnatal-compulsory", "2020-07-04"),
    ]
    assert faults(
        expected={"on": "2020-07-18", "multiple": True},
        births=[birth("2020-07-01"), birth("2020-07-04", work_started=True)],
        first_day=None,
        history=[],
    ) == {"/case/births/1/work_started": "rest-had-begun"}


def test_births_on_two_days_running_have_no_day_between_when_she_worked_on_the_first() -> None:
    rest = plan(
        births=[birth("2020-07-01", work_started=True), birth("2020-07-02")],
        first_day=None,
        history=[past("work", "2020-01-01", "2020-07-01")],
    )
    assert next((s.kind, s.first.isoformat()) for s in rest.segments) == ("postnatal-compulsory", "2020-07-02")


# --- days carried over ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "carried"),
    [
        ("2020-06-02", "2020-06-02", 0),  # 43 days before the birth
        ("2020-06-03", "2020-06-03", 1),  # 42
        ("2020-07-07", "2020-07-07", 1),  # 8
        ("2020-07-08", "2020-07-10", 0),  # 7: the last week is lost
    ],
)
def test_days_are_carried_over_from_six_to_two_weeks_before_the_real_birth(first: str, last: str, carried: int) -> None:
    assert days_of(plan(history=[past("work", first, last)])).get("extension-transfer", 0) == carried


@pytest.mark.parametrize(("first", "carried"), [("2020-05-19", 0), ("2020-05-20", 1)])
def test_several_children_open_the_window_two_weeks_earlier(first: str, carried: int) -> None:
    twins = [birth("2020-07-15"), birth("2020-07-15")]
    rest = plan(births=twins, history=[past("work", first, first)])
    assert days_of(rest).get("extension-transfer", 0) == carried
    expected_only = plan(expected={"on": "2020-07-18", "multiple": True}, history=[past("work", first, first)])
    assert "extension-transfer" not in days_of(expected_only)  # one child was born


def test_a_later_birth_moves_the_window_with_it() -> None:
    rest = plan(births=[birth("2020-07-25")], history=WORKED)
    assert facts(rest, "transfer")[1] | {"asked": None} == {
        "from": "2020-06-13",
        "until": "2020-07-17",
        "found": 28,
        "asked": None,
        "days": 28,
        "partial": None,
    }


@pytest.mark.parametrize(
    "kind",
    [
        "work",
        "pregnancy-examination",
        "controlled-unemployment",
        "holiday",
        "lay-judge",
        "short-absence",
        "compelling-reasons",
        "guaranteed-daily-wage",
        "technical-disruption",
        "technical-unemployment",
        "bad-weather",
        "economic-unemployment",
        "environmental-closure",
        "public-holiday",
        "six-day-week-day",
        "compensatory-rest",
        "childminder-day-off",
    ],
)
def test_work_unemployment_and_the_closed_list_count_before_and_after_1_march_2020(kind: str) -> None:
    for expected, on in (("2019-07-18", "2019-07-15"), ("2020-07-18", "2020-07-15")):
        window = past(kind, day(on, -42), day(on, -8))
        rest = plan(expected={"on": expected}, births=[birth(on)], first_day=None, history=[window])
        assert days_of(rest)["extension-transfer"] == 35


@pytest.mark.parametrize(
    "kind", ["force-majeure-unemployment", "suspension-or-part-time-work", "incapacity", "full-work-removal"]
)
def test_items_13_and_14_and_two_kinds_of_item_6_count_from_1_march_2020(kind: str) -> None:
    march = {"expected": {"on": "2020-04-01"}, "births": [birth("2020-04-01")], "first_day": None}
    for first, last, carried in (
        ("2020-02-19", "2020-02-29", 0),  # a leap year: the eve is 29 February
        ("2020-02-19", "2020-03-01", 1),
        ("2020-02-19", "2020-03-24", 24),
        ("2020-03-01", "2020-03-01", 1),
    ):
        rest = plan(history=[past(kind, first, last)], **march)
        assert days_of(rest).get("extension-transfer", 0) == carried


@pytest.mark.parametrize("kind", ["career-break", "termination-indemnity", "educational-leave", "other"])
def test_what_is_not_on_the_closed_list_never_counts(kind: str) -> None:
    rest = plan(history=[past(kind, "2020-06-03", "2020-07-07")])
    assert "extension-transfer" not in days_of(rest)
    assert facts(rest, "transfer")[0] == "not-met"


def test_days_on_which_an_activity_went_on_come_last_with_its_name() -> None:
    history = [
        past("authorised-activity", "2020-06-03", "2020-06-04", activities=["shop", "office", "shop"]),
        past("activity-in-partial-removal", "2020-06-10", "2020-06-11", activities=["office", "shop"]),
        past("activity-in-partial-removal", "2020-06-12", "2020-06-14", activities=["office"]),
        past("work", "2020-07-01", "2020-07-10"),
    ]
    rest = plan(history=history)
    assert [(s.kind, s.days, s.activities) for s in rest.segments][2:] == [
        ("extension-transfer", 7, ()),
        ("extension-partial-activity", 4, ("office", "shop")),
        ("extension-partial-activity", 3, ("office",)),
    ]
    assert facts(rest, "transfer")[1]["partial"] == 7
    asked = plan(history=history, extension={"transfer_days": 10})
    assert [(s.kind, s.days) for s in asked.segments][2:] == [
        ("extension-transfer", 7),
        ("extension-partial-activity", 3),
    ]
    assert facts(asked, "transfer")[1] | {"from": "", "until": ""} == {
        "from": "",
        "until": "",
        "found": 14,
        "asked": 10,
        "days": 10,
        "partial": 3,
    }


def test_she_may_ask_for_fewer_days_than_she_can_carry_over() -> None:
    for asked, carried, outcome in ((0, 0, "not-needed"), (1, 1, "met"), (34, 34, "met"), (36, 35, "met")):
        rest = plan(extension={"transfer_days": asked})
        assert days_of(rest).get("extension-transfer", 0) == carried
        assert facts(rest, "transfer")[0] == outcome


# --- several children -----------------------------------------------------------------------------


def test_several_children_give_two_weeks_more_or_less_where_she_asks_for_less() -> None:
    for children, asked, days in ((2, None, 14), (3, None, 14), (2, 13, 13), (2, 0, 0)):
        rest = plan(births=[birth("2020-07-15")] * children, extension={"multiple_days": asked})
        assert days_of(rest).get("extension-multiple", 0) == days
        assert facts(rest, "multiple-birth")[0] == ("met" if days else "not-needed")
    assert "multiple-birth" not in rules_of(plan())


# --- a newborn in hospital ------------------------------------------------------------------------


def in_hospital(*stays: dict[str, Any], **fields: Any) -> int:
    """Days that the stays of a child born on 15 July add."""
    return days_of(plan(births=[birth("2020-07-15", stays=list(stays), **fields)])).get("extension-hospital", 0)


@pytest.mark.parametrize(("days", "added"), [(1, 0), (7, 0), (8, 1), (21, 14), (175, 168), (176, 168)])
def test_a_stay_adds_its_days_beyond_the_seventh_168_at_most(days: int, added: int) -> None:
    assert in_hospital(stay("2020-07-15", day("2020-07-15", days - 1))) == added


def test_the_child_must_be_admitted_within_seven_days() -> None:
    assert in_hospital(stay("2020-07-21", "2020-08-04")) == 14  # its seventh day
    assert in_hospital(stay("2020-07-22", "2020-08-04")) == 0  # its eighth
    rest = plan(births=[birth("2020-07-15", stays=[stay("2020-07-22", "2020-08-04")])])
    assert facts(rest, "hospital-stay") == ("not-met", {"stayed": 0, "days": 0, "first_days": 7, "most": 168})


def test_a_day_at_home_ends_the_stay_unless_by_force_majeure() -> None:
    before = stay("2020-07-15", "2020-07-30")  # nine days beyond the seventh
    assert in_hospital(before, stay("2020-07-31", "2020-08-09")) == 19
    assert in_hospital(before, stay("2020-08-01", "2020-08-10")) == 9
    assert (
        in_hospital(before, stay("2020-08-01", "2020-08-10", force_majeure=True)) == 19
    )  # the day at home does not count
    assert in_hospital(stay("2020-07-22", "2020-08-10", force_majeure=True)) == 0  # nothing was interrupted


def test_two_stays_that_both_began_in_the_first_week_are_two_and_the_longest_counts() -> None:
    assert in_hospital(stay("2020-07-15", "2020-07-17"), stay("2020-07-19", "2020-07-30")) == 9
    assert in_hospital(stay("2020-07-19", "2020-07-30"), stay("2020-07-15", "2020-07-17")) == 9


def test_a_rehabilitation_centre_counts_when_it_follows_at_once() -> None:
    hospital = stay("2020-07-15", "2020-07-30")
    centre = {"place": "rehabilitation"}
    assert in_hospital(hospital, stay("2020-07-31", "2020-08-09", **centre)) == 19
    assert in_hospital(hospital, stay("2020-08-01", "2020-08-09", **centre)) == 9
    assert in_hospital(hospital, stay("2020-08-01", "2020-08-09", force_majeure=True, **centre)) == 9
    assert in_hospital(stay("2020-07-15", "2020-08-09", **centre)) == 0  # it begins no stay
    interrupted = stay("2020-08-01", "2020-08-04", **centre), stay("2020-08-05", "2020-08-09", force_majeure=True)
    assert in_hospital(hospital, *interrupted) == 9


def test_the_extension_outlives_the_child_and_its_stay_does_not() -> None:
    stays = stay("2020-07-15", "2020-08-04")
    assert in_hospital(stays, died_on="2020-08-10") == 14
    assert in_hospital(stays, died_on="2020-08-04") == 14
    assert in_hospital(stays, died_on="2020-08-03") == 13
    assert in_hospital(stays, died_on="2020-07-21") == 0
    assert in_hospital(stays, stay("2020-08-05", "2020-08-09"), died_on="2020-08-04") == 14


def test_of_several_children_the_longest_stay_counts_each_from_its_own_birth() -> None:
    first = birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-31")])  # ten beyond the seventh
    second = birth("2020-07-18", stays=[stay("2020-07-18", "2020-08-02")])  # nine
    for births in ([first, second], [second, first]):
        assert days_of(plan(births=births))["extension-hospital"] == 10
    assert days_of(plan(births=[first, birth("2020-07-18")]))["extension-hospital"] == 10


def test_without_a_certificate_a_stay_does_not_count_and_the_certificate_is_named() -> None:
    stays = [stay("2020-07-15", "2020-08-04"), stay("2020-08-05", "2020-08-24", certified=False)]
    rest = plan(births=[birth("2020-07-15", stays=stays)])
    assert days_of(rest)["extension-hospital"] == 14
    assert [(m.rule, m.field, *said(m)) for m in rest.missing] == [
        (
            "hospital-stay",
            "births/0/stays/1/certified",
            "a certificate of the hospital, on 2020-11-03 at the latest",
            "nothing",
        )
    ]
    assert rest.last == date(2020, 11, 3)


def test_she_need_not_ask_for_the_days_in_hospital() -> None:
    stays = [stay("2020-07-15", "2020-08-04"), stay("2020-08-05", "2020-08-24", certified=False)]
    rest = plan(births=[birth("2020-07-15", stays=stays)], extension={"hospital": False})
    assert "extension-hospital" not in days_of(rest)
    assert facts(rest, "hospital-stay") == ("not-needed", {"stayed": 14, "days": 0, "first_days": 7, "most": 168})
    assert rest.missing == []


def test_extensions_follow_one_another_in_the_order_of_the_law() -> None:
    rest = plan(
        births=[birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-22")]), birth("2020-07-15")],
        history=[
            past("authorised-activity", "2020-06-03", "2020-06-03", activities=["office"]),
            past("work", "2020-06-04", "2020-06-04"),
        ],
    )
    assert [(s.kind, s.days) for s in rest.segments] == [
        ("prenatal-compulsory", 4),
        ("postnatal-compulsory", 63),
        ("extension-transfer", 1),
        ("extension-partial-activity", 1),
        ("extension-multiple", 14),
        ("extension-hospital", 1),
    ]


# --- separate leave days --------------------------------------------------------------------------


def separately(carried: int, **fields: Any) -> dict[str, Any]:
    return {"extension": {"transfer_days": carried, "separate": {"schedule": SCHEDULE, **fields}}}


def test_the_last_two_weeks_become_separate_days_where_the_extension_is_two_weeks() -> None:
    rest = plan(**separately(14))
    assert rest.separate is not None
    assert rest.last == date(2020, 9, 15)
    assert (rest.separate.days, rest.separate.first, rest.separate.last) == (8, date(2020, 9, 16), date(2020, 11, 10))
    assert "extension-transfer" not in days_of(rest)
    assert facts(rest, "separate-leave") == (
        "met",
        {"weeks": 2, "days": 8, "from": "2020-09-16", "until": "2020-11-10", "planned": None},
    )
    assert facts(rest, "separate-leave-amount")[0] == "unknown"
    assert [(m.rule, m.field) for m in rest.missing] == [("separate-leave-amount", "extension/separate")]


def test_thirteen_days_of_extension_become_no_separate_days() -> None:
    rest = plan(**separately(13))
    assert rest.separate is None
    assert days_of(rest)["extension-transfer"] == 13
    assert facts(rest, "separate-leave") == ("not-met", {"extended": 13, "needed": 14, "died": None})
    assert rest.missing == []


def test_all_extensions_together_make_the_two_weeks_and_they_are_taken_from_the_end() -> None:
    stays = [stay("2020-07-15", "2020-07-31")]
    rest = plan(births=[birth("2020-07-15", stays=stays)], **separately(5))
    assert days_of(rest) == {"prenatal-compulsory": 4, "postnatal-compulsory": 63, "extension-transfer": 1}
    assert rest.separate is not None


def test_planned_days_lie_in_the_eight_weeks_and_are_no_more_than_there_are() -> None:
    rest = plan(**separately(14, planned=["2020-11-10", "2020-09-16"]))
    assert rest.separate is not None
    assert rest.separate.planned == (date(2020, 9, 16), date(2020, 11, 10))
    place = "/case/extension/separate/planned"
    for outside in ("2020-09-15", "2020-11-11"):
        assert faults(**separately(14, planned=[outside])) == {place: "outside-eight-weeks"}
    eight = [day("2020-09-16", n) for n in range(8)]
    assert plan(**separately(14, planned=eight)).separate is not None
    assert faults(**separately(14, planned=[*eight, "2020-10-01"])) == {place: "too-many-days"}


# --- death ----------------------------------------------------------------------------------------


def test_the_day_of_her_death_is_the_last_that_the_mother_takes() -> None:
    rest = plan(mother_died_on="2020-07-17")
    assert rest.last == date(2020, 7, 17)
    assert rest.left == 95  # 60 of the nine weeks and 35 carried over
    assert facts(rest, "mother-death") == ("met", {"died": "2020-07-17", "left": 95})


def test_a_death_on_the_last_day_leaves_nothing_and_one_on_the_eve_one_day() -> None:
    on_it, eve = plan(mother_died_on="2020-10-20"), plan(mother_died_on="2020-10-19")
    assert (on_it.last, on_it.left) == (date(2020, 10, 20), 0)
    assert "mother-death" not in rules_of(on_it)
    assert (eve.last, eve.left) == (date(2020, 10, 19), 1)


def test_the_days_between_two_births_are_among_those_that_she_had_left() -> None:
    births = [birth("2020-07-15"), birth("2020-07-20")]
    first, eve = (plan(births=births, mother_died_on=day) for day in ("2020-07-15", "2020-07-19"))
    assert first.left - eve.left == 4


def test_a_death_before_the_birth_ends_the_rest_and_one_before_the_rest_is_a_fault() -> None:
    rest = plan(births=[], mother_died_on="2020-07-13")
    assert (rest.last, rest.left, rest.days) == (date(2020, 7, 13), 0, 3)
    assert plan(births=[], mother_died_on="2020-07-11").days == 1
    assert faults(births=[], mother_died_on="2020-07-10") == {"/case/mother_died_on": "before-rest"}


def test_after_her_death_no_day_is_taken_separately() -> None:
    rest = plan(mother_died_on="2020-10-19", **separately(35))
    assert rest.separate is None
    assert rest.last == date(2020, 10, 19)
    assert facts(rest, "separate-leave") == ("not-met", {"extended": 35, "needed": 14, "died": "2020-10-19"})


def test_the_death_of_a_child_shortens_nothing() -> None:
    assert plan(births=[birth("2020-07-15", died_on="2020-07-16")]).segments == plan().segments
    twins = plan(births=[birth("2020-07-15", died_on="2020-07-15"), birth("2020-07-15", living=False)])
    assert days_of(twins)["extension-multiple"] == 14


# --- full work removal ----------------------------------------------------------------------------


def removed(first: str, last: str, wage: str | None = "90.0000") -> dict[str, Any]:
    return past("full-work-removal", first, last, wage=wage)


def test_full_work_removal_ends_a_week_before_the_expected_day_even_if_born_late() -> None:
    for on in ("2020-07-15", "2020-07-30"):
        rest = plan(births=[birth(on)], history=[removed("2020-03-01", "2020-08-31")])
        assert [(r.first, r.last) for r in rest.removal] == [(date(2020, 3, 1), date(2020, 7, 10))]
        assert facts(rest, "work-removal-period") == ("met", {"until": "2020-07-10", "days": 132})


def test_full_work_removal_ends_where_an_earlier_rest_birth_or_death_comes() -> None:
    history = [removed("2020-03-01", "2020-08-31")]
    assert plan(first_day="2020-06-06", history=history).removal[0].last == date(2020, 6, 5)
    assert plan(births=[birth("2020-07-01")], first_day=None, history=history).removal[0].last == date(2020, 6, 30)
    worked = [birth("2020-07-01", work_started=True)]
    assert plan(births=worked, first_day=None, history=history).removal[0].last == date(2020, 6, 30)
    nothing_left = [removed("2020-07-11", "2020-08-31")]
    assert plan(history=nothing_left).removal == []


def test_adjoining_removals_with_one_wage_are_one_and_without_a_wage_not_computed() -> None:
    history = [
        removed("2020-05-01", "2020-05-31"),
        removed("2020-04-01", "2020-04-30"),
        removed("2020-06-01", "2020-06-10", "91.0000"),
        removed("2020-06-12", "2020-06-20", "91.0000"),
        removed("2020-06-21", "2020-07-10", None),
    ]
    assert [(r.first.isoformat(), r.last.isoformat(), str(r.wage)) for r in plan(history=history).removal] == [
        ("2020-04-01", "2020-05-31", "90.0000"),
        ("2020-06-01", "2020-06-10", "91.0000"),
        ("2020-06-12", "2020-06-20", "91.0000"),
    ]


# --- leap years -----------------------------------------------------------------------------------


def test_a_29th_of_february_is_a_day_like_any_other() -> None:
    leap = plan(
        expected={"on": "2020-03-10"},
        births=[birth("2020-02-29")],
        first_day=None,
        history=[past("work", "2019-01-01", "2020-02-28")],
    )
    assert (leap.first, leap.last) == (date(2020, 2, 29), date(2020, 6, 5))
    assert facts(leap, "transfer")[1]["from"] == "2020-01-18"
    common = plan(
        expected={"on": "2019-03-10"},
        births=[birth("2019-02-28")],
        first_day=None,
        history=[past("work", "2018-01-01", "2019-02-27")],
    )
    assert (leap.days, common.days) == (98, 98)
    assert common.last == date(2019, 6, 5)
