"""Storing the facts of a batch, chunk by chunk; doing it twice changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import orjson

from tegemoet.application.intake.chunks import chunk_key
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.intake.results import ChunkCounts, ChunkResult, RejectedRow, write_result
from tegemoet.application.ports import Fact, FactKind, Facts, Objects
from tegemoet.domain.calendar import LAST_DAY_TEXT

Json = dict[str, Any]


def store_chunk(batch_id: str, chunk: str, *, work: Objects, facts: Facts) -> ChunkCounts:
    """Store the facts of one chunk, except rows whose key another partner delivered earlier; the result lists those.

    Two partners that deliver a key at the same time may both be stored: a run determines the owner again when it joins the facts.
    """
    manifest = read_manifest(batch_id, work)
    year, rivals = manifest.year or 0, frozenset(manifest.rivals)
    rows = [orjson.loads(raw) for raw in work.get(chunk_key(batch_id, chunk)).splitlines()]
    taken = _taken(year, rows, rivals, facts) if rivals else set()
    facts.put(
        year,
        (
            Fact(kind, shard, tuple(key), batch_id, orjson.dumps(body).decode())
            for line, shard, (kind, *key), body in rows
            if line not in taken
        ),
    )
    rejected = [RejectedRow(line, "", "key-of-another-partner") for line in sorted(taken)]
    cents = sum(body.get("cents", 0) for line, _, _, body in rows if line in taken)
    write_result(batch_id, chunk, ChunkResult(rejected, cents, {}), work)
    return {"chunk": chunk, "accepted": len(rows) - len(taken), "rejected": len(taken)}


def _taken(year: int, rows: list[Any], rivals: frozenset[str], facts: Facts) -> set[int]:
    """The lines whose key a rival has: the same key, or for a convention a day of the same number."""
    taken: set[int] = set()
    for shard, of_shard in groupby(rows, key=lambda row: row[1]):
        own: dict[tuple[str, ...], list[tuple[int, Json]]] = defaultdict(list)
        kind: FactKind = "practice"
        for line, _, (kind, *key), body in of_shard:
            own[_compared_on(kind, key)].append((line, body))
        for fact in facts.of_kind(year, kind, shard):
            if fact.batch in rivals and (mine := own.get(_compared_on(kind, fact.key))):
                theirs = orjson.loads(fact.body)
                taken.update(line for line, body in mine if kind != "convention" or _share_a_day(body, theirs))
    return taken


def _compared_on(kind: FactKind, key: Sequence[str]) -> tuple[str, ...]:
    """The values of a key; of a convention without its first day."""
    return tuple(key[:1] if kind == "convention" else key)


def _share_a_day(one: Json, other: Json) -> bool:
    return bool(one["from"] <= (other["until"] or LAST_DAY_TEXT) and other["from"] <= (one["until"] or LAST_DAY_TEXT))
