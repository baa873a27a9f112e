"""Release: reconcile ledger, approval and payments, then hand over the payment file.

Every sum is checked before a file becomes public. Each attempt writes the same bytes, because they
come from what was committed; the payment file and the partners' decisions are written once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from tegemoet.application.attempts import Attempt, Step
from tegemoet.application.decisions.reading import kept_parameters
from tegemoet.application.files import csv_lines, csv_rows, readable_lines
from tegemoet.application.ports import (
    ApprovalSeal,
    Batches,
    Clock,
    DebtorAccounts,
    DigestSecret,
    Events,
    Facts,
    Ledger,
    Objects,
    Runs,
)
from tegemoet.application.premium_year import invariants
from tegemoet.application.premium_year.bank_files import BANK_FILES, BankFile, write_bank_files
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.folder import (
    EXCEPTIONS,
    PAGE,
    SUMMARY,
    NotApprovedError,
    RunFolder,
    output_prefix,
    partner_file,
)
from tegemoet.application.premium_year.invariants import Check
from tegemoet.application.premium_year.letters.files import write_letters
from tegemoet.application.premium_year.letters.of_run import letters_of
from tegemoet.application.premium_year.listing import merged
from tegemoet.application.premium_year.money_at_release import money_at_release
from tegemoet.application.premium_year.payees import payee_mac
from tegemoet.application.premium_year.plan import highest_premiums
from tegemoet.application.premium_year.proposed_changes import first_changes
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts
from tegemoet.application.premium_year.records import BankAccount, Payment, Plan, Proposal, SettledShard
from tegemoet.application.premium_year.report import (
    PROPOSED,
    joined,
    keep_exceptions,
    note_values,
    publish_once,
    write_summary,
)
from tegemoet.application.premium_year.settlement import approved_run
from tegemoet.application.premium_year.summary import FileSums, RunSummary
from tegemoet.application.premium_year.totals import acts
from tegemoet.application.premium_year.transfers import (
    TRANSFER_ENTRIES,
    TRANSFERS,
    paid_transfers,
    transfers_sha256,
)
from tegemoet.application.premium_year.values import YearValue, as_approved, changed, values_of_phase
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.application.records import DebtorAccountVersion, Entry, Run, RunDetail, RunReference, Settled
from tegemoet.application.treasury.debtor_accounts import version
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import cents, euro, from_cents
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes.convention_premium import SCHEME, SLUG

PAYMENT_COLUMNS = ("entry_id", "payee", "holder", "iban", "amount", "kind")
PAYMENT_FILE = "payments.csv"
"""What is paid, with every name as it was delivered: programs read it."""
READABLE_FILE = "payments-readable.csv"
"""The same for people, whose spreadsheets may not run a name as a formula."""


@dataclass(frozen=True, slots=True)
class ReportPorts:
    """What the calls of the function `report` need: `work`, `output` and `bank` are buckets."""

    runs: Runs
    work: Objects
    output: Objects
    bank: Objects
    debtor_accounts: DebtorAccounts
    ledger: Ledger
    events: Events
    secrets: DigestSecret
    seal: ApprovalSeal
    clock: Clock
    batches: Batches
    facts: Facts


def release(run_id: str, *, attempt: str, parameters: ParameterSet, ports: ReportPorts) -> None:
    """Reconcile ledger and approval, write what is paid and partners' decisions, free the year.

    `attempt` = a name that no other call of this step has. Raises NotApprovedError, and
    InvariantViolationError, before anything is public, if what is to be paid differs from ledger or
    approval.
    """
    run = approved_run(run_id, ports.runs, ports.seal)
    if run.state != "released":
        _release(run, attempt, parameters, ports)
        run = approved_run(run_id, ports.runs, ports.seal)
    settled = run.detail.settled
    if settled is None:
        raise NotApprovedError("the run has ended otherwise")
    detail = {"run": run.id, "year": run.year, "phase": run.phase}
    ports.events.publish("run.released", {**detail, "payments": settled["entries"], "amount": settled["amount"]})


def _release(run: Run, attempt: str, parameters: ParameterSet, ports: ReportPorts) -> None:
    runs, output, clock = ports.runs, ports.output, ports.clock
    year = runs.year(run.year)
    if year is None or year.closed:
        raise NotApprovedError("the year is closed")
    folder = RunFolder(ports.work, run.id)
    values = _values_approved(run, _set_of_plan(folder.plan(), parameters, ports.work), runs)
    approved = _Approved.of(run, folder, ports)
    checks = approved.reconcile(ports.ledger, highest_premiums(parameters))
    invariants.require(*checks)
    files = approved.write_bank_files(ports.bank)
    checks.append(approved.require_files(files))
    if not folder.released.is_committed():
        money, before = approved.money(ports)
        checks.append(before)
        _write_release(approved, folder.released.attempt(attempt), files, checks, values, money, runs, output)
    prefix = output_prefix(run)
    made = publish_once(output, prefix + PAYMENT_FILE, csv_lines(PAYMENT_COLUMNS, approved.rows()))
    publish_once(output, prefix + READABLE_FILE, readable_lines(PAYMENT_COLUMNS, approved.rows()))
    invariants.require(_published(run, made, output))
    _hand_to_partners(run, folder, len(approved.shards), output)
    paid_on = files[0].execution if files else None
    debtor = None if approved.debtor is None else approved.debtor.account
    written = letters_of(run, folder, parameters, paid_on, debtor)
    letters = write_letters(written, len(approved.shards), output)
    for name in (SUMMARY, PAGE):
        output.put(prefix + name, folder.released.get(name))
    outputs = tuple(prefix + name for name in (*PROPOSED, PAYMENT_FILE, READABLE_FILE, *letters))
    now = clock.now().isoformat(timespec="seconds")
    detail = RunDetail(outputs=outputs, settled=approved.settled, released_at=now)
    runs.finish(run.id, state="released", detail=detail, expected=("approved", "failed"))


def _set_of_plan(plan: Plan, parameters: ParameterSet, work: Objects) -> ParameterSet:
    """The set that the run was planned with: the year's, or the one that was kept.

    A version of the set that came after the plan neither holds up what was approved nor spares it a
    check. Raises NotApprovedError where the set is not kept as it was.
    """
    used = plan.parameters["sha256"]
    if used == parameters.sha256:
        return parameters
    text = kept_parameters(SCHEME, used, work)
    kept = None if text is None else read_parameters(parameters.name, text)
    if kept is None or kept.sha256 != used:
        raise NotApprovedError("the parameter set of the run is not kept")
    return kept


def _values_approved(run: Run, parameters: ParameterSet, runs: Runs) -> list[YearValue]:
    """The values that the run rests on, each with the confirmation that its approval covers.

    Raises NotApprovedError if the approval covers none of a value, or one that is not there as it
    was.
    """
    confirmed = run.detail.confirmed or {}
    if confirmed and changed(confirmed, runs.confirmations(run.year)):
        raise NotApprovedError("a confirmation is not as it was approved")
    values = as_approved(values_of_phase(run.phase, parameters, runs), confirmed)
    if any(value.confirmed is None for value in values):
        raise NotApprovedError("a value of the run is not confirmed")
    return values


@dataclass(frozen=True, slots=True)
class _Approved:
    """What was approved for payment and what settling wrote of it.

    Payments are read shard by shard, each time compared with the SHA-256 that was approved.
    """

    run: Run
    folder: RunFolder
    proposal: Proposal
    shards: Sequence[SettledShard]
    debtor: DebtorAccountVersion | None
    digest_secret: bytes

    @classmethod
    def of(cls, run: Run, folder: RunFolder, ports: ReportPorts) -> "_Approved":
        proposal = folder.approved_proposal(run.detail.payments_sha256)
        shards = [folder.settled(shard) for shard in range(len(proposal.shards))]
        debtor = None if proposal.debtor is None else version(proposal.debtor, ports.debtor_accounts)
        return cls(run, folder, proposal, shards, debtor, ports.secrets.digest_secret())

    @property
    def settled(self) -> Settled:
        return Settled(
            entries=sum(shard.entries for shard in self.shards),
            amount=euro(from_cents(sum(shard.cents for shard in self.shards))),
            not_written=sum(len(shard.not_written) for shard in self.shards),
        )

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows of the payment file."""
        paid = (payment for shard in range(len(self.shards)) for payment in self.paid(shard)[0])
        return (_payment_row(self.run, payment, account) for payment, account in paid)

    def paid(self, shard: int) -> tuple[list[tuple[Payment, BankAccount]], int]:
        """The payments of a shard that were written, and the cents of those that were not.

        A payment that is held was not approved, and is neither.

        Raises NotApprovedError where a payment has no account, or an account no payment.
        """
        payments = self.folder.payments(shard, self.proposal.shards[shard].sha256)
        accounts = self.folder.payees(shard)
        if len(payments) != len(accounts):
            raise NotApprovedError("the accounts are not those of the payments")
        held, skipped = self.proposal.shards[shard].held, frozenset(self.shards[shard].skipped)
        left_out = sum(payment.cents for payment in payments if payment.person in skipped)
        unpaid = skipped.union(held)
        pairs = zip(payments, accounts, strict=True)
        return [(payment, account) for payment, account in pairs if payment.person not in unpaid], left_out

    def write_bank_files(self, bank: Objects) -> list[BankFile]:
        """Write the files for the bank, each once; none without a debtor account."""
        if self.debtor is None:
            return []
        return write_bank_files(self.run, self.folder, self.debtor, self.folder.unwritten(self.run), bank)

    def require_files(self, files: Sequence[BankFile]) -> Check:
        """Whether the files for the bank pay what the ledger has; without an account, nothing.

        Raises InvariantViolationError.
        """
        paid = sum(shard.cents for shard in self.shards) if self.debtor else 0
        check = invariants.equal("bank-files-equal-entries", sum(file.cents for file in files), paid)
        invariants.require(check)
        return check

    def money(self, ports: ReportPorts) -> tuple[Money, Check]:
        """Where the money of the year is with this run, as `money_at_release`."""
        reading = ReconciliationPorts(ports.batches, ports.facts, ports.runs, ports.ledger, ports.work)
        paid = sum(shard.cents for shard in self.shards)
        return money_at_release(self.run, self.proposal.cents, paid, files=self.debtor is not None, ports=reading)

    def reconcile(self, ledger: Ledger, highest: Mapping[str, Decimal]) -> list[Check]:
        """The sums that must agree, and the entries, each with the payee that was approved.

        Reads the ledger once. `highest` = the highest premium of each profession.
        """
        in_file = left_out = differing = 0

        def entries() -> Iterator[Entry]:
            nonlocal in_file, left_out, differing
            for shard in range(len(self.shards)):
                payments, not_written = self.paid(shard)
                in_file += sum(cents(Decimal(_amount(payment))) for payment, _ in payments)
                left_out += not_written
                unseen = {self._entry(payment, account) for payment, account in payments}
                for entry in ledger.entries(self.run.year, shard):
                    if entry.run == self.run.id and entry.kind == "payment":
                        differing += entry not in unseen
                        unseen.discard(entry)
                    yield entry
                differing += len(unseen)

        within = invariants.within_premium(entries(), highest.__getitem__, self.folder.plan().roots, self.run.id)
        pharmacies = (claim for shard in self.shards for claim in shard.pharmacies)
        transferred = sum(
            transfer.cents for transfer in paid_transfers(self.folder.proposed, self.folder.unwritten(self.run))
        )
        return [
            invariants.equal("entries-equal-payment-file", sum(shard.cents for shard in self.shards), in_file),
            invariants.equal("payment-file-equals-approval", in_file + left_out, self.proposal.cents),
            invariants.none("entries-equal-payments", differing),
            invariants.none("transfers-as-approved", self._transfers_that_differ()),
            invariants.equal("transfers-equal-entries", transferred, in_file),
            invariants.claims_match(ledger.claims(self.run.year), pharmacies),
            within,
        ]

    def _transfers_that_differ(self) -> int:
        """1 unless payments and accounts make the list that was approved, and files are made of it.

        What the folder says of a list proves nothing: it is compared with what is made again.
        """
        made = transfers_sha256(self.run, self.folder.proposed_payments(self.proposal.held), self.debtor)
        kept = tuple(self.folder.proposed.sha256(name) for name in (TRANSFERS, TRANSFER_ENTRIES))
        return int(made[0] != self.proposal.transfers or made != kept)

    def _entry(self, payment: Payment, account: BankAccount) -> Entry:
        """The entry of a payment, with the proof of the payee that the file names."""
        proof = payee_mac(payment.payee, account["holder"], account["iban"], self.digest_secret)
        return replace(entry_of(self.run, payment), payee_mac=proof)


def _payment_row(run: RunReference, payment: Payment, account: BankAccount) -> tuple[str, str, str, str, str, str]:
    return (
        entry_of(run, payment).entry_id,
        payment.payee,
        account["holder"],
        account["iban"],
        _amount(payment),
        payment.kind,
    )


def _amount(payment: Payment) -> str:
    """The amount as the payment file has it, in EUR."""
    return euro(from_cents(payment.cents))


def _published(run: RunReference, made: str, output: Objects) -> Check:
    """Whether the payment file is the one that was reconciled; `made` = the SHA-256 of that one."""
    found = hashlib.sha256()
    for block in output.stream(output_prefix(run) + PAYMENT_FILE):
        found.update(block)
    return invariants.none("payment-file-as-reconciled", int(made != found.hexdigest()))


def _write_release(
    approved: _Approved,
    writing: Attempt,
    files: Sequence[BankFile],
    checks: Sequence[Check],
    values: Sequence[YearValue],
    money: Money,
    runs: Runs,
    output: Objects,
) -> None:
    folder, run = approved.folder, approved.run
    summary: RunSummary = folder.proposed.json(SUMMARY)
    summary["state"] = "released"
    summary["acts"] = acts(run)
    summary["settled"] = approved.settled
    writing.write_json(BANK_FILES, files)
    if approved.debtor is not None:
        made: list[FileSums] = [{"transfers": each.transfers, "amount": euro(from_cents(each.cents))} for each in files]
        summary["transfers"] |= {"files": made, "execution": files[0].execution if files else None}
    summary["checks"] = [check.sides() for check in checks]
    summary["money"] = {name: euro(from_cents(amount)) for name, amount in asdict(money).items()}
    note_values(summary, values)
    not_written = (replace(found, run=run.id) for shard in approved.shards for found in shard.not_written)
    proposed = (YearException(**line) for line in folder.proposed.lines(EXCEPTIONS))
    keep_exceptions(writing, merged(proposed, sorted(not_written, key=lambda found: found.id)))
    write_summary(writing, summary, first_changes(folder.changes()), runs, output)
    writing.commit()


def _hand_to_partners(run: Run, folder: RunFolder, shards: int, output: Objects) -> None:
    """Write each partner's decisions on the numbers that it delivered, once."""
    parts: dict[str, list[Step]] = defaultdict(list)
    for shard in range(shards):
        for partner in folder.totals(shard).partners:
            parts[partner].append(folder.evaluated(shard))
    for partner, steps in sorted(parts.items()):
        publish_once(output, f"out/{partner}/{SLUG}/{run.id}/decisions.jsonl", joined(steps, partner_file(partner)))


def payment_file_sum(run: RunReference, output: Objects) -> int:
    """The sum of the run's payment file in cents, as read from the file."""
    rows = csv_rows(output.stream(output_prefix(run) + PAYMENT_FILE))
    return sum(cents(Decimal(row["amount"])) for row in rows)


def payees_differ(run: RunReference, entries: Iterable[Entry], output: Objects, digest_secret: bytes) -> int:
    """How many rows of the run's payment file pay somebody else than their entry proves.

    Entries of earlier versions prove nothing.
    """
    proofs = {entry.entry_id: entry.payee_mac for entry in entries}
    rows = csv_rows(output.stream(output_prefix(run) + PAYMENT_FILE))
    return sum(
        proof != payee_mac(row["payee"], row["holder"], row["iban"], digest_secret)
        for row in rows
        if (proof := proofs.get(row["entry_id"], "")) is not None
    )
