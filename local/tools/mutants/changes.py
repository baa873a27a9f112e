"""The small changes of a file: which there are, and where in the file each one is made."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from local.tools.mutants.targets import PACKAGE, ROOT


@dataclass(frozen=True)
class Mutant:
    """One change: the bytes `start` … `stop` − 1 of the file become `after`."""

    file: str
    line: int
    context: str
    before: str
    after: str
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The name in docs/reference/mutation.md.

        It holds the text of the line and not its number, so that it stays the same when lines move.
        """
        before = " ".join(self.before.split())
        within = "" if self.context == before else f"{self.context}: "
        return f"{self.file}: {within}{before} → {self.after}".replace("|", "¦").replace("`", "'")

    @property
    def place(self) -> str:
        """File, number of the line, and the change."""
        return f"{self.file}:{self.line}: {self.name.partition(': ')[2]}"


# --- changes of code ------------------------------------------------------------------------------

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "ROUND_HALF_UP": "ROUND_HALF_EVEN"}
SILENT = (ast.Assert, ast.Import, ast.ImportFrom)


def changes_of_code(source: str, choices: bool = False) -> Iterator[tuple[ast.AST, str]]:
    """Every node that can be changed, with its new text.

    The words of a `Literal` are changed only where
    `choices` says that they are choices of an input.
    """
    tree = ast.parse(source)
    for node in _walk(tree, choices):
        yield from ((node, text) for text in _changed(node) if text != ast.unparse(node))


def _walk(node: ast.AST, choices: bool) -> Iterator[ast.AST]:
    """The nodes that have an effect: no docstrings,
    annotations, shapes, decorators, assertions or parts of f-strings.
    """
    if isinstance(node, SILENT) or _is_text(node) or _is_shape(node) or (not choices and _is_literal(node)):
        return
    yield node
    if isinstance(node, ast.JoinedStr):
        return
    for name, field in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list", "type_params"):
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from _walk(child, choices)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_shape(node: ast.AST) -> bool:
    """A `TypedDict` that is called, because a key is no name. Only the type checker reads it."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TypedDict"


def _is_literal(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"


def _changed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"({ast.unparse(ast.BoolOp(other, node.values))})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield f"({ast.unparse(ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right))})"
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield '""'
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield NAMES[node.id]
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return None"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "pass"
    elif isinstance(node, ast.Continue):
        yield "break"
    elif isinstance(node, ast.Break):
        yield "continue"


def _comparisons(node: ast.Compare) -> Iterator[str]:
    for place, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield f"({ast.unparse(ast.Compare(node.left, ops, node.comparators))})"


def _constants(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
    elif isinstance(value, str) and " " not in value:  # with a space it is prose
        yield repr(value + "x")
    elif isinstance(value, bytes):
        yield repr(value + b"x")


# --- changes of parameters ------------------------------------------------------------------------

VALUE = re.compile(r"(?<== )(?:\d{4}-\d\d-\d\d|\d+(?:\.\d+)?|true|false)(?=[ ,\n]|$)")


def changes_of_parameters(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of every change of a parameter file.

    Every day becomes a day earlier and later, every number one lower and higher in its last digit,
    and every flag is inverted.
    """
    for found in VALUE.finditer(text):
        value = found[0]
        if value in ("true", "false"):
            changed = ["false" if value == "true" else "true"]
        elif "-" in value:
            changed = [(date.fromisoformat(value) + timedelta(off)).isoformat() for off in (-1, 1)]
        else:
            decimals = len(value.partition(".")[2])
            digits = int(value.replace(".", ""))
            shifted = [str(digits + off).rjust(decimals + 1, "0") for off in (-1, 1)]
            changed = [f"{d[:-decimals]}.{d[-decimals:]}" if decimals else d for d in shifted]
        for other in changed:
            yield found.start(), found.end(), other


# --- where a change is made -----------------------------------------------------------------------


def mutants_of(file: str) -> Iterator[Mutant]:
    """Every mutant of a file of the package."""
    text = (ROOT / PACKAGE / file).read_text("utf-8")
    body = text.encode()
    if file.endswith(".toml"):
        for start, stop, after in changes_of_parameters(text):
            line = text.count("\n", 0, start)
            context = text.split("\n")[line].strip()
            bounds = len(text[:start].encode()), len(text[:stop].encode())
            yield Mutant(file, line + 1, context, text[start:stop], after, *bounds)
        return
    starts = [0]
    for row in body.split(b"\n"):
        starts.append(starts[-1] + len(row) + 1)
    for node, after in changes_of_code(text, choices=file.endswith(("case.py", "insurability.py", "professions.py"))):
        start = starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        stop = starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        context = text.split("\n")[node.lineno - 1].strip()  # type: ignore[attr-defined]
        yield Mutant(file, node.lineno, context, body[start:stop].decode(), after, start, stop)  # type: ignore[attr-defined]
