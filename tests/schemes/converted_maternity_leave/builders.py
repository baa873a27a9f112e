"""Cases of converted maternity leave for the tests, as JSON would write them.

What is not said is in order: the mother of a child born on 5 July 2020 died on the 8th, its father
is an employee, and the leave begins on the 11th, when the child comes home.
"""

from datetime import date
from typing import Any

import orjson

from tegemoet.domain.decision import Ruling
from tegemoet.schemes.converted_maternity_leave import SCHEME
from tests.schemes.maternity_rest.builders import ON, activity, insured

SET = SCHEME.parameter_sets["parameters"]


def mother(event: str = "death", on: str = "2020-07-08", **changes: Any) -> dict[str, Any]:
    """A mother who had used four days of rest and had 95 left; None = the field is left out."""
    told = {"event": event, "on": on, "days_used": 4, "days_left": 95, "insured": "beneficiary", **changes}
    return {name: value for name, value in told.items() if value is not None}


def in_hospital(on: str = "2020-07-05", until: str | None = "2020-08-31", **changes: Any) -> dict[str, Any]:
    """A mother who went into hospital on that day."""
    return mother("hospital", on, **{"until": until, "days_used": 0, **changes})


def relation(rank: str = "parent", **changes: Any) -> dict[str, Any]:
    """A claimant of that rank who shows all that is asked."""
    shown: dict[str, dict[str, Any]] = {
        "parent": {"proven": True},
        "spouse": {"proven": True, "declared": True, "higher_rank": False},
        "legal-cohabitant": {
            "proven": True,
            "declared": True,
            "higher_rank": False,
            "child_lives_there": True,
            "related": False,
        },
        "cohabitant": {
            "declared": True,
            "higher_rank": False,
            "child_lives_there": True,
            "related": False,
            "together_since": "2015-01-01",
        },
    }
    return {name: value for name, value in ({"rank": rank} | shown[rank] | changes).items() if value is not None}


def case(**changes: Any) -> dict[str, Any]:
    """The JSON of a case that is granted, with these fields in the
    place of its own; None = the field is left out.
    """
    granted: dict[str, Any] = {
        "requested_on": "2020-07-10",
        "births": ["2020-07-05"],
        "child_home_on": "2020-07-11",
        "hospital_statement": True,
        "mother": mother(),
        "relation": relation(),
        "quality": {"kind": "employee", "basis": "contract"},
        "insurability": insured(),
        "pay": {"activities": [activity()]},
    }
    return {name: value for name, value in (granted | changes).items() if value is not None}


def line(case_id: str = "father", on: date = ON, **changes: Any) -> dict[str, Any]:
    """The line of a bulk file with that case."""
    return {"case_id": case_id, "on": on.isoformat(), "case": case(**changes)}


def ruled(on: date = ON, **changes: Any) -> Ruling:
    """What the rules say of that case."""
    return SCHEME.decide(SCHEME.case.validate_json(orjson.dumps(case(**changes))), on, SET)
