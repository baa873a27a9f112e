"""Cases that together make maternity rest say everything it can say."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.maternity_rest.builders import (
    CHILD,
    activity,
    birth,
    exempt,
    in_hours,
    insured,
    line,
    opening,
    past,
    reduced,
    retention,
    stay,
)


def quality(kind: str, **fields: Any) -> dict[str, Any]:
    return {"quality": {"kind": kind, **fields}}


def opened(way: dict[str, Any]) -> dict[str, Any]:
    return {"insurability": insured(way)}


def retained(by: dict[str, Any] | None) -> dict[str, Any]:
    return {"insurability": insured(retention=by)}


WAGE = {"needed": "3000.00", "seen": "3000.00"}
TOO_LOW = {"needed": "3000.00", "seen": "2999.99"}
UNEMPLOYMENT = {"wage": {"amount": "70.0000"}, "benefits": [{"from": "2020-01-01", "amount": "50.00"}]}
INCAPACITY = {
    "since": "2020-03-02",
    "wage": {"amount": "100.0000"},
    "benefits": [{"from": "2020-03-02", "gross": "60.00"}],
    "invalid_from": "2021-03-02",
    "help_of_others": True,
}
INVALID = {
    "since": "2018-03-02",
    "wage": {"amount": "100.0000"},
    "benefits": [{"from": "2020-03-02", "gross": "90.00", "net": "86.85"}],
    "invalid": True,
}
SHOP = past("authorised-activity", "2020-05-01", "2020-07-10", activities=["shop"])
LATER = {"expected": {"on": "2022-03-18"}, "first_day": "2022-03-11", "births": [birth("2022-03-18")]}
"""A rest in 2022, under the ceiling of a later cohort."""
UNKNOWN = {"expected": {"on": "2027-01-11"}, "first_day": "2027-01-04", "births": [birth("2027-01-11")], "history": []}
"""A rest in 2027, whose ceiling is not known; its index is supplied."""
INDEX = {
    "parameter": "index-steps-listed",
    "value": "29",
    "from": "2027-01-01",
    "until": "2027-06-30",
    "source": "RSZ-ONSS",
}

QUALITIES: list[dict[str, Any]] = [
    quality("employee", basis="apprentice", birth_year=2002),
    quality("resting-since-fifth-month", rest_from="2020-05-04", since_fifth_month=True),
    quality("resting-since-fifth-month", rest_from="2020-05-04", since_fifth_month=False),
    quality("resting-since-fifth-month", rest_from="2020-05-04"),
    quality("resting-since-fifth-month", since_fifth_month=True),
    quality("after-continued-insurance", ended_on="2020-07-10", earlier_quality=True),
    quality("after-continued-insurance", ended_on="2020-07-08", earlier_quality=False),
    quality("after-continued-insurance"),
    quality("after-transition-benefit", ended_on="2020-07-10"),
    quality("employee", basis="contract", until="2020-06-10"),
    quality("employee", basis="contract", until="2020-06-09"),
]
OPENINGS: list[dict[str, Any]] = [
    opened(opening(volume="119")),
    opened(opening(volume=None)),
    opened(opening(**{"from": None}, until=None)),
    opened(opening(until="2018-07-01")),
    opened(opening(until="2020-07-11", **{"from": "2020-02-01"})),
    opened(opening(counted_in="hours", volume="399")),
    opened(opening(counted_in="hours", volume=None)),
    opened(opening(wage=TOO_LOW)),
    opened(exempt()),
    opened(exempt(article="206/1")),
    opened(exempt(proven=False)),
    opened(reduced("child-raising")),
    opened(reduced("child-raising", child=CHILD | {"undivided": False}, earlier_fulfilled=False)),
    opened(reduced("child-raising", child=CHILD | {"declared": False, "at_home": False})),
    opened(reduced("child-raising", child=None, earlier_fulfilled=None)),
    opened(reduced("voluntary-insurance")),
    opened(reduced("voluntary-insurance", voluntarily_insured=False)),
    opened(reduced("voluntary-insurance", voluntarily_insured=None)),
    opened(reduced("after-self-employed")),
    opened(reduced("after-self-employed", lost_on="2019-12-01")),
    opened(reduced("after-self-employed", lost_on=None)),
]
RETENTIONS: list[dict[str, Any]] = [
    retained(None),
    retained(retention(third_quarter="59")),
    retained(retention(third_quarter=None)),
    retained(retention(wage=TOO_LOW)),
    retained(in_hours("199", first_quarter="1", longest_gap=30, wage_three_quarters=WAGE)),
    retained(in_hours("199", first_quarter="0", longest_gap=30, wage_three_quarters=WAGE)),
    retained(in_hours("199")),
]
BIRTHS: list[dict[str, Any]] = [
    {"births": []},
    {"births": [birth("2020-07-15", living=False, pregnancy_days=179)]},
    {"births": [birth("2020-07-15", living=False, pregnancy_days=180, proven=False)]},
    {"births": [birth("2020-07-15", living=False)]},
    {"births": [birth("2020-07-15", proven=False)], "expected": {"on": "2020-07-18", "certified": False}},
    {"stays_abroad": True, "first_day": None},
    {"activity_in_rest": [{"from": "2020-08-03", "until": "2020-08-04"}], "resumption_declared": True},
    {"activity_in_rest": [{"from": "2020-07-11", "until": "2020-10-20"}]},
]
CALENDARS: list[dict[str, Any]] = [
    {"first_day": "2020-06-01", "history": []},
    {"births": [birth("2020-07-08")], "first_day": None, "history": [past("incapacity", "2020-01-01", "2020-07-07")]},
    {"history": [past("incapacity", "2020-01-01", "2020-07-10")], "convert_incapacity": False},
    {
        "births": [birth("2020-07-08")],
        "first_day": None,
        "history": [past("full-work-removal", "2020-05-04", "2020-07-07", wage="100.0000")],
        "extension": {"transfer_days": 0},
    },
    {
        "births": [birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-31")]), birth("2020-07-17")],
        "extension": {"separate": {"schedule": [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]}},
    },
    {
        "births": [birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-31")]), birth("2020-07-15")],
        "extension": {"multiple_days": 0, "hospital": False},
    },
    {
        "births": [birth("2020-07-15", stays=[stay("2020-07-15", "2020-07-31", certified=False)])],
        "history": [],
        "extension": {"separate": {"schedule": [[1], [1]]}},
    },
    {"mother_died_on": "2020-08-03"},
]
PAYS: list[dict[str, Any]] = [
    {"pay": {}},
    quality("controlled-unemployed") | {"pay": {"unemployment": UNEMPLOYMENT}},
    quality("controlled-unemployed")
    | {"pay": {"unemployment": UNEMPLOYMENT | {"benefits": [{"from": "2020-09-01", "amount": "50.00"}]}}},
    quality("controlled-unemployed")
    | {
        "pay": {"unemployment": UNEMPLOYMENT},
        "history": [past("incapacity", "2019-12-01", "2020-07-10")],
    },
    {
        "pay": {
            "activities": [activity()],
            "unemployment": UNEMPLOYMENT,
            "income_guarantee": {"guarantee": "400.00", "reference": "1200.00"},
        }
    },
    {"pay": {"activities": [activity(), activity("50.0000", "shop")]}, "history": [SHOP]},
    {"pay": {"activities": [activity()]}, "history": [SHOP]},
    quality("quality-lost-in-incapacity-or-rest") | {"pay": {"incapacity": INCAPACITY}, "history": []},
    quality("quality-lost-in-incapacity-or-rest")
    | {"pay": {"incapacity": {"since": "2020-03-02", "wage": {"amount": "100.0000"}}}, "history": []},
    quality("quality-lost-in-incapacity-or-rest") | {"pay": {"incapacity": INVALID}, "history": []},
    {"covered": [{"by": "holiday-pay", "from": "2020-08-03", "until": "2020-08-04"}]},
    LATER,
    LATER | {"pay": {"activities": [activity("200.0000")]}},
]


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    changes = [{}, *QUALITIES, *OPENINGS, *RETENTIONS, *BIRTHS, *CALENDARS, *PAYS]
    for number, changed in enumerate(changes):
        yield scheme, line(f"case-{number}", date(2022, 6, 1), **changed)
    part_time = opening(counted_in="hours", schedule_prevents=True, volume="400", until="2019-06-30")
    later = {
        "expected": {"on": "2021-03-18"},
        "first_day": "2021-03-11",
        "births": [birth("2021-03-18")],
        "history": [],
    }
    yield scheme, line("part-time", date(2022, 6, 1), **later, insurability=insured(part_time))
    ceilings = [{"from": "2027-01-01", "until": "2027-12-31", "amount": "190.0000"}]
    for name, wage in (("below", "150.0000"), ("above", "200.0000")):
        given = line(name, date(2027, 6, 1), **UNKNOWN, pay={"activities": [activity(wage)]}, wage_ceilings=ceilings)
        yield scheme, {**given, "supplied": [INDEX]}
