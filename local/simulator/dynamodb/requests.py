"""The expressions of one request, checked as DynamoDB does: nothing undefined, nothing unused."""

from collections.abc import Mapping
from typing import Any

from local.simulator.dynamodb.conditions import Test, compiled
from local.simulator.dynamodb.expressions import (
    Comparison,
    Condition,
    Every,
    Function,
    parse_condition,
    parse_projection,
)
from local.simulator.dynamodb.places import KeySchema, Span
from local.simulator.dynamodb.updates import Update, parse_update
from local.simulator.dynamodb.values import Values, frozen
from local.simulator.errors import RefusedError, UnsupportedError, invalid

NOTHING: Values = {}


class Expressions:
    """The names and values of a request, and which of them its expressions used."""

    __slots__ = ("_used_names", "_used_values", "names", "values")

    def __init__(self, names: Mapping[str, str] | None, values: Mapping[str, Mapping[str, Any]] | None) -> None:
        self.names: Mapping[str, str] = names if names is not None else {}
        self.values: Values = {name: frozen(value) for name, value in values.items()} if values is not None else NOTHING
        self._used_names: frozenset[str] = frozenset()
        self._used_values: frozenset[str] = frozenset()

    def condition(self, text: str, kind: str = "ConditionExpression") -> Test:
        test, parsed = compiled(text, kind)
        self._use(kind, parsed.names, parsed.values)
        return test

    def update(self, text: str) -> Update:
        update = parse_update(text)
        self._use("UpdateExpression", update.names, update.values)
        return update

    def projection(self, text: str) -> tuple[str, ...]:
        """The names of the attributes."""
        steps, used = parse_projection(text)
        self._use("ProjectionExpression", used, frozenset())
        return tuple(self.names[step] if step.startswith("#") else step for step in steps)

    def span(self, text: str, keys: KeySchema) -> Span:
        """The range of keys that a key condition means. Raises RefusedError."""
        parsed = parse_condition(text, "KeyConditionExpression")
        self._use("KeyConditionExpression", parsed.names, parsed.values)
        condition = parsed.condition
        parts = condition.parts if isinstance(condition, Every) else (condition,)
        found = {self._key_name(part): part for part in parts}
        partition = found.pop(keys.partition, None)
        if not isinstance(partition, Comparison) or partition.operator != "=":
            raise invalid(f"Query condition missed key schema element: {keys.partition}")
        pk = self._text(partition.right.name, keys.partition)
        if not found:
            return Span(pk)
        if keys.sort is None or found.keys() != {keys.sort}:
            raise invalid("Query key condition not supported")
        return self._range(pk, found[keys.sort], keys.sort)

    def _range(self, pk: str, condition: Condition, name: str) -> Span:
        match condition:
            case Function("begins_with", _, wanted) if wanted is not None:
                prefix = self._text(wanted.name, name)
                return Span(pk, prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1))
            case Comparison(operator, _, wanted):
                limit = self._text(wanted.name, name)
                beyond = limit + "\0"
                low = {"=": limit, ">=": limit, ">": beyond}.get(operator)
                high = {"=": beyond, "<=": beyond, "<": limit}.get(operator)
                return Span(pk, low, high)
        raise invalid("Query key condition not supported")

    def _key_name(self, condition: Condition) -> str:
        match condition:
            case Comparison(_, path) | Function(_, path) if len(path.steps) == 1:
                [step] = path.steps
                return self.names[step] if step.startswith("#") else step
        raise UnsupportedError("this form of a KeyConditionExpression")

    def _text(self, placeholder: str, name: str) -> str:
        kind, content = self.values[placeholder]
        if kind != "S":
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
        if not content:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty string value. Key: {name}"
            )
        text: str = content
        return text

    def _use(self, kind: str, names: frozenset[str], values: frozenset[str]) -> None:
        if not names <= self.names.keys():
            lacking = min(names - self.names.keys())
            raise invalid(
                f"Invalid {kind}: An expression attribute name used in the document path is not defined; "
                f"attribute name: {lacking}"
            )
        if not values <= self.values.keys():
            lacking = min(values - self.values.keys())
            raise invalid(
                f"Invalid {kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {lacking}"
            )
        self._used_names |= names
        self._used_values |= values

    def finish(self) -> None:
        """Raises RefusedError when the request gave names or values that nothing uses."""
        if self._used_names != self.names.keys():
            unused = ", ".join(sorted(self.names.keys() - self._used_names))
            raise invalid(f"Value provided in ExpressionAttributeNames unused in expressions: keys: {{{unused}}}")
        if self._used_values != self.values.keys():
            unused = ", ".join(sorted(self.values.keys() - self._used_values))
            raise invalid(f"Value provided in ExpressionAttributeValues unused in expressions: keys: {{{unused}}}")


def failed(existing: Mapping[str, Any] | None) -> RefusedError:
    """The condition of a write did not hold. `existing` is returned where it was asked for."""
    extra: dict[str, Any] = {} if existing is None else {"Item": existing}
    return RefusedError("ConditionalCheckFailedException", "The conditional request failed", **extra)
