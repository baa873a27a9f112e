"""A language is data alone.

An invented language is added to a copy of the tree, and everything is rendered in it.
"""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from tests.promises import invented_language as invented
from tests.support.tree import Tree

COMPLETE = "tests/unit/test_languages.py"
LETTER = "layers/benefits/tegemoet/application/decisions/letter/letter.toml"
TESTS = (
    COMPLETE,
    "tests/contract/test_files.py",
    "tests/contract/test_openapi.py",
    "tests/schemes/increased_reimbursement/test_household.py",
    "tests/schemes/test_schemes.py",
    "tests/schemes/test_texts.py",
    "tests/unit/decisions/test_documents.py",
    "tests/unit/decisions/test_legislation.py",
    "tests/unit/decisions/test_letter.py",
    "tests/unit/decisions/test_timeline.py",
    "tests/unit/exchange/test_tables.py",
    "tests/unit/premium_year/test_report_page.py",
)
"""What holds texts to account; the rest of the tests reads none."""
NO_TEXTS = "field or extremes"
"""Tests of the input of schemes, by the hundred."""
_NUMBER = re.compile(r"\d[\d.,:_/]*")
"""Numbers and days, which every language writes in its own way."""


WRITTEN_BY_THE_LOCALE = frozenset(
    re.findall(
        r"[A-Za-z]{2,}",
        " ".join(
            [
                *Locale.parse(invented.LOCALE).months["format"]["wide"].values(),
                *Locale.parse(invented.LOCALE).quarters["format"]["wide"].values(),
                "and",
            ]
        ),
    )
)
"""Months, quarters and the last comma of a list: the locale says them, not the texts."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    copy = Tree.copied_to(tmp_path_factory.mktemp("tree"))
    invented.add(copy)
    return copy


@pytest.fixture(scope="module")
def rendered(tree: Tree) -> list[tuple[str, str, str, Any]]:
    """Name, English text, text in the invented language,
    and the data shown, of all that is rendered.
    """
    ran = tree.run("-m", "tests.promises.rendered", invented.CODE)
    assert ran.returncode == 0, ran.stderr
    return [(name, english, text, data) for name, english, text, data in json.loads(ran.stdout)]


def test_everything_is_rendered(rendered: list[tuple[str, str, str, Any]]) -> None:
    kinds = {
        name.partition(" of ")[0].partition(" on ")[0].partition(" expense")[0].partition(" institute")[0]
        for name, *_ in rendered
    }
    assert {"title", "summary", "explanation", "picture", "letter", "page", "workbook", "tables", "reasons"} <= kinds
    assert {"document expense-note", "document institute-to-insurer"} <= {
        name.partition(" of ")[0] for name, *_ in rendered
    }
    assert sum(name.startswith("title of ") for name, *_ in rendered) > 50


def test_a_text_is_the_english_one_word_by_word(rendered: list[tuple[str, str, str, Any]]) -> None:
    for name, english, text, _ in rendered:
        back = invented.plain(text).replace(f'lang="{invented.CODE}"', 'lang="en"')
        assert _NUMBER.sub("#", back) == _NUMBER.sub("#", english), name


def test_no_text_of_another_language_is_left(rendered: list[tuple[str, str, str, Any]]) -> None:
    for name, _, text, data in rendered:
        assert _words(_visible(text)) <= _words(json.dumps(data, ensure_ascii=False)) | WRITTEN_BY_THE_LOCALE, name


def test_numbers_and_days_are_written_as_the_language_writes_them(rendered: list[tuple[str, str, str, Any]]) -> None:
    letters = " ".join(_visible(text) for name, _, text, _ in rendered if name.startswith("letter on maternity-rest"))
    assert re.search(r"\b\d\.\d{3},\d\d\b", letters)
    assert re.search(r"\b20\d\d\.\d\d\.\d\d\b", letters)


def _visible(text: str) -> str:
    """What a reader sees or hears of a page or a picture."""
    heard = re.findall(r'aria-label="([^"]*)"', text)
    return unescape(" ".join([re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL), *heard]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-zÀ-ÿ]{2,}", text))


def test_the_api_takes_the_language_and_no_other(tree: Tree) -> None:
    code = """
from datetime import date
from tegemoet.application.decisions.catalogue import check_language, details
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.notation import languages
from tegemoet.schemes.registry import SCHEMES
assert languages()[-1] == "xx"
for slug, scheme in SCHEMES.items():
    assert details(slug, date(2026, 1, 1))["languages"] == [*languages()]
    for language in languages():
        check_language(language, scheme)
    for language in ("yy", "", "XX"):
        try:
            check_language(language, scheme)
        except NotFoundError as problem:
            assert problem.code == "language-unknown"
        else:
            raise AssertionError(language)
"""
    ran = tree.run("-c", code)
    assert ran.returncode == 0, ran.stderr


def test_the_tests_stay_green(tree: Tree) -> None:
    found = tree.tests(TESTS, "-n", "2", "-k", f"not ({NO_TEXTS})")
    assert not found.failed, found.output
    assert found.passed > 600


def test_a_text_that_is_missing_is_named_with_its_file(tree: Tree, tmp_path: Path) -> None:
    whole = tree.read(LETTER)
    line = next(line for line in whole.splitlines() if line.startswith(f"{invented.CODE} = "))
    tree.write(LETTER, whole.replace(f"{line}\n", "", 1))
    try:
        found = tree.tests([COMPLETE])
        assert {test.partition("[")[2] for test in found.failed} == {"application/decisions/letter/letter.toml]"}
        assert "application/decisions/letter/letter.toml: [granted.outcome] xx" in found.output
        ran = tree.run("-c", "from tegemoet.application.decisions.letter.layout import words; words()")
        assert "ValueError: letter.toml lacks a language: [granted.outcome] xx" in ran.stderr
    finally:
        tree.write(LETTER, whole)


def test_the_language_that_nobody_chose_is_data(tree: Tree) -> None:
    languages, document = tree.read(invented.LANGUAGES), tree.read("docs/openapi.json")
    defaults, mark, rest = languages.partition("# The languages")
    tree.write(invented.LANGUAGES, re.sub(r' = "\w+"', f' = "{invented.CODE}"', defaults) + mark + rest)
    code = """
from tegemoet.application.exchange.tables import csv_of
from tegemoet.application.intake import batch_report
from tegemoet.application.intake.kinds.reasons import reason_of
from tegemoet.application.premium_year import report_page
from tegemoet.schemes.increased_reimbursement.statistics import tables
from tests.promises.rendered import YEAR, a_batch, a_summary
assert batch_report.render(a_batch()) == batch_report.render(a_batch(), "xx") != batch_report.render(a_batch(), "en")
assert reason_of("json-invalid") == reason_of("json-invalid", "xx") != reason_of("json-invalid", "en")
phase = a_summary(1, "waiting", 1)
assert report_page.render(phase) == report_page.render(phase, (), "xx") != report_page.render(phase, (), "en")
table = tables({"households/1": 1}, YEAR)[0]
assert csv_of(table) == csv_of(table, "xx") != csv_of(table, "nl")
"""
    try:
        ran = tree.run("-c", code)
        assert ran.returncode == 0, ran.stderr
        assert tree.run("-m", "local.tools.openapi").returncode == 0
        paths = json.loads(tree.read("docs/openapi.json"))["paths"].values()
        parameters = [each for path in paths for call in path.values() for each in call.get("parameters", ())]
        found = [each["schema"].get("default") for each in parameters if each["name"] == "lang"]
        assert len(found) > 4
        assert found.count(None) == 1  # the letter of a run has the language of its reader
        assert set(found) == {invented.CODE, None}
    finally:
        tree.write(invented.LANGUAGES, languages)
        tree.write("docs/openapi.json", document)
