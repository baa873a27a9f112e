"""What a decision pays more or less than a former one, per calendar month: what was paid too much shows as a negative difference.

Compared is what is paid: of a maternity rest the gross `payment` per month, the `withholding-tax` on it and the `net-payment`, each also
for a work removal; of other schemes what they pay by the month, by the quarter or at once. Daily amounts are no payments.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tegemoet.domain.calendar import read_day
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


def difference(former: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`new` minus `former`, two decisions as they are stored: a row per kind and month that either has, and the total of each kind.
    What is paid by the quarter counts in its first month.

    Counted in whole cents; the differences of a kind add up to the difference of its totals.
    """
    before, after = _paid(former), _paid(new)
    both = sorted(before.keys() | after.keys(), key=lambda key: (_place(key[0]), key[0], key[1] or ""))
    totals_before, totals_after = _totals(before), _totals(after)
    return {
        "former": former["id"],
        "new": new["id"],
        "rows": [
            {"kind": kind, "month": month, **_row(before[kind, month], after[kind, month])} for kind, month in both
        ],
        "totals": [
            {"kind": kind, **_row(totals_before[kind], totals_after[kind])}
            for kind in dict.fromkeys(k for k, _ in both)
        ],
    }


def _paid(decision: Mapping[str, Any]) -> Paid:
    found: Paid = Counter()
    for amount in decision["amounts"]:
        for month in _months(amount):
            found[amount["kind"], month] += cents(read_amount(amount["amount"]))
    return found


def _months(amount: Mapping[str, Any]) -> Iterator[str | None]:
    """The calendar months in which the amount is paid."""
    unit, first = amount["unit"], amount["from"]
    if unit == "once" or (unit != "day" and first is None):
        yield None
    elif unit == "quarter":
        yield first[:7]
    elif unit == "month":
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


def _row(former: int, new: int) -> dict[str, str]:
    return {name: euro(from_cents(n)) for name, n in (("former", former), ("new", new), ("difference", new - former))}
