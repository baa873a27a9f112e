"""Taking in one dropped object: who brought what, is it well-formed, which rows can stand; then its workflow is started.

The object is read once, as a stream, and its good rows are spread over files on the local disk by the key that they must be compared
on. Each of those files is then looked at alone, so memory does not grow with the object. Nothing is stored of a refused file. All of it
depends on the object alone: an event that comes twice makes the same chunks again and starts a workflow that has been started.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from tegemoet.application.intake.csv_file import Sheet
from tegemoet.application.intake.keys import MAX_BYTES, Drop, Refused, batch_id, parse_key, partner_of
from tegemoet.application.intake.kinds.records import FileKind, Reading
from tegemoet.application.intake.outcomes import DUPLICATES_HEADER, REJECTED_HEADER, Marks
from tegemoet.application.intake.scratch import Disk, with_header
from tegemoet.application.ports import Batch, Batches, Objects, Runs, Seal, Seals, Secrets, Stored, Workflows
from tegemoet.schemes.scheme import Data

CHUNK_ROWS = 20_000
CASE_CHUNK_ROWS = 2_000
"""Fewer, because a decision is many times the size of a row."""


@dataclass(frozen=True, slots=True)
class Created:
    """S3's message that an object was written. The version may be left out; `inbox` = which inbox it is in, by the data it takes."""

    key: str
    etag: str
    sequencer: str
    version: str | None = None
    inbox: Data = "ordinary"


def take_in(
    created: Created,
    *,
    inbox: Mapping[Data, Objects],
    work: Mapping[Data, Objects],
    batches: Batches,
    runs: Runs,
    secrets: Secrets,
    seals: Seals,
    workflows: Workflows,
    scratch: Path,
    ended: Callable[[Batch], object] = lambda _: None,
) -> Batch | None:
    """Take in the object and return its batch; `scratch` is an empty folder for as long as it takes.

    `ended` tells an exchange of a file that was refused, for it may have been waiting for that one.

    Raises KeyError when the object is not there: the message has to come again. In the inbox of the exchanges, which keeps no versions,
    it was replaced or deleted since, and there is nothing to do: None.
    """
    own = inbox[created.inbox]
    try:
        stored = own.head(created.key, created.version, created.etag)
    except KeyError:
        if created.inbox != "exchange":
            raise
        _end_without_object(created, batches, workflows, ended)
        return None
    batch = _batch_of(created, stored, batches)
    if batch.state == "loading":
        with Disk(scratch) as disk:
            batch = _load(batch, created.inbox, stored, disk, own, work, batches, runs, secrets, seals, workflows)
    if batch.state == "refused" and created.inbox == "exchange":
        own.delete([created.key])  # nothing of it is used, so nothing of it is kept
        ended(batch)
    return batch


def _load(
    batch: Batch,
    place: Data,
    stored: Stored,
    disk: Disk,
    inbox: Objects,
    work: Mapping[Data, Objects],
    batches: Batches,
    runs: Runs,
    secrets: Secrets,
    seals: Seals,
    workflows: Workflows,
) -> Batch:
    try:
        drop = _drop_of(stored, place)
        own = work[drop.scheme.data]
        marks = Marks(disk)
        blocks = inbox.stream(stored.key, stored.version)
        if drop.kind and drop.kind.by_shard:
            chunks = _write_shards(drop, drop.kind, batch.id, blocks, marks, disk, own, seals)
        else:
            rows = _rows(drop, batch, blocks, marks, disk, runs, secrets)
            chunks = _write_chunks(batch.id, rows, CHUNK_ROWS if drop.kind else CASE_CHUNK_ROWS, own)
    except Refused as refusal:
        detail = _reason(refusal)
        batches.update(batch.id, state="refused", detail=detail, expected=("loading",))
        return replace(batch, state="refused", detail=detail)
    for name, header, records in (
        ("rejected", REJECTED_HEADER, marks.rejected),
        ("duplicates", DUPLICATES_HEADER, marks.duplicates),
    ):
        with own.writer(f"batches/{batch.id}/{name}.csv") as sink:
            for line in with_header(header, records):
                sink.write(line)
    manifest = {
        "partner": batch.partner,
        "scheme": batch.scheme,
        "kind": batch.kind,
        "year": batch.year,
        "counts": marks.counts,
        "reasons": marks.reasons,
        "warnings": marks.warnings,
        "chunks": chunks,
        "rivals": [] if drop.kind and drop.kind.by_shard else _rivals(batch, batches),
    }
    work["ordinary"].put(f"batches/{batch.id}/manifest.json", orjson.dumps(manifest))
    detail = {**marks.counts, "chunks": len(chunks)}
    if batches.update(batch.id, state="loading", detail=detail, expected=("loading",)):
        workflows.start("batch", batch.id, _workflow_input(batch.id, drop, [chunk["name"] for chunk in chunks]))
    return replace(batch, detail=detail)


def _drop_of(stored: Stored, place: Data) -> Drop:
    """What the object is, from its inbox, key and size alone. Raises Refused."""
    drop = parse_key(stored.key)
    if (drop.scheme.data == "exchange") != (place == "exchange"):
        raise Refused("key-unknown")  # files of the exchanges have an inbox of their own
    if stored.size > MAX_BYTES:
        raise Refused("file-too-large")
    return drop


def _batch_of(created: Created, stored: Stored, batches: Batches) -> Batch:
    """The batch of the object: the one announced when its upload was asked for, the one that it has already, or a new one."""
    partner = partner_of(created.key)
    announced = batches.get(stored.metadata["batch"]) if "batch" in stored.metadata else None
    if announced and (announced.partner, announced.key) == (partner, created.key):
        arrived = replace(
            announced,
            version=stored.version,
            written_at=stored.written_at,
            sequencer=created.sequencer,
            size=stored.size,
            state="loading",
        )
        if batches.replace_upload(arrived):
            return arrived
        now = batches.get(announced.id) or announced
        if now.sequencer == created.sequencer:
            return now
        # the form was used a second time: another object, so another batch
    fresh = Batch(
        id=batch_id(stored.written_at, created.key, created.sequencer, created.etag),
        partner=partner,
        scheme="",
        kind="",
        year=None,
        key=created.key,
        version=stored.version,
        written_at=stored.written_at,
        sequencer=created.sequencer,
        size=stored.size,
        state="loading",
        detail={},
    )
    try:
        drop = parse_key(created.key)
    except Refused:
        pass  # recorded all the same: its partner has to see why
    else:
        fresh = replace(fresh, scheme=drop.scheme.slug, kind=drop.kind_name, year=drop.year)
    return fresh if batches.create(fresh) else batches.get(fresh.id) or fresh


def _end_without_object(
    created: Created, batches: Batches, workflows: Workflows, ended: Callable[[Batch], object]
) -> None:
    """What was begun of an object that is gone: a batch whose rows are in goes on, one that has none ends, for others wait for it."""
    try:
        drop = parse_key(created.key)
    except Refused:
        return
    for batch in batches.of_year(drop.year or 0):
        if (batch.key, batch.sequencer) != (created.key, created.sequencer):
            continue
        if batch.state == "loading" and "chunks" in batch.detail:
            workflows.start("batch", batch.id, _workflow_input(batch.id, drop, []))
        elif batch.state in ("loading", "refused"):
            batches.update(batch.id, state="refused", detail=_reason(Refused("object-gone")), expected=("loading",))
            ended(batch)


def _reason(refusal: Refused) -> dict[str, Any]:
    return {"reason": refusal.code, "text": str(refusal), "line": refusal.line, "column": refusal.column}


def _rows(
    drop: Drop, batch: Batch, blocks: Iterable[bytes], marks: Marks, disk: Disk, runs: Runs, secrets: Secrets
) -> Iterator[tuple[bytes, int]]:
    """Read the whole object; then give the lines of its chunks with their cents. Raises Refused while reading, before the first line."""
    if drop.kind is None or drop.year is None:
        from tegemoet.application.intake.case_file import CaseFile  # noqa: PLC0415 (most files hold rows, which need no rules to start)

        cases = CaseFile(drop.scheme, drop.partner, marks, disk)
        cases.read(blocks)
        return cases.chunk_lines()
    reading = Reading(drop.year)
    if drop.kind.partition:
        reading.key_version = runs.begin_year(drop.year, secrets.current_version()).key_version
        reading.secrets = secrets.person_secrets()
    sheet = Sheet(drop.kind, reading, drop.partner, drop.shards, marks, disk)
    sheet.read(blocks)
    return sheet.chunk_lines(drop.year, batch.id)


def _write_chunks(batch: str, lines: Iterator[tuple[bytes, int]], most: int, work: Objects) -> list[dict[str, Any]]:
    """Write the chunks of at most `most` lines, numbered, and describe each, with its sum of cents."""
    chunks: list[dict[str, Any]] = []
    while held := list(islice(lines, most)):
        cents = sum(amount for _, amount in held)
        chunks.append({**_put_chunk(batch, len(chunks), held, work), "cents": cents})
    return chunks


def _write_shards(
    drop: Drop,
    kind: FileKind,
    batch: str,
    blocks: Iterable[bytes],
    marks: Marks,
    disk: Disk,
    work: Objects,
    seals: Seals,
) -> list[dict[str, Any]]:
    """Read the whole object; then write a chunk per shard, named by it, and describe each. Raises Refused before the first chunk."""
    year = drop.year or 0
    sheet = Sheet(kind, Reading(year), drop.partner, drop.shards, marks, disk)
    sheet.read(blocks)
    seal: Seal | None = None
    chunks: list[dict[str, Any]] = []
    for shard, lines in sheet.shards(year, batch):
        if held := list(lines):
            if kind.sealed and seal is None:
                seal = seals.open(year, kind.name, create=True)
            chunks.append({**_put_chunk(batch, shard, held, work, seal), "shard": shard})
    return chunks


def _put_chunk(
    batch: str, number: int, lines: list[tuple[bytes, int]], work: Objects, seal: Seal | None = None
) -> dict[str, Any]:
    """Write a chunk, sealed where a seal is given, and describe it: name, rows, SHA-256.

    Of sealed rows no digest is told: one of few rows could be guessed from it.
    """
    body = b"".join(line for line, _ in lines)
    name = f"{number:03}"
    work.put(f"batches/{batch}/chunks/{name}.jsonl", seal.seal(body) if seal else body)
    chunk = {"name": name, "rows": len(lines)}
    return chunk if seal else {**chunk, "sha256": hashlib.sha256(body).hexdigest()}


def _rivals(batch: Batch, batches: Batches) -> list[str]:
    """Earlier batches of other partners that may have brought the same keys: only their partner may replace those."""
    if batch.year is None:
        return []
    return sorted(
        other.id
        for other in batches.of_year(batch.year)
        if (other.scheme, other.kind) == (batch.scheme, batch.kind)
        and other.partner != batch.partner
        and other.state in ("loading", "done")
        and other.rank < batch.rank
    )


def _workflow_input(batch: str, drop: Drop, chunks: list[str]) -> dict[str, Any]:
    """What the workflow of a batch is given: references only. Rows that become no facts have nothing to store."""
    if drop.kind is None:
        return {"batch": batch, "work": "decide", "chunks": chunks}
    facts = drop.kind.partition and not drop.kind.by_shard
    return {"batch": batch, "work": "store", "chunks": chunks if facts else []}
