"""Identity numbers: persons (INSZ, BIS), care providers (RIZIV), accounts (IBAN), and the pseudonym under which a person is kept."""

import base64
import hmac
import re
import zlib
from collections.abc import Mapping

from stdnum import iban as stdnum_iban
from stdnum.be import ssn
from stdnum.exceptions import ValidationError

ELEVEN_DIGITS = re.compile(r"[0-9]{11}", re.ASCII)
RIZIV_NUMBER = re.compile(r"[0-9]{8}(?:[0-9]{3})?", re.ASCII)
RIZIV_MODULI = (97, 89)
"""97 for the older series of RIZIV numbers, 89 for the newer. Third-party validators also know 83 and 79: not accepted."""


def is_insz(number: str) -> bool:
    """Whether `number` is a national register or BIS number: eleven digits, a possible birth date, check digits modulo 97.

    The library looks at today's year to choose the century of birth, so this belongs at the border, where input is accepted;
    nothing that is decided later depends on it.
    """
    return bool(ELEVEN_DIGITS.fullmatch(number)) and bool(ssn.is_valid(number))


def is_riziv_number(number: str, moduli: tuple[int, ...] = RIZIV_MODULI) -> bool:
    """Whether `number` (8 or 11 digits) has valid check digits: M minus the first six digits modulo M, for a modulus of `moduli`."""
    if not RIZIV_NUMBER.fullmatch(number):
        return False
    body, check = int(number[:6]), int(number[6:8])
    return any(check == modulus - body % modulus for modulus in moduli)


def is_iban(number: str) -> bool:
    """Whether `number` has the length of its country and check digits modulo 97 (ISO 13616).

    National rules are left out on purpose: they refuse Belgian accounts of banks that are younger than the library's list.
    """
    try:
        stdnum_iban.validate(number, check_country=False)
    except ValidationError:
        return False
    return number[:2] in SEPA_COUNTRIES and number.isalnum() and number == number.upper()


def is_known_belgian_bank(number: str) -> bool:
    """Whether the bank code of a Belgian IBAN stands in the library's list; an unknown one is a warning, never a refusal."""
    from stdnum.be import iban as belgian  # its table of banks is read on import: only where a warning is wanted

    try:
        belgian.validate(number)
    except ValidationError:
        return False
    return True


SEPA_COUNTRIES = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA".split()
)
"""Countries and territories of the SEPA schemes' geographical scope (European Payments Council, EPC409-09), by the code of their IBAN."""


def person_key(insz: str, version: str, secrets: Mapping[str, str]) -> str:
    """The pseudonym of a person: the version of the secret and 26 characters of HMAC-SHA256(secret, INSZ).

    It is the same for the same person under one version and tells nothing without the secret. Raises KeyError for an unknown version.
    """
    digest = hmac.digest(secrets[version].encode(), insz.encode(), "sha256")
    return f"{version}-{base64.b32encode(digest[:16]).decode().rstrip('=').lower()}"


def shard_of(key: str, shards: int) -> int:
    """The shard (0 … shards − 1) of a person key or of the first eight digits of a RIZIV number."""
    return zlib.crc32(key.encode()) % shards
