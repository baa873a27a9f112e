"""Parts of the long tests: together they are all of
them, each once, and about as long as one another.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.tools import long_tests
from local.tools.long_tests import ROOT, Progress, part_of, recorded, summary, words_of

NAMES = st.lists(st.text("abc[]:/", min_size=1), unique=True, max_size=30)


@given(NAMES, st.integers(1, 7), st.dictionaries(st.text("abc[]:/"), st.floats(1, 1e5)))
def test_parts_together_are_the_whole_and_no_test_is_in_two(
    names: list[str], count: int, took: dict[str, float]
) -> None:
    parts = [part_of(names, f"{number}/{count}", took) for number in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)


@given(NAMES, st.integers(1, 7), st.randoms(use_true_random=False))
def test_the_order_in_which_tests_are_found_changes_no_part(names: list[str], count: int, random: object) -> None:
    shuffled = sorted(names, key=lambda _: random.random())  # type: ignore[attr-defined]
    for number in range(1, count + 1):
        assert part_of(names, f"{number}/{count}", {}) == part_of(shuffled, f"{number}/{count}", {})


def test_no_part_is_longer_than_another_by_more_than_one_test() -> None:
    took = {f"t{n}": float(n * n) for n in range(1, 40)}
    lengths = [sum(took[name] for name in part_of(took, f"{number}/4", took)) for number in range(1, 5)]
    assert max(lengths) - min(lengths) <= max(took.values())


@pytest.mark.parametrize("part", ["", "2", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/2"])
def test_another_notation_is_no_part(part: str) -> None:
    with pytest.raises(ValueError, match="the second of five parts is 2/5"):
        part_of(["a"], part, {})


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (90, "2 min"), (3600, "1 h 00 min"), (7512, "2 h 05 min")]
)
def test_a_duration_is_in_words(seconds: float, words: str) -> None:
    assert words_of(seconds) == words


def test_the_summary_says_what_each_module_takes_and_all_of_them() -> None:
    took = {"a.py::one[1]": 60.0, "a.py::one[2]": 60.0, "b.py::two": 3600.0, "b.py::three": 3600.0}
    assert [line.split() for line in summary([*took], 2, took)] == [
        ["2", "2", "h", "00", "min", "b.py"],
        ["2", "2", "min", "a.py"],
        ["4", "1", "h", "01", "min", "in", "all,", "with", "2", "at", "a", "time", "on", "an", "idle", "machine"],
    ]


def test_no_run_is_shorter_than_its_longest_test() -> None:
    assert summary(["a", "b"], 2, {"a": 60.0, "b": 7200.0})[-1].startswith("   2  2 h 00 min")


def test_what_is_left_follows_what_the_tests_so_far_took() -> None:
    progress = Progress(["a", "b", "c"], 1, {"a": 60, "b": 60, "c": 120})
    # Twice as long as recorded, so what is left is too.
    assert "1 of 3, " in (line := progress.line("a", 120))
    assert "about 6 min left: a took 2 min" in line
    progress.line("b", 120)
    assert "3 of 3" in (line := progress.line("c", 240))
    assert "about 0 s left" in line


SLOW = """
import pytest

@pytest.mark.slow
@pytest.mark.parametrize("n", range(5))
def test_long(n): pass

@pytest.mark.slow
def test_other(): pass

def test_quick(): pass
"""


def collected(folder: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-p", "local.tools.long_tests", "-p", "no:cacheprovider", "-m", "slow"]
    command += ["-o", "markers=slow", "--rootdir", str(folder), "--collect-only", "-q", *options, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return [line.partition(".py::")[2] for line in ended.stdout.splitlines() if line.startswith("test_long.py::")]


def test_pytest_runs_the_parts_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text(SLOW)
    everything = collected(tmp_path)
    assert sorted(everything) == [*(f"test_long[{n}]" for n in range(5)), "test_other"]
    assert sorted(collected(tmp_path, "--long-part=1/2") + collected(tmp_path, "--long-part=2/2")) == sorted(everything)
    assert collected(tmp_path, "--long-only=other") == ["test_other"]


def test_figures_are_of_tests_that_exist() -> None:
    assert recorded()
    for name in recorded():
        module, _, function = name.partition("[")[0].partition("::")
        assert f"def {function}(" in (ROOT / module).read_text("utf-8"), name


def test_figures_are_replaced_and_their_comment_stays(tmp_path: Path) -> None:
    path = tmp_path / "figures.toml"
    path.write_text('# What these are.\n"old" = 3\n')
    long_tests.write_figures({"b::c[é-1]": 12.4, "a": 0.1}, path)
    assert path.read_text() == '# What these are.\n"a" = 1\n"b::c[é-1]" = 12\n'
