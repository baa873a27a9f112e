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
    """A session of which everything is known; a field of None is left out."""
    known = {"individual": True, "by_team": True, "encrypted": True, "video_possible": by == "video", **fields}
    return {"on": on, "minutes": minutes, "by": by, **{k: v for k, v in known.items() if v is not None}}


def reasons(decision: dict[str, Any]) -> list[str]:
    failed = [step["facts"]["reasons"] for step in decision["explanation"] if step["outcome"] == "not-met"]
    return [reason for of_step in failed for reason in of_step]


def fields(decision: dict[str, Any]) -> list[str]:
    return [missing["field"] for missing in decision["missing"]]


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
        ({"by": "telephone", "video_possible": True}, "video-was-possible"),
    ],
)
def test_a_session_that_breaks_a_condition_is_not_billed(changed: dict[str, Any], reason: str) -> None:
    found = decided(sessions=[session(**changed)])
    assert (found["outcome"], found["total"], reasons(found)) == ("refused", None, [reason])


def test_a_refused_session_names_every_condition_that_it_breaks() -> None:
    broken = session(minutes=44, individual=False, by_team=False, encrypted=False)
    assert reasons(decided(sessions=[broken])) == ["too-short", "not-individual", "not-by-the-team", "not-encrypted"]


@pytest.mark.parametrize(
    ("by", "field"),
    [
        ("video", "individual"),
        ("video", "by_team"),
        ("video", "encrypted"),
        ("telephone", "individual"),
        ("telephone", "by_team"),
        ("telephone", "video_possible"),
    ],
)
def test_a_condition_of_which_nothing_is_known_is_asked_and_grants_nothing(by: str, field: str) -> None:
    unknown: dict[str, Any] = {field: None}
    found = decided(sessions=[session(by=by, **unknown)])
    assert (found["outcome"], found["amounts"], fields(found)) == ("pending", [], [f"/sessions/0/{field}"])


def test_a_condition_that_a_broken_one_makes_useless_is_not_asked() -> None:
    found = decided(sessions=[session(minutes=44, individual=None)])
    assert (found["outcome"], fields(found)) == ("refused", [])


def test_the_telephone_serves_where_video_is_impossible_and_needs_no_encryption() -> None:
    assert decided(sessions=[session(by="telephone", encrypted=False)])["total"] == "40.00"
    assert decided(sessions=[session(by="telephone", encrypted=None)])["total"] == "40.00"


def test_one_session_a_day_and_three_a_calendar_week() -> None:
    twice = decided(sessions=[session(), session()])
    assert (twice["total"], reasons(twice)) == ("40.00", ["most-of-a-day"])
    week = [session(day) for day in (SUNDAY, MONDAY, WEDNESDAY, TUESDAY)]
    found = decided(sessions=week)
    assert (found["total"], reasons(found)) == ("120.00", ["most-of-a-week"])
    assert [a["from"] for a in found["amounts"]] == [MONDAY, TUESDAY, WEDNESDAY]
    assert decided(sessions=[*week[1:], session(NEXT_MONDAY)])["total"] == "160.00"


def test_nothing_is_asked_of_a_session_that_cannot_count_whatever_is_told() -> None:
    second = decided(sessions=[session(), session(individual=None)])
    assert (second["outcome"], second["total"], reasons(second)) == ("granted", "40.00", ["most-of-a-day"])
    fourth = decided(
        sessions=[session(day) for day in (MONDAY, TUESDAY, WEDNESDAY)] + [session(THURSDAY, by_team=None)]
    )
    assert (fourth["outcome"], fourth["total"], reasons(fourth)) == ("granted", "120.00", ["most-of-a-week"])
    first = decided(sessions=[session(individual=None), session()])
    assert (first["outcome"], fields(first)) == ("pending", ["/sessions/0/individual"])


def test_a_session_that_breaks_a_condition_is_not_compared_with_the_others() -> None:
    assert reasons(decided(sessions=[session(), session(minutes=44)])) == ["too-short"]


def test_a_session_that_counts_for_nothing_uses_up_nothing() -> None:
    assert decided(sessions=[session(minutes=30), session()])["total"] == "40.00"


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ({"sessions": [session(MONDAY), session(TUESDAY)]}, "/case/sessions/1/on"),
        ({"partial_days": [{"on": TUESDAY, "place": "home", "contact": True}]}, "/case/partial_days/0/on"),
        ({"sessions": [session(MONDAY)], "billed": [{"on": TUESDAY, "code": "101135"}]}, "/case/billed/0/on"),
    ],
)
def test_what_lies_after_the_day_of_the_decision_has_not_happened(case: dict[str, Any], path: str) -> None:
    assert decided(on=TUESDAY, **case)["outcome"] == "granted"
    with pytest.raises(InvalidError) as error:
        decided(on=MONDAY, **case)
    assert [(f.path, f.code) for f in error.value.faults] == [(path, "in-the-future")]


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


SHORTENED = {"distance_kept_in_full_day": False, "needs_more": False}


@pytest.mark.parametrize(
    ("fields", "outcome", "needed"),
    [
        ({"hours": "3.00", **SHORTENED}, "granted", "3"),
        ({"hours": "2.99", **SHORTENED}, "refused", "3"),
        ({"hours": "2.99"}, "refused", "3"),
        ({"hours": "6.99", **SHORTENED, "distance_kept_in_full_day": True}, "refused", "7"),
        ({"hours": "6.99", "distance_kept_in_full_day": True}, "refused", "7"),
        ({"hours": "7.00", "distance_kept_in_full_day": True}, "granted", "7"),
        ({"hours": "6.99", **SHORTENED, "needs_more": True}, "refused", "7"),
        ({"hours": "7.00", "needs_more": True}, "granted", "7"),
        ({"hours": "7.00"}, "granted", "7"),
    ],
)
def test_a_day_in_hospital_lasts_three_hours_where_seven_are_impossible(
    fields: dict[str, Any], outcome: str, needed: str
) -> None:
    found = decided(partial_days=day(**fields))
    assert (found["outcome"], found["explanation"][0]["facts"]["needed"]) == (outcome, needed)


@pytest.mark.parametrize("hours", ["3.00", "6.99"])
@pytest.mark.parametrize("field", [*SHORTENED])
def test_a_shortened_day_is_not_granted_to_who_does_not_claim_it(hours: str, field: str) -> None:
    nothing = decided(partial_days=day(hours=hours))
    assert (nothing["outcome"], fields(nothing)) == ("pending", [f"/partial_days/0/{name}" for name in SHORTENED])
    other: dict[str, Any] = {name: False for name in SHORTENED if name != field}
    one = decided(partial_days=day(hours=hours, **other))
    assert (one["outcome"], fields(one)) == ("pending", [f"/partial_days/0/{field}"])


def test_a_day_at_home_needs_a_contact() -> None:
    assert decided(partial_days=day("home", contact=True))["outcome"] == "granted"
    assert decided(partial_days=day("home", contact=False))["outcome"] == "refused"
    unknown = decided(partial_days=day("home"))
    assert (unknown["outcome"], fields(unknown)) == ("pending", ["/partial_days/0/contact"])


@pytest.mark.parametrize(
    ("place", "facts", "outcomes"),
    [
        ("home", {"contact": True, "medicines": True}, ["met"]),
        ("home", {"contact": True, "medicines": False}, ["not-needed"]),
        ("home", {"contact": True}, []),
        ("home", {"contact": False, "medicines": True}, []),
        ("hospital", {"hours": "7.00"}, ["met"]),
        ("hospital", {"hours": "2.00"}, []),
    ],
)
def test_the_personal_share_of_medicines_is_charged_for_a_day_that_counts(
    place: str, facts: dict[str, Any], outcomes: list[str]
) -> None:
    found = decided(partial_days=day(place, **facts))
    assert [s["outcome"] for s in found["explanation"] if s["rule"] == "medicine-share"] == outcomes


AT_HOME = ("101135", "101894", "101916", "101931", "101953", "101975")
IN_HOSPITAL = (*AT_HOME, "101872")


WHOLE: dict[str, dict[str, Any]] = {"home": {"contact": True}, "hospital": {"hours": "3.00", **SHORTENED}}


def billed(code: str, place: str, **case: Any) -> tuple[str, str]:
    """How the code is found, and the outcome of a decision whose day of itself is granted."""
    found = decided(partial_days=day(place, **WHOLE[place]), billed=[{"on": WEDNESDAY, "code": code}], **case)
    (step,) = [step for step in found["explanation"] if step["rule"] == "code"]
    return step["outcome"], found["outcome"]


def test_the_codes_that_are_not_billed_on_such_a_day() -> None:
    assert {billed(code, "home", regular_psychotherapy=False) for code in AT_HOME} == {("not-met", "granted")}
    assert {billed(code, "hospital") for code in IN_HOSPITAL} == {("not-met", "granted")}
    for place, article in (("home", "article 6bis"), ("hospital", "article 6ter")):
        found = decided(partial_days=day(place, **WHOLE[place]), billed=[{"on": WEDNESDAY, "code": "101135"}])
        assert [s["source"]["article"] for s in found["explanation"] if s["rule"] == "code"] == [article]


@pytest.mark.parametrize(("code", "place"), [("101872", "home"), ("102771", "hospital"), ("999999", "hospital")])
def test_a_code_that_is_not_listed_is_not_forbidden_and_not_allowed_either(code: str, place: str) -> None:
    assert billed(code, place) == ("not-needed", "granted")
    none = decided(partial_days=day("home", contact=False), billed=[{"on": WEDNESDAY, "code": code}])
    assert none["outcome"] == "refused"


def test_codes_alone_leave_nothing_to_decide() -> None:
    with pytest.raises(InvalidError) as error:
        decided(billed=[{"on": WEDNESDAY, "code": "999999"}])
    assert [(f.path, f.code) for f in error.value.faults] == [("/case", "nothing-to-decide")]


def test_a_code_is_forbidden_on_billed_days_in_hospital_and_on_every_day_at_home() -> None:
    closed = [{"on": WEDNESDAY, "code": "101135"}]
    for facts, outcome in (
        ({"place": "hospital", "hours": "2.00"}, "not-needed"),
        ({"place": "hospital", "hours": "3.00"}, "unknown"),
        ({"place": "home", "contact": False}, "not-met"),
        ({"place": "home"}, "not-met"),
    ):
        found = decided(billed=closed, partial_days=day(**facts))
        assert [s["outcome"] for s in found["explanation"] if s["rule"] == "code"] == [outcome], facts
    other = decided(billed=[{"on": THURSDAY, "code": "101135"}], partial_days=day("home", contact=True))
    assert [s["outcome"] for s in other["explanation"] if s["rule"] == "code"] == ["not-needed"]


def test_psychotherapy_at_home_goes_on_for_who_had_it_regularly() -> None:
    assert billed("101916", "home", regular_psychotherapy=True) == ("met", "granted")
    assert billed("101916", "hospital", regular_psychotherapy=True) == ("not-met", "granted")
    assert billed("101135", "home", regular_psychotherapy=True) == ("not-met", "granted")
    assert billed("101916", "home", regular_psychotherapy=False) == ("not-met", "granted")
    assert billed("101916", "home") == ("unknown", "pending")
    twice = [{"on": WEDNESDAY, "code": "101916"}, {"on": THURSDAY, "code": "101916"}]
    both = [*day("home", contact=True), {"on": THURSDAY, "place": "home", "contact": True}]
    assert fields(decided(partial_days=both, billed=twice)) == ["/regular_psychotherapy"]


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
        assert parameter.final, parameter.name
