"""Reading a JSON body strictly: what JSON libraries let pass by default is refused here or, where it has a place, at that place."""

from typing import Any

from tegemoet.api.refusals import Malformed, TooLarge
from tegemoet.domain.problems import Fault, Invalid

LIMIT = 256 * 1024
"""Bytes of a body."""
DEPTH = 16
"""Levels of objects and lists in one another: twice what any case needs."""
_LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader takes exactly (RFC 8785)."""


class Inexact:
    """Stands for a value that JSON can write and nobody can keep exactly: a number with a fraction or an exponent, a whole number
    of more than 53 bits, half a character. No field takes it, so that the field which has it is named like any other at fault."""


def read_body(text: str) -> Any:
    """The JSON document that `text` writes, with `Inexact` for the values that are so.

    Raises Malformed (400, 413) for what is not JSON, has a name twice in one object, or nests too deeply, and Invalid (422) for what is
    no object.
    """
    import json  # here, so that a route without a body does not wait for it

    if len(text.encode("utf-8", "surrogatepass")) > LIMIT:
        raise TooLarge(f"The body is larger than {LIMIT // 1024} kB.")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_float=lambda _: Inexact(), parse_constant=_constant, parse_int=_whole
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Malformed("The body is not JSON.", "json-invalid") from None
    if not isinstance(document, dict):
        raise Invalid("The body has to be an object.", "invalid", (Fault("", "dict-type"),))
    return _exact(document, DEPTH)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("The body has a name twice in one object.", "json-duplicate-name")
    if not all(_writable(name) for name in found):
        raise Malformed("The body has a name that is not Unicode text.", "json-invalid")
    return found


def _constant(_: str) -> Any:
    raise Malformed("The body holds NaN or Infinity, which are not JSON.", "json-not-a-number")


def _whole(digits: str) -> int | Inexact:
    number = int(digits) if len(digits) < 20 else _LARGEST + 1
    return number if abs(number) <= _LARGEST else Inexact()


def _exact(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return value if _writable(value) else Inexact()
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise _too_deep()
    if isinstance(value, list):
        return [_exact(inner, levels - 1) for inner in value]
    return {name: _exact(inner, levels - 1) for name, inner in value.items()}


def _writable(text: str) -> bool:
    """Whether `text` can be written as UTF-8: JSON escapes may write half a character."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _too_deep() -> Malformed:
    return Malformed(f"The body has more than {DEPTH} levels of objects and lists in one another.", "json-too-deep")


def refused_everywhere(_: Any) -> dict[str, None]:
    """What to write for an `Inexact` where JSON is needed again: an object that no field takes either."""
    return {"": None}
