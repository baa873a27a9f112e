"""Update expressions: SET to a value of the request, REMOVE, and ADD to a number or a set."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local.simulator.dynamodb.conditions import Names
from local.simulator.dynamodb.expressions import Attribute, Placeholder, Words
from local.simulator.dynamodb.values import SETS, Value, Values, in_order, plus
from local.simulator.errors import RefusedError, invalid

Clause = Callable[[Values, str, Any], None]
CLAUSES = ("SET", "REMOVE", "ADD")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an item. `value` is None for REMOVE."""

    clause: str
    path: Attribute
    value: Placeholder | None


@dataclass(frozen=True, slots=True)
class Update:
    """All changes of an expression, with the placeholders that it uses."""

    changes: tuple[Change, ...]
    names: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4096)
def parse_update(text: str) -> Update:
    """Raises RefusedError and UnsupportedError."""
    words, changes, clauses = Words(text, "UpdateExpression"), list[Change](), list[str]()
    while words.words:
        clause = words.words.pop().upper()
        if clause not in CLAUSES:
            raise words.unknown()
        if clause in clauses:
            raise invalid(f'Invalid UpdateExpression: The "{clause}" section can only be used once')
        clauses.append(clause)
        changes.append(_change(words, clause))
        while words.take(","):
            changes.append(_change(words, clause))
    return Update(tuple(changes), frozenset(words.names), frozenset(words.values))


def _change(words: Words, clause: str) -> Change:
    path = words.path()
    if clause == "REMOVE":
        return Change(clause, path, None)
    if clause == "SET":
        words.require("=")
    return Change(clause, path, words.value())


def changed(before: Values, update: Update, names: Names, values: Values, keys: Collection[str]) -> Values:
    """The attributes after the update, in a new dict. Raises RefusedError."""
    paths = [tuple(names[step] if step.startswith("#") else step for step in one.path.steps) for one in update.changes]
    _check(paths, keys)
    after = dict(before)
    for change, path in zip(update.changes, paths, strict=True):
        value = None if change.value is None else values[change.value.name]
        _apply(after, path, _CLAUSES[change.clause], value)
    return after


def _check(paths: list[tuple[str, ...]], keys: Collection[str]) -> None:
    for at, path in enumerate(paths):
        if path[0] in keys:
            raise invalid(
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}. "
                "This attribute is part of the key"
            )
        for other in paths[:at]:
            shorter = min(len(path), len(other))
            if path[:shorter] == other[:shorter]:
                raise invalid(
                    "Invalid UpdateExpression: Two document paths overlap with each other; "
                    "must remove or rewrite one of these paths"
                )


def _apply(item: Values, path: tuple[str, ...], clause: Clause, value: Value | None) -> None:
    """Change the item at the path; the maps on the way are copied, as others may hold them."""
    *outer, last = path
    place = item
    for name in outer:
        found = place.get(name)
        if found is None or found[0] != "M":
            raise invalid("The document path provided in the update expression is invalid for update")
        inner = dict(found[1])
        place[name] = ("M", inner)
        place = inner
    clause(place, last, value)


def _set(place: Values, name: str, value: Value) -> None:
    place[name] = value


def _remove(place: Values, name: str, _: None) -> None:
    place.pop(name, None)


def _add(place: Values, name: str, value: Value) -> None:
    kind, content = value
    if kind != "N" and kind not in SETS:
        raise invalid("Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD")
    found = place.get(name)
    if found is None:
        place[name] = value
    elif found[0] != kind:
        raise _mismatch()
    elif kind == "N":
        place[name] = (kind, plus(found[1], content))
    else:
        place[name] = (kind, in_order(SETS[kind], {*found[1], *content}))


def _mismatch() -> RefusedError:
    return invalid("An operand in the update expression has an incorrect data type")


_CLAUSES: dict[str, Clause] = {"SET": _set, "REMOVE": _remove, "ADD": _add}
