"""Texts for people: sentences and words in every language, and how a language writes numbers and days.

A language exists when `languages.toml` names it. A file of texts, such as the `texts.toml` of a scheme, holds one table per
text and in it one line per language:

    [about.title]                   # of a scheme: its title and its summary
    nl = "…"
    fr = "…"
    en = "…"

    [full-convention.met]           # the sentence for a rule and its outcome
    nl = "…vanaf {from} tot en met {until}…"
    fr = "…"
    en = "…"

    [words.nurse]                   # the word for a coded value
    …

Sentences are filled when they are read, with the facts that they name. A fact is written by its form: `2023-02-15` as a day,
`1045.32` as a number, true and false by `[words.yes]` and `[words.no]`, a coded value by its word.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from tegemoet.domain.problems import NotFound

PerLanguage = Mapping[str, str]
"""A text in every language, by the code of the language."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DECIMAL = re.compile(r"(\d+)\.(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers and days: the signs for thousands and decimals, and the order of day, month and year."""

    thousands: str = "."
    decimal: str = ","
    day: str = "{day}/{month}/{year}"


@cache
def notations() -> Mapping[str, Notation]:
    """The notation of every language that exists, in the order of `languages.toml`."""
    content = tomllib.loads((resources.files("tegemoet.schemes") / "languages.toml").read_text("utf-8"))
    return {language: Notation(**notation) for language, notation in content.items()}


def languages() -> tuple[str, ...]:
    """The codes of the languages that exist."""
    return tuple(notations())


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one file: sentences by rule and outcome, words by coded value, and the title and summary of a scheme."""

    languages: tuple[str, ...]
    sentences: Mapping[tuple[str, str], PerLanguage]
    words: Mapping[str, PerLanguage]
    about: Mapping[str, PerLanguage] = field(default_factory=dict)

    def require(self, language: str) -> None:
        """Raises NotFound `language-unknown` for a language without texts."""
        if language not in self.languages:
            raise NotFound(f"There are no texts in {language}.", "language-unknown")

    def render(self, rule: str, outcome: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence for the outcome of a rule, filled with `facts`.

        Raises NotFound `language-unknown` for a language without texts.
        """
        self.require(language)
        return self.fill(self.sentences[(rule, outcome)][language], facts, language)

    def fill(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence with the facts that it names, each in the notation of the language."""
        return sentence.format_map({name: self._write(value, language) for name, value in facts.items()})

    def joined_by(self, other: "Texts", prefix: str) -> "Texts":
        """These texts and those of `other`, whose rules get the prefix. Where both have a text, this one counts."""
        theirs = {(prefix + rule, outcome): per for (rule, outcome), per in other.sentences.items()}
        return Texts(self.languages, {**theirs, **self.sentences}, {**other.words, **self.words}, self.about)

    def _write(self, value: Any, language: str) -> str:
        if isinstance(value, list):
            return ", ".join(self._write(item, language) for item in value)
        text = {None: "–", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
        if text in self.words:
            return self.words[text][language]
        if _DAY.fullmatch(text):
            return write_day(text, language)
        return write_number(text, language) if _DECIMAL.fullmatch(text) else text


def write_number(text: str, language: str) -> str:
    """A number without sign in the notation of the language: `30505.00` is 30.505,00 in Dutch and 30,505.00 in English."""
    notation = notations().get(language) or Notation()
    whole, _, decimals = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", notation.thousands)
    return f"{grouped}{notation.decimal}{decimals}" if decimals else grouped


def write_day(text: str, language: str) -> str:
    """A day in the notation of the language: `2023-02-15` is 15/02/2023 in Dutch."""
    notation = notations().get(language) or Notation()
    return notation.day.format(day=text[8:], month=text[5:7], year=text[:4])


def read_texts(text: str, file: str = "texts.toml", of: Sequence[str] | None = None) -> Texts:
    """The texts in the TOML `text`, in the languages `of` (default: every language that exists).

    `file` is the name of the file in errors. Raises ValueError with each text that lacks a language.
    """
    content = tomllib.loads(text)
    asked = languages() if of is None else tuple(of)
    lacking = [f"[{name}] {language}" for name, language in _lacking(content, asked)]
    if lacking:
        raise ValueError(f"{file} lacks a language: {', '.join(lacking)}")
    words = content.pop("words", {})
    about = {name: {language: per[language] for language in asked} for name, per in content.pop("about", {}).items()}
    sentences = {(rule, outcome): per for rule, outcomes in content.items() for outcome, per in outcomes.items()}
    return Texts(asked, sentences, words, about)


def _lacking(content: Mapping[str, Mapping[str, PerLanguage]], asked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The dotted name of every text that lacks a language, and that language."""
    for first, group in content.items():
        for second, per in group.items():
            yield from ((f"{first}.{second}", language) for language in asked if not per.get(language, "").strip())
