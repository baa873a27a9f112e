"""Cases that together make the locum licence say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.locum import licence, line


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    cases = [
        licence(),
        licence("daktari", "take-over"),
        licence("careconnect", "take-over"),
        licence("medispring", "take-over"),
        licence("medispring", "take-over", supplier_told=True),
    ]
    for number, case in enumerate(cases):
        yield scheme, line(case, f"case-{number}")
