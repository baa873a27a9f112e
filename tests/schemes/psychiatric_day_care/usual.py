"""A usual case of psychiatric day care for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    held = {"individual": True, "by_team": True, "encrypted": True}
    session = {"on": day, "minutes": 45, "by": "video", **held}
    return {"case_id": "usual", "on": day, "case": {"sessions": [session]}}
