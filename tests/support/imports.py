"""What a module imports, read from its text."""

import ast
from collections.abc import Iterator
from pathlib import Path

AT_RUN_TIME = {"__import__", "open", "exec", "eval"}
"""Calls that can fetch what is not imported."""


def imported(path: Path) -> Iterator[str]:
    """The full names that a module imports, those within functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def leaning(path: Path) -> list[str]:
    """What a module of a second opinion takes from the product, the tests or
    the comparison with it, or could take at run time.
    """
    names = [
        name
        for name in imported(path)
        if name.partition(".")[0] in ("tegemoet", "tests", "importlib") or "compare" in name.split(".")
    ]
    calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return names + [call.id for call in calls if isinstance(call, ast.Name) and call.id in AT_RUN_TIME]
