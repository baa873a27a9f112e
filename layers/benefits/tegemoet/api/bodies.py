"""Reading the body of a request: its size, its JSON, and that it is an object."""

from typing import Any

from tegemoet.api.refusals import TooLargeError
from tegemoet.domain.problems import Fault, InvalidError

LIMIT = 256 * 1024
"""The maximum size of a body, in bytes."""


def read_body(text: str) -> Any:
    """The JSON object in `text`, with `strict_json.Inexact` for values that cannot be kept exactly.

    Raises TooLargeError (413), MalformedError (400) as `strict_json.read` does, and InvalidError
    (422) for a document that is not an object.
    """
    from tegemoet.domain import strict_json  # here, because routes without a body do not need it

    if len(text.encode("utf-8", "surrogatepass")) > LIMIT:
        raise TooLargeError(f"The body exceeds {LIMIT // 1024} kB.")
    document = strict_json.read(text)
    if not isinstance(document, dict):
        raise InvalidError("The body must be a JSON object.", "invalid", (Fault("", "dict-type"),))
    return document
