"""KMS: codes that authenticate, and data keys that only their own context decrypts."""
# ruff: noqa: N803 - parameters are named as boto3 names them

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from local.simulator.client import Answer, Client, Hook, operation
from local.simulator.errors import Exceptions, RefusedError, UnsupportedError, invalid

LONGEST = 4096
"""Bytes of a message: docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html."""
EXCEPTIONS = Exceptions(
    *("DependencyTimeoutException", "IncorrectKeyException", "InvalidCiphertextException", "InvalidKeyUsageException"),
    *("KMSInternalException", "KMSInvalidMacException", "NotFoundException"),
)


class _DataKey(NamedTuple):
    """What an encrypted data key opens."""

    key_id: str
    context: Mapping[str, str]
    clear: bytes


@dataclass(slots=True)
class Keys:
    """The keys by ARN: whether each makes codes (`HMAC_256`) or encrypts. Deterministic."""

    makes_codes: Mapping[str, bool]
    data_keys: dict[bytes, _DataKey] = field(default_factory=dict)

    def reset(self) -> None:
        self.data_keys.clear()

    def require(self, key_id: str, codes: bool) -> None:
        """Raises RefusedError unless there is such a key for this use."""
        if key_id not in self.makes_codes:
            raise RefusedError("NotFoundException", f"Key '{key_id}' does not exist")
        if self.makes_codes[key_id] != codes:
            raise RefusedError("InvalidKeyUsageException", f"{key_id} key usage is not valid for this operation")


class Kms(Client):
    """A double of boto3's client over `store`."""

    service = "kms"
    exceptions = EXCEPTIONS

    def __init__(self, hook: Hook, store: Keys) -> None:
        super().__init__(hook)
        self._store = store

    @operation
    def generate_mac(self, *, KeyId: str, Message: bytes, MacAlgorithm: str) -> Answer:
        return {"Mac": self._mac(KeyId, Message, MacAlgorithm), "MacAlgorithm": MacAlgorithm, "KeyId": KeyId}

    @operation
    def verify_mac(self, *, KeyId: str, Message: bytes, Mac: bytes, MacAlgorithm: str) -> Answer:
        if not hmac.compare_digest(self._mac(KeyId, Message, MacAlgorithm), Mac):
            raise RefusedError("KMSInvalidMacException", "")
        return {"MacValid": True, "MacAlgorithm": MacAlgorithm, "KeyId": KeyId}

    def _mac(self, key_id: str, message: bytes, algorithm: str) -> bytes:
        if algorithm != "HMAC_SHA_256":
            raise UnsupportedError(f"the algorithm {algorithm}")
        self._store.require(key_id, codes=True)
        if not 1 <= len(message) <= LONGEST:
            raise invalid(f"Value at 'message' failed to satisfy constraint: 1 to {LONGEST} bytes")
        return hmac.digest(f"secret of {key_id}".encode(), message, "sha256")

    @operation
    def generate_data_key(self, *, KeyId: str, KeySpec: str, EncryptionContext: Mapping[str, str]) -> Answer:
        if KeySpec != "AES_256":
            raise UnsupportedError(f"the key specification {KeySpec}")
        self._store.require(KeyId, codes=False)
        number = len(self._store.data_keys)
        clear = sha256(f"data key {number} of {KeyId}".encode()).digest()
        encrypted = b"encrypted " + sha256(clear).digest()
        self._store.data_keys[encrypted] = _DataKey(KeyId, dict(EncryptionContext), clear)
        return {"KeyId": KeyId, "Plaintext": clear, "CiphertextBlob": encrypted}

    @operation
    def decrypt(self, *, CiphertextBlob: bytes, EncryptionContext: Mapping[str, str], KeyId: str) -> Answer:
        self._store.require(KeyId, codes=False)
        found = self._store.data_keys.get(bytes(CiphertextBlob))
        if found is None:
            raise RefusedError("InvalidCiphertextException", "")
        if found.key_id != KeyId:
            message = "The key ID in the request does not identify a CMK that can perform this operation."
            raise RefusedError("IncorrectKeyException", message)
        if found.context != EncryptionContext:
            raise RefusedError("InvalidCiphertextException", "")
        return {"KeyId": KeyId, "Plaintext": found.clear, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}
