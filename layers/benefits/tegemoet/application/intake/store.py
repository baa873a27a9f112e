"""Storing the facts of a batch, chunk by chunk; doing it twice changes nothing."""

from typing import cast

import orjson

from tegemoet.application.intake.chunks import ChunkRow, read_facts
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.intake.results import ChunkCounts, ChunkResult, write_result
from tegemoet.application.ports import Facts, Objects
from tegemoet.application.records import Fact, FactKind


def store_chunk(batch_id: str, chunk: str, *, work: Objects, facts: Facts) -> ChunkCounts:
    """Store the facts of one chunk.

    Rows for a key that another partner delivered are stored as well: each fact has its batch in its
    key, so nobody replaces what is another partner's, and a run finds the owner when it joins them.
    """
    year = read_manifest(batch_id, work).year or 0
    rows = list(read_facts(batch_id, chunk, work))
    facts.put(year, (_fact(row, batch_id) for row in rows))
    write_result(batch_id, chunk, ChunkResult([], 0, {}), work)
    return {"chunk": chunk, "accepted": len(rows), "rejected": 0}


def _fact(row: ChunkRow, batch_id: str) -> Fact:
    kind = cast("FactKind", row.key[0])
    return Fact(kind, row.shard, tuple(row.key[1:]), batch_id, orjson.dumps(row.body).decode())
