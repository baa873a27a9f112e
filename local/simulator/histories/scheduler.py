"""Runs tasks on one thread, one call to a service at a time, in an order that one number decides.

A task is a greenlet. It stops at every call to a service (`pause`), and the scheduler chooses which
task goes on. Nothing else may decide an order: the same seed gives the same history.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Generic, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

from local.simulator.clock import WorldClock
from local.simulator.determinism import OneThread

STEP = timedelta(milliseconds=7)
"""How long a call takes on the virtual calendar."""
Made = TypeVar("Made")


class StuckError(Exception):
    """Tasks wait for what cannot come; carries their names."""


@dataclass(eq=False, slots=True)
class Task:
    """One flow of calls. `ready_at` = when it can go on; None while it waits for another task."""

    name: str
    number: int
    ready_at: datetime | None
    parent: "Task | None" = None
    thread: greenlet = field(init=False)
    ended: bool = False
    result: Any = None
    error: BaseException | None = None
    waiters: list["Task"] = field(default_factory=list)
    machine: "Task | None" = None
    """The call of a function whose machine it runs on; its workers run on the same."""
    dying: bool = False

    def outcome(self) -> Any:
        """What the task returned. Raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.result


class Scheduler:
    """Tasks on the virtual calendar of `clock`."""

    def __init__(self, random: Random, clock: WorldClock) -> None:
        self.random, self.clock = random, clock
        self._tasks: list[Task] = []
        self._made = 0
        self._hub = getcurrent()
        self._current: Task | None = None
        self.first: Task | None = None
        """The task that goes on before all others, for as long as it can."""
        self.note: Callable[[str], None] | None = None
        """Told of every task that ends with an error."""

    @property
    def now(self) -> datetime:
        """The present moment of the virtual calendar."""
        return self.clock.now()

    def wait_until(self, moment: datetime) -> None:
        """Let time pass outside a task."""
        if moment > self.now:
            self.clock.to(moment)

    # --- in a task

    def spawn(self, name: str, work: Callable[[], object], parent: Task | None = None) -> Task:
        """A new task, which can begin at once. It is killed with its `parent`."""
        self._made += 1
        task = Task(name, self._made, self.now, parent, machine=parent.machine if parent else None)

        def run() -> None:
            try:
                task.result = work()
            except GreenletExit:
                task.error = KilledError(name)
            except Exception as error:  # noqa: BLE001 - whoever waits for the task receives it
                task.error = error
            task.ended = True
            for waiter in task.waiters:
                waiter.ready_at = self.now

        task.thread = greenlet(run, self._hub)
        self._tasks.append(task)
        return task

    @property
    def current(self) -> Task | None:
        """The task that runs; None for the driver itself."""
        return self._current

    def pause(self) -> None:
        """Let another task go on. Outside a task it only takes time."""
        self.clock.advance(STEP)
        if self._current is not None:
            self._hub.switch()

    def sleep(self, duration: timedelta) -> None:
        """Go on after that long."""
        if self._current is None:
            self.clock.advance(duration)
            return
        self._current.ready_at = self.now + duration
        self._hub.switch()

    def join(self, task: Task, timeout: timedelta | None = None) -> bool:
        """Wait until the task has ended, or for that long. Returns whether it has."""
        current = self._current
        if current is None:
            self.run_until(lambda: task.ended)
            return task.ended
        if not task.ended:
            current.ready_at = None if timeout is None else self.now + timeout
            task.waiters.append(current)
            self._hub.switch()
            if current in task.waiters:
                task.waiters.remove(current)
        return task.ended

    # --- from outside

    def ready(self) -> list[Task]:
        """The tasks that can go on now, the oldest first."""
        return [task for task in self._tasks if task.ready_at is not None and task.ready_at <= self.now]

    def step(self) -> bool:
        """Let one task go on until its next call. Returns False when none is ready."""
        ready = self.ready()
        if not ready:
            return False
        if self.first in ready:
            chosen = self.first
        else:
            chosen = ready[self.random.randrange(len(ready))] if len(ready) > 1 else ready[0]
        self._switch_to(chosen)
        return True

    def _switch_to(self, task: Task) -> None:
        self._current = task
        task.ready_at = self.now
        try:
            task.thread.switch()
        finally:
            self._current = None
        if task.ended:
            if task.error is not None and self.note is not None:
                self.note(f"{task.name} ended with {type(task.error).__name__}")
            self._tasks.remove(task)
            self._kill_children(task)

    def kill(self, task: Task) -> None:
        """End a task where it stands."""
        if not task.ended:
            self._throw(task)
            self._kill_children(task)

    def lose(self, task: Task) -> None:
        """Lose the machine of the running task: it ends here, and so do all that run on it."""
        machine = task.machine
        for other in [each for each in self._tasks if each.machine is machine and each is not task]:
            self._throw(other)
        task.dying = True
        raise GreenletExit

    def _throw(self, task: Task) -> None:
        """End a task where it stands. Nothing that it would clean up reaches a service."""
        task.dying = True
        task.thread.throw(GreenletExit)
        task.ended = True
        if task in self._tasks:
            self._tasks.remove(task)

    def _kill_children(self, task: Task) -> None:
        for child in [each for each in self._tasks if each.parent is task]:
            self.kill(child)

    def next_moment(self) -> datetime | None:
        """The earliest moment at which a task can go on."""
        return min((task.ready_at for task in self._tasks if task.ready_at is not None), default=None)

    def run_until(self, done: Callable[[], bool], longest: timedelta = timedelta(days=4_000)) -> None:
        """Let tasks go on, and time pass, until `done`. Raises StuckError."""
        last = self.now + longest
        while not done():
            if self.step():
                continue
            moment = self.next_moment()
            if moment is None or moment > last:
                raise StuckError(", ".join(task.name for task in self._tasks))
            self.wait_until(moment)

    def drain(self) -> None:
        """Let tasks go on, and time pass, until none is left that can."""
        self.run_until(lambda: self.next_moment() is None)

    def end(self) -> None:
        """Kill every task."""
        for task in list(self._tasks):
            if not task.ended:
                self._throw(task)


class KilledError(Exception):
    """The machine of a task was lost."""


class Pool(OneThread):
    """Stands in the place of a pool of threads: its work runs as tasks of the scheduler."""

    scheduler: Scheduler
    """Set for as long as a history runs."""

    def map(self, call: Callable[..., Made], *each: Iterable[Any]) -> Iterator[Made]:
        pending = [self.submit(call, *values) for values in zip(*each, strict=False)]
        for each_one in pending:
            yield each_one.result()

    def submit(self, call: Callable[..., Made], *arguments: Any) -> "Pending[Made]":  # type: ignore[override]
        parent = self.scheduler.current
        return Pending(self.scheduler, self.scheduler.spawn("worker", lambda: call(*arguments), parent))


@dataclass(frozen=True, slots=True)
class Pending(Generic[Made]):
    """A result that may not be there yet."""

    scheduler: Scheduler
    task: Task

    def result(self) -> Made:
        self.scheduler.join(self.task)
        made: Made = self.task.outcome()
        return made
