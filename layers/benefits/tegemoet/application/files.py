"""The forms in which the use cases keep and hand over what they know: JSON, JSON
lines, CSV and HTML; one reader and writer of each.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.application.ports import Objects

if TYPE_CHECKING:
    from jinja2 import Template

_BEFORE_FORMULA = re.compile(r'(?:^|(?<=[,;\t\r\n]))(?=[\s"]*[=+\-@＝＋－＠])|^(?=[\t\r])')


# --- JSON -----------------------------------------------------------------------------------------


def read_json(objects: Objects, key: str) -> Any:
    """The JSON value of an object. Raises KeyError when there is none."""
    return orjson.loads(objects.get(key))


def write_json_once(objects: Objects, key: str, value: Any) -> None:
    """Write `value` as JSON unless the object exists; the same value gives the same bytes."""
    objects.put_once(key, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def raw_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in blocks, without their line ends."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    if rest:
        yield rest


def read_lines(objects: Objects, key: str) -> Iterator[Any]:
    """The JSON values of an object, one per line. Raises KeyError when there is no object."""
    return map(orjson.loads, raw_lines(objects.stream(key)))


def lines_of(body: bytes) -> Iterator[Any]:
    """The JSON values of a text that is at hand, one per line."""
    return map(orjson.loads, raw_lines((body,)))


def json_lines(values: Iterable[Any]) -> Iterator[bytes]:
    """One JSON value per line; the same values give the same bytes."""
    return (orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) for value in values)


# --- CSV ------------------------------------------------------------------------------------------


def neutral(cell: str) -> str:
    """A cell for people: no spreadsheet runs it, or a part of it, as a formula.

    Spreadsheets split at `;`, `,` or a tab as their settings say, whatever delimiter the file has.
    """
    return _BEFORE_FORMULA.sub("'", cell)


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with `;` between the cells and a
    line end after each row; None is an empty cell.
    """
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue()


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """As `csv_text`, a row at a time, in UTF-8."""
    for row in chain([header], rows):
        yield csv_text([row]).encode()


def readable_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """As `csv_lines`, for people: no cell, and no part of one, runs as a formula."""
    return csv_lines(header, (tuple(map(neutral, row)) for row in rows))


def csv_rows(blocks: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """The rows of a CSV with a header that comes in blocks, by the names of its columns."""
    return csv.DictReader((line.decode() for line in raw_lines(blocks)), delimiter=";")


# --- HTML -----------------------------------------------------------------------------------------


def html_template(package: str, name: str, **filters: Callable[..., str]) -> "Template":
    """The page `name` of `package`.

    Values are escaped; a name that a page uses and nobody gives is an error.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - a tenth of a second on import, and few calls need it

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= filters
    return environment.from_string((resources.files(package) / name).read_text("utf-8"))
