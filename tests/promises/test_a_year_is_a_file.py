"""A premium year is one file: the steps of docs/how-to/add-a-year.md, done in copies of the tree.

A copy gets an invented general year 2031. The tests that depended on which years exist (`PINNED`)
and those that look at every year (`OF_EVERY_YEAR`) stay green there; cases of the year are decided
as its file says.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tegemoet.domain.parameters import read_parameters
from tests.support.tree import ROOT, Tree

MATERIAL = ROOT / "tests" / "schemes" / "convention_premium" / "years"
PARAMETERS = "layers/benefits/tegemoet/schemes/convention_premium/parameters"
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


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy with the one file of the year 2031."""
    copy = Tree.copied_to(tmp_path_factory.mktemp("tree"))
    copy.write(f"{PARAMETERS}/2031.toml", (MATERIAL / "2031.toml").read_text("utf-8"))
    return copy


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


def test_with_one_year_more_the_tests_stay_green(tree: Tree) -> None:
    ran = tree.tests([*PINNED, *OF_EVERY_YEAR])
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


def test_the_second_opinion_agrees_once_it_has_figures_of_its_own(tree: Tree) -> None:
    compare = ("-m", "local.opinions.year.compare", "--year", "2031", "--cases", "3000")
    without = tree.run(*compare)
    assert without.returncode == 1
    assert "data/2031.toml" in without.stderr
    tree.write(f"{FIGURES}/2031.toml", (MATERIAL / "2031-figures.toml").read_text("utf-8"))
    ran = tree.run(*compare)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no difference" in ran.stdout
    # the whole year, through the real intake and both phases
    played = tree.tests(["tests/integration/premium_year/test_year_in_memory.py"], "-k", "2031")
    assert not played.failed, played.output
    assert played.passed == 10
