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
        licence("daktari", last="2024-06-01", paid_by="replaced"),
        licence("nexuzhealth-pro"),
        licence("healthone"),
        licence("careconnect", "temporary-access", paid_by="replaced"),
        licence("careconnect", "take-over", replaced_trainee="no-paying-account"),
        licence("medispring", "take-over"),
        licence("medispring", "take-over", supplier_told=True),
    ]
    for number, case in enumerate(cases):
        yield scheme, line(case, f"case-{number}")
    key = {"package": "careconnect", "use": "temporary-access", "per": "week", "months": "any"}
    days = {"from": "2023-06-01", "until": "2023-12-31", "source": "the supplier"}
    weekly = {"parameter": "licence-price", "key": key, "value": "20.00", **days}
    yield scheme, {**line(licence("careconnect", "temporary-access"), "weekly"), "supplied": [weekly]}
