"""Cases that together make the contributions say everything they can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

LIMITS = {"subsistence": "8000.00", "increased_reimbursement": "18000.00", "reduced": "30000.00"}


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    quarters = ["2021-Q1"]
    months = [
        {"month": "2021-01"},
        {"month": "2021-02", "working_days": 1},
        {"month": "2021-03", "working_days": 27},
    ]
    cases: list[dict[str, Any]] = [
        {"group": "continued-insurance", "months": months, "born_on": "2001-05-01"},
        {"group": "continued-insurance", "months": months, "born_on": "2010-05-01"},
        {"group": "continued-insurance", "months": months},
        {"group": "student", "quarters": quarters},
        {"group": "registered", "quarters": quarters, "benefit_37_19": True},
        {"group": "registered", "quarters": quarters, "yearly_income": "19000.00", "limits": LIMITS},
        {"group": "registered", "quarters": quarters},
        {"group": "registered", "quarters": ["2024-Q1"], "yearly_income": "1.00"},
        {"group": "religious-community", "quarters": quarters, "born_on": "1950-01-01"},
        {"group": "religious-community", "quarters": quarters, "born_on": "1960-01-01"},
        {"group": "former-public-staff-in-africa", "quarters": quarters},
    ]
    for number, case in enumerate(cases):
        yield scheme, {"case_id": f"case-{number}", "on": "2021-04-06", "case": case}
