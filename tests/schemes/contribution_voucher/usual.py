"""A usual case of contribution vouchers for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    case = {"requester": "person", "wanted": "copy", "received_on": day, "year": 1987}
    return {"case_id": "usual", "on": day, "case": case}
