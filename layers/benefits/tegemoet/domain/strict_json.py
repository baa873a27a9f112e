"""Strict reading of JSON, the same for the API and for files of cases.

By default, JSON libraries accept texts that cannot be stored exactly or that have several readings.
Here a duplicate name, `NaN`, more than 16 levels, and a name that is not Unicode text are rejected.
A value that JSON can write and no reader keeps exactly becomes `Inexact`.
"""

import json
import re
from typing import Any, NamedTuple

import orjson

from tegemoet.domain.decision import canonical
from tegemoet.domain.problems import MalformedError

MAX_LEVELS = 16
"""The maximum number of nested objects and lists: twice what any case needs."""
_LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785)."""
_EXPONENT = re.compile(rb"[0-9][eE]")


class Inexact:
    """A placeholder for a value that cannot be kept exactly.

    It stands for a number with a fraction or an exponent, a whole number of more than 53 bits, or a
    lone surrogate. No field accepts it, so its field is reported like any other at fault.
    """


class StrictJson(NamedTuple):
    """A JSON value and its canonical bytes, which are empty if a value is `Inexact`."""

    value: Any
    canonical: bytes


def read_line(text: bytes) -> StrictJson:
    """The JSON of a line: as `read`, and fast for a line that can be decided.

    Deep nesting may pass here, and a number that should be `Inexact` may be a number. No schema
    accepts either, so a line that does not validate is validated again from what `rewrite` returns.
    Raises MalformedError as `read` does.
    """
    try:
        value = orjson.loads(text)
        written = canonical(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _read_slowly(text)
    # A compact text without a duplicate name is as long as its canonical form, unless a number with
    # an exponent became longer. Only a longer text, or one with such a number, is checked name by
    # name.
    if len(written) != len(text) or _EXPONENT.search(text):
        json.loads(text, object_pairs_hook=_unique)
    return StrictJson(value, written)


def rewrite(text: bytes) -> bytes:
    """The JSON of `text`, with each `Inexact` replaced by an object that no field accepts.

    The result is null if the whole value is `Inexact`. Raises MalformedError as `read` does.
    """
    value = _decode(text)
    return orjson.dumps(None if isinstance(value, Inexact) else value, default=refused_everywhere)


def _read_slowly(text: bytes) -> StrictJson:
    value = _decode(text)
    try:
        return StrictJson(value, canonical(value))
    except orjson.JSONEncodeError:
        return StrictJson(value, b"")


def _decode(text: bytes) -> Any:
    try:
        return read(text.decode())
    except UnicodeDecodeError:
        raise MalformedError("The body is not UTF-8.", "json-invalid") from None


def read(text: str) -> Any:
    """The JSON value of `text`, with `Inexact` for each value that cannot be kept exactly.

    Raises MalformedError with the code `json-invalid`, `json-duplicate-name`, `json-not-a-number`
    or `json-too-deep`.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_float=lambda _: Inexact(), parse_constant=_constant, parse_int=_whole
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise MalformedError("The body is not JSON.", "json-invalid") from None
    return _exact(value, MAX_LEVELS)


def refused_everywhere(_: Any) -> dict[str, None]:
    """The form in which an `Inexact` is written: an object that no field accepts either."""
    return {"": None}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("The body repeats a name in an object.", "json-duplicate-name")
    return members


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = _unique(pairs)
    if not all(_is_unicode(name) for name in members):
        raise MalformedError("The body contains a name that is not valid Unicode.", "json-invalid")
    return members


def _constant(_: str) -> Any:
    raise MalformedError("The body contains NaN or Infinity, which are not JSON.", "json-not-a-number")


def _whole(digits: str) -> int | Inexact:
    number = int(digits) if len(digits) < 20 else _LARGEST + 1
    return number if abs(number) <= _LARGEST else Inexact()


def _exact(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return value if _is_unicode(value) else Inexact()
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise _too_deep()
    if isinstance(value, list):
        return [_exact(inner, levels - 1) for inner in value]
    return {name: _exact(inner, levels - 1) for name, inner in value.items()}


def _is_unicode(text: str) -> bool:
    """Whether `text` can be written as UTF-8. A JSON escape can write a lone surrogate."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _too_deep() -> MalformedError:
    return MalformedError(f"The body nests objects and lists more than {MAX_LEVELS} levels deep.", "json-too-deep")
