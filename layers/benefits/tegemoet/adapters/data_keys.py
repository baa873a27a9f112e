"""Encrypted data keys of sendings, at `flows/<year>/keys/<name>` in a bucket without versions.

A destroyed key leaves an empty object under its name, so that no call that goes on late can make it
again.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tegemoet.application.ports import Objects

DESTROYED = b""
"""What lies in the place of a destroyed key."""


class StoredDataKeys:
    """The data keys in `objects`. Destroying one requires no right on the KMS key."""

    def __init__(self, objects: "Objects") -> None:
        self._objects = objects

    def destroy(self, year: int, name: str) -> None:
        """Delete the key, unless only the mark of a destroyed one is left.

        It leaves no mark, which requires the right to encrypt: `KmsSeals` destroys a key when its
        sending is answered, and this is for what is left of earlier versions.
        """
        place = key_of(year, name)
        self._objects.delete([key for key, size in self._objects.sizes(place) if key == place and size])


def key_of(year: int, name: str) -> str:
    """The object that holds the encrypted data key."""
    return f"flows/{year}/keys/{name}"
