"""Texts are rendered on reading, in the way a language writes
days and numbers; a further language is data alone.
"""

import pytest

from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.notation import Notation, notation_of, write_day, write_number
from tegemoet.schemes.texts import Wording, Written, read_texts

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
        ("nl", "15/02/2023 1.030.505,00 ja verpleegkundige – 2 verpleegkundige en 31/12/2023"),
        ("fr", "15/02/2023 1\u202f030\u202f505,00 oui infirmier – 2 infirmier et 31/12/2023"),
        ("en", "15/02/2023 1,030,505.00 yes nurse – 2 nurse and 31/12/2023"),
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


@pytest.mark.parametrize(
    ("language", "whole", "cents"),
    [("nl", "30505", "30505,50"), ("fr", "30505", "30505,50"), ("en", "30505", "30505.50")],
)
def test_a_number_may_be_written_without_groups(language: str, whole: str, cents: str) -> None:
    written = [write_number(text, language, grouped=False) for text in ("30505", "30505.50")]
    assert written == [whole, cents]


def test_a_heading_within_a_sentence_keeps_its_capital_only_as_a_german_noun() -> None:
    texts = read_texts(TEXT, of=LANGUAGES)
    for language in LANGUAGES:
        assert texts.into(language).within("Phase") == "phase"
        assert isinstance(texts.into(language).within("Phase"), Written)
    assert Wording(texts, "de").within("Phase") == "Phase"


def test_a_language_that_is_not_listed_is_read_as_a_locale() -> None:
    assert notation_of("pt") == Notation("pt", day="dd/MM/y", capital_nouns=False)
    assert write_day("2023-02-15", "pt") == "15/02/2023"
    assert notation_of("de").capital_nouns


def test_a_language_without_texts_is_an_error_with_a_code() -> None:
    texts = read_texts(TEXT + '[phrase.days]\nnl = "{n}"\nfr = "{n}"\nen = "{n}"\n', of=LANGUAGES)
    assert texts.render_phrase("days", {"n": 1}, "en") == "1"
    asking = (
        lambda: texts.render("rule", "met", FACTS, "de"),
        lambda: texts.render_phrase("days", {"n": 1}, "de"),
        lambda: texts.render_phrase("text of a decision", None, "de"),
        lambda: texts.into("de"),
    )
    for ask in asking:
        with pytest.raises(NotFoundError) as error:
            ask()
        assert error.value.code == "language-unknown"


def test_a_language_is_added_by_data_alone() -> None:
    lines = []
    for line in TEXT.splitlines():
        lines.append(line)
        if line.startswith("en = "):
            lines.append("de" + line[2:])
    german = read_texts("\n".join(lines), of=("nl", "fr", "en", "de"))
    assert german.languages == ("nl", "fr", "en", "de")
    assert german.render("rule", "met", FACTS, "de").startswith("15.02.2023 1.030.505,00")


@pytest.mark.parametrize("lacking", ['fr = "oui"\n', 'en = "{day} {amount} {flag} {word} {none} {whole} {list}"\n'])
def test_a_word_or_a_sentence_that_lacks_a_language_is_refused(lacking: str) -> None:
    assert lacking in TEXT
    with pytest.raises(ValueError, match="lacks a language"):
        read_texts(TEXT.replace(lacking, ""), of=LANGUAGES)


def said(sentence: str, language: str = "nl", /, **facts: object) -> str:
    return read_texts(TEXT, of=LANGUAGES).fill(sentence, facts, language)


@pytest.mark.parametrize("absent", [{}, {"since": None}, {"since": ""}, {"since": []}])
def test_a_part_in_brackets_is_left_out_when_its_fact_is_absent(absent: dict[str, object]) -> None:
    assert said("Het loon is {wage} EUR[, vastgesteld op {since}].", wage="9.50", **absent) == "Het loon is 9,50 EUR."
    assert said("[Sinds {since}|Nog niet].", **absent) == "Nog niet."


def test_only_what_is_in_brackets_is_left_out() -> None:
    assert said("[Eén {n}] en {none} | {m}[ of {none}]", n=1, m=2, none=None) == "Eén 1 en – | 2"


def test_a_part_in_brackets_stands_when_its_facts_are_there() -> None:
    assert said("Ja[, sinds {since}|, ooit].", since="2023-02-15") == "Ja, sinds 15/02/2023."
    assert said("Ja[, {n} keer]", n=0) == "Ja, 0 keer"
    assert said("Ja[, {flag}]", flag=False) == "Ja, nee"
    assert said("[{n:dag|dagen}|geen]", n=2) == "dagen"


@pytest.mark.parametrize(
    ("number", "nl", "fr"),
    [(0, "dagen", "jour"), (1, "dag", "jour"), ("1", "dag", "jour"), ("1.00", "dag", "jour"), (2, "dagen", "jours")],
)
def test_a_noun_follows_the_number_by_the_rules_of_the_language(number: object, nl: str, fr: str) -> None:
    assert said("{n:dag|dagen}", n=number) == nl
    assert said("{n:jour|jours}", "fr", n=number) == fr


def test_a_flag_chooses_between_two_texts() -> None:
    assert said("{paid:betaald|open}", paid=True) + said("{paid:betaald|open}", paid=False) == "betaaldopen"


@pytest.mark.parametrize(
    ("text", "written", "in_cents"),
    [
        ("3000.0000", "3.000,00", "3.000,00"),
        ("132.9990", "132,999", "133,00"),
        ("44.2350", "44,235", "44,24"),
        ("78.237", "78,237", "78,24"),
        ("7.6", "7,6", "7,60"),
        ("0.0049", "0,0049", "0,00"),
    ],
)
def test_empty_decimals_are_dropped_and_cents_are_rounded(text: str, written: str, in_cents: str) -> None:
    assert (said("{x}", x=text), said("{x:cents}", x=text), said("{x:plain}", x=text)) == (written, in_cents, text)


@pytest.mark.parametrize(
    ("text", "nl", "fr", "en"),
    [
        ("2021-05", "mei 2021", "mai 2021", "May 2021"),
        ("2021-Q1", "1e kwartaal 2021", "1er trimestre 2021", "1st quarter 2021"),
        ("2021-Q2", "2e kwartaal 2021", "2e trimestre 2021", "2nd quarter 2021"),
        ("2021-Q3", "3e kwartaal 2021", "3e trimestre 2021", "3rd quarter 2021"),
        ("2021-Q4", "4e kwartaal 2021", "4e trimestre 2021", "4th quarter 2021"),
        ("2021-13", "2021-13", "2021-13", "2021-13"),
        ("2021-Q5", "2021-Q5", "2021-Q5", "2021-Q5"),
    ],
)
def test_months_and_quarters_are_written_in_words(text: str, nl: str, fr: str, en: str) -> None:
    assert [said("{x}", language, x=text) for language in ("nl", "fr", "en")] == [nl, fr, en]


def test_a_stored_phrase_of_a_known_form_is_read_in_every_language() -> None:
    texts = read_texts(
        '[phrase.by]\nnl = "uiterlijk op {day}"\nfr = "au plus tard le {day}"\nen = "by {day}"\n'
        'written = "registered by {day}"\n',
        of=LANGUAGES,
    )
    assert texts.render_phrase("registered by 2023-11-30", None, "nl") == "uiterlijk op 30/11/2023"
    assert texts.render_phrase("by", {"day": "2023-11-30"}, "fr") == "au plus tard le 30/11/2023"
    assert texts.render_phrase("something else", None, "nl") == "something else"
