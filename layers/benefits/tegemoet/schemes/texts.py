"""Texts of explanations, rendered on reading from a rule id, its outcome and its facts.

`texts.toml` of a scheme holds, per rule and outcome, one sentence per language:

    [full-convention.met]
    nl = "…vanaf {from} tot en met {until}…"
    fr = "…"
    en = "…"

A further language is data alone: the languages are those that the file holds. A fact is written by the kind of value it is:
`2023-02-15` as a day, `1045.32` as a number, yes/no in words; `[words.<word>]` translates a coded value such as `nurse`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tegemoet.domain.problems import NotFound

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DECIMAL = re.compile(r"(\d+)\.(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences per rule and outcome, words per coded value, both per language."""

    languages: tuple[str, ...]
    sentences: Mapping[tuple[str, str], Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]

    def render(self, rule: str, outcome: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence for what `rule` found, in `language`. Raises NotFound for a language without texts."""
        if language not in self.languages:
            raise NotFound(f"There are no texts in {language}.", "language-unknown")
        return self.fill(self.sentences[(rule, outcome)][language], facts, language)

    def fill(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """`sentence` with the facts it names, each written by the kind of value it is."""
        return sentence.format_map({name: self._write(value, language) for name, value in facts.items()})

    def joined_by(self, other: "Texts", prefix: str) -> "Texts":
        """These texts with those of `other`, whose rules are named `prefix` and their own id."""
        theirs = {(prefix + rule, outcome): per for (rule, outcome), per in other.sentences.items()}
        return Texts(self.languages, {**theirs, **self.sentences}, {**other.words, **self.words})

    def _write(self, value: Any, language: str) -> str:
        if isinstance(value, list):
            return ", ".join(self._write(item, language) for item in value)
        text = {None: "–", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
        if text in self.words:
            return self.words[text][language]
        if day := _DAY.fullmatch(text):
            return f"{day[3]}/{day[2]}/{day[1]}"
        return write_number(text, language) if _DECIMAL.fullmatch(text) else text


def write_number(text: str, language: str) -> str:
    """`30505.00` as people write it: 30.505,00 in Dutch and German, 30 505,00 in French, 30,505.00 in English."""
    whole, _, decimals = text.partition(".")
    thousands, point = {"en": (",", "."), "fr": ("\u202f", ",")}.get(language, (".", ","))
    grouped = f"{int(whole):,}".replace(",", thousands)
    return f"{grouped}{point}{decimals}" if decimals else grouped


def read_texts(text: str) -> Texts:
    """The texts that the TOML `text` writes. Raises ValueError when a sentence or a word lacks one of the languages."""
    content = tomllib.loads(text)
    words = content.pop("words")
    languages = tuple(content.pop("languages"))
    sentences = {(rule, outcome): per for rule, outcomes in content.items() for outcome, per in outcomes.items()}
    for name, per in [*sentences.items(), *words.items()]:
        if set(languages) - set(per):
            raise ValueError(f"{name} lacks a language")
    return Texts(languages, sentences, words)
