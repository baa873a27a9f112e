"""What a run shows: control totals and outputs while it waits for approval, and how it ends where nothing is paid."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson

from tegemoet.application.files import csv_text, read_json, read_lines
from tegemoet.application.ports import Events, Objects, Run, RunDetail, Runs
from tegemoet.application.premium_year import run_files as files
from tegemoet.application.premium_year.totals import summary
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

Json = dict[str, Any]


class RunEndedError(Exception):
    """The run was abandoned or has ended in the meantime. Never retried."""


def merged(work: Objects, keys: Iterable[str], output: Objects, key: str) -> None:
    """Write the objects one after another as one."""
    with output.writer(key) as out:
        for part in keys:
            for block in work.stream(part):
                out.write(block)


def propose(run: Run, *, runs: Runs, work: Objects, output: Objects) -> bool:
    """Add up the shards, write the outputs, record what is put before the approver; whether the run was approved already."""
    known = runs.get(run.id)
    if known is None or known.state in ("refused", "expired"):
        raise RunEndedError("the run has ended")
    if known.detail.approved_by:
        return True
    plan = read_json(work, files.plan_key(run.id))
    shards = range(plan["shards"])
    counts: Counter[str] = Counter()
    proposed = []
    exceptions = [YearException(**e) for e in read_json(work, files.pharmacies_key(run.id))["exceptions"]]
    recoveries: list[Json] = []
    for shard in shards:
        totals = read_json(work, files.evaluated_key(run.id, shard, "totals.json"))
        counts.update(totals["counts"])
        proposed.append({"sha256": totals["payments_sha256"], "cents": totals["counts"].get("payments/cents", 0)})
        lines = read_lines(work, files.evaluated_key(run.id, shard, "exceptions.jsonl"))
        exceptions.extend(YearException(**line) for line in lines)
        recoveries.extend(read_lines(work, files.evaluated_key(run.id, shard, "recoveries.jsonl")))
    proposal = {"run": run.id, "cents": counts["payments/cents"], "shards": proposed}
    body = orjson.dumps(proposal, option=orjson.OPT_SORT_KEYS)
    work.put(files.proposal_key(run.id), body)
    exceptions = sorted({e.id: e for e in exceptions}.values(), key=lambda e: e.id)
    recoveries.sort(key=lambda r: str(r["riziv_number"]))
    found = summary(run, plan, counts, exceptions, recoveries, hashlib.sha256(body).hexdigest())
    prefix = files.output_prefix(run.year, run.phase, run.id)
    keys = [files.evaluated_key(run.id, shard, "decisions.jsonl") for shard in shards]
    merged(work, keys, output, prefix + "decisions.jsonl")
    output.put(
        prefix + "exceptions.csv",
        csv_text([("id", "kind", "facts"), *((e.id, e.kind, _json(e.facts)) for e in exceptions)]).encode(),
    )
    rows = (
        (r["riziv_number"], r["profession"], *(euro(from_cents(r[n])) for n in ("paid", "due", "cents")))
        for r in recoveries
    )
    output.put(
        prefix + "recoveries.csv", csv_text([("riziv_number", "profession", "paid", "due", "recovery"), *rows]).encode()
    )
    outputs = [prefix + name for name in ("decisions.jsonl", "exceptions.csv", "recoveries.csv")]
    outputs += publish_outputs(run, found, runs, work, output)
    runs.keep_exceptions(run.year, [replace(e, run=run.id) for e in exceptions])
    detail = RunDetail(
        control_sum=found["control_sum"], payments_sha256=found["payments_sha256"], outputs=tuple(outputs)
    )
    if not runs.update(run.id, state="started", detail=detail, expected=("started", "waiting", "failed")):
        raise RunEndedError("the run has ended")
    return False


def publish_outputs(run: Run, found: Json, runs: Runs, work: Objects, output: Objects) -> list[str]:
    """Write the summary and its page; their keys in the output bucket."""
    from tegemoet.application.premium_year.report_page import render  # noqa: PLC0415 -- the template engine is needed here alone

    prefix = files.output_prefix(run.year, run.phase, run.id)
    text = orjson.dumps(found, option=orjson.OPT_INDENT_2)
    work.put(files.summary_key(run.id), text)
    output.put(prefix + "summary.json", text)
    before = [r for phase in (1, 2) for r in runs.of_phase(run.year, phase) if r.state == "released" and r.id != run.id]
    earlier = [read_json(work, files.summary_key(r.id)) for r in before]
    output.put(prefix + "report.html", render(found, earlier).encode())
    return [prefix + "summary.json", prefix + "report.html"]


def ask(run: Run, token: str, *, runs: Runs, work: Objects, events: Events) -> None:
    """Put the run before an approver: from now on an answer reaches the workflow through `token`."""
    if not runs.update(
        run.id, state="waiting", detail=RunDetail(token=token), expected=("started", "waiting", "failed")
    ):
        raise RunEndedError("the run has ended")
    found = read_json(work, files.summary_key(run.id))
    detail = {"run": run.id, "year": run.year, "phase": run.phase, "control_sum": found["control_sum"]}
    events.publish(
        "run.waiting",
        {**detail, "payments": found["payments"]["count"], "exceptions": sum(found["exceptions"].values())},
    )


def expire(run: Run, *, runs: Runs) -> bool:
    """End a run that nobody answered in time; whether an approval came in at the last moment after all."""
    runs.finish(run.id, state="expired", detail=RunDetail(reason="no answer in time"), expected=("waiting",))
    known = runs.get(run.id)
    return known is not None and bool(known.detail.approved_by)


def refuse(run: Run, *, runs: Runs, events: Events) -> None:
    """Tell that nothing is paid. The decisions stay, marked by the state of their run."""
    known = runs.get(run.id)
    if known is None or known.state not in ("refused", "expired"):
        raise RunEndedError("the run was not refused")
    events.publish("run.refused", {"run": run.id, "year": run.year, "phase": run.phase, "state": known.state})


def record_failure(run_id: str, execution: str, error: str, *, runs: Runs) -> bool:
    """Mark a run whose execution failed: the year stays locked to it until it is continued or, before approval, given up.

    The failure of an execution that is not the run's latest tells nothing.
    """
    run = runs.get(run_id)
    if run is None or run.detail.execution != execution:
        return False
    return runs.update(
        run_id, state="failed", detail=RunDetail(failure=error), expected=("started", "waiting", "approved")
    )


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
