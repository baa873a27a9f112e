"""The entries that the payments of a run become in the ledger."""

import hashlib
import heapq
from collections.abc import Iterable, Iterator

from tegemoet.application.ports import Ledger
from tegemoet.application.premium_year.records import Payment
from tegemoet.application.records import Entry, RunReference


def entry_of(run: RunReference, payment: Payment) -> Entry:
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
        payment.payee_mac,
    )


def ledger_with(run: RunReference, shard: int, payments: Iterable[Payment], ledger: Ledger) -> Iterator[Entry]:
    """The entries of a shard as they are once these payments, which come by person, are written.

    They come by person and number.
    """
    proposed = (entry_of(run, payment) for payment in payments)
    return heapq.merge(ledger.entries(run.year, shard), proposed, key=lambda entry: (entry.person, entry.number))
