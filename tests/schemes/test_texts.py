"""Texts are rendered on reading, in the way a language writes
days and numbers; a further language is data alone.
"""

import pytest

from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.texts import read_texts, write_number

LANGUAGES = ("nl", "fr", "en")
TEXT = """
[rule.met]
nl = "{day} {amount} {flag} {word} {none} {whole} {list}"
fr = "{day} {amount} {flag} {word} {none} {whole} {list}"
en = "{day} {amount} {flag} {word} {none} {whole} {list}"

[words.yes]
nl = "ja"
fr = "oui"
en = "yes"
[words.no]
nl = "nee"
fr = "non"
en = "no"
[words.nurse]
nl = "verpleegkundige"
fr = "infirmier"
en = "nurse"
"""
FACTS = {
    "day": "2023-02-15",
    "amount": "1030505.00",
    "flag": True,
    "word": "nurse",
    "none": None,
    "whole": 2,
    "list": ["nurse", "2023-12-31"],
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "15/02/2023 1.030.505,00 ja verpleegkundige – 2 verpleegkundige, 31/12/2023"),
        ("fr", "15/02/2023 1\u202f030\u202f505,00 oui infirmier – 2 infirmier, 31/12/2023"),
        ("en", "15/02/2023 1,030,505.00 yes nurse – 2 nurse, 31/12/2023"),
    ],
)
def test_facts_are_written_as_the_language_writes_them(language: str, text: str) -> None:
    assert read_texts(TEXT, of=LANGUAGES).render("rule", "met", FACTS, language) == text


def test_no_is_no_and_a_fact_in_braces_stays_as_it_is() -> None:
    rendered = read_texts(TEXT, of=LANGUAGES).render("rule", "met", FACTS | {"flag": False, "word": "{day}"}, "en")
    assert " no {day} " in rendered


def test_numbers_that_only_look_like_amounts_keep_their_form() -> None:
    texts = read_texts(TEXT, of=LANGUAGES)
    for text in ("12345625000", "ph-1.2", "1.2.3", "v1", "2023-02-15x"):
        assert f" {text} " in texts.render("rule", "met", FACTS | {"word": text}, "nl")


@pytest.mark.parametrize(
    ("text", "nl", "en"),
    [("0.00", "0,00", "0.00"), ("945.95", "945,95", "945.95"), ("30505", "30.505", "30,505"), ("7.60", "7,60", "7.60")],
)
def test_numbers_are_grouped_by_thousands(text: str, nl: str, en: str) -> None:
    assert (write_number(text, "nl"), write_number(text, "de"), write_number(text, "en")) == (nl, nl, en)


def test_a_language_without_texts_is_an_error_with_a_code() -> None:
    with pytest.raises(NotFoundError) as error:
        read_texts(TEXT, of=LANGUAGES).render("rule", "met", FACTS, "de")
    assert error.value.code == "language-unknown"


def test_german_is_added_by_data_alone() -> None:
    lines = []
    for line in TEXT.splitlines():
        lines.append(line)
        if line.startswith("en = "):
            lines.append("de" + line[2:])
    german = read_texts("\n".join(lines), of=("nl", "fr", "en", "de"))
    assert german.languages == ("nl", "fr", "en", "de")
    assert german.render("rule", "met", FACTS, "de").startswith("15/02/2023 1.030.505,00")


@pytest.mark.parametrize("lacking", ['fr = "oui"\n', 'en = "{day} {amount} {flag} {word} {none} {whole} {list}"\n'])
def test_a_word_or_a_sentence_that_lacks_a_language_is_refused(lacking: str) -> None:
    assert lacking in TEXT
    with pytest.raises(ValueError, match="lacks a language"):
        read_texts(TEXT.replace(lacking, ""), of=LANGUAGES)
