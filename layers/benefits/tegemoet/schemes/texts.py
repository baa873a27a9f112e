"""Texts for people: sentences and words in every language, and the notation of numbers and days.

A language exists if `languages.toml` names it. A file of texts, such as the `texts.toml` of a
scheme, contains one table per text, with one line per language:

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

A sentence is filled with the facts that it names when it is read. The form of a fact decides how it
is written: `2023-02-15` as a day, `1045.32` as a number, true and false as `[words.yes]` and
`[words.no]`, a coded value as its word. `Written` text does not change.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.languages import LANGUAGES

PerLanguage = Mapping[str, str]
"""A text in every language, by the code of the language."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DECIMAL = re.compile(r"(\d+)\.(\d+)", re.ASCII)


class Written(str):
    """Text that is already in the notation of its language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers, days and nouns.

    `thousands` and `decimal` are the separators in a number; `day` is the order of day, month and
    year. `capital_nouns` says whether a noun keeps its capital within a sentence.
    """

    thousands: str = "."
    decimal: str = ","
    day: str = "{day}/{month}/{year}"
    capital_nouns: bool = False


@cache
def notations() -> Mapping[str, Notation]:
    """The notation of every language, in the order of `languages.toml`."""
    return {language: Notation(**notation) for language, notation in LANGUAGES.items()}


def languages() -> tuple[str, ...]:
    """The codes of all languages."""
    return tuple(notations())


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one file: sentences by rule and outcome, words by coded value, scheme names."""

    languages: tuple[str, ...]
    sentences: Mapping[tuple[str, str], PerLanguage]
    words: Mapping[str, PerLanguage]
    about: Mapping[str, PerLanguage] = field(default_factory=dict)

    def require(self, language: str) -> None:
        """Raises NotFoundError with the code `language-unknown` if the language has no texts."""
        if language not in self.languages:
            raise NotFoundError(f"There are no texts in {language}.", "language-unknown")

    def render(self, rule: str, outcome: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence for the outcome of a rule, filled with `facts`.

        Raises NotFoundError with the code `language-unknown` if the language has no texts.
        """
        self.require(language)
        return self.fill(self.sentences[(rule, outcome)][language], facts, language)

    def fill(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence with the facts that it names, each in the notation of the language."""
        return sentence.format_map({name: self._write(value, language) for name, value in facts.items()})

    def into(self, language: str) -> "Wording":
        """These texts in one language.

        Raises NotFoundError with the code `language-unknown` if the language has no texts.
        """
        self.require(language)
        return Wording(self, language)

    def joined_by(self, other: "Texts", prefix: str) -> "Texts":
        """These texts and those of `other`, whose rules get the prefix.

        If both have a text, this one wins.
        """
        theirs = {(prefix + rule, outcome): per for (rule, outcome), per in other.sentences.items()}
        return Texts(self.languages, {**theirs, **self.sentences}, {**other.words, **self.words}, self.about)

    def _write(self, value: Any, language: str) -> str:
        if isinstance(value, Written):
            return value
        if isinstance(value, list):
            return ", ".join(self._write(item, language) for item in value)
        text = {None: "–", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
        if text in self.words:
            return self.words[text][language]
        if _DAY.fullmatch(text):
            return write_day(text, language)
        return write_number(text, language) if _DECIMAL.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one file in one language."""

    texts: Texts
    language: str

    def say(self, name: str, part: str, /, **facts: Any) -> str:
        """The sentence `[name.part]`, filled with `facts`. Raises KeyError if there is none."""
        return self.texts.fill(self.texts.sentences[name, part][self.language], facts, self.language)

    def word(self, code: str) -> str:
        """The word for a coded value. Raises KeyError if there is none."""
        return self.texts.words[code][self.language]

    def coded(self, group: str, code: str) -> str:
        """The text `[group.code]` of a coded value.

        A code without a text is shown with spaces instead of hyphens.
        """
        text = self.texts.sentences.get((group, code))
        return text[self.language] if text else code.replace("-", " ")

    def number(self, text: str, *, grouped: bool = True) -> Written:
        """A number, which may be negative, in the notation of the language.

        `-945.95` is −945.95 in English. `grouped` adds the thousands separator.
        """
        sign = ("\u2212" if grouped else "-") if text.startswith("-") else ""
        return Written(sign + write_number(text.removeprefix("-"), self.language, grouped=grouped))

    def within(self, heading: str) -> Written:
        """A heading as it is written within a sentence."""
        notation = notations().get(self.language) or Notation()
        return Written(heading if notation.capital_nouns else heading.lower())


def write_number(text: str, language: str, *, grouped: bool = True) -> str:
    """A number without sign in the notation of the language.

    `30505.00` is 30.505,00 in Dutch and 30,505.00 in English.
    """
    notation = notations().get(language) or Notation()
    whole, _, decimals = text.partition(".")
    if grouped:
        whole = f"{int(whole):,}".replace(",", notation.thousands)
    return f"{whole}{notation.decimal}{decimals}" if decimals else whole


def write_day(text: str, language: str) -> str:
    """A day in the notation of the language: `2023-02-15` is 15/02/2023 in Dutch."""
    notation = notations().get(language) or Notation()
    return notation.day.format(day=text[8:], month=text[5:7], year=text[:4])


def read_texts(text: str, file: str = "texts.toml", of: Sequence[str] | None = None) -> Texts:
    """The texts in the TOML `text`, in the languages `of` (default: every language).

    `file` is the file name in errors. Raises ValueError with the name of each text that lacks a
    language.
    """
    asked = languages() if of is None else tuple(of)
    content = read_content(text, file, asked)
    words = content.pop("words", {})
    about = {name: {language: per[language] for language in asked} for name, per in content.pop("about", {}).items()}
    sentences = {(rule, outcome): per for rule, outcomes in content.items() for outcome, per in outcomes.items()}
    return Texts(asked, sentences, words, about)


def read_content(text: str, file: str, of: Sequence[str]) -> dict[str, Any]:
    """The TOML `text`, whose innermost tables are texts or lists of paragraphs, by language.

    Raises ValueError with the name of each text that lacks one of the languages `of`.
    """
    content = tomllib.loads(text)
    lacking = [f"[{name}] {language}" for name, language in _lacking(content, of)]
    if lacking:
        raise ValueError(f"{file} lacks a language: {', '.join(lacking)}")
    return content


def _lacking(content: Mapping[str, Any], of: Sequence[str], path: str = "") -> Iterator[tuple[str, str]]:
    """The dotted name of every text that lacks a language, with that language."""
    for name, value in content.items():
        if not isinstance(value, Mapping):
            continue
        if any(isinstance(inner, Mapping) for inner in value.values()):
            yield from _lacking(value, of, f"{path}{name}.")
        else:
            yield from ((f"{path}{name}", language) for language in of if not value.get(language))
