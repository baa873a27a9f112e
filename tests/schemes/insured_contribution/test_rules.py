"""Personal contributions: every amount of the tables of 2021, 2024 and 2025,
both sides of every age, income limit and month.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.decision import Phrase, Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.insured_contribution import SCHEME
from tegemoet.schemes.insured_contribution.rules import decide
from tests.schemes.insured_contribution.gallery import LIMITS

PARAMETERS = SCHEME.parameter_sets["parameters"]


def ruled(group: str, **fields: Any) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps({"group": group, **fields}))
    return decide(case, date(2021, 7, 1), PARAMETERS)


def of_quarter(group: str, quarter: str = "2021-Q1", **fields: Any) -> Decimal | None:
    return ruled(group, quarters=[quarter], **fields).total


# --- continued insurance --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "month", "day"),
    [
        ("2000-01-01", "46.00", "1.84"),  # 21 on 1 January 2021
        ("2000-01-02", "34.75", "1.39"),
        ("2003-01-01", "34.75", "1.39"),  # 18
        ("2003-01-02", "23.00", "0.92"),
        ("2007-01-01", "23.00", "0.92"),  # 14
        ("1921-01-01", "46.00", "1.84"),
    ],
)
def test_continued_insurance_is_paid_by_age(born_on: str, month: str, day: str) -> None:
    full = ruled("continued-insurance", born_on=born_on, months=[{"month": "2021-01"}])
    assert (full.outcome, full.total) == ("granted", Decimal(month))
    one = ruled("continued-insurance", born_on=born_on, months=[{"month": "2021-01", "working_days": 1}])
    assert one.total == Decimal(day)


def test_a_full_month_is_25_days_in_the_printed_table() -> None:
    for age in ("14", "18", "21"):
        rates = [
            PARAMETERS.decimal("continued-insurance", date(2021, 1, 1), age=age, per=per)
            for per in ("full-month", "working-day")
        ]
        assert rates[0] == 25 * rates[1]


def test_below_14_years_there_is_no_continued_insurance() -> None:
    ruling = ruled("continued-insurance", born_on="2007-01-02", months=[{"month": "2021-01"}])
    assert ruling.outcome == "refused"
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("/born_on", Phrase("age-on", {"age": 14, "on": "2021-01-01"}), Phrase("age", {"age": 13}))
    ]


def test_the_age_on_the_first_day_of_each_month_counts() -> None:
    ruling = ruled("continued-insurance", born_on="2000-01-15", months=[{"month": "2021-02"}, {"month": "2021-01"}])
    assert [a.amount for a in ruling.amounts] == [Decimal("34.75"), Decimal("46.00")]
    assert [(a.kind, a.unit, a.first, a.last) for a in ruling.amounts] == [
        ("contribution", "month", date(2021, 1, 1), date(2021, 1, 31)),
        ("contribution", "month", date(2021, 2, 1), date(2021, 2, 28)),
    ]


def test_a_month_below_14_years_does_not_keep_the_later_ones_from_being_paid() -> None:
    ruling = ruled("continued-insurance", born_on="2007-01-15", months=[{"month": "2021-01"}, {"month": "2021-02"}])
    assert [(a.first, a.amount) for a in ruling.amounts] == [(date(2021, 2, 1), Decimal("23.00"))]
    assert [m.seen for m in ruling.missing] == [Phrase("age", {"age": 13})]


def test_working_days_of_a_month_are_paid_each() -> None:
    ruling = ruled("continued-insurance", born_on="1990-01-01", months=[{"month": "2021-01", "working_days": 13}])
    assert ruling.total == Decimal("23.92")
    assert "limit" not in ruling.findings[-1].facts


@pytest.mark.parametrize(
    ("days", "amount"), [(24, "44.16"), (25, "46.00"), (26, "46.00"), (27, "46.00")]
)  # March 2021 has 27 days from Monday to Saturday
def test_working_days_never_cost_more_than_the_full_month(days: int, amount: str) -> None:
    ruling = ruled("continued-insurance", born_on="1990-01-01", months=[{"month": "2021-03", "working_days": days}])
    assert ruling.total == Decimal(amount)
    assert ("limit" in ruling.findings[-1].facts) == (days > 25)


def month_faults(month: str, days: int) -> list[tuple[str, str]]:
    case = {"group": "continued-insurance", "born_on": "1990-01-01", "months": [{"month": month, "working_days": days}]}
    try:
        decide_line(orjson.dumps({"case_id": "c", "on": "2021-07-01", "case": case}), SCHEME, "partner", b"key")
    except InvalidError as error:
        return [(fault.path, fault.code) for fault in error.faults]
    return []


@pytest.mark.parametrize(("month", "has"), [("2021-02", 24), ("2021-01", 26), ("2021-03", 27), ("2024-02", 25)])
def test_no_more_working_days_than_the_month_has(month: str, has: int) -> None:
    assert month_faults(month, has) == []
    expected = ("/case/months/0", "more-days-than-the-month-has")
    assert month_faults(month, has + 1) == (
        [expected] if has < 27 else [("/case/months/0/working_days", "less-than-equal")]
    )


# --- by quarter -----------------------------------------------------------------------------------


def test_students_and_former_public_staff_have_one_amount() -> None:
    assert of_quarter("student") == Decimal("63.90")
    assert of_quarter("former-public-staff-in-africa") == Decimal("43.47")
    two = ruled("student", quarters=["2021-Q4", "2021-Q1"])
    assert two.total == Decimal("127.80")
    assert [(a.first, a.last) for a in two.amounts] == [
        (date(2021, 1, 1), date(2021, 3, 31)),
        (date(2021, 10, 1), date(2021, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("income", "amount"),
    [
        ("7999.99", "0.00"),
        ("8000.00", "63.90"),
        ("17999.99", "63.90"),
        ("18000.00", "376.87"),
        ("29999.99", "376.87"),
        ("30000.00", "753.75"),
    ],
)
def test_registered_persons_pay_by_the_income_class_below_whose_limit_they_stay(income: str, amount: str) -> None:
    assert of_quarter("registered", yearly_income=income, limits=LIMITS) == Decimal(amount)


def test_the_reduced_contribution_is_the_printed_one_and_not_half_of_the_normal_one() -> None:
    normal, reduced = (PARAMETERS.decimal("registered", date(2021, 1, 1), income=i) for i in ("normal", "reduced"))
    assert (normal / 2).quantize(Decimal("0.01"), "ROUND_HALF_UP") == reduced + Decimal("0.01")


def test_a_benefit_of_article_37_19_stands_in_the_place_of_the_income() -> None:
    assert of_quarter("registered", benefit_37_19=True) == Decimal("0.00")


def test_the_limits_that_were_supplied_are_on_record() -> None:
    ruling = ruled("registered", quarters=["2021-Q1", "2021-Q2"], yearly_income="18000.00", limits=LIMITS)
    assert [(f.facts["income_class"], f.facts["limit"], f.outcome) for f in ruling.findings if f.rule == "income"] == [
        ("subsistence", "8000.00", "not-needed"),
        ("increased-reimbursement", "18000.00", "not-needed"),
        ("reduced", "30000.00", "met"),
    ]


@pytest.mark.parametrize(
    ("income", "known", "asked"),
    [
        ("8000.00", ["subsistence"], "increased-reimbursement"),
        ("29999.99", ["reduced"], "subsistence"),
        ("8000.00", ["subsistence", "reduced"], "increased-reimbursement"),
        ("7999.99", ["increased_reimbursement", "reduced"], "subsistence"),
        ("18000.00", ["increased_reimbursement"], "reduced"),
        ("18000.00", ["subsistence", "increased_reimbursement"], "reduced"),
        ("0.00", [], "subsistence"),
    ],
)
def test_a_limit_that_decides_and_is_not_known_is_an_error_that_names_it(
    income: str, known: list[str], asked: str
) -> None:
    with pytest.raises(ParameterUnknownError) as error:
        of_quarter("registered", yearly_income=income, limits={name: LIMITS[name] for name in known})
    assert (error.value.parameter, error.value.on) == (f"income-limit (income {asked})", "2021-01-01")


@pytest.mark.parametrize(
    ("income", "known", "amount"),
    [
        ("7999.99", ["subsistence"], "0.00"),
        ("30000.00", ["reduced"], "753.75"),
        ("500000.00", ["reduced"], "753.75"),
        ("18000.00", ["increased_reimbursement", "reduced"], "376.87"),
        ("30000.00", ["subsistence", "reduced"], "753.75"),
    ],
)
def test_a_limit_that_does_not_decide_may_be_left_out(income: str, known: list[str], amount: str) -> None:
    limits = {name: LIMITS[name] for name in known}
    ruling = ruled("registered", quarters=["2021-Q1"], yearly_income=income, limits=limits)
    assert ruling.total == Decimal(amount)
    looked_at = {str(f.facts["income_class"]).replace("-", "_") for f in ruling.findings if f.rule == "income"}
    assert looked_at == set(known)


@pytest.mark.parametrize(
    ("income", "amount"),
    [
        ("20485.33", "0.00"),
        ("20485.34", "74.99"),
        ("27550.86", "74.99"),
        ("27550.87", "442.28"),
        ("44021.43", "442.28"),
        ("44021.44", "884.58"),
    ],
)
def test_the_limits_of_2024_are_published_and_nobody_replaces_them(income: str, amount: str) -> None:
    ruling = ruled("registered", quarters=["2024-Q1", "2024-Q4"], yearly_income=income)
    assert ruling.total == 2 * Decimal(amount)
    assert not any(f.facts["supplied"] for f in ruling.findings if f.rule == "income")
    for field in ("subsistence", "increased_reimbursement", "reduced"):
        with pytest.raises(InvalidError) as error:
            ruled("registered", quarters=["2024-Q1"], yearly_income=income, limits={field: LIMITS[field]})
        assert [(f.path, f.code) for f in error.value.faults] == [(f"/case/limits/{field}", "figure-is-published")]


@pytest.mark.parametrize(
    ("quarter", "normal", "reduced", "low"),
    [("2021-Q4", "753.75", "376.87", "63.90"), ("2025-Q1", "912.91", "456.44", "77.39")],
)
def test_the_amounts_of_registered_persons(quarter: str, normal: str, reduced: str, low: str) -> None:
    incomes = {"30000.00": normal, "18000.00": reduced, "8000.00": low, "7999.99": "0.00"}
    for income, amount in incomes.items():
        assert of_quarter("registered", quarter, yearly_income=income, limits=LIMITS) == Decimal(amount)
    assert of_quarter("registered", quarter, benefit_37_19=True) == Decimal("0.00")


@pytest.mark.parametrize(
    ("month", "born_on", "full", "day"),
    [
        ("2024-01", "2003-01-01", "54.00", "2.16"),
        ("2024-12", "1990-01-01", "54.00", "2.16"),
        ("2025-01", "2004-01-01", "55.75", "2.23"),
        ("2025-12", "2004-12-02", "42.25", "1.69"),
        ("2025-01", "2011-01-01", "27.75", "1.11"),
    ],
)
def test_continued_insurance_of_2024_and_2025(month: str, born_on: str, full: str, day: str) -> None:
    whole = ruled("continued-insurance", born_on=born_on, months=[{"month": month}])
    one = ruled("continued-insurance", born_on=born_on, months=[{"month": month, "working_days": 1}])
    assert (whole.total, one.total) == (Decimal(full), Decimal(day))


def test_the_other_amounts_of_2024_and_2025() -> None:
    assert of_quarter("student", "2024-Q4") == Decimal("74.99")
    assert of_quarter("student", "2025-Q4") == Decimal("77.39")
    assert of_quarter("former-public-staff-in-africa", "2025-Q1") == Decimal("52.65")
    assert of_quarter("religious-community", "2025-Q1", born_on="1960-01-02") == Decimal("116.90")
    assert of_quarter("religious-community", "2025-Q1", born_on="1960-01-01") == Decimal("33.43")


def values(case: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The values that are not official and that the decision on the case rests on."""
    body = {"case_id": "c", "on": "2025-07-01", "case": case}
    decision = orjson.loads(decide_line(orjson.dumps(body), SCHEME, "partner", b"key").decision)
    return [(value["name"], value["value"], value["basis"]) for value in decision.get("values", [])]


def test_a_decision_says_on_which_values_that_are_not_official_it_rests() -> None:
    assert values({"group": "student", "quarters": ["2025-Q1"]}) == []
    assert values({"group": "student", "quarters": ["2024-Q1"]}) == [("student", "74.99", "derived")]
    full = {"group": "continued-insurance", "born_on": "1990-01-01", "months": [{"month": "2024-01"}]}
    assert values(full) == [("continued-insurance", "54.00", "derived")]
    registered = {"group": "registered", "quarters": ["2024-Q1"], "yearly_income": "20485.33"}
    assert values(registered) == [
        ("income-limit", "20485.34", "secondary"),
        ("registered", "0.00", "secondary"),
    ]
    told = {**registered, "quarters": ["2025-Q1"], "limits": {"subsistence": "21000.00"}}
    assert values(told) == [("income-limit", "21000.00", "supplied")]


@pytest.mark.parametrize(
    ("limits", "of_case", "fault"),
    [
        ({"subsistence": "8000.00", "reduced": "7999.99"}, {}, "/supplied/1/value"),
        ({"subsistence": "8000.00", "reduced": "8000.00"}, {}, None),
        ({"reduced": "20000.00"}, {"increased_reimbursement": "20000.01"}, "/supplied/0/value"),
        ({"subsistence": "20000.01"}, {"reduced": "20000.00"}, "/case/limits/reduced"),
        ({"subsistence": "20000.00"}, {"reduced": "20000.00"}, None),
    ],
)
def test_supplied_limits_are_in_order(limits: dict[str, str], of_case: dict[str, str], fault: str | None) -> None:
    days = {"from": "2021-01-01", "until": "2021-12-31", "source": "a fund"}
    supplied = [
        {"parameter": "income-limit", "key": {"income": name}, "value": value, **days} for name, value in limits.items()
    ]
    case = {"group": "registered", "quarters": ["2021-Q1"], "yearly_income": "5000.00", "limits": of_case}
    line = orjson.dumps({"case_id": "c", "on": "2021-06-01", "case": case, "supplied": supplied})
    if fault is None:
        assert orjson.loads(decide_line(line, SCHEME, "partner", b"key").decision)["outcome"] == "granted"
        return
    with pytest.raises(InvalidError) as error:
        decide_line(line, SCHEME, "partner", b"key")
    assert [(f.path, f.code) for f in error.value.faults] == [(fault, "limits-out-of-order")]


def test_an_amount_of_another_year_can_be_supplied() -> None:
    figure = {"parameter": "student", "value": "70.01", "from": "2023-01-01", "until": "2023-12-31", "source": "a fund"}
    body = {"case_id": "c", "on": "2023-07-01", "case": {"group": "student", "quarters": ["2023-Q3"]}}
    line = orjson.dumps({**body, "supplied": [figure]})
    decision = orjson.loads(decide_line(line, SCHEME, "partner", b"key").decision)
    assert (decision["total"], [value["basis"] for value in decision["values"]]) == ("70.01", ["supplied"])


@pytest.mark.parametrize(
    ("born_on", "amount"),
    [("1956-01-02", "96.52"), ("1956-01-01", "27.60"), ("1955-12-31", "27.60"), ("1990-01-01", "96.52")],
)
def test_members_of_religious_communities_pay_by_age_and_65_is_older(born_on: str, amount: str) -> None:
    assert of_quarter("religious-community", born_on=born_on) == Decimal(amount)


def test_the_age_on_the_first_day_of_the_quarter_counts() -> None:
    ruling = ruled("religious-community", born_on="1956-02-01", quarters=["2021-Q1", "2021-Q2"])
    assert [a.amount for a in ruling.amounts] == [Decimal("96.52"), Decimal("27.60")]


# --- what waits, and what is not known ------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "fields", "asked"),
    [
        ("registered", {"quarters": ["2021-Q1", "2021-Q2"]}, "/yearly_income"),
        ("religious-community", {"quarters": ["2021-Q1", "2021-Q2"]}, "/born_on"),
        ("continued-insurance", {"months": [{"month": "2021-01"}, {"month": "2021-02"}]}, "/born_on"),
    ],
)
def test_what_decides_and_is_not_given_is_waited_for(group: str, fields: dict[str, Any], asked: str) -> None:
    ruling = ruled(group, **fields)
    assert (ruling.outcome, ruling.total) == ("pending", None)
    assert [(m.field, m.seen) for m in ruling.missing] == [(asked, Phrase("nothing"))]


@pytest.mark.parametrize(
    ("group", "fields", "name"),
    [
        ("student", {"quarters": ["2020-Q4"]}, "student"),
        ("student", {"quarters": ["2022-Q1"]}, "student"),
        ("registered", {"quarters": ["2022-Q1"], "benefit_37_19": True}, "registered (income benefit-37-19)"),
        ("registered", {"quarters": ["2024-Q1"], "benefit_37_19": True}, "registered (income benefit-37-19)"),
        ("registered", {"quarters": ["2025-Q1"], "yearly_income": "1.00"}, "income-limit (income subsistence)"),
        (
            "religious-community",
            {"quarters": ["2022-Q1"], "born_on": "1950-01-01"},
            "religious-community (age older)",
        ),
        (
            "religious-community",
            {"quarters": ["2024-Q1"], "born_on": "1990-01-01"},
            "religious-community (age younger)",
        ),
        ("former-public-staff-in-africa", {"quarters": ["2022-Q1"]}, "former-public-staff-in-africa"),
        ("former-public-staff-in-africa", {"quarters": ["2024-Q1"]}, "former-public-staff-in-africa"),
        ("student", {"quarters": ["2026-Q1"]}, "student"),
        ("continued-insurance", {"months": [{"month": "2020-12"}], "born_on": "1990-01-01"}, "age-band"),
        (
            "continued-insurance",
            {"months": [{"month": "2022-01"}], "born_on": "1990-01-01"},
            "continued-insurance (age 21, per full-month)",
        ),
        (
            "continued-insurance",
            {"months": [{"month": "2024-01"}], "born_on": "2003-01-02"},
            "continued-insurance (age 18, per full-month)",
        ),
        ("continued-insurance", {"months": [{"month": "2026-01"}], "born_on": "1990-01-01"}, "age-band"),
    ],
)
def test_another_year_is_an_error_that_names_amount_and_day(group: str, fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ParameterUnknownError) as error:
        ruled(group, **fields)
    assert error.value.parameter == name


@pytest.mark.parametrize(
    ("case", "path", "code"),
    [
        ({"group": "student"}, "/case", "months-or-quarters"),
        ({"group": "student", "months": [{"month": "2021-01"}]}, "/case", "months-or-quarters"),
        ({"group": "continued-insurance", "quarters": ["2021-Q1"]}, "/case", "months-or-quarters"),
        ({"group": "student", "quarters": ["2021-Q1", "2021-Q1"]}, "/case", "twice"),
        ({"group": "student", "quarters": ["2021-Q5"]}, "/case/quarters/0", "string-pattern-mismatch"),
        (
            {"group": "continued-insurance", "months": [{"month": "2021-01", "working_days": 0}]},
            "/case/months/0/working_days",
            "greater-than-equal",
        ),
        (
            {"group": "registered", "quarters": ["2021-Q1"], "limits": {"subsistence": "2.00", "reduced": "1.00"}},
            "/case/limits",
            "limits-out-of-order",
        ),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_place(case: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps({"case_id": "c", "on": "2021-07-01", "case": case}), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_for_a_calendar_year_or_all_known_ones() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        years = (parameter.first.year, parameter.last.year)
        assert (parameter.first, parameter.last) == (date(years[0], 1, 1), date(years[1], 12, 31)), parameter.name
        assert years in ((2021, 2021), (2024, 2024), (2025, 2025), (2021, 2025)), parameter.name
