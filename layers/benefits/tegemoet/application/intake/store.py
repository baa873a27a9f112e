"""Storing the facts of a batch, chunk by chunk; doing it twice changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import cast

import orjson

from tegemoet.application.intake.chunks import ChunkRow, read_rows
from tegemoet.application.intake.kinds.records import RowBody
from tegemoet.application.intake.manifest import Manifest, read_manifest
from tegemoet.application.intake.results import ChunkCounts, ChunkResult, RejectedRow, write_result
from tegemoet.application.ports import Facts, Objects
from tegemoet.application.records import Fact, FactKind
from tegemoet.domain.calendar import LAST_DAY_TEXT


def store_chunk(batch_id: str, chunk: str, *, work: Objects, facts: Facts) -> ChunkCounts:
    """Store the facts of one chunk, except rows whose key another partner delivered earlier; the
    result lists those.

    Two partners that deliver a key at the same time may both be stored: a run determines the owner
    again when it joins the facts.
    """
    manifest = read_manifest(batch_id, work)
    year = manifest.year or 0
    rows = list(read_rows(batch_id, chunk, work))
    taken = _taken(manifest, rows, facts) if manifest.rivals else set()
    facts.put(year, (_fact(row, batch_id) for row in rows if row.line not in taken))
    rejected = [RejectedRow(line, "", "key-of-another-partner") for line in sorted(taken)]
    cents = sum(int(row.body.get("cents") or 0) for row in rows if row.line in taken)
    write_result(batch_id, chunk, ChunkResult(rejected, cents, {}), work)
    return {"chunk": chunk, "accepted": len(rows) - len(taken), "rejected": len(taken)}


def _fact(row: ChunkRow, batch_id: str) -> Fact:
    return Fact(_kind(row), row.shard, tuple(row.key[1:]), batch_id, orjson.dumps(row.body).decode())


def _kind(row: ChunkRow) -> FactKind:
    return cast("FactKind", row.key[0])


def _taken(manifest: Manifest, rows: list[ChunkRow], facts: Facts) -> set[int]:
    """The lines whose key a rival has: the same key, or for a period a day of the same number."""
    from tegemoet.application.intake.kinds.table import KINDS  # noqa: PLC0415 - most batches have no rivals

    periods, rivals = KINDS[manifest.scheme, manifest.kind].has_periods, frozenset(manifest.rivals)
    taken: set[int] = set()
    for (shard, kind), of_shard in groupby(rows, key=lambda row: (row.shard, _kind(row))):
        own: dict[tuple[str, ...], list[ChunkRow]] = defaultdict(list)
        for row in of_shard:
            own[_compared_on(row.key[1:], periods)].append(row)
        for fact in facts.of_kind(manifest.year or 0, kind, shard):
            if fact.batch in rivals and (mine := own.get(_compared_on(fact.key, periods))):
                theirs = orjson.loads(fact.body)
                taken.update(row.line for row in mine if not periods or _share_a_day(row.body, theirs))
    return taken


def _compared_on(key: Sequence[str], periods: bool) -> tuple[str, ...]:
    """The values of a key; of a period without its first day."""
    return tuple(key[:-1] if periods else key)


def _share_a_day(one: RowBody, other: RowBody) -> bool:
    """Whether two periods have a day in common."""
    (first, last), (other_first, other_last) = _period(one), _period(other)
    return first <= other_last and other_first <= last


def _period(body: RowBody) -> tuple[str, str]:
    return str(body["from"]), str(body["until"] or LAST_DAY_TEXT)
