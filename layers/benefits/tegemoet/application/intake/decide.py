"""Deciding one chunk of a file of cases; doing it twice changes nothing."""

from collections.abc import Mapping

from tegemoet.application.decisions.bulk import decide_cases
from tegemoet.application.intake.chunks import read_cases
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.intake.results import ChunkCounts, ChunkResult, RejectedRow, result_key, write_result
from tegemoet.application.ports import Decisions, DigestSecret, Objects, Registrations
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Data


def decide_chunk(
    batch_id: str,
    chunk: str,
    *,
    work: Mapping[Data, Objects],
    decisions: Mapping[Data, Decisions],
    registrations: Registrations,
    secrets: DigestSecret,
) -> ChunkCounts:
    """Decide the cases of a chunk, store the decisions, and write them and the chunk's result."""
    manifest = read_manifest(batch_id, work["ordinary"])
    scheme = scheme_named(manifest.scheme)
    own = work[scheme.data]
    with own.writer(result_key(batch_id, chunk, "jsonl"), once=True) as sink:
        bulk = decide_cases(
            read_cases(batch_id, chunk, own),
            scheme,
            manifest.partner,
            parameters=work["ordinary"],
            decisions=decisions,
            registrations=registrations,
            digest_secret=secrets.digest_secret(),
            write=sink.write,
        )
    rejected = [RejectedRow(case.line, case.path, case.code, case.former_code) for case in bulk.rejected]
    write_result(batch_id, chunk, ChunkResult(rejected, 0, bulk.outcomes), own)
    return {"chunk": chunk, "accepted": bulk.decided, "rejected": len(bulk.rejected)}
