"""Cases that together make the convention premium say everything it can say."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.convention_premium.case import Hold
from tegemoet.schemes.scheme import Scheme
from tests.schemes.convention_premium.builders import payment, person, practice, titular

EXCLUDED = """
[[parameter]]
name = "medical-house-excluded"
unit = "profession"
source = "exceptions"
from = 2023-01-01
until = 2023-12-31
rows = [{ profession = "nurse", value = true }]
"""
"""A parameter of no shipped year: medical-house providers of a profession have no right."""


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    nurse = practice()
    year = scheme.parameter_sets["2023"]
    without_nurses = scheme.with_parameters(
        {"2023": read_parameters("2023", re.sub(r"\{ profession = \"nurse\".*\n", "", year.text))}
    )
    unasked = scheme.with_parameters(
        {"2023": read_parameters("2023", re.sub(r"\{ profession = \"nurse\", value = 11455.6 \},\n", "", year.text))}
    )
    without_medical_houses = scheme.with_parameters({"2023": read_parameters("2023", year.text + EXCLUDED)})
    cases = [
        person(nurse),
        person(practice(year="0.00", s1="0.00")),
        person(practice(year="0.00", s1="0.00"), phase=1),
        person(practice(year=None)),
        person(practice(conventions=[])),
        person(practice(number_granted_on="2023-12-20"), phase=1),
        person(practice(medical_house_weekly_hours="7.60")),
        person(practice(medical_house_weekly_hours="7.59")),
        person(practice("dentist", "orthodontics", training=True)),
        person(titular()),
        person(titular(payee="12345625")),
        person(titular(account=False)),
        person(titular("ph-1", serial=210000), titular("ph-2", serial=210001)),
        person(titular("ph-1", serial=210000, chosen=True), titular("ph-2", serial=210001, chosen=False)),
        person(practice(paid_to_another="945.95")),
        *(person(practice(held=held)) for held in get_args(Hold)),
        person(nurse, accounts=()),
        person(nurse, accounts=(), phase=1),
        person(nurse, paid=[payment(nurse, "900.00")]),
        person(nurse, paid=[payment(nurse, "945.95")]),
        person(practice(conventions=[]), paid=[payment(nurse, "945.95")]),
        person(practice(conventions=[]), paid=[payment(nurse, "945.95")], recovery_settled=True),
    ]
    for number, case in enumerate(cases):
        on = "2023-12-05" if case["phase"] == 1 else "2024-06-15"
        yield scheme, {"case_id": f"case-{number}", "on": on, "case": case}
    for other in (without_nurses, unasked):
        yield other, {"case_id": "other-year", "on": "2024-06-15", "case": person(nurse)}
    excluded = person(practice(medical_house_weekly_hours="38.00"))
    yield without_medical_houses, {"case_id": "medical-house", "on": "2024-06-15", "case": excluded}
