"""Storing the facts of a batch, chunk by chunk; doing it twice changes nothing."""

from collections import defaultdict
from itertools import groupby
from typing import Any

import orjson

from tegemoet.application.intake.chunks import chunk_key
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.intake.results import ChunkCounts, ChunkResult, RejectedRow, write_result
from tegemoet.application.ports import Fact, Facts, Objects

Json = dict[str, Any]
_STILL_RUNNING = "9999-12-31"


def store_chunk(batch_id: str, chunk: str, *, work: Objects, facts: Facts) -> ChunkCounts:
    """Store the facts of one chunk, but for the rows whose key another partner brought earlier; those are listed in the result.

    Two partners that bring a key at the same time may both be stored: who was first is settled again when a run joins the facts.
    """
    rivals = frozenset(read_manifest(batch_id, work).rivals)
    rows = [orjson.loads(raw) for raw in work.get(chunk_key(batch_id, chunk)).splitlines()]
    taken = _taken(rows, rivals, facts) if rivals else set()
    facts.put(Fact(pk, sk, orjson.dumps(body).decode()) for line, pk, sk, body in rows if line not in taken)
    rejected = [RejectedRow(line, "", "key-of-another-partner") for line in sorted(taken)]
    cents = sum(body.get("cents", 0) for line, _, _, body in rows if line in taken)
    write_result(batch_id, chunk, ChunkResult(rejected, cents, {}), work)
    return {"chunk": chunk, "accepted": len(rows) - len(taken), "rejected": len(taken)}


def _taken(rows: list[Any], rivals: frozenset[str], facts: Facts) -> set[int]:
    """The lines whose key a rival has: the same key, or for a convention a day of the same number."""
    taken: set[int] = set()
    for pk, of_partition in groupby(rows, key=lambda row: row[1]):
        own: dict[str, list[tuple[int, Json]]] = defaultdict(list)
        kind = ""
        for line, _, sk, body in of_partition:
            kind = sk.partition("|")[0]
            own[_compared_on(sk)].append((line, body))
        for fact in facts.read(pk, f"{kind}|"):
            if fact.sk.rpartition("|")[2] in rivals and (mine := own.get(_compared_on(fact.sk))):
                theirs = orjson.loads(fact.body)
                taken.update(line for line, body in mine if kind != "convention" or _share_a_day(body, theirs))
    return taken


def _compared_on(sk: str) -> str:
    """`<kind>|<key>` of a sort key `<kind>|<key>|<batch>`; of a convention without its first day."""
    key = sk.rpartition("|")[0]
    return key.rpartition("|")[0] if key.startswith("convention|") else key


def _share_a_day(one: Json, other: Json) -> bool:
    return bool(one["from"] <= (other["until"] or _STILL_RUNNING) and other["from"] <= (one["until"] or _STILL_RUNNING))
