"""What a speech therapist's service costs under the agreement of 2020-2021."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named


def decided(day: str, on: str = "2022-01-01", **changes: Any) -> dict[str, Any]:
    case = {"day": day, "service": "session-30-minutes", "joined": True, **changes}
    line = {"case_id": "case-1", "on": on, "case": case}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line), scheme_named("speech-therapy-fee"), "partner", b"key").decision
    )
    return found


def fields(decision: dict[str, Any]) -> list[str]:
    return [missing["field"] for missing in decision["missing"]]


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
    assert (found["outcome"], found["total"], fields(found)) == ("pending", None, ["/budget_allows"])
    (fee,) = [step for step in found["explanation"] if step["rule"] == "session-fee"]
    assert (fee["outcome"], fee["facts"]["fee"], fee["facts"]["risen"]) == ("unknown", "26.50", "28.00")


def test_an_unknown_fee_is_never_said_to_be_the_fee() -> None:
    unsure: tuple[dict[str, Any], ...] = (
        {},
        {"joined": None},
        {"joined": None, "budget_allows": None},
        {"service": "other"},
    )
    for changes in unsure:
        found = decided("2020-11-01", **changes)
        assert found["outcome"] == "pending"
        for language, claim in (("nl", "kost 26,50"), ("fr", "coûte 26,50"), ("en", "costs 26.50")):
            read = render(orjson.dumps(found), scheme_named("speech-therapy-fee"), language)
            assert not any(claim in step["text"] for step in read["explanation"])


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
    assert (found["outcome"], fields(found)) == ("pending", ["/fee_before", "/session_before"])
    for session_before, code in ((None, "fees-before-together"), ("0.00", "no-fee")):
        with pytest.raises(InvalidError) as error:
            decided("2020-08-01", service="other", fee_before="10.00", session_before=session_before)
        assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case", code)]


def test_the_agreement_binds_only_who_joined_it() -> None:
    refused = decided("2020-08-01", joined=False)
    assert (refused["outcome"], refused["total"], len(refused["explanation"])) == ("refused", None, 1)
    unknown = decided("2020-08-01", joined=None)
    assert (unknown["outcome"], unknown["total"], fields(unknown)) == ("pending", None, ["/joined"])
    assert [step["rule"] for step in unknown["explanation"]] == ["joined"]


def test_a_refusal_needs_no_fee() -> None:
    assert decided("2020-07-31", joined=False)["outcome"] == "refused"


def test_a_service_of_a_later_day_is_rejected() -> None:
    assert decided("2020-08-01", on="2020-08-01")["outcome"] == "granted"
    with pytest.raises(InvalidError) as error:
        decided("2020-08-01", on="2020-07-31")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/day", "in-the-future")]


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("speech-therapy-fee").parameter_sets["parameters"].parameters:
        first = date(2020, 11, 1) if parameter.name == "session-fee-if-budget-allows" else date(2020, 8, 1)
        assert (parameter.first, parameter.last) == (first, date(2021, 12, 31)), parameter.name
