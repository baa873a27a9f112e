"""What every letter shares: its form on paper and screen, and the reference that a reader can say.

A letter prints on A4. On a narrow screen no line is wider than the screen: rows of a table stand as
lines with the names of their columns, and the picture, too small to be read, is left out.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tegemoet.application.files import html_template
from tegemoet.schemes.texts import Texts, Wording, read_texts

if TYPE_CHECKING:
    from jinja2 import Template

_PACKAGE = "tegemoet.application.decisions.letter"
_LETTERS = "\N{NULL}"
"""Stands for the letters in their page: no text has it."""
_DIGITS = 10
_HEX_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@cache
def words() -> Texts:
    """The words of letters."""
    file = resources.files(_PACKAGE) / "letter.toml"
    return read_texts(file.read_text("utf-8"), "letter.toml")


def page(language: str, title: str) -> tuple[str, str]:
    """What stands before and after the letters in their page."""
    before, _, after = (
        _template("page.html")
        .render(language=language, title=title, style=style(), letters=_LETTERS)
        .partition(_LETTERS)
    )
    return before, after


@cache
def style() -> str:
    """The style sheet of every letter."""
    return (resources.files(_PACKAGE) / "letter.css").read_text("utf-8")


def appeal(stated: Mapping[str, Sequence[str]], wording: Wording) -> str:
    """The particulars of appeal of a body, as `particulars` returns them, in HTML."""
    return _template("appeal.html").render(body=stated, say=wording.say)


@cache
def _template(name: str) -> "Template":
    return html_template(_PACKAGE, name)


def reference_of(decision_id: str) -> str:
    """The reference of a decision, short enough for the telephone: ten hexadecimal digits.

    They are those with which the id begins. The id of a decision of a run names run and person; its
    reference is the beginning of the SHA-256 of that id, which its list of letters has.
    """
    digits = decision_id if _HEX_ID.fullmatch(decision_id) else hashlib.sha256(decision_id.encode()).hexdigest()
    return digits[:_DIGITS]


def spoken(reference: str) -> str:
    """The reference as it is printed: two groups of five, which stay on one line."""
    return f"{reference[:5]} {reference[5:]}"
