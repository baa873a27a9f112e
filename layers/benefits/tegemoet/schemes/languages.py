"""The languages that exist, and the one of what is written for a reader who chose none.

They are data, `languages.toml`. The notation of each is read by `texts`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

_FILE = tomllib.loads((resources.files("tegemoet.schemes") / "languages.toml").read_text("utf-8"))
LANGUAGES: Mapping[str, Mapping[str, Any]] = {name: table for name, table in _FILE.items() if name != "defaults"}
"""The table of every language by its code, in the order of the file."""


@dataclass(frozen=True, slots=True)
class DefaultLanguages:
    """Codes of languages.

    `api` of explanations, letters, pictures and documents; `batches` of the page of a batch,
    `rejected.csv` and `summary.json`; `phases` of the page of a phase; `exchange_tables` of the
    tables of the exchange.
    """

    api: str
    batches: str
    phases: str
    exchange_tables: str


def read_defaults(table: Mapping[str, str]) -> DefaultLanguages:
    """The defaults of `[defaults]`. Raises ValueError if one of them is not a language."""
    unknown = [f"{of} = {language!r}" for of, language in table.items() if language not in LANGUAGES]
    if unknown:
        raise ValueError(f"languages.toml has a default that is not a language: {', '.join(unknown)}")
    return DefaultLanguages(**{of.replace("-", "_"): language for of, language in table.items()})


DEFAULT_LANGUAGES = read_defaults(_FILE["defaults"])
