"""Links that work without a token for 15 minutes."""

from collections.abc import Iterable
from datetime import timedelta

from tegemoet.api.shapes.common import Link
from tegemoet.application.ports import Clock, Links

MINUTES = 15


def expiry(clock: Clock) -> str:
    """The moment (UTC) at which a link or a form made now expires."""
    return (clock.now() + timedelta(minutes=MINUTES)).strftime("%Y-%m-%dT%H:%M:%SZ")


def links_to(outputs: Iterable[tuple[str, str]], links: Links, clock: Clock) -> list[Link]:
    """A link to each of `outputs`, pairs of name and key."""
    until = expiry(clock)
    return [{"name": name, "url": links.link(key), "expires_at": until} for name, key in outputs]
