"""The page on reliability has the figures that the tests keep, and every promise."""

import json
import re

import pytest

from local.tools import reliability
from local.tools.bootstrap import ROOT

FIGURES = json.loads(reliability.FIGURES.read_text("utf-8"))


def test_the_page_has_the_figures() -> None:
    text = reliability.PAGE.read_text("utf-8")
    assert reliability.page(text, FIGURES) == text, "python -m local.tools.reliability"


def test_another_figure_is_another_page() -> None:
    text = reliability.PAGE.read_text("utf-8")
    other = {**FIGURES, "batch": {**FIGURES["batch"], "calls": FIGURES["batch"]["calls"] + 1}}
    assert reliability.page(text, other) != text


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        reliability.page("# Reliability\n", FIGURES)


def test_nothing_that_was_measured_differed() -> None:
    assert {place for place, figures in FIGURES.items() if figures["differences"]} == set()
    assert FIGURES.keys() == {*reliability.WORKFLOWS, "kills"}


def test_the_page_has_every_promise_and_no_other() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "local/simulator/histories").rglob("*.py"))
    text = reliability.PAGE.read_text("utf-8")
    section = text[text.index("## The promises") : text.index("## Every call")]
    named = set(re.findall(r"`((?:[a-z]+-)+[a-z]+)`", section))
    assert set(re.findall(r'found\(\s*"([a-z-]+)"', sources)) <= named
    assert {promise for promise in named if f'"{promise}"' not in sources} == set()
