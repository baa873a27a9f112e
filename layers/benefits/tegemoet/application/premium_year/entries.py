"""The entries that the payments of a run become in the ledger."""

import hashlib
import heapq
from collections.abc import Collection, Iterable, Iterator

from tegemoet.application.ports import Ledger
from tegemoet.application.premium_year.records import Payment
from tegemoet.application.records import Entry, RunReference

WITHDRAWN = "withdrawn"
"""The cause of a return of a payment whose file the bank did not get."""
FEW = 25
"""So many persons of a shard are read one by one."""


def entry_of(run: RunReference, payment: Payment) -> Entry:
    """The entry of a payment."""
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
        entry_id_of(run.year, payment.person, payment.number),
        payment.payee_mac,
    )


def entry_id_of(year: int, person: str, number: int) -> str:
    """The id of an entry: it follows from person and number, whatever the order of files."""
    return f"{year}-{hashlib.sha256(f'{person}#{number}'.encode()).hexdigest()[:20]}"


def ledger_with(run: RunReference, shard: int, payments: Iterable[Payment], ledger: Ledger) -> Iterator[Entry]:
    """The entries of a shard as they are once these payments, which come by person, are written.

    They come by person and number.
    """
    proposed = (entry_of(run, payment) for payment in payments)
    return heapq.merge(ledger.entries(run.year, shard), proposed, key=lambda entry: (entry.person, entry.number))


def entries_of_persons(year: int, shard: int, persons: Collection[str], ledger: Ledger) -> dict[str, list[Entry]]:
    """The entries of these persons: read one by one if they are few, else with the whole shard."""
    if len(persons) <= FEW:
        return {person: ledger.entries_of(year, shard, person) for person in persons}
    found: dict[str, list[Entry]] = {person: [] for person in persons}
    for entry in ledger.entries(year, shard):
        if entry.person in found:
            found[entry.person].append(entry)
    return found
