"""Every text is written in every language. What fails names the file, the text and the language."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

from tegemoet.schemes.languages import read_defaults
from tegemoet.schemes.notation import languages
from tegemoet.schemes.professions import Profession

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "benefits" / "tegemoet"
SKELETON = ROOT / "local" / "tools" / "skeleton" / "scheme" / "texts.toml.txt"
WITHOUT_TEXTS = ("parameters", "legislation", "partners", "banking")
"""Folders of figures, of profiles, of acts, whose titles are official ones in few languages, and of
the characters that banks take.
"""


def files() -> list[Path]:
    """Every file of texts, that of the skeleton of a scheme included."""
    found = [path for path in sorted(PACKAGE.rglob("*.toml")) if path.parent.name not in WITHOUT_TEXTS]
    return [path for path in found if path.name not in ("languages.toml", "checked.toml")] + [SKELETON]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT)).removeprefix("layers/benefits/tegemoet/")


FILES = [pytest.param(path, id=name_of(path)) for path in files()]


def texts(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every text of a file by its dotted name: the innermost tables."""

    def walk(table: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        inner = {name: value for name, value in table.items() if isinstance(value, dict)}
        if not inner:
            yield place, table
        for name, value in inner.items():
            yield from walk(value, f"{place}.{name}" if place else name)

    yield from walk(tomllib.loads(path.read_text("utf-8")), "")


def test_the_files_of_texts_are_found() -> None:
    found = {name_of(path) for path in files()}
    assert {
        "application/decisions/document.toml",
        "application/decisions/letter/bodies/mutuality.toml",
        "application/decisions/letter/letter.toml",
        "application/decisions/timeline/timeline.toml",
        "application/intake/batch_report.toml",
        "application/intake/kinds/reasons.toml",
        "application/premium_year/report_page.toml",
        "schemes/contribution_voucher/documents.toml",
        "schemes/maternity_rest/texts.toml",
    } <= found
    assert len(found) >= 30


@pytest.mark.parametrize("path", FILES)
def test_a_text_is_written_in_every_language(path: Path) -> None:
    lacking = [
        f"{name_of(path)}: [{name}] {lang}" for name, text in texts(path) for lang in languages() if not text.get(lang)
    ]
    assert not lacking


@pytest.mark.parametrize("path", FILES)
def test_a_text_names_the_same_facts_and_has_as_many_paragraphs_in_every_language(path: Path) -> None:
    for name, text in texts(path):
        written = [text[language] for language in languages()]
        paragraphs = [value if isinstance(value, list) else [value] for value in written]
        facts = [
            sorted({fact for part in parts for _, fact, _, _ in Formatter().parse(part) if fact})
            for parts in paragraphs
        ]
        assert all(found == facts[0] for found in facts), f"{name_of(path)}: [{name}]"
        if path.name == "documents.toml":
            assert len({len(parts) for parts in paragraphs}) == 1, f"{name_of(path)}: [{name}]"


def test_a_profession_has_one_word_in_each_language() -> None:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in files():
        for name, text in texts(path):
            group, _, code = name.partition(".")
            if code in get_args(Profession) and group in ("words", "sector") and path.parent.name != "premium_year":
                for language in languages():
                    found.setdefault((code, language), {})[name_of(path)] = text[language]
    assert len(found) == len(get_args(Profession)) * len(languages())
    assert [(of, words) for of, words in found.items() if len(set(words.values())) > 1] == []


def test_no_module_holds_a_text_per_language() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                assert len(keys & set(languages())) < 2, f"{name_of(path)}:{node.lineno}"


def test_no_module_chooses_a_language() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            chosen: list[ast.expr | None] = []
            if isinstance(node, ast.Assign | ast.AnnAssign):
                chosen = [node.value]
            elif isinstance(node, ast.arguments):
                chosen = [*node.defaults, *node.kw_defaults]
            found = [value.value for value in chosen if isinstance(value, ast.Constant)]
            assert not set(found) & set(languages()), f"{name_of(path)}:{getattr(node, 'lineno', found)}"


def test_a_default_that_is_not_a_language_is_named() -> None:
    table = {"api": "nl", "batches": "en", "phases": "pl", "exchange-tables": "defaults"}
    with pytest.raises(ValueError, match="not a language: phases = 'pl', exchange-tables = 'defaults'"):
        read_defaults(table)
