"""What a speech therapist's service costs under the agreement of 2020-2021."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named


def decided(day: str, **changes: Any) -> dict[str, Any]:
    line = {"case_id": "case-1", "on": "2022-01-01", "case": {"day": day, "service": "session-30-minutes", **changes}}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line), scheme_named("speech-therapy-fee"), "partner", b"key").decision
    )
    return found


@pytest.mark.parametrize(
    ("day", "allowed", "fee"),
    [
        ("2020-08-01", None, "26.50"),
        ("2020-10-31", None, "26.50"),
        ("2020-11-01", True, "28.00"),
        ("2020-11-01", False, "26.50"),
        ("2021-12-31", True, "28.00"),
    ],
)
def test_a_session_rises_in_august_and_again_in_november_where_the_budget_allows(
    day: str, allowed: bool | None, fee: str
) -> None:
    assert decided(day, budget_allows=allowed)["total"] == fee


def test_the_second_rise_waits_until_the_budget_is_known() -> None:
    found = decided("2020-11-01")
    assert (found["outcome"], found["total"], found["missing"][0]["field"]) == ("pending", None, "/budget_allows")


@pytest.mark.parametrize("day", ["2020-07-31", "2022-01-01"])
def test_fees_before_and_after_are_not_known(day: str) -> None:
    with pytest.raises(ParameterUnknownError):
        decided(day)


def test_another_service_rises_in_proportion() -> None:
    found = decided("2020-08-01", service="other", fee_before="10.00", session_before="25.00")
    assert found["total"] == "10.60"
    assert decided("2020-08-01", service="other", fee_before="10.05", session_before="26.50")["total"] == "10.05"
    half = decided("2020-11-01", service="other", budget_allows=True, fee_before="0.01", session_before="56.00")
    assert half["total"] == "0.01"
    below = decided("2020-11-01", service="other", budget_allows=True, fee_before="0.01", session_before="56.01")
    assert below["total"] == "0.00"


def test_the_fees_from_before_are_asked_for_another_service() -> None:
    found = decided("2020-08-01", service="other")
    assert (found["outcome"], found["missing"][0]["field"]) == ("pending", "/fee_before")
    for session_before, code in ((None, "fees-before-together"), ("0.00", "no-fee")):
        with pytest.raises(InvalidError) as error:
            decided("2020-08-01", service="other", fee_before="10.00", session_before=session_before)
        assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case", code)]


def test_the_agreement_binds_only_who_joined_it() -> None:
    assert decided("2020-08-01", joined=False)["outcome"] == "refused"


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("speech-therapy-fee").parameter_sets["parameters"].parameters:
        first = date(2020, 11, 1) if parameter.name == "session-fee-if-budget-allows" else date(2020, 8, 1)
        assert (parameter.first, parameter.last) == (first, date(2021, 12, 31)), parameter.name
