"""What a decision pays more or less than a former one."""

from typing import Any

from tegemoet.application.decisions.difference import difference
from tests.schemes.maternity_rest.decisions import amount, early_birth, hospital, pending, work_removal

FORMER, NEW = {"id": "a" * 32}, {"id": "b" * 32}


def monthly(value: str, first: str, last: str, kind: str = "payment") -> Any:
    return amount(kind, value, "month", first, last)


def of(former: list[dict[str, Any]], new: list[dict[str, Any]]) -> Any:
    before: Any = {**FORMER, "amounts": former}
    after: Any = {**NEW, "amounts": new}
    return difference(before, after)


def test_a_month_that_either_has_is_compared_and_what_was_paid_too_much_is_negative() -> None:
    found = of(
        [monthly("100.00", "2020-07-11", "2020-07-31"), monthly("0.01", "2020-08-01", "2020-08-31")],
        [monthly("99.99", "2020-07-01", "2020-07-31"), monthly("5.00", "2020-12-01", "2020-12-31")],
    )
    assert (found["former"], found["new"]) == ("a" * 32, "b" * 32)
    assert found["rows"] == [
        {"kind": "payment", "month": "2020-07", "former": "100.00", "new": "99.99", "difference": "-0.01"},
        {"kind": "payment", "month": "2020-08", "former": "0.01", "new": "0.00", "difference": "-0.01"},
        {"kind": "payment", "month": "2020-12", "former": "0.00", "new": "5.00", "difference": "5.00"},
    ]
    assert found["totals"] == [{"kind": "payment", "former": "100.01", "new": "104.99", "difference": "4.98"}]


def test_gross_tax_and_net_come_in_that_order_and_a_work_removal_apart() -> None:
    kinds = [row["kind"] for row in difference(early_birth(), work_removal())["totals"]]
    assert kinds == [
        "payment",
        "withholding-tax",
        "net-payment",
        "work-removal-payment",
        "work-removal-withholding-tax",
        "work-removal-net-payment",
    ]


def test_amounts_per_day_have_no_part_in_it() -> None:
    assert of([amount("benefit", "80.00", "day", "2020-07-01", "2020-07-31")], []) == {
        "former": "a" * 32,
        "new": "b" * 32,
        "rows": [],
        "totals": [],
    }


def test_an_amount_per_month_over_several_months_is_paid_in_each_of_them() -> None:
    found = of([], [monthly("10.00", "2020-12-15", "2021-02-01")])
    assert [row["month"] for row in found["rows"]] == ["2020-12", "2021-01", "2021-02"]
    assert found["totals"][0]["new"] == "30.00"


def test_all_of_a_decision_is_new_where_the_former_one_was_pending() -> None:
    found = difference(pending(), hospital())
    assert all(row["former"] == "0.00" and row["difference"] == row["new"] for row in found["rows"])
    assert next(t for t in found["totals"] if t["kind"] == "payment")["difference"] == hospital()["total"]


def test_a_decision_does_not_differ_from_itself() -> None:
    assert {row["difference"] for row in difference(hospital(), hospital())["rows"]} == {"0.00"}


def test_a_single_payment_is_compared_in_no_month_and_a_quarter_in_its_first() -> None:
    premium = {"kind": "premium", "amount": "1045.32", "currency": "EUR", "from": None, "until": None, "unit": "once"}
    quarter = amount("reimbursement", "30.00", "quarter", "2020-04-01", "2020-06-30")
    found = of([premium], [premium | {"amount": "1045.31", "from": "2023-01-01", "until": "2023-12-31"}, quarter])
    assert [(row["kind"], row["month"], row["difference"]) for row in found["rows"]] == [
        ("premium", None, "-0.01"),
        ("reimbursement", "2020-04", "30.00"),
    ]
