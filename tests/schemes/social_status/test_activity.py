"""The activity: thresholds and maximums at their limits, who needs none, and what is lowered."""

from datetime import date
from typing import Any

import pytest

from tegemoet.schemes.registry import SCHEMES
from tests.schemes.social_status.builders import (
    PENDING,
    REFUSED,
    decided,
    doctor,
    facts,
    faults,
    figure,
    granted,
    outcome,
    practice,
    provider,
    rules,
    sentence,
    unknown,
)

PARTIAL = [{"status": "partial", "from": "2010-01-01"}]
NURSE = practice("nurse", main_activity=True)


# physicians: the threshold of a specialism


def test_who_joined_in_part_needs_the_full_threshold() -> None:
    assert outcome(provider(doctor("25000.00", conventions=PARTIAL))) == granted("2400.40")
    decision = decided(provider(doctor("24999.99", conventions=PARTIAL)))
    assert decision["outcome"] == "refused"
    assert decision["missing"] == [
        {
            "rule": "activity",
            "field": "/practices/0/activity/reimbursed",
            "needed": "of-reimbursed",
            "seen": "of-reimbursed",
            "facts": {"needed": {"value": "25000.00"}, "seen": {"value": "24999.99"}},
        }
    ]


@pytest.mark.parametrize(
    ("language", "full", "reduced"),
    [
        ("nl", "; niveau: volledig (", "; niveau: verlaagd; de volledige drempel is niet bereikt ("),
        ("fr", " ; niveau : complet (", " ; niveau : réduit ; le seuil complet n'est pas atteint ("),
        ("en", "; level: full (", "; level: reduced; the full threshold is not reached ("),
        ("de", "; Stufe: vollständig (", "; Stufe: verringert; die volle Schwelle ist nicht erreicht ("),
    ],
)
def test_a_partial_amount_says_that_the_full_threshold_was_missed(language: str, full: str, reduced: str) -> None:
    for reimbursed, due, said in (("25000.00", "5088.58", full), ("24999.99", "2400.40", reduced)):
        case = provider(doctor(reimbursed))
        assert outcome(case) == granted(due)
        assert said in sentence(case, "activity", language)


def test_a_specialism_without_a_threshold_is_an_error_that_names_it() -> None:
    parameter = unknown(provider(doctor("90000.00", specialism="radiology")))
    assert parameter == "activity-minimum (level full, measure reimbursed, profession physician, specialism radiology)"


@pytest.mark.parametrize("specialism", ["clinical-genetics", "forensic-medicine"])
def test_a_threshold_that_began_in_2022_is_not_known_before(specialism: str) -> None:
    assert specialism in unknown(provider(doctor(specialism=specialism), year=2021))
    assert outcome(provider(doctor("25000.00", specialism=specialism), year=2022)) == granted("5128.78")
    # the reduced one was printed in two ways
    assert "level reduced," in unknown(provider(doctor("24999.99", specialism=specialism), year=2022))


@pytest.mark.parametrize("recognition", ["without-title", "acquired-rights"])
def test_the_threshold_of_physicians_without_a_title_is_supplied_or_not_known(recognition: str) -> None:
    one = doctor("25000.00", specialism=None, recognition=recognition)
    for year in (2018, 2019, 2022, 2024):
        assert f"specialism {recognition}" in unknown(provider(one, year=year))
    own = one | {"threshold": {"full": "25000.00"}}
    for year, due in ((2019, "4941.34"), (2022, "5128.78")):
        assert outcome(provider(own, year=year)) == granted(due)
    fewer = own | {"activity": {"reimbursed": "24999.99"}}
    assert outcome(provider(fewer, year=2022)) == granted("2419.36")
    # a specialism does not count
    assert outcome(provider(own | {"specialism": "cardiology"}, year=2022)) == granted("5128.78")


# a threshold that is supplied


def test_a_supplied_threshold_is_used_and_recorded() -> None:
    for reimbursed, expected in {
        "60000.00": granted("5088.58"),
        "59999.99": granted("2400.40"),
        "30000.00": granted("2400.40"),
        "29999.99": REFUSED,
    }.items():
        decision = decided(provider(doctor(reimbursed, specialism="radiology", threshold={"full": "60000.00"})))
        assert (decision["outcome"], decision["total"]) == expected
        found = facts(decision, "threshold-supplied")
        assert (found["specialism"], found["full"], found["reduced"]) == ("radiology", "60000.00", "30000.00")
        assert {v["source"]["act"] for v in decision["values"] if v["basis"] == "supplied"} == {"the case"}


def test_a_threshold_may_be_supplied_as_any_figure_is() -> None:
    key = {"profession": "physician", "specialism": "radiology", "measure": "reimbursed"}
    supplied = [figure("activity-minimum", "60000.00", 2021, level="full", **key)]
    case = provider(doctor("60000.00", specialism="radiology"))
    assert outcome(case, supplied=supplied) == granted("5088.58")
    fewer = provider(doctor("59999.99", specialism="radiology"))
    assert "level reduced" in unknown(fewer, supplied=supplied)
    supplied.append(figure("activity-minimum", "30000.00", 2021, level="reduced", **key))
    assert outcome(fewer, supplied=supplied) == granted("2400.40")
    published = [figure("activity-minimum", "25000.00", 2021, level="full", **(key | {"specialism": "psychiatry"}))]
    assert faults(case, supplied=published) == {"/supplied/0": "figure-is-published"}


@pytest.mark.parametrize(
    ("level", "value", "code"),
    [
        ("full", "24999.99", "threshold-outside-range"),
        ("full", "25000.00", None),
        ("full", "75000.00", None),
        ("full", "75000.01", "threshold-outside-range"),
        ("reduced", "0.01", None),
        ("reduced", "75000.01", "threshold-outside-range"),
    ],
)
def test_a_threshold_supplied_beside_the_case_lies_in_the_range(level: str, value: str, code: str | None) -> None:
    key = {"profession": "physician", "specialism": "radiology", "measure": "reimbursed"}
    given = [figure("activity-minimum", value, 2021, level=level, **key)]
    case = provider(doctor("75000.00", specialism="radiology", threshold={"full": "60000.00"}))
    if code is None:
        assert outcome(case, supplied=given) == granted("5088.58")
    else:
        assert faults(case, supplied=given) == {"/supplied/0/value": code}


def test_a_reduced_threshold_supplied_beside_the_case_is_not_above_the_full_one() -> None:
    key = {"profession": "physician", "specialism": "radiology", "measure": "reimbursed"}
    case = provider(doctor("60000.00", specialism="radiology"))
    for reduced, found in (("60000.00", {}), ("60000.01", {"/supplied/1/value": "reduced-above-full"})):
        levels = {"full": "60000.00", "reduced": reduced}
        given = [figure("activity-minimum", value, 2021, level=level, **key) for level, value in levels.items()]
        if found:
            assert faults(case, supplied=given) == found
        else:
            assert outcome(case, supplied=given) == granted("5088.58")


@pytest.mark.parametrize(("value", "holds"), [("4", False), ("5", True), ("100", True), ("101", False)])
def test_a_supplied_lowering_lies_between_the_least_one_and_all(value: str, holds: bool) -> None:
    given = [figure("threshold-lowering", value, 2020, profession="physician", specialism="radiology", level="reduced")]
    case = provider(doctor("75000.00", specialism="radiology", threshold={"full": "60000.00"}), year=2020)
    if holds:
        assert decided(case, supplied=given)["outcome"] == "granted"
    else:
        assert faults(case, supplied=given) == {"/supplied/0/value": "lowering-outside-range"}


def test_an_amount_may_be_supplied_where_none_is_published() -> None:
    one = practice("physiotherapist", activity={"services": 3000})
    assert unknown(provider(one, year=2024)) == "amount (level full, profession physiotherapist)"
    supplied = [figure("amount", "3629.78", 2024, profession="physiotherapist", level="full")]
    assert outcome(provider(one, year=2024), supplied=supplied) == granted("3629.78")


def test_half_of_a_supplied_threshold_is_the_reduced_one_if_it_is_whole_cents() -> None:
    for full, half, below in (("60000.02", "30000.01", "30000.00"), ("60000.00", "30000.00", "29999.99")):
        one = doctor(half, specialism="radiology", threshold={"full": full})
        assert outcome(provider(one)) == granted("2400.40")
        assert outcome(provider(one | {"activity": {"reimbursed": below}})) == REFUSED
    odd = doctor("60000.01", specialism="radiology", threshold={"full": "60000.01"})
    assert outcome(provider(odd)) == granted("5088.58")
    assert "level reduced" in unknown(provider(odd | {"activity": {"reimbursed": "45000.00"}}))


def test_a_supplied_reduced_threshold_stands_in_the_place_of_half() -> None:
    threshold = {"full": "60000.00", "reduced": "20000.00"}
    for reimbursed, expected, level in (
        ("60000.00", granted("5088.58"), "full"),
        ("20000.00", granted("2400.40"), "reduced"),
        ("19999.99", REFUSED, "reduced"),
    ):
        decision = decided(provider(doctor(reimbursed, specialism="radiology", threshold=threshold)))
        assert (decision["outcome"], decision["total"]) == expected
        assert (facts(decision, "activity")["level"], facts(decision, "activity")["measure"]) == (level, "reimbursed")
    genetics = doctor("15000.00", specialism="clinical-genetics", threshold={"full": "25000.00", "reduced": "15000.00"})
    assert outcome(provider(genetics, year=2023)) == granted("2616.30")
    assert rules(decided(provider(genetics, year=2023)))["threshold-supplied"] == "met"


def test_a_published_threshold_that_is_supplied_again_is_not_recorded() -> None:
    again = doctor("25000.00", threshold={"full": "25000.00"})
    decision = decided(provider(again))
    assert "threshold-supplied" not in rules(decision)
    assert "supplied" not in {value["basis"] for value in decision["values"]}
    later = decided(
        provider(doctor("25000.00", specialism="clinical-genetics", threshold={"full": "25000.00"}), year=2022)
    )
    assert "threshold-supplied" not in rules(later)


@pytest.mark.parametrize(
    ("specialism", "threshold", "found"),
    [
        ("radiology", {"full": "24999.99"}, {"full": "threshold-outside-range"}),
        ("radiology", {"full": "75000.01"}, {"full": "threshold-outside-range"}),
        ("radiology", {"full": "30000.00", "reduced": "30000.01"}, {"": "reduced-above-full"}),
        ("psychiatry", {"full": "30000.00"}, {"full": "figure-is-published"}),
        ("psychiatry", {"full": "25000.00", "reduced": "12000.00"}, {"reduced": "figure-is-published"}),
    ],
)
def test_a_threshold_that_is_published_or_impossible_is_not_supplied(
    specialism: str, threshold: dict[str, str], found: dict[str, str]
) -> None:
    path = "/case/practices/0/threshold"
    expected = {f"{path}/{name}".rstrip("/"): code for name, code in found.items()}
    case = provider(doctor(specialism=specialism, threshold=threshold))
    assert faults(case) == expected
    assert faults(case, "2021-12-31") == expected


@pytest.mark.parametrize(("full", "reduced"), [("25000.00", None), ("75000.00", None), ("30000.00", "30000.00")])
def test_a_supplied_threshold_may_lie_on_the_ends_of_the_range(full: str, reduced: str | None) -> None:
    threshold = {"full": full} | ({"reduced": reduced} if reduced else {})
    assert outcome(provider(doctor("75000.00", specialism="radiology", threshold=threshold))) == granted("5088.58")


# physicians and dentists: who needs no activity


@pytest.mark.parametrize(
    ("changes", "year", "expected"),
    [
        ({"number_granted_on": "2021-05-10"}, 2023, granted("5546.26")),
        ({"number_granted_on": "2021-05-10", "conventions": [{"status": "partial", "from": "2021-05-10"}]}, 2023, None),
        ({"number_granted_on": "2018-01-01"}, 2023, REFUSED),
        ({"number_granted_on": "2018-01-02"}, 2023, granted("5546.26")),
        # an older number, of before the recognition
        ({"number_granted_on": "2010-01-01", "recognised_since": "2018-01-01"}, 2023, REFUSED),
        ({"number_granted_on": "2010-01-01", "recognised_since": "2018-01-02"}, 2023, granted("5546.26")),
        ({"recognised_since": "2018-01-02"}, 2023, granted("5546.26")),
        # in training on the first of January
        ({"recognition": "training-plan"}, 2023, granted("5546.26")),
        ({"recognition": "training-plan", "number_granted_on": "2023-01-01"}, 2023, granted("5546.26")),
        ({"recognition": "training-plan", "number_granted_on": "2023-01-02"}, 2023, REFUSED),
        ({"recognition": "other-training-plan", "number_granted_on": "2021-05-10"}, 2023, REFUSED),
        # before 2020 the first of January of two years before
        ({"number_granted_on": "2012-01-01"}, 2019, REFUSED),
        ({"number_granted_on": "2012-01-02"}, 2019, granted("4941.34")),
        ({"number_granted_on": "2015-01-01"}, 2020, "unknown"),
        ({"number_granted_on": "2015-01-02"}, 2020, granted("5037.70")),
    ],
)
def test_a_young_physician_or_one_in_training_needs_no_activity(
    changes: dict[str, Any], year: int, expected: tuple[str, str | None] | str | None
) -> None:
    case = provider(doctor("9000.00", **changes), year=year)
    if expected == "unknown":
        assert "threshold-lowering" in unknown(case)
    else:
        assert outcome(case) == (expected or granted("2616.30"))


def test_an_exemption_says_on_what_it_rests_and_needs_no_figure_of_the_specialism() -> None:
    young = decided(provider(doctor(None, specialism="radiology", number_granted_on="2021-05-10"), year=2023))
    assert rules(young)["activity"] == "not-needed"
    assert facts(young, "activity") | {
        "first": "2023-01-01",
        "since": "2021-05-10",
        "years": 5,
        "plan": None,
        "new": None,
    } == facts(young, "activity")
    plan = facts(decided(provider(doctor(None, recognition="training-plan"))), "activity")
    assert plan | {"first": "2021-01-01", "since": None, "years": None, "plan": "training-plan"} == plan


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number_granted_on": "2021-01-01"}, {"first": "2021-01-01", "since": "2021-01-01", "years": 5}),
        ({"number_granted_on": "2021-01-02"}, {"new": "2021-01-02"}),
        ({"recognition": "training-plan"}, {"first": "2021-01-01", "plan": "training-plan"}),
        (
            {"recognition": "training-plan", "number_granted_on": "2020-06-01"},
            {"first": "2021-01-01", "plan": "training-plan"},
        ),
    ],
)
@pytest.mark.parametrize("profession", ["physician", "dentist"])
def test_an_exemption_tells_the_reason_and_nothing_else(
    profession: str, changes: dict[str, Any], told: dict[str, Any]
) -> None:
    every: dict[str, Any] = dict.fromkeys(("first", "since", "years", "new", "plan")) | {"year": 2021}
    [found] = [
        step for step in decided(provider(practice(profession, **changes)))["explanation"] if step["rule"] == "activity"
    ]
    assert {name: found["facts"][name] for name in every} == every | told
    by_plan, by_number = {
        "physician": ("article 3 (article 7, § 6, 2)", "Wie vrijgesteld is van de activiteitsdrempel"),
        "dentist": ("300 prestations", "300 prestations"),
    }[profession]
    assert found["source"]["article"] == (by_plan if "plan" in told else by_number)


def test_a_physician_without_a_title_is_not_exempt_by_a_young_number() -> None:
    one = doctor("9000.00", specialism=None, recognition="without-title", number_granted_on="2021-05-10")
    assert "specialism without-title" in unknown(provider(one, year=2023))


def test_the_amount_of_trainees_comes_before_any_exemption() -> None:
    trainee = doctor(None, recognition="training-plan", trainee_on_31_december=True)
    decision = decided(provider(trainee))
    assert decision["total"] == "6351.21"
    assert "activity" not in rules(decision)
    assert unknown(provider(trainee, year=2019)) == "amount (level trainee, profession physician)"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"activity": {"services": 299}}, REFUSED),
        ({"activity": {"services": 0}, "recognition": "training-plan"}, granted("3232.32")),
        ({"activity": {"services": 0}, "recognition": "other-training-plan"}, granted("3232.32")),
        ({"activity": {"services": 0}, "number_granted_on": "2016-01-01"}, REFUSED),
        ({"activity": {"services": 0}, "number_granted_on": "2016-01-02"}, granted("3232.32")),
        ({"number_granted_on": "2021-11-01"}, granted("3232.32")),
        ({"conventions": PARTIAL, "recognition": "training-plan"}, granted("3232.32")),
        ({}, PENDING),
    ],
)
def test_a_dentist_needs_300_services_unless_young_or_in_training(
    changes: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(practice("dentist", **changes))) == expected


def test_a_dentist_needs_no_activity_before_2020() -> None:
    for year in (2018, 2019):
        case = provider(practice("dentist", activity={"services": 0}), year=year)
        assert unknown(case) == "amount (level full, profession dentist)"
        supplied = [figure("amount", "2382.60", year, profession="dentist", level="full")]
        assert decided(case, supplied=supplied)["total"] == "2382.60"
        assert rules(decided(case, supplied=supplied))["activity"] == "not-needed"


def test_a_dentist_gets_the_same_amount_in_full_and_in_part() -> None:
    assert outcome(provider(practice("dentist", activity={"services": 300}, conventions=PARTIAL))) == granted("3232.32")


def test_other_professions_are_not_exempt() -> None:
    for profession, activity in (("physiotherapist", {"services": 0}), ("pharmacist", {"weekly_hours": "0.00"})):
        one = practice(profession, activity=activity, number_granted_on="2020-05-10", recognition="training-plan")
        assert outcome(provider(one)) == REFUSED


# 2020: minimums are lowered


def test_260_services_of_a_dentist_and_24000_eur_of_a_physician_are_enough_in_2020() -> None:
    assert outcome(provider(practice("dentist", activity={"services": 260}), year=2020)) == granted("3200.00")
    decision = decided(provider(doctor("24000.00"), year=2020))
    assert decision["total"] == "5037.70"
    lowering = facts(decision, "threshold-lowering")
    assert (lowering["percentage"], lowering["least"], lowering["level"]) == ("5", None, "full")
    assert (facts(decision, "activity")["needed"], facts(decision, "activity")["seen"]) == ("23750.00", "24000.00")
    for year in (2019, 2021):
        assert "threshold-lowering" not in rules(decided(provider(year=year)))


def test_a_percentage_that_is_not_known_does_not_refuse() -> None:
    for reimbursed in ("31350.00", "150000.00"):
        nurse = NURSE | {"activity": {"reimbursed": reimbursed}}
        decision = decided(provider(nurse, year=2020))
        assert (decision["outcome"], decision["total"]) == granted("539.03")
        lowering = facts(decision, "threshold-lowering")
        assert (lowering["percentage"], lowering["least"]) == (None, "5")
        assert facts(decision, "activity")["needed"] == "31350.00"
    below = provider(NURSE | {"activity": {"reimbursed": "31349.99"}}, year=2020)
    assert unknown(below) == "threshold-lowering (profession nurse)"
    supplied = [figure("threshold-lowering", "20", 2020, profession="nurse")]
    assert outcome(below, supplied=supplied) == granted("539.03")
    assert outcome(provider(NURSE | {"activity": {"reimbursed": "26400.00"}}, year=2020), supplied=supplied) == granted(
        "539.03"
    )
    assert outcome(provider(NURSE | {"activity": {"reimbursed": "26399.99"}}, year=2020), supplied=supplied) == REFUSED


def test_a_maximum_is_not_lowered() -> None:
    assert outcome(provider(NURSE | {"activity": {"reimbursed": "150000.01"}}, year=2020)) == REFUSED
    one = practice("physiotherapist", activity={"services": 6501})
    assert rules(decided(provider(one, year=2020)))["activity-maximum"] == "not-met"


def test_hours_are_not_lowered() -> None:
    for hours, expected in (("18.99", REFUSED), ("19.00", granted("1534.23"))):
        case = provider(practice("pharmacist", activity={"weekly_hours": hours}), year=2020)
        assert outcome(case) == expected
    house = {"weekly_hours": "12.99", "attested_on": "2021-07-15"}
    assert outcome(provider(doctor("12500.00", medical_house=house), year=2020)) == granted("2376.40")


def test_the_reduced_threshold_of_2020_is_lower_by_five_percent_or_more() -> None:
    for reimbursed in ("12500.00", "11875.00"):
        assert outcome(provider(doctor(reimbursed), year=2020)) == granted("2376.40")
    decision = decided(provider(doctor("11875.00"), year=2020))
    assert facts(decision, "activity")["needed"] == "11875.00"
    assert facts(decision, "threshold-lowering")["least"] == "5"
    label = "threshold-lowering (level reduced, profession physician, specialism general-practice)"
    assert unknown(provider(doctor("11874.99"), year=2020)) == label
    # who joined in part needs the full one
    assert outcome(provider(doctor("23749.99", conventions=PARTIAL), year=2020)) == REFUSED


def test_a_threshold_of_2020_without_a_percentage_is_decided_from_95_percent_on() -> None:
    one = doctor("57000.00", specialism="radiology", threshold={"full": "60000.00"})
    assert outcome(provider(one, year=2020)) == granted("5037.70")
    below = one | {"activity": {"reimbursed": "56999.99"}}
    label = "threshold-lowering (level full, profession physician, specialism radiology)"
    assert unknown(provider(below, year=2020)) == label


@pytest.mark.parametrize(
    ("specialism", "needed"),
    [
        ("neurology", "51000.00"),
        ("rheumatology", "51600.00"),
        ("physical-medicine", "48000.00"),
        ("clinical-biology", "57000.00"),
        ("pathology", "51000.00"),
    ],
)
def test_a_percentage_of_2020_lowers_a_supplied_threshold(specialism: str, needed: str) -> None:
    decision = decided(provider(doctor("60000.00", specialism=specialism, threshold={"full": "60000.00"}), year=2020))
    assert facts(decision, "activity")["needed"] == needed
    assert facts(decision, "threshold-lowering")["least"] is None


def test_a_measure_that_certainly_reaches_a_level_makes_up_for_one_that_may() -> None:
    amounts = [figure("amount", "2668.18", 2020, profession="speech-therapist", level="full")]
    both = practice("speech-therapist", activity={"services": 1899, "key_letter_value": "33250.00"})
    assert outcome(provider(both, year=2020), supplied=amounts) == granted("2668.18")
    neither = practice("speech-therapist", activity={"services": 1899, "key_letter_value": "33249.99"})
    assert unknown(provider(neither, year=2020), supplied=amounts) == "threshold-lowering (profession speech-therapist)"


def test_what_would_reach_a_threshold_is_told_as_far_as_it_is_certain() -> None:
    decision = decided(provider(NURSE, year=2020))
    assert decision["outcome"] == "pending"
    assert decision["missing"][0]["facts"] == {"needed": {"value": "31350.00"}, "seen": {}}


def test_the_lowered_minimum_of_2020_is_lowered_again_for_inactivity() -> None:
    one = doctor("11875.00", inactive_days=111)
    assert outcome(provider(one, year=2020)) == granted("5037.70")
    assert outcome(provider(one | {"activity": {"reimbursed": "11874.99"}}, year=2020)) == granted("2376.40")


# inactivity


@pytest.mark.parametrize(("days", "needed"), [(1, "24887.39"), (111, "12500.00"), (222, "0.00")])
def test_recognised_inactivity_lowers_the_threshold_over_222_days(days: int, needed: str) -> None:
    decision = decided(provider(doctor("24887.39", inactive_days=days)))
    assert facts(decision, "activity")["needed"] == needed
    assert decision["total"] == "5088.58"
    assert rules(decision)["inactivity"] == "met"


def test_a_threshold_lowered_for_inactivity_is_tested_to_the_cent() -> None:
    assert outcome(provider(doctor("24887.38", inactive_days=1))) == granted("2400.40")
    assert outcome(provider(doctor("0.00", inactive_days=222))) == granted("5088.58")


def test_inactivity_lowers_the_minimum_and_not_the_maximum() -> None:
    for reimbursed, expected in (
        ("21999.99", REFUSED),
        ("22000.00", granted("544.47")),
        ("150000.00", granted("544.47")),
        ("150000.01", REFUSED),
    ):
        nurse = NURSE | {"activity": {"reimbursed": reimbursed}, "inactive_days": 74}
        assert outcome(provider(nurse)) == expected


def test_inactivity_lowers_hours_and_counts_too() -> None:
    half = {"inactive_days": 111}
    attested = {"weekly_hours": "6.50", "attested_on": "2022-07-15"}
    assert outcome(provider(doctor(None, medical_house=attested, **half))) == granted("5088.58")
    fewer = attested | {"weekly_hours": "6.49"}
    assert outcome(provider(doctor("6250.00", medical_house=fewer, **half))) == granted("2400.40")
    pharmacist = practice("pharmacist", activity={"weekly_hours": "19.00"}, **half)
    assert outcome(provider(pharmacist)) == granted("3099.43")
    assert outcome(provider(pharmacist | {"activity": {"weekly_hours": "18.99"}})) == granted("2324.56")
    dentist = practice("dentist", activity={"services": 150}, **half)
    assert outcome(provider(dentist)) == granted("3232.32")
    assert outcome(provider(dentist | {"activity": {"services": 149}})) == REFUSED
    assert rules(decided(provider(dentist)))["inactivity"] == "met"
    assert "inactivity" not in rules(decided(provider(dentist | {"inactive_days": 0})))


def test_more_inactive_days_than_a_year_has_are_rejected() -> None:
    assert faults(provider(doctor(inactive_days=223))) == {"/case/practices/0/inactive_days": "less-than-equal"}
    assert faults(provider(doctor(inactive_days=-1))) == {"/case/practices/0/inactive_days": "greater-than-equal"}


# medical houses


def house(hours: str = "13.00", attested_on: str | None = "2022-07-15") -> dict[str, Any]:
    return {"weekly_hours": hours} | ({"attested_on": attested_on} if attested_on else {})


@pytest.mark.parametrize(
    ("attested_on", "on", "expected"),
    [
        ("2022-07-01", "2022-09-01", granted("5088.58")),
        ("2022-08-31", "2022-09-01", granted("5088.58")),
        ("2022-09-01", "2022-09-01", REFUSED),
        ("2022-06-30", "2022-08-31", PENDING),
        ("2022-06-30", "2022-09-01", REFUSED),
        (None, "2022-08-31", PENDING),
        (None, "2022-09-01", REFUSED),
        ("2022-08-01", "2022-08-01", granted("5088.58")),
    ],
)
def test_hours_in_a_medical_house_are_attested_in_july_or_august(
    attested_on: str | None, on: str, expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(doctor(None, medical_house=house(attested_on=attested_on))), on) == expected


@pytest.mark.parametrize("year", range(2020, 2027))
def test_the_window_of_the_attestation_is_july_and_august_after_the_premium_year(year: int) -> None:
    own, on = SCHEMES["social-status"].parameter_sets["parameters"], date(year, 12, 31)
    window = [own.day("attestation-window", on, end=end) for end in ("first", "last")]
    assert window == [date(year + 1, 7, 1), date(year + 1, 8, 31)]


@pytest.mark.parametrize("year", [2020, 2023, 2024])
def test_thirteen_hours_give_the_highest_amount(year: int) -> None:
    attested = house(attested_on=f"{year + 1}-08-31")
    for conventions in ([{"status": "full", "from": "2010-01-01"}], PARTIAL):
        by_services = outcome(provider(doctor(conventions=conventions), year=year))
        by_hours = outcome(provider(doctor(None, medical_house=attested, conventions=conventions), year=year))
        assert by_hours == by_services


def test_hours_need_no_threshold_of_the_specialism() -> None:
    assert outcome(provider(doctor(None, specialism="radiology", medical_house=house()))) == granted("5088.58")


def test_fewer_hours_leave_the_services_to_decide() -> None:
    few = house("12.99")
    for reimbursed, expected in (("12500.00", granted("2400.40")), ("25000.00", granted("5088.58"))):
        decision = decided(provider(doctor(reimbursed, medical_house=few)))
        assert (decision["outcome"], decision["total"], decision["missing"]) == (*expected, [])
        assert rules(decision)["medical-house"] == "not-needed"
    assert outcome(provider(doctor("12500.00", medical_house=house(attested_on=None)))) == granted("2400.40")
    assert outcome(provider(doctor("24999.99", medical_house=few, conventions=PARTIAL))) == REFUSED


def test_hours_that_may_still_be_attested_leave_open_more_than_the_reduced_amount() -> None:
    waiting = provider(doctor("12500.00", medical_house=house(attested_on=None)))
    assert outcome(waiting, "2022-08-31") == PENDING
    enough = provider(doctor("25000.00", medical_house=house(attested_on=None)))
    assert outcome(enough, "2022-08-31") == granted("5088.58")


def test_how_many_hours_give_the_lower_amount_was_never_published() -> None:
    few = provider(doctor("12499.99", medical_house=house("12.99")))
    assert unknown(few) == "medical-house-hours (level reduced)"
    # hours that nobody attested in time need no figure
    assert outcome(provider(doctor("12499.99", medical_house=house("12.99", None)))) == REFUSED


@pytest.mark.parametrize(
    ("attested_on", "on"),
    [("2022-07-01", "2022-09-01"), ("2022-08-31", "2022-09-01"), (None, "2022-08-31"), ("2022-06-30", "2022-08-31")],
)
def test_few_hours_that_count_or_may_still_count_are_no_refusal(attested_on: str | None, on: str) -> None:
    few = provider(doctor("12499.99", medical_house=house("12.99", attested_on)))
    assert unknown(few, on).startswith("medical-house-hours")


@pytest.mark.parametrize("attested_on", ["2022-06-30", "2022-09-01"])
def test_few_hours_that_can_no_longer_count_are_a_refusal(attested_on: str) -> None:
    assert outcome(provider(doctor("12499.99", medical_house=house("12.99", attested_on)))) == REFUSED


def test_hours_before_the_decree_are_not_known() -> None:
    before = house(attested_on="2020-07-15")
    assert unknown(provider(doctor(None, medical_house=before), year=2019)).startswith("medical-house-hours")


# other professions


def test_a_physiotherapist_gets_the_higher_step_of_the_two_measures() -> None:
    both = practice("physiotherapist", activity={"services": 1500, "key_letter_value": "72000"})
    assert outcome(provider(both)) == granted("2847.45")


@pytest.mark.parametrize(
    ("profession", "services", "value"), [("speech-therapist", 4001, "70000"), ("physiotherapist", 6501, "156000")]
)
def test_above_one_maximum_may_be_within_the_step_of_the_other_measure(
    profession: str, services: int, value: str
) -> None:
    within = practice(profession, activity={"services": services, "key_letter_value": value})
    assert decided(provider(within))["outcome"] == "granted"
    above = practice(profession, activity={"services": services, "key_letter_value": f"{value}.01"})
    decision = decided(provider(above))
    assert decision["outcome"] == "refused"
    assert rules(decision)["activity-maximum"] == "not-met"


def test_the_maximum_of_physiotherapists_before_2020_is_not_known() -> None:
    amount = [figure("amount", "2633.39", 2019, profession="physiotherapist", level="full")]
    case = provider(practice("physiotherapist", activity={"services": 3000}), year=2019)
    assert unknown(case, supplied=amount) == "activity-maximum (measure services, profession physiotherapist)"
    # it is not asked of who reaches no step
    assert outcome(provider(practice("physiotherapist", activity={"services": 1499}), year=2019)) == REFUSED


def test_a_profession_without_a_minimum_in_the_year_is_an_error_that_names_it() -> None:
    assert unknown(provider(practice("midwife", activity={"services": 150}), year=2022)) == (
        "activity-minimum (profession midwife)"
    )


# pharmacist-biologists


def test_a_pharmacist_biologist_follows_the_pharmacists_until_2020() -> None:
    biologist = practice("pharmacist-biologist", activity={"weekly_hours": "28.00"})
    assert outcome(provider(biologist, year=2020)) == granted("2301.32")


def test_a_pharmacist_biologist_follows_the_physicians_of_clinical_biology_from_2021() -> None:
    biologist = practice("pharmacist-biologist", activity={"reimbursed": "75000.00"})
    assert "specialism clinical-biology" in unknown(provider(biologist))
    supplied = biologist | {"threshold": {"full": "75000.00"}}
    assert outcome(provider(supplied)) == granted("5088.58")
    assert outcome(provider(supplied | {"activity": {"reimbursed": "74999.99"}})) == granted("2400.40")
    # the exemption is for physicians
    young = biologist | {"number_granted_on": "2020-05-10"}
    assert "specialism clinical-biology" in unknown(provider(young))
