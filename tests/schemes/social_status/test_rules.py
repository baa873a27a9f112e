"""The social status: every published figure, the limits on both sides, and
an error for every figure that was never published.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.social_status.activity import Judged, minimums
from tests.schemes.social_status.builders import doctor, line, number, practice, provider

SCHEME = SCHEMES["social-status"]
PARTIAL = [{"status": "partial", "from": "2010-01-01"}]


def decided(case: dict[str, Any], on: str | None = None) -> dict[str, Any]:
    decision: dict[str, Any] = orjson.loads(
        decide_line(orjson.dumps(line(case, on=on)), SCHEME, "partner", b"key").decision
    )
    return decision


def outcome(case: dict[str, Any], on: str | None = None) -> tuple[str, str | None]:
    decision = decided(case, on)
    return decision["outcome"], decision["total"]


def rules(decision: dict[str, Any]) -> dict[str, str]:
    return {step["rule"]: step["outcome"] for step in decision["explanation"]}


def unknown(case: dict[str, Any], on: str | None = None) -> str:
    with pytest.raises(ParameterUnknownError) as error:
        decided(case, on)
    assert error.value.code == "parameter-unknown"
    assert error.value.on == f"{case['year']}-12-31"
    return error.value.parameter


def faults(case: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidError) as error:
        decided(case)
    return {fault.path: fault.code for fault in error.value.faults}


REFUSED, PENDING = ("refused", None), ("pending", None)


def granted(amount: str) -> tuple[str, str]:
    return "granted", amount


# amounts: every published figure


@pytest.mark.parametrize(
    ("year", "full", "partial"),
    [
        (2018, "4870.71", "2297.63"),
        (2019, "4941.34", "2330.95"),
        (2020, "5037.70", "2376.40"),
        (2023, "5546.26", "2616.30"),
        (2024, "5881.81", "2774.59"),
    ],
)
def test_a_physician_gets_the_amount_of_the_year(year: int, full: str, partial: str) -> None:
    assert outcome(provider(doctor("25000.00"), year=year)) == granted(full)
    assert outcome(provider(doctor("12500.00"), year=year)) == granted(partial)
    assert outcome(provider(doctor("25000.00", conventions=PARTIAL), year=year)) == granted(partial)


@pytest.mark.parametrize(
    ("year", "amount"), [(2020, "6287.70"), (2021, "6351.21"), (2023, "7465.04"), (2024, "7916.68")]
)
def test_a_physician_in_training_on_31_december_gets_an_amount_of_its_own(year: int, amount: str) -> None:
    trainee = doctor(None, recognition="training-plan", trainee_on_31_december=True)
    assert outcome(provider(trainee, year=year)) == granted(amount)
    assert "activity" not in rules(decided(provider(trainee, year=year)))


@pytest.mark.parametrize("year", [2020, 2021])
@pytest.mark.parametrize("status", ["full", "partial"])
def test_a_dentist_gets_the_same_amount_in_full_and_in_part(year: int, status: str) -> None:
    dentist = practice("dentist", activity={"services": 300}, conventions=[{"status": status, "from": "2010-01-01"}])
    assert outcome(provider(dentist, year=year)) == granted("3200.00")


@pytest.mark.parametrize(
    ("year", "basic", "middle", "full"),
    [(2021, "1610.68", "2128.38", "2847.45"), (2022, "1790.34", "2365.79", "3165.07")],
)
def test_a_physiotherapist_has_three_steps_by_services_or_by_key_letter_value(
    year: int, basic: str, middle: str, full: str
) -> None:
    steps: dict[str, list[tuple[int | str, int | str]]] = {
        "services": [(1499, 1500), (2299, 2300), (2999, 3000)],
        "key_letter_value": [("35999.99", "36000"), ("55199.99", "55200"), ("71999.99", "72000")],
    }
    for measure, limits in steps.items():
        before: tuple[str, str | None] = REFUSED
        for (below, reached), amount in zip(limits, (basic, middle, full), strict=True):
            for value, expected in ((below, before), (reached, granted(amount))):
                one = practice("physiotherapist", activity={measure: value})
                assert outcome(provider(one, year=year)) == expected
            before = granted(amount)


def test_a_physiotherapist_gets_the_higher_step_of_the_two_measures() -> None:
    both = practice("physiotherapist", activity={"services": 1500, "key_letter_value": "72000"})
    assert outcome(provider(both, year=2021)) == granted("2847.45")


@pytest.mark.parametrize(
    ("hours", "amount"),
    [
        ("19.00", "1534.23"),
        ("27.99", "1534.23"),
        ("28.00", "2301.32"),
        ("37.99", "2301.32"),
        ("38.00", "3068.44"),
        ("60.00", "3068.44"),
    ],
)
def test_a_pharmacist_gets_an_amount_by_weekly_hours(hours: str, amount: str) -> None:
    assert outcome(provider(practice("pharmacist", activity={"weekly_hours": hours}))) == granted(amount)


def test_fewer_than_nineteen_hours_give_a_pharmacist_nothing() -> None:
    decision = decided(provider(practice("pharmacist", activity={"weekly_hours": "18.99"})))
    assert decision["outcome"] == "refused"
    assert decision["missing"] == [
        {"rule": "activity", "field": "/practices/0/activity/weekly_hours", "needed": "19.00", "seen": "18.99"}
    ]


@pytest.mark.parametrize(("year", "first", "second"), [(2018, "1250.78", "2579.74"), (2024, "1510.44", "3115.26")])
def test_a_speech_therapist_has_two_steps_and_nothing_above(year: int, first: str, second: str) -> None:
    expected: dict[str, dict[Any, str | None]] = {
        "services": {899: None, 900: first, 1999: first, 2000: second, 4000: second, 4001: None},
        "key_letter_value": {
            "15749.99": None,
            "15750": first,
            "34999.99": first,
            "35000": second,
            "70000": second,
            "70000.01": None,
        },
    }
    for measure, amounts in expected.items():
        for value, amount in amounts.items():
            one = practice("speech-therapist", activity={measure: value})
            assert outcome(provider(one, year=year)) == (granted(amount) if amount else REFUSED)


def test_a_speech_therapist_above_one_limit_may_be_within_the_step_of_the_other() -> None:
    one = practice("speech-therapist", activity={"services": 4001, "key_letter_value": "70000"})
    assert outcome(provider(one, year=2018)) == granted("2579.74")
    two = practice("speech-therapist", activity={"services": 4001, "key_letter_value": "70000.01"})
    assert rules(decided(provider(two, year=2018)))["activity-maximum"] == "not-met"


@pytest.mark.parametrize(("year", "amount"), [(2020, "539.03"), (2024, "629.34")])
def test_a_nurse_has_a_lower_and_an_upper_limit(year: int, amount: str) -> None:
    for reimbursed, expected in {
        "32999.99": REFUSED,
        "33000.00": granted(amount),
        "150000.00": granted(amount),
        "150000.01": REFUSED,
    }.items():
        nurse = practice("nurse", activity={"reimbursed": reimbursed}, main_activity=True)
        assert outcome(provider(nurse, year=year)) == expected


def test_a_nurse_is_self_employed_as_main_activity() -> None:
    nurse = practice("nurse", activity={"reimbursed": "40000.00"})
    assert outcome(provider(nurse | {"main_activity": False})) == REFUSED
    assert outcome(provider(nurse)) == PENDING
    # nothing waits for it where something else has failed
    assert outcome(provider(nurse | {"conventions": []})) == REFUSED


def test_a_midwife_gets_a_benefit_for_2023_from_150_services() -> None:
    assert outcome(provider(practice("midwife", activity={"services": 149}), year=2023)) == REFUSED
    assert outcome(provider(practice("midwife", activity={"services": 150}), year=2023)) == granted("593.44")


@pytest.mark.parametrize(
    ("year", "benefit", "amount"),
    [
        (2018, "reserved-retirement-pension", "5829.83"),
        (2018, "reserved-survivor-pension", "4858.32"),
        (2019, "reserved-retirement-pension", "5914.36"),
        (2019, "reserved-survivor-pension", "4928.77"),
        (2020, "reserved-retirement-pension", "6029.69"),
    ],
)
def test_a_physician_who_reserved_before_keeps_the_right_to_a_pension(year: int, benefit: str, amount: str) -> None:
    case = provider(benefit=benefit, reserved_before=True, year=year, contracts=None)
    decision = decided(case)
    assert decision["outcome"] == "granted"
    assert [(a["kind"], a["amount"]) for a in decision["amounts"]] == [(benefit, amount)]
    assert decision["total"] is None
    assert outcome({**case, "reserved_before": False}) == REFUSED


def test_a_pension_of_who_reaches_the_reduced_threshold_alone_was_never_published() -> None:
    case = provider(doctor("12500.00"), benefit="reserved-retirement-pension", reserved_before=True)
    assert unknown(case) == "reserved-pension (benefit reserved-retirement-pension, level partial)"


def test_every_value_holds_for_whole_premium_years_and_every_amount_for_one() -> None:
    for parameter in SCHEME.parameter_sets["parameters"].parameters:
        assert (parameter.first.month, parameter.first.day) == (1, 1), parameter
        assert parameter.last in (LAST_DAY, date(parameter.last.year, 12, 31)), parameter
        if parameter.name in ("amount", "reserved-pension"):
            assert parameter.first.year == parameter.last.year, parameter


# what was never published


@pytest.mark.parametrize(
    ("profession", "years"),
    [
        ("physician", [2017, 2021, 2022, 2025]),
        ("dentist", [2018, 2019, 2022, 2023, 2024]),
        ("physiotherapist", [2018, 2019, 2020, 2023, 2024]),
        ("pharmacist", [2018, 2019, 2021, 2022, 2023, 2024]),
        ("speech-therapist", [2019, 2020, 2021, 2022, 2023]),
        ("nurse", [2018, 2019, 2021, 2022, 2023]),
        ("midwife", [2018, 2022, 2024]),
    ],
)
def test_a_year_without_a_figure_is_an_error_that_names_the_profession(profession: str, years: list[int]) -> None:
    for year in years:
        parameter = unknown(provider(practice(profession, conventions=[]), year=year))
        assert parameter.startswith("amount (")
        assert f"profession {profession}" in parameter


def test_a_profession_without_a_minimum_is_an_error_that_names_it() -> None:
    with pytest.raises(ParameterUnknownError) as error:
        minimums(Judged("midwife", None), date(2022, 12, 31), SCHEME.parameter_sets["parameters"])
    assert (error.value.parameter, error.value.on) == ("activity-minimum (profession midwife)", "2022-12-31")


@pytest.mark.parametrize("year", [2018, 2019, 2022])
def test_a_year_without_an_amount_of_trainees_is_an_error(year: int) -> None:
    parameter = unknown(provider(doctor(None, trainee_on_31_december=True), year=year))
    assert "level trainee" in parameter
    refused = doctor(None, trainee_on_31_december=True, conventions=[])
    assert "level trainee" in unknown(provider(refused, year=year))


def test_a_survivor_pension_of_2020_was_never_published() -> None:
    case = provider(benefit="reserved-survivor-pension", reserved_before=True)
    assert "reserved-survivor-pension" in unknown(case)
    assert "reserved-survivor-pension" in unknown({**case, "practices": [doctor(conventions=[])]})


def test_a_specialism_without_a_threshold_is_an_error_that_names_it() -> None:
    parameter = unknown(provider(doctor("90000.00", specialism="cardiology")))
    assert parameter.startswith("activity-minimum")
    assert "specialism cardiology" in parameter


@pytest.mark.parametrize("specialism", ["clinical-genetics", "forensic-medicine"])
def test_a_threshold_that_began_in_2023_is_not_known_before(specialism: str) -> None:
    assert specialism in unknown(provider(doctor(specialism=specialism), year=2020))
    assert outcome(provider(doctor("25000.00", specialism=specialism), year=2023)) == granted("5546.26")
    # the reduced one was printed in two ways
    assert "level reduced," in unknown(provider(doctor("24999.99", specialism=specialism), year=2023))


# the threshold of a specialism


@pytest.mark.parametrize("specialism", ["general-practice", "psychiatry", "plastic-surgery"])
def test_a_published_threshold_is_tested_to_the_cent(specialism: str) -> None:
    for reimbursed, expected in {
        "25000.00": granted("5037.70"),
        "24999.99": granted("2376.40"),
        "12500.00": granted("2376.40"),
        "12499.99": REFUSED,
    }.items():
        assert outcome(provider(doctor(reimbursed, specialism=specialism))) == expected


def test_who_joined_in_part_needs_the_full_threshold() -> None:
    assert outcome(provider(doctor("25000.00", conventions=PARTIAL))) == granted("2376.40")
    decision = decided(provider(doctor("24999.99", conventions=PARTIAL)))
    assert decision["outcome"] == "refused"
    assert decision["missing"][0]["needed"] == "25000.00"


def test_a_supplied_threshold_is_used_and_recorded() -> None:
    for reimbursed, expected in {
        "60000.00": granted("5037.70"),
        "59999.99": granted("2376.40"),
        "30000.00": granted("2376.40"),
        "29999.99": REFUSED,
    }.items():
        case = provider(doctor(reimbursed, specialism="cardiology", threshold={"full": "60000.00"}))
        assert outcome(case) == expected
        [supplied] = [s for s in decided(case)["explanation"] if s["rule"] == "threshold-supplied"]
        facts = supplied["facts"]
        assert (facts["specialism"], facts["full"], facts["reduced"]) == ("cardiology", "60000.00", "30000.00")


def test_a_supplied_reduced_threshold_stands_in_the_place_of_half() -> None:
    threshold = {"full": "60000.00", "reduced": "20000.00"}
    assert outcome(provider(doctor("20000.00", specialism="surgery", threshold=threshold))) == granted("2376.40")
    assert outcome(provider(doctor("19999.99", specialism="surgery", threshold=threshold))) == REFUSED
    for reimbursed, level in (("20000.00", "reduced"), ("60000.00", "full")):
        case = provider(doctor(reimbursed, specialism="surgery", threshold=threshold))
        [activity] = [s for s in decided(case)["explanation"] if s["rule"] == "activity"]
        assert (activity["facts"]["level"], activity["facts"]["measure"]) == (level, "reimbursed")
    genetics = doctor("15000.00", specialism="clinical-genetics", threshold={"full": "25000.00", "reduced": "15000.00"})
    assert outcome(provider(genetics, year=2023)) == granted("2616.30")


@pytest.mark.parametrize(
    ("specialism", "threshold", "found"),
    [
        ("surgery", {"full": "24999.99"}, {"full": "threshold-outside-range"}),
        ("surgery", {"full": "75000.01"}, {"full": "threshold-outside-range"}),
        ("surgery", {"full": "30000.00", "reduced": "30000.01"}, {"": "reduced-above-full"}),
        ("psychiatry", {"full": "30000.00"}, {"full": "threshold-is-published"}),
        ("psychiatry", {"full": "25000.00", "reduced": "12000.00"}, {"reduced": "threshold-is-published"}),
    ],
)
def test_a_threshold_that_is_published_or_impossible_is_not_supplied(
    specialism: str, threshold: dict[str, str], found: dict[str, str]
) -> None:
    path = "/case/practices/0/threshold"
    assert faults(provider(doctor(specialism=specialism, threshold=threshold))) == {
        f"{path}/{name}".rstrip("/"): code for name, code in found.items()
    }


@pytest.mark.parametrize("full", ["25000.00", "75000.00"])
def test_a_supplied_threshold_may_lie_on_the_ends_of_the_range(full: str) -> None:
    case = provider(doctor("75000.00", specialism="surgery", threshold={"full": full}))
    assert outcome(case) == granted("5037.70")


# inactivity


@pytest.mark.parametrize(("days", "needed"), [(1, "24887.39"), (111, "12500.00"), (222, "0.00")])
def test_recognised_inactivity_lowers_the_threshold_over_222_days(days: int, needed: str) -> None:
    decision = decided(provider(doctor("24887.39", inactive_days=days)))
    [activity] = [s for s in decision["explanation"] if s["rule"] == "activity"]
    assert activity["facts"]["needed"] == needed
    assert decision["total"] == "5037.70"
    assert rules(decision)["inactivity"] == "met"


def test_a_lowered_threshold_is_tested_to_the_cent() -> None:
    assert outcome(provider(doctor("24887.38", inactive_days=1))) == granted("2376.40")
    assert outcome(provider(doctor("0.00", inactive_days=222))) == granted("5037.70")


def test_inactivity_lowers_the_least_and_not_the_most() -> None:
    nurse = practice("nurse", main_activity=True, inactive_days=74)
    assert outcome(provider(nurse | {"activity": {"reimbursed": "22000.00"}})) == granted("539.03")
    assert outcome(provider(nurse | {"activity": {"reimbursed": "21999.99"}})) == REFUSED
    assert outcome(provider(nurse | {"activity": {"reimbursed": "150000.00"}})) == granted("539.03")
    assert outcome(provider(nurse | {"activity": {"reimbursed": "150000.01"}})) == REFUSED


def test_inactivity_lowers_hours_and_counts_too() -> None:
    half = {"inactive_days": 111}
    attested = {"weekly_hours": "6.50", "attested_on": "2021-07-15"}
    assert outcome(provider(doctor(None, medical_house=attested, **half))) == granted("5037.70")
    assert outcome(provider(doctor("6250.00", medical_house=attested | {"weekly_hours": "6.49"}, **half))) == granted(
        "2376.40"
    )
    pharmacist = practice("pharmacist", activity={"weekly_hours": "19.00"}, **half)
    assert outcome(provider(pharmacist)) == granted("3068.44")
    assert outcome(provider(pharmacist | {"activity": {"weekly_hours": "18.99"}})) == granted("2301.32")
    dentist = practice("dentist", activity={"services": 150}, **half)
    assert outcome(provider(dentist)) == granted("3200.00")
    assert outcome(provider(dentist | {"activity": {"services": 149}})) == REFUSED
    assert rules(decided(provider(dentist)))["inactivity"] == "met"
    assert "inactivity" not in rules(decided(provider(dentist | {"inactive_days": 0})))


def test_more_inactive_days_than_a_year_has_are_refused() -> None:
    assert faults(provider(doctor(inactive_days=223))) == {"/case/practices/0/inactive_days": "less-than-equal"}
    assert faults(provider(doctor(inactive_days=-1))) == {"/case/practices/0/inactive_days": "greater-than-equal"}


# medical houses


def house(hours: str = "13.00", attested_on: str | None = "2021-07-15") -> dict[str, Any]:
    return {"weekly_hours": hours} | ({"attested_on": attested_on} if attested_on else {})


@pytest.mark.parametrize(
    ("attested_on", "on", "expected"),
    [
        ("2021-07-01", "2021-09-01", granted("5037.70")),
        ("2021-08-31", "2021-09-01", granted("5037.70")),
        ("2021-09-01", "2021-09-01", REFUSED),
        ("2021-06-30", "2021-08-31", PENDING),
        ("2021-06-30", "2021-09-01", REFUSED),
        (None, "2021-08-31", PENDING),
        (None, "2021-09-01", REFUSED),
        # what is attested after the day of the decision is not there yet
        ("2021-08-01", "2021-07-31", PENDING),
        ("2021-08-01", "2021-08-01", granted("5037.70")),
    ],
)
def test_hours_in_a_medical_house_are_attested_in_july_or_august(
    attested_on: str | None, on: str, expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(doctor(None, medical_house=house(attested_on=attested_on))), on) == expected


@pytest.mark.parametrize("year", range(2020, 2025))
def test_the_window_of_the_attestation_is_july_and_august_after_the_premium_year(year: int) -> None:
    own, on = SCHEME.parameter_sets["parameters"], date(year, 12, 31)
    window = [own.day("attestation-window", on, end=end) for end in ("first", "last")]
    assert window == [date(year + 1, 7, 1), date(year + 1, 8, 31)]


@pytest.mark.parametrize("year", [2020, 2023, 2024])
def test_thirteen_hours_give_the_highest_amount(year: int) -> None:
    attested = house(attested_on=f"{year + 1}-08-31")
    full = outcome(provider(doctor(), year=year))
    assert outcome(provider(doctor(None, medical_house=attested), year=year)) == full
    partial = outcome(provider(doctor(None, medical_house=attested, conventions=PARTIAL), year=year))
    assert partial == outcome(provider(doctor(conventions=PARTIAL), year=year))


def test_fewer_hours_leave_the_services_to_decide() -> None:
    few = house("12.99")
    assert outcome(provider(doctor("12500.00", medical_house=few))) == granted("2376.40")
    assert outcome(provider(doctor("25000.00", medical_house=few))) == granted("5037.70")
    assert outcome(provider(doctor("12500.00", medical_house=house(attested_on=None)))) == granted("2376.40")
    assert outcome(provider(doctor("24999.99", medical_house=few, conventions=PARTIAL))) == REFUSED


def test_how_many_hours_give_the_lower_amount_was_never_published() -> None:
    few = provider(doctor("12499.99", medical_house=house("12.99")))
    assert unknown(few) == "medical-house-hours (level reduced)"
    # hours that nobody attested in time need no figure
    assert outcome(provider(doctor("12499.99", medical_house=house("12.99", None)))) == REFUSED


@pytest.mark.parametrize(
    ("attested_on", "on"),
    [("2021-07-01", "2021-09-01"), ("2021-08-31", "2021-09-01"), (None, "2021-08-31"), ("2021-06-30", "2021-08-31")],
)
def test_few_hours_that_count_or_may_still_count_are_no_refusal(attested_on: str | None, on: str) -> None:
    few = provider(doctor("12499.99", medical_house=house("12.99", attested_on)))
    assert unknown(few, on).startswith("medical-house-hours")


@pytest.mark.parametrize("attested_on", ["2021-06-30", "2021-09-01"])
def test_few_hours_that_can_no_longer_count_are_a_refusal(attested_on: str) -> None:
    assert outcome(provider(doctor("12499.99", medical_house=house("12.99", attested_on)))) == REFUSED


def test_hours_before_the_decree_are_not_known() -> None:
    assert unknown(provider(doctor(None, medical_house=house()), year=2019)).startswith("medical-house-hours")


# dentists


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"activity": {"services": 299}}, REFUSED),
        ({"activity": {"services": 0}, "recognition": "training-plan"}, granted("3200.00")),
        ({"activity": {"services": 0}, "number_granted_on": "2015-01-01"}, REFUSED),
        ({"activity": {"services": 0}, "number_granted_on": "2015-01-02"}, granted("3200.00")),
        ({"number_granted_on": "2020-11-01"}, granted("3200.00")),
        ({}, PENDING),
    ],
)
def test_a_dentist_needs_300_services_unless_young_or_in_training(
    changes: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(practice("dentist", **changes))) == expected


# pharmacist-biologists


def test_a_pharmacist_biologist_follows_the_pharmacists_until_2020() -> None:
    biologist = practice("pharmacist-biologist", activity={"weekly_hours": "28.00"})
    assert outcome(provider(biologist)) == granted("2301.32")


def test_a_pharmacist_biologist_follows_the_physicians_of_clinical_biology_from_2021() -> None:
    biologist = practice("pharmacist-biologist", activity={"reimbursed": "75000.00"})
    assert "profession physician" in unknown(provider(biologist, year=2021))
    assert "specialism clinical-biology" in unknown(provider(biologist, year=2023))
    supplied = biologist | {"threshold": {"full": "75000.00"}}
    assert outcome(provider(supplied, year=2023)) == granted("5546.26")
    assert outcome(provider(supplied | {"activity": {"reimbursed": "74999.99"}}, year=2023)) == granted("2616.30")


# recognition, convention, contract


@pytest.mark.parametrize("recognition", ["without-title", "acquired-rights"])
def test_physicians_deleted_from_the_annex_are_equated_again_from_2022(recognition: str) -> None:
    assert outcome(provider(doctor(recognition=recognition))) == REFUSED
    assert outcome(provider(doctor(recognition=recognition), year=2023)) == granted("5546.26")
    found = [
        rules(decided(provider(doctor(recognition=recognition), year=year)))["recognition"] for year in (2020, 2023)
    ]
    assert found == ["not-met", "met"]
    assert unknown(provider(doctor(recognition=recognition), year=2019)).startswith("counts-as-recognised")


def test_a_training_plan_leads_to_a_reserved_number() -> None:
    assert outcome(provider(doctor(recognition="training-plan"))) == granted("5037.70")
    assert outcome(provider(doctor(recognition="other-training-plan"))) == REFUSED


@pytest.mark.parametrize(
    ("conventions", "granted_on", "expected"),
    [
        ([("full", "2020-01-01", "2020-12-31")], None, granted("5037.70")),
        ([("full", "2020-01-02", None)], None, REFUSED),
        ([("full", "2010-01-01", "2020-12-30")], None, REFUSED),
        ([("full", "2010-01-01", "2020-05-31"), ("full", "2020-06-01", None)], None, granted("5037.70")),
        ([("full", "2010-01-01", "2020-05-31"), ("full", "2020-06-02", None)], None, REFUSED),
        ([("full", "2010-01-01", "2020-05-31"), ("partial", "2020-06-01", None)], None, granted("2376.40")),
        ([("none", "2010-01-01", None)], None, REFUSED),
        ([], None, REFUSED),
        ([("full", "2020-03-15", None)], "2020-03-15", granted("5037.70")),
        ([("full", "2020-03-16", None)], "2020-03-15", REFUSED),
        ([("full", "2020-03-15", None)], "2019-03-15", REFUSED),
        ([("full", "2020-12-31", None)], "2020-12-31", granted("5037.70")),
        ([("full", "2021-01-01", None)], "2021-01-01", REFUSED),
    ],
)
def test_the_agreement_is_joined_for_the_whole_year_or_from_the_number(
    conventions: list[tuple[str, str, str | None]], granted_on: str | None, expected: tuple[str, str | None]
) -> None:
    rows = [{"status": s, "from": f} | ({"until": u} if u else {}) for s, f, u in conventions]
    assert outcome(provider(doctor(conventions=rows, number_granted_on=granted_on))) == expected


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "full"),
        ({"conventions": PARTIAL}, "partial"),
        ({"conventions": []}, "none"),
        ({"number_granted_on": "2021-01-01"}, "none"),
    ],
)
def test_the_least_of_the_year_is_told(changes: dict[str, Any], status: str) -> None:
    [joined] = [s for s in decided(provider(doctor(**changes)))["explanation"] if s["rule"] == "joined"]
    assert joined["facts"]["status"] == status


def test_joining_in_part_is_for_physicians_and_dentists() -> None:
    pharmacist = practice("pharmacist", activity={"weekly_hours": "38.00"}, conventions=PARTIAL)
    assert outcome(provider(pharmacist)) == REFUSED


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        (["2020-12-31"], granted("5037.70")),
        (["2021-01-01"], REFUSED),
        (["2021-01-01", "2019-05-05"], granted("5037.70")),
        ([], REFUSED),
        (None, PENDING),
    ],
)
def test_a_contract_counts_when_concluded_in_or_before_the_premium_year(
    contracts: list[str] | None, expected: tuple[str, str | None]
) -> None:
    assert outcome(provider(contracts=contracts)) == expected
    assert outcome(provider(contracts=contracts, benefit="contract")) == expected


def test_what_is_missing_is_named_with_what_was_seen() -> None:
    def missing(case: dict[str, Any]) -> list[tuple[str, str, str]]:
        return [(m["field"], m["needed"], m["seen"]) for m in decided(case)["missing"]]

    nurse = practice("nurse", activity={"reimbursed": "40000.00"})
    assert missing(provider()) == []
    assert missing(provider(NURSE)) == []
    assert missing(provider(nurse)) == [("/practices/0/main_activity", "self-employed as main activity", "none")]
    few = doctor("24999.99", medical_house=house("12.99"), conventions=PARTIAL)
    assert missing(provider(few)) == [
        ("/practices/0/medical_house/weekly_hours", "13.00 hours per week", "12.99 hours per week"),
        ("/practices/0/activity/reimbursed", "25000.00", "24999.99"),
    ]
    late = doctor("24999.99", medical_house=house(attested_on="2021-09-01"), conventions=PARTIAL)
    assert missing(provider(late))[0] == (
        "/practices/0/medical_house/attested_on",
        "a day from 2021-07-01 to 2021-08-31",
        "2021-09-01",
    )
    assert missing(provider(contracts=None)) == [("/contracts", "concluded by 2020-12-31", "none")]
    assert missing(provider(contracts=["2021-03-01"])) == [("/contracts", "concluded by 2020-12-31", "2021-03-01")]
    assert missing(provider(doctor(None))) == [("/practices/0/activity/reimbursed", "25000.00", "none")]
    pension = provider(benefit="reserved-retirement-pension", reserved_before=True)
    assert missing(pension) == []
    assert missing(pension | {"reserved_before": False}) == [
        ("/reserved_before", "a pension reserved for a year before 2017", "none")
    ]


def test_a_year_is_decided_when_it_has_ended() -> None:
    running = decided(provider(doctor("0.00", conventions=[])), "2020-12-31")
    assert running["outcome"] == "pending"
    assert running["missing"] == [
        {"rule": "premium-year", "field": "/on", "needed": "a day from 2021-01-01", "seen": "2020-12-31"}
    ]
    assert outcome(provider(), "2021-01-01") == granted("5037.70")


def test_a_refusal_names_every_rule_that_failed() -> None:
    case = provider(doctor("0.00", conventions=[], recognition="other-training-plan"), contracts=["2021-02-03"])
    failed = {rule for rule, found in rules(decided(case)).items() if found == "not-met"}
    assert failed == {"recognition", "joined", "activity", "contract"}


# one benefit


NURSE = practice("nurse", activity={"reimbursed": "50000.00"}, main_activity=True)


def test_several_benefits_need_the_choice_of_the_provider_from_2021() -> None:
    case = provider(doctor(), NURSE, year=2024)
    waiting = decided(case)
    assert (waiting["outcome"], waiting["amounts"]) == ("pending", [])
    assert waiting["missing"] == [
        {"rule": "one-benefit", "field": "/chosen", "needed": "the number of the benefit chosen", "seen": "none"}
    ]
    assert outcome({**case, "chosen": number("nurse")}) == granted("629.34")
    assert outcome({**case, "chosen": number("physician")[:8]}) == granted("5881.81")


def test_before_2021_benefits_do_not_exclude_each_other() -> None:
    decision = decided(provider(doctor(), NURSE))
    assert rules(decision)["one-benefit"] == "not-needed"
    assert (decision["outcome"], decision["total"]) == granted("5576.73")


def test_no_choice_is_asked_where_one_benefit_remains() -> None:
    case = provider(doctor(), NURSE | {"main_activity": False}, year=2024)
    assert outcome(case) == granted("5881.81")
    assert "one-benefit" not in rules(decided(case))


def test_a_choice_of_what_is_refused_leaves_the_choice_open() -> None:
    speech = practice("speech-therapist", activity={"services": 0})
    case = provider(doctor(), NURSE, speech, year=2024, chosen=number("speech-therapist"))
    assert outcome(case) == PENDING


def test_a_benefit_that_is_not_settled_yet_may_still_be_chosen() -> None:
    open_house = doctor(None, medical_house=house(attested_on=None))
    case = provider(open_house, NURSE, year=2024)
    assert outcome(case, "2025-08-31") == PENDING
    assert outcome({**case, "chosen": number("nurse")}, "2025-08-31") == granted("629.34")
    assert outcome({**case, "chosen": number("physician")}, "2025-08-31") == PENDING
    # after the window the house is refused and one benefit remains
    assert outcome(case, "2025-09-01") == granted("629.34")


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
        (provider(practice("nurse", medical_house=house())), {"/case/practices/0": "medical-house-for-physicians"}),
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
    ],
)
def test_a_case_that_contradicts_itself_is_refused_at_its_place(case: dict[str, Any], found: dict[str, str]) -> None:
    assert faults(case) == found


def test_a_period_may_be_one_day_and_periods_share_none() -> None:
    rows = [("2010-01-01", "2020-05-31"), ("2020-06-01", "2020-06-01"), ("2020-06-02", None)]
    conventions = [{"status": "full", "from": f} | ({"until": u} if u else {}) for f, u in rows]
    assert outcome(provider(doctor(conventions=conventions))) == granted("5037.70")
    shared = [conventions[0], conventions[1] | {"from": "2020-05-31"}]
    assert faults(provider(doctor(conventions=shared))) == {"/case/practices/0": "overlapping"}


def test_a_reduced_threshold_may_be_the_full_one() -> None:
    threshold = {"full": "30000.00", "reduced": "30000.00"}
    assert outcome(provider(doctor("30000.00", specialism="surgery", threshold=threshold))) == granted("5037.70")
