"""Going on with electrolytes alone: only with a consent,
only in the right form, until the rule was withdrawn.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named


def decided(on: str = "2020-08-01", **changes: Any) -> dict[str, Any]:
    case = {
        "asked_on": "2020-04-15",
        "consent_until": "2020-06-30",
        "specialist_asked": True,
        "bag_in_use": True,
        **changes,
    }
    line = {"case_id": "case-1", "on": on, "case": case}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line), scheme_named("parenteral-nutrition"), "partner", b"key").decision
    )
    return found


@pytest.mark.parametrize(
    ("until", "outcome"),
    [("2020-04-14", "refused"), ("2020-04-15", "granted"), ("2020-04-16", "granted"), (None, "pending")],
)
def test_a_consent_has_to_be_running_on_the_day_of_the_request(until: str | None, outcome: str) -> None:
    assert decided(consent_until=until)["outcome"] == outcome


def test_the_request_is_the_specialists_with_the_bags_already_used() -> None:
    found = decided(specialist_asked=False, bag_in_use=False)
    assert (found["outcome"], [m["field"] for m in found["missing"]]) == (
        "pending",
        ["/specialist_asked", "/bag_in_use"],
    )


def test_without_a_consent_no_form_helps() -> None:
    found = decided(consent_until=None, has_consent=False, specialist_asked=False)
    assert (found["outcome"], found["missing"]) == ("refused", [])


def test_a_consent_of_which_nothing_is_known_is_asked() -> None:
    found = decided(consent_until=None)
    assert (found["outcome"], [m["field"] for m in found["missing"]]) == ("pending", ["/has_consent"])
    assert decided(consent_until=None, has_consent=True)["outcome"] == "granted"


@pytest.mark.parametrize(("until", "has_consent"), [("2020-04-15", False), ("2020-04-14", True)])
def test_the_last_day_of_a_consent_and_whether_there_is_one_agree(until: str, has_consent: bool) -> None:
    assert decided(consent_until=until, has_consent=not has_consent)["outcome"] != "pending"
    with pytest.raises(InvalidError) as error:
        decided(consent_until=until, has_consent=has_consent)
    assert [(f.path, f.code) for f in error.value.faults] == [("/case", "consent-contradicted")]


def test_a_request_of_a_later_day_is_rejected() -> None:
    assert decided("2020-04-15")["outcome"] == "granted"
    with pytest.raises(InvalidError) as error:
        decided("2020-04-14")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/asked_on", "in-the-future")]


def test_the_rule_was_withdrawn_on_the_first_of_may_2020() -> None:
    assert decided(asked_on="2020-04-30")["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError) as error:
        decided(asked_on="2020-05-01")
    assert "2020-05-01" in str(error.value)


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("parenteral-nutrition").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2007, 7, 20), date(2020, 4, 30)), parameter.name
        assert parameter.final, parameter.name
