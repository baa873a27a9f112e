"""Prescription of claims about health care: two years, five after fraud."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named

SCHEME = scheme_named("care-claim-prescription")


def decided(claimed_on: str, on: str = "2026-11-30", **case: Any) -> dict[str, Any]:
    filled = {"kind": "payment", "care_in": "2020-05", "claimed_on": claimed_on, **case}
    line = {"case_id": "case-1", "on": on, "case": filled}
    found: dict[str, Any] = orjson.loads(decide_line(orjson.dumps(line), SCHEME, "partner", b"key").decision)
    return found


def recovered(claimed_on: str, **case: Any) -> dict[str, Any]:
    return decided(claimed_on, kind="recovery", **case)


def fields(decision: dict[str, Any]) -> list[str]:
    return [missing["field"] for missing in decision["missing"]]


@pytest.mark.parametrize(
    ("care_in", "last", "after"),
    [
        ("2020-05", "2022-05-31", "2022-06-01"),
        ("2020-02", "2022-02-28", "2022-03-01"),
        ("2022-02", "2024-02-29", "2024-03-01"),
        ("2019-12", "2021-12-31", "2022-01-01"),
    ],
)
@pytest.mark.parametrize("kind", ["payment", "recovery"])
def test_two_years_run_from_the_end_of_the_month_of_the_care(kind: str, care_in: str, last: str, after: str) -> None:
    fraud: dict[str, Any] = {"fraud": False} if kind == "recovery" else {}
    assert decided(last, care_in=care_in, kind=kind, **fraud)["outcome"] == "granted"
    late = decided(after, care_in=care_in, kind=kind, **fraud)
    assert (late["outcome"], late["explanation"][0]["facts"]["last"]) == ("refused", last)


def test_within_two_years_fraud_does_not_matter() -> None:
    for facts in ({}, {"fraud": True}, {"fraud": False}):
        found = recovered("2022-05-31", **facts)
        assert (found["outcome"], fields(found)) == ("granted", [])


def test_after_fraud_five_years_run_from_the_end_of_the_month_of_the_reimbursement() -> None:
    fraud: dict[str, Any] = {"fraud": True, "reimbursed_in": "2020-07"}
    assert recovered("2022-06-01", **fraud)["outcome"] == "granted"
    assert recovered("2025-07-31", **fraud)["outcome"] == "granted"
    assert recovered("2025-08-01", **fraud)["outcome"] == "refused"


def test_what_is_not_known_of_a_fraud_is_asked_only_where_it_decides() -> None:
    assert fields(recovered("2022-06-01")) == ["/reimbursed_in", "/fraud"]
    assert fields(recovered("2022-06-01", fraud=True)) == ["/reimbursed_in"]
    assert fields(recovered("2022-06-01", reimbursed_in="2020-07")) == ["/fraud"]
    assert recovered("2025-07-31", reimbursed_in="2020-07")["outcome"] == "pending"
    for facts in ({"reimbursed_in": "2020-07"}, {"reimbursed_in": "2020-07", "fraud": True}):
        late = recovered("2025-08-01", **facts)
        assert (late["outcome"], fields(late)) == ("refused", [])


def test_data_are_kept_until_the_end_of_the_sixth_year_after() -> None:
    for on, outcome in (("2026-12-31", "met"), ("2027-01-01", "not-needed")):
        records = decided("2022-05-31", on)["explanation"][-1]
        assert (records["outcome"], records["facts"]["last"]) == (outcome, "2026-12-31")


@pytest.mark.parametrize(
    ("case", "path", "code"),
    [
        ({"claimed_on": "2022-05-31", "on": "2022-05-30"}, "/case/claimed_on", "in-the-future"),
        ({"claimed_on": "2020-09-30", "care_in": "2020-10"}, "/case", "claimed-before"),
        ({"claimed_on": "2020-09-30", "kind": "recovery", "reimbursed_in": "2020-10"}, "/case", "claimed-before"),
        (
            {"claimed_on": "2020-09-30", "kind": "recovery", "reimbursed_in": "2020-04"},
            "/case",
            "reimbursed-before-care",
        ),
        ({"claimed_on": "2020-09-30", "fraud": False}, "/case", "only-for-recovery"),
        ({"claimed_on": "2020-09-30", "reimbursed_in": "2020-07"}, "/case", "only-for-recovery"),
    ],
)
def test_a_claim_that_cannot_be_is_rejected(case: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidError) as error:
        decided(**case)
    assert [(f.path, f.code) for f in error.value.faults] == [(path, code)]


def test_a_claim_in_the_month_of_the_care_is_possible() -> None:
    assert decided("2020-08-01", care_in="2020-08")["outcome"] == "granted"
    assert recovered("2020-08-01", care_in="2020-08", reimbursed_in="2020-08")["outcome"] == "granted"


def test_before_the_circular_nothing_is_known() -> None:
    assert decided("2020-07-14")["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError):
        decided("2020-07-13")


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 7, 14), LAST_DAY), parameter.name
