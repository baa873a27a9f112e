"""The social status but for the activity: conditions, use of the benefit, and the choice."""

from datetime import date
from typing import Any

import pytest

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.registry import SCHEMES
from tests.schemes.social_status.builders import (
    PENDING,
    REFUSED,
    decided,
    doctor,
    facts,
    faults,
    granted,
    number,
    outcome,
    practice,
    provider,
    rules,
    unknown,
)

PARTIAL = [{"status": "partial", "from": "2010-01-01"}]
NURSE = practice("nurse", activity={"reimbursed": "50000.00"}, main_activity=True)
IBAN = "BE68539007547034"


def missing(case: dict[str, Any], on: str | None = None) -> list[tuple[str, str, str]]:
    return [(m["field"], m["needed"], m["seen"]) for m in decided(case, on)["missing"]]


# figures are looked up when a rule needs them


def test_every_value_holds_for_whole_premium_years_and_every_amount_for_one() -> None:
    for parameter in SCHEMES["social-status"].parameter_sets["parameters"].parameters:
        assert (parameter.first.month, parameter.first.day) == (1, 1), parameter
        assert parameter.last in (LAST_DAY, date(parameter.last.year, 12, 31)), parameter
        if parameter.name in ("amount", "reserved-pension"):
            assert parameter.first.year == parameter.last.year, parameter


def test_the_rules_of_past_years_alone_have_no_later_value() -> None:
    ended = {p.name for p in SCHEMES["social-status"].parameter_sets["parameters"].parameters if p.final}
    assert ended == {"least-threshold-lowering", "no-activity-asked", "threshold-lowering"}


ENOUGH: dict[str, dict[str, Any]] = {
    "physician": {"reimbursed": "25000.00"},
    "dentist": {"services": 300},
    "physiotherapist": {"services": 3000},
    "pharmacist": {"weekly_hours": "38.00"},
    "speech-therapist": {"services": 2000},
    "nurse": {"reimbursed": "33000.00"},
    "midwife": {"services": 150},
}


@pytest.mark.parametrize(
    ("profession", "years"),
    [
        ("physician", [2025]),
        ("dentist", [2018, 2019, 2025]),
        ("physiotherapist", [2024, 2025]),
        ("pharmacist", [2018, 2019, 2024, 2025]),
        ("speech-therapist", [2019, 2020, 2025]),
        ("nurse", [2019, 2025]),
        ("midwife", [2025]),
    ],
)
def test_an_amount_that_was_not_printed_is_an_error_that_names_it_and_refuses_nobody(
    profession: str, years: list[int]
) -> None:
    one = practice(profession, activity=ENOUGH[profession], main_activity=True if profession == "nurse" else None)
    for year in years:
        assert unknown(provider(one, year=year)) == f"amount (level full, profession {profession})"
        assert outcome(provider(one | {"conventions": []}, year=year)) == REFUSED


def test_a_year_before_the_figures_is_an_error() -> None:
    assert unknown(provider(year=2017)) == "one-benefit"
    assert unknown(provider(doctor(conventions=[]), year=2017)) == "one-benefit"


def test_a_refusal_needs_no_figure_and_says_nothing_of_what_needed_one() -> None:
    case = provider(doctor("0.00", specialism="radiology", conventions=[], inactive_days=5))
    decision = decided(case)
    assert decision["outcome"] == "refused"
    assert set(rules(decision)) == {"premium-year", "recognition", "joined", "contract"}
    assert "specialism radiology" in unknown(provider(doctor("0.00", specialism="radiology")))


def test_a_pending_case_whose_threshold_is_not_known_is_not_told_to_wait() -> None:
    assert "specialism radiology" in unknown(provider(doctor("0.00", specialism="radiology"), contracts=None))


def test_the_amount_of_a_benefit_that_is_not_chosen_is_not_needed() -> None:
    radiologist = doctor("90000.00", specialism="radiology")
    dentist = practice("dentist", activity={"services": 300})
    assert outcome(provider(radiologist, dentist, chosen=number("dentist"))) == granted("3232.32")
    assert "radiology" in unknown(provider(radiologist, dentist, chosen=number("physician")))
    # without a choice, one of them may be the only benefit
    assert "radiology" in unknown(provider(radiologist, dentist))
    # between two benefits that are there, the choice is needed first
    assert outcome(provider(radiologist, dentist, NURSE)) == PENDING
    # what is refused needs no figure
    assert outcome(provider(radiologist | {"conventions": []}, dentist)) == granted("3232.32")
    waiting = practice("dentist")
    assert "radiology" in unknown(provider(radiologist, waiting))


def test_before_2021_every_benefit_needs_its_figures() -> None:
    radiologist = doctor("90000.00", specialism="radiology")
    assert "radiology" in unknown(provider(radiologist, NURSE, year=2020, chosen=number("nurse")))


def test_a_survivor_pension_of_2020_was_never_published() -> None:
    case = provider(benefit="reserved-survivor-pension", reserved_before=True, year=2020)
    assert unknown(case) == "reserved-pension (benefit reserved-survivor-pension)"
    assert outcome({**case, "practices": [doctor(conventions=[])]}) == REFUSED


def test_a_pension_of_who_reaches_the_reduced_threshold_alone_was_never_published() -> None:
    case = provider(doctor("12500.00"), benefit="reserved-retirement-pension", reserved_before=True, year=2020)
    assert unknown(case) == "reserved-pension (benefit reserved-retirement-pension, level partial)"


# recognition and convention


@pytest.mark.parametrize("recognition", ["without-title", "acquired-rights"])
def test_physicians_deleted_from_the_annex_do_not_count_in_2020_and_2021(recognition: str) -> None:
    for year in (2020, 2021):
        decision = decided(provider(doctor(specialism=None, recognition=recognition), year=year))
        assert decision["outcome"] == "refused"
        assert rules(decision)["recognition"] == "not-met"
    supplied = doctor(specialism=None, recognition=recognition, threshold={"full": "25000.00"})
    for year in (2019, 2022):
        assert rules(decided(provider(supplied, year=year)))["recognition"] == "met"


def test_a_training_plan_recognises_whatever_number_it_leads_to() -> None:
    for recognition in ("training-plan", "other-training-plan"):
        assert outcome(provider(doctor(recognition=recognition))) == granted("5088.58")
    # only the exemption asks for a reserved number
    assert outcome(provider(doctor("0.00", recognition="other-training-plan"))) == REFUSED


@pytest.mark.parametrize(
    ("conventions", "granted_on", "expected"),
    [
        ([("full", "2021-01-01", "2021-12-31")], None, granted("5088.58")),
        ([("full", "2021-01-02", None)], None, REFUSED),
        ([("full", "2010-01-01", "2021-12-30")], None, REFUSED),
        ([("full", "2010-01-01", "2021-05-31"), ("full", "2021-06-01", None)], None, granted("5088.58")),
        ([("full", "2010-01-01", "2021-05-31"), ("full", "2021-06-02", None)], None, REFUSED),
        ([("full", "2010-01-01", "2021-05-31"), ("partial", "2021-06-01", None)], None, granted("2400.40")),
        ([("none", "2010-01-01", None)], None, REFUSED),
        ([], None, REFUSED),
        ([("full", "2021-03-15", None)], "2021-03-15", granted("5088.58")),
        ([("full", "2021-03-16", None)], "2021-03-15", REFUSED),
        ([("full", "2021-03-15", None)], "2020-03-15", REFUSED),
        ([("full", "2021-12-31", None)], "2021-12-31", granted("5088.58")),
        ([("full", "2022-01-01", None)], "2022-01-01", REFUSED),
    ],
)
def test_the_agreement_is_joined_for_the_whole_year_or_from_the_number(
    conventions: list[tuple[str, str, str | None]], granted_on: str | None, expected: tuple[str, str | None]
) -> None:
    rows = [{"status": s, "from": f} | ({"until": u} if u else {}) for s, f, u in conventions]
    assert outcome(provider(doctor(conventions=rows, number_granted_on=granted_on))) == expected


@pytest.mark.parametrize(
    ("changes", "status", "until"),
    [
        ({}, "full", "2021-12-31"),
        ({"conventions": PARTIAL}, "partial", "2021-12-31"),
        ({"conventions": []}, "none", "2021-12-31"),
        ({"number_granted_on": "2022-01-01"}, "none", None),
    ],
)
def test_the_least_of_the_year_is_told(changes: dict[str, Any], status: str, until: str | None) -> None:
    joined = facts(decided(provider(doctor(**changes))), "joined")
    assert (joined["status"], joined["until"]) == (status, until)


def test_joining_in_part_is_for_physicians_and_dentists() -> None:
    pharmacist = practice("pharmacist", activity={"weekly_hours": "38.00"}, conventions=PARTIAL)
    assert outcome(provider(pharmacist)) == REFUSED


def test_a_nurse_is_self_employed_as_main_activity() -> None:
    nurse = practice("nurse", activity={"reimbursed": "40000.00"})
    assert outcome(provider(nurse | {"main_activity": False})) == REFUSED
    assert outcome(provider(nurse)) == PENDING
    # nothing waits for it where something else has failed
    assert outcome(provider(nurse | {"conventions": []})) == REFUSED


# the use of the benefit


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        (["2021-12-31"], granted("5088.58")),
        (["2022-01-01"], REFUSED),
        (["2022-01-01", "2020-05-05"], granted("5088.58")),
        ([], REFUSED),
        (None, PENDING),
    ],
)
def test_a_contract_counts_when_concluded_in_or_before_the_premium_year(
    contracts: list[str] | None, expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(contracts=contracts)) == expected
    assert outcome(provider(contracts=contracts, benefit="contract")) == expected


def test_the_year_of_the_statutory_pension_has_the_other_benefit_paid_to_an_account() -> None:
    case = provider(NURSE, pension_taken_on="2023-12-31", year=2023, contracts=None)
    waiting = decided(case)
    assert (waiting["outcome"], waiting["total"]) == PENDING
    assert missing(case) == [("/account", "account", "nothing")]
    paid = decided({**case, "account": IBAN})
    assert [(a["kind"], a["amount"]) for a in paid["amounts"]] == [("other-benefit", "593.44")]
    assert paid["total"] == "593.44"
    assert "contract" not in rules(paid)
    assert IBAN not in str(paid)


@pytest.mark.parametrize(
    ("profession", "about", "heading"),
    [
        ("physician", "physicians", "Conventievoordeel"),
        ("dentist", "dentists", "Wat is het ander conventievoordeel bij pensioenopname?"),
        ("midwife", "midwives", "Wat is het conventievoordeel bij pensioenopname?"),
    ],
)
def test_the_other_benefit_rests_on_the_page_of_the_profession(profession: str, about: str, heading: str) -> None:
    one = practice(profession, activity=ENOUGH[profession])
    decision = decided(provider(one, pension_taken_on="2023-12-31", account=IBAN, year=2023))
    (source,) = [step["source"] for step in decision["explanation"] if step["rule"] == "other-benefit"]
    assert source == cite(f"social-status-page-{about}", heading).written


def test_the_year_before_the_statutory_pension_goes_to_the_contract() -> None:
    """The institute's example: a pension of 2024 leaves the premium of 2023 on the contract."""
    midwife = practice("midwife", activity={"services": 150})
    for year, kind, total in ((2023, "benefit", "593.44"), (2024, "other-benefit", "629.34")):
        decision = decided(provider(midwife, pension_taken_on="2024-01-01", account=IBAN, year=year))
        assert [(a["kind"], a["amount"]) for a in decision["amounts"]] == [(kind, total)]
    without = provider(midwife, pension_taken_on="2024-01-01", account=IBAN, year=2023, contracts=[])
    assert outcome(without) == REFUSED


def test_the_other_benefit_asks_for_the_same_conditions() -> None:
    few = doctor("0.00")
    assert outcome(provider(few, pension_taken_on="2020-01-01", account=IBAN)) == REFUSED


def test_who_has_taken_the_pension_reserves_none() -> None:
    case = provider(benefit="reserved-retirement-pension", reserved_before=True, year=2020)
    decision = decided({**case, "pension_taken_on": "2020-06-01", "account": IBAN})
    assert [(a["kind"], a["amount"]) for a in decision["amounts"]] == [("other-benefit", "5037.70")]


@pytest.mark.parametrize(
    ("taken_on", "contracts", "account", "rule"),
    [
        ("2015-12-31", ["2015-12-31"], None, "contract"),
        ("2015-12-31", ["2019-06-01", "2015-12-31"], None, "contract"),
        ("2015-12-31", ["2015-12-31"], IBAN, "other-benefit"),
        ("2015-12-31", ["2016-01-01"], None, "other-benefit"),
        ("2016-01-01", ["2015-12-31"], None, "other-benefit"),
    ],
)
def test_a_pension_and_a_contract_of_before_2016_may_still_go_together(
    taken_on: str, contracts: list[str], account: str | None, rule: str
) -> None:
    case = provider(pension_taken_on=taken_on, contracts=contracts, account=account)
    assert {"contract", "other-benefit"} & set(rules(decided(case))) == {rule}
    assert outcome(case) == (granted("5088.58") if rule == "contract" or account else PENDING)


def test_a_pension_is_reserved_by_who_reserved_one_before() -> None:
    case = provider(benefit="reserved-retirement-pension", reserved_before=True, year=2019)
    assert decided(case)["outcome"] == "granted"
    assert outcome({**case, "reserved_before": False}) == REFUSED


# what is missing


def test_what_is_missing_is_named_with_what_was_seen() -> None:
    nurse = practice("nurse", activity={"reimbursed": "40000.00"})
    assert missing(provider()) == []
    assert missing(provider(NURSE)) == []
    assert missing(provider(nurse)) == [("/practices/0/main_activity", "main-activity", "nothing")]
    few = doctor("24999.99", medical_house={"weekly_hours": "12.99", "attested_on": "2022-07-15"}, conventions=PARTIAL)
    assert missing(provider(few)) == [
        ("/practices/0/medical_house/weekly_hours", "hours-per-week", "hours-per-week"),
        ("/practices/0/activity/reimbursed", "of-reimbursed", "of-reimbursed"),
    ]
    assert rules(decided(provider(few)))["medical-house"] == "not-met"
    assert decided(provider(few))["missing"][0]["facts"] == {"needed": {"hours": "13.00"}, "seen": {"hours": "12.99"}}
    late = few | {"medical_house": {"weekly_hours": "13.00", "attested_on": "2022-09-01"}}
    assert missing(provider(late))[0] == ("/practices/0/medical_house/attested_on", "attested", "day")
    assert decided(provider(late))["missing"][0]["facts"] == {
        "needed": {"first": "2022-07-01", "last": "2022-08-31"},
        "seen": {"day": "2022-09-01"},
    }
    assert missing(provider(contracts=None)) == [("/contracts", "contract", "nothing")]
    assert missing(provider(contracts=["2022-03-01"])) == [("/contracts", "contract", "day")]
    assert missing(provider(doctor(None))) == [("/practices/0/activity/reimbursed", "of-reimbursed", "nothing")]
    pension = provider(benefit="reserved-retirement-pension", reserved_before=True, year=2020)
    assert missing(pension) == []
    assert missing({**pension, "reserved_before": False}) == [("/reserved_before", "reserved-before", "nothing")]


def test_a_year_is_decided_when_it_has_ended() -> None:
    running = decided(provider(doctor("0.00", specialism="radiology", conventions=[])), "2021-12-31")
    assert running["outcome"] == "pending"
    assert set(rules(running)) == {"premium-year"}
    assert running["missing"] == [
        {
            "rule": "premium-year",
            "field": "/on",
            "needed": "on-or-after",
            "seen": "day",
            "facts": {"needed": {"day": "2022-01-01"}, "seen": {"day": "2021-12-31"}},
        }
    ]
    assert outcome(provider(), "2022-01-01") == granted("5088.58")


def test_a_refusal_names_every_rule_that_failed() -> None:
    case = provider(doctor("0.00", conventions=[]), contracts=["2022-02-03"])
    failed = {rule for rule, found in rules(decided(case)).items() if found == "not-met"}
    assert failed == {"joined", "activity", "contract"}


# one benefit


def test_several_benefits_need_the_choice_of_the_provider_from_2021() -> None:
    case = provider(doctor(), NURSE)
    waiting = decided(case)
    assert (waiting["outcome"], waiting["amounts"]) == ("pending", [])
    assert waiting["missing"] == [
        {
            "rule": "one-benefit",
            "field": "/chosen",
            "needed": "choice",
            "seen": "nothing",
            "facts": {"needed": {"professions": ["physician", "nurse"]}, "seen": {}},
        }
    ]
    assert outcome({**case, "chosen": number("nurse")}) == granted("544.47")
    assert outcome({**case, "chosen": number("physician")[:8]}) == granted("5088.58")


def test_before_2021_benefits_do_not_exclude_each_other() -> None:
    decision = decided(provider(doctor(), NURSE, year=2020))
    assert rules(decision)["one-benefit"] == "not-needed"
    assert (decision["outcome"], decision["total"]) == granted("5576.73")


def test_no_choice_is_asked_where_one_benefit_remains() -> None:
    case = provider(doctor(), NURSE | {"main_activity": False})
    assert outcome(case) == granted("5088.58")
    assert "one-benefit" not in rules(decided(case))


def test_a_choice_of_what_is_refused_leaves_the_choice_open() -> None:
    speech = practice("speech-therapist", activity={"services": 0})
    assert outcome(provider(doctor(), NURSE, speech, chosen=number("speech-therapist"))) == PENDING


def test_a_benefit_that_is_not_settled_yet_may_still_be_chosen() -> None:
    open_house = doctor(None, medical_house={"weekly_hours": "13.00"})
    case = provider(open_house, NURSE)
    assert outcome(case, "2022-08-31") == PENDING
    assert outcome({**case, "chosen": number("nurse")}, "2022-08-31") == granted("544.47")
    assert outcome({**case, "chosen": number("physician")}, "2022-08-31") == PENDING
    # after the window the house is refused and one benefit remains
    assert outcome(case, "2022-09-01") == granted("544.47")


# input


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (provider(doctor(), doctor()), {"/case": "profession-given-twice"}),
        (provider(chosen=number("nurse")), {"/case": "not-a-practice"}),
        (provider(NURSE, benefit="reserved-retirement-pension"), {"/case": "pension-for-physicians"}),
        (provider(practice("physician", specialism=None)), {"/case/practices/0": "specialism-for-physicians"}),
        (provider(practice("nurse", specialism="cardiology")), {"/case/practices/0": "specialism-for-physicians"}),
        (provider(practice("nurse", recognition="acquired-rights")), {"/case/practices/0": "not-for-profession"}),
        (provider(practice("nurse", recognition="without-title")), {"/case/practices/0": "not-for-profession"}),
        (provider(practice("nurse", trainee_on_31_december=True)), {"/case/practices/0": "not-for-profession"}),
        (provider(practice("dentist", recognised_since="2020-01-01")), {"/case/practices/0": "not-for-profession"}),
        (
            provider(doctor(recognition="training-plan", recognised_since="2020-01-01")),
            {"/case/practices/0": "not-recognised"},
        ),
        (
            provider(doctor(number_granted_on="2020-01-02", recognised_since="2020-01-01")),
            {"/case/practices/0": "recognised-before-number"},
        ),
        (
            provider(practice("nurse", medical_house={"weekly_hours": "13.00"})),
            {"/case/practices/0": "medical-house-for-physicians"},
        ),
        (
            provider(practice("nurse", threshold={"full": "30000.00"})),
            {"/case/practices/0": "threshold-of-a-specialism"},
        ),
        (
            provider(
                doctor(conventions=[{"status": "full", "from": "2020-01-01"}, {"status": "none", "from": "2020-02-01"}])
            ),
            {"/case/practices/0": "overlapping"},
        ),
        (
            provider(doctor(conventions=[{"status": "full", "from": "2020-01-02", "until": "2020-01-01"}])),
            {"/case/practices/0/conventions/0": "until-before-from"},
        ),
        (provider(account="BE68539007547035"), {"/case/account": "iban-invalid"}),
    ],
)
def test_a_case_that_contradicts_itself_is_rejected_at_its_place(case: dict[str, Any], found: dict[str, str]) -> None:
    assert faults(case) == found


def test_a_number_may_be_a_reserved_one_from_its_first_day() -> None:
    assert outcome(provider(doctor(number_granted_on="2020-01-01", recognised_since="2020-01-01"))) == granted(
        "5088.58"
    )


@pytest.mark.parametrize(
    ("case", "path"),
    [
        (provider(contracts=["2015-06-01", "2022-09-02"]), "/case/contracts/1"),
        (provider(doctor(number_granted_on="2022-09-02")), "/case/practices/0/number_granted_on"),
        (provider(doctor(recognised_since="2022-09-02")), "/case/practices/0/recognised_since"),
        (provider(pension_taken_on="2022-09-02"), "/case/pension_taken_on"),
        (
            provider(doctor(medical_house={"weekly_hours": "13.00", "attested_on": "2022-09-02"})),
            "/case/practices/0/medical_house/attested_on",
        ),
    ],
)
def test_an_event_after_the_day_of_the_decision_is_rejected(case: dict[str, Any], path: str) -> None:
    assert faults(case, "2022-09-01") == {path: "in-the-future"}
    assert decided(case, "2022-09-02")["outcome"] in ("granted", "pending", "refused")


def test_a_period_may_be_one_day_and_periods_share_none() -> None:
    rows = [("2010-01-01", "2021-05-31"), ("2021-06-01", "2021-06-01"), ("2021-06-02", None)]
    conventions = [{"status": "full", "from": f} | ({"until": u} if u else {}) for f, u in rows]
    assert outcome(provider(doctor(conventions=conventions))) == granted("5088.58")
    shared = [conventions[0], conventions[1] | {"from": "2021-05-31"}]
    assert faults(provider(doctor(conventions=shared))) == {"/case/practices/0": "overlapping"}
