"""The usual case: a student pays the quarter of that day."""

from datetime import date
from typing import Any

NOT_PUBLISHED = (2022, 2023)
"""Years between published ones whose amount is supplied."""


def usual(on: date) -> dict[str, Any]:
    case = {"group": "student", "quarters": [f"{on.year}-Q{(on.month + 2) // 3}"]}
    body: dict[str, Any] = {"case_id": "usual", "on": on.isoformat(), "case": case}
    if on.year in NOT_PUBLISHED:
        days = {"from": f"{on.year}-01-01", "until": f"{on.year}-12-31"}
        body["supplied"] = [{"parameter": "student", "value": "70.00", "source": "the insurer", **days}]
    return body
