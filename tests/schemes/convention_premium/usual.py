"""The usual case: a nurse in the first phase of a premium year, and in the second one after it."""

from datetime import date
from typing import Any

from tests.schemes.convention_premium.builders import ABOVE_ALL, person, practice

YEARS = (2023, 2025)
"""The premium years. Of 2024 and from 2026 on no amount is known."""
FROM, UNTIL = date(2023, 1, 1), date(2026, 12, 31)


def usual(on: date) -> dict[str, Any]:
    """The case of the premium year that runs on that day, or else of the one before."""
    year = max(each for each in YEARS if each <= on.year)
    nurse = practice(year=ABOVE_ALL, conventions=[{"status": "full", "from": f"{year}-01-01"}])
    case = person(nurse, phase=1 if year == on.year else 2, accounts=(f"{year}-03-01",)) | {"year": year}
    body: dict[str, Any] = {"case_id": "usual", "on": on.isoformat(), "case": case}
    if year == on.year == 2025:  # nobody publishes until when an account counts for the first payment
        days = {"from": "2025-01-01", "until": "2025-12-31", "source": "the body"}
        body["supplied"] = [{"parameter": "account-deadline", "key": {"phase": "1"}, "value": "2026-01-31", **days}]
    return body
