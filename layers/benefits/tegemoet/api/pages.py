"""Pagination: `limit`, `cursor`, and `next`, the cursor of the next page or null."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.domain.problems import Fault, InvalidError

LONGEST = 200

Limit = Annotated[
    int,
    Query(
        ge=1, le=LONGEST, description="The maximum number of items. A page can be shorter and still have a next page."
    ),
]
Cursor = Annotated[str | None, Query(min_length=1, max_length=1024, description="The `next` of the previous page.")]

Item = TypeVar("Item")


def page(
    items: Sequence[Item], limit: int, cursor: str | None, key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """The first `limit` of `items` after `cursor`, and the cursor of the next page.

    `items` are in ascending order of `key`.
    """
    after = None if cursor is None else read_cursor(cursor)
    rest = [item for item in items if after is None or key(item) > after]
    return rest[:limit], write_cursor(key(rest[limit - 1])) if len(rest) > limit else None


def write_cursor(place: str) -> str:
    """`place` as an opaque cursor."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The place that `cursor` names. Raises InvalidError for an unknown cursor."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidError("Unknown cursor.", "cursor-invalid", (Fault("/query/cursor", "cursor-invalid"),)) from None
