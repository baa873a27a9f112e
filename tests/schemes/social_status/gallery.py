"""Cases that together make the social status say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.social_status.builders import doctor, line, practice, provider


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    partial = [{"status": "partial", "from": "2010-01-01"}]
    house = {"weekly_hours": "13.00", "attested_on": "2021-07-01"}
    few = {"weekly_hours": "12.99", "attested_on": "2021-07-01"}
    nurse = practice("nurse", activity={"reimbursed": "33000.00"}, main_activity=True)
    both = (doctor(), nurse)
    cases = [
        provider(),
        provider(doctor("24999.99", conventions=partial)),
        provider(doctor(conventions=[])),
        provider(doctor(recognition="other-training-plan")),
        provider(doctor(None)),
        provider(doctor(None, trainee_on_31_december=True)),
        provider(doctor("40000.00", specialism="cardiology", threshold={"full": "40000.00"})),
        provider(doctor("20000.00", inactive_days=60)),
        provider(practice("dentist", recognition="training-plan")),
        provider(practice("speech-therapist", activity={"services": 4001}), year=2018),
        provider(doctor(None, medical_house=house)),
        provider(doctor(None, medical_house=house | {"attested_on": "2021-09-01"})),
        provider(doctor("12500.00", medical_house=few)),
        provider(nurse),
        provider(nurse | {"main_activity": False}),
        provider(practice("nurse", activity={"reimbursed": "33000.00"})),
        provider(contracts=["2021-01-01"]),
        provider(contracts=None),
        provider(benefit="reserved-retirement-pension", reserved_before=True),
        provider(benefit="reserved-retirement-pension"),
        provider(*both),
        provider(*both, year=2024),
        provider(*both, year=2024, chosen=nurse["riziv_number"]),
        provider(practice("pharmacist-biologist", activity={"weekly_hours": "38.00"})),
    ]
    for place, case in enumerate(cases):
        yield scheme, line(case, f"case-{place}")
    yield scheme, line(provider(), "year-still-running", on="2020-12-31")
    yield scheme, line(provider(doctor(None, medical_house={"weekly_hours": "13.00"})), "not-attested", on="2021-08-31")
