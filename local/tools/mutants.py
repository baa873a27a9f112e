"""Changes the rules one by one and tells which changes no test noticed: `make mutants`.

A mutant is one small change of one file: a comparison, a boundary, a constant, a rounding, a call left out, a date or an amount of a
parameter file. Each runs the tests of its file in a forked process, on a copy of the package, until the first test fails. What
survives is compared with docs/mutation.md, which gives a reason for every survivor.

    python -m local.tools.mutants [target …] [--list]
"""

import argparse
import ast
import contextlib
import importlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = Path("layers/benefits/tegemoet")
REASONS = ROOT / "docs" / "mutation.md"
TIMEOUT = 180
"""Seconds after which the tests of a mutant count as failed: it does not end."""


PRELOADED = (
    *("pytest", "hypothesis", "pydantic", "orjson", "stdnum.iban", "rfc8785", "time_machine", "jinja2"),
    *("boto3", "moto", "moto.dynamodb.models", "moto.s3.models", "moto.stepfunctions.models"),
)
"""What the tests import and no change touches: imported once, before the forks."""


@dataclass(frozen=True)
class Target:
    """A part of the package, and the tests that are to notice every change of it: the quick ones first."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    only: str = ""
    """Of these tests only those of this scheme, by its package; the other schemes are not read anew for every change of it."""

    def beside(self, test: str) -> "Target":
        """The same with the tests of another part that stands on these files, before the last."""
        return Target(self.files, (*self.tests[:-1], test, self.tests[-1]))


PREMIUM_TESTS = (
    *(f"tests/schemes/convention_premium/test_{name}.py" for name in ["person", "accounts", "activity", "convention"]),
    *(f"tests/schemes/convention_premium/test_{name}.py" for name in ["pharmacies", "scenarios", "table", "input"]),
    "tests/schemes/test_schemes.py",
)
SECOND_OPINION = "tests/schemes/maternity_rest/test_second_opinion.py"


def _of_maternity_rest(parts: Sequence[str], *tests: str) -> Target:
    files = [f"{part}.py" if "/" not in part else part for part in parts]
    return Target(
        tuple(f"schemes/maternity_rest/{file}" for file in files),
        (
            *(f"tests/schemes/maternity_rest/test_{test}.py" for test in tests),
            *("tests/schemes/test_golden.py", "tests/schemes/test_schemes.py"),  # facts have a sentence that names them
            SECOND_OPINION,
        ),
    )


def _of_scheme(name: str) -> Target:
    """A scheme of one package: its rules, what it accepts and its parameters."""
    package = ROOT / PACKAGE / "schemes" / name
    parts = [*package.glob("[!_]*.py"), *package.glob("parameters/*.toml")]
    tests = (
        *(f"schemes/{name}/test_{kind}.py" for kind in ("rules", "properties")),
        *("schemes/test_golden.py", "schemes/test_schemes.py"),
    )
    return Target(
        tuple(sorted(str(part.relative_to(ROOT / PACKAGE)) for part in parts)),
        tuple(f"tests/{test}" for test in tests if (ROOT / "tests" / test).exists()),
        only=name,
    )


SMALLER_SCHEMES = (
    *("crisis_supplement", "incapacity_supplement", "social_status", "insured_contribution", "newborn_transport"),
    *("company_supplement", "first_hire", "locum_contribution", "locum_licence", "locum_checklist"),
    *("contribution_voucher", "wellbeing_support", "psychiatric_day_care", "speech_therapy_fee"),
    *("parenteral_nutrition", "pension_cumulation"),
)

TARGETS = {
    "rules": Target(
        (
            "schemes/convention_premium/rules.py",
            "schemes/convention_premium/year.py",
            "schemes/convention_premium/case.py",
        ),
        (*PREMIUM_TESTS, "tests/schemes/premium_allocation/test_rules.py"),
    ),
    "parameters": Target(("schemes/convention_premium/parameters/2023.toml",), PREMIUM_TESTS[::-1]),
    "allocation": Target(
        (
            "schemes/premium_allocation/rules.py",
            "schemes/premium_allocation/year_file.py",
            "schemes/premium_allocation/parameters/parameters.toml",
            "application/premium_year/allocation.py",
        ),
        ("tests/schemes/premium_allocation/test_rules.py", "tests/schemes/premium_allocation/test_properties.py"),
    ),
    "maternity-calendar": _of_maternity_rest(["rest"], "calendar"),
    "maternity-money": _of_maternity_rest(
        ["alignment", "benefit", "figures", "pay", "payments", "wage"], "wage", "payments", "money", "decision"
    ).beside("tests/schemes/converted_maternity_leave/test_rules.py"),
    "maternity-entitlement": _of_maternity_rest(
        ["entitlement", "formalities", "rules", "case", "insurability"], "entitlement", "formalities", "decision"
    ),
    "maternity-parameters": _of_maternity_rest(
        ["parameters/parameters.toml"], "figures", "money", "wage", "payments", "calendar", "entitlement", "formalities"
    ),
    "converted-leave": Target(
        (
            *(
                f"schemes/converted_maternity_leave/{name}.py"
                for name in ("leave", "pay", "formalities", "rules", "case")
            ),
            "schemes/converted_maternity_leave/parameters/parameters.toml",
        ),
        ("tests/schemes/converted_maternity_leave/test_rules.py", "tests/schemes/test_golden.py"),
    ),
    "domain": Target(
        tuple(f"domain/{name}.py" for name in ("money", "calendar", "identity", "parameters", "decision")),
        (
            *(
                f"tests/unit/domain/test_{name}.py"
                for name in ("money", "calendar", "identity", "parameters", "decision")
            ),
            "tests/property/domain/test_identity.py",
        ),
    ),
    **{name.replace("_", "-"): _of_scheme(name) for name in SMALLER_SCHEMES},
    "shared": Target(
        tuple(f"schemes/{name}.py" for name in ("daily", "dated", "conventions")),
        (
            *("tests/schemes/incapacity_supplement/test_rules.py", "tests/schemes/crisis_supplement/test_rules.py"),
            *("tests/schemes/social_status/test_rules.py", "tests/schemes/wellbeing_support/test_rules.py"),
            *("tests/schemes/convention_premium/test_input.py", "tests/schemes/test_golden.py"),
        ),
    ),
    "professions": Target(
        ("schemes/professions.py",),
        (
            *(f"tests/schemes/convention_premium/test_{name}.py" for name in ("table", "activity", "person")),
            "tests/unit/intake/test_ingest.py",
        ),
    ),
    "ledger": Target(("adapters/ledger.py",), ("tests/integration/adapters/test_ledger.py",)),
    "settlement": Target(
        ("application/premium_year/settlement.py",),
        ("tests/unit/premium_year/test_settlement.py", "tests/integration/premium_year/test_phases_in_memory.py"),
    ),
}


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
        """How docs/mutation.md names it: by its line and not by the number of it, so that it stays the same when lines move."""
        before = " ".join(self.before.split())
        within = "" if self.context == before else f"{self.context}: "
        return f"{self.file}: {within}{before} → {self.after}".replace("|", "¦").replace("`", "'")


# --- changes of code --------------------------------------------------------------------------------------------------

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
    """Every node that is changed, with its new text; the words of a `Literal` only where it is read as `choices` of an input."""
    tree = ast.parse(source)
    for node in _walk(tree, choices):
        yield from ((node, text) for text in _changed(node) if text != ast.unparse(node))


def _walk(node: ast.AST, choices: bool) -> Iterator[ast.AST]:
    """The nodes that do something: no docstrings, annotations, decorators, assertions or parts of f-strings."""
    if isinstance(node, SILENT) or _is_text(node) or (not choices and _is_literal(node)):
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


# --- changes of parameters --------------------------------------------------------------------------------------------

VALUE = re.compile(r"(?<== )(?:\d{4}-\d\d-\d\d|\d+(?:\.\d+)?|true|false)(?=[ ,\n]|$)")


def changes_of_parameters(text: str) -> Iterator[tuple[int, int, str]]:
    """Every day a day earlier and later, every number a last digit lower and higher, every flag turned."""
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


# --- mutants ----------------------------------------------------------------------------------------------------------


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


def survives(mutant: Mutant, copy: Path, target: Target) -> bool:
    """Whether every test passes with the change, which is made in the package below `copy` and taken back afterwards."""
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
    """Run the tests in this process, which ends with it."""
    import pytest  # noqa: PLC0415 (the parent has it imported: that is what a fork is for)

    signal.alarm(TIMEOUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.dont_write_bytecode = True
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
    options += ["-o", f"pythonpath={copy} {ROOT}"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was imported before the fork
    _forget(target.only)
    if target.only:
        options += ["-k", f"{target.only} or {target.only.replace('_', '-')}"]
    code = 1
    with contextlib.suppress(BaseException):
        # file by file: most changes are noticed by the first one, and the others need not be collected
        code = next((1 for test in target.tests if pytest.main([*options, test])), 0)
    os._exit(code)


def _forget(only: str) -> None:
    """Forget the imported package, save what stands apart from the rules of a scheme: the other schemes, and the domain."""
    for module in [module for module in sys.modules if module.partition(".")[0] == "tegemoet"]:
        _, layer, part, *_ = *module.split("."), "", ""
        apart = layer == "domain" or (layer == "schemes" and part not in ("", "registry", only))
        if not (only and apart):
            del sys.modules[module]


def run(names: Iterable[str], tell: bool = True) -> tuple[list[Mutant], int]:
    """The mutants of these targets that survive, and how many were tried."""
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
            if not _tests_pass(copy, target):
                raise SystemExit(f"The tests of {name} fail without any change.")
            for file in target.files:
                started, before, mutants = time.monotonic(), len(survivors), list(mutants_of(file))
                for mutant in mutants:
                    if survives(mutant, copy, target):
                        survivors.append(mutant)
                        if tell:
                            print(f"  {mutant.file}:{mutant.line}: {mutant.name.partition(': ')[2]}", flush=True)
                tried += len(mutants)
                if tell:
                    left = len(survivors) - before
                    print(
                        f"{file}: {len(mutants)} mutants, {left} survive ({time.monotonic() - started:.0f} s)",
                        flush=True,
                    )
    return survivors, tried


def excused() -> list[str]:
    """The survivors that docs/mutation.md gives a reason for."""
    return re.findall(r"^\| `(.*? → .*?)` \| \S", REASONS.read_text("utf-8"), re.MULTILINE)


def unexplained(survivors: Iterable[Mutant]) -> list[str]:
    """The survivors without a reason."""
    return sorted({mutant.name for mutant in survivors} - set(excused()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help=f"of {', '.join(TARGETS)}; all unless named")
    parser.add_argument("--list", action="store_true", help="only show the mutants")
    asked = parser.parse_args()
    names = asked.target or list(TARGETS)
    if asked.list:
        for name in names:
            for file in TARGETS[name].files:
                for mutant in mutants_of(file):
                    print(f"{mutant.file}:{mutant.line}: {mutant.name.partition(': ')[2]}")
        return
    survivors, tried = run(names)
    open_ones = unexplained(survivors)
    print(f"{tried} mutants, {len(survivors)} survive, {len(open_ones)} of them without a reason in {REASONS.name}")
    if open_ones:
        raise SystemExit("\n".join(open_ones))


if __name__ == "__main__":
    main()
