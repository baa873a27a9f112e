"""From the providers of a reference year to the thresholds and premiums of the year after it.

Amounts are whole cents; shares and intermediate results are exact fractions. A figure is rounded
once, when it is published.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypedDict

from tegemoet.domain.money import cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import InvalidError

RowKey = tuple[str, str]
"""Profession and specialism. An empty text means no specialism."""


class Provider(TypedDict):
    """One provider: convention status and cents charged to the insurance in the reference year."""

    profession: str
    specialism: str | None
    birth_year: int
    convention: str
    cents: int


@dataclass(frozen=True, slots=True)
class Method:
    """The method of a premium year. Amounts in cents, exact shares, ages in the reference year.

    `shared` maps a profession to the row, and so the sector, of another one that it falls under:
    pharmacist-biologists under clinical biology.
    """

    budget: int
    equal_share: Fraction
    threshold_share: Fraction
    first_age: int
    last_age: int
    threshold_unit: int
    left_out: frozenset[str]
    shared: Mapping[str, RowKey]


def method(parameters: ParameterSet, year: int, shared: Mapping[str, RowKey]) -> Method:
    """The method of a premium year.

    Raises ParameterUnknownError, which names the parameter without a value for that year.
    """
    on = date(year, 12, 31)
    return Method(
        cents(parameters.decimal("budget", on)),
        Fraction(parameters.decimal("equal-share", on)),
        Fraction(parameters.decimal("threshold-share", on)),
        parameters.integer("reference-age", on, limit="first"),
        parameters.integer("reference-age", on, limit="last"),
        cents(parameters.decimal("threshold-unit", on)),
        frozenset(dict(p.key)["profession"] for p in parameters.rows("left-out", on) if p.value is True),
        shared,
    )


@dataclass(frozen=True, slots=True)
class RowFigures:
    """One row of the table.

    Counts are of providers; median (exact) and threshold are in cents.
    """

    row: RowKey
    providers: int
    of_reference_age: int
    reaching: int
    full_reaching: int
    median: Fraction
    threshold: int


@dataclass(frozen=True, slots=True)
class SectorFigures:
    """One sector: T = `reaching`, C = the fully conventioned among them; amounts in cents.

    `premium` is None where C is 0: nobody can be paid, and the sector's part is `not_allotted`.
    """

    sector: str
    reaching: int
    full_reaching: int
    premium: int | None
    allotted: int
    not_allotted: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The result of an allocation; amounts in cents.

    `left_out` counts the providers of professions without a part in the budget.
    """

    rows: list[RowFigures]
    sectors: list[SectorFigures]
    providers: int
    left_out: int
    budget: int
    allotted: int
    not_allotted: int

    @property
    def difference(self) -> int:
        """Cents of the budget that rounding leaves over; negative where it exceeds the budget."""
        return self.budget - self.allotted - self.not_allotted


@dataclass(slots=True)
class _Charged:
    """Cents charged by the providers of one row, at eight bytes per provider."""

    full: "array[int]" = field(default_factory=lambda: array("q"))
    others: "array[int]" = field(default_factory=lambda: array("q"))
    of_reference_age: "array[int]" = field(default_factory=lambda: array("q"))


def allocate(providers: Iterable[Provider], reference_year: int, how: Method) -> Figures:
    """Thresholds and premiums from the providers of the reference year.

    Raises InvalidError with the code `specialism-without-reference-age` and each such specialism,
    or `nobody-to-allot-to` if no fully conventioned provider reaches a threshold.
    """
    charged, left_out = _collect(providers, reference_year, how)
    empty = sorted(row for row, found in charged.items() if not found.of_reference_age)
    if empty:
        names = ", ".join(profession + (f" ({specialism})" if specialism else "") for profession, specialism in empty)
        raise InvalidError(
            f"Nobody was {how.first_age} to {how.last_age} years old in {reference_year} among: {names}.",
            "specialism-without-reference-age",
        )
    rows = [_row(row, found, how) for row, found in sorted(charged.items())]
    sectors = _sectors(rows, how)
    return Figures(
        rows,
        sectors,
        sum(r.providers for r in rows) + left_out,
        left_out,
        how.budget,
        sum(s.allotted for s in sectors),
        sum(s.not_allotted for s in sectors),
    )


def _collect(providers: Iterable[Provider], reference_year: int, how: Method) -> tuple[dict[RowKey, _Charged], int]:
    youngest, oldest = reference_year - how.first_age, reference_year - how.last_age
    charged: dict[RowKey, _Charged] = {}
    left_out = 0
    for provider in providers:
        profession = provider["profession"]
        if profession in how.left_out:
            left_out += 1
            continue
        row = how.shared.get(profession) or (profession, provider["specialism"] or "")
        found = charged.get(row)
        if found is None:
            found = charged[row] = _Charged()
        amount = provider["cents"]
        (found.full if provider["convention"] == "full" else found.others).append(amount)
        if oldest <= provider["birth_year"] <= youngest:
            found.of_reference_age.append(amount)
    return charged, left_out


def _row(row: RowKey, charged: _Charged, how: Method) -> RowFigures:
    median = median_of(charged.of_reference_age)
    threshold = half_up(how.threshold_share * median / how.threshold_unit) * how.threshold_unit
    full = sum(1 for amount in charged.full if amount >= threshold)
    return RowFigures(
        row,
        len(charged.full) + len(charged.others),
        len(charged.of_reference_age),
        full + sum(1 for amount in charged.others if amount >= threshold),
        full,
        median,
        threshold,
    )


def _sectors(rows: list[RowFigures], how: Method) -> list[SectorFigures]:
    """The figures of every sector: premium = (equal share) / ΣC + (the rest) · T/ΣT / C.

    The equal share is the same for all, the rest is divided per sector.
    """
    reaching: dict[str, int] = {}
    full: dict[str, int] = {}
    for figures in rows:
        sector = figures.row[0]
        reaching[sector] = reaching.get(sector, 0) + figures.reaching
        full[sector] = full.get(sector, 0) + figures.full_reaching
    all_full, all_reaching = sum(full.values()), sum(reaching.values())
    if not all_full:
        raise InvalidError("No fully conventioned provider reaches a threshold.", "nobody-to-allot-to")
    base = how.equal_share * how.budget / all_full
    found = []
    for sector, count in full.items():
        part = (1 - how.equal_share) * how.budget * reaching[sector] / all_reaching
        premium = half_up(base + part / count) if count else None
        found.append(
            SectorFigures(
                sector,
                reaching[sector],
                count,
                premium,
                0 if premium is None else premium * count,
                half_up(part) if premium is None else 0,
            )
        )
    return found


def median_of(amounts: Iterable[int]) -> Fraction:
    """The middle one of `amounts`. Of an even number, the mean of the middle two."""
    ordered = sorted(amounts)
    middle, odd = divmod(len(ordered), 2)
    return Fraction(ordered[middle]) if odd else Fraction(ordered[middle - 1] + ordered[middle], 2)


def half_up(value: Fraction) -> int:
    """`value`, which is not negative, rounded half-up to a whole number."""
    return int(value + Fraction(1, 2))
