"""Who is entitled to maternity rest: every limit on both sides, every answer
that is still missing (sections I, II, IV, V and X).
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tegemoet.domain.decision import Finding, Ruling
from tegemoet.domain.parameters import Parameter, Source
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.maternity_rest import SCHEME
from tegemoet.schemes.maternity_rest.entitlement import Judgement, judge_insurability
from tests.schemes.maternity_rest.builders import (
    CHILD,
    ON,
    activity,
    birth,
    case,
    day,
    exempt,
    in_hours,
    insured,
    opening,
    past,
    read,
    reduced,
    retention,
    said,
    stay,
)

PARAMETERS = SCHEME.choose(None, SCHEME.parameter_sets)
FIRST = "2020-07-11"
"""First day of rest of the case that `case` builds: its quarter is the third of 2020."""
REACHED = {"needed": "3000.00", "seen": "3000.00"}
NOT_REACHED = {"needed": "3000.00", "seen": "2999.99"}


def decide(on: date = ON, **changes: Any) -> Ruling:
    return SCHEME.decide(read(**changes), on, PARAMETERS)


def with_opening(way: dict[str, Any], by: dict[str, Any] | None = None) -> Ruling:
    return decide(insurability=insured(way, retention() if by is None else by))


def with_retention(by: dict[str, Any] | None, **changes: Any) -> Ruling:
    return decide(insurability=insured(retention=by), **changes)


def with_quality(kind: str, **fields: Any) -> Ruling:
    return decide(quality={"kind": kind, **fields})


def found(ruling: Ruling, rule: str) -> Finding:
    (finding,) = [f for f in ruling.findings if f.rule == rule]
    return finding


def outcomes(ruling: Ruling, rule: str) -> tuple[str, str]:
    """The outcome of the case and that of one rule, which asks for something unless it is met."""
    outcome = found(ruling, rule).outcome
    assert bool(asked(ruling, rule)) is (outcome in ("not-met", "unknown"))
    return ruling.outcome, outcome


def asked(ruling: Ruling, rule: str) -> list[tuple[str, str, str]]:
    return [(m.field, *said(m)) for m in ruling.missing if m.rule == rule]


MET, FAILED, OPEN = ("granted", "met"), ("refused", "not-met"), ("pending", "unknown")


# --- I. quality -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "basis",
    [
        "contract",
        "similar-conditions",
        "irregular-termination",
        "staff-representative-termination",
        "union-delegate-termination",
        "termination-by-agreement",
        "commercial-agent-eviction",
        "non-solicitation-agreement",
    ],
)
def test_every_basis_of_an_employee_is_a_quality(basis: str) -> None:
    ruling = with_quality("employee", basis=basis)
    assert outcomes(ruling, "quality") == MET
    facts = {"kind": "employee", "basis": basis, "from": FIRST, "until": None}
    assert found(ruling, "quality").facts == facts


@pytest.mark.parametrize(("born", "rest", "expected"), [(2002, FIRST, None), (2001, FIRST, "2019-12-31")])
def test_an_apprentice_is_an_employee_until_the_end_of_the_year_of_her_18th_birthday(
    born: int, rest: str, expected: str | None
) -> None:
    ruling = with_quality("employee", basis="apprentice", birth_year=born)
    assert found(ruling, "quality").facts["until"] == expected
    assert ruling.outcome == ("granted" if expected is None else "refused")


def test_the_quality_of_an_apprentice_lasts_through_31_december_plus_thirty_days() -> None:
    winter: dict[str, Any] = {
        "expected": {"on": "2021-02-07"},
        "births": [birth("2021-02-07")],
        "history": [],
        "quality": {"kind": "employee", "basis": "apprentice", "birth_year": 2002},
        "insurability": insured(exempt(became_on="2020-09-01")),
    }
    on_time = decide(first_day="2021-01-31", **winter)
    assert outcomes(on_time, "thirty-days") == MET
    assert found(on_time, "thirty-days").facts == {
        "days": 30,
        "most": 30,
        "last": "2020-12-31",
        "from": "2021-01-31",
    }
    winter |= {"expected": {"on": "2021-02-08"}, "births": [birth("2021-02-08")]}
    assert outcomes(decide(first_day="2021-02-01", **winter), "thirty-days") == FAILED
    earlier = decide(first_day="2020-12-31", **winter)
    assert found(earlier, "quality").facts["until"] is None
    winter["quality"] |= {"until": "2020-12-30"}
    assert found(decide(first_day="2020-12-31", **winter), "quality").facts["until"] == "2020-12-30"


RESTING: dict[str, Any] = {"rest_from": "2020-05-04", "since_fifth_month": True}


def test_who_rests_does_so_from_the_fifth_month_at_the_earliest() -> None:
    pay = {"interruption_wage": {"amount": "100.0000"}}

    def rests(**changes: Any) -> Ruling:
        facts = {name: value for name, value in (RESTING | changes).items() if value is not None}
        return decide(quality={"kind": "resting-since-fifth-month", **facts}, pay=pay)

    assert outcomes(rests(), "fifth-month") == MET
    assert found(rests(), "fifth-month").facts == {"rest_from": "2020-05-04"}
    assert outcomes(rests(rest_from=FIRST), "fifth-month") == MET
    assert outcomes(rests(since_fifth_month=False), "fifth-month") == FAILED
    needed = "a statement of a doctor or midwife: interrupted in the fifth month of pregnancy or later"
    assert asked(rests(since_fifth_month=False), "fifth-month") == [("quality/since_fifth_month", needed, "no")]
    unproven = rests(since_fifth_month=None)
    assert outcomes(unproven, "fifth-month") == OPEN
    assert asked(unproven, "fifth-month") == [("quality/since_fifth_month", needed, "nothing")]
    undated = rests(rest_from=None)
    assert outcomes(undated, "fifth-month") == OPEN
    assert asked(undated, "fifth-month") == [("quality/rest_from", "the day on which you interrupted work", "nothing")]
    with pytest.raises(InvalidError) as error:
        rests(rest_from=day(FIRST, 1))
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/quality/rest_from", "after-first-day")]


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        ("2020-07-10", MET),  # a Friday: Monday is the first working day
        ("2020-07-11", MET),
        ("2020-07-09", FAILED),  # a Thursday: Friday is, and the rest begins on Saturday
    ],
)
def test_after_continued_insurance_the_protection_begins_by_the_first_working_day(
    ended: str, outcome: tuple[str, str]
) -> None:
    ruling = with_quality("after-continued-insurance", ended_on=ended, earlier_quality=True)
    assert outcomes(ruling, "first-working-day") == outcome
    latest = "2020-07-10" if outcome == FAILED else "2020-07-13"
    assert found(ruling, "first-working-day").facts == {"began": FIRST, "latest": latest, "ended_on": ended}
    if outcome == FAILED:
        seen = ("quality/ended_on", "protection that begins on 2020-07-10 at the latest", "protection from 2020-07-11")
        assert asked(ruling, "first-working-day") == [seen]


def test_a_public_holiday_is_no_working_day() -> None:
    # after Monday 20 July comes the national holiday, after Sunday 19 July a working day
    summer: dict[str, Any] = {
        "expected": {"on": "2020-07-29"},
        "births": [birth("2020-07-29")],
        "first_day": "2020-07-22",
        "history": [],
    }
    quality = {"kind": "after-continued-insurance", "earlier_quality": True}
    assert outcomes(decide(quality=quality | {"ended_on": "2020-07-20"}, **summer), "first-working-day") == MET
    assert outcomes(decide(quality=quality | {"ended_on": "2020-07-19"}, **summer), "first-working-day") == FAILED


@pytest.mark.parametrize(
    ("kind", "fields", "began"),
    [
        ("full-work-removal", {}, "2020-05-04"),
        ("activity-in-partial-removal", {"activities": ["office"]}, "2020-05-04"),
        ("incapacity", {}, FIRST),
        ("work", {}, FIRST),
    ],
)
def test_work_removal_protects_after_continued_insurance_and_no_transition_benefit(
    kind: str, fields: dict[str, Any], began: str
) -> None:
    history = [past(kind, "2020-05-04", "2020-07-10", **fields)]
    on_time = [birth("2020-07-18")]
    ended = {"ended_on": "2020-05-03"}
    continued = decide(
        quality={"kind": "after-continued-insurance", "earlier_quality": True, **ended}, history=history, births=on_time
    )
    assert found(continued, "first-working-day").facts["began"] == began
    assert outcomes(continued, "first-working-day") == (MET if began == "2020-05-04" else FAILED)
    transition = decide(quality={"kind": "after-transition-benefit", **ended}, history=history, births=on_time)
    assert outcomes(transition, "first-working-day") == FAILED
    assert found(transition, "first-working-day").facts["began"] == FIRST


def test_continued_insurance_requires_an_earlier_quality_and_the_day_it_ended() -> None:
    kind, ended = "after-continued-insurance", "2020-07-10"
    assert outcomes(with_quality(kind, ended_on=ended, earlier_quality=True), "earlier-quality") == MET
    without = with_quality(kind, ended_on=ended, earlier_quality=False)
    assert outcomes(without, "earlier-quality") == FAILED
    needed = "a quality of 1° to 3° before the continued insurance"
    assert asked(without, "earlier-quality") == [("quality/earlier_quality", needed, "no")]
    unknown = with_quality(kind, ended_on=ended)
    assert outcomes(unknown, "earlier-quality") == OPEN
    assert asked(unknown, "earlier-quality") == [("quality/earlier_quality", needed, "nothing")]
    undated = with_quality(kind, earlier_quality=True)
    assert outcomes(undated, "first-working-day") == OPEN
    assert [m.field for m in undated.missing if m.rule == "first-working-day"] == ["quality/ended_on"]


def test_after_a_transition_benefit_she_rests_on_the_first_working_day() -> None:
    ruling = with_quality("after-transition-benefit", ended_on="2020-07-10")
    assert outcomes(ruling, "first-working-day") == MET
    assert all(finding.rule != "earlier-quality" for finding in ruling.findings)
    assert outcomes(with_quality("after-transition-benefit", ended_on="2020-07-09"), "first-working-day") == FAILED


# --- II. waiting period ---------------------------------------------------------------------------

WAYS = {
    # days and hours, last day of the usual and of the prolonged period from 1 January 2018
    "full": (120, 400, "2018-06-30", "2019-06-30"),
    "child-raising": (20, 70, "2018-01-31", "2018-03-31"),
    "voluntary-insurance": (60, 200, "2018-03-31", "2018-09-30"),
    "after-self-employed": (60, 200, "2018-03-31", "2018-09-30"),
}


def waits(way: str, **changes: Any) -> Ruling:
    """A waiting period of 2018, so that the prolonged ones lie before the rest too."""
    since = {"became_on": "2018-01-01", "from": "2018-01-01"}
    if way == "full":
        return with_opening(opening(**since, **changes))
    lost = {"lost_on": "2017-12-31"} if way == "after-self-employed" else {}
    return with_opening(reduced(way, **since, **lost, **changes))


@pytest.mark.parametrize("way", WAYS)
def test_a_waiting_period_asks_its_volume_in_days_or_hours(way: str) -> None:
    days, hours, usual, _ = WAYS[way]
    for unit, needed in (("days", days), ("hours", hours)):
        period = {"until": usual, "counted_in": unit}
        assert outcomes(waits(way, volume=str(needed), **period), "waiting-period") == MET
        short = waits(way, volume=f"{needed - 1}.99", **period)
        assert outcomes(short, "waiting-period") == FAILED
        seen = ("insurability/opening/volume", f"at least {needed} {unit}", f"{needed - 1}.99 {unit}")
        assert asked(short, "waiting-period") == [seen]


@pytest.mark.parametrize("way", WAYS)
def test_the_period_is_longer_only_for_hours_that_the_schedule_prevents(way: str) -> None:
    days, hours, usual, prolonged = WAYS[way]
    counted = {
        "days": {"counted_in": "days", "volume": str(days)},
        "hours": {"counted_in": "hours", "volume": str(hours)},
    }
    for unit, prevented, last in (
        ("days", False, usual),
        ("days", True, usual),
        ("hours", False, usual),
        ("hours", True, prolonged),
    ):
        facts = {"schedule_prevents": prevented, **counted[unit]}
        assert outcomes(waits(way, until=last, **facts), "waiting-period") == MET
        too_long = waits(way, until=day(last, 1), **facts)
        assert outcomes(too_long, "waiting-period") == FAILED
        ((field, needed, seen),) = asked(too_long, "waiting-period")
        assert (field, seen) == ("insurability/opening/until", f"until {day(last, 1)}")
        assert str(needed).endswith(f"until {last}")


@pytest.mark.parametrize(("first", "last"), [("2019-08-31", "2020-02-29"), ("2018-08-31", "2019-02-28")])
def test_six_months_from_a_31st_end_on_the_last_day_of_the_sixth_month(first: str, last: str) -> None:
    period = {"from": first, "became_on": first}
    assert outcomes(with_opening(opening(until=last, **period)), "waiting-period") == MET
    assert outcomes(with_opening(opening(until=day(last, 1), **period)), "waiting-period") == FAILED


def test_a_waiting_period_is_over_before_the_rest() -> None:
    hours = {"from": "2020-02-01", "became_on": "2020-02-01", "counted_in": "days"}
    assert outcomes(with_opening(opening(until="2020-07-10", **hours)), "waiting-period") == MET
    late = with_opening(opening(until=FIRST, **hours))
    assert outcomes(late, "waiting-period") == FAILED
    assert asked(late, "waiting-period") == [
        ("insurability/opening/until", "a period that ends before 2020-07-11", "until 2020-07-11")
    ]


@pytest.mark.parametrize(
    ("field", "needed"),
    [
        ("from", "the first day of the reference period"),
        ("until", "the last day of the reference period"),
        ("volume", "120 days in at most 6 months"),
    ],
)
def test_what_is_missing_of_a_waiting_period_is_asked_and_nothing_else_fails(field: str, needed: str) -> None:
    ruling = with_opening(opening(**{"volume": "119", field: None}))
    assert outcomes(ruling, "waiting-period") == OPEN
    assert asked(ruling, "waiting-period") == [(f"insurability/opening/{field}", needed, "nothing")]


@pytest.mark.parametrize(
    ("wage", "outcome"),
    [
        (REACHED, MET),
        (NOT_REACHED, OPEN),
        (NOT_REACHED | {"regularised": True}, MET),
        (None, OPEN),
    ],
)
def test_the_full_waiting_period_asks_a_wage_amount_that_may_be_regularised(
    wage: dict[str, Any] | None, outcome: tuple[str, str]
) -> None:
    ruling = with_opening(opening(wage=wage))
    assert outcomes(ruling, "waiting-period-wage") == outcome
    place = "insurability/opening/wage"
    if wage is None:
        needed = "the minimum wage amount, and the wage on which contributions were paid"
        assert asked(ruling, "waiting-period-wage") == [(place, needed, "nothing")]
    elif outcome == OPEN:
        needed = "3000.00 EUR, or additional contributions to the insurer"
        assert asked(ruling, "waiting-period-wage") == [(place, needed, "2999.99 EUR")]


@pytest.mark.parametrize("way", ["child-raising", "voluntary-insurance", "after-self-employed"])
def test_a_reduced_waiting_period_asks_no_wage_amount_but_an_earlier_waiting_period(way: str) -> None:
    ruling = with_opening(reduced(way))
    assert ruling.outcome == "granted"
    assert all(finding.rule != "waiting-period-wage" for finding in ruling.findings)
    assert outcomes(ruling, "earlier-waiting-period") == MET
    assert outcomes(with_opening(reduced(way, earlier_fulfilled=False)), "earlier-waiting-period") == FAILED
    unknown = with_opening(reduced(way, earlier_fulfilled=None))
    assert outcomes(unknown, "earlier-waiting-period") == OPEN
    needed = "a waiting period fulfilled before, or the exemption"
    assert asked(unknown, "earlier-waiting-period") == [("insurability/opening/earlier_fulfilled", needed, "nothing")]


@pytest.mark.parametrize(
    ("article", "grounds"),
    [
        ("205, § 1, 1°", True),
        ("205 § 1", True),
        ("art. 205, § 1, 5°", True),
        ("artikel 205, §3/1", True),
        ("article 205, § 6", True),
        ("205, § 2", False),
        ("205, § 3", False),
        ("205, § 10", False),
        ("205, § 6/1", False),
        ("205", False),
        ("206/1", False),
        ("1205, § 1", False),
    ],
)
def test_an_exemption_rests_on_one_of_three_paragraphs_and_is_proven(article: str, grounds: bool) -> None:
    proven_one = with_opening(exempt(article=article))
    assert outcomes(proven_one, "exemption") == (MET if grounds else FAILED)
    name = re.sub("^art[a-z.]* ", "", article)
    assert found(proven_one, "exemption").facts == {"article": name}
    other = ("insurability/opening/article", "a ground of article 205, § 1, § 3/1 or § 6", f"article {name}")
    assert asked(proven_one, "exemption") == ([] if grounds else [other])
    for proven in (False, None):
        ruling = with_opening(exempt(article=article, proven=proven))
        assert outcomes(ruling, "exemption") == (OPEN if grounds else FAILED)
        proof = ("insurability/opening/proven", f"proof of the ground of article {name}", "nothing")
        assert (proof in asked(ruling, "exemption")) is grounds


def test_the_name_of_an_article_loses_its_first_word_only() -> None:
    ruling = with_opening(exempt(article="art. 205, § 6, art. 2"))
    assert found(ruling, "exemption").facts == {"article": "205, § 6, art. 2"}


def child(**changes: Any) -> dict[str, Any]:
    return reduced("child-raising", child=CHILD | changes)


@pytest.mark.parametrize(
    ("changes", "limit", "met"),
    [
        ({"born_on": "2016-12-31"}, "2019-12-31", True),
        ({"born_on": "2016-12-30"}, "2019-12-30", False),
        ({"born_on": "2013-12-31", "disability_allowance": True}, "2019-12-31", True),
        ({"born_on": "2013-12-30", "disability_allowance": True}, "2019-12-30", False),
        # a next birth before the end prolongs the term, with its own three or six years
        ({"born_on": "2015-01-01", "next_born_on": "2016-12-31"}, "2019-12-31", True),
        ({"born_on": "2015-01-01", "next_born_on": "2016-12-30"}, "2019-12-30", False),
        (
            {"born_on": "2012-01-01", "next_born_on": "2013-12-31", "next_disability_allowance": True},
            "2019-12-31",
            True,
        ),
        ({"born_on": "2016-12-30", "next_born_on": "2019-12-31"}, "2022-12-31", True),
        ({"born_on": "2016-12-30", "next_born_on": "2020-01-01"}, "2019-12-30", False),
        # the later of the two terms holds
        ({"born_on": "2014-06-01", "disability_allowance": True, "next_born_on": "2015-01-01"}, "2020-06-01", True),
    ],
)
def test_the_interruption_lies_within_three_or_six_years_of_this_or_the_next_birth(
    changes: dict[str, Any], limit: str, met: bool
) -> None:
    ruling = with_opening(child(**changes))
    assert outcomes(ruling, "child-raising") == (MET if met else FAILED)
    assert found(ruling, "child-raising").facts["limit"] == limit
    if not met:
        place = "insurability/opening/child/interrupted_until"
        assert asked(ruling, "child-raising") == [(place, f"on {limit} at the latest", "2019-12-31")]


@pytest.mark.parametrize(("years", "limit"), [(False, "2019-02-28"), (True, "2022-02-28")])
def test_a_child_of_29_february_has_its_birthday_on_the_28th(years: bool, limit: str) -> None:
    ruling = with_opening(child(born_on="2016-02-29", disability_allowance=years))
    assert found(ruling, "child-raising").facts["limit"] == limit


def test_a_leap_year_keeps_the_29th_and_moves_no_other_birthday() -> None:
    facts = {"interrupted_from": "2018-03-01", "interrupted_until": "2019-12-31"}
    ruling = with_opening(child(born_on="2018-02-28", disability_allowance=True, **facts))
    assert found(ruling, "child-raising").facts["limit"] == "2024-02-28"


def test_the_interruption_does_not_begin_before_the_birth() -> None:
    assert outcomes(with_opening(child(interrupted_from="2017-06-01")), "child-raising") == MET
    early = with_opening(child(interrupted_from="2017-05-31"))
    assert outcomes(early, "child-raising") == FAILED
    place = "insurability/opening/child/interrupted_from"
    assert asked(early, "child-raising") == [(place, "on 2017-06-01 at the earliest", "2017-05-31")]


@pytest.mark.parametrize("field", ["declared", "at_home", "undivided"])
def test_the_interruption_is_declared_undivided_and_for_a_child_at_home(field: str) -> None:
    ruling = with_opening(child(**{field: False}))
    assert outcomes(ruling, "child-raising") == FAILED
    ((place, _, seen),) = asked(ruling, "child-raising")
    assert (place, seen) == (f"insurability/opening/child/{field}", "no")


def test_an_interruption_that_is_not_told_is_asked() -> None:
    ruling = with_opening(reduced("child-raising", child=None))
    assert outcomes(ruling, "child-raising") == OPEN
    assert [m.field for m in ruling.missing if m.rule == "child-raising"] == ["insurability/opening/child"]


def test_voluntary_insurance_ran_throughout() -> None:
    way = "voluntary-insurance"
    assert outcomes(with_opening(reduced(way)), way) == MET
    assert outcomes(with_opening(reduced(way, voluntarily_insured=False)), way) == FAILED
    unknown = with_opening(reduced(way, voluntarily_insured=None))
    assert outcomes(unknown, way) == OPEN
    assert [m.field for m in unknown.missing if m.rule == way] == ["insurability/opening/voluntarily_insured"]


@pytest.mark.parametrize(
    ("lost_on", "outcome"), [("2019-12-02", MET), ("2019-12-01", FAILED), (None, OPEN), ("2019-12-31", MET)]
)
def test_the_quality_follows_the_self_employed_one_within_thirty_days(
    lost_on: str | None, outcome: tuple[str, str]
) -> None:
    ruling = with_opening(reduced("after-self-employed", lost_on=lost_on))
    assert outcomes(ruling, "after-self-employed") == outcome
    if outcome == FAILED:
        seen = ("insurability/opening/became_on", "on 2019-12-31 at the latest", "2020-01-01")
        assert asked(ruling, "after-self-employed") == [seen]
    if outcome == OPEN:
        assert [m.field for m in ruling.missing if m.rule == "after-self-employed"] == ["insurability/opening/lost_on"]


# --- II. retention --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "last_retained"),
    [
        # the full waiting period ended in the first quarter: until the end of the second
        (opening(**{"from": "2019-10-01", "until": "2020-01-01"}), "2020-06-30"),
        (opening(**{"from": "2019-10-01", "until": "2020-03-31"}), "2020-06-30"),
        (opening(**{"from": "2020-01-01", "until": "2020-04-01"}), "2020-09-30"),
        # exempt or reduced: until the end of the third quarter after that of the quality
        (exempt(became_on="2019-10-01"), "2020-09-30"),
        (exempt(became_on="2019-09-30"), "2020-06-30"),
        (reduced("child-raising"), "2020-12-31"),
        (reduced("voluntary-insurance"), "2020-12-31"),
        (reduced("after-self-employed"), "2020-12-31"),
    ],
)
def test_a_right_that_was_opened_recently_is_retained_for_some_quarters(
    way: dict[str, Any], last_retained: str
) -> None:
    ruling = decide(insurability=insured(way, None))
    assert found(ruling, "recent-right").facts["until"] == last_retained
    recent = last_retained >= FIRST
    assert outcomes(ruling, "recent-right") == (("granted", "met") if recent else ("pending", "not-needed"))
    assert any(f.rule == "retention" for f in ruling.findings) is not recent


@pytest.mark.parametrize(("first", "recent"), [("2020-06-30", True), ("2020-07-01", False)])
def test_the_last_day_of_the_quarter_is_retained_and_the_next_is_not(first: str, recent: bool) -> None:
    way = exempt(became_on="2019-07-01")
    ruling = decide(insurability=insured(way, None), first_day=first, history=[])
    assert outcomes(ruling, "recent-right") == (("granted", "met") if recent else ("pending", "not-needed"))


def test_a_recent_right_is_retained_only_where_contributions_were_paid() -> None:
    ruling = decide(insurability=insured(exempt(contributions_paid=False), retention()))
    assert outcomes(ruling, "recent-right") == ("granted", "not-needed")
    assert outcomes(ruling, "retention") == MET


TOO_FEW: dict[str, Any] = {"second_quarter": "0", "third_quarter": "0"}


@pytest.mark.parametrize(
    ("until", "paid", "by", "outcome"),
    [
        ("2020-04-01", True, TOO_FEW, ("granted", None)),
        ("2020-03-31", True, TOO_FEW, ("refused", "not-met")),
        # the day that may make it recent is asked before the quarters refuse
        (None, True, TOO_FEW, ("pending", None)),
        (None, True, {}, ("pending", "met")),
        (None, True, {"second_quarter": None}, ("pending", "unknown")),
        # unless no day can, for want of contributions
        (None, False, TOO_FEW, ("refused", "not-met")),
    ],
)
def test_quarters_fail_nothing_while_the_day_is_asked_that_may_make_the_right_recent(
    until: str | None, paid: bool, by: dict[str, Any], outcome: tuple[str, str | None]
) -> None:
    way = opening(**{"from": "2020-01-01", "until": until, "contributions_paid": paid})
    ruling = decide(insurability=insured(way, retention(**by)))
    told = {finding.rule: finding.outcome for finding in ruling.findings}
    assert (ruling.outcome, told.get("retention")) == outcome
    assert ("insurability/opening/until" in [field for field, _, _ in asked(ruling, "waiting-period")]) is (not until)
    assert bool(asked(ruling, "retention")) is (outcome[1] in ("not-met", "unknown"))


def test_nothing_is_asked_of_the_quarters_while_the_right_is_recent() -> None:
    ruling = decide(insurability=insured(exempt(), retention(second_quarter="0", third_quarter="0")))
    assert ruling.outcome == "granted"
    assert all(f.rule not in ("retention", "retention-wage") for f in ruling.findings)


@pytest.mark.parametrize(
    ("by", "outcome"),
    [
        (retention(second_quarter="60", third_quarter="60"), MET),
        (retention(second_quarter="120", third_quarter="0"), MET),
        (retention(second_quarter="60", third_quarter="59.99"), FAILED),
        # days of the quarter just before do not count
        (retention(second_quarter="60", third_quarter="59", first_quarter="90"), FAILED),
        (retention(second_quarter=None), OPEN),
        (retention(third_quarter=None), OPEN),
        (in_hours("200", "200"), MET),
        (in_hours("400", "0"), MET),
        (None, OPEN),
    ],
)
def test_the_right_is_retained_by_120_days_or_400_hours_over_two_quarters(
    by: dict[str, Any] | None, outcome: tuple[str, str]
) -> None:
    ruling = with_retention(by)
    assert outcomes(ruling, "retention") == outcome
    if outcome != MET:
        assert asked(ruling, "retention")


def test_too_few_days_and_quarters_that_are_not_told_are_named() -> None:
    short = with_retention(retention(third_quarter="59"))
    place = "insurability/retention"
    assert asked(short, "retention") == [(place, "120 days over two quarters", "119 days")]
    untold = with_retention(retention(second_quarter=None, third_quarter=None))
    assert [field for field, _, _ in asked(untold, "retention")] == [
        f"{place}/second_quarter",
        f"{place}/third_quarter",
    ]


@pytest.mark.parametrize(
    ("wage", "outcome"),
    [(REACHED, MET), (NOT_REACHED, OPEN), (NOT_REACHED | {"regularised": True}, MET), (None, OPEN)],
)
@pytest.mark.parametrize("counted", [retention, in_hours])
def test_the_wage_amount_is_asked_of_the_quarters_too(
    counted: Any, wage: dict[str, Any] | None, outcome: tuple[str, str]
) -> None:
    ruling = with_retention(counted(wage=wage))
    assert outcomes(ruling, "retention-wage") == outcome
    if outcome == OPEN:
        ((field, _, _),) = asked(ruling, "retention-wage")
        assert field == "insurability/retention/wage"


THREE: dict[str, Any] = {"first_quarter": "100", "longest_gap": 30, "wage_three_quarters": REACHED}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, ("granted", "not-needed", "met")),
        ({"first_quarter": "100.01"}, ("granted", "not-needed", "met")),
        ({"first_quarter": "99.99"}, ("refused", "not-met", "not-met")),
        ({"longest_gap": 0}, ("granted", "not-needed", "met")),
        ({"longest_gap": 31}, ("refused", "not-met", "not-met")),
        ({"first_quarter": None}, ("pending", "not-needed", "unknown")),
        ({"longest_gap": None}, ("pending", "not-needed", "unknown")),
        ({"longest_gap": 31, "first_quarter": None}, ("refused", "not-met", "not-met")),
        ({"longest_gap": None, "first_quarter": "0"}, ("refused", "not-met", "not-met")),
    ],
)
def test_too_few_hours_over_two_quarters_may_be_enough_over_three_without_a_long_gap(
    changes: dict[str, Any], outcome: tuple[str, str, str]
) -> None:
    ruling = with_retention(in_hours("150", "150", **{**THREE, **changes}))
    assert (*outcomes(ruling, "retention"), found(ruling, "three-quarters").outcome) == outcome
    assert found(ruling, "three-quarters").facts["most"] == 30


def test_what_three_quarters_lack_is_named() -> None:
    place = "insurability/retention"
    short = with_retention(in_hours("150", "150", **THREE | {"first_quarter": "99", "longest_gap": 31}))
    assert asked(short, "retention") == [(place, "400 hours over two quarters", "300 hours")]
    assert asked(short, "three-quarters") == [
        (place, "400 hours over three quarters", "399 hours"),
        (f"{place}/longest_gap", "no gap of more than 30 days over three quarters", "31 days"),
    ]
    apart = with_retention(in_hours("150", "150", **THREE | {"longest_gap": 31}))
    assert asked(apart, "three-quarters") == [
        (f"{place}/longest_gap", "no gap of more than 30 days over three quarters", "31 days"),
    ]
    untold = with_retention(in_hours("150", "150"))
    assert asked(untold, "three-quarters") == [
        (f"{place}/first_quarter", "the hours of that quarter", "nothing"),
        (f"{place}/longest_gap", "no gap of more than 30 days over three quarters", "nothing"),
    ]


@pytest.mark.parametrize(
    ("wage", "outcome"),
    [(REACHED, MET), (NOT_REACHED, OPEN), (NOT_REACHED | {"regularised": True}, MET), (None, OPEN)],
)
def test_over_three_quarters_the_wage_of_the_three_is_asked(
    wage: dict[str, Any] | None, outcome: tuple[str, str]
) -> None:
    by = in_hours("150", "150", **{**THREE, "wage_three_quarters": wage}, wage=None)
    ruling = with_retention(by)
    assert outcomes(ruling, "retention-wage") == outcome
    if outcome == OPEN:
        ((field, _, _),) = asked(ruling, "retention-wage")
        assert field == "insurability/retention/wage_three_quarters"


@pytest.mark.parametrize("wage", [NOT_REACHED, None])
def test_hours_without_the_wage_amount_may_be_retained_over_three_quarters_as_well(wage: Any) -> None:
    by = in_hours("200", "200", **THREE | {"first_quarter": "0"}, wage=wage)
    ruling = with_retention(by)
    assert outcomes(ruling, "retention") == ("granted", "not-needed")
    assert found(ruling, "three-quarters").outcome == "met"
    # where the three quarters do not do either, the wage of the two is waited for
    waiting = with_retention(in_hours("200", "200", **THREE | {"longest_gap": 31}, wage=wage))
    assert outcomes(waiting, "retention-wage") == OPEN
    assert found(waiting, "retention").outcome == "met"
    assert all(f.rule != "three-quarters" for f in waiting.findings)


def test_a_quarter_that_is_not_told_is_not_asked_where_three_quarters_are_enough() -> None:
    ruling = with_retention(in_hours(wage=None, **THREE))
    assert ruling.outcome == "granted"


def test_days_have_no_three_quarters() -> None:
    by = retention(third_quarter="59", **THREE | {"first_quarter": "90"})
    ruling = with_retention(by)
    assert outcomes(ruling, "retention") == FAILED
    assert all(f.rule != "three-quarters" for f in ruling.findings)


# --- II. thirty days ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "days", "outcome"),
    [
        ("2020-06-10", 30, MET),
        ("2020-06-09", 31, FAILED),
        ("2020-07-10", 0, MET),
        ("2020-07-31", 0, MET),
        (None, 0, MET),
    ],
)
def test_at_most_thirty_whole_days_lie_between_the_quality_and_the_rest(
    until: str | None, days: int, outcome: tuple[str, str]
) -> None:
    quality = {"kind": "employee", "basis": "contract"} | ({"until": until} if until else {})
    ruling = decide(quality=quality)
    assert outcomes(ruling, "thirty-days") == outcome
    assert found(ruling, "thirty-days").facts["days"] == days
    if outcome == FAILED:
        needed = "at most 30 days without quality, recognised incapacity or work removal before 2020-07-11"
        assert asked(ruling, "thirty-days") == [("quality/until", needed, "31 days")]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("incapacity", {}),
        ("incapacity", {"employer_pays": True}),
        ("full-work-removal", {}),
        ("activity-in-partial-removal", {"activities": ["office"]}),
        ("authorised-activity", {"activities": ["office"]}),
    ],
)
def test_recognised_incapacity_and_work_removal_bridge_the_time(kind: str, fields: dict[str, Any]) -> None:
    quality = {"kind": "employee", "basis": "contract", "until": "2020-04-30"}
    bridged = decide(quality=quality, history=[past(kind, "2020-05-01", "2020-06-10", **fields)])
    assert outcomes(bridged, "thirty-days") == MET
    assert found(bridged, "thirty-days").facts["last"] == "2020-06-10"
    too_far = decide(quality=quality, history=[past(kind, "2020-05-01", "2020-06-09", **fields)])
    assert outcomes(too_far, "thirty-days") == FAILED


def test_other_days_bridge_nothing_and_a_running_incapacity_leaves_no_day_between() -> None:
    quality = {"kind": "quality-lost-in-incapacity-or-rest", "until": "2020-04-30"}
    idle = [past("career-break", "2020-05-01", "2020-07-10")]
    assert outcomes(decide(quality=quality, history=idle), "thirty-days") == FAILED
    incapacity = {
        "since": "2020-03-02",
        "wage": {"amount": "100.0000"},
        "benefits": [{"from": "2020-03-02", "gross": "60.00"}],
    }
    ill = decide(quality=quality, history=idle, pay={"incapacity": incapacity})
    assert outcomes(ill, "thirty-days") == MET
    assert found(ill, "thirty-days").facts["days"] == 0


def test_the_thirty_days_run_to_the_first_converted_day() -> None:
    quality = {"kind": "employee", "basis": "contract", "until": "2020-06-01"}
    history = [past("incapacity", "2020-07-02", "2020-07-08")]
    ruling = decide(quality=quality, history=history, births=[birth("2020-07-09")], first_day=None)
    assert found(ruling, "thirty-days").facts["from"] == "2020-07-02"


# --- V. delivery ----------------------------------------------------------------------------------


def stillborn(days: int | None, on: str = "2020-07-15") -> dict[str, Any]:
    return birth(on, living=False) | ({} if days is None else {"pregnancy_days": days})


@pytest.mark.parametrize(
    ("births", "outcome"),
    [
        ([birth("2020-07-15")], MET),
        ([birth("2020-07-15", pregnancy_days=120)], MET),
        ([stillborn(180)], MET),
        ([stillborn(179)], FAILED),
        ([stillborn(140)], FAILED),
        ([stillborn(139)], FAILED),
        ([stillborn(None)], OPEN),
        ([stillborn(179), birth("2020-07-15")], MET),
        ([stillborn(None), birth("2020-07-15")], MET),
        ([stillborn(179), stillborn(180, "2020-07-16")], MET),
        ([stillborn(179), stillborn(None, "2020-07-16")], OPEN),
        ([], OPEN),
    ],
)
def test_a_delivery_is_a_living_child_or_a_stillborn_one_after_180_days(
    births: list[dict[str, Any]], outcome: tuple[str, str]
) -> None:
    ruling = decide(births=births)
    assert outcomes(ruling, "delivery") == outcome
    assert found(ruling, "delivery").facts["births"] == sorted(b["on"] for b in births)


def test_what_a_delivery_lacks_is_named() -> None:
    assert asked(decide(births=[]), "delivery") == [("births", "the birth", "nothing")]
    assert asked(decide(births=[stillborn(179)]), "delivery") == [
        ("births", "a child born alive, or 180 days of pregnancy", "179 days")
    ]
    short = decide(births=[stillborn(140), stillborn(179, "2020-07-16"), stillborn(150, "2020-07-17")])
    assert asked(short, "delivery") == [("births", "a child born alive, or 180 days of pregnancy", "179 days")]
    assert found(short, "delivery").facts["pregnancy_days"] == 179
    duration = "the duration of the pregnancy on the deed of the stillborn child, at least 180 days"
    unknown = decide(births=[stillborn(179), stillborn(None, "2020-07-16")])
    assert asked(unknown, "delivery") == [("births/1/pregnancy_days", duration, "nothing")]


# --- X. and IV. -----------------------------------------------------------------------------------


def test_a_stay_abroad_waits_for_terms_that_the_sources_do_not_hold() -> None:
    assert outcomes(decide(), "territoriality") == MET
    ruling = decide(stays_abroad=True)
    assert outcomes(ruling, "territoriality") == OPEN
    needed = "a stay in Belgium, or the terms of a payment abroad"
    assert asked(ruling, "territoriality") == [("stays_abroad", needed, "a stay abroad")]


def activities(ruling: Ruling) -> list[tuple[Any, ...]]:
    return [
        (f.outcome, f.facts["from"], f.facts["until"], f.facts.get("days"))
        for f in ruling.findings
        if f.rule == "cessation"
    ]


def days_of(first: str, last: str) -> dict[str, str]:
    return {"from": first, "until": last}


@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        ([], [("met", FIRST, "2020-10-20", None)]),
        ([("2020-08-03", "2020-08-04")], [("not-met", "2020-08-03", "2020-08-04", 2)]),
        # days of one run, over the border of two periods and however they are told
        ([("2020-07-14", "2020-07-15")], [("not-met", "2020-07-14", "2020-07-15", 2)]),
        ([("2020-08-04", "2020-08-05"), ("2020-08-03", "2020-08-04")], [("not-met", "2020-08-03", "2020-08-05", 3)]),
        (
            [("2020-08-03", "2020-08-03"), ("2020-08-05", "2020-08-05")],
            [("not-met", "2020-08-03", "2020-08-03", 1), ("not-met", "2020-08-05", "2020-08-05", 1)],
        ),
        # in two periods of the rest, with a day before it
        (
            [("2020-07-10", "2020-07-10"), ("2020-08-03", "2020-08-03"), ("2020-09-20", "2020-09-21")],
            [("not-met", "2020-08-03", "2020-08-03", 1), ("not-met", "2020-09-20", "2020-09-21", 2)],
        ),
        # days before and after the rest are free
        ([("2020-07-01", FIRST)], [("not-met", FIRST, FIRST, 1)]),
        ([("2020-10-20", "2020-10-30")], [("not-met", "2020-10-20", "2020-10-20", 1)]),
        ([("2020-10-21", "2020-10-30")], [("met", FIRST, "2020-10-20", None)]),
    ],
)
def test_days_with_activity_are_lost_and_refuse_nothing_else(
    worked: list[tuple[str, str]], expected: list[tuple[Any, ...]]
) -> None:
    ruling = decide(activity_in_rest=[days_of(*days) for days in worked])
    assert ruling.outcome == "granted"
    assert activities(ruling) == expected


def test_the_very_activity_that_added_days_may_go_on_in_them() -> None:
    shop = past("authorised-activity", "2020-05-01", "2020-07-10", activities=["shop"])
    pay = {"activities": [activity(), activity("50.0000", "shop")]}
    # 63 days from 15 July: the days that the activity added run from 16 September to 20 October
    free = decide(history=[shop], pay=pay, activity_in_rest=[days_of("2020-09-16", "2020-10-20")])
    assert activities(free) == [("met", FIRST, "2020-10-20", None)]
    over = decide(history=[shop], pay=pay, activity_in_rest=[days_of("2020-09-15", "2020-10-20")])
    assert activities(over) == [("not-met", "2020-09-15", "2020-09-15", 1)]


def test_days_added_for_a_newborn_in_hospital_do_not_exclude_the_activity() -> None:
    shop = past("authorised-activity", "2020-05-01", "2020-07-10", activities=["shop"])
    pay = {"activities": [activity(), activity("50.0000", "shop")]}
    births = [birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-31")])]
    # the ten days of the hospital follow those that the activity added, which end on 20 October
    ruling = decide(history=[shop], pay=pay, births=births, activity_in_rest=[days_of("2020-10-19", "2020-10-22")])
    assert activities(ruling) == [("not-met", "2020-10-21", "2020-10-22", 2)]


def test_days_of_separate_leave_are_free() -> None:
    extension: dict[str, Any] = {"separate": {"schedule": [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]}}
    free = decide(extension=extension, activity_in_rest=[days_of("2020-10-07", "2020-12-01")])
    assert activities(free) == [("met", FIRST, "2020-10-06", None)]


# --- the facts of a finding -----------------------------------------------------------------------

PERIOD = {"from": "2020-01-01", "until": "2020-03-31", "seen": "60"}
WORDS = {"from": FIRST, "needed": 400, "unit": "hours"}


@pytest.mark.parametrize(
    ("insurability", "rule", "facts"),
    [
        (
            insured(reduced("voluntary-insurance")),
            "waiting-period",
            PERIOD | {"way": "voluntary-insurance", "unit": "days", "months": 3, "needed": 60},
        ),
        (
            insured(reduced("after-self-employed", volume=None)),
            "waiting-period",
            {"way": "after-self-employed", "unit": "days", "months": 3, "needed": 60},
        ),
        (
            insured(opening(wage=NOT_REACHED | {"regularised": True})),
            "waiting-period-wage",
            {"seen": "2999.99", "needed": "3000.00", "regularised": True},
        ),
        (
            insured(retention=retention(wage=None)),
            "retention-wage",
            {"seen": None, "needed": None, "regularised": False},
        ),
        (
            insured(reduced("child-raising")),
            "child-raising",
            {
                "from": "2017-06-01",
                "until": "2019-12-31",
                "born_on": "2017-06-01",
                "limit": "2020-06-01",
                "declared": True,
                "at_home": True,
                "undivided": True,
            },
        ),
        (
            insured(reduced("after-self-employed")),
            "after-self-employed",
            {"became_on": "2020-01-01", "lost_on": "2019-12-31", "latest": "2020-01-30", "days": 30},
        ),
        (
            insured(exempt(contributions_paid=False)),
            "recent-right",
            {"opened": "2020-01-01", "until": "2020-12-31", "contributions_paid": False},
        ),
        (insured(retention=in_hours("200", "200.50")), "retention", WORDS | {"seen": "400.5"}),
        (insured(retention=None), "retention", WORDS | {"needed": None, "unit": None, "seen": None}),
        (
            insured(retention=in_hours("150", "150", **THREE)),
            "three-quarters",
            {"from": FIRST, "needed": 400, "seen": "400", "most": 30, "longest_gap": 30},
        ),
        (
            insured(),
            "delivery",
            {"births": ["2020-07-15"], "living": True, "pregnancy_days": None, "needed": 180},
        ),
    ],
)
def test_a_finding_tells_what_the_rule_looked_at(
    insurability: dict[str, Any], rule: str, facts: dict[str, Any]
) -> None:
    assert found(decide(insurability=insurability), rule).facts == facts


# --- limits are dated data ------------------------------------------------------------------------


def test_a_rest_before_the_limits_are_known_is_an_error_that_names_limit_and_day() -> None:
    old: dict[str, Any] = {
        "expected": {"on": "2015-04-07"},
        "first_day": "2015-03-31",
        "births": [birth("2015-04-07")],
        "history": [],
    }
    with pytest.raises(ParameterUnknownError) as error:
        decide(requested_on="2015-03-01", **old)
    assert error.value.on == "2015-03-31"
    assert case()["expected"] == {"on": "2020-07-18"}


@pytest.mark.parametrize(
    ("worked", "outcome"),
    [
        ([("2020-07-11", "2020-10-20")], "refused"),
        ([("2020-07-01", "2020-10-31")], "refused"),
        ([("2020-07-11", "2020-10-19")], "granted"),
        ([("2020-07-12", "2020-10-20")], "granted"),  # 11 July is a Saturday
        ([("2020-07-11", "2020-07-31"), ("2020-08-03", "2020-10-20")], "granted"),
        ([("2020-07-11", "2020-08-01"), ("2020-08-03", "2020-10-20")], "refused"),  # but for a Sunday
    ],
)
def test_a_rest_of_which_every_day_was_worked_is_refused(worked: list[tuple[str, str]], outcome: str) -> None:
    ruling = decide(activity_in_rest=[days_of(*days) for days in worked])
    assert ruling.outcome == outcome
    failed = [f.facts for f in ruling.findings if f.rule == "rest-worked"]
    assert failed == ([{"from": "2020-07-11", "until": "2020-10-20", "days": 87}] if outcome == "refused" else [])
    assert (ruling.total is None) == (outcome == "refused")
    assert ("activity_in_rest" in [m.field for m in ruling.missing]) == (outcome == "refused")


def test_days_that_the_activity_itself_added_are_rest_left() -> None:
    shop = past("authorised-activity", "2020-05-01", "2020-07-10", activities=["shop"])
    pay = {"activities": [activity("50.0000", "shop")]}
    worked = [days_of("2020-07-11", "2020-10-20")]
    assert decide(history=[shop], pay=pay, activity_in_rest=worked).outcome == "granted"
    assert decide(history=[shop], pay=pay, activity_in_rest=worked, extension={"transfer_days": 0}).outcome == "refused"


def test_a_rest_that_was_worked_before_the_birth_alone_waits_for_the_birth() -> None:
    assert decide(births=[], activity_in_rest=[days_of("2020-07-01", "2020-07-31")]).outcome == "pending"


# --- a part-timer whose schedule prevents 400 hours in six months --------------------------------


def part_timer(first_day: str, hours: str, in_six_months: str | None, until: str = "2019-12-31") -> Any:
    """The ruling on a rest that begins on that day: so many hours since
    July 2018, and so many of them within six months.
    """
    way = opening(
        counted_in="hours",
        schedule_prevents=True,
        **{"from": "2018-07-01"},
        until=until,
        volume=hours,
        hours_in_six_months=in_six_months,
    )
    return decide(
        expected={"on": day(first_day, 7)},
        first_day=first_day,
        births=[birth(day(first_day, 7))],
        requested_on=first_day,
        history=[],
        insurability=insured(way),
    )


@pytest.mark.parametrize(
    ("first_day", "hours", "in_six_months", "outcome"),
    [
        ("2020-12-31", "400", None, "granted"),
        ("2020-12-31", "399.99", "133", "refused"),
        ("2020-12-31", "399.99", "400", "granted"),
        ("2021-01-01", "400", "133", "granted"),
        ("2021-01-01", "400", "132.99", "part-time-waiting-months"),
        ("2021-01-01", "399.99", "133", "part-time-waiting-months"),
        ("2021-01-01", "399.99", "132.99", "refused"),
        ("2021-01-01", "399.99", "400", "granted"),
        ("2021-01-01", "400", None, "pending"),
        ("2021-01-01", "399.99", None, "pending"),
    ],
)
def test_from_2021_on_a_part_timer_must_meet_both_rules_or_neither(
    first_day: str, hours: str, in_six_months: str | None, outcome: str
) -> None:
    if outcome != "part-time-waiting-months":
        assert part_timer(first_day, hours, in_six_months).outcome == outcome
        return
    with pytest.raises(ParameterUnknownError) as raised:
        part_timer(first_day, hours, in_six_months)
    assert (raised.value.parameter, raised.value.on) == (outcome, first_day)


def test_hours_of_a_period_of_six_months_are_the_hours_within_six_months() -> None:
    for hours, until in (("133", "2018-12-31"), ("399.99", "2018-12-31")):
        with pytest.raises(ParameterUnknownError):
            part_timer("2021-01-01", hours, None, until)
    assert part_timer("2021-01-01", "400", None, "2018-12-31").outcome == "granted"
    assert part_timer("2021-01-01", "132.99", None, "2018-12-31").outcome == "refused"
    waiting = part_timer("2021-01-01", "133", None, "2019-01-01")
    assert waiting.outcome == "pending"
    assert [field.rpartition("/")[2] for field, _, _ in asked(waiting, "waiting-period")] == [
        *("volume", "hours_in_six_months"),
    ]


def test_a_refusal_for_another_rule_needs_no_rule_for_part_timers() -> None:
    way = opening(
        counted_in="hours",
        schedule_prevents=True,
        **{"from": "2018-07-01"},
        until="2019-12-31",
        volume="400",
        hours_in_six_months="100",
    )
    case_: dict[str, Any] = {
        "first_day": "2021-01-11",
        "births": [birth("2021-01-15")],
        "expected": {"on": "2021-01-18"},
    }
    lost: dict[str, Any] = {"quality": {"kind": "employee", "basis": "contract", "until": "2020-12-01"}, "history": []}
    ruling = decide(insurability=insured(way), **case_, **lost)
    assert ruling.outcome == "refused"
    assert {f.rule for f in ruling.findings if f.outcome == "not-met"} == {"thirty-days"}


@pytest.mark.parametrize(("months", "outcome"), [(18, "granted"), (6, "refused")])
def test_the_rule_for_part_timers_can_be_supplied(months: int, outcome: str) -> None:
    source = Source("a circular", "", "")
    known = Parameter(
        "part-time-waiting-months", (), Decimal(months), "", date(2021, 1, 1), date(2021, 12, 31), source, "supplied"
    )
    given = PARAMETERS.noting((known,))
    judgement = Judgement(date(2021, 2, 1), given)
    way = opening(
        counted_in="hours",
        schedule_prevents=True,
        **{"from": "2018-07-01"},
        until="2019-12-31",
        volume="400",
        hours_in_six_months="132.99",
    )
    judge_insurability(read(insurability=insured(way)).insurability, judgement)
    (found,) = [f.outcome for f in judgement.findings if f.rule == "waiting-period"]
    assert found == {"granted": "met", "refused": "not-met"}[outcome]
    assert [p.name for p in given.noted] == ["part-time-waiting-months"]
