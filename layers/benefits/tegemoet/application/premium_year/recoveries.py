"""Recoveries: what was paid and is not due, the communication to pay it back with, what came back.

A run of phase 2 finds a recovery; money that comes in with its communication becomes `recovered`
entries. Nothing is netted: what is found, what came back and what remains stand beside one another.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tegemoet.application.ports import Ledger, Objects, Runs
from tegemoet.application.premium_year.entries import entries_of_persons
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.records import Recovery
from tegemoet.application.premium_year.running import released_runs
from tegemoet.application.records import Entry
from tegemoet.banking.communication import printed, structured_digits
from tegemoet.domain.identity import shard_of
from tegemoet.schemes.convention_premium.year import premium_year

RecoveryState = Literal["open", "recovered", "closed"]


@dataclass(frozen=True, slots=True)
class Part:
    """Money that came back: its entry, the movement of the account that brought it, and cents."""

    entry_id: str
    movement: str
    cents: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A payment of which something may be taken back: in cents, `paid` now and `stays` due."""

    entry: Entry
    shard: int
    paid: int
    stays: int

    @property
    def recoverable(self) -> int:
        return self.paid - self.stays


@dataclass(frozen=True, slots=True)
class YearRecovery:
    """What a person has to pay back, as the latest released run found it; amounts in cents.

    `found.cents` = what that run found; `due` = what is or may still be due. `standing` = the
    payments that it is taken from, the latest first. `is_closed` = two persons settled what
    remains.
    """

    found: Recovery
    run: str
    parts: Sequence[Part]
    standing: Sequence[Standing]
    is_closed: bool

    @property
    def place(self) -> str:
        """Where it is in a list: by RIZIV number, which two persons may have had."""
        return f"{self.found.riziv_number}.{self.found.person}"

    @property
    def remaining(self) -> int:
        return sum(each.recoverable for each in self.standing)

    @property
    def recovered(self) -> int:
        return sum(part.cents for part in self.parts)

    @property
    def cents(self) -> int:
        """What has to come back in all."""
        return self.remaining + self.recovered

    @property
    def state(self) -> RecoveryState:
        if not self.remaining:
            return "recovered"
        return "closed" if self.is_closed else "open"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A part of a payment that came back: its entry, where that lies, cents, and the movement.

    `stays` = the cents of the payment that no recovery may take back.
    """

    shard: int
    person: str
    entry_id: str
    cents: int
    stays: int
    cause: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "Recovered":
        """The part that a JSON object of its fields describes."""
        return cls(**values)


def communication_of(year: int, riziv_number: str) -> str:
    """The twelve digits of the communication of a RIZIV number (eight digits) for a year."""
    return structured_digits(int(f"{riziv_number}{year % 100:02}"))


def printed_communication(year: int, riziv_number: str) -> str:
    """The communication as it is printed for a payer: `+++123/4567/89012+++`."""
    return printed(communication_of(year, riziv_number))


@dataclass(frozen=True, slots=True)
class YearRecoveries:
    """The recoveries of a year by RIZIV number (eight digits).

    `persons` = RIZIV number → the persons (roots) under whom a released run found a recovery of it.
    """

    by_person: Mapping[str, YearRecovery]
    persons: Mapping[str, frozenset[str]]

    def of_number(self, number: str) -> YearRecovery | None:
        """The recovery of a number; None if it has none, or if several persons had one."""
        persons = self.persons.get(number, frozenset())
        return self.by_person[next(iter(persons))] if len(persons) == 1 else None

    def listed(self) -> list[YearRecovery]:
        """By RIZIV number, without those that a later run no longer found before any money came."""
        found = (each for each in self.by_person.values() if each.cents)
        return sorted(found, key=lambda each: each.place)


def recoveries_of(year: int, *, runs: Runs, ledger: Ledger, work: Objects) -> YearRecoveries:
    """What the released runs of phase 2 found, the latest prevailing, and what came back since.

    Raises NoPremiumForYearError.
    """
    shards = premium_year(parameters_of(year)).shards
    released = released_runs(year, runs)
    second = [run for run in released if run.phase == 2]
    if not second:
        return YearRecoveries({}, {})
    latest = RunFolder(work, second[-1].id).plan()
    keys: dict[str, list[str]] = defaultdict(list)
    for key, root in sorted(latest.roots.items()):
        keys[root].append(key)
    found: dict[str, tuple[Recovery, str]] = {}
    persons: dict[str, set[str]] = defaultdict(set)
    for run in second:
        folder = RunFolder(work, run.id)
        for recovery in (each for shard in range(shards) for each in folder.recoveries(shard) if each.person):
            root = latest.root(recovery.person)
            found[root] = recovery, run.id
            persons[recovery.riziv_number].add(root)
    settled = {each.id for each in runs.exceptions(year) if each.kind == "recovery" and each.choice == "settled"}
    paid_by = {run.id for run in released}
    keys_of = {root: [root, *(key for key in keys[root] if key != root)] for root in found}
    by_shard: dict[int, list[str]] = defaultdict(list)
    for key in (key for own in keys_of.values() for key in own):
        by_shard[shard_of(key, shards)].append(key)
    ledgers = {shard: entries_of_persons(year, shard, own, ledger) for shard, own in by_shard.items()}
    made = {}
    for root, (recovery, run_id) in found.items():
        entries = [
            (shard, entry)
            for key in keys_of[root]
            for shard in [shard_of(key, shards)]
            for entry in ledgers[shard][key]
            if entry.run in paid_by
        ]
        is_found = run_id == second[-1].id
        made[root] = _year_recovery(recovery, run_id, entries, settled, is_found=is_found)
    return YearRecoveries(made, {number: frozenset(own) for number, own in persons.items()})


def _year_recovery(
    recovery: Recovery, run: str, entries: Sequence[tuple[int, Entry]], settled: set[str], *, is_found: bool
) -> YearRecovery:
    parts = [Part(e.entry_id, e.cause or "", e.amount) for _, e in entries if e.kind == "recovered"]
    standing = list(_standing(entries, recovery.paid - recovery.cents))[::-1] if is_found else []
    remaining = sum(each.recoverable for each in standing)
    is_closed = f"recovery.{recovery.riziv_number}.{remaining}" in settled
    return YearRecovery(recovery, run, parts, standing, is_closed)


def _standing(entries: Sequence[tuple[int, Entry]], due: int) -> Iterator[Standing]:
    """The payments, the earliest first, which what is due is counted against."""
    payments = [(shard, entry) for shard, entry in entries if entry.kind == "payment"]
    for shard, entry in sorted(payments, key=lambda each: (each[1].phase, each[1].person, each[1].number)):
        paid = standing_cents(entry, (own for _, own in entries))
        stays = min(due, paid)
        due -= stays
        yield Standing(entry, shard, paid, stays)


def standing_cents(payment: Entry, entries: Iterable[Entry]) -> int:
    """Cents of a payment that neither the bank nor the payee sent back."""
    back = sum(entry.amount for entry in entries if entry.corrects == payment.entry_id)
    return max(0, payment.amount - back)


def taken_from(recovery: YearRecovery, cents: int, movement: str) -> Iterator[Recovered]:
    """The parts of payments that money which came in pays back, of the latest payments first."""
    for each in recovery.standing:
        part = min(cents, each.recoverable)
        if part:
            entry = each.entry
            yield Recovered(each.shard, entry.person, entry.entry_id, part, each.stays, movement)
        cents -= part
