"""The bodies of answers, which are read once, as those of boto3."""

from collections.abc import Iterator
from io import BytesIO


class Body:
    """Bytes of an answer. What is read of it does not change when the object does."""

    def __init__(self, body: bytes) -> None:
        self._rest = BytesIO(body)

    def read(self, amt: int | None = None) -> bytes:
        return self._rest.read(amt)

    def iter_chunks(self, chunk_size: int = 1024) -> Iterator[bytes]:
        while chunk := self._rest.read(chunk_size):
            yield chunk

    def iter_lines(self) -> Iterator[bytes]:
        return (line.rstrip(b"\r\n") for line in self._rest)

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_chunks()

    def close(self) -> None:
        self._rest.close()
