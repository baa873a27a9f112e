"""Builds cases of the supplement of employees for the tests: an employee in
incapacity from 16 March 2020, asked for April 2020.
"""

from datetime import date
from typing import Any

import orjson

from tegemoet.domain.decision import Finding, Ruling
from tegemoet.schemes.incapacity_supplement import SCHEME
from tegemoet.schemes.incapacity_supplement.rules import decide


def days(first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"from": first, "until": last, **more}


def incapacity(**fields: Any) -> dict[str, Any]:
    case = {
        "quality": "employee",
        "incapacity_from": "2020-03-16",
        "days": [days("2020-04-01", "2020-04-30")],
        "lost_wage": "70.0000",
        **fields,
    }
    return {name: value for name, value in case.items() if value is not None}


def body(case: dict[str, Any], on: str, case_id: str = "case") -> dict[str, Any]:
    return {"case_id": case_id, "on": on, "case": case}


def ruled(on: str = "2020-12-01", **fields: Any) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps(incapacity(**fields)))
    return decide(case, date.fromisoformat(on), SCHEME.parameter_sets["parameters"])


def of_rule(ruling: Ruling, rule: str) -> list[Finding]:
    return [finding for finding in ruling.findings if finding.rule == rule]
