"""Builds cases of a first hire for the tests: a worker `new` is hired on 1 June 2022."""

from datetime import date
from typing import Any

import orjson

from tegemoet.domain.decision import Finding, Ruling
from tegemoet.schemes.first_hire import SCHEME
from tegemoet.schemes.first_hire.rules import decide


def employed(worker: str, first: str, last: str | None = None, **more: Any) -> dict[str, Any]:
    return {"worker": worker, "from": first, **({"until": last} if last else {}), **more}


def hire(*employments: dict[str, Any], hired_on: str = "2022-06-01", **fields: Any) -> dict[str, Any]:
    return {"worker": "new", "hired_on": hired_on, "employments": list(employments), **fields}


def ruled(*employments: dict[str, Any], on: str = "2022-12-31", hired_on: str = "2022-06-01", **fields: Any) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps(hire(*employments, hired_on=hired_on, **fields)))
    return decide(case, date.fromisoformat(on), SCHEME.parameter_sets["parameters"])


def found(ruling: Ruling, rule: str) -> Finding:
    (finding,) = [finding for finding in ruling.findings if finding.rule == rule]
    return finding
