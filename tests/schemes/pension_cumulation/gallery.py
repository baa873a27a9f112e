"""Cases that together make pension cumulation say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

CASES: list[dict[str, Any]] = [
    {
        "pension": "retirement",
        "pension_scheme": "employee",
        "benefit": "primary-incapacity",
        "from": "2020-08-20",
        "until": "2020-09-10",
        "due_to_covid": True,
    },
    {
        "pension": "retirement",
        "pension_scheme": "employee",
        "benefit": "primary-incapacity",
        "from": "2020-09-01",
        "until": "2020-09-10",
        "due_to_covid": False,
    },
    {
        "pension": "retirement",
        "pension_scheme": "employee",
        "benefit": "primary-incapacity",
        "from": "2020-08-20",
        "until": "2020-09-10",
    },
]


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, case in enumerate(CASES):
        yield scheme, {"case_id": f"case-{number}", "on": "2020-10-01", "case": case}
