"""From the population of a reference year to the figures of a premium year (rules 12 and 13)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tegemoet.application.premium_year.allocation import allocate
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.premium_allocation.rules import half_up, median_of
from tests.schemes.premium_allocation.builders import (
    ALONE,
    BATCH,
    SHIPPED,
    allocated,
    counts,
    many,
    provider,
    sectors,
    toy,
)


def threshold(*amounts: int) -> str:
    return counts(allocated([provider(cents=a) for a in amounts]), "specialism")[0]["threshold"]


# --- thresholds -----------------------------------------------------------------------------------


def test_the_median_is_the_middle_value_or_the_mean_of_the_middle_two() -> None:
    assert median_of([900, 100, 200]) == 200
    assert median_of([900, 100, 200, 301]) == Fraction(501, 2)
    assert median_of([7]) == 7


def test_a_threshold_is_a_fifth_of_the_median_rounded_half_up_to_ten_cents() -> None:
    assert threshold(100_000) == "200.00"
    # 20 % of 1,000.25 EUR is 200.05, halfway between two tenths
    assert threshold(100_025) == "200.10"
    assert threshold(100_024) == "200.00"
    # the mean of the middle two is 1,000.245 EUR: 200.049
    assert threshold(100_024, 100_025) == "200.00"
    # 1,000.255 EUR: 200.051
    assert threshold(100_025, 100_026) == "200.10"


@pytest.mark.parametrize(
    ("born", "counted"), [(1985, True), (1986, False), (1976, True), (1975, False)], ids=["45", "44", "54", "55"]
)
def test_ages_of_45_to_54_in_the_reference_year_make_the_median(born: int, counted: bool) -> None:
    rows = [provider(cents=100_000, born=1980), provider(cents=300_000, born=born)]
    line = counts(allocated(rows), "specialism")[0]
    assert line["of_reference_age"] == ("2" if counted else "1")
    assert line["threshold"] == ("400.00" if counted else "200.00")


def test_reaching_is_tested_against_the_rounded_threshold_and_equal_is_reaching() -> None:
    # 20 % of 1,000.25 EUR is 200.05 and rounds to 200.10: 200.05 is not enough
    rows = [provider(cents=100_025), *(provider(cents=c, born=1950) for c in (20_005, 20_009, 20_010, 20_011))]
    line = counts(allocated(rows), "specialism")[0]
    assert (line["providers"], line["reaching"], line["full_reaching"]) == ("5", "3", "3")
    others = [provider(cents=c, born=1950, convention="partial") for c in (20_009, 20_010, 20_011)]
    line = counts(allocated([*rows, *others]), "specialism")[0]
    assert (line["providers"], line["reaching"], line["full_reaching"]) == ("8", "5", "3")


def test_every_age_and_status_counts_as_reaching_but_only_full_conventions_share() -> None:
    rows = [
        provider(cents=100_000),
        provider(cents=100_000, convention="partial", born=1999),
        provider(cents=100_000, convention="none", born=1940),
    ]
    line = counts(allocated(rows), "specialism")[0]
    assert (line["reaching"], line["full_reaching"]) == ("3", "1")


def test_the_median_is_of_all_convention_statuses() -> None:
    rows = [
        provider(cents=100_000),
        provider(cents=300_000, convention="none"),
        provider(cents=300_000, convention="partial"),
    ]
    assert counts(allocated(rows), "specialism")[0]["median"] == "3000.00"


def test_a_median_with_half_a_cent_is_shown_exactly() -> None:
    assert (
        counts(allocated([provider(cents=100_024), provider(cents=100_025)]), "specialism")[0]["median"] == "1000.245"
    )


def test_every_specialism_without_anyone_of_that_age_is_named() -> None:
    rows = [
        provider(),
        provider("physician", born=1990, specialism="urology"),
        provider("dentist", born=1960, specialism="orthodontics"),
        provider("midwife", born=1990),
    ]
    with pytest.raises(InvalidError) as error:
        allocated(rows)
    assert error.value.code == "specialism-without-reference-age"
    assert "2030" in error.value.detail
    assert "dentist (orthodontics), midwife, physician (urology)" in error.value.detail
    assert "nurse" not in error.value.detail


def test_specialisms_of_one_profession_have_thresholds_of_their_own() -> None:
    rows = [provider("physician", 100_000, specialism="urology"), provider("physician", 500_000, specialism="ent")]
    found = {line["specialism"]: line["threshold"] for line in counts(allocated(rows), "specialism")}
    assert found == {"urology": "200.00", "ent": "1000.00"}


# --- premiums -------------------------------------------------------------------------------------


def test_the_toy_case_of_two_sectors() -> None:
    allocation = allocated(toy())
    found = sectors(allocation)
    assert (found["midwife"]["premium"], found["nurse"]["premium"]) == ("116.67", "166.67")
    assert (found["midwife"]["allotted"], found["nurse"]["allotted"]) == ("11667.00", "8333.50")
    # 0.50 more than the budget: rounding up 150 premiums by a third of a cent
    assert (allocation.summary["allotted"], allocation.summary["difference"]) == ("20000.50", "-0.50")


def test_where_everybody_is_conventioned_all_sectors_get_the_same() -> None:
    found = sectors(allocated([*many(30, "midwife"), *many(10, "nurse")], "1000.00"))
    assert {s["premium"] for s in found.values()} == {"25.00"}


def test_premiums_are_rounded_half_up_to_the_cent() -> None:
    assert sectors(allocated(many(8), "1.00"))["nurse"]["premium"] == "0.13"  # 0.125
    assert sectors(allocated(many(9), "1.12"))["nurse"]["premium"] == "0.12"  # 0.1244…
    assert half_up(Fraction(1, 2)) == 1
    assert half_up(Fraction(49999, 100000)) == 0


def test_a_budget_that_does_not_come_out_even_shows_what_is_left() -> None:
    allocation = allocated(many(9), "1.12")
    assert (allocation.summary["allotted"], allocation.summary["difference"]) == ("1.08", "0.04")
    assert counts(allocation, "total")[0]["difference"] == "0.04"


def test_a_sector_without_fully_conventioned_has_no_premium_and_no_allotted_part() -> None:
    allocation = allocated([*many(100, "midwife"), *many(100, "nurse", convention="partial")])
    found = sectors(allocation)
    assert found["nurse"]["premium"] is None
    assert (found["nurse"]["allotted"], found["nurse"]["not_allotted"]) == ("0.00", "5000.00")
    # the midwives have the whole first half (100 each) and half of the other (50 each)
    assert found["midwife"]["premium"] == "150.00"
    summary = allocation.summary
    assert (summary["allotted"], summary["not_allotted"], summary["difference"]) == ("15000.00", "5000.00", "0.00")
    assert not [
        p
        for p in read_parameters("2031", allocation.parameters_toml).parameters
        if dict(p.key).get("profession") == "nurse"
    ]


def test_nothing_is_written_where_nobody_is_to_be_paid() -> None:
    for rows in ([], many(3, convention="none"), many(2, "pharmacist")):
        with pytest.raises(InvalidError) as error:
            allocated(rows)
        assert error.value.code == "nobody-to-allot-to"


def test_physicians_and_pharmacist_biologists_share_the_row_of_clinical_biology() -> None:
    rows = [
        provider("physician", 100_000, specialism="clinical-biology"),
        provider("pharmacist-biologist", 300_000),
        provider("pharmacist-biologist", 39_999, convention="none"),
        provider("pharmacist-biologist", 40_000, convention="none", born=1950),
        provider("physician", 100_000, specialism="ent"),
        provider("nurse", 100_000),
    ]
    allocation = allocated(rows)
    lines = {line["specialism"]: line for line in counts(allocation, "specialism")}
    # the median of 399.99, 1,000 and 3,000
    assert lines["clinical-biology"]["threshold"] == "200.00"
    assert lines["clinical-biology"]["reaching"] == "4"
    assert set(sectors(allocation)) == {"physician", "nurse"}
    assert sectors(allocation)["physician"]["full_reaching"] == 3
    assert sectors(allocation)["physician"]["reaching"] == 5
    year = premium_year(read_parameters("2031", allocation.parameters_toml))
    assert year.row("pharmacist-biologist", None) == year.row("physician", "clinical-biology")


def test_pharmacists_take_no_part_and_keep_their_fixed_amount_to_be_confirmed() -> None:
    with_them = allocated([*toy(), *many(40, "pharmacist", born=2000)])
    assert with_them.counts_csv == allocated(toy()).counts_csv
    assert with_them.summary["left_out"] == 40
    assert with_them.summary["providers"] == 240
    found = read_parameters("2031", with_them.parameters_toml).find(
        "premium-amount", date(2031, 1, 1), profession="pharmacist"
    )
    assert found.value == Decimal("1790.00")
    assert "To be confirmed" in found.source.article
    assert "premium-amount" in with_them.summary["to_confirm"]


def test_the_order_of_the_population_changes_nothing() -> None:
    assert allocated(toy()) == allocated(toy()[::-1])


def test_the_budget_of_2023_is_100_million_and_a_year_without_a_budget_is_an_error() -> None:
    rows = [provider(born=1975)]
    allocation = allocate(2023, rows, BATCH, years=ALONE)
    assert allocation.summary["budget"] == "100000000.00"
    assert allocation.summary["sectors"][0]["premium"] == "100000000.00"
    budgets = sorted(p.first.year for p in SHIPPED.parameters if p.name == "budget")
    for year in (budgets[0] - 1, budgets[-1] + 1):
        with pytest.raises(ParameterUnknownError) as error:
            allocate(year, rows, BATCH, years=ALONE)
        assert error.value.parameter == "budget"
        assert error.value.on == f"{year}-12-31"


def test_the_method_holds_from_2023_on_and_a_budget_for_its_year_alone() -> None:
    assert {(p.name, p.first, p.last == LAST_DAY or p.last) for p in SHIPPED.parameters if p.name != "budget"} == {
        *((name, date(2023, 1, 1), True) for name in ("equal-share", "threshold-share", "threshold-unit")),
        *((name, date(2023, 1, 1), True) for name in ("reference-age", "left-out")),
    }
    budgets = [(p.first, p.last) for p in SHIPPED.parameters if p.name == "budget"]
    assert (date(2023, 1, 1), date(2023, 12, 31)) in budgets
    assert budgets == [(date(first.year, 1, 1), date(first.year, 12, 31)) for first, _ in budgets]
