"""Makes the skeleton of a scheme: a folder that decides,
its test material, its act and its page of rules.

    python -m local.tools.scheme student-grant

The skeleton works at once in the API, the bulk files and the catalogue. What it does not know says
REPLACE, and `tests/schemes/test_scheme_folders.py` fails until somebody has replaced it.
docs/how-to/add-a-scheme.md leads through it.
"""

import argparse
import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from local.tools.bootstrap import ROOT

SKELETON = Path(__file__).parent / "skeleton"
SCHEMES = Path("layers/benefits/tegemoet/schemes")
ACTS = SCHEMES / "legislation" / "acts.toml"
SLUG = re.compile(r"(?=.{1,40}$)[a-z]+(-[a-z]+)*", re.ASCII)
"""At most 40 characters: the import of its case fits a line."""
IMPORTS = re.compile(r"(?:^from tegemoet\..*\n)+", re.MULTILINE)
"""Imports of the product, whose order depends on the name of the scheme."""


class SkeletonError(Exception):
    """The scheme cannot be made; the message says what a person has to change."""


@dataclass(frozen=True)
class Names:
    """The names that a skeleton is filled in with."""

    slug: str
    year: int

    @property
    def package(self) -> str:
        return self.slug.replace("-", "_")

    def filled(self, file: Path) -> str:
        """The text of a file of the skeleton with the names of the scheme."""
        text = Template(file.read_text("utf-8")).substitute(
            slug=self.slug,
            package=self.package,
            name=self.slug.title().replace("-", ""),
            title=self.slug.replace("-", " "),
            year=self.year,
            before=self.year - 1,
            today=datetime.now(UTC).date().isoformat(),
            act=f"{self.slug}-act",
            act_title=f"REPLACE by the title of the act of {self.slug}",
            act_url=f"https://www.ejustice.just.fgov.be/REPLACE/{self.slug}",
        )
        return IMPORTS.sub(lambda lines: "".join(sorted(lines[0].splitlines(keepends=True))), text)


def files_of(names: Names) -> Iterator[tuple[Path, str]]:
    """The new files of a scheme, as paths below the root, with their texts."""
    folders = {"scheme": SCHEMES / names.package, "tests": Path("tests/schemes") / names.package}
    for part, folder in folders.items():
        for file in sorted((SKELETON / part).rglob("*.txt")):
            yield folder / file.relative_to(SKELETON / part).with_suffix(""), names.filled(file)
    yield Path("docs/rules") / f"{names.slug}.md", names.filled(SKELETON / "rules.md.txt")


def make_scheme(slug: str, year: int, root: Path = ROOT) -> list[Path]:
    """Write the skeleton of a scheme below `root` and return its new files.

    Raises SkeletonError and then writes nothing.
    """
    if not SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise SkeletonError(
            f"'{slug}' is not a slug: use lower-case words joined by hyphens, such as student-grant,"
            " of at most 40 characters together."
        )
    names = Names(slug, year)
    files = list(files_of(names))
    taken = [path for path in {SCHEMES / names.package, *(path for path, _ in files)} if (root / path).exists()]
    if taken:
        raise SkeletonError(f"There is a scheme of that name already: {min(taken)} exists.")
    for path, text in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    with (root / ACTS).open("a", encoding="utf-8") as acts:
        acts.write(names.filled(SKELETON / "act.toml.txt"))
    return [path for path, _ in files]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.scheme", description="Makes the skeleton of a scheme.")
    parser.add_argument("slug", help="its name in the API, such as student-grant")
    try:
        made = make_scheme(parser.parse_args().slug, datetime.now(UTC).year)
    except SkeletonError as error:
        print(error, file=sys.stderr)
        return 2
    print("Made:", *made, f"{ACTS} (an act)", sep="\n  ")
    print("\nWhat is still missing: .venv/bin/python -m pytest -q tests/schemes tests/contract")
    print("How to go on: docs/how-to/add-a-scheme.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
