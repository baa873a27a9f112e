"""The single days of a decision on benefits per day: what each pays, or why it pays nothing.

The days are derived when a decision is read; they are not stored.
"""

from collections.abc import Iterator
from datetime import date
from typing import TypedDict

from tegemoet.domain.calendar import ONE_DAY, read_day
from tegemoet.domain.decision import AmountJson, DecisionJson

OUTSIDE = ("work-removal", "separate-leave")
"""Periods that are no days of rest: the work removal before it, and the weeks in which separate
leave days may be taken."""
SUNDAY = "sunday"
NOT_PAID = "not-paid-"


class BenefitDay(TypedDict):
    """A day (YYYY-MM-DD) with the kind of its period and its amount in EUR.

    `reason` says why a day is not paid: `sunday`, or what covers it, such as `wage`, `holiday-pay`
    or `public-holiday`.
    """

    day: str
    kind: str
    amount: str
    paid: bool
    reason: str | None


def days_of(decision: DecisionJson) -> list[BenefitDay]:
    """Every calendar day of the rest or leave of a decision, in order.

    Empty for a decision that grants nothing or is pending.
    """
    if decision["total"] is None:
        return []
    amounts: dict[date, AmountJson] = {
        day: amount
        for amount in decision["amounts"]
        if amount["unit"] == "day" and amount["kind"] not in OUTSIDE and amount["from"] and amount["until"]
        for day in _days(amount["from"], amount["until"])
        if day.isoweekday() < 7
    }
    return [
        _benefit_day(day, period["kind"], amounts.get(day))
        for period in decision["periods"]
        if period["kind"] not in OUTSIDE
        for day in _days(period["from"], period["until"])
    ]


def _benefit_day(day: date, kind: str, amount: AmountJson | None) -> BenefitDay:
    reason = SUNDAY if amount is None else amount["kind"].partition(NOT_PAID)[2] or None
    return {
        "day": day.isoformat(),
        "kind": kind,
        "amount": "0.00" if amount is None else amount["amount"],
        "paid": reason is None,
        "reason": reason,
    }


def _days(first: str, last: str) -> Iterator[date]:
    begin = read_day(first)
    return (begin + number * ONE_DAY for number in range((read_day(last) - begin).days + 1))
