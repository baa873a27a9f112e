"""Cases that together produce every finding of the dietary products."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, is_done in enumerate((True, False, None)):
        case = {"requested_on": "2020-09-14", "histological": is_done, "serological": is_done}
        yield scheme, {"case_id": f"case-{number}", "on": "2020-09-20", "case": case}
