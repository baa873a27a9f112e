"""The bodies of answers, which are read once, as those of boto3."""

from collections.abc import Iterator
from io import BytesIO

from local.simulator.faults import Cut


class Body:
    """Bytes of an answer. What is read of it does not change when the object does.

    One that is `cut` raises in the place of the bytes after that, and of the block that holds them.
    """

    def __init__(self, body: bytes, cut: Cut | None = None) -> None:
        self._rest, self._cut, self._size = BytesIO(body), cut, len(body)

    def read(self, amt: int | None = None) -> bytes:
        if self._cut is not None:
            end = self._size if amt is None else min(self._size, self._rest.tell() + amt)
            if end > self._cut.after(self._size):
                raise self._cut.error
        return self._rest.read(amt)

    def iter_chunks(self, chunk_size: int = 1024) -> Iterator[bytes]:
        while chunk := self.read(chunk_size):
            yield chunk

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_chunks()

    def close(self) -> None:
        self._rest.close()
