"""The particulars of a body that a letter has to state (law of 11 April 1995, article 14).

They are data of the body that decides, `bodies/<partner>.toml`, each in every language as a text or
as lines of text. Without one of them the term of appeal would not begin to run, so such a letter is
refused.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from tegemoet.domain.decision import DecisionJson
from tegemoet.domain.problems import ConflictError, Fault
from tegemoet.schemes.languages import DEFAULT_LANGUAGES, LANGUAGES

Body = Mapping[str, object]
"""A file of a body as it is written: per particular a value per language, and settings."""
LANGUAGE = "language"
"""The language of its letters to a reader whose language is not known."""
ONLY_OFFICIAL = "only-official-values"
"""Whether the body sends no letter on a decision that rests on a value that is not official."""
REPAYMENT_DAYS = "repayment-days"
"""So many days after the approval of a run a care provider has to have paid back."""
PARTICULARS = (
    "name",
    "address",
    "service",
    "contact",
    "explanations",
    "appeal",
    "courts",
    "term",
    "manner",
    "article-728",
    "article-1017",
)
"""What a letter requires of a body, in its language."""


class LetterRefusedError(ConflictError):
    """The letter lacks particulars of its body.

    `faults` names each, as `/particulars/<name>/<language>`.
    """

    code = "letter-particulars-missing"


class ValuesRefusedError(ConflictError):
    """The decision rests on values that are not official, and its body sends no letter on these.

    `faults` names each, as `/values/<place>` with its basis.
    """

    code = "letter-values-not-official"


def body_files() -> Mapping[str, Traversable]:
    """The file of every body that ships, by the partner that decides."""
    folder = resources.files("tegemoet.application.decisions.letter") / "bodies"
    return {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}


@cache
def body_of(partner: str | None) -> Body:
    """The particulars of the body that is this partner; empty where there is no file."""
    file = body_files().get(partner or "")
    return tomllib.loads(file.read_text("utf-8")) if file else {}


def particulars(body: Body, language: str) -> dict[str, list[str]]:
    """The particulars of a body in `language`, as lines.

    Raises LetterRefusedError with each that is missing.
    """
    found = {name: _lines(body.get(name), language) for name in PARTICULARS}
    missing = tuple(Fault(f"/particulars/{name}/{language}", "missing") for name, lines in found.items() if not lines)
    if missing:
        raise LetterRefusedError("The body that decides lacks particulars that a letter has to state.", faults=missing)
    return found


def language_of(body: Body) -> str:
    """The language of a body's letters to a reader whose language is not known."""
    language = body.get(LANGUAGE)
    return language if isinstance(language, str) and language in LANGUAGES else DEFAULT_LANGUAGES.api


def is_permitted(body: Body, decision: DecisionJson) -> bool:
    """Whether the body sends a letter on the values that the decision rests on."""
    return not decision.get("values") or body.get(ONLY_OFFICIAL) is not True


def require_permitted(body: Body, decision: DecisionJson) -> None:
    """Raises ValuesRefusedError where the body wants letters on official values only."""
    if not is_permitted(body, decision):
        faults = tuple(Fault(f"/values/{place}", value["basis"]) for place, value in enumerate(decision["values"]))
        raise ValuesRefusedError("The body sends no letter on values that are not official.", faults=faults)


def _lines(particular: object, language: str) -> list[str]:
    """The lines of a particular; an empty line does not count."""
    value = particular.get(language) if isinstance(particular, dict) else None
    lines = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [line for line in lines if isinstance(line, str) and line.strip()]
