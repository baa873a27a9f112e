"""What has one place has no other: each form of a file, exact reading of JSON, and what a scheme
is.

Read from the source, so that a second place is found before it behaves differently.
"""

import ast
from collections.abc import Callable
from typing import get_args

import pytest

from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.records import FactKind
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Data
from tests.support.sources import PACKAGE, ROOT, nodes

OF_SCHEMES = {*SCHEMES, *(name for _, name in KINDS), *get_args(FactKind), *get_args(Data), "no-premium-for-year"}
"""Words that mean one scheme, its files, its facts or its kind of data."""
TOO_WIDE = {"Any", "dict[str, Any]", "Mapping[str, Any]", "list[dict[str, Any]]", "list[Any]"}


def taken(node: ast.AST, module: str, *members: str) -> bool:
    """Whether the node is `module.member`, or imports `member` from `module`."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=member):
            return name == module and member in members
        case ast.ImportFrom(module=name, names=aliases):
            return name == module and bool({alias.name for alias in aliases} & set(members))
    return False


def writes_csv(node: ast.AST) -> bool:
    """A writer, or a row that is put together by hand: text or bytes with `;` and no blank."""
    match node:
        case ast.JoinedStr(values=parts):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
        case ast.BinOp(left=ast.Constant(value=text), op=ast.Mod()):
            texts = [text.decode() if isinstance(text, bytes) else text]
        case ast.Constant(value=bytes(body)) if body.endswith(b"\n"):
            texts = [body.decode()]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=";"), attr="join")):
            return True
        case _:
            return taken(node, "csv", "writer", "DictWriter")
    return any(";" in str(text) and " " not in str(text) for text in texts)


def makes_pages(node: ast.AST) -> bool:
    return taken(node, "jinja2", "Environment", "Template") and not _only_a_type(node)


def _only_a_type(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} == {"Template"}


def reads_json_exactly(node: ast.AST) -> bool:
    return taken(node, "json", "load", "loads")


def names_anything(node: ast.AST) -> bool:
    """A name for any value: what comes from outside is parsed into a record."""
    match node:
        case ast.Assign(value=value) | ast.AnnAssign(annotation=ast.Name(id="TypeAlias"), value=ast.expr() as value):
            return ast.unparse(value) in TOO_WIDE
    return False


def asks_for_a_scheme(node: ast.AST) -> bool:
    """Compares with a word of one scheme, or with a code or a name that has `flow` in it."""
    match node:
        case ast.Compare(left=left, comparators=others):
            compared = [left, *others]
        case ast.MatchValue(value=value):
            compared = [value]
        case _:
            return False
    texts = (found.value for one in compared for found in ast.walk(one) if isinstance(found, ast.Constant))
    return any(isinstance(text, str) and (text in OF_SCHEMES or "flow" in text.split("-")) for text in texts)


Finds = Callable[[ast.AST], bool]


def places(found: Finds, *folders: str) -> list[str]:
    """The modules below these folders in which something is found, by their paths."""
    modules = sorted({path for folder in folders for path in (ROOT / folder).rglob("*.py")})
    assert modules
    return [str(path.relative_to(ROOT)) for path in modules if any(found(node) for node in nodes(path))]


OF_PACKAGE = str(PACKAGE.relative_to(ROOT))
OF_ONE_SCHEME = ("/schemes/", "/intake/kinds/", "/premium_year/", "/exchange/")
"""Elsewhere, code treats every scheme alike."""


def test_csv_is_written_in_one_place() -> None:
    found = places(writes_csv, OF_PACKAGE, "functions")
    # `scratch` puts the number of a line before cells that `files` wrote
    assert found == [f"{OF_PACKAGE}/application/files.py", f"{OF_PACKAGE}/application/intake/scratch.py"]


def test_pages_are_made_in_one_place() -> None:
    assert places(makes_pages, OF_PACKAGE, "functions") == [f"{OF_PACKAGE}/application/files.py"]


def test_json_is_read_exactly_in_one_place() -> None:
    assert places(reads_json_exactly, OF_PACKAGE, "functions") == [f"{OF_PACKAGE}/domain/strict_json.py"]


def test_no_type_of_the_package_means_any_value() -> None:
    assert places(names_anything, OF_PACKAGE, "functions") == []


def test_generic_code_asks_for_no_scheme() -> None:
    found = [path for path in places(asks_for_a_scheme, OF_PACKAGE) if not any(name in path for name in OF_ONE_SCHEME)]
    # practices are also stored under the former names of their columns
    assert found == [f"{OF_PACKAGE}/adapters/facts.py"]


@pytest.mark.parametrize(
    ("finds", "source"),
    [
        (writes_csv, "csv.writer(file)"),
        (writes_csv, "from csv import DictWriter"),
        (writes_csv, 'f"{number};{code}\\n"'),
        (writes_csv, 'b"%d;%b" % row'),
        (writes_csv, 'sink.write(b"number;code\\n")'),
        (writes_csv, '";".join(cells)'),
        (makes_pages, "from jinja2 import Environment, StrictUndefined"),
        (makes_pages, "jinja2.Template(text)"),
        (reads_json_exactly, "json.loads(body)"),
        (reads_json_exactly, "from json import load"),
        (names_anything, "Json = dict[str, Any]"),
        (names_anything, "Json: TypeAlias = Any"),
        (asks_for_a_scheme, 'batch.kind == "population"'),
        (asks_for_a_scheme, 'data != "exchange"'),
        (asks_for_a_scheme, 'scheme.slug in ("maternity-rest", "first-hire")'),
        (asks_for_a_scheme, 'error.code == "no-flow-for-year"'),
        (asks_for_a_scheme, 'match kind:\n    case "convention":\n        pass'),
    ],
)
def test_every_second_place_is_found(finds: Finds, source: str) -> None:
    assert any(finds(node) for node in ast.walk(ast.parse(source)))
