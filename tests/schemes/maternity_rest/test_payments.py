"""Days without benefit, runs of days, months, withholding tax and due
dates (circular V.I. 2020/204, VIII remark, IX to XI).
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.maternity_rest.payments import six_day_week_days
from tegemoet.schemes.maternity_rest.rest import Removal, Segment, plan_rest
from tegemoet.schemes.maternity_rest.rules import decide
from tests.schemes.maternity_rest.builders import ON, activity, read
from tests.schemes.maternity_rest.pay import by_day, facts, of_months, outcome, paid, parameters, rest, rest_of

EMPLOYEE = {"kind": "employee", "basis": "contract"}
DISMISSED = {"kind": "employee", "basis": "irregular-termination"}
PAY = {"activities": [activity("100.0000")]}


def runs(result: Any) -> list[tuple[str, str, str, str]]:
    return [(a.kind, str(a.amount), a.first.isoformat(), a.last.isoformat()) for a in result.amounts if a.unit == "day"]


def days_of(result: Any) -> dict[str, str]:
    return by_day(result, "benefit")


# Six days a week.


def test_a_sunday_has_no_benefit_and_breaks_no_run() -> None:
    result = paid(rest("2020-09-04", "2020-09-08"), quality=DISMISSED, pay=PAY)
    assert runs(result) == [("benefit", "82.00", "2020-09-04", "2020-09-08")]
    assert result.total == Decimal("328.00")


def test_a_rest_that_begins_and_ends_on_a_sunday_is_paid_between_them() -> None:
    result = paid(rest("2020-09-06", "2020-09-13"), quality=DISMISSED, pay=PAY)
    assert runs(result) == [("benefit", "82.00", "2020-09-07", "2020-09-12")]


def test_a_rest_of_one_sunday_pays_nothing() -> None:
    result = paid(rest("2020-09-06", "2020-09-06"), quality=DISMISSED, pay=PAY)
    assert (result.amounts, result.total) == ([], Decimal("0.00"))
    assert facts(result, "payment-calendar") == {"months": [], "due": [], "earliest": []}


def test_weekdays_are_counted_by_arithmetic() -> None:
    first = date(2020, 2, 1).toordinal()
    for start in range(first, first + 8):
        for length in range(1, 30):
            counted = sum(date.fromordinal(start + n).isoweekday() < 7 for n in range(length))
            assert six_day_week_days(start, start + length - 1) == counted


def test_a_gap_between_converted_days_breaks_a_run() -> None:
    days = rest_of(
        Segment("prenatal-converted", date(2020, 9, 1), date(2020, 9, 2)),
        Segment("prenatal-converted", date(2020, 9, 4), date(2020, 9, 4)),
        Segment("postnatal-compulsory", date(2020, 9, 5), date(2020, 9, 8)),
    )
    assert runs(paid(days, quality=DISMISSED, pay=PAY)) == [
        ("benefit", "82.00", "2020-09-01", "2020-09-02"),
        ("benefit", "82.00", "2020-09-04", "2020-09-08"),
    ]


def test_a_gap_counts_among_the_first_thirty_days() -> None:
    days = rest_of(
        Segment("prenatal-converted", date(2020, 9, 1), date(2020, 9, 1)),
        Segment("postnatal-compulsory", date(2020, 9, 5), date(2020, 10, 10)),
    )
    amounts = days_of(paid(days, quality=DISMISSED, pay=PAY))
    assert (amounts["2020-09-30"], amounts["2020-10-01"]) == ("82.00", "75.00")


# Days covered otherwise, days of activity.


@pytest.mark.parametrize("by", ["wage", "holiday-pay", "termination-indemnity", "career-break-benefit"])
def test_days_covered_otherwise_have_no_benefit(by: str) -> None:
    covered = [{"by": by, "from": "2020-09-10", "until": "2020-09-14"}]
    result = paid(rest("2020-09-07", "2020-09-16"), quality=DISMISSED, pay=PAY, covered=covered)
    assert runs(result) == [
        ("benefit", "82.00", "2020-09-07", "2020-09-09"),
        (f"not-paid-{by}", "0.00", "2020-09-10", "2020-09-14"),
        ("benefit", "82.00", "2020-09-15", "2020-09-16"),
    ]
    assert facts(result, "covered-days") == {"by": by, "days": 4, "from": "2020-09-10", "until": "2020-09-14"}


@pytest.mark.parametrize("covered", [("2020-09-07", "2020-09-07"), ("2020-09-16", "2020-09-16")])
def test_the_first_and_the_last_day_of_the_rest_may_be_covered(covered: tuple[str, str]) -> None:
    first, last = covered
    given = [{"by": "wage", "from": first, "until": last}]
    result = paid(rest("2020-09-07", "2020-09-16"), quality=DISMISSED, pay=PAY, covered=given)
    assert ("not-paid-wage", "0.00", first, last) in runs(result)
    assert first not in days_of(result)


def test_a_covered_sunday_changes_nothing() -> None:
    covered = [{"by": "wage", "from": "2020-09-13", "until": "2020-09-13"}]
    result = paid(rest("2020-09-11", "2020-09-15"), quality=DISMISSED, pay=PAY, covered=covered)
    assert runs(result) == [("benefit", "82.00", "2020-09-11", "2020-09-15")]
    assert outcome(result, "covered-days") is None


def test_covered_days_still_use_up_the_first_thirty() -> None:
    covered = [{"by": "holiday-pay", "from": "2020-09-07", "until": "2020-09-26"}]
    amounts = days_of(paid(rest("2020-09-07", days=40), quality=DISMISSED, pay=PAY, covered=covered))
    assert (min(amounts), amounts["2020-10-06"], amounts["2020-10-07"]) == ("2020-09-28", "82.00", "75.00")


def test_days_on_which_she_worked_are_not_paid_and_come_first_among_the_reasons() -> None:
    work = [{"from": "2020-09-09", "until": "2020-09-10"}]
    covered = [{"by": "wage", "from": "2020-09-10", "until": "2020-09-11"}]
    result = paid(rest("2020-09-07", "2020-09-12"), quality=DISMISSED, pay=PAY, activity_in_rest=work, covered=covered)
    assert runs(result) == [
        ("benefit", "82.00", "2020-09-07", "2020-09-08"),
        ("not-paid-activity", "0.00", "2020-09-09", "2020-09-10"),
        ("not-paid-wage", "0.00", "2020-09-11", "2020-09-11"),
        ("benefit", "82.00", "2020-09-12", "2020-09-12"),
    ]
    assert facts(result, "activity-in-rest") == {"days": 2, "from": "2020-09-09", "until": "2020-09-10"}


def test_activity_does_not_stop_days_that_are_due_for_that_activity() -> None:
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 9, 7), date(2020, 9, 8)),
        Segment("extension-partial-activity", date(2020, 9, 9), date(2020, 9, 10), ("office",)),
        Segment("extension-hospital", date(2020, 9, 11), date(2020, 9, 11)),
    )
    work = [{"from": "2020-09-08", "until": "2020-09-30"}]
    result = paid(days, quality=DISMISSED, pay=PAY, activity_in_rest=work)
    assert runs(result) == [
        ("benefit", "82.00", "2020-09-07", "2020-09-07"),
        ("not-paid-activity", "0.00", "2020-09-08", "2020-09-08"),
        ("benefit", "75.00", "2020-09-09", "2020-09-10"),
        ("not-paid-activity", "0.00", "2020-09-11", "2020-09-11"),
    ]


# Public holidays of the first thirty days.


def holidays(first: str, quality: dict[str, Any] = EMPLOYEE, **case: Any) -> list[str]:
    return sorted(by_day(paid(rest(first, days=60), quality=quality, pay=PAY, **case), "not-paid-public-holiday"))


def test_the_employer_pays_the_public_holidays_of_days_1_to_30() -> None:
    assert holidays("2020-07-21") == ["2020-07-21", "2020-08-15"]
    assert holidays("2020-07-17") == ["2020-07-21", "2020-08-15"]  # 15 August is day 30
    assert holidays("2020-07-16") == ["2020-07-21"]  # and here day 31
    assert holidays("2020-07-22") == ["2020-08-15"]
    result = paid(rest("2020-07-17", days=60), quality=EMPLOYEE, pay=PAY)
    assert facts(result, "public-holidays") == {"days": ["2020-07-21", "2020-08-15"]}


def test_a_rest_over_the_turn_of_the_year_has_the_holidays_of_both() -> None:
    assert holidays("2019-12-24") == ["2019-12-25", "2020-01-01"]


@pytest.mark.parametrize("basis", ["contract", "similar-conditions", "apprentice"])
def test_employees_in_service_have_paid_holidays(basis: str) -> None:
    quality = {"kind": "employee", "basis": basis} | ({"birth_year": 2001} if basis == "apprentice" else {})
    assert holidays("2020-07-17", quality) == ["2020-07-21", "2020-08-15"]


@pytest.mark.parametrize(
    "quality",
    [DISMISSED, {"kind": "employee", "basis": "termination-by-agreement"}, {"kind": "after-transition-benefit"}],
)
def test_nobody_pays_the_holidays_of_who_is_not_in_service(quality: dict[str, Any]) -> None:
    assert holidays("2020-07-17", quality) == []


def test_a_holiday_on_a_sunday_changes_nothing() -> None:
    assert holidays("2020-10-20") == ["2020-11-11"]  # 1 November 2020 is a Sunday


def test_a_replaced_holiday_is_paid_on_the_day_that_replaces_it() -> None:
    replaced = [{"holiday": "2020-11-01", "replaced_by": "2020-11-02"}]
    assert holidays("2020-10-20", holiday_replacements=replaced) == ["2020-11-02", "2020-11-11"]
    moved = [{"holiday": "2020-11-11", "replaced_by": "2020-11-13"}]
    assert holidays("2020-10-20", holiday_replacements=moved) == ["2020-11-13"]


def test_the_day_that_replaces_a_holiday_counts_up_to_day_30() -> None:
    # day 30 of a rest from 20 October is 18 November
    for day, expected in (("2020-11-18", ["2020-11-18"]), ("2020-11-19", [])):
        moved = [{"holiday": "2020-11-11", "replaced_by": day}]
        assert holidays("2020-10-20", holiday_replacements=moved) == expected


def test_a_day_in_the_rest_that_replaces_a_holiday_before_it_counts() -> None:
    assert holidays("2020-11-02", holiday_replacements=[{"holiday": "2020-11-01", "replaced_by": "2020-11-03"}]) == [
        "2020-11-03",
        "2020-11-11",
    ]


def test_the_explanation_names_every_weekday_that_a_holiday_is_paid_on() -> None:
    moved = [
        {"holiday": "2020-11-01", "replaced_by": "2020-11-07"},
        {"holiday": "2020-11-11", "replaced_by": "2020-11-09"},
    ]
    result = paid(rest("2020-10-20", days=60), quality=EMPLOYEE, pay=PAY, holiday_replacements=moved)
    assert facts(result, "public-holidays") == {"days": ["2020-11-07", "2020-11-09"]}
    for first in (*range(20, 25), 26, 27):
        moved = [{"holiday": "2020-11-01", "replaced_by": f"2020-10-{first}"}]
        result = paid(rest("2020-10-20", days=20), quality=EMPLOYEE, pay=PAY, holiday_replacements=moved)
        assert facts(result, "public-holidays")["days"] == [f"2020-10-{first}"]


def test_the_first_day_of_the_rest_may_replace_a_holiday_before_it() -> None:
    moved = [{"holiday": "2020-11-01", "replaced_by": "2020-11-02"}]
    assert holidays("2020-11-02", holiday_replacements=moved) == ["2020-11-02", "2020-11-11"]


@pytest.mark.parametrize(
    ("replacements", "path", "code"),
    [
        ([("2020-07-22", "2020-07-23")], "/case/holiday_replacements/0/holiday", "not-a-public-holiday"),
        (
            [("2020-07-21", "2020-07-23"), ("2020-07-21", "2020-07-24")],
            "/case/holiday_replacements/1/holiday",
            "given-twice",
        ),
    ],
)
def test_only_a_public_holiday_is_replaced_and_only_once(
    replacements: list[tuple[str, str]], path: str, code: str
) -> None:
    given = [{"holiday": holiday, "replaced_by": by} for holiday, by in replacements]
    with pytest.raises(InvalidError) as raised:
        holidays("2020-07-17", holiday_replacements=given)
    assert [(f.path, f.code) for f in raised.value.faults] == [(path, code)]


@pytest.mark.parametrize("births", [[], [{"on": "2020-07-18", "living": False, "pregnancy_days": 179}]])
def test_a_holiday_that_is_none_is_told_of_a_case_that_waits_or_is_refused(births: list[dict[str, Any]]) -> None:
    given = [{"holiday": "2020-07-22", "replaced_by": "2020-07-23"}]
    assert decide(read(births=births), ON, parameters()).outcome == ("refused" if births else "pending")
    with pytest.raises(InvalidError) as raised:
        decide(read(births=births, holiday_replacements=given), ON, parameters())
    assert [f.code for f in raised.value.faults] == ["not-a-public-holiday"]


def test_a_holiday_that_is_covered_by_wage_has_that_reason() -> None:
    covered = [{"by": "wage", "from": "2020-07-20", "until": "2020-07-22"}]
    assert holidays("2020-07-17", covered=covered) == ["2020-08-15"]


# Months and the withholding tax.


def test_each_calendar_month_is_one_payment() -> None:
    result = paid(rest("2020-07-29", "2020-10-01"), quality=DISMISSED, pay=PAY)
    assert {
        a.first.isoformat(): a.last.isoformat() for a in result.amounts if a.kind == "payment" and a.first and a.last
    } == {
        "2020-07-29": "2020-07-31",
        "2020-08-01": "2020-08-31",
        "2020-09-01": "2020-09-30",
        "2020-10-01": "2020-10-01",
    }
    # 3 × 82; 23 × 82 and 3 × 75 (from 28 August on); 26 × 75; 1 × 75
    assert list(of_months(result).values()) == [Decimal(x) for x in ("246.00", "2111.00", "1950.00", "75.00")]
    assert result.total == Decimal("4382.00")


def test_a_month_in_which_nothing_is_paid_has_no_payment() -> None:
    covered = [{"by": "wage", "from": "2020-08-01", "until": "2020-08-31"}]
    result = paid(rest("2020-07-29", "2020-09-02"), quality=DISMISSED, pay=PAY, covered=covered)
    assert list(of_months(result)) == ["2020-07-29", "2020-09-01"]


def test_the_months_of_a_rest_with_a_gap_begin_and_end_with_days_of_rest() -> None:
    days = rest_of(
        Segment("prenatal-converted", date(2020, 8, 27), date(2020, 8, 28)),
        Segment("prenatal-converted", date(2020, 9, 3), date(2020, 9, 3)),
        Segment("postnatal-compulsory", date(2020, 9, 4), date(2020, 9, 8)),
    )
    result = paid(days, quality=DISMISSED, pay=PAY)
    spans = [(a.first, a.last) for a in result.amounts if a.kind == "net-payment"]
    assert spans == [(date(2020, 8, 27), date(2020, 8, 28)), (date(2020, 9, 3), date(2020, 9, 8))]


def test_the_tax_is_rounded_half_up_on_the_payment_and_not_per_day() -> None:
    # three days of 98.40 = 295.20: 32.79672; per day it would be 3 × 10.93 = 32.79
    pay = {"activities": [activity("120.0000")]}
    result = paid(rest("2020-09-01", "2020-09-03"), quality=DISMISSED, pay=pay)
    assert of_months(result, "withholding-tax") == {"2020-09-01": Decimal("32.80")}
    assert of_months(result, "net-payment") == {"2020-09-01": Decimal("262.40")}


@pytest.mark.parametrize(
    ("wage", "gross", "tax"), [("60.9756", "50.00", "5.56"), ("60.9878", "50.01", "5.56"), ("5.4878", "4.50", "0.50")]
)
def test_half_a_cent_of_tax_goes_up(wage: str, gross: str, tax: str) -> None:
    # 11.11 % of 50.00 is 5.555
    result = paid(rest("2020-09-01", "2020-09-01"), quality=DISMISSED, pay={"activities": [activity(wage)]})
    assert of_months(result) == {"2020-09-01": Decimal(gross)}
    assert of_months(result, "withholding-tax") == {"2020-09-01": Decimal(tax)}


def test_the_tax_and_the_total_are_told() -> None:
    result = paid(rest("2020-09-01", "2020-10-02"), quality=DISMISSED, pay=PAY)
    # 26 × 82 = 2132.00 and 82 - day 31 is 1 October: 2 × 75
    # = 150.00; tax 236.87 (236.8652) + 16.67 (16.665)
    assert facts(result, "withholding-tax") == {"rate": "11.11", "gross": "2282.00", "tax": "253.54", "net": "2028.46"}


# Due dates.


def due(first: str, last: str, requested_on: str) -> list[str]:
    result = paid(rest(first, last), quality=DISMISSED, pay=PAY, requested_on=requested_on)
    return list(facts(result, "payment-calendar")["due"])


def test_the_first_payment_is_due_on_the_later_of_request_plus_30_days_and_the_fifth() -> None:
    assert due("2020-09-01", "2020-10-10", "2020-09-05") == ["2020-10-05", "2020-11-05"]
    assert due("2020-09-01", "2020-10-10", "2020-09-06") == ["2020-10-06", "2020-11-05"]


def test_thirty_days_after_the_end_of_january_end_in_march() -> None:
    assert due("2020-01-06", "2020-01-31", "2020-01-31") == ["2020-03-01"]
    assert due("2021-01-06", "2021-01-30", "2021-01-31") == ["2021-03-02"]


def test_december_is_due_in_january() -> None:
    assert due("2019-12-02", "2020-01-02", "2019-11-04") == ["2020-01-05", "2020-02-05"]


def test_nothing_is_due_before_the_first_payment_of_a_late_request() -> None:
    assert due("2020-07-01", "2020-09-30", "2020-09-20") == ["2020-10-20", "2020-10-20", "2020-10-20"]
    assert due("2020-07-01", "2020-10-03", "2020-08-20") == ["2020-09-19", "2020-09-19", "2020-10-05", "2020-11-05"]


def test_an_invalid_is_paid_from_the_third_last_working_day_of_the_month_itself() -> None:
    incapacity = {
        "since": "2018-01-01",
        "wage": {"amount": "100.0000"},
        "invalid": True,
        "benefits": [{"from": "2018-01-01", "gross": "70.00", "net": "67.55"}],
    }
    result = paid(rest("2020-07-13", "2020-08-10"), pay={"incapacity": incapacity})
    assert facts(result, "payment-calendar") == {
        "months": ["2020-07", "2020-08"],
        "due": ["2020-08-05", "2020-09-05"],
        "earliest": ["2020-07-29", "2020-08-27"],
    }
    assert facts(result, "payment-of-invalids") == {"earliest": ["2020-07-29", "2020-08-27"]}


@pytest.mark.parametrize("requested_on", ["2020-06-01", "2020-08-04", "2020-11-20"])
def test_an_invalid_is_paid_by_the_fifth_whenever_she_requested_it(requested_on: str) -> None:
    incapacity = {
        "since": "2018-01-01",
        "wage": {"amount": "100.0000"},
        "invalid": True,
        "benefits": [{"from": "2018-01-01", "gross": "70.00", "net": "67.55"}],
    }
    result = paid(rest("2020-07-13", "2020-08-10"), pay={"incapacity": incapacity}, requested_on=requested_on)
    assert facts(result, "payment-calendar")["due"] == ["2020-08-05", "2020-09-05"]


def test_who_is_no_invalid_has_no_earliest_day() -> None:
    result = paid(rest("2020-09-01", "2020-09-10"), quality=DISMISSED, pay=PAY)
    assert facts(result, "payment-calendar")["earliest"] == [None]
    assert outcome(result, "payment-of-invalids") is None


# Work removal is paid apart.


def test_a_work_removal_has_payments_of_its_own() -> None:
    before = rest(
        "2020-09-14", "2020-09-19", removal=(Removal(date(2020, 8, 31), date(2020, 9, 5), Decimal("100.0000")),)
    )
    result = paid(before, quality=DISMISSED, pay=PAY)
    assert [(a.kind, str(a.amount), a.unit) for a in result.amounts] == [
        ("benefit", "82.00", "day"),
        ("work-removal", "78.24", "day"),
        ("payment", "492.00", "month"),
        ("withholding-tax", "54.66", "month"),
        ("net-payment", "437.34", "month"),
        ("work-removal-payment", "78.24", "month"),
        ("work-removal-withholding-tax", "8.69", "month"),
        ("work-removal-net-payment", "69.55", "month"),
        ("work-removal-payment", "391.20", "month"),
        ("work-removal-withholding-tax", "43.46", "month"),
        ("work-removal-net-payment", "347.74", "month"),
    ]
    assert result.total == Decimal("492.00")
    assert facts(result, "work-removal-benefit")["gross"] == "469.44"


# With the calendar: the dated example of the circular (3.2.2.a).


def test_the_dated_example_of_the_circular_is_paid_from_11_july_to_20_october_2020() -> None:
    case = read()
    result = paid(plan_rest(case, parameters()))
    assert runs(result) == [
        ("benefit", "82.00", "2020-07-11", "2020-07-20"),
        ("not-paid-public-holiday", "0.00", "2020-07-21", "2020-07-21"),
        ("benefit", "82.00", "2020-07-22", "2020-08-08"),
        ("benefit", "75.00", "2020-08-10", "2020-10-20"),
    ]
    assert list(of_months(result).values()) == [Decimal(x) for x in ("1394.00", "1999.00", "1950.00", "1275.00")]
    assert result.total == Decimal("6618.00")
