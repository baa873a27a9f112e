"""The rows of every kind of file: columns, checks, and the fact that an accepted row becomes.

A reader is a plain function, because it runs for every row of files of two million: it takes the fields in the order of the columns
below and gives the fact's key, the text that it is spread over shards by, and its body. A further kind is a reader and a line of `KINDS`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from tegemoet.domain.calendar import read_day
from tegemoet.domain.identity import is_iban, is_insz, is_known_belgian_bank, is_riziv_number, person_key
from tegemoet.domain.money import cents, read_amount
from tegemoet.schemes.increased_reimbursement.household import EARLIER_OUTCOMES
from tegemoet.schemes.professions import SPECIALISMS, Profession

PROFESSIONS = frozenset(get_args(Profession))
NO_SPECIALISM = ("",)
CONVENTION_STATUSES = frozenset(("full", "partial", "none"))
SETTINGS = frozenset(("ambulatory", "day-hospital", "inpatient"))
LANGUAGES = frozenset(("nl", "fr", "de", ""))
CATEGORIES = frozenset("123456")
LONGEST_HOLDER = 140
"""Characters of an account holder's name, the length of a name in ISO 20022; it also keeps a fact below 1 kB, one write unit."""

_OUTCOMES = frozenset(EARLIER_OUTCOMES)
_LABEL = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HOURS = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_REQUEST = re.compile(r"[0-9]{18}", re.ASCII)
_RETURN_CODE = re.compile(r"[0-9]{2}", re.ASCII)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)

REASONS = {
    "birth-year-invalid": "The year of birth is no year from 1900 to the year of the file, written with four digits.",
    "category-unknown": "The category is not 1 to 6.",
    "contact-for-category": "Households of categories 1 and 2 were not contacted, those of 3 and 4 were.",
    "contradicted": "Another row says something else for the same key.",
    "earlier-year-for-outcome": "A year stands beside every earlier outcome but none, four digits and not after the year of the file.",
    "entitled-for-right": "A right has a first day, and what is no right has none.",
    "field-count": "The row has more or fewer fields than the header.",
    "holder-invalid": f"The holder is empty, longer than {LONGEST_HOLDER} characters, or holds control characters.",
    "iban-bank-unknown": "The bank of this Belgian account is not in the list of banks. The row is accepted.",
    "iban-invalid": "The account number is no valid IBAN of a SEPA country, without spaces.",
    "income-for-00": "Return code 00 has an income code and an amount, and no other code has.",
    "insz-invalid": "The identity number is not eleven digits with valid check digits.",
    "key-of-another-partner": "Another partner delivered this key first, and only that partner may replace it.",
    "label-invalid": "The name is not 1 to 64 letters, digits, points, underscores or hyphens.",
    "language-unknown": "The language is not nl, fr, de or empty.",
    "not-a-day": "The day is no existing day written as YYYY-MM-DD.",
    "not-an-amount": "The amount is not digits with at most two decimals, without sign or thousands sign.",
    "not-hours": "The hours are not up to three digits with at most two decimals.",
    "not-yes-or-no": "The field is not yes or no.",
    "numbers-equal": "The old and the new number are the same.",
    "outcome-unknown": "The earlier outcome is not none, no-reaction, incomplete or above-ceiling.",
    "overlapping": "Another row covers the same days of this number.",
    "pharmacy-for-pharmacists": "Every pharmacist has a pharmacy and a tariff office, and nobody else has.",
    "profession-unknown": "The profession is unknown.",
    "quote-misplaced": "A quote stands where none can stand.",
    "request-number-invalid": "The request number is not three digits, a year, and a valid identity number.",
    "return-code-invalid": "The return code is not two digits.",
    "riziv-number-invalid": "The number is not eleven digits with valid check digits.",
    "row-too-long": "The row is longer than 8 kB.",
    "setting-unknown": "The setting is not ambulatory, day-hospital or inpatient.",
    "specialism-unknown": "It is no specialism of this profession.",
    "status-unknown": "The convention is not full, partial or none.",
    "training-not-for-profession": "Only physicians and dentists are in training.",
    "until-before-from": "The period ends before it begins.",
}
"""What the codes of rejected rows mean, in one sentence each; none holds a value of the file."""


def reason_of(code: str) -> str:
    """The sentence for a code; a code of a case's own fields speaks for itself."""
    return REASONS.get(code) or f"{code.replace('-', ' ').capitalize()}."


class BadRow(Exception):  # noqa: N818 - named for what it says of the row
    """A row that is rejected alone: the column at fault (empty = the whole row) and a stable code."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column = column
        self.code = code


@dataclass(slots=True)
class Reading:
    """What the readers know of the file: its year, whether a comma is a decimal sign, and what makes the keys of persons in it.

    `key_version` and `secrets` may be left out where no row becomes a fact of a person.
    Readers add the codes of their warnings to `warnings`; who reads the row takes them out.
    """

    year: int
    decimal_comma: bool = False
    key_version: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    warnings: list[str] = field(default_factory=list)

    def person(self, insz: str) -> str:
        """The key of a person. Raises KeyError where the file has none."""
        return person_key(insz, self.key_version, self.secrets)


class Row(NamedTuple):
    """An accepted row: the key of its fact, the text that decides its shard, and its body."""

    key: str
    spread: str
    body: dict[str, Any]


Reader = Callable[[Sequence[str], Reading], Row]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its exact columns, how a row is read, where its facts lie, and what makes two rows of a file clash.

    `partition`: `numbers` (by the first eight digits), `persons` (by person key), any other = one partition of that name;
    `requests` and `insz`: its rows stay in files, a shard a chunk; None = its rows become no facts. `clash`: `key` = two rows of a key
    that differ; `days` = two rows of a number that overlap; None = rows have no key and are never the same.
    `sealed` = its chunks are encrypted under the data key of their delivery, and no sum of it is told.
    """

    scheme: str
    name: str
    columns: tuple[str, ...]
    read: Reader
    partition: str | None
    clash: Literal["key", "days"] | None
    sealed: bool = False

    @property
    def by_shard(self) -> bool:
        """Whether its rows stay in files, a shard a chunk, instead of becoming facts."""
        return self.partition in ("requests", "insz")

    def pk(self, year: int, shard: int) -> str | None:
        """The facts partition of the year's shard."""
        match self.partition:
            case None:
                return None
            case "numbers":
                return f"{year}#n{shard}"
            case "persons":
                return f"{year}#p{shard}"
            case name:
                return f"{year}#{name}"


# --- fields -----------------------------------------------------------------------------------------------------------------


def _insz(text: str, column: str) -> str:
    if not is_insz(text):
        raise BadRow(column, "insz-invalid")
    return text


def _riziv_number(text: str) -> str:
    if len(text) != 11 or not is_riziv_number(text):
        raise BadRow("riziv_number", "riziv-number-invalid")
    return text


def _day(text: str, column: str) -> str:
    try:
        read_day(text)
    except ValueError:
        raise BadRow(column, "not-a-day") from None
    return text


def _cents(text: str, reading: Reading, column: str = "amount") -> int:
    if reading.decimal_comma:
        text = text.replace(",", ".")
    try:
        return cents(read_amount(text))
    except ValueError:
        raise BadRow(column, "not-an-amount") from None


def _yes(text: str, column: str) -> bool:
    if text not in ("yes", "no"):
        raise BadRow(column, "not-yes-or-no")
    return text == "yes"


def _hours(text: str, reading: Reading) -> str | None:
    if not text:
        return None
    found = _HOURS.fullmatch(text.replace(",", ".") if reading.decimal_comma else text)
    if found is None:
        raise BadRow("medical_house_weekly_hours", "not-hours")
    # one spelling for one number, so that 7.6 and 7,60 are the same row
    return f"{int(found[1])}.{(found[2] or ''):0<2}"


def _one_of(text: str, known: frozenset[str], column: str, code: str) -> str:
    if text not in known:
        raise BadRow(column, code)
    return text


def _label(text: str, column: str) -> str:
    if not _LABEL.fullmatch(text):
        raise BadRow(column, "label-invalid")
    return text


def _holder(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_HOLDER or _CONTROL.search(text):
        raise BadRow("holder", "holder-invalid")
    return text


_known_banks: set[str] = set()


def _iban(text: str, reading: Reading) -> str:
    if not is_iban(text):
        raise BadRow("iban", "iban-invalid")
    # four to six: the bank in a Belgian account; the list is asked once for each
    if text.startswith("BE") and text[4:7] not in _known_banks:
        if is_known_belgian_bank(text):
            _known_banks.add(text[4:7])
        else:
            reading.warnings.append("iban-bank-unknown")
    return text


# --- rows -------------------------------------------------------------------------------------------------------------------


def _practice(fields: Sequence[str], reading: Reading) -> Row:
    insz, number, profession, specialism, granted, training, hours, pharmacy, office = fields
    _insz(insz, "insz")
    _riziv_number(number)
    _one_of(profession, PROFESSIONS, "profession", "profession-unknown")
    if specialism not in SPECIALISMS.get(profession, NO_SPECIALISM):
        raise BadRow("specialism", "specialism-unknown")
    if granted:
        _day(granted, "number_granted_on")
    if _yes(training, "training") and profession not in SPECIALISMS:
        raise BadRow("training", "training-not-for-profession")
    for column, text in (("pharmacy_id", pharmacy), ("tariff_office", office)):
        if bool(text) != (profession == "pharmacist"):
            raise BadRow(column, "pharmacy-for-pharmacists")
        if text:
            _label(text, column)
    body = {
        "person": reading.person(insz),
        "riziv_number": number,
        "profession": profession,
        "specialism": specialism or None,
        "granted": granted or None,
        "training": training == "yes",
        "hours": _hours(hours, reading),
        "pharmacy": pharmacy or None,
        "office": office or None,
    }
    return Row(f"practice|{number}", number[:8], body)


def _convention(fields: Sequence[str], reading: Reading) -> Row:  # noqa: ARG001 - every reader has the same arguments
    number, status, first, last = fields
    _riziv_number(number)
    _one_of(status, CONVENTION_STATUSES, "status", "status-unknown")
    _day(first, "from")
    if last and _day(last, "until") < first:
        raise BadRow("until", "until-before-from")
    body = {"riziv_number": number, "status": status, "from": first, "until": last or None}
    return Row(f"convention|{number}|{first}", number[:8], body)


def _activity(kind: str) -> Reader:
    def read(fields: Sequence[str], reading: Reading) -> Row:
        number, setting, amount = fields
        _riziv_number(number)
        _one_of(setting, SETTINGS, "setting", "setting-unknown")
        body = {"riziv_number": number, "setting": setting, "cents": _cents(amount, reading)}
        return Row(f"{kind}|{number}|{setting}", number[:8], body)

    return read


def _account(fields: Sequence[str], reading: Reading) -> Row:
    insz, holder, iban, registered_on, language = fields
    _insz(insz, "insz")
    _holder(holder)
    _iban(iban, reading)
    _day(registered_on, "registered_on")
    _one_of(language, LANGUAGES, "language", "language-unknown")
    person = reading.person(insz)
    body = {
        "person": person,
        "registered_on": registered_on,
        "holder": holder,
        "iban": iban,
        "language": language or None,
    }
    return Row(f"account|{person}|{registered_on}", person, body)


def _identity(fields: Sequence[str], reading: Reading) -> Row:
    old, new = fields
    _insz(old, "old_insz")
    _insz(new, "new_insz")
    if old == new:
        raise BadRow("new_insz", "numbers-equal")
    person = reading.person(old)
    return Row(f"identity|{person}", person, {"old": person, "new": reading.person(new)})


def _tariff_office(fields: Sequence[str], reading: Reading) -> Row:
    office, holder, iban = fields
    _label(office, "tariff_office")
    body = {"tariff_office": office, "holder": _holder(holder), "iban": _iban(iban, reading)}
    return Row(f"office|{office}", office, body)


def _provider(fields: Sequence[str], reading: Reading) -> Row:
    profession, specialism, birth_year, convention, amount = fields
    _one_of(profession, PROFESSIONS, "profession", "profession-unknown")
    if specialism not in SPECIALISMS.get(profession, NO_SPECIALISM):
        raise BadRow("specialism", "specialism-unknown")
    if not _YEAR.fullmatch(birth_year) or int(birth_year) > reading.year:
        raise BadRow("birth_year", "birth-year-invalid")
    body = {
        "profession": profession,
        "specialism": specialism or None,
        "birth_year": int(birth_year),
        "convention": _one_of(convention, CONVENTION_STATUSES, "convention", "status-unknown"),
        "cents": _cents(amount, reading),
    }
    return Row("provider", "", body)


def _request_number(text: str) -> str:
    if not _REQUEST.fullmatch(text) or not is_insz(text[7:]):
        raise BadRow("request_number", "request-number-invalid")
    return text


def _member(fields: Sequence[str], reading: Reading) -> Row:
    request, insz, birth_date, entitled, outcome, outcome_year, vouchers, fictitious, mutated_on = fields
    _request_number(request)
    _insz(insz, "insz")
    _one_of(outcome, _OUTCOMES, "earlier_outcome", "outcome-unknown")
    if bool(outcome_year) != (outcome != "none") or (
        outcome_year and not (_YEAR.fullmatch(outcome_year) and int(outcome_year) <= reading.year)
    ):
        raise BadRow("earlier_year", "earlier-year-for-outcome")
    body = {
        "request_number": request,
        "insz": insz,
        "birth_date": _day(birth_date, "birth_date"),
        "entitled": _yes(entitled, "entitled_on_1_january"),
        "earlier_outcome": outcome,
        "earlier_year": int(outcome_year) if outcome_year else None,
        # who has no vouchers may leave it empty
        "voucher_cents": _cents(vouchers, reading, "voucher_income") if vouchers else 0,
        "fictitious": _yes(fictitious, "fictitious"),
        "mutated_on": _day(mutated_on, "mutated_on") if mutated_on else None,
    }
    return Row(f"member|{request}|{insz}", request, body)


def _income(fields: Sequence[str], reading: Reading) -> Row:
    insz, return_code, ipcal_code, amount = fields
    _insz(insz, "insz")
    if not _RETURN_CODE.fullmatch(return_code):
        raise BadRow("return_code", "return-code-invalid")
    available = return_code == "00"
    for column, text in (("ipcal_code", ipcal_code), ("amount", amount)):
        if bool(text) != available:
            raise BadRow(column, "income-for-00")
    body = {
        "insz": insz,
        "return_code": return_code,
        "ipcal_code": _label(ipcal_code, "ipcal_code") if available else None,
        "cents": _cents(amount, reading) if available else None,
    }
    return Row(f"income|{insz}|{ipcal_code}", insz, body)


def _entitled(fields: Sequence[str], reading: Reading) -> Row:  # noqa: ARG001 - every reader has the same arguments
    (insz,) = fields
    _insz(insz, "insz")
    return Row(f"entitled|{insz}", insz, {"insz": insz})


def _result(fields: Sequence[str], reading: Reading) -> Row:  # noqa: ARG001 - every reader has the same arguments
    request, insz, contacted_on, category, entitled_from, own_right = fields
    _request_number(request)
    _insz(insz, "insz")
    _one_of(category, CATEGORIES, "category", "category-unknown")
    if contacted_on:
        _day(contacted_on, "contacted_on")
    # a right may be there before the insurer has reached anybody, so categories 5 and 6 go with both
    if category in ("1", "2", "3", "4") and bool(contacted_on) != (category in ("3", "4")):
        raise BadRow("contacted_on", "contact-for-category")
    if entitled_from:
        _day(entitled_from, "entitled_from")
    own = _yes(own_right, "own_right")
    if bool(entitled_from) != (own or category in ("5", "6")):
        raise BadRow("entitled_from", "entitled-for-right")
    body = {
        "request_number": request,
        "insz": insz,
        "contacted_on": contacted_on or None,
        "category": int(category),
        "entitled_from": entitled_from or None,
        "own_right": own,
    }
    return Row(f"result|{request}|{insz}", request, body)


_PRACTICE_COLUMNS = (
    "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours"
    ";pharmacy_id;tariff_office"
)
_ACTIVITY_COLUMNS = "riziv_number;setting;amount"
_MEMBER_COLUMNS = (
    "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;voucher_income"
    ";fictitious;mutated_on"
)
_INCOME_COLUMNS = "insz;return_code;ipcal_code;amount"
_RESULT_COLUMNS = "request_number;insz;contacted_on;category;entitled_from;own_right"
_PREMIUM = "convention-premium"
_ALLOCATION = "premium-allocation"
_EXCHANGE = "increased-reimbursement"


def _kind(
    scheme: str,
    name: str,
    columns: str,
    read: Reader,
    partition: str | None,
    clash: Literal["key", "days"] | None = "key",
    sealed: bool = False,
) -> tuple[tuple[str, str], Kind]:
    return (scheme, name), Kind(scheme, name, tuple(columns.split(";")), read, partition, clash, sealed)


KINDS = dict(
    [
        _kind(_PREMIUM, "practices", _PRACTICE_COLUMNS, _practice, "numbers"),
        _kind(_PREMIUM, "conventions", "riziv_number;status;from;until", _convention, "numbers", "days"),
        _kind(_PREMIUM, "activity-s1", _ACTIVITY_COLUMNS, _activity("activity-s1"), "numbers"),
        _kind(_PREMIUM, "activity-year", _ACTIVITY_COLUMNS, _activity("activity-year"), "numbers"),
        _kind(_PREMIUM, "accounts", "insz;holder;iban;registered_on;language", _account, "persons"),
        _kind(_PREMIUM, "identities", "old_insz;new_insz", _identity, "identities"),
        _kind(_PREMIUM, "tariff-offices", "tariff_office;holder;iban", _tariff_office, "tariff-offices"),
        _kind(_ALLOCATION, "population", "profession;specialism;birth_year;convention;amount", _provider, None, None),
        _kind(_EXCHANGE, "households", _MEMBER_COLUMNS, _member, "requests"),
        _kind(_EXCHANGE, "incomes-1", _INCOME_COLUMNS, _income, "insz", sealed=True),
        _kind(_EXCHANGE, "incomes-2", _INCOME_COLUMNS, _income, "insz", sealed=True),
        _kind(_EXCHANGE, "results", _RESULT_COLUMNS, _result, "requests"),
        _kind(_EXCHANGE, "entitled", "insz", _entitled, "insz"),
    ]
)
"""Every kind of CSV file, by scheme and name."""
