"""What holds for every self-employed person in
incapacity, whatever the days and the other benefits.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemes.crisis_supplement.builders import BEFORE, benefit, ruled
from tests.schemes.incapacity_supplement.builders import days, of_rule

FIRST = date(2020, 3, 16)
OFFSETS = st.integers(0, 300)
CENTS = st.integers(0, 6000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
FAST = settings(max_examples=50, deadline=None)


def span(first: int, last: int, **more: Any) -> dict[str, Any]:
    return days((FIRST + timedelta(first)).isoformat(), (FIRST + timedelta(last)).isoformat(), **more)


@st.composite
def dated(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(OFFSETS)
    return span(first, first + draw(st.integers(0, 40)))


@FAST
@given(st.lists(dated(), max_size=3), st.lists(dated(), max_size=3), CENTS, OFFSETS, st.integers(1, 60), st.data())
def test_splitting_a_period_changes_nothing(
    late: list[Any], unemployed: list[Any], other: str, first: int, length: int, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(["primary", "invalidity-without-stop", "invalidity-with-stop"]))
    reduced = data.draw(st.sampled_from(["0", "10", "33.33", "100"]))
    cut = data.draw(st.integers(first, first + length - 1))

    def part(begin: int, end: int) -> dict[str, Any]:
        return span(begin, end, benefit=kind, household="cohabiting")

    def decided(parts: list[dict[str, Any]]) -> Any:
        return ruled(
            on="2021-06-01",
            incapacity_from=BEFORE if kind != "primary" else None,
            stops=[span(0, 400, notified=True)],
            days=parts,
            reductions=[span(20, 90, percentage=reduced)],
            late_declaration=late,
            temporary_unemployment=unemployed,
            other_benefits=[span(0, 200, kind="pension", amount=other)],
        )

    whole = decided([part(first, first + length)])
    assert decided([part(cut + 1, first + length), part(first, cut)]) == whole


@FAST
@given(CENTS, CENTS, st.booleans())
def test_more_of_another_benefit_never_leaves_more(one: str, two: str, late: bool) -> None:
    def left(other: str) -> Decimal:
        april = days("2020-04-01", "2020-04-30")
        ruling = ruled(
            other_benefits=[{**april, "kind": "pension", "amount": other}], late_declaration=[april] if late else []
        )
        (found,) = of_rule(ruling, "amount-per-day")
        benefit_left, supplement, total = (Decimal(str(found.facts[n])) for n in ("benefit", "supplement", "total"))
        assert benefit_left >= 0
        assert supplement >= 0
        assert total == benefit_left + supplement
        return total

    less, more = sorted((one, two), key=Decimal)
    assert left(more) <= left(less) <= Decimal("49.68")


@FAST
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_the_order_of_stops_is_irrelevant_and_only_their_days_are_paid(
    spans: list[tuple[int, int]], chance: Any
) -> None:
    stops, after = [], 0
    for gap, length in spans:
        stops.append(span(after + gap, after + gap + length, notified=True))
        after += gap + length + 1
    mixed = list(stops)
    chance.shuffle(mixed)
    fields: dict[str, Any] = {"incapacity_from": BEFORE, "days": [benefit("2020-03-16", "2020-12-31")]}
    ruling = ruled(on="2021-06-01", stops=stops, **fields)
    assert ruled(on="2021-06-01", stops=mixed, **fields) == ruling
    if ruling.total is not None:
        within = {
            date.fromisoformat(stop["from"]) + timedelta(offset)
            for stop in stops
            for offset in range((date.fromisoformat(stop["until"]) - date.fromisoformat(stop["from"])).days + 1)
        }
        for paid in ruling.periods:
            assert {paid.first, paid.last} <= within
