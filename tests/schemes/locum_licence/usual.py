"""The usual case: a licence of one's own for three months from that day."""

from datetime import date
from typing import Any

from tegemoet.domain.calendar import end_of_months
from tests.schemes.locum import licence, line


def usual(on: date) -> dict[str, Any]:
    return line(licence(first=on.isoformat(), last=end_of_months(on, 3).isoformat()), "usual", on=on.isoformat())
