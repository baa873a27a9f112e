"""An invented language: the English texts in circled letters.

A text that is left in another language is therefore visible.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.tree import Tree

CODE = "xx"
LOCALE = "en_DK"
"""English months and lists, but 1.234,50 and not 1,234.50."""
CIRCLED = {ord(letter): chr(0x24D0 + n) for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")} | {
    ord(letter): chr(0x24B6 + n) for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
PLAIN = {ord(circled): chr(letter) for letter, circled in CIRCLED.items()}
LANGUAGES = "layers/benefits/tegemoet/schemes/languages.toml"
_FACT = re.compile(r"(\{[^}]*\})")
_VALUE = {
    name: re.compile(rf"""^{name} = (?P<value>"(?:[^"\\]|\\.)*"|\[.*?\])$""", re.MULTILINE | re.DOTALL)
    for name in ("en", "title", "changes")
}
_PART = re.compile(r"^\[(?P<value>\".*\")\]$", re.MULTILINE)
"""The key of a part of a citation, which is English."""


def circled(text: str) -> str:
    """The text in the invented language; the facts that it names stay, their plurals do not."""
    return "".join(_fact(part) if _FACT.fullmatch(part) else part.translate(CIRCLED) for part in _FACT.split(text))


def _fact(part: str) -> str:
    name, colon, form = part.partition(":")
    return name + colon + (form.translate(CIRCLED) if "|" in form else form)


def plain(text: str) -> str:
    """The English text that the text of the invented language was made from."""
    return text.translate(PLAIN)


def text_files(tree: Tree) -> Iterable[str]:
    """Every file of texts that add-a-language.md lists."""
    package = tree.root / "layers" / "benefits" / "tegemoet"
    paths = [
        path for path in package.rglob("*.toml") if path.parent.name != "parameters" and path.name != "languages.toml"
    ]
    paths.append(tree.root / "local" / "tools" / "skeleton" / "scheme" / "texts.toml.txt")
    return sorted(str(path.relative_to(tree.root)) for path in paths)


def add(tree: Tree) -> None:
    """Add the language to a tree by data alone: its
    notation, and a line beside every English text.
    """
    tree.write(
        LANGUAGES,
        tree.read(LANGUAGES) + f'\n[{CODE}]\nlocale = "{LOCALE}"\nday = "y.MM.dd"\n',
    )
    for path in text_files(tree):
        text = tree.read(path)
        if Path(path).name == "citations.toml":
            text = _PART.sub(_with_its_key, text)
        elif Path(path).parent.name == "legislation":  # of an act the English texts are `title` and `changes`
            text = _VALUE["changes"].sub(_with_line, _VALUE["title"].sub(_with_line, text))
        else:
            text = _VALUE["en"].sub(_with_line, text)
        tree.write(path, text)


def _with_line(found: re.Match[str]) -> str:
    """A text and, after it, the same text in the invented language."""
    value: Any = tomllib.loads(f"value = {found['value']}")["value"]
    written = [circled(part) for part in value] if isinstance(value, list) else circled(value)
    name = f"changes_{CODE}" if found[0].startswith("changes") else CODE
    return f"{found[0]}\n{name} = {json.dumps(written, ensure_ascii=False)}"


def _with_its_key(found: re.Match[str]) -> str:
    return f"{found[0]}\n{CODE} = {json.dumps(circled(json.loads(found['value'])), ensure_ascii=False)}"
