"""Identity numbers of persons (INSZ, BIS), care providers (RIZIV) and accounts (IBAN).

Also the pseudonym under which a person is stored.
"""

import base64
import hmac
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache

from stdnum.be import ssn
from stdnum.exceptions import ValidationError

ELEVEN_DIGITS = re.compile(r"[0-9]{11}", re.ASCII)
RIZIV_NUMBER = re.compile(r"[0-9]{8}(?:[0-9]{3})?", re.ASCII)
RIZIV_MODULI = (97, 89)
"""97 for the older series of RIZIV numbers, 89 for the newer one.

Third-party validators also know 83 and 79, which are not accepted.
"""


@lru_cache(1024)
def is_insz(number: str) -> bool:
    """Whether `number` is a national register or BIS number.

    It has eleven digits, a possible birth date, and check digits modulo 97. The library reads
    today's year to choose the century of birth, so call this only where input is accepted; no later
    decision depends on it. It is slow, and the rows of a person or household follow one another, so
    a few results are cached.
    """
    return bool(ELEVEN_DIGITS.fullmatch(number)) and bool(ssn.is_valid(number))


def is_riziv_number(number: str, moduli: tuple[int, ...] = RIZIV_MODULI) -> bool:
    """Whether `number` (8 or 11 digits) has valid check digits.

    They are M minus the first six digits modulo M, for one of the moduli M in `moduli`.
    """
    if not RIZIV_NUMBER.fullmatch(number):
        return False
    body, check = int(number[:6]), int(number[6:8])
    for modulus in moduli:  # noqa: SIM110 (asked of every row: a generator costs more than the check)
        if check == modulus - body % modulus:
            return True
    return False


def is_iban(number: str) -> bool:
    """Whether `number` is an IBAN of a SEPA country, with the right length and check digits.

    The check digits are those modulo 97 of ISO 13616. No national rule is checked, because a
    library's list of banks rejects accounts of newer banks. It runs once per case, so it is two
    short lines here; a test compares it with the library.
    """
    country = number[:2]
    if SEPA_LENGTHS.get(country) != len(number) or not _IBAN.fullmatch(number):
        return False
    account = number[4:] if number[4:].isdecimal() else number[4:].translate(_LETTERS_AS_NUMBERS)
    return int(account + _COUNTRIES_AS_NUMBERS[country] + number[2:4]) % 97 == 1


def is_known_belgian_bank(number: str) -> bool:
    """Whether the library's list has the bank code of a Belgian IBAN.

    An unknown bank code is a warning and never rejects an account.
    """
    from stdnum.be import iban as belgian  # noqa: PLC0415 (reads its table of banks: only where a warning is wanted)

    try:
        belgian.validate(number)
    except ValidationError:
        return False
    return True


SEPA_LENGTHS: Mapping[str, int] = {
    "AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
"""The length of an IBAN in each country of the SEPA schemes' geographical scope.

Sources: European Payments Council, EPC409-09; SWIFT IBAN registry.
"""

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", re.ASCII)
_LETTERS_AS_NUMBERS = {ord(letter): str(ord(letter) - 55) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_COUNTRIES_AS_NUMBERS = {country: country.translate(_LETTERS_AS_NUMBERS) for country in SEPA_LENGTHS}


def person_key(insz: str, version: str, secrets: Mapping[str, str]) -> str:
    """The pseudonym of a person under a version of the secret.

    It is the version and 26 characters of HMAC-SHA256(secret, INSZ). A person always has the same
    pseudonym under one version. It reveals nothing without the secret. Raises KeyError for an
    unknown version.
    """
    digest = hmac.digest(secrets[version].encode(), insz.encode(), "sha256")
    return f"{version}-{base64.b32encode(digest[:16]).decode().rstrip('=').lower()}"


def shard_of(key: str, shards: int) -> int:
    """The shard (0 … shards − 1) of a person key or of a RIZIV number's first eight digits."""
    return zlib.crc32(key.encode()) % shards
