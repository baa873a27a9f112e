"""Encrypted data keys of sendings, at `flows/<year>/keys/<name>` in a bucket without versions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tegemoet.application.ports import Objects


class StoredDataKeys:
    """The data keys in `objects`. Destroying one requires no right on the KMS key."""

    def __init__(self, objects: "Objects") -> None:
        self._objects = objects

    def destroy(self, year: int, name: str) -> None:
        self._objects.delete([key_of(year, name)])


def key_of(year: int, name: str) -> str:
    """The object that holds the encrypted data key."""
    return f"flows/{year}/keys/{name}"
