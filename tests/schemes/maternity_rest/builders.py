"""Cases of maternity rest for the tests, as JSON would write them.

What is not said is in order: an employee with one child, born four days early after work until the
eve of her rest (the dated example of circular V.I. 2020/204, 3.2.2.a).
"""

import re
from datetime import date, timedelta
from typing import Any

import orjson
from pydantic import TypeAdapter

from tegemoet.domain.decision import Missing, Phrase
from tegemoet.schemes.maternity_rest import SCHEME
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
CHILD = {
    "born_on": "2017-06-01",
    "interrupted_from": "2017-06-01",
    "interrupted_until": "2019-12-31",
    "declared": True,
    "at_home": True,
}
"""Raised at home without a break, within three years of the birth."""
READER = TypeAdapter(MaternityCase)


def opening(**changes: Any) -> dict[str, Any]:
    """The full waiting period, just fulfilled, with these fields in the
    place of its own; None = the field is left out.
    """
    return {name: value for name, value in (OPENING | changes).items() if value is not None}


def reduced(way: str, **changes: Any) -> dict[str, Any]:
    """A reduced waiting period that is fulfilled: twenty or sixty days from 1 January 2020."""
    until, volume = ("2020-01-31", "20") if way == "child-raising" else ("2020-03-31", "60")
    facts: dict[str, dict[str, Any]] = {
        "child-raising": {"child": CHILD},
        "voluntary-insurance": {"voluntarily_insured": True},
        "after-self-employed": {"lost_on": "2019-12-31"},
    }
    since = {"became_on": "2020-01-01", "from": "2020-01-01", "until": until, "volume": volume}
    return opening(**{"way": way, "wage": None, "earlier_fulfilled": True, **since, **facts[way], **changes})


def exempt(**changes: Any) -> dict[str, Any]:
    """An exemption from the waiting period that is proven."""
    ground = {"way": "exempt", "article": "205, § 1, 1°", "proven": True, "became_on": "2020-01-01"}
    return opening(**{**dict.fromkeys(("from", "until", "volume", "wage")), **ground, **changes})


def retention(**changes: Any) -> dict[str, Any]:
    """The right retained by 120 days over two quarters; None = the field is left out."""
    return {name: value for name, value in (RETENTION | changes).items() if value is not None}


def in_hours(second: str = "200", third: str = "200", **changes: Any) -> dict[str, Any]:
    """The right retained by 400 hours over two quarters."""
    return retention(**{"counted_in": "hours", "second_quarter": second, "third_quarter": third, **changes})


def insured(opening: dict[str, Any] = OPENING, retention: dict[str, Any] | None = RETENTION) -> dict[str, Any]:
    """What opened the right and what retains it."""
    return {"opening": opening} if retention is None else {"opening": opening, "retention": retention}


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
    """The JSON of a case that is granted, with these fields in the
    place of its own; None = the field is left out.
    """
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


def said(missing: Missing) -> tuple[str, str]:
    """What is needed and what was seen in English, with days and numbers as cases write them."""
    needed, seen = missing.needed, missing.seen
    assert isinstance(needed, Phrase)
    assert isinstance(seen, Phrase)
    return _plain(needed), _plain(seen)


def _plain(phrase: Phrase) -> str:
    text = SCHEME.texts.render_phrase(phrase.id, phrase.facts, "en")
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1", re.sub(r"(?<=\d),(?=\d{3})", "", text))
