"""Checks and readers of single fields. Each raises RowRejectedError with the column at fault."""

import re
from typing import get_args

from tegemoet.application.intake.kinds.reasons import LONGEST_HOLDER, RowRejectedError
from tegemoet.application.intake.kinds.records import Reading
from tegemoet.domain.calendar import read_day
from tegemoet.domain.iban import has_known_bank, is_iban
from tegemoet.domain.identity import holds_insz, is_insz, is_riziv_number
from tegemoet.domain.money import cents, read_amount
from tegemoet.domain.text import is_visible, plain
from tegemoet.schemes.professions import SPECIALISMS, Profession

_PROFESSIONS = frozenset(get_args(Profession))
_NO_SPECIALISM = ("",)
_CONVENTION_STATUSES = frozenset(("full", "partial", "none"))
_LABEL = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HOURS = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", re.ASCII)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)


def require_insz(text: str, column: str) -> str:
    if not is_insz(text):
        raise RowRejectedError(column, "insz-invalid")
    return text


def require_riziv_number(text: str) -> str:
    if len(text) != 11 or not is_riziv_number(text):
        raise RowRejectedError("riziv_number", "riziv-number-invalid")
    return text


def require_day(text: str, column: str) -> str:
    try:
        read_day(text)
    except ValueError:
        raise RowRejectedError(column, "not-a-day") from None
    return text


def read_cents(text: str, reading: Reading, column: str = "amount") -> int:
    if reading.decimal_comma:
        text = text.replace(",", ".")
    try:
        return cents(read_amount(text))
    except ValueError:
        raise RowRejectedError(column, "not-an-amount") from None


def read_yes(text: str, column: str) -> bool:
    if text not in ("yes", "no"):
        raise RowRejectedError(column, "not-yes-or-no")
    return text == "yes"


def read_hours(text: str, reading: Reading) -> str | None:
    if not text:
        return None
    hours = _HOURS.fullmatch(text.replace(",", ".") if reading.decimal_comma else text)
    if hours is None:
        raise RowRejectedError("medical_house_weekly_hours", "not-hours")
    # one spelling per number, so that 7.6 and 7,60 are the same row
    return f"{int(hours[1])}.{(hours[2] or ''):0<2}"


def require_one_of(text: str, known: frozenset[str], column: str, code: str) -> str:
    if text not in known:
        raise RowRejectedError(column, code)
    return text


def require_label(text: str, column: str) -> str:
    if not _LABEL.fullmatch(text):
        raise RowRejectedError(column, "label-invalid")
    if holds_insz(text):
        raise RowRejectedError(column, "holds-identity-number")
    return text


def require_holder(text: str) -> str:
    """The holder in one spelling, so that the same name is the same row however it was typed."""
    holder = plain(text)
    if not holder or len(holder) > LONGEST_HOLDER or not is_visible(holder):
        raise RowRejectedError("holder", "holder-invalid")
    if holds_insz(holder):
        raise RowRejectedError("holder", "holds-identity-number")
    return holder


def require_iban(text: str, reading: Reading) -> str:
    if not is_iban(text):
        raise RowRejectedError("iban", "iban-invalid")
    if text.startswith("BE") and not has_known_bank(text):
        reading.warnings.append("iban-bank-unknown")
    return text


def require_profession(profession: str, specialism: str) -> None:
    require_one_of(profession, _PROFESSIONS, "profession", "profession-unknown")
    if specialism not in SPECIALISMS.get(profession, _NO_SPECIALISM):
        raise RowRejectedError("specialism", "specialism-unknown")


def require_convention_status(text: str, column: str) -> str:
    return require_one_of(text, _CONVENTION_STATUSES, column, "status-unknown")


def is_year(text: str, last: int) -> bool:
    """Whether the text is a year from 1900 to `last`, written with four digits."""
    return _YEAR.fullmatch(text) is not None and int(text) <= last
