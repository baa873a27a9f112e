"""How each language writes numbers, days, periods, lists and plurals.

`languages.toml` names a locale of CLDR for each language; babel knows how the locale writes. It is
imported when something is written, because few calls write and the import costs 35 ms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from tegemoet.schemes.languages import LANGUAGES

_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers, days and nouns.

    `locale` is a locale of CLDR, `day` the CLDR pattern of a day. `capital_nouns` says whether a
    noun keeps its capital within a sentence.
    """

    locale: str
    day: str = "dd/MM/y"
    capital_nouns: bool = False


@cache
def notations() -> Mapping[str, Notation]:
    """The notation of every language, in the order of `languages.toml`."""
    return {language: Notation(**notation) for language, notation in LANGUAGES.items()}


def languages() -> tuple[str, ...]:
    """The codes of all languages."""
    return tuple(notations())


def notation_of(language: str) -> Notation:
    """The notation of a language. The code of an unknown one is read as a locale."""
    return notations().get(language) or Notation(language)


@lru_cache(maxsize=65_536)
def write_number(text: str, language: str, *, grouped: bool = True) -> str:
    """A number without sign in the notation of the language, with the decimals of `text`.

    `30505.00` is 30.505,00 in Dutch and 30,505.00 in English.
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - see the head

    decimals = len(text.partition(".")[2])
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    return format_decimal(Decimal(text), pattern, notation_of(language).locale)


@lru_cache(maxsize=16_384)
def write_day(text: str, language: str) -> str:
    """A day in the notation of the language: `2023-02-15` is 15/02/2023 in Dutch."""
    return _write_date(date.fromisoformat(text), notation_of(language).day, language)


def write_period(text: str, language: str) -> str:
    """A month or quarter: `2021-05` is mei 2021 in Dutch, `2021-Q2` is 2e kwartaal 2021."""
    quarter = _QUARTER.fullmatch(text)
    first = date(int(text[:4]), 3 * int(quarter[2]) - 2 if quarter else int(text[5:]), 1)
    return _write_date(first, "QQQQ y" if quarter else "MMMM y", language)


def _write_date(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - see the head

    return format_date(day, pattern, notation_of(language).locale)


def write_list(items: Sequence[str], language: str) -> str:
    """The items as one text: `a, b en c` in Dutch."""
    from babel.lists import format_list  # noqa: PLC0415 - see the head

    return format_list(items, locale=notation_of(language).locale)


def is_singular(number: Decimal, language: str) -> bool:
    """Whether a noun after the number is singular: 0 is in French, and not in Dutch."""
    from babel import Locale  # noqa: PLC0415 - see the head

    return Locale.parse(notation_of(language).locale).plural_form(number.normalize()) == "one"
