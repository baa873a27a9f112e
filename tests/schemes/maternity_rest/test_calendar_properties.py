"""What holds for every maternity calendar, whatever the days:
over five years, around 1 March 2020 and a leap day.
"""

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.maternity_rest import rest as rules
from tegemoet.schemes.maternity_rest.case import DayKind
from tegemoet.schemes.maternity_rest.rest import Rest, plan_rest
from tests.schemes.maternity_rest.builders import birth, read, stay

SET = read_parameters("parameters", (Path(rules.__file__).parent / "parameters" / "parameters.toml").read_text("utf-8"))
FAST = settings(
    max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
ORDER = [
    "prenatal-converted",
    "prenatal-optional",
    "prenatal-compulsory",
    "prenatal-late",
    "between-births",
    "postnatal-compulsory",
    "extension-transfer",
    "extension-partial-activity",
    "extension-multiple",
    "extension-hospital",
]
KINDS: tuple[str, ...] = DayKind.__args__  # type: ignore[attr-defined]
WITH_ACTIVITIES = ("activity-in-partial-removal", "authorised-activity")
EXPECTED = st.dates(date(2018, 1, 1), date(2022, 12, 31))
NEAR = st.sampled_from([-60, -57, -56, -55, -43, -42, -41, -15, -8, -7, -6, -1, 0, 1, 7, 14]) | st.integers(-90, 21)


def plan(**changes: Any) -> Rest:
    return plan_rest(read(**changes), SET)


def later(on: date, days: int) -> date:
    return on + timedelta(days)


def text(on: date) -> str:
    return on.isoformat()


@st.composite
def stays_from(draw: st.DrawFn, on: date) -> list[dict[str, Any]]:
    """Stays of a child born on that day that do not overlap."""
    found, first = [], later(on, draw(st.sampled_from([0, 0, 0, 5, 6, 7, 8])))
    for _ in range(draw(st.integers(0, 3))):
        last = later(first, draw(st.sampled_from([0, 5, 6, 7, 8, 20, 174, 175, 200]) | st.integers(0, 60)))
        place = draw(st.sampled_from(["hospital", "hospital", "rehabilitation"]))
        certified = draw(st.sampled_from([True, True, True, False]))
        found.append(stay(text(first), text(last), place=place, certified=certified, force_majeure=draw(st.booleans())))
        first = later(last, draw(st.sampled_from([1, 1, 2, 9])))
    return found


@st.composite
def histories(draw: st.DrawFn, until: date) -> list[dict[str, Any]]:
    """Days of every kind that end on `until`, with and without gaps, in any order."""
    found, last = [], until
    for _ in range(draw(st.integers(0, 6))):
        first = later(last, -draw(st.sampled_from([0, 1, 6, 29, 60]) | st.integers(0, 40)))
        kind = draw(st.sampled_from(KINDS) | st.sampled_from(["work", "incapacity", "full-work-removal"]))
        past: dict[str, Any] = {"kind": kind, "from": text(first), "until": text(last)}
        if kind in WITH_ACTIVITIES:
            past["activities"] = draw(st.sampled_from([["a"], ["b"], ["a", "b"], ["b", "a"]]))
        if kind == "incapacity":
            past["employer_pays"] = draw(st.booleans())
        if kind == "full-work-removal" and draw(st.booleans()):
            past["wage"] = draw(st.sampled_from(["90.0000", "91.0000"]))
        found.append(past)
        last = later(first, -draw(st.sampled_from([1, 1, 1, 2, 14])))
    return draw(st.permutations(found))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A lawful case for the calendar: the last day of its past is the
    eve of the rest, or later where the rest cuts it.
    """
    expected, multiple = draw(EXPECTED), draw(st.booleans())
    first_birth = later(expected, draw(NEAR))
    births = [
        birth(text(on), stays=draw(stays_from(on)))
        for on in [first_birth] + [later(first_birth, n) for n in draw(st.sampled_from([[], [], [0], [3], [1, 30]]))]
    ]
    compulsory = later(expected, -7)
    worked = first_birth < compulsory and draw(st.booleans())
    if worked:
        births[0]["work_started"] = True
    latest = min(compulsory, later(first_birth, worked))
    asked = draw(st.none() | st.integers(0, 70))
    earliest = min(later(expected, -56 if multiple else -42), latest)
    start = latest if asked is None else max(later(latest, -asked), earliest)
    if worked:
        assume(start >= first_birth)
        start = latest
    if draw(st.integers(0, 9)) == 0 and not worked:
        births = []
        start = min(start, compulsory)
    days = st.none() | st.integers(0, 14)
    separate = {"schedule": [[1, 2, 3, 4, 5], [1, 3]]} if draw(st.booleans()) else None
    return {
        "expected": {"on": text(expected), "multiple": multiple},
        "births": draw(st.permutations(births)),
        "first_day": None if asked is None else text(later(latest, -asked)),
        "history": draw(histories(later(start, -1))),
        "extension": {
            "transfer_days": draw(st.none() | st.integers(0, 49)),
            "multiple_days": draw(days),
            "hospital": draw(st.integers(0, 4)) > 0,
            "separate": separate,
        },
    }


@FAST
@given(cases())
def test_a_rest_has_no_gap_no_overlap_and_its_days_add_up(case: dict[str, Any]) -> None:
    rest = plan(**case)
    assert (rest.first, rest.last) == (rest.segments[0].first, rest.segments[-1].last)
    assert sum(segment.days for segment in rest.segments) == rest.days
    for one, next_ in itertools.pairwise(rest.segments):
        assert ORDER.index(one.kind) <= ORDER.index(next_.kind)
        if one.kind == "prenatal-converted":
            assert later(one.last, 1) <= next_.first
        else:
            assert later(one.last, 1) == next_.first
            assert (one.kind, one.activities) != (next_.kind, next_.activities)
    converted = sum(s.days for s in rest.segments if s.kind == "prenatal-converted")
    assert converted <= 7
    if rest.births:
        compulsory = sum(s.days for s in rest.segments if s.kind == "postnatal-compulsory")
        assert compulsory == 63
        assert rest.separate is None or rest.separate.first == later(rest.last, 1)
    removed = [later(r.first, n) for r in rest.removal for n in range((r.last - r.first).days + 1)]
    held = {later(s.first, n) for s in rest.segments for n in range(s.days)}
    assert not held & set(removed)
    assert len(removed) == len(set(removed))


@FAST
@given(EXPECTED, st.none() | st.integers(0, 35), NEAR, st.booleans())
def test_with_work_or_rest_on_every_day_a_later_birth_never_shortens_the_rest(
    expected: date, optional: int | None, offset: int, several: bool
) -> None:
    rests = []
    for on in (later(expected, offset), later(expected, offset + 1)):
        first = min(later(expected, -7 - (optional or 0)), on)
        history = [{"kind": "work", "from": "2017-01-01", "until": text(later(first, -1))}]
        asked = None if optional is None else text(first)
        births = [birth(text(on))] * (1 + several)
        rests.append(plan(expected={"on": text(expected)}, first_day=asked, births=births, history=history))
    assert rests[1].days >= rests[0].days
    assert rests[1].last >= rests[0].last


@FAST
@given(cases(), st.integers(8, 60))
def test_one_more_day_that_can_be_carried_over_adds_exactly_one_day_until_the_limit(
    case: dict[str, Any], back: int
) -> None:
    assume(case["births"])
    unlimited = case | {"extension": {"hospital": False, "multiple_days": 0}, "history": []}
    bare = plan(**unlimited)
    on = later(bare.births[0], -back)
    assume(on < bare.first)
    limit = 56 if len(bare.births) > 1 else 42
    one = plan(**unlimited | {"history": [{"kind": "work", "from": text(on), "until": text(on)}]})
    assert one.days - bare.days == (back <= limit)
    capped = plan(
        **unlimited | {"history": [{"kind": "work", "from": "2017-01-01", "until": text(later(bare.first, -1))}]}
    )
    most = limit - 7
    added = capped.days - bare.days
    assert added == max(0, min(most, (bare.first - bare.births[0]).days + limit))


@FAST
@given(cases(), st.integers(0, 49))
def test_she_gets_as_many_carried_days_as_she_asks_for_until_there_are_no_more(
    case: dict[str, Any], asked: int
) -> None:
    assume(case["births"])
    extension = case["extension"] | {"separate": None}
    all_, some, one_more = (
        plan(**case | {"extension": extension | {"transfer_days": days}}).days
        for days in (None, asked, min(49, asked + 1))
    )
    assert some <= one_more <= all_
    assert one_more - some == (some < all_ and asked < 49)


@FAST
@given(cases(), st.sampled_from([(7, 0), (8, 1), (21, 14), (174, 167), (175, 168), (176, 168)]), st.integers(0, 6))
def test_a_stay_adds_its_days_beyond_the_seventh_for_every_birth(
    case: dict[str, Any], stayed: tuple[int, int], admitted: int
) -> None:
    assume(case["births"])
    days, added = stayed
    births = [{"on": b["on"], "work_started": b.get("work_started", False)} for b in case["births"]]
    without = case | {"births": births, "extension": {"multiple_days": 0}}
    on = date.fromisoformat(births[0]["on"])
    stays = [stay(text(later(on, admitted)), text(later(on, days - 1)))] if days > admitted else []
    with_stay = without | {"births": [births[0] | {"stays": stays}, *births[1:]]}
    assert plan(**with_stay).days - plan(**without).days == added


@FAST
@given(cases(), st.integers(0, 5), st.integers(0, 60))
def test_two_adjoining_ranges_say_the_same_as_one(case: dict[str, Any], which: int, after: int) -> None:
    assume(case["history"])
    past = case["history"][which % len(case["history"])]
    first, last = date.fromisoformat(past["from"]), date.fromisoformat(past["until"])
    assume(first < last)
    cut = later(first, after % (last - first).days)
    halves = [past | {"until": text(cut)}, past | {"from": text(later(cut, 1))}]
    others = [p for p in case["history"] if p is not past]
    assert plan(**case | {"history": [halves[1], *others, halves[0]]}) == plan(**case)


@FAST
@given(cases())
def test_the_order_in_which_a_case_is_written_changes_nothing(case: dict[str, Any]) -> None:
    turned = case | {"history": case["history"][::-1]}
    assert plan(**turned) == plan(**case)
    births = [b | {"stays": b["stays"][::-1]} for b in case["births"][::-1]]
    again, rest = plan(**case | {"births": births}), plan(**case)
    assert again.segments == rest.segments
    assert again.findings == rest.findings


@FAST
@given(cases(), st.integers(-70, 300))
def test_the_death_of_the_mother_parts_her_rest_and_what_she_had_left(case: dict[str, Any], offset: int) -> None:
    whole_case = case | {"extension": case["extension"] | {"separate": None}}
    whole = plan(**whole_case)
    died = later(date.fromisoformat(case["expected"]["on"]), offset)
    try:
        cut = plan(**whole_case | {"mother_died_on": text(died)})
    except InvalidError:
        assert died < whole.first
        return
    assert cut.last <= died or cut.last == whole.last
    before_birth = sum(s.days for s in whole.segments if s.kind.startswith("prenatal"))
    kept_before_birth = sum(s.days for s in cut.segments if s.kind.startswith("prenatal"))
    assert cut.days + cut.left + before_birth - kept_before_birth == whole.days
