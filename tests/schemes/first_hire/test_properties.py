"""What holds for every technical business unit: the sweep says what counting day by day says."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemes.first_hire.builders import employed, found, ruled

HIRED_ON = date(2022, 6, 1)
FIRST = date(2021, 6, 1)
FAST = settings(max_examples=80, deadline=None)


@st.composite
def employments(draw: st.DrawFn) -> dict[str, Any]:
    """A stay of one of a few workers, short or long, near a border or not, open or not."""
    first = FIRST + timedelta(
        draw(st.sampled_from([-400, -6, -5, -1, 0, 1, 359, 360, 361, 364]) | st.integers(-30, 365))
    )
    length = draw(st.none() | st.sampled_from([0, 1, 4, 5, 6]) | st.integers(0, 500))
    last = None if length is None else (first + timedelta(length)).isoformat()
    return employed(draw(st.sampled_from(["w1", "w2", "w3", "w4", "new"])), first.isoformat(), last)


STAFF = st.lists(employments(), max_size=8)


def present(staff: list[dict[str, Any]], day: date) -> int:
    text = day.isoformat()
    return len({e["worker"] for e in staff if e["from"] <= text <= e.get("until", "9999-12-31")})


IDLE = st.sets(st.integers(-5, 370), max_size=40) | st.just({n for n in range(365) if n % 7 > 4})
"""Days without work, counted from the first of the period; also every Saturday and Sunday."""


@FAST
@given(STAFF, IDLE)
def test_the_sweep_finds_what_counting_every_day_finds(staff: list[dict[str, Any]], without_work: set[int]) -> None:
    idle = {FIRST + timedelta(n) for n in without_work}
    ruling = ruled(*staff, days_without_work=sorted(day.isoformat() for day in idle))
    days = [FIRST + timedelta(n) for n in range((HIRED_ON - FIRST).days)]
    ranked = sorted((day for day in days if day not in idle), key=lambda day: (-present(staff, day), day))
    left_out = sorted(day for day in ranked[:5] if present(staff, day))
    highest = present(staff, ranked[5])
    assert found(ruling, "days-left-out").facts == {
        "days": [day.isoformat() for day in left_out],
        "headcounts": [present(staff, day) for day in left_out],
        "number": len(left_out),
    }
    reference = found(ruling, "reference-period").facts
    assert reference["highest"] == highest
    assert reference["day"] == (ranked[5].isoformat() if highest else None)
    after = present([*staff, employed("new", "2022-06-01")], HIRED_ON)
    assert (ruling.outcome == "granted") == (after > highest)


@FAST
@given(STAFF, st.randoms(use_true_random=False))
def test_the_order_of_employments_is_irrelevant(staff: list[dict[str, Any]], chance: Any) -> None:
    mixed = list(staff)
    chance.shuffle(mixed)
    assert ruled(*mixed) == ruled(*staff)


@FAST
@given(STAFF, employments(), st.integers(0, 400))
def test_splitting_an_employment_changes_nothing(staff: list[dict[str, Any]], one: dict[str, Any], after: int) -> None:
    cut = date.fromisoformat(one["from"]) + timedelta(after)
    if cut.isoformat() >= one.get("until", "9999-12-31"):
        return
    parts = [{**one, "until": cut.isoformat()}, {**one, "from": (cut + timedelta(1)).isoformat()}]
    whole, split = ruled(*staff, one), ruled(*staff, *parts)
    for ruling in (whole, split):
        found(ruling, "reference-period").facts.pop("employments")
    assert split == whole


@FAST
@given(STAFF, employments())
def test_one_more_employment_in_the_past_never_makes_a_hire_new(
    staff: list[dict[str, Any]], one: dict[str, Any]
) -> None:
    past = {**one, "from": "2021-01-01", "until": "2022-05-31"}
    if ruled(*staff).outcome == "refused":
        assert ruled(*staff, past).outcome == "refused"
