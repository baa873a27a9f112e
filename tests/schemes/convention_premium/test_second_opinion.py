"""The product against the second opinion, and what makes the second opinion worth asking."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from local.opinions.year import generate as generator
from local.opinions.year import oracle
from local.opinions.year.bad_rows import bad_rows
from local.opinions.year.compare import differences
from local.opinions.year.figures import figures_of, years
from local.opinions.year.files import COLUMNS
from local.opinions.year.people import Maker
from tegemoet.schemes.convention_premium import SCHEME
from tests.support.imports import leaning

FOLDER = Path(oracle.__file__).parent
FIGURES = figures_of(2023)
YEARS = [year for year in years() if str(year) in SCHEME.parameter_sets]
"""Every year that both the product and the second opinion know."""
WITH_THE_PRODUCT = {"compare", "play"}
OPINION = sorted({path.stem for path in FOLDER.glob("[!_]*.py")} - WITH_THE_PRODUCT)
Year = tuple[Path, dict[str, list[str]], oracle.ExpectedYear, oracle.Phase, oracle.Phase]


def fingerprint(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year of the cast alone, its folder, both phases by the second opinion."""
    root = tmp_path_factory.mktemp("year")
    cast = generator.generate(root, FIGURES, 0)
    premium_year = oracle.ExpectedYear(FIGURES)
    premium_year.drop_folder(root / "1")
    first = premium_year.phase(1, "2023-12-05")
    premium_year.drop_folder(root / "2")
    second = premium_year.phase(2, "2024-06-15")
    return root, cast, premium_year, first, second


def paid(year: Year, name: str) -> tuple[int, int]:
    """Cents paid to a member of the cast in the first and in the second phase."""
    _, cast, _, first, second = year
    numbers = set(cast[name])
    december, july = (sum(p.cents for p in phase.payments if p.number in numbers) for phase in (first, second))
    return december, july


@pytest.mark.parametrize("module", OPINION)
def test_the_second_opinion_imports_nothing_from_the_product(module: str) -> None:
    assert leaning(FOLDER / f"{module}.py") == []


PLAYED_ALONE = """
import sys
from pathlib import Path
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.oracle import ExpectedYear
figures, root = figures_of(2023), Path(sys.argv[1])
generate(root, figures, 0)
year = ExpectedYear(figures)
for phase, on in figures.evaluated.items():
    year.drop_folder(root / str(phase))
    print(year.phase(phase, on).control_sum)
"""


def test_the_second_opinion_works_where_there_is_no_product(year: Year, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    without = shutil.ignore_patterns("__pycache__", *(f"{module}.py" for module in WITH_THE_PRODUCT))
    shutil.copytree(FOLDER, alone / "local" / "opinions" / "year", ignore=without)
    # -I: neither the environment nor the working directory adds a place to import from
    start = f"import sys; sys.path.insert(0, {str(alone)!r}); {PLAYED_ALONE}"
    command = [sys.executable, "-I", "-c", start, str(tmp_path / "year")]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.stderr == ""
    assert [int(line) for line in done.stdout.split()] == [year[3].control_sum, year[4].control_sum]


@pytest.mark.parametrize("known", YEARS)
def test_the_product_and_the_second_opinion_agree_on_random_persons(known: int) -> None:
    assert next(differences(5_000, 2023, figures_of(known)), None) is None


@pytest.mark.slow
@pytest.mark.parametrize("known", YEARS)
def test_they_agree_on_very_many_random_persons(known: int) -> None:
    assert next(differences(200_000, 1, figures_of(known)), None) is None


def test_a_difference_would_be_seen() -> None:
    nurse = ("nurse", "")
    other = replace(FIGURES, threshold={**FIGURES.threshold, nurse: FIGURES.threshold[nurse] + 1})
    assert next(differences(5_000, 2023, other), None) is not None


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(year: Year, tmp_path: Path) -> None:
    root = year[0]
    generator.generate(tmp_path / "again", FIGURES, 0)
    generator.generate(tmp_path / "other", FIGURES, 0, seed=7)
    assert fingerprint(tmp_path / "again") == fingerprint(root)
    assert fingerprint(tmp_path / "other") != fingerprint(root)


@pytest.mark.parametrize(
    ("name", "december", "july"),
    [
        ("scenario-1", 0, 1707_31),
        ("scenario-2", 0, 0),
        ("scenario-3", 1707_31, 0),
        ("scenario-4", 945_95, 29_54),
        ("scenario-5", 945_95, 0),
        ("exactly-at-threshold/general-practice", 1045_32, 0),
        ("one-cent-below/general-practice", 0, 0),
        ("reached-in-the-year/speech-therapist", 0, 1645_39),
        ("convention/from-the-first-day", 945_95, 0),
        ("convention/from-a-day-late", 0, 0),
        ("convention/gap-closed-later", 0, 945_95),
        ("amendment-clause/from-its-end", 1645_39, 0),
        ("amendment-clause/from-a-day-after-its-end", 0, 0),
        ("number-granted/2023-12-06", 0, 945_95),
        ("number-granted/2024-01-01", 0, 0),
        ("medical-house/physician-7.59", 0, 0),
        ("medical-house/physician-7.60", 1045_32, 0),
        ("training/in-a-medical-house", 1045_32, 0),
        ("account/2023-11-30", 945_95, 0),
        ("account/2023-12-01", 0, 945_95),
        ("account/2024-05-31", 0, 945_95),
        ("account/2024-06-01", 0, 0),
        ("pharmacy/of-two-titulars/lower", 1790_00, 0),
        ("pharmacy/of-two-titulars/higher", 0, 0),
        ("pharmacy/office-with-a-late-account", 0, 1790_00),
        ("pharmacy/a-nurse-proves-to-be-titular", 945_95, 844_05),
        ("several/paid-one-falls-away-and-a-higher-is-won", 945_95, 29_54),
        ("partner/rows-of-another-partner", 945_95, 0),
        ("partner/claimed-by-two", 0, 0),
        ("partner/account-of-another", 945_95, 0),
        ("partner/identity-of-another", 945_95, 0),
        ("identity/second-number-unexplained", 0, 0),
        ("identity/second-number-later-explained", 945_95, 0),
    ],
)
def test_the_second_opinion_pays_the_cast_as_the_source_says(year: Year, name: str, december: int, july: int) -> None:
    assert paid(year, name) == (december, july)


def test_what_was_paid_and_is_not_due_is_a_recovery(year: Year) -> None:
    _, cast, premium_year, _, second = year
    number = cast["several/paid-one-falls-away-and-a-lower-remains"][0]
    assert second.recoveries[premium_year.practices[number][0]] == 1707_31 - 945_95


def test_every_sector_is_paid_in_both_phases(year: Year) -> None:
    _, _, _, first, second = year
    assert set(first.per_sector()) == {profession for profession, _ in FIGURES.premium}
    assert set(second.per_sector()) == {profession for profession, _ in FIGURES.premium}


def test_every_bad_row_is_rejected_and_no_good_one(year: Year) -> None:
    root, cast, premium_year, _, _ = year
    good = {number for numbers in cast.values() for number in numbers}
    assert good <= set(premium_year.practices)
    for kind in COLUMNS:
        maker = Maker(Random(1))
        bad = sum(len(lines) for lines in bad_rows(kind, maker))
        for stage in ("1", "2"):
            folder = root / stage
            keys = [path.relative_to(folder).as_posix() for path in folder.rglob("*.csv") if path.parent.name == kind]
            rejected = sum(len(premium_year.files[key].rejected) for key in keys)
            broken = sum(
                path.read_text("utf-8", errors="replace").count("½")
                for path in folder.rglob("*.csv")
                if path.parent.name == kind
            )
            meddled = 1 if stage == "2" and kind == "practices" else 0
            assert not keys or rejected == bad + broken + meddled


def test_files_that_break_the_form_or_are_not_granted_are_refused_as_a_whole(year: Year) -> None:
    refused = {key.rsplit("/", 1)[1] for key, verdict in year[2].files.items() if verdict.refused}
    assert refused == {"another-header.csv", "utf-16.csv", "not-theirs.csv"}
