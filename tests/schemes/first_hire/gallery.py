"""Cases that together make a first hire say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.first_hire.builders import employed, hire


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    cases = [
        (hire(), "2022-06-01"),
        (hire(employed("w1", "2021-01-01", "2022-05-31")), "2022-06-01"),
        (hire(), "2022-05-31"),
    ]
    for number, (case, on) in enumerate(cases):
        yield scheme, {"case_id": f"case-{number}", "on": on, "case": case}
