"""What is said of a decision to people, and the faults that a text can have in any language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import orjson

from tegemoet.application.decisions.deciding import render
from tegemoet.application.decisions.documents import document
from tegemoet.application.decisions.letter.content import LetterContent
from tegemoet.application.decisions.letter.layout import words as letter_words
from tegemoet.application.decisions.letter.particulars import body_of
from tegemoet.application.decisions.letter.write import write
from tegemoet.application.decisions.timeline.draw import draw
from tegemoet.application.decisions.timeline.words import words as kinds
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.supplied import THE_CASE

DASH = "–"
_ISO = re.compile(r"(?<![\d/.-])(?:19|20|21)\d\d-(?:0[1-9]|1[0-2]|Q[1-4])(?:-\d\d)?(?![\d-])")
_DECIMALS = re.compile(r"\d[.,]\d{4}(?!\d)")
_DAY = re.compile(r"\b\d\d[./]\d\d[./]\d{4}\b")
_ONE = re.compile(r"(?<![\d.,:/°-])1 ([^\W\d]+)")
_CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
_LEFT = re.compile(r"[{}\[\]]|\bNone\b|\bnull\b|  |\s[,.](?:\s|$)|\(\)|\.\.|,,")
PLURALS = {
    "nl": re.compile(r"(?!van\b|een\b)\w+(?:en|ers|'s|dagen|verstrekkingen)"),
    "fr": re.compile(
        r"(?!mois\b|fois\b|mars\b|cas\b|des\b|les\b|dans\b|repos\b|permis\b|sans\b|puis\b|sous\b)\w+[^ius]s|\w+aux"
    ),
    "en": re.compile(r"(?!is\b|was\b|has\b|as\b|us\b|its\b)\w+[^s]s|children|persons"),
    "de": re.compile(r"Tage|Monate|Jahre|Wochen|Stunden|Kinder|Quartale|Personen|\w+(?:ungen|innen|fälle|stunden)"),
}
"""Nouns in the plural, after the number 1."""
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the and with from until which none true false null yes unknown granted refused pending day days month months"
        " year years hours week weeks full partial employee worker workers unemployed between before after once"
        " required",
    )
)
"""English words that no other language has."""
_SHARED = {"nl": {"week", "full", "once"}, "fr": {"once"}, "de": set()}
IDENTIFIERS = frozenset({"pharmacy_id", "tariff_office", "document"})
"""Facts whose values are names that somebody gave, not codes."""
_ELISION = re.compile(
    r"\b(?i:de|le|la|que|ne|se|je|jusque|lorsque|puisque) (?=(?!onze|oui|huit|haut)[aeiouyhàâéèêîôû]\w)"
    r"|\b(?i:de|à) (?:le|les) (?!\w+er\b)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A text that is said. `where` = the sentence it comes from, or the page it stands on."""

    where: str
    text: str


class _Texts(HTMLParser):
    """Every text of a page or picture that a reader sees or hears."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.found += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style and data.strip():
            self.found.append(data.strip("\n"))


def texts_of(page: str) -> list[str]:
    """Every text of a page or picture that a reader sees or hears."""
    return _Texts(page).found


def said(decision: bytes, scheme: Scheme, language: str) -> Iterator[Said]:
    """Everything that is said of a decision: explanation, missing, picture, letter, documents."""
    readable: Any = render(decision, scheme, language)
    for step in readable["explanation"]:
        yield Said(f"{step['rule']}.{step['outcome']}", step["text"])
    for entry in readable["missing"]:
        for part in ("needed", "seen"):
            yield Said(f"phrase.{entry[part]}", entry["text"][part])
    stated = LetterContent(readable, scheme, letter_words().into(language)).values()
    yield from (Said("value", text) for text in stated)
    pages = {
        "picture": draw(readable, scheme, language),
        "letter": write(readable, scheme, body_of("mutuality"), language),
    }
    for name in called_for(readable):
        pages[f"document {name}"] = document(decision, scheme, name, language)
    spoken = {*stated, *(step["text"] for step in readable["explanation"])}
    for where, page in pages.items():
        yield from (Said(where, text) for text in texts_of(page) if text not in spoken)


def called_for(decision: Any) -> Iterable[str]:
    """The documents that a decision calls for."""
    return dict.fromkeys(step["facts"]["document"] for step in decision["explanation"] if step["facts"].get("document"))


def faults(
    found: Said,
    decision: Any,
    scheme: Scheme,
    language: str,
    codes: frozenset[str],
    exact: Sequence[str] = (),
) -> Iterator[str]:
    """What is wrong with a text.

    `codes` are the coded values that the decision holds; `exact` names the sentences that print a
    limit of the law with its four decimals.
    """
    text = found.text
    for own in (decision["case_id"], decision["id"], *_sources(decision)):
        text = text.replace(own, "#")
    rule, _, outcome = found.where.rpartition(".")
    per = scheme.texts.phrases.get(outcome) if rule == "phrase" else scheme.texts.sentences.get((rule, outcome))
    template = per.get(language, "") if per else ""  # a page has none
    if text.strip() == DASH or (template and text.count(DASH) > template.count(DASH)):
        yield "a dash that stands for nothing"
    if _ISO.search(text):
        yield "a day, month or quarter as ISO writes it"
    if _DECIMALS.search(_DAY.sub("", text)) and found.where not in ("value", *exact):
        yield "four decimals"
    if any(PLURALS[language].fullmatch(noun) for noun in _ONE.findall(text)):
        yield "a plural of one"
    if _LEFT.search(text):
        yield "a double space, a lost comma, a bracket or None"
    words = set(re.findall(r"[\w-]+", text))
    own = _own_words(scheme, template, language)
    for code in codes & words - own:
        if "-" in code or (template and language != "en"):
            yield f"the code {code}"
    if language != "en" and (english := words & (ENGLISH - _SHARED[language])):
        yield f"English: {', '.join(sorted(english))}"
    if language == "fr" and template and _ELISION.search(text):
        yield "no elision"


def _sources(decision: Any) -> Iterable[str]:
    """The sources of figures that a partner supplied, in its own words."""
    supplied = (value for value in decision.get("values", ()) if value["basis"] == "supplied")
    return [value["source"]["act"] for value in supplied if value["source"]["act"] != THE_CASE]


def _own_words(scheme: Scheme, template: str, language: str) -> set[str]:
    """The words that a sentence may hold: its own, and those of the coded values."""
    held = (per.get(language, "") for texts in (scheme.texts, kinds()) for per in texts.words.values())
    return set(re.findall(r"[\w-]+", " ".join([template, *held])))


def coded(decision: Any) -> frozenset[str]:
    """The values of the facts of a decision that are codes, and what it calls kinds."""
    found: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, str) and _CODE.fullmatch(value) and len(value) > 1:
            found.add(value)
        elif isinstance(value, dict):
            gather([inner for name, inner in value.items() if name not in IDENTIFIERS])
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    for step in decision["explanation"]:
        gather(step["facts"])
    for entry in decision["missing"]:
        gather(entry.get("facts", {}))
    for item in (*decision["amounts"], *decision["periods"]):
        gather(item["kind"])
    return frozenset(found)


def faults_of(decision: bytes, scheme: Scheme, language: str, exact: Sequence[str] = ()) -> dict[str, str]:
    """Every fault of what is said of a decision, each with an example: `where: fault` and text."""
    decided = orjson.loads(decision)
    codes = coded(decided)
    return {
        f"{language} {each.where}: {fault}": each.text
        for each in said(decision, scheme, language)
        for fault in faults(each, decided, scheme, language, codes, exact)
    }
