"""Account numbers (IBAN), by the structure that each country registered.

The structures and the list of Belgian banks are data of the library `stdnum`, which takes them from
the IBAN registry of SWIFT and from the National Bank of Belgium.
"""

import re
from functools import cache, lru_cache

from stdnum import numdb

SEPA = frozenset(
    (
        "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR",
        "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO",
        "RS", "SE", "SI", "SK", "SM", "VA",
    )
)  # fmt: skip
"""The countries of the SEPA schemes' geographical scope.

Source: European Payments Council, EPC409-09.
"""

_PART = re.compile(r"([1-9][0-9]*)!([nac])", re.ASCII)
_CHARACTERS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_LETTERS_AS_NUMBERS = {ord(letter): str(ord(letter) - 55) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def is_iban(number: str) -> bool:
    """Whether `number` is an IBAN of a SEPA country.

    It has the country's structure (which characters stand where) and its check digits, 02 to 98
    (ISO 13616). A Belgian account also has right national check digits. It is written without
    spaces. The bank is not looked up, because a list of banks rejects accounts of newer ones.
    """
    country, check, account = number[:2], number[2:4], number[4:]
    if country not in SEPA or not _structure(country).fullmatch(account):
        return False
    if check != check_digits(country, account):
        return False
    return country != "BE" or int(account[10:]) == (int(account[:10]) % 97 or 97)


def check_digits(country: str, account: str) -> str:
    """The two check digits of an account: 98 minus its number modulo 97."""
    return f"{98 - int(f'{account}{country}00'.translate(_LETTERS_AS_NUMBERS)) % 97:02d}"


@cache
def _structure(country: str) -> re.Pattern[str]:
    """What follows the check digits in an IBAN of the country."""
    ((_, facts),) = numdb.get("iban").info(country)
    return re.compile(_PART.sub(lambda part: f"{_CHARACTERS[part[2]]}{{{part[1]}}}", facts["bban"]), re.ASCII)


def has_known_bank(number: str) -> bool:
    """Whether the list of banks has the bank code of a Belgian IBAN.

    An unknown code is a warning and never rejects an account.
    """
    return _is_known_bank(number[4:7])


@lru_cache(1024)
def _is_known_bank(code: str) -> bool:
    return bool(numdb.get("be/banks").info(code)[0][1])
