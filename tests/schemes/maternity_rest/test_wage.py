"""The lost wage of the first day of the rest, its index, and how long
alignment lasts (circular V.I. 2020/204, 7.1.2.b and 7.2).
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.maternity_rest.figures import figures_of
from tests.schemes.maternity_rest.builders import activity, past, said
from tests.schemes.maternity_rest.pay import by_day, facts, outcome, paid, parameters, rest

INSURED = {"kind": "controlled-unemployed"}
OTHER = {"kind": "quality-lost-in-incapacity-or-rest"}


def wage(**pay: Any) -> str:
    return str(facts(paid(rest("2020-07-13"), pay=pay), "wage")["wage"])


def test_a_stable_employment_counts_at_its_wage_of_the_second_quarter_before() -> None:
    assert wage(activities=[activity("120.0000", start_wage={"amount": "130.0000"})]) == "120.0000"


def test_an_employment_that_changed_counts_at_its_wage_of_the_first_day() -> None:
    assert wage(activities=[activity("120.0000", stable=False, start_wage={"amount": "130.0000"})]) == "130.0000"


@pytest.mark.parametrize(
    ("month", "day"), [("2600.00", "100.0000"), ("2600.0013", "100.0001"), ("2600.0012", "100.0000")]
)
def test_a_monthly_wage_is_one_part_in_26_rounded_half_up(month: str, day: str) -> None:
    assert wage(activities=[activity(reference_wage={"amount": month, "per": "month"})]) == day


def test_several_employments_are_added() -> None:
    both = [
        activity("60.0001", "school"),
        activity(name="shop", stable=False, start_wage={"amount": "1300", "per": "month"}),
    ]
    assert wage(activities=both) == "110.0001"


@pytest.mark.parametrize(
    ("pay", "field"),
    [
        ({}, "pay/activities"),
        ({"activities": [{"name": "shop", "stable": True}]}, "pay/activities/0/reference_wage"),
        ({"activities": [activity(), {"name": "shop", "stable": False}]}, "pay/activities/1/start_wage"),
        (
            {"incapacity": {"since": "2020-01-01", "benefits": [{"from": "2020-01-01", "gross": "1.00"}]}},
            "pay/incapacity/wage",
        ),
    ],
)
def test_a_wage_that_is_not_given_is_asked_for_and_nothing_is_paid(pay: dict[str, Any], field: str) -> None:
    result = paid(rest("2020-07-13"), pay=pay)
    assert [(m.rule, m.field, said(m)[1]) for m in result.missing] == [("wage", field, "nothing")]
    assert (result.amounts, result.total, outcome(result, "wage")) == ([], None, "unknown")


def test_incapacity_up_to_the_eve_of_the_rest_brings_its_own_wage() -> None:
    incapacity = {
        "since": "2020-01-01",
        "wage": {"amount": "110.0000"},
        "benefits": [{"from": "2020-01-01", "gross": "66.00"}],
    }
    assert wage(activities=[activity("120.0000")], incapacity=incapacity) == "110.0000"


def test_who_rests_since_the_fifth_month_has_the_wage_of_the_interruption() -> None:
    resting = {"kind": "resting-since-fifth-month", "rest_from": "2020-04-01", "since_fifth_month": True}
    pay = {"activities": [activity("120.0000")], "interruption_wage": {"amount": "125.0000"}}
    result = paid(rest("2020-07-13"), quality=resting, pay=pay)
    assert facts(result, "wage")["wage"] == "125.0000"
    assert by_day(result)["2020-07-13"] == "102.50"
    (missing,) = paid(rest("2020-07-13"), quality=resting, pay={"activities": [activity()]}).missing
    assert missing.field == "pay/interruption_wage"


def childminder(places: int, maximum: int, community: str = "french", **pay: Any) -> str:
    minder = {"community": community, "places": places, "maximum_places": maximum, "guaranteed_income": "1625.72"}
    return wage(childminder=minder, **pay)


@pytest.mark.parametrize(
    ("places", "maximum", "expected"),
    [(4, 4, "62.5277"), (3, 4, "46.8958"), (2, 8, "15.6319"), (5, 6, "52.1064")],
)
def test_a_childminder_has_the_minimum_income_by_her_places(places: int, maximum: int, expected: str) -> None:
    assert childminder(places, maximum) == expected


@pytest.mark.parametrize(("places", "expected"), [(3, "46.8958"), (4, "62.5277"), (5, "62.5277"), (8, "62.5277")])
def test_a_flemish_childminder_has_four_places_out_of_four_at_most(places: int, expected: str) -> None:
    assert childminder(places, 8, "flemish") == expected


def test_a_childminder_keeps_her_own_wage_after_incapacity() -> None:
    incapacity = {
        "since": "2020-06-01",
        "wage": {"amount": "99.0000"},
        "benefits": [{"from": "2020-06-01", "gross": "1.00"}],
    }
    assert childminder(4, 4, incapacity=incapacity) == "62.5277"


def test_the_wage_follows_an_index_step_from_its_day_on() -> None:
    days = by_day(paid(rest("2020-02-24", days=60), pay={"activities": [activity("100.0000")]}))
    assert (days["2020-02-29"], days["2020-03-02"]) == ("82.00", "83.64")
    assert days["2020-03-25"] == "76.50"


def test_a_wage_of_the_day_of_the_step_has_that_step_already() -> None:
    days = by_day(paid(rest("2020-03-01", days=40), pay={"activities": [activity("100.0000")]}))
    assert set(days.values()) == {"82.00", "75.00"}
    result = paid(rest("2020-02-29", days=3), pay={"activities": [activity("100.0000")]})
    assert by_day(result) == {"2020-02-29": "82.00", "2020-03-02": "83.64"}
    assert facts(result, "wage-index") == {"from": ["2020-03-01"], "wages": ["102.0000"]}


def test_two_steps_multiply_by_the_rounded_power() -> None:
    # 1.02² = 1.0404; × 100.0000 × 82 % = 85.3128
    days = by_day(paid(rest("2021-12-20", days=30), pay={"activities": [activity("100.0000")]}))
    assert (days["2021-12-31"], days["2022-01-03"]) == ("82.00", "83.64")
    long = by_day(paid(rest("2022-02-21", days=90), pay={"activities": [activity("80.0000")]}))
    # 80 × 1.02 = 81.6000, × 1.0404 = 83.2320; 75 % = 61.20 and 62.424
    assert (long["2022-04-30"], long["2022-05-02"]) == ("61.20", "62.42")


@pytest.mark.parametrize(
    ("first", "unknown"),
    [
        ("2017-05-29", "2017-05-30"),
        ("2017-05-31", "2017-05-31"),
        ("2026-12-31", "2027-01-01"),
        ("2027-01-04", "2027-01-05"),
        ("2026-12-14", "2027-01-01"),
    ],
)
def test_a_day_up_to_which_not_every_step_is_known_is_an_error_that_names_it(first: str, unknown: str) -> None:
    with pytest.raises(ParameterUnknownError) as raised:
        paid(
            rest(first, days=20),
            pay={"activities": [activity()]},
            quality={"kind": "employee", "basis": "irregular-termination"},
        )
    assert (raised.value.parameter, raised.value.on) == ("index-steps-listed", unknown)


def test_the_first_day_itself_needs_no_index() -> None:
    assert by_day(paid(rest("2025-03-03", days=1), pay={"activities": [activity()]})) == {"2025-03-03": "82.00"}


# Alignment: six months, less protection and incapacity immediately before.


def aligned_until(first: str, history: list[dict[str, Any]], incapacity: str | None = None) -> str:
    pay: dict[str, Any] = {
        "unemployment": {"wage": {"amount": "100.0000"}, "benefits": [{"from": "2010-01-01", "amount": "50.00"}]}
    }
    if incapacity:
        pay["incapacity"] = {
            "since": incapacity,
            "wage": {"amount": "100.0000"},
            "benefits": [{"from": "2010-01-01", "gross": "50.00"}],
        }
    found = facts(paid(rest(first, days=14), quality=INSURED, pay=pay, history=history), "alignment")
    return str(found["until"])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2019-04-01", "2019-09-30"),
        ("2019-08-28", "2020-02-27"),
        ("2019-08-29", "2020-02-28"),
        ("2019-08-30", "2020-02-29"),
        ("2019-08-31", "2020-02-29"),
        ("2018-08-29", "2019-02-28"),
        ("2020-03-30", "2020-09-29"),
        ("2020-03-31", "2020-09-30"),
    ],
)
def test_six_months_end_on_the_eve_of_their_day_or_with_a_month_that_lacks_it(first: str, last: str) -> None:
    assert aligned_until(first, []) == last


def test_incapacity_up_to_the_eve_counts() -> None:
    # the source: incapacity from 1 April 2019 leads to 30 September, whatever follows it
    assert aligned_until("2019-07-01", [past("incapacity", "2019-04-01", "2019-06-30")]) == "2019-09-30"
    assert aligned_until("2019-07-01", [past("full-work-removal", "2019-04-01", "2019-06-30")]) == "2019-09-30"


def test_a_gap_of_one_day_before_the_rest_leaves_nothing_to_count() -> None:
    assert aligned_until("2019-07-01", [past("incapacity", "2019-04-01", "2019-06-29")]) == "2019-12-31"


@pytest.mark.parametrize(("gap", "counted"), [(0, 61), (1, 61), (13, 61), (14, 30)])
def test_spells_of_incapacity_with_fewer_than_fourteen_days_between_them_are_added(gap: int, counted: int) -> None:
    second = date(2019, 6, 1)
    end = second - timedelta(gap + 1)
    start = end - timedelta(30)
    history = [past("incapacity", start.isoformat(), end.isoformat()), past("incapacity", "2019-06-01", "2019-06-30")]
    pay = {"unemployment": {"wage": {"amount": "100.0000"}, "benefits": [{"from": "2010-01-01", "amount": "50.00"}]}}
    found = facts(paid(rest("2019-07-01"), quality=INSURED, pay=pay, history=history), "alignment")
    assert found["before"] == counted


def test_the_days_of_a_bridged_gap_are_not_counted() -> None:
    history = [past("incapacity", "2019-04-01", "2019-04-30"), past("incapacity", "2019-05-11", "2019-06-30")]
    # 51 + 30 days before 1 July: from 11 April
    assert aligned_until("2019-07-01", history) == "2019-10-10"


def test_a_gap_between_work_removal_and_incapacity_is_never_bridged() -> None:
    history = [past("incapacity", "2019-04-01", "2019-04-30"), past("full-work-removal", "2019-05-02", "2019-06-30")]
    assert aligned_until("2019-07-01", history) == "2019-11-01"
    assert (
        aligned_until("2019-07-01", [history[0], past("full-work-removal", "2019-05-01", "2019-06-30")]) == "2019-09-30"
    )


def test_work_between_spells_or_a_partial_removal_counts_for_nothing() -> None:
    partial = past("activity-in-partial-removal", "2019-04-01", "2019-06-30", activities=["office"])
    assert aligned_until("2019-07-01", [partial]) == "2019-12-31"


def test_a_recognised_incapacity_and_its_days_in_the_history_are_one_spell() -> None:
    history = [past("incapacity", "2019-04-01", "2019-05-31")]
    assert aligned_until("2019-07-01", history, incapacity="2019-05-01") == "2019-09-30"
    assert (
        aligned_until("2019-07-01", [past("incapacity", "2019-05-10", "2019-06-30")], incapacity="2019-05-01")
        == "2019-10-31"
    )


def test_a_relapse_into_the_recognised_incapacity_adds_the_spell_before_it() -> None:
    # 51 + 30 days before 1 July: from 11 April
    history = [past("incapacity", "2019-04-01", "2019-04-30")]
    assert aligned_until("2019-07-01", history, incapacity="2019-05-11") == "2019-10-10"


def test_what_lies_within_the_recognised_incapacity_hides_nothing_before_it() -> None:
    history = [past("incapacity", "2019-04-01", "2019-04-30"), past("incapacity", "2019-05-10", "2019-05-20")]
    assert aligned_until("2019-07-01", history, incapacity="2019-05-01") == "2019-09-30"


def test_work_removal_between_two_spells_of_incapacity_parts_them() -> None:
    history = [
        past("incapacity", "2019-05-01", "2019-06-04"),
        past("full-work-removal", "2019-06-05", "2019-06-06"),
        past("incapacity", "2019-06-10", "2019-06-30"),
    ]
    assert aligned_until("2019-07-01", history) == "2019-12-09"


def test_more_than_six_months_of_incapacity_leave_no_alignment() -> None:
    pay = {"unemployment": {"wage": {"amount": "100.0000"}, "benefits": [{"from": "2019-12-01", "amount": "50.00"}]}}
    result = paid(
        rest("2019-07-01"), quality=INSURED, pay=pay, history=[past("incapacity", "2018-12-31", "2019-06-30")]
    )
    assert (outcome(result, "alignment"), facts(result, "alignment")["until"]) == ("not-needed", "2019-06-30")
    assert by_day(result)["2019-07-01"] == "79.50"
    one_day_more = [past("incapacity", "2019-01-02", "2019-06-30")]
    result = paid(rest("2019-07-01"), quality=INSURED, pay=pay, history=one_day_more)
    assert (outcome(result, "alignment"), facts(result, "alignment")["until"]) == ("unknown", "2019-07-01")
    assert [m.field for m in result.missing] == ["pay/unemployment/benefits"]


def test_work_removal_before_a_gap_is_no_relapse_of_the_incapacity_after_it() -> None:
    history = [past("full-work-removal", "2019-04-01", "2019-04-30"), past("incapacity", "2019-05-02", "2019-06-30")]
    assert aligned_until("2019-07-01", history) == "2019-11-01"


def test_the_level_is_known_on_the_last_listed_day_but_not_before_the_first() -> None:
    figures = figures_of(parameters())
    last, first = date(2026, 12, 31).toordinal(), date(2017, 6, 1).toordinal()
    assert figures.level(last - 2, last) == figures.level(first, first + 1) == 10_000
    with pytest.raises(ParameterUnknownError) as raised:
        paid(rest("2017-05-31", days=10), pay={"activities": [activity()]})
    assert (raised.value.parameter, raised.value.on) == ("index-steps-listed", "2017-05-31")
