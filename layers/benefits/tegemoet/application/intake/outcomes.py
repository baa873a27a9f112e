"""The outcomes of the rows of one file: each is accepted, rejected with a reason, or a duplicate of
an earlier line."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from tegemoet.application.files import csv_text
from tegemoet.application.intake.kinds.reasons import reason_of
from tegemoet.application.intake.manifest import RowWarning
from tegemoet.application.intake.scratch import LineOrder, Partitions, ScratchSpace
from tegemoet.application.records import RowCounts

REJECTED_HEADER = b"line;column;code;reason"
DUPLICATES_HEADER = b"line;duplicate_of"
LINES_SHOWN = 100
"""How many line numbers of a warning are listed; every line is counted."""

RowConflict = tuple[str, int]
"""Why a row is rejected because of another (a code), and the line of that other row."""
FindConflicts = Callable[[list[bytes], Mapping[bytes, int]], Mapping[bytes, RowConflict]]
"""Of several different rows of one group, with the line of each, those that are in conflict."""


class RowOutcomes:
    """The rows that are not accepted, and the warnings on those that are."""

    def __init__(self, space: ScratchSpace) -> None:
        self.rows = 0
        self.rejected = LineOrder(space.partitions("rejected"))
        self.duplicates = LineOrder(space.partitions("duplicates"))
        self.reasons: Counter[str] = Counter()
        self._warnings: dict[str, list[int]] = {}
        self._warned: Counter[str] = Counter()

    def reject(self, line: int, column: str, code: str, other: int | None = None) -> None:
        self.reasons[code] += 1
        self.rejected.add(line, rejection(column, code, other))

    def duplicate(self, line: int, first: int) -> None:
        self.duplicates.add(line, b"%d" % first)

    def warn(self, line: int, code: str) -> None:
        self._warned[code] += 1
        lines = self._warnings.setdefault(code, [])
        if len(lines) < LINES_SHOWN:
            lines.append(line)

    @property
    def counts(self) -> RowCounts:
        rejected, duplicates = self.rejected.count, self.duplicates.count
        return RowCounts(self.rows, self.rows - rejected - duplicates, rejected, duplicates)

    @property
    def warnings(self) -> list[RowWarning]:
        return [RowWarning(code, self._warned[code], lines) for code, lines in sorted(self._warnings.items())]


def rejection(column: str, code: str, other: int | None = None, former_code: str | None = None) -> bytes:
    """The cells of `rejected.csv` after the line number: column, code, reason.

    The reason names the `other` line of a conflict and the code of an earlier version. No cell can
    run as a formula, because none begins with a value of the file.
    """
    reason = reason_of(code)
    if other is not None:
        reason = f"{reason.removesuffix('.')}: line {other}."
    if former_code is not None:
        reason = f"{reason.removesuffix('.')} (formerly {former_code})."
    return csv_text([(column, code, reason)]).removesuffix("\n").encode()


def resolve_duplicates(
    partitions: Partitions, part: int, group: Callable[[bytes], bytes], find: FindConflicts, outcomes: RowOutcomes
) -> Iterator[tuple[int, bytes]]:
    """The accepted rows of a part, with their lines; the outcomes of all others are recorded.

    A line of the part is `<line>\\t<row>`. Equal rows are one row and its duplicates. Of the
    different rows of one `group`, those that `find` returns are rejected, with every copy of them.
    """
    first: dict[bytes, int] = {}
    alone: dict[bytes, bytes] = {}
    several: dict[bytes, list[bytes]] = {}
    for raw in partitions.lines(part):
        line, _, row = raw.partition(b"\t")
        if row in first:
            continue
        first[row] = int(line)
        key = group(row)
        other = alone.setdefault(key, row)
        if other is not row:
            several.setdefault(key, [other]).append(row)
    conflicts: dict[bytes, RowConflict] = {}
    for rows in several.values():
        conflicts.update(find(rows, first))
    for raw in partitions.lines(part):
        text, _, row = raw.partition(b"\t")
        line_number = int(text)
        if row in conflicts:
            code, rival = conflicts[row]
            outcomes.reject(line_number, "", code, rival)
        elif first[row] != line_number:
            outcomes.duplicate(line_number, first[row])
        else:
            yield line_number, row


def contradicted(rows: list[bytes], lines: Mapping[bytes, int]) -> dict[bytes, RowConflict]:
    """Different rows of one key: all of them are in
    conflict, because nothing says which is right.
    """
    return {row: ("contradicted", lines[rows[0] if row is not rows[0] else rows[1]]) for row in rows}
