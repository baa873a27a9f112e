"""Lists come in pages: `limit`, `cursor`, and `next`, the cursor of the page after this one, or null."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.domain.problems import Fault, Invalid

LONGEST = 200

Limit = Annotated[
    int,
    Query(ge=1, le=LONGEST, description="The longest page wanted. A page may be shorter and still have a next one."),
]
Cursor = Annotated[str | None, Query(min_length=1, max_length=1024, description="`next` of the page before.")]

Item = TypeVar("Item")


def page(
    items: Sequence[Item], limit: int, cursor: str | None, key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """The first `limit` of `items` (in ascending order of `key`) after the one that `cursor` names, and the cursor of the next page."""
    after = None if cursor is None else read_cursor(cursor)
    rest = [item for item in items if after is None or key(item) > after]
    return rest[:limit], write_cursor(key(rest[limit - 1])) if len(rest) > limit else None


def write_cursor(place: str) -> str:
    """`place` as a cursor: nothing for callers to build themselves."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The place that `cursor` names. Raises Invalid for what is no cursor of ours."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid(
            "The cursor is none of ours.", "cursor-invalid", (Fault("/query/cursor", "cursor-invalid"),)
        ) from None
