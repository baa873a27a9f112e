"""The usual case: on the first day of a replacement all that is due then is done."""

from datetime import date
from typing import Any

from tegemoet.domain.calendar import end_of_months
from tests.schemes.locum import checklist, line


def usual(on: date) -> dict[str, Any]:
    days = {"from": on.isoformat(), "until": end_of_months(on, 3).isoformat()}
    return line(checklist(**days), "usual", on=on.isoformat())
