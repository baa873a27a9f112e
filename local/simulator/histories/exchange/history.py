"""The history of an exchange, from its start in March to its evaluation in the year after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from local.simulator.histories.drops import object_created
from local.simulator.histories.exchange.ending import ExchangeEnding
from local.simulator.histories.exchange.people import ExchangeStaff, registrations
from local.simulator.histories.exchange.population import (
    MERGING,
    NUMBERS,
    SUCCESSOR,
    File,
    correction,
    entitled_file,
    false_file,
    household_files,
    households,
    income_files,
    result_files,
)
from local.simulator.histories.exchange.watch import BUCKET, ExchangeWatch
from local.simulator.histories.machines import TaskFailedError
from local.simulator.histories.people import OPERATORS
from local.simulator.histories.stage import Stage
from local.simulator.histories.story import NOTHING, Story, Without
from tegemoet.application.records import Step

FUNCTIONS = ("intake", "conclude", "exchange", "answer", "purge")
START = datetime(2020, 3, 2, 9, tzinfo=UTC)
YEAR = 2020


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


BROUGHT = {
    "households": _day(2020, 3, 10),
    "incomes-1": _day(2020, 6, 1),
    "incomes-2": _day(2020, 9, 1),
    "results": _day(2021, 10, 1),
    "entitled": _day(2021, 11, 20),
}
ENDS = {
    "households": _day(2020, 4, 15),
    "incomes-1": _day(2020, 8, 10),
    "incomes-2": _day(2020, 9, 30),
    "results": _day(2021, 11, 5),
}


@dataclass(slots=True)
class Inbox:
    """What parties bring in a history, and the messages about it."""

    stage: Stage
    watch: ExchangeWatch
    random: Random
    files: dict[str, File] = field(default_factory=dict)
    """Sequencer of an object → the file."""
    messages: list[Callable[[], object]] = field(default_factory=list)
    taken_over: dict[str, str] = field(default_factory=dict)
    """Party → the one that brings its files now."""
    replaced: set[str] = field(default_factory=set)
    """Keys to which more than one file was written: nothing says which of them was read."""

    def bring(self, file: File) -> None:
        """Put a file into the inbox, at times in the place of another. S3 sends a message."""
        stage, watch, number = self.stage, self.watch, len(self.messages) + 1
        name = "file" if self.random.random() < 0.1 else f"file-{number}"
        partner = self.taken_over.get(file.partner, file.partner)
        key = f"in/{partner}/increased-reimbursement/{YEAR}/{file.kind}/{name}.csv"
        if stage.s3.buckets[BUCKET].current(key) is not None:
            self.replaced.add(key)
        if file.kind == "households":
            own = {row[:18] for row in file.rows if row.startswith(NUMBERS[file.partner])}
            watch.sent.setdefault(file.partner, set()).update(own)
            watch.members |= {row.split(";")[1] for row in file.rows}
        sequencer = f"{number:016x}"
        self.files[sequencer] = file
        put = stage.direct("s3").put_object(Bucket=BUCKET, Key=key, Body=file.text.encode())
        event = object_created(BUCKET, key, put, sequencer)
        self.messages.append(lambda: stage.lambdas.handle("intake", event))
        stage.deliver(self.messages[-1])


class ExchangeHistory(Story):
    """The exchange of a year."""

    def __init__(self, stage: Stage, seed: int, without: Without = NOTHING) -> None:
        super().__init__(stage, seed, without)
        stage.begin(seed, without.mishaps, START, FUNCTIONS)
        self.watch = ExchangeWatch.of(self._state)
        stage.watch = self.watch
        self.households = households(Random(f"{seed} households"))
        self.inbox = Inbox(stage, self.watch, Random(f"{seed} inbox"))
        self.staff = ExchangeStaff(stage.cloud, stage.scheduler, self.random, stage.cloud.retention)
        self.automatic = self.random.random() < 0.5

    def _state(self) -> Any:
        key = {"pk": {"S": f"flow#{YEAR}"}, "sk": {"S": "state"}}
        table = self.stage.direct("dynamodb")
        return table.get_item(TableName="ControlTable", Key=key, ConsistentRead=True).get("Item")

    def register(self) -> None:
        for known, registration in enumerate(registrations()):
            self.stage.cloud.registrations.append(registration, known)

    # --- what happens

    def plan(self) -> None:
        draw = self.random
        self.at(START, "the exchange is started", self._start)
        if draw.random() < 0.3:
            self.at(START + self.within(3), "the exchange is started at the same time", self._start)
        for file in self._honest():
            early = draw.random() < 0.85
            moment = BROUGHT[file.kind] + self.within(25 if early else 300)
            self.at(moment, f"{file.partner} brings {file.kind}", partial(self.inbox.bring, file))
        for _ in range(draw.choice((0, 0, 1, 2))):
            moment = BROUGHT["households"] + self.within(200)
            self.at(moment, "a household is corrected", lambda: self.inbox.bring(correction(self.households, draw)))
        for _ in range(draw.choice((0, 0, 1, 3))):
            moment = START + self.within(500)
            self.at(moment, "a false file is brought", lambda: self.inbox.bring(false_file(self.households, draw)))
        for wait, moment in ENDS.items():
            for _ in range(draw.choice((0, 1, 1, 2))):
                self.at(moment + self.within(4), f"{wait} is ended", partial(self._end, wait))
        if draw.random() < 0.3:
            party = draw.choice(MERGING)
            self.at(START + self.within(600), f"{party} is taken over", partial(self._take_over, party))
        for _ in range(draw.randint(0, 6)):
            self.at(START + self.within(640), "the staff tends the exchange", self._tend)
        for _ in range(draw.randint(0, 4)):
            self.at(START + self.within(640), "a message comes again", self._message_again)
        for _ in range(draw.randint(0, 5)):
            self.at(START + self.within(640), "the purge runs", self._purge)
        for _ in range(draw.randint(0, 2)):
            self.at(_day(2021, 12, 1) + self.within(20), "the exchange is evaluated", self._evaluate)

    def _honest(self) -> Iterator[File]:
        draw = self.random
        yield from household_files(self.households, draw)
        for sending in (1, 2):
            yield from income_files(self.households, sending, draw)
        yield from result_files(self.households, draw)
        yield entitled_file(self.households, draw)

    def finish(self) -> None:
        ExchangeEnding(self).finish()

    # --- events

    def _start(self) -> None:
        operator, key = self.random.choice(OPERATORS), self.staff.key()
        self.task("an operator starts the exchange", lambda: self.staff.start_exchange(self.automatic, operator, key))

    def _take_over(self, party: str) -> None:
        """A successor of a party takes over. It brings what the party brought, once it is told."""
        if self.step() is None:
            return  # it is no party yet
        successor = f"{party}{SUCCESSOR}"

        def register_successor() -> None:
            if self.staff.take_over_party(party, successor) is not None:
                self.inbox.taken_over[party] = successor

        self.task(f"{party} is taken over", register_successor)

    def _end(self, wait: str) -> None:
        operator, on = self.random.choice(OPERATORS), self.stage.clock.now().date()
        self.task(f"{operator.subject} ends {wait}", lambda: self.staff.end_wait(wait, on, operator))

    def _tend(self) -> None:
        """Do what the exchange seems to need, as a person who looks at it now and then."""
        if self.random.random() < 0.3:
            self.task("an administrator starts an execution", self.restart)
            return
        step = self.step()
        if step in ENDS and self.random.random() < 0.3:  # at times before every file is there
            self._end(step)

    def step(self) -> Step | None:
        """The step that the exchange is at."""
        found = self.stage.quietly(lambda: self.stage.cloud.exchanges.get(YEAR))
        return None if found is None else found.step

    def restart(self) -> None:
        """Start an execution of the exchange, in the place of one that has failed or beside one.

        The guide to the exchange says that this may be done at any time.
        """
        found = self.stage.quietly(lambda: self.stage.cloud.exchanges.get(YEAR))
        if found is not None:
            name = f"{found.run}-{self.staff.key()}"
            self.staff.again(lambda: self.stage.cloud.workflows.start("exchange", name, {"year": YEAR}))

    def _message_again(self) -> None:
        if self.inbox.messages:
            self.stage.deliver(self.random.choice(self.inbox.messages))

    def _purge(self) -> None:
        self.task("the purge runs", self.purge)

    def purge(self) -> None:
        """The daily call."""
        time = self.stage.clock.now().strftime("%Y-%m-%dT03:00:00Z")
        try:
            self.stage.lambdas.call("purge", {"time": time})
        except TaskFailedError:
            return  # it is called again the next day

    def _evaluate(self) -> None:
        operator, key, on = self.random.choice(OPERATORS), self.staff.key(), self.stage.clock.now().date()
        self.task(f"{operator.subject} evaluates", lambda: self.staff.evaluate(on, operator, key))
