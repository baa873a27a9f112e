"""MACs of accounts: the proof of who is paid, and the names of accounts in questions about them.

A proposed payment carries its proof into its entry, which has neither holder nor account. Whoever
has the secret can tell whether a payment file pays what was approved.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

import orjson


def payee_mac(payee: str, holder: str, iban: str, secret: bytes) -> str:
    """The MAC of payee, holder (in NFC) and account under the secret of the digests, in hex."""
    message = orjson.dumps([payee, unicodedata.normalize("NFC", holder), iban])
    return hmac.digest(secret, b"payee\0" + message, hashlib.sha256).hex()


def account_name(parts: Sequence[str], secret: bytes) -> str:
    """A name of what concerns an account, for the id of a question: 128 bits of a MAC, in hex.

    Nobody who reads it can find the account by trial, and no partner can find another account that
    has the same name, to which an operator's choice would apply.
    """
    return hmac.digest(secret, b"account\0" + orjson.dumps(list(parts)), hashlib.sha256).hex()[:32]
