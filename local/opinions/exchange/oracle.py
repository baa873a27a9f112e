"""A second opinion on the exchange of 2020: what
the files of insurers and tax office should lead to.

Written from circulars V.I. 2020/197 and 2020/218 (RIZIV-INAMI) and the contract with partners, on
purpose unlike the product and without a line of it: everything of the year is in memory at once, a
day is a number such as 20010101, an amount a number of cents, and the ceilings are a written-out
table. Where it and the product differ, one of them is wrong.

    exchange = Exchange(INSURERS, TAX_OFFICE)
    exchange.drop_folder(root / "households"); exchange.select()
    exchange.drop_folder(root / "incomes-1"); exchange.answer(1)
    exchange.drop_folder(root / "incomes-2"); exchange.answer(2)
    exchange.drop_folder(root / "results"); exchange.report()
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

YEAR = 2020
INSURERS = {"insurer-a": "100", "insurer-b": "300", "insurer-c": "500"}
TAX_OFFICE = "tax-office"
COLUMNS = {
    "households": [
        "request_number",
        "insz",
        "birth_date",
        "entitled_on_1_january",
        "earlier_outcome",
        "earlier_year",
        "voucher_income",
        "fictitious",
        "mutated_on",
    ],
    "incomes-1": ["insz", "return_code", "ipcal_code", "amount"],
    "incomes-2": ["insz", "return_code", "ipcal_code", "amount"],
    "results": ["request_number", "insz", "contacted_on", "category", "entitled_from", "own_right"],
}
CEILING = {  # size: cents, for the incomes of 2018; four persons are the published 29.327,67
    1: 1885563,
    2: 2234631,
    3: 2583699,
    4: 2932767,
    5: 3281835,
    6: 3630903,
    7: 3979971,
    8: 4329039,
    9: 4678107,
    10: 5027175,
}
FICTITIOUS = CEILING[4]
YOUNGEST_ADULT = 20010101
"""Born on that day = eighteen on 1 January 2019."""
CLOSED_YEARS = ("2016", "2017", "2018", "2019")
PLACES = ("1", "2", "3", "4", "5", "6", "not-reported", "contradicting")

Row = dict[str, str]
Request = tuple[str, str]
"""Request number and the partner that brought it."""


# --- files ----------------------------------------------------------------------------------------


@dataclass
class File:
    """What should become of one dropped file: refused as a
    whole, or row by row (line numbers of the bad ones).
    """

    partner: str
    kind: str
    refused: bool = False
    good: list[Row] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    duplicates: int = 0


def read_file(key: str, text: str, numbers: Mapping[str, str]) -> File:
    """Read a file as the contract says; amounts become cents, so that two spellings are one amount.

    `numbers` = partner → the number that it is registered with.
    """
    _, partner, _, _, kind, _ = key.split("/")
    found = File(partner, kind)
    lines = text.removeprefix("\ufeff").splitlines()
    delimiter = ";" if ";" in lines[0] else ","
    header = lines[0].split(delimiter)
    if sorted(header) != sorted(COLUMNS[kind]):
        found.refused = True
        return found
    rows: list[tuple[int, Row]] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        cells = next(csv.reader([line], delimiter=delimiter))
        row = dict(zip(header, cells, strict=False))
        whole = len(cells) == len(header) and is_good(kind, row, comma=delimiter == ";")
        if whole and is_registered(partner, row, numbers):
            rows.append((number, row))
        else:
            found.rejected.append(number)
    of_key: dict[tuple[str, ...], list[tuple[int, Row]]] = defaultdict(list)
    for number, row in rows:
        of_key[key_of(kind, row)].append((number, row))
    for same in of_key.values():
        if all(row == same[0][1] for _, row in same):
            found.good.append(same[0][1])
            found.duplicates += len(same) - 1
        else:
            found.rejected += [number for number, _ in same]
    found.rejected.sort()
    return found


def key_of(kind: str, row: Row) -> tuple[str, ...]:
    if kind.startswith("incomes"):
        return row["insz"], row["ipcal_code"]
    return row["request_number"], row["insz"]


def is_insz(text: str) -> bool:
    if not re.fullmatch("[0-9]{11}", text):
        return False
    return any((97 - int(century + text[:9]) % 97) == int(text[9:]) for century in ("", "2"))


def is_day(text: str) -> bool:
    found = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if not found:
        return False
    year, month, day = map(int, found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def to_cents(text: str, comma: bool) -> str | None:
    """The cents of an amount as a text, None when it is none."""
    found = re.fullmatch("([0-9]+)(?:[.,]([0-9]{1,2}))?" if comma else "([0-9]+)(?:[.]([0-9]{1,2}))?", text)
    return str(int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))) if found else None


def is_good(kind: str, row: Row, comma: bool) -> bool:
    """Whether a row keeps the rules of its kind. Its amounts are rewritten to cents."""
    if "request_number" in row and not (
        re.fullmatch("[0-9]{18}", row["request_number"]) and is_insz(row["request_number"][7:])
    ):
        return False
    if not is_insz(row["insz"]):
        return False
    return {"households": is_good_member, "results": is_good_result}.get(kind, is_good_income)(row, comma)


def is_registered(partner: str, row: Row, numbers: Mapping[str, str]) -> bool:
    """Whether a request has the number that its insurer is registered with, if with any."""
    return "request_number" not in row or row["request_number"].startswith(numbers.get(partner, ""))


def is_good_member(row: Row, comma: bool) -> bool:
    vouchers = to_cents(row["voucher_income"] or "0", comma)
    row["voucher_income"] = vouchers or ""
    closed = row["earlier_outcome"] in ("no-reaction", "incomplete", "above-ceiling")
    past = bool(re.fullmatch("(19|20)[0-9]{2}", row["earlier_year"])) and int(row["earlier_year"]) <= YEAR
    return (
        vouchers is not None
        and is_day(row["birth_date"])
        and row["entitled_on_1_january"] in ("yes", "no")
        and row["fictitious"] in ("yes", "no")
        and (row["mutated_on"] == "" or is_day(row["mutated_on"]))
        and (past if closed else row["earlier_outcome"] == "none" and row["earlier_year"] == "")
    )


def is_good_result(row: Row, _comma: bool) -> bool:
    category, contacted = row["category"], row["contacted_on"]
    right = category in ("5", "6") or row["own_right"] == "yes"
    return (
        bool(re.fullmatch("[1-6]", category))
        and row["own_right"] in ("yes", "no")
        and all(row[day] == "" or is_day(row[day]) for day in ("contacted_on", "entitled_from"))
        and not (category in ("1", "2") and contacted)
        and not (category in ("3", "4") and not contacted)
        and right == bool(row["entitled_from"])
    )


def is_good_income(row: Row, comma: bool) -> bool:
    if not re.fullmatch("[0-9]{2}", row["return_code"]):
        return False
    if row["return_code"] != "00":
        return row["ipcal_code"] == row["amount"] == ""
    amount = to_cents(row["amount"], comma)
    row["amount"] = amount or ""
    return amount is not None and bool(re.fullmatch("[A-Za-z0-9._-]{1,64}", row["ipcal_code"]))


def to_number(day: str) -> int:
    return int(day.replace("-", ""))


# --- the exchange ---------------------------------------------------------------------------------


class Exchange:
    """The year: what was dropped, and what each step should hand over."""

    def __init__(self, insurers: dict[str, str], tax_office: str, *, registered: bool = False) -> None:
        """With `registered`, insurers bring only requests of their own number."""
        self.insurers, self.tax_office = insurers, tax_office
        self._numbers = insurers if registered else {}
        self.files: dict[str, File] = {}
        self.selected: dict[Request, dict[str, Row]] = {}
        """The households asked about: member rows by INSZ."""
        self.excluded: set[tuple[str, str, str]] = set()
        """Partner, request number, reason."""
        self.asked: dict[int, set[str]] = {1: set(), 2: set()}
        """pro_02: the persons asked in each delivery."""
        self.codes: dict[int, dict[Request, str]] = {1: {}, 2: {}}
        """pro_04: the codes of each sending."""
        self.ignored: dict[int, int] = {}
        """Persons about whom an answer came though nobody asked."""
        self.statistics: dict[str, dict[str, int]] = {}
        """Per insurer, the counts `households/3`, `persons/contacted`, …"""
        self.income: dict[str, int] = {}
        self._needs: set[tuple[Request, str]] = set()

    def drop_folder(self, folder: Path) -> None:
        for path in sorted(folder.rglob("*.csv"), key=lambda path: path.relative_to(folder).as_posix()):
            key = path.relative_to(folder).as_posix()
            self.files[key] = read_file(key, path.read_text("utf-8"), self._numbers)

    def _rows(self, kind: str, partners: Iterable[str]) -> list[tuple[str, Row]]:
        """The rows that stand, in the order in which the files were dropped."""
        awaited = set(partners)
        return [
            (f.partner, row) for f in self.files.values() if f.kind == kind and f.partner in awaited for row in f.good
        ]

    def select(self) -> None:
        """Phase 1 and Pro_02, first delivery."""
        households: dict[Request, dict[str, Row]] = defaultdict(dict)
        for partner, row in self._rows("households", self.insurers):
            households[row["request_number"], partner][row["insz"]] = row
        for (number, partner), members in households.items():
            reasons = self._reasons(number, partner, members, households)
            self.excluded |= {(partner, number, reason) for reason in reasons}
            if not reasons:
                self.selected[number, partner] = members
                self.asked[1] |= set(members)

    def _reasons(
        self, number: str, partner: str, members: dict[str, Row], households: dict[Request, dict[str, Row]]
    ) -> set[str]:
        owner = next((name for name, digits in self.insurers.items() if digits == number[:3]), None)
        if owner != partner and (number, owner) in households:
            return {"request-of-another-partner"}
        reasons = set()
        rows = list(members.values())
        applicant = members.get(number[7:])
        if owner != partner:
            reasons.add("insurer-not-yours")
        if number[3:7] != str(YEAR):
            reasons.add("year-differs")
        if applicant is None:
            reasons.add("applicant-missing")
        else:
            if min(rows, key=lambda row: row["birth_date"] + row["insz"]) is not applicant:
                reasons.add("applicant-not-oldest")
            if applicant["mutated_on"] == "2020-04-01":
                reasons.add("applicant-mutated")
        if not [row for row in rows if row["entitled_on_1_january"] == "no"]:
            reasons.add("all-entitled")
        if [row for row in rows if row["earlier_year"] in CLOSED_YEARS]:
            reasons.add("earlier-outcome")
        ceiling = FICTITIOUS if "yes" in [row["fictitious"] for row in rows] else CEILING[len(rows)]
        if sum(int(row["voucher_income"]) for row in rows) > ceiling:
            reasons.add("vouchers-above-ceiling")
        return reasons

    def answer(self, delivery: int) -> None:
        """Pro_03 and Pro_04 of a delivery, and Pro_02 of the next."""
        told: dict[str, dict[str, int]] = defaultdict(dict)
        about = set()
        for _, row in self._rows(f"incomes-{delivery}", [self.tax_office]):
            about.add(row["insz"])
            if row["return_code"] == "00":
                told[row["insz"]][row["ipcal_code"]] = int(row["amount"])
        asked = self.asked[delivery]
        self.ignored[delivery] = len(about - asked)
        known = {insz: sum(codes.values()) for insz, codes in told.items() if insz in asked}
        for request, members in self.selected.items():
            if delivery == 2 and request in self.codes[1]:
                continue
            total, unknown = 0, set()
            for insz, row in members.items():
                if insz in self.income:
                    total += self.income[insz]
                elif insz in known and (delivery == 1 or (request, insz) in self._needs):
                    total += known[insz]
                elif to_number(row["birth_date"]) <= YOUNGEST_ADULT:
                    unknown.add(insz)
            if unknown and delivery == 1:
                self.asked[2] |= unknown
                self._needs |= {(request, insz) for insz in unknown}
            elif unknown:
                self.codes[2][request] = "ONHOLD"
            else:
                self.codes[delivery][request] = "OK" if total < CEILING[len(members)] else "NOK"
        self.income |= known

    def ok(self, partner: str) -> dict[str, list[str]]:
        """The requests of an insurer whose code is OK, with the INSZ of their members."""
        codes = self.codes[1] | self.codes[2]
        return {
            number: sorted(members)
            for (number, owner), members in self.selected.items()
            if owner == partner and codes.get((number, owner)) == "OK"
        }

    # --- phases 3 and 4 ---------------------------------------------------------------------------

    def report(self) -> None:
        """The counts of the three tables, per insurer."""
        latest: dict[Request, dict[str, Row]] = defaultdict(dict)
        for partner, row in self._rows("results", self.insurers):
            latest[row["request_number"], partner][row["insz"]] = row
        for partner in self.insurers:
            counts: dict[str, int] = defaultdict(int)
            for number, members in self.ok(partner).items():
                self._count(members, latest.get((number, partner), {}), counts)
            self.statistics[partner] = dict(counts)

    @staticmethod
    def _count(members: list[str], told: dict[str, Row], counts: dict[str, int]) -> None:
        rows = [told[insz] for insz in members if insz in told]
        alone = [row["insz"] for row in rows if row["own_right"] == "yes"]
        of_household = [row for row in rows if row["own_right"] == "no"]
        if len(alone) == len(members):
            places, shared = {"6"}, rows
        else:
            places, shared = {row["category"] for row in of_household}, of_household
        place = "not-reported" if not places else places.pop() if len(places) == 1 else "contradicting"
        counts[f"households/{place}"] += 1
        opened = 0
        for insz in members:
            where = "6" if insz in alone and place in "123456" else place
            counts[f"persons/{where}"] += 1
            opened += where in ("5", "6")
        if [row for row in shared if row["contacted_on"]]:
            counts["households/contacted"] += 1
            counts["persons/contacted"] += len(members)
            counts["households/opened"] += place in ("5", "6")
            counts["persons/opened"] += opened

    def table(self, partner: str | None, number: int) -> list[tuple[str, ...]]:
        """The code and the numbers of each row of table
        1, 2 or 3 of an insurer; None = of all of them.
        """
        of = [self.statistics[partner]] if partner else list(self.statistics.values())

        def total(name: str) -> int:
            return sum(counts.get(name, 0) for counts in of)

        if number == 1:
            return [
                (row, str(total(f"households/{row}")), str(total(f"persons/{row}"))) for row in ("contacted", "opened")
            ]
        level = {2: "households", 3: "persons"}[number]
        rows = [(place, total(f"{level}/{place}")) for place in PLACES]
        return [(place, str(n)) for place, n in [*rows, ("total", sum(n for _, n in rows))]]

    def evaluation(self, entitled: set[str]) -> list[str]:
        """The rows of an evaluation, where these persons are on the list of the next year."""
        codes, rows = self.codes[1] | self.codes[2], []
        for code in ("OK", "NOK", "ONHOLD"):
            without = [
                {insz for insz, row in members.items() if row["entitled_on_1_january"] == "no"}
                for request, members in self.selected.items()
                if codes[request] == code
            ]
            gained = [members & entitled for members in without]
            counts = (len(without), sum(map(bool, gained)), sum(map(len, without)), sum(map(len, gained)))
            rows.append(";".join(map(str, (code, *counts))))
        return rows

    # --- files handed over, without their header --------------------------------------------------

    def handed_over(self, partner: str, name: str) -> list[Any]:
        """The rows of an output file, sorted; of a table, in its order."""
        if name.startswith("pro_02-"):
            return sorted(self.asked[int(name[7])]) if partner == self.tax_office else []
        if name.startswith("pro_04-"):
            return sorted(f"{n};{code}" for (n, p), code in self.codes[int(name[7])].items() if p == partner)
        if name == "excluded.csv":
            return sorted(f"{number};{reason}" for owner, number, reason in self.excluded if owner == partner)
        return self.table(None if partner == "operator" else partner, int(name[6]))
