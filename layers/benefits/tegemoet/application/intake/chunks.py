"""The chunks of a batch: its accepted lines, in objects of a size that one call of a function
handles."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import orjson

from tegemoet.application.files import lines_of
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


def facts_key(batch: str, chunk: str) -> str:
    """Rows that become facts lie apart: holders and accounts are among them."""
    return f"facts/{batch}/{chunk}.jsonl"


def read_rows(batch: str, chunk: str, work: Objects) -> Iterator[ChunkRow]:
    """The rows of a chunk that is not sealed. Raises KeyError where there is none."""
    return _rows(work.get(chunk_key(batch, chunk)))


def read_facts(batch: str, chunk: str, work: Objects) -> Iterator[ChunkRow]:
    """The rows of a chunk that become facts. Raises KeyError where there is none."""
    return _rows(work.get(facts_key(batch, chunk)))


def _rows(body: bytes) -> Iterator[ChunkRow]:
    return (ChunkRow(*values) for values in lines_of(body))


def read_cases(batch: str, chunk: str, work: Objects) -> Iterator[tuple[int, bytes]]:
    """Line number and text of each case of a chunk. Raises KeyError where there is none."""
    for line, text in lines_of(work.get(chunk_key(batch, chunk))):
        yield line, text.encode()


class ChunkWriter:
    """Writes the chunks of one batch, each unless it exists, and describes each.

    `place` = the key of a chunk, by batch and name.
    """

    def __init__(self, batch: str, work: Objects, place: Callable[[str, str], str] = chunk_key) -> None:
        self._batch, self._work, self._place = batch, work, place

    def write_numbered(self, lines: Iterator[ChunkLine], most: int) -> list[Chunk]:
        """Write chunks of at most `most` lines, each with the sum of its cents."""
        chunks: list[Chunk] = []
        while chunk_lines := list(islice(lines, most)):
            chunk = self._write(len(chunks), chunk_lines)
            chunks.append(replace(chunk, cents=sum(amount for _, amount in chunk_lines)))
        return chunks

    def write_shards(
        self, shards: Iterable[tuple[int, Iterator[ChunkLine]]], open_seal: Callable[[], Seal] | None
    ) -> list[Chunk]:
        """Write a chunk per shard that has lines, named after the shard.

        It is sealed where `open_seal` is given. Nothing is written when that raises KeyError: the
        sending is answered and its key destroyed, so the file came too late.
        """
        seal: Seal | None = None
        chunks: list[Chunk] = []
        for shard, lines in shards:
            if chunk_lines := list(lines):
                if open_seal and seal is None:
                    try:
                        seal = open_seal()
                    except KeyError:
                        return []
                chunks.append(replace(self._write(shard, chunk_lines, seal), shard=shard))
        return chunks

    def _write(self, number: int, lines: list[ChunkLine], seal: Seal | None = None) -> Chunk:
        # the bytes of a chunk are released before the lines of the next one are collected
        name, body = f"{number:03}", b"".join(line for line, _ in lines)
        self._work.put_once(self._place(self._batch, name), seal.seal(body) if seal else body)
        return Chunk(name, len(lines), None if seal else hashlib.sha256(body).hexdigest())
