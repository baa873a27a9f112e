"""Remote sessions, partial hospitalisation and codes of a
psychiatric hospital from 1 July to 31 December 2020.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, SUNDAY, NEXT_MONDAY = (
    "2020-11-02",
    "2020-11-03",
    "2020-11-04",
    "2020-11-05",
    "2020-11-08",
    "2020-11-09",
)


def decided(on: str = "2020-12-31", **case: Any) -> dict[str, Any]:
    line = {"case_id": "case-1", "on": on, "case": case}
    found: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line), scheme_named("psychiatric-day-care"), "partner", b"key").decision
    )
    return found


def session(on: str = TUESDAY, minutes: int = 45, by: str = "video", **fields: Any) -> dict[str, Any]:
    return {"on": on, "minutes": minutes, "by": by, **fields}


def reasons(decision: dict[str, Any]) -> list[str]:
    return [step["facts"]["reason"] for step in decision["explanation"] if step["outcome"] == "not-met"]


def test_a_session_of_45_minutes_is_worth_40_euro() -> None:
    found = decided(sessions=[session()])
    assert (found["outcome"], found["total"]) == ("granted", "40.00")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"minutes": 44}, "too-short"),
        ({"individual": False}, "not-individual"),
        ({"by_team": False}, "not-by-the-team"),
        ({"encrypted": False}, "not-encrypted"),
        ({"by": "telephone"}, "video-was-possible"),
    ],
)
def test_a_session_that_breaks_a_condition_is_not_billed(changed: dict[str, Any], reason: str) -> None:
    found = decided(sessions=[session(**changed)])
    assert (found["outcome"], found["total"], reasons(found)) == ("refused", "0.00", [reason])


def test_the_telephone_serves_where_video_is_impossible_and_needs_no_encryption() -> None:
    assert decided(sessions=[session(by="telephone", video_possible=False, encrypted=False)])["total"] == "40.00"


def test_one_session_a_day_and_three_a_calendar_week() -> None:
    twice = decided(sessions=[session(), session()])
    assert (twice["total"], reasons(twice)) == ("40.00", ["most-of-a-day"])
    week = [session(day) for day in (SUNDAY, MONDAY, WEDNESDAY, TUESDAY)]
    found = decided(sessions=week)
    assert (found["total"], reasons(found)) == ("120.00", ["most-of-a-week"])
    assert [a["from"] for a in found["amounts"]] == [MONDAY, TUESDAY, WEDNESDAY]
    assert decided(sessions=[*week[1:], session(NEXT_MONDAY)])["total"] == "160.00"


def test_a_session_that_counts_for_nothing_uses_up_nothing() -> None:
    assert decided(sessions=[session(minutes=30), session()])["total"] == "40.00"


def test_a_session_still_to_be_held_waits() -> None:
    assert decided(on=TUESDAY, sessions=[session()])["outcome"] == "granted"
    assert decided(on=MONDAY, sessions=[session()])["outcome"] == "pending"
    two = decided(on=MONDAY, sessions=[session(), session(WEDNESDAY)])
    assert [m["needed"] for m in two["missing"]] == [f"a day from {TUESDAY}", f"a day from {WEDNESDAY}"]


@pytest.mark.parametrize(
    ("day", "known"), [("2020-06-30", False), ("2020-07-01", True), ("2020-12-31", True), ("2021-01-01", False)]
)
def test_the_amendments_hold_from_july_to_december_2020(day: str, known: bool) -> None:
    if known:
        assert decided(on="2021-02-01", sessions=[session(day)])["total"] == "40.00"
    else:
        with pytest.raises(ParameterUnknownError):
            decided(on="2021-02-01", sessions=[session(day)])


def day(place: str = "hospital", **fields: Any) -> list[dict[str, Any]]:
    return [{"on": WEDNESDAY, "place": place, **fields}]


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"hours": "3.00"}, "granted"),
        ({"hours": "2.99"}, "refused"),
        ({"hours": "6.99", "distance_kept_in_full_day": True}, "refused"),
        ({"hours": "7.00", "distance_kept_in_full_day": True}, "granted"),
        ({"hours": "6.99", "needs_more": True}, "refused"),
        ({"hours": "7.00", "needs_more": True}, "granted"),
    ],
)
def test_a_day_in_hospital_lasts_three_hours_where_seven_are_impossible(fields: dict[str, Any], outcome: str) -> None:
    assert decided(partial_days=day(**fields))["outcome"] == outcome


def test_a_day_at_home_needs_a_contact() -> None:
    assert decided(partial_days=day("home", contact=True))["outcome"] == "granted"
    assert decided(partial_days=day("home"))["outcome"] == "refused"


AT_HOME = ("101135", "101894", "101916", "101931", "101953", "101975")
IN_HOSPITAL = (*AT_HOME, "101872")


def billed(code: str, place: str, **case: Any) -> str:
    fields = {"contact": True} if place == "home" else {"hours": "3.00"}
    found = decided(partial_days=day(place, **fields), billed=[{"on": WEDNESDAY, "code": code}], **case)
    (step,) = [step for step in found["explanation"] if step["rule"] == "code"]
    outcome: str = step["outcome"]
    return outcome


def test_the_codes_that_are_not_billed_on_such_a_day() -> None:
    assert {billed(code, "home") for code in AT_HOME} == {"not-met"}
    assert {billed(code, "hospital") for code in IN_HOSPITAL} == {"not-met"}
    for place, article in (("home", "article 6bis"), ("hospital", "article 6ter")):
        whole = {"contact": True} if place == "home" else {"hours": "3.00"}
        found = decided(partial_days=day(place, **whole), billed=[{"on": WEDNESDAY, "code": "101135"}])
        assert [s["source"]["article"] for s in found["explanation"] if s["rule"] == "code"] == [article]
    assert billed("101872", "home") == "met"
    assert billed("102771", "hospital") == "met"


def test_a_code_that_may_be_billed_is_enough_for_a_grant() -> None:
    code = [{"on": WEDNESDAY, "code": "102771"}]
    assert decided(billed=code)["outcome"] == "granted"
    assert decided(billed=code, partial_days=day(hours="2.00"))["outcome"] == "granted"
    closed = [{"on": WEDNESDAY, "code": "101135"}]
    assert decided(billed=closed, partial_days=day(hours="2.00"))["outcome"] == "refused"
    assert decided(billed=closed)["outcome"] == "granted"


def test_psychotherapy_at_home_goes_on_for_who_had_it_regularly() -> None:
    assert billed("101916", "home", regular_psychotherapy=True) == "met"
    assert billed("101916", "hospital", regular_psychotherapy=True) == "not-met"
    assert billed("101135", "home", regular_psychotherapy=True) == "not-met"


def test_a_case_that_cannot_be_is_refused_at_its_field() -> None:
    for case, path, code in (
        ({}, "/case", "nothing-to-decide"),
        ({"partial_days": day(hours="3.00") * 2}, "/case", "given-twice"),
        ({"partial_days": day()}, "/case/partial_days/0", "hours-in-hospital"),
        ({"partial_days": day("home", hours="3.00")}, "/case/partial_days/0", "hours-in-hospital"),
    ):
        with pytest.raises(InvalidError) as error:
            decided(**case)  # type: ignore[arg-type]
        assert [(f.path, f.code) for f in error.value.faults] == [(path, code)]


def test_every_value_holds_on_its_days() -> None:
    for parameter in scheme_named("psychiatric-day-care").parameter_sets["parameters"].parameters:
        assert (parameter.first, parameter.last) == (date(2020, 7, 1), date(2020, 12, 31)), parameter.name
