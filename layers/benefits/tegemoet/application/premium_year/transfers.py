"""What a run pays, transfer by transfer: one to each practitioner, one to each tariff office.

The list is made when the run is proposed, and the proposal has its SHA-256: whoever approves the
run approves who is credited, on which account, with how much, and what the statement says. Files
for the bank are made from this list alone. Beside it lies a list of the entries that each transfer
pays, which names no holder and no account.
"""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import NotRequired, TypedDict

from tegemoet.application.attempts import Attempt, Step
from tegemoet.application.files import json_lines, raw_lines
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.records import BankAccount, Payment
from tegemoet.application.premium_year.summary import Transfers
from tegemoet.application.records import DebtorAccountVersion, RunReference
from tegemoet.banking.transfers import Transfer, end_to_end_id, line, office_end_to_end_id, read
from tegemoet.domain.money import euro, from_cents

TRANSFERS = "transfers.jsonl"
"""The list, in the folder of the proposal: practitioners by shard and person, then the offices."""
TRANSFER_ENTRIES = "transfer-entries.jsonl"
"""Which entries each transfer pays, in the order of the list."""

ShardPayments = Iterable[tuple[int, Payment, BankAccount]]
"""Shard of persons, payment and account."""


class TransferEntry(TypedDict):
    """An entry that a transfer pays, in cents; of a tariff office also for which pharmacy."""

    end_to_end_id: str
    entry_id: str
    shard: int
    person: str
    cents: int
    tariff_office: NotRequired[str]
    pharmacy_id: NotRequired[str]
    riziv_number: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it was written: its SHA-256, and the cents of each transfer, in order."""

    sha256: str
    cents: Sequence[int]

    def summary(self, debtor: DebtorAccountVersion | None) -> Transfers:
        """What the approver sees of them: with a debtor account, what each file will have."""
        ends = file_ends(len(self.cents), debtor.account.transfers_per_file) if debtor else []
        parts = [self.cents[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        return {
            "count": len(self.cents),
            "sha256": self.sha256,
            "debtor": debtor.number if debtor else None,
            "files": [{"transfers": len(part), "amount": euro(from_cents(sum(part)))} for part in parts],
            "execution": None,
        }


def write_transfers(
    writing: Attempt, run: RunReference, payments: ShardPayments, debtor: DebtorAccountVersion | None
) -> Listed:
    """Write the list of the run's transfers, and the entries that each pays."""
    amounts = array("q")
    with writing.writer(TRANSFERS) as out, writing.writer(TRANSFER_ENTRIES) as entries_out:
        for transfer, entries in _transfers(run, payments, debtor):
            out.write(line(transfer))
            amounts.append(transfer.cents)
            for text in json_lines(entries):
                entries_out.write(text)
    return Listed(writing.sha256(TRANSFERS), amounts)


def transfers_sha256(
    run: RunReference, payments: ShardPayments, debtor: DebtorAccountVersion | None
) -> tuple[str, str]:
    """The SHA-256 that the list of these payments has, and that of the list of their entries."""
    listed, of_entries = hashlib.sha256(), hashlib.sha256()
    for transfer, entries in _transfers(run, payments, debtor):
        listed.update(line(transfer))
        for text in json_lines(entries):
            of_entries.update(text)
    return listed.hexdigest(), of_entries.hexdigest()


def _transfers(
    run: RunReference, payments: ShardPayments, debtor: DebtorAccountVersion | None
) -> Iterator[tuple[Transfer, Sequence[TransferEntry]]]:
    """The transfers of these payments, each with the entries that it pays."""
    accounts: dict[str, BankAccount] = {}
    of_offices: dict[str, list[TransferEntry]] = defaultdict(list)
    for shard, payment, account in payments:
        entry = _entry(run, shard, payment)
        if payment.pharmacy_id is None:
            yield _transfer(run, [entry], account, debtor), [entry]
        else:
            accounts[payment.payee] = account
            of_offices[payment.payee].append(entry)
    for office in sorted(accounts):
        yield _transfer(run, of_offices[office], accounts[office], debtor), of_offices[office]


def _transfer(
    run: RunReference, entries: Sequence[TransferEntry], account: BankAccount, debtor: DebtorAccountVersion | None
) -> Transfer:
    cents = sum(entry["cents"] for entry in entries)
    text = remittance(run, account.get("language"), debtor)
    return Transfer(entries[0]["end_to_end_id"], account["holder"], account["iban"], cents, text)


def _entry(run: RunReference, shard: int, payment: Payment) -> TransferEntry:
    entry_id = entry_of(run, payment).entry_id
    entry: TransferEntry = {
        "end_to_end_id": end_to_end_id(entry_id),
        "entry_id": entry_id,
        "shard": shard,
        "person": payment.person,
        "cents": payment.cents,
    }
    if payment.pharmacy_id is not None:
        entry["end_to_end_id"] = office_end_to_end_id(run.year, run.id, payment.payee)
        entry["tariff_office"], entry["pharmacy_id"] = payment.payee, payment.pharmacy_id
        entry["riziv_number"] = payment.riziv_number
    return entry


def remittance(run: RunReference, language: str | None, debtor: DebtorAccountVersion | None) -> str:
    """What the statement of a payee says: in the payee's language, or else in that of the body."""
    if debtor is None:
        return ""
    texts = debtor.account.texts
    return texts.get(language or "", texts[debtor.account.language]).replace("{year}", str(run.year))


def file_ends(transfers: int, most: int) -> list[int]:
    """Where each file ends: the fewest files of at most so many transfers, as equal as can be.

    Where a file may have three or more, one has a single transfer only if there is no other: the
    payee of a single transfer is always verified by the bank.
    """
    files = -(-transfers // most)
    return [transfers * number // files for number in range(1, files + 1)]


# --- what was approved, less what was not written -------------------------------------------------


def paid_entries(proposed: Step, not_written: Collection[str]) -> Iterator[tuple[str, list[TransferEntry]]]:
    """The EndToEndId of each transfer that is paid, and its entries, in the order of the list.

    `not_written` = ids of the entries that settling did not write. A transfer of which nothing is
    left is left out.
    """
    entries: Iterator[TransferEntry] = proposed.lines(TRANSFER_ENTRIES)
    written = (entry for entry in entries if entry["entry_id"] not in not_written)
    for name, of_transfer in groupby(written, key=itemgetter("end_to_end_id")):
        yield name, list(of_transfer)


def paid_transfers(proposed: Step, not_written: Collection[str]) -> Iterator[Transfer]:
    """The transfers that were approved, each less the entries that settling did not write.

    Raises FileChangedError if a list is not the one that was proposed.
    """
    left_out: Counter[str] = Counter()
    if not_written:
        unwritten: Iterator[TransferEntry] = proposed.lines(TRANSFER_ENTRIES)
        for entry in unwritten:
            if entry["entry_id"] in not_written:
                left_out[entry["end_to_end_id"]] += entry["cents"]
    for transfer in read(raw_lines(proposed.stream(TRANSFERS))):
        if left := transfer.cents - left_out[transfer.end_to_end_id]:
            yield transfer if left == transfer.cents else replace(transfer, cents=left)
