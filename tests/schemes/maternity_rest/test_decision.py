"""The whole decision on a maternity rest: granted, refused with
every failed rule, pending with all that is missing.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.decision import Ruling
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.maternity_rest import SCHEME
from tests.schemes.maternity_rest.builders import (
    ON,
    activity,
    birth,
    exempt,
    in_hours,
    insured,
    line,
    opening,
    past,
    read,
    reduced,
    retention,
    said,
    stay,
)

PARAMETERS = SCHEME.choose(None, SCHEME.parameter_sets)


def decide(on: date = ON, **changes: Any) -> Ruling:
    return SCHEME.decide(read(**changes), on, PARAMETERS)


def failed(ruling: Ruling) -> set[str]:
    return {finding.rule for finding in ruling.findings if finding.outcome == "not-met"}


def test_the_example_of_the_circular_is_granted_from_11_july_to_20_october_2020() -> None:
    decided = orjson.loads(decide_line(orjson.dumps(SCHEME.example), SCHEME, "partner", b"key").decision)
    assert decided["outcome"] == "granted"
    assert [(p["kind"], p["from"], p["until"], p["days"]) for p in decided["periods"]] == [
        ("prenatal-compulsory", "2020-07-11", "2020-07-14", 4),
        ("postnatal-compulsory", "2020-07-15", "2020-09-15", 63),
        ("extension-transfer", "2020-09-16", "2020-10-20", 35),
    ]
    assert sum(p["days"] for p in decided["periods"]) == 14 * 7 + 4
    daily = [(a["kind"], a["amount"], a["from"], a["until"]) for a in decided["amounts"] if a["unit"] == "day"]
    # 2600 EUR a month is 100 EUR a day: 82 % for thirty days,
    # then 75 %; the employer pays the national holiday.
    assert daily == [
        ("benefit", "82.00", "2020-07-11", "2020-07-20"),
        ("not-paid-public-holiday", "0.00", "2020-07-21", "2020-07-21"),
        ("benefit", "82.00", "2020-07-22", "2020-08-08"),
        ("benefit", "75.00", "2020-08-10", "2020-10-20"),
    ]
    gross = [Decimal(a["amount"]) for a in decided["amounts"] if a["kind"] == "payment"]
    assert decided["total"] == str(sum(gross)) == "6618.00"


ALL_FAIL: dict[str, Any] = {
    "quality": {
        "kind": "after-continued-insurance",
        "until": "2020-06-09",
        "ended_on": "2020-07-01",
        "earlier_quality": False,
    },
    "insurability": insured(
        reduced(
            "after-self-employed",
            became_on="2019-01-05",
            lost_on="2018-12-05",
            volume="59",
            earlier_fulfilled=False,
        ),
        in_hours("199", first_quarter="0", longest_gap=31),
    ),
    "births": [birth("2020-07-15", living=False, pregnancy_days=179)],
    "history": [],
}


def test_a_refusal_shows_every_failed_rule_and_what_would_change_each() -> None:
    ruling = decide(**ALL_FAIL)
    assert ruling.outcome == "refused"
    assert failed(ruling) == {
        "earlier-quality",
        "first-working-day",
        "waiting-period",
        "after-self-employed",
        "earlier-waiting-period",
        "retention",
        "three-quarters",
        "thirty-days",
        "delivery",
    }
    assert failed(ruling) <= {m.rule for m in ruling.missing}
    assert (ruling.periods, ruling.amounts, ruling.total) == ([], [], None)


def test_one_failed_rule_refuses_whatever_else_is_missing() -> None:
    births = [birth("2020-07-15", living=False, pregnancy_days=179, proven=False)]
    ruling = decide(births=births, stays_abroad=True, pay={}, expected={"on": "2020-07-18", "certified": False})
    assert (ruling.outcome, failed(ruling)) == ("refused", {"delivery"})
    assert {m.rule for m in ruling.missing} == {"delivery", "territoriality"}


def test_a_refusal_needs_no_figure_of_the_amounts() -> None:
    # no ceiling is known for 2025; who is refused is not told so by an error
    later = {
        "expected": {"on": "2025-07-18"},
        "first_day": "2025-07-11",
        "births": [birth("2025-07-15", living=False, pregnancy_days=179)],
        "history": [],
        "requested_on": "2025-07-01",
    }
    assert decide(date(2026, 1, 1), **later).outcome == "refused"


NOTHING_IN: dict[str, Any] = {
    "expected": {"on": "2020-07-18", "certified": False},
    "quality": {"kind": "resting-since-fifth-month"},
    "insurability": insured(exempt(proven=False, became_on="2018-01-01"), retention(third_quarter=None, wage=None)),
    "pay": {},
    "births": [
        birth("2020-07-15", living=False, proven=False, stays=[stay("2020-07-15", "2020-07-30", certified=False)])
    ],
    "stays_abroad": True,
}


def test_every_proof_that_is_not_in_is_missing_with_what_would_satisfy_it() -> None:
    ruling = decide(**NOTHING_IN)
    assert ruling.outcome == "pending"
    assert failed(ruling) == {"hospital-stay"}  # it only adds no days
    assert [(m.field, said(m)[1]) for m in ruling.missing] == [
        ("quality/rest_from", "nothing"),
        ("quality/since_fifth_month", "nothing"),
        ("insurability/opening/proven", "nothing"),
        ("insurability/retention/third_quarter", "nothing"),
        ("insurability/retention/wage", "nothing"),
        ("births/0/pregnancy_days", "nothing"),
        ("stays_abroad", "a stay abroad"),
        ("births/0/stays/0/certified", "nothing"),
        ("pay/interruption_wage", "nothing"),
        ("expected/certified", "nothing"),
        ("births/0/proven", "nothing"),
        ("resumption_declared", "nothing"),
    ]
    assert all(said(m)[0] for m in ruling.missing)
    open_rules = {finding.rule for finding in ruling.findings if finding.outcome == "unknown"}
    blocking = open_rules - {"hospital-certificate", "information-sheet"}
    assert blocking <= {m.rule for m in ruling.missing}


BLOCKING: list[dict[str, Any]] = [
    {"expected": {"on": "2020-07-18", "certified": False}},
    {"births": [birth("2020-07-15", proven=False)]},
    {"births": []},
    {"stays_abroad": True},
    {"pay": {}},
    {"insurability": insured(exempt(proven=False, became_on="2018-01-01"))},
    {"insurability": insured(retention=None)},
]


@pytest.mark.parametrize("changes", BLOCKING, ids=lambda changes: next(iter(changes)))
def test_a_pending_case_has_periods_and_no_amounts(changes: dict[str, Any]) -> None:
    ruling = decide(**changes)
    assert ruling.outcome == "pending"
    assert ruling.periods
    assert (ruling.amounts, ruling.total) == ([], None)
    assert all(finding.rule != "payment-calendar" for finding in ruling.findings)


def test_a_case_without_a_birth_shows_the_rest_before_it_alone() -> None:
    ruling = decide(births=[], on=date(2020, 7, 12))
    assert [(p.kind, p.first, p.last) for p in ruling.periods] == [
        ("prenatal-compulsory", date(2020, 7, 11), date(2020, 7, 17))
    ]
    assert [m.field for m in ruling.missing if m.rule == "delivery"] == ["births"]


def test_a_pending_case_needs_no_figure_of_the_amounts() -> None:
    later = {"expected": {"on": "2025-07-18"}, "first_day": "2025-07-11", "births": [], "history": []}
    assert decide(date(2025, 7, 12), **later).outcome == "pending"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"births": [birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-30", certified=False)])]},
        {"extension": {"separate": {"schedule": [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]}}},
    ],
)
def test_what_only_follows_does_not_stop_a_grant(changes: dict[str, Any]) -> None:
    ruling = decide(**changes)
    assert ruling.outcome == "granted"
    assert ruling.missing
    assert ruling.total


def test_periods_are_in_order_work_removal_first_and_separate_leave_last() -> None:
    ruling = decide(
        history=[past("full-work-removal", "2020-05-04", "2020-07-10", wage="100.0000")],
        extension={"separate": {"schedule": [[1, 2, 3], [1, 2]]}},
    )
    assert [(p.kind, p.first.isoformat(), p.last.isoformat(), p.days) for p in ruling.periods] == [
        ("work-removal", "2020-05-04", "2020-07-10", 68),
        ("prenatal-compulsory", "2020-07-11", "2020-07-14", 4),
        ("postnatal-compulsory", "2020-07-15", "2020-09-15", 63),
        ("extension-transfer", "2020-09-16", "2020-10-06", 21),
        ("separate-leave", "2020-10-07", "2020-12-01", 5),
    ]


def test_days_with_activity_are_not_paid_and_the_others_are() -> None:
    ruling = decide(activity_in_rest=[{"from": "2020-08-10", "until": "2020-08-11"}])
    assert ruling.outcome == "granted"
    unpaid = [(a.first, a.last) for a in ruling.amounts if a.kind == "not-paid-activity"]
    assert unpaid == [(date(2020, 8, 10), date(2020, 8, 11))]
    assert ruling.total == (decide().total or Decimal()) - 2 * Decimal("75.00")


def test_a_rest_that_is_wholly_covered_is_granted_and_pays_nothing() -> None:
    ruling = decide(covered=[{"by": "wage", "from": "2020-07-11", "until": "2020-10-20"}])
    assert (ruling.outcome, ruling.total) == ("granted", Decimal("0.00"))


@pytest.mark.parametrize(
    ("changes", "path", "last"),
    [
        ({"births": [birth("2020-07-15")]}, "/case/births/0/on", date(2020, 7, 15)),
        ({"births": [birth("2020-07-15"), birth("2020-07-16")]}, "/case/births/1/on", date(2020, 7, 16)),
        ({"births": [], "mother_died_on": "2020-07-14"}, "/case/mother_died_on", date(2020, 7, 14)),
        ({"births": [], "requested_on": "2020-07-20"}, "/case/requested_on", date(2020, 7, 20)),
        ({"births": [birth("2020-07-15", died_on="2020-07-16")]}, "/case/births/0/died_on", date(2020, 7, 16)),
        (
            {"births": [birth("2020-07-15", stays=[stay("2020-07-17", "2020-07-20")])]},
            "/case/births/0/stays/0/until",
            date(2020, 7, 20),
        ),
        (
            {"births": [birth("2020-07-15", stays=[stay("2020-07-20", "2020-07-20")])]},
            "/case/births/0/stays/0/from",
            date(2020, 7, 20),
        ),
    ],
)
def test_what_happened_did_so_by_the_day_of_the_decision(changes: dict[str, Any], path: str, last: date) -> None:
    decide(last, **changes)
    with pytest.raises(InvalidError) as error:
        decide(last - timedelta(1), **changes)
    assert [(f.path, f.code) for f in error.value.faults] == [(path, "in-the-future")]


def test_a_fault_of_the_calendar_comes_before_any_decision() -> None:
    with pytest.raises(InvalidError) as error:
        decide_line(orjson.dumps(line(first_day="2020-07-12")), SCHEME, "partner", b"key")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/first_day", "later-than-lawful")]


# --- what is accepted as a case -------------------------------------------------------------------


def faults(**changes: Any) -> list[tuple[str, str]]:
    """Path and code of what is refused of the case with these fields, none where it is read."""
    try:
        decide_line(orjson.dumps(line(**changes)), SCHEME, "partner", b"key")
    except InvalidError as invalid:
        return [(fault.path, fault.code) for fault in invalid.faults]
    return []


def quality(kind: str = "employee", **fields: Any) -> dict[str, Any]:
    return {"quality": {"kind": kind, **fields}}


def before(kind: str, **fields: Any) -> dict[str, Any]:
    return {"history": [past(kind, "2020-06-01", "2020-06-30", **fields)]}


def born(**fields: Any) -> dict[str, Any]:
    return {"births": [birth("2020-07-15", **fields)]}


def separate(schedule: list[list[int]], *planned: str) -> dict[str, Any]:
    return {"extension": {"separate": {"schedule": schedule, "planned": planned}}}


def minds(community: str, places: int, most: int) -> dict[str, Any]:
    facts = {"community": community, "places": places, "maximum_places": most, "guaranteed_income": "1600.00"}
    return {"pay": {"childminder": facts}}


def unemployed(*since: str, **more: Any) -> dict[str, Any]:
    benefits = [{"from": day, "amount": "50.00"} for day in since]
    return {"pay": {"unemployment": {"wage": {"amount": "70.0000"}, "benefits": benefits}, **more}}


def ill(*since: str) -> dict[str, Any]:
    benefits = [{"from": day, "gross": "60.00"} for day in since]
    incapacity = {"since": "2020-03-02", "wage": {"amount": "100.0000"}, "benefits": benefits}
    return {"pay": {"activities": [activity()], "incapacity": incapacity}}


def guaranteed(guarantee: str, reference: str) -> dict[str, Any]:
    return {"income_guarantee": {"guarantee": guarantee, "reference": reference}, "activities": [activity()]}


def days(*told: tuple[str, str], **fields: Any) -> list[dict[str, Any]]:
    return [{"from": first, "until": last, **fields} for first, last in told]


WEEK = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("accepted", "refused", "place", "code"),
    [
        (quality(basis="contract"), quality(), "quality", "basis-for-employees"),
        (
            quality("quality-lost-in-incapacity-or-rest"),
            quality("quality-lost-in-incapacity-or-rest", basis="contract"),
            "quality",
            "basis-for-employees",
        ),
        (
            quality(basis="apprentice", birth_year=2004),
            quality(basis="apprentice"),
            "quality",
            "birth-year-for-apprentices",
        ),
        (
            quality(basis="contract"),
            quality(basis="contract", birth_year=2004),
            "quality",
            "birth-year-for-apprentices",
        ),
        (
            {"insurability": insured(opening(**{"from": "2018-06-30"}))},
            {"insurability": insured(opening(**{"from": "2018-07-01"}))},
            "insurability/opening",
            "until-before-from",
        ),
        (
            {"insurability": insured(exempt())},
            {"insurability": insured(exempt(article=None))},
            "insurability/opening",
            "article-of-exemption",
        ),
        (
            {"insurability": insured(opening())},
            {"insurability": insured(opening(article="205, § 1"))},
            "insurability/opening",
            "article-of-exemption",
        ),
        (
            born(stays=[stay("2020-07-15", "2020-07-15"), stay("2020-07-16", "2020-07-17")]),
            born(stays=[stay("2020-07-15", "2020-07-16"), stay("2020-07-16", "2020-07-17")]),
            "births/0",
            "overlapping",
        ),
        (
            born(stays=[stay("2020-07-15", "2020-07-16")]),
            born(stays=[stay("2020-07-14", "2020-07-14"), stay("2020-07-15", "2020-07-16")]),
            "births/0",
            "stay-before-birth",
        ),
        (born(died_on="2020-07-15"), born(died_on="2020-07-14"), "births/0", "death-before-birth"),
        (
            {"history": [past("work", "2020-06-30", "2020-06-30")]},
            {"history": [past("work", "2020-06-30", "2020-06-29")]},
            "history/0",
            "until-before-from",
        ),
        (
            before("incapacity", employer_pays=True),
            before("work", employer_pays=True),
            "history/0",
            "employer-pays-incapacity",
        ),
        (
            before("activity-in-partial-removal", activities=["office"]),
            before("activity-in-partial-removal"),
            "history/0",
            "activities-of-item-12",
        ),
        (
            before("authorised-activity", activities=["office"]),
            before("authorised-activity"),
            "history/0",
            "activities-of-item-12",
        ),
        (before("work"), before("work", activities=["office"]), "history/0", "activities-of-item-12"),
        (
            before("full-work-removal", wage="100.0000"),
            before("work", wage="100.0000"),
            "history/0",
            "wage-of-work-removal",
        ),
        (
            {"history": days(("2020-06-01", "2020-06-14"), ("2020-06-15", "2020-06-30"), kind="work")},
            {"history": days(("2020-06-01", "2020-06-15"), ("2020-06-15", "2020-06-30"), kind="work")},
            "",
            "overlapping",
        ),
        (
            {"covered": days(("2020-08-03", "2020-08-03"), ("2020-08-04", "2020-08-04"), by="wage")},
            {"covered": days(("2020-08-03", "2020-08-04"), ("2020-08-04", "2020-08-04"), by="wage")},
            "",
            "overlapping",
        ),
        (
            {"wage_ceilings": days(("2027-07-11", "2027-07-11"), ("2027-07-12", "2027-07-12"), amount="190.0000")},
            {"wage_ceilings": days(("2027-07-11", "2027-07-12"), ("2027-07-12", "2027-07-12"), amount="190.0000")},
            "",
            "overlapping",
        ),
        (separate([WEEK, WEEK]), separate([WEEK, [1, 1]]), "extension/separate", "given-twice"),
        (
            separate([WEEK, WEEK], "2020-10-07", "2020-10-08"),
            separate([WEEK, WEEK], "2020-10-07", "2020-10-07"),
            "extension/separate",
            "given-twice",
        ),
        (minds("french", 8, 8), minds("french", 9, 8), "pay/childminder", "more-places-than-maximum"),
        (minds("flemish", 9, 8), minds("german-speaking", 9, 8), "pay/childminder", "more-places-than-maximum"),
        (
            unemployed("2020-01-01", "2020-01-02"),
            unemployed("2020-01-01", "2020-01-01"),
            "pay/unemployment",
            "given-twice",
        ),
        (
            unemployed("2020-01-01", **guaranteed("1200.00", "1200.00")),
            unemployed("2020-01-01", **guaranteed("1200.01", "1200.00")),
            "pay/income_guarantee",
            "guarantee-above-reference",
        ),
        (
            unemployed("2020-01-01", **guaranteed("0.00", "0.01")),
            unemployed("2020-01-01", **guaranteed("0.00", "0.00")),
            "pay/income_guarantee",
            "guarantee-above-reference",
        ),
        (
            unemployed("2020-01-01", **guaranteed("400.00", "1200.00")),
            {"pay": guaranteed("400.00", "1200.00")},
            "pay",
            "guarantee-without-unemployment",
        ),
        (
            ill("2020-03-02", "2020-03-03"),
            ill("2020-03-02", "2020-03-02"),
            "pay/incapacity",
            "given-twice",
        ),
        (
            {"pay": {"activities": [activity(), activity(name="shop")]}},
            {"pay": {"activities": [activity(), activity()]}},
            "pay",
            "given-twice",
        ),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_part(
    accepted: dict[str, Any], refused: dict[str, Any], place: str, code: str
) -> None:
    assert faults(**accepted) == []
    assert faults(**refused) == [(f"/case/{place}".rstrip("/"), code)]


@pytest.mark.parametrize(
    ("holder", "name", "least", "most"),
    [
        (lambda n: born(living=False, pregnancy_days=n), "births/0/pregnancy_days", 1, 400),
        (lambda n: {"extension": {"transfer_days": n}}, "extension/transfer_days", 0, 49),
        (lambda n: {"extension": {"multiple_days": n}}, "extension/multiple_days", 0, 14),
        (lambda n: separate([[n], WEEK]), "extension/separate/schedule/0/0", 1, 7),
        (lambda n: minds("flemish", n, 18), "pay/childminder/places", 1, 18),
        (lambda n: minds("flemish", 4, n), "pay/childminder/maximum_places", 1, 18),
        (
            lambda n: {"insurability": insured(exempt(), retention(longest_gap=n))},
            "insurability/retention/longest_gap",
            0,
            400,
        ),
        (lambda n: quality(basis="apprentice", birth_year=n), "quality/birth_year", 1900, 2100),
    ],
)
def test_a_number_lies_between_its_limits(
    holder: Callable[[int], dict[str, Any]], name: str, least: int, most: int
) -> None:
    for inside in (least, most):
        assert faults(**holder(inside)) == []
    for outside in (least - 1, most + 1):
        assert [path for path, _ in faults(**holder(outside))] == [f"/case/{name}"]


def test_separate_leave_has_a_schedule_of_two_weeks() -> None:
    assert faults(**separate([WEEK, []])) == []
    for schedule in ([WEEK], [WEEK, WEEK, WEEK]):
        assert [path for path, _ in faults(**separate(schedule))] == ["/case/extension/separate/schedule"]


def test_rules_are_told_in_the_order_of_the_circular() -> None:
    told = [finding.rule for finding in decide().findings]
    order = ["quality", "waiting-period", "retention", "thirty-days", "delivery", "first-day", "cessation", "wage"]
    places = [told.index(rule) for rule in [*order, "payment-calendar", "request", "resumption"]]
    assert places == sorted(places)


def test_a_sick_day_before_days_of_work_moves_neither_the_rest_nor_its_amounts() -> None:
    ruling = decide(
        expected={"on": "2020-08-18"},
        births=[birth("2020-07-15")],
        first_day=None,
        pay={"activities": [activity("150.0000")]},
        history=[
            past("work", "2020-01-01", "2020-07-07"),
            past("incapacity", "2020-07-08", "2020-07-08"),
            past("work", "2020-07-09", "2020-07-14"),
        ],
    )
    assert str(ruling.total) == "9468.34"
    at_82 = [a for a in ruling.amounts if a.kind == "benefit" and str(a.amount) == "123.00"]
    assert (at_82[0].first, at_82[-1].last) == (date(2020, 7, 15), date(2020, 8, 13))
    (stopped,) = [f for f in ruling.findings if f.rule == "cessation"]
    assert stopped.facts["from"] == "2020-07-15"
