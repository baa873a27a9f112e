"""The single days of a decision on benefits per day: what each pays, or why it pays nothing. Derived on reading, never stored."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

OUTSIDE = ("work-removal", "separate-leave")
"""Periods whose days are no days of rest: the work removal before it, the weeks in which separate leave days may be taken."""
SUNDAY = "sunday"
NOT_PAID = "not-paid-"


def days_of(decision: dict[str, Any]) -> list[dict[str, Any]]:
    """Every calendar day of the rest or leave of a decision, in order: `day`, `kind` of its period, `amount` in EUR, `paid`, and for a
    day that is not paid its `reason` (`sunday`, or what covers it: `wage`, `holiday-pay`, `public-holiday`, …).

    A decision that grants nothing (yet) has no such days: nothing is said of them.
    """
    if decision["total"] is None:
        return []
    amounts = {
        day: amount
        for amount in decision["amounts"]
        if amount["unit"] == "day" and amount["kind"] not in OUTSIDE
        for day in _days(amount)
        if day.isoweekday() < 7
    }
    days = []
    for period in decision["periods"]:
        if period["kind"] in OUTSIDE:
            continue
        for day in _days(period):
            found = amounts.get(day)
            reason = SUNDAY if found is None else found["kind"].partition(NOT_PAID)[2] or None
            days.append(
                {
                    "day": day.isoformat(),
                    "kind": period["kind"],
                    "amount": "0.00" if found is None else found["amount"],
                    "paid": reason is None,
                    "reason": reason,
                }
            )
    return days


def _days(span: dict[str, Any]) -> Iterator[date]:
    first, last = date.fromisoformat(span["from"]), date.fromisoformat(span["until"])
    return (first + timedelta(number) for number in range((last - first).days + 1))
