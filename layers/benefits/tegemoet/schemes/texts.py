"""Texts for people: sentences and words in every language, filled with facts on reading.

A language exists if `languages.toml` names it. A file of texts, such as the `texts.toml` of a
scheme, contains one table per text, with one line per language:

    [about.title]                   # of a scheme: its title and its summary
    nl = "…"
    fr = "…"
    en = "…"

    [full-convention.met]           # the sentence for a rule and its outcome
    nl = "…vanaf {from} tot en met {until}[, aangemeld op {on}]…"
    fr = "…"
    en = "…"

    [phrase.registered-by]          # what is needed, or was seen, in `missing`
    …

    [words.nurse]                   # the word for a coded value
    …

A sentence is filled with the facts that it names. The form of a fact decides how it is written:
`2023-02-15` as a day, `2023-02` as a month, `2023-Q1` as a quarter, `1045.32` as a number, true and
false as `[words.yes]` and `[words.no]`, a coded value as its word. `Written` text does not change.

* `[… {fact} …]` is left out when a fact that it names is absent, None, "" or an empty list. In
  `[…|…]` the part after the bar stands instead.
* `{count:day|days}` writes the first text for a singular number and for true, and the second for
  any other, by the plural rules of the language. The number itself is not written.
* `{amount:cents}` rounds half-up to two decimals; `{text:plain}` writes the fact as it is stored.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from string import Formatter
from typing import Any

from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.notation import (
    is_singular,
    languages,
    notation_of,
    write_day,
    write_list,
    write_number,
    write_period,
)

PerLanguage = Mapping[str, str]
"""A text in every language, by the code of the language."""
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_PERIOD = re.compile(r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2]|Q[1-4])", re.ASCII)
_DECIMAL = re.compile(r"(\d+)\.(\d+)", re.ASCII)
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_CENT = Decimal("0.01")


class Written(str):
    """Text that is already in the notation of its language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one file: sentences by rule and outcome, words by coded value, scheme names."""

    languages: tuple[str, ...]
    sentences: Mapping[tuple[str, str], PerLanguage]
    words: Mapping[str, PerLanguage]
    about: Mapping[str, PerLanguage] = field(default_factory=dict)
    phrases: Mapping[str, PerLanguage] = field(default_factory=dict)
    """What is needed, or was seen, by its id."""

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

    def render_phrase(self, phrase: str, facts: Mapping[str, Any] | None, language: str) -> str:
        """The text of what is needed, or was seen.

        Without facts the phrase is the text of a decision that stores one. `written` of a
        `[phrase.…]` says by which form it is recognised; text of no form stays as it is stored.
        """
        self.require(language)
        if facts is not None:
            return self.fill(self.phrases[phrase][language], facts, language)
        for per in self.phrases.values():
            if "written" in per and (found := _recognise(per["written"], phrase)) is not None:
                return self.fill(per[language], found, language)
        return phrase

    def fill(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """The sentence with the facts that it names, each in the notation of the language."""
        return "".join(self._filled(sentence, facts, language))

    def into(self, language: str) -> "Wording":
        """These texts in one language.

        Raises NotFoundError with the code `language-unknown` if the language has no texts.
        """
        self.require(language)
        return Wording(self, language)

    def joined_by(self, other: "Texts", prefix: str) -> "Texts":
        """These texts and those of `other`, whose rules get the prefix; its phrases get none.

        If both have a text, this one wins.
        """
        theirs = {(prefix + rule, outcome): per for (rule, outcome), per in other.sentences.items()}
        return Texts(
            self.languages,
            {**theirs, **self.sentences},
            {**other.words, **self.words},
            self.about,
            {**other.phrases, **self.phrases},
        )

    def _filled(self, sentence: str, facts: Mapping[str, Any], language: str) -> Iterator[str]:
        for part, instead in _parts(sentence):
            fields = (
                part if instead is None or all(_is_there(facts.get(name)) for _, name, _ in part if name) else instead
            )
            for literal, name, form in fields:
                yield literal
                if name:
                    yield self._write(facts[name], form, language)

    def _write(self, value: Any, form: str, language: str) -> str:
        if "|" in form:
            return _numbered(value, form, language)
        if isinstance(value, list):
            return write_list([self._write(item, form, language) for item in value], language)
        if isinstance(value, Written) or form == "plain":
            return str(value)
        text = {None: "–", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
        return self.words[text][language] if text in self.words else _noted(text, form, language)


def _noted(text: str, form: str, language: str) -> str:
    """A day, month, quarter or number in the notation of the language; other text as it is."""
    if _DAY.fullmatch(text):
        return write_day(text, language)
    if _PERIOD.fullmatch(text):
        return write_period(text, language)
    if not _DECIMAL.fullmatch(text):
        return text
    rounded = str(Decimal(text).quantize(_CENT, ROUND_HALF_UP)) if form == "cents" else _without_empty_decimals(text)
    return write_number(rounded, language)


_Field = tuple[str, str, str]
"""A literal text, the name of the fact after it (or ""), and the form in which it is written."""


@lru_cache(maxsize=8_192)
def _parts(sentence: str) -> tuple[tuple[tuple[_Field, ...], tuple[_Field, ...] | None], ...]:
    """The parts of a sentence, each with what stands instead if a fact is absent.

    A part that always stands has None instead.
    """
    parts: list[tuple[tuple[_Field, ...], tuple[_Field, ...] | None]] = []
    for number, part in enumerate(_OPTIONAL.split(sentence)):
        if number % 2:
            first, instead = _at_bar(part)
            parts.append((_fields(first), _fields(instead)))
        elif part:
            parts.append((_fields(part), None))
    return tuple(parts)


def _at_bar(part: str) -> tuple[str, str]:
    """A part that may be left out, and what stands instead; a bar within braces separates forms."""
    depth = 0
    for place, character in enumerate(part):
        depth += (character == "{") - (character == "}")
        if character == "|" and not depth:
            return part[:place], part[place + 1 :]
    return part, ""


def _fields(text: str) -> tuple[_Field, ...]:
    return tuple((literal, name or "", form or "") for literal, name, form, _ in Formatter().parse(text))


def _is_there(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _numbered(value: Any, form: str, language: str) -> str:
    one, _, other = form.partition("|")
    if isinstance(value, bool):
        return one if value else other
    return one if is_singular(Decimal(str(value)), language) else other


@lru_cache(maxsize=256)
def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(
        "".join(re.escape(literal) + (f"(?P<{name}>.+)" if name else "") for literal, name, _ in _fields(written))
    )


def _recognise(written: str, phrase: str) -> Mapping[str, str] | None:
    """The facts of a phrase that a decision stores as text, or None if it has another form."""
    found = _pattern(written).fullmatch(phrase)
    return found and found.groupdict()


def _without_empty_decimals(text: str) -> str:
    """A number of at least two decimals without zeros at its end after the second decimal."""
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


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
        return Written(heading if notation_of(self.language).capital_nouns else heading.lower())


def read_texts(text: str, file: str = "texts.toml", of: Sequence[str] | None = None) -> Texts:
    """The texts in the TOML `text`, in the languages `of` (default: every language).

    `file` is the file name in errors. Raises ValueError with the name of each text that lacks a
    language.
    """
    asked = languages() if of is None else tuple(of)
    content = read_content(text, file, asked)
    words, phrases = content.pop("words", {}), content.pop("phrase", {})
    about = {name: {language: per[language] for language in asked} for name, per in content.pop("about", {}).items()}
    sentences = {(rule, outcome): per for rule, outcomes in content.items() for outcome, per in outcomes.items()}
    return Texts(asked, sentences, words, about, phrases)


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
