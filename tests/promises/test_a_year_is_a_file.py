"""A premium year is one file: the steps of docs/how-to/add-a-year.md, done in copies of the tree.

A copy gets an invented general year 2031 and the nurses' year 2025. The tests that depended on
which years exist (`PINNED`) and those that look at every year (`OF_EVERY_YEAR`) stay green there;
cases of both years are decided as their files say.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tegemoet.domain.parameters import read_parameters
from tests.support.tree import ROOT, Tree

MATERIAL = ROOT / "tests" / "schemes" / "convention_premium" / "years"
PARAMETERS = "layers/benefits/tegemoet/schemes/convention_premium/parameters"
ACTS = "layers/benefits/tegemoet/schemes/legislation/acts.toml"
BUDGETS = "layers/benefits/tegemoet/schemes/premium_allocation/parameters/parameters.toml"
FIGURES = "local/opinions/year/data"
PINNED = (
    "tests/schemes/convention_premium",
    "tests/schemes/premium_allocation",
    "tests/unit/api/test_partner_routes.py",
    "tests/unit/api/test_premium_years.py",
    "tests/unit/premium_year/test_phase_conditions.py",
    "tests/integration/api/test_once.py",
)
"""Where tests took 2024 as the year that nobody has, or 2023 as the only one."""
OF_EVERY_YEAR = (
    "tests/schemes/test_schemes.py",
    "tests/schemes/test_golden.py",
    "tests/unit/decisions/test_legislation.py",
    "tests/contract/test_openapi.py",
)
"""Registry and catalogue, golden decisions, register of acts, the document of the API."""
DECIDE = """
import json, sys
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.convention_premium import SCHEME
for line in json.loads(sys.argv[1]):
    print(decide_line(json.dumps(line).encode(), SCHEME, "partner", b"key").decision.decode())
"""
ALLOCATE = """
import json, sys
from tegemoet.application.premium_year.allocation import allocate
year = int(sys.argv[1])
rows = [
    dict(profession=profession, specialism=specialism, birth_year=year - 50, convention="full", cents=100_000)
    for profession, specialism in (
        ("physician", "clinical-biology"), ("pharmacist-biologist", None), ("pharmacist", None), ("nurse", None)
    )
]
made = allocate(year, rows, "batch")
print(json.dumps({"toml": made.parameters_toml, "summary": made.summary}))
"""
BUDGET = """
[[parameter]]
name = "budget"
unit = "EUR"
source = "budget"
from = {year}-01-01
until = {year}-12-31
value = 20000000.00
"""


def add_year(tree: Tree, year: int) -> None:
    """The one file of a year."""
    tree.write(f"{PARAMETERS}/{year}.toml", (MATERIAL / f"{year}.toml").read_text("utf-8"))


def with_years(tree: Tree, *years: int) -> Tree:
    """The copy with more years: a file each, and for 2025 its acts in the register."""
    for year in years:
        add_year(tree, year)
    if 2025 in years:
        tree.write(ACTS, tree.read(ACTS) + "\n" + (MATERIAL / "2025-acts.toml").read_text("utf-8"))
    return tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy with the years 2025 and 2031."""
    return with_years(Tree.copied_to(tmp_path_factory.mktemp("tree")), 2025, 2031)


def decisions(tree: Tree, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ran = tree.run("-c", DECIDE, json.dumps(lines))
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def case(year: int, on: date, amount: str, profession: str = "nurse", **fields: Any) -> dict[str, Any]:
    """A person with one practice and this ambulatory amount of the whole year."""
    practice = {
        "riziv_number": "41234502401",
        "profession": profession,
        "conventions": [{"status": "full", "from": f"{year}-01-01"}],
        "activity-year": {"ambulatory": amount},
        **fields,
    }
    accounts = [{"registered_on": f"{year}-03-01", "iban": "BE68539007547034"}]
    of = {"year": year, "phase": 2, "practices": [practice], "accounts": accounts}
    return {"case_id": "case", "on": on.isoformat(), "case": of}


def allocated(tree: Tree, year: int) -> dict[str, Any]:
    """The draft of a year, after its budget was added."""
    tree.write(BUDGETS, tree.read(BUDGETS) + BUDGET.format(year=year))
    ran = tree.run("-c", ALLOCATE, str(year))
    assert ran.returncode == 0, ran.stderr
    made: dict[str, Any] = json.loads(ran.stdout)
    return made


def test_with_more_years_the_tests_stay_green(tree: Tree) -> None:
    ran = tree.tests([*PINNED, *OF_EVERY_YEAR])
    assert not ran.failed, ran.output
    assert ran.passed > 2_000


@pytest.mark.slow
@pytest.mark.parametrize("year", [2025, 2031])
def test_with_one_year_more_the_tests_stay_green(year: int, tmp_path: Path) -> None:
    ran = with_years(Tree.copied_to(tmp_path), year).tests([*PINNED, *OF_EVERY_YEAR])
    assert not ran.failed, ran.output
    assert ran.passed > 2_000


def failing(decision: dict[str, Any]) -> list[str]:
    return [step["rule"] for step in decision["explanation"] if step["outcome"] == "not-met"]


def test_cases_of_the_invented_year_are_decided_as_its_file_says(tree: Tree) -> None:
    on = date(2032, 6, 15)
    held = read_parameters("2031", (MATERIAL / "2031.toml").read_text("utf-8"))
    premium, least = (
        held.decimal(name, date(2031, 12, 31), profession="nurse") for name in ("premium-amount", "activity-threshold")
    )
    enough, short, optician, house = decisions(
        tree,
        [
            case(2031, on, f"{least:.2f}"),
            case(2031, on, f"{least - Decimal('0.01'):.2f}"),
            case(2031, on, "99999.00", "optician"),
            case(2031, on, "99999.00", "midwife", medical_house_weekly_hours="36.00"),
        ],
    )
    assert (enough["outcome"], enough["total"]) == ("granted", f"{premium:.2f}")
    assert (enough["parameters"]["version"], enough["parameters"]["sha256"]) == ("2031.1", held.sha256)
    assert [failing(d) for d in (short, optician, house)] == [["activity"], ["sector"], ["medical-house-excluded"]]


def test_cases_of_the_nurses_year_are_decided_as_its_file_says(tree: Tree) -> None:
    on = date(2026, 6, 15)
    enough, short, house, midwife = decisions(
        tree,
        [
            case(2025, on, "13669.87"),
            case(2025, on, "13669.86"),
            case(2025, on, "99999.00", medical_house_weekly_hours="38.00"),
            case(2025, on, "99999.00", "midwife"),
        ],
    )
    assert (enough["outcome"], enough["total"]) == ("granted", "399.19")
    assert [failing(d) for d in (short, house, midwife)] == [["activity"], ["medical-house-excluded"], ["sector"]]


def test_the_next_allocation_takes_the_latest_general_year_and_says_which(tree: Tree) -> None:
    after_nurses, after_invented = allocated(tree, 2026), allocated(tree, 2032)
    assert after_nurses["summary"]["carried_over_from"] == 2023
    assert {s["sector"] for s in after_nurses["summary"]["sectors"]} == {"physician", "nurse"}
    assert {"shared-row", "medical-house-share", "premium-amount"} <= set(after_nurses["summary"]["to_confirm"])
    assert '{ profession = "pharmacist", value = 1790.00, source = "to-confirm" }' in after_nurses["toml"]
    assert "carried over from 2023, the latest general premium year" in after_nurses["toml"]
    assert after_invented["summary"]["carried_over_from"] == 2031
    assert '{ profession = "pharmacist", value = 2065.60, source = "to-confirm" }' in after_invented["toml"]
    assert "value = 2032-03-01" in after_invented["toml"]


@pytest.mark.parametrize("year", [2025, 2031])
def test_the_second_opinion_agrees_once_it_has_figures_of_its_own(tree: Tree, year: int) -> None:
    compare = ("-m", "local.opinions.year.compare", "--year", str(year), "--cases", "3000")
    without = tree.run(*compare)
    assert without.returncode == 1
    assert f"data/{year}.toml" in without.stderr
    tree.write(f"{FIGURES}/{year}.toml", (MATERIAL / f"{year}-figures.toml").read_text("utf-8"))
    ran = tree.run(*compare)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no difference" in ran.stdout
    # the whole year, through the real intake and both phases
    played = tree.tests(["tests/integration/premium_year/test_year_in_memory.py"], "-k", str(year))
    assert not played.failed, played.output
    assert played.passed == 10
