"""Deciding many cases at once: the same decisions, byte for byte, as one by one through the API."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from tegemoet.application.decisions.deciding import Decided, decide_line, require_kept
from tegemoet.application.decisions.reading import check_supersedes, keep_parameters
from tegemoet.application.ports import Decisions, Objects, Registrations
from tegemoet.domain.decision import DecisionJson, Outcome
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
    registrations: Registrations,
    digest_secret: bytes,
    write: Callable[[bytes], object],
) -> BulkDecisions:
    """Decide cases, given with their line numbers, and store the decisions; deciding them again
    stores the same.

    `parameters` = the bucket in which the parameter sets in use are kept. `write` receives the
    decisions as JSON lines, in the order of the cases.
    """
    held = _Held(partner, decisions[scheme.data], write)
    kept_sets: set[str] = set()
    for line, text in cases:
        try:
            decided = decide_line(text, scheme, partner, digest_secret)
            check_supersedes(decided, partner, decisions, registrations)
            decision: DecisionJson = orjson.loads(decided.decision)
            used = decision["parameters"]["sha256"]
            if used not in kept_sets:
                keep_parameters(decided.decision, scheme, parameters)
                kept_sets.add(used)
            held.add(line, decided, decision["outcome"])
        except ProblemError as problem:
            path, code = _fault(problem)
            held.bulk.rejected.append(RejectedCase(line, path, code, former_code(text, code)))
        held.store_if_many()
    held.store()
    return held.bulk


class _Held:
    """Decisions until there are enough bytes of them to store together, and what became of them."""

    def __init__(self, partner: str, decisions: Decisions, write: Callable[[bytes], object]) -> None:
        self._partner, self._decisions, self._write = partner, decisions, write
        self._held, self._bytes = list[tuple[int, Decided, Outcome]](), 0
        self.bulk = BulkDecisions()

    def add(self, line: int, decided: Decided, outcome: Outcome) -> None:
        """Hold a decision; one that supersedes another is stored at once, so that a later case sees
        it. Raises ConflictError as `require_kept`."""
        if decided.supersedes:
            require_kept(self._decisions.put(decided.of(self._partner)))
        self._held.append((line, decided, outcome))
        self._bytes += len(decided.case) + len(decided.decision)

    def store_if_many(self) -> None:
        if self._bytes >= MOST_BYTES:
            self.store()

    def store(self) -> None:
        new = [decided.of(self._partner) for _, decided, _ in self._held if not decided.supersedes]
        refused = self._decisions.put_many(new) if new else {}
        for line, decided, outcome in self._held:
            if decided.id in refused:
                self.bulk.rejected.append(RejectedCase(line, "", "supersedes-differs", None))
                continue
            self._write(decided.decision + b"\n")
            self.bulk.decided += 1
            self.bulk.outcomes[outcome] += 1
        self._held, self._bytes = [], 0


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
