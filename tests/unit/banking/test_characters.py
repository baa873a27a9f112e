"""Every letter of the conversion table, and the two opinions on it that do not come from it."""

import tomllib
import unicodedata
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.banking.characters import converted, is_identifier, is_taken, says_nothing

TAKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "
TABLE: dict[str, str] = tomllib.loads((resources.files("tegemoet.banking") / "characters.toml").read_text("utf-8"))[
    "becomes"
]
ROWS = [(character, text) for text, characters in TABLE.items() for character in characters]
LATIN = [chr(point) for point in range(0xC0, 0x180)]
"""The letters of the languages of the European Union: Latin-1 and Latin Extended-A."""
WITHOUT_MARKS = dict(
    zip("ÆÐØÞßæðøþĐđĦħıĲĳĿŀŁłŒœŦŧ", "ADOTsadotDdHhiIiLlLlOoTt", strict=True),
)
"""Letters that Unicode does not take apart into a letter and its marks."""
NO_COUNTERPART = "×÷ĸŉŊŋŌōŎŏſ"
"""What the table leaves out of that range; nor has it the o with a macron or a breve."""


@pytest.mark.parametrize(("character", "text"), ROWS)
def test_every_character_of_the_table_becomes_what_it_says(character: str, text: str) -> None:
    assert converted(f"a{character}b") == f"a{text}b"
    assert is_taken(text)
    assert not is_taken(character)


def test_the_table_has_each_character_once() -> None:
    characters = [character for character, _ in ROWS]
    assert len(set(characters)) == len(characters) == 328


@pytest.mark.parametrize("character", LATIN)
def test_a_latin_letter_loses_its_marks(character: str) -> None:
    if character in NO_COUNTERPART:
        expected = "."
    else:
        expected = WITHOUT_MARKS.get(character) or unicodedata.normalize("NFD", character)[0]
    assert converted(character) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "AVGDEZITHIKLMNXOPRSTYFCHPSO"),
        ("αβγδεζηθικλμνξοπρσςτυφχψω", "avgdezithiklmnxoprsstyfchpso"),
        ("ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰ", "AEIIOYOIYaeiioyoiyiy"),
        ("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯ", "ABVGDEZHZIYKLMNOPRSTUFHTSCHSHSHTAYYUYA"),
        ("абвгдежзийклмнопрстуфхцчшщъьюя", "abvgdezhziyklmnoprstufhtschshshtayyuya"),
    ],
)
def test_greek_and_bulgarian_become_latin(text: str, expected: str) -> None:
    assert converted(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zoé d'Hœne-Müßig", "Zoe d'Hone-Musig"),
        ("İpek Çağlar-Şahin", "Ipek Caglar-Sahin"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Ștefan Țurcanu", "Stefan Turcanu"),
        ("Kinésithérapie & Cie [SRL]; n° 3", "Kinesitherapie + Cie (SRL), n. 3"),
        ('"Groepspraktijk" <Leuven>', ".Groepspraktijk. .Leuven."),
        ("a_b~c`d{e}f|g\\h¿i\u00a0j€", "a-b-c'd(e)f/g/h?i jE"),
        ("Jan 🙂 王", "Jan . ."),
        ("tab\tline\nend\x00", "tab.line.end."),
    ],
)
def test_a_name_is_converted(name: str, expected: str) -> None:
    assert converted(name) == expected


def test_a_letter_and_its_mark_are_one_letter() -> None:
    assert converted("Zoe\u0301") == "Zoe"
    assert converted("q\u0301") == "q."


def test_a_character_outside_the_table_becomes_a_full_stop() -> None:
    listed = {character for character, _ in ROWS} | set(TAKEN)
    others = [chr(point) for point in range(0x3000) if chr(point) not in listed]
    others = [character for character in others if unicodedata.is_normalized("NFC", character)]
    assert len(others) > 10_000
    assert {converted(character) for character in others} == {"."}


def test_what_a_bank_takes_stays() -> None:
    assert converted(TAKEN) == TAKEN
    assert is_taken(TAKEN)
    assert not is_taken("é")


@settings(deadline=None)
@given(st.text())
def test_what_is_converted_is_taken_and_stays(text: str) -> None:
    once = converted(text)
    assert set(once) <= set(TAKEN)
    assert converted(once) == once


@pytest.mark.parametrize(
    ("text", "nothing"), [("", True), (" . ", True), ("王", True), ("+/-", True), ("Ø", False), ("7", False)]
)
def test_a_name_without_letter_or_digit_says_nothing(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


@pytest.mark.parametrize(
    ("text", "identifies"),
    [
        ("TGM-2023-1f2e3d4c5b6a79880f1e", True),
        ("a/b", True),
        ("a", True),
        ("x" * 35, True),
        ("x" * 36, False),
        ("", False),
        ("/a", False),
        ("a/", False),
        ("a//b", False),
        ("a ", False),
        (" a", False),
        ("a_b", False),
        ("é", False),
    ],
)
def test_an_identifier_has_the_form_that_banks_take(text: str, identifies: bool) -> None:
    assert is_identifier(text) is identifies
