"""Deciding a chunk: what is held at once depends on what is made, not on the number of cases."""

import tracemalloc
from collections.abc import Iterable, Mapping

import orjson

from tegemoet.application.decisions.bulk import MOST_BYTES
from tegemoet.application.intake.chunks import case_line, chunk_key
from tegemoet.application.intake.decide import decide_chunk
from tegemoet.application.intake.manifest import Manifest, write_manifest
from tegemoet.application.records import Kept, NewDecision, RowCounts
from tegemoet.schemes.registry import SCHEMES
from tests.support.fakes import FakeObjects, FakeRegistrations, FakeSecrets

CASES = 400
LONGEST = {"from": "2023-06-01", "until": "2033-05-31"}
"""A line of some 300 bytes whose decision has some 40 kB."""


class CountingDecisions:
    """Keeps the bytes of each group, and nothing else."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    def put_many(self, items: Iterable[NewDecision]) -> Mapping[str, Kept]:
        self.groups.append([len(new.case) + len(new.decision) for new in items])
        return {}


def test_a_chunk_of_small_cases_with_large_decisions_is_decided_in_little_memory() -> None:
    scheme, work, decisions = SCHEMES["locum-contribution"], FakeObjects(), CountingDecisions()
    example = scheme.example
    lines = [
        case_line(n, orjson.dumps({**example, "case_id": f"c{n}", "case": {**example["case"], **LONGEST}}).decode())
        for n in range(CASES)
    ]
    body = b"".join(lines)
    write_manifest("b", Manifest("p", scheme.slug, "cases", None, RowCounts(CASES, CASES, 0, 0), {}, [], []), work)
    work.put(chunk_key("b", "000"), body)
    tracemalloc.start()
    try:
        counts = decide_chunk(
            "b", "000",
            work={"ordinary": work, "health": work},
            decisions={"ordinary": decisions, "health": decisions},  # type: ignore[dict-item]
            registrations=FakeRegistrations(),
            secrets=FakeSecrets(),
        )  # fmt: skip
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    made = work.get("batches/b/results/000.jsonl")
    assert counts == {"chunk": "000", "accepted": CASES, "rejected": 0}
    assert made.count(b"\n") == CASES
    assert len(made) > 30 * len(body)
    largest = max(size for group in decisions.groups for size in group)
    assert sum(len(group) for group in decisions.groups) == CASES
    assert max(map(sum, decisions.groups)) <= MOST_BYTES + largest
    # the fake bucket holds the whole file once or twice; the rest is a few groups
    assert peak < 2 * len(made) + 4 * MOST_BYTES
