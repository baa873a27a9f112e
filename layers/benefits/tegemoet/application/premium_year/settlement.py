"""Settlement: write exactly the approved entries and compare the ledger with them.

An entry is put at the number that was free when the payment was decided. The entry that is found
there decides: the run's own entry = done; any other = nothing is written for that person, and the
report says so. So each step may stop anywhere and be done again.
"""

from tegemoet.application.ports import ApprovalSeal, Ledger, Objects, Runs
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.folder import NotApprovedError, RunFolder
from tegemoet.application.premium_year.records import SettledShard
from tegemoet.application.premium_year.running import require_this_version
from tegemoet.application.premium_year.sealing import has_seal
from tegemoet.application.records import Entry, Run
from tegemoet.domain.manual_review import ExceptionKind, YearException


def approved_run(run_id: str, runs: Runs, seal: ApprovalSeal) -> Run:
    """The run, if it was approved and its approval has the seal.

    Raises NotApprovedError and RunOfAnotherVersionError.
    """
    run = runs.get(run_id)
    if run is None or not run.detail.approved_by or run.state not in ("approved", "failed", "released"):
        raise NotApprovedError("the run is not approved")
    require_this_version(run)
    if not has_seal(run, seal):
        raise NotApprovedError("the approval has no valid seal")
    return run


def settle_shard(run_id: str, shard: int, *, runs: Runs, ledger: Ledger, work: Objects, seal: ApprovalSeal) -> None:
    """Write the approved entries of one shard of persons, then compare the ledger with them.

    Raises NotApprovedError if the payments are not the approved ones or the year is closed, and
    InvariantViolationError if an invariant does not hold.
    """
    run = approved_run(run_id, runs, seal)
    folder = RunFolder(work, run.id)
    if folder.is_settled(shard):
        return
    proposal = folder.approved_proposal(run.detail.payments_sha256)
    proposed = proposal.shards[shard]
    held = frozenset(proposed.held)
    payments = [p for p in folder.payments(shard, proposed.sha256) if p.person not in held]
    if ledger.is_closed(run.year):
        raise NotApprovedError("the year is closed")

    approved = [entry_of(run, payment) for payment in payments]
    present = ledger.append(run.year, shard, *approved)
    not_written = {
        entry.person: _why(entry, found) for entry, found in zip(approved, present, strict=True) if found != entry
    }
    written = [entry for entry in approved if entry.person not in not_written]
    paid = [payment for payment in payments if payment.person not in not_written]
    entries = list(ledger.entries(run.year, shard))
    last = {payment.person: payment.number for payment in paid}  # what came back since has a later number
    invariants.require(
        invariants.run_equals_payments((e for e in entries if e.run == run.id and e.kind == "payment"), written),
        invariants.numbered_without_gap(entries),
        invariants.paid_what_was_due(
            (e for e in entries if e.kind == "payment" or e.number <= last.get(e.person, 0)),
            {p.person: p.before + p.cents for p in paid},
        ),
    )
    settled = SettledShard(
        len(written),
        sum(entry.amount for entry in written),
        list(not_written.values()),
        sorted(not_written),
        [(e.pharmacy_id, e.person, e.riziv_number) for e in entries if e.pharmacy_id],
        proposed.held,
    )
    folder.write_settled(shard, settled)


def _why(entry: Entry, found: Entry | None) -> YearException:
    """Why the entry was not written, from what was found at its number."""
    kind: ExceptionKind = "pharmacy-taken" if found is None else "entry-taken"
    return YearException.about(kind, entry.riziv_number, {"riziv_number": entry.riziv_number})


def close_ledger(year: int, *, runs: Runs, ledger: Ledger) -> None:
    """Put the CLOSE entry of a closed year; closing twice changes nothing.

    Raises NotApprovedError for an open year.
    """
    state = runs.year(year)
    if state is None or not state.closed:
        raise NotApprovedError("the year is not closed")
    ledger.close(year, "")
