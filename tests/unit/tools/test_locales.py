"""A layer holds the locales of the languages that exist, and no others."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import babel
import pytest

from local.tools import bootstrap, locales

BABEL = Path(babel.__file__).parent
REQUIREMENTS = bootstrap.ROOT / "layers" / "dependencies" / "requirements.txt"
SAYS = """
import babel
from decimal import Decimal
from tegemoet.schemes import notation
for language in notation.languages():
    written = [notation.write_number("1234.50", language), notation.write_day("2021-05-03", language)]
    written += [notation.write_period("2021-05", language), notation.write_period("2021-Q1", language)]
    written += [notation.write_list(["a", "b", "c"], language), notation.is_singular(Decimal(1), language)]
    print(language, *written, sep="|")
print(babel.__file__)
"""


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layer") / "python"
    shutil.copytree(BABEL, folder / "babel", ignore=shutil.ignore_patterns("__pycache__"))
    locales.prune(folder)
    return folder


def test_a_locale_is_kept_with_those_that_it_inherits_from(pruned: Path) -> None:
    kept = {path.stem for path in (pruned / "babel" / "locale-data").glob("*.dat")}
    assert kept == locales.used()
    assert {"nl_BE", "nl", "fr_BE", "fr", "en_GB", "en_001", "en", "root"} <= kept
    assert "es" not in kept


def test_every_language_is_written_with_what_is_kept(pruned: Path) -> None:
    whole, kept = written_with(BABEL.parent), written_with(pruned)
    assert whole[:-1] == kept[:-1]
    assert len(kept) > 3
    assert kept[-1] == str(pruned / "babel" / "__init__.py")


def written_with(packages: Path) -> list[str]:
    """What every language writes if babel is imported from that folder."""
    paths = ":".join(map(str, (packages, bootstrap.ROOT / "layers" / "benefits")))
    ran = subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-c", SAYS], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


def test_the_layer_of_dependencies_stays_small(pruned: Path) -> None:
    names = re.findall(r"^([a-z0-9-]+)==", REQUIREMENTS.read_text("utf-8"), re.MULTILINE)
    sizes = {name: size_of(name) for name in names if name != "babel"} | {"babel": size(pruned / "babel")}
    assert "babel" in names
    assert sizes["babel"] < 2_500_000
    assert sum(sizes.values()) < 65_000_000, sizes


def size_of(name: str) -> int:
    """The bytes of an installed distribution, compiled files left out."""
    files = distribution(name).files or ()
    return sum(Path(str(file.locate())).stat().st_size for file in files if file.suffix != ".pyc")


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
