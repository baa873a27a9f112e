"""Links that work without a token for a quarter of an hour."""

from collections.abc import Iterable
from datetime import timedelta

from tegemoet.api.shapes import Link
from tegemoet.application.ports import Clock, Links

MINUTES = 15


def expiry(clock: Clock) -> str:
    """The moment (UTC) until which a link or a form made now is good."""
    return (clock.now() + timedelta(minutes=MINUTES)).strftime("%Y-%m-%dT%H:%M:%SZ")


def links_to(outputs: Iterable[tuple[str, str]], links: Links, clock: Clock) -> list[Link]:
    """A link to each of `outputs`, given by name and key."""
    until = expiry(clock)
    return [{"name": name, "url": links.link(key), "expires_at": until} for name, key in outputs]
