"""Printable documents: the expense note of a locum, the
three standard letters about contribution vouchers.
"""

from importlib import resources
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.application.decisions.documents import document, forms
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tests.schemes import locum
from tests.schemes.contribution_voucher import builders as voucher

LANGUAGES = ("nl", "fr", "en", "de")


def printed(slug: str, line: dict[str, Any], name: str, language: str = "en") -> str:
    scheme = scheme_named(slug)
    page = document(decide_line(orjson.dumps(line), scheme, "partner", b"key").decision, scheme, name, language)
    assert "{" not in page.partition("</style>")[2]
    return page


@pytest.mark.parametrize(
    ("language", "total", "period"),
    [
        ("nl", "1.480,00", "van 01/06/2023 tot en met 31/08/2023"),
        ("fr", "1\u202f480,00", "du 01/06/2023 au 31/08/2023"),
        ("en", "1,480.00", "from 01/06/2023 until 31/08/2023"),
        ("de", "1.480,00", "vom 01.06.2023 bis"),
    ],
)
def test_an_expense_note_names_amount_and_period(language: str, total: str, period: str) -> None:
    page = printed("locum-contribution", locum.line(locum.replacement()), "expense-note", language)
    assert total in page
    assert period in page
    assert "10045636004" in page
    assert page.count("<tr><td>0") + page.count("<tr><td>3") == 3


def test_a_decision_that_calls_for_no_document_has_none() -> None:
    pending = locum.line(locum.replacement(months=[]))
    with pytest.raises(NotFoundError) as error:
        printed("locum-contribution", pending, "expense-note")
    assert error.value.code == "document-unknown"
    with pytest.raises(NotFoundError):
        printed("contribution-voucher", voucher.line(voucher.request("person")), "institute-to-insurer")


def test_a_document_in_another_language_is_unknown() -> None:
    with pytest.raises(NotFoundError) as error:
        printed("locum-contribution", locum.line(locum.replacement()), "expense-note", "zz")
    assert error.value.code == "language-unknown"


ELEMENTS = {
    "nl": ("dient om in die verzekering rechten te openen", "doelbinding", "om uw pensioen", "kopie vragen", "1765"),
    "fr": ("ouvrir des droits", "limitation des finalités", "le calcul de votre pension", "demander une copie", "1765"),
    "en": ("open rights", "purpose limitation", "the calculation of your pension", "for a copy", "1765"),
    "de": ("Rechte zu eröffnen", "Zweckbindung", "zur Berechnung Ihrer Pension", "eine Kopie", "1765"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_of_a_fund_holds_the_five_elements(language: str) -> None:
    page = printed("contribution-voucher", voucher.line(voucher.request("person")), "fund-to-person", language)
    for element in (*ELEMENTS[language], "1060", "1987"):
        assert element in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("requester", "letter"), [("person", "institute-to-person"), ("insurer", "institute-to-insurer")]
)
@pytest.mark.parametrize("flows", [True, False, None])
@pytest.mark.parametrize("paper", [True, False, None])
def test_the_letters_of_the_institute_state_what_was_looked_for_and_nothing_else(
    requester: str, letter: str, language: str, flows: bool | None, paper: bool | None
) -> None:
    case = voucher.request(requester, "duplicate", in_data_flows=flows, on_paper=paper)
    line = voucher.line({name: value for name, value in case.items() if value is not None})
    page = printed("contribution-voucher", line, letter, language)
    claims = {
        "nl": ("gegevensstromen", "op papier"),
        "fr": ("flux de données", "sur papier"),
        "en": ("data flows", "on paper"),
        "de": ("Datenströmen", "auf Papier"),
    }
    assert [claim in page for claim in claims[language]] == [flows is False, paper is False]
    no_original = {
        "nl": "Zonder origineel",
        "fr": "Sans original",
        "en": "Without an original",
        "de": "Ohne Original",
    }[language]
    assert (no_original in page) == (flows is False and paper is False)
    assert not any(mark in page.partition("</style>")[2] for mark in ("[", "]", " .", "  <"))


def test_every_document_exists_in_every_language_and_holds_only_what_a_page_may() -> None:
    found = 0
    for scheme in SCHEMES.values():
        file = resources.files(scheme.package) / "documents.toml"
        if not file.is_file():
            continue
        for form in forms(scheme.package).values():
            found += 1
            for text in (form.title, form.to, form.paragraphs):
                assert set(LANGUAGES) <= set(text)
            assert len({len(form.paragraphs[language]) for language in LANGUAGES}) == 1
    assert found >= 4


def test_a_page_is_well_formed_and_runs_nothing() -> None:
    page = printed("contribution-voucher", voucher.line(voucher.request("person"), case_id="a.b"), "fund-to-person")
    body = page[page.index("<body>") : page.index("</body>") + len("</body>")].replace("<br>", "<br/>")
    assert ElementTree.fromstring(body).tag == "body"  # noqa: S314 - our own page
    assert "<script" not in page
