"""Single writes: each is prepared, which refuses what is malformed, tested, and then applied.

A transaction prepares and tests all of its actions before it applies one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulator.dynamodb.conditions import Test
from local.simulator.dynamodb.places import Place
from local.simulator.dynamodb.requests import Expressions, failed
from local.simulator.dynamodb.tables import Table
from local.simulator.dynamodb.updates import Update, changed
from local.simulator.dynamodb.values import Stored, Values, freeze, measured
from local.simulator.errors import UnsupportedError

NOTHING: Values = {}


@dataclass(slots=True)
class Write:
    """One write. `result` = what the item becomes, computed from what is there.

    `returns` = whether a failed condition returns the existing item.
    """

    table: Table
    place: Place
    expressions: Expressions
    test: Test | None
    result: Callable[[Stored | None], Stored | None]
    returns: bool

    def refusal(self) -> Mapping[str, Any] | None:
        """None when the condition holds, else the existing item, empty where none is returned."""
        if self.test is None:
            return None
        existing = self.table.get(self.place)
        values = NOTHING if existing is None else existing.values
        if self.test(values, self.expressions.names, self.expressions.values):
            return None
        return existing.copy() if existing is not None and self.returns else {}

    def outcome(self) -> Stored | None:
        """What is there afterwards. Raises RefusedError for an impossible update."""
        return self.result(self.table.get(self.place))

    def apply(self) -> Stored | None:
        """Write alone. Returns what was there before; raises RefusedError."""
        existing = self.refusal()
        if existing is not None:
            raise failed(existing or None)
        before = self.table.get(self.place)
        self.table.write(self.place, self.result(before))
        return before


def put(
    table: Table,
    item: Mapping[str, Any],
    condition: str | None = None,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    on_failure: str = "NONE",
) -> Write:
    stored = freeze(item)
    expressions, test = _conditional(condition, names, values)
    expressions.finish()
    return Write(table, table.place_of(stored), expressions, test, lambda _: stored, _returns(on_failure))


def update(
    table: Table,
    key: Mapping[str, Any],
    text: str,
    condition: str | None = None,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    on_failure: str = "NONE",
) -> Write:
    expressions, test = _conditional(condition, names, values)
    parsed = expressions.update(text)
    expressions.finish()
    place = table.place_at(key)

    def result(before: Stored | None) -> Stored:
        return _updated(table, place, before, parsed, expressions)

    return Write(table, place, expressions, test, result, _returns(on_failure))


def _updated(table: Table, place: Place, before: Stored | None, parsed: Update, expressions: Expressions) -> Stored:
    if before is None:
        old: Values = {name: ("S", text) for name, text in zip(table.keys.names, place, strict=False)}
    else:
        old = before.values
    after = measured(changed(old, parsed, expressions.names, expressions.values, table.keys.names))
    table.place_of(after)  # an index may refuse its key
    return after


def delete(
    table: Table,
    key: Mapping[str, Any],
    condition: str | None = None,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    on_failure: str = "NONE",
) -> Write:
    expressions, test = _conditional(condition, names, values)
    expressions.finish()
    return Write(table, table.place_at(key), expressions, test, lambda _: None, _returns(on_failure))


def check(
    table: Table,
    key: Mapping[str, Any],
    condition: str,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    on_failure: str = "NONE",
) -> Write:
    """The condition of a transaction on an item that it does not change."""
    expressions, test = _conditional(condition, names, values)
    expressions.finish()
    return Write(table, table.place_at(key), expressions, test, kept, _returns(on_failure))


def kept(before: Stored | None) -> Stored | None:
    """What a check leaves there."""
    return before


def _conditional(
    condition: str | None, names: Mapping[str, str] | None, values: Mapping[str, Any] | None
) -> tuple[Expressions, Test | None]:
    expressions = Expressions(names, values)
    return expressions, None if condition is None else expressions.condition(condition)


def _returns(on_failure: str) -> bool:
    if on_failure not in ("NONE", "ALL_OLD"):
        raise UnsupportedError(f"ReturnValuesOnConditionCheckFailure {on_failure}")
    return on_failure == "ALL_OLD"
