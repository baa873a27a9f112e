"""Reconciliation of a premium year: every cent that was decided, from the decision to the bank.

It reads what is stored, changes nothing, and names what does not fit. What a run decided is its
list of transfers, which the approval covers; what became of a transfer follows from the answers of
the bank.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from tegemoet.application.ports import Batches, Facts, Ledger, Objects, Runs
from tegemoet.application.premium_year.answers import (
    FAILED,
    AnsweredFile,
    AnsweredTransfer,
    Answers,
    answered_files,
)
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.running import released_runs
from tegemoet.application.premium_year.transfers import TRANSFER_ENTRIES, TransferEntry
from tegemoet.application.premium_year.where_money_is import (
    Compared,
    Comparison,
    Money,
    PhaseMoney,
    Reconciliation,
    RunMoney,
    WaitingFile,
    added_money,
    added_rows,
)
from tegemoet.application.records import PHASES, Entry, Phase, RowCounts, Run
from tegemoet.domain.money import cents
from tegemoet.schemes.convention_premium.year import premium_year

CAME_BACK = FAILED | {"withdrawn"}
"""States of which the ledger has a return."""
WAITING = frozenset(("pending", "unanswered"))


@dataclass(frozen=True, slots=True)
class ReconciliationPorts:
    """What reconciling reads. `work` = the bucket of the runs."""

    batches: Batches
    facts: Facts
    runs: Runs
    ledger: Ledger
    work: Objects


def reconcile(year: int, ports: ReconciliationPorts) -> Reconciliation:
    """Where the money of the year is, run by run, and what does not fit.

    A run that is open is left out: it is proved when it is released. Memory grows by some hundred
    bytes per entry of the ledger. Raises NoPremiumForYearError, and NotApprovedError or
    FileChangedError where a file of a run is not the one that was approved or committed.
    """
    written = _Written.of_year(year, premium_year(parameters_of(year)).shards, ports.ledger)
    counts = _row_counts(year, ports.batches)
    answers = Answers.of_year(year, facts=ports.facts, batches=ports.batches)
    files = answered_files(year, answers, runs=ports.runs, work=ports.work)
    sent = {run: _Sent.of(run, of_run, written) for run, of_run in groupby(files, key=_run_of)}
    found = [
        _Found.of(run, sent.get(run.id) or _Sent.of(run.id, (), written), written, ports.work)
        for run in released_runs(year, ports.runs)
    ]
    known = {each.run.id for each in found}
    elsewhere = sum(back for run, back in written.recovered.items() if run not in known)
    return Reconciliation(
        year,
        [each.shown(counts) for each in found],
        [_of_phase(phase, [each for each in found if each.run.phase == phase], counts) for phase in PHASES],
        added_money(each.money for each in found) + Money(recovered=elsewhere),
        added_rows(counts.values()),
        [
            _rows_fit(counts),
            _of_released_runs(year, written, known, ports.runs),
            *(compared for each in found for compared in each.compared),
        ],
        [file for each in sent.values() for file in each.waiting],
    )


def _run_of(file: AnsweredFile) -> str:
    return file.released.run.id


def _of_phase(phase: Phase, found: Sequence["_Found"], counts: Mapping[str, RowCounts]) -> PhaseMoney:
    used = {batch for each in found for batch in each.batches or ()}
    rows = added_rows(counts[batch] for batch in used if batch in counts)
    return PhaseMoney(phase, added_money(each.money for each in found), rows)


# --- rows -----------------------------------------------------------------------------------------


def _row_counts(year: int, batches: Batches) -> dict[str, RowCounts]:
    """What became of the rows of each file of the year that was taken in to its end."""
    done = (batch for batch in batches.of_year(year) if batch.state == "done")
    return {batch.id: batch.detail.counts for batch in done if batch.detail.counts}


def _rows_fit(counts: Mapping[str, RowCounts]) -> Compared:
    comparison = Comparison("rows-add-up", "rows")
    for batch, of_batch in sorted(counts.items()):
        comparison.add(batch, of_batch.rows, of_batch.accepted + of_batch.rejected + of_batch.duplicates)
    return comparison.finish()


# --- the ledger -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Written:
    """What the ledger has, by run, in cents.

    `payments` = by entry; `returns` = by the entry of the payment; `paid_again` = of what came
    back of that run; `recovered` = what persons paid back.
    """

    payments: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    returns: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    paid_again: Counter[str] = field(default_factory=Counter)
    recovered: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of_year(cls, year: int, shards: int, ledger: Ledger) -> "_Written":
        found = cls()
        for shard in range(shards):
            for _, entries in groupby(ledger.entries(year, shard), key=attrgetter("person")):
                found._add(entries)
        return found

    def _add(self, entries: Iterable[Entry]) -> None:
        """Add the entries of a person, in order."""
        owed: deque[tuple[str, int]] = deque()
        for entry in entries:
            if entry.kind == "payment":
                self.payments[entry.run][entry.entry_id] += entry.amount
                self._pay_again(owed, entry.amount)
            elif entry.kind == "return":
                self.returns[entry.run][entry.corrects or entry.entry_id] += entry.amount
                owed.append((entry.run, entry.amount))
            else:
                self.recovered[entry.run] += entry.amount

    def _pay_again(self, owed: deque[tuple[str, int]], paid: int) -> None:
        """A payment first pays what came back, the oldest first."""
        while owed and paid:
            run, back = owed.popleft()
            again = min(back, paid)
            self.paid_again[run] += again
            paid -= again
            if back > again:
                owed.appendleft((run, back - again))


def _of_released_runs(year: int, written: _Written, known: set[str], runs: Runs) -> Compared:
    """Whether every payment is of a released run, or of the one that is open."""
    state = runs.year(year)
    comparison = Comparison("entries-of-released-runs")
    for run, payments in sorted(written.payments.items()):
        if run not in known and not (state and state.open_run == run):
            for entry, paid in sorted(payments.items()):
                comparison.add(entry, paid, 0)
        elif run in known:
            paid = payments.total()
            comparison.add(run, paid, paid)
    return comparison.finish()


# --- what was sent to the bank --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """The files for the bank of a run: where their money is, what waits, and what does not fit."""

    states: Mapping[str, int]
    in_files: int
    waiting: Sequence[WaitingFile]
    files_fit: Compared
    states_fit: Compared
    returns_fit: Compared

    @classmethod
    def of(cls, run: str, files: Iterable[AnsweredFile], written: _Written) -> "_Sent":
        paid, back = Counter(written.payments[run]), Counter(written.returns[run])
        files_fit = Comparison(f"files-equal-ledger {run}")
        states_fit = Comparison(f"states-equal-files {run}")
        returns_fit = Comparison(f"returns-equal-answers {run}")
        states: Counter[str] = Counter()
        waiting: list[WaitingFile] = []
        for file in files:
            for transfer in file.transfers:
                states[transfer.state] += transfer.cents
                for entry in transfer.entries:
                    entry_id = entry["entry_id"]
                    files_fit.add(entry_id, entry["cents"], paid.pop(entry_id, 0))
                    returned = back.pop(entry_id, 0)
                    returns_fit.add(entry_id, returned, _to_return(transfer, entry, returned))
            made = file.released.file
            states_fit.add(made.message_id, sum(transfer.cents for transfer in file.transfers), made.cents)
            waiting += _waiting(file)
        for entry_id, left in sorted(paid.items()):
            files_fit.add(entry_id, 0, left)
        for entry_id, left in sorted(back.items()):
            returns_fit.add(entry_id, left, 0)
        fit = (files_fit.finish(), states_fit.finish(), returns_fit.finish())
        return cls(states, states_fit.right, waiting, *fit)


def _to_return(transfer: AnsweredTransfer, entry: TransferEntry, returned: int) -> int:
    """What the return of an entry has to be, in cents.

    Where a person has to decide, the return of an answer that came first may be there already.
    """
    if transfer.state in CAME_BACK or (transfer.state == "unclear" and returned):
        return entry["cents"]
    return 0


def _waiting(file: AnsweredFile) -> list[WaitingFile]:
    made = file.released.file
    open_ = [transfer.cents for transfer in file.transfers if transfer.state in WAITING]
    return [WaitingFile(made.message_id, made.execution, made.answer_by, len(open_), sum(open_))] if open_ else []


# --- a run ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of a released run; `batches` = the files that it used, None without a plan."""

    run: Run
    has_files: bool
    money: Money
    compared: Sequence[Compared]
    batches: Sequence[str] | None

    @classmethod
    def of(cls, run: Run, sent: _Sent, written: _Written, work: Objects) -> "_Found":
        folder = RunFolder(work, run.id)
        batches = [batch.id for batch in folder.plan().batches] if folder.has_plan() else None
        if folder.proposed.has(TRANSFER_ENTRIES):
            has_files = folder.approved_proposal(run.detail.payments_sha256).debtor is not None
            decided, compared = _decided(run, folder, written.payments[run.id])
            compared.append(sent.returns_fit)
        else:  # an earlier version released it, or its files have expired
            has_files = False
            decided, compared = _decided_by_sums(run, written.payments[run.id].total())
        if has_files:
            compared += (sent.files_fit, sent.states_fit)
            money = replace(decided, in_files=sent.in_files, **sent.states)
        else:
            money = replace(decided, without_file=decided.in_ledger)
        back = {"paid_again": written.paid_again[run.id], "recovered": written.recovered[run.id]}
        return cls(run, has_files, replace(money, **back), compared, batches)

    def shown(self, counts: Mapping[str, RowCounts]) -> RunMoney:
        rows = None
        if self.batches is not None:
            rows = added_rows(counts[batch] for batch in self.batches if batch in counts)
        return RunMoney(self.run.id, self.run.phase, self.has_files, self.money, rows)


def _decided(run: Run, folder: RunFolder, payments: Mapping[str, int]) -> tuple[Money, list[Compared]]:
    """What the run decided, entry by entry, beside what was approved and what the ledger has."""
    approved = folder.approved_proposal(run.detail.payments_sha256)
    unwritten, left = folder.unwritten(run), Counter(payments)
    ledger_fits = Comparison(f"ledger-equals-decided {run.id}")
    by_shard: Counter[int] = Counter()
    not_written = 0
    entries: Iterable[TransferEntry] = folder.proposed.lines(TRANSFER_ENTRIES)
    for entry in entries:
        skipped = entry["entry_id"] in unwritten
        by_shard[entry["shard"]] += entry["cents"]
        not_written += entry["cents"] if skipped else 0
        ledger_fits.add(entry["entry_id"], left.pop(entry["entry_id"], 0), 0 if skipped else entry["cents"])
    for entry_id, paid in sorted(left.items()):
        ledger_fits.add(entry_id, paid, 0)
    approval_fits = Comparison(f"decided-equals-approval {run.id}")
    for shard, of_shard in enumerate(approved.shards):
        approval_fits.add(f"shard-{shard}", by_shard[shard], of_shard.cents)
    approval_fits.add(run.id, sum(shard.cents for shard in approved.shards) - _control_sum(run), 0)
    in_ledger = sum(payments.values())
    money = Money(decided=by_shard.total(), not_written=not_written, in_ledger=in_ledger)
    return money, [approval_fits.finish(), ledger_fits.finish()]


def _decided_by_sums(run: Run, in_ledger: int) -> tuple[Money, list[Compared]]:
    """The same of a run without a list of transfers: by what was noted with it."""
    decided, settled = _control_sum(run), run.detail.settled
    not_written = 0 if settled is None else decided - cents(Decimal(settled["amount"]))
    ledger_fits = Comparison(f"ledger-equals-decided {run.id}")
    ledger_fits.add(run.id, in_ledger, decided - not_written)
    return Money(decided=decided, not_written=not_written, in_ledger=in_ledger), [ledger_fits.finish()]


def _control_sum(run: Run) -> int:
    """What was approved, in cents."""
    return cents(Decimal(run.detail.control_sum or "0"))
