"""What the picture of a decision shows: periods, dated amounts, and marked days."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tegemoet.domain.calendar import ONE_DAY, read_day
from tegemoet.domain.decision import DecisionJson, fact_of
from tegemoet.schemes.scheme import Scheme

UNPAID = "not-paid-"
"""Prefix of the kinds of daily amounts that pay nothing; the rest of the kind is the reason."""
SEPARATE = "separate-leave"
"""The window in which separate days of leave are taken."""
SIX_DAY_WEEK = frozenset({"benefit", "work-removal", "supplement", "employee-benefit", "employee-supplement"})
"""Daily amounts for six days a week: a Sunday has none."""
NOT_GROSS = ("withholding-tax", "net-payment")


@dataclass(frozen=True, slots=True)
class Bar:
    """What lasts from one day to another, both included (YYYY-MM-DD), of a kind."""

    kind: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class NumberedPeriod(Bar):
    """A period with its number in the picture and its days as its scheme counts them."""

    number: int
    days: int


@dataclass(frozen=True, slots=True)
class AmountBar(Bar):
    """An amount in EUR, per day or for the whole of its days."""

    amount: str

    @property
    def is_paid(self) -> bool:
        return not self.kind.startswith(UNPAID)


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that is marked: a birth, with the number of children, or the death of the mother."""

    day: str
    kind: Literal["birth", "death"]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Content:
    """What the picture shows, in the order of the decision. `monthly` are the gross payments."""

    title: str
    periods: Sequence[NumberedPeriod]
    daily: Sequence[AmountBar]
    monthly: Sequence[AmountBar]
    marks: Sequence[Mark]

    @property
    def bars(self) -> Sequence[Bar]:
        return [*self.periods, *self.daily, *self.monthly]

    def sundays(self) -> Sequence[str]:
        """The Sundays of the days that are counted in weeks of six days."""
        if not any(amount.kind in SIX_DAY_WEEK for amount in self.daily):
            return []
        counted = [*(period for period in self.periods if period.kind != SEPARATE), *self.daily]
        return sorted({sunday for bar in counted for sunday in _sundays(bar)})


def content_of(decision: DecisionJson, scheme: Scheme, language: str) -> Content:
    """What the picture of a decision shows in `language`."""
    amounts = list(_dated(decision))
    births, died = fact_of(decision, "delivery", "births"), fact_of(decision, "mother-death", "died")
    born = Counter(births if isinstance(births, list) else ())
    deaths = [Mark(died, "death")] if isinstance(died, str) else []
    return Content(
        title=scheme.title[language],
        periods=[
            NumberedPeriod(period["kind"], period["from"], period["until"], number, period["days"])
            for number, period in enumerate(decision["periods"], 1)
        ],
        daily=[bar for unit, bar in amounts if unit == "day"],
        monthly=[bar for unit, bar in amounts if unit == "month" and not bar.kind.endswith(NOT_GROSS)],
        marks=[*(Mark(day, "birth", count) for day, count in born.items()), *deaths],
    )


def _dated(decision: DecisionJson) -> Iterator[tuple[str, AmountBar]]:
    """Every amount that has days, with its unit."""
    for amount in decision["amounts"]:
        if amount["from"] and amount["until"]:
            yield amount["unit"], AmountBar(amount["kind"], amount["from"], amount["until"], amount["amount"])


def _sundays(bar: Bar) -> Iterator[str]:
    day, last = read_day(bar.first), read_day(bar.last)
    day += (6 - day.weekday()) * ONE_DAY
    while day <= last:
        yield day.isoformat()
        day += 7 * ONE_DAY
