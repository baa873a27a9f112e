"""Findings, payment and tax for schemes that pay per day of a six-day week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import Period, join_equal
from tegemoet.domain.decision import Amount, FactValue, Finding, Met
from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.domain.parameters import Source

FOUR_DECIMALS = Decimal("0.0001")
"""The components of a daily amount are rounded to four decimals before they are added."""


@dataclass(frozen=True, slots=True)
class DayFinding:
    """The result of a rule for one day."""

    rule: str
    outcome: Met
    facts: dict[str, FactValue]
    source: Source


def findings_of(days: Iterable[tuple[Period, Iterable[DayFinding]]]) -> list[Finding]:
    """The steps of all days as findings, rule by rule.

    Consecutive days with equal steps share one finding.
    """
    by_rule: dict[str, list[tuple[Period, DayFinding]]] = {}
    for period, steps in days:
        for step in steps:
            by_rule.setdefault(step.rule, []).append((period, step))
    return [
        Finding(
            step.rule,
            step.outcome,
            {**step.facts, "from": period.first.isoformat(), "until": period.last.isoformat()},
            step.source,
        )
        for found in by_rule.values()
        for period, step in join_equal(found)
    ]


def total_of(days: Iterable[tuple[Period, Decimal]]) -> Decimal:
    """The sum in EUR of daily amounts, over the days from Monday to Saturday of their periods."""
    return sum((amount * period.six_day_week_days for period, amount in days), ZERO)


def percentage(share: Decimal) -> str:
    """A share as a percentage without empty decimals: 0.10 is 10."""
    return f"{(share * 100).normalize():f}"


def payment(gross: Decimal, taxed: Decimal, rate: Decimal) -> list[Amount]:
    """One payment in EUR: gross, withholding tax, if any, and net.

    The tax is `rate` × `taxed`, the part that is taxed.
    """
    tax = round_half_up(taxed * rate)
    withheld = [Amount("withholding-tax", tax)] if taxed else []
    return [Amount("gross", gross), *withheld, Amount("net", gross - tax)]


def withholding(rule: str, taxed: Decimal, rate: Decimal, source: Source) -> Finding:
    """The withholding tax of one payment in EUR, rounded half-up to the cent once."""
    facts: dict[str, FactValue] = {
        "taxed": euro(taxed),
        "percentage": percentage(rate),
        "tax": euro(round_half_up(taxed * rate)),
    }
    return Finding(rule, "met", facts, source)


def deadline(rule: str, first: date, latest: date, on: date, source: Source) -> Finding:
    """The latest day for paying the days before it; met as long as `on` is not after `latest`.

    `first` is the first day that is paid. Days from `latest` on have no deadline.
    """
    outcome: Met = "not-needed" if first >= latest else "met" if on <= latest else "not-met"
    return Finding(rule, outcome, {"deadline": latest.isoformat()}, source)
