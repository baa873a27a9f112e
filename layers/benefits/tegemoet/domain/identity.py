"""Identity numbers of persons (INSZ, BIS) and care providers (RIZIV).

Also the pseudonym under which a person is stored, and the guard that keeps identity numbers out of
names and texts.
"""

import base64
import hmac
import re
import unicodedata
import zlib
from collections.abc import Mapping
from functools import lru_cache

from stdnum.be import ssn

ELEVEN_DIGITS = re.compile(r"[0-9]{11}", re.ASCII)
NEVER_ISSUED = frozenset(("000", "999"))
"""Order numbers (the seventh to ninth digit) that no person has: they count from 001 to 998."""
_BETWEEN = r"[^0-9A-Za-z]{0,3}"
_PRINTED = re.compile(
    rf"(?=([0-9]{{2}}){_BETWEEN}([0-9]{{2}}){_BETWEEN}([0-9]{{2}}){_BETWEEN}([0-9]{{3}}){_BETWEEN}([0-9]{{2}}))"
)
"""Eleven digits, bare or printed as `86.02.03-456.13`, at any place of a text. Each group may be
followed by up to three characters that are neither digit nor letter."""
RIZIV_NUMBER = re.compile(r"[0-9]{8}(?:[0-9]{3})?", re.ASCII)
RIZIV_MODULI = (97, 89)
"""97 for the older series of RIZIV numbers, 89 for the newer one.

Third-party validators also know 83 and 79, which are not accepted.
"""


@lru_cache(1024)
def is_insz(number: str) -> bool:
    """Whether `number` is a national register or BIS number.

    It has eleven digits, a possible birth date, an order number from 001 to 998, and check digits
    modulo 97. The library reads
    today's year to choose the century of birth, so call this only where input is accepted; no later
    decision depends on it. It is slow, and the rows of a person or household follow one another, so
    a few results are cached.
    """
    return bool(ELEVEN_DIGITS.fullmatch(number)) and number[6:9] not in NEVER_ISSUED and bool(ssn.is_valid(number))


def holds_insz(text: str) -> bool:
    """Whether `text` contains a valid identity number, bare or in a printed form, at any place.

    Names that partners choose appear in keys, files and logs, so no name may. A long number, such
    as a time stamp without separators, can contain one by chance. Ids that the system derives are
    not checked: nobody wrote a number into them.
    """
    if len(text) < 11:
        return False
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return any(is_insz("".join(found)) for found in _PRINTED.findall(text))


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
