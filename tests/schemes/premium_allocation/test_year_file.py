"""The parameter file of a year and its counts, as an allocation writes them (rule 13)."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.application.premium_year.allocation import allocate, template_of
from tegemoet.domain.parameters import read_parameters
from tegemoet.domain.problems import NoPremiumForYearError, ParameterUnknownError
from tegemoet.schemes import convention_premium
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.premium_allocation.rules import Provider
from tegemoet.schemes.scheme import Scheme
from tests.schemes.premium_allocation.builders import (
    ALONE,
    BATCH,
    NURSES,
    allocated,
    counts,
    many,
    of_year,
    provider,
    sectors,
    toy,
)
from tests.support.years import AFTER_ALL


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


def test_nothing_of_a_draft_is_official_until_somebody_has_published_or_confirmed_it() -> None:
    made = read_parameters("2031", allocated(toy()).parameters_toml)
    bases = {(p.source.act, p.basis) for p in made.parameters}
    assert bases == {(made.sources["amounts"].act, "derived"), (made.sources["to-confirm"].act, "secondary")}
    threshold = made.find("activity-threshold", date(2031, 6, 1), profession="nurse")
    assert threshold.arithmetic == f"Computed from the population of 2030, batch {BATCH}"


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
    """One provider of the reference age per profession, also of a shared row or without a part."""
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
    # the draft says where it comes from: in its comment, in the
    # source of what was carried over, in the summary
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
    with pytest.raises(ParameterUnknownError) as error:
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


# --- an invented year, by data alone --------------------------------------------------------------


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
    with pytest.raises(NoPremiumForYearError):
        decide_line(nurse_of_2031("20.00").replace(b'"year":2031', b'"year":2032'), with_2031, "partner", b"secret")
    of_no_year = nurse_of_2031("20.00").replace(b'"year":2031', f'"year":{AFTER_ALL}'.encode())
    with pytest.raises(NoPremiumForYearError):
        decide_line(of_no_year, convention_premium.SCHEME, "partner", b"secret")
