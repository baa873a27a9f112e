"""The chunks of a batch: its accepted lines, in objects of a size that one call of a function
handles."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import orjson

from tegemoet.application.intake.kinds.records import RowBody
from tegemoet.application.intake.manifest import Chunk
from tegemoet.application.ports import Objects, Seal

ChunkLine = tuple[bytes, int]
"""One line of a chunk with its line end, and the cents of its amount; 0 where it has none."""


class ChunkRow(NamedTuple):
    """A row of a CSV file in a chunk: its line, its shard, the kind and the values of its key, and
    its body."""

    line: int
    shard: int
    key: list[str]
    body: RowBody


def row_line(line: int, shard: int, key: bytes, body: bytes) -> bytes:
    """A row as a line of a chunk: a JSON array of the fields of `ChunkRow`.

    `key` and `body` are JSON already.
    """
    return b"[%d,%d,%b,%b]\n" % (line, shard, key, body)


def case_line(line: int, text: str) -> bytes:
    """A case as a line of a chunk: a JSON array of its line number and its text as it was sent."""
    return orjson.dumps([line, text]) + b"\n"


def chunk_key(batch: str, chunk: str) -> str:
    return f"batches/{batch}/chunks/{chunk}.jsonl"


def read_rows(batch: str, chunk: str, work: Objects) -> Iterator[ChunkRow]:
    """The rows of a chunk that is not sealed. Raises KeyError where there is none."""
    return (ChunkRow(*orjson.loads(line)) for line in work.get(chunk_key(batch, chunk)).splitlines())


def read_cases(batch: str, chunk: str, work: Objects) -> Iterator[tuple[int, bytes]]:
    """Line number and text of each case of a chunk. Raises KeyError where there is none."""
    for raw in work.get(chunk_key(batch, chunk)).splitlines():
        line, text = orjson.loads(raw)
        yield line, text.encode()


class ChunkWriter:
    """Writes the chunks of one batch and describes each."""

    def __init__(self, batch: str, work: Objects) -> None:
        self._batch, self._work = batch, work

    def write_numbered(self, lines: Iterator[ChunkLine], most: int) -> list[Chunk]:
        """Write chunks of at most `most` lines, each with the sum of its cents."""
        chunks: list[Chunk] = []
        while chunk_lines := list(islice(lines, most)):
            name, body = f"{len(chunks):03}", _joined(chunk_lines)
            self._work.put(chunk_key(self._batch, name), body)
            cents = sum(amount for _, amount in chunk_lines)
            chunks.append(Chunk(name, len(chunk_lines), hashlib.sha256(body).hexdigest(), cents))
        return chunks

    def write_shards(
        self, shards: Iterable[tuple[int, Iterator[ChunkLine]]], open_seal: Callable[[], Seal] | None
    ) -> list[Chunk]:
        """Write a chunk per shard that has lines, named after the shard; sealed where `open_seal`
        is given."""
        seal: Seal | None = None
        chunks: list[Chunk] = []
        for shard, lines in shards:
            chunk_lines = list(lines)
            if not chunk_lines:
                continue
            if open_seal and seal is None:
                seal = open_seal()
            name, body = f"{shard:03}", _joined(chunk_lines)
            self._work.put(chunk_key(self._batch, name), seal.seal(body) if seal else body)
            digest = None if seal else hashlib.sha256(body).hexdigest()
            chunks.append(Chunk(name, len(chunk_lines), digest, shard=shard))
        return chunks


def _joined(lines: Iterable[ChunkLine]) -> bytes:
    return b"".join(line for line, _ in lines)
