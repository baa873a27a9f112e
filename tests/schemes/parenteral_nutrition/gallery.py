"""Cases that together make parenteral nutrition say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

CASES: list[dict[str, Any]] = [
    {"asked_on": "2020-04-15", "consent_until": "2020-06-30", "specialist_asked": True, "bag_in_use": True},
    {"asked_on": "2020-04-15"},
    {"asked_on": "2020-04-15", "has_consent": False},
    {"asked_on": "2020-04-15", "consent_until": "2020-04-14"},
]


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, case in enumerate(CASES):
        yield scheme, {"case_id": f"case-{number}", "on": "2020-04-20", "case": case}
