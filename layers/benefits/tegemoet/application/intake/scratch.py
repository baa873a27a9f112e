"""Lines on the local disk, in numbered parts, so that each part is read alone and memory stays
flat."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from tegemoet.application.ports import Objects

BUCKETS = 256
"""The least number of parts over which rows are distributed by their key: 8,000 rows each for the
largest file."""
LINES_PER_PART = 20_000
"""Lines of a file that are sorted together."""


class ScratchSpace(ExitStack):
    """An empty folder for partitions.

    The end of its block closes their files; then the caller may remove the folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def partitions(self, name: str) -> "Partitions":
        folder = self._folder / name
        folder.mkdir()
        partitions = Partitions(folder)
        self.callback(partitions.parts)
        return partitions


class Partitions:
    """Lines in numbered parts on disk; a part begins with its first line.

    A line contains no line break.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[int, BinaryIO] = {}

    def add(self, part: int, line: bytes) -> None:
        file = self._parts.get(part)
        if file is None:
            file = self._parts[part] = (self._folder / str(part)).open("wb", buffering=1 << 14)
        file.write(line)
        file.write(b"\n")

    def parts(self) -> list[int]:
        """The numbers of the parts that have lines, in order. Nothing can be added afterwards."""
        for file in self._parts.values():
            file.close()
        return sorted(self._parts)

    def lines(self, part: int) -> Iterator[bytes]:
        with (self._folder / str(part)).open("rb") as file:
            for line in file:
                yield line[:-1]


class LineOrder:
    """Records about lines of a file, added in any order and read by line number; each begins with
    its line number and a `;`."""

    def __init__(self, partitions: Partitions) -> None:
        self._rows = partitions
        self.count = 0

    def add(self, line: int, record: bytes) -> None:
        """`record` = the cells after the line number."""
        self.count += 1
        self._rows.add(line // LINES_PER_PART, b"%d;%b" % (line, record))

    def __iter__(self) -> Iterator[bytes]:
        for part in self._rows.parts():
            yield from sorted(self._rows.lines(part), key=line_of)


def line_of(record: bytes) -> int:
    """The line number that a record begins with."""
    return int(record[: record.index(b";")])


def write_records(objects: Objects, key: str, header: bytes, records: Iterable[bytes]) -> None:
    """Write a CSV file of a header and records, as a stream, unless it exists."""
    with objects.writer(key, once=True) as sink:
        sink.write(header + b"\n")
        for record in records:
            sink.write(record + b"\n")
