"""The page of a phase: its summary as one self-contained HTML file, for people who would rather
look than read.

Nothing is fetched and nothing runs in it: tables with bars drawn in SVG, which print and read aloud
as tables. Its words are data, `report_page.toml`.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib import resources

from jinja2 import Template

from tegemoet.application.files import html_template
from tegemoet.application.premium_year.report_changes import First
from tegemoet.application.premium_year.report_content import Content
from tegemoet.application.premium_year.summary import RunSummary
from tegemoet.domain.money import round_half_up
from tegemoet.schemes.languages import DEFAULT_LANGUAGES
from tegemoet.schemes.texts import Texts, read_texts

NO_CHANGES: First = {}


def render(
    summary: RunSummary,
    earlier: Sequence[RunSummary] = (),
    language: str = DEFAULT_LANGUAGES.phases,
    *,
    changes: First = NO_CHANGES,
) -> str:
    """The page of a run.

    `earlier` = the summaries of the runs of the same year that were released before it; `changes` =
    those that the page lists.

    Raises NotFoundError `language-unknown` for a language without texts.
    """
    return _template(language).render(Content(summary, earlier, changes, words().into(language)).shown())


@cache
def words() -> Texts:
    """The words of the page."""
    file = resources.files("tegemoet.application.premium_year") / "report_page.toml"
    return read_texts(file.read_text("utf-8"), "report_page.toml")


@cache
def _template(language: str) -> Template:
    wording = words().into(language)

    def euro(amount: Decimal | str) -> str:
        return wording.number(f"{Decimal(amount):.2f}")

    def count(number: int) -> str:
        return wording.number(str(number))

    return html_template(
        "tegemoet.application.premium_year", "report_page.html", euro=euro, count=count, share=share_of
    )


def share_of(part: Decimal | int, whole: Decimal | int) -> str:
    """A share in whole per cent; only none is 0 % and only all is 100 %."""
    if not whole:
        return "–"
    if 0 < part * 100 < whole:
        return "<1\u00a0%"
    rounded = int(round_half_up(Decimal(part) * 100 / Decimal(whole), Decimal(1)))
    return f"{min(rounded, 99) if part < whole else rounded}\u00a0%"
