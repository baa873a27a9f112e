"""A made-up exchange of 2020, written as the files that insurers and the tax office drop.

The same seed gives the same bytes.

    python -m local.opinions.exchange.generate --persons 2000 --seed 2020 .local/exchange

`households/in/…`, `incomes-1/in/…` and `incomes-2/in/…` are dropped while the exchange waits for
them, each over several files, some with another delimiter or decimal sign; `results/in/…` follows
from the codes, see `write_results`. The first households are every limit of every rule, by name;
the others are drawn at random. Between the good rows stand bad ones of every kind. Nobody in it
exists.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from local.opinions.exchange.oracle import CEILING, COLUMNS, FICTITIOUS, INSURERS, TAX_OFFICE, Exchange

MARKS = (1313131, 2727270, 1919190, 4646464)
"""Cents of incomes that stand nowhere else, so that it can be searched where they went."""
ADULT = date(1970, 1, 1)
EARLIER = ("no-reaction", "incomplete", "above-ceiling")
IPCAL = ("1250", "1400", "1228", "2250", "A-1.x_2")
PARTS = 3
Cells = list[str]


@dataclass
class Person:
    """Somebody, and what the tax office answers about him: the rows of each delivery, in cents."""

    insz: str
    born: date
    first: list[tuple[str, str, int]] = field(default_factory=list)  # return code, IPCAL code, cents
    second: list[tuple[str, str, int]] = field(default_factory=list)

    def earns(self, *cents: int) -> "Person":
        """A definitive answer at once, an IPCAL code per amount."""
        self.first = [("00", IPCAL[n], amount) for n, amount in enumerate(cents)]
        return self

    def unknown(self, *later: int, code: str = "01") -> "Person":
        """No definitive answer at first, and then `later`, or never one."""
        self.first = [(code, "", 0)]
        self.second = [("00", IPCAL[n], amount) for n, amount in enumerate(later)] or [(code, "", 0)]
        return self


@dataclass
class Lines:
    """The rows of all files of a kind: by partner and part, before they are written."""

    kind: str
    rows: dict[tuple[str, int], list[tuple[Cells, int]]] = field(default_factory=lambda: defaultdict(list))
    raw: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Per partner, lines that are wrong as they stand; they
    go into the first part, whose delimiter is `;`.
    """

    def add(self, partner: str, part: int, *cells: str, cents: int = -1) -> None:
        """`cents` = the amount of a row that has one: its cell is the first that reads `€`."""
        self.rows[partner, part].append((list(cells), cents))

    def write(self, root: Path, random: Random) -> None:
        for (partner, part), rows in sorted(self.rows.items()):
            path = (
                root / self.kind / "in" / partner / "increased-reimbursement" / "2020" / self.kind / f"part-{part}.csv"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            random.shuffle(rows)
            columns = COLUMNS[self.kind]
            order = list(range(len(columns)))
            delimiter, comma, start = ((";", False, ""), (";", True, "\ufeff"), (",", False, ""))[part % PARTS]
            if part % PARTS:
                random.shuffle(order)
            lines = [delimiter.join(columns[n] for n in order)]
            for number, (cells, cents) in enumerate(rows):
                told = [amount(cents, comma, random) if cell == "€" else cell for cell in cells]
                line = delimiter.join(told[n] for n in order)
                lines.append(line)
                if number % 90 == 7:
                    lines.append(line)  # a duplicate
                if number % 120 == 11:
                    lines.append(line + delimiter + "more")
                if number % 150 == 13:
                    lines.append("x" * 9000)
            if part == 0:
                for wrong in self.raw[partner]:
                    lines.insert(random.randrange(1, len(lines) + 1), wrong)
            path.write_text(start + "\n".join(lines) + "\n", "utf-8")
            if part == 0:
                refused = [delimiter.join(columns[:-1]), *(delimiter.join(cells[:-1]) for cells, _ in rows[:3])]
                path.with_name("bad.csv").write_text("\n".join(refused) + "\n", "utf-8")


def amount(cents: int, comma: bool, random: Random) -> str:
    """One of the spellings of an amount."""
    whole, decimals = f"{cents // 100}", f"{cents % 100:02}"
    sign = "," if comma else "."
    spellings = [whole + sign + decimals]
    if decimals[1] == "0":
        spellings.append(whole + sign + decimals[0])
    if decimals == "00":
        spellings.append(whole)
    return random.choice(spellings)


def split(total: int, into: int, random: Random) -> list[int]:
    """`into` amounts, none below zero, that are `total` together."""
    cuts = sorted(random.randrange(total + 1) for _ in range(into - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


class Maker:
    """Writes households and what the tax office knows."""

    def __init__(self, seed: int, parts: int = PARTS) -> None:
        self.random, self.parts = Random(seed), parts
        self.people: list[Person] = []
        self.households = Lines("households")
        self.cast: dict[str, str] = {}
        self._serials: dict[str, int] = defaultdict(int)
        self._turn = 0

    def person(self, born: date = ADULT) -> Person:
        """A new person with a valid number; those born on one day have rising ones.

        One in nine has a BIS number.
        """
        day = f"{born:%y%m%d}"
        self._serials[day] += 1
        serial = self._serials[day]
        if serial > 998:
            raise ValueError("too many born on one day")
        if serial % 9 == 0:
            day = f"{born:%y}{born.month + 40:02}{born:%d}"
        body = f"{day}{serial:03}"
        number = f"{body}{97 - int(('2' if born.year >= 2000 else '') + body) % 97:02}"
        found = Person(number, born)
        self.people.append(found)
        return found

    def people_of(self, size: int, *cents: int) -> list[Person]:
        """A household of so many, the oldest first; `cents` =
        the incomes of the first ones, 0 for the others.
        """
        members = [self.person(ADULT + timedelta(days=400 * n)) for n in range(size)]
        for n, member in enumerate(members):
            member.earns(cents[n] if n < len(cents) else 0)
        return members

    def household(
        self,
        name: str,
        members: list[Person],
        applicant: Person | None = None,
        partner: str | None = None,
        digits: str | None = None,
        year: int = 2020,
        each: Mapping[int, Mapping[str, object]] | None = None,
        corrected: bool = False,
    ) -> str:
        """Write the rows; `each` = what differs, by place in the household. Its request number.

        `corrected` = wrong first, right in a later file.
        """
        if partner is None:
            partner = list(INSURERS)[self._turn % len(INSURERS)]
            self._turn += 1
        number = f"{digits or INSURERS[partner]}{year}{(applicant or members[0]).insz}"
        for n, member in enumerate(members):
            facts: dict[str, object] = {
                "entitled": "no",
                "outcome": "none",
                "outcome_year": "",
                "vouchers": 0,
                "fictitious": "no",
                "mutated": "",
            }
            facts |= (each or {}).get(n, {})
            told: tuple[str, ...] = (
                *(number, member.insz, member.born.isoformat(), str(facts["entitled"]), str(facts["outcome"])),
                *(str(facts["outcome_year"]), "€", str(facts["fictitious"]), str(facts["mutated"])),
            )
            part = self.random.randrange(self.parts)
            if corrected:
                wrong = (*told[:3], "yes", *told[4:])
                self.households.add(partner, 0, *wrong, cents=99_999_99)
                part = self.parts - 1
            vouchers = int(str(facts["vouchers"]))
            if vouchers == 0 and n % 2:
                told = tuple("" if cell == "€" else cell for cell in told)
            self.households.add(partner, part, *told, cents=vouchers)
        self.cast.setdefault(name, number)
        return number

    # --- the cast ---------------------------------------------------------------------------------

    def the_cast(self) -> None:
        """Every limit of every rule."""
        random = self.random
        for size, ceiling in CEILING.items():
            for word, cents in (("below", ceiling - 1), ("at", ceiling), ("above", ceiling + 1)):
                members = self.people_of(size, *split(cents, size, random))
                self.household(f"ceiling/{size}/{word}", members)
        self._ages()
        self._unknown()
        self._vouchers()
        self._history()
        self._applicants()
        self._requests()
        self._incomes()

    def _ages(self) -> None:
        for word, born in (
            ("eighteen", date(2001, 1, 1)),
            ("a-day-older", date(2000, 12, 31)),
            ("a-day-younger", date(2001, 1, 2)),
            ("born-in-a-leap-year", date(2000, 2, 29)),
        ):
            for income in (CEILING[2] - 1, CEILING[2]):
                parent, child = self.person().earns(income), self.person(born).unknown()
                self.household(f"age/{word}/{income}", [parent, child])
        # an answer about a minor counts, and an income of a minor too
        child = self.person(date(2008, 8, 8)).earns(1)
        self.household("age/minor-with-income", [self.person().earns(CEILING[2] - 1), child])
        # whom nobody asked again: no answer of the second delivery is of use
        child = self.person(date(2010, 1, 1)).unknown(5_000_000)
        self.household("age/minor-told-later", [self.person().unknown(CEILING[2] - 1), child])
        alone = self.person(date(2002, 3, 4)).unknown()
        self.household("age/minor-alone", [alone])

    def _unknown(self) -> None:
        for word, later in (("never", ()), ("below", (CEILING[2] - 101,)), ("at", (CEILING[2] - 100,))):
            for code in ("01", "99"):
                members = [self.person().earns(100), self.person(date(1980, 2, 2)).unknown(*later, code=code)]
                self.household(f"unknown/{word}/{code}", members)
        both = [self.person().unknown(100), self.person(date(1981, 1, 1)).unknown()]
        self.household("unknown/one-of-two-told-later", both)
        self.household("unknown/nobody-answers", [self.person(), self.person(date(1981, 1, 1))])
        silent = self.person().unknown(CEILING[1] - 1)
        silent.first = []
        self.household("unknown/told-in-the-second-delivery-alone", [silent])
        # a definitive answer stands, whatever the second delivery says
        told = self.person().earns(1)
        told.second = [("00", IPCAL[0], 9_000_000), ("02", "", 0)]
        self.household("unknown/definitive-and-told-again", [told, self.person(date(1982, 1, 1)).unknown(1)])

    def _vouchers(self) -> None:
        for word, vouchers in (("below", FICTITIOUS - 1), ("at", FICTITIOUS), ("above", FICTITIOUS + 1)):
            for size in (1, 4, 6):
                parts = split(vouchers, size, self.random)
                each = {n: {"vouchers": part, "fictitious": "yes" if n == 0 else "no"} for n, part in enumerate(parts)}
                members = self.people_of(size, CEILING[size] - 1)  # and its incomes at its declared size
                self.household(f"fictitious/{size}/{word}", members, each=each)
        for word, more in (("below", -1), ("at", 0), ("above", 1)):
            for size in (1, 2, 5):
                parts = split(CEILING[size] + more, size, self.random)
                members = self.people_of(size, CEILING[size])
                self.household(
                    f"vouchers/{size}/{word}", members, each={n: {"vouchers": c} for n, c in enumerate(parts)}
                )

    def _history(self) -> None:
        for outcome in EARLIER:
            for year in (2014, 2015, 2016, 2017, 2018, 2019, 2020):
                each = {1: {"outcome": outcome, "outcome_year": year}}
                self.household(f"earlier/{outcome}/{year}", self.people_of(2, 1000), each=each)
        self.household("entitled/all", self.people_of(2, 1), each={n: {"entitled": "yes"} for n in range(2)})
        self.household("entitled/all-but-one", self.people_of(3, 1), each={n: {"entitled": "yes"} for n in range(2)})
        self.household("entitled/alone", self.people_of(1, 1), each={0: {"entitled": "yes"}})

    def _applicants(self) -> None:
        for day in ("2020-03-31", "2020-04-01", "2020-04-02", "2019-04-01", "2021-04-01"):
            self.household(f"mutated/applicant/{day}", self.people_of(2, 1), each={0: {"mutated": day}})
        self.household("mutated/another-member", self.people_of(2, 1), each={1: {"mutated": "2020-04-01"}})
        members = self.people_of(3, 1)
        self.household("applicant/not-the-oldest", members, applicant=members[1])
        same = [self.person(date(1975, 5, 5)).earns(1) for _ in range(2)]
        self.household("applicant/same-day-lower", sorted(same, key=lambda p: p.insz))
        same = [self.person(date(1975, 5, 6)).earns(1) for _ in range(2)]
        self.household("applicant/same-day-higher", sorted(same, key=lambda p: p.insz, reverse=True))
        self.household("applicant/missing", self.people_of(2, 1), applicant=self.person(date(1960, 1, 1)))
        # born on one day in 1920 and 2020: the numbers alone do not say who is older
        self.household(
            "applicant/of-1920", [self.person(date(1920, 1, 1)).earns(1), self.person(date(2020, 1, 1)).earns()]
        )

    def _requests(self) -> None:
        self.household("request/of-another-year", self.people_of(2, 1), year=2019)
        self.household("request/of-another-insurer", self.people_of(2, 1), partner="insurer-a", digits="300")
        self.household("request/of-nobody", self.people_of(1, 1), partner="insurer-b", digits="999")
        for first, second in (("insurer-a", "insurer-c"), ("insurer-c", "insurer-a")):
            members = self.people_of(2, 1)
            for partner in (first, second):
                self.household(f"request/of-{first}-brought-by-two", members, partner=partner, digits=INSURERS[first])
        shared = self.people_of(3, 100, 200, 300)
        self.household("request/members-of-two-insurers", shared, partner="insurer-a")
        other = [shared[0], self.person(date(1999, 9, 9)).unknown(5)]
        self.household("request/members-of-two-insurers/other", other, partner="insurer-b")
        lost = self.person(date(1977, 7, 7)).unknown()
        for partner in ("insurer-a", "insurer-b"):
            self.household(f"request/unknown-in-two/{partner}", [lost], partner=partner)
        self.household("request/corrected-later", self.people_of(2, 1), corrected=True)
        wrong = {n: {"entitled": "yes", "outcome": "incomplete", "outcome_year": 2019} for n in range(2)}
        wrong[0] |= {"mutated": "2020-04-01", "vouchers": 90_000_00}
        members = self.people_of(2, 1)
        self.household(
            "request/everything-at-once", members, members[0], partner="insurer-c", digits="100", year=2018, each=wrong
        )

    def _incomes(self) -> None:
        self.household("income/of-several-codes", [self.person().earns(*split(CEILING[1] - 1, 4, self.random))])
        self.household("income/of-nothing", [self.person().earns(0)])
        mixed = self.person().earns(CEILING[1] - 1)
        mixed.first.append(("03", "", 0))
        self.household("income/known-and-not-available", [mixed])
        for n, mark in enumerate(MARKS):
            partner = self.people_of(2, mark, 0)
            self.household(f"marked/{n}", partner)
            waiting = [self.person().earns(mark), self.person(date(1983, 3, 3)).unknown(mark)]
            self.household(f"marked/{n}/carried", waiting)

    # --- at random --------------------------------------------------------------------------------

    def random_household(self) -> None:
        random = self.random
        size = random.choice((1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10))
        oldest = random.randrange(20, 95)
        members = [self._born(oldest)] + [self._born(random.randrange(oldest)) for _ in range(size - 1)]
        ordered = sorted(members, key=lambda p: (p.born, p.insz))
        ceiling = CEILING[size]
        total = random.choice((ceiling // 2, ceiling - 1, ceiling, random.randrange(2 * ceiling)))
        for member, cents in zip(members, split(total, size, random), strict=True):
            member.earns(*split(cents, random.choice((1, 1, 2, 3)), random))
            if random.random() < 0.06:
                member.unknown(*random.choice(((), (cents,))), code=random.choice(("01", "02", "77")))
        each: dict[int, dict[str, object]] = defaultdict(dict)
        if random.random() < 0.05:
            each |= {n: {"entitled": "yes"} for n in range(size)}
        if random.random() < 0.05:
            each[random.randrange(size)] |= {
                "outcome": random.choice(EARLIER),
                "outcome_year": random.randrange(2013, 2021),
            }
        if random.random() < 0.2:
            each[random.randrange(size)] |= {
                "vouchers": random.choice((ceiling, ceiling + 1, ceiling // 3, FICTITIOUS))
            }
        if random.random() < 0.1:
            each[random.randrange(size)] |= {"fictitious": "yes"}
        if random.random() < 0.05:
            each[random.randrange(size)] |= {"mutated": random.choice(("2020-04-01", "2020-02-29"))}
        applicant = ordered[0] if random.random() < 0.97 else random.choice(members)
        self.household("random", ordered, applicant=applicant, each=each, corrected=random.random() < 0.02)

    def _born(self, age: int) -> Person:
        """Somebody of about that age on a day on which not too many were born."""
        while True:
            day = date(2019 - age, 1, 1) + timedelta(days=self.random.randrange(365))
            if self._serials[f"{day:%y%m%d}"] < 900:
                return self.person(day)

    # --- files ------------------------------------------------------------------------------------

    def incomes(self, delivery: int) -> Lines:
        """What the tax office answers: in part by rows that a later
        file replaces, and about some whom nobody asked.
        """
        lines = Lines(f"incomes-{delivery}")
        for n, person in enumerate(self.people):
            for code, ipcal, cents in person.first if delivery == 1 else person.second:
                cell = "€" if code == "00" else ""
                part = self.random.randrange(self.parts)
                if code == "00" and n % 40 == 3:
                    lines.add(TAX_OFFICE, 0, person.insz, code, ipcal, cell, cents=cents + 1_000_000)
                    part = min(1, self.parts - 1)
                lines.add(TAX_OFFICE, part, person.insz, code, ipcal, cell, cents=cents)
        stranger = self.person(date(1990, 9, 9))
        lines.add(TAX_OFFICE, 0, stranger.insz, "00", "1250", "€", cents=12_345)
        return lines


def spoil(lines: Lines, partner: str, maker: Maker) -> None:
    """Bad rows of every kind, of somebody who is in nothing else."""
    random = maker.random
    other = maker.person(date(1966, 6, 6))
    digits = INSURERS.get(partner, "100")
    number = f"{digits}2020{other.insz}"
    bad_insz = other.insz[:-2] + f"{97 - int(other.insz[-2:]):02}"
    good = {
        "households": [number, other.insz, "1966-06-06", "no", "none", "", "0", "no", ""],
        "incomes-1": [other.insz, "00", "1250", "1.00"],
        "incomes-2": [other.insz, "00", "1250", "1.00"],
        "results": [number, other.insz, "", "1", "", "no"],
    }[lines.kind]
    wrong: dict[str, tuple[str, ...]] = {
        "request_number": ("", "1002020", number[:7] + bad_insz, number + "0"),
        "insz": ("", bad_insz, other.insz + "0", f"{other.insz[:6]}-{other.insz[6:9]}", "１" * 11),
        "birth_date": ("", "1966-02-29", "06/06/1966", "19660606"),
        "entitled_on_1_january": ("", "YES", "1"),
        "earlier_outcome": ("", "refused", "incomplete"),
        "earlier_year": ("2019", "nineteen"),
        "voucher_income": ("-1.00", "1.234,00", "1.001", "€ 1"),
        "fictitious": ("", "oui"),
        "mutated_on": ("2020-04-31", "april"),
        "return_code": ("", "0", "000", "0O", "01"),
        "ipcal_code": ("", "=1+1", "a b"),
        "amount": ("", "-1.00", "1 000", "1.000", "1e3"),
        "contacted_on": ("2020-12-01", "2020-13-01"),
        "category": ("", "0", "7", "3"),
        "entitled_from": ("2021-01-01", "soon"),
        "own_right": ("", "ja", "yes"),
    }
    for at, column in enumerate(COLUMNS[lines.kind]):
        for text in wrong[column]:
            lines.raw[partner].append(";".join((*good[:at], text, *good[at + 1 :])))
    # two rows of one key that differ: neither is believed
    twice = maker.person(date(1967, 7, 7))
    first = [cell.replace(other.insz, twice.insz) for cell in good]
    second = {"households": [*first[:3], "yes", *first[4:]], "results": [*first[:3], "2", *first[4:]]}.get(
        lines.kind, [*first[:3], "2.00"]
    )
    lines.raw[partner] += [";".join(first), ";".join(second), ";".join(first)]
    lines.raw[partner] += ["", ";".join(good[:-1]), "½;½", 'quo"te;' + ";".join(good)]
    random.shuffle(lines.raw[partner])


def generate(root: Path, persons: int = 2000, seed: int = 2020, parts: int = PARTS) -> dict[str, str]:
    """Write the files of households and incomes below `root`,
    `parts` of each; the cast, by name: request numbers.
    """
    maker = Maker(seed, parts)
    maker.the_cast()
    while len(maker.people) < persons:
        maker.random_household()
    for partner in INSURERS:
        spoil(maker.households, partner, maker)
    maker.households.write(root, maker.random)
    for delivery in (1, 2):
        lines = maker.incomes(delivery)
        spoil(lines, TAX_OFFICE, maker)
        lines.write(root, maker.random)
    return maker.cast


# --- phases 3 and 4 -------------------------------------------------------------------------------


def write_results(root: Path, exchange: Exchange, seed: int = 2020, parts: int = PARTS) -> None:
    """What the insurers report of the households whose code was OK, and of a few others: every
    category, and what is wrong with some.
    """
    maker = Maker(seed, parts)
    random, lines = maker.random, Lines("results")
    turns: list[Callable[[list[str]], Iterable[tuple[str, str, str]]]] = [
        *(_all_in(category) for category in "123456"),
        lambda members: (
            (insz, "6" if insz == members[-1] else "4", "yes" if insz == members[-1] else "no") for insz in members
        ),
        lambda members: ((insz, "2", "yes" if insz == members[-1] else "no") for insz in members),
        lambda members: ((insz, "6", "yes") for insz in members),
        lambda members: ((insz, "36"[n % 2], "no") for n, insz in enumerate(members)),
        lambda members: [(members[0], "4", "no")],
        lambda members: [(members[0], "4", "yes")],
        lambda _members: [],
    ]
    requests = {partner: exchange.ok(partner) for partner in exchange.insurers}
    for partner, ok in requests.items():
        for n, (number, members) in enumerate(sorted(ok.items())):
            for insz, category, own in turns[n % len(turns)](members):
                _told(lines, partner, random.randrange(max(1, parts - 1)), number, insz, category, own)
                if n % 30 == 4:
                    _told(lines, partner, parts - 1, number, insz, "1", "no")  # corrected later
            if n % 50 == 0:
                _told(lines, partner, min(1, parts - 1), number, maker.person(date(1955, 5, 5)).insz, "4", "no")
        others = [name for name in requests if name != partner]
        for number, members in sorted(requests[others[0]].items())[:3]:
            _told(lines, partner, min(1, parts - 1), number, members[0], "4", "no")
        refused = [number for (number, owner), code in exchange.codes[1].items() if owner == partner and code == "NOK"]
        for number in sorted(refused)[:3]:
            _told(lines, partner, min(1, parts - 1), number, number[7:], "5", "no")
        spoil(lines, partner, maker)
    lines.write(root, random)


def _all_in(category: str) -> Callable[[list[str]], Iterable[tuple[str, str, str]]]:
    return lambda members: ((insz, category, "no") for insz in members)


def _told(lines: Lines, partner: str, part: int, number: str, insz: str, category: str, own: str) -> None:
    contacted = "2020-12-01" if category in "345" else ""
    entitled = "2021-01-01" if category in "56" or own == "yes" else ""
    lines.add(partner, part, number, insz, contacted, category, entitled, own)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the files of a made-up exchange.")
    parser.add_argument("--persons", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("root", type=Path)
    arguments = parser.parse_args()
    cast = generate(arguments.root, arguments.persons, arguments.seed)
    (arguments.root / "cast.json").write_text(json.dumps(cast, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
