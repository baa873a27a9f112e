"""Cases that together make the social status say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.social_status.builders import doctor, figure, line, practice, provider

PARTIAL = [{"status": "partial", "from": "2010-01-01"}]
HOUSE = {"weekly_hours": "13.00", "attested_on": "2022-07-01"}
FEW = {"weekly_hours": "12.99", "attested_on": "2022-07-01"}
NURSE = practice("nurse", activity={"reimbursed": "33000.00"}, main_activity=True)
BOTH = (doctor(), NURSE)
CASES = [
    provider(),
    provider(doctor("24999.99", conventions=PARTIAL)),
    provider(doctor(conventions=[])),
    provider(doctor(number_granted_on="2022-03-01")),
    provider(doctor(recognition="other-training-plan")),
    provider(doctor("9000.00", number_granted_on="2019-05-10")),
    provider(doctor(None, recognition="training-plan")),
    provider(doctor(None)),
    provider(doctor(None, trainee_on_31_december=True)),
    provider(doctor("40000.00", specialism="radiology", threshold={"full": "40000.00"})),
    provider(doctor("40000.01", specialism="radiology", threshold={"full": "40000.01"})),
    provider(doctor(specialism=None, recognition="without-title"), year=2020),
    provider(doctor("20000.00", inactive_days=60)),
    provider(doctor("24888.00", inactive_days=1)),
    provider(practice("dentist", recognition="training-plan")),
    provider(practice("dentist", activity={"services": 255}), year=2020),
    provider(practice("dentist", activity={"services": 1})),
    provider(NURSE, year=2020),
    provider(doctor("12500.00"), year=2020),
    provider(practice("physiotherapist", activity={"services": 6501})),
    provider(practice("physiotherapist", activity={"key_letter_value": "35999.00"})),
    provider(practice("pharmacist", activity={"weekly_hours": "18.50"})),
    provider(practice("speech-therapist", activity={"services": 4001}), year=2018),
    provider(doctor(None, medical_house=HOUSE)),
    provider(doctor(None, medical_house=HOUSE | {"attested_on": "2022-09-01"})),
    provider(doctor(None, medical_house={"weekly_hours": "13.00"})),
    provider(doctor("12500.00", medical_house=FEW)),
    provider(NURSE),
    provider(NURSE | {"main_activity": False}),
    provider(practice("nurse", activity={"reimbursed": "33000.00"})),
    provider(contracts=["2022-01-01"]),
    provider(contracts=[]),
    provider(contracts=None),
    provider(pension_taken_on="2021-07-01"),
    provider(pension_taken_on="2021-07-01", account="BE68539007547034"),
    provider(benefit="reserved-retirement-pension", reserved_before=True, year=2020),
    provider(benefit="reserved-retirement-pension", year=2020),
    provider(*BOTH, year=2020),
    provider(*BOTH),
    provider(*BOTH, chosen=NURSE["riziv_number"]),
    provider(practice("pharmacist-biologist", activity={"weekly_hours": "38.00"}), year=2020),
]


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for place, case in enumerate(CASES):
        yield scheme, line(case, f"case-{place}")
    yield scheme, line(provider(), "year-still-running", on="2021-12-31")
    attested_early = doctor(None, medical_house={"weekly_hours": "13.00", "attested_on": "2022-06-30"})
    yield scheme, line(provider(attested_early), "attested-early", on="2022-08-31")
    amount = [figure("amount", "2382.60", 2019, profession="dentist", level="full")]
    yield scheme, line(provider(practice("dentist"), year=2019), "supplied-amount", supplied=amount)
