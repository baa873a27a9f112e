"""The result of one chunk: what became of its lines when they were stored or decided.

Written and read here alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import orjson

from tegemoet.application.files import read_json
from tegemoet.application.ports import Objects


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is rejected after the intake. `column` is empty where the whole row is at fault.

    `former_code` = the code of an earlier version, which the reason names.
    """

    line: int
    column: str
    code: str
    former_code: str | None = None


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What became of the lines of a chunk.

    `cents` = the sum of the amounts of the rejected rows; `outcomes` = outcome → decisions.
    """

    rejected: Sequence[RejectedRow]
    cents: int
    outcomes: Mapping[str, int]


class ChunkCounts(TypedDict):
    """The output of the workflow's task for a chunk."""

    chunk: str
    accepted: int
    rejected: int


def result_key(batch_id: str, chunk: str, suffix: str = "json") -> str:
    """The key of a chunk's result; `jsonl` = its decisions."""
    return f"batches/{batch_id}/results/{chunk}.{suffix}"


def write_result(batch_id: str, chunk: str, result: ChunkResult, work: Objects) -> None:
    """Write the result unless the chunk has one: the first stays."""
    work.put_once(result_key(batch_id, chunk), orjson.dumps(result))


def read_result(batch_id: str, chunk: str, work: Objects) -> ChunkResult:
    """The result of a chunk. Raises KeyError where there is none yet."""
    read = read_json(work, result_key(batch_id, chunk))
    return ChunkResult([RejectedRow(**row) for row in read["rejected"]], read["cents"], read["outcomes"])


def results_done(batch_id: str, work: Objects) -> int:
    """How many chunks of the batch have a result."""
    return sum(key.endswith(".json") for key in work.keys(f"batches/{batch_id}/results/"))
