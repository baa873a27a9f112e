"""The usual case: a second worker is hired on that day beside the first one."""

from datetime import date
from typing import Any

from tests.schemes.first_hire.builders import employed, hire


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    return {"case_id": "usual", "on": day, "case": hire(employed("w1", "2019-01-07"), hired_on=day)}
