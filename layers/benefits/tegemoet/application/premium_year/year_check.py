"""Every invariant of a premium year, checked on what is stored: for an operator, at any time."""

from collections.abc import Iterator
from datetime import date

import orjson

from tegemoet.application.attempts import FileChangedError
from tegemoet.application.decisions.deciding import decide_frozen
from tegemoet.application.files import raw_lines
from tegemoet.application.ports import ApprovalSeal, Batches, Facts, Ledger, Objects, Registrations, Runs
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.folder import DECISIONS, RunFolder
from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.premium_year.plan import highest_premiums, identities_now, parameters_of
from tegemoet.application.premium_year.releasing import payees_differ, payment_file_sum
from tegemoet.application.premium_year.running import runs_of
from tegemoet.application.premium_year.sealing import has_seal
from tegemoet.application.premium_year.values import changed
from tegemoet.application.records import Run
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named


def check_year(
    year: int,
    *,
    batches: Batches,
    registrations: Registrations,
    facts: Facts,
    runs: Runs,
    ledger: Ledger,
    output: Objects,
    digest_secret: bytes,
    seal: ApprovalSeal,
    sealed_from: str = "",
) -> Iterator[Check]:
    """The checks on batches, ledger, runs and payment files of the year.

    An approval before the moment `sealed_from` (ISO, UTC) needs no seal: an earlier version made
    it. Raises NoPremiumForYearError.
    """
    premium = premium_year(parameters_of(year))
    highest = highest_premiums(parameters_of(year))
    entries = [entry for shard in range(premium.shards) for entry in ledger.entries(year, shard)]
    of_year = runs_of(year, runs)
    identities = identities_now(year, batches=batches, registrations=registrations, facts=facts, runs=runs)
    yield invariants.rows_add_up(batches.of_year(year))
    yield invariants.within_premium(entries, highest.__getitem__, identities.roots)
    yield invariants.numbered_without_gap(entries)
    yield invariants.corrected_once(entries)
    paid = ((e.pharmacy_id, e.person, e.riziv_number) for e in entries if e.pharmacy_id)
    yield invariants.claims_match(ledger.claims(year), paid)
    yield invariants.paid_by_approved_runs(
        entries, of_year, lambda run: (run.detail.approved_at or "") < sealed_from or has_seal(run, seal)
    )
    yield invariants.released_sums(entries, of_year)
    for run in of_year:
        if run.state == "released":
            of_run = [entry for entry in entries if entry.run == run.id and entry.kind == "payment"]
            in_ledger = sum(entry.amount for entry in of_run)
            yield invariants.equal(f"payment-file {run.id}", in_ledger, payment_file_sum(run, output))
            yield invariants.none(f"payees {run.id}", payees_differ(run, of_run, output, digest_secret))
            if confirmed := run.detail.confirmed:
                yield invariants.none(f"confirmations {run.id}", changed(confirmed, runs.confirmations(year)))
    yield invariants.nothing_after_close(ledger.is_closed(year), of_year)


def replay_run(run: Run, *, digest_secret: bytes, work: Objects) -> Check:
    """Decide every frozen case of the run again and compare the bytes with the stored decisions.

    A file of the run that has changed is a breach.
    """
    scheme, on, folder = scheme_named(SLUG), date.fromisoformat(run.on), RunFolder(work, run.id)

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        plan = folder.plan()
        for shard in range(plan.shards):
            persons = folder.persons(shard)
            for stored in raw_lines(folder.evaluated(shard).stream(DECISIONS)):
                decision = orjson.loads(stored)["id"]
                # both are in order of person; some persons were frozen without being decided
                frozen = next(frozen for frozen in persons if decision == f"{run.id}.{frozen.person}")
                again = decide_frozen(frozen.case, on, scheme, decision, frozen.case_id, digest_secret, plan.supplied)
                yield stored, again

    try:
        return invariants.replayed(pairs())
    except FileChangedError:
        return invariants.none("replayed", 1)
