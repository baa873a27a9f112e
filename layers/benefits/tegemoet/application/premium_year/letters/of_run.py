"""The letters of a released run.

A letter has a name only where the payment file of the run has it, too. A decision whose payment is
held or was not written has no letter: a person handles it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import orjson

from tegemoet.application.decisions.letter.particulars import (
    REPAYMENT_DAYS,
    Body,
    body_of,
    is_permitted,
    language_of,
    require_permitted,
)
from tegemoet.application.decisions.reading import unknown_decision
from tegemoet.application.files import raw_lines
from tegemoet.application.ports import DebtorAccounts, Ledger, Objects, RunDecisions, Runs
from tegemoet.application.premium_year.bank_file_record import bank_files
from tegemoet.application.premium_year.dossier import given_in
from tegemoet.application.premium_year.entries import WITHDRAWN, entry_of
from tegemoet.application.premium_year.folder import DECISIONS, RunFolder
from tegemoet.application.premium_year.letters.decided import SHOWN, Paid, last_day_to_register, letter_on
from tegemoet.application.premium_year.letters.record import Letter, Repayment, Transfer
from tegemoet.application.premium_year.letters.write import written
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.records import FrozenPerson, Payment
from tegemoet.application.premium_year.recoveries import printed_communication, recoveries_of
from tegemoet.application.premium_year.run_decisions import place_of, read_run_decision
from tegemoet.application.records import OPERATORS, DebtorAccount, Entry, Run
from tegemoet.application.treasury.debtor_accounts import version
from tegemoet.domain.money import euro, from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ConflictError, NotFoundError
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.languages import LANGUAGES
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Scheme


@dataclass(frozen=True)
class RunLetters:
    """The letters of a run in the name of `body`.

    `given` = the parameters that the run decided with; `paid_on` = the day (ISO) on which its
    transfers are executed, where it is known. `debtor` = the account that pays, to which money is
    paid back; without one a recovery is announced only.
    """

    run: Run
    folder: RunFolder
    scheme: Scheme
    given: ParameterSet
    body: Body
    paid_on: str | None = None
    debtor: DebtorAccount | None = None

    def of_shard(self, shard: int, language: str | None = None) -> Iterator[Letter]:
        """The letters of one shard of persons in order of decision, or only those in a language.

        A body that has no letters on values that are not official has none on such a decision.
        """
        paid, unpaid = self.paid(shard), self.folder.settled(shard).unpaid
        persons = self.folder.persons(shard)
        for text in raw_lines(self.folder.evaluated(shard).stream(DECISIONS)):
            decision = orjson.loads(text)
            key = decision["id"].removeprefix(f"{self.run.id}.")
            person = next(found for found in persons if found.person == key)
            wanted = language in (None, self.language(person))
            if wanted and key not in unpaid and is_permitted(self.body, decision):
                yield self.letter(text, person, paid.get(key))

    def letter(self, decision: bytes, person: FrozenPerson, paid: Paid | None, language: str | None = None) -> Letter:
        """The letter on a decision, by default in the language of its reader."""
        letter = letter_on(
            decision,
            self.scheme,
            self.language(person) if language is None else language,
            year=self.run.year,
            paid=paid,
            register_by=self._register_by,
        )
        return replace(letter, repayment=self._repayment(letter)) if letter.kind == "recovery" else letter

    def _repayment(self, letter: Letter) -> Repayment | None:
        """How to pay back; None where the account that pays or the last day is not known."""
        until = pay_back_by(self.body, self.run)
        if self.debtor is None or until is None:
            return None
        communication = printed_communication(self.run.year, letter.riziv_number)
        return Repayment(self.debtor.name, self.debtor.iban, communication, until)

    def language(self, person: FrozenPerson) -> str:
        """The language of the reader, as the registration of the account says it, or the body's."""
        known = person.account.get("language") if person.account else None
        return known if known is not None and known in LANGUAGES else language_of(self.body)

    def paid(self, shard: int) -> Mapping[str, Paid]:
        """What the run pays to the persons of a shard."""
        pairs = zip(self.folder.payments(shard), self.folder.payees(shard), strict=True)
        return {payment.person: Paid(payment, account, self.paid_on) for payment, account in pairs}

    @cached_property
    def _register_by(self) -> str | None:
        return last_day_to_register(self.given)


def pay_back_by(body: Body, run: Run) -> str | None:
    """The last day (ISO) to pay back what the run found: so many days after its approval."""
    days, approved_at = body.get(REPAYMENT_DAYS), run.detail.approved_at
    if not isinstance(days, int) or approved_at is None:
        return None
    return (datetime.fromisoformat(approved_at).date() + timedelta(days=days)).isoformat()


def letters_of(
    run: Run,
    folder: RunFolder,
    parameters: ParameterSet,
    paid_on: str | None = None,
    debtor: DebtorAccount | None = None,
) -> RunLetters:
    """The letters of a run of the body that runs premium years.

    `parameters` = the set of the year.
    """
    given = given_in(folder.plan(), parameters)
    return RunLetters(run, folder, scheme_named(SLUG), given, body_of(OPERATORS), paid_on, debtor)


@dataclass(frozen=True, slots=True)
class LetterPorts:
    """What reading a letter needs. `work` = the bucket of the runs."""

    run_decisions: RunDecisions
    runs: Runs
    ledger: Ledger
    debtor_accounts: DebtorAccounts
    work: Objects


def read_letter(year: int, decision_id: str, language: str | None, ports: LetterPorts) -> str:
    """The letter on the decision of a released run, by default in the language of its reader.

    It says what holds now: that the bank returned the payment, or what remains of a recovery. A
    payment in a withdrawn file has no day.

    Raises NotFoundError `decision-unknown`, `facts-expired`, `language-unknown`; ConflictError
    `run-not-released`, `payment-not-written`, `recovery-ended`; LetterRefusedError;
    ValuesRefusedError.
    """
    found = read_run_decision(year, decision_id, ports.run_decisions)
    place = place_of(decision_id)
    run = None if place is None else ports.runs.get(place[2])
    if place is None or run is None:
        raise unknown_decision()
    if run.state != "released":
        raise ConflictError("The run of the decision is not released.", "run-not-released")
    _, shard, _, key = place
    folder = RunFolder(ports.work, run.id)
    person = folder.person(shard, key)
    if person is None:
        raise NotFoundError("What the run froze of the person is no longer kept.", "facts-expired")
    if key in folder.settled(shard).unpaid:
        raise ConflictError("The payment of the decision was not written.", "payment-not-written")
    number = folder.approved_proposal(run.detail.payments_sha256).debtor
    debtor = None if number is None else version(number, ports.debtor_accounts).account
    letters = letters_of(run, folder, parameters_of(year), _execution(run, ports.work), debtor)
    require_permitted(letters.body, orjson.loads(found.decision))
    paid = letters.paid(shard).get(key)
    back = None if paid is None else _returned(year, shard, run, paid.payment, ports.ledger)
    if paid is not None and back is not None and back.cause == WITHDRAWN:
        paid = replace(paid, on=None)
    letter = letters.letter(found.decision, person, paid, language)
    if letter.repayment is not None:
        letter = _remaining(letter, letter.repayment, ports)
    elif paid is not None and back is not None and back.cause != WITHDRAWN:
        letter = returned(letter, paid, back)
    return written(letter, letters.body)


def _execution(run: Run, work: Objects) -> str | None:
    """The day (ISO) on which the bank executes the files of the run; None where it has none."""
    return next((file.execution for file in bank_files(run, work)), None)


def _remaining(letter: Letter, repayment: Repayment, ports: LetterPorts) -> Letter:
    """The letter with what remains now, and what came back."""
    recoveries = recoveries_of(letter.year, runs=ports.runs, ledger=ports.ledger, work=ports.work)
    recovery = recoveries.of_number(letter.riziv_number)
    if recovery is None or recovery.state != "open":
        raise ConflictError("Nothing has to be paid back any more.", "recovery-ended")
    received = euro(from_cents(recovery.recovered)) if recovery.recovered else None
    amount = euro(from_cents(recovery.remaining))
    return replace(letter, amount=amount, repayment=replace(repayment, received=received))


def _returned(year: int, shard: int, run: Run, payment: Payment, ledger: Ledger) -> Entry | None:
    """The return of a payment of the run, if the bank sent it back or its file was withdrawn."""
    paid = entry_of(run, payment).entry_id
    entries = ledger.entries_of(year, shard, payment.person)
    return next((e for e in entries if e.kind == "return" and e.corrects == paid), None)


def returned(letter: Letter, paid: Paid, back: Entry) -> Letter:
    """The letter on a payment that the bank returned."""
    return replace(
        letter,
        kind="returned",
        amount=euro(from_cents(back.amount)),
        transfer=Transfer(paid.account["iban"][-SHOWN:], paid.office),
        cause=back.cause,
        reasons=(),
        acts=(),
    )
