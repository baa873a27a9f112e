"""A made-up premium year, written as the files that partners drop. The same seed gives the same
bytes.

    python -m local.opinions.year.generate --year 2023 --persons 5000 --seed 2023 .local/year

`1/in/…` is dropped before the first phase, `2/in/…` before the second; the days on which both are
evaluated are among the figures of the year. The first persons are the cast of `cast.py`: every
limit of every rule, by name. The others are drawn at random, about as the professions are
distributed in Belgium. Bad rows of every kind stand between the good ones. Nobody in it exists;
every number is valid or wrong on purpose.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

from local.opinions.year.bad_rows import bad_rows
from local.opinions.year.cast import the_cast
from local.opinions.year.casting import amount_near
from local.opinions.year.figures import KNOWN_ROWS, YearFigures, figures_of
from local.opinions.year.files import COLUMNS
from local.opinions.year.partners import SECOND
from local.opinions.year.people import Account, Maker, Person, Practice

HEADER = {kind: ";".join(columns.split()) for kind, columns in COLUMNS.items()}
SHARES = {  # per mille of the persons
    "nurse": 370,
    "physician": 250,
    "physiotherapist": 160,
    "dentist": 60,
    "pharmacist": 50,
    "speech-therapist": 35,
    "midwife": 30,
    "optician": 15,
    "bandage-maker": 10,
    "hearing-aid-specialist": 9,
    "orthopaedic-technician": 6,
    "pharmacist-biologist": 5,
}
GROUPS = {
    "physician": "physicians",
    "dentist": "dentists",
    "nurse": "nursing",
    "midwife": "nursing",
    "pharmacist": "pharmacists",
}
SPECIALISMS = {p: [s for q, s in KNOWN_ROWS if q == p] for p in ("physician", "dentist")}


@dataclass
class Dropped:
    """One file that is being written, with bad rows strewn among the good ones."""

    stream: IO[str]
    kind: str
    delimiter: str = ";"
    decimal: str = "."
    spoilt: Iterator[list[str]] = field(default_factory=lambda: iter(()))
    rows: int = 0

    def row(self, *cells: str) -> None:
        line = self.delimiter.join(f'"{c}"' if self.delimiter in c else c for c in cells) + "\n"
        self.stream.write(line)
        self.rows += 1
        if self.rows % 40 == 0:
            self._spoil(next(self.spoilt, []))
        if self.rows % 97 == 0 and self.kind != "conventions":
            self.stream.write(line)  # a duplicate
        if self.rows % 61 == 0:
            self.stream.write(
                self.delimiter.join((*cells[:-1], "½")) + "\n"
            )  # malformed: leaves the good row of the same key alone

    def _spoil(self, lines: list[str]) -> None:
        for line in lines:
            self.stream.write(line.replace(";", self.delimiter) + "\n")

    def finish(self) -> None:
        """Write the bad rows that had no place yet."""
        for lines in self.spoilt:
            self._spoil(lines)

    def cents(self, cents: int) -> str:
        """An amount as this file writes it."""
        return f"{cents // 100}{self.decimal}{cents % 100:02d}"


class Folder:
    """The files of one year, opened when their first row comes."""

    def __init__(self, root: Path, figures: YearFigures, make: Maker, stack: ExitStack) -> None:
        self.root, self.figures, self.make, self.stack = root, figures, make, stack
        self.files: dict[tuple[int, str], Dropped] = {}
        self.spoilt: set[tuple[int, str]] = set()

    def file(self, stage: int, partner: str, kind: str, name: str) -> Dropped:
        """The file that `partner` drops under that name in that stage."""
        key = f"in/{partner}/convention-premium/{self.figures.year}/{kind}/{name}.csv"
        dropped = self.files.get((stage, key))
        if dropped is None:
            path = self.root / str(stage) / key
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = self.stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            comma = kind.startswith("activity") and name.endswith("2")
            dropped = Dropped(stream, kind, "," if comma else ";", "," if name.endswith("3") else ".")
            if not comma and (stage, kind) not in self.spoilt:
                self.spoilt.add((stage, kind))
                dropped.spoilt = bad_rows(kind, self.make)
            if name.endswith("1"):
                stream.write("\ufeff")  # some spreadsheets begin a file so
            stream.write(HEADER[kind].replace(";", dropped.delimiter) + "\n")
            self.files[stage, key] = dropped
        return dropped

    def person(self, person: Person) -> None:
        """Write all facts of a person."""
        year = self.figures.year
        for practice in person.practices:
            self._practice(practice)
        for insz, holder, iban, day, language in person.accounts:
            stage = 1 if day <= self.figures.evaluated[1] else 2
            self.file(stage, "accounts-desk", "accounts", f"{year}-1" if stage == 1 else f"{year + 1}-1").row(
                insz, holder, iban, day, language
            )
        for stage, old, new in person.identities:
            self.file(stage, "register", "identities", "replaced" if stage == 1 else "replaced-later").row(old, new)

    def _practice(self, p: Practice) -> None:
        group = GROUPS.get(p.profession, "paramedical")
        partner = "tariff-services" if p.profession == "pharmacist" else "register"
        for stage, insz, training, hours in p.records:
            name = group if stage == 1 else f"{group}-changes"
            self.file(stage, partner, "practices", name).row(
                insz, p.number, p.profession, p.specialism, p.granted, training, hours, p.pharmacy, p.office
            )
        for stage, status, first, last in p.conventions:
            self.file(stage, "register", "conventions", group if stage == 1 else f"{group}-changes").row(
                p.number, status, first, last
            )
        part = f"part-{int(p.number[:6]) % 3 + 1}"
        for kind, stage, amounts in (("activity-s1", 1, p.s1), ("activity-year", 2, p.year)):
            for setting, cents in amounts:
                file = self.file(stage, "profiles", kind, part)
                file.row(p.number, setting, file.cents(cents))
        for setting, cents in p.s1_corrected:
            file = self.file(1, "profiles", "activity-s1", "part-9-corrections")
            file.row(p.number, setting, file.cents(cents))


def the_rest(make: Maker, figures: YearFigures, count: int) -> Iterator[Person]:
    """Persons drawn at random; about one in seven fails a condition."""
    random = make.random
    professions = list(SHARES)
    weights = list(SHARES.values())
    open_pharmacy = ""
    for _ in range(count):
        (profession,) = random.choices(professions, weights)
        person = make.person()
        practices = [profession]
        if random.random() < 0.04:
            practices.append(random.choices(professions[:1] + professions[2:], weights[:1] + weights[2:])[0])
        for each in dict.fromkeys(practices):
            practice = make.practice(person, each, random.choice(SPECIALISMS[each]) if each in SPECIALISMS else "")
            if each == "pharmacist":
                if open_pharmacy and random.random() < 0.15:
                    practice.pharmacy, practice.office = open_pharmacy.split("|")
                open_pharmacy = f"{practice.pharmacy}|{practice.office}"
            _fill(practice, figures, random)
        person.accounts = _accounts(person, figures, make)
        yield person


def _fill(practice: Practice, figures: YearFigures, random: Random) -> None:
    year = figures.year
    always = (1, "full", f"{year - 1}-01-01", "")
    luck = random.random()
    if luck < 0.80:
        practice.conventions = [always]
    elif luck < 0.89:
        practice.conventions = [(1, "none", f"{year - 1}-01-01", "")]
    elif luck < 0.95:
        practice.conventions = [(1, "partial", f"{year - 1}-01-01", "")]
    elif luck < 0.98:
        practice.granted = f"{year}-{random.randint(1, 11):02d}-{random.randint(1, 28):02d}"
        practice.conventions = [(1, "full", practice.granted, "")]
    elif luck < 0.99:
        practice.conventions = [always, (2, "none", f"{year}-12-{random.randint(6, 31):02d}", "")]
    else:
        practice.conventions = [(*always[:3], f"{year}-{random.randint(1, 11):02d}-28")]
    if practice.profession == "pharmacist":
        return
    luck = random.random()
    if practice.profession in ("physician", "nurse", "physiotherapist") and luck < 0.03:
        practice.records[0] = (*practice.records[0][:3], f"{random.randint(200, 4000) / 100:.2f}")
        return
    if practice.profession in SPECIALISMS and luck < 0.06:
        practice.records[0] = (*practice.records[0][:2], "yes", "")
        return
    threshold = amount_near(practice.profession, practice.specialism, figures)
    whole = int(threshold * random.lognormvariate(0.9, 0.9))
    first = whole * random.randint(40, 60) // 100
    practice.s1, practice.year = [("ambulatory", first)], [("ambulatory", whole)]
    if random.random() < 0.004:
        practice.year = [] if random.random() < 0.5 else [("ambulatory", first * 9 // 10)]
    if practice.profession == "physician" and random.random() < 0.3:
        practice.s1.append(("inpatient", first))
        practice.year += [("day-hospital", whole // 5), ("inpatient", whole * 2)]


def _accounts(person: Person, figures: YearFigures, make: Maker) -> list[Account]:
    year = figures.year
    luck = make.random.random()
    days = (
        [f"{year}-03-01"]
        if luck < 0.90
        else [f"{year + 1}-02-01"]
        if luck < 0.94
        else []
        if luck < 0.97
        else [f"{year}-05-02", f"{year + 1}-04-03"]
    )
    return [make.account(person, day) for day in days]


def generate(root: Path, figures: YearFigures, persons: int, seed: int = 2023) -> dict[str, list[str]]:
    """Write the year for `persons` persons, the cast first, below the empty folder `root`.

    Returns the RIZIV numbers of each member of the cast by name.
    """
    make = Maker(Random(seed))
    persons_of_cast: dict[str, Person] = {}
    with ExitStack() as stack:
        folder = Folder(root, figures, make, stack)
        for name, person in the_cast(make, figures):
            persons_of_cast[name] = person
            folder.person(person)
        cast = {name: [practice.number for practice in person.practices] for name, person in persons_of_cast.items()}
        for person in the_rest(make, figures, max(0, persons - len(cast))):
            folder.person(person)
        for stage, number in ((1, make.number("nurse")), (1, make.number("nurse"))):
            file = folder.file(stage, "profiles", "activity-s1", "part-1")
            file.row(number, "ambulatory", file.cents(2_000_000))
        folder.file(1, "register", "conventions", "nursing").row(
            make.number("nurse"), "full", f"{figures.year}-01-01", ""
        )
        _meddle(folder, make, persons_of_cast)
        for office, holder, iban, stage in make.offices:
            folder.file(stage, "tariff-services", "tariff-offices", "offices" if stage == 1 else "late").row(
                office, holder, iban
            )
        folder.file(1, "register", "identities", "none-today")
        for dropped in folder.files.values():
            dropped.finish()
    _whole_files_refused(root, figures.year)
    (root / "cast.json").write_text(json.dumps(cast, indent=1) + "\n", "utf-8")
    return cast


def _meddle(folder: Folder, make: Maker, persons: Mapping[str, Person]) -> None:
    """Rows of partners that are not theirs, and the word of a body without authority."""
    year = folder.figures.year
    paid, claimed, account, identity = (
        persons[f"partner/{name}"]
        for name in ("rows-of-another-partner", "claimed-by-two", "account-of-another", "identity-of-another")
    )
    mine = (make.insz(), paid.practices[0].number, "midwife", "", "", "no", "", "", "")
    folder.file(2, "tariff-services", "practices", "pharmacists-changes").row(*mine)
    folder.file(2, "profiles", "conventions", "not-theirs").row(paid.practices[0].number, "none", f"{year}-06-01", "")
    theirs = (make.insz(), claimed.practices[0].number, *mine[2:])
    folder.file(1, SECOND, "practices", "claims").row(*theirs)
    folder.file(2, SECOND, "practices", "claims-later").row(*mine)
    folder.file(2, SECOND, "conventions", "claims").row(paid.practices[0].number, "none", f"{year}-06-01", "")
    folder.file(1, SECOND, "accounts", "claims").row(account.insz, "Somebody Else", make.iban(), f"{year}-11-02", "nl")
    folder.file(1, SECOND, "identities", "claims").row(make.insz(), identity.insz)


def _whole_files_refused(root: Path, year: int) -> None:
    """Two files that are refused as a whole: an unknown column name, and UTF-16."""
    wrong = HEADER["practices"].replace("insz", "niss") + "\n"
    utf16 = HEADER["activity-s1"] + "\n"
    write: list[tuple[str, Callable[[], bytes]]] = [
        (f"1/in/register/convention-premium/{year}/practices/another-header.csv", wrong.encode),
        (f"1/in/profiles/convention-premium/{year}/activity-s1/utf-16.csv", lambda: utf16.encode("utf-16")),
    ]
    for key, content in write:
        (root / key).write_bytes(content())


def main() -> None:
    """Write a year to a folder."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--year", type=int, default=2023, help="a year with figures in data/")
    arguments.add_argument("--persons", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=2023)
    given = arguments.parse_args()
    cast = generate(given.folder, figures_of(given.year), given.persons, given.seed)
    print(f"{max(given.persons, len(cast))} persons in {given.folder}")


if __name__ == "__main__":
    main()
