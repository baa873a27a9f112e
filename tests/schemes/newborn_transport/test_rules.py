"""The transport of newborns in danger: both sides of every kilometre that changes the amount."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.decision import Finding, Phrase, Ruling
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.newborn_transport import SCHEME
from tegemoet.schemes.newborn_transport.rules import decide


def journey(kilometres: str | None, on: str = "2021-03-01", danger: str = "life") -> dict[str, Any]:
    return {"on": on, "danger": danger, **({} if kilometres is None else {"kilometres": kilometres})}


def ruled(*journeys: dict[str, Any], on: str = "2022-07-01") -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps({"journeys": journeys}))
    return decide(case, date.fromisoformat(on), SCHEME.parameter_sets["parameters"])


def amount_of(kilometres: str) -> Finding:
    return ruled(journey(kilometres)).findings[-1]


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
    assert [(m.field, m.needed, m.seen) for m in ruling.missing] == [
        ("/journeys/0/kilometres", Phrase("distance"), Phrase("nothing"))
    ]
    some = ruled(journey("8"), journey(None))
    assert (some.outcome, some.total) == ("granted", Decimal("62.78"))
    assert [m.field for m in some.missing] == ["/journeys/1/kilometres"]


def test_a_journey_that_gives_nothing_keeps_no_other_from_its_contribution() -> None:
    ruling = ruled(journey("12", danger="none"), journey(None), journey("8"))
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("62.78"))
    assert [m.field for m in ruling.missing] == ["/journeys/1/kilometres"]


@pytest.mark.parametrize(
    ("kilometres", "text"),
    [
        ("8.00", "Rit 1 (8 km): 62,78 EUR, het vaste bedrag."),
        ("11", "Rit 1 (11 km): 69,06 EUR, het vaste bedrag van 62,78 EUR + 1 × 6,28 EUR."),
        ("20.5", "Rit 1 (20,5 km): 130,44 EUR, het vaste bedrag van 62,78 EUR + 10 × 6,28 EUR + 1 × 4,86 EUR."),
    ],
)
def test_kilometres_that_cost_nothing_more_are_not_mentioned(kilometres: str, text: str) -> None:
    finding = amount_of(kilometres)
    assert SCHEME.texts.render(finding.rule, finding.outcome, finding.facts, "nl") == text


@pytest.mark.parametrize(("on", "outcome"), [("2021-02-28", "pending"), ("2021-03-01", "pending")])
def test_a_journey_to_come_waits(on: str, outcome: str) -> None:
    ruling = ruled(journey(None), on=on)
    assert ruling.outcome == outcome
    (missing,) = ruling.missing
    if on < "2021-03-01":
        assert (missing.rule, missing.field) == ("journey-to-come", "on")
        assert (missing.needed, missing.seen) == (
            Phrase("on-or-after", {"day": "2021-03-01"}),
            Phrase("day", {"day": "2021-02-28"}),
        )
        assert [finding.rule for finding in ruling.findings] == ["journey-to-come"]
    else:
        assert missing.rule == "distance"


def test_a_journey_told_as_made_on_a_later_day_is_rejected() -> None:
    assert ruled(journey("8"), on="2021-03-01").outcome == "granted"
    with pytest.raises(InvalidError) as error:
        ruled(journey("8", on="2021-02-01"), journey("8"), on="2021-02-28")
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("/case/journeys/1/on", "in-the-future")]


def test_a_journey_to_come_keeps_no_other_from_its_contribution() -> None:
    ruling = ruled(journey("8", on="2021-02-28"), journey(None), on="2021-02-28")
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("62.78"))
    assert [m.rule for m in ruling.missing] == ["journey-to-come"]


def test_the_amounts_of_another_year_can_be_supplied() -> None:
    days = {"from": "2022-01-01", "until": "2022-12-31", "source": "the institute"}
    supplied = [
        {"parameter": "fixed-amount", "value": "64.00", **days},
        {"parameter": "last-kilometre", "key": {"band": "fixed"}, "value": "10", **days},
        {"parameter": "last-kilometre", "key": {"band": "near"}, "value": "20", **days},
        {"parameter": "per-kilometre", "key": {"band": "near"}, "value": "6.40", **days},
        {"parameter": "per-kilometre", "key": {"band": "far"}, "value": "5.00", **days},
    ]
    body = {"case_id": "c", "on": "2022-07-01", "case": {"journeys": [journey("21", on="2022-03-01")]}}
    line = orjson.dumps({**body, "supplied": supplied})
    decision = orjson.loads(decide_line(line, SCHEME, "partner", b"key").decision)
    assert (decision["total"], len(decision["values"])) == ("133.00", 5)


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
