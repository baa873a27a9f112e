"""A usual case of the fee of a speech therapist for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    case = {"day": day, "service": "session-30-minutes", "joined": True, "budget_allows": True}
    return {"case_id": "usual", "on": day, "case": case}
