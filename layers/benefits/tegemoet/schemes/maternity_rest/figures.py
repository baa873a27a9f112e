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

from tegemoet.domain.calendar import ONE_DAY
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError

DatedFigure = tuple[int, int, int]
"""The first and last day (ordinals) on which a value applies, and the value."""
UNIT = 10_000
"""Ten-thousandths in a euro."""
WHOLE = 100_000
"""Thousandths of a percent in a whole."""


STEP = Decimal("1.02")
"""The factor of every index step."""
MOST_STEPS = 100
"""More index steps than this are a typing error."""
SUPPLIABLE = (
    "index-step",
    "index-steps-listed",
    "pension-deduction",
    "pension-deduction-in-full-from",
    "wage-ceiling-base",
)
"""The figures that may be lacking, so that a caller may supply them."""


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
class Steps:
    """The index steps: on which days, and how many there were from the first one ever.

    `listed` are days over which every step is known, with the number of steps on the first of them.
    """

    days: tuple[int, ...]
    listed: tuple[DatedFigure, ...]
    levels: tuple[int, ...]
    """Products of 0, 1, 2, … steps, in ten-thousandths; each is rounded to four decimals."""

    def number(self, day: int) -> int | None:
        """The number of steps on that day, or None if a step may be unknown."""
        for first, last, number in self.listed:
            if first <= day <= last:
                return number + len(self.between(first, day))
        return None

    def between(self, first: int, last: int) -> tuple[int, ...]:
        """The steps after `first` and up to `last`."""
        return self.days[bisect_right(self.days, first) : bisect_right(self.days, last)]


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The wage ceilings of the rests that begin from `first` to `last`, by the day that is paid.

    Each is the base × the coefficient of the index, both with four decimals.
    """

    first: date
    last: date
    rows: tuple[DatedFigure, ...]


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
    steps: Steps
    ceilings: tuple[Ceilings, ...]
    borders: tuple[int, ...]
    """Days on which an index step, ceiling or pension deduction begins or has ended."""

    def cohort(self, first: date) -> Ceilings | None:
        """The ceilings of a rest that begins on `first`."""
        return next((c for c in self.ceilings if c.first <= first <= c.last), None)

    def last_known(self, first: date, day: int) -> tuple[Ceilings, int, int] | None:
        """The last ceiling known by that day for a rest that begins on `first` or earlier.

        The result is its cohort, the first day on which it holds, and its value. Ceilings only
        rise, from day to day and from one base to the next: it is a lower bound of one that is not
        known.
        """
        begun = [cohort for cohort in self.ceilings if cohort.first <= first]
        known = [(begin, value) for begin, _, value in begun[-1].rows if begin <= day] if begun else []
        return (begun[-1], *known[-1]) if known else None

    def level(self, first: int, day: int) -> int:
        """The factor, in ten-thousandths, of the wage of a rest that began on `first`, on `day`.

        Raises ParameterUnknownError for a day up to which not every index step is known.
        """
        if day == first:
            return UNIT
        begun, now = self.steps.number(first), self.steps.number(day)
        if begun is None or now is None:
            raise steps_unknown(day if now is None else first)
        return self.steps.levels[now - begun]


def steps_unknown(day: int) -> ParameterUnknownError:
    """The error for a day on which the number of index steps is not known."""
    return ParameterUnknownError("index-steps-listed", date.fromordinal(day).isoformat())


def figures_of(parameters: ParameterSet) -> Figures:
    """The figures of a parameter set, with those that were supplied with the case.

    Raises ParameterUnknownError with the name of the missing parameter, InvalidError for supplied
    index steps or ceiling bases that contradict the known ones.
    """
    supplied = [row for row in parameters.supplied if row.name in SUPPLIABLE]
    if not supplied:
        return _published(parameters.origin)
    _check_supplied(parameters.supplied, parameters.origin.parameters)
    return _figures((*parameters.parameters, *supplied))


@lru_cache(maxsize=16)
def _published(parameters: ParameterSet) -> Figures:
    return _figures(parameters.parameters)


def _check_supplied(supplied: Iterable[Parameter], published: Iterable[Parameter]) -> None:
    """Index steps go on from the known ones, and the bases of the ceilings only rise."""
    given = list(supplied)
    every = [*published, *given]
    steps = sorted(row.first.toordinal() for row in every if row.name == "index-step")
    faults = []
    for place, row in enumerate(given):
        like = [other for other in every if other.name == row.name and other is not row]
        if row.name == "index-step":
            listed = [other for other in every if other.name == "index-steps-listed" and other.basis != "supplied"]
            if any(other.lies_within(row.first, row.last) for other in listed):
                faults.append(Fault(f"/supplied/{place}", "figure-is-published"))
            elif row.last != row.first or row.value != STEP:
                faults.append(Fault(f"/supplied/{place}/value", "not-a-value"))
        elif row.name == "index-steps-listed" and not _goes_on(row, like, steps):
            faults.append(Fault(f"/supplied/{place}/value", "not-a-value"))
        elif row.name == "wage-ceiling-base":
            before = [Decimal(str(other.value)) for other in like if other.first < row.first]
            if before and Decimal(str(row.value)) < max(before):
                faults.append(Fault(f"/supplied/{place}/value", "below-last-known-ceiling"))
    if faults:
        raise InvalidError("A supplied figure is invalid.", faults=tuple(faults))


def _goes_on(row: Parameter, listed: Iterable[Parameter], steps: list[int]) -> bool:
    """Whether a number of steps follows from the number that is known before.

    On the day after known days it is that number with the steps of that day. After a gap it may
    also count a step of every month of the gap: the index is monthly.
    """

    def until(other: Parameter, last: date) -> int:
        after = bisect_right(steps, last.toordinal()) - bisect_right(steps, other.first.toordinal())
        return _whole(other, 1) + after

    number, least, most = Decimal(str(row.value)), 0, MOST_STEPS
    before = max((other for other in listed if other.last < row.first), key=lambda other: other.last, default=None)
    if before is not None:
        least = until(before, row.first)
        if before.last + ONE_DAY == row.first:
            most = least
        else:
            months = 12 * (row.first.year - before.last.year) + row.first.month - before.last.month
            most = min(most, until(before, before.last) + months)
    following = (_whole(other, 1) for other in listed if other.first > row.last)
    return least <= number <= min(most, *following, MOST_STEPS)


def _figures(rows: Iterable[Parameter]) -> Figures:
    named: dict[str, list[Parameter]] = {}
    for row in rows:
        named.setdefault(row.name, []).append(row)
    steps = _steps(named)
    deduction = _rows(named["pension-deduction"], 1000)
    in_full_from = _rows(named["pension-deduction-in-full-from"], UNIT)
    ceilings = tuple(_ceilings(base, steps) for base in sorted(named["wage-ceiling-base"], key=lambda p: p.first))
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
        pension_in_full_from=in_full_from,
        steps=steps,
        ceilings=ceilings,
        borders=_borders(steps, (deduction, in_full_from)),
    )


def _only(named: Mapping[str, list[Parameter]], name: str) -> Parameter:
    if name not in named:
        raise ParameterUnknownError(name, date.min.isoformat())
    (parameter,) = named[name]
    return parameter


def _number(named: Mapping[str, list[Parameter]], name: str) -> int:
    return int(str(_only(named, name).value))


def _steps(named: Mapping[str, list[Parameter]]) -> Steps:
    """The index steps. Raises ValueError if one has another factor."""
    rows = sorted(named["index-step"], key=lambda p: p.first)
    if any(row.value != STEP for row in rows):
        raise ValueError(f"an index step is not {STEP}")
    days = tuple(row.first.toordinal() for row in rows)
    listed = _rows(named["index-steps-listed"], 1)
    most = max(number for _, _, number in listed) + len(days)
    levels = tuple(int((STEP**n * UNIT).quantize(Decimal(1), "ROUND_HALF_UP")) for n in range(most + 1))
    return Steps(days, listed, levels)


def _ceilings(base: Parameter, steps: Steps) -> Ceilings:
    """The ceiling of every range of days over which the index stands still."""
    rows: list[DatedFigure] = []
    amount = _whole(base, UNIT)
    for first, last, number in steps.listed:
        begins = (first, *steps.between(first, last))
        for later, (begin, following) in enumerate(pairwise((*begins, last + 1))):
            rows.append((begin, following - 1, half_up(amount * steps.levels[number + later], UNIT)))
    return Ceilings(base.first, base.last, tuple(rows))


def _borders(steps: Steps, changing: Iterable[tuple[DatedFigure, ...]]) -> tuple[int, ...]:
    days = set(steps.days)
    for rows in (steps.listed, *changing):
        days |= {first for first, _, _ in rows} | {last + 1 for _, last, _ in rows}
    return tuple(sorted(days))


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
