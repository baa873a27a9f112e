"""The tables of the statistics as files: CSV for systems, a workbook for people.

A row holds its code (`1`, `not-reported`) and, in words, what it counts. The same tables on the
same day give the same bytes.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from tegemoet.application.files import csv_text, neutral
from tegemoet.schemes.increased_reimbursement import SCHEME
from tegemoet.schemes.increased_reimbursement.statistics import StatisticsTable
from tegemoet.schemes.languages import DEFAULT_LANGUAGES

_CODE_WIDTH, _MEANING_WIDTH, _NUMBER_WIDTH = 16, 62, 18


def csv_of(table: StatisticsTable, language: str = DEFAULT_LANGUAGES.exchange_tables) -> bytes:
    """One table as CSV: `result` or `category`, its `meaning`, and a column per level."""
    return csv_text([(table.heading, "meaning", *table.levels), *_rows(table, language)]).encode()


def workbook_of(
    tables: Iterable[StatisticsTable], title: str, on: date, language: str = DEFAULT_LANGUAGES.exchange_tables
) -> bytes:
    """The tables as XLSX: one sheet each, with a fixed header and every number as a number.

    `title` and the day `on` go into the properties of the workbook.
    """
    from xlsxwriter import Workbook  # here, because loading it takes longer than most steps of an exchange

    file = io.BytesIO()
    # no text becomes a formula or a link, and nothing is written to the disk
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": title, "created": datetime.combine(on, time(), UTC)})
        bold, whole = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        for table in tables:
            sheet = book.add_worksheet(f"{_word('table', language)} {table.number}")
            header = (table.heading, "meaning", *table.levels)
            sheet.write_row(0, 0, [_word(column, language) for column in header], bold)
            for at, (code, meaning, *numbers) in enumerate(_rows(table, language), start=1):
                sheet.write_string(at, 0, code)
                sheet.write_string(at, 1, meaning)
                sheet.write_row(at, 2, numbers, whole)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, _CODE_WIDTH)
            sheet.set_column(1, 1, _MEANING_WIDTH)
            sheet.set_column(2, 1 + len(table.levels), _NUMBER_WIDTH)
    return file.getvalue()


def _rows(table: StatisticsTable, language: str) -> Iterator[tuple[str, str, *tuple[int, ...]]]:
    for counted, numbers in table.rows:
        meaning = _word(f"category-{counted}" if counted.isdecimal() else counted, language)
        yield neutral(counted), neutral(meaning), *numbers


def _word(name: str, language: str) -> str:
    return SCHEME.texts.words[name][language]
