"""A usual case of the supplement of employees: a single regular worker, ill for a month."""

from datetime import date, timedelta
from typing import Any

FROM = date(2020, 3, 1)
"""The first day of the measure."""
UNTIL = date(2021, 8, 31)
"""The last day with a published guaranteed and highest total."""


def usual(on: date) -> dict[str, Any]:
    """The body of the case on that day: eight months of incapacity at most, that day asked for."""
    case = {
        "quality": "employee",
        "incapacity_from": max(FROM, on - timedelta(240)).isoformat(),
        "days": [
            {"from": on.isoformat(), "until": on.isoformat(), "regular_worker": True, "household": "single"},
        ],
        "lost_wage": "85.0000",
    }
    return {"case_id": "usual", "on": on.isoformat(), "case": case}
