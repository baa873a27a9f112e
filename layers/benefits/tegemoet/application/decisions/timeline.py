"""The picture of a decision: its periods, births, paid and unpaid days, amounts per day and payments per month, in one SVG.

It is drawn to scale from the decision alone. Nothing is told by colour alone: periods carry numbers, paid days are full bars, Sundays
low hollow ones, days without pay are hatched and named.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tegemoet.application.decisions.drawing import FAINT, INK, PAPER, ROW, SOFT, TEXT, Drawing, place, rows_of, width_of
from tegemoet.domain.calendar import ONE_DAY, read_day
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import Texts, read_texts, write_number

WIDTH, LEFT, RIGHT = 7200, 60, 7140
"""Tenths of a pixel."""
HATCH = (
    '<defs><pattern id="timeline-unpaid" width="60" height="60" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="60" height="60" fill="{PAPER}"/><rect width="22" height="60" fill="{INK}"/></pattern></defs>\n'
)
SIX_DAY_WEEK = frozenset({"benefit", "work-removal", "supplement", "employee-benefit", "employee-supplement"})
"""Daily amounts of six days a week: a Sunday has none."""
UNPAID = "not-paid-"
MOST_ROWS = 4
"""Rows of amounts below the days; beyond that nobody reads them, and the list of amounts has them all."""
NOT_GROSS = ("withholding-tax", "net-payment")
PAID_FILL = "#0f6b66"
SEPARATE = "separate-leave"
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
"""Fill and ink per kind of period; the window in which separate days are taken is an empty frame."""
OTHER = ("#a8d2ca", INK)


@dataclass(frozen=True, slots=True)
class Scale:
    """Days as places on the page: `first` begins at the left edge, `last` ends at the right edge."""

    first: date
    last: date

    def start(self, day: str) -> int:
        """Where the day begins."""
        return self._place(read_day(day))

    def end(self, day: str) -> int:
        """Where the day ends: where the next one begins."""
        return self._place(read_day(day) + ONE_DAY)

    def _place(self, day: date) -> int:
        return LEFT + (day - self.first).days * (RIGHT - LEFT) // ((self.last - self.first).days + 1)

    def months(self) -> Iterator[tuple[str, int, int]]:
        """Every calendar month (YYYY-MM) and where it begins and ends."""
        day = self.first
        while day <= self.last:
            following = (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)
            yield f"{day:%Y-%m}", self._place(day), self._place(min(following, self.last + ONE_DAY))
            day = following

    def sundays(self, first: str, last: str) -> Iterator[str]:
        """Every Sunday from the day `first` to the day `last`."""
        day = read_day(first)
        day += (6 - day.weekday()) * ONE_DAY
        while day <= read_day(last):
            yield day.isoformat()
            day += 7 * ONE_DAY


@cache
def words() -> Texts:
    """The words of the picture; their languages are those it can be drawn in."""
    file = resources.files("tegemoet.application.decisions") / "timeline.toml"
    return read_texts(file.read_text("utf-8"), "timeline.toml")


def kind_name(kind: str, scheme: Scheme, language: str) -> str:
    """What a kind of period or amount is called: in the words of the picture, else of the scheme, else as it is written."""
    for texts in (words(), scheme.texts):
        if kind in texts.words and language in texts.words[kind]:
            return texts.words[kind][language]
    return kind.replace("-", " ")


def month_name(month: str, language: str) -> str:
    """`2020-07` in words."""
    return f"{words().words[f'month-{month[5:7]}'][language]} {month[:4]}"


def fact(decision: Mapping[str, Any], rule: str, name: str) -> Any:
    """The fact `name` that the finding of `rule` looked at; None where there is none."""
    return next((f["facts"][name] for f in decision["explanation"] if f["rule"] == rule and name in f["facts"]), None)


def draw(decision: Mapping[str, Any], scheme: Scheme, language: str, *, alone: bool = True) -> str:
    """The SVG of a decision (as it is stored) in `language`; `alone` = with a heading and a key of its periods.

    Raises NotFound `language-unknown`.
    """
    words().require(language)
    return _Timeline(decision, scheme, language).draw(alone)


class _Timeline:
    def __init__(self, decision: Mapping[str, Any], scheme: Scheme, language: str) -> None:
        self.decision, self.scheme, self.language = decision, scheme, language
        dated = [a for a in decision["amounts"] if a["from"] and a["until"]]
        self.spans: Sequence[Mapping[str, Any]] = decision["periods"]
        self.daily = [a for a in dated if a["unit"] == "day"]
        self.monthly = [a for a in dated if a["unit"] == "month" and not a["kind"].endswith(NOT_GROSS)]
        births = Counter(fact(decision, "delivery", "births") or ())
        died = fact(decision, "mother-death", "died")
        self.marks = [(day, "birth", count) for day, count in births.items()] + ([(died, "death", 1)] if died else [])
        self.drawing = Drawing(WIDTH)

    def draw(self, alone: bool) -> str:
        drawing = self.drawing
        title = self._say("title", "picture", scheme=self.scheme.title[self.language])
        shown = [*self.spans, *self.daily, *self.monthly]
        if alone:
            drawing.y += 190
            size = min(150, (RIGHT - LEFT) * TEXT // max(width_of(title), 1) * 9 // 10)  # a tenth for heavy letters
            drawing.text(LEFT, drawing.y, title, size=size, font_weight="600")
        if not shown:
            drawing.y += 230
            empty = self._say("empty", "picture")
            drawing.text(LEFT, drawing.y, empty, SOFT)
            drawing.y += 100
            return drawing.finish(self.language, title, [empty])
        days = [read_day(x[end]) for x in shown for end in ("from", "until")]
        days += [read_day(day) for day, _, _ in self.marks]
        self.scale = Scale(min(days), max(days))
        if alone:
            drawing.y += 190
            ends = {"from": self.scale.first.isoformat(), "until": self.scale.last.isoformat()}
            drawing.text(LEFT, drawing.y, self._say("range", "picture", **ends), SOFT)
            drawing.y += 60
        top = self._births()
        self._axis()
        bars = [bar for bar in (self._periods(), self._days()) if bar]
        self._cross(top, bars)
        self._months()
        if alone:
            self._key()
        if self.daily:
            self._signs()
        drawing.y += 40
        return drawing.finish(self.language, title, list(self._described()), HATCH)

    def _births(self) -> int:
        """Births, and a death, each above its day; gives where the lines down from them begin."""
        wanted = [(self.scale.start(mark[0]), self.scale.start(mark[0]), self._mark(*mark)) for mark in self.marks]
        labels = place(wanted, LEFT, RIGHT)
        self.drawing.y += 60 + rows_of(labels) * ROW
        for label in labels:
            self.drawing.text(label.x, self.drawing.y - label.row * ROW, label.text, font_weight="600")
        return self.drawing.y + 25

    def _mark(self, day: str, what: str, count: int) -> str:
        return self._say(what, "mark", day=day) + (f" ({count})" if count > 1 else "")

    def _cross(self, top: int, bars: Sequence[tuple[int, int]]) -> None:
        """Each mark as a line from its label, strong where it crosses `bars` (top and bottom of each)."""
        for day, _, _ in self.marks:
            x = self.scale.start(day)
            self.drawing.guide(x, top, max((bottom for _, bottom in bars), default=top))
            self.drawing.diamond(x, top + 45, 42)
            for begin, end in bars:
                self.drawing.line(x, begin - 30, x, end + 30, PAPER, 44)
                self.drawing.line(x, begin - 30, x, end + 30, INK, 16)

    def _axis(self) -> None:
        drawing = self.drawing
        drawing.y += 60
        top = drawing.y
        for month, begin, end in self.scale.months():
            drawing.line(begin, top, begin, top + 190, FAINT)
            for text in (month_name(month, self.language), f"{month[5:]}/{month[:4]}", f"{month[5:]}/{month[2:4]}"):
                if width_of(text) + 60 <= end - begin:
                    drawing.text(begin + 40, top + 140, text, SOFT)
                    break
        drawing.line(LEFT, top + 190, RIGHT, top + 190, FAINT)
        drawing.y += 190

    def _heading(self, text: str) -> None:
        self.drawing.y += ROW + 30
        self.drawing.text(LEFT, self.drawing.y, text, SOFT, 100)

    def _periods(self) -> tuple[int, int] | None:
        """Numbered bars; a bar too narrow for its number has it above. Gives their top and bottom."""
        drawing, height = self.drawing, 270
        if not self.spans:
            return None
        self._heading(self._say("periods", "lane"))
        places = [(n, s, self.scale.start(s["from"]), self.scale.end(s["until"])) for n, s in enumerate(self.spans, 1)]
        above = place([(b, e, str(n)) for n, _, b, e in places if e - b < width_of(str(n)) + 40], LEFT, RIGHT)
        top = drawing.y + 60 + rows_of(above) * ROW
        for label in above:
            line = top - 45 - label.row * ROW
            drawing.line(label.anchor, line + 10, label.anchor, top)
            drawing.text(label.x, line, label.text, font_weight="600")
        for number, span, begin, end in places:
            fill, ink = FILLS.get(span["kind"], OTHER)
            if span["kind"] == SEPARATE:
                drawing.rect(
                    begin + 8,
                    top + 8,
                    end - begin - 16,
                    height - 16,
                    fill,
                    stroke=SOFT,
                    stroke_width=16,
                    stroke_dasharray="60 40",
                )
            else:
                drawing.rect(begin, top, end - begin, height, fill, stroke=PAPER, stroke_width=10)
            days = self._say("days", "count", days=span["days"])
            name = self._name(span["kind"])
            for text in (f"{number} · {name}, {days}", f"{number} · {days}", str(number)):
                if width_of(text) + 40 <= end - begin:
                    drawing.text(
                        (begin + end) // 2, top + height // 2 + 40, text, ink, text_anchor="middle", font_weight="600"
                    )
                    break
        drawing.y = top + height + 60
        return top, top + height

    def _days(self) -> tuple[int, int] | None:
        """What each day is paid: full bars for paid days, hatched ones for unpaid days, low hollow ones for Sundays. As `_periods`."""
        drawing, height = self.drawing, 200
        if not self.daily:
            return None
        self._heading(self._say("days", "lane"))
        top = drawing.y + 60
        wanted = []
        for amount in self.daily:
            begin, end = self.scale.start(amount["from"]), self.scale.end(amount["until"])
            unpaid = amount["kind"].startswith(UNPAID)
            fill = "url(#timeline-unpaid)" if unpaid else PAID_FILL
            drawing.rect(begin, top, end - begin, height, fill, stroke=PAPER, stroke_width=10)
            wanted.append((begin, end, self._name(amount["kind"]) if unpaid else self._number(amount["amount"])))
        for sunday in self._sundays():
            begin, end = self.scale.start(sunday), self.scale.end(sunday)
            drawing.rect(begin, top, end - begin, height, PAPER)
            edge = min(12, max((end - begin) // 5, 1))
            drawing.rect(
                begin + edge, top + height - 70, end - begin - 2 * edge, 65, PAPER, stroke=SOFT, stroke_width=edge
            )
        self._labels(wanted, top + height)
        return top, top + height

    def _months(self) -> None:
        drawing, height = self.drawing, 250
        if not self.monthly:
            return
        self._heading(self._say("months", "lane"))
        top = drawing.y + 60
        narrow = []
        for amount in self.monthly:
            begin, end = self.scale.start(amount["from"]), self.scale.end(amount["until"])
            drawing.rect(begin + 8, top + 8, end - begin - 16, height - 16, PAPER, stroke=INK, stroke_width=10)
            text = self._number(amount["amount"])
            if width_of(text) + 60 <= end - begin:
                drawing.text((begin + end) // 2, top + height // 2 + 40, text, text_anchor="middle", font_weight="600")
            else:
                narrow.append((begin, end, text))
        self._labels(narrow, top + height)

    def _labels(self, wanted: Sequence[tuple[int, int, str]], bottom: int) -> None:
        """Texts below the bars that end at `bottom`. Where they would be too many, each text stands under the first of its bars alone."""
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

    def _sundays(self) -> Iterator[str]:
        """The Sundays of the days that are counted in weeks of six days."""
        found = {
            sunday
            for held in (*(s for s in self.spans if s["kind"] != SEPARATE), *self.daily)
            for sunday in self.scale.sundays(held["from"], held["until"])
        }
        if any(amount["kind"] in SIX_DAY_WEEK for amount in self.daily):
            yield from sorted(found)

    def _key(self) -> None:
        """The periods by their numbers, with their days."""
        drawing = self.drawing
        drawing.y += 80
        for number, span in enumerate(self.spans, 1):
            drawing.y += 175
            fill, ink = FILLS.get(span["kind"], OTHER)
            dash = {"stroke_dasharray": "30 20"} if span["kind"] == SEPARATE else {}
            drawing.rect(LEFT, drawing.y - 115, 240, 145, fill, stroke=SOFT if dash else fill, stroke_width=8, **dash)
            drawing.text(LEFT + 120, drawing.y, str(number), ink, text_anchor="middle", font_weight="600")
            drawing.text(LEFT + 330, drawing.y, self._name(span["kind"]))
            days = {"from": span["from"], "until": span["until"]}
            drawing.text(RIGHT - 700, drawing.y, self._say("days", "range", **days), text_anchor="end")
            drawing.text(RIGHT, drawing.y, self._say("days", "count", days=span["days"]), text_anchor="end")

    def _signs(self) -> None:
        """What the bars of the days mean."""
        drawing = self.drawing
        drawing.y += 210
        x, low, high = LEFT, drawing.y - 105, 130
        six = any(True for _ in self._sundays())
        unpaid = any(a["kind"].startswith(UNPAID) for a in self.daily)
        for sign, shown in (("paid", True), ("sunday", six), ("unpaid", unpaid)):
            if shown:
                if sign == "sunday":
                    drawing.rect(x + 6, low + high - 66, 90, 60, PAPER, stroke=SOFT, stroke_width=12)
                else:
                    drawing.rect(x, low, 110, high, PAID_FILL if sign == "paid" else "url(#timeline-unpaid)")
                text = self._say(sign, "legend")
                drawing.text(x + 180, drawing.y, text, SOFT)
                x += 180 + width_of(text) + 250

    def _described(self) -> Iterator[str]:
        """The picture in sentences, for who cannot see it."""
        for mark in self.marks:
            yield self._mark(*mark) + "."
        for span in self.spans:
            yield self._say("span", "description", **{**span, "kind": self._name(span["kind"])})
        for outcome, amounts in (("daily", self.daily), ("monthly", self.monthly)):
            for amount in amounts:
                yield self._say(outcome, "description", **{**amount, "kind": self._name(amount["kind"])})

    def _say(self, rule: str, outcome: str, **facts: Any) -> str:
        return words().render(rule, outcome, facts, self.language)

    def _name(self, kind: str) -> str:
        return kind_name(kind, self.scheme, self.language)

    def _number(self, amount: str) -> str:
        return write_number(amount, self.language)
