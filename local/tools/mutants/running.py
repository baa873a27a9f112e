"""Runs the tests of a target on a changed copy of the package, and says which changes survive."""

import contextlib
import importlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from local.tools.mutants.changes import Mutant, mutants_of
from local.tools.mutants.targets import PACKAGE, ROOT, TARGETS, Target

REASONS = ROOT / "docs" / "reference" / "mutation.md"
TIMEOUT = 180
"""Seconds of the processor after which the tests of a mutant count as failed: they do not end.

Seconds of the clock would count tests as failed that a busy machine delays. Tests that wait for
something that does not come end after twenty times as many of those.
"""
PRELOADED = (
    *("pytest", "hypothesis", "pydantic", "orjson", "stdnum.iban", "rfc8785", "time_machine", "jinja2"),
    *("boto3", "moto", "moto.dynamodb.models", "moto.s3.models", "moto.stepfunctions.models"),
)
"""What the tests import and no change touches: imported once, before the forks."""


def survives(mutant: Mutant, copy: Path, target: Target) -> bool:
    """Whether every test passes with the change.

    The change is made in the package below `copy` and reverted afterwards.
    """
    path = copy / "tegemoet" / mutant.file
    original = path.read_bytes()
    path.write_bytes(original[: mutant.start] + mutant.after.encode() + original[mutant.stop :])
    try:
        return _tests_pass(copy, target)
    finally:
        path.write_bytes(original)


def _tests_pass(copy: Path, target: Target) -> bool:
    child = os.fork()
    if child == 0:
        _run_tests(copy, target)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def _run_tests(copy: Path, target: Target) -> None:
    """Run the tests in this process, and end the process."""
    import pytest  # noqa: PLC0415 (the parent has it imported: that is what a fork is for)

    signal.setitimer(signal.ITIMER_PROF, TIMEOUT)
    signal.alarm(20 * TIMEOUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.dont_write_bytecode = True
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
    options += ["-o", f"pythonpath={copy} {ROOT}"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was imported before the fork
    _unload(target.only)
    if target.only:
        options += ["-k", f"{target.only} or {target.only.replace('_', '-')}"]
    code = 1
    with contextlib.suppress(BaseException):
        # File by file: the first one notices most changes, and the others need not be collected.
        code = next((1 for test in target.tests if pytest.main([*options, test])), 0)
    os._exit(code)


def _unload(only: str) -> None:
    """Drop the imported package from `sys.modules`, so that the changed copy is imported.

    With `only`, the domain and the other schemes stay: they do not depend on the rules of a scheme.
    """
    for module in [module for module in sys.modules if module.partition(".")[0] == "tegemoet"]:
        _, layer, part, *_ = *module.split("."), "", ""
        independent = layer == "domain" or (layer == "schemes" and part not in ("", "registry", only))
        if not (only and independent):
            del sys.modules[module]


def run(names: Iterable[str], find: Callable[[str], Iterable[Mutant]] = mutants_of) -> tuple[list[Mutant], int]:
    """Try every mutant that `find` gives of the files of these targets, and print
    the survivors; the survivors, and how many were tried.
    """
    for module in PRELOADED:
        importlib.import_module(module)
    survivors: list[Mutant] = []
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / PACKAGE, copy / "tegemoet", ignore=shutil.ignore_patterns("__pycache__"))
        sys.path.insert(0, folder)
        importlib.import_module("tegemoet.schemes.registry")
        for name in names:
            target = TARGETS[name]
            found = {file: list(find(file)) for file in target.files}
            if any(found.values()) and not _tests_pass(copy, target):
                raise SystemExit(f"The tests of {name} fail without any change.")
            for file, mutants in found.items():
                survivors += _survivors_of(file, mutants, copy, target)
                tried += len(mutants)
    return survivors, tried


def _survivors_of(file: str, mutants: Sequence[Mutant], copy: Path, target: Target) -> list[Mutant]:
    started, survivors = time.monotonic(), []
    for mutant in mutants:
        if survives(mutant, copy, target):
            survivors.append(mutant)
            print(f"  {mutant.place}", flush=True)
    seconds = time.monotonic() - started
    print(f"{file}: {len(mutants)} mutants, {len(survivors)} survive ({seconds:.0f} s)", flush=True)
    return survivors


def excused() -> list[str]:
    """The names of the survivors that docs/reference/mutation.md gives a reason for."""
    return re.findall(r"^\| `(.*? → .*?)` \| \S", REASONS.read_text("utf-8"), re.MULTILINE)


def unexplained(survivors: Iterable[Mutant]) -> list[str]:
    """The names of the survivors without a reason."""
    return sorted({mutant.name for mutant in survivors} - set(excused()))
