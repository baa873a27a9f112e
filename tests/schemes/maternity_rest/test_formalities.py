"""What is handed in by when (section VI), and what
a rest does to a running incapacity (section XII).
"""

from datetime import date
from typing import Any

import pytest

from tegemoet.domain.decision import Finding, Ruling
from tegemoet.domain.problems import InvalidError
from tegemoet.schemes.maternity_rest import SCHEME
from tests.schemes.maternity_rest.builders import ON, activity, birth, day, past, read, said, stay

PARAMETERS = SCHEME.choose(None, SCHEME.parameter_sets)
FIRST, LAST = "2020-07-11", "2020-10-20"
"""The rest of the case that `read` builds: 102 days."""


def decide(**changes: Any) -> Ruling:
    return SCHEME.decide(read(**changes), ON, PARAMETERS)


def found(ruling: Ruling, rule: str) -> Finding:
    (finding,) = [f for f in ruling.findings if f.rule == rule]
    return finding


def rules(ruling: Ruling) -> set[str]:
    return {finding.rule for finding in ruling.findings}


def asked(ruling: Ruling, rule: str) -> list[tuple[str, str]]:
    assert all(said(m)[1] == "nothing" for m in ruling.missing if m.rule == rule)
    return [(m.field, said(m)[0]) for m in ruling.missing if m.rule == rule]


# --- VI. the checklist ----------------------------------------------------------------------------


def test_a_request_has_no_term() -> None:
    for requested in ("2020-03-01", "2021-05-31"):
        ruling = decide(requested_on=requested)
        assert ruling.outcome == "granted"
        assert found(ruling, "request").facts == {"requested_on": requested}


def test_the_certificate_of_the_expected_day_is_waited_for() -> None:
    assert found(decide(), "expected-day-certificate").outcome == "met"
    ruling = decide(expected={"on": "2020-07-18", "certified": False})
    assert (ruling.outcome, found(ruling, "expected-day-certificate").outcome) == ("pending", "unknown")
    needed = "a certificate of a doctor or midwife with the expected day of birth"
    assert asked(ruling, "expected-day-certificate") == [("expected/certified", needed)]


def test_the_proof_of_every_birth_is_waited_for() -> None:
    assert found(decide(), "birth-proof").outcome == "met"
    assert decide(births=[birth("2020-07-15"), birth("2020-07-16")]).outcome == "granted"
    ruling = decide(births=[birth("2020-07-15"), birth("2020-07-16", proven=False)])
    assert (ruling.outcome, found(ruling, "birth-proof").outcome) == ("pending", "unknown")
    needed = "a medical statement or an extract of the birth certificate, as early as possible"
    assert asked(ruling, "birth-proof") == [("births/1/proven", needed)]
    assert "birth-proof" not in rules(decide(births=[]))


def test_a_stillborn_child_has_a_deed() -> None:
    child = birth("2020-07-15", living=False, pregnancy_days=180)
    granted = decide(births=[child])
    assert granted.outcome == "granted"
    assert found(granted, "birth-proof").source.article == "section VI, 6.4"
    ruling = decide(births=[child | {"proven": False}])
    assert ruling.outcome == "pending"
    needed = "the deed of the stillborn child, as early as possible"
    assert asked(ruling, "birth-proof") == [("births/0/proven", needed)]
    both = decide(births=[child, birth("2020-07-15")])
    assert found(both, "birth-proof").source.article == "article 49, § 1"


def test_the_hospital_certificate_follows_and_stops_nothing() -> None:
    stays = [stay("2020-07-15", "2020-07-31")]
    certified = decide(births=[birth("2020-07-15", stays=stays)])
    assert found(certified, "hospital-certificate").outcome == "met"
    assert found(certified, "hospital-certificate").facts == {"postnatal_end": LAST, "until": day(LAST, 10)}
    ruling = decide(births=[birth("2020-07-15", stays=[stays[0] | {"certified": False}])])
    assert (ruling.outcome, found(ruling, "hospital-certificate").outcome) == ("granted", "unknown")
    assert found(ruling, "hospital-certificate").facts == {"postnatal_end": LAST, "until": LAST}
    needed = f"a certificate of the hospital, on {LAST} at the latest"
    assert asked(ruling, "hospital-stay") == [("births/0/stays/0/certified", needed)]
    twin = birth("2020-07-15", stays=[stays[0] | {"certified": False}])
    one_of_two = decide(births=[birth("2020-07-15", stays=stays), twin])
    assert found(one_of_two, "hospital-certificate").outcome == "unknown"
    assert "hospital-certificate" not in rules(decide())
    unasked = decide(births=[birth("2020-07-15", stays=stays)], extension={"hospital": False})
    assert "hospital-certificate" not in rules(unasked)


UNEMPLOYMENT = {"wage": {"amount": "70.0000"}, "benefits": [{"from": "2020-01-01", "amount": "50.00"}]}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, ["claimant", "zima-001"]),
        (
            {"quality": {"kind": "controlled-unemployed"}, "pay": {"unemployment": UNEMPLOYMENT}},
            ["claimant", "l500"],
        ),
        (
            {
                "quality": {
                    "kind": "resting-since-fifth-month",
                    "rest_from": "2020-05-04",
                    "since_fifth_month": True,
                },
                "pay": {"interruption_wage": {"amount": "100.0000"}},
            },
            ["claimant", "zima-001"],
        ),
        (
            {
                "pay": {
                    "activities": [activity()],
                    "unemployment": UNEMPLOYMENT,
                    "income_guarantee": {"guarantee": "400.00", "reference": "1200.00"},
                }
            },
            ["claimant", "zima-001", "l500"],
        ),
    ],
)
def test_the_information_sheet_comes_in_parts(changes: dict[str, Any], parts: list[str]) -> None:
    complete = decide(**changes)
    assert complete.outcome == "granted"
    assert (found(complete, "information-sheet").outcome, found(complete, "information-sheet").facts) == (
        "met",
        {"parts": parts},
    )


@pytest.mark.parametrize(
    ("kind", "place", "part"),
    [("employee", "pay/activities", "zima-001"), ("controlled-unemployed", "pay/unemployment", "l500")],
)
def test_pay_data_that_are_not_in_are_waited_for(kind: str, place: str, part: str) -> None:
    quality = {"kind": kind} | ({"basis": "contract"} if kind == "employee" else {})
    ruling = decide(quality=quality, pay={})
    assert (ruling.outcome, found(ruling, "information-sheet").outcome) == ("pending", "unknown")
    assert found(ruling, "information-sheet").facts["parts"] == ["claimant", part]
    assert place in [m.field for m in ruling.missing]
    assert ruling.amounts == []


def test_the_resumption_is_declared_after_the_end_and_stops_nothing() -> None:
    ruling = decide()
    assert (ruling.outcome, found(ruling, "resumption").outcome) == ("granted", "unknown")
    needed = f"a declaration of resumption of work or proof of controlled unemployment, after {LAST}"
    assert asked(ruling, "resumption") == [("resumption_declared", needed)]
    declared = decide(resumption_declared=True)
    assert found(declared, "resumption").outcome == "met"
    assert declared.missing == []
    assert "resumption" not in rules(decide(mother_died_on="2020-08-03"))


# --- XII. suspension of incapacity ----------------------------------------------------------------

ILL: dict[str, Any] = {
    "since": "2020-03-02",
    "wage": {"amount": "100.0000"},
    "benefits": [{"from": "2020-03-02", "gross": "60.00"}],
    "invalid_from": "2021-03-02",
}


def ill(**changes: Any) -> Ruling:
    incapacity = {name: value for name, value in (ILL | changes).items() if value is not None}
    history = [past("incapacity", "2020-03-02", "2020-07-10")]
    return decide(pay={"incapacity": incapacity}, history=history, births=[birth("2020-07-18")])


def test_invalidity_begins_later_by_the_days_of_the_rest() -> None:
    ruling = ill()
    days = sum(period.days for period in ruling.periods)
    assert (ruling.periods[0].first, ruling.periods[-1].last, days) == (date(2020, 7, 11), date(2020, 10, 23), 105)
    assert found(ruling, "incapacity-suspended").facts == {
        "phase": "primary-incapacity",
        "since": "2020-03-02",
        "from": FIRST,
        "until": "2020-10-23",
    }
    assert found(ruling, "invalidity-date").outcome == "met"
    assert found(ruling, "invalidity-date").facts == {"from": "2021-03-02", "to": "2021-06-15", "days": 105}


def test_the_date_of_invalidity_that_is_not_told_is_asked_and_stops_nothing() -> None:
    ruling = ill(invalid_from=None)
    assert (ruling.outcome, found(ruling, "invalidity-date").outcome) == ("granted", "unknown")
    assert found(ruling, "invalidity-date").facts == {"days": 105}
    needed = "the day on which invalidity would begin without the rest"
    assert asked(ruling, "invalidity-date") == [("pay/incapacity/invalid_from", needed)]


def test_invalidity_is_suspended_and_no_date_moves() -> None:
    ruling = ill(invalid=True, invalid_from=None, benefits=[{"from": "2020-03-02", "gross": "60.00", "net": "57.90"}])
    assert found(ruling, "incapacity-suspended").facts["phase"] == "invalidity"
    assert "invalidity-date" not in rules(ruling)


def test_the_allowance_for_the_help_of_others_goes_on_for_who_had_it() -> None:
    assert "help-of-others" not in rules(ill())
    assert found(ill(help_of_others=True), "help-of-others").outcome == "met"


def test_without_incapacity_nothing_is_suspended() -> None:
    assert not rules(decide()) & {"incapacity-suspended", "invalidity-date", "help-of-others"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"since": FIRST}, ("/case/pay/incapacity/since", "after-first-day")),
        ({"invalid_from": FIRST}, ("/case/pay/incapacity/invalid_from", "before-rest")),
    ],
)
def test_an_incapacity_that_contradicts_the_rest_is_refused_at_its_field(
    changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    with pytest.raises(InvalidError) as error:
        ill(**changes)
    assert [(f.path, f.code) for f in error.value.faults] == [fault]
    eve = {name: day(value, 1 if name == "invalid_from" else -1) for name, value in changes.items()}
    assert ill(**eve).outcome == "granted"


def test_an_incapacity_that_began_in_the_days_that_were_converted_is_a_true_fact() -> None:
    for since, granted in (("2020-07-09", True), ("2020-07-10", True), ("2020-07-11", False)):
        history = [past("work", "2020-01-01", "2020-07-08"), past("incapacity", "2020-07-09", "2020-07-14")]
        incapacity = {"since": since, "wage": {"amount": "100.0000"}, "invalid_from": "2021-07-09"}
        benefits = [{"from": "2020-07-01", "gross": "60.00"}]
        changes: dict[str, Any] = {"history": history, "pay": {"incapacity": {**incapacity, "benefits": benefits}}}
        if not granted:
            with pytest.raises(InvalidError) as error:
                decide(**changes)
            assert [f.path for f in error.value.faults] == ["/case/pay/incapacity/since"]
            continue
        ruling = decide(**changes)
        assert ruling.outcome == "granted"
        (suspended,) = [f for f in ruling.findings if f.rule == "incapacity-suspended"]
        assert (suspended.facts["since"], suspended.facts["from"]) == (since, since)


def test_work_may_have_been_interrupted_on_a_day_that_was_converted() -> None:
    history = [past("work", "2020-01-01", "2020-07-08"), past("incapacity", "2020-07-09", "2020-07-10")]
    quality = {"kind": "resting-since-fifth-month", "since_fifth_month": True}
    pay = {"interruption_wage": {"amount": "100.0000"}}
    assert decide(history=history, quality=quality | {"rest_from": "2020-07-11"}, pay=pay).outcome == "granted"
    with pytest.raises(InvalidError) as error:
        decide(history=history, quality=quality | {"rest_from": "2020-07-12"}, pay=pay)
    assert [(f.path, f.code) for f in error.value.faults] == [("/case/quality/rest_from", "after-first-day")]
