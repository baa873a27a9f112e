"""The register of the law: which acts there are, and which schemes and parameters rest on each.

The uses of an act are read from the schemes: their legal basis, the sources of their parameters,
and the sources that their modules name. A new scheme or parameter is therefore listed without
further work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypedDict

from tegemoet.domain.parameters import Source
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.legislation.register import Act, register
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme

ActJson = TypedDict(
    "ActJson",
    {
        "id": str,
        "title": dict[str, str],
        "kind": str,
        "date": str | None,
        "published": str | None,
        "numac": str | None,
        "from": str | None,
        "until": str | None,
        "url": str,
        "address": str,
        "subjects": list[str],
        "changes": dict[str, str],
        "listed_in": str | None,
        "schemes": list[str],
    },
)
"""An entry in a list: `title` and `changes` by language, `schemes` by their slugs, days as ISO."""


class UseJson(TypedDict):
    """What a scheme takes from an act."""

    scheme: str
    articles: list[str]
    parameters: list[str]


class ActDetailsJson(ActJson):
    """An entry with the titles that a source may cite it by, and what each scheme takes from it."""

    cited_as: list[str]
    uses: list[UseJson]


@dataclass(slots=True)
class Use:
    """The articles of an act that a scheme applies, and the names of its parameters from it."""

    scheme: str
    articles: list[str]
    parameters: list[str]


@cache
def _by_citation() -> Mapping[tuple[str, str], Act]:
    return {(title, act.url): act for act in register().values() for title in act.titles}


def entry_of(source: Source) -> Act | None:
    """The entry with the title and the address of a source; None if there is none."""
    return _by_citation().get((source.act, source.url))


@cache
def uses() -> Mapping[str, tuple[Use, ...]]:
    """The uses of each act, by its id, in the order of the schemes' slugs."""
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
    """Every source of a scheme, with the name of the parameter that it is for."""
    yield from ((source, None) for source in scheme.legal_basis)
    for held in scheme.parameter_sets.values():
        yield from ((p.source, p.name) for p in held.parameters)
        yield from ((source, None) for source in held.sources.values())
    for package in (scheme.package, *(package for package, _ in scheme.builds_on)):
        for module in _modules(package):
            yield from ((source, None) for source in _named_in(vars(module).values()))


def _modules(package: str) -> Iterator[ModuleType]:
    """A package and its modules, whether or not they were imported before."""
    module = import_module(package)
    yield module
    for found in iter_modules(module.__path__, f"{package}."):
        yield import_module(found.name)


def _named_in(values: Iterable[object]) -> Iterator[Source]:
    """The sources among constants, including those within mappings, lists and records."""
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
) -> list[ActJson]:
    """The entries that match every criterion, by id.

    `on` = a day on which the act is in force, `scheme` = a scheme that uses it, `act` = a title
    that it is cited by, `words` = words that the entry contains.

    Raises NotFoundError for a scheme that does not exist.
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
        and _contains(entry, wanted)
    ]


def _contains(entry: Act, words: list[str]) -> bool:
    if not words:
        return True
    texts = (entry.id, *entry.titles, *entry.official.values(), *entry.subjects, *entry.changes.values())
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


def brief(entry: Act) -> ActJson:
    """An entry as it is listed."""
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
        "changes": dict(entry.changes),
        "listed_in": entry.listed_in,
        "schemes": [use.scheme for use in uses().get(entry.id, ())],
    }


def details(id_: str) -> ActDetailsJson:
    """An entry with its uses. Raises NotFoundError `act-unknown`."""
    entry = register().get(id_)
    if entry is None:
        raise NotFoundError("The register has no such act.", "act-unknown")
    return {
        **brief(entry),
        "cited_as": list(entry.titles),
        "uses": [
            {"scheme": use.scheme, "articles": use.articles, "parameters": use.parameters}
            for use in uses().get(entry.id, ())
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
