"""Cash needed: what the account that pays has to hold on each day on which the bank executes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tegemoet.application.ports import DebtorAccounts, Objects, Runs
from tegemoet.application.premium_year.bank_file_record import released_files
from tegemoet.application.premium_year.bank_files import execution_day
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.running import runs_of
from tegemoet.application.treasury.debtor_accounts import version
from tegemoet.domain.money import cents


@dataclass(frozen=True, slots=True)
class CashNeeded:
    """What is needed on a day (ISO), in cents.

    `released` = in files of released runs; `waiting` = in the run that waits for its approval, if
    it is approved now.
    """

    execution: str
    released: int
    waiting: int


def cash_needed(
    year: int, now: datetime, *, runs: Runs, work: Objects, debtor_accounts: DebtorAccounts
) -> list[CashNeeded]:
    """What is needed on each execution day from today, by day; withdrawn files need nothing.

    The day of a run follows from the moment of its approval. Raises NoPremiumForYearError.
    """
    today = now.date().isoformat()
    released: Counter[str] = Counter()
    for each in released_files(year, runs, work):
        if each.state != "withdrawn" and each.file.execution >= today:
            released[each.file.execution] += each.file.cents
    waiting = Counter(dict(_waiting(year, now, runs, work, debtor_accounts)))
    return [CashNeeded(day, released[day], waiting[day]) for day in sorted(released | waiting)]


def _waiting(
    year: int, now: datetime, runs: Runs, work: Objects, debtor_accounts: DebtorAccounts
) -> Iterator[tuple[str, int]]:
    """The day and the cents of the run that waits; a year has one open run at most."""
    for run in runs_of(year, runs):
        folder = RunFolder(work, run.id)
        if run.state == "waiting" and folder.has_summary():
            transfers = folder.summary().get("transfers")
            if transfers and transfers["debtor"] is not None:
                account = version(transfers["debtor"], debtor_accounts).account
                amount = sum(cents(Decimal(file["amount"])) for file in transfers["files"])
                yield execution_day(now, account).isoformat(), amount
