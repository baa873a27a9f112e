"""The files of partners, read by the second opinion: which rows are good, rejected or duplicates.

Written from the contract with partners, without a line of the product.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from local.opinions.year.figures import KNOWN_ROWS, day

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
ACCOUNT = {
    "BE": "[0-9]{12}",
    "NL": "[A-Z]{4}[0-9]{10}",
    "FR": "[0-9]{10}[A-Z0-9]{11}[0-9]{2}",
    "DE": "[0-9]{18}",
    "LU": "[0-9]{3}[A-Z0-9]{13}",
    "GB": "[A-Z]{4}[0-9]{14}",
}  # what follows the check digits, in the SEPA countries that the made-up year uses
LABEL = re.compile("[A-Za-z0-9._-]{1,64}")


def good_insz(text: str) -> bool:
    if not re.fullmatch("[0-9]{11}", text):
        return False
    month, day_of_month = int(text[2:4]) % 20, int(text[4:6])
    if month > 12 or day_of_month > 31 or text[6:9] in ("000", "999"):
        return False
    return any(97 - int(century + text[:9]) % 97 == int(text[9:]) for century in ("", "2"))


def good_riziv(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{11}", text)) and int(text[6:8]) in (
        97 - int(text[:6]) % 97,
        89 - int(text[:6]) % 89,
    )


def good_iban(text: str) -> bool:
    country, check, account = text[:2], text[2:4], text[4:]
    if not re.fullmatch(ACCOUNT.get(country, "-"), account):
        return False
    if (country == "BE" and (int(account[:10]) - int(account[10:])) % 97) or (country, account[10:]) == ("BE", "00"):
        return False
    return check == f"{98 - int(''.join(str(int(c, 36)) for c in account + country + '00')) % 97:02d}"


def read_holder(text: str) -> str:
    """The holder in one spelling. Raises ValueError where it has what nobody sees."""
    holder = unicodedata.normalize("NFC", text).strip()
    _demand(holder and not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in holder))
    _demand(not names_a_person(holder))
    return holder


def names_a_person(text: str) -> bool:
    """Whether eleven digits of the text, printed or not, are an identity number."""
    printed = r"(?=(\d\d)\W{0,3}(\d\d)\W{0,3}(\d\d)\W{0,3}(\d{3})\W{0,3}(\d\d))"
    return any(good_insz("".join(found)) for found in re.findall(printed, text.replace("_", "-")))


def good_label(text: str) -> bool:
    return bool(LABEL.fullmatch(text)) and not names_a_person(text)


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
        _demand(good_insz(row["insz"]) and good_riziv(row["riziv_number"]) and (profession, specialism) in KNOWN_ROWS)
        granted = day(row["number_granted_on"]) if row["number_granted_on"] else 0
        _demand(row["training"] == "no" or (row["training"] == "yes" and profession in ("physician", "dentist")))
        hours = None
        if row["medical_house_weekly_hours"]:
            hours = read_cents(row["medical_house_weekly_hours"], delimiter)
        both = good_label(row["pharmacy_id"]) and good_label(row["tariff_office"])
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
        _demand(good_insz(row["insz"]) and good_iban(row["iban"]) and row["language"] in ("nl", "fr", "de", ""))
        return (row["insz"], day(row["registered_on"])), (read_holder(row["holder"]), row["iban"], row["language"])
    if kind == "identities":
        _demand(good_insz(row["old_insz"]) and good_insz(row["new_insz"]) and row["old_insz"] != row["new_insz"])
        return (row["old_insz"],), (row["new_insz"],)
    _demand(good_label(row["tariff_office"]) and good_iban(row["iban"]))
    return (row["tariff_office"],), (read_holder(row["holder"]), row["iban"])


@dataclass
class FileVerdict:
    """The result of one file: refused, or good rows (line, key, content) and other lines."""

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
