"""Items as they are stored: immutable, normalised and measured.

A stored value is a pair of its type and its content, `("S", "text")`. Numbers are normalised, so
that equal numbers are equal texts; a list is a tuple of pairs, a map a dict of pairs that nobody
changes, a set a sorted tuple. What a caller gives or gets is a copy.
"""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException, Inexact
from typing import Any, NamedTuple

from local.simulator.errors import UnsupportedError, invalid

Value = tuple[str, Any]
Values = dict[str, Value]
LARGEST = 400 * 1024
"""Bytes of an item, names included:
docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html."""
PLAIN_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL"})
SETS = {"SS": "S", "NS": "N", "BS": "B"}
_NUMBERS = Context(prec=38, traps=[Inexact])


class Stored(NamedTuple):
    """An item in a table. `flat`: no value of it contains others. `size` in bytes."""

    values: Values
    flat: bool
    size: int

    def copy(self) -> dict[str, Any]:
        """The item as a client returns it."""
        if self.flat:
            return {name: {kind: content} for name, (kind, content) in self.values.items()}
        return {name: thawed(value) for name, value in self.values.items()}

    def projected(self, names: tuple[str, ...]) -> dict[str, Any]:
        """These attributes of the item as a client returns them."""
        return {name: thawed(self.values[name]) for name in names if name in self.values}


def freeze(item: Mapping[str, Mapping[str, Any]]) -> Stored:
    """The item that a caller gave, to be stored. Raises RefusedError."""
    values: Values = {}
    flat, size = True, 0
    for name, given in item.items():
        value = frozen(given)
        kind, content = values[name] = value
        # texts and numbers are most of what is stored
        size += len(name) if name.isascii() else len(name.encode())
        if kind == "S":
            size += len(content) if content.isascii() else len(content.encode())
        else:
            size += size_of(value)
            flat = flat and kind in PLAIN_TYPES
    return Stored(values, flat, checked(size))


def measured(values: Values) -> Stored:
    """An item that was put together from stored values."""
    size = sum(len(name.encode()) + size_of(value) for name, value in values.items())
    return Stored(values, all(kind in PLAIN_TYPES for kind, _ in values.values()), checked(size, changed=True))


def checked(size: int, changed: bool = False) -> int:
    if size > LARGEST:
        raise invalid(f"Item size {'to update ' if changed else ''}has exceeded the maximum allowed size")
    return size


def frozen(given: Mapping[str, Any]) -> Value:
    """A value that a caller gave, to be stored. Raises RefusedError."""
    if len(given) != 1:
        raise invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    [(kind, content)] = given.items()
    if kind == "S" and type(content) is str:
        return (kind, content)
    if kind == "N" and type(content) is str:
        plain = content.isdecimal() and content.isascii() and content[0] != "0" and len(content) < 38
        return (kind, content if plain else number(content))
    return (kind, _frozen(kind, content))


def _frozen(kind: str, content: Any) -> Any:
    """The content of what is neither text nor number."""
    match kind:
        case "B" if isinstance(content, bytes | bytearray):
            return bytes(content)
        case "BOOL" | "NULL" if type(content) is bool:
            return content
        case "SS" | "NS" | "BS":
            return _set(SETS[kind], content)
        case "L":
            return tuple(map(frozen, content))
        case "M":
            return {name: frozen(value) for name, value in content.items()}
    raise UnsupportedError(f"a value of the type {kind} from {type(content).__name__}")


def _set(kind: str, members: Any) -> tuple[Any, ...]:
    contents = [frozen({kind: member})[1] for member in members]
    if not contents:
        raise invalid("One or more parameter values were invalid: An string set  may not be empty")
    if len(set(contents)) < len(contents):
        raise invalid("One or more parameter values were invalid: Input collection contains duplicates.")
    return in_order(kind, contents)


def in_order(kind: str, contents: Any) -> tuple[Any, ...]:
    """The members of a set; DynamoDB promises no order, so this one is the same in every replay."""
    return tuple(sorted(contents, key=Decimal)) if kind == "N" else tuple(sorted(contents))


def number(text: str) -> str:
    """A number in the form in which DynamoDB returns it. Raises RefusedError."""
    try:
        value = _NUMBERS.create_decimal(text)
    except DecimalException:
        raise invalid("Attempting to store more than 38 significant digits in a Number, or no number") from None
    if not value.is_finite():
        raise invalid("The parameter cannot be converted to a numeric value")
    if not value:
        return "0"
    if not -130 <= value.adjusted() <= 125:
        raise invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    return format(value.normalize(_NUMBERS), "f")


def plus(one: str, other: str) -> str:
    """The sum of two numbers. Raises RefusedError."""
    try:
        return number(str(_NUMBERS.add(Decimal(one), Decimal(other))))
    except DecimalException:
        raise invalid("Number overflow, or more than 38 significant digits") from None


def thawed(value: Value) -> dict[str, Any]:
    """A stored value as a client returns it, which the caller may change."""
    kind, content = value
    if kind in PLAIN_TYPES:
        return {kind: content}
    if kind == "M":
        return {"M": {name: thawed(each) for name, each in content.items()}}
    if kind == "L":
        return {"L": [thawed(each) for each in content]}
    return {kind: list(content)}


def size_of(value: Value) -> int:
    """Bytes of a value, as CapacityUnitCalculations.html of the developer guide counts them."""
    kind, content = value
    measure = _SIZES.get(kind)
    if measure is not None:
        return measure(content)
    if kind == "M":
        return 3 + sum(len(name.encode()) + 1 + size_of(each) for name, each in content.items())
    if kind == "L":
        return 3 + sum(1 + size_of(each) for each in content)
    return sum(size_of((SETS[kind], each)) for each in content)


_SIZES: Mapping[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "B": len,
    "N": lambda digits: (len(digits.strip("-0").replace(".", "")) + 1) // 2 + 1,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
}
