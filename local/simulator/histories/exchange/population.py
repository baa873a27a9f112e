"""The households of a history of an exchange, what is known of their incomes, and their files.

A file may be late, repeated, in parts or replaced by a later one. What is handed over is compared
with what follows from the files that were used, so nothing of it is said here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

INSURERS = {"insurer-a": "101", "insurer-b": "202"}
TAX_OFFICE = "tax-office"
MERGING, SUCCESSOR = ("insurer-b", TAX_OFFICE), "-and-more"
"""The parties that others take over in some histories, and the end of the names of those."""
STRANGER = "insurer-c"
"""Registered as an insurer, and no party."""
NUMBERS = {**INSURERS, STRANGER: "303"}
COLUMNS = {
    "households": "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;"
    "voucher_income;fictitious;mutated_on",
    "incomes-1": "insz;return_code;ipcal_code;amount",
    "incomes-2": "insz;return_code;ipcal_code;amount",
    "results": "request_number;insz;contacted_on;category;entitled_from;own_right",
    "entitled": "insz",
}
INCOMES = (901_373, 902_373, 1_801_373, 9_001_373)
"""Cents: digits that nothing else of an exchange has."""
_CLEAR = re.compile(
    "(?<![0-9A-Za-z])(?:" + "|".join(f"{n}|{n // 100}[.,]{n % 100:02}" for n in INCOMES) + ")(?![0-9A-Za-z])"
)


def shows_an_income(text: str) -> bool:
    """Whether an amount of an income is in the text."""
    return _CLEAR.search(text) is not None


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `known` = the sending (1 or 2) from which the income is known; 0 = never."""

    insz: str
    born: date
    income: int
    known: int


@dataclass(frozen=True, slots=True)
class Household:
    """A request of an insurer: its members, the applicant first, and what every row of it says."""

    insurer: str
    number: str
    members: tuple[Person, ...]
    vouchers: str = "0"
    entitled: str = "no"


@dataclass(frozen=True, slots=True)
class File:
    """A file that a partner brings."""

    partner: str
    kind: str
    rows: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((COLUMNS[self.kind], *self.rows)) + "\n"


def insz_of(born: date, serial: int) -> str:
    """The identity number of somebody born on that day."""
    body = f"{born:%y%m%d}{serial:03}"
    return f"{body}{97 - int(('2' if born.year >= 2000 else '') + body) % 97:02}"


def households(random: Random) -> list[Household]:
    """Up to four households of each insurer; some persons are in one of each."""
    made: list[Household] = []
    serial = 1
    for place, insurer in enumerate(INSURERS):
        for number in range(random.randint(1, 4)):
            members = []
            for born in _births(1950 + 7 * place + number, random):
                serial += 2
                members.append(Person(insz_of(born, serial), born, random.choice(INCOMES), random.choice((1, 1, 2, 0))))
            if made and random.random() < 0.15:  # the applicant is in a household of another, too
                shared = made[0].members[0]
                if shared.born <= members[0].born:
                    members[0] = shared
            digits = NUMBERS[insurer]
            household = Household(insurer, f"{digits}2020{members[0].insz}", tuple(members))
            if all(each.number != household.number for each in made):
                made.append(household)
    return made


def _births(first: int, random: Random) -> Iterator[date]:
    yield date(first, 1 + random.randrange(12), 3)
    if random.random() < 0.5:
        yield date(first + 20, 2, 2)
    if random.random() < 0.3:
        yield date(2010, 5, 5)


# --- files ----------------------------------------------------------------------------------------


def household_files(made: Sequence[Household], random: Random) -> Iterator[File]:
    """Every household once, of each insurer in one file or in two."""
    for insurer in INSURERS:
        rows = [row for each in made if each.insurer == insurer for row in _members(each)]
        yield from _in_parts(File(insurer, "households", tuple(rows)), random)


def correction(made: Sequence[Household], random: Random) -> File:
    """A household as its insurer corrects it: now it is excluded, or entitled already."""
    household = random.choice(made)
    changed = random.choice((replace(household, vouchers="50000"), replace(household, entitled="yes"), household))
    return File(household.insurer, "households", tuple(_members(changed)))


def false_file(made: Sequence[Household], random: Random) -> File:
    """What a partner brings that it may not: households of another, incomes, or a party's file."""
    household = random.choice(made)
    other = next(name for name in INSURERS if name != household.insurer)
    files = (
        File(other, "households", tuple(_members(household))),
        File(STRANGER, "households", tuple(_members(replace(household, number="303" + household.number[3:])))),
        File(STRANGER, "incomes-1", tuple(_income(person, 1, True) for person in household.members)),
        File(other, "results", tuple(_results(household, 6))),
    )
    return random.choice(files)


def income_files(made: Sequence[Household], sending: int, random: Random) -> Iterator[File]:
    """What the tax office knows at a sending, of everybody and of one whom nobody asks about."""
    persons = list(dict.fromkeys(person for each in made for person in each.members))
    persons.append(Person(insz_of(date(1966, 6, 6), 777), date(1966, 6, 6), INCOMES[0], 1))
    rows = tuple(_income(each, sending, each.known in range(1, sending + 1)) for each in persons)
    yield from _in_parts(File(TAX_OFFICE, f"incomes-{sending}", rows), random)


def result_files(made: Sequence[Household], random: Random) -> Iterator[File]:
    for insurer in INSURERS:
        mine = [each for each in made if each.insurer == insurer and random.random() < 0.8]
        rows = [row for each in mine for row in _results(each, random.randint(1, 6))]
        yield from _in_parts(File(insurer, "results", tuple(rows)), random)


def entitled_file(made: Sequence[Household], random: Random) -> File:
    """A list of those who have the right a year later."""
    insurer = random.choice(tuple(INSURERS))
    persons = sorted({person.insz for each in made for person in each.members if random.random() < 0.5})
    return File(insurer, "entitled", tuple(persons))


def _members(household: Household) -> Iterator[str]:
    for person in household.members:
        about = (household.number, person.insz, person.born.isoformat(), household.entitled)
        yield ";".join((*about, "none", "", household.vouchers, "no", ""))


def _income(person: Person, sending: int, known: bool) -> str:
    amount = f"{person.income // 100},{person.income % 100:02}"
    return f"{person.insz};00;1250;{amount}" if known else f"{person.insz};0{sending};;"


def _results(household: Household, category: int) -> Iterator[str]:
    contacted = "2020-12-01" if category in (3, 4, 5) else ""
    entitled = "2021-01-01" if category in (5, 6) else ""
    for person in household.members:
        yield f"{household.number};{person.insz};{contacted};{category};{entitled};no"


def _in_parts(file: File, random: Random) -> Iterator[File]:
    place = random.randrange(len(file.rows) + 1) if random.random() < 0.3 else 0
    for rows in (file.rows[:place], file.rows[place:]):
        if rows or not place:
            yield replace(file, rows=rows)
