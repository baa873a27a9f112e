"""Reading the project's Markdown pages: links,
anchors, inline code, commands and lines of prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^\s*(```|~~~)")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)")
_DEFINITION = re.compile(r"^\[[^\]]+\]:\s+(\S+)$")
_LINK_ONLY = re.compile(r"^\s*(?:[*-]\s+)?!?\[[^\]]*\]\([^)]*\)[.,;:]?\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its number (from 1), its text, and whether it lies in a fenced block."""

    number: int
    text: str
    fenced: bool

    @property
    def is_table(self) -> bool:
        return not self.fenced and self.text.lstrip().startswith("|")

    @property
    def is_prose(self) -> bool:
        """Whether the line can be wrapped: no fenced code, no table
        row, no line that is one link or one heading.
        """
        link = _LINK_ONLY.match(self.text) or _DEFINITION.match(self.text)
        return not (self.fenced or self.is_table or link or _HEADING.match(self.text))


def pages() -> list[Path]:
    """Every page of the project that people read, in order."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def lines(page: Path) -> Iterator[Line]:
    fenced = False
    for number, text in enumerate(page.read_text("utf-8").splitlines(), 1):
        edge = bool(_FENCE.match(text))
        yield Line(number, text, fenced or edge)
        fenced ^= edge


def links(page: Path) -> Iterator[tuple[int, str]]:
    """The target of every link outside of code, with its line."""
    for line in lines(page):
        if not line.fenced:
            for found in _LINK.finditer(_CODE.sub("", line.text)):
                yield line.number, found[1]
            if definition := _DEFINITION.match(line.text):
                yield line.number, definition[1]


def inline_code(page: Path) -> Iterator[tuple[int, str]]:
    """Every text in backticks, with its line."""
    for line in lines(page):
        if not line.fenced:
            for found in _CODE.finditer(line.text):
                yield line.number, found[1]


def table_code(page: Path) -> Iterator[tuple[int, str]]:
    """Every text in backticks in a row of a table, with its line."""
    for line in lines(page):
        if line.is_table:
            for found in _CODE.finditer(line.text):
                yield line.number, found[1]


def commands(page: Path) -> Iterator[tuple[int, str]]:
    """What a reader may type: texts in backticks and lines of fenced blocks, with the line."""
    yield from inline_code(page)
    for line in lines(page):
        if line.fenced:
            yield line.number, line.text


def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    found: set[str] = set()
    for line in lines(page):
        heading = None if line.fenced else _HEADING.match(line.text)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower().replace("`", "")
            found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found
