"""Runs the long tests, says what they will take, and shows progress: `make test-long`.

    python -m local.tools.long_tests                     all of them
    python -m local.tools.long_tests --list              names and estimates, without a run
    python -m local.tools.long_tests --part 2/5          the second of five parts
    python -m local.tools.long_tests --only ledger       those with `ledger` in their name
    python -m local.tools.long_tests --record            all of them; writes down what each took

The parts take about the same time, and together they are the whole, as long as nobody records
between them: what a test took decides in which part it is. The figures are in long_tests.toml, in
seconds of one idle core.

This module is also the pytest plugin that does it; the options of pytest are `--long-part`,
`--long-only` and `--long-record`.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).with_name("long_tests.toml")
UNKNOWN = 60.0
"""Seconds that a test is taken to need when nothing is recorded."""


@functools.cache
def recorded() -> Mapping[str, float]:
    """Seconds by node id."""
    return tomllib.loads(FIGURES.read_text("utf-8"))


def write_figures(seconds: Mapping[str, float], path: Path = FIGURES) -> None:
    """Replace the recorded figures; the comment above them stays."""
    comment = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    figures = [f'"{name}" = {max(1, round(seconds[name]))}' for name in sorted(seconds)]
    path.write_text("\n".join([*comment, *figures, ""]), "utf-8")


def estimate(name: str, figures: Mapping[str, float]) -> float:
    """Seconds of one core that a test takes, by its node id."""
    return figures.get(name, UNKNOWN)


def part_of(names: Iterable[str], part: str, figures: Mapping[str, float]) -> list[str]:
    """The names in part `k/n`, of n parts that take about
    the same time; ValueError for another notation.
    """
    number, count = parse_part(part)
    parts: list[list[str]] = [[] for _ in range(count)]
    seconds = [0.0] * count
    # The longest first, each to the part that has least.
    for name in sorted(names, key=lambda name: (-estimate(name, figures), name)):
        least = seconds.index(min(seconds))
        parts[least].append(name)
        seconds[least] += estimate(name, figures)
    return parts[number - 1]


def parse_part(text: str) -> tuple[int, int]:
    """(2, 5) of `2/5`."""
    if not (found := re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)) or int(found[1]) > int(found[2]):
        raise ValueError(f"{text!r} is not a part: the second of five parts is 2/5")
    return int(found[1]), int(found[2])


def words_of(seconds: float) -> str:
    """A duration for people: `45 s`, `12 min`, `2 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def summary(names: Sequence[str], workers: int, figures: Mapping[str, float]) -> list[str]:
    """What these tests take, by module and in all."""
    modules: dict[str, list[float]] = {}
    for name in names:
        modules.setdefault(name.partition("::")[0], []).append(estimate(name, figures))
    lines = [
        f"{len(each):4}  {words_of(sum(each)):>10}  {module}"
        for module, each in sorted(modules.items(), key=lambda item: -sum(item[1]))
    ]
    seconds = [took for each in modules.values() for took in each]
    total = max(sum(seconds) / workers, *seconds, 0.0)
    return [*lines, f"{len(names):4}  {words_of(total):>10}  in all, with {workers} at a time on an idle machine"]


@dataclass
class Progress:
    """How far a run is.

    Corrects what is left by what the tests so far took, as the machine may be busy.
    """

    names: Sequence[str]
    workers: int
    figures: Mapping[str, float]
    started: float = field(default_factory=time.monotonic)
    took: dict[str, float] = field(default_factory=dict)

    def line(self, name: str, seconds: float) -> str:
        """Note that a test has ended; one line for people."""
        self.took[name] = seconds
        expected = sum(estimate(each, self.figures) for each in self.took)
        left = sum(estimate(each, self.figures) for each in self.names if each not in self.took)
        ratio = sum(self.took.values()) / expected
        elapsed = time.monotonic() - self.started
        return (
            f"{len(self.took)} of {len(self.names)}, {words_of(elapsed)} so far,"
            f" about {words_of(left * ratio / self.workers)} left: {name.rpartition('::')[2]} took {words_of(seconds)}"
        )


# --- the plugin -----------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("long tests")
    group.addoption("--long-part", help="such as 2/5: the second of five parts of about the same length")
    group.addoption("--long-only", help="only tests with this in their name")
    group.addoption("--long-record", action="store_true", help="write down what each test took")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LongTests(config), "long-tests")


class LongTests:
    """Selects the tests in every process that collects,
    and reports in the one that has the terminal.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._progress: Progress | None = None
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(trylast=True)  # after `-m slow`
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        part, only = self._config.getoption("long_part"), self._config.getoption("long_only")
        names = [item.nodeid for item in items if not only or only in item.nodeid]
        chosen = set(part_of(names, part, recorded()) if part else names)
        self._config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in chosen])
        items[:] = [item for item in items if item.nodeid in chosen]
        # The longest first, so that no worker is left alone with a long one at the end.
        items.sort(key=lambda item: -estimate(item.nodeid, recorded()))
        if not self._config.getoption("numprocesses", None):
            self._begin([item.nodeid for item in items], workers=1)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        if self._progress is None:
            self._begin(ids, workers=int(self._config.getoption("numprocesses")))

    def _begin(self, names: Sequence[str], workers: int) -> None:
        if hasattr(self._config, "workerinput"):  # a worker of pytest-xdist
            return
        self._progress = Progress(names, workers, recorded())
        listed = (
            [f"{words_of(estimate(name, recorded())):>16}  {name}" for name in names]
            if self._config.option.collectonly
            else []
        )
        self._write([*listed, *summary(names, workers, recorded())])

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No dot for a test that passed: it has a line."""
        return ("passed", "", "") if report.when == "call" and report.passed else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._progress is None:
            return
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0) + report.duration
        if report.when == "teardown":
            self._write([self._progress.line(report.nodeid, self._seconds[report.nodeid])])

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self._progress is not None and self._config.getoption("long_record") and exitstatus == pytest.ExitCode.OK:
            write_figures(self._progress.took)

    def _write(self, lines: Iterable[str]) -> None:
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        for line in lines:
            terminal.write_line(line, flush=True)


# --- the command ----------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.tools.long_tests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--list", action="store_true", help="show names and estimates without a run")
    parser.add_argument("--part", metavar="K/N", help="only this part, such as 2/5")
    parser.add_argument("--only", metavar="NAME", help="only tests with this in their name")
    parser.add_argument("--record", action="store_true", help="write down what each test took; not with --part")
    parser.add_argument("--workers", type=int, default=2, help="tests at a time (default 2)")
    chosen = parser.parse_args()
    if chosen.record and (chosen.part or chosen.only):
        parser.error("--record needs a whole run: what is recorded decides what a part is")
    if chosen.part:
        try:
            parse_part(chosen.part)
        except ValueError as wrong:
            parser.error(str(wrong))
    options = ["-p", "local.tools.long_tests", "-m", "slow"]
    options += ["--collect-only", "-qq"] if chosen.list else ["-n", str(chosen.workers), "--maxschedchunk", "1", "-q"]
    options += [f"--long-part={chosen.part}"] if chosen.part else []
    options += [f"--long-only={chosen.only}"] if chosen.only else []
    options += ["--long-record"] if chosen.record else []
    ended = pytest.main(options)
    if ended == pytest.ExitCode.NO_TESTS_COLLECTED:
        print("no long test has that name, or the part is empty; --list shows all names", file=sys.stderr)
    return ended


if __name__ == "__main__":
    sys.exit(main())
