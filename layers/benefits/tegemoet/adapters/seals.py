"""Data keys of sendings: made by KMS, destroyed by emptying the one object that holds them.

A data key leaves KMS twice, in the clear and encrypted under the key of the incomes. Only the
encrypted one is stored, at `flows/<year>/keys/<name>` in a bucket without versions. It is bound to
its year and sending by the encryption context.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tegemoet.adapters.data_keys import DESTROYED, StoredDataKeys, key_of

if TYPE_CHECKING:
    from tegemoet.application.ports import Objects

NONCE = 12
"""Bytes before the encrypted body, drawn at random for each object.

One key seals some thousands of objects, so few that two draws do not collide in practice.
"""


class AesSeal:
    """AES-256 in Galois/Counter Mode under `key`, with `name` as associated data."""

    def __init__(self, key: bytes, name: str) -> None:
        self._key, self._name = AESGCM(key), name.encode()

    def seal(self, body: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._key.encrypt(nonce, body, self._name)

    def unseal(self, sealed: bytes) -> bytes:
        try:
            return self._key.decrypt(sealed[:NONCE], sealed[NONCE:], self._name)
        except (InvalidTag, ValueError):
            raise ValueError("not sealed under this key") from None


class DataKey(TypedDict):
    """A data key in the clear and encrypted, as KMS returns it."""

    Plaintext: bytes
    CiphertextBlob: bytes


class ClearKey(TypedDict):
    """A decrypted data key, as KMS returns it."""

    Plaintext: bytes


class Kms(Protocol):
    """The calls of boto3's client that are used."""

    def generate_data_key(self, **request: str | Mapping[str, str]) -> DataKey: ...

    def decrypt(self, **request: str | bytes | Mapping[str, str]) -> ClearKey: ...


class KmsSeals(StoredDataKeys):
    """Data keys under `key` (an ARN) of KMS, stored in `objects`."""

    def __init__(self, client: Kms, objects: "Objects", key: str) -> None:
        super().__init__(objects)
        self._client, self._key = client, key

    def destroy(self, year: int, name: str) -> None:
        self._objects.put(key_of(year, name), DESTROYED)

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        place, context = key_of(year, name), {"year": str(year), "delivery": name}
        try:
            stored = self._objects.get(place)
        except KeyError:
            if not create:
                raise
            made = self._client.generate_data_key(KeyId=self._key, KeySpec="AES_256", EncryptionContext=context)
            if self._objects.put_once(place, made["CiphertextBlob"]):
                return AesSeal(made["Plaintext"], name)
            return self.open(year, name, create)  # another caller made one at the same time
        if stored == DESTROYED:
            raise KeyError(place)
        opened = self._client.decrypt(KeyId=self._key, CiphertextBlob=stored, EncryptionContext=context)
        return AesSeal(opened["Plaintext"], name)
