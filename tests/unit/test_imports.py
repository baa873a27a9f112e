"""Imports point inward, and only the adapters (and functions, tests and tools) know boto3."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.imports import imported, leaning

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "benefits" / "tegemoet"
MAY_IMPORT = {
    "domain": set[str](),
    "schemes": {"domain"},
    "banking": {"domain"},
    "application": {"domain", "schemes", "banking"},
    "api": {"domain", "schemes", "application"},
    "adapters": {"domain", "schemes", "application"},
}
"""Which parts of the package a part may import, beside itself."""
PURE = {
    "domain": {"dateutil", "orjson", "stdnum"},
    "schemes": {"babel", "orjson", "pydantic", "pydantic_core", "typing_extensions"},
    "banking": {"dateutil", "orjson", "stdnum"},
    "application": {"jinja2", "orjson", "pydantic", "xlsxwriter"},
}
"""Third-party packages of the parts that do no I/O."""
CLOCKS_AND_CHANCE = {
    "time",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "urllib",
    "http",
    "threading",
    "asyncio",
    "os",
}


def modules(part: str) -> list[Path]:
    return sorted((PACKAGE / part).rglob("*.py"))


def test_every_part_of_the_package_is_known() -> None:
    parts = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert parts == set(MAY_IMPORT)
    assert [path.name for path in PACKAGE.glob("*.py")] == ["__init__.py"]
    assert all(modules(part) for part in MAY_IMPORT)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_inward(part: str) -> None:
    for path in modules(part):
        for name in imported(path):
            top, _, rest = name.partition(".")
            if top == "tegemoet" and rest != "API_VERSION":
                other = rest.partition(".")[0]
                assert other == part or other in MAY_IMPORT[part], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("part", PURE)
def test_the_inner_parts_import_little(part: str) -> None:
    for path in modules(part):
        for name in imported(path):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "tegemoet":
                assert top in PURE[part], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("part", ["domain", "schemes", "banking"])
def test_rules_have_no_clock_no_chance_and_no_network(part: str) -> None:
    for path in modules(part):
        assert not CLOCKS_AND_CHANCE & {name.partition(".")[0] for name in imported(path)}, path
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            asks_the_time = isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
            assert not asks_the_time, f"{path.relative_to(ROOT)} looks at the clock"


@pytest.mark.parametrize("part", ["domain", "schemes", "banking"])
def test_rules_know_no_floats(part: str) -> None:
    for path in modules(part):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_float = (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (
                isinstance(node, ast.Name) and node.id == "float"
            )
            assert not is_float, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} uses a float"


def test_only_adapters_import_boto3_within_the_package() -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for part in MAY_IMPORT
        for path in modules(part)
        for name in imported(path)
        if name.partition(".")[0] in ("boto3", "botocore", "mypy_boto3_dynamodb", "mypy_boto3_s3")
    }
    assert users == {"adapters"}


def test_nothing_of_the_package_imports_functions_tests_or_tools() -> None:
    for part in MAY_IMPORT:
        for path in modules(part):
            assert not {"functions", "tests", "local", "bench"} & {name.partition(".")[0] for name in imported(path)}, (
                path
            )


CLOCK_CALLS = ("now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter")


def looks_at_a_clock(source: str) -> bool:
    """Whether a module imports `time` or asks for the present other than by a given `clock`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=[ast.alias(name="time")]) | ast.ImportFrom(module="time"):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="clock"))):
                continue
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in CLOCK_CALLS:
                return True
    return False


def test_use_cases_have_no_clock_but_the_one_they_are_given() -> None:
    for path in modules("application"):
        assert not {"random", "secrets", "uuid"} & {name.partition(".")[0] for name in imported(path)}, path
        assert not looks_at_a_clock(path.read_text("utf-8")), path


@pytest.mark.parametrize(
    ("source", "looks"),
    [
        ("import time\ntime.time()", True),
        ("from time import time", True),
        ("datetime.now(UTC)", True),
        ("date.today()", True),
        ("clock.now().isoformat()", False),
    ],
)
def test_a_clock_is_found(source: str, looks: bool) -> None:
    assert looks_at_a_clock(source) == looks


IMPORTS_BY_NAME = {
    "schemes/registry.py": "every package of a scheme",
    "application/decisions/legislation.py": "the modules of a scheme, for the sources that they name",
}


def imports_by_name(source: str) -> bool:
    """Whether a module can import what other tests do not see; `importlib.resources` reads data."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="importlib", names=names) if {alias.name for alias in names} != {"resources"}:
                return True
            case ast.Import(names=names) if any(alias.name.partition(".")[0] == "importlib" for alias in names):
                return True
            case ast.Name(id="__import__" | "exec" | "eval"):
                return True
    return False


def test_modules_are_imported_by_statements() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for part in MAY_IMPORT
        for path in modules(part)
        if imports_by_name(path.read_text("utf-8"))
    }
    assert users == set(IMPORTS_BY_NAME)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import importlib", True),
        ("import importlib.util", True),
        ("from importlib import import_module, resources", True),
        ("__import__('x')", True),
        ("from importlib import resources", False),
        ("from importlib.resources.abc import Traversable", False),
    ],
)
def test_an_import_by_name_is_found(source: str, found: bool) -> None:
    assert imports_by_name(source) == found


ROOMS = ("decisions", "premium_year", "intake", "exchange", "partners", "treasury")
DOORS = {
    ("premium_year", "decisions"): {"deciding", "letter", "reading"},
    ("intake", "decisions"): {"bulk"},
    ("intake", "premium_year"): {"allocation"},
    ("exchange", "intake"): {"manifest"},
    ("intake", "partners"): {"grants", "profiles"},
    ("premium_year", "partners"): {"grants"},
    ("premium_year", "treasury"): {"debtor_accounts"},
    ("premium_year", "intake"): {"keys"},
    ("decisions", "partners"): {"grants"},
    ("exchange", "partners"): {"grants"},
}
"""From room to room: the modules that one may import of the other.

All stand on the ground: `ports`, `records`, `files`, `lives`, `attempts` and `drawing`.
"""


def test_the_application_is_six_rooms_over_one_ground() -> None:
    folder = PACKAGE / "application"
    assert {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(ROOMS)
    ground = {"__init__", "ports", "records", "files", "lives", "attempts", "drawing"}
    assert {path.stem for path in folder.glob("*.py")} == ground


def test_rooms_meet_at_their_doors_alone() -> None:
    used: dict[tuple[str, str], set[str]] = {}
    for path in modules("application"):
        own = path.relative_to(PACKAGE / "application").parts[0].removesuffix(".py")
        for name in imported(path):
            steps = name.split(".")
            if steps[:2] == ["tegemoet", "application"] and steps[2] in ROOMS and steps[2] != own:
                used.setdefault((own, steps[2]), set()).add(steps[3])
    assert used == DOORS


def trespasses(source: str, own: str) -> Iterator[str]:
    """Names of rooms but `own` in texts, and imports of private names."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if text.startswith("tegemoet.application."):
                room = text.split(".")[2]
                if room in ROOMS and room != own:
                    yield text
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("tegemoet."):
                yield from (f"{module}.{alias.name}" for alias in names if alias.name.startswith("_"))


def private_uses(source: str) -> Iterator[str]:
    """`module._name`, of a module of the package that was imported."""
    tree = ast.parse(source)
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tegemoet")
        for alias in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if (
                name in known and attr.startswith("_") and not attr.startswith("__")
            ):
                yield f"{name}.{attr}"


def test_rooms_use_neither_the_files_nor_the_private_names_of_others() -> None:
    for part in MAY_IMPORT:
        for path in modules(part):
            places = path.relative_to(PACKAGE).parts
            own, source = places[1] if part == "application" else "", path.read_text("utf-8")
            assert [*trespasses(source, own), *private_uses(source)] == [], path


@pytest.mark.parametrize(
    "source",
    [
        'resources.files("tegemoet.application.intake")',
        'import_module("tegemoet.application.intake.store")',
        "from tegemoet.application.decisions.deciding import _check",
        "from tegemoet.application.decisions import deciding\ndeciding._check()",
    ],
)
def test_a_trespass_is_found(source: str) -> None:
    assert [*trespasses(source, "premium_year"), *private_uses(source)]


def test_no_scheme_knows_the_registry() -> None:
    """The registry imports the schemes, and only code that treats all alike needs it."""
    users = {path for path in modules("schemes") if any("schemes.registry" in name for name in imported(path))}
    assert users == set()


BUILDS_ON = {
    "converted_maternity_leave": {"maternity_rest"},
    "crisis_supplement": {"incapacity_supplement"},
}
"""Schemes whose text decides by the rules of another
one; everybody cites from the register of acts.
"""


def test_a_scheme_imports_no_other_scheme_than_those_it_builds_on() -> None:
    for path in modules("schemes"):
        own = path.relative_to(PACKAGE / "schemes").parts[0]
        allowed = {own, "legislation", *BUILDS_ON.get(own, ())}
        for name in imported(path):
            steps = name.split(".")
            if own != "registry.py" and steps[:2] == ["tegemoet", "schemes"]:
                # the register of the law is no scheme: every scheme cites from it
                is_scheme = steps[2] != "legislation" and (PACKAGE / "schemes" / steps[2]).is_dir()
                assert not is_scheme or steps[2] in allowed, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("module", ["year/compare", "maternity/compare"])
def test_what_a_comparison_takes_from_the_product_is_found(module: str) -> None:
    assert leaning(ROOT / "local" / "opinions" / f"{module}.py")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import tegemoet.domain.money as m", "tegemoet.domain.money"),
        ("from tegemoet import schemes", "tegemoet.schemes"),
        ("def f():\n    from local.opinions.year import compare", "local.opinions.year.compare"),
        ("from importlib import import_module", "importlib.import_module"),
        ("from tests.support.exchange_world import YEAR", "tests.support.exchange_world.YEAR"),
        ("x = __import__('tegemoet')", "__import__"),
        ("x = open('parameters.toml')", "open"),
    ],
)
def test_every_way_of_leaning_on_the_product_is_found(tmp_path: Path, line: str, found: str) -> None:
    (tmp_path / "module.py").write_text(f"import csv\n{line}\n", "utf-8")
    assert leaning(tmp_path / "module.py") == [found]
