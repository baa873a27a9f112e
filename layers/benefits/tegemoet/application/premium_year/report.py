"""The report of a run: its control totals and outputs, as the approver sees them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import orjson

from tegemoet.application.files import csv_text
from tegemoet.application.ports import Objects, Runs
from tegemoet.application.premium_year.folder import RunFolder, output_prefix
from tegemoet.application.premium_year.records import Proposal, Recovery, ShardProposal
from tegemoet.application.premium_year.summary import RunSummary
from tegemoet.application.premium_year.totals import summarize
from tegemoet.application.records import PHASES, RunDetail, RunReference
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents


class RunEndedError(Exception):
    """The run was abandoned or has ended in the meantime. Never retried."""


def propose(run: RunReference, *, runs: Runs, work: Objects, output: Objects) -> bool:
    """Sum the shards, write the outputs and record the proposal.

    Returns whether the run was approved already. Raises RunEndedError.
    """
    known = runs.get(run.id)
    if known is None or known.state in ("refused", "expired"):
        raise RunEndedError("the run has ended")
    if known.detail.approved_by:
        return True
    folder = RunFolder(work, run.id)
    plan = folder.plan()
    shards = range(plan.shards)
    counts: Counter[str] = Counter()
    proposed = []
    for shard in shards:
        totals = folder.totals(shard)
        counts.update(totals.counts)
        proposed.append(ShardProposal(totals.counts.get("payments/cents", 0), totals.payments_sha256))
    digest = folder.write_proposal(Proposal(counts["payments/cents"], run.id, proposed))
    exceptions = _exceptions(folder, shards)
    recoveries = [recovery for shard in shards for recovery in folder.recoveries(shard)]
    recoveries.sort(key=lambda recovery: recovery.riziv_number)
    summary = summarize(run, plan, counts, exceptions, recoveries, digest)
    prefix = output_prefix(run)
    decisions = [folder.evaluated_key(shard, "decisions.jsonl") for shard in shards]
    merge_objects(work, decisions, output, prefix + "decisions.jsonl")
    output.put(prefix + "exceptions.csv", exceptions_csv(exceptions).encode())
    output.put(prefix + "recoveries.csv", recoveries_csv(recoveries).encode())
    outputs = [prefix + name for name in ("decisions.jsonl", "exceptions.csv", "recoveries.csv")]
    outputs += publish_summary(run, summary, runs, work, output)
    runs.keep_exceptions(run.year, [replace(exception, run=run.id) for exception in exceptions])
    detail = RunDetail(control_sum=summary["control_sum"], payments_sha256=digest, outputs=tuple(outputs))
    if not runs.update(run.id, state="started", detail=detail, expected=("started", "waiting", "failed")):
        raise RunEndedError("the run has ended")
    return False


def _exceptions(folder: RunFolder, shards: Iterable[int]) -> list[YearException]:
    """The exceptions of the run, each once, by id."""
    exceptions = [*folder.pharmacies().exceptions]
    for shard in shards:
        exceptions.extend(folder.exceptions(shard))
    return sorted({exception.id: exception for exception in exceptions}.values(), key=lambda e: e.id)


def exceptions_csv(exceptions: Iterable[YearException]) -> str:
    rows = ((e.id, e.kind, orjson.dumps(e.facts, option=orjson.OPT_SORT_KEYS).decode()) for e in exceptions)
    return csv_text([("id", "kind", "facts"), *rows])


def recoveries_csv(recoveries: Iterable[Recovery]) -> str:
    """The recoveries, with amounts in EUR."""
    rows = (
        (r.riziv_number, r.profession, *(euro(from_cents(cents)) for cents in (r.paid, r.due, r.cents)))
        for r in recoveries
    )
    return csv_text([("riziv_number", "profession", "paid", "due", "recovery"), *rows])


def publish_summary(run: RunReference, summary: RunSummary, runs: Runs, work: Objects, output: Objects) -> list[str]:
    """Write the summary and its page. Returns their keys in the output bucket."""
    from tegemoet.application.premium_year.report_page import render  # noqa: PLC0415 -- loads the template engine

    folder = RunFolder(work, run.id)
    text = orjson.dumps(summary, option=orjson.OPT_INDENT_2)
    folder.write_summary(text)
    released = [r for phase in PHASES for r in runs.of_phase(run.year, phase) if r.state == "released"]
    earlier = [RunFolder(work, other.id).summary() for other in released if other.id != run.id]
    prefix = output_prefix(run)
    output.put(prefix + "summary.json", text)
    output.put(prefix + "report.html", render(summary, earlier).encode())
    return [prefix + "summary.json", prefix + "report.html"]


def merge_objects(work: Objects, keys: Iterable[str], output: Objects, key: str) -> None:
    """Write the objects one after another as one."""
    with output.writer(key) as out:
        for part in keys:
            for block in work.stream(part):
                out.write(block)
