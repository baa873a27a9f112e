"""The modules of the project, read as text: what a test of style looks at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "benefits" / "tegemoet"
ROOTS = (PACKAGE, *(ROOT / name for name in ("functions", "local", "bench", "tests")))


def modules() -> Iterator[Path]:
    """Every module of the project."""
    for root in ROOTS:
        yield from sorted(root.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module."""
    return tuple(ast.walk(tree(path)))
