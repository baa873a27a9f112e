"""The scheduler: one call at a time, in an order that the seed decides, on a virtual calendar."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from greenlet import GreenletExit

from local.simulator.clock import WorldClock
from local.simulator.histories.scheduler import KilledError, Pool, Scheduler, StuckError, Task

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(Random(1), WorldClock())


def order(seed: int) -> list[str]:
    """The order in which three tasks make five calls each."""
    scheduler, made = Scheduler(Random(seed), WorldClock()), list[str]()

    def calls(name: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(5):
                scheduler.pause()
                made.append(name)

        return work

    for name in "abc":
        scheduler.spawn(name, calls(name))
    scheduler.drain()
    return made


def test_a_seed_decides_the_order_and_another_seed_another_one() -> None:
    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(10)}) > 5
    assert sorted(order(1)) == sorted("abc" * 5)


def test_tasks_interleave_at_every_call() -> None:
    assert "".join(order(1)) != "".join(sorted(order(1)))


def test_a_task_returns_or_raises(scheduler: Scheduler) -> None:
    def breaks() -> None:
        raise KeyError("x")

    good, bad = scheduler.spawn("good", lambda: 7), scheduler.spawn("bad", breaks)
    scheduler.drain()
    assert good.outcome() == 7
    with pytest.raises(KeyError):
        bad.outcome()


def test_time_passes_only_when_nothing_is_ready(scheduler: Scheduler) -> None:
    began, woken = scheduler.now, list[timedelta]()

    def sleeper(minutes: int) -> Callable[[], None]:
        def work() -> None:
            scheduler.sleep(minutes * MINUTE)
            woken.append(scheduler.now - began)

        return work

    for minutes in (30, 10, 20):
        scheduler.spawn(str(minutes), sleeper(minutes))
    scheduler.drain()
    assert woken == [10 * MINUTE, 20 * MINUTE, 30 * MINUTE]


@pytest.mark.parametrize(("minutes", "waits", "ends"), [(14, 15, True), (16, 15, False)])
def test_who_waits_for_a_task_waits_no_longer_than_he_says(
    scheduler: Scheduler, minutes: int, waits: int, ends: bool
) -> None:
    work = scheduler.spawn("work", lambda: scheduler.sleep(minutes * MINUTE))
    waiting = scheduler.spawn("waiting", lambda: scheduler.join(work, waits * MINUTE))
    scheduler.drain()
    assert waiting.result is ends
    assert work.ended  # whoever gave it up did not end it


def test_a_lost_machine_ends_its_call_and_its_workers(scheduler: Scheduler) -> None:
    done: list[str] = []

    def worker() -> None:
        scheduler.sleep(MINUTE)
        done.append("worker")

    def call() -> None:
        scheduler.spawn("worker", worker, scheduler.current)
        scheduler.pause()
        assert scheduler.current is not None
        scheduler.lose(scheduler.current)

    task = scheduler.spawn("call", call)
    task.machine = task
    scheduler.drain()
    assert done == []
    assert isinstance(task.error, KilledError)


def test_what_a_lost_task_cleans_up_is_marked_as_dying(scheduler: Scheduler) -> None:
    seen: list[bool] = []

    def call() -> None:
        task = scheduler.current
        assert task is not None
        try:
            scheduler.lose(task)
        except GreenletExit:
            seen.append(task.dying)
            raise

    scheduler.spawn("call", call)
    scheduler.drain()
    assert seen == [True]


def test_who_waits_for_what_cannot_come_is_named(scheduler: Scheduler) -> None:
    def waits() -> None:
        assert scheduler.current is not None
        never = Task("never", 0, None)
        scheduler.join(never)

    scheduler.spawn("the one that waits", waits)
    with pytest.raises(StuckError, match="the one that waits"):
        scheduler.run_until(lambda: False)


def test_a_pool_gives_the_results_in_order_and_raises_what_was_raised(scheduler: Scheduler) -> None:
    Pool.scheduler = scheduler

    def square(number: int) -> int:
        scheduler.pause()
        if number == 4:
            raise ValueError(number)
        return number * number

    def work(numbers: list[int]) -> Callable[[], list[int]]:
        def run() -> list[int]:
            with Pool(2) as pool:
                return list(pool.map(square, numbers))

        return run

    good, bad = scheduler.spawn("good", work([1, 2, 3])), scheduler.spawn("bad", work([3, 4]))
    scheduler.drain()
    assert good.outcome() == [1, 4, 9]
    with pytest.raises(ValueError, match="4"):
        bad.outcome()
