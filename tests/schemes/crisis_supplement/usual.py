"""A usual case of the crisis supplement: a self-employed person who cohabits, ill for long."""

from datetime import date
from typing import Any

FROM = date(2020, 3, 1)
"""The first day of the measure."""


def usual(on: date) -> dict[str, Any]:
    """The body of the case on that day; days after 2020 are refused."""
    case = {
        "status": "self-employed",
        "incapacity_from": FROM.isoformat(),
        "days": [
            {"from": FROM.isoformat(), "until": on.isoformat(), "benefit": "primary", "household": "cohabiting"},
        ],
    }
    return {"case_id": "usual", "on": on.isoformat(), "case": case}
