"""The words of the picture of a decision, and what kinds of periods and amounts are called."""

from functools import cache
from importlib import resources

from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import Texts, read_texts


@cache
def words() -> Texts:
    """The words of the picture."""
    file = resources.files("tegemoet.application.decisions.timeline") / "timeline.toml"
    return read_texts(file.read_text("utf-8"), "timeline.toml")


def kind_name(kind: str, scheme: Scheme, language: str) -> str:
    """The name of a kind of period or amount.

    It comes from the words of the scheme, else from those of the picture, else it is the code
    with spaces for hyphens.
    """
    for texts in (scheme.texts, words()):
        if kind in texts.words:
            return texts.words[kind][language]
    return kind.replace("-", " ")
