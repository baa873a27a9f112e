"""The files of a released run for the bank: pain.001, at most so many transfers each.

Everything in a file follows from what was approved and from the moment of the approval, so making
it again gives the same bytes. A file is written once, to a bucket that locks it.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.folder import NotApprovedError, RunFolder
from tegemoet.application.premium_year.report import publish_once
from tegemoet.application.premium_year.transfers import file_ends, paid_transfers
from tegemoet.application.records import DebtorAccount, DebtorAccountVersion, Run
from tegemoet.banking.debtor import Debtor
from tegemoet.banking.payment_file import PaymentFile, message_id, payment_id, written
from tegemoet.banking.target_days import first_target_day
from tegemoet.banking.transfers import Transfer
from tegemoet.domain.calendar import belgian_day

BANK_FILES = "bank-files.json"
"""The files that were made, in the folder of the release."""


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file for the bank. `execution` = the day on which the bank is to pay (ISO).

    `answer_by` = the last day (ISO) on which an answer of the bank is waited for. `number` from 1;
    `sha256` = of its bytes; `cents` = the sum of its `transfers`.
    """

    number: int
    message_id: str
    key: str
    sha256: str
    transfers: int
    cents: int
    execution: str
    answer_by: str


def execution_day(approved_at: datetime, account: DebtorAccount) -> date:
    """The first TARGET day on which the bank is open, at least so many days after the approval.

    The day of the approval is the one in Belgium, whatever the zone of `approved_at`.
    """
    closed = [date.fromisoformat(day) for day in account.closing_days]
    return first_target_day(belgian_day(approved_at), account.days_ahead, closed)


def write_bank_files(
    run: Run, folder: RunFolder, debtor: DebtorAccountVersion, not_written: Collection[str], bank: Objects
) -> list[BankFile]:
    """Write the files of an approved run, each once. `not_written` = ids of entries.

    Raises NotApprovedError for a run that was not approved, and where another file lies in the
    place of one; FileChangedError if the list of transfers is not the one that was proposed.
    """
    if run.detail.approved_at is None:
        raise NotApprovedError("the run is not approved")
    amounts = [transfer.cents for transfer in paid_transfers(folder.proposed, not_written)]
    transfers = paid_transfers(folder.proposed, not_written)
    made, start = [], 0
    for number, end in enumerate(file_ends(len(amounts), debtor.account.transfers_per_file), 1):
        file = _file(run, debtor.account, number, amounts[start:end])
        answer_by = file.execution + timedelta(days=debtor.account.answer_days)
        made.append(_written_once(run, number, file, islice(transfers, end - start), answer_by, bank))
        start = end
    if next(transfers, None) is not None:  # at its end the list is compared with what was proposed
        raise NotApprovedError("the list of transfers has changed")
    return made


def _file(run: Run, account: DebtorAccount, number: int, amounts: list[int]) -> PaymentFile:
    created = datetime.fromisoformat(run.detail.approved_at or "")
    return PaymentFile(
        version=account.message,
        message_id=message_id(run.id, number),
        payment_id=payment_id(run.id, number),
        created=created,
        execution=execution_day(created, account),
        debtor=Debtor(account.name, account.iban, account.bic),
        count=len(amounts),
        cents=sum(amounts),
        purpose=account.purpose,
    )


def _written_once(
    run: Run, number: int, file: PaymentFile, transfers: Iterable[Transfer], answer_by: date, bank: Objects
) -> BankFile:
    key = f"payments/{run.year}/phase-{run.phase}/{run.id}/{file.message_id}.xml"
    made, found = publish_once(bank, key, written(file, transfers)), hashlib.sha256()
    for block in bank.stream(key):
        found.update(block)
    if found.hexdigest() != made:
        raise NotApprovedError("another file lies in the place of a file for the bank")
    days = (file.execution.isoformat(), answer_by.isoformat())
    return BankFile(number, file.message_id, key, made, file.count, file.cents, *days)
