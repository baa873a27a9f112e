"""The tables of the statistics as files: CSV for systems, a workbook for people.

A row has its code (`1`, `not-reported`) and, in words, what it counts. The same tables of the same day are the same bytes.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from xlsxwriter import Workbook

from tegemoet.application.files import csv_text, neutral
from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.statistics import Table

LANGUAGE = "nl"
"""The circular and its templates are in the language of the institute."""


def csv_of(table: Table, language: str = LANGUAGE) -> bytes:
    """One table: `result;meaning;households;persons`, or `category;meaning;` and the level that it counts."""
    name, *levels = table.columns
    return csv_text([(name, "meaning", *levels), *_rows(table, language)]).encode()


def workbook_of(tables: Iterable[Table], title: str, on: date, language: str = LANGUAGE) -> bytes:
    """The tables as XLSX, a sheet each with its header fixed, and every number a number. `title` and the day go into its properties."""
    file = io.BytesIO()
    # no text becomes a formula or a link, and nothing is written to the disk
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": title, "created": datetime.combine(on, time(), UTC)})
        bold, whole = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        for table in tables:
            sheet = book.add_worksheet(f"{_word('table', language)} {table.number}")
            name, *levels = table.columns
            sheet.write_row(0, 0, [_word(column, language) for column in (name, "meaning", *levels)], bold)
            for at, (code, meaning, *numbers) in enumerate(_rows(table, language), start=1):
                sheet.write_string(at, 0, code)
                sheet.write_string(at, 1, meaning)
                sheet.write_row(at, 2, numbers, whole)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 16)
            sheet.set_column(1, 1, 62)
            sheet.set_column(2, 1 + len(levels), 18)
    return file.getvalue()


def _rows(table: Table, language: str) -> Iterator[tuple[str, str, *tuple[int, ...]]]:
    for code, numbers in table.rows:
        meaning = _word(f"category-{code}" if code.isdecimal() else code, language)
        yield neutral(code), neutral(meaning), *numbers


def _word(name: str, language: str) -> str:
    return SCHEME.texts.words[name][language]
