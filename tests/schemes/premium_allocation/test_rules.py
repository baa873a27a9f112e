"""From the population of a reference year to the figures of a premium year (rules 12 and 13)."""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.application.premium_year.allocation import Allocation, SectorSummary, allocate, template_of
from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.domain.problems import Invalid, NoPremiumForYear, ParameterUnknown
from tegemoet.schemes import convention_premium, premium_allocation
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.premium_allocation.rules import Provider, half_up, median_of
from tegemoet.schemes.scheme import Scheme
from tests.support.years import AFTER_ALL

SHIPPED = premium_allocation.SCHEME.parameter_sets["parameters"]
ALONE = {"2023": convention_premium.SCHEME.parameter_sets["2023"]}
"""The first general year as the only one there is, whichever years are added."""
NURSES = read_parameters("2025", (Path(__file__).parents[1] / "convention_premium/years/2025.toml").read_text("utf-8"))
"""A year that is limited to nurses."""
BATCH = "20310105T080000Z-0123456789ab"


def of_year(year: int, budget: str = "20000.00") -> ParameterSet:
    """The shipped method with the budget of another year."""
    assert "value = 100000000.00" in SHIPPED.text
    text = SHIPPED.text.replace("value = 100000000.00", f"value = {budget}")
    return read_parameters(
        "parameters", text.replace("2023-01-01", f"{year}-01-01").replace("2023-12-31", f"{year}-12-31")
    )


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


def threshold(*amounts: int) -> str:
    return counts(allocated([provider(cents=a) for a in amounts]), "specialism")[0]["threshold"]


# --- thresholds -------------------------------------------------------------------------------------------------------------


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
    with pytest.raises(Invalid) as error:
        allocated(rows)
    assert error.value.code == "specialism-without-reference-age"
    assert "2030" in error.value.detail
    assert "dentist (orthodontics), midwife, physician (urology)" in error.value.detail
    assert "nurse" not in error.value.detail


def test_specialisms_of_one_profession_have_thresholds_of_their_own() -> None:
    rows = [provider("physician", 100_000, specialism="urology"), provider("physician", 500_000, specialism="ent")]
    found = {line["specialism"]: line["threshold"] for line in counts(allocated(rows), "specialism")}
    assert found == {"urology": "200.00", "ent": "1000.00"}


# --- premiums ---------------------------------------------------------------------------------------------------------------


def toy() -> list[Provider]:
    """Sector A: 100 fully conventioned of 100 who reach the threshold; sector B: 50 of 100."""
    return [*many(100, "midwife"), *many(50, "nurse"), *many(50, "nurse", convention="none")]


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
        with pytest.raises(Invalid) as error:
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
        with pytest.raises(ParameterUnknown) as error:
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


# --- the files it makes -----------------------------------------------------------------------------------------------------


def test_the_counts_add_up_line_by_line() -> None:
    allocation = allocated(
        [*toy(), provider("physician", 1, specialism="ent"), provider("physician", 1, specialism="other")]
    )
    rows, of_sectors, (total,) = (counts(allocation, level) for level in ("specialism", "sector", "total"))
    for column in ("reaching", "full_reaching"):
        assert sum(int(r[column]) for r in rows) == sum(int(s[column]) for s in of_sectors) == int(total[column])
    assert sum(int(r["providers"]) for r in rows) == int(total["providers"])
    for column in ("allotted", "not_allotted"):
        assert sum(Decimal(s[column]) for s in of_sectors) == Decimal(total[column])
    assert Decimal(total["allotted"]) + Decimal(total["not_allotted"]) + Decimal(total["difference"]) == Decimal(
        "20000.00"
    )
    for s in of_sectors:
        assert Decimal(s["premium"]) * int(s["full_reaching"]) == Decimal(s["allotted"])


def test_the_parameter_file_names_its_batch_and_what_is_to_be_confirmed() -> None:
    allocation = allocated(toy())
    made = read_parameters("2031", allocation.parameters_toml)
    assert allocation.summary["parameters_sha256"] == made.sha256
    computed = made.find("premium-amount", date(2031, 6, 1), profession="nurse")
    assert computed.value == Decimal("166.67")
    assert computed.source.act == "Tegemoet, premium-allocation of premium year 2031"
    assert computed.source.article == f"Computed from the population of 2030, batch {BATCH}"
    carried = made.sources["to-confirm"]
    assert "premium year 2023 (version 2023.1)" in carried.act
    assert carried.article == "To be confirmed for premium year 2031"
    assert {computed.source.url, carried.url} == {made.sources["sectors"].url}
    heading = allocation.parameters_toml.partition("\n")[0]
    assert heading.startswith("# Convention premium, premium year 2031: derived from the population of 2030")
    assert BATCH in heading
    assert made.version == "2031.1"
    assert {p.unit for p in made.parameters if p.name in ("premium-amount", "activity-threshold")} == {"EUR"}
    # written as a person would: one value alone, several as rows
    assert (
        '\nname = "shards"\nunit = "shards"\nsource = "to-confirm"\nfrom = 2031-01-01\nuntil = 2031-12-31\nvalue = 32\n'
        in (allocation.parameters_toml)
    )
    assert '\nrows = [\n    { phase = "1", value = 2031-11-30 },\n    { phase = "2", value = 2032-05-31 },\n]\n' in (
        allocation.parameters_toml
    )
    assert '\n    { profession = "nurse", value = 166.67 },\n' in allocation.parameters_toml
    assert made.decimal("activity-threshold", date(2031, 6, 1), profession="nurse") == Decimal("20.00")
    confirmed = {p.name for p in made.parameters if p.source == made.sources["to-confirm"]}
    assert {"full-convention-from", "account-deadline", "phase-first-day", "full-time-hours", "shards"} <= confirmed
    assert confirmed == set(allocation.summary["to_confirm"])
    assert "activity-threshold" not in confirmed
    assert not [p for p in made.parameters if (p.first, p.last) != (date(2031, 1, 1), date(2031, 12, 31))]


def test_days_move_along_with_the_year_and_an_amendment_clause_stays_behind() -> None:
    year = premium_year(read_parameters("2031", allocated(toy()).parameters_toml))
    assert (year.convention_from, year.convention_until) == (date(2031, 2, 15), date(2031, 12, 31))
    assert year.account_deadline == {1: date(2031, 11, 30), 2: date(2032, 5, 31)}
    assert year.phase_first_day == {1: date(2031, 12, 1), 2: date(2032, 6, 1)}
    assert year.notification_end == {}
    assert year.medical_house_hours == Decimal("7.60")
    assert year.shards == 32


def test_a_day_of_29_february_moves_to_28_february() -> None:
    shipped = convention_premium.SCHEME.parameter_sets["2023"]
    leap = read_parameters(
        "2024", shipped.text.replace("2023-", "2024-").replace("value = 2024-02-15", "value = 2024-02-29")
    )
    made = allocate(2031, toy(), BATCH, of_year(2031), {"2024": leap})
    assert premium_year(read_parameters("2031", made.parameters_toml)).convention_from == date(2031, 2, 28)


def test_the_template_is_the_nearest_earlier_year_or_else_the_first() -> None:
    shipped = convention_premium.SCHEME.parameter_sets["2023"]
    years = {
        name: read_parameters(name, shipped.text.replace("2023-", f"{name}-").replace("value = 32", f"value = {name}"))
        for name in ("2025", "2030", "2035")
    }

    def template(year: int) -> int:
        made = allocate(year, [provider(born=year - 50)], BATCH, of_year(year), years)
        return premium_year(read_parameters(str(year), made.parameters_toml)).shards

    assert [template(year) for year in (2024, 2025, 2031, 2034, 2035, 2040)] == [2025, 2025, 2030, 2030, 2035, 2035]


def of_every_sector(year: int) -> list[Provider]:
    """One provider of the reference age in each of some sectors, among them those that share a row or have no part."""
    shared = {"physician": "clinical-biology", "pharmacist-biologist": None, "pharmacist": None, "nurse": None}
    return [provider(profession, born=year - 50, specialism=specialism) for profession, specialism in shared.items()]


def test_a_limited_year_is_no_template_and_the_latest_general_year_is() -> None:
    years = {**ALONE, "2025": NURSES}
    assert [template_of(year, years).name for year in (2024, 2025, 2026, 2031)] == ["2023"] * 4
    allocation = allocate(2026, of_every_sector(2026), BATCH, of_year(2026), years)
    made = read_parameters("2026", allocation.parameters_toml)
    assert set(sectors(allocation)) == {"physician", "nurse"}
    assert {"shared-row", "medical-house-share"} <= {p.name for p in made.parameters}
    assert made.find("premium-amount", date(2026, 6, 1), profession="pharmacist").value == Decimal("1790.00")
    assert premium_year(made).general
    # the draft says where it comes from: in its comment, in the source of what was carried over, in the summary
    assert "carried over from 2023, the latest general premium year" in allocation.parameters_toml
    assert "premium year 2023 (version 2023.1)" in made.sources["to-confirm"].act
    assert allocation.summary["carried_over_from"] == 2023


def test_a_nurses_year_that_does_not_say_so_would_make_a_wrong_year() -> None:
    text = re.sub(r'\[\[parameter\]\]\nname = "limited-to"\n(.+\n)+', "", NURSES.text)
    years = {**ALONE, "2025": read_parameters("2025", text)}
    allocation = allocate(2026, of_every_sector(2026), BATCH, of_year(2026), years)
    assert allocation.summary["carried_over_from"] == 2025
    assert "pharmacist-biologist" in sectors(allocation)
    assert {"shared-row", "medical-house-share"}.isdisjoint(allocation.summary["to_confirm"])


def test_where_no_year_is_general_nothing_is_allocated() -> None:
    with pytest.raises(ParameterUnknown) as error:
        allocate(2026, of_every_sector(2026), BATCH, of_year(2026), {"2025": NURSES})
    assert (error.value.parameter, error.value.on) == ("general premium year", "2026-12-31")


def test_a_year_allocated_before_can_be_the_template_of_the_next() -> None:
    first = read_parameters("2031", allocated(toy()).parameters_toml)
    again = allocate(2032, [provider(born=1980)], BATCH, of_year(2032), {"2031": first})
    assert premium_year(read_parameters("2032", again.parameters_toml)).convention_from == date(2032, 2, 15)


def test_names_with_quotes_are_written_so_that_they_read_back() -> None:
    shipped = convention_premium.SCHEME.parameter_sets["2023"]
    odd = read_parameters("2023", shipped.text.replace('unit = "shards"', 'unit = "sh\\"ar\\\\ds\\té"'))
    made = read_parameters("2031", allocate(2031, toy(), BATCH, of_year(2031), {"2023": odd}).parameters_toml)
    assert made.find("shards", date(2031, 1, 1)).unit == 'sh"ar\\ds\té'


def test_flags_and_words_are_carried_over_as_they_are() -> None:
    text = convention_premium.SCHEME.parameter_sets["2023"].text
    head, mark, tail = text.partition('name = "training-exception"')
    other = head + mark + tail.replace("value = true", "value = false", 1).replace('unit = "flag"', 'unit = "ja/né"', 1)
    made = allocate(2031, toy(), BATCH, of_year(2031), {"2023": read_parameters("2023", other)}).parameters_toml
    assert 'unit = "ja/né"' in made
    year = premium_year(read_parameters("2031", made))
    assert (year.training_exception, year.medical_house_hours) == (False, Decimal("7.60"))


def test_the_summary_tells_the_whole() -> None:
    allocation = allocated([*toy(), provider("pharmacist")])
    assert allocation.summary == {
        "year": 2031,
        "reference_year": 2030,
        "batch": BATCH,
        "parameters_sha256": read_parameters("2031", allocation.parameters_toml).sha256,
        "providers": 201,
        "left_out": 1,
        "budget": "20000.00",
        "allotted": "20000.50",
        "not_allotted": "0.00",
        "difference": "-0.50",
        "sectors": [
            {
                "sector": "midwife",
                "reaching": 100,
                "full_reaching": 100,
                "premium": "116.67",
                "allotted": "11667.00",
                "not_allotted": "0.00",
            },
            {
                "sector": "nurse",
                "reaching": 100,
                "full_reaching": 50,
                "premium": "166.67",
                "allotted": "8333.50",
                "not_allotted": "0.00",
            },
        ],
        "carried_over_from": 2023,
        "to_confirm": allocation.summary["to_confirm"],
    }


def test_the_table_of_counts_is_written_line_by_line() -> None:
    assert allocated([*toy(), *many(2, "optician", convention="none")]).counts_csv.splitlines() == [
        "level;sector;specialism;providers;of_reference_age;reaching;full_reaching;median;threshold;premium;allotted;not_allotted;difference",
        "specialism;midwife;;100;100;100;100;100.00;20.00;;;;",
        "specialism;nurse;;100;100;100;50;100.00;20.00;;;;",
        "specialism;optician;;2;2;2;0;100.00;20.00;;;;",
        "sector;midwife;;;;100;100;;;116.17;11617.00;0.00;",
        "sector;nurse;;;;100;50;;;165.68;8284.00;0.00;",
        "sector;optician;;;;2;0;;;;0.00;99.01;",
        "total;;;202;;202;150;;;;19901.00;99.01;-0.01",
    ]


# --- an invented year, by data alone ----------------------------------------------------------------------------------------


@pytest.fixture
def with_2031(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheme]:
    """The convention premium with a year more: a file in its folder, and no code."""
    package = tmp_path / "with_an_invented_year"
    source = Path(convention_premium.__file__).parent
    (package / "parameters").mkdir(parents=True)
    for name in ("texts.toml", "example.json", "parameters/2023.toml"):
        (package / name).write_bytes((source / name).read_bytes())
    (package / "parameters" / "2031.toml").write_text(allocated(toy()).parameters_toml, "utf-8")
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield replace(convention_premium.SCHEME, package=package.name)
    sys.modules.pop(package.name, None)


def test_the_catalogue_says_how_far_the_data_go(with_2031: Scheme) -> None:
    shipped = convention_premium.SCHEME
    assert shipped.valid_from == date(2023, 1, 1)
    assert shipped.valid_until == date(AFTER_ALL - 1, 12, 31)
    assert (with_2031.valid_from, with_2031.valid_until) == (date(2023, 1, 1), date(2031, 12, 31))


def nurse_of_2031(ambulatory: str, phase: int = 2) -> bytes:
    return orjson.dumps(
        {
            "case_id": "nurse",
            "on": "2032-06-15" if phase == 2 else "2031-12-05",
            "case": {
                "year": 2031,
                "phase": phase,
                "practices": [
                    {
                        "riziv_number": "41234502401",
                        "profession": "nurse",
                        "conventions": [{"status": "full", "from": "2031-02-15"}],
                        "activity-s1" if phase == 1 else "activity-year": {"ambulatory": ambulatory},
                    }
                ],
                "accounts": [{"registered_on": "2030-05-04", "iban": "BE68539007547034"}],
            },
        }
    )


@pytest.mark.parametrize("phase", [1, 2])
def test_an_invented_year_is_decided_on_its_own_figures(with_2031: Scheme, phase: int) -> None:
    decided = decide_line(nurse_of_2031("20.00", phase), with_2031, "partner", b"secret")
    decision = orjson.loads(decided.decision)
    assert (decision["outcome"], decision["total"]) == ("granted", "166.67")
    assert decision["parameters"]["version"] == "2031.1"
    assert any(BATCH in step["source"]["article"] for step in decision["explanation"])
    assert replay(decided.decision, decided.case, with_2031, b"secret").same
    below = orjson.loads(decide_line(nurse_of_2031("19.99", phase), with_2031, "partner", b"secret").decision)
    assert below["outcome"] == ("pending" if phase == 1 else "refused")


def test_the_invented_year_leaves_2023_as_it_is_and_other_years_without_a_premium(with_2031: Scheme) -> None:
    example = orjson.dumps(with_2031.example)
    ours = decide_line(example, with_2031, "partner", b"secret")
    assert ours == decide_line(example, convention_premium.SCHEME, "partner", b"secret")
    with pytest.raises(NoPremiumForYear):
        decide_line(nurse_of_2031("20.00").replace(b'"year":2031', b'"year":2032'), with_2031, "partner", b"secret")
    of_no_year = nurse_of_2031("20.00").replace(b'"year":2031', f'"year":{AFTER_ALL}'.encode())
    with pytest.raises(NoPremiumForYear):
        decide_line(of_no_year, convention_premium.SCHEME, "partner", b"secret")
