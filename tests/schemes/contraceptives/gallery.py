"""Cases that together produce every finding of the contraceptives."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

YOUNG, OLDER = "1996-01-01", "1980-01-01"
CASES: tuple[dict[str, Any], ...] = (
    {"birth_date": YOUNG, "on_list": True},
    {"birth_date": OLDER, "on_list": True, "increased_reimbursement": True},
    {"birth_date": OLDER, "on_list": False, "increased_reimbursement": False},
    {"birth_date": OLDER},
    {"increased_reimbursement": False},
    {},
    {"product": "morning-after-pill", "on_list": True},
)


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for number, facts in enumerate(CASES):
        case = {"delivered_on": "2020-10-12", "product": "contraceptive", **facts}
        yield scheme, {"case_id": f"case-{number}", "on": "2020-10-15", "case": case}
