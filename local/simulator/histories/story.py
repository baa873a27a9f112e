"""What every history is made of: events of a calendar, and the tasks of persons.

The seed decides all of it: who lives, what partners bring and when, what persons do, which calls
fail, and which function goes on at each call. `play` returns what was broken.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from local.simulator.histories.asking import LostError
from local.simulator.histories.stage import NOTABLE, Stage
from local.simulator.histories.watch import Violation


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


class Story(ABC):
    """One history on `stage`, which begins anew for it; what happens is drawn in `plan`."""

    def __init__(self, stage: Stage, seed: int, without: Without = NOTHING) -> None:
        self.stage, self.seed, self._without = stage, seed, without
        self.random = Random(f"{seed} events")
        self._events: list[_Event] = []

    @abstractmethod
    def register(self) -> None:
        """Give partners and persons their rights, undisturbed."""

    @abstractmethod
    def plan(self) -> None:
        """Draw the events."""

    @abstractmethod
    def finish(self) -> None:
        """Nothing fails any more: what was begun must come to an end."""

    def play(self) -> Outcome:
        """Play the history to its end."""
        stage = self.stage
        with stage.running():
            stage.quietly(self.register)
            self.plan()
            for event in sorted(self._events):
                if event.number in self._without.events:
                    continue
                self._until(event.at)
                stage.trace(f"{NOTABLE}{event.name}")
                event.act()
                if stage.watch.violations:
                    break
            if not stage.watch.violations:
                self.finish()
            stage.scheduler.end()
        found = tuple(stage.watch.violations)
        return Outcome(self.seed, found, stage.calls, stage.digest(), len(self._events), stage.mishaps.drawn)

    # --- for those who plan

    def within(self, days: int) -> timedelta:
        """A moment of that many days; at times the very first, so that things coincide."""
        if self.random.random() < 0.2:
            return timedelta(0)
        return timedelta(seconds=self.random.randrange(days * 86_400))

    def at(self, moment: datetime, name: str, act: Callable[[], object]) -> None:
        self._events.append(_Event(moment, len(self._events), name, act))

    def task(self, name: str, act: Callable[[], object]) -> None:
        def run() -> None:
            try:
                act()
            except LostError:
                return

        self.stage.scheduler.spawn(name, run)

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
