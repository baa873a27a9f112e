"""The proof of who is paid: a MAC that a proposed payment carries into its entry.

An entry has neither holder nor account. Whoever has the secret can tell whether a payment file pays
what was approved.
"""

import hashlib
import hmac
import unicodedata

import orjson


def payee_mac(payee: str, holder: str, iban: str, secret: bytes) -> str:
    """The MAC of payee, holder (in NFC) and account under the secret of the digests, in hex."""
    message = orjson.dumps([payee, unicodedata.normalize("NFC", holder), iban])
    return hmac.digest(secret, b"payee\0" + message, hashlib.sha256).hex()
