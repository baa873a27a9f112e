"""Builds cases of the crisis supplement for the tests: self-employed,
cohabiting, incapacity from 16 March 2020, asked for April.
"""

from datetime import date
from typing import Any

import orjson

from tegemoet.domain.decision import Ruling
from tegemoet.schemes.crisis_supplement import SCHEME
from tegemoet.schemes.crisis_supplement.rules import decide
from tests.schemes.incapacity_supplement.builders import days

BEFORE = "2019-10-01"
"""Begin of an incapacity that is older than the measure."""


def benefit(
    first: str = "2020-04-01", last: str = "2020-04-30", kind: str = "primary", household: str = "cohabiting"
) -> dict[str, Any]:
    return days(first, last, benefit=kind, household=household)


def crisis(**fields: Any) -> dict[str, Any]:
    return {
        "status": "self-employed",
        "incapacity_from": "2020-03-16",
        "days": [benefit()],
        **{name: value for name, value in fields.items() if value is not None},
    }


def ruled(on: str = "2020-12-15", **fields: Any) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps(crisis(**fields)))
    return decide(case, date.fromisoformat(on), SCHEME.parameter_sets["parameters"])
