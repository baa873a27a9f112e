"""What a locum gives up: nothing for a short replacement, a percentage up to
six months, a part above the free booklets beyond.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named
from tests.schemes.locum import booklets, line, month, replacement

LONG = {"from": "2023-06-01", "until": "2023-12-01"}
"""One day more than six months."""
MONTHS = [f"2023-{number:02}" for number in range(6, 13)]


def decided(case: dict[str, Any], on: str = "2024-06-30") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case, on=on)), scheme_named("locum-contribution"), "partner", b"key").decision
    )
    return found


def asked(decision: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Field, phrase and month of all that is missing, where nothing was seen."""
    assert {m["seen"] for m in decision["missing"]} == {"nothing"}
    return [(m["field"], m["needed"], m["facts"]["needed"]["month"]) for m in decision["missing"]]


def contributions(case: dict[str, Any]) -> list[str]:
    return [amount["amount"] for amount in decided(case)["amounts"]]


def refused(case: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidError) as error:
        decided(case)
    return {fault.path: fault.code for fault in error.value.faults}


def rule_of(case: dict[str, Any]) -> str:
    found: str = decided(case)["explanation"][1]["rule"]
    return found


def at_hours(hours: str, *incomes: str) -> str:
    """The contribution of the first of seven equal
    months beyond six months, at so many hours a week.
    """
    case = replacement(**LONG, weekly_hours=hours, months=[booklets(name, *incomes) for name in MONTHS])
    assert decided(case)["outcome"] == "granted"
    assert len(set(contributions(case))) == 1
    return contributions(case)[0]


@pytest.mark.parametrize(
    ("first", "last", "rule"),
    [
        ("2023-06-01", "2023-06-28", "short-replacement"),
        ("2023-06-01", "2023-06-30", "short-replacement"),
        ("2023-06-01", "2023-07-01", "fixed-contribution"),
        ("2024-02-01", "2024-02-29", "short-replacement"),
        ("2024-02-01", "2024-03-01", "fixed-contribution"),
        ("2024-01-31", "2024-02-29", "short-replacement"),
        ("2024-01-31", "2024-03-01", "fixed-contribution"),
        ("2023-07-15", "2023-08-14", "short-replacement"),
        ("2023-07-15", "2023-08-15", "fixed-contribution"),
        ("2023-06-01", "2023-11-30", "fixed-contribution"),
        ("2023-06-01", "2023-12-01", "income-guarantee"),
        ("2023-08-31", "2024-02-29", "fixed-contribution"),
        ("2023-08-31", "2024-03-01", "income-guarantee"),
    ],
)
def test_how_long_the_replacement_lasts_settles_the_method(first: str, last: str, rule: str) -> None:
    assert rule_of(replacement(**{"from": first, "until": last, "months": []})) == rule


def test_four_weeks_are_short_even_in_a_month_of_28_days() -> None:
    assert rule_of(replacement(**{"from": "2025-02-01", "until": "2025-02-28", "months": []})) == "short-replacement"
    assert rule_of(replacement(**{"from": "2025-02-01", "until": "2025-03-01", "months": []})) == "fixed-contribution"


def test_a_short_replacement_and_an_acute_need_cost_nothing_and_need_no_income() -> None:
    short = decided(replacement(until="2023-06-28", months=[]))
    assert [(a["kind"], a["amount"]) for a in short["amounts"]] == [("contribution", "0.00")]
    long = decided(replacement(**LONG, acute_need=True, months=[]))
    assert (long["outcome"], long["total"], len(long["amounts"])) == ("granted", "0.00", 7)
    assert {a["kind"] for a in long["amounts"]} == {"contribution"}


@pytest.mark.parametrize("changes", [{"until": "2023-06-28"}, {**LONG, "acute_need": True}])
def test_a_replacement_that_has_not_begun_waits_even_if_it_will_cost_nothing(changes: dict[str, Any]) -> None:
    case = replacement(**changes, months=[])
    assert decided(case, on="2023-06-01")["outcome"] == "granted"
    before = decided(case, on="2023-05-31")
    assert (before["outcome"], before["total"], before["amounts"]) == ("pending", None, [])
    assert {(m["rule"], m["field"], m["needed"], m["facts"]["needed"]["day"]) for m in before["missing"]} == {
        ("month-to-come", "/on", "on-or-after", "2023-06-01")
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"until": "2023-06-28", "months": []},
        {"acute_need": True, "months": []},
        {"agreed_percentage": "0", "months": []},
        {"months": [month(name, "0.00") for name in MONTHS[:3]], "agreed_percentage": None},
        {**LONG, "months": [booklets(name, "1500.00") for name in MONTHS]},
    ],
)
def test_where_nothing_is_due_there_is_no_expense_note(changes: dict[str, Any]) -> None:
    found = decided(replacement(**changes))
    assert (found["outcome"], found["total"]) == ("granted", "0.00")
    assert [step for step in found["explanation"] if step["rule"] == "expense-note"] == []
    assert "expense-note" in [step["rule"] for step in decided(replacement())["explanation"]]


def test_the_agreed_percentage_of_each_month() -> None:
    found = decided(replacement())
    assert [a["amount"] for a in found["amounts"]] == ["480.00", "500.00", "500.00"]
    assert found["total"] == "1480.00"


@pytest.mark.parametrize(
    ("income", "expected"), [("4999.94", "499.99"), ("4999.95", "500.00"), ("5000.00", "500.00"), ("9000.00", "500.00")]
)
def test_the_fixed_contribution_stops_at_500_a_month(income: str, expected: str) -> None:
    assert contributions(replacement(months=[month(name, income) for name in MONTHS[:3]])) == [expected] * 3


def test_the_percentage_lies_between_0_and_15() -> None:
    assert contributions(replacement(agreed_percentage="0"))[0] == "0.00"
    assert (
        contributions(replacement(agreed_percentage="15.00", months=[month(m, "1000.00") for m in MONTHS[:3]]))[0]
        == "150.00"
    )
    assert refused(replacement(agreed_percentage="15.01")) == {"/case/agreed_percentage": "percentage-too-high"}


def test_the_worked_example_of_32_hours_reaches_the_cap_of_750() -> None:
    assert at_hours("32.00", "1500.00", "1500.00", "1500.00", "1500.00", "4000.00") == "750.00"
    assert at_hours("32.00", "1500.00", "1500.00", "1500.00", "1500.00", "2500.00") == "750.00"
    assert at_hours("32.00", "1500.00", "1500.00", "1500.00", "1500.00", "2499.95") == "749.99"


@pytest.mark.parametrize(
    ("hours", "cap"),
    [
        ("8.00", "187.50"),
        ("16.00", "375.00"),
        ("24.00", "562.50"),
        ("38.00", "750.00"),
        # 23.4375 an hour: 187.734375 and 189.375
        ("8.01", "187.73"),
        ("8.08", "189.38"),
    ],
)
def test_the_cap_follows_the_weekly_hours(hours: str, cap: str) -> None:
    assert at_hours(hours, *["9000.00"] * 6) == cap


@pytest.mark.parametrize(
    ("hours", "expected"), [("7.99", "30.00"), ("8.00", "0.00"), ("15.99", "0.00"), ("16.00", "0.00")]
)
def test_a_booklet_is_free_for_every_whole_eight_hours(hours: str, expected: str) -> None:
    assert at_hours(hours, "100.00") == expected


def test_a_month_without_income_above_the_free_booklets_says_only_that() -> None:
    case = replacement(**LONG, months=[booklets(name, "1500.00", "0.00") for name in MONTHS], weekly_hours="8.00")
    (step, *_) = [s for s in decided(case)["explanation"] if s["rule"] == "month-guarantee"]
    assert (step["outcome"], step["facts"]) == ("not-needed", {"month": "2023-06"})


def test_the_free_booklets_are_the_first_ones_not_the_cheapest() -> None:
    assert at_hours("16.00", "400.00", "300.00", "100.00") == "30.00"
    assert at_hours("16.00", "100.00", "300.00", "400.00") == "120.00"


def test_a_booklet_holds_fifty_certificates() -> None:
    fifty = [booklets(name, "100.00") for name in MONTHS]
    assert decided(replacement(**LONG, months=fifty))["outcome"] == "granted"
    fifty[2] = booklets(MONTHS[2], "100.00", certificates=51)
    assert refused(replacement(**LONG, months=fifty)) == {
        "/case/months/2/booklets/0/certificates": "more-than-a-booklet-holds"
    }


def test_a_month_without_income_needs_no_booklets() -> None:
    months = [month(name, "0.00") for name in MONTHS]
    assert decided(replacement(**LONG, months=months))["total"] == "0.00"


def test_a_flat_rate_practice_pays_two_consultations_an_hour_without_contribution() -> None:
    months = [month(name, hours="120.50") for name in MONTHS[:3]]
    found = decided(replacement(practice="flat-rate", consultation_fee="30.00", months=months))
    assert {(a["kind"], a["amount"], a["unit"]) for a in found["amounts"]} == {("fee", "7230.00", "month")}


def test_what_is_missing_is_named_and_nothing_is_added_up_before() -> None:
    found = decided(replacement(agreed_percentage=None, months=[month("2023-06", "4800.00")]))
    assert (found["outcome"], found["total"]) == ("pending", None)
    assert {m["field"] for m in found["missing"]} == {"/agreed_percentage"}
    found = decided(replacement(months=[month("2023-07", "4800.00")]))
    assert asked(found) == [("/months/1/income", "income", "2023-06"), ("/months/1/income", "income", "2023-08")]
    assert [a["amount"] for a in found["amounts"]] == ["480.00"]
    beyond = decided(replacement(**LONG, months=[month("2023-06", "4800.00")]))
    assert asked(beyond)[:2] == [
        ("/months/0/booklets", "booklets", "2023-06"),
        ("/months/1/booklets", "booklets", "2023-07"),
    ]
    flat: dict[str, Any] = {"practice": "flat-rate", "months": [month("2023-06", hours="120.50"), month("2023-07")]}
    hours = [
        ("/months/1/hours", "hours-of-the-month", "2023-07"),
        ("/months/2/hours", "hours-of-the-month", "2023-08"),
    ]
    told = decided(replacement(**flat, consultation_fee="30.00"))
    assert asked(told) == hours
    untold = decided(replacement(**flat))
    assert asked(untold) == [("/consultation_fee", "consultation-fee", "2023-06"), *hours]


def test_a_month_waits_until_it_is_over() -> None:
    assert decided(replacement(), on="2023-08-31")["outcome"] == "granted"
    found = decided(replacement(), on="2023-08-30")
    assert found["outcome"] == "pending"
    assert found["missing"] == [
        {
            "rule": "month-to-come",
            "field": "/on",
            "needed": "on-or-after",
            "seen": "day",
            "facts": {"needed": {"day": "2023-08-31"}, "seen": {"day": "2023-08-30"}},
        }
    ]


def test_an_association_is_refused() -> None:
    found = decided(replacement(cooperation="association"))
    assert (found["outcome"], found["amounts"]) == ("refused", [])


def test_what_the_page_said_before_its_revision_is_not_known() -> None:
    with pytest.raises(ParameterUnknownError) as error:
        decided(replacement(**{"from": "2023-05-07", "until": "2023-06-01", "months": []}))
    assert "2023-05-07" in str(error.value)
    assert decided(replacement(**{"from": "2023-05-08", "until": "2023-05-20", "months": []}))["outcome"] == "granted"


def test_a_replacement_that_cannot_be_is_refused_at_its_field() -> None:
    assert refused(replacement(until="2023-05-31")) == {"/case": "until-before-from"}
    assert refused(replacement(replaced="10012378")) == {"/case": "replaces-oneself"}
    assert refused(replacement(replaced="10012378110")) == {"/case": "replaces-oneself"}
    assert refused(replacement(weekly_hours="0.00")) == {"/case": "no-hours"}
    assert refused(replacement(months=[month("2023-06"), month("2023-06")])) == {"/case": "given-twice"}
    assert refused(replacement(months=[month("2023-05")])) == {"/case": "month-outside-replacement"}
    assert refused(replacement(months=[month("2023-09")])) == {"/case": "month-outside-replacement"}
    wrong = booklets("2023-06", "100.00") | {"income": "100.01"}
    assert refused(replacement(months=[wrong])) == {"/case/months/0": "booklets-do-not-add-up"}


@pytest.mark.parametrize(
    ("first", "last", "allowed"),
    [
        ("2023-06-15", "2033-05-31", True),
        ("2023-06-15", "2033-06-01", False),
        ("2023-06-15", "2100-01-01", False),
        ("2023-06-15", "2199-12-31", False),
    ],
)
def test_a_replacement_is_in_at_most_120_calendar_months(first: str, last: str, allowed: bool) -> None:
    case = replacement(**{"from": first, "until": last})
    if allowed:
        assert len(decided(case)["missing"]) == 120
    else:
        assert refused(case) == {"/case": "too-many-months"}


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("locum-contribution").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2023, 5, 8), LAST_DAY), parameter.name
