"""The picture of a decision in one SVG.

It shows periods, births, paid and unpaid days, amounts per day and payments per month. It is drawn
to scale from the decision alone. Nothing depends on colour alone: periods carry numbers, paid days
are full bars, Sundays low hollow ones, days without pay are hatched and named.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tegemoet.application.decisions.timeline.content import SEPARATE, AmountBar, Content, Mark, content_of
from tegemoet.application.decisions.timeline.scale import LEFT, RIGHT, WIDTH, Scale
from tegemoet.application.decisions.timeline.words import kind_name, words
from tegemoet.application.drawing import (
    FAINT,
    INK,
    PAPER,
    ROW,
    SOFT,
    TEXT,
    Drawing,
    place,
    rows_of,
    width_of,
)
from tegemoet.domain.calendar import read_day
from tegemoet.domain.decision import DecisionJson
from tegemoet.schemes.notation import write_number, write_period
from tegemoet.schemes.scheme import Scheme

HATCH = (
    '<defs><pattern id="timeline-unpaid" width="60" height="60" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)">'
    f'<rect width="60" height="60" fill="{PAPER}"/><rect width="22" height="60" fill="{INK}"/></pattern></defs>\n'
)
MOST_ROWS = 4
"""The most rows of amounts below the days; the list of amounts has them all."""
PAID_FILL, UNPAID_FILL = "#0f6b66", "url(#timeline-unpaid)"
FILLS: Mapping[str, tuple[str, str]] = {
    "work-removal": ("#6b7377", PAPER),
    "prenatal-converted": ("#dcebe8", INK),
    "prenatal-optional": ("#a8d2ca", INK),
    "prenatal-compulsory": ("#0f6b66", PAPER),
    "prenatal-late": ("#6db5aa", INK),
    "between-births": ("#f0cf8e", INK),
    "postnatal-compulsory": ("#1f4e79", PAPER),
    "extension-transfer": ("#9dbfe0", INK),
    "extension-partial-activity": ("#c7d8ea", INK),
    "extension-multiple": ("#c9b3dd", INK),
    "extension-hospital": ("#e3bccb", INK),
    SEPARATE: (PAPER, INK),
}
"""Fill and ink by kind of period; the window in which separate days are taken is an empty frame."""
OTHER = ("#a8d2ca", INK)
Edges = tuple[int, int]
"""Top and bottom of a lane of bars."""


def draw(decision: DecisionJson, scheme: Scheme, language: str, *, alone: bool = True) -> str:
    """The SVG of a decision in `language`; `alone` = with a heading and a key of its periods.

    Raises NotFoundError `language-unknown` for a language without texts.
    """
    words().require(language)
    return _Timeline(content_of(decision, scheme, language), scheme, language).draw(alone)


class _Timeline:
    """The drawing while it grows downwards, lane after lane."""

    def __init__(self, content: Content, scheme: Scheme, language: str) -> None:
        self.content, self.scheme, self.language = content, scheme, language
        self.drawing = Drawing(WIDTH)

    def draw(self, alone: bool) -> str:
        drawing, content = self.drawing, self.content
        title = self._say("title", "picture", scheme=content.title)
        if alone:
            drawing.y += 190
            size = min(150, (RIGHT - LEFT) * TEXT // max(width_of(title), 1) * 9 // 10)  # a tenth for heavy letters
            drawing.text(LEFT, drawing.y, title, size=size, font_weight="600")
        if not content.bars:
            return self._empty(title)
        days = [read_day(day) for bar in content.bars for day in (bar.first, bar.last)]
        days += [read_day(mark.day) for mark in content.marks]
        self.scale = Scale(min(days), max(days))
        if alone:
            drawing.y += 190
            ends = {"from": self.scale.first.isoformat(), "until": self.scale.last.isoformat()}
            drawing.text(LEFT, drawing.y, self._say("range", "picture", **ends), SOFT)
            drawing.y += 60
        top = self._marks()
        self._axis()
        lanes = [edges for edges in (self._periods(), self._days()) if edges]
        self._cross(top, lanes)
        self._months()
        if alone:
            self._key()
        if content.daily:
            self._signs()
        drawing.y += 40
        return drawing.finish(self.language, title, list(self._described()), HATCH)

    def _empty(self, title: str) -> str:
        """The picture of a decision with nothing to draw: a sentence that says so."""
        self.drawing.y += 230
        empty = self._say("empty", "picture")
        self.drawing.text(LEFT, self.drawing.y, empty, SOFT)
        self.drawing.y += 100
        return self.drawing.finish(self.language, title, [empty])

    def _marks(self) -> int:
        """The label of each mark above its day. Returns where the lines down from them begin."""
        starts = [(self.scale.start(mark.day), self._mark(mark)) for mark in self.content.marks]
        labels = place([(start, start, text) for start, text in starts], LEFT, RIGHT)
        self.drawing.y += 60 + rows_of(labels) * ROW
        for label in labels:
            self.drawing.text(label.x, self.drawing.y - label.row * ROW, label.text, font_weight="600")
        return self.drawing.y + 25

    def _mark(self, mark: Mark) -> str:
        return self._say(mark.kind, "mark", day=mark.day) + (f" ({mark.count})" if mark.count > 1 else "")

    def _cross(self, top: int, lanes: Sequence[Edges]) -> None:
        """Each mark as a line from its label, strong where it crosses a lane."""
        for mark in self.content.marks:
            x = self.scale.start(mark.day)
            self.drawing.guide(x, top, max((bottom for _, bottom in lanes), default=top))
            self.drawing.diamond(x, top + 45, 42)
            for begin, end in lanes:
                self.drawing.line(x, begin - 30, x, end + 30, PAPER, 44)
                self.drawing.line(x, begin - 30, x, end + 30, INK, 16)

    def _axis(self) -> None:
        """The calendar months, each as long a name as its place holds."""
        drawing = self.drawing
        drawing.y += 60
        top = drawing.y
        for month, begin, end in self.scale.months():
            drawing.line(begin, top, begin, top + 190, FAINT)
            for text in (write_period(month, self.language), f"{month[5:]}/{month[:4]}", f"{month[5:]}/{month[2:4]}"):
                if width_of(text) + 60 <= end - begin:
                    drawing.text(begin + 40, top + 140, text, SOFT)
                    break
        drawing.line(LEFT, top + 190, RIGHT, top + 190, FAINT)
        drawing.y += 190

    def _heading(self, text: str) -> None:
        self.drawing.y += ROW + 30
        self.drawing.text(LEFT, self.drawing.y, text, SOFT, 100)

    def _periods(self) -> Edges | None:
        """Numbered bars; a bar too narrow for its number has it above."""
        drawing, height = self.drawing, 270
        if not self.content.periods:
            return None
        self._heading(self._say("periods", "lane"))
        places = [
            (period, self.scale.start(period.first), self.scale.end(period.last)) for period in self.content.periods
        ]
        numbers = [(begin, end, str(period.number)) for period, begin, end in places]
        above = place([(b, e, text) for b, e, text in numbers if e - b < width_of(text) + 40], LEFT, RIGHT)
        top = drawing.y + 60 + rows_of(above) * ROW
        for label in above:
            line = top - 45 - label.row * ROW
            drawing.line(label.anchor, line + 10, label.anchor, top)
            drawing.text(label.x, line, label.text, font_weight="600")
        for period, begin, end in places:
            fill, ink = FILLS.get(period.kind, OTHER)
            if period.kind == SEPARATE:
                frame: dict[str, str | int] = {"stroke": SOFT, "stroke_width": 16, "stroke_dasharray": "60 40"}
                drawing.rect(begin + 8, top + 8, end - begin - 16, height - 16, fill, **frame)
            else:
                drawing.rect(begin, top, end - begin, height, fill, stroke=PAPER, stroke_width=10)
            days = self._say("days", "count", days=period.days)
            number = period.number
            for text in (f"{number} · {self._name(period.kind)}, {days}", f"{number} · {days}", str(number)):
                if width_of(text) + 40 <= end - begin:
                    middle = (begin + end) // 2
                    drawing.text(middle, top + height // 2 + 40, text, ink, text_anchor="middle", font_weight="600")
                    break
        drawing.y = top + height + 60
        return top, top + height

    def _days(self) -> Edges | None:
        """The days: full bars for paid ones, hatched for unpaid ones, low hollow for Sundays."""
        drawing, height = self.drawing, 200
        if not self.content.daily:
            return None
        self._heading(self._say("days", "lane"))
        top = drawing.y + 60
        wanted = []
        for amount in self.content.daily:
            begin, end = self.scale.start(amount.first), self.scale.end(amount.last)
            fill = PAID_FILL if amount.is_paid else UNPAID_FILL
            drawing.rect(begin, top, end - begin, height, fill, stroke=PAPER, stroke_width=10)
            wanted.append((begin, end, self._number(amount) if amount.is_paid else self._name(amount.kind)))
        for sunday in self.content.sundays():
            begin, end = self.scale.start(sunday), self.scale.end(sunday)
            drawing.rect(begin, top, end - begin, height, PAPER)
            edge = min(12, max((end - begin) // 5, 1))
            width = end - begin - 2 * edge
            drawing.rect(begin + edge, top + height - 70, width, 65, PAPER, stroke=SOFT, stroke_width=edge)
        self._labels(wanted, top + height)
        return top, top + height

    def _months(self) -> None:
        """The gross payments, each as wide as the days that it pays."""
        drawing, height = self.drawing, 250
        if not self.content.monthly:
            return
        self._heading(self._say("months", "lane"))
        top = drawing.y + 60
        narrow = []
        for amount in self.content.monthly:
            begin, end = self.scale.start(amount.first), self.scale.end(amount.last)
            drawing.rect(begin + 8, top + 8, end - begin - 16, height - 16, PAPER, stroke=INK, stroke_width=10)
            text = self._number(amount)
            if width_of(text) + 60 <= end - begin:
                drawing.text((begin + end) // 2, top + height // 2 + 40, text, text_anchor="middle", font_weight="600")
            else:
                narrow.append((begin, end, text))
        self._labels(narrow, top + height)

    def _labels(self, wanted: Sequence[tuple[int, int, str]], bottom: int) -> None:
        """Texts below the bars that end at `bottom`.

        If there are too many, each text is written once, below its first bar.
        """
        drawing, labels = self.drawing, place(wanted, LEFT, RIGHT)
        if rows_of(labels) > MOST_ROWS:
            first = {text: (begin, end, text) for begin, end, text in sorted(wanted, reverse=True)}
            labels = place(first.values(), LEFT, RIGHT)
        for label in labels:
            line = bottom + 140 + label.row * ROW
            if label.pointed:
                drawing.line(label.anchor, bottom + 10, label.anchor, line - TEXT + 5)
            drawing.text(label.x, line, label.text)
        drawing.y = bottom + rows_of(labels) * ROW + 60

    def _key(self) -> None:
        """The periods by their numbers, with their days."""
        drawing = self.drawing
        drawing.y += 80
        for period in self.content.periods:
            drawing.y += 175
            fill, ink = FILLS.get(period.kind, OTHER)
            dash = {"stroke_dasharray": "30 20"} if period.kind == SEPARATE else {}
            drawing.rect(LEFT, drawing.y - 115, 240, 145, fill, stroke=SOFT if dash else fill, stroke_width=8, **dash)
            drawing.text(LEFT + 120, drawing.y, str(period.number), ink, text_anchor="middle", font_weight="600")
            drawing.text(LEFT + 330, drawing.y, self._name(period.kind))
            days = self._say("days", "range", **{"from": period.first, "until": period.last})
            drawing.text(RIGHT - 700, drawing.y, days, text_anchor="end")
            drawing.text(RIGHT, drawing.y, self._say("days", "count", days=period.days), text_anchor="end")

    def _signs(self) -> None:
        """What the bars of the days mean."""
        drawing = self.drawing
        drawing.y += 210
        x, low, high = LEFT, drawing.y - 105, 130
        has_sundays = bool(self.content.sundays())
        has_unpaid = not all(amount.is_paid for amount in self.content.daily)
        for sign, shown in (("paid", True), ("sunday", has_sundays), ("unpaid", has_unpaid)):
            if shown:
                if sign == "sunday":
                    drawing.rect(x + 6, low + high - 66, 90, 60, PAPER, stroke=SOFT, stroke_width=12)
                else:
                    drawing.rect(x, low, 110, high, PAID_FILL if sign == "paid" else UNPAID_FILL)
                text = self._say(sign, "legend")
                drawing.text(x + 180, drawing.y, text, SOFT)
                x += 180 + width_of(text) + 250

    def _described(self) -> Iterator[str]:
        """The picture in sentences, for readers who cannot see it."""
        for mark in self.content.marks:
            yield self._mark(mark) + "."
        for period in self.content.periods:
            days = {"from": period.first, "until": period.last, "days": period.days}
            yield self._say("span", "description", kind=self._name(period.kind), **days)
        for outcome, amounts in (("daily", self.content.daily), ("monthly", self.content.monthly)):
            for amount in amounts:
                paid = {"from": amount.first, "until": amount.last, "amount": amount.amount}
                yield self._say(outcome, "description", kind=self._name(amount.kind), **paid)

    def _say(self, name: str, part: str, **facts: Any) -> str:
        return words().render(name, part, facts, self.language)

    def _name(self, kind: str) -> str:
        return kind_name(kind, self.scheme, self.language)

    def _number(self, amount: AmountBar) -> str:
        return write_number(amount.amount, self.language)
