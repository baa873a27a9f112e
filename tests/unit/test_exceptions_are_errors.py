"""Exceptions end in `Error`, those too that the linter does not take for one (`StopIteration`)."""

import ast
import builtins
from collections.abc import Iterable, Iterator

import pytest

from tests.support.sources import ROOT, modules, tree

NAMED_OTHERWISE = ROOT / "tests" / "e2e" / "contract"
"""Short classes, named for what they show."""


def _name(base: ast.expr) -> str:
    """The last part of the name of a base class."""
    match base:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
    return ""


def _is_builtin(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def exceptions(trees: Iterable[ast.Module]) -> Iterator[str]:
    """The names of the classes that derive from an exception, however far."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known: set[str] = set()
    while more := {
        name
        for name, of_class in bases.items()
        if name not in known and any(_is_builtin(base) or base in known or base.endswith("Error") for base in of_class)
    }:
        known |= more
        yield from sorted(more)


def test_every_exception_ends_in_error() -> None:
    found = list(exceptions(tree(path) for path in modules() if not path.is_relative_to(NAMED_OTHERWISE)))
    assert "ProblemError" in found
    assert [name for name in found if not name.endswith("Error")] == []


@pytest.mark.parametrize(
    "source",
    [
        "class Found(Exception): ...",
        "class Found(BaseException): ...",
        "class Found(KeyboardInterrupt): ...",
        "class Found(StopIteration): ...",
        "class Found(ClientError): ...",
        "class Found(other.Error): ...",
        "class FirstError(Exception): ...\nclass Found(FirstError): ...",
        "def f():\n    class Found(ExceptionGroup[Exception]): ...",
    ],
)
def test_every_kind_of_exception_is_found(source: str) -> None:
    assert "Found" in exceptions([ast.parse(source)])


def test_a_record_of_an_exception_is_none() -> None:
    assert list(exceptions([ast.parse("class YearException: ...\nclass Other(YearException): ...")])) == []
