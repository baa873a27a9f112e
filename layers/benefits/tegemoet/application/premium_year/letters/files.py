"""The letters of a run as files per language, with an index for mail merge.

A file holds so many letters that a browser can show and print it. Each letter begins a page, and
its reference is its anchor. The same run gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

import orjson

from tegemoet.application.decisions.letter.layout import reference_of
from tegemoet.application.decisions.letter.particulars import LetterRefusedError
from tegemoet.application.files import json_lines, readable_lines
from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.letters.of_run import RunLetters
from tegemoet.application.premium_year.letters.record import Letter
from tegemoet.application.premium_year.letters.write import Letterhead
from tegemoet.application.premium_year.report import publish_once
from tegemoet.application.records import RunReference
from tegemoet.schemes.notation import languages

INDEX = "letters.csv"
INDEX_COLUMNS = ("riziv_number", "language", "file", "reference", "kind", "amount", "holder")
PER_FILE = 2_000
"""Letters in a file: less than 8 MB, which a browser opens and prints."""


def write_letters(letters: RunLetters, shards: int, output: Objects) -> list[str]:
    """Write the letters and their index beside the other outputs of the run, each file once.

    What the run keeps is read once for all languages. Returns the names of the files. A body that
    lacks particulars has none.
    """
    try:
        heads = [Letterhead.of(letters.body, language) for language in languages()]
    except LetterRefusedError:
        return []
    with ExitStack() as scratch:
        parts = {
            head.wording.language: _OfLanguage(head, letters.run, output, scratch.enter_context(TemporaryFile()))
            for head in heads
        }
        for shard in range(shards):
            for letter in letters.of_shard(shard):
                parts[letter.language].add(letter)
        for part in parts.values():
            part.end_file()
        rows = (row for part in parts.values() for row in part.rows())
        publish_once(output, output_prefix(letters.run) + INDEX, readable_lines(INDEX_COLUMNS, rows))
    return [INDEX, *(name for part in parts.values() for name in part.names)]


@dataclass(slots=True)
class _OfLanguage:
    """The letters of one language, which go into a file as soon as they fill one.

    `index` = a file on the local disk with their rows of the index, so that memory stays flat.
    """

    head: Letterhead
    run: RunReference
    output: Objects
    index: IO[bytes]
    names: list[str] = field(default_factory=list)
    held: list[Letter] = field(default_factory=list)

    def add(self, letter: Letter) -> None:
        self.held.append(letter)
        if len(self.held) == PER_FILE:
            self.end_file()

    def end_file(self) -> None:
        """Write the letters that are held, if there are any."""
        if not self.held:
            return
        name = f"letters-{self.head.wording.language}-{len(self.names) + 1:04}.html"
        publish_once(self.output, output_prefix(self.run) + name, _page(self.head, self.run.year, self.held))
        self.index.writelines(json_lines(_row(letter, name) for letter in self.held))
        self.names.append(name)
        self.held.clear()

    def rows(self) -> Iterator[list[str]]:
        """The rows of the index, once every file is written."""
        self.index.seek(0)
        return map(orjson.loads, self.index)


def _page(head: Letterhead, year: int, letters: Iterable[Letter]) -> Iterator[bytes]:
    before, after = head.ends(year)
    yield before.encode()
    yield from (head.letter(letter).encode() for letter in letters)
    yield after.encode()


def _row(letter: Letter, file: str) -> tuple[str, ...]:
    reference, amount = reference_of(letter.decision), letter.amount or ""
    return letter.riziv_number, letter.language, file, reference, letter.kind, amount, letter.holder or ""
