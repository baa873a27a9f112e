"""The history of a premium year of a few people, in which everything goes wrong."""

from collections.abc import Callable
from random import Random
from typing import Any

from local.simulator.histories.closings import Closings
from local.simulator.histories.coincidences import Coincidences
from local.simulator.histories.deeds import Deeds
from local.simulator.histories.drops import Drops
from local.simulator.histories.ending import PHASE_1, PHASE_2, Ending, Truth, loading
from local.simulator.histories.intruder import Intruder
from local.simulator.histories.people import MERGING, OPERATORS, YEAR, Staff, register_all
from local.simulator.histories.population import (
    ACCOUNTS,
    FALSE_ACCOUNT,
    OFFICE,
    File,
    correction,
    false_file,
    honest_files,
    providers,
    second_thoughts,
)
from local.simulator.histories.readings import Readings
from local.simulator.histories.stage import APPROVERS, BEGIN, Stage
from local.simulator.histories.story import NOTHING, Story, Without


class History(Story):
    """A premium year."""

    def __init__(self, stage: Stage, seed: int, without: Without = NOTHING) -> None:
        super().__init__(stage, seed, without)
        stage.begin(seed, without.mishaps)
        self.people = providers(self.random)
        self.watch = stage.watch
        self.watch.people = self.people
        self.watch.accounts[OFFICE] = set(_SPARE) | {ACCOUNTS[4]}
        for person in self.people:
            self.watch.accounts[person.short] = {each.iban for each in self.people} | set(_SPARE)
        self.inbox = Drops(stage, Random(f"{seed} inbox"))
        self.staff = Staff(stage.cloud, stage.scheduler, self.random, stage.cloud.retention, stage.is_approver)
        self.watch.approved = self.staff.approved
        self.intruder = Intruder(stage, seed)
        self.coincidences = Coincidences(stage, self.staff, seed)
        self.closings = Closings(stage, self.staff, Random(f"{seed} closings"))
        self._undisturbed, self._is_deceived = True, False
        self._honest: set[int] = set()
        """The numbers of the events that bring what is true, without which nothing is due."""
        self.deeds = Deeds(stage, self.inbox, self.staff, self.people, seed)
        self.readings = Readings(stage, self.inbox)

    def register(self) -> None:
        register_all(self.stage.cloud, APPROVERS)

    def finish(self) -> None:
        self.deeds.restore()  # first what was changed last: an intruder changes what waits for approval
        self.intruder.leave()
        brings_all = not (self._honest & self._without.events)
        undisturbed = self._undisturbed and brings_all and not self.deeds.disturbs
        truth = Truth(undisturbed, self._is_deceived and not self.deeds.disturbs)
        Ending(self.stage, self.inbox, self.staff, truth, self.deeds, self.readings).finish()
        self.closings.check()

    # --- what happens

    def plan(self) -> None:
        draw = self.random
        for file in honest_files(self.people, draw):
            late = draw.random()
            first, days = (BEGIN, 10) if late < 0.85 else (PHASE_1, 200)
            self._honest.add(len(self._events))
            self.at(first + self.within(days), f"{file.partner} brings {file.kind}", self._bring_file(file))
        cheats, corrects = draw.choice((0, 0, 0, 1, 2, 3)), draw.choice((0, 0, 1, 2, 3))
        self._undisturbed, self._is_deceived = not (cheats or corrects), bool(cheats and not corrects)
        for _ in range(cheats):
            self.at(BEGIN + self.within(400), "cheat brings a file", self._bring(lambda: false_file(self.people, draw)))
        for _ in range(corrects):
            self.at(
                BEGIN + self.within(400), "a correction is brought", self._bring(lambda: correction(self.people, draw))
            )
        if draw.random() < 0.25:
            self._undisturbed = self._is_deceived = False
            for file, first in zip(second_thoughts(self.people, draw), (BEGIN, PHASE_1), strict=True):
                self.at(first + self.within(160), "an identity is corrected", self._bring_file(file))
        for _ in range(draw.randint(0, 3)):
            self.at(BEGIN + self.within(400), "a message comes again", self._message_again)
        if draw.random() < 0.25:
            merging = draw.choice(MERGING)
            self.at(BEGIN + self.within(300), f"{merging} is taken over", self._take_over(merging))
        self._plan_staff()

    def _plan_staff(self) -> None:
        draw = self.random
        starts = [(PHASE_1, 1), (PHASE_2, 2)]
        starts += [(PHASE_1 + self.within(170), 1)] if draw.random() < 0.3 else []
        starts += [(PHASE_2 + self.within(170), 2)] if draw.random() < 0.4 else []
        for moment, phase in starts:
            self.at(moment + self.within(3), f"phase {phase} is started", self._start(phase))
            if draw.random() < 0.2:
                self.at(moment, f"phase {phase} is started at the same time", self._start(phase))
            for _ in range(draw.randint(2, 5)):
                self.at(moment + self.within(20), "the staff tends the year", self._tend)
        for _ in range(draw.choice((0, 0, 0, 0, 1, 2, 3))):
            self.at(PHASE_2 + self.within(250), "somebody proposes to close the year", self.closings.propose)
        if draw.random() < 0.3:
            self.at(BEGIN + self.within(400), "an approver loses the right", self._change_right)
        self.deeds.plan(self.at, (PHASE_1, PHASE_2))
        self.intruder.plan(self.at)
        self.coincidences.plan(self.at)

    # --- events

    def _bring(self, made: Callable[[], File]) -> Callable[[], None]:
        return lambda: self.inbox.bring(made())

    def _bring_file(self, file: File) -> Callable[[], None]:
        return self._bring(lambda: file)

    def _message_again(self) -> None:
        sent = self.inbox.messages
        if sent:
            self.stage.deliver(sent[self.random.randrange(len(sent))])

    def _start(self, phase: int) -> Callable[[], None]:
        def act() -> None:
            operator, key = self.random.choice(OPERATORS), self.staff.key()
            self.task(f"{operator.subject} starts phase {phase}", lambda: self.staff.start(phase, operator, key))

        return act

    def _take_over(self, partner: str) -> Callable[[], None]:
        """A successor takes over. It brings what the partner brought, once it is told."""
        successor = f"{partner}-and-more"

        def register_successor() -> None:
            if self.staff.take_over(partner, successor) is not None:
                self.inbox.taken_over[partner] = successor

        return lambda: self.task(f"{partner} is taken over", register_successor)

    def _change_right(self) -> None:
        self.stage.set_approvers(APPROVERS[:1] if self.random.random() < 0.7 else ())

    def _tend(self) -> None:
        """Do what the year seems to need, as a person who looks at it now and then."""
        operator = self.random.choice(OPERATORS)
        self.task(f"{operator.subject} tends the year", lambda: self._do_something(operator))

    def _do_something(self, operator: Any) -> None:
        staff, draw, cloud = self.staff, self.random, self.stage.cloud
        year = self.stage.quietly(lambda: cloud.runs.year(YEAR))
        run = self.stage.quietly(lambda: cloud.runs.get(year.open_run)) if year and year.open_run else None
        drawn = draw.random()
        if run is not None and run.state == "waiting" and drawn < 0.8:
            staff.answer(run, draw.choice(APPROVERS), approve=draw.random() < 0.85)
        elif run is not None and run.state == "failed" and drawn < 0.7:
            staff.resume(run.id, operator)
        elif run is not None and drawn < 0.1:
            staff.abandon(run.id, operator)
        elif drawn < 0.5:
            staff.choose(operator)
        elif drawn < 0.55:
            found = loading(self.stage)
            if found:
                staff.abandon_batch(draw.choice(found), operator)


_SPARE = (ACCOUNTS[-1], FALSE_ACCOUNT)
