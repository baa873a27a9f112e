"""Cases that together make the fee of speech therapists say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

CASES: list[dict[str, Any]] = [
    {
        "day": "2020-12-15",
        "service": "other",
        "joined": True,
        "budget_allows": True,
        "fee_before": "12.50",
        "session_before": "25.00",
    },
    {
        "day": "2020-12-15",
        "service": "other",
        "joined": False,
        "budget_allows": True,
        "fee_before": "12.50",
        "session_before": "25.00",
    },
    {
        "day": "2020-12-15",
        "service": "other",
        "joined": True,
        "budget_allows": False,
        "fee_before": "12.50",
        "session_before": "25.00",
    },
    {"day": "2020-11-01", "service": "other", "joined": True},
    {"day": "2020-08-01", "service": "session-30-minutes"},
]


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, case in enumerate(CASES):
        yield scheme, {"case_id": f"case-{number}", "on": "2021-01-10", "case": case}
