"""A usual case of parenteral nutrition for a day."""

from datetime import date
from typing import Any

UNTIL = date(2020, 4, 30)
"""The rule was withdrawn on the next day; what holds since then is not in the source."""


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    case = {"asked_on": day, "has_consent": True, "specialist_asked": True, "bag_in_use": True}
    return {"case_id": "usual", "on": day, "case": case}
