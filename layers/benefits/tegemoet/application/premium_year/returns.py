"""Returns: payments that did not reach their payee, written to the ledger.

A return is an entry of its own, which names the payment that it corrects. It has the whole amount
of that payment, which becomes payable again: the next run proposes it as long as it is due.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from tegemoet.application.ports import Ledger, Objects, Runs
from tegemoet.application.premium_year.bank_file_record import entries_of_file
from tegemoet.application.premium_year.entries import WITHDRAWN, entries_of_persons, entry_id_of
from tegemoet.application.records import Entry


class PaymentUnknownError(Exception):
    """The ledger has no such payment. Never retried."""


class NotWithdrawnError(Exception):
    """Nobody has withdrawn the file. Never retried."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that came back: its entry, where it lies, and why (`cause`)."""

    shard: int
    person: str
    entry_id: str
    cause: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The payment that a JSON object of its fields describes."""
        return cls(**values)


def withdraw_file(run_id: str, message_id: str, *, runs: Runs, ledger: Ledger, work: Objects) -> int:
    """Return every payment of a file for the bank that two persons withdrew.

    Doing it again changes nothing. Returns how many were written now. Raises NotWithdrawnError.
    """
    run = runs.get(run_id)
    events = runs.bank_file_events(run.year).get(message_id, ()) if run else ()
    if run is None or not any(event.kind == "withdrawn" for event in events):
        raise NotWithdrawnError(message_id)
    returned = (
        Returned(entry["shard"], entry["person"], entry["entry_id"], WITHDRAWN)
        for entry in entries_of_file(run, message_id, work)
    )
    return write_returns(run.year, returned, ledger)


def write_returns(year: int, returned: Iterable[Returned], ledger: Ledger) -> int:
    """Write the return of each payment, unless it has one. Returns how many were written now.

    An entry is put at a number that is free; who finds it taken reads again, so that of two calls
    at once one writes the return and the other one finds it. Raises PaymentUnknownError.
    """
    shards: dict[int, list[Returned]] = defaultdict(list)
    for each in returned:
        shards[each.shard].append(each)
    return sum(_write(year, shard, shards[shard], ledger) for shard in sorted(shards))


def _write(year: int, shard: int, returned: Sequence[Returned], ledger: Ledger) -> int:
    written = 0
    while lacking := _lacking(year, shard, returned, ledger):
        present = ledger.append(year, shard, *lacking)
        if None in present:
            raise PaymentUnknownError("somebody else has a pharmacy that was paid")
        written += sum(found == entry for entry, found in zip(lacking, present, strict=True))
    return written


def _lacking(year: int, shard: int, returned: Sequence[Returned], ledger: Ledger) -> list[Entry]:
    """The returns that the ledger does not have yet, each at the next number of its person."""
    entries = entries_of_persons(year, shard, {each.person for each in returned}, ledger)
    lacking = []
    for each in returned:
        own = entries[each.person]
        if any(entry.corrects == each.entry_id for entry in own):
            continue
        paid = next((e for e in own if e.entry_id == each.entry_id and e.kind == "payment"), None)
        if paid is None:
            raise PaymentUnknownError(each.entry_id)
        own.append(return_of(year, paid, max(entry.number for entry in own) + 1, each.cause))
        lacking.append(own[-1])
    return lacking


def return_of(year: int, paid: Entry, number: int, cause: str) -> Entry:
    """The return of a payment, as the entry of that number."""
    return replace(
        paid,
        number=number,
        kind="return",
        entry_id=entry_id_of(year, paid.person, number),
        payee_mac=None,
        corrects=paid.entry_id,
        cause=cause,
    )
