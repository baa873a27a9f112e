"""What holds for the allocation of any population."""

import csv
import statistics
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tegemoet.application.premium_year.allocation import Allocation, AllocationSummary, SectorSummary, allocate
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.premium_allocation.rules import Provider, half_up, median_of
from tests.schemes.premium_allocation.builders import ALONE, BATCH, of_year

QUICK = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
ROWS = [("nurse", None), ("midwife", None), ("physician", "ent"), ("physician", "urology"), ("pharmacist", None)]


@st.composite
def populations(draw: st.DrawFn) -> list[Provider]:
    found: list[Provider] = [
        {
            "profession": profession,
            "specialism": specialism,
            "birth_year": 1980,
            "convention": "full",
            "cents": draw(st.integers(0, 10**7)),
        }
        for profession, specialism in ROWS
    ]
    providers = st.tuples(
        st.sampled_from(ROWS),
        st.integers(1960, 2000),
        st.sampled_from(["full", "full", "partial", "none"]),
        st.integers(0, 10**7),
    )
    for (profession, specialism), born, convention, cents in draw(st.lists(providers, max_size=40)):
        found.append(
            {
                "profession": profession,
                "specialism": specialism,
                "birth_year": born,
                "convention": convention,
                "cents": cents,
            }
        )
    return found


BUDGETS = st.integers(1, 10**10).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


def allocated(population: list[Provider], budget: str) -> Allocation:
    return allocate(2031, iter(population), BATCH, of_year(2031, budget), ALONE)


def lines(allocation: Allocation, level: str) -> list[dict[str, str]]:
    return [line for line in csv.DictReader(StringIO(allocation.counts_csv), delimiter=";") if line["level"] == level]


def paid_sectors(summary: AllocationSummary) -> list[tuple[SectorSummary, str]]:
    """The sectors that have a premium, with it."""
    return [(s, str(s["premium"])) for s in summary["sectors"] if s["full_reaching"]]


@QUICK
@given(populations(), BUDGETS)
def test_every_cent_of_the_budget_is_allotted_or_shown_as_not_allotted(population: list[Provider], budget: str) -> None:
    summary = allocated(population, budget).summary
    parts = [Decimal(summary[name]) for name in ("allotted", "not_allotted", "difference")]
    assert sum(parts) == Decimal(budget)
    # half a cent for everybody who is paid, and half a cent for every sector without a premium
    paid = sum(s["full_reaching"] for s in summary["sectors"])
    assert abs(parts[2]) <= Decimal("0.005") * (paid + len(summary["sectors"]))


@QUICK
@given(populations(), BUDGETS)
def test_premiums_are_those_of_the_published_formula(population: list[Provider], budget: str) -> None:
    summary = allocated(population, budget).summary
    half = Decimal(budget) / 2
    t = {s["sector"]: s["reaching"] for s in summary["sectors"]}
    c = {s["sector"]: s["full_reaching"] for s in summary["sectors"]}
    for sector, premium in paid_sectors(summary):
        name = sector["sector"]
        exact = Fraction(half) / sum(c.values()) + Fraction(half) * t[name] / sum(t.values()) / c[name]
        assert abs(Fraction(premium) - exact) <= Fraction(1, 200)


@QUICK
@given(populations(), BUDGETS)
def test_a_sector_with_a_lower_share_of_conventioned_never_has_a_lower_premium(
    population: list[Provider], budget: str
) -> None:
    sectors = paid_sectors(allocated(population, budget).summary)
    for one, premium in sectors:
        for other, least in sectors:
            if one["full_reaching"] * other["reaching"] < other["full_reaching"] * one["reaching"]:
                assert Decimal(premium) >= Decimal(least)


@QUICK
@given(populations(), st.randoms())
def test_the_order_of_the_population_changes_nothing(population: list[Provider], random: Any) -> None:
    first = allocated(population, "20000.00")
    random.shuffle(population)
    assert allocated(population, "20000.00") == first


@QUICK
@given(populations(), st.integers(0, 10**7))
def test_who_is_too_young_or_too_old_moves_no_threshold(population: list[Provider], cents: int) -> None:
    first = [line["threshold"] for line in lines(allocated(population, "20000.00"), "specialism")]
    population += [
        {"profession": "nurse", "specialism": None, "birth_year": born, "convention": "full", "cents": cents}
        for born in (1986, 1975)
    ]
    assert [line["threshold"] for line in lines(allocated(population, "20000.00"), "specialism")] == first


@QUICK
@given(populations(), BUDGETS)
def test_the_file_reads_back_with_the_figures_of_the_counts(population: list[Provider], budget: str) -> None:
    allocation = allocated(population, budget)
    year = premium_year(read_parameters("2031", allocation.parameters_toml))
    premiums = {s["sector"]: Decimal(premium) for s, premium in paid_sectors(allocation.summary)}
    for line in lines(allocation, "specialism"):
        row = year.row(line["sector"], line["specialism"] or None)
        if line["sector"] not in premiums:
            assert row is None
            continue
        assert row is not None
        assert (row.premium, row.threshold) == (premiums[line["sector"]], Decimal(line["threshold"]))


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_the_median_is_that_of_the_standard_library(amounts: list[int]) -> None:
    assert median_of(amounts) == statistics.median([Fraction(a) for a in amounts])


@given(st.integers(0, 10**12), st.integers(1, 10_000))
def test_rounding_half_up_is_that_of_decimals(numerator: int, denominator: int) -> None:
    assume(10_000 % denominator == 0)
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert half_up(Fraction(numerator, denominator)) == exact
