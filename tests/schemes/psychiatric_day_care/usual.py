"""A usual case of psychiatric day care for a day."""

from datetime import date
from typing import Any

UNTIL = date(2020, 12, 31)
"""Sessions at a distance are paid until that day."""


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    held = {"individual": True, "by_team": True, "encrypted": True}
    session = {"on": day, "minutes": 45, "by": "video", **held}
    return {"case_id": "usual", "on": day, "case": {"sessions": [session]}}
