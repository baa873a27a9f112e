"""Damage caused by a locum doctor: the locum's own policy pays first."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named

SCHEME = scheme_named("locum-liability")


def decided(on: str = "2026-11-30", **case: Any) -> dict[str, Any]:
    filled = {"occurred_on": "2023-06-12", "damage": "to-third-party", **case}
    line = {"case_id": "case-1", "on": on, "case": filled}
    found: dict[str, Any] = orjson.loads(decide_line(orjson.dumps(line), SCHEME, "partner", b"key").decision)
    return found


def test_the_policy_of_the_locum_pays_first_and_that_of_the_replaced_doctor_second() -> None:
    found = decided(locum_liable=True)
    assert found["outcome"] == "granted"
    assert found["explanation"][-1]["facts"] == {"first": "locum", "second": "replaced-doctor"}


def test_a_policy_pays_only_if_the_locum_is_liable() -> None:
    assert decided(locum_liable=False)["outcome"] == "refused"
    unknown = decided()
    assert (unknown["outcome"], [m["field"] for m in unknown["missing"]]) == ("pending", ["/locum_liable"])


@pytest.mark.parametrize("liable", [True, False, None])
def test_damage_to_the_building_is_not_covered(liable: bool | None) -> None:
    found = decided(damage="to-building", locum_liable=liable)
    assert (found["outcome"], [step["rule"] for step in found["explanation"]]) == ("refused", ["building"])


def test_damage_of_a_later_day_is_rejected() -> None:
    assert decided("2023-06-12")["outcome"] == "pending"
    with pytest.raises(InvalidError) as error:
        decided("2023-06-11")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/occurred_on", "in-the-future")]


def test_before_the_page_was_revised_nothing_is_known() -> None:
    assert decided(occurred_on="2023-05-08", locum_liable=True)["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError):
        decided(occurred_on="2023-05-07", locum_liable=True)


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2023, 5, 8), LAST_DAY), parameter.name
