"""What holds for every employee in incapacity, whatever the days and the wage."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemes.incapacity_supplement.builders import days, of_rule, ruled

FIRST = date(2020, 3, 16)
"""First day of the incapacity; the first year ends on 15 March 2021."""
WAGES = st.integers(1, 1_400_000).map(lambda units: f"{Decimal(units) / 10_000:.4f}")
MINIMA = st.none() | st.integers(0, 9000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
FAST = settings(max_examples=60, deadline=None)


SEVENTH_MONTH = 184
"""Days from the first day of the incapacity to that of its seventh month, 16 September 2020."""


def told(last: int, minimum: str | None) -> dict[str, object]:
    """A minimum, for days before the seventh month; else the household with the lowest one."""
    if last >= SEVENTH_MONTH:
        return {"regular_worker": False, "household": "cohabiting"}
    return {} if minimum is None else {"minimum": minimum}


def span(first: int, last: int, more: dict[str, object]) -> dict[str, object]:
    return days((FIRST + timedelta(first)).isoformat(), (FIRST + timedelta(last)).isoformat(), **more)


@FAST
@given(WAGES, MINIMA, st.integers(0, 380), st.integers(1, 60), st.data())
def test_splitting_a_period_changes_nothing(
    wage: str, minimum: str | None, first: int, length: int, data: st.DataObject
) -> None:
    cut, more = data.draw(st.integers(first, first + length - 1)), told(first + length, minimum)
    whole = ruled(lost_wage=wage, days=[span(first, first + length, more)], on="2021-08-01")
    halves = [span(cut + 1, first + length, more), span(first, cut, more)]
    assert ruled(lost_wage=wage, days=halves, on="2021-08-01") == whole


@FAST
@given(WAGES, MINIMA, st.integers(0, 420))
def test_benefit_and_supplement_keep_within_the_bounds_of_the_law(wage: str, minimum: str | None, day: int) -> None:
    ruling = ruled(lost_wage=wage, days=[span(day, day, told(day, minimum))], on="2021-08-01")
    adds = any(Decimal(str(found.facts["supplement"])) for found in of_rule(ruling, "amount-per-day"))
    assert ruling.outcome == ("granted" if adds else "refused")
    assert bool(of_rule(ruling, "amount-per-day")) == (Decimal(wage) < Decimal("132.9990") and day < 365)
    for found in of_rule(ruling, "amount-per-day"):
        benefit, supplement, total = (Decimal(str(found.facts[name])) for name in ("benefit", "supplement", "total"))
        assert supplement >= 0
        assert benefit + supplement == total
        if day <= 290 and (minimum is None or day >= SEVENTH_MONTH):  # until 31 December 2020
            assert Decimal("61.22") <= total <= Decimal("79.80")
        if day > 290:
            assert total <= max(benefit, Decimal(wage).quantize(Decimal("0.01"), "ROUND_HALF_UP"))


@FAST
@given(st.integers(1, 1_329_989), st.integers(1, 50_000), st.integers(0, 364))
def test_a_higher_wage_never_gives_a_lower_total(units: int, more: int, day: int) -> None:
    def total(of: int) -> Decimal:
        (found,) = of_rule(
            ruled(lost_wage=f"{Decimal(of) / 10_000:.4f}", days=[span(day, day, told(day, None))], on="2021-08-01"),
            "amount-per-day",
        )
        return Decimal(str(found.facts["total"]))

    assert total(min(units + more, 1_329_989)) >= total(units)
