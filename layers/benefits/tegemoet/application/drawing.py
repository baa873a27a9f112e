"""Writing an SVG: rectangles, lines and texts.

Coordinates are whole tenths of a pixel, so that the same picture always has the same bytes.

Every value is escaped here. A drawing has no script, no style sheet and no reference to anything
outside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

INK, SOFT, FAINT, PAPER = "#1d2426", "#5e696c", "#d9d6cf", "#ffffff"
TEXT = 110
"""Height of the letters."""
ROW = 150
"""Height of a row of them."""
GAP = 40
"""The least that is left between two texts."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


class Drawing:
    """A picture that grows downwards: `y` is where the next part of it begins."""

    def __init__(self, width: int) -> None:
        self.width, self.y = width, 0
        self._under: list[str] = []
        self._parts: list[str] = []

    def rect(self, x: int, y: int, width: int, height: int, fill: str, **more: str | int) -> None:
        self._add("rect", "", x=x, y=y, width=max(width, 1), height=height, fill=fill, **more)

    def guide(self, x: int, top: int, bottom: int) -> None:
        """A faint upright line below everything else."""
        self._under.append(f'<path d="M{x} {top}V{bottom}" stroke="{FAINT}" stroke-width="10"/>\n')

    def line(self, x1: int, y1: int, x2: int, y2: int, stroke: str = SOFT, stroke_width: int = 8, **more: str) -> None:
        self._add("line", "", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=stroke_width, **more)

    def diamond(self, x: int, y: int, size: int, fill: str = INK) -> None:
        self._add("path", "", d=f"M{x} {y - size}L{x + size} {y}L{x} {y + size}L{x - size} {y}Z", fill=fill)

    def text(self, x: int, y: int, text: str, fill: str = INK, size: int = TEXT, **more: str) -> None:
        """Write `text` on the line `y`; `text_anchor` says which end of it is at `x`."""
        self._add("text", escape(text), x=x, y=y, fill=fill, font_size=size, **more)

    def finish(
        self, language: str, title: str, description: Sequence[str], definitions: str = "", name: str = "timeline"
    ) -> str:
        """The SVG, as wide as its container; `description` describes the picture in sentences.

        `name` begins the ids in it, which no other part of a page may have.
        """
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.y}" width="100%" role="img"'
            f' lang={quoteattr(language)} aria-labelledby="{name}-title {name}-description"'
            f' font-family="{FONT}">\n'
            f'<title id="{name}-title">{escape(title)}</title>\n'
            f'<desc id="{name}-description">{escape(" ".join(description))}</desc>\n'
            f"{definitions}" + "".join(self._under + self._parts) + "</svg>\n"
        )

    def _add(self, tag: str, content: str, **attributes: str | int) -> None:
        written = "".join(f" {name.replace('_', '-')}={quoteattr(str(value))}" for name, value in attributes.items())
        self._parts.append(f"<{tag}{written}>{content}</{tag}>\n" if content else f"<{tag}{written}/>\n")


def width_of(text: str, size: int = TEXT) -> int:
    """About how wide `text` is: there is no font to
    ask, so letters count as those of a wide one.
    """
    return len(text) * size * 58 // 100


@dataclass(frozen=True, slots=True)
class Label:
    """A text about the place `anchor`, written from `x` in a row (0 is nearest).

    `pointed` says whether a line leads from the text to the place.
    """

    text: str
    anchor: int
    x: int
    row: int
    pointed: bool

    @property
    def end(self) -> int:
        return self.x + width_of(self.text)


def place(wanted: Iterable[tuple[int, int, str]], left: int, right: int) -> list[Label]:
    """Labels for (begin, end, text), each as near as possible to what it names.

    No text overlaps another and, if possible, no line crosses one. A text that is no wider than
    what it names is centred on it; any other begins there, and a line leads to it.
    """
    placed: list[Label] = []
    for begin, end, text in sorted(wanted, reverse=True):
        width, middle = width_of(text), (begin + end) // 2
        pointed = width > end - begin
        x = max(left, min(middle - 25 if pointed else middle - width // 2, right - width))
        tried = [Label(text, middle, x, row, pointed) for row in range(rows_of(placed) + 1)]
        clear = [label for label in tried if not any(_overlap(label, other) for other in placed)]
        uncrossed = (label for label in clear if not any(_cross(label, other) for other in placed))
        placed.append(next(uncrossed, clear[0]))
    return placed[::-1]


def _overlap(one: Label, other: Label) -> bool:
    return one.row == other.row and one.x < other.end + GAP and other.x < one.end + GAP


def _cross(one: Label, other: Label) -> bool:
    """Whether the line of the farther one runs through the text of the nearer one."""
    near, far = sorted((one, other), key=lambda label: label.row)
    return near.row < far.row and far.pointed and near.x - GAP // 2 < far.anchor < near.end


def rows_of(labels: Iterable[Label]) -> int:
    """How many rows the labels take."""
    return max((label.row + 1 for label in labels), default=0)
