"""The people of a history, and the rows that partners may bring about them.

It says what is true: who is who, which account is whose. What partners bring may be late, repeated,
contradicted or false; `watch` compares what is paid with what is true.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

SLUG = "convention-premium"
OFFICE, SPARE_OFFICE = "office-1", "office-7"
TARIFF = "tariff"
"""The partner that bills for the tariff offices."""


def iban(number: int) -> str:
    """A Belgian account, from its first ten digits."""
    body = f"{number:010}{number % 97 or 97:02}"
    return f"BE{98 - int(body + '111400') % 97:02}{body}"


ACCOUNTS = tuple(iban(96_123_4560 + 11 * place) for place in range(6))
FALSE_ACCOUNT = iban(96_999_9000)
"""The account of the partner that cheats."""
STRANGE_ACCOUNT = iban(96_888_8000)
"""An account that no partner ever brings."""
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """A care provider. `insz` = the identity numbers that the person has had, the latest last."""

    insz: tuple[str, ...]
    number: str
    profession: str
    iban: str
    cents: int
    pharmacy: str = ""

    @property
    def earns(self) -> bool:
        """Whether the premium is due, as far as what is true goes."""
        return bool(self.pharmacy) or self.cents >= 900_000

    @property
    def short(self) -> str:
        """The number's first eight digits."""
        return self.number[:8]


@dataclass(frozen=True, slots=True)
class File:
    """A file that a partner brings: its kind, and its rows in the order of the kind's columns."""

    partner: str
    kind: str
    rows: tuple[Row, ...]


def riziv(body: int, code: int) -> str:
    """The RIZIV number with `body` as first six digits."""
    return f"{body:06}{97 - body % 97:02}{code:03}"


def insz(number: int) -> str:
    """An identity number of somebody born in 1970."""
    body = f"700101{number:03}"
    return f"{body}{97 - int(body) % 97:02}"


def providers(random: Random) -> list[Provider]:
    """One to four nurses, and at times the titular of a pharmacy."""
    made = []
    for place in range(random.randint(1, 4)):
        numbers = (insz(1 + 2 * place),) if random.random() < 0.6 else (insz(1 + 2 * place), insz(2 + 2 * place))
        made.append(
            Provider(
                numbers,
                riziv(412_345 + 7 * place, 401),
                "nurse",
                ACCOUNTS[place],
                random.choice((300_000, 900_000, 3_500_000)),
            )
        )
    if random.random() < 0.5:
        made.append(
            Provider(
                (insz(51),),
                riziv(223_344, 1),
                "pharmacist",
                ACCOUNTS[4],
                0,
                random.choice(("pharmacy-1", "pharmacy-2")),
            )
        )
    return made


def practice(who: str, person: Provider) -> Row:
    """A row of the practices that gives the number to `who`."""
    office = OFFICE if person.pharmacy else ""
    return (who, person.number, person.profession, "", "", "no", "", person.pharmacy, office)


def honest_files(people: Sequence[Provider], random: Random) -> Iterator[File]:
    """What the partners bring in the end, each kind in one file or in several."""
    nurses = [person for person in people if not person.pharmacy]
    titulars = [person for person in people if person.pharmacy]
    files: list[tuple[str, str, list[Row]]] = [
        ("register", "practices", [practice(p.insz[0], p) for p in nurses]),
        ("register", "conventions", [(p.number, "full", "2020-01-01", "") for p in people]),
        ("profiles", "activity-s1", [(p.number, "ambulatory", _euro(p.cents)) for p in nurses]),
        ("profiles", "activity-year", [(p.number, "ambulatory", _euro(2 * p.cents)) for p in nurses]),
        ("accounts", "accounts", [account(p.insz[-1], p.iban) for p in nurses]),
        ("register", "identities", [(p.insz[0], p.insz[1]) for p in people if len(p.insz) > 1]),
        (TARIFF, "practices", [practice(p.insz[0], p) for p in titulars]),
        (TARIFF, "tariff-offices", [(OFFICE, "Office", ACCOUNTS[4])] if titulars else []),
    ]
    for partner, kind, rows in files:
        yield from _split(partner, kind, rows, random)


def account(who: str, iban: str, day: str = "2023-06-01", holder: str = "Holder") -> Row:
    """A row of the accounts."""
    return (who, holder, iban, day, "nl")


def false_file(people: Sequence[Provider], random: Random) -> File:
    """Something that the partner that cheats brings."""
    victim, other = random.choice(people), random.choice(people)
    stranger = insz(901)
    files = (
        ("accounts", account(victim.insz[-1], FALSE_ACCOUNT, "2023-11-01")),
        ("accounts", account(stranger, FALSE_ACCOUNT, "2023-01-01", "Cheat")),
        ("identities", (victim.insz[-1], stranger)),
        ("identities", (stranger, victim.insz[0])),
        ("practices", practice(stranger, victim)),
        ("practices", practice(other.insz[0], victim)),
        ("tariff-offices", (OFFICE, "Cheat", FALSE_ACCOUNT)),
    )
    kind, row = random.choice(files)
    return File("cheat", kind, (row,))


def correction(people: Sequence[Provider], random: Random) -> File:
    """Something that an honest partner corrects: an identity, an account, an amount, a number."""
    person, other = random.choice(people), random.choice(people)
    spare = insz(801 + random.randrange(3))
    first_semester, year = random.choice((0, 100_000, 4_000_000)), random.choice((0, 200_000, 9_000_000))
    brings_practices = TARIFF if person.pharmacy else "register"
    files: tuple[tuple[str, str, Row], ...] = (
        ("register", "identities", (person.insz[-1], spare)),
        ("register", "identities", (person.insz[0], other.insz[0] if other is not person else spare)),
        (brings_practices, "practices", practice(spare, person)),
        (brings_practices, "practices", practice(person.insz[0], person)),
        ("accounts", "accounts", account(spare, person.iban, "2023-07-01")),
        ("accounts", "accounts", account(person.insz[-1], ACCOUNTS[5], "2023-10-01")),
        ("profiles", "activity-s1", (person.number, "ambulatory", _euro(first_semester))),
        ("profiles", "activity-year", (person.number, "ambulatory", _euro(year))),
        ("register", "conventions", (person.number, random.choice(("full", "partial", "none")), "2020-01-01", "")),
        (TARIFF, "tariff-offices", (OFFICE, "Office", ACCOUNTS[5])),
    )
    partner, kind, row = random.choice(files)
    return File(partner, kind, (row,))


def second_thoughts(people: Sequence[Provider], random: Random) -> tuple[File, File]:
    """Two rows on one number of a person: who was joined with somebody is joined with another."""
    person, former, later = random.choice(people), insz(811), insz(813)
    first = (former, person.insz[0]) if random.random() < 0.6 else (person.insz[-1], former)
    second = (first[0], later) if random.random() < 0.7 else (later, first[0])
    return File("register", "identities", (first,)), File("register", "identities", (second,))


def _split(partner: str, kind: str, rows: list[Row], random: Random) -> Iterator[File]:
    if not rows:
        return
    place = random.randrange(len(rows) + 1) if random.random() < 0.3 else 0
    for part in (rows[:place], rows[place:]):
        if part:
            yield File(partner, kind, tuple(part))


def _euro(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
