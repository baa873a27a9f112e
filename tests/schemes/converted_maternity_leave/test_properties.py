"""What holds for every converted maternity leave, whatever
the days: over three years and across index steps.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tegemoet.domain.decision import Ruling
from tests.schemes.converted_maternity_leave.builders import in_hospital, mother, ruled
from tests.schemes.maternity_rest.builders import exempt, insured

FAST = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
LONG_AFTER = date(2023, 1, 1)
BIRTHS = st.dates(date(2018, 1, 1), date(2021, 1, 31))  # every ceiling is known until August 2021
LEFT = st.integers(1, 110)


def later(on: date, days: int) -> date:
    return on + timedelta(days)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case that is granted where there is any
    leave: a death, or a stay of eight days at least.
    """
    birth = draw(BIRTHS)
    on = later(birth, draw(st.integers(-3, 60)))
    told: dict[str, Any] = {"days_left": draw(LEFT), "days_used": draw(st.integers(0, 60))}
    until = later(on, draw(st.integers(7, 120)))
    of = draw(st.sampled_from([mother(on=str(on), **told), in_hospital(str(on), str(until), **told)]))
    return {
        "requested_on": str(on),
        "births": [str(birth)],
        "child_home_on": str(later(birth, draw(st.integers(0, 90)))),
        "mother": of,
        "days": draw(st.none() | st.integers(1, 110)),
        "insurability": insured(exempt(became_on=str(later(birth, -30))), None),
    }


def decided(case: dict[str, Any]) -> Ruling:
    return ruled(LONG_AFTER, **case)


def days(ruling: Ruling) -> int:
    return sum(span.days for span in ruling.periods)


@FAST
@given(cases())
def test_a_leave_follows_event_and_birth_and_is_no_longer_than_what_was_left(case: dict[str, Any]) -> None:
    ruling, of = decided(case), case["mother"]
    if ruling.outcome == "refused":
        assert of["event"] == "hospital"  # she was home before it could begin
        return
    (leave,) = ruling.periods
    assert leave.days == (leave.last - leave.first).days + 1 <= of["days_left"]
    assert case["days"] is None or leave.days <= case["days"]
    assert leave.first >= date.fromisoformat(case["child_home_on"])
    on = date.fromisoformat(of["on"])
    if of["event"] == "death":
        assert leave.first > on
    else:
        birth = date.fromisoformat(case["births"][0])
        assert leave.first >= max(on, later(birth, 7))
        assert leave.last <= date.fromisoformat(of["until"])


@FAST
@given(cases())
def test_every_day_from_monday_to_saturday_is_paid_once_and_the_months_add_up(case: dict[str, Any]) -> None:
    ruling = decided(case)
    assume(ruling.periods)
    (leave,) = ruling.periods
    daily = [a for a in ruling.amounts if a.unit == "day" and a.first and a.last]
    paid = [
        (on, a.amount)
        for a in daily
        if a.first and a.last
        for on in (later(a.first, n) for n in range((a.last - a.first).days + 1))
        if on.isoweekday() < 7
    ]
    held = [later(leave.first, n) for n in range(leave.days)]
    assert [on for on, _ in paid] == [on for on in held if on.isoweekday() < 7]
    assert ruling.total == sum(amount for _, amount in paid)
    assert ruling.total == sum(a.amount for a in ruling.amounts if a.kind == "payment")


@FAST
@given(cases())
def test_one_more_day_left_adds_one_day_until_she_comes_home_or_asks_no_more(case: dict[str, Any]) -> None:
    more = case | {"mother": case["mother"] | {"days_left": case["mother"]["days_left"] + 1}}
    now, then = decided(case), decided(more)
    assert now.outcome == then.outcome
    assume(now.periods)
    (leave,) = now.periods
    asked_all = case["days"] is not None and leave.days == case["days"]
    home = str(leave.last) == case["mother"].get("until")
    assert days(then) - days(now) == (not asked_all and not home)


@FAST
@given(cases(), st.integers(1, 10))
def test_a_child_that_comes_home_later_never_makes_the_leave_longer(case: dict[str, Any], more: int) -> None:
    at_home = later(date.fromisoformat(case["child_home_on"]), more)
    assert days(decided(case | {"child_home_on": str(at_home)})) <= days(decided(case))


@FAST
@given(cases(), st.integers(1, 40))
def test_the_more_days_the_mother_had_used_the_less_a_day_may_pay(case: dict[str, Any], more: int) -> None:
    of = case["mother"]
    now, then = decided(case), decided(case | {"mother": of | {"days_used": of["days_used"] + more}})
    assert days(now) == days(then)
    assert (then.total or 0) <= (now.total or 0)
    if of["event"] == "hospital":
        assert then.total == now.total
