"""The half of a run after approval: write exactly the approved entries, reconcile, release the payment file.

An entry is put at the number that was seen when it was decided. What stands there decides: the run's own entry = done; anything
else = nothing is written for that person and the report says so. So a step may stop anywhere and be done again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import orjson

from tegemoet.application.files import csv_text, neutral, read_csv, read_json, read_lines, write_json
from tegemoet.application.ports import (
    Entry,
    Events,
    Ledger,
    Objects,
    PharmacyTakenError,
    Run,
    RunDetail,
    Runs,
    Settled,
)
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year import run_files as files
from tegemoet.application.premium_year.report import merged, publish_outputs
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

Json = dict[str, Any]
PAYMENT_COLUMNS = ("entry_id", "payee", "holder", "iban", "amount", "kind")


class NotApprovedError(Exception):
    """The run, its proposal or its payments are not the approved ones. Never retried."""


def approved_run(run_id: str, runs: Runs) -> Run:
    """The run, when it was approved. Raises NotApprovedError."""
    run = runs.get(run_id)
    if run is None or not run.detail.approved_by or run.state not in ("approved", "failed", "released"):
        raise NotApprovedError("the run is not approved")
    return run


def entry_of(run: Run, payment: Json) -> Entry:
    """The entry that a payment becomes. Its id follows from person and number, so it is the same however the rows came in."""
    digest = hashlib.sha256(f"{payment['person']}#{payment['number']}".encode()).hexdigest()[:20]
    return Entry(
        payment["person"],
        payment["number"],
        "payment",
        run.phase,
        payment["riziv_number"],
        payment["profession"],
        payment["cents"],
        payment["pharmacy_id"],
        run.id,
        f"{run.year}-{digest}",
    )


def settle_shard(run_id: str, shard: int, *, runs: Runs, ledger: Ledger, work: Objects, workers: int = 8) -> None:
    """Write the approved entries of one shard of persons, then compare the ledger with them.

    Raises NotApprovedError where the payments are not the approved ones or the year is closed, and
    InvariantViolationError where an invariant does not hold.
    """
    run = approved_run(run_id, runs)
    if work.exists(files.settled_key(run.id, shard)):
        return
    body = work.get(files.evaluated_key(run.id, shard, "payments.jsonl"))
    if hashlib.sha256(body).hexdigest() != _approved(run, work)["shards"][shard]["sha256"]:
        raise NotApprovedError("the payments of a shard differ from what was approved")
    if ledger.is_closed(run.year):
        raise NotApprovedError("the year is closed")
    payments = [orjson.loads(line) for line in body.splitlines()]

    def write(payment: Json) -> Json | None:
        entry = entry_of(run, payment)
        try:
            standing = ledger.append(run.year, shard, entry)
        except PharmacyTakenError:
            return {"id": f"pharmacy-taken.{entry.riziv_number}", "kind": "pharmacy-taken", "person": entry.person}
        if standing != entry:
            return {"id": f"entry-taken.{entry.riziv_number}", "kind": "entry-taken", "person": entry.person}
        return None

    with ThreadPoolExecutor(workers) as pool:
        refused = [found for found in pool.map(write, payments) if found]
    skipped = {found["person"] for found in refused}
    written = [entry_of(run, payment) for payment in payments if payment["person"] not in skipped]
    entries = list(ledger.entries(run.year, shard))
    invariants.require(
        invariants.run_equals_payments((e for e in entries if e.run == run.id), written),
        invariants.numbered_without_gap(entries),
        invariants.paid_what_was_due(
            entries, {p["person"]: p["before"] + p["cents"] for p in payments if p["person"] not in skipped}
        ),
    )
    result = {
        "entries": len(written),
        "cents": sum(e.amount for e in written),
        "not_written": [
            {"id": r["id"], "kind": r["kind"], "facts": {"riziv_number": r["id"].rpartition(".")[2]}} for r in refused
        ],
        "skipped": sorted(skipped),
        "pharmacies": [(e.pharmacy_id, e.person, e.riziv_number) for e in entries if e.pharmacy_id],
    }
    write_json(work, files.settled_key(run.id, shard), result)


def _approved(run: Run, work: Objects) -> Json:
    body = work.get(files.proposal_key(run.id))
    if hashlib.sha256(body).hexdigest() != run.detail.payments_sha256:
        raise NotApprovedError("the proposal differs from what was approved")
    proposal: Json = orjson.loads(body)
    return proposal


def close_ledger(year: int, *, runs: Runs, ledger: Ledger) -> None:
    """Put the CLOSE entry of a year that is closed; once is enough. Raises NotApprovedError for a year that is not."""
    state = runs.year(year)
    if state is None or not state.closed:
        raise NotApprovedError("the year is not closed")
    ledger.close(year, "")


def release(run_id: str, *, runs: Runs, ledger: Ledger, work: Objects, output: Objects, events: Events) -> None:
    """Reconcile what was written with what was approved, write the payment file once, hand partners their decisions, free the year."""
    run = approved_run(run_id, runs)
    if run.state != "released":
        state = runs.year(run.year)
        if state is None or state.closed:
            raise NotApprovedError("the year is closed")
        proposal = _approved(run, work)
        shards = range(len(proposal["shards"]))
        settled = [read_json(work, files.settled_key(run.id, shard)) for shard in shards]
        skipped = {person for found in settled for person in found["skipped"]}
        refused = [found for result in settled for found in result["not_written"]]
        prefix = files.output_prefix(run.year, run.phase, run.id)
        paid = _write_payment_file(run, work, output, prefix + "payments.csv", shards, skipped)
        refused_cents = sum(
            p["cents"] for shard in shards for p in _payments(work, run, shard) if p["person"] in skipped
        )
        in_ledger = sum(found["cents"] for found in settled)
        checks = [
            invariants.equal("entries-equal-payment-file", in_ledger, paid),
            invariants.equal("payment-file-equals-approval", paid + refused_cents, proposal["cents"]),
            invariants.claims_match(
                ledger.claims(run.year), (tuple(p) for found in settled for p in found["pharmacies"])
            ),
        ]
        invariants.require(*checks)
        runs.keep_exceptions(run.year, [YearException(e["id"], e["kind"], e["facts"], run.id) for e in refused])
        summary = read_json(work, files.summary_key(run.id))
        summary["state"] = "released"
        summary["settled"] = {
            "entries": sum(found["entries"] for found in settled),
            "amount": euro(from_cents(in_ledger)),
            "not_written": len(refused),
        }
        summary["checks"] = [check.as_dict() for check in checks]
        _hand_to_partners(run, work, output, shards)
        outputs = publish_outputs(run, summary, runs, work, output)
        done = RunDetail(outputs=(*outputs, prefix + "payments.csv"), settled=Settled(**summary["settled"]))
        runs.finish(run.id, state="released", detail=done, expected=("approved", "failed"))
        run = approved_run(run_id, runs)
    settled_sum = run.detail.settled
    if run.state != "released" or settled_sum is None:
        raise NotApprovedError("the run has ended otherwise")
    events.publish(
        "run.released",
        {
            "run": run.id,
            "year": run.year,
            "phase": run.phase,
            "payments": settled_sum.entries,
            "amount": settled_sum.amount,
        },
    )


def _payments(work: Objects, run: Run, shard: int) -> Iterator[Json]:
    return read_lines(work, files.evaluated_key(run.id, shard, "payments.jsonl"))


def _write_payment_file(
    run: Run, work: Objects, output: Objects, key: str, shards: Iterable[int], skipped: set[str]
) -> int:
    """Write the payment file once; its sum in cents, read from the file that stands."""
    if not output.exists(key):
        entries = (
            (entry_of(run, payment), payment)
            for shard in shards
            for payment in _payments(work, run, shard)
            if payment["person"] not in skipped
        )
        rows = (
            (
                entry.entry_id,
                neutral(payment["payee"]),
                neutral(payment["holder"]),
                payment["iban"],
                euro(from_cents(payment["cents"])),
                payment["kind"],
            )
            for entry, payment in entries
        )
        output.put_once(key, csv_text(chain([PAYMENT_COLUMNS], rows)).encode())
    standing = read_csv(output.get(key).decode())
    return sum(int(row["amount"].replace(".", "")) for row in standing)


def _hand_to_partners(run: Run, work: Objects, output: Objects, shards: Iterable[int]) -> None:
    """Each partner's decisions on the numbers it delivered."""
    parts: dict[str, list[str]] = defaultdict(list)
    for shard in shards:
        for partner in read_json(work, files.evaluated_key(run.id, shard, "totals.json"))["partners"]:
            parts[partner].append(files.evaluated_key(run.id, shard, f"partners/{partner}.jsonl"))
    for partner, keys in sorted(parts.items()):
        merged(work, keys, output, f"out/{partner}/convention-premium/{run.id}/decisions.jsonl")
