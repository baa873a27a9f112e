"""What the pages promise a reader: links lead somewhere, files and
commands exist, nothing is missing from an index.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from local.cloud.demo import EQUAL
from tegemoet.application.intake.keys import REFUSALS
from tegemoet.application.intake.kinds.reasons import reasons
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.premium_year.approval import WHY_BARRED
from tegemoet.domain.manual_review import ExceptionKind
from tegemoet.domain.problems import VALIDATION_CODES
from tests.support.markdown import ROOT, anchors, commands, inline_code, lines, links, name_of, pages, table_code
from tests.support.refusals import codes_in

PACKAGE = ROOT / "layers" / "benefits" / "tegemoet"
PAGES = [pytest.param(page, id=name_of(page)) for page in pages()]
TABLES = [
    pytest.param(page, id=name_of(page))
    for page in pages()
    if page.parent.name == "rules" or page.name == "readings.md"
]
"""Pages with tables that lead from a text to the code."""
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
WIDTH = 100

PROJECT_FOLDERS = ("bench", "docs", "events", "functions", "layers", "local", "tests")
PACKAGE_FOLDERS = ("adapters", "api", "application", "banking", "domain", "schemes")
_FILE = re.compile(rf"(?:{'|'.join(PROJECT_FOLDERS + PACKAGE_FOLDERS)})/[\w./<>{{}},*…-]*")
_ROOM = re.compile(r"(?:decisions|exchange|intake|premium_year)/[\w./{},-]+\.(?:py|html|toml)")
_FUNCTION = re.compile(r"(?:\w+/)*(?:[a-z]\w+\.(?!toml$|csv$|py$|html$)_?[a-zA-Z]\w*|[A-Z]\w+\.\w+|_[a-z]\w+)")
_PLACEHOLDER = re.compile(r"<[^>/]*>|…")
_BRACES = re.compile(r"\{([^{}]*)\}")
_MAKE = re.compile(r"(?:^|[\s`(&;])make ((?:[a-z][a-z-]*(?: |$))+)")
_MODULE = re.compile(r"python3? -m ([a-z_][\w.]*)")
_DATE = re.compile(r"^Date: (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
_STATUS = re.compile(r"^Status: (accepted|(?:amended|superseded) by \d{4}(?:, \d{4})*)$", re.MULTILINE)


def _expanded(text: str) -> list[str]:
    """`{a,b}.py` is `a.py` and `b.py`; a placeholder stands for any one name."""
    parts = _BRACES.split(_PLACEHOLDER.sub("*", text))
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]


def _exists(path: str) -> bool:
    bases = [ROOT] if path.startswith(PROJECT_FOLDERS) else [PACKAGE, ROOT]
    if path.startswith(("decisions/", "exchange/", "intake/", "premium_year/")):
        bases = [PACKAGE / "application"]
    return any(_stands(base, path.rstrip("/")) for base in bases)


def _stands(base: Path, path: str) -> bool:
    """Whether a file or folder of that name exists, or a module with
    that function or class: `domain/calendar.read_day`.
    """
    if next(base.glob(path), None) is not None:
        return True
    module, _, name = path.rpartition(".")
    file = base / f"{module}.py"
    return (
        file.is_file()
        and re.search(rf"^(?:def|class) {name}\b|^{name}\b.* = ", file.read_text("utf-8"), re.MULTILINE) is not None
    )


def _named_files(page: Path) -> Iterator[tuple[int, str]]:
    for number, text in inline_code(page):
        if _FILE.fullmatch(text) or _ROOM.fullmatch(text):
            yield number, text


@cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for number, target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(f"{name_of(page)}:{number}: {target}")
    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: Path) -> None:
    missing = [
        f"{name_of(page)}:{number}: {text}"
        for number, text in _named_files(page)
        if not all(_exists(path) for path in _expanded(text))
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: Path) -> None:
    missing = []
    for number, text in commands(page):
        wanted = [target for found in _MAKE.finditer(text) for target in found[1].split()]
        missing += [f"{name_of(page)}:{number}: make {name}" for name in wanted if name not in _targets()]
        for found in _MODULE.finditer(text):
            place = ROOT / found[1].replace(".", "/")
            if found[1].split(".")[0] in PROJECT_FOLDERS and not (
                place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
            ):
                missing.append(f"{name_of(page)}:{number}: python -m {found[1]}")
    assert not missing


@cache
def _sources() -> dict[str, str]:
    """Path below the package → text, of every file of the product."""
    found = (path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml", ".html"))
    return {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in found}


def _in_code(text: str) -> bool:
    """Whether the product has what a table names: `rules.py`,
    `rules._activity`, `Household.oldest`, `_activity`.
    """
    if text.endswith((".py", ".toml", ".html")):
        return any(f"/{path}".endswith(f"/{text}") for path in _sources())
    place, _, name = text.rpartition(".")
    defined = re.compile(rf"^\s*(?:(?:def|class) {name}\b|{name}\b[^=\n]*(?:=|:))", re.MULTILINE)
    if not place:
        return any(defined.search(source) for source in _sources().values())
    if place[0].isupper():
        owner = re.compile(rf"^class {place}\b", re.MULTILINE)
        return any(owner.search(source) and defined.search(source) for source in _sources().values())
    return any(f"/{path}".endswith(f"/{place}.py") and defined.search(source) for path, source in _sources().items())


@pytest.mark.parametrize("page", TABLES)
def test_every_function_that_a_table_names_exists(page: Path) -> None:
    missing = [
        f"{name_of(page)}:{number}: {text}"
        for number, text in table_code(page)
        if _FUNCTION.fullmatch(text) and not _in_code(text)
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_prose_is_wrapped(page: Path) -> None:
    wide = [f"{name_of(page)}:{line.number}" for line in lines(page) if line.is_prose and len(line.text) > WIDTH]
    assert not wide


def test_the_page_of_files_has_every_kind_and_every_code() -> None:
    page = (ROOT / "docs" / "reference" / "files.md").read_text("utf-8")
    for (scheme, name), kind in KINDS.items():
        section = page.partition(f"`in/<partner>/{scheme}/<year>/…`")[2]
        row = f"| `{name}` | `{';'.join(kind.columns)}` |"
        assert row in section.partition("\n### ")[0], row
    missing = [code for code in REFUSALS if f"\n| `{code}` | " not in page]
    assert not missing
    assert [row for code, said in reasons("en").items() if (row := f"\n| `{code}` | {said} |\n") not in page] == []


def test_the_handbook_of_a_year_has_every_error_and_exception() -> None:
    page = (ROOT / "docs" / "how-to" / "run-a-premium-year.md").read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in (PACKAGE / "application" / "premium_year").rglob("*.py"))
    codes = set(re.findall(r'(?:Conflict|Invalid|NotFound)Error\(\s*"[^"]*",\s*"([a-z0-9-]+)"', source))
    kinds = set(get_args(ExceptionKind))
    assert len(codes) > 10
    assert {name for name in codes | kinds if f"`{name}`" not in page} == set()


def test_the_page_of_refusals_has_every_code_and_no_other() -> None:
    page = (ROOT / "docs" / "reference" / "refusals.md").read_text("utf-8")
    rooms = (PACKAGE / "api", PACKAGE / "application", PACKAGE / "domain")
    modules = [path for room in rooms for path in room.rglob("*.py")]
    modules += [PACKAGE / "schemes" / f"{name}.py" for name in ("registry", "scheme", "texts")]
    codes = {code for module in modules for code in codes_in(module)} | set(WHY_BARRED)
    codes |= set(VALIDATION_CODES.values())
    assert set(re.findall(r"^\|(?: \d{3} \|)? `([a-z0-9-]+)` \|", page, re.MULTILINE)) == codes
    # the code of the first field at fault is that of the refusal, too
    of_refusals = set(re.findall(r"^\| \d{3} \| `([a-z0-9-]+)` \|", page, re.MULTILINE))
    both = [
        module
        for module in modules
        if "InvalidError(" in (text := module.read_text("utf-8")) and "faults[0].code" in text
    ]
    assert {code for module in both for code in codes_in(module)} <= of_refusals


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    found, waiting = {index}, [index]
    while waiting:
        page = waiting.pop()
        for _, target in links(page):
            place = (page.parent / target.partition("#")[0]).resolve()
            if place.suffix == ".md" and place.is_file() and place not in found:
                found.add(place)
                waiting.append(place)
    lost = sorted({name_of(page) for page in pages()} - {name_of(page) for page in found})
    assert not lost, f"link these pages in docs/README.md: {lost}"


def test_the_first_walk_shows_the_last_line_of_the_demo() -> None:
    shown = (ROOT / "docs" / "tutorial" / "README.md").read_text("utf-8")
    assert re.findall(r"^✓ .*", shown, re.MULTILINE) == [EQUAL]


def test_every_post_that_a_page_shows_carries_a_key() -> None:
    blocks = (
        (name_of(page), block)
        for page in pages()
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
    calls = [
        (page, call) for page, block in blocks for call in re.findall(r"^ *curl (?:.*\\\n)*.*", block, re.MULTILINE)
    ]
    posts = [
        (page, call) for page, call in calls if "$API" in call and re.search(r" -d |-X POST|-X \"\$1\"|:\+-d", call)
    ]
    assert len(posts) > 2
    assert [page for page, call in posts if "Idempotency-Key" not in call] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in DECISIONS])
def test_a_decision_has_a_date_and_a_status_and_is_listed_with_both(page: Path) -> None:
    text = page.read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    dates, states = _DATE.findall(text), _STATUS.findall(text)
    assert (len(dates), len(states)) == (1, 1)
    assert date.fromisoformat(dates[0]).isoformat() == dates[0]
    row = f"| [{page.stem[:4]}]({page.name}) | {title} | {dates[0]} | {states[0]} |"
    assert row in (page.parent / "README.md").read_text("utf-8").splitlines()
    for number in re.findall(r"\d{4}", states[0]):
        (later,) = page.parent.glob(f"{number}-*.md")
        assert page.name in later.read_text("utf-8")


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert numbers == sorted(set(numbers))
