"""Free text: what a reader cannot see, and one spelling of it."""

import pytest

from tegemoet.domain.text import is_visible, plain


@pytest.mark.parametrize(
    "text",
    [
        "a\tb", "a\nb", "a\rb", "\x00", "\x7f", "\x85",
        "a\u200bb", "a\u200cb", "a\u200db", "\ufeffa", "a\u2060b", "a\u00adb", "a\u034fb", "a\ufe00", "a\ufe0f",
        "\u3164", "\u2800",
        "a\u202eb", "a\u202ab", "a\u2066b", "a\u2069b", "a\u200fb", "a\u061cb",
        "a\u2028b", "a\u2029b", "\ue000", "\U000e0041",
    ],
)  # fmt: skip
def test_what_a_reader_does_not_see_is_found(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize(
    "text",
    ["", "Jan Peeters", "Zoë", "Zoe\u0308", "Łukasz Żak", "Иван", "李小龍", "é x", "a\ufe10", "a\u00a0b", "€ – 𝄞"],
)
def test_letters_marks_signs_and_spaces_are_seen(text: str) -> None:
    assert is_visible(text)


def test_one_spelling_is_composed_with_ordinary_spaces_inside_only() -> None:
    assert plain(" Zoe\u0308\u00a0Peeters\u2003") == "Zoë Peeters"
    assert plain("  a  b ") == "a  b"
    assert plain("a\tb\t") == "a\tb\t"  # not a space: whoever checks the text sees it
