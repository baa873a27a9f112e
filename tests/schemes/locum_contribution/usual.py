"""The usual case: a short replacement begins on that day."""

from datetime import date, timedelta
from typing import Any

from tests.schemes.locum import line, replacement


def usual(on: date) -> dict[str, Any]:
    days = {"from": on.isoformat(), "until": (on + timedelta(days=13)).isoformat()}
    return line(replacement(**days, months=[]), "usual", on=on.isoformat())
