"""What a decision pays more or less than a former one, per calendar month.

An amount that was paid in excess is a negative difference. The comparison covers payments: of a
maternity rest the gross `payment` per month, the `withholding-tax`
on it and the `net-payment`, each also for a work removal; of other schemes what they pay by the
month, by the quarter or at once. Daily amounts are no payments.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TypedDict

from tegemoet.domain.calendar import read_day
from tegemoet.domain.decision import AmountJson, DecisionJson
from tegemoet.domain.money import cents, euro, from_cents, read_amount

ORDER = (
    "payment",
    "withholding-tax",
    "net-payment",
    "work-removal-payment",
    "work-removal-withholding-tax",
    "work-removal-net-payment",
)
"""Kinds that are shown in this order, before any other kind."""
Paid = Counter[tuple[str, str | None]]
"""Cents per kind and month (YYYY-MM); None for what is paid at once, in no month."""


class TotalDifference(TypedDict):
    """What a kind of payment pays by the former
    decision, by the new one, and the difference; EUR.
    """

    kind: str
    former: str
    new: str
    difference: str


class MonthDifference(TotalDifference):
    """The same for one month (YYYY-MM); None for what is paid at once."""

    month: str | None


class DifferenceJson(TypedDict):
    """The difference between two decisions, which are named by their ids."""

    former: str
    new: str
    rows: list[MonthDifference]
    totals: list[TotalDifference]


def difference(former: DecisionJson, new: DecisionJson) -> DifferenceJson:
    """`new` minus `former`, per kind of payment and month, and in total per kind.

    What is paid by the quarter counts in its first month. Counted in whole cents: the rows of a
    kind add up to its total.
    """
    before, after = _paid(former), _paid(new)
    both = sorted(before.keys() | after.keys(), key=lambda key: (_place(key[0]), key[0], key[1] or ""))
    totals_before, totals_after = _totals(before), _totals(after)
    rows: list[MonthDifference] = [
        {"kind": kind, "month": month, **_amounts(before[kind, month], after[kind, month])} for kind, month in both
    ]
    totals: list[TotalDifference] = [
        {"kind": kind, **_amounts(totals_before[kind], totals_after[kind])}
        for kind in dict.fromkeys(k for k, _ in both)
    ]
    return {"former": former["id"], "new": new["id"], "rows": rows, "totals": totals}


def _paid(decision: DecisionJson) -> Paid:
    found: Paid = Counter()
    for amount in decision["amounts"]:
        for month in _months(amount):
            found[amount["kind"], month] += cents(read_amount(amount["amount"]))
    return found


def _months(amount: AmountJson) -> Iterator[str | None]:
    """The calendar months in which the amount is paid."""
    unit, first = amount["unit"], amount["from"]
    if unit == "day":
        return
    if unit == "once" or first is None:
        yield None
    elif unit == "quarter":
        yield first[:7]
    else:
        day, end = read_day(first), read_day(amount["until"] or first)
        for number in range(day.year * 12 + day.month - 1, end.year * 12 + end.month):
            yield f"{number // 12}-{number % 12 + 1:02}"


def _totals(paid: Paid) -> Counter[str]:
    found: Counter[str] = Counter()
    for (kind, _), amount in paid.items():
        found[kind] += amount
    return found


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


class _Amounts(TypedDict):
    former: str
    new: str
    difference: str


def _amounts(former: int, new: int) -> _Amounts:
    return {
        "former": euro(from_cents(former)),
        "new": euro(from_cents(new)),
        "difference": euro(from_cents(new - former)),
    }
