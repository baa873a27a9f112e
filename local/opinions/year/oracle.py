"""A second opinion on the convention premium: what the files of a premium year should lead to.

`figures.py` holds what a year pays, `rules.py` decides a person, `files.py` reads the files. None
of them shares a line with the product: where they differ from it, one of the two is wrong.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.opinions.year.figures import YearFigures, day
from local.opinions.year.files import FileVerdict, read_file
from local.opinions.year.partners import PARTNERS, SECOND
from local.opinions.year.rules import Practice, Verdict, judge, judge_person

MAY_BRING = {
    "register": ("practices", "conventions", "identities"),
    "accounts-desk": ("accounts",),
    "profiles": ("activity-s1", "activity-year"),
    "tariff-services": ("practices", "tariff-offices"),
    SECOND: ("practices", "conventions", "activity-s1", "activity-year", "accounts", "identities", "tariff-offices"),
}
"""Partner → kinds of files, as the contract has them for a partner of its profile."""
AUTHORITY = {"accounts": "accounts-desk", "identities": "register"}
"""Whose word counts. A row of anybody else has no effect before an operator has decided."""


@dataclass
class Payment:
    """One payment that a phase should make."""

    insz: str  # the first number of the person
    number: str
    profession: str
    cents: int
    iban: str
    holder: str


@dataclass
class Phase:
    """Everything that a phase should come to."""

    payments: list[Payment]
    verdicts: dict[str, Verdict]  # by the first number of the person
    recoveries: dict[str, int]
    exceptions: dict[str, set[str]]  # kind → numbers (eight digits, or eleven where there is no practice)

    @property
    def control_sum(self) -> int:
        return sum(payment.cents for payment in self.payments)

    def per_sector(self) -> dict[str, tuple[int, int]]:
        """Profession → number of payments, cents."""
        totals: dict[str, tuple[int, int]] = {}
        for payment in self.payments:
            count, cents = totals.get(payment.profession, (0, 0))
            totals[payment.profession] = (count + 1, cents + payment.cents)
        return totals


class ExpectedYear:
    """The expected results of a year: `drop` its files by key, then run a `phase`."""

    def __init__(self, figures: YearFigures) -> None:
        self.figures = figures
        self.files: dict[str, FileVerdict] = {}
        self.brought: dict[tuple[str, tuple[Any, ...]], str] = {}  # kind, key → partner
        self.brought_days: dict[str, list[tuple[int, int, str]]] = {}  # number → first and last day, partner
        self.practices: dict[str, tuple[Any, ...]] = {}
        self.conventions: dict[str, list[tuple[int, int, str]]] = {}
        self.activity: dict[str, dict[str, dict[str, int]]] = {"activity-s1": {}, "activity-year": {}}
        self.accounts: dict[str, dict[int, tuple[str, str]]] = {}
        self.replaced_by: dict[str, str] = {}
        self.offices: dict[str, tuple[str, str]] = {}
        self.claimed_by_two: set[str] = set()  # numbers (eight digits)
        self.inszs: dict[str, list[str]] = {}  # number (eight digits) → every INSZ it ever came with
        self.paid: dict[str, int] = {}
        self.paid_on: dict[str, tuple[str, int]] = {}  # number (eight digits) → person, cents
        self.pharmacies: dict[str, tuple[str, str]] = {}  # pharmacy → person, number (eight digits)
        self.held: set[str] = set()  # first numbers of persons to whom nothing is paid for the moment
        self.named: dict[str, list[str]] = {}  # number → the pharmacies that its rows named, in turn

    def drop(self, key: str, content: bytes) -> FileVerdict:
        """Read the file that was written under `key`."""
        partner, kind = key.split("/")[1], key.split("/")[4]
        verdict = self.files[key] = read_file(kind, content)
        if kind not in MAY_BRING.get(partner, ()):
            verdict = self.files[key] = FileVerdict(True)
        if partner == "tariff-services":
            self._reject_other_offices(kind, verdict)
        for _, fact_key, fact in verdict.good:
            if AUTHORITY.get(kind, partner) != partner:
                continue  # it waits for an operator
            if self._is_of_another(partner, kind, fact_key):
                self.claimed_by_two.add(fact_key[0][:8])
                continue
            self.brought.setdefault((kind, fact_key), partner)
            if kind == "conventions":
                self.brought_days.setdefault(fact_key[0], []).append((fact_key[1], fact_key[2], partner))
            self._learn(kind, fact_key, fact)
        return verdict

    def _reject_other_offices(self, kind: str, verdict: FileVerdict) -> None:
        """A tariff service brings the practices and accounts of its own offices only."""
        offices = PARTNERS["tariff-services"]["keys"]
        foreign = [row for row in verdict.good if (row[2][7] if kind == "practices" else row[1][0]) not in offices]
        verdict.good = [row for row in verdict.good if row not in foreign]
        verdict.rejected = sorted([*verdict.rejected, *(line for line, _, _ in foreign)])

    def _is_of_another(self, partner: str, kind: str, key: tuple[Any, ...]) -> bool:
        """Whether another partner delivered the key; of a convention, any of its days."""
        if kind == "conventions":
            days = self.brought_days.get(key[0], [])
            return any(who != partner and first <= key[2] and key[1] <= last for first, last, who in days)
        return self.brought.get((kind, key), partner) != partner

    def drop_folder(self, folder: Path) -> None:
        """Read every file below `folder`, in the order of their keys."""
        for path in sorted(folder.rglob("*.csv"), key=lambda p: p.relative_to(folder).as_posix()):
            self.drop(path.relative_to(folder).as_posix(), path.read_bytes())

    def _learn(self, kind: str, key: tuple[Any, ...], fact: tuple[Any, ...]) -> None:
        if kind == "practices":
            self.practices[key[0]] = fact
            if fact[6]:
                self.named.setdefault(key[0], []).append(fact[6])
            seen = self.inszs.setdefault(key[0][:8], [])
            if fact[0] not in seen:
                seen.append(fact[0])
        elif kind == "conventions":
            self.conventions.setdefault(key[0], []).append((key[1], key[2], fact[0]))
        elif kind == "accounts":
            self.accounts.setdefault(key[0], {})[key[1]] = (fact[0], fact[1])
        elif kind == "identities":
            self.replaced_by[key[0]] = fact[0]
        elif kind == "tariff-offices":
            self.offices[key[0]] = fact
        else:
            self.activity[kind].setdefault(key[0], {})[key[1]] = fact[0]

    def _first_number(self, insz: str) -> str:
        """The first INSZ of the chain that leads to `insz`."""
        before = {new: old for old, new in self.replaced_by.items()}
        seen = {insz}
        while insz in before and before[insz] not in seen:
            insz = before[insz]
            seen.add(insz)
        return insz

    def _persons(self) -> tuple[dict[str, list[Practice]], dict[str, set[str]]]:
        """Practices per person, rows of one number and profession joined, and exceptions."""
        exceptions: dict[str, set[str]] = {
            "identity-conflict": set(),
            "several-pharmacies": set(),
            "number-without-practice": set(),
        }
        before = {new: old for old, new in self.replaced_by.items()}
        persons: dict[str, dict[tuple[str, str, str], Practice]] = {}
        pharmacies: dict[str, set[str]] = {}
        for number in sorted(self.practices):
            insz, profession, specialism, granted, trainee, hours, pharmacy, office = self.practices[number]
            person = self._first_number(insz) if insz in before else insz
            joined = persons.setdefault(person, {})
            practice = joined.get((number[:8], profession, specialism))
            if practice is None:
                practice = joined[number[:8], profession, specialism] = Practice(
                    number,
                    profession,
                    specialism,
                    granted,
                    trainee,
                    hours,
                    pharmacy=pharmacy,
                    office_has_account=office in self.offices,
                )
            practice.number = number  # the highest code is shown
            practice.granted = min(practice.granted, granted)
            practice.conventions += self.conventions.get(number, [])
            for activity, name in (("activity-s1", "first_semester"), ("activity-year", "whole_year")):
                amount = self.activity[activity].get(number, {}).get("ambulatory")
                if amount is not None:
                    setattr(practice, name, (getattr(practice, name) or 0) + amount)
            if len({self._first_number(i) for i in self.inszs[number[:8]]}) > 1:
                practice.held = True
                exceptions["identity-conflict"].add(number[:8])
            if number[:8] in self.claimed_by_two and number[:8] not in self.paid_on:
                practice.held = True
            if pharmacy:
                pharmacies.setdefault(person, set()).add(pharmacy)
        for person, several in pharmacies.items():
            if len(several) > 1:
                for practice in persons[person].values():
                    if practice.profession == "pharmacist":
                        practice.held = True
                        exceptions["several-pharmacies"].add(practice.number[:8])
        named = {*self.conventions, *self.activity["activity-s1"], *self.activity["activity-year"]}
        exceptions["number-without-practice"] = named - set(self.practices)
        return {person: list(joined.values()) for person, joined in persons.items()}, exceptions

    def _doubtful_pharmacies(self) -> set[str]:
        """Unpaid pharmacies that a number named after one that was paid: it may be the same one.

        Nobody answers in this year, so whatever was named after a doubtful one is doubtful too; but
        not where a number went back to what it named before.
        """
        turns = [tuple(names) for names in self.named.values()]
        turns += [
            (pharmacy, self.practices[number][6])
            for pharmacy, (_, short) in self.pharmacies.items()
            for number in self.practices
            if number[:8] == short and self.practices[number][6]
        ]
        direct = _after(turns, set(self.pharmacies)) - set(self.pharmacies)
        sure, lasting = set(self.pharmacies), [_lasting(names) for names in turns]
        while more := _after(lasting, sure) - sure:
            sure |= more
        return direct | sure - set(self.pharmacies)

    def _give_pharmacies(self, persons: dict[str, list[Practice]], phase: int, today: int) -> set[str]:
        """Of several titulars the eligible one with the lowest number; who was paid stays.

        Returns the pharmacies that are held, because they may have been paid under another id.
        """
        doubtful, doubts = self._doubtful_pharmacies(), set[str]()
        titulars: dict[str, list[Practice]] = {}
        for practices in persons.values():
            for practice in practices:
                if practice.pharmacy:
                    titulars.setdefault(practice.pharmacy, []).append(practice)
        for pharmacy, found in titulars.items():
            eligible = sorted(p.number for p in found if judge(p, [], phase, today, self.figures) == "granted")
            payee = self.pharmacies[pharmacy][1] if pharmacy in self.pharmacies else eligible[0][:8] if eligible else ""
            for practice in found:
                practice.payee = payee
                practice.held = practice.held or pharmacy in doubtful
            if pharmacy in doubtful:
                doubts.add(pharmacy)
        return doubts

    def came_back(self, payment: Payment) -> None:
        """The bank returned a payment: the person is held until another account comes."""
        self.paid[payment.insz] -= payment.cents
        person, cents = self.paid_on[payment.number[:8]]
        self.paid_on[payment.number[:8]] = (person, cents - payment.cents)
        self.held.add(payment.insz)

    def paid_alone(self, phase: Phase) -> list[Payment]:
        """The payments of a phase to persons with one practice, by number."""
        practices = Counter(fact[0] for fact in self.practices.values())
        alone = (p for p in phase.payments if practices[p.insz] == 1 and p.profession != "pharmacist")
        return sorted(alone, key=lambda payment: payment.number)

    def phase(self, phase: int, on: str) -> Phase:
        """Run a phase on the day `on`, approve and pay it."""
        today = day(on)
        persons, exceptions = self._persons()
        exceptions["pharmacy-id"] = self._give_pharmacies(persons, phase, today)
        result = Phase([], {}, {}, exceptions)
        exceptions["year-amount"] = set()
        accounts: dict[str, dict[int, tuple[str, str]]] = {}
        for insz, history in self.accounts.items():
            accounts.setdefault(self._first_number(insz), {}).update(history)
        for person, practices in persons.items():
            history = accounts.get(person, {})
            for practice in practices:
                owner, cents = self.paid_on.get(practice.number[:8], (person, 0))
                practice.paid_to_another = cents if owner != person else 0
            verdict = judge_person(practices, sorted(history), self.paid.get(person, 0), phase, today, self.figures)
            result.verdicts[person] = verdict
            exceptions["year-amount"].update(n[:8] for n in verdict.year_amount_exceptions)
            if verdict.recovery:
                result.recoveries[person] = verdict.recovery
            if verdict.pays and person not in self.held:
                if verdict.pharmacy:
                    holder, iban = self.offices[self.practices[verdict.number][7]]
                    self.pharmacies[verdict.pharmacy] = (person, verdict.number[:8])
                else:
                    holder, iban = history[max(d for d in history if d <= today)]
                result.payments.append(
                    Payment(person, verdict.number, verdict.booked_under, verdict.pays, iban, holder)
                )
                self.paid[person] = self.paid.get(person, 0) + verdict.pays
                self.paid_on[verdict.number[:8]] = (
                    person,
                    self.paid_on.get(verdict.number[:8], ("", 0))[1] + verdict.pays,
                )
        return result


def _after(turns: list[tuple[str, ...]], names: set[str]) -> set[str]:
    """Whatever was named after one of the names."""
    return {later for turn in turns for place, name in enumerate(turn) if name in names for later in turn[place + 1 :]}


def _lasting(turn: tuple[str, ...]) -> tuple[str, ...]:
    """The turn without the ways that led back to a name."""
    for place, name in enumerate(turn):
        if name in turn[place + 1 :]:
            last = len(turn) - 1 - turn[::-1].index(name)
            return turn[:place] + _lasting(turn[last:])
    return turn
