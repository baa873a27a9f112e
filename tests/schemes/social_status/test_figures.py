"""Every printed figure of the social status is reproduced by a decision, to the cent and to the
service.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.schemes.social_status.builders import REFUSED, decided, doctor, outcome, practice, provider

PARTIAL = [{"status": "partial", "from": "2010-01-01"}]
TRAINEE = {"recognition": "training-plan", "trainee_on_31_december": True}
Case = dict[str, Any]

AMOUNTS: list[tuple[str, Case, dict[int, str]]] = [
    (
        "physician-full",
        doctor("25000.00"),
        {
            2018: "4870.71",
            2019: "4941.34",
            2020: "5037.70",
            2021: "5088.58",
            2022: "5128.78",
            2023: "5546.26",
            2024: "5881.81",
        },
    ),
    (
        "physician-partial",
        doctor("25000.00", conventions=PARTIAL),
        {
            2018: "2297.63",
            2019: "2330.95",
            2020: "2376.40",
            2021: "2400.40",
            2022: "2419.36",
            2023: "2616.30",
            2024: "2774.59",
        },
    ),
    (
        "physician-in-training",
        doctor(None, **TRAINEE),
        {2020: "6287.70", 2021: "6351.21", 2022: "6401.38", 2023: "7465.04", 2024: "7916.68"},
    ),
    (
        "dentist",
        practice("dentist", activity={"services": 300}),
        {2020: "3200.00", 2021: "3232.32", 2022: "3257.86", 2023: "3523.05", 2024: "3736.19"},
    ),
    (
        "physiotherapist-full",
        practice("physiotherapist", activity={"services": 3000}),
        {2020: "2684.74", 2021: "2847.45", 2022: "3165.07", 2023: "3422.71"},
    ),
    (
        "physiotherapist-middle",
        practice("physiotherapist", activity={"services": 2300}),
        {2020: "2006.76", 2021: "2128.38", 2022: "2365.79", 2023: "2558.37"},
    ),
    (
        "physiotherapist-basic",
        practice("physiotherapist", activity={"services": 1500}),
        {2020: "1518.64", 2021: "1610.68", 2022: "1790.34", 2023: "1936.07"},
    ),
    (
        "pharmacist-full",
        practice("pharmacist", activity={"weekly_hours": "38.00"}),
        {2020: "3068.44", 2021: "3099.43", 2022: "3123.92", 2023: "3378.21"},
    ),
    (
        "pharmacist-middle",
        practice("pharmacist", activity={"weekly_hours": "28.00"}),
        {2020: "2301.32", 2021: "2324.56", 2022: "2342.92", 2023: "2533.63"},
    ),
    (
        "pharmacist-basic",
        practice("pharmacist", activity={"weekly_hours": "19.00"}),
        {2020: "1534.23", 2021: "1549.73", 2022: "1561.97", 2023: "1689.11"},
    ),
    (
        "speech-therapist-full",
        practice("speech-therapist", activity={"services": 2000}),
        {2018: "2579.74", 2021: "2695.13", 2022: "2716.42", 2023: "2937.54", 2024: "3115.26"},
    ),
    (
        "speech-therapist-basic",
        practice("speech-therapist", activity={"services": 900}),
        {2018: "1250.78", 2021: "1306.74", 2022: "1317.06", 2023: "1424.27", 2024: "1510.44"},
    ),
    (
        "nurse",
        practice("nurse", activity={"reimbursed": "33000.00"}, main_activity=True),
        {2018: "521.16", 2020: "539.03", 2021: "544.47", 2022: "548.77", 2023: "593.44", 2024: "629.34"},
    ),
    ("midwife", practice("midwife", activity={"services": 150}), {2023: "593.44", 2024: "629.34"}),
]

THRESHOLDS = [  # specialism, full, reduced, full of 2020
    ("general-practice", "25000.00", "12500.00", "23750.00"),
    ("anaesthesiology", "56393.89", "28196.94", "48498.75"),
    ("surgery", "51498.05", "25749.02", "43258.36"),
    ("neurosurgery", "64757.77", "32378.89", "54396.53"),
    ("plastic-surgery", "25000.00", "12500.00", "21750.00"),
    ("geriatrics", "51879.60", "25939.80", "46172.84"),
    ("gynaecology", "44455.33", "22227.66", "38676.14"),
    ("ophthalmology", "55607.11", "27803.56", "46709.97"),
    ("ent", "56272.26", "28136.13", "43329.64"),
    ("urology", "57193.42", "28596.71", "46326.67"),
    ("orthopaedics", "59471.30", "29735.65", "48171.75"),
    ("stomatology", "75000.00", "37500.00", "61500.00"),
    ("dermatology", "28812.57", "14406.29", "24490.68"),
    ("medical-oncology", "28574.68", "14287.34", "26860.20"),
    ("internal-medicine", "40661.02", "20330.51", "38627.97"),
    ("pneumology", "52310.07", "26155.03", "44463.56"),
    ("gastroenterology", "67362.07", "33681.03", "57257.76"),
    ("paediatrics", "25000.00", "12500.00", "22000.00"),
    ("cardiology", "75000.00", "37500.00", "63750.00"),
    ("psychiatry", "25000.00", "12500.00", "23250.00"),
    ("neuropsychiatry", "25000.00", "12500.00", "20750.00"),
]

STEPS: list[tuple[str, str, int, list[tuple[str, str | None]]]] = [
    # profession, measure, year, and what is due from each value on; None: nothing
    ("physiotherapist", "services", 2021, [("0", None), ("1500", "1610.68"), ("2300", "2128.38"), ("3000", "2847.45")]),
    ("physiotherapist", "services", 2021, [("3000", "2847.45"), ("6501", None)]),
    ("physiotherapist", "services", 2020, [("0", None), ("1335", "1518.64"), ("2047", "2006.76"), ("2670", "2684.74")]),
    ("physiotherapist", "services", 2020, [("2670", "2684.74"), ("6501", None)]),
    (
        "physiotherapist",
        "key_letter_value",
        2022,
        [
            ("0.00", None),
            ("36000.00", "1790.34"),
            ("55200.00", "2365.79"),
            ("72000.00", "3165.07"),
            ("156000.01", None),
        ],
    ),
    (
        "physiotherapist",
        "key_letter_value",
        2020,
        [
            ("0.00", None),
            ("32040.00", "1518.64"),
            ("49128.00", "2006.76"),
            ("64080.00", "2684.74"),
            ("156000.01", None),
        ],
    ),
    ("speech-therapist", "services", 2018, [("0", None), ("900", "1250.78"), ("2000", "2579.74"), ("4001", None)]),
    (
        "speech-therapist",
        "key_letter_value",
        2024,
        [("0.00", None), ("15750.00", "1510.44"), ("35000.00", "3115.26"), ("70000.01", None)],
    ),
    ("pharmacist", "weekly_hours", 2020, [("0.00", None), ("19.00", "1534.23"), ("28.00", "2301.32")]),
    ("pharmacist", "weekly_hours", 2023, [("19.00", "1689.11"), ("28.00", "2533.63"), ("38.00", "3378.21")]),
    ("nurse", "reimbursed", 2024, [("0.00", None), ("33000.00", "629.34"), ("150000.01", None)]),
    ("dentist", "services", 2020, [("0", None), ("255", "3200.00")]),
    ("dentist", "services", 2021, [("0", None), ("300", "3232.32")]),
    ("midwife", "services", 2023, [("0", None), ("150", "593.44")]),
    ("midwife", "key_letter_value", 2023, [("0.00", None), ("2250.00", "593.44")]),
]

PENSIONS = [
    (2018, "reserved-retirement-pension", "5829.83"),
    (2018, "reserved-survivor-pension", "4858.32"),
    (2019, "reserved-retirement-pension", "5914.36"),
    (2019, "reserved-survivor-pension", "4928.77"),
    (2020, "reserved-retirement-pension", "6029.69"),
]


def _below(value: str) -> str:
    """One less in the last digit."""
    if "." not in value:
        return str(int(value) - 1)
    less = int(value.replace(".", "")) - 1
    return f"{less // 100}.{less % 100:02}"


def _done(profession: str, measure: str, value: str) -> Case:
    activity = {measure: int(value) if measure == "services" else value}
    return practice(profession, activity=activity, main_activity=True if profession == "nurse" else None)


def figures() -> Iterator[Any]:
    """Each printed figure as a case, its year and what is due; None: nothing."""
    for name, one, years in AMOUNTS:
        for year, amount in years.items():
            yield pytest.param(one, year, amount, id=f"{name}-{year}")
    for specialism, full, reduced, full_2020 in THRESHOLDS:
        for year, reimbursed, due in [
            (2019, full, "4941.34"),
            (2021, full, "5088.58"),
            (2021, _below(full), "2400.40"),
            (2021, reduced, "2400.40"),
            (2021, _below(reduced), None),
            (2020, full_2020, "5037.70"),
            (2020, _below(full_2020), "2376.40"),
        ]:
            yield pytest.param(
                doctor(reimbursed, specialism=specialism), year, due, id=f"{specialism}-{year}-{reimbursed}"
            )
    for profession, measure, year, steps in STEPS:
        for place, (value, due) in enumerate(steps):
            yield pytest.param(
                _done(profession, measure, value), year, due, id=f"{profession}-{measure}-{year}-{value}"
            )
            if place:
                last = _below(value)
                due_before = steps[place - 1][1]
                yield pytest.param(
                    _done(profession, measure, last), year, due_before, id=f"{profession}-{measure}-{year}-{last}"
                )


@pytest.mark.parametrize(("one", "year", "due"), list(figures()))
def test_a_printed_figure_decides(one: Case, year: int, due: str | None) -> None:
    assert outcome(provider(one, year=year)) == (("granted", due) if due else REFUSED)


@pytest.mark.parametrize(("year", "benefit", "amount"), PENSIONS)
def test_a_printed_pension_is_the_right_that_is_reserved(year: int, benefit: str, amount: str) -> None:
    decision = decided(provider(benefit=benefit, reserved_before=True, year=year, contracts=None))
    assert decision["outcome"] == "granted"
    assert [(a["kind"], a["amount"]) for a in decision["amounts"]] == [(benefit, amount)]
    assert decision["total"] is None


def test_a_decision_names_the_values_that_are_not_official() -> None:
    trainee = doctor(None, **TRAINEE)
    assert "values" not in decided(provider(trainee, year=2021))
    [value] = decided(provider(trainee, year=2022))["values"]
    assert (value["name"], value["value"], value["basis"]) == ("amount", "6401.38", "secondary")
    # only the values that the decision rests on
    dentist = decided(provider(practice("dentist", activity={"services": 255}), year=2020))
    assert [value["name"] for value in dentist["values"]] == ["activity-minimum"]
    enough = decided(provider(doctor("25000.00")))
    assert [(v["name"], v["value"]) for v in enough["values"]] == [
        ("activity-minimum", "25000.00"),
        ("amount", "5088.58"),
    ]
    midwife = practice("midwife", activity={"services": 150})
    [derived] = decided(provider(midwife, year=2024))["values"]
    assert (derived["basis"], derived["arithmetic"]) == ("derived", "593.44 × 1.0605, as for nurses")
