"""The table of the circular's rules names every rule that decisions
tell, functions that are there, tests that are there.
"""

import re
from importlib import resources
from pathlib import Path

from tegemoet.schemes.maternity_rest import SCHEME

ROOT = Path(__file__).parents[3]
PACKAGE = "tegemoet.schemes.maternity_rest"
PAGE = (ROOT / "docs" / "rules" / "maternity-rest.md").read_text("utf-8")
REST = PAGE[: PAGE.index("## XIII.")]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in REST.splitlines()
    if line.startswith("| ") and not line.startswith("| rule")
]


def named(column: int) -> set[str]:
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[column])}


def test_every_section_from_i_to_xv_is_there() -> None:
    assert re.findall(r"^## ([IVX]+)", PAGE, re.MULTILINE) == [
        *("I", "II", "III", "IV", "V", "VI", "VII"),
        *("VIII", "IX", "X", "XI", "XII", "XIII", "XIV"),
    ]
    assert all(len(row) == 4 for row in ROWS)


def test_every_rule_that_a_decision_tells_has_a_row_and_no_row_names_another() -> None:
    assert named(1) == {rule for rule, _ in SCHEME.texts.sentences}


def test_every_function_of_the_table_is_there() -> None:
    folder = resources.files(PACKAGE)
    holidays = (ROOT / "layers/benefits/tegemoet/domain/holidays.py").read_text("utf-8")
    code = "\n".join([holidays, *(f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".py"))])
    figures = {p.name for held in SCHEME.parameter_sets.values() for p in held.parameters}
    for function in named(2):
        name = re.split(r"[./]", function)[-1]
        if name in ("py", "toml"):
            assert (folder / function).is_file() or (folder / "parameters" / function).is_file()
        else:
            assert re.search(rf"(def|class) {name}\b", code) or name in figures, function


def test_every_test_file_of_the_table_is_there() -> None:
    folders = [Path(__file__).parent, ROOT / "tests" / "unit" / "domain"]
    for row in ROWS:
        for part in re.sub(r"`(\w+)`", r"\1", row[3]).split(", "):
            name = f"test_{part.removeprefix('test_')}.py"
            assert not part or any((folder / name).is_file() for folder in folders), part
