"""Cases that together make the locum contribution say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.locum import booklets, line, month, replacement


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    long = {"from": "2023-06-01", "until": "2023-12-01"}
    cases = [
        replacement(),
        replacement(cooperation="association"),
        replacement(until="2023-06-28", months=[]),
        replacement(acute_need=True),
        replacement(agreed_percentage=None),
        replacement(months=[month("2023-06", "4800.00")]),
        replacement(**long, months=[booklets("2023-06", "1500.00")]),
        replacement(**long, months=[]),
        replacement(**long, weekly_hours="7.00", months=[booklets("2023-06", "1500.00"), booklets("2023-07", "90.00")]),
        replacement(**long, weekly_hours="8.00", months=[booklets("2023-06", "1500.00", "90.00")]),
        replacement(agreed_percentage="12.5"),
        replacement(agreed_percentage="0"),
        replacement(until="2023-06-01", months=[]),
        replacement(practice="flat-rate", consultation_fee="30.00", months=[month("2023-06", hours="1")]),
        replacement(practice="flat-rate", consultation_fee="30.00", months=[month("2023-06", hours="0")]),
        replacement(practice="flat-rate", consultation_fee="30.00", months=[month("2023-06", hours="120.00")]),
        replacement(practice="flat-rate", months=[month("2023-06", hours="120.00")]),
    ]
    yield scheme, line(replacement(), "too-early", on="2023-08-30")
    yield scheme, line(replacement(acute_need=True), "not-begun", on="2023-05-31")
    for number, case in enumerate(cases):
        yield scheme, line(case, f"case-{number}")
