"""Personal contributions of 2021: every amount of
the table, both sides of every age and income limit.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.decision import Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.insured_contribution import SCHEME
from tegemoet.schemes.insured_contribution.rules import age_on, decide
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
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [("/born_on", "14 years on 2021-01-01", "13 years")]


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
    assert [m.seen for m in ruling.missing] == ["13 years"]


def test_working_days_of_a_month_are_paid_each() -> None:
    ruling = ruled("continued-insurance", born_on="1990-01-01", months=[{"month": "2021-01", "working_days": 13}])
    assert ruling.total == Decimal("23.92")


def test_who_is_born_on_29_february_is_a_year_older_on_1_march() -> None:
    assert age_on(date(2021, 2, 28), date(2000, 2, 29)) == 20
    assert age_on(date(2021, 3, 1), date(2000, 2, 29)) == 21
    assert age_on(date(2020, 2, 29), date(2000, 2, 29)) == 20
    assert age_on(date(2020, 2, 28), date(2000, 2, 29)) == 19


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


def test_a_limit_that_does_not_decide_may_be_left_out() -> None:
    assert of_quarter("registered", yearly_income="7999.99", limits={"subsistence": "8000.00"}) == Decimal("0.00")


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
    assert [(m.field, m.seen) for m in ruling.missing] == [(asked, "none")]


@pytest.mark.parametrize(
    ("group", "fields", "name"),
    [
        ("student", {"quarters": ["2020-Q4"]}, "student"),
        ("student", {"quarters": ["2022-Q1"]}, "student"),
        ("registered", {"quarters": ["2022-Q1"], "benefit_37_19": True}, "registered (income benefit-37-19)"),
        ("religious-community", {"quarters": ["2022-Q1"], "born_on": "1950-01-01"}, "older-from"),
        ("former-public-staff-in-africa", {"quarters": ["2022-Q1"]}, "former-public-staff-in-africa"),
        ("continued-insurance", {"months": [{"month": "2020-12"}], "born_on": "1990-01-01"}, "age-band"),
        ("continued-insurance", {"months": [{"month": "2022-01"}], "born_on": "1990-01-01"}, "age-band"),
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


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2021, 1, 1), date(2021, 12, 31)), parameter.name
