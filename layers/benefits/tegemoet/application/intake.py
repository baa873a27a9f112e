"""Taking in one dropped object: who brought what, is it well-formed, which rows can stand; then its workflow is started.

The object is read once, as a stream, and its good rows are spread over files on the local disk by the key that they must be compared
on. Each of those files is then looked at alone, so memory does not grow with the object. Nothing is stored of a refused file. All of it
depends on the object alone: an event that comes twice makes the same chunks again and starts a workflow that has been started.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tegemoet.application.drops import MAX_BYTES, Drop, Refused, batch_id, parse_key, partner_of
from tegemoet.application.marks import DUPLICATES_HEADER, REJECTED_HEADER, Marks
from tegemoet.application.ports import Batch, Batches, Objects, Runs, Secrets, Stored, Workflows
from tegemoet.application.rows import Reading
from tegemoet.application.sheets import Sheet
from tegemoet.application.spool import Disk, with_header
from tegemoet.domain.identity import person_key
from tegemoet.schemes.scheme import Data

CHUNK_ROWS = 20_000
CASE_CHUNK_ROWS = 2_000
"""Fewer, because a decision is many times the size of a row."""


@dataclass(frozen=True, slots=True)
class Created:
    """S3's message that an object was written. The version may be left out."""

    key: str
    etag: str
    sequencer: str
    version: str | None = None


def take_in(
    created: Created,
    *,
    inbox: Objects,
    work: Mapping[Data, Objects],
    batches: Batches,
    runs: Runs,
    secrets: Secrets,
    workflows: Workflows,
    scratch: Path,
) -> Batch:
    """Take in the object and return its batch; `scratch` is an empty folder for as long as it takes.

    Raises KeyError when the object is not there: the message has to come again.
    """
    stored = inbox.head(created.key, created.version, created.etag)
    batch = _batch_of(created, stored, batches)
    if batch.state != "loading":
        return batch
    with Disk(scratch) as disk:
        return _load(batch, stored, disk, inbox, work, batches, runs, secrets, workflows)


def _load(
    batch: Batch,
    stored: Stored,
    disk: Disk,
    inbox: Objects,
    work: Mapping[Data, Objects],
    batches: Batches,
    runs: Runs,
    secrets: Secrets,
    workflows: Workflows,
) -> Batch:
    try:
        drop = _drop_of(stored)
        own = work[drop.scheme.data]
        marks = Marks(disk)
        rows = _rows(drop, batch, inbox.stream(stored.key, stored.version), marks, disk, runs, secrets)
        chunks = _write_chunks(batch.id, rows, CHUNK_ROWS if drop.kind else CASE_CHUNK_ROWS, own)
    except Refused as refusal:
        detail: dict[str, Any] = {
            "reason": refusal.code,
            "text": str(refusal),
            "line": refusal.line,
            "column": refusal.column,
        }
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
        "rivals": _rivals(batch, batches),
    }
    work["ordinary"].put(f"batches/{batch.id}/manifest.json", orjson.dumps(manifest))
    detail = {**marks.counts, "chunks": len(chunks)}
    if batches.update(batch.id, state="loading", detail=detail, expected=("loading",)):
        workflows.start("batch", batch.id, _workflow_input(batch.id, drop, [chunk["name"] for chunk in chunks]))
    return replace(batch, detail=detail)


def _drop_of(stored: Stored) -> Drop:
    """What the object is, from its key and size alone. Raises Refused."""
    drop = parse_key(stored.key)
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


def _rows(
    drop: Drop, batch: Batch, blocks: Iterable[bytes], marks: Marks, disk: Disk, runs: Runs, secrets: Secrets
) -> Iterator[tuple[bytes, int]]:
    """Read the whole object; then give the lines of its chunks with their cents. Raises Refused while reading, before the first line."""
    if drop.kind is None or drop.year is None:
        from tegemoet.application.cases import CaseFile  # noqa: PLC0415 (most files hold rows, which need no rules to start)

        cases = CaseFile(drop.scheme, drop.partner, marks, disk)
        cases.read(blocks)
        return cases.chunk_lines()
    version = runs.begin_year(drop.year, secrets.current_version()).key_version if drop.kind.partition else ""
    reading = Reading(drop.year, False, partial(person_key, version=version, secrets=secrets.person_secrets()))
    sheet = Sheet(drop.kind, reading, drop.partner, drop.shards, marks, disk)
    sheet.read(blocks)
    return sheet.chunk_lines(drop.year, batch.id)


def _write_chunks(batch: str, lines: Iterable[tuple[bytes, int]], most: int, work: Objects) -> list[dict[str, Any]]:
    """Write the chunks of at most `most` lines and describe each: name, rows, sum of cents, SHA-256."""
    chunks: list[dict[str, Any]] = []
    held: list[bytes] = []
    total = 0

    def write() -> None:
        body = b"".join(held)
        name = f"{len(chunks):03}"
        work.put(f"batches/{batch}/chunks/{name}.jsonl", body)
        chunks.append({"name": name, "rows": len(held), "cents": total, "sha256": hashlib.sha256(body).hexdigest()})

    for line, amount in lines:
        held.append(line)
        total += amount
        if len(held) == most:
            write()
            held.clear()
            total = 0
    if held:
        write()
    return chunks


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
    """What the workflow of a batch is given: references only. A population is used as a whole, when the batch is concluded."""
    if drop.kind is None:
        return {"batch": batch, "work": "decide", "chunks": chunks}
    return {"batch": batch, "work": "store", "chunks": chunks if drop.kind.partition else []}
