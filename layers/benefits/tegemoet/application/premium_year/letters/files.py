"""The letters of a run as files per language, with an index for mail merge.

A file holds so many letters that a browser can show and print it. Each letter begins a page, and
its reference is its anchor. The same run gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from tegemoet.application.decisions.letter.layout import reference_of
from tegemoet.application.decisions.letter.particulars import LetterRefusedError
from tegemoet.application.files import readable_lines
from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.letters.of_run import RunLetters
from tegemoet.application.premium_year.letters.record import Letter
from tegemoet.application.premium_year.letters.write import Letterhead
from tegemoet.application.premium_year.report import publish_once
from tegemoet.schemes.notation import languages

INDEX = "letters.csv"
INDEX_COLUMNS = ("riziv_number", "language", "file", "reference", "kind", "amount", "holder")
PER_FILE = 500
"""Letters in a file: less than 2 MB, which a browser opens and prints."""


def write_letters(letters: RunLetters, shards: int, output: Objects) -> list[str]:
    """Write the letters and their index beside the other outputs of the run, each file once.

    Returns the names of the files. A body that lacks particulars has none.
    """
    try:
        heads = [Letterhead.of(letters.body, language) for language in languages()]
    except LetterRefusedError:
        return []
    names = [INDEX]

    def rows() -> Iterator[tuple[str, ...]]:
        for head in heads:
            of_language = (
                letter for shard in range(shards) for letter in letters.of_shard(shard, head.wording.language)
            )
            for number, first in enumerate(of_language, 1):
                names.append(f"letters-{head.wording.language}-{number:04}.html")
                held = list(chain([first], islice(of_language, PER_FILE - 1)))
                publish_once(output, output_prefix(letters.run) + names[-1], _page(head, letters.run.year, held))
                yield from (_row(letter, names[-1]) for letter in held)

    publish_once(output, output_prefix(letters.run) + INDEX, readable_lines(INDEX_COLUMNS, rows()))
    return names


def _page(head: Letterhead, year: int, letters: Iterable[Letter]) -> Iterator[bytes]:
    before, after = head.ends(year)
    yield before.encode()
    yield from (head.letter(letter).encode() for letter in letters)
    yield after.encode()


def _row(letter: Letter, file: str) -> tuple[str, ...]:
    reference, amount = reference_of(letter.decision), letter.amount or ""
    return letter.riziv_number, letter.language, file, reference, letter.kind, amount, letter.holder or ""
