"""From the providers of a reference year to the parameter file and counts of a premium year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

from tegemoet.application.files import csv_text
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes import convention_premium, premium_allocation
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.premium_allocation import rules
from tegemoet.schemes.premium_allocation.rules import Provider
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
"""A line per specialism, per sector and for all; T = `reaching`, C = `full_reaching`; EUR."""


class SectorSummary(TypedDict):
    """One sector: T = `reaching`, C = `full_reaching`; EUR, with `premium` None where C is 0."""

    sector: str
    reaching: int
    full_reaching: int
    premium: str | None
    allotted: str
    not_allotted: str


class AllocationSummary(TypedDict):
    """The figures of the whole; amounts in EUR.

    `carried_over_from` is the year from which everything was taken that an allocation cannot know;
    `to_confirm` names those parameters.
    """

    year: int
    reference_year: int
    batch: str
    parameters_sha256: str
    providers: int
    left_out: int
    budget: str
    allotted: str
    not_allotted: str
    difference: str
    sectors: list[SectorSummary]
    carried_over_from: int
    to_confirm: list[str]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The parameter file of the year, the table of counts (CSV) and the summary."""

    parameters_toml: str
    counts_csv: str
    summary: AllocationSummary


def allocate(
    year: int,
    rows: Iterable[Provider],
    batch: str,
    how: ParameterSet | None = None,
    years: Mapping[str, ParameterSet] | None = None,
) -> Allocation:
    """Allocate the budget of premium year `year` over the providers of `year` − 1.

    `rows` are read once. Dates, deadlines and whatever else an allocation cannot know are carried
    over from the template year (`template_of`). `how` and `years` are the shipped ones unless
    given.

    Raises ParameterUnknownError where the budget of the year is not known, InvalidError where a
    specialism has nobody of the reference age or nobody is to be paid; nothing is written then.
    """
    template = template_of(year, years or convention_premium.SCHEME.parameter_sets)
    method = rules.method(how or premium_allocation.SCHEME.parameter_sets["parameters"], year, shared_rows(template))
    figures = rules.allocate(rows, year - 1, method)
    made = read_parameters(str(year), write_year(year, figures, template, method.left_out, batch))
    summary: AllocationSummary = {
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
        "sectors": [_sector(s) for s in figures.sectors],
        "carried_over_from": int(template.name),
        "to_confirm": to_confirm(made),
    }
    return Allocation(made.text, _counts(figures), summary)


def template_of(year: int, years: Mapping[str, ParameterSet]) -> ParameterSet:
    """The latest general year of `years` up to and including `year`, else the first general year.

    A year limited to some professions is never the template: it lacks what the others need.
    Raises ParameterUnknownError where no year is general.
    """
    general = sorted(int(name) for name, held in years.items() if premium_year(held).general)
    if not general:
        raise ParameterUnknownError("general premium year", f"{year}-12-31")
    return years[str(max((y for y in general if y <= year), default=general[0]))]


def _sector(figures: rules.SectorFigures) -> SectorSummary:
    return {
        "sector": figures.sector,
        "reaching": figures.reaching,
        "full_reaching": figures.full_reaching,
        "premium": None if figures.premium is None else euro(from_cents(figures.premium)),
        "allotted": euro(from_cents(figures.allotted)),
        "not_allotted": euro(from_cents(figures.not_allotted)),
    }


def _counts(figures: rules.Figures) -> str:
    lines = [
        *({"level": "specialism", **_specialism(r)} for r in figures.rows),
        *({"level": "sector", **_sector(s)} for s in figures.sectors),
        {
            "level": "total",
            "providers": figures.providers - figures.left_out,
            "reaching": sum(s.reaching for s in figures.sectors),
            "full_reaching": sum(s.full_reaching for s in figures.sectors),
            "allotted": euro(from_cents(figures.allotted)),
            "not_allotted": euro(from_cents(figures.not_allotted)),
            "difference": euro(from_cents(figures.difference)),
        },
    ]
    return csv_text([COLUMNS, *([line.get(column) for column in COLUMNS] for line in lines)])


def _specialism(figures: rules.RowFigures) -> dict[str, object]:
    sector, specialism = figures.row
    return {
        "sector": sector,
        "specialism": specialism,
        "providers": figures.providers,
        "of_reference_age": figures.of_reference_age,
        "reaching": figures.reaching,
        "full_reaching": figures.full_reaching,
        "median": _exact(figures.median),
        "threshold": euro(from_cents(figures.threshold)),
    }


def _exact(cents: Fraction) -> str:
    """Cents as EUR; a median may end in half a cent: 12.34, or 12.345."""
    return euro(from_cents(int(cents))) + ("5" if cents.denominator == 2 else "")
