"""Builds cases of the company supplement for the tests: a gardener since 1992,
unemployed from 1 May 2022, average wage 3,000 EUR.
"""

from datetime import date
from typing import Any

import orjson

from tegemoet.domain.decision import Ruling
from tegemoet.schemes.company_supplement import SCHEME
from tegemoet.schemes.company_supplement.case import months_before
from tegemoet.schemes.company_supplement.rules import decide


def wages(starts_on: str = "2022-05-01", gross: str = "3000.00", **more: str) -> list[dict[str, str]]:
    return [{"month": month, "gross": gross, **more} for month in months_before(date.fromisoformat(starts_on))]


def contract(first: str = "1992-03-01", last: str | None = None, committee: str = "145") -> dict[str, str]:
    return {"joint_committee": committee, "from": first, **({"until": last} if last else {})}


def gardener(starts_on: str = "2022-05-01", **fields: Any) -> dict[str, Any]:
    """A field given as None is left out."""
    case = {
        "starts_on": starts_on,
        "employments": [contract()],
        "wages": wages(starts_on),
        "social_security": "392.10",
        "withholding_tax": "457.90",
        "unemployment_benefit": "1400.00",
        "replaced": True,
        **fields,
    }
    return {name: value for name, value in case.items() if value is not None}


def ruled(starts_on: str = "2022-05-01", on: str = "2023-07-01", **fields: Any) -> Ruling:
    case = SCHEME.case.validate_json(orjson.dumps(gardener(starts_on, **fields)))
    return decide(case, date.fromisoformat(on), SCHEME.parameter_sets["parameters"])
