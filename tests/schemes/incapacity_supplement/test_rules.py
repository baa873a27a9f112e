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
from tegemoet.domain.decision import Phrase
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.incapacity_supplement import SCHEME
from tegemoet.schemes.incapacity_supplement.rules import assess
from tests.schemes.incapacity_supplement.builders import body, days, incapacity, of_rule, ruled


def per_day(**fields: Any) -> Decimal:
    """The supplement on 1 July 2020, in EUR."""
    (first, *_) = ruled(days=[days("2020-07-01", "2020-07-01")], **fields).amounts
    assert first.kind == "supplement"
    return first.amount


def of_others(first: str, last: str, **more: Any) -> dict[str, Any]:
    """Days of somebody who is no regular worker and lives alone: the lowest of the minima."""
    return days(first, last, regular_worker=False, household="single", **more)


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
    least = ruled(days=[days("2020-09-01", "2020-09-01", minimum="61.21")])
    assert least.amounts[0].amount == Decimal("0.01")
    for minimum in ("61.22", "61.23"):
        ruling = ruled(days=[days("2020-09-01", "2020-09-01", minimum=minimum)])
        assert (ruling.outcome, ruling.amounts) == ("refused", [])
        assert [f.outcome for f in of_rule(ruling, "amount-per-day")] == ["not-met"]


def test_from_2021_benefit_and_supplement_are_not_above_the_wage() -> None:
    ruling = ruled(lost_wage="50.0000", days=[of_others("2020-12-31", "2021-01-01")], on="2021-02-01")
    # the minimum of 36.88, then of 37.87, is above 30.00
    assert [a.amount for a in ruling.amounts[:2]] == [Decimal("24.34"), Decimal("12.13")]
    (found,) = of_rule(ruling, "limited-to-wage")
    assert (found.facts["from"], found.facts["until"]) == ("2021-01-01", "2021-01-01")


def test_a_wage_of_the_guaranteed_total_is_the_first_that_is_not_limited() -> None:
    january: dict[str, Any] = {"days": [of_others("2021-01-04", "2021-01-04")], "on": "2021-02-01"}
    assert of_rule(ruled(lost_wage="61.2199", **january), "limited-to-wage")
    assert not of_rule(ruled(lost_wage="61.2200", **january), "limited-to-wage")


# --- the statutory minimum from the seventh month -------------------------------------------------


@pytest.mark.parametrize(
    ("began", "first", "last", "minima"),
    [
        ("2020-03-16", "2020-09-16", "2020-12-31", "62.08 49.68 42.60 49.84 36.88"),
        ("2020-07-01", "2021-01-01", "2021-06-30", "62.08 49.68 42.60 51.18 37.87"),
        ("2021-01-01", "2021-07-01", "2021-08-31", "63.63 50.67 43.45 52.21 38.63"),
    ],
)
def test_the_minimum_of_every_worker_and_household(began: str, first: str, last: str, minima: str) -> None:
    households = ("dependants", "single", "cohabiting")
    whose = [(worker, household) for worker in (True, False) for household in households]
    regular_and_other = [*minima.split(), minima.rsplit(maxsplit=1)[-1]]
    for (worker, household), minimum in zip(whose, regular_and_other, strict=True):
        for day in (first, last):
            asked = days(day, day, regular_worker=worker, household=household)
            ruling = ruled(incapacity_from=began, lost_wage="61.0000", days=[asked], on="2021-12-01")
            (found,) = of_rule(ruling, "amount-per-day")
            assert found.facts["benefit"] == max(minimum, "36.60")  # 60 % of 61.0000


def test_before_the_seventh_month_no_published_minimum_applies() -> None:
    asked = [days("2020-09-15", "2020-09-16", regular_worker=True, household="dependants")]
    ruling = ruled(days=asked)
    assert [(f.facts["benefit"], f.facts["supplement"]) for f in of_rule(ruling, "amount-per-day")] == [
        ("42.00", "19.22"),
        ("62.08", "0.00"),  # 42.00 + 12.63, less 62.08, is not below nothing
    ]
    assert ruled(days=[days("2020-09-15", "2020-09-15")]).outcome == "granted"


def test_from_the_seventh_month_it_is_asked_whose_minimum_applies() -> None:
    ruling = ruled(days=[days("2020-04-01", "2020-04-02"), days("2020-09-15", "2020-09-16")])
    assert ruling.outcome == "granted"
    assert [(s.first, s.last) for s in ruling.periods] == [
        (date(2020, 4, 1), date(2020, 4, 2)),
        (date(2020, 9, 15), date(2020, 9, 15)),
    ]
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("minimum-known", "/days/1/household", Phrase("worker-and-household"), Phrase("nothing"))
    ]
    (unknown,) = of_rule(ruling, "minimum-known")
    assert unknown.outcome == "unknown"
    assert (unknown.facts["highest"], unknown.facts["from"]) == ("62.08", "2020-09-16")
    today = ruled(on="2020-09-16", days=[days("2020-09-16", "2020-09-16")])
    assert [m.rule for m in today.missing] == ["minimum-known"]
    two = ruled(days=[days("2020-10-01", "2020-10-02"), days("2020-09-20", "2020-09-21")])
    assert [m.field for m in two.missing] == ["/days/0/household", "/days/1/household"]
    alone = ruled(days=[days("2020-09-16", "2020-09-16")])
    assert (alone.outcome, alone.amounts) == ("pending", [])
    assert ruled(days=[days("2020-09-16", "2020-09-16")], quality="other").outcome == "refused"


def test_a_benefit_that_reaches_the_highest_minimum_needs_no_household() -> None:
    october = [days("2020-10-01", "2020-10-01")]
    assert ruled(days=october, lost_wage="103.4665").outcome == "pending"  # 62.0799
    assert ruled(days=october, lost_wage="103.4666").outcome == "granted"  # 62.0800


def test_a_minimum_is_given_only_for_days_without_a_published_one() -> None:
    def given(first: str, last: str, minimum: str = "45.00", **more: Any) -> set[str]:
        with pytest.raises(InvalidError) as error:
            ruled(days=[days("2020-04-01", "2020-04-01"), days(first, last, minimum=minimum, **more)])
        assert {fault.code for fault in error.value.faults} == {"figure-is-published"}
        return {fault.path for fault in error.value.faults}

    assert given("2020-09-10", "2020-09-16") == {"/case/days/1/minimum"}
    assert given("2020-09-16", "2020-09-16", regular_worker=True, household="single") == {"/case/days/1/minimum"}
    assert given("2021-12-31", "2022-01-01") == {"/case/days/1/minimum"}
    before = ruled(days=[days("2020-09-10", "2020-09-15", minimum="45.00")])
    assert before.outcome == "granted"
    late = {"incapacity_from": "2021-06-01", "days": [days("2022-01-01", "2022-01-01", minimum="45.00")]}
    with pytest.raises(ParameterUnknownError) as unknown:
        ruled(on="2022-02-01", **late)
    assert unknown.value.parameter == "fixed-part"  # and not the minimum


def decided(fields: dict[str, Any], on: str, supplied: Any = None) -> dict[str, Any]:
    line = body(incapacity(**fields), on) | ({} if supplied is None else {"supplied": supplied})
    found: dict[str, Any] = orjson.loads(decide_line(orjson.dumps(line), SCHEME, "partner", b"key").decision)
    return found


def test_a_decision_says_on_which_values_it_rests_that_are_not_official() -> None:
    assert "values" not in decided({"days": [of_others("2020-12-31", "2020-12-31")]}, "2021-02-01")
    (value,) = decided({"days": [of_others("2021-01-01", "2021-01-02")]}, "2021-02-01")["values"]
    assert (value["name"], value["value"], value["basis"]) == ("minimum-benefit", "37.87", "secondary")
    assert value["key"] == {"household": "single", "worker": "other"}
    (highest,) = decided({"days": [days("2021-01-01", "2021-01-02")], "lost_wage": "104.0000"}, "2021-02-01")["values"]
    assert (highest["key"]["household"], highest["value"]) == ("dependants", "62.08")
    (given,) = decided({"days": [days("2020-04-01", "2020-04-02", minimum="45.00")]}, "2021-02-01")["values"]
    assert (given["name"], given["value"], given["basis"]) == ("minimum-benefit", "45.00", "supplied")
    assert (given["from"], given["until"]) == ("2020-04-01", "2020-04-02")
    assert given["source"] == {"act": "the case", "article": "minimum", "url": ""}


def test_a_figure_without_a_published_value_is_supplied_beside_the_case() -> None:
    late: dict[str, Any] = {"incapacity_from": "2021-06-01", "days": [days("2021-09-01", "2021-09-01")]}

    def figures(*names: str, value: str = "81.40") -> list[dict[str, str]]:
        span = {"from": "2021-09-01", "until": "2021-12-31", "source": "circular of the insurer"}
        return [{"parameter": name, "value": value, **span} for name in names]

    supplied = [*figures("highest-total-above", "highest-total", value="108.0714"), *figures("guaranteed-total")]
    found = decided(late, "2021-10-01", supplied)
    assert [a["amount"] for a in found["amounts"][:1]] == ["28.00"]  # 81.40, limited to the wage, less 42.00
    assert {v["basis"] for v in found["values"]} == {"supplied"}
    with pytest.raises(InvalidError) as error:
        decided(late, "2021-10-01", figures("fixed-part"))
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/supplied/0", "figure-is-published")]


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


def test_an_incapacity_that_begins_after_the_decision_is_no_fact() -> None:
    ruled(on="2020-03-16")
    with pytest.raises(InvalidError) as error:
        ruled(on="2020-03-15")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/incapacity_from", "in-the-future")]


def test_a_clear_refusal_needs_no_figure() -> None:
    late: dict[str, Any] = {"incapacity_from": "2021-08-01", "days": [days("2022-05-01", "2022-05-31")]}
    refused = ruled(quality="unemployed", on="2022-12-01", **late)
    assert refused.outcome == "refused"
    assert not of_rule(refused, "wage-limit")
    assert ruled(employer_supplement=late["days"], on="2022-12-01", **late).outcome == "refused"
    past_the_year = late | {"days": [days("2022-08-01", "2022-08-31")]}
    assert ruled(on="2022-12-01", **past_the_year).outcome == "refused"
    with pytest.raises(ParameterUnknownError):
        ruled(on="2022-12-01", **late)


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
        ("wage-limit", Phrase("below-amount", {"amount": limit}), Phrase("amount", {"amount": limit}))
    ]
    below = f"{Decimal(limit) - Decimal('0.0001'):.4f}"
    if day <= "2021-08-31":
        assert (
            of_rule(
                ruled(lost_wage=below, incapacity_from=began, days=[days(day, day)], on="2022-12-01"), "wage-limit"
            )[0].outcome
            == "met"
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
    ruling = ruled(days=[of_others("2021-03-15", "2021-03-16")], on="2021-06-01")
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


def test_what_others_build_on_says_on_which_days_the_benefit_is_known() -> None:
    case = SCHEME.case.validate_json(orjson.dumps(incapacity(days=[days("2020-09-15", "2020-09-16")])))
    found = assess(case, date(2020, 12, 1), SCHEME.parameter_sets["parameters"])
    assert [(period.first, daily.known, daily.due) for period, daily in found.days] == [
        (date(2020, 9, 15), True, True),
        (date(2020, 9, 16), False, False),
    ]
    refused = SCHEME.case.validate_json(orjson.dumps(incapacity(quality="other")))
    held = assess(refused, date(2020, 12, 1), SCHEME.parameter_sets["parameters"])
    assert [daily.known for _, daily in held.days] == [True]
    paid = SCHEME.case.validate_json(orjson.dumps(incapacity(employer_supplement=[days("2020-04-01", "2020-04-30")])))
    held = assess(paid, date(2020, 12, 1), SCHEME.parameter_sets["parameters"])
    assert [(daily.known, daily.due) for _, daily in held.days] == [(True, False)]


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
    october: dict[str, Any] = {"days": [of_others("2020-10-01", "2020-10-05")], "on": "2020-10-06"}
    assert of_rule(ruled(**october), "payment-deadline")[0].outcome == "not-needed"
    eve: dict[str, Any] = {"days": [of_others("2020-09-30", "2020-10-05")], "on": "2020-10-06"}
    assert of_rule(ruled(**eve), "payment-deadline")[0].outcome == "not-met"


# --- what waits -----------------------------------------------------------------------------------


def test_without_the_wage_the_decision_waits_for_it() -> None:
    ruling = ruled(lost_wage=None)
    assert ruling.outcome == "pending"
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("/lost_wage", Phrase("lost-wage"), Phrase("nothing"))
    ]
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
    assert (ruling.outcome, ruling.missing[0].needed) == ("pending", Phrase("decision-from", {"day": "2021-03-15"}))
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
        "minimum-benefit": [
            *[(march, date(2020, 12, 31))] * 6,
            *[(date(2021, 1, 1), date(2021, 6, 30))] * 6,
            *[(date(2021, 7, 1), august)] * 6,
            *[autumn] * 6,
        ],
    }
    own = SCHEME.parameter_sets["parameters"].parameters
    for name in {parameter.name for parameter in own}:
        found = [(parameter.first, parameter.last) for parameter in own if parameter.name == name]
        assert found == changing.get(name, [(march, LAST_DAY)]), name


def test_worker_and_household_are_told_together() -> None:
    for told in ({"regular_worker": True}, {"household": "single"}):
        with pytest.raises(InvalidError) as error:
            decided({"days": [days("2020-10-01", "2020-10-01", **told)]}, "2020-11-01")
        assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/days/0", "minimum-incomplete")]


@pytest.mark.parametrize(
    ("worker", "household", "value"),
    [("regular", "dependants", "64.91"), ("regular", "single", "51.69"), ("other", "dependants", "53.25")],
)
def test_the_printed_minima_of_september_2021(worker: str, household: str, value: str) -> None:
    own = SCHEME.parameter_sets["parameters"]
    assert own.decimal("minimum-benefit", date(2021, 9, 1), worker=worker, household=household) == Decimal(value)


def test_the_minima_of_september_2021_are_those_of_july_after_an_index_step() -> None:
    own = SCHEME.parameter_sets["parameters"]
    for row in own.rows("minimum-benefit", date(2021, 9, 1)):
        july = own.decimal("minimum-benefit", date(2021, 7, 1), **dict(row.key))
        assert abs(Decimal(str(row.value)) - july * Decimal("1.02")) <= Decimal("0.01")
        derived = (july * Decimal("1.02")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert row.basis == "secondary" or (row.value, row.basis) == (derived, "derived")


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
