"""Extra contribution to contraceptives: by age or by increased
reimbursement, and the morning-after pill for all women.
"""

from datetime import date
from itertools import product as combinations
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.registry import scheme_named

SCHEME = scheme_named("contraceptives")
DAY = "2020-10-12"
YOUNG, OLDER = "1995-10-13", "1995-10-12"  # 24 and 25 on that day


def decided(on: str = "2026-11-30", **case: Any) -> dict[str, Any]:
    filled = {"delivered_on": DAY, "product": "contraceptive", "on_list": True, **case}
    line = {"case_id": "case-1", "on": on, "case": filled}
    found: dict[str, Any] = orjson.loads(decide_line(orjson.dumps(line), SCHEME, "partner", b"key").decision)
    return found


def found(decision: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["rule"], step["outcome"]) for step in decision["explanation"]]


def fields(decision: dict[str, Any]) -> list[str]:
    return [missing["field"] for missing in decision["missing"]]


@pytest.mark.parametrize(
    ("birth_date", "increased", "outcome"),
    [
        (YOUNG, None, "granted"),
        (YOUNG, False, "granted"),
        (YOUNG, True, "granted"),
        (OLDER, True, "granted"),
        (OLDER, False, "refused"),
        (OLDER, None, "pending"),
        (None, True, "granted"),
        (None, False, "pending"),
        (None, None, "pending"),
    ],
)
def test_either_the_age_or_increased_reimbursement_is_enough(
    birth_date: str | None, increased: bool | None, outcome: str
) -> None:
    facts: dict[str, Any] = {"birth_date": birth_date, "increased_reimbursement": increased}
    decision = decided(**{name: value for name, value in facts.items() if value is not None})
    assert decision["outcome"] == outcome
    asked = {"/birth_date": birth_date, "/increased_reimbursement": increased}
    assert fields(decision) == (
        [name for name, value in asked.items() if value is None] if outcome == "pending" else []
    )


@pytest.mark.parametrize(
    ("day", "birth_date", "outcome"),
    [
        ("2020-03-31", "1999-04-01", "granted"),  # 20
        ("2020-03-31", "1999-03-31", "refused"),  # 21
        ("2020-04-01", "1995-04-02", "granted"),  # 24
        ("2020-04-01", "1995-04-01", "refused"),  # 25
        ("2021-02-28", "1996-02-29", "granted"),
        ("2021-03-01", "1996-02-29", "refused"),
    ],
)
def test_the_age_limit_is_21_until_march_2020_and_25_afterwards(day: str, birth_date: str, outcome: str) -> None:
    facts: dict[str, Any] = {"birth_date": birth_date, "increased_reimbursement": False}
    assert decided(delivered_on=day, **facts)["outcome"] == outcome


def test_increased_reimbursement_counts_from_10_september_2020() -> None:
    facts: dict[str, Any] = {"birth_date": OLDER, "increased_reimbursement": True}
    before = decided(delivered_on="2020-09-09", birth_date="1980-01-01", increased_reimbursement=True)
    assert (before["outcome"], found(before)) == ("refused", [("age", "not-met"), ("listed", "met")])
    assert decided(delivered_on="2020-09-10", **facts)["outcome"] == "granted"
    unknown = decided(delivered_on="2020-09-09", increased_reimbursement=True)
    assert (unknown["outcome"], fields(unknown)) == ("pending", ["/birth_date"])


def test_a_product_has_to_be_on_the_list() -> None:
    assert decided(birth_date=YOUNG, on_list=False)["outcome"] == "refused"
    unknown = decided(birth_date=YOUNG, on_list=None)
    assert (unknown["outcome"], fields(unknown)) == ("pending", ["/on_list"])
    assert fields(decided(on_list=False)) == []


def test_the_morning_after_pill_is_for_all_women_from_april_2020() -> None:
    pill: dict[str, Any] = {"product": "morning-after-pill"}
    assert decided(delivered_on="2020-04-01", **pill)["outcome"] == "granted"
    before = {"delivered_on": "2020-03-31", **pill}
    assert fields(decided(**before)) == ["/birth_date"]
    assert decided(**before, birth_date="1999-03-31")["outcome"] == "refused"
    assert decided(**before, birth_date="1999-04-01")["outcome"] == "granted"


def test_the_morning_after_pill_has_third_party_payment_from_10_september_2020() -> None:
    step = ("third-party-payment", "met")
    for day, product in combinations(("2020-09-09", "2020-09-10"), ("contraceptive", "morning-after-pill")):
        decision = decided(delivered_on=day, product=product, birth_date="2000-01-01")
        assert decision["outcome"] == "granted"
        assert (step in found(decision)) == (day == "2020-09-10" and product == "morning-after-pill")
    assert step not in found(decided(product="morning-after-pill", on_list=False))


def test_a_delivery_that_cannot_be_is_rejected() -> None:
    for on, case, path, code in (
        ("2020-10-11", {}, "/case/delivered_on", "in-the-future"),
        ("2026-11-30", {"birth_date": "2020-10-13"}, "/case", "born-after-delivery"),
    ):
        with pytest.raises(InvalidError) as error:
            decided(on, **case)
        assert [(f.path, f.code) for f in error.value.faults] == [(path, code)]
    assert decided(DAY, birth_date=DAY)["outcome"] == "granted"


def test_before_the_decree_nothing_is_known() -> None:
    assert decided(delivered_on="2013-10-01", birth_date="2000-01-01")["outcome"] == "granted"
    with pytest.raises(ParameterUnknownError):
        decided(delivered_on="2013-09-30", birth_date="2000-01-01")


def test_every_value_holds_on_its_days() -> None:
    held = SCHEME.parameter_sets["parameters"].parameters
    days = {(p.name, dict(p.key).get("product"), str(p.value)): (p.first, p.last) for p in held}
    first, april, september = date(2013, 10, 1), date(2020, 4, 1), date(2020, 9, 10)
    assert days == {
        ("age-limit", None, "21"): (first, date(2020, 3, 31)),
        ("age-limit", None, "25"): (april, LAST_DAY),
        ("for-all-women", "contraceptive", "False"): (first, LAST_DAY),
        ("for-all-women", "morning-after-pill", "False"): (first, date(2020, 3, 31)),
        ("for-all-women", "morning-after-pill", "True"): (april, LAST_DAY),
        ("with-increased-reimbursement", None, "False"): (first, date(2020, 9, 9)),
        ("with-increased-reimbursement", None, "True"): (september, LAST_DAY),
        ("third-party-payment", None, "False"): (first, date(2020, 9, 9)),
        ("third-party-payment", None, "True"): (september, LAST_DAY),
    }
