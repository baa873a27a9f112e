"""The tables of the circulars' rules name existing functions, parameters and tests."""

import re
from pathlib import Path

from tegemoet.schemes.increased_reimbursement import SCHEME

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "layers" / "benefits" / "tegemoet"
PAGE = (ROOT / "docs" / "rules" / "increased-reimbursement.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| section")
]


def named(column: int) -> set[str]:
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[column])}


def test_every_row_has_a_section_a_rule_what_applies_it_and_tests() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        assert len(row) == 4
        assert all(row), row


def test_every_function_and_parameter_of_the_table_is_there() -> None:
    files = [
        *(PACKAGE / "schemes" / "increased_reimbursement").glob("*.py"),
        *(PACKAGE / "application" / "exchange").glob("*.py"),
        PACKAGE / "application" / "intake" / "kinds" / "increased_reimbursement.py",
    ]
    code = "\n".join(file.read_text("utf-8") for file in files)
    figures = {p.name for held in SCHEME.parameter_sets.values() for p in held.parameters}
    for name in named(2):
        assert name in figures or re.search(rf"(def|class) {name.rpartition('.')[2]}\b", code), name


def test_every_parameter_of_the_law_is_named_by_a_rule() -> None:
    figures = {p.name for held in SCHEME.parameter_sets.values() for p in held.parameters}
    assert figures - named(2) == {"shards"}


def test_every_test_file_of_the_table_is_there() -> None:
    for name in named(3):
        own, other = Path(__file__).parent / f"test_{name}.py", ROOT / "tests" / f"{name}.py"
        assert own.is_file() or other.is_file(), name
