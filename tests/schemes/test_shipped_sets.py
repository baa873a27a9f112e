"""A parameter set that shipped is never edited: a correction is a new version.

`shipped.csv` lists every version of every set that shipped, with the SHA-256 of its text: decisions
name that hash, and are made again from that text. `python -m tests.schemes.test_shipped_sets` adds
the versions that are new.
"""

from collections.abc import Iterator
from pathlib import Path

from tegemoet.schemes.registry import SCHEMES

FILE = Path(__file__).with_name("shipped.csv")
HEADER = "scheme;set;version;sha256"
Version = tuple[str, str, str]


def shipped() -> dict[Version, str]:
    """The SHA-256 of each version that shipped."""
    header, *rows = FILE.read_text("utf-8").splitlines()
    assert header == HEADER
    found = {(scheme, name, version): sha256 for scheme, name, version, sha256 in (row.split(";") for row in rows)}
    assert len(found) == len(rows), "a version stands here twice"
    return found


def present() -> Iterator[tuple[Version, str]]:
    """Every set of this version of the application."""
    for slug, scheme in SCHEMES.items():
        for name, held in scheme.parameter_sets.items():
            yield (slug, name, held.version), held.sha256


def test_no_set_that_shipped_was_edited() -> None:
    listed = shipped()
    edited = [version for version, sha256 in present() if listed.get(version, sha256) != sha256]
    assert not edited, f"these texts changed under the same version; give each a new one: {edited}"


def test_every_version_is_on_the_list() -> None:
    listed = shipped()
    new = [version for version, _ in present() if version not in listed]
    assert not new, f"run `python -m tests.schemes.test_shipped_sets` to list these: {new}"


def test_no_text_stands_under_two_versions_of_a_set() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for (scheme, name, version), sha256 in shipped().items():
        assert seen.setdefault((scheme, name, sha256), version) == version


def add() -> None:
    """Add the versions that are not on the list; those that are stay as they are."""
    listed = shipped() if FILE.exists() else {}
    new = {version: sha256 for version, sha256 in present() if version not in listed}
    rows = sorted({**listed, **new}.items())
    FILE.write_text("\n".join((HEADER, *(";".join((*version, sha256)) for version, sha256 in rows), "")), "utf-8")


if __name__ == "__main__":
    add()
