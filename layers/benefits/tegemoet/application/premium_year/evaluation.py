"""Evaluation of one shard of persons: decide each frozen case and propose the payments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import orjson
from pydantic import ValidationError

from tegemoet.application.attempts import Attempt, Step
from tegemoet.application.decisions.deciding import decided_upon, supplied_of_run
from tegemoet.application.decisions.reading import keep_set
from tegemoet.application.files import raw_lines
from tegemoet.application.ports import Decisions, Facts, Ledger, Objects, Sink
from tegemoet.application.premium_year.account_changes import AccountComparison, AccountSource
from tegemoet.application.premium_year.case_json import PersonYearCase
from tegemoet.application.premium_year.changes import Change
from tegemoet.application.premium_year.folder import (
    CHANGES,
    DECISIONS,
    EXCEPTIONS,
    HELD,
    PAID_ON,
    PAYEES,
    PAYMENTS,
    PERSONS,
    RECOVERIES,
    TOTALS,
    RunFolder,
    partner_file,
)
from tegemoet.application.premium_year.freezing.persons import PersonNow, freeze_persons
from tegemoet.application.premium_year.holds import PayeeHolds
from tegemoet.application.premium_year.payees import payee_mac
from tegemoet.application.premium_year.plan import plan_on
from tegemoet.application.premium_year.records import (
    BankAccount,
    FrozenPerson,
    PaidOn,
    Payment,
    Recovery,
    ShardTotals,
)
from tegemoet.application.premium_year.totals import count
from tegemoet.application.records import RunReference, SuppliedJson
from tegemoet.domain.decision import DecisionJson, canonical, compose, input_digest
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import cents, euro, from_cents
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.convention_premium.case import Practice
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person
from tegemoet.schemes.scheme import Scheme


def evaluate(
    run: RunReference,
    shard: int,
    *,
    attempt: str,
    scheme: Scheme,
    parameters: ParameterSet,
    facts: Facts,
    ledger: Ledger,
    decisions: Decisions,
    digest_secret: bytes,
    work: Objects,
) -> None:
    """Decide one shard of persons.

    Writes persons, decisions, payments, exceptions and recoveries to the run's folder, commits
    them, and stores the decisions that were committed. `attempt` = a name that no other call of
    this step has. Raises RunOfAnotherVersionError for a run that was planned with other values.
    """
    folder = RunFolder(work, run.id)
    step = folder.evaluated(shard)
    if not step.is_committed():
        plan = plan_on(folder, parameters)
        frozen = freeze_persons(
            run, shard, plan=plan, facts=facts, ledger=ledger, folder=folder, digest_secret=digest_secret
        )
        keep_set(parameters, scheme, work)
        on = date.fromisoformat(run.on)
        writing = step.attempt(attempt)
        with ExitStack() as files:
            results = _ShardResults(writing, files)
            comparison = AccountComparison.of(plan, shard, work, digest_secret)
            given = Given.of(parameters, plan.supplied)
            holds = PayeeHolds(plan, digest_secret)
            _Evaluation(run, on, scheme, given, digest_secret, plan.choices, comparison, holds, results).decide_all(
                frozen.persons
            )
        results.exceptions.extend(frozen.account_conflicts)
        results.write_findings()
        writing.commit()
    if not folder.has_stored_decisions(shard):
        decisions.put_run(run.year, shard, _committed_decisions(run, step))
        folder.note_stored_decisions(shard)


def _committed_decisions(run: RunReference, step: Step) -> Iterator[tuple[str, str, bytes]]:
    """(person, run, decision) of every decision that the step committed.

    They come from the file, so that each attempt stores the same bytes.
    """
    for text in raw_lines(step.stream(DECISIONS)):
        yield orjson.loads(text)["id"].removeprefix(f"{run.id}."), run.id, text


class _ShardResults:
    """The results of one shard. Decisions and payments are written at once, the rest is collected.

    The files are closed with `files`; an error leaves none of them behind.
    """

    def __init__(self, attempt: Attempt, files: ExitStack) -> None:
        self._attempt, self._files = attempt, files
        self._persons, self._decisions = self._open(PERSONS), self._open(DECISIONS)
        self._payments, self._payees = self._open(PAYMENTS), self._open(PAYEES)
        self._paid_on = self._open(PAID_ON)
        self._partners: dict[str, Sink] = {}
        self._counts: Counter[str] = Counter()
        self.exceptions: list[YearException] = []
        self.held: list[str] = []
        self.recoveries: list[Recovery] = []
        self.changes: list[Change] = []

    def _open(self, name: str) -> Sink:
        return self._files.enter_context(self._attempt.writer(name))

    def add_person(self, person: FrozenPerson) -> None:
        self._persons.write(orjson.dumps(person, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))

    def add_decision(self, text: bytes) -> None:
        self._decisions.write(text + b"\n")

    def add_for_partner(self, partner: str, text: bytes) -> None:
        if partner not in self._partners:
            self._partners[partner] = self._open(partner_file(partner))
        self._partners[partner].write(text + b"\n")

    def add_payment(self, payment: Payment, account: BankAccount) -> None:
        self._payments.write(orjson.dumps(payment, option=orjson.OPT_APPEND_NEWLINE))
        self._payees.write(orjson.dumps(account, option=orjson.OPT_APPEND_NEWLINE))

    def add_paid_on(self, paid: PaidOn) -> None:
        self._paid_on.write(orjson.dumps(paid, option=orjson.OPT_APPEND_NEWLINE))

    def count(self, decided: PersonDecision, payment: Payment | None) -> None:
        count(self._counts, decided, payment)

    def write_findings(self) -> None:
        """Write what was collected."""
        self._attempt.write_lines(EXCEPTIONS, sorted(self.exceptions, key=lambda exception: exception.id))
        self._attempt.write_lines(HELD, self.held)
        self._attempt.write_lines(RECOVERIES, sorted(self.recoveries, key=lambda recovery: recovery.riziv_number))
        self._attempt.write_lines(CHANGES, sorted(self.changes, key=lambda change: change.id))
        self._attempt.write_json(TOTALS, ShardTotals(self._counts, sorted(self._partners)))


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters of the year, and what the body supplies because nobody publishes it.

    `supplied` = that as the plan records it, `values` = the same as values of the set.
    """

    parameters: ParameterSet
    supplied: Sequence[SuppliedJson]
    values: tuple[Parameter, ...]

    @classmethod
    def of(cls, parameters: ParameterSet, supplied: Sequence[SuppliedJson]) -> "Given":
        return cls(parameters, supplied, supplied_of_run(supplied, parameters) if supplied else ())

    def view(self) -> ParameterSet:
        """The parameters for one decision, which notes what it rests on."""
        return self.parameters.noting(self.values)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Decides the persons of one shard. `choices` = id of an exception → what an operator chose."""

    run: RunReference
    on: date
    scheme: Scheme
    given: Given
    digest_secret: bytes
    choices: Mapping[str, str]
    comparison: AccountComparison
    holds: PayeeHolds
    results: _ShardResults

    def decide_all(self, persons: Iterable[PersonNow]) -> None:
        for person in persons:
            frozen = person.frozen
            if frozen.case is None:
                self._report_without_practice(frozen)
            else:
                payment = self._decide(person, frozen.case)
                self._compare_account(frozen, person.source, payment)
            self.results.add_person(frozen)  # with what was added to its case

    def _compare_account(self, frozen: FrozenPerson, source: AccountSource | None, payment: Payment | None) -> None:
        """List the account if it changed, and keep what the next run compares with."""
        if frozen.account is None or source is None:
            return
        self.results.add_paid_on(self.comparison.paid_on(frozen.person, frozen.account, source))
        if change := self.comparison.change(frozen, source, payment):
            self.results.changes.append(change)

    def _decide(self, person: PersonNow, case: PersonYearCase) -> Payment | None:
        """Decide a case and add its results. Returns the payment, unless it is held.

        A case that the rules cannot decide becomes an exception.
        """
        frozen, results = person.frozen, self.results
        parameters = self.given.view()
        try:
            decided = self._decide_person(case, parameters)
            if decided.recovery and self._is_settled(frozen.case_id, cents(decided.recovery)):
                case["recovery_settled"] = True
                decided = self._decide_person(case, parameters)
        except (ValidationError, ParameterUnknownError) as error:
            # one such person, with hundreds of numbers for example, must not stop a million others
            results.exceptions.append(_undecided(frozen, case, error))
            return None
        decision = compose(
            decided.ruling,
            decision=f"{self.run.id}.{frozen.person}",
            scheme=self.scheme.slug,
            case_id=frozen.case_id,
            on=self.on,
            parameters=parameters,
            engine=self.scheme.engine,
            input_sha256=input_digest(decided_upon(case, self.given.supplied or None), self.digest_secret),
        )
        text = canonical(decision)
        results.add_decision(text)
        for partner in sorted({partner for delivered in frozen.partners for partner in delivered}):
            results.add_for_partner(partner, canonical(for_partner(decision, partner, case, frozen.partners)))
        due = payment_of(frozen, decided, self.digest_secret)
        results.count(decided, due[0] if due else None)
        results.exceptions.extend(decided.exceptions)
        if decided.recovery:
            results.recoveries.append(_recovery(frozen, decided))
        return self._propose(person, *due) if due else None

    def _propose(self, person: PersonNow, payment: Payment, account: BankAccount) -> Payment | None:
        """Add a payment, or hold it: a held one is kept beside the others, and is not proposed."""
        self.results.add_payment(payment, account)
        held = self.holds.of(*person, payment, account)
        if held:
            self.results.held.append(payment.person)
            self.results.exceptions.extend(held)
        return None if held else payment

    def _decide_person(self, case: PersonYearCase, parameters: ParameterSet) -> PersonDecision:
        return decide_person(self.scheme.case.validate_json(orjson.dumps(case)), self.on, parameters)

    def _is_settled(self, number: str, recovery: int) -> bool:
        """Whether an operator settled a recovery of exactly that many cents."""
        return self.choices.get(f"recovery.{number}.{recovery}") == "settled"

    def _report_without_practice(self, frozen: FrozenPerson) -> None:
        """Report the whole amount paid to a person without a practice as a recovery, in phase 2."""
        if self.run.phase != 2 or frozen.paid <= 0:
            return
        number = frozen.case_id
        assert frozen.profession is not None  # noqa: S101 - the profession of the last entry is frozen instead of a case
        paid, profession = frozen.paid, frozen.profession
        self.results.recoveries.append(Recovery(number, profession, paid, 0, paid, frozen.person, "no-practice"))
        if not self._is_settled(number, frozen.paid):
            amount = euro(from_cents(frozen.paid))
            facts = {"riziv_number": number, "paid": amount, "due": "0.00", "recovery": amount}
            self.results.exceptions.append(YearException.about("recovery", f"{number}.{frozen.paid}", facts))


def payment_of(
    frozen: FrozenPerson, decided: PersonDecision, digest_secret: bytes
) -> tuple[Payment, BankAccount] | None:
    """The payment that is due, and its account; None when nothing is due."""
    winner = decided.winner
    if not decided.payable or winner is None:
        return None
    payee, account = _payee(frozen, winner)
    payment = Payment(
        before=frozen.before,
        cents=cents(decided.payable),
        kind=decided.kind,
        number=frozen.next,
        payee=payee,
        payee_mac=payee_mac(payee, account["holder"], account["iban"], digest_secret),
        person=frozen.person,
        pharmacy_id=winner.pharmacy.pharmacy_id if winner.pharmacy else None,
        profession=winner.profession,
        riziv_number=winner.number,
    )
    return payment, account


def _payee(frozen: FrozenPerson, winner: Practice) -> tuple[str, BankAccount]:
    """Payee and account: the tariff office of a pharmacy, or the practitioner's latest account."""
    if winner.pharmacy:
        office = winner.pharmacy.tariff_office
        return office, frozen.offices[office]
    assert frozen.account is not None  # noqa: S101 - the rules require an account
    return winner.number, frozen.account


def _recovery(frozen: FrozenPerson, decided: PersonDecision) -> Recovery:
    profession = decided.assessments[0].practice.profession
    due, recovery = cents(decided.target), cents(decided.recovery)
    return Recovery(frozen.case_id, profession, frozen.paid, due, recovery, frozen.person)


def _undecided(
    frozen: FrozenPerson, case: PersonYearCase, error: ValidationError | ParameterUnknownError
) -> YearException:
    code = error.code if isinstance(error, ParameterUnknownError) else "case-invalid"
    facts: dict[str, object] = {"riziv_number": frozen.case_id, "practices": len(case["practices"]), "code": code}
    if isinstance(error, ParameterUnknownError):
        facts |= {"parameter": error.parameter, "on": error.on}
    return YearException.about("undecided", frozen.case_id, facts)


def for_partner(
    decision: DecisionJson, partner: str, case: PersonYearCase, partners: Sequence[Sequence[str]]
) -> DecisionJson:
    """The decision without what rests on numbers that other partners delivered.

    `partners` = the partners that delivered each practice of the case.
    """
    foreign = {
        practice["riziv_number"]: index
        for index, (practice, delivered) in enumerate(zip(case["practices"], partners, strict=True))
        if partner not in delivered
    }
    if not foreign:
        return decision
    paths = tuple(f"/practices/{index}/" for index in foreign.values())
    return {
        **decision,
        "explanation": [f for f in decision["explanation"] if f["facts"].get("riziv_number") not in foreign],
        "missing": [m for m in decision["missing"] if not m["field"].startswith(paths)],
    }
