"""Evaluation of one shard of persons: decide each frozen case and propose the payments."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import orjson
from pydantic import ValidationError

from tegemoet import ENGINE_VERSION
from tegemoet.application.decisions.reading import keep_set
from tegemoet.application.ports import Decisions, Facts, Ledger, Objects, Sink
from tegemoet.application.premium_year.case_json import PersonYearCase
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.freezing.persons import freeze_persons
from tegemoet.application.premium_year.records import BankAccount, FrozenPerson, Payment, Recovery, ShardTotals
from tegemoet.application.premium_year.totals import count
from tegemoet.application.records import RunReference
from tegemoet.domain.decision import DecisionJson, canonical, compose, input_digest
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import cents, euro, from_cents
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.convention_premium.case import Practice
from tegemoet.schemes.convention_premium.rules import PersonDecision, decide_person
from tegemoet.schemes.scheme import Scheme


def evaluate(
    run: RunReference,
    shard: int,
    *,
    scheme: Scheme,
    parameters: ParameterSet,
    facts: Facts,
    ledger: Ledger,
    decisions: Decisions,
    digest_secret: bytes,
    work: Objects,
) -> None:
    """Decide one shard of persons.

    Stores the decisions, and writes decisions, payments, exceptions and recoveries to the run's
    folder.
    """
    folder = RunFolder(work, run.id)
    if folder.is_evaluated(shard):
        return
    freeze_persons(run, shard, facts=facts, ledger=ledger, folder=folder)
    keep_set(parameters, scheme, work)
    choices = folder.plan().choices
    with ExitStack() as files:
        results = _ShardResults(folder, shard, files)
        on = date.fromisoformat(run.on)
        evaluation = _Evaluation(run, on, scheme, parameters, digest_secret, choices, results)
        decisions.put_run(run.year, shard, evaluation.decide_all(folder.persons(shard)))
    results.exceptions.extend(folder.account_conflicts(shard))
    folder.write_findings(shard, results.exceptions, results.recoveries)
    folder.write_totals(shard, results.totals())


class _ShardResults:
    """The results of one shard. Decisions and payments are written at once, the rest is collected.

    The files are closed with `files`; an error leaves none of them behind.
    """

    def __init__(self, folder: RunFolder, shard: int, files: ExitStack) -> None:
        self._folder, self._shard, self._files = folder, shard, files
        self._decisions, self._payments = self._open("decisions.jsonl"), self._open("payments.jsonl")
        self._partners: dict[str, Sink] = {}
        self._payments_sha256 = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self.exceptions: list[YearException] = []
        self.recoveries: list[Recovery] = []

    def _open(self, name: str) -> Sink:
        return self._files.enter_context(self._folder.writer(self._shard, name))

    def add_decision(self, text: bytes) -> None:
        self._decisions.write(text + b"\n")

    def add_for_partner(self, partner: str, text: bytes) -> None:
        if partner not in self._partners:
            self._partners[partner] = self._open(f"partners/{partner}.jsonl")
        self._partners[partner].write(text + b"\n")

    def add_payment(self, payment: Payment) -> None:
        line = orjson.dumps(payment, option=orjson.OPT_APPEND_NEWLINE)
        self._payments.write(line)
        self._payments_sha256.update(line)

    def count(self, decided: PersonDecision, payment: Payment | None) -> None:
        count(self._counts, decided, payment)

    def totals(self) -> ShardTotals:
        return ShardTotals(self._counts, sorted(self._partners), self._payments_sha256.hexdigest())


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Decides the persons of one shard. `choices` = id of an exception → what an operator chose."""

    run: RunReference
    on: date
    scheme: Scheme
    parameters: ParameterSet
    digest_secret: bytes
    choices: Mapping[str, str]
    results: _ShardResults

    def decide_all(self, persons: Iterable[FrozenPerson]) -> Iterator[tuple[str, str, bytes]]:
        """(person, run, decision) of every person with a case that the rules decide."""
        for frozen in persons:
            if frozen.case is None:
                self._report_without_practice(frozen)
                continue
            decision = self._decide(frozen, frozen.case)
            if decision is not None:
                yield frozen.person, self.run.id, decision

    def _decide(self, frozen: FrozenPerson, case: PersonYearCase) -> bytes | None:
        """Decide a case and add its results. Returns the decision.

        A case that the rules cannot decide becomes an exception, and None is returned.
        """
        results = self.results
        try:
            decided = decide_person(self.scheme.case.validate_json(orjson.dumps(case)), self.on, self.parameters)
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
            parameters=self.parameters,
            engine=ENGINE_VERSION,
            input_sha256=input_digest(case, self.digest_secret),
        )
        text = canonical(decision)
        results.add_decision(text)
        for partner in sorted({partner for delivered in frozen.partners for partner in delivered}):
            results.add_for_partner(partner, canonical(for_partner(decision, partner, case, frozen.partners)))
        payment = payment_of(frozen, decided)
        if payment:
            results.add_payment(payment)
        results.count(decided, payment)
        results.exceptions.extend(decided.exceptions)
        if decided.recovery:
            results.recoveries.append(_recovery(frozen, decided))
        return text

    def _report_without_practice(self, frozen: FrozenPerson) -> None:
        """Report the whole amount paid to a person without a practice as a recovery, in phase 2."""
        if self.run.phase != 2 or frozen.paid <= 0:
            return
        number = frozen.case_id
        assert frozen.profession is not None  # noqa: S101 - the profession of the last entry is frozen instead of a case
        self.results.recoveries.append(Recovery(number, frozen.profession, frozen.paid, 0, frozen.paid))
        if self.choices.get(f"recovery.{number}") != "settled":
            amount = euro(from_cents(frozen.paid))
            facts = {"riziv_number": number, "paid": amount, "due": "0.00", "recovery": amount}
            self.results.exceptions.append(YearException.about("recovery", number, facts))


def payment_of(frozen: FrozenPerson, decided: PersonDecision) -> Payment | None:
    """The payment that is proposed; None when nothing is due."""
    winner = decided.winner
    if not decided.payable or winner is None:
        return None
    payee, account = _payee(frozen, winner)
    return Payment(
        before=frozen.before,
        cents=cents(decided.payable),
        holder=account["holder"],
        iban=account["iban"],
        kind=decided.kind,
        number=frozen.next,
        payee=payee,
        person=frozen.person,
        pharmacy_id=winner.pharmacy.pharmacy_id if winner.pharmacy else None,
        profession=winner.profession,
        riziv_number=winner.number,
    )


def _payee(frozen: FrozenPerson, winner: Practice) -> tuple[str, BankAccount]:
    """Payee and account: the tariff office of a pharmacy, or the practitioner's latest account."""
    if winner.pharmacy:
        office = winner.pharmacy.tariff_office
        return office, frozen.offices[office]
    assert frozen.account is not None  # noqa: S101 - the rules require an account
    return winner.number, frozen.account


def _recovery(frozen: FrozenPerson, decided: PersonDecision) -> Recovery:
    profession = decided.assessments[0].practice.profession
    return Recovery(frozen.case_id, profession, frozen.paid, cents(decided.target), cents(decided.recovery))


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
