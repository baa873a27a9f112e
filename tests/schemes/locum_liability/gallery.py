"""Cases that together produce every finding of the liability of locum doctors."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

CASES: tuple[dict[str, Any], ...] = (
    {"damage": "to-third-party", "locum_liable": True},
    {"damage": "to-third-party", "locum_liable": False},
    {"damage": "to-third-party"},
    {"damage": "to-building"},
)


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, facts in enumerate(CASES):
        yield (
            scheme,
            {"case_id": f"case-{number}", "on": "2023-07-01", "case": {"occurred_on": "2023-06-12", **facts}},
        )
