"""The transport of newborns in danger: both sides of every kilometre that changes the amount."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.decision import Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.newborn_transport import SCHEME
from tegemoet.schemes.newborn_transport.rules import decide


def journey(kilometres: str | None, on: str = "2021-03-01", danger: str = "life") -> dict[str, Any]:
    return {"on": on, "danger": danger, **({} if kilometres is None else {"kilometres": kilometres})}


def ruled(*journeys: dict[str, Any]) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps({"journeys": journeys}))
    return decide(case, date(2021, 7, 1), SCHEME.parameter_sets["parameters"])


@pytest.mark.parametrize(
    ("kilometres", "amount"),
    [
        ("0.01", "62.78"),
        ("1", "62.78"),
        ("10", "62.78"),
        ("10.00", "62.78"),
        ("10.01", "69.06"),
        ("11", "69.06"),
        ("11.01", "75.34"),
        ("20", "125.58"),
        ("20.01", "130.44"),
        ("21", "130.44"),
        ("21.01", "135.30"),
        ("34.2", "198.48"),
        ("9999.99", "48628.38"),
    ],
)
def test_a_journey_has_a_fixed_amount_and_one_per_started_kilometre(kilometres: str, amount: str) -> None:
    assert ruled(journey(kilometres)).total == Decimal(amount)


@pytest.mark.parametrize(
    ("danger", "outcome"),
    [("life", "granted"), ("lasting-neurological-damage", "granted"), ("none", "refused")],
)
def test_only_a_newborn_in_danger_is_carried_at_the_cost_of_the_insurance(danger: str, outcome: str) -> None:
    assert ruled(journey("12", danger=danger)).outcome == outcome


def test_every_journey_has_its_own_fixed_amount() -> None:
    ruling = ruled(journey("5", on="2021-03-01"), journey("6", on="2021-03-01"))
    assert [(a.amount, a.first) for a in ruling.amounts] == 2 * [(Decimal("62.78"), date(2021, 3, 1))]
    assert ruling.total == Decimal("125.56")


def test_a_journey_without_distance_waits_and_the_others_are_granted() -> None:
    ruling = ruled(journey(None), journey("12", danger="none"))
    assert (ruling.outcome, ruling.total) == ("pending", None)
    assert [(m.field, m.seen) for m in ruling.missing] == [("/journeys/0/kilometres", "none")]
    some = ruled(journey("8"), journey(None))
    assert (some.outcome, some.total) == ("granted", Decimal("62.78"))
    assert [m.field for m in some.missing] == ["/journeys/1/kilometres"]


def test_a_journey_that_gives_nothing_keeps_no_other_from_its_contribution() -> None:
    ruling = ruled(journey("12", danger="none"), journey(None), journey("8"))
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("62.78"))
    assert [m.field for m in ruling.missing] == ["/journeys/1/kilometres"]


@pytest.mark.parametrize(
    ("day", "known"), [("2020-12-31", False), ("2021-01-01", True), ("2021-12-31", True), ("2022-01-01", False)]
)
def test_the_amounts_are_those_of_2021(day: str, known: bool) -> None:
    if known:
        assert ruled(journey("8", on=day)).outcome == "granted"
    else:
        with pytest.raises(ParameterUnknownError) as error:
            ruled(journey("8", on=day))
        assert (error.value.parameter, error.value.on) == ("fixed-amount", day)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30_000), st.integers(1, 5_000))
def test_more_kilometres_never_cost_less(hundredths: int, more: int) -> None:
    near, far = (ruled(journey(f"{Decimal(n) / 100:.2f}")).total for n in (hundredths, hundredths + more))
    assert near is not None
    assert far is not None
    assert near <= far
    assert (far > near) == (-(-(hundredths + more) // 100) > max(-(-hundredths // 100), 10))


@pytest.mark.parametrize(
    ("kilometres", "path", "code"),
    [
        ("0", "/case/journeys/0", "no-distance"),
        ("0.00", "/case/journeys/0", "no-distance"),
        ("-1", "/case/journeys/0/kilometres", "not-a-volume"),
        ("1.001", "/case/journeys/0/kilometres", "not-a-volume"),
    ],
)
def test_what_is_no_distance_is_refused_at_its_place(kilometres: str, path: str, code: str) -> None:
    body = {"case_id": "c", "on": "2021-07-01", "case": {"journeys": [journey(kilometres)]}}
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(body), SCHEME, "partner", b"key")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2021, 1, 1), date(2021, 12, 31)), parameter.name
