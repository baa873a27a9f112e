"""Populations for the tests of the allocation, and what an allocation of them comes to."""

import csv
import re
from io import StringIO
from typing import Any

from tegemoet.application.premium_year.allocation import Allocation, SectorSummary, allocate
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes import convention_premium, premium_allocation
from tegemoet.schemes.premium_allocation.rules import Provider

SHIPPED = premium_allocation.SCHEME.parameter_sets["parameters"]
ALONE = {"2023": convention_premium.SCHEME.parameter_sets["2023"]}
"""The first general year as the only one there is, whichever years are added."""
NURSES = convention_premium.SCHEME.parameter_sets["2025"]
"""A year that is limited to nurses."""
BATCH = "20310105T080000Z-0123456789ab"
BUDGET = """
[[parameter]]
name = "budget"
unit = "EUR"
source = "budget"
from = {year}-01-01
until = {year}-12-31
value = {budget}
"""


def of_year(year: int, budget: str = "20000.00") -> ParameterSet:
    """The shipped method, from that year on, with a budget for that year alone."""
    without, found = re.subn(r"\[\[parameter\]\]\nname = \"budget\"\n(.+\n)+", "", SHIPPED.text)
    assert found
    text = without.replace("2023-01-01", f"{year}-01-01") + BUDGET.format(year=year, budget=budget)
    return read_parameters("parameters", text)


def provider(
    profession: str = "nurse",
    cents: int = 10_000,
    convention: str = "full",
    born: int = 1980,
    specialism: str | None = None,
) -> Provider:
    return {
        "profession": profession,
        "specialism": specialism,
        "birth_year": born,
        "convention": convention,
        "cents": cents,
    }


def many(count: int, *args: Any, **kwargs: Any) -> list[Provider]:
    return [provider(*args, **kwargs) for _ in range(count)]


def allocated(rows: list[Provider], budget: str = "20000.00", year: int = 2031) -> Allocation:
    return allocate(year, iter(rows), BATCH, of_year(year, budget), ALONE)


def sectors(allocation: Allocation) -> dict[str, SectorSummary]:
    return {s["sector"]: s for s in allocation.summary["sectors"]}


def counts(allocation: Allocation, level: str) -> list[dict[str, str]]:
    return [line for line in csv.DictReader(StringIO(allocation.counts_csv), delimiter=";") if line["level"] == level]


def toy() -> list[Provider]:
    """Sector A: 100 fully conventioned of 100 who reach the threshold; sector B: 50 of 100."""
    return [*many(100, "midwife"), *many(50, "nurse"), *many(50, "nurse", convention="none")]
