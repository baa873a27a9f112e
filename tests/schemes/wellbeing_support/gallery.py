"""Cases that together make the well-being support say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for profession, day in (("physician", "2021-12-31"), ("physician", "2022-01-01"), ("nurse", "2021-06-15")):
        yield scheme, {"case_id": f"{profession}-{day}", "on": day, "case": {"profession": profession}}
