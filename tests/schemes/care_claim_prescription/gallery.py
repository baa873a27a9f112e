"""Cases that together produce every finding of the prescription of care claims."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

CASES: tuple[dict[str, Any], ...] = (
    {"kind": "payment", "claimed_on": "2022-05-31"},
    {"kind": "payment", "claimed_on": "2022-06-01"},
    {"kind": "recovery", "claimed_on": "2022-06-01", "fraud": True, "reimbursed_in": "2020-07"},
    {"kind": "recovery", "claimed_on": "2025-08-01", "fraud": True, "reimbursed_in": "2020-07"},
    {"kind": "recovery", "claimed_on": "2022-06-01", "reimbursed_in": "2020-07"},
    {"kind": "recovery", "claimed_on": "2022-06-01"},
)


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, facts in enumerate(CASES):
        for on in ("2026-12-31", "2027-01-01"):
            yield scheme, {"case_id": f"case-{number}", "on": on, "case": {"care_in": "2020-05", **facts}}
