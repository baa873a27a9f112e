"""Printable documents that a decision calls for, such as an expense note or a standard letter of refusal.

A finding with a fact `document` calls for the document of that name. What it says is data of the scheme, `documents.toml`:

    [expense-note]
    amounts = true                    # the amounts of the decision follow as a table
    [expense-note.nl]                 # likewise in every language
    title = "…"
    to = "…"
    paragraphs = ["… {from} …"]       # facts of the findings, written as in explanations
    closing = ["…"]
"""

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.application.files import html_template
from tegemoet.domain.problems import NotFound
from tegemoet.schemes.scheme import Scheme

if TYPE_CHECKING:
    from jinja2 import Template

Json = dict[str, Any]
AMOUNT_HEADINGS = {
    "nl": ("Van", "Tot en met", "Bedrag in EUR", "Totaal"),
    "fr": ("Du", "Au", "Montant en EUR", "Total"),
    "en": ("From", "Until", "Amount in EUR", "Total"),
}


def document(decision: bytes, scheme: Scheme, name: str, language: str) -> str:
    """The document as one self-contained HTML page.

    Raises NotFound `document-unknown` where the decision does not call for it, `language-unknown` where it is not written in `language`.
    """
    decided: Json = orjson.loads(decision)
    if not any(step["facts"].get("document") == name for step in decided["explanation"]):
        raise NotFound("The decision calls for no such document.", "document-unknown")
    form = _forms(scheme.package)[name]
    if language not in form:
        raise NotFound(f"The document is not written in {language}.", "language-unknown")
    written = _Written(decided, scheme, language)
    page: str = _template().render(
        language=language,
        title=written.fill(form[language]["title"]),
        reference=decided["case_id"],
        on=written.fill("{on}"),
        to=written.fill(form[language]["to"]),
        paragraphs=[written.fill(paragraph) for paragraph in form[language]["paragraphs"]],
        closing=[written.fill(paragraph) for paragraph in form[language].get("closing", [])],
        headings=AMOUNT_HEADINGS[language],
        amounts=[
            [written.value(amount["from"]), written.value(amount["until"]), written.value(amount["amount"])]
            for amount in (decided["amounts"] if form.get("amounts") else [])
        ],
        total=written.value(decided["total"]),
    )
    return page


class _Written:
    """The facts of a decision as they are written in a language; of two findings with a fact of one name the first counts."""

    def __init__(self, decided: Json, scheme: Scheme, language: str) -> None:
        self._texts, self._language = scheme.texts, language
        self._facts: Json = {}
        for step in decided["explanation"]:
            self._facts = {**step["facts"], **self._facts}
        self._facts |= {"on": decided["on"], "total": decided["total"]}

    def fill(self, sentence: str) -> str:
        return self._texts.fill(sentence, self._facts, self._language)

    def value(self, value: Any) -> str:
        return self._texts.fill("{value}", {"value": value}, self._language)


@cache
def _forms(package: str) -> Json:
    return tomllib.loads((resources.files(package) / "documents.toml").read_text("utf-8"))


@cache
def _template() -> "Template":
    return html_template("tegemoet.application.decisions", "document.html")
