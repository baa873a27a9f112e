"""Transfers that are held until an operator has decided, by what a run pays together.

The limits are those of the account that pays. They are compared with every payment that is due,
held or not, so that all questions are asked at once, and deciding one raises no other.
"""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.holds import held_about, still_held
from tegemoet.application.premium_year.records import BankAccount, Payment
from tegemoet.application.premium_year.transfers import ShardPayments
from tegemoet.application.records import DebtorAccount
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import euro, from_cents

NAMED = 100
"""RIZIV numbers that an exception names; it counts the others."""


@dataclass(slots=True)
class Held:
    """The persons whose payment is held, and the exceptions that say why."""

    persons: set[str] = field(default_factory=set)
    exceptions: list[YearException] = field(default_factory=list)


@dataclass(slots=True)
class _Together:
    """Payments that one question is about."""

    macs: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    cents: int = 0

    def add(self, payment: Payment) -> None:
        self.macs.append(payment.payee_mac)
        self.numbers.append(payment.riziv_number)
        self.entries.append(f"{payment.person}#{payment.number}")
        self.persons.append(payment.person)
        self.cents += payment.cents

    @property
    def amount(self) -> str:
        return euro(from_cents(self.cents))


def held_together(folder: RunFolder, account: DebtorAccount, choices: Mapping[str, str]) -> Held:
    """What is held of the transfers of a run because of what one account or one transfer is paid.

    `choices` = id of an exception → what an operator chose. Reads the payments twice; memory grows
    by eight bytes a payment, and with what is above a limit.
    """
    institutions, held = frozenset(account.institutions), Held()
    shared, large = _above(folder.proposed_payments(), account, institutions)
    if not shared and not large:
        return held
    of_account, of_transfer = defaultdict[str, _Together](_Together), defaultdict[str, _Together](_Together)
    for _, payment, paid_on in folder.proposed_payments():
        if _shares(payment, paid_on, institutions) and _digest(paid_on["iban"]) in shared:
            of_account[paid_on["iban"]].add(payment)
        if _transfer(payment) in large:
            of_transfer[_transfer(payment)].add(payment)
    for found in of_account.values():
        _hold(held, found, _about_account(found), choices)
    for name, found in of_transfer.items():
        _hold(held, found, _about_amount(name, found), choices)
    return held


def _above(
    payments: ShardPayments, account: DebtorAccount, institutions: Collection[str]
) -> tuple[Collection[int], Collection[str]]:
    """Digests of the accounts of more persons than one may have, and transfers above the limit."""
    digests, sums = array("Q"), Counter[str]()
    limit = account.hold_above
    large = set[str]()
    for _, payment, paid_on in payments:
        if _shares(payment, paid_on, institutions):
            digests.append(_digest(paid_on["iban"]))
        if payment.pharmacy_id is not None:
            sums[payment.payee] += payment.cents
        elif limit is not None and payment.cents > limit:
            large.add(_transfer(payment))
    if limit is not None:
        large.update(office for office, cents in sums.items() if cents > limit)
    return set(_frequent(digests, account.persons_per_account)), large


def _frequent(digests: Iterable[int], most: int) -> Iterator[int]:
    for digest, same in groupby(sorted(digests)):
        if sum(1 for _ in same) > most:
            yield digest


def _shares(payment: Payment, paid_on: BankAccount, institutions: Collection[str]) -> bool:
    """Whether the person counts among those of the account: not one who is paid through an office,
    and nobody on the account of an institution.
    """
    return payment.pharmacy_id is None and paid_on["iban"] not in institutions


def _digest(iban: str) -> int:
    return int.from_bytes(hashlib.blake2b(iban.encode(), digest_size=8).digest())


def _transfer(payment: Payment) -> str:
    """What names the transfer of a payment in its run: the tariff office, or the person."""
    return payment.payee if payment.pharmacy_id is not None else f"person {payment.person}"


def _about_account(found: _Together) -> YearException:
    facts = {"persons": len(found.persons), "riziv_numbers": sorted(found.numbers)[:NAMED], "amount": found.amount}
    return held_about("account-of-several-persons", "", sorted(found.macs), facts)


def _about_amount(transfer: str, found: _Together) -> YearException:
    """It has the amount in its id, in cents: another amount is another question."""
    office = not transfer.startswith("person ")
    payee = transfer if office else found.numbers[0]
    subject: dict[str, object] = {"tariff_office": payee} if office else {"riziv_number": payee}
    facts = {**subject, "payments": len(found.persons), "amount": found.amount}
    names = sorted(f"{mac} {entry}" for mac, entry in zip(found.macs, found.entries, strict=True))
    return held_about("amount-above-limit", f"{payee}.{found.cents}", names, facts)


def _hold(held: Held, found: _Together, about: YearException, choices: Mapping[str, str]) -> None:
    if asked := still_held([about], choices):
        held.persons.update(found.persons)
        held.exceptions += asked
