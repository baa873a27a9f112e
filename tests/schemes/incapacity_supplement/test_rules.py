"""The supplement of employees in primary incapacity: every article, both sides
of every limit, the published examples to the cent.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.incapacity_supplement import SCHEME
from tegemoet.schemes.incapacity_supplement.rules import assess
from tests.schemes.incapacity_supplement.builders import body, days, incapacity, of_rule, ruled


def per_day(**fields: Any) -> Decimal:
    """The supplement on 1 July 2020, in EUR."""
    (first, *_) = ruled(days=[days("2020-07-01", "2020-07-01")], **fields).amounts
    assert first.kind == "supplement"
    return first.amount


# --- articles 4 and 5: the amount -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wage", "benefit", "supplement", "total"),
    [
        ("70.0000", "42.00", "19.22", "61.22"),  # the example of the circular
        ("85.0000", "51.00", "14.13", "65.13"),
        ("100.0000", "60.00", "15.63", "75.63"),
        ("105.9523", "63.57", "16.23", "79.80"),
        ("105.9524", "63.57", "16.23", "79.80"),
        ("105.9600", "63.58", "16.22", "79.80"),
        ("132.9900", "79.79", "0.01", "79.80"),
        ("132.9989", "79.80", "0.00", "79.80"),
    ],
)
def test_benefit_and_supplement_of_a_day(wage: str, benefit: str, supplement: str, total: str) -> None:
    (found,) = of_rule(ruled(lost_wage=wage), "amount-per-day")
    assert (found.facts["benefit"], found.facts["supplement"], found.facts["total"]) == (benefit, supplement, total)


def test_the_guaranteed_total_binds_up_to_the_last_wage_that_gives_less() -> None:
    assert of_rule(ruled(lost_wage="79.4142"), "guaranteed-total")
    assert not of_rule(ruled(lost_wage="79.4143"), "guaranteed-total")
    assert not of_rule(ruled(lost_wage="79.4144"), "guaranteed-total")


def test_the_guaranteed_total_is_exact_whatever_the_wage_rounds_to() -> None:
    for wage in ("70.0083", "61.2235", "0.0001"):
        (found,) = of_rule(ruled(lost_wage=wage), "amount-per-day")
        assert found.facts["total"] == "61.22"


def test_in_a_partial_career_break_no_total_is_guaranteed() -> None:
    assert per_day(partial_career_break=True) == Decimal("12.63")
    assert per_day(partial_career_break=False) == Decimal("19.22")


def test_above_the_wage_of_the_highest_total_the_supplement_is_what_is_left_of_it() -> None:
    assert not of_rule(ruled(lost_wage="105.9523"), "highest-total")
    assert of_rule(ruled(lost_wage="105.9523"), "supplement")
    (highest,) = of_rule(ruled(lost_wage="105.9524"), "highest-total")
    assert (highest.facts["above"], highest.facts["highest"]) == ("105.9523", "79.80")
    assert not of_rule(ruled(lost_wage="105.9524"), "supplement")


def test_a_minimum_is_deducted_from_september_2020_and_added_to_before() -> None:
    # 85.0000: 51.00 and 14.13; the minimum of 55.00 is 4.00 more than 60 %
    ruling = ruled(
        lost_wage="85.0000",
        days=[days("2020-08-31", "2020-08-31", minimum="55.00"), days("2020-09-01", "2020-09-01", minimum="55.00")],
    )
    august, september, *_ = ruling.amounts
    assert (august.amount, september.amount) == (Decimal("14.13"), Decimal("10.13"))
    assert [f.outcome for f in of_rule(ruling, "minimum-benefit")] == ["not-needed", "met"]


def test_a_minimum_that_60_percent_reaches_changes_nothing() -> None:
    ruling = ruled(lost_wage="85.0000", days=[days("2020-09-01", "2020-09-01", minimum="51.00")])
    assert ruling.amounts[0].amount == Decimal("14.13")
    assert not of_rule(ruling, "minimum-benefit")
    ruling = ruled(lost_wage="85.0000", days=[days("2020-09-01", "2020-09-01", minimum="51.01")])
    assert ruling.amounts[0].amount == Decimal("14.12")
    assert of_rule(ruling, "minimum-benefit")


def test_the_guarantee_looks_at_the_benefit_raised_to_its_minimum() -> None:
    # 70.0000: 42.00 + 12.63 = 54.63, less the minimum of 50.00 = 4.63; raised to 61.22 - 50.00
    assert ruled(days=[days("2020-09-01", "2020-09-01", minimum="50.00")]).amounts[0].amount == Decimal("11.22")


def test_a_minimum_above_all_leaves_nothing() -> None:
    ruling = ruled(days=[days("2020-09-01", "2020-09-01", minimum="61.23")])
    assert ruling.amounts[0].amount == Decimal("0.00")


def test_from_2021_benefit_and_supplement_are_not_above_the_wage() -> None:
    ruling = ruled(lost_wage="50.0000", days=[days("2020-12-31", "2021-01-01")], on="2021-02-01")
    assert [a.amount for a in ruling.amounts[:2]] == [Decimal("31.22"), Decimal("20.00")]
    (found,) = of_rule(ruling, "limited-to-wage")
    assert (found.facts["from"], found.facts["until"]) == ("2021-01-01", "2021-01-01")


def test_a_wage_of_the_guaranteed_total_is_the_first_that_is_not_limited() -> None:
    january: dict[str, Any] = {"days": [days("2021-01-04", "2021-01-04")], "on": "2021-02-01"}
    assert of_rule(ruled(lost_wage="61.2199", **january), "limited-to-wage")
    assert not of_rule(ruled(lost_wage="61.2200", **january), "limited-to-wage")


# --- articles 3 and 8: who and which days ---------------------------------------------------------


@pytest.mark.parametrize(
    ("quality", "outcome"),
    [
        ("employee", "granted"),
        ("part-time-keeping-rights", "granted"),
        ("voluntary-part-time", "granted"),
        ("unemployed", "refused"),
        ("other", "refused"),
    ],
)
def test_only_who_is_bound_by_a_contract_or_equated_is_entitled(quality: str, outcome: str) -> None:
    assert ruled(quality=quality).outcome == outcome


def test_the_incapacity_begins_on_1_march_2020_at_the_earliest() -> None:
    assert ruled(incapacity_from="2020-02-29").outcome == "refused"
    assert ruled(incapacity_from="2020-03-01").outcome == "granted"


def test_days_before_the_measure_are_left_out_of_a_refusal() -> None:
    ruling = ruled(incapacity_from="2020-02-01", days=[days("2020-02-10", "2020-03-10")])
    assert ruling.outcome == "refused"
    assert [f.facts["from"] for f in of_rule(ruling, "wage-limit")] == ["2020-03-01"]


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        ("2020-03-16", "132.9990"),
        ("2021-08-31", "132.9990"),
        ("2021-09-01", "135.6590"),
        ("2021-12-31", "135.6590"),
        ("2022-01-01", "138.3667"),
        ("2022-02-28", "138.3667"),
        ("2022-03-01", "141.1333"),
        ("2022-04-30", "141.1333"),
    ],
)
def test_a_wage_of_the_limit_is_refused_on_every_day(day: str, limit: str) -> None:
    began = day if day < "2021" else "2021-06-01"
    ruling = ruled(lost_wage=limit, incapacity_from=began, days=[days(day, day)], on="2022-12-01")
    assert ruling.outcome == "refused"
    assert [(m.rule, m.needed, m.seen) for m in ruling.missing] == [
        ("wage-limit", f"less than {limit} EUR", f"{limit} EUR")
    ]
    below = f"{Decimal(limit) - Decimal('0.0001'):.4f}"
    if day <= "2021-08-31":
        assert (
            ruled(lost_wage=below, incapacity_from=began, days=[days(day, day)], on="2022-12-01").outcome == "granted"
        )
    else:  # the wage is low enough, and then an amount is asked for that is not known
        with pytest.raises(ParameterUnknownError):
            ruled(lost_wage=below, incapacity_from=began, days=[days(day, day)], on="2022-12-01")


def test_a_wage_above_a_limit_may_be_below_the_next() -> None:
    with pytest.raises(ParameterUnknownError) as error:
        ruled(
            lost_wage="133.0000", incapacity_from="2021-06-01", days=[days("2021-08-31", "2021-09-01")], on="2022-01-01"
        )
    assert error.value.on == "2021-09-01"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2021-09-01", "highest-total-above"),
        ("2022-01-01", "fixed-part"),
        ("2022-02-28", "fixed-part"),
        ("2022-03-01", "highest-total-above"),
        ("2022-05-01", "wage-limit"),
    ],
)
def test_a_day_without_a_published_amount_is_an_error_that_names_it(day: str, name: str) -> None:
    with pytest.raises(ParameterUnknownError) as error:
        ruled(incapacity_from="2021-08-01", days=[days(day, day)], on="2022-12-01")
    assert (error.value.parameter, error.value.on) == (name, day)


def test_the_first_year_counts_and_the_day_after_it_does_not() -> None:
    ruling = ruled(days=[days("2021-03-15", "2021-03-16")], on="2021-06-01")
    assert [(a.first, a.last) for a in ruling.amounts[:1]] == [(date(2021, 3, 15), date(2021, 3, 15))]
    assert [f.outcome for f in of_rule(ruling, "primary-incapacity")] == ["met", "not-met"]
    assert ruled(days=[days("2021-03-16", "2021-03-16")], on="2021-06-01").outcome == "refused"


def test_no_day_with_the_supplement_of_the_employer_counts() -> None:
    ruling = ruled(employer_supplement=[days("2020-04-06", "2020-04-11")])
    assert [(s.first.day, s.last.day, s.days) for s in ruling.periods] == [(1, 5, 4), (12, 30, 16)]
    assert ruling.total == 20 * Decimal("19.22")
    assert ruled(employer_supplement=[days("2020-04-01", "2020-04-30")]).outcome == "refused"


def test_a_refusal_names_every_rule_that_failed() -> None:
    ruling = ruled(
        quality="unemployed",
        incapacity_from="2020-02-29",
        lost_wage="140.0000",
        employer_supplement=[days("2020-04-01", "2020-04-30")],
    )
    assert [f.rule for f in ruling.findings if f.outcome == "not-met"] == [
        "quality",
        "incapacity-start",
        "wage-limit",
        "employer-supplement",
    ]
    assert ruling.amounts == []
    assert ruling.total is None


@pytest.mark.parametrize(
    ("fields", "outcome"), [({}, "granted"), ({"quality": "other"}, "refused"), ({"lost_wage": None}, "pending")]
)
def test_what_others_build_on_has_the_outcome_of_the_ruling(fields: dict[str, Any], outcome: str) -> None:
    case = SCHEME.case.validate_json(orjson.dumps(incapacity(**fields)))
    assert assess(case, date(2020, 12, 1), SCHEME.parameter_sets["parameters"]).outcome == outcome
    assert ruled(**fields).outcome == outcome


# --- the payment ----------------------------------------------------------------------------------


def test_a_period_pays_its_days_from_monday_to_saturday() -> None:
    ruling = ruled()  # April 2020 has four Sundays
    assert [s.days for s in ruling.periods] == [26]
    assert ruling.total == Decimal("499.72")


def test_tax_is_withheld_once_from_the_whole_payment() -> None:
    ruling = ruled()
    (withheld,) = of_rule(ruling, "withholding-tax")
    assert withheld.facts == {"taxed": "499.72", "percentage": "11.11", "tax": "55.52"}
    paid = {a.kind: a.amount for a in ruling.amounts[1:]}
    # 11.11 % of 499.72 = 55.518892; 26 times the tax of a day (2.14) would be 55.64
    assert paid == {"gross": Decimal("499.72"), "withholding-tax": Decimal("55.52"), "net": Decimal("444.20")}


def test_equal_adjoining_days_are_one_period_over_a_change_of_the_law() -> None:
    ruling = ruled(days=[days("2020-08-17", "2020-08-31"), days("2020-09-01", "2020-09-12")])
    assert [(s.first, s.last, s.days) for s in ruling.periods] == [(date(2020, 8, 17), date(2020, 9, 12), 24)]


def test_the_days_before_october_2020_are_paid_by_the_first_of_october() -> None:
    assert of_rule(ruled(on="2020-10-01"), "payment-deadline")[0].outcome == "met"
    assert of_rule(ruled(on="2020-10-02"), "payment-deadline")[0].outcome == "not-met"
    october: dict[str, Any] = {"days": [days("2020-10-01", "2020-10-05")], "on": "2020-10-06"}
    assert of_rule(ruled(**october), "payment-deadline")[0].outcome == "not-needed"
    eve: dict[str, Any] = {"days": [days("2020-09-30", "2020-10-05")], "on": "2020-10-06"}
    assert of_rule(ruled(**eve), "payment-deadline")[0].outcome == "not-met"


# --- what waits -----------------------------------------------------------------------------------


def test_without_the_wage_the_decision_waits_for_it() -> None:
    ruling = ruled(lost_wage=None)
    assert ruling.outcome == "pending"
    assert [(m.field, m.seen) for m in ruling.missing] == [("/lost_wage", "none")]
    assert ruled(lost_wage=None, quality="other").outcome == "refused"


def test_days_after_the_day_of_the_decision_wait() -> None:
    ruling = ruled(on="2020-04-15")
    assert ruling.outcome == "granted"
    assert [(s.first.day, s.last.day) for s in ruling.periods] == [(1, 15)]
    assert [m.rule for m in ruling.missing] == ["days-to-come"]
    assert [f.facts["until"] for f in of_rule(ruling, "days-to-come")] == ["2020-04-30"]
    assert ruled(on="2020-04-30", days=[days("2020-04-30", "2020-04-30")]).missing == []
    assert ruled(on="2020-03-31").outcome == "pending"
    assert ruled(on="2020-04-30").missing == []
    assert ruled(on="2020-03-31", quality="other").outcome == "refused"


def test_nothing_waits_for_days_that_can_never_be_paid() -> None:
    assert ruled(on="2020-03-31", lost_wage="132.9990").outcome == "refused"
    assert ruled(on="2020-04-15", lost_wage="132.9990").outcome == "refused"
    assert ruled(on="2021-03-01", days=[days("2021-03-16", "2021-04-30")]).outcome == "refused"
    ruling = ruled(on="2021-03-01", days=[days("2021-03-15", "2021-04-30")])
    assert (ruling.outcome, ruling.missing[0].needed) == ("pending", "a decision on or after 2021-03-15")
    assert ruled(on="2020-03-31", employer_supplement=[days("2020-04-01", "2020-04-30")]).outcome == "refused"
    assert ruled(on="2020-04-15", employer_supplement=[days("2020-04-01", "2020-04-29")]).outcome == "pending"


# --- the input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"days": [days("2020-04-02", "2020-04-01")]}, "/case/days/0", "until-before-from"),
        ({"days": [days("2020-04-01", "2020-04-02"), days("2020-04-02", "2020-04-03")]}, "/case", "overlapping"),
        ({"days": [days("2020-03-15", "2020-04-02")]}, "/case", "before-incapacity"),
        ({"days": [days("2020-04-01", "2020-04-02"), days("2020-03-15", "2020-03-16")]}, "/case", "before-incapacity"),
        ({"days": []}, "/case/days", "too-short"),
        ({"lost_wage": "70.00001"}, "/case/lost_wage", "not-a-wage"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_place(
    fields: dict[str, object], path: str, code: str
) -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body(incapacity(**fields), "2020-07-01")), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    march, august, autumn = date(2020, 3, 1), date(2021, 8, 31), (date(2021, 9, 1), date(2021, 12, 31))
    spring = (date(2022, 3, 1), date(2022, 4, 30))
    changing = {
        **{name: [(march, august)] for name in ("highest-total-above", "highest-total", "guaranteed-total")},
        "wage-limit": [(march, august), autumn, (date(2022, 1, 1), date(2022, 2, 28)), spring],
        "fixed-part": [(march, august), autumn, spring],
        "minimum-deducted": [(march, date(2020, 8, 31)), (date(2020, 9, 1), LAST_DAY)],
        "limited-to-wage": [(march, date(2020, 12, 31)), (date(2021, 1, 1), LAST_DAY)],
    }
    own = SCHEME.parameter_sets["parameters"].parameters
    for name in {parameter.name for parameter in own}:
        found = [(parameter.first, parameter.last) for parameter in own if parameter.name == name]
        assert found == changing.get(name, [(march, LAST_DAY)]), name


@pytest.mark.parametrize(
    ("day", "fixed"),
    [
        ("2020-03-01", "5.63"),
        ("2021-08-31", "5.63"),
        ("2021-09-01", "5.74"),
        ("2021-12-31", "5.74"),
        ("2022-03-01", "5.98"),
        ("2022-04-30", "5.98"),
    ],
)
def test_the_published_fixed_parts(day: str, fixed: str) -> None:
    assert SCHEME.parameter_sets["parameters"].decimal("fixed-part", date.fromisoformat(day)) == Decimal(fixed)
