"""A usual case of maternity rest: an employee whose rest of fifteen weeks is over on that day.

It is decided when the rest is over, because a day is paid at the level of the index on that day.
"""

from datetime import date, timedelta
from typing import Any

from tests.schemes.maternity_rest.builders import birth, exempt, insured, line, past

DAYS = 105
FROM = date(2017, 6, 1) + timedelta(DAYS)
"""The first rest of which every index step is known begins on 1 June 2017."""


def usual(on: date) -> dict[str, Any]:
    """The body of the case on that day: five weeks of work carried over, no day early or late."""
    first = on - timedelta(DAYS)
    born = (first + timedelta(7)).isoformat()
    return line(
        "usual",
        on,
        requested_on=first.isoformat(),
        expected={"on": born},
        first_day=first.isoformat(),
        births=[birth(born)],
        history=[past("work", (first - timedelta(60)).isoformat(), (first - timedelta(1)).isoformat())],
        insurability=insured(exempt(became_on=(first - timedelta(30)).isoformat()), None),
    )
