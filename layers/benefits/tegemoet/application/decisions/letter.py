"""The letter that tells the insured person a decision: one self-contained HTML page that prints on A4.

It states the outcome, the amounts, the reasons with their articles and what is still to be handed in, and carries the particulars that
the charter of the socially insured asks (law of 11 April 1995, article 14). Those are data of the body that decides,
`bodies/<partner>.toml`. Without one of them the term of appeal would not begin to run, so that such a letter is refused.
"""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Template

from tegemoet.application.decisions.difference import difference
from tegemoet.application.decisions.timeline import draw, fact, kind_name, month_name
from tegemoet.application.files import html_template
from tegemoet.domain.problems import Conflict, Fault, NotFound
from tegemoet.schemes.legislation.register import register
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import Texts, read_texts, write_number

Json = dict[str, Any]
Body = Mapping[str, Mapping[str, Any]]
PARTICULARS = (
    "name",
    "address",
    "service",
    "contact",
    "explanations",
    "appeal",
    "courts",
    "term",
    "manner",
    "article-728",
    "article-1017",
)
"""What is asked of a body, each in the language of the letter: a text, or lines of text."""
GROSS, TAX, NET = "payment", "withholding-tax", "net-payment"
PREFIXES = ("", "work-removal-")
"""A rest and a work removal before it are paid apart, under the same three kinds."""


class LetterRefused(Conflict):
    """The letter lacks particulars of its body; `faults` names each, as `/particulars/<name>/<language>`."""

    code = "letter-particulars-missing"


@cache
def words() -> Texts:
    """The words of the letter; their languages are those it can be written in."""
    return read_texts(_folder().joinpath("letter.toml").read_text("utf-8"), "letter.toml")


@cache
def body_of(partner: str | None) -> Body:
    """The particulars of the body that is this partner; empty where there are none."""
    for file in _folder().joinpath("bodies").iterdir():
        if file.name == f"{partner}.toml":
            found: Body = tomllib.loads(file.read_text("utf-8"))
            return found
    return {}


def particulars(body: Body, language: str) -> dict[str, list[str]]:
    """The particulars of a body in `language`, as lines. Raises LetterRefused naming each that is missing."""
    found = {name: _lines(body.get(name, {}).get(language)) for name in PARTICULARS}
    missing = tuple(Fault(f"/particulars/{name}/{language}", "missing") for name, lines in found.items() if not lines)
    if missing:
        raise LetterRefused("The body that decides lacks particulars that a letter has to state.", faults=missing)
    return found


def write(
    decision: Mapping[str, Any],
    scheme: Scheme,
    body: Body,
    language: str,
    former: Mapping[str, Any] | None = None,
) -> str:
    """The letter on a rendered decision (`deciding.render` in the same language); `former` = the decision that it replaces.

    Raises NotFound `language-unknown`, and LetterRefused where `body` lacks particulars.
    """
    if language not in words().languages:
        raise NotFound("There are no letters in that language.", "language-unknown")
    stated = particulars(body, language)
    letter = _Letter(decision, scheme, language)
    return _template().render(
        language=language,
        say=letter.say,
        decision=decision,
        scheme=letter.title,
        body=stated,
        timeline=draw(decision, scheme, language, alone=False),
        payments=list(letter.payments()),
        amounts=list(letter.amounts()),
        periods=letter.periods(),
        missing=letter.missing(),
        reasons=letter.reasons(),
        acts=letter.acts(),
        difference=None if former is None else letter.difference(former),
    )


class _Letter:
    """What the letter shows of a decision, written in its language."""

    def __init__(self, decision: Mapping[str, Any], scheme: Scheme, language: str) -> None:
        self.decision, self.scheme, self.language = decision, scheme, language
        self.title = scheme.title[language]

    def say(self, rule: str, outcome: str, **facts: Any) -> str:
        return words().render(rule, outcome, facts, self.language)

    def payments(self) -> Iterator[Json]:
        """Gross, tax and net of each payment, with the day by which it is paid."""
        months, due = (fact(self.decision, "payment-calendar", name) or () for name in ("months", "due"))
        by = dict(zip(months, due, strict=True))
        held = {(a["kind"], a["from"]): a["amount"] for a in self.decision["amounts"] if a["unit"] == "month"}
        for prefix in PREFIXES:
            for amount in self.decision["amounts"]:
                kinds = [prefix + kind for kind in (GROSS, TAX, NET)]
                if amount["kind"] == kinds[0] and amount["unit"] == "month":
                    month = amount["from"][:7]
                    yield {
                        "what": self._name(prefix.rstrip("-") or "benefit"),
                        "month": month_name(month, self.language),
                        "first": int(amount["from"][8:]),
                        "last": int(amount["until"][8:]),
                        "sums": [self._euro(held.get((kind, amount["from"]))) for kind in kinds],
                        "due": self._day(by.get(month)) if not prefix else "–",
                    }

    def amounts(self) -> Iterator[Json]:
        """Every other amount: those per day, and what a scheme pays at once or by the quarter."""
        paid = {prefix + kind for prefix in PREFIXES for kind in (GROSS, TAX, NET)}
        for amount in self.decision["amounts"]:
            if amount["kind"] not in paid:
                yield {
                    "what": self._name(amount["kind"]),
                    "from": self._day(amount["from"]),
                    "until": self._day(amount["until"]),
                    "amount": self._euro(amount["amount"]),
                    "per": words().words[amount["unit"]][self.language],
                }

    def periods(self) -> list[Json]:
        """The periods, numbered as in the picture."""
        return [
            {
                "what": self._name(span["kind"]),
                "from": self._day(span["from"]),
                "until": self._day(span["until"]),
                "days": span["days"],
            }
            for span in self.decision["periods"]
        ]

    def missing(self) -> list[str]:
        """What is still to be handed in and by when, in the sentences of the rules that ask for it."""
        asked = {entry["rule"] for entry in self.decision["missing"]}
        steps = self.decision["explanation"]
        return [step["text"] for step in steps if step["rule"] in asked or step["outcome"] == "unknown"]

    def reasons(self) -> list[Json]:
        """Every rule that was applied: what it found, its sentence, its article, and the number of the act among `acts`."""
        cited = self._cited()
        return [
            {
                "outcome": step["outcome"],
                "found": words().words[step["outcome"]][self.language],
                "text": step["text"],
                "article": step["source"]["article"],
                "act": 1 + cited.index(step["source"]["act"]),
            }
            for step in self.decision["explanation"]
        ]

    def acts(self) -> list[str]:
        """The acts that the reasons cite, by their official titles."""
        return [_official(title, self.language) for title in self._cited()]

    def _cited(self) -> list[str]:
        return list(dict.fromkeys(step["source"]["act"] for step in self.decision["explanation"]))

    def difference(self, former: Mapping[str, Any]) -> Json:
        """What the decision pays more or less than `former`, per month."""
        found = difference(former, self.decision)
        rows = [
            {
                "what": self._name(row["kind"]),
                "total": "month" not in row,
                "month": month_name(row["month"], self.language) if row.get("month") else "–",
                "sums": [self._euro(row[name]) for name in ("former", "new", "difference")],
            }
            for row in (*found["rows"], *found["totals"])
        ]
        return {"former": former["id"], "rows": rows}

    def _name(self, kind: str) -> str:
        name = kind_name(kind, self.scheme, self.language)
        return name[:1].upper() + name[1:]

    def _day(self, day: str | None) -> str:
        return "–" if day is None else f"{day[8:]}/{day[5:7]}/{day[:4]}"

    def _euro(self, amount: str | None) -> str:
        if amount is None:
            return "–"
        sign = "\u2212" if Decimal(amount) < 0 else ""
        return sign + write_number(amount.removeprefix("-"), self.language)


def _lines(held: Any) -> list[str]:
    """The lines of a particular; an empty one is none."""
    lines = [held] if isinstance(held, str) else held if isinstance(held, list) else []
    return [line for line in lines if isinstance(line, str) and line.strip()]


def _official(title: str, language: str) -> str:
    """The title of an act in `language` where it has one, else as it is cited."""
    return next((act.official.get(language, title) for act in register().values() if title == act.titles[0]), title)


def _folder() -> Any:
    return resources.files("tegemoet.application.decisions")


@cache
def _template() -> Template:
    return html_template("tegemoet.application.decisions", "letter.html")
