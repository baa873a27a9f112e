"""Builders of cases of the social status: a general practitioner who is
granted the full amount of 2020, and changes to it.
"""

from typing import Any

Json = dict[str, Any]
SPECIALISM = {"physician": "general-practice"}
SERIES = {
    "physician": 100456,
    "pharmacist-biologist": 200456,
    "pharmacist": 210456,
    "dentist": 300456,
    "midwife": 400456,
    "nurse": 410456,
    "physiotherapist": 500456,
    "speech-therapist": 600456,
}


def number(profession: str) -> str:
    """A valid RIZIV number of eleven digits."""
    body = SERIES[profession]
    return f"{body}{97 - body % 97:02}001"


def practice(profession: str = "physician", **changes: Any) -> Json:
    whole = {
        "riziv_number": number(profession),
        "profession": profession,
        "specialism": SPECIALISM.get(profession),
        "recognition": "recognised",
        "conventions": [{"status": "full", "from": "2010-01-01"}],
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def doctor(reimbursed: str | None = "25000.00", **changes: Any) -> Json:
    return practice(activity={} if reimbursed is None else {"reimbursed": reimbursed}, **changes)


def provider(*practices: Json, year: int = 2020, **changes: Any) -> Json:
    whole: Json = {"year": year, "practices": list(practices) or [doctor()], "contracts": ["2015-06-01"]}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def line(case: Json, case_id: str = "case-1", on: str | None = None) -> Json:
    """A line of the case, decided on 1 September of the
    year after the premium year where no day is given.
    """
    return {"case_id": case_id, "on": on or f"{case['year'] + 1}-09-01", "case": case}
