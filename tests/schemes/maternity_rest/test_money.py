"""What a day of maternity rest pays (circular V.I. 2020/204,
sections VII and VIII; published maxima of 2018 to 2023).
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tegemoet.domain.parameters import Parameter, Source
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.maternity_rest.benefit import Claim, DayBenefit
from tegemoet.schemes.maternity_rest.figures import figures_of, share, to_cents, value_on, written
from tegemoet.schemes.maternity_rest.pay import check_ceilings, pay_rest
from tegemoet.schemes.maternity_rest.rest import Removal, Segment
from tests.schemes.maternity_rest.builders import READER, activity, case, past, read
from tests.schemes.maternity_rest.pay import by_day, facts, outcome, paid, parameters, rest, rest_of

UNEMPLOYED = {"kind": "controlled-unemployed"}
OTHER = {"kind": "quality-lost-in-incapacity-or-rest", "until": "2019-12-31"}
DISMISSED = {"kind": "employee", "basis": "irregular-termination"}
"""An employee whose public holidays nobody pays: every day but Sundays has a benefit."""


def earning(wage: str) -> dict[str, Any]:
    return {"activities": [activity(wage)]}


def unemployed(wage: str, *benefits: tuple[str, str]) -> dict[str, Any]:
    rows = [{"from": first, "amount": amount} for first, amount in benefits or [("2010-01-01", "0.00")]]
    return {"unemployment": {"wage": {"amount": wage}, "benefits": rows}}


def incapacitated(wage: str, *benefits: tuple[str, str], since: str = "2010-01-01", **fields: Any) -> dict[str, Any]:
    rows = [{"from": first, "gross": gross} for first, gross in benefits]
    return {"incapacity": {"since": since, "wage": {"amount": wage}, "benefits": rows, **fields}}


# The source's example (section VIII): an invalid
# employee with a wage of 120.0000 from 4 November 2019.


def test_the_example_of_the_circular_comes_out() -> None:
    pay = incapacitated("120.0000", ("2019-10-01", "78.00"), invalid=True, since="2018-09-16")
    result = paid(rest("2019-11-04"), quality={"kind": "employee", "basis": "contract"}, pay=pay)
    days = by_day(result)
    assert (days["2019-11-04"], days["2019-12-03"], days["2019-12-04"]) == ("98.40", "98.40", "90.00")
    assert facts(result, "guarantee")["benefits"] == ["75.27"]
    assert outcome(result, "guarantee") == "not-needed"
    assert outcome(result, "no-pension-deduction") == "not-needed"
    assert (days["2020-02-13"], "2020-02-14" in days) == ("90.00", False)


# Rates by status on the first day.


def test_day_30_has_the_first_rate_and_day_31_the_later_one() -> None:
    days = by_day(paid(rest("2020-07-13"), quality=DISMISSED, pay=earning("100.0000")))
    assert (days["2020-08-11"], days["2020-08-12"]) == ("82.00", "75.00")


def test_the_82_percent_of_an_employee_know_no_ceiling() -> None:
    days = by_day(paid(rest("2020-07-13"), pay=earning("300.0000")))
    assert (days["2020-07-13"], days["2020-08-12"]) == ("246.00", "110.23")


@pytest.mark.parametrize(
    ("wage", "first", "later"),
    [("100.0000", "79.50", "75.00"), ("146.9771", "116.85", "110.23"), ("500.0000", "116.85", "110.23")],
)
def test_who_has_no_contract_has_79_5_then_75_percent_within_the_ceiling(wage: str, first: str, later: str) -> None:
    pay = incapacitated(wage, ("2020-01-01", "60.00"))
    days = by_day(paid(rest("2020-07-13"), quality=OTHER, pay=pay))
    assert (days["2020-08-11"], days["2020-08-12"]) == (first, later)


def test_an_incapacitated_employee_still_under_contract_has_82_percent() -> None:
    pay = incapacitated("200.0000", ("2020-01-01", "60.00"))
    days = by_day(paid(rest("2020-07-13"), pay=pay))
    assert days["2020-07-13"] == "164.00"


@pytest.mark.parametrize("kind", ["after-continued-insurance", "after-transition-benefit"])
def test_the_other_qualities_have_the_general_rates(kind: str) -> None:
    days = by_day(paid(rest("2020-07-13"), quality={"kind": kind}, pay=earning("100.0000")))
    assert (days["2020-08-11"], days["2020-08-12"]) == ("79.50", "75.00")


def test_a_contract_that_ends_during_the_rest_keeps_the_rate_of_the_first_day() -> None:
    quality = {"kind": "employee", "basis": "contract", "until": "2020-07-20"}
    days = by_day(paid(rest("2020-07-13"), quality=quality, pay=earning("100.0000")))
    assert days["2020-08-11"] == "82.00"


def test_days_left_of_the_first_thirty_after_a_termination_indemnity_have_82_percent() -> None:
    covered = [{"by": "termination-indemnity", "from": "2020-07-13", "until": "2020-08-09"}]
    result = paid(rest("2020-07-13"), quality=DISMISSED, pay=earning("100.0000"), covered=covered)
    days = by_day(result)
    assert (min(days), days["2020-08-10"], days["2020-08-11"], days["2020-08-12"]) == (
        "2020-08-10",
        "82.00",
        "82.00",
        "75.00",
    )
    assert set(by_day(result, "not-paid-termination-indemnity").values()) == {"0.00"}


# Unemployed: base benefit, aligned for six months, and a supplement that is not.


def test_an_unemployed_person_has_her_unemployment_benefit_and_the_supplement() -> None:
    pay = unemployed("73.7231", ("2019-01-01", "44.23"), ("2019-09-16", "50.60"))
    days = by_day(paid(rest("2019-09-02"), quality=UNEMPLOYED, pay=pay))
    # 19.5 % = 14.3760, 15 % = 11.0585
    assert (days["2019-09-14"], days["2019-09-16"]) == ("58.61", "64.98")
    assert (days["2019-10-01"], days["2019-10-02"]) == ("64.98", "61.66")


def test_once_alignment_is_over_each_part_is_rounded_before_they_are_added() -> None:
    pay = unemployed("73.7231", ("2019-04-01", "50.60"))
    history = [past("incapacity", "2019-04-01", "2019-08-31")]
    days = by_day(paid(rest("2019-09-01"), quality=UNEMPLOYED, pay=pay, history=history))
    # 50.60 + 19.5 % to 30 September; then 44.2339 + 11.0585 = 55.2924
    assert (days["2019-09-30"], days["2019-10-01"]) == ("64.98", "55.29")


def test_the_components_are_rounded_to_four_decimals_each() -> None:
    # 60 % of 73.7231 = 44.23386, 15 % = 11.058465: 55.292325 in one go, 55.2924 from rounded parts
    assert share(60_000, 737_231) + share(15_000, 737_231) == 552_924
    assert share(75_000, 737_231) == 552_923


def test_rounding_each_part_may_add_a_cent() -> None:
    pay = unemployed("73.7133")
    history = [past("incapacity", "2018-01-01", "2020-07-12")]
    days = by_day(paid(rest("2020-07-13"), quality=UNEMPLOYED, pay=pay, history=history))
    # 44.2280 + 11.0570 = 55.2850 is 55.29; 75 % at once is 55.284975, which is 55.28
    assert days["2020-08-12"] == "55.29"


def test_base_and_supplement_are_within_the_ceiling() -> None:
    history = [past("incapacity", "2018-01-01", "2020-07-12")]
    days = by_day(paid(rest("2020-07-13"), quality=UNEMPLOYED, pay=unemployed("400.0000"), history=history))
    assert (days["2020-08-11"], days["2020-08-12"]) == ("116.85", "110.23")


# A part-timer who keeps her rights.


def part_time(wage: str, lost: str, guarantee: str, reference: str, benefit: str = "50.00") -> dict[str, Any]:
    return {
        **earning(wage),
        **unemployed(lost, ("2010-01-01", benefit)),
        "income_guarantee": {"guarantee": guarantee, "reference": reference},
    }


def test_a_part_timer_has_both_parts_the_second_by_her_income_guarantee() -> None:
    # 82 % of 50 = 41; (50.00 + 19.5 % of 80 = 15.60) ×
    # 300/1200 = 12.50 + 3.90; later 37.50 + 12.50 + 3.00
    result = paid(rest("2020-07-13"), pay=part_time("50.0000", "80.0000", "300.00", "1200.00"))
    days = by_day(result)
    assert (days["2020-08-11"], days["2020-08-12"]) == ("57.40", "53.00")
    assert facts(result, "kept-rights") == {"guarantee": "300.00", "reference": "1200.00"}


def test_each_part_of_a_part_timer_is_rounded_once_after_the_fraction() -> None:
    pay = part_time("50.0000", "73.7231", "333.33", "1000.00", "44.23")
    days = by_day(paid(rest("2020-07-13"), pay=pay))
    # 41 + 44.23 × 0.33333 = 14.7432 (14.74318…) + 14.3760045 × 0.33333 = 4.7920 (4.79195…)
    assert days["2020-07-13"] == "60.54"
    history = [past("incapacity", "2019-01-01", "2020-07-12")]
    later = by_day(paid(rest("2020-07-13"), pay=pay, history=history))
    # 75 % of 50 + 44.23386 × 0.33333 = 14.7445 + 11.058465 × 0.33333 = 3.6861
    assert later["2020-08-12"] == "55.93"


def test_the_unemployment_wage_of_a_part_timer_has_no_ceiling() -> None:
    history = [past("incapacity", "2019-01-01", "2020-07-12")]
    days = by_day(paid(rest("2020-07-13"), pay=part_time("50.0000", "300.0000", "100.00", "100.00"), history=history))
    assert days["2020-08-12"] == "262.50"


def test_the_unemployment_wage_of_a_part_timer_follows_the_index() -> None:
    history = [past("incapacity", "2019-01-01", "2020-02-23")]
    days = by_day(paid(rest("2020-02-24"), pay=part_time("50.0000", "80.0000", "500.00", "1000.00"), history=history))
    # 41.00 + (48.00 + 15.60) / 2; then 41.82 + (48.96 + 15.912) / 2
    assert (days["2020-02-29"], days["2020-03-02"]) == ("72.80", "74.26")


# Ceilings, and the maxima that they give.


def ceilings() -> list[dict[str, str]]:
    lines = (Path(__file__).parent / "ceilings.csv").read_text("utf-8").splitlines()[2:]
    return list(csv.DictReader(lines, delimiter=";"))


def most(row: dict[str, str], day: str, start: str, **claim: Any) -> str:
    """What a wage of 3,000 EUR a day gives on that day of a rest that began on `start`."""
    first, on = date.fromisoformat(start), date.fromisoformat(row[day])
    given = Claim(max(first, date(2017, 6, 1)), **{"part": "other", "wage": 30_000_000, **claim})
    if not claim.get("days_used"):  # the first rate, however long after the first day
        given.days_used = given.first.toordinal() - on.toordinal()
    cents = DayBenefit(given, figures_of(parameters())).cents(on.toordinal())
    return f"{cents // 100}.{cents % 100:02d}"


@pytest.mark.parametrize("row", ceilings(), ids=lambda r: f"{r['first_start']} {r['from']}")
def test_every_ceiling_gives_what_is_printed_on_its_first_and_last_day(row: dict[str, str]) -> None:
    for start in (row["first_start"], min(row["last_start"], row["until"])):
        for day in ("from", "until"):
            if row[day] < start:
                continue
            assert most(row, day, start) == row["at_79_5"]
            assert most(row, day, start, days_used=30) == row["at_75"]
            assert most(row, day, start, measure="mother-in-hospital") == row["at_60"]
            assert most(row, day, start, measure="work-removal") == row["at_78_237"]
            assert most(row, day, start, part="unemployed") == row["at_79_5"]
            assert most(row, day, start, part="unemployed", days_used=30) == row["at_75"]
            assert most(row, day, start, part="employee", days_used=30) == row["at_75"]


@pytest.mark.parametrize("row", ceilings(), ids=lambda r: f"{r['first_start']} {r['from']}")
def test_every_ceiling_is_the_base_times_the_coefficient(row: dict[str, str]) -> None:
    figures = figures_of(parameters())
    for day in ("from", "until"):
        on = date.fromisoformat(row[day]).toordinal()
        assert figures.steps.number(on) == int(row["steps"])
        for start in ("first_start", "last_start"):
            cohort = figures.cohort(date.fromisoformat(row[start]))
            assert cohort is not None
            assert written(value_on(cohort.rows, on) or 0) == row["ceiling"]
    assert written(figures.steps.levels[int(row["steps"])]) == row["coefficient"]
    ceiling = int(Decimal(row["ceiling"]) * 10_000)
    assert to_cents(share(65_000, ceiling)) == int(Decimal(row["at_65"]) * 100)


def test_every_printed_pair_and_ceiling_is_in_the_table() -> None:
    """RIZIV-INAMI's tables of 2018 to 2023, the notice of 2018, CGSLB's of 2023 and 2024."""
    rows = {(r["first_start"], r["from"]): r for r in ceilings()}
    printed = {
        ("2015-04-01", "2017-06-01"): ("110.21", "103.97"),
        ("2015-04-01", "2018-09-01"): ("112.41", "106.05"),
        ("2018-01-01", "2018-01-01"): ("111.09", "104.80"),
        ("2018-01-01", "2018-09-01"): ("113.31", "106.90"),
        ("2018-01-01", "2020-03-01"): ("115.58", "109.03"),
        ("2020-01-01", "2020-01-01"): ("114.56", "108.07"),
        ("2020-01-01", "2020-03-01"): ("116.85", "110.23"),
        ("2020-01-01", "2022-01-01"): ("121.57", "114.69"),
        ("2020-01-01", "2022-03-01"): ("124.01", "116.99"),
        ("2020-01-01", "2022-05-01"): ("126.48", "119.33"),
        ("2020-01-01", "2022-08-01"): ("129.01", "121.71"),
        ("2020-01-01", "2022-11-01"): ("131.59", "124.14"),
        ("2020-01-01", "2022-12-01"): ("134.22", "126.63"),
        ("2022-01-01", "2022-01-01"): ("122.90", "115.95"),
        ("2022-01-01", "2022-03-01"): ("125.37", "118.27"),
        ("2022-01-01", "2022-05-01"): ("127.88", "120.64"),
        ("2022-01-01", "2022-08-01"): ("130.43", "123.05"),
        ("2022-01-01", "2022-11-01"): ("133.04", "125.51"),
        ("2022-01-01", "2022-12-01"): ("135.70", "128.02"),
    }
    assert {key: (rows[key]["at_79_5"], rows[key]["at_75"]) for key in printed} == printed
    at_60 = {("2020-01-01", "2021-09-01"): "89.95", ("2018-01-01", "2021-09-01"): "88.97"}
    at_60 |= {("2020-01-01", "2022-12-01"): "101.30", ("2022-01-01", "2022-12-01"): "102.42"}
    at_60 |= {("2022-01-01", "2023-11-01"): "104.46", ("2024-01-01", "2024-05-01"): "107.73"}
    assert {key: rows[key]["at_60"] for key in at_60} == at_60
    whole = {("2015-04-01", "2017-06-01"): "138.6297", ("2018-01-01", "2018-01-01"): "139.7388"}
    whole |= {("2015-04-01", "2023-11-01"): "168.9853", ("2018-01-01", "2023-11-01"): "170.3372"}
    whole |= {("2020-01-01", "2023-11-01"): "172.2109", ("2022-01-01", "2023-11-01"): "174.1052"}
    whole |= {("2024-01-01", "2024-05-01"): "179.5442"}
    assert {key: rows[key]["ceiling"] for key in whole} == whole


def test_the_cohort_is_that_of_the_first_day_not_of_the_day_that_is_paid() -> None:
    for first, later in (("2019-12-31", "106.90"), ("2020-01-01", "108.07")):
        days = by_day(paid(rest(first, days=55), quality=OTHER, pay=earning("200.0000")))
        assert days["2020-02-04"] == later


def test_the_ceiling_follows_the_index_step_of_the_day_that_is_paid() -> None:
    result = paid(rest("2020-01-13", days=90), pay=earning("200.0000"))
    days = by_day(result)
    assert (days["2020-02-29"], days["2020-03-02"]) == ("108.07", "110.23")
    assert facts(result, "wage-ceiling") == {"from": ["2020-02-12", "2020-03-02"], "ceilings": ["144.0957", "146.9772"]}


def test_the_ceiling_binds_above_it_and_not_at_it() -> None:
    for wage, expected in (
        ("146.9700", "110.23"),
        ("146.9665", "110.22"),
        ("146.9666", "110.23"),
        ("146.9772", "110.23"),
        ("146.9773", "110.23"),
        ("148.0000", "110.23"),
    ):
        days = by_day(paid(rest("2020-07-13"), pay=earning(wage)))
        assert days["2020-08-12"] == expected


def test_no_printed_maximum_bounds_the_part_of_lost_unemployment() -> None:
    """The ceiling alone bounds the share of the wage: nothing drops on an index step."""
    pay = part_time("140.0000", "140.0000", "250.00", "1000.00", "73.00")
    result = paid(rest("2021-11-15", days=90), quality=DISMISSED, pay=pay)
    days = by_day(result)
    # 75 % of 140 + (73.00 + 15 % of 140) / 4; with 142.80 from 1 January
    assert (days["2021-12-31"], days["2022-01-01"]) == ("128.50", "130.71")


def test_the_last_months_of_2021_have_their_ceiling() -> None:
    days = by_day(paid(rest("2021-07-15"), quality=DISMISSED, pay=earning("200.0000")))
    assert (days["2021-08-31"], days["2021-09-01"], days["2021-10-23"]) == ("110.23", "112.44", "112.44")


@pytest.mark.parametrize(
    ("start", "at_ceiling", "wage", "later"),
    [
        ("2017-06-01", "138.6297", "138.6298", "103.97"),
        ("2017-12-31", "138.6297", "200.0000", "103.97"),
        ("2024-01-01", "176.0204", "176.0300", "132.02"),
        ("2025-01-01", "179.5442", "300.0000", "134.66"),
        ("2025-02-01", "183.1311", "300.0000", "137.35"),
        ("2026-03-01", "186.7916", "300.0000", "140.09"),
        ("2026-12-31", "186.7916", "300.0000", "148.50"),
    ],
)
def test_a_rest_of_any_day_from_june_2017_to_2026_has_a_ceiling(
    start: str, at_ceiling: str, wage: str, later: str
) -> None:
    result = paid(rest(start, days=1 if start == "2026-12-31" else 31), quality=OTHER, pay=earning(wage))
    days = by_day(result)
    assert days[max(days)] == later
    assert facts(result, "wage-ceiling")["ceilings"][0] == at_ceiling


def test_before_june_2017_and_after_2026_the_index_is_not_known() -> None:
    for start, day in (("2017-05-31", "2017-06-01"), ("2026-12-31", "2027-01-01")):
        with pytest.raises(ParameterUnknownError) as raised:
            paid(rest(start, days=3), quality=DISMISSED, pay=earning("60.0000"))
        assert (raised.value.parameter, raised.value.on) == (
            "index-steps-listed",
            "2017-05-31" if start == "2017-05-31" else day,
        )
    # the first day alone needs no step
    assert by_day(paid(rest("2017-05-31", days=1), pay=earning("100.0000"), quality=DISMISSED))["2017-05-31"] == "82.00"


@pytest.mark.parametrize(("wage", "amount"), [("186.7916", "148.50"), ("186.7915", "148.50"), ("60.0000", "47.70")])
def test_a_wage_within_the_last_known_ceiling_is_not_capped_by_one_that_is_not_known(wage: str, amount: str) -> None:
    result = paid(rest("2027-01-04", days=1), quality=OTHER, pay=earning(wage))
    assert by_day(result) == {"2027-01-04": amount}
    assert facts(result, "wage-ceiling-last-known") == {"from": ["2027-01-04"], "ceilings": ["186.7916"]}
    assert outcome(result, "wage-ceiling") is None


def test_a_wage_above_the_last_known_ceiling_needs_the_one_that_is_not_known() -> None:
    with pytest.raises(ParameterUnknownError) as raised:
        paid(rest("2027-01-04", days=1), quality=OTHER, pay=earning("186.7917"))
    assert (raised.value.parameter, raised.value.on) == ("wage-ceiling-base", "2027-01-04")


def supplied(*ceilings: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"from": first, "until": last, "amount": amount} for first, last, amount in ceilings]


def test_a_supplied_ceiling_is_used_where_none_is_known_and_recorded() -> None:
    ceilings = supplied(("2027-01-04", "2027-01-04", "190.0000"))
    result = paid(rest("2027-01-04", days=1), quality=OTHER, pay=earning("200.0000"), wage_ceilings=ceilings)
    assert by_day(result) == {"2027-01-04": "151.05"}
    assert facts(result, "wage-ceiling-supplied") == {"from": ["2027-01-04"], "ceilings": ["190.0000"]}
    for first, last in (("2027-01-03", "2027-01-03"), ("2027-01-05", "2027-01-05")):
        with pytest.raises(ParameterUnknownError):
            paid(
                rest("2027-01-04", days=1),
                quality=OTHER,
                pay=earning("200.0000"),
                wage_ceilings=supplied((first, last, "190.0000")),
            )


@pytest.mark.parametrize(
    ("given", "start", "fault"),
    [
        (("2026-12-31", "2027-01-31", "190.0000"), "2026-11-02", ("", "figure-is-published")),
        (("2020-01-01", "2020-01-01", "190.0000"), "2026-11-02", ("", "figure-is-published")),
        (("2027-01-01", "2027-01-31", "186.7915"), "2026-11-02", ("/amount", "below-last-known-ceiling")),
        (("2027-01-01", "2027-01-31", "186.7916"), "2026-11-02", None),
        (("2026-12-31", "2027-01-31", "190.0000"), "2027-01-04", None),
        (("2017-05-31", "2017-05-31", "130.0000"), "2017-05-31", None),
        (("2017-05-31", "2017-06-01", "130.0000"), "2017-05-31", ("", "figure-is-published")),
    ],
)
def test_a_ceiling_is_supplied_only_where_none_is_known(
    given: tuple[str, str, str], start: str, fault: tuple[str, str] | None
) -> None:
    rows = READER.validate_json(orjson.dumps(case(wage_ceilings=supplied(given)))).wage_ceilings
    if fault is None:
        check_ceilings(rows, date.fromisoformat(start), parameters())
        return
    with pytest.raises(InvalidError) as raised:
        check_ceilings(rows, date.fromisoformat(start), parameters())
    assert [(f.path, f.code) for f in raised.value.faults] == [(f"/case/wage_ceilings/0{fault[0]}", fault[1])]


def test_a_decision_lists_a_supplied_ceiling_among_its_values() -> None:
    given = parameters().noting()
    ceilings = supplied(("2027-01-01", "2027-01-31", "190.0000"))
    claim = read(history=[], quality=OTHER, pay=earning("200.0000"), wage_ceilings=ceilings)
    pay_rest(claim, rest("2027-01-04", days=1), given)
    (noted,) = given.noted
    written = noted.as_dict()
    assert (written["name"], written["value"], written["basis"]) == ("wage-ceiling", "190.0000", "supplied")
    assert (written["from"], written["until"]) == ("2027-01-04", None)
    assert written["source"] == {"act": "the case", "article": "/wage_ceilings", "url": ""}


def test_figures_that_are_supplied_beside_the_case_carry_the_index_on() -> None:
    source = Source("an official notice", "", "")
    known = [
        Parameter("index-steps-listed", (), Decimal(29), "", date(2027, 1, 1), date(2027, 3, 31), source, "supplied"),
        Parameter("index-step", (), Decimal("1.02"), "", date(2027, 2, 1), date(2027, 2, 1), source, "supplied"),
    ]
    given = parameters().noting(tuple(known))
    result = pay_rest(read(history=[], quality=DISMISSED, pay=earning("300.0000")), rest("2026-12-14", days=60), given)
    days = by_day(result)
    # 186.7916, from 1 February 105.1873 × 1.8114 = 190.5363
    assert (days["2027-01-30"], days["2027-02-01"]) == ("140.09", "142.90")
    assert [(p.name, p.first.isoformat(), p.basis) for p in given.noted] == [
        ("index-step", "2027-02-01", "supplied"),
        ("index-steps-listed", "2026-03-01", "secondary"),
        ("index-steps-listed", "2027-01-01", "supplied"),
        ("wage-ceiling-base", "2024-01-01", "derived"),
    ]


@pytest.mark.parametrize(
    ("start", "days", "wage", "noted"),
    [
        ("2020-07-13", 102, "300.0000", []),
        ("2021-11-15", 102, "300.0000", []),
        ("2022-01-03", 60, "300.0000", ["wage-ceiling-base"]),
        ("2022-01-03", 30, "300.0000", []),  # 82 % has no ceiling
        ("2025-11-17", 102, "100.0000", ["wage-ceiling-base"]),
        ("2026-02-01", 28, "100.0000", []),
        ("2026-02-01", 29, "100.0000", []),  # 1 March is a Sunday
        ("2026-02-01", 30, "100.0000", ["index-step", "index-steps-listed"]),
        ("2026-03-02", 10, "100.0000", ["index-steps-listed"]),
        ("2026-03-02", 1, "100.0000", []),
        ("2026-03-02", 40, "100.0000", ["index-steps-listed", "wage-ceiling-base"]),
        ("2017-06-01", 60, "300.0000", []),
    ],
)
def test_a_decision_notes_the_values_that_it_rests_on_and_that_are_not_official(
    start: str, days: int, wage: str, noted: list[str]
) -> None:
    given = parameters().noting()
    pay_rest(read(history=[], quality=DISMISSED, pay=earning(wage)), rest(start, days=days), given)
    assert sorted(p.name for p in given.noted) == noted


@pytest.mark.parametrize(
    ("start", "wage", "noted"),
    [
        ("2026-03-02", "300.0000", [("index-steps-listed", "2026-03-01"), ("wage-ceiling-base", "2024-01-01")]),
        ("2026-02-28", "300.0000", [("wage-ceiling-base", "2024-01-01")]),
        # No ceiling is known: the wage stays below the last one, which its base and the steps give.
        ("2027-01-04", "100.0000", [("index-steps-listed", "2026-03-01"), ("wage-ceiling-base", "2024-01-01")]),
    ],
)
def test_a_ceiling_rests_on_its_base_and_on_the_steps_from_the_first_day_on(
    start: str, wage: str, noted: list[tuple[str, str]]
) -> None:
    given = parameters().noting()
    pay_rest(read(history=[], quality=OTHER, pay=earning(wage)), rest(start, days=1), given)
    assert [(p.name, p.first.isoformat()) for p in given.noted] == noted


def supplied_figure(name: str, value: str, first: str, last: str) -> Parameter:
    days = date.fromisoformat(first), date.fromisoformat(last)
    return Parameter(name, (), Decimal(value), "", *days, Source("an official notice", "", ""), "supplied")


def test_a_supplied_base_holds_from_its_day_on_for_the_last_known_ceiling() -> None:
    base = supplied_figure("wage-ceiling-base", "107.0000", "2027-01-01", "2027-12-31")
    # 107.0000 × 1.7758 = 190.0106 by the last known steps; 79.5 % of it
    claim = read(history=[], quality=OTHER, pay=earning("190.0106"))
    assert by_day(pay_rest(claim, rest("2027-01-01", days=1), parameters().noting((base,)))) == {"2027-01-01": "151.06"}
    with pytest.raises(ParameterUnknownError):
        pay_rest(claim, rest("2026-12-31", days=2), parameters().noting((base,)))


def test_a_supplied_step_raises_the_last_known_ceiling_on_its_own_day() -> None:
    day = "2027-01-01"
    step = supplied_figure("index-step", "1.02", day, day)
    listed = supplied_figure("index-steps-listed", "30", day, "2027-06-30")
    # 105.1873 × 1.8114 = 190.5363; 79.5 % of it
    claim = read(history=[], quality=OTHER, pay=earning("190.5363"))
    assert by_day(pay_rest(claim, rest(day, days=1), parameters().noting((step, listed)))) == {day: "151.48"}


@pytest.mark.parametrize(
    ("start", "noted"),
    [
        ("2027-03-01", ["index-step", "index-steps-listed", "wage-ceiling-base"]),
        ("2027-06-30", ["index-step", "index-steps-listed", "wage-ceiling-base"]),  # the last day that is listed
        ("2027-01-30", ["index-steps-listed", "wage-ceiling-base"]),
    ],
)
def test_a_ceiling_rests_on_the_steps_between_the_first_listed_day_and_its_own(start: str, noted: list[str]) -> None:
    supplied_figures = (
        supplied_figure("wage-ceiling-base", "107.0000", "2027-01-01", "2027-12-31"),
        supplied_figure("index-step", "1.02", "2027-02-01", "2027-02-01"),
        supplied_figure("index-steps-listed", "29", "2027-01-01", "2027-06-30"),
    )
    given = parameters().noting(supplied_figures)
    pay_rest(read(history=[], quality=OTHER, pay=earning("300.0000")), rest(start, days=1), given)
    assert [(p.name, p.basis) for p in given.noted] == [(name, "supplied") for name in noted]


def test_a_wage_rests_on_the_steps_that_are_listed_for_its_first_and_its_last_day() -> None:
    given = parameters().noting((supplied_figure("index-steps-listed", "29", "2027-01-01", "2027-06-30"),))
    # 82 % has no ceiling. One list ends on the first day, and another begins on the next.
    pay_rest(read(history=[], quality=DISMISSED, pay=earning("100.0000")), rest("2026-12-31", days=2), given)
    assert [(p.name, p.first.isoformat()) for p in given.noted] == [
        ("index-steps-listed", "2026-03-01"),
        ("index-steps-listed", "2027-01-01"),
    ]


# The guarantee of article 113.


def test_the_benefit_is_at_least_the_incapacity_benefit_of_the_day() -> None:
    pay = incapacitated("100.0000", ("2020-01-01", "78.00"), ("2020-08-01", "79.51"), ("2020-09-01", "74.99"))
    result = paid(rest("2020-07-13"), quality=OTHER, pay=pay)
    days = by_day(result)
    assert (days["2020-07-31"], days["2020-08-01"], days["2020-08-12"]) == ("79.50", "79.51", "79.51")
    assert (days["2020-08-31"], days["2020-09-01"]) == ("79.51", "75.00")
    assert outcome(result, "guarantee") == "met"


def test_an_incapacity_benefit_that_equals_the_benefit_raises_nothing() -> None:
    pay = incapacitated("100.0000", ("2020-01-01", "75.00"))
    result = paid(rest("2020-07-13"), quality=OTHER, pay=pay)
    assert outcome(result, "guarantee") == "not-needed"
    assert by_day(result)["2020-08-12"] == "75.00"


def invalid(gross: str, net: str | None = None, first: str = "2019-11-04", wage: str = "60.0000") -> dict[str, str]:
    row = {"from": "2019-10-01", "gross": gross} | ({"net": net} if net else {})
    pay = {"incapacity": {"since": "2018-09-16", "wage": {"amount": wage}, "invalid": True, "benefits": [row]}}
    return by_day(paid(rest(first, days=40), quality=OTHER, pay=pay))


def test_an_invalid_is_guaranteed_what_remains_after_the_pension_deduction() -> None:
    # 78.00 × 0.965 = 75.27; 63.09 × 0.965 = 60.88185
    assert invalid("78.00")["2019-11-04"] == "75.27"
    assert invalid("63.09")["2019-11-04"] == "60.88"
    # 65.00 × 0.965 = 62.725; 65.30 × 0.965 = 63.0145
    assert (invalid("65.00")["2019-11-04"], invalid("65.30")["2019-11-04"]) == ("62.73", "63.01")


def test_an_invalid_benefit_below_the_full_deduction_needs_its_net_amount() -> None:
    assert invalid("63.08", net="63.00")["2019-11-04"] == "63.00"
    with pytest.raises(ParameterUnknownError) as raised:
        invalid("63.08")
    assert (raised.value.parameter, raised.value.on) == ("pension-deduction", "2019-11-04")


def test_a_net_amount_that_is_given_goes_before_what_is_computed() -> None:
    assert invalid("78.00", net="76.00")["2019-11-04"] == "76.00"


def test_an_invalid_benefit_that_cannot_raise_anything_needs_no_net_amount() -> None:
    assert invalid("45.00")["2019-12-04"] == "45.00"
    with pytest.raises(ParameterUnknownError) as raised:
        invalid("45.01")
    assert raised.value.on == "2019-12-04"


def test_the_pension_deduction_of_another_time_is_not_known() -> None:
    # days 1 to 28 lie in January and February 2020, then the published limit ends
    with pytest.raises(ParameterUnknownError) as raised:
        invalid("78.00", first="2020-02-03")
    assert (raised.value.parameter, raised.value.on) == ("pension-deduction", "2020-03-02")


def test_a_supplied_pension_deduction_is_taken_where_its_limit_is_supplied_too() -> None:
    rate = supplied_figure("pension-deduction", "3.5", "2019-09-01", "2019-09-30")
    limit = supplied_figure("pension-deduction-in-full-from", "60.00", "2019-09-01", "2019-09-30")
    row = {"from": "2019-08-01", "gross": "78.00"}
    pay = {"incapacity": {"since": "2018-08-01", "wage": {"amount": "60.0000"}, "invalid": True, "benefits": [row]}}
    claim, one_day = read(history=[], quality=OTHER | {"until": "2019-08-31"}, pay=pay), rest("2019-09-02", days=1)
    given = parameters().noting((rate, limit))
    assert by_day(pay_rest(claim, one_day, given)) == {"2019-09-02": "75.27"}
    assert given.noted == (rate, limit)
    for alone in (rate, limit):
        with pytest.raises(ParameterUnknownError):
            pay_rest(claim, one_day, parameters().noting((alone,)))


def test_an_incapacity_whose_benefit_is_not_given_leaves_the_case_pending() -> None:
    for rows in ([], [("2020-07-14", "60.00")]):
        result = paid(rest("2020-07-13"), quality=OTHER, pay=incapacitated("100.0000", *rows))
        assert [m.field for m in result.missing] == ["pay/incapacity/benefits"]
        assert (result.total, outcome(result, "guarantee")) == (None, "unknown")


# Days that follow from activities that went on (article 218).


def test_an_extension_on_one_of_two_activities_is_paid_on_its_wage_alone() -> None:
    pay = {"activities": [activity("60.0000", "school"), activity("50.0000", "shop")]}
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 7, 13), date(2020, 9, 13)),
        Segment("extension-partial-activity", date(2020, 9, 14), date(2020, 9, 20), ("shop",)),
        Segment("extension-partial-activity", date(2020, 9, 21), date(2020, 9, 26), ("school", "shop")),
    )
    result = paid(days, pay=pay)
    amounts = by_day(result)
    assert (amounts["2020-09-12"], amounts["2020-09-14"], amounts["2020-09-21"]) == ("82.50", "37.50", "82.50")
    # each part of the extension is a run of its own, because the amounts differ
    assert [(a.first, a.last) for a in result.amounts if a.kind == "benefit"][-2:] == [
        (date(2020, 9, 14), date(2020, 9, 19)),
        (date(2020, 9, 21), date(2020, 9, 26)),
    ]


def test_the_wage_of_continued_activities_is_capped_and_follows_the_index() -> None:
    pay = {"activities": [activity("160.0000", "school"), activity("50.0000", "shop")]}
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 1, 6), date(2020, 2, 27)),
        Segment("extension-partial-activity", date(2020, 2, 28), date(2020, 3, 4), ("shop",)),
        Segment("extension-partial-activity", date(2020, 3, 5), date(2020, 3, 6), ("school",)),
    )
    amounts = by_day(paid(days, pay=pay))
    assert (amounts["2020-02-29"], amounts["2020-03-02"], amounts["2020-03-05"]) == ("37.50", "38.25", "110.23")


def test_an_activity_whose_wage_is_not_given_is_asked_for() -> None:
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 7, 13), date(2020, 9, 13)),
        Segment("extension-partial-activity", date(2020, 9, 14), date(2020, 9, 20), ("shop",)),
    )
    result = paid(days, pay={"activities": [activity("60.0000", "school")]})
    assert [(m.rule, m.field) for m in result.missing] == [("activity-wages", "pay/activities")]
    assert (result.amounts, result.total) == ([], None)


def test_a_wage_that_two_rules_lack_is_asked_for_once() -> None:
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 7, 13), date(2020, 9, 13)),
        Segment("extension-partial-activity", date(2020, 9, 14), date(2020, 9, 20), ("shop",)),
    )
    result = paid(days, pay={"activities": [{"name": "shop", "stable": True}]})
    assert len({m.field for m in result.missing}) == len(result.missing) == 1


def test_only_the_wages_of_the_activities_that_pay_are_asked_for() -> None:
    days = rest_of(
        Segment("postnatal-compulsory", date(2020, 7, 13), date(2020, 9, 13)),
        Segment("extension-partial-activity", date(2020, 9, 14), date(2020, 9, 20), ("shop",)),
    )
    jobs = [{"name": "school", "stable": True}, activity("40.0000", "shop")]
    history = [past("incapacity", "2019-01-01", "2020-07-12")]
    pay = {**unemployed("100.0000"), "activities": jobs}
    amounts = by_day(paid(days, quality=UNEMPLOYED, pay=pay, history=history))
    assert (amounts["2020-09-12"], amounts["2020-09-14"]) == ("75.00", "30.00")


# Full work removal before the rest.


def removal(first: str, last: str, wage: str) -> Removal:
    return Removal(date.fromisoformat(first), date.fromisoformat(last), Decimal(wage))


def test_a_work_removal_pays_78_237_percent_outside_the_rest() -> None:
    before = rest("2020-07-13", removal=(removal("2020-06-01", "2020-07-10", "100.0000"),))
    result = paid(before, pay=earning("100.0000"))
    days = by_day(result, "work-removal")
    assert (set(days.values()), len(days), min(days), max(days)) == ({"78.24"}, 35, "2020-06-01", "2020-07-10")
    assert result.total == paid(rest("2020-07-13"), pay=earning("100.0000")).total


def test_a_work_removal_has_the_cohort_of_its_own_first_day() -> None:
    before = rest("2020-03-16", removal=(removal("2019-12-16", "2020-03-07", "300.0000"),))
    days = by_day(paid(before, pay=earning("100.0000")), "work-removal")
    # 78.237 % of 142.5279 = 111.5096, of 145.3780 = 113.7394
    assert (days["2020-02-29"], days["2020-03-02"]) == ("111.51", "113.74")


def test_a_work_removal_follows_the_index_from_its_own_first_day() -> None:
    before = rest("2020-03-16", removal=(removal("2020-02-24", "2020-03-07", "100.0000"),))
    days = by_day(paid(before, pay=earning("100.0000")), "work-removal")
    assert (days["2020-02-29"], days["2020-03-02"]) == ("78.24", "79.80")


def test_neighbouring_entries_with_one_wage_are_one_removal_and_others_are_not() -> None:
    for wage, expected in (("300.0000", "111.51"), ("300.0001", "112.74")):
        entries = (removal("2019-12-02", "2019-12-31", "300.0000"), removal("2020-01-01", "2020-01-31", wage))
        days = by_day(paid(rest("2020-03-16", removal=entries), pay=earning("100.0000")), "work-removal")
        assert (min(days), days["2020-01-31"]) == ("2019-12-02", expected)
    apart = (removal("2019-12-02", "2019-12-30", "300.0000"), removal("2020-01-01", "2020-01-31", "300.0000"))
    days = by_day(paid(rest("2020-03-16", removal=apart), pay=earning("100.0000")), "work-removal")
    assert days["2020-01-31"] == "112.74"


def test_a_work_removal_has_the_ceiling_of_the_days_of_2022() -> None:
    before = rest("2022-02-14", "2022-02-26", removal=(removal("2022-01-10", "2022-02-05", "200.0000"),))
    # 78.237 % of 154.5972 = 120.9522
    assert set(by_day(paid(before, pay=earning("50.0000")), "work-removal").values()) == {"120.95"}


def test_a_ceiling_that_is_supplied_for_the_work_removal_alone_is_recorded() -> None:
    before = rest("2027-02-15", days=1, removal=(removal("2027-01-11", "2027-01-11", "200.0000"),))
    given = supplied(("2027-01-01", "2027-02-10", "190.0000"))
    result = paid(before, quality=DISMISSED, pay=earning("50.0000"), wage_ceilings=given)
    # 78.237 % of 190.0000 = 148.6503
    assert set(by_day(result, "work-removal").values()) == {"148.65"}
    assert facts(result, "wage-ceiling-supplied") == {"from": ["2027-01-11"], "ceilings": ["190.0000"]}


def test_a_work_removal_needs_the_ceiling_where_it_may_bind() -> None:
    fine = rest("2027-02-15", days=1, removal=(removal("2027-01-11", "2027-01-11", "186.7916"),))
    days = by_day(paid(fine, quality=DISMISSED, pay=earning("50.0000")), "work-removal")
    assert days["2027-01-11"] == "146.14"
    binding = rest("2027-02-15", days=1, removal=(removal("2027-01-11", "2027-01-11", "186.7917"),))
    with pytest.raises(ParameterUnknownError) as raised:
        paid(binding, quality=DISMISSED, pay=earning("50.0000"))
    assert (raised.value.parameter, raised.value.on) == ("wage-ceiling-base", "2027-01-11")


# Building blocks of converted leave.


def claim_cents(day: str, **claim: Any) -> int:
    first = date(2019, 9, 23)
    claim = {"first": first, "part": "employee", "wage": 1_000_000, **claim}
    return DayBenefit(Claim(**claim), figures_of(parameters())).cents(date.fromisoformat(day).toordinal())


@pytest.mark.parametrize(("used", "last_of_82"), [(0, "2019-10-22"), (10, "2019-10-12"), (29, "2019-09-23")])
def test_the_thirty_days_count_the_days_of_rest_that_the_mother_had_taken(used: int, last_of_82: str) -> None:
    after = date.fromordinal(date.fromisoformat(last_of_82).toordinal() + 1).isoformat()
    assert (claim_cents(last_of_82, days_used=used), claim_cents(after, days_used=used)) == (8200, 7500)


def test_after_thirty_days_of_the_mother_every_day_has_the_later_rate() -> None:
    assert claim_cents("2019-09-23", days_used=30) == 7500


def test_leave_during_a_stay_in_hospital_pays_60_percent_within_the_ceiling() -> None:
    assert claim_cents("2019-09-23", measure="mother-in-hospital") == 6000
    assert claim_cents("2019-09-23", measure="mother-in-hospital", wage=3_000_000) == 8552


# Limits that fall within a run of days.


def test_alignment_ends_in_the_middle_of_the_first_thirty_days() -> None:
    pay = unemployed("73.7231", ("2019-09-02", "50.60"))
    history = [past("incapacity", "2019-04-01", "2019-09-01")]
    days = by_day(paid(rest("2019-09-02"), quality=UNEMPLOYED, pay=pay, history=history))
    # to 30 September 50.60 + 14.3760; on 1 October,
    # day 30, 44.2339 + 14.3760; then 44.2339 + 11.0585
    assert (days["2019-09-30"], days["2019-10-01"], days["2019-10-02"]) == ("64.98", "58.61", "55.29")


def test_alignment_may_last_for_the_first_day_alone() -> None:
    pay = unemployed("73.7231", ("2019-07-01", "50.60"))
    history = [past("incapacity", "2019-01-02", "2019-06-30")]
    days = by_day(paid(rest("2019-07-01"), quality=UNEMPLOYED, pay=pay, history=history))
    assert (days["2019-07-01"], days["2019-07-02"]) == ("64.98", "58.61")


def test_the_aligned_part_of_a_part_timer_is_rounded_half_up() -> None:
    # 40.9998 + 14.7432 (14.74318…) + 4.7920 = 60.5350
    days = by_day(paid(rest("2020-07-13"), pay=part_time("49.9998", "73.7231", "333.33", "1000.00", "44.23")))
    assert days["2020-07-13"] == "60.54"
