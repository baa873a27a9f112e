"""From the population of a reference year to the parameter file of a premium year and its table of counts."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from typing import Any

from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes import convention_premium, premium_allocation
from tegemoet.schemes.premium_allocation import rules
from tegemoet.schemes.premium_allocation.year_file import shared_rows, to_confirm, write_year

COLUMNS = (
    "level",
    "sector",
    "specialism",
    "providers",
    "of_reference_age",
    "reaching",
    "full_reaching",
    "median",
    "threshold",
    "premium",
    "allotted",
    "not_allotted",
    "difference",
)
"""T = `reaching`, C = `full_reaching`; amounts in EUR. One line per specialism, one per sector, one for all."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The parameter file of the year, the table of counts, and the figures of the whole (amounts in EUR, as text)."""

    parameters_toml: str
    counts_csv: str
    summary: dict[str, Any]


def allocate(
    year: int,
    rows: Iterable[Mapping[str, Any]],
    batch: str,
    how: ParameterSet | None = None,
    years: Mapping[str, ParameterSet] | None = None,
) -> Allocation:
    """Allocate the budget of premium year `year` over the providers of `year` − 1.

    `rows` are read once: `profession`, `specialism` (or None), `birth_year`, `convention`, `cents`. What an allocation cannot know,
    dates and deadlines, comes from the nearest year of `years` that is not later, or the first one. `how` and `years` are those that
    ship unless they are given. Raises ParameterUnknown where the budget of the year is not known, Invalid where a specialism has
    nobody of the reference age or nobody is to be paid, and nothing is written then.
    """
    years = years or convention_premium.SCHEME.parameter_sets
    template = years[str(max((y for y in map(int, years) if y <= year), default=min(map(int, years))))]
    method = rules.method(how or premium_allocation.SCHEME.parameter_sets["parameters"], year, shared_rows(template))
    figures = rules.allocate(rows, year - 1, method)
    made = read_parameters(str(year), write_year(year, figures, template, method.left_out, batch))
    return Allocation(
        made.text,
        _counts(figures),
        {
            "year": year,
            "reference_year": year - 1,
            "batch": batch,
            "parameters_sha256": made.sha256,
            "providers": figures.providers,
            "left_out": figures.left_out,
            "budget": euro(from_cents(figures.budget)),
            "allotted": euro(from_cents(figures.allotted)),
            "not_allotted": euro(from_cents(figures.not_allotted)),
            "difference": euro(from_cents(figures.difference)),
            "sectors": [
                {
                    "sector": s.sector,
                    "reaching": s.reaching,
                    "full_reaching": s.full_reaching,
                    "premium": None if s.premium is None else euro(from_cents(s.premium)),
                    "allotted": euro(from_cents(s.allotted)),
                    "not_allotted": euro(from_cents(s.not_allotted)),
                }
                for s in figures.sectors
            ],
            "to_confirm": to_confirm(made),
        },
    )


def _counts(figures: rules.Figures) -> str:
    written = StringIO()
    table = csv.DictWriter(written, COLUMNS, restval="", delimiter=";", lineterminator="\n")
    table.writeheader()
    for r in figures.rows:
        table.writerow(
            {
                "level": "specialism",
                "sector": r.row[0],
                "specialism": r.row[1],
                "providers": r.providers,
                "of_reference_age": r.of_reference_age,
                "reaching": r.reaching,
                "full_reaching": r.full_reaching,
                "median": _exact(r.median),
                "threshold": euro(from_cents(r.threshold)),
            }
        )
    for s in figures.sectors:
        table.writerow(
            {
                "level": "sector",
                "sector": s.sector,
                "reaching": s.reaching,
                "full_reaching": s.full_reaching,
                "premium": "" if s.premium is None else euro(from_cents(s.premium)),
                "allotted": euro(from_cents(s.allotted)),
                "not_allotted": euro(from_cents(s.not_allotted)),
            }
        )
    table.writerow(
        {
            "level": "total",
            "providers": figures.providers - figures.left_out,
            "reaching": sum(s.reaching for s in figures.sectors),
            "full_reaching": sum(s.full_reaching for s in figures.sectors),
            "allotted": euro(from_cents(figures.allotted)),
            "not_allotted": euro(from_cents(figures.not_allotted)),
            "difference": euro(from_cents(figures.difference)),
        }
    )
    return written.getvalue()


def _exact(cents: Fraction) -> str:
    """Cents, of which a median may have half a one, as EUR: 12.34, or 12.345."""
    return euro(from_cents(int(cents))) + ("5" if cents.denominator == 2 else "")
