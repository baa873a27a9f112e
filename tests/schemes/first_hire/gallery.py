"""Cases that together make a first hire say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.first_hire.builders import employed, hire


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    untold = {"worker": "new", "hired_on": "2022-06-01"}
    staff = [employed(f"w{n}", "2021-01-01") for n in range(2)]
    short = employed("short", "2022-01-14", "2022-01-17", counted=True)
    weekend = ["2022-01-15", "2022-01-16"]
    cases = [
        (hire(), "2022-06-01"),
        (hire(employed("student", "2021-07-01", counted=False)), "2022-06-01"),
        (
            hire(*staff, short, employed("student", "2021-07-01", counted=False), days_without_work=weekend),
            "2022-06-01",
        ),
        (hire(employed("w1", "2022-05-31", "2022-05-31"), days_without_work=["2022-05-30"]), "2022-06-01"),
        (untold, "2022-06-01"),
        (hire(employed("w1", "2021-01-01", "2022-05-31")), "2022-06-01"),
        (hire(), "2022-05-31"),
    ]
    for number, (case, on) in enumerate(cases):
        yield scheme, {"case_id": f"case-{number}", "on": on, "case": case}
