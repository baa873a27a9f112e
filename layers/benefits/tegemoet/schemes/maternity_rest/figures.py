"""The figures that pay a maternity rest, read once per parameter set and kept as whole numbers.

Money is counted in ten-thousandths of a euro until the amount of a day is known, then in cents. A share is counted in thousandths of a
percent. Both are exact, and `(2 a + b) // (2 b)` rounds a fraction a/b of them half-up: no decimal is needed where days are paid.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import ParameterUnknown

Row = tuple[int, int, int]
"""A value with the first and last day (ordinals) that it holds on."""
UNIT = 10_000
"""Ten-thousandths in a euro."""
WHOLE = 100_000
"""Thousandths of a percent in a whole."""


def ten_thousandths(amount: Decimal) -> int:
    """EUR with at most four decimals as a whole number."""
    return int(amount * UNIT)


def half_up(numerator: int, denominator: int) -> int:
    """The fraction rounded to a whole number, halves up; both are positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(rate: int, wage: int) -> int:
    """A component: a share of a wage, rounded half-up to ten-thousandths of a euro."""
    return (rate * wage + WHOLE // 2) // WHOLE


def to_cents(amount: int) -> int:
    """Ten-thousandths of a euro as cents, halves up."""
    return (amount + 50) // 100


def written(amount: int) -> str:
    """Ten-thousandths of a euro as text, such as 120.0000."""
    return f"{amount // UNIT}.{amount % UNIT:04d}"


def written_cents(amount: int) -> str:
    """Cents as text, such as 98.40."""
    return f"{amount // 100}.{amount % 100:02d}"


def value_on(rows: tuple[Row, ...], day: int) -> int | None:
    """The value that holds on that day; None where there is none."""
    for first, last, value in rows:
        if first <= day <= last:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the wage, as counted and as the law writes it (percent)."""

    share: int
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What pays a rest. Days are ordinals; `rates` by part and by whether the first thirty days are over."""

    rates: Mapping[tuple[str, bool], Rate]
    rate_facts: Mapping[str, Mapping[str, int | str]]
    """What an explanation tells of the rates of a status."""
    first_days: int
    alignment_months: int
    spells_apart: int
    month_divisor: int
    flemish_places: int
    tax: Rate
    first_payment_days: int
    payment_day: int
    invalids_working_day: int
    pension_deduction: tuple[Row, ...]
    pension_in_full_from: tuple[Row, ...]
    steps: tuple[int, ...]
    levels: tuple[int, ...]
    """Product of so many index steps, in ten-thousandths, rounded to four decimals; the first is 1."""
    steps_known: tuple[int, int]
    cohorts: tuple[tuple[date, date, str], ...]
    ceilings: Mapping[str, tuple[Row, ...]]
    maxima: Mapping[tuple[str, bool], tuple[Row, ...]]
    maxima_limit_from: int
    borders: tuple[int, ...]
    """Days on which an index step, a ceiling, a maximum or the pension deduction begins or is over."""

    def cohort(self, first: date) -> str | None:
        """The cohort that shares the ceiling of a rest that begins on `first`."""
        return next((name for begin, end, name in self.cohorts if begin <= first <= end), None)

    def steps_between(self, first: int, last: int) -> tuple[int, ...]:
        """The index steps after `first` and up to `last`."""
        return self.steps[bisect_right(self.steps, first) : bisect_right(self.steps, last)]

    def level(self, first: int, day: int) -> int:
        """Ten-thousandths by which the wage of a rest that began on `first` is multiplied on `day`.

        Raises ParameterUnknown on a day up to which not every index step is known.
        """
        if day == first:
            return UNIT
        known_from, known_until = self.steps_known
        if first + 1 < known_from or day > known_until:
            raise ParameterUnknown("index-step", date.fromordinal(day).isoformat())
        return self.levels[bisect_right(self.steps, day) - bisect_right(self.steps, first)]


@lru_cache(maxsize=16)
def figures_of(parameters: ParameterSet) -> Figures:
    """The figures of a parameter set. Raises ParameterUnknown naming what the set lacks."""
    by_name: dict[str, list[Parameter]] = {}
    for parameter in parameters.parameters:
        by_name.setdefault(parameter.name, []).append(parameter)

    def only(name: str) -> Parameter:
        if name not in by_name:
            raise ParameterUnknown(name, date.min.isoformat())
        (found,) = by_name[name]
        return found

    def whole(name: str) -> int:
        return int(str(only(name).value))

    steps = sorted(by_name["index-step"], key=lambda p: p.first)
    factor = Decimal(str(steps[0].value))
    if any(step.value != steps[0].value for step in steps):
        raise ValueError("index steps of several factors")
    listed = only("index-steps-listed")
    deduction, in_full = (
        _rows(by_name["pension-deduction"], 1000),
        _rows(by_name["pension-deduction-in-full-from"], UNIT),
    )
    ceilings = {
        cohort: _rows([p for p in by_name["wage-ceiling"] if _key(p, "cohort") == cohort], UNIT)
        for cohort in {_key(p, "cohort") for p in by_name["wage-ceiling"]}
    }
    maxima = {
        key: _rows(
            [p for p in by_name["maximum-benefit"] if (_key(p, "cohort"), _key(p, "days") == "later") == key], 100
        )
        for key in {(_key(p, "cohort"), _key(p, "days") == "later") for p in by_name["maximum-benefit"]}
    }
    days = {step.first.toordinal() for step in steps}
    for rows in (*ceilings.values(), *maxima.values(), deduction):
        days |= {first for first, _, _ in rows} | {last + 1 for _, last, _ in rows}
    known = (listed.first.toordinal(), listed.last.toordinal())
    limit = only("maxima-limit").first.toordinal()
    rates = {
        (_key(p, "part"), _key(p, "days") == "later"): Rate(_whole(p, 1000), str(p.value))
        for p in by_name["benefit-rate"]
    }
    return Figures(
        rates,
        {
            part: {"first_days": whole("first-days"), **_rate_facts(part, rates)}
            for part in ("employee", "other", "unemployed")
        },
        whole("first-days"),
        whole("alignment-months"),
        whole("spells-apart"),
        whole("days-of-a-month"),
        whole("childminder-places"),
        Rate(_whole(only("withholding-tax"), 1000), str(only("withholding-tax").value)),
        whole("first-payment-days"),
        whole("payment-day"),
        whole("invalids-working-day"),
        deduction,
        in_full,
        tuple(step.first.toordinal() for step in steps),
        tuple(int((factor**n * UNIT).quantize(Decimal(1), "ROUND_HALF_UP")) for n in range(len(steps) + 1)),
        known,
        tuple((p.first, p.last, str(p.value)) for p in by_name["cohort"]),
        ceilings,
        maxima,
        limit,
        tuple(sorted(days | {limit, known[0], known[1] + 1})),
    )


def _rate_facts(part: str, rates: Mapping[tuple[str, bool], Rate]) -> dict[str, str]:
    facts = {}
    for prefix, name in (
        (("base_", "unemployed-base"), ("supplement_", "unemployed-supplement"))
        if part == "unemployed"
        else (("", part),)
    ):
        facts[f"{prefix}first"] = rates[name, False].text
        facts[f"{prefix}later"] = rates[name, True].text
    return facts


def _key(parameter: Parameter, name: str) -> str:
    return dict(parameter.key)[name]


def _whole(parameter: Parameter, parts: int) -> int:
    scaled = Decimal(str(parameter.value)) * parts
    if scaled != int(scaled):
        raise ValueError(f"{parameter.name} is too fine")
    return int(scaled)


def _rows(parameters: list[Parameter], parts: int) -> tuple[Row, ...]:
    rows = sorted((p.first.toordinal(), p.last.toordinal(), _whole(p, parts)) for p in parameters)
    if any(a[1] >= b[0] for a, b in pairwise(rows)):
        raise ValueError(f"{parameters[0].name} has two values on one day")
    return tuple(rows)
