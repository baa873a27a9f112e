"""Reading a file of cases: repeated case ids are compared here, each case is checked where it is
decided."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

from tegemoet.application.decisions.bulk import is_decidable
from tegemoet.application.intake.chunks import ChunkLine, case_line
from tegemoet.application.intake.keys import MAX_ROWS, FileRefusedError
from tegemoet.application.intake.lines import numbered_lines
from tegemoet.application.intake.outcomes import RowConflict, RowOutcomes, contradicted, resolve_duplicates
from tegemoet.application.intake.scratch import BUCKETS, LINES_PER_PART, ScratchSpace
from tegemoet.domain.problems import MalformedError
from tegemoet.domain.strict_json import read_line
from tegemoet.schemes.scheme import Scheme

_CASE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class CaseFile:
    """The lines of one file of cases (`cases/*.jsonl`)."""

    def __init__(self, scheme: Scheme, partner: str, outcomes: RowOutcomes, space: ScratchSpace) -> None:
        self._scheme, self._partner, self._outcomes = scheme, partner, outcomes
        self._texts = space.partitions("texts")
        self._keys = space.partitions("keys")
        self._accepted = bytearray()

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the whole file. Raises FileRefusedError."""
        outcomes, last = self._outcomes, 0
        unkeyed: list[int] = []
        for number, line in numbered_lines(blocks):
            outcomes.rows += 1
            last = number
            if outcomes.rows > MAX_ROWS:
                raise FileRefusedError("too-many-rows", number)
            if line is None:
                outcomes.reject(number, "", "row-too-long")
                continue
            text = line.encode()
            self._texts.add(number // LINES_PER_PART, b"%d\t%b" % (number, text))
            if key := _key(text):
                self._keys.add(zlib.crc32(key[0]) % BUCKETS, b"%d\t%b\t%b" % (number, *key))
            else:
                unkeyed.append(number)
        if not outcomes.rows:
            raise FileRefusedError("empty-file")
        self._accepted = bytearray(last + 1)
        for number in unkeyed:
            self._accepted[number] = 1

    def chunk_lines(self) -> Iterator[ChunkLine]:
        """Every accepted line as a line of a chunk, in the order of the file; it has no cents."""
        accepted, conflicts = self._accepted, self._contradicted
        for part in self._keys.parts():
            for number, _ in resolve_duplicates(self._keys, part, _case_id, conflicts, self._outcomes):
                accepted[number] = 1
        for part in self._texts.parts():
            for raw in self._texts.lines(part):
                line, _, text = raw.partition(b"\t")
                if accepted[int(line)]:
                    yield case_line(int(line), text.decode()), 0

    def _contradicted(self, rows: list[bytes], lines: Mapping[bytes, int]) -> dict[bytes, RowConflict]:
        """The conflicts among the cases that can be decided; one that cannot is rejected alone,
        when it is decided."""
        good = [row for row in rows if is_decidable(row.partition(b"\t")[2], self._scheme, self._partner)]
        return contradicted(good, lines) if len(good) > 1 else {}


def _key(text: bytes) -> tuple[bytes, bytes] | None:
    """Case id and canonical JSON of a line.

    None where it does not have both; such a line is rejected when it is decided.
    """
    try:
        body, canonical = read_line(text)
        case_id = body["case_id"]
        return (case_id.encode(), canonical) if canonical and _CASE_ID.fullmatch(case_id) else None
    except (MalformedError, KeyError, TypeError):
        return None


def _case_id(row: bytes) -> bytes:
    return row[: row.index(b"\t")]
