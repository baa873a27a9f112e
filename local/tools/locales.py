"""Takes out of a layer the locales that no language uses: babel brings all of CLDR, 35 MB."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from local.tools import bootstrap

LANGUAGES = bootstrap.ROOT / "layers" / "benefits" / "tegemoet" / "schemes" / "languages.toml"


def used() -> frozenset[str]:
    """The locales of all languages, with those that they inherit from."""
    tables = tomllib.loads(LANGUAGES.read_text("utf-8"))
    locales = (table["locale"] for name, table in tables.items() if name != "defaults")
    return frozenset(each for locale in locales for each in _with_parents(locale))


def _with_parents(locale: str) -> Iterator[str]:
    from babel.core import get_global  # noqa: PLC0415 - absent where only the bootstrap runs

    while locale != "root":
        yield locale
        locale = get_global("parent_exceptions").get(locale) or locale.rpartition("_")[0] or "root"
    yield "root"


def prune(folder: Path) -> None:
    """Remove the other locales of every babel below a folder."""
    keep = used()
    for data in folder.rglob("babel/locale-data"):
        for path in data.glob("*.dat"):
            if path.stem not in keep:
                path.unlink()
