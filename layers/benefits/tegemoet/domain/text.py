"""Free text: what a reader cannot see in it."""

import unicodedata

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
"""Letters, marks and symbols without a shape, which Unicode does not count as format characters."""


def is_visible(text: str) -> bool:
    """Whether a reader sees every character of `text`, in the order in which it is stored.

    Control characters (line breaks too), characters that turn the direction of writing, of zero
    width, private or unassigned are not visible. A space is.
    """
    if text.isascii():
        return text.isprintable()
    return all(
        (character.isprintable() and character not in INVISIBLE) or unicodedata.category(character) == "Zs"
        for character in text
    )


def plain(text: str) -> str:
    """`text` in one spelling: composed (NFC), with ordinary spaces, and none at its ends."""
    if text.isascii():
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in composed).strip(" ")
