"""Taking in money that comes back by the communication of a recovery, and writing it to the ledger.

The same movement is written once, in however many files it comes, and never more than remains.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson

from tegemoet.application.ports import Batches, Facts, Ledger
from tegemoet.application.premium_year.entries import entry_id_of
from tegemoet.application.premium_year.recoveries import (
    Recovered,
    YearRecoveries,
    YearRecovery,
    standing_cents,
    taken_from,
)
from tegemoet.application.records import Entry
from tegemoet.banking.communication import read_structured
from tegemoet.domain.identity import is_riziv_number
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

_NUMBER = slice(0, 8)
_YEAR = slice(8, 10)


class RecoveredTooMuchError(Exception):
    """More would come back than a payment leaves: what remains has to be worked out anew."""


@dataclass(frozen=True, slots=True, order=True)
class Credit:
    """Money that came in: booking day (ISO), the bank's reference, communication, and cents."""

    on: str
    reference: str
    structured: str
    cents: int

    @property
    def movement(self) -> str:
        return f"{self.on} {self.reference}"

    @property
    def number(self) -> str:
        """The RIZIV number (eight digits) that the communication names."""
        return self.structured[_NUMBER]

    def is_of(self, year: int) -> bool:
        """Whether the communication is of our form, for that year."""
        return self.structured[_YEAR] == f"{year % 100:02}" and is_riziv_number(self.number)


def credits_of(year: int, *, facts: Facts, batches: Batches) -> list[Credit]:
    """The money that came in with a communication of our form for the year, each once, in order.

    It comes from files that were taken in to their end. Other money is left alone.
    """
    done = {batch.id for batch in batches.of_year(year) if batch.state == "done"}
    found = set()
    for fact in facts.of_kind(year, "credit"):
        body = orjson.loads(fact.body)
        digits = body["structured"] and read_structured(body["structured"])
        if fact.batch in done and digits:
            found.add(Credit(body["on"], body["reference"], digits, body["cents"]))
    return sorted(credit for credit in found if credit.is_of(year))


@dataclass(frozen=True, slots=True)
class Matched:
    """What of the money that came in is to be written, and what nobody can match but a person."""

    recovered: Sequence[Recovered]
    unmatched: Sequence[YearException]


def match(year: int, received: Sequence[Credit], recoveries: YearRecoveries) -> Matched:
    """Match money by its communication: each movement in full, or not at all.

    Of several movements of one recovery each is matched in a call of its own: the ledger says then
    what remains for the next one. So call it again as long as it finds something.
    """
    told: dict[tuple[str, str], set[int]] = defaultdict(set)
    for credit in received:
        told[credit.movement, credit.structured].add(credit.cents)
    recovered: list[Recovered] = []
    unmatched: list[YearException] = []
    matched: set[str] = set()
    for credit in received:
        recovery = recoveries.of_number(credit.number)
        written = _written(recovery, credit.movement)
        if written == credit.cents:
            continue
        rest = credit.cents - written
        if why := _why_not(recovery, rest, told[credit.movement, credit.structured]):
            unmatched.append(_unmatched(year, credit, why))
        elif recovery is not None and recovery.found.person not in matched:
            matched.add(recovery.found.person)
            recovered += taken_from(recovery, rest, credit.movement)
    return Matched(recovered, unmatched)


def _written(recovery: YearRecovery | None, movement: str) -> int:
    """Cents of the movement that the ledger has already."""
    return 0 if recovery is None else sum(part.cents for part in recovery.parts if part.movement == movement)


def _why_not(recovery: YearRecovery | None, rest: int, told: set[int]) -> str | None:
    """Why a person has to look at the money, if anybody has to."""
    if recovery is None:
        return "unknown"
    if len(told) > 1 or rest < 0:
        return "amounts-differ"
    if recovery.is_closed:
        return "closed"
    return "more-than-remains" if rest > recovery.remaining else None


def _unmatched(year: int, credit: Credit, why: str) -> YearException:
    facts = {
        "communication": credit.structured,
        "amount": euro(from_cents(credit.cents)),
        "on": credit.on,
        "reference": credit.reference,
        "why": why,
    }
    told = orjson.dumps([year, credit.on, credit.reference, credit.structured, credit.cents])
    return YearException.about("recovered-unmatched", hashlib.sha256(told).hexdigest()[:20], facts)


# --- writing --------------------------------------------------------------------------------------


def write_recovered(year: int, recovered: Iterable[Recovered], ledger: Ledger) -> int:
    """Write each part that came back, unless it is written. Returns how many were written now.

    An entry is put at a number that is free; who finds it taken reads again. Raises
    RecoveredTooMuchError, and writes nothing of that part, where more came back meanwhile.
    """
    return sum(_write(year, part, ledger) for part in recovered)


def _write(year: int, part: Recovered, ledger: Ledger) -> int:
    while True:
        own = ledger.entries_of(year, part.shard, part.person)
        if any(entry.corrects == part.entry_id and entry.cause == part.cause for entry in own):
            return 0
        paid = next((e for e in own if e.entry_id == part.entry_id and e.kind == "payment"), None)
        if paid is None or not 0 < part.cents <= standing_cents(paid, own) - part.stays:
            raise RecoveredTooMuchError(part.entry_id)
        entry = _entry(year, paid, part, max(entry.number for entry in own) + 1)
        if ledger.append(year, part.shard, entry) == [entry]:
            return 1


def _entry(year: int, paid: Entry, part: Recovered, number: int) -> Entry:
    return replace(
        paid,
        number=number,
        kind="recovered",
        amount=part.cents,
        entry_id=entry_id_of(year, paid.person, number),
        payee_mac=None,
        corrects=paid.entry_id,
        cause=part.cause,
    )
