"""The figures that pay a maternity rest, read once per parameter set and kept as whole numbers.

Money is in ten-thousandths of a euro until the amount of a day is known, then in cents. A share is
in thousandths of a percent. Both are exact, and `(2 a + b) // (2 b)` rounds a fraction a/b half-up,
so paying days requires no decimals.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import ParameterUnknownError

DatedFigure = tuple[int, int, int]
"""The first and last day (ordinals) on which a value applies, and the value."""
UNIT = 10_000
"""Ten-thousandths in a euro."""
WHOLE = 100_000
"""Thousandths of a percent in a whole."""


def ten_thousandths(amount: Decimal) -> int:
    """EUR with at most four decimals as a whole number."""
    return int(amount * UNIT)


def half_up(numerator: int, denominator: int) -> int:
    """The fraction rounded half-up to a whole number. Both arguments are positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(rate: int, wage: int) -> int:
    """A component: a share of a wage, rounded half-up to ten-thousandths of a euro."""
    return (rate * wage + WHOLE // 2) // WHOLE


def to_cents(amount: int) -> int:
    """Ten-thousandths of a euro as cents, rounded half-up."""
    return (amount + 50) // 100


def written(amount: int) -> str:
    """Ten-thousandths of a euro as text, such as 120.0000."""
    return f"{amount // UNIT}.{amount % UNIT:04d}"


def written_cents(amount: int) -> str:
    """Cents as text, such as 98.40."""
    return f"{amount // 100}.{amount % 100:02d}"


def value_on(rows: tuple[DatedFigure, ...], day: int) -> int | None:
    """The value that applies on that day, or None if there is none."""
    for first, last, value in rows:
        if first <= day <= last:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the wage in thousandths of a percent, and as the law writes it (percent)."""

    share: int
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that pay a rest. Days are ordinals.

    The keys of `rates` are the part and whether the first thirty days are over.
    """

    rates: Mapping[tuple[str, bool], Rate]
    rate_facts: Mapping[str, Mapping[str, int | str]]
    """The facts of an explanation on the rates of a status."""
    first_days: int
    alignment_months: int
    spells_apart: int
    month_divisor: int
    flemish_places: int
    tax: Rate
    first_payment_days: int
    payment_day: int
    invalids_working_day: int
    pension_deduction: tuple[DatedFigure, ...]
    pension_in_full_from: tuple[DatedFigure, ...]
    steps: tuple[int, ...]
    levels: tuple[int, ...]
    """Products of 0, 1, 2, … index steps, in ten-thousandths; each is rounded to four decimals."""
    steps_known: tuple[int, int]
    cohorts: tuple[tuple[date, date, str], ...]
    ceilings: Mapping[str, tuple[DatedFigure, ...]]
    maxima: Mapping[tuple[str, bool], tuple[DatedFigure, ...]]
    maxima_limit_from: int
    borders: tuple[int, ...]
    """Days on which an index step, ceiling, maximum or pension deduction begins or has ended."""

    def cohort(self, first: date) -> str | None:
        """The cohort that shares the ceiling of a rest that begins on `first`."""
        return next((name for begin, end, name in self.cohorts if begin <= first <= end), None)

    def steps_between(self, first: int, last: int) -> tuple[int, ...]:
        """The index steps after `first` and up to `last`."""
        return self.steps[bisect_right(self.steps, first) : bisect_right(self.steps, last)]

    def level(self, first: int, day: int) -> int:
        """The factor, in ten-thousandths, of the wage of a rest that began on `first`, on `day`.

        Raises ParameterUnknownError for a day up to which not every index step is known.
        """
        if day == first:
            return UNIT
        known_from, known_until = self.steps_known
        if first + 1 < known_from or day > known_until:
            raise ParameterUnknownError("index-step", date.fromordinal(day).isoformat())
        return self.levels[bisect_right(self.steps, day) - bisect_right(self.steps, first)]


@lru_cache(maxsize=16)
def figures_of(parameters: ParameterSet) -> Figures:
    """The figures of a parameter set.

    Raises ParameterUnknownError with the name of the missing parameter.
    """
    named: dict[str, list[Parameter]] = {}
    for parameter in parameters.parameters:
        named.setdefault(parameter.name, []).append(parameter)
    steps = sorted(named["index-step"], key=lambda p: p.first)
    levels = _levels(steps)
    listed = _only(named, "index-steps-listed")
    known = (listed.first.toordinal(), listed.last.toordinal())
    deduction = _rows(named["pension-deduction"], 1000)
    ceilings, maxima = _ceilings(named["wage-ceiling"]), _maxima(named["maximum-benefit"])
    limit = _only(named, "maxima-limit").first.toordinal()
    changing = (*ceilings.values(), *maxima.values(), deduction)
    rates = {
        (_key(p, "part"), _key(p, "days") == "later"): Rate(_whole(p, 1000), str(p.value))
        for p in named["benefit-rate"]
    }
    tax = _only(named, "withholding-tax")
    return Figures(
        rates=rates,
        rate_facts={
            part: {"first_days": _number(named, "first-days"), **_rate_facts(part, rates)}
            for part in ("employee", "other", "unemployed")
        },
        first_days=_number(named, "first-days"),
        alignment_months=_number(named, "alignment-months"),
        spells_apart=_number(named, "spells-apart"),
        month_divisor=_number(named, "days-of-a-month"),
        flemish_places=_number(named, "childminder-places"),
        tax=Rate(_whole(tax, 1000), str(tax.value)),
        first_payment_days=_number(named, "first-payment-days"),
        payment_day=_number(named, "payment-day"),
        invalids_working_day=_number(named, "invalids-working-day"),
        pension_deduction=deduction,
        pension_in_full_from=_rows(named["pension-deduction-in-full-from"], UNIT),
        steps=tuple(step.first.toordinal() for step in steps),
        levels=levels,
        steps_known=known,
        cohorts=tuple((p.first, p.last, str(p.value)) for p in named["cohort"]),
        ceilings=ceilings,
        maxima=maxima,
        maxima_limit_from=limit,
        borders=_borders(steps, changing, limit, known),
    )


def _only(named: Mapping[str, list[Parameter]], name: str) -> Parameter:
    if name not in named:
        raise ParameterUnknownError(name, date.min.isoformat())
    (parameter,) = named[name]
    return parameter


def _number(named: Mapping[str, list[Parameter]], name: str) -> int:
    return int(str(_only(named, name).value))


def _levels(steps: list[Parameter]) -> tuple[int, ...]:
    """The product of the first n index steps, for every n, in ten-thousandths.

    Raises ValueError if the steps have several factors.
    """
    factor = Decimal(str(steps[0].value))
    if any(step.value != steps[0].value for step in steps):
        raise ValueError("index steps of several factors")
    return tuple(int((factor**n * UNIT).quantize(Decimal(1), "ROUND_HALF_UP")) for n in range(len(steps) + 1))


def _ceilings(published: list[Parameter]) -> dict[str, tuple[DatedFigure, ...]]:
    return {
        cohort: _rows([p for p in published if _key(p, "cohort") == cohort], UNIT)
        for cohort in {_key(p, "cohort") for p in published}
    }


def _maxima(published: list[Parameter]) -> dict[tuple[str, bool], tuple[DatedFigure, ...]]:
    return {
        key: _rows([p for p in published if (_key(p, "cohort"), _key(p, "days") == "later") == key], 100)
        for key in {(_key(p, "cohort"), _key(p, "days") == "later") for p in published}
    }


def _borders(
    steps: list[Parameter], changing: Iterable[tuple[DatedFigure, ...]], limit: int, known: tuple[int, int]
) -> tuple[int, ...]:
    days = {step.first.toordinal() for step in steps}
    for rows in changing:
        days |= {first for first, _, _ in rows} | {last + 1 for _, last, _ in rows}
    return tuple(sorted(days | {limit, known[0], known[1] + 1}))


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


def _rows(parameters: list[Parameter], parts: int) -> tuple[DatedFigure, ...]:
    rows = sorted((p.first.toordinal(), p.last.toordinal(), _whole(p, parts)) for p in parameters)
    if any(a[1] >= b[0] for a, b in pairwise(rows)):
        raise ValueError(f"{parameters[0].name} has two values on one day")
    return tuple(rows)
