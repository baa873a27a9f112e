"""The tables of the statistics as CSV and as a workbook that opens cleanly."""

import csv
import io
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from tegemoet.application.exchange.tables import csv_of, workbook_of
from tegemoet.schemes.increased_reimbursement.statistics import StatisticsRow, StatisticsTable, tables
from tests.schemes.increased_reimbursement.builders import YEAR

ON = date(2021, 11, 5)
COUNTS = {
    f"{level}/{place}": n * 1_000 + n for level in ("households", "persons") for n, place in enumerate("123456")
} | {
    "households/contacted": 12_345,
    "persons/contacted": 23_456,
    "households/opened": 9,
    "persons/opened": 10,
}
TABLES = tables(COUNTS, YEAR)


def test_a_table_is_a_csv_file_with_codes_and_words() -> None:
    first, second, _ = (csv_of(table).decode().splitlines() for table in TABLES)
    assert first == [
        "result;meaning;households;persons",
        "contacted;Gecontacteerd;12345;23456",
        "opened;Waarvan recht geopend;9;10",
    ]
    assert second[:2] == [
        "category;meaning;households",
        "1;Geen recht: gezinssamenstelling gewijzigd, geen VOE gevraagd;0",
    ]
    assert second[-3:] == [
        "not-reported;Geen resultaat ontvangen;0",
        "contradicting;Tegenstrijdige resultaten;0",
        "total;Totaal;15015",
    ]


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_a_csv_file_holds_the_table_in_every_language(language: str) -> None:
    for table in TABLES:
        header, *rows = csv.reader(io.StringIO(csv_of(table, language).decode()), delimiter=";")
        assert [header[0], *header[2:]] == [table.heading, *table.levels]
        assert [(row[0], tuple(map(int, row[2:]))) for row in rows] == list(table.rows)


def test_the_workbook_opens_with_a_sheet_per_table_and_the_same_numbers() -> None:
    book = load_workbook(io.BytesIO(workbook_of(TABLES, "Proactieve flux 2020", ON)))
    assert book.sheetnames == ["Tabel 1", "Tabel 2", "Tabel 3"]
    assert book.properties.title == "Proactieve flux 2020"
    for table in TABLES:
        sheet = book[f"Tabel {table.number}"]
        header, *rows = sheet.values
        assert header[1] == "Omschrijving"
        assert [(row[0], row[2:]) for row in rows] == list(table.rows)
        assert sheet.freeze_panes == "A2"


def test_the_cells_of_the_workbook_are_text_and_numbers_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(workbook_of(TABLES, "Proactieve flux 2020", ON)))
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            assert [cell.data_type for cell in row] == ["s", "s", *["n"] * (len(row) - 2)]
            assert all(cell.number_format == "#,##0" for cell in row[2:])


def test_the_header_is_in_the_words_of_the_language() -> None:
    def header(language: str) -> list[object]:
        book = load_workbook(io.BytesIO(workbook_of(TABLES, "t", ON, language)))
        return [cell.value for cell in book.worksheets[2][1]]

    assert header("nl") == ["Categorie", "Omschrijving", "Verzekerden"]
    assert header("fr") == ["Catégorie", "Description", "Assurés"]
    assert header("en") == ["Category", "Meaning", "Insured persons"]


def test_the_parts_of_the_workbook_are_well_formed() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_of(TABLES, "t", ON))) as parts:
        assert parts.testzip() is None
        assert "[Content_Types].xml" in parts.namelist()
        assert not any("formula" in name or "vba" in name.lower() for name in parts.namelist())


def test_the_same_tables_of_the_same_day_are_the_same_bytes() -> None:
    assert workbook_of(TABLES, "t", ON) == workbook_of(TABLES, "t", ON)
    assert workbook_of(TABLES, "t", ON) != workbook_of(TABLES, "t", date(2021, 11, 4))


def test_large_counts_stay_exact() -> None:
    rows = (StatisticsRow("contacted", (400_000, 1_000_003)),)
    table = StatisticsTable(1, "result", ("households", "persons"), rows)
    (row,) = list(load_workbook(io.BytesIO(workbook_of([table], "t", ON))).worksheets[0].values)[1:]
    assert row[2:] == (400_000, 1_000_003)
