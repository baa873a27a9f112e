"""A pension beside an incapacity benefit due to COVID-19, from 1 March to 31 August 2020."""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.registry import scheme_named


def decided(first: str, last: str, **changes: Any) -> dict[str, Any]:
    case = {
        "pension": "survivor",
        "pension_scheme": "self-employed",
        "benefit": "invalidity",
        "from": first,
        "until": last,
        "due_to_covid": True,
        **changes,
    }
    line = {"case_id": "case-1", "on": "2020-12-01", "case": case}
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
    assert (waiting["outcome"], waiting["missing"][0]["field"]) == ("pending", "/due_to_covid")


def test_days_outside_the_decree_are_refused_whatever_the_cause_proves_to_be() -> None:
    outside = decided("2020-09-01", "2020-09-30", due_to_covid=None)
    assert (outside["outcome"], outside["missing"]) == ("refused", [])


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidError):
        decided("2020-04-02", "2020-04-01")


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("pension-cumulation").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 3, 1), LAST_DAY), parameter.name
