"""A scheme is a folder and one command.

The skeleton decides, its failing tests say what is missing, and nothing else fails.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.tools.scheme import ACTS, make_scheme
from tests.support.tree import ROOT, Tree

SLUG = "student-grant"
LONGEST = "psychiatric-rehabilitation-allowance-two"
"""A slug of 40 characters, as long as one may be."""
SCHEME = "layers/benefits/tegemoet/schemes/student_grant"
MATERIAL = "tests/schemes/student_grant"
TESTS = (
    "tests/schemes/test_known_until.py",
    "tests/schemes/test_schemes.py",
    "tests/schemes/test_golden.py",
    "tests/schemes/test_scheme_folders.py",
)
MORE_TESTS = ("tests/schemes/test_texts.py", "tests/unit/decisions/test_legislation.py", "tests/unit/test_imports.py")
DOCUMENT = ("tests/contract/test_openapi.py", "tests/contract/test_docs.py")
DECIDE = """
import json, sys
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.registry import scheme_named
scheme = scheme_named(sys.argv[1])
print(decide_line(json.dumps(scheme.example).encode(), scheme, "partner", b"key").decision.decode())
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    copy = Tree.copied_to(tmp_path_factory.mktemp("tree"))
    made = copy.run("-m", "local.tools.scheme", SLUG)
    assert made.returncode == 0, made.stderr
    return copy


def name_of(test: str) -> str:
    """The name of a test without its parameters."""
    return re.sub(r"\[.*", "", test.rpartition("::")[2])


def test_the_skeleton_decides_at_once(tree: Tree) -> None:
    ran = tree.run("-c", DECIDE, SLUG)
    assert ran.returncode == 0, ran.stderr
    decision: dict[str, Any] = json.loads(ran.stdout)
    assert (decision["scheme"], decision["outcome"], decision["total"]) == (SLUG, "granted", "100.00")


@pytest.mark.parametrize("slug", ["a", "leave-grant", SLUG, LONGEST])
def test_the_skeleton_is_clean_for_ruff_under_a_short_and_a_long_name(tmp_path: Path, slug: str) -> None:
    (tmp_path / ACTS).parent.mkdir(parents=True)
    made = [path for path in make_scheme(slug, 2026, tmp_path) if path.suffix == ".py"]
    assert len(made) == 6
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    sources = [str(root / folder) for root in (tmp_path, ROOT) for folder in ("layers/benefits", ".")]
    for command in (["check", "--config", f"src = {json.dumps(sources)}"], ["format", "--check"]):
        ran = subprocess.run(  # noqa: S603 - ruff
            [sys.executable, "-m", "ruff", *command, "--no-cache", *map(str, made)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout


def test_what_fails_says_what_is_missing_and_then_nothing_fails(tree: Tree) -> None:
    found = tree.tests([*TESTS, *MORE_TESTS, *DOCUMENT, MATERIAL], "-k", "student or register or openapi or index")
    assert {name_of(test) for test in found.failed} == {
        "test_nothing_of_a_scheme_is_left_to_replace",
        "test_nothing_of_the_register_is_left_to_replace",
        "test_every_scheme_has_a_granted_a_refused_and_a_pending_golden_case",
        "test_the_readme_and_the_index_of_the_docs_lead_to_every_scheme",
        "test_every_article_that_a_scheme_cites_is_written_in_every_language",
        "test_every_page_can_be_reached_from_the_index",
        "test_the_committed_document_is_the_one_that_the_code_makes",
        "test_what_the_api_serves_is_the_committed_document",
    }, found.output
    assert f"{SCHEME}/texts.toml:4: nl = " in found.output
    assert "make openapi" in found.output
    assert "link these pages in docs/README.md: ['docs/rules/student-grant.md']" in found.output

    _fill_in(tree)
    after = tree.tests([*TESTS, *MORE_TESTS, *DOCUMENT, MATERIAL], "-n", "2")
    assert not after.failed, after.output
    assert after.passed > 400


def _fill_in(tree: Tree) -> None:
    """What docs/how-to/add-a-scheme.md asks of a person, done by a program."""
    files = [*(tree.root / SCHEME).rglob("*.*"), *(tree.root / MATERIAL).rglob("*.py")]
    pages = [tree.root / "docs/rules" / f"{SLUG}.md", tree.root / SCHEME / "../legislation/acts.toml"]
    for path in [path for path in [*files, *pages] if path.suffix in (".py", ".toml", ".json", ".md")]:
        text = path.read_text("utf-8").replace("REPLACE by the article", "article 1")
        path.write_text(text.replace("REPLACE", "Decided"), "utf-8")
    year = re.search(r'"on": "(\d{4})', tree.read(f"{SCHEME}/example.json"))
    assert year
    for name, entitled in (("granted", True), ("refused", False), ("pending", None)):
        case = {"requested_on": f"{year[1]}-01-15", "entitled": entitled}
        body = {"case_id": name, "on": f"{year[1]}-02-01", "case": case}
        tree.write(f"{MATERIAL}/golden/{name}.json", json.dumps({"body": body}))
    for command in (["-m", "tests.schemes.test_golden"], ["-m", "local.tools.openapi"]):
        ran = tree.run(*command)
        assert ran.returncode == 0, ran.stderr
    row = f"| `{SLUG}` | what a student receives | [table](docs/rules/{SLUG}.md) |\n"
    tree.write("README.md", tree.read("README.md") + row)
    tree.write("docs/README.md", tree.read("docs/README.md") + f"* [student grant](rules/{SLUG}.md)\n")


@pytest.mark.parametrize(
    "slug", ["maternity-rest", "Student", "student_grant", "../x", "class", "a--b", "1st", "", LONGEST + "s"]
)
def test_a_slug_that_is_taken_or_malformed_is_refused_and_nothing_is_written(tree: Tree, slug: str) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in _sources(tree.root))
    refused = tree.run("-m", "local.tools.scheme", slug)
    assert refused.returncode == 2
    assert "slug" in refused.stderr or "already" in refused.stderr
    assert sorted((path, path.stat().st_mtime_ns) for path in _sources(tree.root)) == before


def _sources(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
