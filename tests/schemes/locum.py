"""Builders of replacements for the tests of the locum schemes."""

from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def month(name: str, income: str | None = None, **changes: Any) -> Json:
    return {"month": name, **({} if income is None else {"income": income}), **changes}


def booklets(name: str, *incomes: str, certificates: int = 50) -> Json:
    return month(
        name,
        str(sum(Decimal(income) for income in incomes)),
        booklets=[{"certificates": certificates, "income": income} for income in incomes],
    )


def replacement(**changes: Any) -> Json:
    """Three months at 32 hours and 10 %, which is a fixed contribution."""
    whole = {
        "locum": "10012378004",
        "replaced": "10045636004",
        "from": "2023-06-01",
        "until": "2023-08-31",
        "weekly_hours": "32.00",
        "agreed_percentage": "10.00",
        "months": [month("2023-06", "4800.00"), month("2023-07", "5000.00"), month("2023-08", "5210.50")],
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def line(case: Json, case_id: str = "case-1", on: str = "2024-06-30") -> Json:
    return {"case_id": case_id, "on": on, "case": case}


def licence(
    package: str = "daktari",
    use: str = "own-licence",
    first: str = "2023-06-01",
    last: str = "2023-08-31",
    **changes: Any,
) -> Json:
    """A licence of one's own for three months."""
    return {"package": package, "use": use, "from": first, "until": last, **changes}


def checklist(**changes: Any) -> Json:
    """A replacement of three months for which all that is due at the start is done."""
    whole = {
        "from": "2023-06-01",
        "until": "2023-08-31",
        "done": [
            "order-registration",
            "liability-insurance",
            "income-insurance",
            "enterprise-number",
            "location-in-myriziv",
            "software-supplier-told",
            "appointments-supplier-told",
            "laboratory-told",
            "duty-roster",
            "local-peer-group",
        ],
        "peer_group_sessions": 2,
        "acts_in_name_of_replaced": False,
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}
