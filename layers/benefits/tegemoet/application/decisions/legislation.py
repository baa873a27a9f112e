"""The register of the law: which acts there are, and which schemes and parameters rest on each.

What rests on an act is read from the schemes: their legal basis, the sources of their parameters, and the sources that their modules
name. So a new scheme or parameter is found here by itself.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

from tegemoet.domain.parameters import Source
from tegemoet.domain.problems import NotFound
from tegemoet.schemes.legislation.register import Act, register
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme


@dataclass(slots=True)
class Use:
    """What a scheme takes from an act: the articles it rests on, and the names of its parameters that do."""

    scheme: str
    articles: list[str]
    parameters: list[str]


@cache
def _by_citation() -> Mapping[tuple[str, str], Act]:
    return {(title, act.url): act for act in register().values() for title in act.titles}


def entry_of(source: Source) -> Act | None:
    """The entry that a source leads to: its title and its address are equal. None = it leads nowhere, which a test forbids."""
    return _by_citation().get((source.act, source.url))


@cache
def uses() -> Mapping[str, tuple[Use, ...]]:
    """Per id of an act what the schemes take from it, in the order of their slugs."""
    found: dict[str, dict[str, Use]] = {}
    for slug, scheme in sorted(SCHEMES.items()):
        for source, parameter in _sources(scheme):
            act = entry_of(source)
            if act is None:
                continue
            use = found.setdefault(act.id, {}).setdefault(slug, Use(slug, [], []))
            if source.article not in use.articles:
                use.articles.append(source.article)
            if parameter and parameter not in use.parameters:
                use.parameters.append(parameter)
    return {act: tuple(per.values()) for act, per in found.items()}


def _sources(scheme: Scheme) -> Iterator[tuple[Source, str | None]]:
    """Every source of a scheme, with the name of the parameter it is for."""
    yield from ((source, None) for source in scheme.legal_basis)
    for held in scheme.parameter_sets.values():
        yield from ((p.source, p.name) for p in held.parameters)
        yield from ((source, None) for source in held.sources.values())
    packages = (scheme.package, *(package for package, _ in scheme.builds_on))
    for name, module in list(sys.modules.items()):
        if name.startswith(tuple(package + "." for package in packages)) or name in packages:
            yield from ((source, None) for source in _named_in(vars(module).values()))


def _named_in(values: Iterable[Any]) -> Iterator[Source]:
    """The sources among the constants of a module, those within mappings, lists and records too."""
    for value in values:
        if isinstance(value, Source):
            yield value
        elif isinstance(value, Mapping):
            yield from _named_in(value.values())
        elif isinstance(value, tuple | list | set | frozenset):
            yield from _named_in(value)
        elif is_dataclass(value) and not isinstance(value, type | Scheme):
            yield from _named_in(getattr(value, field.name) for field in fields(value))


def search(
    on: date | None = None,
    subject: str | None = None,
    scheme: str | None = None,
    act: str | None = None,
    words: str | None = None,
) -> list[dict[str, Any]]:
    """The entries that hold on a day, are about a subject, carry a scheme, are cited as `act`, and hold all the words; by id.

    Raises NotFound for a scheme that does not exist.
    """
    if scheme is not None:
        scheme_named(scheme)
    wanted = words.casefold().split() if words else []
    return [
        brief(entry)
        for _, entry in sorted(register().items())
        if (on is None or entry.holds_on(on))
        and (subject is None or subject in entry.subjects)
        and (scheme is None or any(use.scheme == scheme for use in uses().get(entry.id, ())))
        and (act is None or act in entry.titles)
        and _holds(entry, wanted)
    ]


def _holds(entry: Act, words: list[str]) -> bool:
    if not words:
        return True
    text = " ".join((entry.id, *entry.titles, *entry.official.values(), *entry.subjects, entry.changes)).casefold()
    return all(word in text for word in words)


def brief(entry: Act) -> dict[str, Any]:
    """An entry as it is listed; days as text."""
    return {
        "id": entry.id,
        "title": dict(entry.official),
        "kind": entry.kind,
        "date": _day(entry.day),
        "published": _day(entry.published),
        "numac": entry.numac,
        "from": _day(entry.first),
        "until": _day(entry.last),
        "url": entry.url,
        "address": entry.address,
        "subjects": list(entry.subjects),
        "changes": entry.changes,
        "listed_in": entry.listed_in,
        "schemes": [use.scheme for use in uses().get(entry.id, ())],
    }


def details(id_: str) -> dict[str, Any]:
    """An entry with the titles it is cited under and what each scheme takes from it. Raises NotFound `act-unknown`."""
    entry = register().get(id_)
    if entry is None:
        raise NotFound("There is no such act in the register.", "act-unknown")
    return brief(entry) | {
        "cited_as": list(entry.titles),
        "uses": [
            {"scheme": use.scheme, "articles": use.articles, "parameters": use.parameters}
            for use in uses().get(entry.id, ())
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
