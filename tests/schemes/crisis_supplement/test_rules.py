"""The crisis supplement of the self-employed: the examples of the circular, both
sides of every limit, every rule of sections 1 to 8.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.decision import Phrase, Ruling
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.crisis_supplement import SCHEME
from tegemoet.schemes.incapacity_supplement import SCHEME as OF_EMPLOYEES
from tests.schemes.crisis_supplement.builders import BEFORE, benefit, crisis, ruled
from tests.schemes.incapacity_supplement.builders import body, days, incapacity, of_rule

APRIL = days("2020-04-01", "2020-04-30")


STOPPED: dict[str, Any] = {
    "incapacity_from": BEFORE,
    "stops": [{"from": "2020-04-01", "until": "2020-04-30", "notified": True}],
}
"""In category B, for the whole of April."""


def per_day(ruling: Ruling, kind: str) -> list[Decimal]:
    return [amount.amount for amount in ruling.amounts if amount.kind == kind and amount.unit == "day"]


def stop(first: str, last: str | None = None, **more: Any) -> dict[str, Any]:
    """A stop of which the insurer was notified."""
    return {"from": first, **({"until": last} if last else {}), "notified": True, **more}


# --- 2: the amount --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "supplement"),
    [("primary", "11.58"), ("invalidity-without-stop", "11.58"), ("invalidity-with-stop", "7.08")],
)
def test_the_supplement_brings_the_benefit_to_the_target_total(kind: str, supplement: str) -> None:
    assert per_day(ruled(**STOPPED, days=[benefit(kind=kind)]), "supplement") == [Decimal(supplement)]


def test_the_target_total_is_the_monthly_bridging_right_in_days() -> None:
    assert (Decimal("1291.69") / 26).quantize(Decimal("0.01"), "ROUND_HALF_UP") == Decimal("49.68")
    assert SCHEME.parameter_sets["parameters"].decimal("target-total", date(2020, 3, 1)) == Decimal("49.68")


def test_a_month_pays_its_days_from_monday_to_saturday() -> None:
    ruling = ruled()
    assert [(s.kind, s.days) for s in ruling.periods] == [("supplement", 26)]
    assert ruling.total == Decimal("301.08")


# --- the examples of section 3.2.4 ----------------------------------------------------------------


def test_example_1_an_employee_gets_the_guaranteed_total_and_a_self_employed_nothing() -> None:
    ruling = ruled(employee=incapacity(lost_wage="70.0000"))
    assert per_day(ruling, "employee-benefit") == [Decimal("42.00")]
    assert per_day(ruling, "employee-supplement") == [Decimal("19.22")]
    assert per_day(ruling, "supplement") == []
    (difference,) = of_rule(ruling, "difference")
    assert (difference.outcome, difference.facts["sum"]) == ("not-met", "49.68")
    assert (difference.facts["other"], difference.facts["left"]) == ("61.22", "0.00")
    # both are decided: the supplement of the employee is granted
    assert ruling.outcome == "granted"
    assert ruling.total == 26 * Decimal("19.22")


def test_example_2_an_annuity_after_an_accident_comes_off_the_sum() -> None:
    ruling = ruled(other_benefits=[{**APRIL, "kind": "work-accident", "amount": "40.00"}])
    assert of_rule(ruling, "difference")[0].facts["left"] == "9.68"
    # the benefit alone was already nothing: 38.10 - 40.00
    assert per_day(ruling, "benefit") == []
    assert of_rule(ruling, "amount-per-day")[0].facts["benefit"] == "0.00"
    assert per_day(ruling, "supplement") == [Decimal("9.68")]


# --- 1: who ---------------------------------------------------------------------------------------


def test_category_a_begins_on_1_march_2020_and_a_relapse_at_its_first_incapacity() -> None:
    assert ruled(incapacity_from="2020-03-01").outcome == "granted"
    assert of_rule(ruled(incapacity_from="2020-03-01"), "category-a")[0].outcome == "met"
    assert ruled(incapacity_from="2020-02-29").outcome == "refused"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("self-employed", "granted"),
        ("assisting-spouse", "granted"),
        ("continued-insurance", "refused"),
        ("bridging-right", "refused"),
        ("informal-care", "refused"),
    ],
)
def test_only_who_pays_under_the_social_status_is_in_category_a(status: str, outcome: str) -> None:
    assert ruled(status=status).outcome == outcome


@pytest.mark.parametrize("kind", ["invalidity-without-stop", "invalidity-with-stop"])
def test_an_invalidity_benefit_is_not_of_category_a(kind: str) -> None:
    ruling = ruled(days=[benefit(kind=kind)])
    assert (ruling.outcome, ruling.amounts) == ("refused", [])
    (category,) = of_rule(ruling, "category-a")
    assert (category.outcome, category.facts["primary"]) == ("not-met", False)
    stopped = ruled(days=[benefit(kind=kind)], stops=[stop("2020-04-06", "2020-04-12")])
    assert [(s.first.day, s.last.day) for s in stopped.periods] == [(6, 12)]


def test_in_category_a_the_days_of_an_invalidity_benefit_are_not_paid() -> None:
    ruling = ruled(days=[benefit(last="2020-04-10"), benefit("2020-04-11", kind="invalidity-with-stop")])
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(1, 10)]
    assert [(f.outcome, f.facts["from"]) for f in of_rule(ruling, "primary-benefit")] == [
        ("met", "2020-04-01"),
        ("not-met", "2020-04-11"),
    ]
    assert not of_rule(ruled(**STOPPED), "primary-benefit")


@pytest.mark.parametrize(
    ("fields", "path", "last_day"),
    [
        ({"days": [benefit("2020-06-01", "2020-06-30")]}, "/case/incapacity_from", "2020-03-16"),
        ({"stops": [stop("2020-05-04", "2020-05-20")]}, "/case/stops/0/from", "2020-05-04"),
        ({"employee": incapacity(incapacity_from="2020-04-01")}, "/case/employee/incapacity_from", "2020-04-01"),
        (
            {"refusals": [{**APRIL, "paragraph": "2", "paid_on": "2020-05-20"}]},
            "/case/refusals/0/paid_on",
            "2020-05-20",
        ),
    ],
)
def test_an_event_after_the_day_of_the_decision_is_no_fact(fields: dict[str, Any], path: str, last_day: str) -> None:
    eve = (date.fromisoformat(last_day) - timedelta(1)).isoformat()
    with pytest.raises(InvalidError) as error:
        ruled(on=eve, **fields)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, "in-the-future")]
    ruled(on=last_day, **fields)


def test_an_excluded_status_may_still_be_in_category_b() -> None:
    assert ruled(status="continued-insurance", stops=[stop("2020-04-06", "2020-04-12")]).outcome == "granted"


@pytest.mark.parametrize(("last", "outcome"), [("2020-03-22", "refused"), ("2020-03-23", "granted")])
def test_an_incapacity_of_seven_days_gives_nothing_and_one_of_eight_gives_all(last: str, outcome: str) -> None:
    ruling = ruled(incapacity_until=last, days=[benefit("2020-03-16", last)])
    assert ruling.outcome == outcome
    if outcome == "granted":
        assert ruling.periods[0].first == date(2020, 3, 16)


def test_an_incapacity_of_one_day_is_a_case_and_gives_nothing() -> None:
    assert ruled(incapacity_until="2020-03-16", days=[benefit("2020-03-16", "2020-03-16")]).outcome == "refused"


def test_a_hundred_periods_of_one_kind_are_read() -> None:
    assert len(of_rule(ruled(replacement_income=[APRIL] * 100), "replacement-income")) == 100


def test_an_incapacity_that_ended_on_its_seventh_day_does_not_wait() -> None:
    week: dict[str, Any] = {"incapacity_until": "2020-03-22", "days": [benefit("2020-03-16", "2020-03-22")]}
    assert ruled(on="2020-03-22", **week).outcome == "refused"
    assert ruled(on="2020-03-21", **week).outcome == "pending"


@pytest.mark.parametrize(("on", "lasted"), [("2020-03-16", 1), ("2020-12-15", 275)])
def test_the_days_of_an_incapacity_are_counted_up_to_the_decision(on: str, lasted: int) -> None:
    assert of_rule(ruled(on=on), "eight-days")[0].facts["days"] == lasted


def test_an_incapacity_that_goes_on_waits_for_its_eighth_day() -> None:
    march = [benefit("2020-03-16", "2020-03-20")]
    ruling = ruled(on="2020-03-22", days=march)
    assert ruling.outcome == "pending"
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("eight-days", "/incapacity_until", Phrase("at-least-days", {"days": 8}), Phrase("days", {"days": 7}))
    ]
    assert ruled(on="2020-03-23", days=march).outcome == "granted"


@pytest.mark.parametrize(
    ("household", "outcome"), [("cohabiting", "granted"), ("single", "refused"), ("dependants", "refused")]
)
def test_only_who_cohabits_without_dependants_gets_it(household: str, outcome: str) -> None:
    assert ruled(days=[benefit(household=household)]).outcome == outcome


def test_a_household_that_changes_counts_by_the_day() -> None:
    ruling = ruled(days=[benefit(last="2020-04-15"), benefit("2020-04-16", household="dependants")])
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(1, 15)]


# --- 1.2: category B ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        ("2020-04-06", "2020-04-11", "refused"),
        ("2020-04-06", "2020-04-12", "granted"),
        ("2020-02-29", "2020-04-12", "refused"),
        ("2020-03-01", "2020-04-12", "granted"),
    ],
)
def test_a_stop_counts_from_seven_days_begun_in_the_measure(first: str, last: str, outcome: str) -> None:
    ruling = ruled(incapacity_from=BEFORE, stops=[stop(first, last)])
    assert ruling.outcome == outcome
    assert [f.outcome for f in of_rule(ruling, "stopped-activity")] == ["met" if outcome == "granted" else "not-met"]


def test_only_the_days_of_the_stop_are_paid_in_category_b() -> None:
    ruling = ruled(incapacity_from=BEFORE, stops=[stop("2020-04-06", "2020-04-12"), stop("2020-04-20", "2020-04-22")])
    assert [(s.first.day, s.last.day, s.days) for s in ruling.periods] == [(6, 12, 6)]


def test_every_stop_of_seven_days_gives_its_days() -> None:
    ruling = ruled(incapacity_from=BEFORE, stops=[stop("2020-04-06", "2020-04-12"), stop("2020-04-20", "2020-04-26")])
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(6, 12), (20, 26)]


def test_two_stops_that_follow_each_other_are_one() -> None:
    apart = [stop("2020-04-06", "2020-04-08"), stop("2020-04-09", "2020-04-12")]
    assert ruled(incapacity_from=BEFORE, stops=apart).outcome == "granted"
    assert ruled(incapacity_from=BEFORE, stops=apart[::-1]).outcome == "granted"
    gap = [stop("2020-04-06", "2020-04-08"), stop("2020-04-10", "2020-04-14")]
    assert ruled(incapacity_from=BEFORE, stops=gap).outcome == "refused"


def test_a_stop_that_goes_on_waits_for_its_seventh_day() -> None:
    running = {"incapacity_from": BEFORE, "days": [benefit("2020-04-06", "2020-04-11")], "stops": [stop("2020-04-06")]}
    ruling = ruled(on="2020-04-11", **running)
    assert ruling.outcome == "pending"
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("stopped-activity", "/stops/0/until", Phrase("at-least-days", {"days": 7}), Phrase("days", {"days": 6}))
    ]
    parts = {**running, "stops": [stop("2020-04-08"), stop("2020-04-06", "2020-04-07")]}
    assert [m.field for m in ruled(on="2020-04-11", **parts).missing] == ["/stops/0/until"]
    assert ruled(on="2020-04-12", **running).outcome == "granted"


def test_a_stop_that_ended_on_its_sixth_day_does_not_wait() -> None:
    ended: dict[str, Any] = {"incapacity_from": BEFORE, "days": [benefit("2020-04-06", "2020-04-11")]}
    assert ruled(on="2020-04-11", stops=[stop("2020-04-06", "2020-04-11")], **ended).outcome == "refused"
    assert ruled(on="2020-04-10", stops=[stop("2020-04-06", "2020-04-11")], **ended).outcome == "pending"


@pytest.mark.parametrize(("notified", "seen"), [(None, "nothing"), (False, "no")])
def test_a_stop_waits_for_the_written_notice(notified: bool | None, seen: str) -> None:
    told = {"from": "2020-04-06", "until": "2020-04-12"} | ({} if notified is None else {"notified": notified})
    ruling = ruled(incapacity_from=BEFORE, stops=[told])
    assert ruling.outcome == "pending"
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("stop-notified", "/stops/0/notified", Phrase("written-notice"), Phrase(seen))
    ]
    assert ruling.amounts == []


def test_of_two_stops_that_follow_each_other_both_are_notified() -> None:
    stops = [stop("2020-04-09", "2020-04-12"), {"from": "2020-04-06", "until": "2020-04-08"}]
    ruling = ruled(incapacity_from=BEFORE, stops=stops)
    assert ruling.outcome == "pending"
    assert [m.field for m in ruling.missing] == ["/stops/1/notified"]


def test_nothing_waits_for_a_notice_where_the_incapacity_is_too_short() -> None:
    notice: dict[str, Any] = {"status": "bridging-right", "stops": [stop("2020-03-16", "2020-03-22", notified=False)]}
    week: dict[str, Any] = {"incapacity_until": "2020-03-22", "days": [benefit("2020-03-16", "2020-03-22")]}
    assert ruled(**notice, **week).outcome == "refused"
    assert ruled(**notice, **week | {"incapacity_until": "2020-03-23"}).outcome == "pending"


def test_a_stop_that_is_too_short_is_refused_whether_notified_or_not() -> None:
    stops = [stop("2020-04-06", "2020-04-11", notified=False)]
    assert ruled(incapacity_from=BEFORE, stops=stops).outcome == "refused"


def test_category_a_keeps_the_supplement_whatever_the_stop() -> None:
    assert ruled(stops=[stop("2020-04-06", "2020-04-08")]) == ruled()


# --- 3: sanctions, refusals, differences ----------------------------------------------------------


def test_the_sanction_of_10_percent_is_taken_off_each_part() -> None:
    ruling = ruled(late_declaration=[APRIL])
    (found,) = of_rule(ruling, "late-declaration")
    assert (found.facts["benefit"], found.facts["supplement"]) == ("34.2900", "10.4220")
    assert (per_day(ruling, "benefit"), per_day(ruling, "supplement")) == ([Decimal("34.29")], [Decimal("10.42")])
    invalid = ruled(**STOPPED, late_declaration=[APRIL], days=[benefit(kind="invalidity-with-stop")])
    assert per_day(invalid, "supplement") == [Decimal("6.37")]  # 42.60 and 7.08: 38.3400 + 6.3720


def test_the_sanction_counts_by_the_day() -> None:
    ruling = ruled(late_declaration=[days("2020-04-01", "2020-04-05")])
    assert per_day(ruling, "supplement") == [Decimal("10.42"), Decimal("11.58")]


def test_what_article_28bis_takes_off_is_taken_off_each_part() -> None:
    ruling = ruled(reductions=[{**days("2020-04-01", "2020-04-10"), "percentage": "10"}])
    assert per_day(ruling, "benefit") == [Decimal("34.29"), Decimal("38.10")]
    assert per_day(ruling, "supplement") == [Decimal("10.42"), Decimal("11.58")]
    (found,) = of_rule(ruling, "reduction")
    assert found.outcome == "met"
    assert found.facts == {
        "percentage": "10",
        "benefit": "34.2900",
        "supplement": "10.4220",
        "from": "2020-04-01",
        "until": "2020-04-10",
    }
    assert not of_rule(ruled(), "reduction")


@pytest.mark.parametrize(("percentage", "supplement"), [("0.01", "11.58"), ("12.5", "10.13"), ("99.9", "0.01")])
def test_any_percentage_reduces(percentage: str, supplement: str) -> None:
    reduced = ruled(reductions=[{**APRIL, "percentage": percentage}])
    assert per_day(reduced, "supplement") == [Decimal(supplement)]


def test_a_benefit_that_article_28bis_takes_away_leaves_no_supplement() -> None:
    ruling = ruled(reductions=[{**APRIL, "percentage": "100"}])
    assert (ruling.outcome, ruling.amounts) == ("refused", [])
    assert [f.outcome for f in of_rule(ruling, "reduction")] == ["not-met"]


def test_a_sanction_is_taken_off_what_article_28bis_leaves() -> None:
    ruling = ruled(reductions=[{**APRIL, "percentage": "12.5"}], late_declaration=[APRIL])
    (found,) = of_rule(ruling, "late-declaration")
    assert (found.facts["benefit"], found.facts["supplement"]) == ("30.0038", "9.1193")  # 33.3375 and 10.1325
    assert per_day(ruling, "supplement") == [Decimal("9.12")]


@pytest.mark.parametrize("paragraph", ["1", "2"])
def test_where_article_28_refuses_the_benefit_it_refuses_the_supplement(paragraph: str) -> None:
    ruling = ruled(refusals=[{**days("2020-04-06", "2020-04-11"), "paragraph": paragraph}])
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(1, 5), (12, 30)]
    assert ruled(refusals=[{**APRIL, "paragraph": paragraph}]).outcome == "refused"


@pytest.mark.parametrize(
    ("paragraph", "paid_on", "outcome"),
    [("2", "2020-04-28", "not-needed"), ("2", "2020-04-29", "met"), ("1", "2020-04-28", "met")],
)
def test_a_wrong_benefit_is_kept_when_paid_before_29_april_and_gives_no_supplement(
    paragraph: str, paid_on: str, outcome: str
) -> None:
    ruling = ruled(refusals=[{**APRIL, "paragraph": paragraph, "paid_on": paid_on}])
    assert [f.outcome for f in of_rule(ruling, "wrongly-paid")] == [outcome]
    assert ruling.outcome == "refused"


def test_no_day_of_temporary_unemployment_counts() -> None:
    ruling = ruled(temporary_unemployment=[days("2020-04-01", "2020-04-29")])
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(30, 30)]
    assert ruled(temporary_unemployment=[APRIL]).outcome == "refused"


@pytest.mark.parametrize(
    ("other", "benefit_left", "supplement"),
    [
        ("0.01", "38.09", "11.58"),
        ("38.10", "0.00", "11.58"),
        ("38.11", "0.00", "11.57"),
        ("49.67", "0.00", "0.01"),
    ],
)
def test_another_benefit_comes_off_the_benefit_first(other: str, benefit_left: str, supplement: str) -> None:
    ruling = ruled(other_benefits=[{**APRIL, "kind": "pension", "amount": other}])
    left = Decimal(benefit_left)
    assert (per_day(ruling, "benefit"), per_day(ruling, "supplement")) == (
        [left] if left else [],
        [Decimal(supplement)],
    )


@pytest.mark.parametrize("other", ["49.68", "49.69", "500.00"])
def test_the_difference_is_never_below_nothing(other: str) -> None:
    ruling = ruled(other_benefits=[{**APRIL, "kind": "occupational-disease", "amount": other}])
    assert ruling.outcome == "refused"
    assert of_rule(ruling, "difference")[0].facts["left"] == "0.00"
    assert ruling.amounts == []


def test_other_benefits_of_one_day_add_up() -> None:
    others = [
        {**APRIL, "kind": "pension", "amount": "20.00"},
        {**days("2020-04-15", "2020-04-30"), "kind": "other", "amount": "25.00"},
    ]
    assert per_day(ruled(other_benefits=others), "supplement") == [Decimal("11.58"), Decimal("4.68")]


def test_a_sanction_is_taken_off_before_the_difference() -> None:
    ruling = ruled(late_declaration=[APRIL], other_benefits=[{**APRIL, "kind": "pension", "amount": "40.00"}])
    assert per_day(ruling, "supplement") == [Decimal("4.71")]  # 34.2900 + 10.4220 - 40.00


def test_what_counts_elsewhere_is_reported() -> None:
    ruling = ruled(replacement_income=[days("2020-04-06", "2020-04-11")])
    reported = {f.rule: f.outcome for f in ruling.findings}
    assert reported["replacement-income"] == "met"
    assert reported["permitted-activity"] == "not-needed"
    assert reported["household-of-others"] == "not-needed"
    (income,) = of_rule(ruling, "article-22-income")
    assert (income.facts["from"], income.facts["until"]) == ("2020-04-01", "2020-04-30")
    assert not of_rule(ruled(days=[benefit(household="single")]), "article-22-income")
    two = ruled(replacement_income=[days("2020-04-20", "2020-04-25"), days("2020-04-06", "2020-04-11")])
    assert [f.facts["from"] for f in of_rule(two, "replacement-income")] == ["2020-04-06", "2020-04-20"]


# --- 6, 7, 8: tax, end, payment -------------------------------------------------------------------


def test_tax_is_withheld_from_the_supplement_of_primary_incapacity_alone() -> None:
    split = [benefit(last="2020-04-10"), benefit("2020-04-11", kind="invalidity-without-stop")]
    amounts = {a.kind: a.amount for a in ruled(**STOPPED, days=split).amounts if a.unit == "once"}
    # 9 of 26 days of 11.58 = 104.22 are taxed: 11.578842
    assert amounts == {"gross": Decimal("301.08"), "withholding-tax": Decimal("11.58"), "net": Decimal("289.50")}


def test_nothing_is_withheld_from_the_supplement_of_an_invalid() -> None:
    ruling = ruled(**STOPPED, days=[benefit(kind="invalidity-with-stop")])
    assert [f.outcome for f in of_rule(ruling, "withholding-tax")] == ["not-needed"]
    assert [a.kind for a in ruling.amounts if a.unit == "once"] == ["gross", "net"]


def test_the_last_day_is_31_december_2020() -> None:
    ruling = ruled(days=[benefit("2020-12-30", "2021-01-10")], on="2021-02-01")
    assert [(s.first, s.last, s.days) for s in ruling.periods] == [(date(2020, 12, 30), date(2020, 12, 31), 2)]
    assert [f.outcome for f in of_rule(ruling, "within-measure")] == ["met", "not-met"]
    assert ruled(days=[benefit("2021-01-01", "2021-01-10")], on="2021-02-01").outcome == "refused"


def test_days_before_the_measure_are_outside_it() -> None:
    ruling = ruled(
        incapacity_from=BEFORE,
        days=[benefit("2020-02-01", "2020-03-31")],
        stops=[stop("2020-03-01", "2020-03-31")],
    )
    assert [(s.first, s.last) for s in ruling.periods] == [(date(2020, 3, 1), date(2020, 3, 31))]


def test_it_is_paid_by_the_first_of_january_2021() -> None:
    assert of_rule(ruled(on="2021-01-01"), "payment-deadline")[0].outcome == "met"
    assert of_rule(ruled(on="2021-01-02"), "payment-deadline")[0].outcome == "not-met"


def test_days_after_the_day_of_the_decision_wait() -> None:
    ruling = ruled(on="2020-04-15")
    assert (ruling.outcome, ruling.periods[0].last) == ("granted", date(2020, 4, 15))
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        (
            "days-to-come",
            "/days",
            Phrase("decision-from", {"day": "2020-04-30"}),
            Phrase("decided-on", {"day": "2020-04-15"}),
        )
    ]
    assert [f.facts["until"] for f in of_rule(ruling, "days-to-come")] == ["2020-04-30"]
    assert ruled(on="2020-04-30", days=[benefit("2020-04-30", "2020-04-30")]).missing == []
    assert ruled(on="2020-03-31").outcome == "pending"
    assert ruled(on="2020-03-31", status="bridging-right").outcome == "refused"


def test_nothing_waits_for_days_that_can_never_be_paid() -> None:
    january = [benefit("2021-01-01", "2021-01-31")]
    assert ruled(on="2021-01-05", days=january).outcome == "refused"
    assert ruled(on="2020-12-31", days=january).outcome == "refused"
    around = ruled(on="2020-12-30", days=[benefit("2020-12-31", "2021-01-31")])
    assert (around.outcome, around.missing[0].needed) == ("pending", Phrase("decision-from", {"day": "2020-12-31"}))
    assert ruled(on="2020-03-31", days=[benefit(household="single")]).outcome == "refused"
    march = [benefit("2020-03-16", "2020-03-20", household="single")]
    assert ruled(on="2020-03-20", days=march).outcome == "refused"


# --- a person with both qualities -----------------------------------------------------------------


def test_days_on_which_only_the_self_employed_benefit_is_due_keep_the_supplement() -> None:
    ruling = ruled(employee=incapacity(days=[days("2020-04-01", "2020-04-15")]))
    assert per_day(ruling, "supplement") == [Decimal("11.58")]
    assert [(s.kind, s.first.day, s.last.day) for s in ruling.periods] == [
        ("supplement", 16, 30),
        ("employee-supplement", 1, 15),
    ]
    paid = {a.kind: a.amount for a in ruling.amounts if a.unit == "once"}
    assert paid["gross"] + paid["employee-gross"] == ruling.total == 13 * Decimal("11.58") + 13 * Decimal("19.22")


def test_a_refused_supplement_of_an_employee_leaves_the_benefit_to_come_off() -> None:
    # 60 % of 30.0000 = 18.00, and no supplement while the employer pays one
    ruling = ruled(employee=incapacity(lost_wage="30.0000", employer_supplement=[APRIL]))
    assert ruling.outcome == "granted"
    assert of_rule(ruling, "difference")[0].facts["left"] == "31.68"
    assert (per_day(ruling, "benefit"), per_day(ruling, "supplement")) == ([Decimal("20.10")], [Decimal("11.58")])
    assert [f.outcome for f in of_rule(ruling, "employee-employer-supplement")] == ["not-met"]


def test_without_the_wage_of_the_employee_neither_can_be_decided() -> None:
    ruling = ruled(employee=incapacity(lost_wage=None))
    assert ruling.outcome == "pending"
    assert [(m.rule, m.field) for m in ruling.missing] == [("employee-lost-wage", "/employee/lost_wage")]
    assert ruling.amounts == []
    unnotified = [stop("2020-04-06", "2020-04-12", notified=False)]
    both = ruled(incapacity_from=BEFORE, stops=unnotified, employee=incapacity(lost_wage=None))
    assert [m.rule for m in both.missing] == ["employee-lost-wage", "stop-notified"]
    assert [f.rule for f in both.findings][:2] == ["employee-quality", "employee-incapacity-start"]
    refused = ruled(status="bridging-right", employee=incapacity(lost_wage=None, quality="other"))
    assert refused.outcome == "refused"


def test_days_on_which_the_benefit_of_the_employee_is_not_known_wait() -> None:
    autumn = days("2020-09-10", "2020-09-20")
    fields: dict[str, Any] = {"days": [benefit("2020-09-10", "2020-09-20")], "employee": incapacity(days=[autumn])}
    ruling = ruled(**fields)
    assert [(s.kind, s.last) for s in ruling.periods] == [("employee-supplement", date(2020, 9, 15))]
    assert [m.field for m in ruling.missing] == ["/employee/days/0/household"]
    assert [(f.outcome, f.facts["from"]) for f in of_rule(ruling, "other-benefit-known")] == [("unknown", "2020-09-16")]
    later = ruled(
        days=[benefit("2020-09-16", "2020-09-20")], employee=incapacity(days=[days("2020-09-16", "2020-09-20")])
    )
    assert (later.outcome, later.amounts) == ("pending", [])
    told = days("2020-09-10", "2020-09-20", regular_worker=True, household="cohabiting")
    assert ruled(**fields | {"employee": incapacity(days=[told])}).missing == []


def test_a_published_minimum_is_not_given_for_the_employee_either() -> None:
    with pytest.raises(InvalidError) as error:
        ruled(employee=incapacity(days=[days("2020-10-01", "2020-10-01", minimum="50.00")]))
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/employee/days/0/minimum", "figure-is-published")]


def test_a_refusal_of_both_names_every_rule_that_failed() -> None:
    ruling = ruled(
        status="informal-care",
        days=[benefit(household="single")],
        employee=incapacity(quality="other", lost_wage="140.0000"),
    )
    assert ruling.outcome == "refused"
    assert [f.rule for f in ruling.findings if f.outcome == "not-met"] == [
        "employee-quality",
        "employee-wage-limit",
        "category-a",
        "category-b",
        "household",
    ]


def test_the_rules_of_the_employee_are_decided_on_the_same_parameters() -> None:
    own = SCHEME.parameter_sets["parameters"]
    for parameter in OF_EMPLOYEES.parameter_sets["parameters"].parameters:
        assert own.find(parameter.name, parameter.first, **dict(parameter.key)) == parameter


# --- the input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"days": [benefit("2020-03-15")]}, "/case", "outside-incapacity"),
        ({"incapacity_until": "2020-04-29"}, "/case", "outside-incapacity"),
        ({"days": [benefit(), benefit("2020-03-15", "2020-03-15")]}, "/case", "outside-incapacity"),
        (
            {"incapacity_until": "2020-04-30", "days": [benefit(), benefit("2020-05-01", "2020-05-01")]},
            "/case",
            "outside-incapacity",
        ),
        ({"incapacity_until": "2020-03-15"}, "/case", "until-before-from"),
        ({"days": [benefit(), benefit("2020-04-30")]}, "/case", "overlapping"),
        ({"days": [benefit(), benefit("2020-04-30"), benefit("2020-06-01", "2020-06-30")]}, "/case", "overlapping"),
        ({"stops": [stop("2020-04-01"), stop("2020-04-03", "2020-04-05")]}, "/case", "overlapping"),
        ({"stops": [stop("2020-04-05", "2020-04-04")]}, "/case/stops/0", "until-before-from"),
        ({"reductions": [{**APRIL, "percentage": "10"}] * 2}, "/case", "overlapping"),
        ({"reductions": [{**APRIL, "percentage": "100.01"}]}, "/case/reductions/0/percentage", "not-a-percentage"),
        (
            {"employee": incapacity(), "other_benefits": [{**APRIL, "kind": "employee-benefit", "amount": "1.00"}]},
            "/case",
            "employee-benefit-twice",
        ),
        ({"employee": incapacity(days=[])}, "/case/employee/days", "too-short"),
        ({"replacement_income": [APRIL] * 101}, "/case/replacement_income", "too-long"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_place(fields: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body(crisis(**fields), "2020-07-01")), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_days_as_late_as_can_be_told_are_decided_too() -> None:
    assert ruled(on="2199-12-31", incapacity_until="2199-12-31", days=[benefit("2020-04-01", "2199-12-31")]).total == (
        Decimal("11.58") * sum((date(2020, 4, 1) + timedelta(n)).isoweekday() != 7 for n in range(275))
    )


def test_every_value_holds_on_its_days() -> None:
    theirs = {parameter.name for parameter in OF_EMPLOYEES.parameter_sets["parameters"].parameters}
    until = dict.fromkeys(("target-total", "benefit"), date(2020, 12, 31))
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        if parameter.name not in theirs:
            assert parameter.first == date(2020, 3, 1), parameter.name
            assert parameter.last == until.get(parameter.name, LAST_DAY), parameter.name
            assert parameter.final is (parameter.name in until), parameter.name
