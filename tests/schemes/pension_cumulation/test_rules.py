"""A pension beside an incapacity benefit due to COVID-19, from 1 March to 31 August 2020."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.registry import scheme_named


def decided(first: str, last: str, on: str = "2020-12-01", **changes: Any) -> dict[str, Any]:
    case = {
        "pension": "survivor",
        "pension_scheme": "self-employed",
        "benefit": "invalidity",
        "from": first,
        "until": last,
        "due_to_covid": True,
        **changes,
    }
    line = {"case_id": "case-1", "on": on, "case": case}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line), scheme_named("pension-cumulation"), "partner", b"key").decision
    )
    return found


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2020-02-01", "2020-02-29", None),
        ("2020-02-01", "2020-03-01", ("2020-03-01", "2020-03-01", 1)),
        ("2020-03-01", "2020-08-31", ("2020-03-01", "2020-08-31", 184)),
        ("2020-08-31", "2020-12-31", ("2020-08-31", "2020-08-31", 1)),
        ("2020-09-01", "2020-12-31", None),
    ],
)
def test_only_days_of_the_decree_count(first: str, last: str, days: tuple[str, str, int] | None) -> None:
    found = decided(first, last)
    if days is None:
        assert (found["outcome"], found["periods"]) == ("refused", [])
    else:
        (period,) = found["periods"]
        assert found["outcome"] == "granted"
        assert (period["from"], period["until"], period["days"]) == days


def test_the_incapacity_has_to_be_due_to_covid() -> None:
    assert decided("2020-04-01", "2020-04-30", due_to_covid=False)["outcome"] == "refused"
    waiting = decided("2020-04-01", "2020-04-30", due_to_covid=None)
    assert waiting["outcome"] == "pending"
    (missing,) = waiting["missing"]
    assert (missing["field"], missing["needed"], missing["seen"]) == ("/due_to_covid", "cause", "nothing")


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("due_to_covid", [True, False, None])
def test_only_a_granted_decision_says_that_the_pension_is_not_limited(language: str, due_to_covid: bool | None) -> None:
    said = {
        "nl": "wordt het pensioen niet beperkt",
        "fr": "la pension n'est pas réduite",
        "en": "pension is not limited",
    }
    for first in ("2020-08-31", "2020-09-01"):
        found = decided(first, "2020-09-30", due_to_covid=due_to_covid)
        readable = render(orjson.dumps(found), scheme_named("pension-cumulation"), language)
        texts = [step["text"] for step in readable["explanation"]]
        assert any(said[language] in text for text in texts) == (found["outcome"] == "granted")
        assert ("unlimited" in [step["rule"] for step in found["explanation"]]) == (found["outcome"] == "granted")


def test_a_refusal_says_nothing_of_a_cause_that_nobody_looked_at() -> None:
    outside = decided("2020-09-01", "2020-09-30", due_to_covid=None)
    assert [step["rule"] for step in outside["explanation"]] == ["period"]


def test_days_may_lie_ahead_if_the_first_has_come() -> None:
    assert decided("2020-04-01", "2020-04-30", on="2020-04-01")["outcome"] == "granted"
    with pytest.raises(InvalidError) as error:
        decided("2020-04-02", "2020-04-30", on="2020-04-01")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/from", "in-the-future")]


def test_days_outside_the_decree_are_refused_whatever_the_cause_proves_to_be() -> None:
    outside = decided("2020-09-01", "2020-09-30", due_to_covid=None)
    assert (outside["outcome"], outside["missing"]) == ("refused", [])


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidError):
        decided("2020-04-02", "2020-04-01")


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("pension-cumulation").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 3, 1), LAST_DAY), parameter.name
