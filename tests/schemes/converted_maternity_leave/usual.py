"""A usual case of converted maternity leave: the mother died, the father is an employee."""

from datetime import date, timedelta
from typing import Any

from tests.schemes.converted_maternity_leave.builders import line, mother
from tests.schemes.maternity_rest.builders import exempt, insured

FROM = date(2017, 6, 6)
"""The index steps are listed from 1 June 2017 on, and the usual birth lies five days before."""


def usual(on: date) -> dict[str, Any]:
    """The body of the case on that day: a birth and a death that week, ten days of leave left."""
    birth, asked = on - timedelta(5), on.isoformat()
    return line(
        "usual",
        on,
        births=[birth.isoformat()],
        mother=mother(on=(on - timedelta(1)).isoformat(), days_used=5, days_left=10),
        child_home_on=asked,
        requested_on=asked,
        insurability=insured(exempt(became_on=(on - timedelta(30)).isoformat()), None),
    )
