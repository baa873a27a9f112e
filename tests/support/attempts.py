"""Objects without what differs from one attempt of a step to another."""

import re
from collections.abc import Mapping

NAME = re.compile(rb"attempt-[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The name of an attempt: of the worlds of the tests, and of a call of a function."""


def committed(objects: Mapping[str, bytes]) -> dict[str, bytes]:
    """The objects without those of attempts that no object names, and without names of attempts."""
    named = {name for key, body in objects.items() if not NAME.search(key.encode()) for name in NAME.findall(body)}
    return {
        NAME.sub(b"attempt", key.encode()).decode(): NAME.sub(b"attempt", body)
        for key, body in objects.items()
        if (found := NAME.search(key.encode())) is None or found[0] in named
    }
