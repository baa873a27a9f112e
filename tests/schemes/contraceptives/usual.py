"""A usual case of contraceptives for a day."""

from datetime import date
from typing import Any


def usual(on: date) -> dict[str, Any]:
    day = on.isoformat()
    case = {"delivered_on": day, "product": "contraceptive", "on_list": True, "increased_reimbursement": True}
    return {"case_id": "usual", "on": day, "case": case | {"birth_date": "1985-06-01"}}
