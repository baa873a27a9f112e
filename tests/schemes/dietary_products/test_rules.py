"""Dietary products: the diagnosis rests on both tests."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named

SCHEME = scheme_named("dietary-products")


def decided(on: str = "2026-11-30", requested_on: str = "2020-09-14", **case: Any) -> dict[str, Any]:
    line = {"case_id": "case-1", "on": on, "case": {"requested_on": requested_on, **case}}
    found: dict[str, Any] = orjson.loads(decide_line(orjson.dumps(line), SCHEME, "partner", b"key").decision)
    return found


@pytest.mark.parametrize(
    ("histological", "serological", "outcome", "missing"),
    [
        (True, True, "granted", []),
        (True, False, "refused", []),
        (False, True, "refused", []),
        (False, False, "refused", []),
        (False, None, "refused", []),
        (None, False, "refused", []),
        (True, None, "pending", ["/serological"]),
        (None, True, "pending", ["/histological"]),
        (None, None, "pending", ["/histological", "/serological"]),
    ],
)
def test_the_diagnosis_rests_on_both_tests(
    histological: bool | None, serological: bool | None, outcome: str, missing: list[str]
) -> None:
    decision = decided(histological=histological, serological=serological)
    assert (decision["outcome"], [m["field"] for m in decision["missing"]]) == (outcome, missing)
    failed = [step["rule"] for step in decision["explanation"] if step["outcome"] == "not-met"]
    tests = {"histological": histological, "serological": serological}
    assert failed == [name for name, is_done in tests.items() if is_done is False]


def test_before_the_decree_was_published_nothing_is_known() -> None:
    both: dict[str, Any] = {"histological": True, "serological": True}
    assert decided(requested_on="2020-07-10", **both)["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError):
        decided(requested_on="2020-07-09", **both)


def test_a_request_of_a_later_day_is_rejected() -> None:
    assert decided("2020-09-14")["outcome"] == "pending"
    with pytest.raises(InvalidError) as error:
        decided("2020-09-13")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/requested_on", "in-the-future")]


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 7, 10), LAST_DAY), parameter.name
