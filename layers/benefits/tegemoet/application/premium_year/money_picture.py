"""The picture of where the money of a premium year is: one SVG, drawn from a reconciliation.

Four bars, one below another: what was decided, what the ledger has, what went to the bank, and what
came back. Each is as long as its share of what was decided, and every part has its amount beside
it, so that nothing is told by a colour alone. It is drawn for the width of a telephone. Its words
are data, `money_picture.toml`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from tegemoet.application.drawing import FAINT, INK, PAPER, SOFT, Drawing
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.domain.money import euro, from_cents
from tegemoet.schemes.texts import Texts, Wording, read_texts

WIDTH, MARGIN = 3_600, 120
"""Tenths of a pixel of the whole picture, and of what is left free beside it."""
HEAD, BAR, GAP, ROW = 360, 180, -50, 200
"""Heights of what is above a bar, of the bar, of what is below it, and of each line there."""
COLOURS = {
    "in-ledger": "#0f6b66",
    "not-written": "#b9bdbb",
    "in-files": "#0f6b66",
    "without-file": "#7cb8ac",
    "accepted": "#0f6b66",
    "pending": "#d9a441",
    "unanswered": "#7cb8ac",
    "rejected": "#a9556a",
    "returned": "#c98896",
    "withdrawn": "#8a6d9b",
    "unclear": "#b3261e",
    "paid-again": "#0f6b66",
    "not-yet": "#d9a441",
    "recovered": "#4f7fb0",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One bar: its name in the words, and its parts with their cents."""

    name: str
    parts: Sequence[tuple[str, int]]

    @property
    def cents(self) -> int:
        return sum(amount for _, amount in self.parts)


def stages(money: Money) -> Iterator[Stage]:
    """The bars of the picture, without those of which there is nothing."""
    back = money.rejected + money.returned + money.withdrawn
    for stage in (
        Stage("decided", (("in-ledger", money.in_ledger), ("not-written", money.not_written))),
        Stage("ledger", (("in-files", money.in_files), ("without-file", money.without_file))),
        Stage("bank", [(name, getattr(money, name)) for name in
                       ("accepted", "pending", "unanswered", "rejected", "returned", "withdrawn", "unclear")]),
        Stage("back", (("paid-again", min(money.paid_again, back)), ("not-yet", back - min(money.paid_again, back)))),
        Stage("repaid", (("recovered", money.recovered),)),
    ):  # fmt: skip
        if stage.cents:
            yield stage


def draw(year: int, money: Money, language: str) -> str:
    """The picture of a year, or of a run of it. Raises NotFoundError `language-unknown`."""
    wording = words().into(language)
    drawing = Drawing(WIDTH)
    told = [f"{wording.say('stage', 'nothing')}."]
    found = list(stages(money))
    if found:
        drawing.rect(0, 0, WIDTH, _height(found), PAPER)
        longest = max(stage.cents for stage in found)
        told = [_draw_stage(drawing, stage, longest, wording) for stage in found]
    drawing.y += MARGIN
    return drawing.finish(language, wording.say("title", "picture", year=str(year)), told, name="money")


def _height(found: Sequence[Stage]) -> int:
    shown = sum(1 for stage in found for _, amount in stage.parts if amount)
    return len(found) * (HEAD + BAR + GAP) + shown * ROW + MARGIN


def _draw_stage(drawing: Drawing, stage: Stage, longest: int, wording: Wording) -> str:
    """Draw a bar and what its parts are called. Returns the same in a sentence."""
    name = wording.say("stage", stage.name)
    left, right = MARGIN, WIDTH - MARGIN
    top = drawing.y + HEAD
    drawing.text(left, top - 60, name, size=130, font_weight="600")
    drawing.text(right, top - 60, _amount(stage.cents, wording), size=130, font_weight="600", text_anchor="end")
    drawing.rect(left, top, right - left, BAR, FAINT)
    start = 0
    for part, amount in stage.parts:
        if amount:
            end = start + amount
            x, until = (left + (right - left) * edge // longest for edge in (start, end))
            drawing.rect(x, top, until - x, BAR, COLOURS[part])
            start = end
    drawing.y = top + BAR + GAP
    sentences = []
    for part, amount in stage.parts:
        if amount:
            drawing.y += ROW
            said = wording.say("part", part)
            drawing.rect(left, drawing.y - 90, 100, 100, COLOURS[part])
            drawing.text(left + 170, drawing.y, said, SOFT, size=120)
            drawing.text(right, drawing.y, _amount(amount, wording), INK, size=120, text_anchor="end")
            sentences.append(f"{said}: {_amount(amount, wording)}")
    return f"{name}: {_amount(stage.cents, wording)} ({'; '.join(sentences)})."


def _amount(amount: int, wording: Wording) -> str:
    return f"{wording.number(euro(from_cents(amount)))} EUR"


@cache
def words() -> Texts:
    """The words of the picture."""
    file = resources.files("tegemoet.application.premium_year") / "money_picture.toml"
    return read_texts(file.read_text("utf-8"), "money_picture.toml")
