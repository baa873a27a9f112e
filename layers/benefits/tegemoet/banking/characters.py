"""The characters that every bank of SEPA takes, and what becomes of others.

Sources: European Payments Council, EPC132-08, implementation guidelines of the SEPA credit transfer
(character set, identifiers), and EPC217-08 (conversion table, in `characters.toml`).
"""

import re
import string
import tomllib
import unicodedata
from functools import cache
from importlib import resources

_CHARACTERS = f"{string.ascii_letters}{string.digits}/-?:().,'+ "
_TAKEN = re.compile(f"[{re.escape(_CHARACTERS)}]*")
_OTHER = "."
IDENTIFIER_LENGTH = 35
"""The maximum number of characters of an identifier of a message, of a payment, or end to end."""


class _Becomes(dict[int, str]):
    """What each character becomes; one that nobody listed becomes a full stop."""

    def __missing__(self, character: int) -> str:
        return _OTHER


@cache
def _table() -> _Becomes:
    listed = tomllib.loads((resources.files("tegemoet.banking") / "characters.toml").read_text("utf-8"))["becomes"]
    table = _Becomes({ord(character): character for character in _CHARACTERS})
    table.update((ord(character), text) for text, characters in listed.items() for character in characters)
    return table


def converted(text: str) -> str:
    """`text` in the characters that every bank takes: `A-Z a-z 0-9 / - ? : ( ) . , ' +` and space.

    A character of the conversion table becomes what the table says: one character, or two or three
    for some Greek and Cyrillic letters. Any other becomes a full stop. None of the characters that
    remain has a meaning in XML.
    """
    if is_taken(text):
        return text
    return unicodedata.normalize("NFC", text).translate(_table())


def is_taken(text: str) -> bool:
    """Whether every character of `text` is one that every bank takes."""
    return _TAKEN.fullmatch(text) is not None


def says_nothing(text: str) -> bool:
    """Whether no letter and no digit is left of `text` once it is converted."""
    return not any(map(str.isalnum, converted(text)))


def is_identifier(text: str) -> bool:
    """Whether `text` can identify a message, a payment or a transfer.

    It has 1 to 35 characters that every bank takes and no space at its ends. It neither begins nor
    ends with `/` and does not contain `//`.
    """
    return 1 <= len(text) <= IDENTIFIER_LENGTH and is_taken(text) and text == text.strip(" /") and "//" not in text
