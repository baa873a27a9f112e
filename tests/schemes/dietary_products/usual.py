"""A usual case of dietary products for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    case = {"requested_on": day, "histological": True, "serological": True}
    return {"case_id": "usual", "on": day, "case": case}
