"""A usual case of the prescription of care claims for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    care_in = f"{on.year - 1}-{on.month:02}"
    return {
        "case_id": "usual",
        "on": on.isoformat(),
        "case": {"kind": "payment", "care_in": care_in, "claimed_on": on.isoformat()},
    }
