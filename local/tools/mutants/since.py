"""Only the mutants on lines that changed since a commit: for a day's work, not for a release."""

import re
import subprocess
from collections.abc import Iterator

from local.tools.mutants.changes import Mutant, mutants_of
from local.tools.mutants.targets import PACKAGE, ROOT

HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def lines_of(diff: str) -> set[int]:
    """The numbers of the lines that `git diff -U0` of one file adds or changes."""
    hunks = ((int(found[1]), int(found[2] or 1)) for found in HUNK.finditer(diff))
    return {line for first, count in hunks for line in range(first, first + count)}


def mutants_since(file: str, commit: str) -> Iterator[Mutant]:
    """The mutants of a file of the package that touch a line that is new or
    different since `commit`.

    A file that the commit does not have is new as a whole. Raises `ValueError`
    if there is no such commit.
    """
    path = (PACKAGE / file).as_posix()
    if not is_commit(commit):
        raise ValueError(f"There is no commit {commit}.")
    if _git("cat-file", "-e", f"{commit}:{path}") is None:
        yield from mutants_of(file)
        return
    diff = _git("diff", "--no-ext-diff", "--no-color", "-U0", commit, "--", path)
    if diff is None:
        raise ValueError(f"git cannot compare {path} with {commit}.")
    lines = lines_of(diff)
    for mutant in mutants_of(file):
        last = mutant.line + mutant.before.count("\n")
        if lines.intersection(range(mutant.line, last + 1)):
            yield mutant


def is_commit(name: str) -> bool:
    return _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") is not None


def _git(*arguments: str) -> str | None:
    """What git writes, None if it fails."""
    ended = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.stdout if ended.returncode == 0 else None
