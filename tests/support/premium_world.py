"""A premium year in memory: drop rows as facts, run a phase step by
step as the state machine does, look at the ledger.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from tegemoet.application.lives import Retention
from tegemoet.application.premium_year import (
    approval,
    bank_file_record,
    closing,
    confirming,
    evaluation,
    exceptions,
    plan,
    recoveries,
    recovering,
    releasing,
    returns,
    settlement,
    starting,
    taking_answers,
)
from tegemoet.application.premium_year import report as reporting
from tegemoet.application.premium_year.answers import Answer
from tegemoet.application.premium_year.bank_files import BankFile
from tegemoet.application.premium_year.dossier import Dossier, read_dossier
from tegemoet.application.premium_year.exceptions import YearExceptions
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.freezing import numbers
from tegemoet.application.premium_year.summary import RunSummary
from tegemoet.application.premium_year.values import year_values
from tegemoet.application.records import Batch, DebtorAccount, DebtorAccountVersion, Entry, Fact, FactKind, Person, Run
from tegemoet.application.treasury import debtor_accounts
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import ReviewedException
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named
from tests.support import fakes
from tests.support.debtors import SETTINGS
from tests.support.fakes.partners import anything_of
from tests.support.schemes import shipping

YEAR = 2023
SHARDS = 2
DECEMBER, JUNE = date(2023, 12, 1), date(2024, 6, 15)
SCHEME = "convention-premium"

Json = dict[str, Any]


@contextmanager
def two_shards(year: int = YEAR) -> Iterator[ParameterSet]:
    """A year over two shards instead of many: the same rules, fewer calls."""
    name, sets = str(year), scheme_named(SCHEME).parameter_sets
    small = read_parameters(name, _with_shards(sets[name].text))
    with shipping(SCHEME, {**sets, name: small}):
        yield small


def _with_shards(text: str) -> str:
    head, mark, tail = text.partition('name = "shards"')
    before, value, after = tail.partition("value = ")
    return head + mark + before + value + f"{SHARDS}\n" + after.partition("\n")[2]


def told(end_to_end_id: str | None, state: str, **more: Any) -> Answer:
    """An answer on a transfer; of a file with `message_id`, on its payment with `payment_id`."""
    about = {"message_id": None, "payment_id": None, "reason": None, "cents": None, "on": None, "reference": None}
    return Answer(**{**about, "end_to_end_id": end_to_end_id, "state": state, **more})


def _answer_fact(answer: Answer, batch: str) -> Fact:
    body = {name: value for name, value in asdict(answer).items() if name != "batch"} | {"partner": "treasury"}
    text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
    return Fact("answer", 0, (sha256(text.encode()).hexdigest()[:20],), batch, text)


# --- rows, as the intake stores them --------------------------------------------------------------


def riziv(body: int, code: int = 401) -> str:
    """The RIZIV number (11 digits) with `body` as first six digits."""
    return f"{body:06}{97 - body % 97:02}{code:03}"


def practice(person: str, riziv: str, profession: str = "nurse", **more: Any) -> Json:
    row = {
        "kind": "practices",
        "person": person,
        "riziv_number": riziv,
        "profession": profession,
        "specialism": None,
        "number_granted_on": None,
        "training": False,
        "medical_house_weekly_hours": None,
        "pharmacy_id": None,
        "tariff_office": None,
    }
    return {**row, **more}


def convention(riziv: str, status: str = "full", first: str = "2020-01-01", until: str | None = None) -> Json:
    return {"kind": "conventions", "riziv_number": riziv, "status": status, "from": first, "until": until}


def activity(riziv: str, euros: int, *, whole_year: bool = False, setting: str = "ambulatory") -> Json:
    kind = "activity-year" if whole_year else "activity-s1"
    return {"kind": kind, "riziv_number": riziv, "setting": setting, "cents": euros * 100}


def account(person: str, iban: str = "BE68539007547034", day: str = "2023-06-01", holder: str = "Holder") -> Json:
    return {
        "kind": "accounts",
        "person": person,
        "registered_on": day,
        "holder": holder,
        "iban": iban,
        "language": "nl",
    }


def identity(old: str, new: str) -> Json:
    return {"kind": "identities", "old": old, "new": new}


def office(name: str, iban: str = "BE68539007547034") -> Json:
    return {"kind": "tariff-offices", "tariff_office": name, "holder": "Tariff office", "iban": iban}


def provider(person: str, riziv: str, profession: str = "nurse", s1: int | None = None, **more: Any) -> list[Json]:
    """A fully conventioned provider, with the first
    semester's ambulatory amount in EUR where one is given.
    """
    rows = [practice(person, riziv, profession, **more), convention(riziv)]
    return rows if s1 is None else [*rows, activity(riziv, s1)]


KEYS: dict[str, tuple[FactKind, tuple[str, ...]]] = {
    "practices": ("practice", ("riziv_number",)),
    "conventions": ("convention", ("riziv_number", "from")),
    "activity-s1": ("activity-s1", ("riziv_number", "setting")),
    "activity-year": ("activity-year", ("riziv_number", "setting")),
    "accounts": ("account", ("person", "registered_on")),
    "identities": ("identity", ("old",)),
    "tariff-offices": ("office", ("tariff_office",)),
}
"""Kind of file → kind of fact, and the columns of its key."""


def fact_of(row: Json, shards: int, batch: str, partner: str) -> Fact:
    """The fact of a row."""
    kind, columns = KEYS[row["kind"]]
    body = {name: value for name, value in row.items() if name != "kind"}
    number_or_person = row["riziv_number"][:8] if "riziv_number" in row else row.get("person", "")
    return Fact(
        kind,
        shard_of(number_or_person, shards),
        tuple(row[column] for column in columns),
        batch,
        orjson.dumps({**body, "partner": partner}).decode(),
    )


# --- the world ------------------------------------------------------------------------------------


@dataclass
class Attempts:
    """Names of attempts: each call of a step has one of its own."""

    made: int = 0

    def name(self) -> str:
        self.made += 1
        return f"attempt-{self.made}"


@dataclass
class World:
    """Every port of the phases. The adapters can stand in the place of the fakes."""

    inbox: Any = field(default_factory=fakes.FakeObjects)
    work: Any = field(default_factory=fakes.FakeObjects)
    output: Any = field(default_factory=fakes.FakeObjects)
    bank: Any = field(default_factory=fakes.FakeObjects)
    facts: Any = field(default_factory=fakes.FakeFacts)
    batches: Any = field(default_factory=fakes.FakeBatches)
    registrations: Any = field(default_factory=fakes.FakeRegistrations)
    roles: Any = field(default_factory=fakes.FakeRoles)
    debtor_accounts: Any = field(default_factory=fakes.FakeDebtorAccounts)
    runs: Any = field(default_factory=fakes.FakeRuns)
    decisions: Any = field(default_factory=fakes.FakeDecisions)
    ledger: Any = field(default_factory=fakes.FakeLedger)
    workflows: fakes.FakeWorkflows = field(default_factory=fakes.FakeWorkflows)
    events: Any = field(default_factory=fakes.FakeEvents)
    secrets: fakes.FakeSecrets = field(default_factory=fakes.FakeSecrets)
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    retention: Retention = field(default_factory=lambda: Retention(3, 10))
    people: Any = field(default_factory=fakes.FakePeople)
    seal: Any = field(default_factory=fakes.FakeSeal)
    approver: str = "approver"
    """The subject of a person who may approve."""
    drops: int = 0
    year: int = YEAR
    attempts: Attempts = field(default_factory=Attempts)

    @property
    def parameters(self) -> ParameterSet:
        return scheme_named(SCHEME).parameter_sets[str(self.year)]

    @property
    def shards(self) -> int:
        return premium_year(self.parameters).shards

    def drop(
        self, rows: Iterable[Json], partner: str = "fund", at: int | None = None, sent_by: str | None = None
    ) -> None:
        """Drop rows, one batch per kind.

        `at` = seconds at which S3 wrote them, later than all before unless given; `sent_by` = the
        subject of the operator who sent them.

        A partner that is not registered yet is registered for everything, as an authority.
        """
        known = self.registrations.all()
        if all(registration.partner != partner for registration in known):
            self.registrations.append(anything_of(partner), len(known))
        kinds: dict[str, list[Json]] = {}
        for row in rows:
            kinds.setdefault(row["kind"], []).append(row)
        for kind, own in kinds.items():
            self.drops += 1
            written = datetime.fromtimestamp(1_700_000_000 + (self.drops if at is None else at), UTC)
            batch = f"{written:%Y%m%dT%H%M%SZ}-{self.drops:012x}"
            key = f"in/{partner}/convention-premium/{self.year}/{kind}/{self.drops}.csv"
            self.batches.create(
                Batch(
                    batch,
                    partner,
                    "convention-premium",
                    kind,
                    self.year,
                    key,
                    None,
                    f"{written:%Y-%m-%dT%H:%M:%SZ}",
                    f"{self.drops:016x}",
                    1,
                    "done",
                    sent_by=Person(sent_by, f"Name of {sent_by}") if sent_by else None,
                )
            )
            self.facts.put(self.year, [fact_of(row, self.shards, batch, partner) for row in own])

    def start(
        self, phase: int, on: date, key: str = "key", starter: str = "operator", cut_off: datetime | None = None
    ) -> Run:
        self.clock.at += timedelta(seconds=1)
        self.runs.begin_year(self.year, "v1")  # as the intake does with the first file
        person = Person(starter, f"Name of {starter}")
        ports = starting.StartPorts(
            self.runs, self.batches, self.registrations, self.people, self.workflows, self.clock, self.retention
        )
        return starting.start_phase(starting.Start(self.year, phase, on, person, key, cut_off), ports)

    def pay_from(self, **settings: Any) -> DebtorAccountVersion:
        """Let the body pay from an account of an example, with these settings: two persons."""
        self.clock.at += timedelta(seconds=1)
        account = DebtorAccount(**{**SETTINGS, **settings})
        ports = debtor_accounts.DebtorAccountPorts(self.debtor_accounts, self.clock)
        operator, other = Person("operator", "An Operator"), Person("second-operator", "Another Operator")
        proposal = debtor_accounts.propose(account, "the board chose it", by=operator, key="pay", ports=ports)
        return debtor_accounts.confirm(proposal.id, by=other, ports=ports)

    def bank_files(self) -> list[BankFile]:
        """The files for the bank of the year."""
        files = bank_file_record.released_files(self.year, self.runs, self.work)
        return [each.file for each in files]

    def withdraw(self, message_id: str) -> None:
        """Withdraw a file that the bank did not get: two persons."""
        self.clock.at += timedelta(seconds=1)
        ports = bank_file_record.RecordPorts(self.runs, self.work, self.clock, self._write_withdrawal)
        operator, other = Person("operator", "An Operator"), Person("second-operator", "Another Operator")
        found = bank_file_record.require_file(self.year, message_id, self.runs, self.work)
        proposal = bank_file_record.propose_withdrawal(self.year, message_id, "lost", by=operator, ports=ports)
        bank_file_record.confirm_withdrawal(self.year, message_id, proposal, found.fetches, by=other, ports=ports)

    def answer(self, *told: Answer, partner: str = "treasury") -> taking_answers.Taken:
        """What the bank answers, in a file of its own, is taken in."""
        batch = self._returns_file(partner)
        self.facts.put(self.year, [_answer_fact(each, batch) for each in told])
        return self.take_answers()

    def _returns_file(self, partner: str) -> str:
        """The batch of a file of answers that was taken in."""
        self.drops += 1
        written = datetime.fromtimestamp(1_700_000_000 + self.drops, UTC)
        batch = f"{written:%Y%m%dT%H%M%SZ}-{self.drops:012x}"
        key = f"in/{partner}/convention-premium/{self.year}/returns/{self.drops}.csv"
        rank = f"{written:%Y-%m-%dT%H:%M:%SZ}", f"{self.drops:016x}"
        self.batches.create(
            Batch(batch, partner, "convention-premium", "returns", self.year, key, None, *rank, 1, "done")
        )
        return batch

    def receive(self, *received: Json, partner: str = "treasury") -> taking_answers.Taken:
        """Money that came in, told in a file of its own, is taken in."""
        batch = self._returns_file(partner)
        texts = [orjson.dumps(credit, option=orjson.OPT_SORT_KEYS).decode() for credit in received]
        keys = [(sha256(text.encode()).hexdigest()[:20],) for text in texts]
        self.facts.put(self.year, [Fact("credit", 0, key, batch, text) for key, text in zip(keys, texts, strict=True)])
        return self.take_answers()

    def take_answers(self) -> taking_answers.Taken:
        """The answers of the year are taken in, as after each file of them."""
        ports = taking_answers.TakingPorts(
            self.facts,
            self.batches,
            self.runs,
            self.ledger,
            self.work,
            self._write_returns,
            self._write_recovered,
        )
        return taking_answers.take_answers(self.year, ports)

    def _write_returns(self, year: int, returned: Sequence[returns.Returned]) -> None:
        returns.write_returns(year, returned, self.ledger)

    def _write_recovered(self, year: int, recovered: Sequence[recoveries.Recovered]) -> None:
        recovering.write_recovered(year, recovered, self.ledger)

    def _write_withdrawal(self, run: str, message_id: str) -> None:
        returns.withdraw_file(run, message_id, runs=self.runs, ledger=self.ledger, work=self.work)

    def confirm_values(self, supplied: str = "", by: str = "second-operator") -> None:
        """Confirm every value of the year that is not official; nobody publishes `supplied`."""
        ports = confirming.ConfirmationPorts(self.runs, self.clock)
        for value in year_values(self.parameters, self.runs):
            used = value.value or supplied
            if used and value.confirmed is None:
                person = Person(by, f"Name of {by}")
                confirming.confirm_value(self.year, value.id, used, "a letter says so", by=person, ports=ports)

    # one step each, as a function calls it

    def make_plan(self, run: Run) -> None:
        ports = plan.FreezePorts(
            self.facts,
            self.batches,
            self.registrations,
            self.roles,
            self.runs,
            self.ledger,
            self.work,
            self.secrets,
            self.inbox,
            self.clock,
        )
        plan.make_plan(run, self.parameters, ports)

    def join_numbers(self, run: Run, shard: int) -> None:
        numbers.join_numbers(run, shard, attempt=self.attempts.name(), facts=self.facts, work=self.work)

    def assign_pharmacies(self, run: Run) -> None:
        numbers.assign_pharmacies(
            run,
            scheme=scheme_named(SCHEME),
            parameters=self.parameters,
            facts=self.facts,
            ledger=self.ledger,
            work=self.work,
            digest_secret=self.secrets.digest_secret(),
        )

    def evaluate_shard(self, run: Run, shard: int) -> None:
        evaluation.evaluate(
            run,
            shard,
            attempt=self.attempts.name(),
            scheme=scheme_named(SCHEME),
            parameters=self.parameters,
            facts=self.facts,
            ledger=self.ledger,
            decisions=self.decisions,
            digest_secret=self.secrets.digest_secret(),
            work=self.work,
        )

    def propose(self, run: Run) -> bool:
        return reporting.propose(
            run,
            attempt=self.attempts.name(),
            parameters=self.parameters,
            runs=self.runs,
            ledger=self.ledger,
            work=self.work,
            output=self.output,
            debtor_accounts=self.debtor_accounts,
        )

    def ask(self, run: Run) -> None:
        approval.request_approval(run, f"token-{run.id}", runs=self.runs, work=self.work, events=self.events)
        self.workflows.waiting.add(f"token-{run.id}")

    def settle_shard(self, run: Run, shard: int) -> None:
        settlement.settle_shard(run.id, shard, runs=self.runs, ledger=self.ledger, work=self.work, seal=self.seal)

    def release(self, run: Run) -> None:
        releasing.release(
            run.id,
            attempt=self.attempts.name(),
            parameters=self.parameters,
            ports=releasing.ReportPorts(
                self.runs,
                self.work,
                self.output,
                self.bank,
                self.debtor_accounts,
                self.ledger,
                self.events,
                self.secrets,
                self.seal,
                self.clock,
                self.batches,
                self.facts,
            ),
        )

    # several steps

    def evaluate(self, run: Run) -> Run:
        """The steps up to the approval."""
        self.make_plan(run)
        for shard in range(self.shards):
            self.join_numbers(run, shard)
        self.assign_pharmacies(run)
        for shard in range(self.shards):
            self.evaluate_shard(run, shard)
        self.propose(run)
        self.ask(run)
        return self.now(run)

    def approve(self, run: Run, approver: str | None = None, **more: Any) -> Run:
        values = {"control_sum": str(self.now(run).detail.control_sum), "approve": True, **more}
        return approval.answer_run(
            approval.Answer(self.year, run.phase, run.id, **values), approver or self.approver, self.answering
        )

    @property
    def answering(self) -> approval.ApprovalPorts:
        return approval.ApprovalPorts(
            self.runs, self.registrations, self.people, self.seal, self.work, self.workflows, self.clock
        )

    def pay(self, run: Run) -> Run:
        """The steps after the approval."""
        for shard in range(self.shards):
            self.settle_shard(run, shard)
        self.release(run)
        return self.now(run)

    def run(self, phase: int, on: date, key: str = "key") -> Run:
        """A whole run of a phase."""
        run = self.evaluate(self.start(phase, on, key))
        self.approve(run)
        return self.pay(run)

    @property
    def closing(self) -> closing.ClosingPorts:
        def close_ledger(year: int) -> None:
            settlement.close_ledger(year, runs=self.runs, ledger=self.ledger)

        return closing.ClosingPorts(
            self.runs, self.batches, self.facts, self.ledger, self.work, self.clock, close_ledger
        )

    def close(self) -> None:
        """Close the year by two persons, whatever is undecided, once no answer is waited for."""
        files = self.bank_files()
        answered = max((datetime.fromisoformat(f"{file.answer_by}T23:59:59+00:00") for file in files), default=None)
        if answered and self.clock.at <= answered:
            self.clock.at = answered + timedelta(seconds=1)
        undecided = self.year_exceptions.undecided()
        operator, second = Person("operator", "An Operator"), Person("second", "A Second Person")
        proposal = closing.propose_closing(
            self.year, undecided, "all is paid", by=operator, key=str(self.clock.now()), ports=self.closing
        )
        closing.confirm_closing(self.year, proposal.id, by=second, ports=self.closing)

    def now(self, run: Run) -> Run:
        found: Run = self.runs.get(run.id)
        return found

    def entries(self) -> list[Entry]:
        return [entry for shard in range(self.shards) for entry in self.ledger.entries(self.year, shard)]

    def paid(self) -> dict[str, list[int]]:
        """Cents per entry, by person."""
        found: dict[str, list[int]] = {}
        for entry in self.entries():
            found.setdefault(entry.person, []).append(entry.amount)
        return found

    def bytes_of_ledger(self) -> bytes:
        """The ledger without what stands beside an entry: its run."""
        return orjson.dumps([replace(entry, run="") for entry in self.entries()], option=orjson.OPT_SORT_KEYS)

    def folder(self, run: Run) -> RunFolder:
        return RunFolder(self.work, run.id)

    def summary(self, run: Run) -> RunSummary:
        return self.folder(run).summary()

    def decision(self, run: Run, person: str) -> Json:
        stored = dict(self.decisions.of_person(self.year, shard_of(person, self.shards), person))
        decision: Json = orjson.loads(stored[run.id])
        return decision

    def exceptions(self) -> dict[str, Json]:
        return {found.id: dict(found.facts) for found in self.reviewed()}

    @property
    def year_exceptions(self) -> YearExceptions:
        return YearExceptions(self.year, self.runs, self.work)

    def reviewed(self) -> list[ReviewedException]:
        """Every exception of the year with its choices, by id."""
        found, _ = self.year_exceptions.page(None, 1_000)
        return found

    def dossier(self, number: str) -> Dossier:
        return read_dossier(
            self.year,
            number,
            batches=self.batches,
            facts=self.facts,
            runs=self.runs,
            ledger=self.ledger,
            work=self.work,
            clock=self.clock,
            retention=self.retention,
        )

    def recoveries(self) -> recoveries.YearRecoveries:
        """The recoveries of the year."""
        return recoveries.recoveries_of(self.year, runs=self.runs, ledger=self.ledger, work=self.work)

    def settle_recovery(self, exception: str) -> None:
        """Give up what remains of a recovery: two persons."""
        for person in ("operator", "second-operator"):
            self.choose(exception, "settled", person)

    def choose(self, exception: str, choice: str, by: str = "operator") -> None:
        ports = exceptions.ChoicePorts(self.runs, self.batches, self.work, self.clock)
        person = Person(by, f"Name of {by}")
        exceptions.choose(self.year, exception, choice, "seen by a person", by=person, ports=ports)
