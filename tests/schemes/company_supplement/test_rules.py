"""The company supplement of horticulture: every
article of the agreement, both sides of every limit.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import ONE_DAY, Period, first_gap
from tegemoet.domain.decision import Finding, Phrase, Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.company_supplement import SCHEME
from tegemoet.schemes.company_supplement.case import months_before
from tegemoet.schemes.company_supplement.rules import years_before
from tests.schemes.company_supplement.builders import contract, gardener, ruled, wages


def found(ruling: Ruling, rule: str) -> Finding:
    (finding,) = [finding for finding in ruling.findings if finding.rule == rule]
    return finding


# --- article 5: 75 % of the difference ------------------------------------------------------------


def test_the_supplement_is_75_percent_of_net_wage_less_benefit() -> None:
    ruling = ruled()  # 3,000 gross, 2,150 net, a benefit of 1,400
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("562.50"))
    assert [(a.kind, a.unit, a.first, a.last) for a in ruling.amounts] == [
        ("supplement", "month", date(2022, 5, 1), None)
    ]


@pytest.mark.parametrize(
    ("benefit", "amount", "outcome"),
    [
        ("2149.98", "0.02", "granted"),  # 0.015, half-up
        ("2149.99", "0.01", "granted"),
        ("2150.00", "0.00", "refused"),
        ("2150.01", "0.00", "refused"),
        ("9999.00", "0.00", "refused"),
    ],
)
def test_it_is_never_negative(benefit: str, amount: str, outcome: str) -> None:
    ruling = ruled(unemployment_benefit=benefit)
    assert (ruling.outcome, ruling.total) == (outcome, Decimal(amount))
    assert found(ruling, "supplement").outcome == ("met" if outcome == "granted" else "not-met")


# --- article 8: the average of twelve months ------------------------------------------------------


def test_the_average_of_the_twelve_months_counts_and_not_the_last_month() -> None:
    twelve = wages()
    twelve[-1]["gross"] = "4200.00"
    assert found(ruled(wages=twelve), "reference-wage").facts["average"] == "3100.0000"
    twelve[0]["gross"] = "3000.01"
    assert found(ruled(wages=twelve), "reference-wage").facts["average"] == "3100.0008"


def test_the_order_of_wages_and_contracts_is_irrelevant() -> None:
    twelve = wages()
    twelve[3]["gross"] = "1234.56"
    contracts = [contract("2019-01-01", "2021-01-31"), contract("2021-02-01", "2022-04-30", "145.04")]
    assert ruled(wages=twelve, employments=contracts) == ruled(wages=twelve[::-1], employments=contracts[::-1])


def test_the_twelve_months_are_those_before_the_month_of_the_first_day() -> None:
    assert months_before(date(2022, 5, 31)) == months_before(date(2022, 5, 1))
    assert months_before(date(2022, 5, 1))[0] == "2021-05"
    assert months_before(date(2022, 5, 1))[-1] == "2022-04"
    assert months_before(date(2022, 1, 15))[0] == "2021-01"


def test_a_month_without_a_wage_waits_and_is_named() -> None:
    ruling = ruled(wages=wages()[2:])
    assert (ruling.outcome, ruling.total) == ("pending", None)
    assert [(m.field, m.needed) for m in ruling.missing] == [
        ("/wages", Phrase("wages", {"months": ["2021-05", "2021-06"]}))
    ]


# --- CLA 17: the net wage -------------------------------------------------------------------------


def test_the_gross_wage_counts_up_to_the_ceiling() -> None:
    at, above = ruled(wages=wages(gross="4535.92")), ruled(wages=wages(gross="4535.93"))
    assert (found(at, "gross-ceiling").outcome, found(above, "gross-ceiling").outcome) == ("not-needed", "met")
    assert at.total == above.total == Decimal("1714.44")  # 0.75 x (4535.92 - 850.00 - 1400.00)


PUBLISHED = [
    ("2022-01-01", "4359.59", "secondary"),
    ("2022-02-28", "4359.59", "secondary"),
    ("2022-03-01", "4446.98", "derived"),
    ("2022-04-30", "4446.98", "derived"),
    ("2022-05-01", "4535.92", "secondary"),
    ("2022-07-31", "4535.92", "secondary"),
]


@pytest.mark.parametrize(("day", "ceiling", "kind"), PUBLISHED)
def test_the_published_ceilings(day: str, ceiling: str, kind: str) -> None:
    assert found(ruled(day), "gross-ceiling").facts["ceiling"] == ceiling
    at, above = (found(ruled(day, wages=wages(day, gross)), "gross-ceiling") for gross in (ceiling, "4535.93"))
    assert (at.outcome, above.outcome) == ("not-needed", "met")
    body = {"case_id": "c", "on": "2023-07-01", "case": gardener(day)}
    decision = orjson.loads(decide_line(orjson.dumps(body), SCHEME, "partner", b"key").decision)
    assert [(v["value"], v["basis"]) for v in decision["values"]] == [(ceiling, kind)]
    with pytest.raises(InvalidError) as error:
        ruled(day, gross_ceiling="2000.00")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/gross_ceiling", "figure-is-published")]


@pytest.mark.parametrize("fields", [{"unemployment_benefit": None}, {"unemployment_benefit": "3000.00"}])
def test_a_published_ceiling_is_not_replaced_where_it_does_not_decide_either(fields: dict[str, Any]) -> None:
    assert ruled("2022-05-01", **fields).outcome in ("pending", "refused")
    with pytest.raises(InvalidError) as error:
        ruled("2022-05-01", gross_ceiling="2000.00", **fields)
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/gross_ceiling", "figure-is-published")]


UNPUBLISHED = [
    ("2021-07-01", "3953.88", "3953.89"),
    ("2021-12-31", "3953.88", "3953.89"),
    ("2022-08-01", "4535.92", "4535.93"),
    ("2023-06-30", "4535.92", "4535.93"),
]


@pytest.mark.parametrize(("day", "at_most", "above"), UNPUBLISHED)
def test_without_a_published_ceiling_the_last_one_before_is_a_lower_bound(day: str, at_most: str, above: str) -> None:
    ruling = ruled(day, wages=wages(day, at_most))
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("0.75") * (Decimal(at_most) - 2250))
    finding = found(ruling, "gross-ceiling")
    assert (finding.outcome, finding.facts["at_least"]) == ("not-needed", at_most)
    with pytest.raises(ParameterUnknownError) as error:
        ruled(day, wages=wages(day, above))
    assert (error.value.parameter, error.value.on) == ("gross-ceiling", day)


@pytest.mark.parametrize(("day", "at_most", "above"), UNPUBLISHED)
def test_a_ceiling_that_is_not_published_can_be_supplied(day: str, at_most: str, above: str) -> None:
    ruling = ruled(day, wages=wages(day, above), gross_ceiling=at_most)
    assert ruling.total == ruled(day, wages=wages(day, at_most)).total
    assert found(ruling, "gross-ceiling").facts["supplied"] is True
    assert found(ruled(), "gross-ceiling").facts["supplied"] is False
    figure = {"parameter": "gross-ceiling", "value": at_most, "from": day, "until": day, "source": "the fund"}
    case = gardener(day, wages=wages(day, above))
    body = {"case_id": "c", "on": "2023-07-01", "case": case, "supplied": [figure]}
    decision = orjson.loads(decide_line(orjson.dumps(body), SCHEME, "partner", b"key").decision)
    assert decision["total"] == f"{ruling.total:.2f}"
    assert [(v["name"], v["basis"]) for v in decision["values"]] == [("gross-ceiling", "supplied")]
    body |= {"case": case | {"gross_ceiling": at_most}, "supplied": []}
    decision = orjson.loads(decide_line(orjson.dumps(body), SCHEME, "partner", b"key").decision)
    assert [(v["name"], v["basis"], v["source"]["article"]) for v in decision["values"]] == [
        ("gross-ceiling", "supplied", "/gross_ceiling")
    ]


def test_of_each_day_of_the_agreement_a_ceiling_or_a_lower_bound_is_known() -> None:
    held = SCHEME.parameter_sets["parameters"]
    days = [date(2021, 6, 30) + timedelta(n) for n in range(732)]
    assert days[-1] == date(2023, 7, 1)
    for day in days:
        known = [held.published(name, day) is not None for name in ("gross-ceiling", "gross-ceiling-at-least")]
        assert sum(known) == (day not in (days[0], days[-1])), day


@pytest.mark.parametrize(
    ("of_case", "beside", "faults"),
    [
        ("4535.91", None, [("/case/gross_ceiling", "below-last-known-ceiling")]),
        ("4535.92", None, []),
        (None, "4535.91", [("/supplied/0/value", "below-last-known-ceiling")]),
        (None, "4535.92", []),
        ("5000.00", "5000.00", [("/case/gross_ceiling", "figure-is-published")]),
    ],
)
def test_one_ceiling_is_supplied_and_it_is_not_below_the_last_printed_one(
    of_case: str | None, beside: str | None, faults: list[tuple[str, str]]
) -> None:
    day = "2022-09-01"
    body = {"case_id": "c", "on": "2023-07-01", "case": gardener(day, gross_ceiling=of_case)}
    figure = {"parameter": "gross-ceiling", "value": beside, "from": day, "until": day, "source": "the fund"}
    line = orjson.dumps({**body, "supplied": [figure] if beside else []})
    if not faults:
        assert orjson.loads(decide_line(line, SCHEME, "partner", b"key").decision)["outcome"] == "granted"
        return
    with pytest.raises(InvalidError) as error:
        decide_line(line, SCHEME, "partner", b"key")
    assert [(f.path, f.code) for f in error.value.faults] == faults


def test_a_ceiling_is_not_looked_up_where_it_cannot_change_the_outcome() -> None:
    above = wages("2022-08-01", "6000.00")
    ruling = ruled("2022-08-01", wages=above, unemployment_benefit="5150.00")  # 6000.00 - 850.00
    assert (ruling.outcome, ruling.total, ruling.amounts) == ("refused", Decimal("0.00"), [])
    assert [f.rule for f in ruling.findings if f.rule == "gross-ceiling"] == []
    with pytest.raises(ParameterUnknownError):
        ruled("2022-08-01", wages=above, unemployment_benefit="5149.99")


def test_a_net_wage_is_never_negative() -> None:
    ruling = ruled(social_security="2000.00", withholding_tax="1000.01", unemployment_benefit="0.00")
    assert found(ruling, "net-wage").facts["net"] == "0.0000"
    assert ruling.outcome == "refused"


@pytest.mark.parametrize("name", ["social_security", "withholding_tax", "unemployment_benefit"])
def test_what_only_the_applicant_knows_is_waited_for(name: str) -> None:
    absent: dict[str, Any] = {name: None}
    ruling = ruled(**absent)
    assert ruling.outcome == "pending"
    assert [m.field for m in ruling.missing] == [f"/{name}"]


# --- article 7: two years in the sector -----------------------------------------------------------


@pytest.mark.parametrize(
    ("employments", "outcome"),
    [
        ([contract("2020-05-01")], "granted"),
        ([contract("2020-05-02")], "refused"),
        ([contract(last="2022-04-30")], "granted"),
        ([contract(last="2022-04-29")], "refused"),
        ([contract(last="2021-06-30"), contract("2021-07-01")], "granted"),
        ([contract(last="2021-06-30"), contract("2021-07-02")], "refused"),
        ([contract(committee="145.04")], "granted"),
        ([contract(committee="1455")], "refused"),
        ([contract(committee="144")], "refused"),
        ([contract(last="2021-06-30"), contract("2021-06-01", "2021-12-31"), contract("2021-09-01")], "granted"),
        ([], "refused"),
    ],
)
def test_two_years_without_a_gap_with_employers_of_the_sector(employments: list[Any], outcome: str) -> None:
    assert ruled(employments=employments).outcome == outcome


def test_the_first_day_without_a_contract_is_named() -> None:
    ruling = ruled(employments=[contract(last="2021-06-30"), contract("2021-07-02")])
    assert found(ruling, "sector").facts["first_gap"] == "2021-07-01"
    assert [(m.field, m.seen) for m in ruling.missing] == [
        ("/employments", Phrase("no-contract", {"first_gap": "2021-07-01"}))
    ]


def test_two_years_before_a_leap_day() -> None:
    assert years_before(date(2024, 2, 29), 2) == date(2022, 3, 1)
    assert years_before(date(2032, 2, 29), 2) == date(2030, 3, 1)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    assert years_before(date(2022, 5, 1), 2) == date(2020, 5, 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 30), st.integers(0, 12)), max_size=6))
def test_a_gap_is_the_first_day_that_nothing_covers(spans: list[tuple[int, int]]) -> None:
    needed = Period(date(2020, 1, 1), date(2020, 1, 25))
    periods = [Period(needed.first + a * ONE_DAY, needed.first + (a + n) * ONE_DAY) for a, n in spans]
    days = [needed.first + n * ONE_DAY for n in range(25)]
    uncovered = [day for day in days if not any(p.first <= day <= p.last for p in periods)]
    assert first_gap(needed.first, needed.last, [(p.first, p.last) for p in periods]) == (
        uncovered[0] if uncovered else None
    )


# --- articles 10, 11, 12 --------------------------------------------------------------------------


@pytest.mark.parametrize("hours", ["half", "four-fifths"])
def test_after_reduced_hours_wage_and_benefit_count_as_before(hours: str) -> None:
    ruling = ruled(
        reduced_hours=hours,
        wages=wages(gross="1500.00", unreduced="3000.00"),
        unemployment_benefit="700.00",
        unreduced_unemployment_benefit="1400.00",
    )
    assert ruling.total == Decimal("562.50")


def test_after_reduced_hours_the_unreduced_amounts_are_waited_for() -> None:
    ruling = ruled(reduced_hours="half")
    assert ruling.outcome == "pending"
    assert [m.field for m in ruling.missing] == ["/wages", "/unreduced_unemployment_benefit"]


@pytest.mark.parametrize(("replaced", "outcome"), [(True, "met"), (False, "not-met"), (None, "unknown")])
def test_the_duty_to_replace_is_reported_and_never_takes_the_supplement(replaced: bool | None, outcome: str) -> None:
    ruling = ruled(replaced=replaced)
    assert found(ruling, "replacement").outcome == outcome
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("562.50"))


@pytest.mark.parametrize(
    ("starts_on", "outcome"),
    [("2021-06-30", "refused"), ("2021-07-01", "granted"), ("2023-06-30", "granted"), ("2023-07-01", "refused")],
)
def test_unemployment_begins_while_the_agreement_is_in_force(starts_on: str, outcome: str) -> None:
    assert ruled(starts_on, gross_ceiling="5000.00").outcome == outcome


@pytest.mark.parametrize("on", ["2021-06-30", "2023-07-01", "2030-01-01"])
def test_the_day_of_the_decision_does_not_settle_whether_the_agreement_is_in_force(on: str) -> None:
    ruling = ruled("2022-05-01", on=on)
    assert found(ruling, "validity").outcome == "met"
    assert ruling.outcome == ("granted" if on >= "2022-05-01" else "pending")


def test_unemployment_to_come_waits() -> None:
    begun = ruled("2022-05-01", on="2022-05-01")
    assert (begun.outcome, begun.missing, found(begun, "sector").outcome) == ("granted", [], "met")
    ruling = ruled("2022-05-01", on="2022-04-30")
    assert (ruling.outcome, ruling.amounts, ruling.total) == ("pending", [], None)
    assert [(m.rule, m.field, m.needed, m.seen) for m in ruling.missing] == [
        (
            "unemployment-to-come",
            "on",
            Phrase("on-or-after", {"day": "2022-05-01"}),
            Phrase("day", {"day": "2022-04-30"}),
        )
    ]
    assert "sector" not in [f.rule for f in ruling.findings]


@pytest.mark.parametrize(
    ("last", "outcome"), [("2022-04-14", "refused"), ("2022-04-15", "pending"), ("2022-04-29", "pending")]
)
def test_before_unemployment_a_gap_is_a_fact_only_up_to_the_day_of_the_decision(last: str, outcome: str) -> None:
    assert ruled("2022-05-01", on="2022-04-15", employments=[contract(last=last)]).outcome == outcome


def test_a_refusal_names_every_rule_that_failed_and_asks_for_no_ceiling() -> None:
    ruling = ruled("2021-06-30", employments=[])
    assert [f.rule for f in ruling.findings if f.outcome == "not-met"] == ["validity", "sector"]
    assert ruling.amounts == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500_000), st.integers(0, 100_000))
def test_a_higher_benefit_never_gives_a_higher_supplement(cents: int, more: int) -> None:
    low, high = (ruled(unemployment_benefit=f"{Decimal(benefit) / 100:.2f}").total for benefit in (cents, cents + more))
    assert low is not None
    assert high is not None
    assert low >= high >= 0


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"wages": [*wages()[:11], wages()[0]]}, "/case", "twice"),
        ({"wages": [{"month": "2022-05", "gross": "1.00"}]}, "/case", "outside-twelve-months"),
        ({"wages": [{"month": "2021-04", "gross": "1.00"}]}, "/case", "outside-twelve-months"),
        ({"starts_on": "1899-12-31", "wages": []}, "/case/starts_on", "greater-than-equal"),
        ({"employments": [contract("2022-01-02", "2022-01-01")]}, "/case/employments/0", "until-before-from"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_place(fields: dict[str, Any], path: str, code: str) -> None:
    body = {"case_id": "c", "on": "2022-07-01", "case": gardener(**fields)}
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        if not parameter.name.startswith("gross-ceiling"):  # its days have tests of their own
            assert (parameter.first, parameter.last) == (date(2021, 7, 1), date(2023, 6, 30)), parameter.name
            assert parameter.final, parameter.name
        else:
            assert parameter.final is (parameter.last == date(2023, 6, 30)), parameter
