"""A file of cases on its way in, and the decisions on them: the same decisions, byte for byte, as one by one through the API."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson

from tegemoet.application.decisions.deciding import Decided, check_superseded, decide_line, read_json
from tegemoet.application.decisions.reading import find_decision, keep_parameters
from tegemoet.application.intake.keys import MAX_ROWS, Refused
from tegemoet.application.intake.lines import read_lines
from tegemoet.application.intake.outcomes import Clash, Marks, contradicted, settle
from tegemoet.application.intake.scratch import SPAN, Disk
from tegemoet.application.ports import Decisions, Objects, Secrets
from tegemoet.domain.decision import canonical
from tegemoet.domain.problems import Invalid, Problem
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Data, Scheme

BUCKETS = 256
_CASE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class CaseFile:
    """The lines of one `cases/*.jsonl`: only repeated case ids are compared here, each case is judged where it is decided."""

    def __init__(self, scheme: Scheme, partner: str, marks: Marks, disk: Disk) -> None:
        self._scheme, self._partner, self._marks = scheme, partner, marks
        self._texts = disk.spool("texts")
        self._keys = disk.spool("keys")
        self._standing = bytearray()

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the whole file. Raises Refused."""
        marks, last = self._marks, 0
        unkeyed: list[int] = []
        for number, line in read_lines(blocks):
            marks.rows += 1
            last = number
            if marks.rows > MAX_ROWS:
                raise Refused("too-many-rows", number)
            if line is None:
                marks.reject(number, "", "row-too-long")
                continue
            text = line.encode()
            self._texts.add(number // SPAN, b"%d\t%b" % (number, text))
            if key := _key(text):
                self._keys.add(zlib.crc32(key[0]) % BUCKETS, b"%d\t%b\t%b" % (number, *key))
            else:
                unkeyed.append(number)
        if not marks.rows:
            raise Refused("empty-file")
        self._standing = bytearray(last + 1)
        for number in unkeyed:
            self._standing[number] = 1

    def chunk_lines(self) -> Iterator[tuple[bytes, int]]:
        """Every line that stands, as a line of a chunk (JSON: line, text), in the order of the file; they have no cents."""
        standing, clashes = self._standing, partial(self._contradicted)
        for part in self._keys.parts():
            for number, _ in settle(self._keys, part, _case_id, clashes, self._marks):
                standing[number] = 1
        for part in self._texts.parts():
            for raw in self._texts.lines(part):
                line, _, text = raw.partition(b"\t")
                if standing[int(line)]:
                    yield orjson.dumps([int(line), text.decode()]) + b"\n", 0

    def _contradicted(self, rows: list[bytes], lines: Mapping[bytes, int]) -> dict[bytes, Clash]:
        """A case that is malformed takes no other with it: it is rejected where it would be decided."""
        good = [row for row in rows if self._is_good(row.partition(b"\t")[2])]
        return contradicted(good, lines) if len(good) > 1 else {}

    def _is_good(self, case: bytes) -> bool:
        try:
            decide_line(case, self._scheme, self._partner, b"")
        except Problem:
            return False
        return True


def _key(text: bytes) -> tuple[bytes, bytes] | None:
    """Case id and canonical JSON of a line; None where there is no usable id (the line is rejected when it is decided)."""
    try:
        body = read_json(text)
        case_id = body["case_id"]
        return (case_id.encode(), canonical(body)) if _CASE_ID.fullmatch(case_id) else None
    except (Invalid, KeyError, TypeError, orjson.JSONEncodeError):
        return None


def _case_id(row: bytes) -> bytes:
    return row[: row.index(b"\t")]


def decide_chunk(
    batch_id: str,
    chunk: str,
    *,
    work: Mapping[Data, Objects],
    decisions: Mapping[Data, Decisions],
    secrets: Secrets,
) -> dict[str, Any]:
    """Decide the cases of a chunk, keep the decisions, and write `results/<chunk>.jsonl` (decisions) and `.json` (counts, rejected rows).

    Doing it again writes the same.
    """
    manifest = orjson.loads(work["ordinary"].get(f"batches/{batch_id}/manifest.json"))
    scheme, partner, secret = scheme_named(manifest["scheme"]), manifest["partner"], secrets.digest_secret()
    decided: list[Decided] = []
    rejected: list[tuple[int, str, str]] = []
    outcomes: Counter[str] = Counter()
    used: set[str] = set()
    own = work[scheme.data]
    for raw in own.get(f"batches/{batch_id}/chunks/{chunk}.jsonl").splitlines():
        line, text = orjson.loads(raw)
        try:
            found = decide_line(text.encode(), scheme, partner, secret)
            if superseded := orjson.loads(found.case).get("supersedes"):
                check_superseded(partner, find_decision(superseded, decisions))
        except Problem as problem:
            rejected.append((line, *_fault(problem)))
            continue
        decision = orjson.loads(found.decision)
        if decision["parameters"]["sha256"] not in used:
            keep_parameters(found.decision, scheme, work["ordinary"])
            used.add(decision["parameters"]["sha256"])
        decided.append(found)
        outcomes[decision["outcome"]] += 1
    decisions[scheme.data].put_many((d.id, partner, d.case, d.decision) for d in decided)
    own.put(f"batches/{batch_id}/results/{chunk}.jsonl", b"".join(d.decision + b"\n" for d in decided))
    result = {"rejected": rejected, "cents": 0, "outcomes": outcomes}
    own.put(f"batches/{batch_id}/results/{chunk}.json", orjson.dumps(result))
    return {"chunk": chunk, "accepted": len(decided), "rejected": len(rejected)}


def _fault(problem: Problem) -> tuple[str, str]:
    """Path and code of the first field at fault, or the code of the whole."""
    return (problem.faults[0].path, problem.faults[0].code) if problem.faults else ("", problem.code)
