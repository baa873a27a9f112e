"""Made-up persons, practices and numbers that are valid or wrong on purpose."""

from dataclasses import dataclass, field
from random import Random

FIRST_NAMES = (
    "Anke",
    "Bart",
    "Chloé",
    "Dries",
    "Elif",
    "Femke",
    "Gilles",
    "Hanne",
    "Ines",
    "Jonas",
    "Katrien",
    "Lucas",
    "Marie",
    "Nico",
    "Olivia",
    "Pieter",
    "Quinten",
    "Rania",
    "Sofie",
    "Thomas",
    "Ward",
    "Yasmina",
    "Zoë",
)
LAST_NAMES = (
    "Aerts",
    "Bogaert",
    "Claes",
    "Dubois",
    "El-Amrani",
    "Fontaine",
    "Goossens",
    "Hermans",
    "Janssens",
    "Lambert",
    "Maes",
    "Nys",
    "Peeters",
    "Renard",
    "Simon",
    "Wouters",
    "Yilmaz",
)
BANKS = ("001", "063", "310", "363", "393", "737", "979")
LANGUAGES = ("nl", "fr", "de", "")
FIRST_DIGIT = {
    "physician": 1,
    "pharmacist": 2,
    "pharmacist-biologist": 2,
    "dentist": 3,
    "nurse": 4,
    "midwife": 4,
    "physiotherapist": 5,
    "speech-therapist": 6,
}
Account = tuple[str, str, str, str, str]
"""insz, holder, iban, registered on, language"""


@dataclass(slots=True)
class Practice:
    """A RIZIV number and its facts, in cents.

    The first cell of a row is the stage in which it is dropped.
    """

    number: str
    profession: str
    specialism: str
    records: list[tuple[int, str, str, str]]  # stage, insz, training, hours
    granted: str = ""
    pharmacy: str = ""
    office: str = ""
    conventions: list[tuple[int, str, str, str]] = field(default_factory=list)  # stage, status, from, until
    s1: list[tuple[str, int]] = field(default_factory=list)
    s1_corrected: list[tuple[str, int]] = field(default_factory=list)
    year: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """A person with practices and accounts."""

    insz: str
    holder: str
    practices: list[Practice] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    identities: list[tuple[int, str, str]] = field(default_factory=list)  # stage, old, new


class Maker:
    """Makes numbers that never repeat, drawn from one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._births = 0
        self._numbers: dict[int, int] = {}
        self._pharmacies = 0
        self._offset = random.randrange(90_000)
        self.offices = [(f"office-{n}", f"Tariff office {n}", self.iban(), 1) for n in range(1, 9)]

    def insz(self) -> str:
        """A national register number (born 1950–2001), now and then a BIS number."""
        self._births += 1
        count, serial = divmod(self._births + self._offset, 990)
        years, day_of_year = divmod(count, 336)
        month, day = divmod(day_of_year, 28)
        year = 1950 + years * 7 % 52
        bis = 40 if self._births % 50 == 0 else 0
        body = f"{year % 100:02d}{month + 1 + bis:02d}{day + 1:02d}{serial + 1:03d}"
        return body + f"{97 - int(('2' if year >= 2000 else '') + body) % 97:02d}"

    def wrong_insz(self) -> str:
        """A number whose check digits fit neither century."""
        body = self.insz()[:9]
        right = {97 - int(century + body) % 97 for century in ("", "2")}
        return body + f"{next(c for c in range(1, 98) if c not in right):02d}"

    def number(self, profession: str) -> str:
        """A RIZIV number of eleven digits; every seventh has check digits modulo 89."""
        digit = FIRST_DIGIT.get(profession, 7)
        count = self._numbers[digit] = self._numbers.get(digit, 0) + 1
        while count >= 100_000:  # a full range goes on in the last one, which no profession has
            digit, count = digit + 1 if digit < 8 else 9, count - 100_000
        body = digit * 100_000 + count * 7919 % 100_000
        modulus = 89 if count % 7 == 0 else 97
        return f"{body}{modulus - body % modulus:02d}{self.random.choice(('001', '003', '004', '999'))}"

    def wrong_number(self) -> str:
        """A RIZIV number whose check digits are right for neither modulus."""
        right = self.number("nurse")
        body = int(right[:6])
        return (
            right[:6] + f"{next(c for c in range(1, 98) if c not in (97 - body % 97, 89 - body % 89)):02d}" + right[8:]
        )

    def iban(self) -> str:
        """A Belgian account of a bank that is known."""
        return self._belgian(self.random.choice(BANKS))

    def iban_of_unknown_bank(self) -> str:
        return self._belgian("996")

    def _belgian(self, bank: str) -> str:
        body = f"{bank}{self.random.randrange(10**7):07d}"
        return self._checked("BE", body + f"{int(body) % 97 or 97:02d}")

    def foreign_iban(self, country: str) -> str:
        """An account in NL, DE or LU, or in BR, which is outside the SEPA countries."""
        digits = f"{self.random.randrange(10**16):016d}"
        body = {
            "NL": "INGB" + digits[:10],
            "DE": digits + "12",
            "LU": digits,
            "BR": digits + "1234567" + "C1",
        }[country]
        return self._checked(country, body)

    @staticmethod
    def _checked(country: str, body: str) -> str:
        number = int("".join(str(int(c, 36)) for c in body + country + "00"))
        return f"{country}{98 - number % 97:02d}{body}"

    def wrong_iban(self) -> str:
        right = self.iban()
        return right[:15] + str((int(right[15]) + 1) % 10)

    def name(self) -> str:
        return f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}"

    def person(self) -> Person:
        return Person(self.insz(), self.name())

    def account(self, person: Person, day: str, iban: str = "", holder: str = "") -> Account:
        return (person.insz, holder or person.holder, iban or self.iban(), day, self.random.choice(LANGUAGES))

    def pharmacy(self) -> str:
        self._pharmacies += 1
        return f"ph-{self._pharmacies:06d}"

    def practice(
        self, person: Person, profession: str, specialism: str = "", number: str = "", stage: int = 1
    ) -> Practice:
        """One more practice of the person, without convention or amounts yet."""
        practice = Practice(number or self.number(profession), profession, specialism, [(stage, person.insz, "no", "")])
        if profession == "pharmacist":
            practice.pharmacy, practice.office = self.pharmacy(), f"office-{self.random.randint(1, 8)}"
        person.practices.append(practice)
        return practice
