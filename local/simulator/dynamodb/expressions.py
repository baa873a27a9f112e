"""Expressions of DynamoDB: their words, their grammar, and what they use.

Known are the forms that the adapters and the idempotency of Powertools use; every other one raises
UnsupportedError. Reserved words are those of
docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Union

from local.simulator.errors import UnsupportedError, invalid

RESERVED = frozenset(Path(__file__).with_name("reserved_words.txt").read_text("ascii").split())
FUNCTIONS = ("attribute_exists", "attribute_not_exists", "begins_with", "contains")
COMPARATORS = ("=", "<", "<=", ">", ">=")
_WORD = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[=<>(),.+\-\[\]])")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A path: names and placeholders (`#name`), from the outermost."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of the request, `:name`."""

    name: str


Operand = Attribute | Placeholder


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Attribute
    right: Placeholder


@dataclass(frozen=True, slots=True)
class Among:
    path: Attribute
    options: tuple[Placeholder, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """`argument` is None for those that take a path alone."""

    name: str
    path: Attribute
    argument: Placeholder | None


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition = Union[Comparison, Among, Function, Every, AnyOf]  # noqa: UP007 - names that follow


@dataclass(slots=True)
class Words:
    """The words of an expression, read one by one, and the placeholders that were met.

    `kind` is how AWS calls the expression in its messages.
    """

    text: str
    kind: str
    words: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        at = 0
        text = self.text.rstrip()
        if not text:
            raise invalid(f"Invalid {self.kind}: The expression can not be empty;")
        while at < len(text):
            found = _WORD.match(text, at)
            if found is None:
                raise self.unknown()
            self.words.append(found[1])
            at = found.end()
        self.words.reverse()

    @property
    def next(self) -> str:
        return self.words[-1] if self.words else ""

    def take(self, *expected: str) -> bool:
        """Read the next word if it is one of these, whatever its case."""
        if self.next.upper() in expected:
            self.words.pop()
            return True
        return False

    def require(self, expected: str) -> None:
        if not self.take(expected):
            raise self.unknown()

    def finish(self) -> None:
        if self.words:
            raise self.unknown()

    def unknown(self) -> UnsupportedError:
        return UnsupportedError(f"this form of a {self.kind}: {self.text}")

    def path(self) -> Attribute:
        steps = [self._name()]
        while self.take("."):
            steps.append(self._name())
        if self.next == "[":
            raise self.unknown()
        return Attribute(tuple(steps))

    def _name(self) -> str:
        name = self.words.pop() if self.words else ""
        if name.startswith("#"):
            self.names.add(name)
        elif not name[:1].isalpha():
            raise self.unknown()
        elif name.upper() in RESERVED:
            raise invalid(
                f"Invalid {self.kind}: Attribute name is a reserved keyword; reserved keyword: {name}",
            )
        return name

    def value(self) -> Placeholder:
        if not self.next.startswith(":"):
            raise self.unknown()
        name = self.words.pop()
        self.values.add(name)
        return Placeholder(name)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A condition with the placeholders that it uses."""

    condition: Condition
    names: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4096)
def parse_condition(text: str, kind: str = "ConditionExpression") -> Parsed:
    """Raises RefusedError and UnsupportedError."""
    words = Words(text, kind)
    condition = _alternatives(words)
    words.finish()
    return Parsed(condition, frozenset(words.names), frozenset(words.values))


@lru_cache(maxsize=256)
def parse_projection(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The top-level attributes, and the placeholders among them."""
    words = Words(text, "ProjectionExpression")
    paths = [words.path()]
    while words.take(","):
        paths.append(words.path())
    words.finish()
    if any(len(path.steps) > 1 for path in paths):
        raise words.unknown()
    return tuple(path.steps[0] for path in paths), frozenset(words.names)


def _alternatives(words: Words) -> Condition:
    parts = [_together(words)]
    while words.take("OR"):
        parts.append(_together(words))
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _together(words: Words) -> Condition:
    parts = [_single(words)]
    while words.take("AND"):
        parts.append(_single(words))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _single(words: Words) -> Condition:
    if words.take("("):
        condition = _alternatives(words)
        words.require(")")
        return condition
    if words.next in FUNCTIONS:
        return _function(words)
    if words.next.upper() == "NOT" or words.words[-2:-1] == ["("]:
        raise words.unknown()  # a negation or another function
    path = words.path()
    if words.take("IN"):
        words.require("(")
        options = [words.value()]
        while words.take(","):
            options.append(words.value())
        words.require(")")
        return Among(path, tuple(options))
    if words.next not in COMPARATORS:
        raise words.unknown()
    return Comparison(words.words.pop(), path, words.value())


def _function(words: Words) -> Function:
    name = words.words.pop()
    words.require("(")
    path, argument = words.path(), None
    if name in ("begins_with", "contains"):
        words.require(",")
        argument = words.value()
    words.require(")")
    return Function(name, path, argument)
