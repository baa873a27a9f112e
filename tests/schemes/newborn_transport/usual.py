"""The usual case: a journey of that day, longer than the fixed amount covers."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    journey = {"on": on.isoformat(), "danger": "life", "kilometres": "34.2"}
    return {"case_id": "usual", "on": on.isoformat(), "case": {"journeys": [journey]}}
