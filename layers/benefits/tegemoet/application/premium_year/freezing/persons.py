"""Freezing the persons: the case of each person of a shard, and what a payment needs beside it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tegemoet.application.ports import Facts, Ledger
from tegemoet.application.premium_year.account_changes import AccountSource
from tegemoet.application.premium_year.authority import AccountRow, Believed
from tegemoet.application.premium_year.case_json import PaidCase, PersonYearCase, PharmacyCase, PracticeCase
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.joining import number_order
from tegemoet.application.premium_year.offices import DISPUTED, account_of, holds
from tegemoet.application.premium_year.ownership import RankedFact, ranked
from tegemoet.application.premium_year.records import (
    BankAccount,
    FrozenPerson,
    Pharmacies,
    Plan,
    PlannedBatch,
    PracticeLine,
)
from tegemoet.application.records import Entry, RunReference
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents
from tegemoet.schemes.convention_premium.case import Account
from tegemoet.schemes.convention_premium.practices import year_amount_question
from tegemoet.schemes.convention_premium.rules import latest_account


class PersonNow(NamedTuple):
    """A frozen person, where the account came from that it is paid on, and its entries."""

    frozen: FrozenPerson
    source: AccountSource | None
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class FrozenShard:
    """The persons of a shard, in order, and the exceptions of their accounts."""

    persons: Iterable[PersonNow]
    account_conflicts: Sequence[YearException]


def freeze_persons(
    run: RunReference, shard: int, *, plan: Plan, facts: Facts, ledger: Ledger, folder: RunFolder, digest_secret: bytes
) -> FrozenShard:
    """Every person of the shard.

    These are the persons with a practice, and those with entries and no practice any more.
    """
    history = PaymentHistory(run.year, shard, plan, ledger)
    pharmacies = folder.pharmacies()
    batches = {batch.id: batch for batch in plan.batches}
    freezing = _Freezing(run, plan, pharmacies, history, defaultdict(list), plan.companions(), batches)
    practices: dict[str, list[PracticeLine]] = defaultdict(list)
    for line in sorted(folder.practices(shard, pharmacies), key=number_order):
        practices[line["person"]].append(line)
    persons = sorted({*practices, *history.paid_persons()})
    registered: dict[str, list[RankedFact[AccountRow]]] = defaultdict(list)
    for fact in history.accounts(facts):
        registered[plan.root(fact.key[0])].append(fact)
    authority, exceptions = plan.authority(), list[YearException]()
    for person in persons:
        numbers = sorted({line["practice"]["riziv_number"][:8] for line in practices.get(person, ())})
        used, waiting = authority.accounts(registered.get(person, ()), history.keys_of(person), numbers, digest_secret)
        freezing.accounts[person] = used
        exceptions.extend(waiting)
    frozen = (freezing.person(person, practices.get(person)) for person in persons)
    return FrozenShard(frozen, exceptions)


class PaymentHistory:
    """Entries and accounts of the persons of a shard, under every key that they have had."""

    def __init__(self, year: int, shard: int, plan: Plan, ledger: Ledger) -> None:
        self._year, self._shard, self._plan, self._ledger = year, shard, plan, ledger
        self._keys = plan.other_keys()
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in ledger.entries(year, shard):
            self._entries[entry.person].append(entry)
        # keys of this shard's persons that lie in another shard
        self._elsewhere = [
            (key, place)
            for root, keys in self._keys.items()
            if self._is_here(root)
            for key in keys
            if (place := shard_of(key, plan.shards)) != shard
        ]
        for key, place in self._elsewhere:
            self._entries[key] = ledger.entries_of(year, place, key)

    def _is_here(self, root: str) -> bool:
        return shard_of(root, self._plan.shards) == self._shard

    def entries_of(self, root: str) -> list[Entry]:
        """Entries under every key of a person of this shard."""
        return [e for key in self.keys_of(root) for e in self._entries.get(key, ())]

    def keys_of(self, root: str) -> list[str]:
        """Every key of a person, the root first."""
        return [root, *self._keys.get(root, ())]

    def paid_persons(self) -> set[str]:
        """Persons (roots) of this shard with at least one entry."""
        roots = {self._plan.root(person) for person, entries in self._entries.items() if entries}
        return {root for root in roots if self._is_here(root)}

    def accounts(self, facts: Facts) -> Iterator[RankedFact[AccountRow]]:
        """The accounts of this shard's persons."""
        rank = self._plan.ranks().get
        here: Iterator[RankedFact[AccountRow]] = ranked(facts.of_kind(self._year, "account", self._shard), rank)
        for fact in here:
            if self._is_here(self._plan.root(fact.key[0])):
                yield fact
        for key, place in self._elsewhere:
            yield from ranked(facts.accounts_of(self._year, place, key), rank)

    def paid_on(self, number: str, keys: Iterable[str]) -> int:
        """Cents that were paid on a number under these keys, in any shard.

        Reads the ledger, so call it only for a number with several persons.
        """
        entries = (
            e for key in keys for e in self._ledger.entries_of(self._year, shard_of(key, self._plan.shards), key)
        )
        return sum(entry.signed for entry in entries if entry.riziv_number == number)


@dataclass(slots=True)
class _Freezing:
    """What freezing one shard of persons uses.

    `accounts` = by person (root); `companions` = person key → every key ever connected with it.
    """

    run: RunReference
    plan: Plan
    pharmacies: Pharmacies
    history: PaymentHistory
    accounts: dict[str, list[Believed[AccountRow]]]
    companions: Mapping[str, Sequence[str]]
    batches: Mapping[str, PlannedBatch]

    def person(self, person: str, lines: list[PracticeLine] | None) -> PersonNow:
        entries = self.history.entries_of(person)
        own = [entry for entry in entries if entry.person == person]
        following = max((entry.number for entry in own), default=0) + 1
        before, paid = (sum(entry.signed for entry in counted) for counted in (own, entries))
        if lines is None:
            case_id = min(entry.riziv_number for entry in entries)
            frozen = FrozenPerson(person, following, before, paid, case_id, profession=entries[-1].profession)
            return PersonNow(frozen, None, entries)
        # of two accounts registered on one day the later file prevails
        dated = {used.fact.row["registered_on"]: used for used in self.accounts.get(person, ())}
        latest = self._latest(dated)
        case_id = min(line["practice"]["riziv_number"] for line in lines)[:8]
        offices = {line["tariff_office"] for line in lines if "tariff_office" in line}
        frozen = FrozenPerson(
            person,
            following,
            before,
            paid,
            case_id,
            self._case(person, lines, entries, {day: used.fact.row for day, used in dated.items()}),
            partners=[line["partners"] for line in lines],
            account=None if latest is None else _account(latest.fact.row),
            offices={name: self.pharmacies.offices[name] for name in offices & self.pharmacies.offices.keys()},
        )
        answered = tuple(sorted({line["answered"] for line in lines if "answered" in line}))
        source = None if latest is None else AccountSource.of(latest, self.batches, answered)
        return PersonNow(frozen, source, entries)

    def _case(
        self, person: str, lines: list[PracticeLine], entries: list[Entry], accounts: Mapping[str, AccountRow]
    ) -> PersonYearCase:
        practices = [self._practice(line) for line in lines]
        case: PersonYearCase = {"year": self.run.year, "phase": self.run.phase, "practices": practices}
        if accounts:
            case["accounts"] = [{"registered_on": day, "iban": accounts[day]["iban"]} for day in sorted(accounts)]
        if entries:
            case["paid"] = [_paid(entry) for entry in entries]
        if as_another := self._paid_as_another(person, lines):
            case["paid_as_another"] = euro(from_cents(as_another))
        return case

    def _paid_as_another(self, person: str, lines: list[PracticeLine]) -> int:
        """Cents paid on the person's numbers under keys that were once taken for the person's.

        Whoever was paid then may be this person: it is not paid again under another number.
        """
        once = frozenset(self.companions.get(person, ()))
        keys = {line["practice"]["riziv_number"][:8]: once.intersection(line.get("others", ())) for line in lines}
        return sum(self.history.paid_on(number, sorted(own)) for number, own in keys.items())

    def _practice(self, line: PracticeLine) -> PracticeCase:
        practice = line["practice"]
        number = practice["riziv_number"][:8]
        if "pharmacy_id" in line:
            practice["pharmacy"] = self._pharmacy(line)
            if why := holds(line, self.pharmacies.held, self.pharmacies.claimed, self.pharmacies.questioned):
                practice.setdefault("held", why)
        elif line.get("disputed") and not self._is_paid(number, line):
            practice.setdefault("held", DISPUTED)
        if choice := self._year_amount_choice(number, practice):
            practice["year_amount_choice"] = choice
        if "others" in line and "held" not in practice:
            paid = self.history.paid_on(number, line["others"])
            if paid > 0:
                practice["paid_to_another"] = euro(from_cents(paid))
        return practice

    def _is_paid(self, number: str, line: PracticeLine) -> bool:
        """Whether anybody was paid on the number before."""
        own = any(entry.riziv_number == number for entry in self.history.entries_of(line["person"]))
        return own or self.history.paid_on(number, line.get("others", ())) > 0

    def _year_amount_choice(self, number: str, practice: PracticeCase) -> str | None:
        """What an operator chose for exactly these amounts."""
        first = practice.get("activity-s1", {}).get("ambulatory")
        whole = practice.get("activity-year", {}).get("ambulatory")
        if first is None or not self.plan.choices:
            return None
        question = year_amount_question(number, Decimal(first), None if whole is None else Decimal(whole))
        return self.plan.choices.get(".".join(question))

    def _pharmacy(self, line: PracticeLine) -> PharmacyCase:
        office, name = line["tariff_office"], line["pharmacy_id"]
        pharmacy: PharmacyCase = {
            "pharmacy_id": name,
            "tariff_office": office,
            "account": office in self.pharmacies.offices,
        }
        if payee := self.pharmacies.payees.get(name):
            pharmacy["payee"] = payee
        choice = self.pharmacies.chosen.get(line["person"])
        if choice is not None:
            pharmacy["chosen"] = choice == name
        return pharmacy

    def _latest(self, accounts: Mapping[str, Believed[AccountRow]]) -> Believed[AccountRow] | None:
        registered = tuple(Account(date.fromisoformat(day), used.fact.row["iban"]) for day, used in accounts.items())
        latest = latest_account(registered, date.fromisoformat(self.run.on))
        return None if latest is None else accounts[latest.registered_on.isoformat()]


def _account(row: AccountRow) -> BankAccount:
    account = account_of(row)
    if language := row.get("language"):
        account["language"] = language
    return account


def _paid(entry: Entry) -> PaidCase:
    paid: PaidCase = {
        "number": entry.number,
        "kind": "payment" if entry.kind == "payment" else "return",
        "phase": entry.phase,
        "riziv_number": entry.riziv_number,
        "profession": entry.profession,
        "amount": euro(from_cents(entry.amount)),
    }
    if entry.pharmacy_id is not None:
        paid["pharmacy_id"] = entry.pharmacy_id
    return paid
