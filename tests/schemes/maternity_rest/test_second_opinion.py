"""Maternity rest against its second opinion, and what makes the second opinion worth asking."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.opinions.maternity import leave, money, oracle
from local.opinions.maternity.compare import run
from local.opinions.maternity.rest import DAY, Rest
from tests.support.imports import leaning

FOLDER = Path(oracle.__file__).parent
ON = "2021-06-01"
INSURED = {"opening": {"way": "exempt", "article": "205, § 1, 1°", "proven": True, "became_on": "2019-01-01"}}


def case(**changes: Any) -> dict[str, Any]:
    """The dated example of the circular, 3.2.2.a: work until 10
    July 2020, birth on the 15th instead of the 18th.
    """
    found: dict[str, Any] = {
        "requested_on": "2020-07-01",
        "expected": {"on": "2020-07-18"},
        "quality": {"kind": "employee", "basis": "contract"},
        "insurability": INSURED,
        "pay": {"activities": [{"name": "office", "stable": True, "reference_wage": {"amount": "120.0000"}}]},
        "births": [{"on": "2020-07-15"}],
        "first_day": "2020-07-11",
        "history": [{"kind": "work", "from": "2020-01-01", "until": "2020-07-10"}],
    }
    return found | changes


def decided(**changes: Any) -> dict[str, Any]:
    return oracle.decide(case(**changes), ON)


def rest(**changes: Any) -> Rest:
    found: Rest = decided(**changes)["rest"]
    return found


def per_day(answer: dict[str, Any]) -> list[int]:
    """The amounts of the days in the order of the days, each once, in cents."""
    rows = sorted((row for row in answer["amounts"] if row[0] == "benefit"), key=lambda row: row[3])
    return list(dict.fromkeys(row[1] for row in rows))


@pytest.mark.parametrize("module", ["oracle", "rest", "money", "insured", "leave", "cases"])
def test_the_second_opinion_imports_nothing_from_the_product(module: str) -> None:
    assert leaning(FOLDER / f"{module}.py") == []


def test_the_product_and_the_second_opinion_agree_on_random_cases() -> None:
    reached, different = run(2000, 2024)
    assert different == []
    assert reached["outcome granted"] > 1200
    for branch in ("outcome refused", "outcome pending", "outcome invalid", "outcome parameter-unknown"):
        assert reached[branch] > 20


def test_they_agree_on_random_cases_of_converted_leave() -> None:
    reached, different = run(1000, 2024, "leave")
    assert different == []
    assert reached["outcome granted"] > 400
    for branch in ("outcome refused", "outcome pending", "outcome invalid"):
        assert reached[branch] > 20
    for rule in (
        *("rank", "descent", "marriage", "legal-cohabitation", "cohabitation", "child-residence", "kinship"),
        *("mother-insured", "mother-in-hospital", "leave-days", "waiting-period"),
    ):
        assert reached[f"failed {rule}"], rule


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_the_product_and_the_second_opinion_agree_on_two_hundred_thousand_cases(seed: int) -> None:
    assert run(5000, seed)[1] == []
    assert run(1000, seed, "leave")[1] == []


# --- the second opinion itself --------------------------------------------------------------------


def test_the_example_of_the_circular_is_fourteen_weeks_and_four_days() -> None:
    found = rest()
    assert (str(found.first), str(found.last), len(found.kinds)) == ("2020-07-11", "2020-10-20", 102)
    kinds = list(found.kinds.values())
    assert [kinds.count(k) for k in ("prenatal-compulsory", "postnatal-compulsory", "extension-transfer")] == [
        4,
        63,
        35,
    ]


@pytest.mark.parametrize(("first_day", "last"), [("2020-07-11", "2020-10-23"), ("2020-06-06", "2020-09-18")])
def test_a_birth_on_the_expected_day_makes_fifteen_weeks(first_day: str, last: str) -> None:
    eve = str(date.fromisoformat(first_day) - DAY)
    found = rest(
        births=[{"on": "2020-07-18"}],
        first_day=first_day,
        history=[{"kind": "work", "from": "2020-01-01", "until": eve}],
    )
    assert (str(found.last), len(found.kinds)) == (last, 105)


@pytest.mark.parametrize(("days", "more"), [(7, 0), (8, 1), (21, 14), (174, 167), (175, 168), (176, 168)])
def test_a_stay_in_hospital_adds_its_days_beyond_the_seventh(days: int, more: int) -> None:
    until = str(date(2020, 7, 14) + days * DAY)
    found = rest(births=[{"on": "2020-07-15", "stays": [{"from": "2020-07-15", "until": until}]}])
    assert list(found.kinds.values()).count("extension-hospital") == more


def test_an_invalid_under_contract_gets_98_40_and_then_90_without_a_deduction() -> None:
    answer = decided(
        expected={"on": "2019-11-11"},
        births=[{"on": "2019-11-11"}],
        first_day="2019-11-04",
        history=[],
        pay={
            "incapacity": {
                "since": "2018-09-16",
                "wage": {"amount": "120.0000"},
                "invalid": True,
                "benefits": [{"from": "2019-10-01", "gross": "78.00"}],
            }
        },
    )
    assert per_day(answer) == [9840, 9000]
    assert money.half_up(9840 * 1111, 10_000) == 1093
    assert money.half_up(7800 * 965, 1000) == 7527


def test_an_unemployed_person_is_aligned_and_then_gets_60_and_15_percent() -> None:
    answer = decided(
        expected={"on": "2019-05-17"},
        births=[{"on": "2019-05-17"}],
        first_day="2019-05-10",
        quality={"kind": "controlled-unemployed"},
        history=[{"kind": "incapacity", "from": "2019-01-01", "until": "2019-05-09"}],
        pay={"unemployment": {"wage": {"amount": "73.7231"}, "benefits": [{"from": "2019-01-01", "amount": "50.60"}]}},
    )
    assert per_day(answer) == [6498, 6166, 5529]
    assert money.last_aligned_day(case(pay={}, history=[]), rest(history=[])) == date(2021, 1, 10)


def test_the_converted_leave_example_is_aligned_until_september_then_guaranteed() -> None:
    """13.2: birth on 14 September 2019, death on the 16th, leave from the 23rd.

    The mother had used thirty days.
    """
    answer = leave.decide(
        {
            "requested_on": "2019-09-23",
            "births": ["2019-09-14"],
            "mother": {
                "event": "death",
                "on": "2019-09-16",
                "days_used": 30,
                "days_left": 63,
                "insured": "beneficiary",
            },
            "relation": {"rank": "parent", "proven": True},
            "child_home_on": "2019-09-23",
            "hospital_statement": True,
            "quality": {"kind": "controlled-unemployed"},
            "insurability": INSURED,
            "pay": {
                "unemployment": {
                    "wage": {"amount": "73.7231"},
                    "benefits": [{"from": "2019-04-01", "amount": "44.23"}, {"from": "2019-09-17", "amount": "50.60"}],
                },
                "incapacity": {
                    "since": "2019-04-01",
                    "wage": {"amount": "73.7231"},
                    "benefits": [{"from": "2019-04-01", "gross": "44.23"}, {"from": "2019-10-01", "gross": "60.86"}],
                },
            },
        },
        date(2020, 6, 1),
    )
    assert answer["periods"] == [("converted-leave", "2019-09-23", "2019-11-24", 63)]
    assert per_day(answer) == [6166, 6086]


MAXIMA = [
    ("2018-03-01", "2015-04-01", 11021, 10397),
    ("2018-10-01", "2015-04-01", 11241, 10605),
    ("2018-03-01", "2018-01-01", 11109, 10480),
    ("2018-10-01", "2018-01-01", 11331, 10690),
    ("2020-02-29", "2019-12-31", 11331, 10690),
    ("2020-03-01", "2019-12-31", 11558, 10903),
    ("2020-02-29", "2020-01-01", 11456, 10807),
    ("2020-03-01", "2020-01-01", 11685, 11023),
    ("2022-01-01", "2021-12-31", 12157, 11469),
    ("2022-12-31", "2020-01-01", 13422, 12663),
    ("2022-01-01", "2022-01-01", 12290, 11595),
    ("2023-10-31", "2022-01-01", 13570, 12802),
]


@pytest.mark.parametrize(("on", "start", "early", "later"), MAXIMA)
def test_its_wage_ceilings_give_the_published_maxima(on: str, start: str, early: int, later: int) -> None:
    ceiling = money.capped({}, date.fromisoformat(start), date.fromisoformat(on), 9_999_999)
    assert money.half_up(money.half_up(ceiling * 795, 1000), 100) == early
    assert money.half_up(money.half_up(ceiling * 75, 100), 100) == later
