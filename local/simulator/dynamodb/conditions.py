"""Whether an item fulfils a condition. Each text is compiled once."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from local.simulator.dynamodb.expressions import (
    Among,
    Attribute,
    Comparison,
    Condition,
    Every,
    Function,
    Parsed,
    Placeholder,
    parse_condition,
)
from local.simulator.dynamodb.values import SETS, Value, Values
from local.simulator.errors import invalid

Names = Mapping[str, str]
Test = Callable[[Values, Names, Values], bool]
"""Of the item, the names and the values of the request."""
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(maxsize=4096)
def compiled(text: str, kind: str = "ConditionExpression") -> tuple[Test, Parsed]:
    """The test that an expression is, and what it uses."""
    parsed = parse_condition(text, kind)
    return _test(parsed.condition), parsed


def _test(condition: Condition) -> Test:
    match condition:
        case Every(parts):
            tests = tuple(map(_test, parts))
            return lambda item, names, values: all(test(item, names, values) for test in tests)
        case Comparison():
            return _comparison(condition)
        case Among(path, options):
            read, wanted = reader(path), tuple(option.name for option in options)
            return lambda item, names, values: read(item, names) in [values[name] for name in wanted]
        case Function():
            return _function(condition)
        case _:
            tests = tuple(map(_test, condition.parts))
            return lambda item, names, values: any(test(item, names, values) for test in tests)


def reader(path: Attribute) -> Callable[[Values, Names], Value | None]:
    """What reads the value at the path of an item; None where there is none."""
    if len(path.steps) == 1:
        [step] = path.steps
        if step.startswith("#"):
            return lambda item, names: item.get(names[step])
        return lambda item, _: item.get(step)

    def nested(item: Values, names: Names) -> Value | None:
        found: Value | None = ("M", item)
        for step in path.steps:
            if found is None or found[0] != "M":
                return None
            found = found[1].get(names[step] if step.startswith("#") else step)
        return found

    return nested


def _comparison(condition: Comparison) -> Test:
    read, wanted = reader(condition.left), condition.right.name
    if condition.operator == "=":
        return lambda item, names, values: read(item, names) == values[wanted]
    holds = _ORDER[condition.operator]

    def test(item: Values, names: Names, values: Values) -> bool:
        kind, limit = values[wanted]
        if kind not in ("S", "N", "B"):
            raise invalid(f"Invalid ConditionExpression: Incorrect operand type for operator {condition.operator}")
        found = read(item, names)
        if found is None or found[0] != kind:
            return False
        return holds(Decimal(found[1]), Decimal(limit)) if kind == "N" else holds(found[1], limit)

    return test


def _function(condition: Function) -> Test:
    read = reader(condition.path)
    match condition.name, condition.argument:
        case "attribute_exists", _:
            return lambda item, names, _: read(item, names) is not None
        case "attribute_not_exists", _:
            return lambda item, names, _: read(item, names) is None
        case "begins_with", Placeholder(wanted):
            return lambda item, names, values: _begins_with(read(item, names), values[wanted])
        case _, Placeholder(wanted):
            return lambda item, names, values: _contains(read(item, names), values[wanted])
    raise AssertionError(condition)


def _begins_with(found: Value | None, prefix: Value) -> bool:
    if prefix[0] not in ("S", "B"):
        raise invalid("Invalid ConditionExpression: Incorrect operand type for operator or function: begins_with")
    return found is not None and found[0] == prefix[0] and bool(found[1].startswith(prefix[1]))


def _contains(found: Value | None, wanted: Value) -> bool:
    if found is None:
        return False
    kind, content = found
    if kind == "L":
        return wanted in content
    if SETS.get(kind, kind) == wanted[0] and kind in ("S", "B", *SETS):
        return wanted[1] in content
    return False
