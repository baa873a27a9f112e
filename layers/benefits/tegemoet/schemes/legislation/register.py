"""The register of acts: what a rule or a parameter may rest on. A source is cited from here, so that every citation leads to an entry."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from tegemoet.domain.parameters import Source


@cache
def acts() -> Mapping[str, Mapping[str, Any]]:
    """Every act by its id, in the order of the file."""
    return tomllib.loads((resources.files("tegemoet.schemes.legislation") / "acts.toml").read_text("utf-8"))


def cite(act: str, article: str) -> Source:
    """The article (or heading) of the act with that id. Raises KeyError for an act that is not in the register."""
    entry = acts()[act]
    return Source(entry["title"], article, entry["url"])
