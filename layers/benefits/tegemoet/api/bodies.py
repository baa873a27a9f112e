"""Reading the body of a request: its size, its JSON, and that it is an object."""

from typing import Any

from tegemoet.api.refusals import TooLarge
from tegemoet.domain.problems import Fault, Invalid

LIMIT = 256 * 1024
"""Bytes of a body."""


def read_body(text: str) -> Any:
    """The JSON object that `text` contains, with `strict_json.Inexact` for the values that nobody can keep exactly.

    Raises TooLarge (413), Malformed (400) as `strict_json.read` does, and Invalid (422) for what is not an object.
    """
    from tegemoet.domain import strict_json  # here, so that a route without a body does not wait for it

    if len(text.encode("utf-8", "surrogatepass")) > LIMIT:
        raise TooLarge(f"The body is larger than {LIMIT // 1024} kB.")
    document = strict_json.read(text)
    if not isinstance(document, dict):
        raise Invalid("The body has to be an object.", "invalid", (Fault("", "dict-type"),))
    return document
