"""Deciding many cases at once: the same decisions, byte for byte, as one by one through the API."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from tegemoet.application.decisions.deciding import Decided, check_superseded, decide_line
from tegemoet.application.decisions.reading import find_decision, keep_parameters
from tegemoet.application.ports import Decisions, Objects
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.scheme import Data, Scheme

MOST_BYTES = 4_000_000
"""Bytes of cases and decisions that are stored together.

A decision can be a hundred times as large as its case, so what is held at once depends on what is
made and not on the number of cases.
"""


class RejectedCase(NamedTuple):
    """A case that cannot be decided: its line, and the path and code of the first field at fault;
    no path = the whole case.

    `former_code` = the code that files of cases had for it before they were read as the API reads a
    body.
    """

    line: int
    path: str
    code: str
    former_code: str | None


@dataclass(slots=True)
class BulkDecisions:
    """How many cases were decided, the cases that are rejected, and how many decisions have each
    outcome."""

    decided: int = 0
    rejected: list[RejectedCase] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def is_decidable(case: bytes, scheme: Scheme, partner: str) -> bool:
    """Whether a case can be decided; the decision itself is not needed."""
    try:
        decide_line(case, scheme, partner, b"")
    except ProblemError:
        return False
    return True


def decide_cases(
    cases: Iterable[tuple[int, bytes]],
    scheme: Scheme,
    partner: str,
    *,
    parameters: Objects,
    decisions: Mapping[Data, Decisions],
    digest_secret: bytes,
    write: Callable[[bytes], object],
) -> BulkDecisions:
    """Decide cases, given with their line numbers, and store the decisions; deciding them again
    stores the same.

    `parameters` = the bucket in which the parameter sets in use are kept. `write` receives the
    decisions as JSON lines, in the order of the cases.
    """
    bulk = BulkDecisions()
    held = _Held(lambda many: decisions[scheme.data].put_many((d.id, partner, d.case, d.decision) for d in many))
    kept: set[str] = set()
    for line, text in cases:
        try:
            decided = decide_line(text, scheme, partner, digest_secret)
            if superseded := orjson.loads(decided.case).get("supersedes"):
                check_superseded(partner, find_decision(superseded, decisions))
        except ProblemError as problem:
            path, code = _fault(problem)
            bulk.rejected.append(RejectedCase(line, path, code, former_code(text, code)))
            continue
        decision = orjson.loads(decided.decision)
        if decision["parameters"]["sha256"] not in kept:
            keep_parameters(decided.decision, scheme, parameters)
            kept.add(decision["parameters"]["sha256"])
        held.add(decided)
        write(decided.decision + b"\n")
        bulk.decided += 1
        bulk.outcomes[decision["outcome"]] += 1
    held.store()
    return bulk


class _Held:
    """Decisions until there are enough bytes of them to `put` together."""

    def __init__(self, put: Callable[[list[Decided]], object]) -> None:
        self._put, self._decided, self._bytes = put, list[Decided](), 0

    def add(self, decided: Decided) -> None:
        self._decided.append(decided)
        self._bytes += len(decided.case) + len(decided.decision)
        if self._bytes >= MOST_BYTES:
            self.store()

    def store(self) -> None:
        if self._decided:
            self._put(self._decided)
        self._decided, self._bytes = [], 0


def _fault(problem: ProblemError) -> tuple[str, str]:
    """Path and code of the first field at fault, or the code of the whole."""
    return (problem.faults[0].path, problem.faults[0].code) if problem.faults else ("", problem.code)


def former_code(case: bytes, code: str) -> str | None:
    """The code that files of cases had before `code`, where it differs.

    Decision 0023 says until when it is named.
    """
    if code == "json-duplicate-name":
        return "json-duplicate-key"
    if code == "json-invalid":
        return None
    try:
        orjson.loads(case)
    except orjson.JSONDecodeError:
        return "json-invalid"  # NaN, half a character, a number that is too large
    return None
