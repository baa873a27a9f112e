"""The names of tests fit a line of a report."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
LONGEST = 80
NAME = re.compile(r"^\s*def (test_\w+)\(", re.MULTILINE)


def test_no_name_of_a_test_is_longer_than_80_characters() -> None:
    names = [(path, name) for path in TESTS.rglob("test_*.py") for name in NAME.findall(path.read_text("utf-8"))]
    assert len(names) > 2_000
    assert [f"{path.relative_to(TESTS)}: {name}" for path, name in names if len(name) > LONGEST] == []
