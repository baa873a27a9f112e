"""One history: a premium year of a few people, years of the calendar, everything that goes wrong.

The seed decides all of it: who lives, what partners bring and when, what persons do, which calls
fail, and which function goes on at each call. `play` returns what was broken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.simulator.histories.closings import Closings
from local.simulator.histories.deeds import Deeds
from local.simulator.histories.drops import Drops
from local.simulator.histories.ending import PHASE_1, PHASE_2, Ending, loading
from local.simulator.histories.people import MERGING, OPERATORS, PARTNERS, REGISTRAR, YEAR, LostError, Staff, roles
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
from local.simulator.histories.stage import APPROVERS, BEGIN, NOTABLE, Stage
from local.simulator.histories.watch import Violation
from tegemoet.application.partners.registering import register


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a history: its broken promises, its calls, the SHA-256 of its trace.

    `events` and `mishaps` = how many were drawn.
    """

    seed: int
    violations: tuple[Violation, ...]
    calls: int
    digest: str
    events: int
    mishaps: int


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """Something that happens at a moment; `number` keeps the order of events of one moment."""

    at: datetime
    number: int
    name: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Without:
    """What is left out of a history: the numbers of its events and of its mishaps."""

    events: frozenset[int] = frozenset()
    mishaps: frozenset[int] = frozenset()


NOTHING = Without()


class History:
    """One history on `stage`, which begins anew for it."""

    def __init__(self, stage: Stage, seed: int, without: Without = NOTHING) -> None:
        self.stage, self.seed, self._without = stage, seed, without
        self.random = Random(f"{seed} events")
        stage.begin(seed, without.mishaps)
        self.people = providers(self.random)
        self.watch = stage.watch
        self.watch.people = self.people
        self.watch.accounts[OFFICE] = set(_SPARE) | {ACCOUNTS[4]}
        for person in self.people:
            self.watch.accounts[person.short] = {each.iban for each in self.people} | set(_SPARE)
        self.inbox = Drops(stage, Random(f"{seed} inbox"))
        self.staff = Staff(stage.cloud, stage.scheduler, self.random, stage.cloud.retention)
        self.closings = Closings(stage, self.staff, Random(f"{seed} closings"))
        self._events: list[_Event] = []
        self._undisturbed = True
        self.deeds = Deeds(stage, self.inbox, self.staff, self.people, seed)
        self.readings = Readings(stage, self.inbox)

    def play(self) -> Outcome:
        """Play the history to its end."""
        stage = self.stage
        with stage.running():
            stage.quietly(self._register)
            self._plan()
            for event in sorted(self._events):
                if event.number in self._without.events:
                    continue
                self._until(event.at)
                stage.trace(f"{NOTABLE}{event.name}")
                event.act()
                if self.watch.violations:
                    break
            if not self.watch.violations:
                undisturbed = self._undisturbed and not self.deeds.disturbs
                Ending(stage, self.inbox, self.staff, undisturbed, self.deeds, self.readings).finish()
            self.closings.check()
            stage.scheduler.end()
        return Outcome(
            self.seed, tuple(self.watch.violations), stage.calls, stage.digest(), len(self._events), stage.mishaps.drawn
        )

    def _register(self) -> None:
        cloud = self.stage.cloud
        for partner, request in PARTNERS.items():
            register(partner, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
        for change in roles(APPROVERS):
            cloud.roles.append(change)

    # --- what happens

    def _plan(self) -> None:
        draw = self.random
        for file in honest_files(self.people, draw):
            late = draw.random()
            first, days = (BEGIN, 10) if late < 0.85 else (PHASE_1, 200)
            self._at(first + self._within(days), f"{file.partner} brings {file.kind}", self._bring_file(file))
        cheats, corrects = draw.choice((0, 0, 0, 1, 2, 3)), draw.choice((0, 0, 1, 2, 3))
        self._undisturbed = not (cheats or corrects)
        for _ in range(cheats):
            self._at(
                BEGIN + self._within(400), "cheat brings a file", self._bring(lambda: false_file(self.people, draw))
            )
        for _ in range(corrects):
            self._at(
                BEGIN + self._within(400), "a correction is brought", self._bring(lambda: correction(self.people, draw))
            )
        if draw.random() < 0.25:
            self._undisturbed = False
            for file, first in zip(second_thoughts(self.people, draw), (BEGIN, PHASE_1), strict=True):
                self._at(first + self._within(160), "an identity is corrected", self._bring_file(file))
        for _ in range(draw.randint(0, 3)):
            self._at(BEGIN + self._within(400), "a message comes again", self._message_again)
        if draw.random() < 0.25:
            merging = draw.choice(MERGING)
            self._at(BEGIN + self._within(300), f"{merging} is taken over", self._take_over(merging))
        self._plan_staff()

    def _plan_staff(self) -> None:
        draw = self.random
        starts = [(PHASE_1, 1), (PHASE_2, 2)]
        starts += [(PHASE_1 + self._within(170), 1)] if draw.random() < 0.3 else []
        starts += [(PHASE_2 + self._within(170), 2)] if draw.random() < 0.4 else []
        for moment, phase in starts:
            self._at(moment + self._within(3), f"phase {phase} is started", self._start(phase))
            if draw.random() < 0.2:
                self._at(moment, f"phase {phase} is started at the same time", self._start(phase))
            for _ in range(draw.randint(2, 5)):
                self._at(moment + self._within(20), "the staff tends the year", self._tend)
        for _ in range(draw.choice((0, 0, 0, 0, 1, 2, 3))):
            self._at(PHASE_2 + self._within(250), "somebody proposes to close the year", self.closings.propose)
        if draw.random() < 0.3:
            self._at(BEGIN + self._within(400), "an approver loses the right", self._change_right)
        self.deeds.plan(self._at, (PHASE_1, PHASE_2))

    def _within(self, days: int) -> timedelta:
        """A moment of that many days; at times the very first, so that things coincide."""
        if self.random.random() < 0.2:
            return timedelta(0)
        return timedelta(seconds=self.random.randrange(days * 86_400))

    def _at(self, moment: datetime, name: str, act: Callable[[], object]) -> None:
        self._events.append(_Event(moment, len(self._events), name, act))

    def _until(self, moment: datetime) -> None:
        """Let everything go on until that moment, and expire what expires."""
        scheduler = self.stage.scheduler
        steps = self.stage.random.randrange(40)
        while scheduler.now < moment:
            if scheduler.step():
                continue
            following = scheduler.next_moment()
            scheduler.wait_until(moment if following is None else min(moment, following))
        for _ in range(steps):  # whatever is ready when the event comes goes on beside it
            if not scheduler.step():
                break
        self.stage.reap()

    # --- events

    def _task(self, name: str, act: Callable[[], object]) -> None:
        def run() -> None:
            try:
                act()
            except LostError:
                return

        self.stage.scheduler.spawn(name, run)

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
            self._task(f"{operator.subject} starts phase {phase}", lambda: self.staff.start(phase, operator, key))

        return act

    def _take_over(self, partner: str) -> Callable[[], None]:
        """A successor takes over. It brings what the partner brought, once it is told."""
        successor = f"{partner}-and-more"

        def register_successor() -> None:
            if self.staff.take_over(partner, successor) is not None:
                self.inbox.taken_over[partner] = successor

        return lambda: self._task(f"{partner} is taken over", register_successor)

    def _change_right(self) -> None:
        self.stage.set_approvers(APPROVERS[:1] if self.random.random() < 0.7 else ())

    def _tend(self) -> None:
        """Do what the year seems to need, as a person who looks at it now and then."""
        operator = self.random.choice(OPERATORS)
        self._task(f"{operator.subject} tends the year", lambda: self._do_something(operator))

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
