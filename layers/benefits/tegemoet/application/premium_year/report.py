"""The report of a run: its control totals and outputs, as the approver sees them."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from tegemoet.application.attempts import Attempt, HashingSink, Step
from tegemoet.application.files import read_json, readable_lines
from tegemoet.application.ports import DebtorAccounts, Ledger, Objects, Runs
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.entries import ledger_with
from tegemoet.application.premium_year.folder import (
    CHANGES,
    DECISIONS,
    EXCEPTIONS,
    EXCEPTIONS_INDEX,
    PAGE,
    PAYMENTS,
    PROPOSAL,
    SUMMARY,
    RunFolder,
    output_prefix,
)
from tegemoet.application.premium_year.listing import merged, write_listing
from tegemoet.application.premium_year.plan import highest_premiums, plan_on
from tegemoet.application.premium_year.proposed_changes import keep_changes
from tegemoet.application.premium_year.records import Plan, Proposal, Recovery, ShardProposal
from tegemoet.application.premium_year.report_changes import First
from tegemoet.application.premium_year.running import released_runs, require_this_version
from tegemoet.application.premium_year.summary import RunSummary
from tegemoet.application.premium_year.totals import hold, summarize, values_used
from tegemoet.application.premium_year.transfer_holds import Held, held_together
from tegemoet.application.premium_year.transfers import write_transfers
from tegemoet.application.premium_year.values import YearValue, values_of_phase
from tegemoet.application.records import Run, RunDetail, RunReference
from tegemoet.application.treasury.debtor_accounts import current
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.year import premium_year

PROPOSED = ("decisions.jsonl", "exceptions.csv", "changes.csv", "recoveries.csv", SUMMARY, PAGE)
"""Files that a proposal publishes."""


class RunEndedError(Exception):
    """The run was abandoned or has ended in the meantime. Never retried."""


def propose(
    run: RunReference,
    *,
    attempt: str,
    parameters: ParameterSet,
    runs: Runs,
    ledger: Ledger,
    work: Objects,
    output: Objects,
    debtor_accounts: DebtorAccounts,
) -> bool:
    """Sum the shards, commit the proposal and publish its files.

    Returns whether the run was approved already. `attempt` = a name that no other call of this step
    has; files for the bank debit the newest of `debtor_accounts`. Raises RunEndedError,
    RunOfAnotherVersionError for a run that was planned with other values, and
    InvariantViolationError if somebody would be paid too much.
    """
    if _unended(run, runs).detail.approved_by:
        return True
    folder = RunFolder(work, run.id)
    if not folder.proposed.is_committed():
        _write_proposal(
            run, folder, folder.proposed.attempt(attempt), parameters, runs, ledger, output, debtor_accounts
        )
    _publish_proposal(run, folder, output)
    return _note_proposal(run, folder.summary(), runs)


def _unended(run: RunReference, runs: Runs) -> Run:
    known = runs.get(run.id)
    if known is None or known.state in ("refused", "expired"):
        raise RunEndedError("the run has ended")
    require_this_version(known)
    return known


def _write_proposal(
    run: RunReference,
    folder: RunFolder,
    writing: Attempt,
    parameters: ParameterSet,
    runs: Runs,
    ledger: Ledger,
    output: Objects,
    debtor_accounts: DebtorAccounts,
) -> None:
    plan = plan_on(folder, parameters)
    shards = range(plan.shards)
    entries = (entry for shard in shards for entry in ledger_with(run, shard, folder.payments(shard), ledger))
    highest = highest_premiums(parameters)
    invariants.require(invariants.within_premium(entries, highest.__getitem__, plan.roots, run.id))
    debtor = current(debtor_accounts)
    held = held_together(folder, debtor.account, plan.choices) if debtor else Held()
    counts: Counter[str] = Counter()
    proposed = [_proposed(folder, shard, held.persons, counts) for shard in shards]
    for recovery in _recoveries(folder, shards):
        counts["recoveries"] += 1
        counts["recoveries/cents"] += recovery.cents
    not_paid = frozenset(person for shard in proposed for person in shard.held)
    listed = write_transfers(writing, run, folder.proposed_payments(not_paid), debtor)
    number = debtor.number if debtor else None
    proposal = Proposal(counts["payments/cents"], number, run.id, proposed, listed.sha256)
    digest = writing.write(PROPOSAL, orjson.dumps(proposal))
    exceptions = _exceptions(folder, plan, held.exceptions)
    of_kind = keep_exceptions(writing, (replace(found, run=run.id) for found in exceptions))
    # one that was confirmed a moment ago is not the run's: the next run lists it
    debtors = (each for each in debtor_accounts.all() if each.number <= (number or 0))
    changes = keep_changes(writing, plan, folder, counts, held.persons, debtors)
    limited_to = premium_year(parameters).limited_to
    summary = summarize(_unended(run, runs), plan, limited_to, counts, of_kind, changes.counted, digest)
    summary["transfers"] = listed.summary(debtor)
    note_values(summary, values_of_phase(run.phase, parameters, runs))
    write_summary(writing, summary, changes.first, runs, output)
    writing.commit()


def _proposed(folder: RunFolder, shard: int, held: Collection[str], counts: Counter[str]) -> ShardProposal:
    """What is proposed of a shard, whose totals are added to `counts`.

    `held` = persons of any shard whose payment is held, beside those that the evaluation holds.
    """
    of_shard: Counter[str] = Counter(folder.totals(shard).counts)
    by_evaluation, not_paid = set(folder.held(shard)), []
    if held or by_evaluation:
        for payment in folder.payments(shard):
            if payment.person in held or payment.person in by_evaluation:
                hold(of_shard, payment)
                not_paid.append(payment.person)
    counts.update(of_shard)
    return ShardProposal(of_shard["payments/cents"], sorted(not_paid), folder.evaluated(shard).sha256(PAYMENTS))


def note_values(summary: RunSummary, values: Sequence[YearValue]) -> None:
    """Add what the run rests on that is not official, and who confirmed it.

    A proposal says what is confirmed now, a release what its approval covers.
    """
    if values:
        summary["values"] = values_used(values)


def _exceptions(folder: RunFolder, plan: Plan, held: Sequence[YearException]) -> Iterator[YearException]:
    """The exceptions of the run, each once, by id. `held` = those of transfers that are held."""
    shards = range(plan.shards)
    return merged(
        sorted([*plan.exceptions, *folder.pharmacies().exceptions, *held], key=lambda found: found.id),
        *(folder.number_exceptions(shard) for shard in shards),
        *(folder.exceptions(shard) for shard in shards),
    )


def keep_exceptions(writing: Attempt, exceptions: Iterable[YearException]) -> Mapping[str, int]:
    """Write exceptions, which come by id, and their index. Returns how many of each kind."""
    with writing.writer(EXCEPTIONS) as out:
        index = write_listing(out, exceptions)
    writing.write_json(EXCEPTIONS_INDEX, index.shape())
    return index.counts()


def _recoveries(folder: RunFolder, shards: Iterable[int]) -> Iterator[Recovery]:
    """The recoveries of the run by RIZIV number."""
    return heapq.merge(*(folder.recoveries(shard) for shard in shards), key=lambda recovery: recovery.riziv_number)


def write_summary(writing: Attempt, summary: RunSummary, changes: First, runs: Runs, output: Objects) -> None:
    """Write the summary and its page, which shows the first changes of each kind and the runs that
    were released before.

    Their summaries are read where they were published: of a run of an earlier version nothing else
    may be left.
    """
    from tegemoet.application.premium_year.report_page import render  # noqa: PLC0415 -- loads the template engine

    writing.write(SUMMARY, orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    released = released_runs(summary["year"], runs)
    earlier = [read_json(output, output_prefix(r) + SUMMARY) for r in released if r.id != summary["run"]]
    writing.write(PAGE, render(summary, earlier, changes=changes).encode())


def _publish_proposal(run: RunReference, folder: RunFolder, output: Objects) -> None:
    """Write the files that an approver looks at, each once: a release writes later ones."""
    shards, prefix = range(folder.plan().shards), output_prefix(run)
    publish_once(output, prefix + "decisions.jsonl", joined((folder.evaluated(shard) for shard in shards), DECISIONS))
    exceptions = (YearException(**line) for line in folder.proposed.lines(EXCEPTIONS))
    publish_once(output, prefix + "exceptions.csv", listing_csv(exceptions))
    changes = (Change(**line) for line in folder.proposed.lines(CHANGES))
    publish_once(output, prefix + "changes.csv", listing_csv(changes))
    publish_once(output, prefix + "recoveries.csv", recoveries_csv(_recoveries(folder, shards)))
    for name in (SUMMARY, PAGE):
        output.put_once(prefix + name, folder.proposed.get(name))


def publish_once(output: Objects, key: str, blocks: Iterable[bytes]) -> str:
    """Write an object as a stream, unless it exists. Returns the SHA-256 of these blocks."""
    with output.writer(key, once=True) as out:
        hashing = HashingSink(out)
        for block in blocks:
            hashing.write(block)
    return hashing.sha256


def joined(steps: Iterable[Step], name: str) -> Iterator[bytes]:
    """The bytes of a file of several steps, one after another."""
    return (block for step in steps for block in step.stream(name))


def listing_csv(items: Iterable[YearException | Change]) -> Iterator[bytes]:
    """Exceptions or changes for people."""
    rows = ((i.id, i.kind, orjson.dumps(i.facts, option=orjson.OPT_SORT_KEYS).decode()) for i in items)
    return readable_lines(("id", "kind", "facts"), rows)


def recoveries_csv(recoveries: Iterable[Recovery]) -> Iterator[bytes]:
    """The recoveries, with amounts in EUR."""
    rows = (
        (r.riziv_number, r.profession, *(euro(from_cents(cents)) for cents in (r.paid, r.due, r.cents)))
        for r in recoveries
    )
    return readable_lines(("riziv_number", "profession", "paid", "due", "recovery"), rows)


def _note_proposal(run: RunReference, summary: RunSummary, runs: Runs) -> bool:
    """Note what the approver sees with the run, which keeps its state.

    Returns whether the run was approved already.
    """
    outputs = tuple(output_prefix(run) + name for name in PROPOSED)
    detail = RunDetail(control_sum=summary["control_sum"], payments_sha256=summary["payments_sha256"], outputs=outputs)
    while True:
        known = _unended(run, runs)
        if known.detail.approved_by:
            return True
        if runs.update(run.id, state=known.state, detail=detail, expected=(known.state,)):
            return False
