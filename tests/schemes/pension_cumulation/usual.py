"""A usual case of pension cumulation: a retirement pension beside a primary incapacity benefit."""

from datetime import date
from typing import Any

FROM = date(2020, 3, 1)
"""The first day of the decree; no earlier day of decision is known to it."""


def usual(on: date) -> dict[str, Any]:
    """The body of the case on that day."""
    case = {
        "pension": "retirement",
        "pension_scheme": "employee",
        "benefit": "primary-incapacity",
        "from": FROM.isoformat(),
        "until": on.isoformat(),
        "due_to_covid": True,
    }
    return {"case_id": "usual", "on": on.isoformat(), "case": case}
