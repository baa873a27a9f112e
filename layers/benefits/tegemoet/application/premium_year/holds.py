"""Payments that are held until an operator has decided, by what is known of their payee.

A payment that is held is decided, but not proposed: the next run proposes it again as long as it is
due. The question names the account that would be paid, and what makes it doubtful, by a MAC: a
choice holds for no later account, and for no later return.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tegemoet.application.premium_year.account_changes import AccountSource
from tegemoet.application.premium_year.entries import WITHDRAWN
from tegemoet.application.premium_year.payees import payee_mac
from tegemoet.application.premium_year.records import BankAccount, FrozenPerson, Payment, Plan
from tegemoet.application.records import Entry
from tegemoet.banking.payment_file import names_nobody
from tegemoet.domain.calendar import second_of
from tegemoet.domain.manual_review import ExceptionKind, YearException
from tegemoet.domain.money import euro, from_cents

PAY, HOLD = "pay-it", "hold-it"
PAY_OR_HOLD = (PAY, HOLD)
"""The choices of a payment that is held. Until one is made it is held."""
DECEASED: Final = "MD07"
"""The code of a bank for an account whose holder has died. Source: ISO 20022, external codes."""


def still_held(found: Iterable[YearException], choices: Mapping[str, str]) -> list[YearException]:
    """Those that no operator answered with `PAY`. `choices` = id of an exception → the choice."""
    return [each for each in found if choices.get(each.id) != PAY]


def held_about(kind: ExceptionKind, payee: str, made_on: Iterable[str], facts: Mapping[str, object]) -> YearException:
    """The exception of a payment that is held.

    `payee` = a RIZIV number or a tariff office; `made_on` = what a choice holds for, of which the
    id has 128 bits of a hash. What is secret of it is a MAC already.
    """
    name = hashlib.sha256("\n".join(made_on).encode()).hexdigest()[:32]
    return YearException.about(kind, f"{payee}.{name}" if payee else name, facts)


@dataclass(frozen=True, slots=True)
class PayeeHolds:
    """Finds why the payment of a person is held. `secret` = that of the digests."""

    plan: Plan
    secret: bytes

    def of(
        self,
        frozen: FrozenPerson,
        source: AccountSource | None,
        entries: Sequence[Entry],
        payment: Payment,
        account: BankAccount,
    ) -> list[YearException]:
        """The exceptions that hold the payment of a person to this account; none if it is proposed.

        `source` = where the account came from, if it is the person's own; `entries` = those of the
        person under every key.
        """
        paying = _Paying(self.plan, self.secret, frozen, source, entries, payment, account)
        return still_held(paying.doubts(), self.plan.choices)


@dataclass(frozen=True, slots=True)
class _Paying:
    """A payment, its account and what was paid before."""

    plan: Plan
    secret: bytes
    frozen: FrozenPerson
    source: AccountSource | None
    entries: Sequence[Entry]
    payment: Payment
    account: BankAccount

    def doubts(self) -> Iterator[YearException]:
        """Why an operator has to look; what was answered is among them."""
        if names_nobody(self.account["holder"]):
            yield self._about("holder-name-empty", ())
        if died := [each.entry_id for each in self._returned.values() if _has_died(each)]:
            yield self._about("payee-deceased", died, cause=DECEASED)  # no other account changes that
        elif came_back := self._came_back():
            runs = {each.run for each in came_back}  # a tariff office has one transfer in a run
            yield self._about("payment-returned", runs, causes=sorted({str(each.cause) for each in came_back}))
        elif self.payment.pharmacy_id is None:
            yield from self._changed()

    def _changed(self) -> Iterator[YearException]:
        """An account that is not the one of the last payment, unless its partner just brought it.

        After a return it may be another one only if it is newer: one that was known when the
        payment was made that came back is no answer to the return.
        """
        last = _last(self._paid)
        if self.source is None or not last or any(self._is_on_account(paid) for paid in last):
            return
        doubts = [self.plan.doubts[key] for key in self.plan.keys_of(self.frozen.person) if key in self.plan.doubts]
        ways = self.source.ways().union(*(doubt["ways"] for doubt in doubts))
        ways.discard("another-partner")
        written = self.source.batch.written_at
        older = any(paid.entry_id in self._returned and self._was_known(written, paid.run) for paid in last)
        if ways or older:
            names = [paid.entry_id for paid in last]
            questions = sorted({*self.source.questions}.union(*(doubt["questions"] for doubt in doubts)))
            yield self._about("account-changed", names, ways=sorted(ways), questions=questions, after_return=older)

    def _came_back(self) -> list[Entry]:
        """The returns of the last payments to this account."""
        last = _last(paid for paid in self._paid if self._is_on_account(paid))
        return [self._returned[paid.entry_id] for paid in last if paid.entry_id in self._returned]

    @property
    def _paid(self) -> list[Entry]:
        """What was paid: to the person, or through tariff offices where one is to be paid."""
        office = self.payment.pharmacy_id is not None
        return [e for e in self.entries if e.kind == "payment" and (e.pharmacy_id is not None) == office]

    def _is_on_account(self, paid: Entry) -> bool:
        """Whether a payment went to the account that would be paid now.

        One of an earlier version, which proves no account, counts as one that did.
        """
        payee = paid.riziv_number if paid.pharmacy_id is None else self.payment.payee
        return paid.payee_mac in (None, payee_mac(payee, self.account["holder"], self.account["iban"], self.secret))

    def _was_known(self, written: str, run: str) -> bool:
        """Whether a file was written before the cut-off of a released run; an old run has none."""
        cut_off = self.plan.cut_offs.get(run)
        return not cut_off or second_of(written) < second_of(cut_off)

    @property
    def _returned(self) -> Mapping[str, Entry]:
        """Id of a payment → its return, unless its file was withdrawn before the bank had it."""
        return {e.corrects: e for e in self.entries if e.kind == "return" and e.corrects and e.cause != WITHDRAWN}

    def _about(self, kind: ExceptionKind, made_on: Iterable[str], **facts: object) -> YearException:
        """The question: one for all pharmacies of a tariff office, whose account it is about."""
        names = (self.payment.payee_mac, *sorted(made_on))
        if self.payment.pharmacy_id is not None and kind != "payee-deceased":
            return held_about(kind, self.payment.payee, names, {"tariff_office": self.payment.payee, **facts})
        facts["riziv_number"] = self.frozen.case_id
        facts["amount"] = euro(from_cents(self.payment.cents))
        if self.source is not None and self.payment.pharmacy_id is None:
            facts["partner"], facts["batch"] = self.source.partner, self.source.batch.id
            facts["registered_on"] = self.source.registered_on
        return held_about(kind, self.frozen.case_id, names, facts)


def _last(paid: Iterable[Entry]) -> list[Entry]:
    """The last payment under each key of the person. They come by number."""
    return list({entry.person: entry for entry in paid}.values())


def _has_died(returned: Entry) -> bool:
    """Whether the bank said so of the person; a tariff office is none."""
    return returned.cause == DECEASED and returned.pharmacy_id is None
