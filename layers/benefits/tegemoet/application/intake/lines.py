"""From the bytes of a partner's file to numbered lines of text, and to fields, in memory that does
not grow with the file.

A row with a line break in a field is rejected, so each line is read alone: most are split at the
delimiter, only lines with quotes go through `csv`.
"""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from tegemoet.application.intake.keys import MAX_ROW_BYTES, FileRefusedError
from tegemoet.application.intake.kinds.reasons import RowRejectedError

SEPARATOR_LINES = frozenset(("sep=;", "sep=,"))
"""What spreadsheets write above a header; the header itself decides the delimiter."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def numbered_lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, str | None]]:
    """The lines of a file with their numbers, from 1; None for a line longer than 8 kB. Empty lines
    are left out.

    Unlike `raw_lines`, which reads our own files, it decodes, counts, and never holds a line that
    is too long. Raises FileRefusedError for what is not UTF-8 text; the lines before are then of no
    use.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    number, rest = 1, ""
    start = b""
    for block in blocks:
        if len(start) < 2:
            start += block[:2]
            if start[:2] in _UTF_16:
                raise FileRefusedError("utf-16")
        text = _decode(decoder, block, number)
        lines = text.split("\n")
        lines[0] = rest + lines[0]
        rest = lines.pop()
        for line in lines:
            if line and line != "\r":
                yield number, _bounded(line)
            number += 1
        if len(rest) > MAX_ROW_BYTES:
            # too long already: the rest of the line is checked, but not kept
            rest = rest[: MAX_ROW_BYTES + 2]
    rest += _decode(decoder, b"", number, final=True)
    if rest:
        yield number, _bounded(rest)


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, number: int, final: bool = False) -> str:
    try:
        text = decoder.decode(block, final)
    except UnicodeDecodeError as error:
        raise FileRefusedError("not-utf-8", number + error.object.count(b"\n", 0, error.start)) from None
    if "\0" in text:
        raise FileRefusedError("not-text", number + text.count("\n", 0, text.index("\0")))
    return text


def _bounded(line: str) -> str | None:
    line = line.removesuffix("\r")
    # a character is at most four bytes, so most lines need no counting
    if len(line) * 4 > MAX_ROW_BYTES and len(line.encode()) > MAX_ROW_BYTES:
        return None
    return line


class UnclosedQuoteError(Exception):
    """A quoted field is not closed on its line."""


class CsvHeader:
    """The header of a CSV file: its delimiter and the order of the columns of the kind."""

    def __init__(self, header: str | None, columns: tuple[str, ...], number: int = 1) -> None:
        """`number` = the line of the header.

        Raises FileRefusedError unless it has exactly `columns`, in any order.
        """
        if header is None:
            raise FileRefusedError("column-unknown", number)
        try:
            alone = len(columns) == 1  # such a header has no delimiter
            found = {mark: tuple(_split_quoted(header, mark)) for mark in ";," if alone or mark in header}
        except UnclosedQuoteError:
            raise FileRefusedError("unclosed-quote", number) from None
        except RowRejectedError:
            raise FileRefusedError("column-unknown", number) from None
        if not found:
            raise FileRefusedError("delimiter-unknown", number)
        self.delimiter = next((mark for mark, names in found.items() if set(names) & set(columns)), next(iter(found)))
        names = found[self.delimiter]
        for column in columns:
            if names.count(column) > 1:
                raise FileRefusedError("column-duplicate", number, column)
        if missing := next((column for column in columns if column not in names), None):
            raise FileRefusedError("column-missing", number, missing)
        if len(names) > len(columns):
            raise FileRefusedError("column-unknown", number)
        self._width = len(columns)
        self._arrange: Callable[[Sequence[str]], Sequence[str]] | None = (
            None if names == columns else itemgetter(*(names.index(column) for column in columns))
        )

    def is_blank(self, line: str | None) -> bool:
        """Whether a line has delimiters alone, as a spreadsheet writes rows that were emptied."""
        return line is not None and not line.strip(self.delimiter)

    def fields(self, line: str | None) -> Sequence[str]:
        """The fields of a row in the order of the kind's columns.

        Raises RowRejectedError, and UnclosedQuoteError for a field that goes on on the next line.
        """
        if line is None:
            raise RowRejectedError("", "row-too-long")
        found = line.split(self.delimiter) if '"' not in line else _split_quoted(line, self.delimiter)
        if len(found) != self._width:
            raise RowRejectedError("", "field-count")
        return self._arrange(found) if self._arrange else found

    def skip_row(self, line: str, number: int, following: Iterator[tuple[int, str | None]]) -> None:
        """Read on to the end of a row that begins with `line` and has a line break in a field.

        Raises FileRefusedError `unclosed-quote` unless the row ends within 8 kB, with the right
        number of fields: otherwise a stray quote would swallow the rows after it.
        """
        unclosed = FileRefusedError("unclosed-quote", number)
        taken = [line]

        def more() -> Iterator[str]:
            yield f"{line}\n"
            for _, text in following:
                if text is None or sum(map(len, taken)) + len(text) > MAX_ROW_BYTES:
                    raise unclosed
                taken.append(text)
                yield f"{text}\n"
            raise unclosed

        try:
            next(csv.reader(more(), delimiter=self.delimiter))
            [row] = csv.reader((f"{text}\n" for text in taken), delimiter=self.delimiter, strict=True)
        except (csv.Error, ValueError):
            raise unclosed from None
        if len(row) != self._width:
            raise unclosed


def _split_quoted(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader((line,), delimiter=delimiter, strict=True))
    except csv.Error:
        pass
    # without `strict`, a reader that is still inside quotes reads another
    # line: then, and only then, the quote is not closed
    lenient = csv.reader((line.replace("\r", " "), ""), delimiter=delimiter)
    next(lenient)
    if lenient.line_num > 1:
        raise UnclosedQuoteError
    raise RowRejectedError("", "quote-misplaced")
