"""The end of a batch: its outputs for the partner, its last state, its event.

Finishing twice writes the same outputs.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import cast

from tegemoet.application.files import raw_lines
from tegemoet.application.intake import batch_report
from tegemoet.application.intake.channels import Outbox
from tegemoet.application.intake.chunks import read_rows
from tegemoet.application.intake.keys import Drop, parse_key
from tegemoet.application.intake.manifest import Manifest, manifests, read_manifest
from tegemoet.application.intake.outcomes import REJECTED_HEADER, rejection
from tegemoet.application.intake.results import read_result, result_key
from tegemoet.application.intake.scratch import LineOrder, ScratchSpace, line_of, write_records
from tegemoet.application.intake.summary import render_json, summarize
from tegemoet.application.ports import Batches, Events, Objects, Runs
from tegemoet.application.premium_year.allocation import Allocation, allocate
from tegemoet.application.records import Batch, BatchDetail, FileRefusal, RowCounts
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.premium_allocation.rules import Provider
from tegemoet.schemes.registry import data_of
from tegemoet.schemes.scheme import Data

ANSWER_KINDS = frozenset(("bank-answers", "returns"))
"""Kinds of files that tell what became of payments: they count after the close of a year too."""


@dataclass(frozen=True, slots=True)
class FinishPorts:
    """What finishing needs: the work buckets and the
    outboxes by kind of data, and the other ports.
    """

    work: Mapping[Data, Objects]
    outboxes: Mapping[Data, Outbox]
    batches: Batches
    runs: Runs
    events: Events


def finish_batch(batch_id: str, ports: FinishPorts, scratch: Path) -> Batch:
    """Write the outputs of a batch, mark it done and publish its event; the batch as it is then.

    A file from which nothing can follow, an allocation that cannot be made, is refused instead.
    `scratch` is an empty folder; the caller removes it. Raises KeyError for an unknown batch.
    """
    batch = ports.batches.get(batch_id)
    if batch is None:
        raise KeyError(batch_id)
    if batch.state not in ("loading", "done"):
        return batch
    data = data_of(batch.scheme)
    outbox = ports.outboxes[data]
    manifest = read_manifest(batch_id, manifests(ports.work, data))
    drop = parse_key(batch.key)
    try:
        with ScratchSpace(scratch) as space:
            late = LineOrder(space.partitions("rejected"))
            finishing = _Finishing(batch, drop, manifest, late, ports.work[data], outbox.objects)
            counts, outputs = finishing.write()
    except ProblemError as problem:
        detail = replace(batch.detail, refusal=FileRefusal(problem.code, problem.detail))
        ports.batches.update(batch_id, state="refused", detail=detail, expected=("loading",))
        return replace(batch, state="refused", detail=detail)
    detail = BatchDetail(counts, outputs=outputs)
    if not ports.batches.update(batch_id, state="done", detail=detail, expected=("loading",)):
        ended = ports.batches.get(batch_id) or batch
        if ended.state != "done":
            return ended  # it was abandoned, or failed, while its outputs were written
    if drop.becomes_facts and batch.kind not in ANSWER_KINDS:
        _record_late_facts(batch, counts.accepted, ports.runs)
    outbox.done(batch)
    about = {"batch": batch_id, "partner": batch.partner, "scheme": batch.scheme, "kind": batch.kind}
    ports.events.publish("batch.done", about | asdict(counts))
    return replace(batch, state="done", detail=detail)


def year_of_answers(batch: Batch) -> int | None:
    """The premium year on whose payments the batch has answers of the bank; None for any other."""
    return batch.year if batch.state == "done" and batch.kind in ANSWER_KINDS else None


def mark_failed(batch_id: str, error: str, batches: Batches, outboxes: Mapping[Data, Outbox]) -> Batch:
    """Mark a batch that could not be finished.

    `error` = the name of the error, never its message. Raises KeyError for an unknown batch.
    """
    batch = batches.get(batch_id)
    if batch is None:
        raise KeyError(batch_id)
    detail = replace(batch.detail, error=error)
    batches.update(batch_id, state="failed", detail=detail, expected=("loading",))
    outboxes[data_of(batch.scheme)].failed(batch)
    return replace(batch, state="failed", detail=detail)


@dataclass(slots=True)
class _Finishing:
    """The outputs of one batch while they are written.

    `late` takes the rows that were rejected after the intake.
    """

    batch: Batch
    drop: Drop
    manifest: Manifest
    late: LineOrder
    work: Objects
    output: Objects
    outputs: dict[str, str] = field(default_factory=dict)
    """Name → key of each output, in the order in which they are listed."""

    def write(self) -> tuple[RowCounts, dict[str, str]]:
        """Write the outputs; the counts, and the key of each output by its name.

        Raises ProblemError where an allocation cannot be made.
        """
        for name in ("rejected.csv", "summary.json", "report.html"):
            self._output(name)
        chunks = [chunk.name for chunk in self.manifest.chunks]
        allocation = self._allocate(chunks) if self.drop.kind and self.drop.kind.allocates else None
        worked = self.drop.workflow_input(self.batch.id, chunks)["chunks"]
        reasons, outcomes, cents = self._results(worked)
        self._write_rejected()
        if self.drop.kind is None:
            self._write_decisions(chunks)
        early = self.manifest.counts
        counts = replace(early, accepted=early.accepted - self.late.count, rejected=early.rejected + self.late.count)
        summary = summarize(self.batch, counts, reasons, outcomes, self.manifest.warnings)
        if self.drop.kind and self.drop.kind.has_amounts:
            summary["amount"] = euro(from_cents(cents))
        if allocation:
            self.output.put_once(self._output(f"{self.batch.year}.toml"), allocation.parameters_toml.encode())
            self.output.put_once(self._output("counts.csv"), allocation.counts_csv.encode())
            summary["allocation"] = allocation.summary
        self.output.put_once(self._output("summary.json"), render_json(summary))
        self.output.put_once(self._output("report.html"), batch_report.render(summary).encode())
        return counts, self.outputs

    def _output(self, name: str) -> str:
        """The key of an output; lists the output."""
        key = f"out/{self.batch.partner}/{self.batch.scheme}/{self.batch.id}/{name}"
        self.outputs[name] = key
        return key

    def _results(self, chunks: Iterable[str]) -> tuple[Counter[str], Counter[str], int]:
        """Rejected rows by code, decisions by outcome, and the cents of the accepted rows, after
        every chunk."""
        reasons, outcomes = Counter(self.manifest.reasons), Counter[str]()
        cents = sum(chunk.cents or 0 for chunk in self.manifest.chunks)
        for chunk in chunks:
            result = read_result(self.batch.id, chunk, self.work)
            outcomes.update(result.outcomes)
            cents -= result.cents
            for row in result.rejected:
                self.late.add(row.line, rejection(row.column, row.code, former_code=row.former_code))
                reasons[row.code] += 1
        return reasons, outcomes, cents

    def _write_rejected(self) -> None:
        early = raw_lines(self.work.stream(f"batches/{self.batch.id}/rejected.csv"))
        next(early)  # its header
        merged = heapq.merge(early, self.late, key=line_of)
        write_records(self.output, self._output("rejected.csv"), REJECTED_HEADER, merged)

    def _write_decisions(self, chunks: Iterable[str]) -> None:
        with self.output.writer(self._output("decisions.jsonl"), once=True) as sink:
            for chunk in chunks:
                for block in self.work.stream(result_key(self.batch.id, chunk, "jsonl")):
                    sink.write(block)

    def _allocate(self, chunks: Iterable[str]) -> Allocation:
        """The allocation over a population, read chunk by chunk.

        Raises ProblemError where it cannot be made.
        """
        rows = (row for chunk in chunks for row in read_rows(self.batch.id, chunk, self.work))
        # the reader of a kind that allocates wrote these bodies
        return allocate(self.batch.year or 0, (cast("Provider", row.body) for row in rows), self.batch.id)


def _record_late_facts(batch: Batch, accepted: int, runs: Runs) -> None:
    """Facts that arrive after the year was closed are not paid any more: they become an exception
    for manual review."""
    year = batch.year or 0
    state = runs.year(year)
    if state is not None and state.closed:
        facts = {"batch": batch.id, "kind": batch.kind, "partner": batch.partner, "accepted": accepted}
        runs.keep_exceptions(year, [YearException.about("late-facts", batch.id, facts)])
