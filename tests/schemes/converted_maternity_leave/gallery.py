"""Cases that together make converted maternity leave say everything it can say."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.converted_maternity_leave.builders import in_hospital, line, mother, relation
from tests.schemes.maternity_rest.builders import activity
from tests.schemes.maternity_rest.gallery import (
    INCAPACITY,
    INDEX,
    INVALID,
    OPENINGS,
    QUALITIES,
    RETENTIONS,
    UNEMPLOYMENT,
)

UNEMPLOYED = {"quality": {"kind": "controlled-unemployed"}}
CASES: list[dict[str, Any]] = [
    {"mother": in_hospital(), "pay": {"activities": [activity("200.0000")]}},
    {"mother": in_hospital(until="2020-07-11")},
    {"mother": in_hospital(until="2020-08-31", end_certified=True), "resumption_declared": True},
    {"mother": in_hospital(), "hospital_statement": False},
    {"mother": mother(days_left=0)},
    {"child_home_on": None},
    {"relation": relation("parent", proven=False)},
    {"relation": relation("parent", proven=None)},
    {"relation": relation("spouse")},
    {"relation": relation("spouse", proven=False, higher_rank=True)},
    {"relation": relation("spouse", proven=None, higher_rank=None)},
    {"relation": relation("legal-cohabitant")},
    {"relation": relation("legal-cohabitant", proven=False, child_lives_there=False)},
    {"relation": relation("legal-cohabitant", proven=None, child_lives_there=None)},
    {"relation": relation("cohabitant")},
    {"relation": relation("cohabitant", together_since="2017-07-06")},
    {"relation": relation("cohabitant", together_since=None)},
    {"birth_leave_taken": 10},
    {"relation": relation("cohabitant", related=True), "hospital_statement": False},
    {"relation": relation("legal-cohabitant", related=None, declared=False)},
    {"mother": mother(insured="statutory-civil-servant", statute_grants=True)},
    {"mother": mother(insured="statutory-civil-servant")},
    {"mother": mother(insured="neither")},
    {"mother": mother(insured=None)},
    {"mother": mother(insured="statutory-civil-servant", statute_grants=False)},
    {"stays_abroad": True, "hospital_statement": False},
    {"pay": {}},
    UNEMPLOYED | {"pay": {"unemployment": UNEMPLOYMENT}},
    UNEMPLOYED | {"pay": {"unemployment": UNEMPLOYMENT | {"benefits": [{"from": "2020-09-01", "amount": "50.00"}]}}},
    UNEMPLOYED | {"pay": {"unemployment": UNEMPLOYMENT, "incapacity": INCAPACITY | {"since": "2019-12-02"}}},
    {
        "quality": {"kind": "quality-lost-in-incapacity-or-rest", "until": "2020-03-02"},
        "pay": {"incapacity": INCAPACITY},
    },
    {"pay": {"incapacity": INVALID}},
    {"pay": {"incapacity": INCAPACITY | {"benefits": []}}},
    {
        "pay": {
            "activities": [activity("50.0000")],
            "unemployment": UNEMPLOYMENT,
            "income_guarantee": {"guarantee": "300.00", "reference": "1200.00"},
        }
    },
    {"covered": [{"by": "wage", "from": "2020-07-11", "until": "2020-07-13"}]},
]
LATER = {
    "births": ["2022-03-05"],
    "mother": mother(on="2022-03-08"),
    "child_home_on": "2022-03-11",
    "requested_on": "2022-03-10",
}
"""A leave in 2022, under the ceiling of a later cohort."""
UNKNOWN = {
    "births": ["2027-01-05"],
    "mother": mother(on="2027-01-08"),
    "child_home_on": "2027-01-11",
    "requested_on": "2027-01-10",
}
"""A leave in 2027, whose ceiling is not known; its index is supplied."""


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    qualities = [of for of in QUALITIES if of["quality"]["kind"] != "resting-since-fifth-month"]
    for number, changes in enumerate([*qualities, *OPENINGS, *RETENTIONS, *CASES]):
        yield scheme, line(f"case-{number}", **changes)
    yield scheme, line("still-there", on=date(2020, 7, 11), mother=in_hospital(until=None))
    for name, wage in (("below", "100.0000"), ("above", "250.0000")):
        yield scheme, line(name, on=date(2022, 9, 1), **LATER, pay={"activities": [activity(wage)]})
    ceilings = [{"from": "2027-01-01", "until": "2027-12-31", "amount": "190.0000"}]
    for name, wage in (("below-2027", "150.0000"), ("above-2027", "200.0000")):
        given = line(name, on=date(2027, 6, 1), **UNKNOWN, pay={"activities": [activity(wage)]}, wage_ceilings=ceilings)
        yield scheme, {**given, "supplied": [INDEX]}
