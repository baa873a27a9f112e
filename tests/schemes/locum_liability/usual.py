"""A usual case of the liability of a locum doctor for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    case = {"occurred_on": on.isoformat(), "damage": "to-third-party", "locum_liable": True}
    return {"case_id": "usual", "on": on.isoformat(), "case": case}
