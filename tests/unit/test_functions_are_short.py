"""Functions are short, and handlers only log and call one function of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import ROOT, ROOTS, tree

HANDLERS = sorted((ROOT / "functions").glob("*/app.py"))
LINES_OF_A_FUNCTION = 50
"""From `def` to the last line, with the docstring."""
LINES_OF_A_HANDLER = 30
"""Of code in a module of `functions/`: imports, handler and the functions that it calls there."""


def long_functions(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{node.name} has {lines} lines"


def lines_of_code(source: str) -> int:
    """Lines that hold more than blanks, a comment or a docstring."""
    tree = ast.parse(source)
    texts = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and number not in texts
        for number, line in enumerate(source.splitlines(), 1)
    )


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_no_function_is_long(root: Path) -> None:
    found = {path.relative_to(ROOT): list(long_functions(tree(path))) for path in root.rglob("*.py")}
    assert found
    assert {path: functions for path, functions in found.items() if functions} == {}


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_is_a_thin_shell(path: Path) -> None:
    assert lines_of_code(path.read_text("utf-8")) <= LINES_OF_A_HANDLER


@pytest.mark.parametrize(("lines", "long"), [(LINES_OF_A_FUNCTION, 0), (LINES_OF_A_FUNCTION + 1, 1)])
def test_one_line_too_many_is_found(lines: int, long: int) -> None:
    source = "class A:\n    async def f():\n" + "        pass\n" * (lines - 1)
    assert len(list(long_functions(ast.parse(source)))) == long


def test_only_code_counts() -> None:
    source = '"""Text\nof a module."""\n\nx = 1  # kept\n# left out\n"""Text of x."""\ny = (\n    2\n)\n'
    assert lines_of_code(source) == 4
