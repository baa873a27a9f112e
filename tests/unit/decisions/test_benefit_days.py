"""The single days of a decision on maternity rest."""

from collections import Counter
from decimal import Decimal
from typing import Any

import orjson

from tegemoet.application.decisions.benefit_days import days_of
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.maternity_rest import SCHEME
from tests.schemes.maternity_rest.builders import birth, line, past
from tests.schemes.maternity_rest.decisions import Decision


def decided(**case: Any) -> Decision:
    body = orjson.dumps(line(**case))
    decision: Decision = orjson.loads(decide_line(body, SCHEME, "partner", b"secret").decision)
    return decision


def test_every_calendar_day_of_the_rest_is_there_once() -> None:
    decision = decided()
    days = days_of(decision)
    assert (len(days), days[0]["day"], days[-1]["day"]) == (102, "2020-07-11", "2020-10-20")
    assert len({day["day"] for day in days}) == 102
    assert [d["kind"] for d in days[:5]] == ["prenatal-compulsory"] * 4 + ["postnatal-compulsory"]
    assert days[-1]["kind"] == "extension-transfer"


def test_a_day_is_paid_or_says_why_not() -> None:
    days = {day["day"]: day for day in days_of(decided())}
    assert days["2020-07-11"] == {
        "day": "2020-07-11",
        "kind": "prenatal-compulsory",
        "amount": "82.00",
        "paid": True,
        "reason": None,
    }
    assert days["2020-07-12"] | {"kind": ""} == {
        "day": "2020-07-12",
        "kind": "",
        "amount": "0.00",
        "paid": False,
        "reason": "sunday",
    }
    assert (days["2020-07-21"]["paid"], days["2020-07-21"]["reason"]) == (False, "public-holiday")
    assert (days["2020-08-08"]["amount"], days["2020-08-10"]["amount"]) == ("82.00", "75.00")
    assert Counter(day["reason"] for day in days.values()) == {None: 86, "sunday": 15, "public-holiday": 1}


def test_the_days_add_up_to_the_total_and_each_month_to_its_payment() -> None:
    covered = [{"by": "holiday-pay", "from": "2020-08-03", "until": "2020-08-16"}]
    decision = decided(covered=covered)
    days = days_of(decision)
    assert sum(Decimal(day["amount"]) for day in days) == Decimal(decision["total"])
    for payment in decision["amounts"]:
        if payment["kind"] == "payment":
            month = payment["from"][:7]
            assert sum(Decimal(d["amount"]) for d in days if d["day"].startswith(month)) == Decimal(payment["amount"])
    assert {d["reason"] for d in days if "2020-08-03" <= d["day"] <= "2020-08-15"} == {"holiday-pay", "sunday"}


def test_days_of_work_removal_and_of_separate_leave_are_no_days_of_rest() -> None:
    history = [
        past("work", "2020-01-01", "2020-05-31"),
        past("full-work-removal", "2020-06-01", "2020-07-10", wage="100.0000"),
    ]
    extension = {"separate": {"schedule": [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]}}
    decision = decided(history=history, extension=extension)
    assert {"work-removal", "separate-leave"} <= {period["kind"] for period in decision["periods"]}
    days = days_of(decision)
    assert (days[0]["day"], days[-1]["day"]) == ("2020-07-11", "2020-10-06")
    assert sum(Decimal(day["amount"]) for day in days) == Decimal(decision["total"])


def test_nothing_is_said_of_the_days_of_a_case_that_is_refused_or_still_waits() -> None:
    assert days_of(decided(births=[])) == []
    refused = decided(births=[birth("2020-07-15", living=False, pregnancy_days=150)])
    assert (refused["outcome"], days_of(refused)) == ("refused", [])
