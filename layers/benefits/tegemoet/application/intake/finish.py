"""The end of a batch: what its partner gets to see of it. Doing it twice gives the same outputs."""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from tegemoet.application.files import html_template, raw_lines
from tegemoet.application.intake.kinds.reasons import reason_of
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.intake.outcomes import REJECTED_HEADER, rejection
from tegemoet.application.intake.scratch import Disk, LineOrder, line_of, with_header
from tegemoet.application.intake.store import manifest_of
from tegemoet.application.ports import Batch, Batches, Events, ExceptionCase, Objects, Runs
from tegemoet.application.premium_year.allocation import Allocation, allocate
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.problems import Problem
from tegemoet.schemes.registry import data_of
from tegemoet.schemes.scheme import Data

Json = dict[str, Any]
WITH_AMOUNTS = frozenset(kind.name for kind in KINDS.values() if "amount" in kind.columns and not kind.sealed)


def conclude(
    batch_id: str,
    *,
    work: Mapping[Data, Objects],
    output: Mapping[Data, Objects],
    batches: Batches,
    runs: Runs,
    events: Events,
    scratch: Path,
    arrived: Callable[[Batch], object] = lambda _: None,
) -> Json:
    """Write what the partner gets to see of a batch, mark it done, and tell the world; `scratch` is an empty folder meanwhile.

    `arrived` tells an exchange of a file that it may be waiting for.
    """
    batch = batches.get(batch_id)
    if batch is None:
        raise KeyError(batch_id)
    manifest, data = manifest_of(batch_id, work["ordinary"]), data_of(batch.scheme)
    try:
        with Disk(scratch) as disk:
            late = LineOrder(disk.spool("rejected"))
            counts, outputs = _write_outputs(batch, manifest, late, work[data], output[data])
    except Problem as problem:  # of the file as a whole: an allocation that cannot be made
        refused = {**batch.detail, "reason": problem.code, "text": problem.detail, "line": None, "column": None}
        batches.update(batch_id, state="refused", detail=refused, expected=("loading",))
        return {"batch": batch_id, "state": "refused"}
    if data != "exchange":
        _note_late_facts(batch, counts["accepted"], runs)
    batches.update(batch_id, state="done", detail={**counts, "outputs": outputs}, expected=("loading",))
    if data == "exchange":
        arrived(batch)
    event = {"batch": batch_id, "partner": batch.partner, "scheme": batch.scheme, "kind": batch.kind, **counts}
    events.publish("batch.done", event)
    return {"batch": batch_id, **counts}


def _write_outputs(
    batch: Batch, manifest: Json, late: LineOrder, work: Objects, output: Objects
) -> tuple[dict[str, int], dict[str, str]]:
    """Write the outputs; the counts, and the keys of the outputs by name. `late` takes the rows rejected after the intake."""
    batch_id = batch.id
    chunks = [chunk["name"] for chunk in manifest["chunks"]]
    reasons: Counter[str] = Counter(manifest["reasons"])
    outcomes: Counter[str] = Counter()
    cents = sum(chunk.get("cents", 0) for chunk in manifest["chunks"])
    allocation = _allocation(batch, chunks, work) if batch.kind == "population" else None
    # the rows of an exchange stay in files, as those of a population: nothing more was found out about them
    for chunk in [] if allocation or data_of(batch.scheme) == "exchange" else chunks:
        result = orjson.loads(work.get(f"batches/{batch_id}/results/{chunk}.json"))
        outcomes.update(result["outcomes"])
        cents -= result["cents"]
        for line, column, code in result["rejected"]:
            late.add(line, rejection(column, code))
            reasons[code] += 1

    folder = f"out/{batch.partner}/{batch.scheme}/{batch_id}"
    outputs = {name: f"{folder}/{name}" for name in ("rejected.csv", "summary.json", "report.html")}
    early = raw_lines(work.stream(f"batches/{batch_id}/rejected.csv"))
    next(early)  # its header
    with output.writer(outputs["rejected.csv"]) as sink:
        for line in with_header(REJECTED_HEADER, heapq.merge(early, late, key=line_of)):
            sink.write(line)
    if batch.kind == "cases":
        outputs["decisions.jsonl"] = f"{folder}/decisions.jsonl"
        with output.writer(outputs["decisions.jsonl"]) as sink:
            for chunk in chunks:
                sink.write(work.get(f"batches/{batch_id}/results/{chunk}.jsonl"))

    if allocation:
        for name, text in ((f"{batch.year}.toml", allocation.parameters_toml), ("counts.csv", allocation.counts_csv)):
            outputs[name] = f"{folder}/{name}"
            output.put(outputs[name], text.encode())

    counts = manifest["counts"]
    counts = {**counts, "accepted": counts["accepted"] - late.count, "rejected": counts["rejected"] + late.count}
    summary = _summary(batch, counts, cents, reasons, outcomes, manifest["warnings"])
    if allocation:
        summary["allocation"] = allocation.summary
    output.put(outputs["summary.json"], orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    output.put(outputs["report.html"], render_report(summary))

    return counts, outputs


def give_up(batch_id: str, error: str, *, batches: Batches, ended: Callable[[Batch], object] = lambda _: None) -> Json:
    """Mark a batch that could not be finished; `error` is the name of what went wrong, never its message. `ended` as of `take_in`."""
    batch = batches.get(batch_id)
    if batch is None:
        raise KeyError(batch_id)
    batches.update(
        batch_id, state="failed", detail={**batch.detail, "reason": "failed", "error": error}, expected=("loading",)
    )
    if data_of(batch.scheme) == "exchange":
        ended(batch)
    return {"batch": batch_id, "state": "failed"}


def _allocation(batch: Batch, chunks: list[str], work: Objects) -> Allocation:
    """What follows from a population, read chunk by chunk. Raises Problem where nothing can follow from it."""
    lines = (line for chunk in chunks for line in work.get(f"batches/{batch.id}/chunks/{chunk}.jsonl").splitlines())
    return allocate(batch.year or 0, (orjson.loads(line)[3] for line in lines), batch.id)


def _summary(
    batch: Batch,
    counts: Mapping[str, int],
    cents: int,
    reasons: Counter[str],
    outcomes: Counter[str],
    warnings: list[Json],
) -> Json:
    summary: Json = {
        "batch": batch.id,
        "partner": batch.partner,
        "scheme": batch.scheme,
        "kind": batch.kind,
        "year": batch.year,
        "key": batch.key,
        "written_at": batch.written_at,
        **counts,
        "reasons": [{"code": code, "text": reason_of(code), "count": n} for code, n in sorted(reasons.items())],
        "warnings": [{**warning, "text": reason_of(warning["code"])} for warning in warnings],
        "outcomes": dict(sorted(outcomes.items())),
    }
    if batch.kind in WITH_AMOUNTS:
        summary["amount"] = euro(from_cents(cents))
    return summary


def _note_late_facts(batch: Batch, accepted: int, runs: Runs) -> None:
    """Facts that arrive after the year was closed pay nobody any more: a person has to see them."""
    if batch.year is None or batch.kind == "population":
        return
    year = runs.year(batch.year)
    if year is not None and year.closed:
        facts = {"batch": batch.id, "kind": batch.kind, "partner": batch.partner, "accepted": accepted}
        runs.keep_exceptions(batch.year, [ExceptionCase(f"late-facts.{batch.id}", "late-facts", facts, run="")])


def render_report(summary: Json) -> bytes:
    """The summary as one self-contained page."""
    return html_template("tegemoet.application.intake", "batch_report.html").render(summary).encode()
