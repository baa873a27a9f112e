"""What a scheme brings along besides its rules: no words left to
replace, a page of its rules, a line in the README.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Scheme

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "benefits" / "tegemoet" / "schemes"
PLACEHOLDER = re.compile(r"\bREPLACE\b")
SINGLE = [scheme for scheme in SCHEMES.values() if scheme.kind == "single-case"]
ALL = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.slug)


def package_of(scheme: Scheme) -> str:
    return scheme.slug.replace("-", "_")


def pages_of(scheme: Scheme) -> list[Path]:
    """The pages of rules that name the scheme's folder,
    or its slug where a page holds several schemes.
    """
    names = (f"schemes/{package_of(scheme)}/", f"`{scheme.slug}`")
    pages = sorted((ROOT / "docs" / "rules").glob("*.md"))
    return [page for page in pages if any(name in page.read_text("utf-8") for name in names)]


def files_of(scheme: Scheme) -> Iterator[Path]:
    for folder in (PACKAGE / package_of(scheme), ROOT / "tests" / "schemes" / package_of(scheme)):
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".toml", ".json"))
    yield from pages_of(scheme)


def left_to_replace(paths: Iterable[Path]) -> str:
    """The lines that still hold the word of a skeleton, one below the other."""
    return "\n".join(
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if PLACEHOLDER.search(line)
    )


@ALL
def test_nothing_of_a_scheme_is_left_to_replace(scheme: Scheme) -> None:
    left = left_to_replace(files_of(scheme))
    assert not left, f"still to be replaced:\n{left}"


def test_nothing_of_the_register_is_left_to_replace() -> None:
    left = left_to_replace([PACKAGE / "legislation" / "acts.toml"])
    assert not left, f"still to be replaced:\n{left}"


@pytest.mark.parametrize("scheme", SINGLE, ids=lambda scheme: scheme.slug)
def test_every_rule_of_a_scheme_is_named_on_its_page_of_rules(scheme: Scheme) -> None:
    pages = pages_of(scheme)
    assert pages, f"write docs/rules/{scheme.slug}.md: each rule of the text, its id, its function and its tests"
    text = "\n".join(page.read_text("utf-8") for page in pages)
    borrowed = tuple(prefix for _, prefix in scheme.builds_on if prefix)  # these have a page of their own
    own = {rule for rule, _ in scheme.texts.sentences if not rule.startswith(borrowed)}
    unnamed = sorted(rule for rule in own if f"`{rule}`" not in text)
    assert not unnamed, f"name these rules in {pages[0].relative_to(ROOT)}: {unnamed}"


@ALL
def test_the_readme_and_the_index_of_the_docs_lead_to_every_scheme(scheme: Scheme) -> None:
    assert f"`{scheme.slug}`" in (ROOT / "README.md").read_text("utf-8"), f"add {scheme.slug} to the table of README.md"
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in pages_of(scheme):
        assert f"rules/{page.name}" in index, f"link docs/rules/{page.name} in docs/README.md"
