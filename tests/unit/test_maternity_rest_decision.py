"""The whole decision on a maternity rest: granted, refused with every failed rule, pending with all that is missing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tegemoet.application.deciding import decide_line
from tegemoet.domain.decision import Ruling
from tegemoet.domain.problems import Invalid
from tegemoet.schemes.maternity_rest import SCHEME
from tests.maternity_rest import ON, birth, exempt, in_hours, insured, line, past, read, reduced, retention, stay

PARAMETERS = SCHEME.choose(None, SCHEME.parameter_sets)


def decide(on: date = ON, **changes: Any) -> Ruling:
    return SCHEME.decide(read(**changes), on, PARAMETERS)


def failed(ruling: Ruling) -> set[str]:
    return {finding.rule for finding in ruling.findings if finding.outcome == "not-met"}


def test_the_dated_example_of_the_circular_is_granted_from_11_july_to_20_october_2020() -> None:
    decided = orjson.loads(decide_line(orjson.dumps(SCHEME.example), SCHEME, "partner", b"key").decision)
    assert decided["outcome"] == "granted"
    assert [(p["kind"], p["from"], p["until"], p["days"]) for p in decided["periods"]] == [
        ("prenatal-compulsory", "2020-07-11", "2020-07-14", 4),
        ("postnatal-compulsory", "2020-07-15", "2020-09-15", 63),
        ("extension-transfer", "2020-09-16", "2020-10-20", 35),
    ]
    assert sum(p["days"] for p in decided["periods"]) == 14 * 7 + 4
    daily = [(a["kind"], a["amount"], a["from"], a["until"]) for a in decided["amounts"] if a["unit"] == "day"]
    assert (
        daily
        == [  # 2600 EUR a month is 100 EUR a day: 82 % for thirty days, then 75 %; the national holiday is the employer's
            ("benefit", "82.00", "2020-07-11", "2020-07-20"),
            ("not-paid-public-holiday", "0.00", "2020-07-21", "2020-07-21"),
            ("benefit", "82.00", "2020-07-22", "2020-08-08"),
            ("benefit", "75.00", "2020-08-10", "2020-10-20"),
        ]
    )
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
    assert [(m.field, m.seen) for m in ruling.missing] == [
        ("quality/rest_from", "none"),
        ("quality/since_fifth_month", "none"),
        ("insurability/opening/proven", "none"),
        ("insurability/retention/third_quarter", "none"),
        ("insurability/retention/wage", "none"),
        ("births/0/pregnancy_days", "none"),
        ("stays_abroad", "stay abroad"),
        ("births/0/stays/0/certified", "none"),
        ("pay/interruption_wage", "none"),
        ("expected/certified", "none"),
        ("births/0/proven", "none"),
        ("resumption_declared", "none"),
    ]
    assert all(m.needed for m in ruling.missing)
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


def test_periods_come_in_order_with_work_removal_before_and_separate_leave_after_the_rest() -> None:
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
    ],
)
def test_what_happened_did_so_by_the_day_of_the_decision(changes: dict[str, Any], path: str, last: date) -> None:
    decide(last, **changes)
    with pytest.raises(Invalid) as error:
        decide(last - timedelta(1), **changes)
    assert [(f.path, f.code) for f in error.value.faults] == [(path, "after-decision-day")]


def test_a_fault_of_the_calendar_comes_before_any_decision() -> None:
    with pytest.raises(Invalid) as error:
        decide_line(orjson.dumps(line(first_day="2020-07-12")), SCHEME, "partner", b"key")
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/first_day", "later-than-lawful")]


def test_rules_are_told_in_the_order_of_the_circular() -> None:
    told = [finding.rule for finding in decide().findings]
    order = ["quality", "waiting-period", "retention", "thirty-days", "delivery", "first-day", "cessation", "wage"]
    places = [told.index(rule) for rule in [*order, "payment-calendar", "request", "resumption"]]
    assert places == sorted(places)
