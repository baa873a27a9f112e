"""The page of a batch: its summary for people. Its words are data, `batch_report.toml`."""

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tegemoet.application.files import html_template
from tegemoet.application.intake.kinds.reasons import reason_of
from tegemoet.application.intake.summary import BatchSummary
from tegemoet.schemes.languages import DEFAULT_LANGUAGES
from tegemoet.schemes.texts import Texts, read_texts

if TYPE_CHECKING:
    from jinja2 import Template


def render(summary: BatchSummary, language: str = DEFAULT_LANGUAGES.batches) -> str:
    """The summary as one self-contained HTML page.

    Raises NotFoundError `language-unknown` for a language without texts.
    """
    words = report_words().into(language)

    def number(text: str) -> str:
        return words.number(text, grouped=False)

    def count(rows: int) -> str:
        return words.number(str(rows))

    def reason(code: str) -> str:
        return reason_of(code, language)

    return _template().render(
        **summary, language=language, say=words.say, coded=words.coded, number=number, grouped=count, reason_of=reason
    )


@cache
def report_words() -> Texts:
    """The words of the page."""
    file = resources.files("tegemoet.application.intake") / "batch_report.toml"
    return read_texts(file.read_text("utf-8"), "batch_report.toml")


@cache
def _template() -> "Template":
    return html_template("tegemoet.application.intake", "batch_report.html")
