"""The register of acts: everything that a rule or a parameter may cite.

Sources cite from here, so every citation leads to an entry. `title` of an entry is its English
title, and `changes` says in English what it lays down; a line per further language (`nl`,
`changes_nl`) says the same in that language.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import Source
from tegemoet.schemes.notation import languages

GAZETTE = "https://www.ejustice.just.fgov.be/cgi/summary.pl?language=nl&sum_date={}"
"""The address of the Official Gazette of a day."""


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the register.

    `titles` are those that it is cited by, its own first; `official` are its titles and `changes`
    is what it lays down, by language.
    `address` says what the url leads to: the `text`, the `gazette` of the day, a `page` of another
    organisation, or only the `institution`.
    """

    id: str
    titles: tuple[str, ...]
    official: Mapping[str, str]
    url: str
    address: str
    kind: str
    day: date | None
    published: date | None
    numac: str | None
    first: date | None
    last: date | None
    subjects: tuple[str, ...]
    changes: Mapping[str, str]
    listed_in: str | None

    def holds_on(self, on: date) -> bool:
        """Whether the act applies on that day.

        It applies from the first day that it names, or else from its publication or date.
        """
        first = self.first or self.published or self.day or date.min
        return first <= on <= (self.last or LAST_DAY)


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files("tegemoet.schemes.legislation") / name).read_text("utf-8"))


@cache
def acts() -> Mapping[str, Mapping[str, Any]]:
    """Every act that may be cited by its id, in the order of the file."""
    return _read("acts.toml")


def cite(act: str, article: str) -> Source:
    """The source for an article (or heading) of the act with that id.

    Raises KeyError if the act is not in the register.
    """
    entry = acts()[act]
    return Source(entry["title"], article, entry["url"])


@cache
def register() -> Mapping[str, Act]:
    """Every entry by its id: the acts that rules cite, and others that the sources list."""
    return {id_: _act(id_, entry) for id_, entry in (*acts().items(), *_read("listed.toml").items())}


def _act(id_: str, entry: Mapping[str, Any]) -> Act:
    return Act(
        id_,
        (entry["title"], *entry.get("cited_as", ())),
        {"en": entry["title"]} | {language: entry[language] for language in languages() if language in entry},
        entry.get("url") or GAZETTE.format(entry["published"]),
        entry.get("address", "text" if "url" in entry else "gazette"),
        entry["kind"],
        entry.get("date"),
        entry.get("published"),
        entry.get("numac"),
        entry.get("from"),
        entry.get("until"),
        tuple(entry["subjects"]),
        {"en": entry["changes"]}
        | {language: entry[f"changes_{language}"] for language in languages() if f"changes_{language}" in entry},
        entry.get("listed_in"),
    )
