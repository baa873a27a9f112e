"""Data keys of deliveries: made by KMS, used here, and gone for good once the one object that holds them is deleted.

A data key leaves KMS twice, as it is and encrypted under the key of the incomes; only the encrypted one is kept, at
`flows/<year>/keys/<name>` in a bucket without versions. What is encrypted is bound to its year and delivery (encryption context).
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from tegemoet.application.ports import Objects

NONCE = 12
"""Bytes before what is encrypted, drawn for each object: one key seals some thousands of them, far from where draws may collide."""


class AesSeal:
    """AES-256 in Galois/Counter Mode under `key`, for what belongs to `name`."""

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


class Kms(Protocol):
    """What is used of boto3's client."""

    def generate_data_key(self, **request: Any) -> Mapping[str, Any]: ...

    def decrypt(self, **request: Any) -> Mapping[str, Any]: ...


class KmsSeals:
    """Data keys under `key` (an ARN) of KMS, kept in `objects`. Who only destroys them needs no right on that key, and no ARN."""

    def __init__(self, client: Kms, objects: "Objects", key: str = "") -> None:
        self._client, self._objects, self._key = client, objects, key

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        place, context = _place(year, name), {"year": str(year), "delivery": name}
        try:
            kept = self._objects.get(place)
        except KeyError:
            if not create:
                raise
            made = self._client.generate_data_key(KeyId=self._key, KeySpec="AES_256", EncryptionContext=context)
            if self._objects.put_once(place, made["CiphertextBlob"]):
                return AesSeal(made["Plaintext"], name)
            return self.open(year, name, create)  # somebody made one at the same moment
        known = self._client.decrypt(KeyId=self._key, CiphertextBlob=kept, EncryptionContext=context)
        return AesSeal(known["Plaintext"], name)

    def destroy(self, year: int, name: str) -> None:
        self._objects.delete([_place(year, name)])


def _place(year: int, name: str) -> str:
    return f"flows/{year}/keys/{name}"
