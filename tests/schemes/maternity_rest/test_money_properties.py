"""What holds of the money of every maternity rest,
whatever its days, its wage and what covers it.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tegemoet.schemes.maternity_rest.pay import PaidRest
from tests.schemes.maternity_rest.builders import activity
from tests.schemes.maternity_rest.pay import by_day, of_months, paid, rest

STARTS = st.dates(date(2018, 1, 1), date(2021, 2, 1))
LENGTHS = st.integers(1, 200)
WAGES = st.decimals("1", "400", places=4).map(str)
QUALITIES: list[dict[str, Any]] = [
    {"kind": "employee", "basis": "contract"},
    {"kind": "employee", "basis": "irregular-termination"},
    {"kind": "controlled-unemployed"},
    {"kind": "after-transition-benefit"},
]
KINDS = ("wage", "holiday-pay", "termination-indemnity", "career-break-benefit")


def pay_of(wage: str) -> dict[str, Any]:
    unemployment = {
        "wage": {"amount": wage},
        "benefits": [{"from": "2017-01-01", "amount": "41.17"}, {"from": "2020-01-15", "amount": "52.93"}],
    }
    return {"activities": [activity(wage)], "unemployment": unemployment}


@st.composite
def covered_ranges(draw: st.DrawFn, start: date) -> list[dict[str, str]]:
    """Ranges that do not overlap, some of them beyond the rest."""
    ranges, day = [], start - timedelta(draw(st.integers(0, 5)))
    for _ in range(draw(st.integers(0, 4))):
        day += timedelta(draw(st.integers(0, 40)))
        last = day + timedelta(draw(st.integers(0, 12)))
        ranges.append({"by": draw(st.sampled_from(KINDS)), "from": day.isoformat(), "until": last.isoformat()})
        day = last + timedelta(1)
    return ranges


@st.composite
def cases(draw: st.DrawFn) -> tuple[date, int, dict[str, Any]]:
    start = draw(STARTS)
    case = {
        "quality": draw(st.sampled_from(QUALITIES)),
        "pay": pay_of(draw(WAGES)),
        "covered": draw(covered_ranges(start)),
    }
    return start, draw(LENGTHS), case


def result_of(start: date, days: int, case: dict[str, Any]) -> PaidRest:
    return paid(rest(start.isoformat(), days=days), **case)


@given(cases())
def test_the_days_add_up_to_the_payments_and_these_to_the_total(case: tuple[date, int, dict[str, Any]]) -> None:
    result = result_of(*case)
    days, months = by_day(result), of_months(result)
    assert result.total == sum(months.values()) == sum(Decimal(amount) for amount in days.values())
    for first, amount in months.items():
        assert amount == sum(Decimal(a) for day, a in days.items() if day[:7] == first[:7])


@given(cases())
def test_what_is_transferred_and_the_tax_are_the_payment(case: tuple[date, int, dict[str, Any]]) -> None:
    result = result_of(*case)
    gross, tax, net = (of_months(result, kind) for kind in ("payment", "withholding-tax", "net-payment"))
    assert gross.keys() == tax.keys() == net.keys()
    for first, amount in gross.items():
        assert net[first] + tax[first] == amount > 0
        assert abs(tax[first] - amount * Decimal("0.1111")) <= Decimal("0.005")


@given(cases())
def test_every_weekday_is_paid_or_has_a_reason_and_no_sunday_has_either(case: tuple[date, int, dict[str, Any]]) -> None:
    start, length, _ = case
    result = result_of(*case)
    told: list[str] = []
    for kind in {a.kind for a in result.amounts if a.unit == "day"}:
        told += by_day(result, kind)
    days = [start + timedelta(n) for n in range(length)]
    assert sorted(told) == [day.isoformat() for day in days if day.isoweekday() < 7]


@given(cases(), st.data())
def test_splitting_a_covered_range_changes_nothing(case: tuple[date, int, dict[str, Any]], data: st.DataObject) -> None:
    start, length, fields = case
    parts: list[dict[str, str]] = []
    for given_range in fields["covered"]:
        first, last = date.fromisoformat(given_range["from"]), date.fromisoformat(given_range["until"])
        cut = first + timedelta(data.draw(st.integers(0, (last - first).days)))
        parts.append(given_range | {"until": cut.isoformat()})
        if cut < last:
            parts.append(given_range | {"from": (cut + timedelta(1)).isoformat()})
    order = data.draw(st.permutations(parts))
    assert result_of(start, length, fields) == result_of(start, length, fields | {"covered": order})


@given(cases(), st.decimals("0.0001", "300", places=4))
def test_a_higher_wage_never_lowers_any_day(case: tuple[date, int, dict[str, Any]], more: Decimal) -> None:
    start, length, fields = case
    before = by_day(result_of(start, length, fields))
    wage = str(Decimal(fields["pay"]["unemployment"]["wage"]["amount"]) + more)
    after = by_day(result_of(start, length, fields | {"pay": pay_of(wage)}))
    assert before.keys() == after.keys()
    assert all(Decimal(before[day]) <= Decimal(after[day]) for day in before)


@given(cases(), st.integers(1, 150))
def test_a_shorter_rest_pays_its_days_the_same(case: tuple[date, int, dict[str, Any]], less: int) -> None:
    start, length, fields = case
    whole, part = (by_day(result_of(start, n, fields)) for n in (length, max(1, length - less)))
    assert part == {day: amount for day, amount in whole.items() if day in part}
