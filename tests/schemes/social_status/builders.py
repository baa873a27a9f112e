"""Builders of cases of the social status: a general practitioner who is
granted the full amount of 2021, and changes to it.
"""

from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import SCHEMES

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


def provider(*practices: Json, year: int = 2021, **changes: Any) -> Json:
    whole: Json = {"year": year, "practices": list(practices) or [doctor()], "contracts": ["2015-06-01"]}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def line(case: Json, case_id: str = "case-1", on: str | None = None, supplied: list[Json] | None = None) -> Json:
    """A line of the case, decided on 1 September of the
    year after the premium year where no day is given.
    """
    whole = {"case_id": case_id, "on": on or f"{case['year'] + 1}-09-01", "case": case}
    return whole | ({"supplied": supplied} if supplied else {})


def figure(parameter: str, value: str, year: int, **key: str) -> Json:
    """A figure that is supplied for a premium year."""
    days = {"from": f"{year}-01-01", "until": f"{year}-12-31"}
    return {"parameter": parameter, "key": key, "value": value, "source": "letter of the institute", **days}


def decided(case: Json, on: str | None = None, supplied: list[Json] | None = None) -> Json:
    """The decision of the case."""
    body = orjson.dumps(line(case, on=on, supplied=supplied))
    decision: Json = orjson.loads(decide_line(body, SCHEMES["social-status"], "partner", b"key").decision)
    return decision


def sentence(case: Json, rule: str, language: str) -> str:
    """The sentence of the one finding of the rule."""
    scheme = SCHEMES["social-status"]
    made = decide_line(orjson.dumps(line(case)), scheme, "partner", b"key")
    (text,) = (step["text"] for step in render(made.decision, scheme, language)["explanation"] if step["rule"] == rule)
    return text


def outcome(case: Json, on: str | None = None, supplied: list[Json] | None = None) -> tuple[str, str | None]:
    """The outcome of the case and its total."""
    decision = decided(case, on, supplied)
    return decision["outcome"], decision["total"]


def rules(decision: Json) -> dict[str, str]:
    """What was found on each rule."""
    return {step["rule"]: step["outcome"] for step in decision["explanation"]}


def facts(decision: Json, rule: str) -> Json:
    """The facts of the last finding on a rule."""
    found: Json = [step["facts"] for step in decision["explanation"] if step["rule"] == rule][-1]
    return found


def unknown(case: Json, on: str | None = None, supplied: list[Json] | None = None) -> str:
    """The figure for want of which the case is not decided."""
    with pytest.raises(ParameterUnknownError) as error:
        decided(case, on, supplied)
    assert error.value.code == "parameter-unknown"
    assert error.value.on == f"{case['year']}-12-31"
    return error.value.parameter


def faults(case: Json, on: str | None = None, supplied: list[Json] | None = None) -> dict[str, str]:
    """The faults of a case that is rejected."""
    with pytest.raises(InvalidError) as error:
        decided(case, on, supplied)
    return {fault.path: fault.code for fault in error.value.faults}


REFUSED, PENDING = ("refused", None), ("pending", None)


def granted(amount: str) -> tuple[str, str]:
    return "granted", amount
