"""Why a row is rejected: stable codes, and a sentence for each, which is data (`reasons.toml`)."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from tegemoet.schemes.languages import DEFAULT_LANGUAGES
from tegemoet.schemes.texts import read_texts

LONGEST_HOLDER = 140
"""Characters of an account holder's name: the length of a name in ISO 20022.

It also keeps a fact below 1 kB, one write unit.
"""


@cache
def reasons(language: str = DEFAULT_LANGUAGES.batches) -> Mapping[str, str]:
    """One sentence per code of a rejected row or a warning.

    Raises NotFoundError `language-unknown` for a language without texts.
    """
    file = resources.files("tegemoet.application.intake.kinds") / "reasons.toml"
    wording = read_texts(file.read_text("utf-8"), "reasons.toml").into(language)
    return {code: wording.say("reason", code, longest=LONGEST_HOLDER) for _, code in wording.texts.sentences}


def reason_of(code: str, language: str = DEFAULT_LANGUAGES.batches) -> str:
    """The sentence for a code.

    For a code of a case's own fields, which has no sentence, the code in words.
    """
    return reasons(language).get(code) or f"{code.replace('-', ' ').capitalize()}."


class RowRejectedError(Exception):
    """One row is rejected; the file continues.

    `column` = the column at fault (empty = the whole row), `code` = a stable code.
    """

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
