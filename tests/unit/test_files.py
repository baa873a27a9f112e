"""Files for people: no cell, and no part of one, runs as a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tegemoet.application.files import csv_text, neutral


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(mark: str) -> None:
    assert neutral(f"{mark}1") == f"'{mark}1"
    assert neutral(f"a{mark}1") == f"a{mark}1"


def test_a_plain_cell_stays_as_it_is() -> None:
    assert [neutral(cell) for cell in ("", "Holder", "'x")] == ["", "Holder", "'x"]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Doe,=1+1", "Doe,'=1+1"),
        ("Doe;=1+1", "Doe;'=1+1"),
        ("Doe, +1", "Doe,' +1"),
        ("Doe\t@SUM(A1)", "Doe\t'@SUM(A1)"),
        (" =1+1", "' =1+1"),
        ('Doe,"=1+1"', 'Doe,\'"=1+1"'),
        ("＝1", "'＝1"),
        ("a,-b;-c", "a,'-b;'-c"),
        ("-Dupont", "'-Dupont"),
        ("Anne-Marie, of Ghent; b=c", "Anne-Marie, of Ghent; b=c"),
        ("'=1", "'=1"),
    ],
)
def test_every_place_where_a_spreadsheet_may_split_is_neutralised(cell: str, safe: str) -> None:
    assert neutral(cell) == safe
    assert neutral(safe) == safe


@given(st.lists(st.text("=+-@;,\"' \tab1", max_size=12), min_size=1, max_size=4))
def test_no_reader_finds_a_formula_whichever_delimiter_it_takes(cells: list[str]) -> None:
    text = csv_text([["x", *map(neutral, cells)]])
    for delimiter in ";,\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(cell.lstrip(' \t"').startswith(("=", "+", "-", "@")) for cell in row), delimiter
