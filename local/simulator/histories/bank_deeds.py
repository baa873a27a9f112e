"""What a bank and a treasury do: answers in any order, again and late, and files withdrawn.

The files for the bank are those that the product made; the bank is `local.bank`. Nobody's payment
may be lost or doubled by what it says.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.bank.answering import Habits, answered, told_of_account
from local.simulator.histories import desk
from local.simulator.histories.drops import INBOX, object_created
from local.simulator.histories.people import OPERATORS, REGISTRAR, YEAR
from local.simulator.histories.population import SLUG
from local.simulator.histories.stage import Stage
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.premium_year import bank_file_record as record
from tegemoet.application.premium_year.bank_file_record import RecordPorts, ReleasedFile
from tegemoet.application.premium_year.reconciliation import ReconciliationPorts, reconcile
from tegemoet.application.premium_year.taking_answers import is_on_answers
from tegemoet.application.records import DebtorAccount, DebtorAccountVersion
from tegemoet.domain.problems import ProblemError

At = Callable[[datetime, str, Callable[[], None]], None]
PARTNER = "treasury"
IBAN = "BE71096123456769"
ANSWER_DAYS = 30


class BankDeeds:
    """The bank of a history, if it has one: then the body pays from an account."""

    def __init__(self, stage: Stage, persist: Callable[[str, Callable[[], object]], None], random: Random) -> None:
        self._stage, self._persist, self._random = stage, persist, random
        self.is_there = False
        self._told: list[bytes] = []
        self._brought = 0

    def plan(self, at: At, phases: Sequence[datetime]) -> None:
        """The account that pays, and when the bank answers and files are withdrawn."""
        self.is_there = True
        self._stage.quietly(self._begin)
        for phase in phases:
            for _ in range(self._random.randint(1, 4)):
                at(phase + self._within(60), "the bank answers", self._answer)
            if self._random.random() < 0.4:
                at(phase + self._within(60), "a file is withdrawn", self._withdraw)

    def _within(self, days: int) -> timedelta:
        return timedelta(seconds=self._random.randrange(days * 86_400))

    def _begin(self) -> None:
        cloud = self._stage.cloud
        request = RegistrationRequest("treasury", 2000, ("who-pays",))
        register(PARTNER, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
        account = DebtorAccount(
            name="Body",
            iban=IBAN,
            bic="GKCCBEBB",
            message=self._random.choice(("001.001.09", "001.001.03")),
            transfers_per_file=self._random.choice((2, 3, 10_000)),
            days_ahead=2,
            answer_days=ANSWER_DAYS,
            purpose=None,
            texts={"nl": "Premie {year}"},
            language="nl",
            closing_days=(),
            hold_above=None,
            persons_per_account=9,
            institutions=(),
        )
        first, second = OPERATORS
        moment = "2023-01-02T00:00:00+00:00"
        cloud.debtor_accounts.append(
            DebtorAccountVersion(1, "first", account, "the board", first, moment, second, moment)
        )

    # --- the bank

    def _files(self) -> list[ReleasedFile]:
        cloud = self._stage.cloud
        return self._stage.quietly(lambda: list(record.released_files(YEAR, cloud.runs, cloud.work)))

    def _answer(self) -> None:
        """The bank answers a file in its way of the day, or tells again what it told before."""
        draw, files = self._random, self._files()
        if self._told and draw.random() < 0.3:
            self._bring(draw.choice(self._told))
        if not files:
            return
        cloud, file = self._stage.cloud, draw.choice(files).file
        body = self._stage.quietly(lambda: cloud.bank.get(file.key))
        habits = Habits(
            rejects=draw.choice((0, 0.3)), returns=draw.choice((0, 0.3)), others=1, days=draw.randint(1, 40)
        )
        messages = list(answered(body, seed=draw.randrange(2), habits=habits).files)
        draw.shuffle(messages)
        for message in messages[: draw.randint(1, 2)]:
            self._bring(message)
        self._told += messages

    def _bring(self, message: bytes) -> None:
        self._brought += 1
        stage, key = self._stage, f"in/{PARTNER}/{SLUG}/{YEAR}/bank-answers/answer-{self._brought}.xml"
        put = stage.direct("s3").put_object(Bucket=INBOX, Key=key, Body=message)
        event = object_created(INBOX, key, put, put["VersionId"][-16:])
        stage.deliver(lambda: stage.lambdas.handle("intake", event))

    # --- the treasury

    def _withdraw(self) -> None:
        """One operator proposes to withdraw a file, and another one confirms."""
        files = [each for each in self._files() if each.state != "withdrawn"]
        if not files:
            return
        file, (first, second) = self._random.choice(files), self._random.sample(OPERATORS, 2)
        name, fetches = file.file.message_id, file.fetches
        cloud: Any = self._stage.cloud
        ports = RecordPorts(cloud.runs, cloud.work, cloud.clock, cloud.withdraw_file)

        def both() -> None:
            proposal = record.propose_withdrawal(YEAR, name, "not sent", by=first, ports=ports)
            record.confirm_withdrawal(YEAR, name, proposal, fetches, by=second, ports=ports)

        self._persist("a file is withdrawn", both)

    # --- in the end

    def finish(self) -> None:
        """The bank tells of the account once more, after which all answers have been taken in."""
        if self.is_there:
            now = self._stage.scheduler.now.date()
            self._bring(told_of_account(IBAN, now, [], seed=1, others=1))

    def agree(self) -> None:
        """An operator who chose that a transfer was paid, of which the ledger has a return, chooses
        again.
        """
        if self.is_there:
            for found in list(desk.listed(self._stage.cloud)):
                if is_on_answers(found.id) and found.choice == "paid":
                    desk.choose(self._stage.cloud, found.id, "returned", OPERATORS[0])
            self.finish()

    def check(self) -> None:
        """Every cent has a place."""
        if not self.is_there:
            return
        cloud = self._stage.cloud
        ports = ReconciliationPorts(cloud.batches, cloud.facts, cloud.runs, cloud.ledger, cloud.work)
        try:
            found = self._stage.quietly(lambda: reconcile(YEAR, ports))
        except ProblemError as problem:
            self._stage.watch.found("every-cent-has-a-place", problem.code)
            return
        for compared in found.compared:
            if not compared.check.holds:
                misfits = " ".join(misfit.id for misfit in compared.misfits)
                self._stage.watch.found("every-cent-has-a-place", f"{compared.check.check} {misfits}")
