"""A usual case of well-being support for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    return {"case_id": "usual", "on": day, "case": {"profession": "physician"}}
