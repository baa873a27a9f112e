"""The codes with which the API refuses a request, as the source has them."""

import ast
from collections.abc import Iterator
from pathlib import Path

RAISED = frozenset(
    ("ConflictError", "InvalidError", "MalformedError", "NotFoundError", "NotPermittedError", "PydanticCustomError")
)
"""What makes a problem of a detail, then its code and its faults, or a fault of its code."""


def codes_in(path: Path) -> Iterator[str]:
    """Every code of a problem, and of a field at fault, that a module names."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if name == "Fault" or name in RAISED or name.startswith("_invalid"):
                yield from filter(_is_code, words)


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body if node.name.endswith("Error") else ():
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "code":
            yield str(ast.literal_eval(statement.value))


def _is_code(word: str) -> bool:
    return word.replace("-", "").isalnum() and word == word.lower()
