"""Letters as a browser shows them: no line is wider than the screen, and the page prints on A4."""

import re
from pathlib import Path

import orjson
import pytest

from tegemoet.application.decisions import deciding
from tegemoet.application.decisions.letter.layout import style
from tegemoet.application.decisions.letter.particulars import body_of
from tegemoet.application.decisions.letter.write import write
from tegemoet.application.premium_year.letters.write import written as premium_letter
from tegemoet.application.records import OPERATORS
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES
from tests.schemes.maternity_rest import decisions as made
from tests.support.browser import CHROMIUM, widths
from tests.support.premium_letters import letters_in, of_the_treasury, released_year

SCREENS = (360, 1_200)
"""Pixels: a phone, and the screen of a desk."""
BODY, PREMIUMS = body_of("mutuality"), body_of(OPERATORS)


def pages() -> dict[str, str]:
    """The letter on the example of every scheme and one on a revision in each language, and those
    of a premium year.
    """
    found: dict[str, str] = {}
    scheme, former = made.scheme(), made.early_birth() | {"id": "b" * 32}
    for language in languages():
        revised = deciding.render(orjson.dumps(made.separate_leave()), scheme, language)
        found[f"revised-{language}"] = write(revised, scheme, BODY, language, former)
        for slug, known in SCHEMES.items():
            if known.kind == "single-case":
                decided = deciding.decide_line(orjson.dumps(known.example), known, "mutuality", b"secret").decision
                found[f"{slug}-{language}"] = write(deciding.render(decided, known, language), known, BODY, language)
    with released_year() as (world, *runs):
        for run in runs:
            for letter in letters_in(world, run, "2023-12-11").values():
                found[f"premium-{letter.kind}-{run.phase}-{letter.riziv_number}"] = premium_letter(letter, PREMIUMS)
    for language in languages():
        for number, letter in enumerate(of_the_treasury(language)):
            found[f"premium-{letter.kind}-{number}-{language}"] = premium_letter(letter, PREMIUMS)
    return found


@pytest.mark.skipif(CHROMIUM is None, reason="requires chromium (apt-get install chromium)")
@pytest.mark.parametrize("screen", SCREENS)
def test_no_letter_is_wider_than_the_screen(screen: int, tmp_path: Path) -> None:
    shown = pages()
    found = widths({**shown, "control": '<div style="width:2000px">x</div>'}, screen, tmp_path)
    assert found.pop("control") >= 2_000
    assert found.keys() == shown.keys()
    assert {name: width for name, width in found.items() if width > screen} == {}


def test_on_a_narrow_screen_rows_stand_as_lines_and_the_picture_is_left_out() -> None:
    narrow = style()[style().index("max-width: 640px") :]
    assert "figure, .picture { display: none; }" in narrow
    assert "table, tbody, tr, td { display: block" in narrow
    assert "attr(data-label)" in narrow


def test_a_letter_prints_on_a4_and_its_annex_begins_a_page() -> None:
    assert "@page { size: A4;" in style()
    assert re.search(r"\.annex \{ break-before: page;", style())


def test_each_cell_that_stands_alone_on_a_phone_has_the_name_of_its_column() -> None:
    page = pages()["revised-nl"]
    for label in ("Maand", "Vroeger", "Nu", "Verschil", "Bruto", "Netto", "Betaald uiterlijk", "Tot en met"):
        assert f'data-label="{label}"' in page
