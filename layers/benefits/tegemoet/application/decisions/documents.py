"""Printable documents that a decision calls for, such as an expense note.

A finding with a fact `document` calls for the document of that name. Its texts are data of the
scheme, `documents.toml`:

    [expense-note]
    amounts = true                    # the amounts of the decision follow as a table
    [expense-note.title]              # likewise `to`, the addressee
    nl = "…"
    …
    [expense-note.paragraphs]         # likewise `closing`, which may be left out
    nl = ["… {from} …"]               # facts of the findings, written as in explanations
    …
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.application.files import html_template
from tegemoet.domain.decision import DecisionJson, FactValue
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.notation import languages
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import PerLanguage, Texts, read_content, read_texts

if TYPE_CHECKING:
    from jinja2 import Template

Paragraphs = Mapping[str, Sequence[str]]
"""Paragraphs in every language, by the code of the language."""


@dataclass(frozen=True, slots=True)
class DocumentTexts:
    """The texts of one document in every language.

    `amounts` says whether a table of the amounts of the decision follows.
    """

    title: PerLanguage
    to: PerLanguage
    paragraphs: Paragraphs
    closing: Paragraphs
    amounts: bool


def document(decision: bytes, scheme: Scheme, name: str, language: str) -> str:
    """The document as one self-contained HTML page.

    Raises NotFoundError `document-unknown` if the decision does not call for it, `language-unknown`
    for a language without texts.
    """
    decided: DecisionJson = orjson.loads(decision)
    if not any(step["facts"].get("document") == name for step in decided["explanation"]):
        raise NotFoundError("The decision requires no such document.", "document-unknown")
    words = document_words().into(language)
    form = forms(scheme.package)[name]
    written = _Facts(decided, scheme, language)
    page: str = _template().render(
        language=language,
        say=words.say,
        title=written.fill(form.title[language]),
        reference=decided["case_id"],
        on=written.fill("{on}"),
        to=written.fill(form.to[language]),
        paragraphs=[written.fill(paragraph) for paragraph in form.paragraphs[language]],
        closing=[written.fill(paragraph) for paragraph in form.closing[language]] if form.closing else [],
        amounts=[
            [written.value(amount["from"]), written.value(amount["until"]), written.value(amount["amount"])]
            for amount in (decided["amounts"] if form.amounts else [])
        ],
        total=written.value(decided["total"]),
    )
    return page


class _Facts:
    """The facts of a decision, written in a language.

    Where two findings have a fact of one name, the first counts.
    """

    def __init__(self, decided: DecisionJson, scheme: Scheme, language: str) -> None:
        self._texts, self._language = scheme.texts, language
        self._facts: dict[str, FactValue] = {}
        for step in decided["explanation"]:
            self._facts = {**step["facts"], **self._facts}
        self._facts |= {"on": decided["on"], "total": decided["total"]}

    def fill(self, sentence: str) -> str:
        return self._texts.fill(sentence, self._facts, self._language)

    def value(self, value: FactValue) -> str:
        return self._texts.fill("{value}", {"value": value}, self._language)


@cache
def document_words() -> Texts:
    """The words of every document that no scheme says."""
    file = resources.files("tegemoet.application.decisions") / "document.toml"
    return read_texts(file.read_text("utf-8"), "document.toml")


@cache
def forms(package: str) -> Mapping[str, DocumentTexts]:
    """The documents of a scheme by their names, from the `documents.toml` of its package.

    Raises ValueError with the name of each text that lacks a language.
    """
    text = (resources.files(package) / "documents.toml").read_text("utf-8")
    content = read_content(text, f"{package.rpartition('.')[2]}/documents.toml", languages())
    return {name: _form(form) for name, form in content.items()}


def _form(form: Mapping[str, Any]) -> DocumentTexts:
    return DocumentTexts(
        form["title"], form["to"], form["paragraphs"], form.get("closing", {}), form.get("amounts", False)
    )


@cache
def _template() -> "Template":
    return html_template("tegemoet.application.decisions", "document.html")
