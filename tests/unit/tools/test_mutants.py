"""The tool that changes the rules: what it changes, and that neither its
targets nor its list of excused survivors is stale.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.tools.mutants import changes, running, since
from local.tools.mutants.changes import Mutant
from local.tools.mutants.targets import PACKAGE, ROOT, SMALLER_SCHEMES, TARGETS, missing_files


def changed(source: str) -> list[str]:
    return [text for _, text in changes.changes_of_code(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a >= b", ["(a > b)", "(a < b)"]),
        ("x = a < b", ["(a <= b)", "(a >= b)"]),
        ("x = a is None", ["(a is not None)"]),
        ("x = a and b", ["(a or b)"]),
        ("x = not a", ["(a)"]),
        ("x = a + b", ["(a - b)"]),
        ("x = min(a)", ["max"]),
        ("x = value.quantize(CENT, ROUND_HALF_UP)", ["ROUND_HALF_EVEN"]),
        ("x = 1", ["2"]),
        ("x = True", ["False"]),
        ("x = 'code'", ["'codex'"]),
        ("x = f'a{b}'", ['""']),
        ("found.append(x)", ["pass"]),
        ("def f() -> int:\n    return x", ["return None"]),
    ],
)
def test_code_is_changed(source: str, expected: list[str]) -> None:
    assert changed(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "x: Literal['a']",
        "Kind = Literal['a', 'b']",
        "Row = TypedDict('Row', {'from': str})",
        "def f(x: 'Day') -> 'Day': ...",
        "assert x > 1",
        "from a import b",
        "raise E('a sentence for people')",
        "@dataclass(frozen=True)\nclass A: ...",
    ],
)
def test_what_does_nothing_is_left_alone(source: str) -> None:
    assert changed(source) == []


def test_the_choices_of_an_input_are_changed() -> None:
    assert [text for _, text in changes.changes_of_code("Kind = Literal['a']", choices=True)] == ["'ax'"]


def test_parameters_move_by_a_day_or_by_their_last_digit() -> None:
    text = 'from = 2023-01-01\nvalue = 945.95\nrows = [{ phase = "1", value = 7 }, { value = true }]\nx = 0.01\n'
    found = [(text[start:stop], after) for start, stop, after in changes.changes_of_parameters(text)]
    assert found == [
        ("2023-01-01", "2022-12-31"),
        ("2023-01-01", "2023-01-02"),
        ("945.95", "945.94"),
        ("945.95", "945.96"),
        ("7", "6"),
        ("7", "8"),
        ("true", "false"),
        ("0.01", "0.00"),
        ("0.01", "0.02"),
    ]


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Commits a text as rules.py of a package in a repository of its own; the id of the commit."""
    for module in (since, changes):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / PACKAGE).mkdir(parents=True)

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout  # noqa: S603

    def write(text: str) -> str:
        (tmp_path / PACKAGE / "rules.py").write_text(text, "utf-8")
        git("add", ".")
        git("commit", "-q", "-m", "Change a rule")
        return git("rev-parse", "HEAD").strip()

    git("init", "-q")
    return write


def changed_since(commit: str, file: str = "rules.py") -> list[tuple[int, str]]:
    return [(mutant.line, mutant.after) for mutant in since.mutants_since(file, commit)]


def test_only_lines_that_changed_since_a_commit_are_tried(commit: Callable[[str], str]) -> None:
    first = commit("a = 1\nb = 2\nc = 3\n")
    second = commit("a = 1\nb = 7\nc = 3\nd = 4\n")
    assert changed_since(first) == [(2, "8"), (4, "5")]
    assert changed_since(second) == []


def test_what_is_not_committed_yet_is_tried(commit: Callable[[str], str], tmp_path: Path) -> None:
    first = commit("a = 1\nb = 2\n")
    (tmp_path / PACKAGE / "rules.py").write_text("a = 1\nb = 3\n", "utf-8")
    assert changed_since(first) == [(2, "4")]


def test_a_file_that_the_commit_lacks_is_tried_whole(commit: Callable[[str], str], tmp_path: Path) -> None:
    first = commit("a = 1\n")
    (tmp_path / PACKAGE / "new.py").write_text("b = 2\nc = 3\n", "utf-8")
    assert changed_since(first, "new.py") == [(1, "3"), (2, "4")]


def test_lines_that_only_move_or_go_are_not_tried(commit: Callable[[str], str]) -> None:
    first = commit("a = 1\nb = 2\nc = 3\n")
    commit("# why\na = 1\nc = 3\n")
    assert changed_since(first) == []


def test_a_change_of_one_line_of_a_long_expression_is_tried(commit: Callable[[str], str]) -> None:
    first = commit("f(\n    1,\n    2,\n)\n")
    commit("f(\n    1,\n    3,\n)\n")
    assert changed_since(first) == [(1, "pass"), (3, "4")]


def test_a_commit_that_does_not_exist_is_said(commit: Callable[[str], str]) -> None:
    commit("a = 1\n")
    with pytest.raises(ValueError, match="There is no commit nowhere"):
        changed_since("nowhere")


def test_every_file_and_every_test_that_a_target_names_exists() -> None:
    assert missing_files() == [], "local/tools/mutants/targets.py: name the file where it is now"


def test_every_target_changes_a_file_and_runs_a_test() -> None:
    assert [name for name, target in TARGETS.items() if not (target.files and target.tests)] == []
    for scheme in SMALLER_SCHEMES:  # these are found by their folder
        target = TARGETS[scheme.replace("_", "-")]
        assert f"schemes/{scheme}/rules.py" in target.files
        assert f"tests/schemes/{scheme}/test_rules.py" in target.tests


def every_mutant() -> dict[str, Mutant]:
    files = {file for target in TARGETS.values() for file in target.files}
    return {mutant.name: mutant for file in files for mutant in changes.mutants_of(file)}


def test_a_mutant_stands_where_it_says() -> None:
    for mutant in every_mutant().values():
        body = (ROOT / PACKAGE / mutant.file).read_bytes()
        assert body.count(b"\n", 0, mutant.start) in (mutant.line - 1, mutant.line)
        assert body[mutant.start : mutant.stop].decode() == mutant.before
        assert mutant.before.split("\n")[0] in mutant.context


def test_every_excused_survivor_is_still_a_possible_change() -> None:
    excused = running.excused()
    assert excused
    assert len(excused) == len(set(excused))
    assert set(excused) <= set(every_mutant())


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_the_tests_notice_every_change_of_the_rules_that_is_not_excused(target: str) -> None:
    # in a process of its own: what this one has imported of the package is not the changed copy
    command = [sys.executable, "-m", "local.tools.mutants", target]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stdout + ended.stderr
