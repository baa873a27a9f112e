"""Ingesting one object: who sends what, whether it is well-formed, which rows are accepted; then
its workflow is started.

The object is read once, as a stream, and its good rows are distributed over files on the local disk
by the key on which they are compared. Each of those files is then read alone, so memory does not
grow with the object. Nothing of a refused file is stored. Everything depends on the object alone:
an event that comes twice writes the same chunks and starts the same workflow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tegemoet.application.intake.answer_file import AnswerFile
from tegemoet.application.intake.channels import Inbox, ObjectCreated
from tegemoet.application.intake.chunks import ChunkWriter, chunk_key, facts_key
from tegemoet.application.intake.csv_file import CsvFile
from tegemoet.application.intake.keys import (
    MAX_BYTES,
    Drop,
    FileRefusedError,
    batch_id,
    parse_key,
    partner_of,
    recorded_key,
)
from tegemoet.application.intake.kinds.records import Reading
from tegemoet.application.intake.manifest import Chunk, Manifest, manifests, write_manifest
from tegemoet.application.intake.outcomes import DUPLICATES_HEADER, REJECTED_HEADER, RowOutcomes
from tegemoet.application.intake.scratch import ScratchSpace, write_records
from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches, Objects, PersonSecrets, Registrations, Runs, Seals, Workflows
from tegemoet.application.records import Batch, BatchDetail, ObjectVersion
from tegemoet.schemes.scheme import Data

CHUNK_ROWS = 20_000
CASE_CHUNK_ROWS = 2_000
"""Fewer, because a decision is many times the size of a row."""


@dataclass(frozen=True, slots=True)
class IngestPorts:
    """What ingesting needs: the inboxes and the work
    buckets by kind of data, and the other ports.
    """

    inboxes: Mapping[Data, Inbox]
    work: Mapping[Data, Objects]
    batches: Batches
    registrations: Registrations
    runs: Runs
    secrets: PersonSecrets
    seals: Seals
    workflows: Workflows


def ingest(created: ObjectCreated, ports: IngestPorts, scratch: Path) -> Batch | None:
    """Ingest the object and return its batch, or None where the object is gone for good.

    `scratch` is an empty folder; the caller removes it. Raises KeyError when the object is not
    there yet: the message has to come again.
    """
    inbox = ports.inboxes[created.inbox]
    try:
        version = inbox.objects.head(created.key, created.version, created.etag)
    except KeyError:
        inbox.object_missing(created)
        return None
    batch = _batch_of(created, version, ports.batches)
    if batch.state == "loading":
        with ScratchSpace(scratch) as space:
            batch = _load(batch, inbox, version, space, ports)
    if batch.state == "refused":
        inbox.refused(replace(batch, key=created.key))
    return batch


def _load(batch: Batch, inbox: Inbox, version: ObjectVersion, space: ScratchSpace, ports: IngestPorts) -> Batch:
    outcomes = RowOutcomes(space)
    try:
        grants = Grants(ports.registrations.all())
        drop = _drop_of(version, inbox, grants)
        work = ports.work[drop.scheme.data]
        chunks = _write_chunks(
            drop, batch, inbox.objects.stream(version.key, version.version), outcomes, space, work, grants, ports
        )
    except FileRefusedError as refusal:
        detail = BatchDetail(refusal=refusal.refusal)
        ports.batches.update(batch.id, state="refused", detail=detail, expected=("loading",))
        return replace(batch, state="refused", detail=detail)
    _write_outcomes(batch.id, outcomes, work)
    manifest = Manifest(
        partner=batch.partner,
        scheme=batch.scheme,
        kind=batch.kind,
        year=batch.year,
        counts=outcomes.counts,
        reasons=dict(outcomes.reasons),
        warnings=outcomes.warnings,
        chunks=chunks,
    )
    write_manifest(batch.id, manifest, manifests(ports.work, drop.scheme.data))
    detail = BatchDetail(outcomes.counts, len(chunks))
    if ports.batches.update(batch.id, state="loading", detail=detail, expected=("loading",)):
        ports.workflows.start("batch", batch.id, drop.workflow_input(batch.id, (chunk.name for chunk in chunks)))
    return replace(batch, detail=detail)


def _drop_of(version: ObjectVersion, inbox: Inbox, grants: Grants) -> Drop:
    """What the object is, from its inbox, key, size and encryption, if its partner may bring it.

    What the partner could bring when the object was written decides, so that an event that comes
    twice is answered alike. Raises FileRefusedError.
    """
    drop = parse_key(version.key)
    if drop.scheme.data not in inbox.receives:
        raise FileRefusedError("key-unknown")
    if version.size > MAX_BYTES:
        raise FileRefusedError("file-too-large")
    if not grants.granted(drop.partner, drop.scheme.slug, drop.kind_name, drop.year, version.written_at):
        raise FileRefusedError("kind-not-granted")
    if not inbox.is_ours(drop, version):
        raise FileRefusedError("encryption-not-ours")
    return drop


def _batch_of(created: ObjectCreated, version: ObjectVersion, batches: Batches) -> Batch:
    """The batch of the object: the one that was announced for its upload, the one that it has
    already, or a new one."""
    announced = batches.get(version.metadata["batch"]) if "batch" in version.metadata else None
    if announced and (announced.partner, announced.key) == (partner_of(created.key), created.key):
        arrived = replace(
            announced,
            version=version.version,
            written_at=version.written_at,
            sequencer=created.sequencer,
            size=version.size,
            state="loading",
        )
        if batches.replace_upload(arrived):
            return arrived
        now = batches.get(announced.id) or announced
        if now.sequencer == created.sequencer:
            return now
        # the form was used a second time: another object, so another batch, of the same sender
        fresh = replace(_new_batch(created, version), sent_by=announced.sent_by)
    else:
        fresh = _new_batch(created, version)
    return fresh if batches.create(fresh) else batches.get(fresh.id) or fresh


def _new_batch(created: ObjectCreated, version: ObjectVersion) -> Batch:
    """A batch of an object that nobody announced.

    One with an unknown key is recorded too, so that its partner sees why it is refused.
    """
    try:
        drop = parse_key(created.key)
    except FileRefusedError:
        scheme, kind, year = "", "", None
    else:
        scheme, kind, year = drop.scheme.slug, drop.kind_name, drop.year
    return Batch(
        id=batch_id(version.written_at, created.key, created.sequencer, created.etag),
        partner=partner_of(recorded_key(created.key)),
        scheme=scheme,
        kind=kind,
        year=year,
        key=recorded_key(created.key),
        version=version.version,
        written_at=version.written_at,
        sequencer=created.sequencer,
        size=version.size,
        state="loading",
    )


def _write_chunks(
    drop: Drop,
    batch: Batch,
    blocks: Iterable[bytes],
    outcomes: RowOutcomes,
    space: ScratchSpace,
    work: Objects,
    grants: Grants,
    ports: IngestPorts,
) -> list[Chunk]:
    """Read the whole object, then write its chunks.

    Raises FileRefusedError, in most cases before the first chunk.
    """
    writer = ChunkWriter(batch.id, work, facts_key if drop.becomes_facts else chunk_key)
    if drop.kind is None or drop.year is None:
        from tegemoet.application.intake.case_file import CaseFile  # noqa: PLC0415 - most files hold rows, which need no rules

        cases = CaseFile(drop.scheme, drop.partner, outcomes, space)
        cases.read(blocks)
        return writer.write_numbered(cases.chunk_lines(), CASE_CHUNK_ROWS)
    reading = Reading(drop.year, keys=grants.keys_of(drop.partner, drop.kind.keys, batch.written_at))
    if drop.becomes_facts:
        reading.key_version = ports.runs.begin_year(drop.year, ports.secrets.current_version()).key_version
        reading.secrets = ports.secrets.person_secrets()
    reader = AnswerFile if drop.kind.read is None else CsvFile
    file = reader(drop.kind, reading, drop.partner, drop.shards, outcomes, space)
    file.read(blocks)
    if drop.kind.by_shard:
        open_seal = partial(ports.seals.open, drop.year, drop.kind.name, create=True) if drop.kind.sealed else None
        return writer.write_shards(file.shards(), open_seal)
    return writer.write_numbered(file.chunk_lines(), CHUNK_ROWS)


def _write_outcomes(batch_id: str, outcomes: RowOutcomes, work: Objects) -> None:
    write_records(work, f"batches/{batch_id}/rejected.csv", REJECTED_HEADER, outcomes.rejected)
    write_records(work, f"batches/{batch_id}/duplicates.csv", DUPLICATES_HEADER, outcomes.duplicates)
