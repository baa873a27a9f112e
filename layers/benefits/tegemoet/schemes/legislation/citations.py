"""How the article of a source is written in the language of a letter.

A source cites in English. `citations.toml` holds the parts of citations in the other languages, and
the headings that pages print. A letter in the language of a heading cites it as it is printed; one
in another language leaves it out, and cites the page.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_WORD = re.compile(r"[^\W\d_]{2,}")
_APART = " ,:;"
"""What stands between a heading and the rest of a citation."""
_NO_WORD = re.compile(r"[IVX]+|bis|ter|quater|EUR|COVID")


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("tegemoet.schemes.legislation") / "citations.toml").read_text("utf-8"))


@cache
def parts() -> Mapping[str, Mapping[str, str]]:
    """The parts of English citations, each with its text in the other languages."""
    return {part: texts for part, texts in _file().items() if part != "printed"}


@cache
def _printed() -> Mapping[str, str]:
    """Each printed heading, with its language."""
    return {heading: language for language, headings in _file()["printed"].items() for heading in headings}


@cache
def _pattern() -> re.Pattern[str]:
    """A printed heading or else the longest part that fits, from and to the end of a word."""
    whole = sorted((*_printed(), *parts()), key=len, reverse=True)
    return re.compile("|".join(rf"{_bound(text[0])}{re.escape(text)}{_bound(text[-1])}" for text in whole))


def _bound(character: str) -> str:
    return r"\b" if character.isalnum() else ""


@lru_cache(maxsize=1_024)
def cited_in(language: str, article: str) -> str:
    """An article or heading as a letter in `language` cites it; "" where it cites a page alone."""

    def written(part: re.Match[str]) -> str:
        if part[0] in _printed():
            return part[0] if _printed()[part[0]] == language else ""
        return parts().get(part[0], {}).get(language, part[0])

    return _pattern().sub(written, article).strip(_APART)


def unwritten(article: str) -> Sequence[str]:
    """The English words of a citation that no part holds."""
    return [word for word in _WORD.findall(_pattern().sub(" ", article)) if not _NO_WORD.fullmatch(word)]
