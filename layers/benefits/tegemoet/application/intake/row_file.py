"""The rows of one file: each is read alone, then compared with the other rows of the file before it
is accepted."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import orjson

from tegemoet.application.intake.chunks import ChunkLine, row_line
from tegemoet.application.intake.keys import FileRefusedError
from tegemoet.application.intake.kinds.records import FileKind, Reading
from tegemoet.application.intake.outcomes import RowConflict, RowOutcomes, contradicted, resolve_duplicates
from tegemoet.application.intake.scratch import ScratchSpace
from tegemoet.domain.calendar import LAST_DAY_TEXT

MAX_PERIODS = 10_000
"""Convention rows of one number in one file: 27 years of a row a day."""


class RowFile:
    """The accepted rows of one file. `shards` = the number of shards of the year."""

    def __init__(
        self, kind: FileKind, reading: Reading, partner: str, shards: int, outcomes: RowOutcomes, space: ScratchSpace
    ) -> None:
        self._kind, self._reading, self._outcomes = kind, reading, outcomes
        self._partner, self._shards = partner, shards
        self._rows = space.partitions("rows")

    def chunk_lines(self) -> Iterator[ChunkLine]:
        """Every accepted row as a line of a chunk, with its cents, shard by shard."""
        for _, lines in self.shards():
            yield from lines

    def shards(self) -> Iterator[tuple[int, Iterator[ChunkLine]]]:
        """The lines of `chunk_lines` per shard. Read the lines of a shard before the next shard."""
        parts = sorted(self._rows.parts(), key=lambda b: (b % self._shards, b))
        for shard, buckets in groupby(parts, key=lambda b: b % self._shards):
            yield shard, self._lines(buckets, shard if self._kind.sharded else 0)

    def _lines(self, buckets: Iterable[int], shard: int) -> Iterator[ChunkLine]:
        with_amount = self._kind.has_amounts
        for bucket in buckets:
            for number, row in self._accepted(bucket):
                key, _, body = row.partition(b"\t")
                yield row_line(number, shard, key, body), (orjson.loads(body)["cents"] or 0) if with_amount else 0

    def _accepted(self, bucket: int) -> Iterator[tuple[int, bytes]]:
        match self._kind.conflict:
            case "key":
                return resolve_duplicates(self._rows, bucket, _key, contradicted, self._outcomes)
            case "days":
                return resolve_duplicates(self._rows, bucket, _number, overlapping, self._outcomes)
            case None:
                rows = (raw.partition(b"\t") for raw in self._rows.lines(bucket))
                return ((int(number), row) for number, _, row in rows)


def _key(row: bytes) -> bytes:
    return row[: row.index(b"\t")]


def _number(row: bytes) -> bytes:
    """The key without its last value, the first day: all periods of a number are compared."""
    return _key(row).rpartition(b",")[0]


def overlapping(rows: list[bytes], lines: Mapping[bytes, int]) -> dict[bytes, RowConflict]:
    """Of the convention rows of one number, those that have a day in common with another.

    Raises FileRefusedError `too-many-periods`, when there are too many to compare.
    """
    if len(rows) > MAX_PERIODS:
        raise FileRefusedError("too-many-periods", lines[rows[-1]])
    periods = []
    for row in rows:
        body = orjson.loads(row.partition(b"\t")[2])
        periods.append((body["from"], body["until"] or LAST_DAY_TEXT, row))
    periods.sort()
    conflicts: dict[bytes, RowConflict] = {}
    longest = periods[0]
    for period, following in zip(periods, [*periods[1:], None], strict=True):
        # of the later periods, the next begins first; of the earlier ones, `longest` ends last
        if following is not None and following[0] <= period[1]:
            conflicts[period[2]] = ("overlapping", lines[following[2]])
        elif longest is not period and period[0] <= longest[1]:
            conflicts[period[2]] = ("overlapping", lines[longest[2]])
        if period[1] > longest[1]:
            longest = period
    return conflicts
