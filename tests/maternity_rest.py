"""Cases of maternity rest for the tests, as JSON would write them. What is not said is in order: an employee with one child, born
four days early after work until the eve of her rest (the dated example of circular V.I. 2020/204, 3.2.2.a)."""

from datetime import date, timedelta
from typing import Any

import orjson
from pydantic import TypeAdapter

from tegemoet.schemes.maternity_rest.case import MaternityCase

ON = date(2021, 6, 1)
"""The day on which cases are decided here: all that they speak of is known."""
OPENING = {
    "way": "full",
    "became_on": "2018-01-01",
    "from": "2018-01-01",
    "until": "2018-06-30",
    "volume": "120",
    "wage": {"needed": "3000.00", "seen": "3000.00"},
}
RETENTION = {
    "counted_in": "days",
    "second_quarter": "60",
    "third_quarter": "60",
    "wage": {"needed": "3000.00", "seen": "3000.00"},
}
READER = TypeAdapter(MaternityCase)


def past(kind: str, first: str, last: str, **fields: Any) -> dict[str, Any]:
    """Days before the rest, of one kind."""
    return {"kind": kind, "from": first, "until": last, **fields}


def birth(on: str, **fields: Any) -> dict[str, Any]:
    """A child that was born alive on that day."""
    return {"on": on, **fields}


def stay(first: str, last: str, **fields: Any) -> dict[str, Any]:
    """A certified stay of a newborn in a hospital."""
    return {"from": first, "until": last, **fields}


def activity(wage: str = "100.0000", name: str = "office", **fields: Any) -> dict[str, Any]:
    """A stable employment with a wage in EUR per day."""
    return {"name": name, "stable": True, "reference_wage": {"amount": wage}, **fields}


def case(**changes: Any) -> dict[str, Any]:
    """The JSON of a case that is granted, with these fields in the place of its own; None = the field is left out."""
    granted: dict[str, Any] = {
        "requested_on": "2020-07-01",
        "expected": {"on": "2020-07-18"},
        "quality": {"kind": "employee", "basis": "contract"},
        "insurability": {"opening": OPENING, "retention": RETENTION},
        "pay": {"activities": [activity()]},
        "births": [birth("2020-07-15")],
        "first_day": "2020-07-11",
        "history": [past("work", "2020-01-01", "2020-07-10")],
    }
    return {name: value for name, value in (granted | changes).items() if value is not None}


def line(case_id: str = "mother", on: date = ON, **changes: Any) -> dict[str, Any]:
    """The line of a bulk file with that case."""
    return {"case_id": case_id, "on": on.isoformat(), "case": case(**changes)}


def read(**changes: Any) -> MaternityCase:
    """That case as the rules get it."""
    return READER.validate_json(orjson.dumps(case(**changes)))


def day(text: str, later: int = 0) -> str:
    """The day so many days after `text`."""
    return (date.fromisoformat(text) + timedelta(later)).isoformat()
