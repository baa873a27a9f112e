"""A temporary copy of the tree, in which a test does what
a promise says and runs the tests of the project.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")
PARTS = ("layers/benefits", "functions", "local", "tests", "docs", "events", "bench")
FILES = ("README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml", "template.yaml", "samconfig.toml")


@dataclass(frozen=True)
class Tests:
    """What a run of tests came to: how many passed, and
    the lines of those that failed, by their node id.
    """

    passed: int
    failed: Mapping[str, str]
    output: str = field(repr=False)


@dataclass(frozen=True)
class Tree:
    """A copy of the tree below `root`."""

    root: Path

    @classmethod
    def copied_to(cls, folder: Path) -> "Tree":
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=LEFT_OUT)
        for name in FILES:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, folder / name)
        return cls(folder)

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file, below new folders where it takes them."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        """Replace a text that has to be there."""
        text = self.read(path)
        assert before in text, f"{path} does not hold {before!r}"
        self.write(path, text.replace(before, after))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the copy as its only source of the project."""
        environment = {**os.environ, "PYTHONPATH": f"{self.root / 'layers' / 'benefits'}:{self.root}"}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    def tests(self, paths: Sequence[str], *arguments: str) -> Tests:
        """Run tests of the copy."""
        run = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfE", "--tb=short", *arguments, *paths)
        lines = run.stdout.splitlines()
        failed = dict(
            line.removeprefix("FAILED ").removeprefix("ERROR ").partition(" - ")[::2]
            for line in lines
            if line.startswith(("FAILED ", "ERROR "))
        )
        counted = re.search(r"(\d+) passed", lines[-1]) if lines else None
        return Tests(int(counted[1]) if counted else 0, failed, run.stdout + run.stderr)
