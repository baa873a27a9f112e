"""Parameters with dates and sources: data that a later year can change without code.

A set is one TOML file:

    version = "2023.1"

    [sources.amounts]
    act = "…"          # the text that publishes the value
    article = "…"      # where in it
    url = "…"

    [[parameter]]
    name = "premium-amount"
    unit = "EUR"
    source = "amounts"
    from = 2023-01-01
    until = 2023-12-31           # optional: without it, still valid
    rows = [ { profession = "nurse", value = 945.95 }, … ]      # or value = … for a single one

A row can have its own `from`, `until` and `source`. Decimals are read exactly, never as a float.

`basis` of a source, block or row says how sure the value is: `official` (the default), `secondary`,
or `derived`, which requires its `arithmetic`. `final = true` of a block or row says that the law
ends the rule on `until`, so that no later value is lacking.

A decision that rests on a value which is not official says so. For this the rules are given
`noting()`, a view of the set that notes these values as they are found; it may also hold figures
that a caller supplies for days without a published value.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NotRequired, TypedDict

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.problems import ParameterUnknownError

Basis = Literal["official", "secondary", "derived", "supplied"]
"""How sure a value is: published by the authority, by somebody else, computed from published ones,
or supplied with a case.
"""

ParameterJson = TypedDict(
    "ParameterJson",
    {
        "name": str,
        "key": dict[str, str],
        "value": int | str | bool,
        "unit": str,
        "from": str,
        "until": str | None,
        "basis": Basis,
        "arithmetic": NotRequired[str],
        "source": "SourceJson",
    },
)
"""A parameter as readers see it. Days are YYYY-MM-DD; `until` is None if no end is known.

`arithmetic` says how a derived value is computed.
"""
Value = Decimal | int | str | bool | date
Key = tuple[tuple[str, str], ...]


class SourceJson(TypedDict):
    """A source as a decision stores it."""

    act: str
    article: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a rule or a value: the act, its article or heading, and its public address."""

    act: str
    article: str
    url: str
    written: SourceJson = field(init=False, repr=False, compare=False)
    """The source as a decision stores it. Built once, because every finding names a source."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", {"act": self.act, "article": self.article, "url": self.url})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value, the days on which it applies (both included), and its source.

    `key` says for whom, such as (("profession", "nurse"),). `final` says that the law has no later
    value.
    """

    name: str
    key: Key
    value: Value
    unit: str
    first: date
    last: date
    source: Source
    basis: Basis = "official"
    arithmetic: str = ""
    final: bool = False

    def as_dict(self) -> ParameterJson:
        """The parameter as readers see it. Decimals and days are text."""
        value = self.value
        written: ParameterJson = {
            "name": self.name,
            "key": dict(self.key),
            "value": str(value)
            if isinstance(value, Decimal)
            else value.isoformat()
            if isinstance(value, date)
            else value,
            "unit": self.unit,
            "from": self.first.isoformat(),
            "until": None if self.last == LAST_DAY else self.last.isoformat(),
            "basis": self.basis,
            "source": self.source.written,
        }
        if self.arithmetic:
            written["arithmetic"] = self.arithmetic
        return written

    def lies_within(self, first: date, last: date) -> bool:
        """Whether the value applies on one of these days."""
        return self.first <= last and first <= self.last


@dataclass(frozen=True, slots=True, eq=False)
class ParameterSet:
    """All parameters of one file.

    `sha256` is the hash of the file's text; it identifies the set in a decision. A set equals only
    itself, so functions can cache what they derive from it (lru_cache). The caches are small,
    because a replay reads its sets again.
    """

    name: str
    version: str
    sha256: str
    text: str
    sources: Mapping[str, Source]
    parameters: tuple[Parameter, ...]
    _index: Mapping[tuple[str, Key], tuple[Parameter, ...]] = field(repr=False)

    @property
    def origin(self) -> "ParameterSet":
        """The set that this is a view of, or itself: the key of what is cached by set."""
        return self

    @property
    def supplied(self) -> tuple[Parameter, ...]:
        """The values that a caller supplied."""
        return ()

    @property
    def noted(self) -> tuple[Parameter, ...]:
        """The values that were found and are not official, by name, key and first day."""
        return ()

    def note(self, parameter: Parameter) -> None:
        """Note that a decision rests on this value, unless it is official."""

    def noting(self, supplied: tuple[Parameter, ...] = ()) -> "ParameterSet":
        """A view that notes which values are found that are not official.

        It finds the `supplied` values on days without a published one. A set of official values to
        which nothing is supplied has nothing to note, and is its own view.
        """
        if not supplied and self._is_official():
            return self
        held = (self.name, self.version, self.sha256, self.text, self.sources, self.parameters, self._index)
        return _View(*held, self, supplied, {})

    @lru_cache(maxsize=64)  # noqa: B019 - sets live as long as the process, and every decision asks for a view
    def _is_official(self) -> bool:
        return all(parameter.basis == "official" for parameter in self.parameters)

    @lru_cache(maxsize=4_096)  # noqa: B019 - sets live as long as the process
    def find(self, name: str, on: date, **key: str) -> Parameter:
        """The parameter `name` for `key` in force on the day `on`.

        Raises ParameterUnknownError with the name and the day if there is none.
        """
        return _required(self.published(name, on, **key), name, on, key)

    def seek(self, name: str, on: date, **key: str) -> Parameter | None:
        """Like `find`; returns None if there is no such value."""
        return self.published(name, on, **key)

    def known(self, name: str, on: date, **key: str) -> Parameter | None:
        """The value that is published, or else supplied. It is not noted."""
        return self.published(name, on, **key)

    @lru_cache(maxsize=4_096)  # noqa: B019 - sets live as long as the process
    def published(self, name: str, on: date, **key: str) -> Parameter | None:
        """The value of the set itself, which no supplied one replaces. It is not noted."""
        for parameter in self._index.get((name, tuple(sorted(key.items()))), ()):
            if parameter.first <= on <= parameter.last:
                return parameter
        return None

    def decimal(self, name: str, on: date, **key: str) -> Decimal:
        """Like `find`, with the value as a Decimal."""
        value = self.find(name, on, **key).value
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"{name} is not a number")
        return Decimal(value)

    def integer(self, name: str, on: date, **key: str) -> int:
        """Like `find`, with the value as a whole number."""
        value = self.find(name, on, **key).value
        if isinstance(value, Decimal) and value == int(value):
            return int(value)  # a supplied one
        if type(value) is not int:  # a bool is not a whole number
            raise TypeError(f"{name} is not a whole number")
        return value

    def day(self, name: str, on: date, **key: str) -> date:
        """Like `find`, with the value as a day."""
        value = self.find(name, on, **key).value
        if not isinstance(value, date):
            raise TypeError(f"{name} is not a day")
        return value

    def flag(self, name: str, on: date, **key: str) -> bool:
        """Like `find`, with the value as a bool."""
        value = self.find(name, on, **key).value
        if not isinstance(value, bool):
            raise TypeError(f"{name} is not a flag")
        return value

    def rows(self, name: str, on: date) -> tuple[Parameter, ...]:
        """Every row of the parameter `name` in force on the day `on`, in the order of the file.

        A supplied value is no row, because its key could be any text. None of the rows is noted.
        """
        return tuple(p for p in self.parameters if p.name == name and p.first <= on <= p.last)

    def in_force(self, on: date) -> tuple[Parameter, ...]:
        """Every parameter in force on the day `on`, in the order of the file."""
        return tuple(p for p in self.parameters if p.first <= on <= p.last)


@dataclass(frozen=True, slots=True, eq=False)
class _View(ParameterSet):
    """A set for one decision. It must not stay in a cache, so its set caches what it finds."""

    _of: ParameterSet
    _supplied: tuple[Parameter, ...]
    _noted: dict[Parameter, None]

    @property
    def origin(self) -> ParameterSet:
        return self._of

    @property
    def supplied(self) -> tuple[Parameter, ...]:
        return self._supplied

    @property
    def noted(self) -> tuple[Parameter, ...]:
        return tuple(sorted(self._noted, key=lambda p: (p.name, p.key, p.first)))

    def note(self, parameter: Parameter) -> None:
        if parameter.basis != "official":
            self._noted[parameter] = None

    def find(self, name: str, on: date, **key: str) -> Parameter:  # type: ignore[override]  # not cached
        return _required(self.seek(name, on, **key), name, on, key)

    def published(self, name: str, on: date, **key: str) -> Parameter | None:  # type: ignore[override]  # not cached
        return self._of.published(name, on, **key)

    def known(self, name: str, on: date, **key: str) -> Parameter | None:
        parameter = self._of.published(name, on, **key)
        if parameter is None:
            wanted = tuple(sorted(key.items()))
            supplied = (p for p in self._supplied if (p.name, p.key) == (name, wanted) and p.first <= on <= p.last)
            parameter = next(supplied, None)
        return parameter

    def seek(self, name: str, on: date, **key: str) -> Parameter | None:
        parameter = self.known(name, on, **key)
        if parameter is not None:
            self.note(parameter)
        return parameter


def _required(parameter: Parameter | None, name: str, on: date, key: Mapping[str, str]) -> Parameter:
    if parameter is None:
        wanted = ", ".join(f"{part} {value}" for part, value in sorted(key.items()))
        raise ParameterUnknownError(f"{name} ({wanted})" if wanted else name, on.isoformat())
    return parameter


def read_parameters(name: str, text: str) -> ParameterSet:
    """The set that the TOML `text` defines.

    Raises ValueError if a row lacks a value, source or days, or if two values apply on one day.
    """
    content = tomllib.loads(text, parse_float=Decimal)
    sources = content["sources"]
    read = {k: Source(v["act"], v["article"], v["url"]) for k, v in sources.items()}
    found: list[Parameter] = []
    for block in content["parameter"]:
        shared = {k: v for k, v in block.items() if k not in ("rows", "value")}
        rows = block["rows"] if "rows" in block else [{k: v for k, v in block.items() if k == "value"}]
        found.extend(_row({**shared, **row}, sources, read) for row in rows)
    index: dict[tuple[str, Key], list[Parameter]] = {}
    for parameter in found:
        if parameter.last < parameter.first:
            raise ValueError(f"{parameter.name} {dict(parameter.key)} ends before it begins")
        dated = index.setdefault((parameter.name, parameter.key), [])
        if any(other.first <= parameter.last and parameter.first <= other.last for other in dated):
            raise ValueError(f"{parameter.name} {dict(parameter.key)} has two values on one day")
        dated.append(parameter)
    return ParameterSet(
        name,
        content["version"],
        hashlib.sha256(text.encode()).hexdigest(),
        text,
        read,
        tuple(found),
        {k: tuple(v) for k, v in index.items()},
    )


def _row(row: dict[str, Any], sources: Mapping[str, Mapping[str, str]], read: Mapping[str, Source]) -> Parameter:
    fixed = {"name", "unit", "source", "from", "until", "value", "basis", "arithmetic", "final"}
    try:
        source = sources[row["source"]]
        basis = row.get("basis", source.get("basis", "official"))
        arithmetic = row.get("arithmetic", source.get("arithmetic", "")) if basis == "derived" else ""
        if basis not in ("official", "secondary", "derived") or (basis == "derived" and not arithmetic):
            raise ValueError(f"a row of {row['name']} is {basis}, which is no basis or lacks its arithmetic")
        return Parameter(
            row["name"],
            tuple(sorted((k, str(v)) for k, v in row.items() if k not in fixed)),
            row["value"],
            row.get("unit", ""),
            row["from"],
            row.get("until", LAST_DAY),
            read[row["source"]],
            basis,
            arithmetic,
            row.get("final", False),
        )
    except KeyError as missing:
        raise ValueError(f"a row of {row.get('name')} lacks {missing}") from None
