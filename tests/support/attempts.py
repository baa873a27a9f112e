"""Objects without what differs from one attempt of a step to another."""

import re
from collections.abc import Mapping
from functools import lru_cache

NAME = re.compile(rb"attempt-[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The name of an attempt: of the worlds of the tests, and of a call of a function."""


def committed(objects: Mapping[str, bytes]) -> dict[str, bytes]:
    """The objects without those of attempts that no object names, and without names of attempts."""
    named = {name for key, body in objects.items() if _name_in(key) is None for name in _names(body)}
    return {
        unnamed(key.encode()).decode(): unnamed(body)
        for key, body in objects.items()
        if (found := _name_in(key)) is None or found in named
    }


@lru_cache(1 << 14)
def unnamed(body: bytes) -> bytes:
    """The bytes without names of attempts."""
    return NAME.sub(b"attempt", body)


@lru_cache(1 << 14)
def _names(body: bytes) -> frozenset[bytes]:
    return frozenset(NAME.findall(body))


@lru_cache(1 << 14)
def _name_in(key: str) -> bytes | None:
    found = NAME.search(key.encode())
    return None if found is None else found[0]
