"""The usual case: a gardener since 1992 becomes unemployed on that day."""

from datetime import date
from typing import Any

from tests.schemes.company_supplement.builders import gardener


def usual(on: date) -> dict[str, Any]:
    return {"case_id": "usual", "on": on.isoformat(), "case": gardener(on.isoformat())}
