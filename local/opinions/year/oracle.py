"""A second opinion on the convention premium 2023: what the files of a premium year should lead to.

Written from the source text, "Premie voor volledig geconventioneerde zorgverleners in 2023" (RIZIV-INAMI), and the
contract with partners, on purpose unlike the product and without a line of it: money is a number of cents, a day is an
ordinal number, the days on which somebody was fully conventioned are the bits of one integer. Where it and the product
differ, one of them is wrong.
"""

import csv
import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

YEAR = 2023

# Profession or specialism, premium, threshold; in the order of the source's table.
_TABLE = """
physician pathology 1.045,32 64.490,0
physician anaesthesiology 1.045,32 1.475,3
physician clinical-biology 1.045,32 164.393,0
physician cardiology 1.045,32 43.717,6
physician surgery 1.045,32 8.248,2
physician plastic-surgery 1.045,32 7.681,8
physician dermatology 1.045,32 22.299,4
physician gastroenterology 1.045,32 21.861,7
physician gynaecology 1.045,32 22.735,0
physician clinical-genetics 1.045,32 203.212,5
physician geriatrics 1.045,32 4.179,2
physician acute-medicine 1.045,32 8.581,8
physician general-practice 1.045,32 30.505,0
physician internal-medicine 1.045,32 8.685,8
physician nuclear-medicine 1.045,32 87.269,4
physician physical-medicine 1.045,32 43.270,1
physician emergency-medicine 1.045,32 20.950,6
physician neurosurgery 1.045,32 7.283,8
physician neurology 1.045,32 26.276,5
physician ent 1.045,32 32.959,9
physician medical-oncology 1.045,32 23.752,3
physician ophthalmology 1.045,32 40.029,3
physician orthopaedics 1.045,32 12.739,0
physician pneumology 1.045,32 30.460,7
physician psychiatry 1.045,32 11.549,8
physician paediatrics 1.045,32 14.118,5
physician radiology 1.045,32 120.038,4
physician radiotherapy 1.045,32 168.403,3
physician rheumatology 1.045,32 32.595,6
physician stomatology 1.045,32 10.930,0
physician urology 1.045,32 21.492,2
physician other 1.045,32 706,6
pharmacist-biologist - 1.045,32 164.393,0
dentist general-dentistry 1.707,31 26.697,3
dentist orthodontics 1.707,31 20.781,4
dentist periodontology 1.707,31 14.902,1
midwife - 975,49 872,6
nurse - 945,95 11.455,6
physiotherapist - 1.185,16 6.599,0
speech-therapist - 1.645,39 3.592,8
orthopaedic-technician - 945,61 57.997,8
bandage-maker - 957,79 141,8
optician - 1.015,97 2.272,7
hearing-aid-specialist - 946,66 20.934,1
pharmacist - 1.790,00 0,0
"""


def _printed_cents(text: str) -> int:
    """Cents of an amount as the source prints it: `1.045,32`, `64.490,0`."""
    whole, decimals = text.replace(".", "").split(",")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


PREMIUM: dict[tuple[str, str], int] = {}
THRESHOLD: dict[tuple[str, str], int] = {}
for _line in _TABLE.split("\n"):
    if _line:
        _profession, _specialism, _premium, _threshold = _line.split()
        _row = (_profession, _specialism.strip("-") and _specialism)
        PREMIUM[_row] = _printed_cents(_premium)
        THRESHOLD[_row] = _printed_cents(_threshold)


def day(text: str) -> int:
    """The ordinal number of a day written YYYY-MM-DD. Raises ValueError for what is no such day."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("no day")
    return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal()


FIRST_OF_YEAR, LAST_OF_YEAR = day("2023-01-01"), day("2023-12-31")
FIFTEENTH_OF_FEBRUARY = day("2023-02-15")
END_OF_NOTIFICATION = {"speech-therapist": day("2023-03-03")}
ACCOUNT_DEADLINE = {1: day("2023-11-30"), 2: day("2024-05-31")}
FIFTH_OF_FULL_TIME = 760  # hundredths of an hour a week: 20 % of 38


# --- the rules, for one person ---------------------------------------------------------------------------------------


@dataclass
class Practice:
    """One number with one profession. Cents, ordinal days, hundredths of hours."""

    number: str
    profession: str
    specialism: str = ""
    granted: int = 0
    trainee: bool = False
    hours: int | None = None
    conventions: list[tuple[int, int, str]] = field(default_factory=list)  # later ones win
    first_semester: int | None = None
    whole_year: int | None = None
    pharmacy: str = ""
    office_has_account: bool = False
    payee: str = ""  # eight digits of who gets the pharmacy's premium; empty = this titular
    held: bool = False
    paid_to_another: int = 0
    year_choice: str = ""

    @property
    def premium(self) -> int:
        return PREMIUM[self.profession, self.specialism]


@dataclass
class Verdict:
    """What a phase makes of a person; cents."""

    outcome: str
    practices: list[str]
    due: int
    pays: int
    recovery: int
    booked_under: str = ""  # profession
    number: str = ""
    pharmacy: str = ""
    year_amount_exceptions: list[str] = field(default_factory=list)
    closed: bool = False
    settled: bool = False  # nothing waits, except perhaps a recovery


def full_days(conventions: list[tuple[int, int, str]]) -> int:
    """The days of the year with a full convention, as bits: bit 0 is 1 January."""
    bits = 0
    for first, last, status in conventions:
        first, last = max(first, FIRST_OF_YEAR), min(last, LAST_OF_YEAR)
        if first <= last:
            mask = ((1 << (last - first + 1)) - 1) << (first - FIRST_OF_YEAR)
            bits = bits | mask if status == "full" else bits & ~mask
    return bits


def conventioned(practice: Practice, phase: int, today: int) -> str:
    """`yes`, `no`, or `later` where the number is to be granted on a later day of the year."""
    if practice.granted > LAST_OF_YEAR:
        return "no"
    start = max(FIFTEENTH_OF_FEBRUARY, practice.granted, END_OF_NOTIFICATION.get(practice.profession, 0))
    stop = LAST_OF_YEAR if phase == 2 else min(today, LAST_OF_YEAR)
    if start > stop:
        return "later"
    needed = ((1 << (stop - start + 1)) - 1) << (start - FIRST_OF_YEAR)
    return "no" if needed & ~full_days(practice.conventions) else "yes"


def amounts_matter(practice: Practice) -> bool:
    return practice.profession != "pharmacist" and not practice.trainee and practice.hours is None


def year_amount_doubtful(practice: Practice) -> bool:
    """Missing, or lower than the first semester's."""
    if practice.first_semester is None or not amounts_matter(practice):
        return False
    return practice.whole_year is None or practice.whole_year < practice.first_semester


def active(practice: Practice, phase: int) -> str:
    """`yes`, `no`, or `later` where the first semester cannot settle it."""
    if practice.profession == "pharmacist" or practice.trainee:
        return "yes"
    if practice.hours is not None:
        return "yes" if practice.hours >= FIFTH_OF_FULL_TIME else "no"
    first_semester_counts = year_amount_doubtful(practice) and practice.year_choice == "first-semester-counts"
    amount = practice.first_semester if phase == 1 or first_semester_counts else practice.whole_year
    if (amount or 0) >= THRESHOLD[practice.profession, practice.specialism]:
        return "yes"
    return "later" if phase == 1 else "no"


def account(practice: Practice, accounts: list[int], phase: int, today: int) -> str:
    if practice.profession == "pharmacist":
        return "yes" if practice.office_has_account else "later"
    known = [registered for registered in accounts if registered <= today]
    if known and min(known) <= ACCOUNT_DEADLINE[phase]:
        return "yes"
    return "later" if phase == 1 or (not known and today <= ACCOUNT_DEADLINE[2]) else "no"


def waits_for_a_person(practice: Practice, phase: int) -> bool:
    return practice.held or (phase == 2 and year_amount_doubtful(practice) and not practice.year_choice)


def judge(practice: Practice, accounts: list[int], phase: int, today: int) -> str:
    """`granted`, `pending` or `refused`."""
    if waits_for_a_person(practice, phase):
        return "pending"
    answers = {
        conventioned(practice, phase, today),
        active(practice, phase),
        account(practice, accounts, phase, today),
        "no" if practice.payee and practice.payee != practice.number[:8] else "yes",
        "no" if practice.paid_to_another else "yes",
    }
    return "refused" if "no" in answers else "pending" if "later" in answers else "granted"


def settle(practices: list[Practice], accounts: list[int], paid: int, phase: int, today: int) -> Verdict:
    """What the phase decides on this person, of whom `paid` cents were paid before (what came back taken off)."""
    outcomes = [judge(practice, accounts, phase, today) for practice in practices]
    won = [p for p, outcome in zip(practices, outcomes, strict=True) if outcome == "granted"]
    best = min(won, key=lambda p: (-p.premium, p.number), default=None)
    due = best.premium if best else 0
    waiting = [p for p, outcome in zip(practices, outcomes, strict=True) if outcome == "pending"]
    # a pharmacy whose office has no account yet is not waited for where it can bring nothing more
    waiting = [
        p for p in waiting if p.office_has_account or not p.pharmacy or waits_for_a_person(p, phase) or p.premium > due
    ]
    # what waits may yet be due: only the rest is surely not
    may_be_due = max([due, *(p.premium for p in waiting)])
    recovery = max(0, paid - may_be_due) if phase == 2 else 0
    return Verdict(
        "granted" if won else "pending" if "pending" in outcomes else "refused",
        outcomes,
        due,
        max(0, due - paid),
        recovery,
        best.profession if best else "",
        best.number if best else "",
        best.pharmacy if best else "",
        [p.number for p in practices if phase == 2 and year_amount_doubtful(p) and not p.year_choice],
        phase == 2 and not waiting and not recovery,
        not waiting,
    )


# --- the files -------------------------------------------------------------------------------------------------------

COLUMNS = {
    "practices": "insz riziv_number profession specialism number_granted_on training medical_house_weekly_hours"
    " pharmacy_id tariff_office",
    "conventions": "riziv_number status from until",
    "activity-s1": "riziv_number setting amount",
    "activity-year": "riziv_number setting amount",
    "accounts": "insz holder iban registered_on language",
    "identities": "old_insz new_insz",
    "tariff-offices": "tariff_office holder iban",
}
IBAN_LENGTH = {
    "BE": 16,
    "NL": 18,
    "FR": 27,
    "DE": 22,
    "LU": 20,
    "GB": 22,
}  # the SEPA countries that the made-up year uses
LABEL = re.compile("[A-Za-z0-9._-]{1,64}")


def good_insz(text: str) -> bool:
    if not re.fullmatch("[0-9]{11}", text):
        return False
    month, day_of_month = int(text[2:4]) % 20, int(text[4:6])
    if month > 12 or day_of_month > 31:
        return False
    return any(97 - int(century + text[:9]) % 97 == int(text[9:]) for century in ("", "2"))


def good_riziv(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{11}", text)) and int(text[6:8]) in (
        97 - int(text[:6]) % 97,
        89 - int(text[:6]) % 89,
    )


def good_iban(text: str) -> bool:
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) or len(text) != IBAN_LENGTH.get(text[:2]):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def read_cents(text: str, delimiter: str) -> int:
    if not re.fullmatch("[0-9]{1,12}([.,][0-9]{1,2})?" if delimiter == ";" else r"[0-9]{1,12}(\.[0-9]{1,2})?", text):
        raise ValueError("no amount")
    whole, _, decimals = text.replace(",", ".").partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def _demand(good: object) -> None:
    if not good:
        raise ValueError("row")


def read_row(kind: str, row: dict[str, str], delimiter: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Key and content of a row. Raises ValueError where the row breaks a rule."""
    if kind == "practices":
        profession, specialism = row["profession"], row["specialism"]
        _demand(good_insz(row["insz"]) and good_riziv(row["riziv_number"]) and (profession, specialism) in PREMIUM)
        granted = day(row["number_granted_on"]) if row["number_granted_on"] else 0
        _demand(row["training"] == "no" or (row["training"] == "yes" and profession in ("physician", "dentist")))
        hours = None
        if row["medical_house_weekly_hours"]:
            hours = read_cents(row["medical_house_weekly_hours"], delimiter)
        both = bool(LABEL.fullmatch(row["pharmacy_id"])) and bool(LABEL.fullmatch(row["tariff_office"]))
        _demand(both if profession == "pharmacist" else not row["pharmacy_id"] and not row["tariff_office"])
        content = (
            row["insz"],
            profession,
            specialism,
            granted,
            row["training"] == "yes",
            hours,
            row["pharmacy_id"],
            row["tariff_office"],
        )
        return (row["riziv_number"],), content
    if kind == "conventions":
        _demand(good_riziv(row["riziv_number"]) and row["status"] in ("full", "partial", "none"))
        first, last = day(row["from"]), day(row["until"]) if row["until"] else day("9999-12-31")
        _demand(first <= last)
        return (row["riziv_number"], first, last), (row["status"],)
    if kind in ("activity-s1", "activity-year"):
        _demand(good_riziv(row["riziv_number"]) and row["setting"] in ("ambulatory", "day-hospital", "inpatient"))
        return (row["riziv_number"], row["setting"]), (read_cents(row["amount"], delimiter),)
    if kind == "accounts":
        _demand(
            good_insz(row["insz"])
            and row["holder"]
            and good_iban(row["iban"])
            and row["language"] in ("nl", "fr", "de", "")
        )
        return (row["insz"], day(row["registered_on"])), (row["holder"], row["iban"], row["language"])
    if kind == "identities":
        _demand(good_insz(row["old_insz"]) and good_insz(row["new_insz"]) and row["old_insz"] != row["new_insz"])
        return (row["old_insz"],), (row["new_insz"],)
    _demand(LABEL.fullmatch(row["tariff_office"]) and row["holder"] and good_iban(row["iban"]))
    return (row["tariff_office"],), (row["holder"], row["iban"])


@dataclass
class FileVerdict:
    """What becomes of one dropped file: refused, or its good rows (line, key, content) and the lines of the others."""

    refused: bool
    good: list[tuple[int, tuple[Any, ...], tuple[Any, ...]]] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)


def read_file(kind: str, content: bytes) -> FileVerdict:
    try:
        lines = content.decode("utf-8-sig").rstrip("\n").split("\n")
    except UnicodeDecodeError:
        return FileVerdict(True)
    delimiter = ";" if ";" in lines[0] else ","
    header = lines[0].rstrip("\r").split(delimiter)
    if sorted(header) != sorted(COLUMNS[kind].split()):
        return FileVerdict(True)
    found: list[tuple[int, tuple[Any, ...], tuple[Any, ...]]] = []
    verdict = FileVerdict(False)
    for number, line in enumerate(lines[1:], 2):
        try:
            _demand(len(line.encode()) <= 8192)
            cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter, strict=True), [])
            _demand(len(cells) == len(header))
            found.append((number, *read_row(kind, dict(zip(header, cells, strict=True)), delimiter)))
        except (ValueError, csv.Error):
            verdict.rejected.append(number)
    (_keep_disjoint if kind == "conventions" else _keep_agreeing)(found, verdict)
    verdict.rejected.sort()
    return verdict


def _keep_agreeing(found: list[tuple[int, tuple[Any, ...], tuple[Any, ...]]], verdict: FileVerdict) -> None:
    by_key: dict[tuple[Any, ...], list[tuple[int, tuple[Any, ...]]]] = {}
    for number, key, content in found:
        by_key.setdefault(key, []).append((number, content))
    for key, rows in by_key.items():
        if len({content for _, content in rows}) > 1:
            verdict.rejected += [number for number, _ in rows]
        else:
            verdict.good.append((rows[0][0], key, rows[0][1]))
            verdict.duplicates += [number for number, _ in rows[1:]]


def _keep_disjoint(found: list[tuple[int, tuple[Any, ...], tuple[Any, ...]]], verdict: FileVerdict) -> None:
    by_number: dict[str, list[tuple[int, tuple[Any, ...], tuple[Any, ...]]]] = {}
    for number, key, content in found:
        rows = by_number.setdefault(key[0], [])
        if any((k, c) == (key, content) for _, k, c in rows):
            verdict.duplicates.append(number)
        else:
            rows.append((number, key, content))
    for rows in by_number.values():
        for number, key, content in rows:
            if any(n != number and k[1] <= key[2] and key[1] <= k[2] for n, k, _ in rows):
                verdict.rejected.append(number)
            else:
                verdict.good.append((number, key, content))


# --- the year --------------------------------------------------------------------------------------------------------


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


class PremiumYear:
    """The year as the files tell it: `drop` them in the order in which they were written, run a `phase`."""

    def __init__(self) -> None:
        self.files: dict[str, FileVerdict] = {}
        self.brought: dict[tuple[str, tuple[Any, ...]], str] = {}  # kind, key → partner
        self.brought_days: dict[str, list[tuple[int, int, str]]] = {}  # number → first and last day, partner
        self.practices: dict[str, tuple[Any, ...]] = {}
        self.conventions: dict[str, list[tuple[int, int, str]]] = {}
        self.activity: dict[str, dict[str, dict[str, int]]] = {"activity-s1": {}, "activity-year": {}}
        self.accounts: dict[str, dict[int, tuple[str, str]]] = {}
        self.replaced_by: dict[str, str] = {}
        self.offices: dict[str, tuple[str, str]] = {}
        self.inszs: dict[str, list[str]] = {}  # number (eight digits) → every INSZ it ever came with
        self.paid: dict[str, int] = {}
        self.paid_on: dict[str, tuple[str, int]] = {}  # number (eight digits) → person, cents
        self.pharmacies: dict[str, tuple[str, str]] = {}  # pharmacy → person, number (eight digits)

    def drop(self, key: str, content: bytes) -> FileVerdict:
        """Take in the file that was written under `key`."""
        partner, kind = key.split("/")[1], key.split("/")[4]
        verdict = self.files[key] = read_file(kind, content)
        others = [row for row in verdict.good if self._is_of_another(partner, kind, row[1])]
        verdict.good = [row for row in verdict.good if row not in others] if others else verdict.good
        verdict.rejected = sorted([*verdict.rejected, *(line for line, _, _ in others)])
        for _, fact_key, fact in verdict.good:
            self.brought.setdefault((kind, fact_key), partner)
            if kind == "conventions":
                self.brought_days.setdefault(fact_key[0], []).append((fact_key[1], fact_key[2], partner))
            self._learn(kind, fact_key, fact)
        return verdict

    def _is_of_another(self, partner: str, kind: str, key: tuple[Any, ...]) -> bool:
        """Whether another partner brought the key; of a convention any of its days."""
        if kind == "conventions":
            days = self.brought_days.get(key[0], [])
            return any(who != partner and first <= key[2] and key[1] <= last for first, last, who in days)
        return self.brought.get((kind, key), partner) != partner

    def drop_folder(self, folder: Path) -> None:
        """Take in every file below `folder`, by key."""
        for path in sorted(folder.rglob("*.csv"), key=lambda p: p.relative_to(folder).as_posix()):
            self.drop(path.relative_to(folder).as_posix(), path.read_bytes())

    def _learn(self, kind: str, key: tuple[Any, ...], fact: tuple[Any, ...]) -> None:
        if kind == "practices":
            self.practices[key[0]] = fact
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
        """Practices per person (rows of one number, profession and specialism joined), and exceptions found."""
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

    def _give_pharmacies(self, persons: dict[str, list[Practice]], phase: int, today: int) -> None:
        """Of several titulars the eligible one with the lowest number; who was paid stays."""
        titulars: dict[str, list[Practice]] = {}
        for practices in persons.values():
            for practice in practices:
                if practice.pharmacy:
                    titulars.setdefault(practice.pharmacy, []).append(practice)
        for pharmacy, found in titulars.items():
            eligible = sorted(p.number for p in found if judge(p, [], phase, today) == "granted")
            payee = self.pharmacies[pharmacy][1] if pharmacy in self.pharmacies else eligible[0][:8] if eligible else ""
            for practice in found:
                practice.payee = payee

    def phase(self, phase: int, on: str) -> Phase:
        """Run a phase on the day `on`, approve and pay it."""
        today = day(on)
        persons, exceptions = self._persons()
        self._give_pharmacies(persons, phase, today)
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
            verdict = settle(practices, sorted(history), self.paid.get(person, 0), phase, today)
            result.verdicts[person] = verdict
            exceptions["year-amount"].update(n[:8] for n in verdict.year_amount_exceptions)
            if verdict.recovery:
                result.recoveries[person] = verdict.recovery
            if verdict.pays:
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
