"""Settlement: write exactly the approved entries, reconcile, release the payment file.

An entry is put at the number that was free when the payment was decided. The entry that is found
there decides: the run's own entry = done; any other = nothing is written for that person, and the
report says so. So each step may stop anywhere and be done again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

from tegemoet.application.files import csv_text, neutral, read_csv
from tegemoet.application.ports import Events, Ledger, Objects, PharmacyTakenError, Runs
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.folder import NotApprovedError, RunFolder, output_prefix
from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.premium_year.records import Payment, Proposal, SettledShard
from tegemoet.application.premium_year.report import merge_objects, publish_summary
from tegemoet.application.records import Entry, Run, RunDetail, Settled
from tegemoet.domain.manual_review import ExceptionKind, YearException
from tegemoet.domain.money import cents, euro, from_cents
from tegemoet.schemes.convention_premium import SLUG

PAYMENT_COLUMNS = ("entry_id", "payee", "holder", "iban", "amount", "kind")


def approved_run(run_id: str, runs: Runs) -> Run:
    """The run, if it was approved. Raises NotApprovedError."""
    run = runs.get(run_id)
    if run is None or not run.detail.approved_by or run.state not in ("approved", "failed", "released"):
        raise NotApprovedError("the run is not approved")
    return run


def entry_of(run: Run, payment: Payment) -> Entry:
    """The entry of a payment.

    Its id follows from person and number, whatever the order in which files arrived.
    """
    digest = hashlib.sha256(f"{payment.person}#{payment.number}".encode()).hexdigest()[:20]
    return Entry(
        payment.person,
        payment.number,
        "payment",
        run.phase,
        payment.riziv_number,
        payment.profession,
        payment.cents,
        payment.pharmacy_id,
        run.id,
        f"{run.year}-{digest}",
    )


# --- one shard ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _NotWritten:
    """A payment that was not written, and why."""

    person: str
    exception: YearException


def settle_shard(run_id: str, shard: int, *, runs: Runs, ledger: Ledger, work: Objects, workers: int = 8) -> None:
    """Write the approved entries of one shard of persons, then compare the ledger with them.

    Raises NotApprovedError if the payments are not the approved ones or the year is closed, and
    InvariantViolationError if an invariant does not hold.
    """
    run = approved_run(run_id, runs)
    folder = RunFolder(work, run.id)
    if folder.is_settled(shard):
        return
    proposal = folder.approved_proposal(run.detail.payments_sha256)
    payments = folder.approved_payments(shard, proposal.shards[shard].sha256)
    if ledger.is_closed(run.year):
        raise NotApprovedError("the year is closed")

    def write(payment: Payment) -> _NotWritten | None:
        return _write(entry_of(run, payment), shard, run, ledger)

    with ThreadPoolExecutor(workers) as pool:
        not_written = [failed for failed in pool.map(write, payments) if failed]
    skipped = {failed.person for failed in not_written}
    paid = [payment for payment in payments if payment.person not in skipped]
    written = [entry_of(run, payment) for payment in paid]
    entries = list(ledger.entries(run.year, shard))
    invariants.require(
        invariants.run_equals_payments((e for e in entries if e.run == run.id), written),
        invariants.numbered_without_gap(entries),
        invariants.paid_what_was_due(entries, {p.person: p.before + p.cents for p in paid}),
    )
    settled = SettledShard(
        len(written),
        sum(entry.amount for entry in written),
        [failed.exception for failed in not_written],
        sorted(skipped),
        [(e.pharmacy_id, e.person, e.riziv_number) for e in entries if e.pharmacy_id],
    )
    folder.write_settled(shard, settled)


def _write(entry: Entry, shard: int, run: Run, ledger: Ledger) -> _NotWritten | None:
    """Append the entry. Returns why it was not written, if it was not."""
    kind: ExceptionKind
    try:
        present = ledger.append(run.year, shard, entry)
    except PharmacyTakenError:
        kind = "pharmacy-taken"
    else:
        if present == entry:
            return None
        kind = "entry-taken"
    facts = {"riziv_number": entry.riziv_number}
    return _NotWritten(entry.person, YearException.about(kind, entry.riziv_number, facts))


def close_ledger(year: int, *, runs: Runs, ledger: Ledger) -> None:
    """Put the CLOSE entry of a closed year; closing twice changes nothing.

    Raises NotApprovedError for an open year.
    """
    state = runs.year(year)
    if state is None or not state.closed:
        raise NotApprovedError("the year is not closed")
    ledger.close(year, "")


# --- the whole run --------------------------------------------------------------------------------


def release(run_id: str, *, runs: Runs, ledger: Ledger, work: Objects, output: Objects, events: Events) -> None:
    """Reconcile ledger and approval, write payment file and partners' decisions, free the year.

    The payment file is written once. Raises NotApprovedError, and InvariantViolationError if the
    sums differ.
    """
    run = approved_run(run_id, runs)
    if run.state != "released":
        _release(run, runs, ledger, work, output)
        run = approved_run(run_id, runs)
    settled = run.detail.settled
    if settled is None:
        raise NotApprovedError("the run has ended otherwise")
    detail = {"run": run.id, "year": run.year, "phase": run.phase}
    events.publish("run.released", {**detail, "payments": settled["entries"], "amount": settled["amount"]})


def _release(run: Run, runs: Runs, ledger: Ledger, work: Objects, output: Objects) -> None:
    year = runs.year(run.year)
    if year is None or year.closed:
        raise NotApprovedError("the year is closed")
    folder, prefix = RunFolder(work, run.id), output_prefix(run)
    proposal = folder.approved_proposal(run.detail.payments_sha256)
    shards = [folder.settled(shard) for shard in range(len(proposal.shards))]
    paid, left_out = _write_payment_file(run, folder, output, shards)
    checks = _reconcile(run, proposal, shards, paid, left_out, ledger)
    invariants.require(*checks)
    not_written = [replace(exception, run=run.id) for shard in shards for exception in shard.not_written]
    runs.keep_exceptions(run.year, not_written)
    settled = Settled(
        entries=sum(shard.entries for shard in shards),
        amount=euro(from_cents(sum(shard.cents for shard in shards))),
        not_written=len(not_written),
    )
    summary = folder.summary()
    summary["state"] = "released"
    summary["settled"] = settled
    summary["checks"] = [check.sides() for check in checks]
    _hand_to_partners(run, folder, len(shards), work, output)
    outputs = publish_summary(run, summary, runs, work, output)
    detail = RunDetail(outputs=(*outputs, prefix + "payments.csv"), settled=settled)
    runs.finish(run.id, state="released", detail=detail, expected=("approved", "failed"))


def _reconcile(
    run: Run, proposal: Proposal, shards: Sequence[SettledShard], paid: int, left_out: int, ledger: Ledger
) -> list[Check]:
    """The sums that must agree.

    `paid` = cents of the payment file, `left_out` = cents of the payments that were not written.
    """
    pharmacies = (claim for shard in shards for claim in shard.pharmacies)
    return [
        invariants.equal("entries-equal-payment-file", sum(shard.cents for shard in shards), paid),
        invariants.equal("payment-file-equals-approval", paid + left_out, proposal.cents),
        invariants.claims_match(ledger.claims(run.year), pharmacies),
    ]


def _write_payment_file(
    run: Run, folder: RunFolder, output: Objects, shards: Sequence[SettledShard]
) -> tuple[int, int]:
    """Write the payment file once.

    Returns the sum of the file, as read from it, and the sum of the payments left out, in cents.
    """
    skipped = {person for shard in shards for person in shard.skipped}
    left_out = 0

    def rows() -> Iterator[Sequence[str]]:
        nonlocal left_out
        yield PAYMENT_COLUMNS
        for shard in range(len(shards)):
            for payment in folder.payments(shard):
                if payment.person in skipped:
                    left_out += payment.cents
                else:
                    yield _payment_row(run, payment)

    key = output_prefix(run) + "payments.csv"
    # Made also if the file exists: the pass adds up what was left out.
    output.put_once(key, csv_text(rows()).encode())
    return payment_file_sum(run, output), left_out


def payment_file_sum(run: Run, output: Objects) -> int:
    """The sum of the run's payment file in cents, as read from the file."""
    text = output.get(output_prefix(run) + "payments.csv").decode()
    return sum(cents(Decimal(row["amount"])) for row in read_csv(text))


def _payment_row(run: Run, payment: Payment) -> Sequence[str]:
    return (
        entry_of(run, payment).entry_id,
        neutral(payment.payee),
        neutral(payment.holder),
        payment.iban,
        euro(from_cents(payment.cents)),
        payment.kind,
    )


def _hand_to_partners(run: Run, folder: RunFolder, shards: int, work: Objects, output: Objects) -> None:
    """Write each partner's decisions on the numbers that it delivered."""
    parts: dict[str, list[str]] = defaultdict(list)
    for shard in range(shards):
        for partner in folder.totals(shard).partners:
            parts[partner].append(folder.evaluated_key(shard, f"partners/{partner}.jsonl"))
    for partner, keys in sorted(parts.items()):
        merge_objects(work, keys, output, f"out/{partner}/{SLUG}/{run.id}/decisions.jsonl")
