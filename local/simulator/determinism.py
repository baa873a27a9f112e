"""The product's code as a replay needs it: one thread, the clock of the world, seeded chance.

    with deterministic(world, seed):
        settle_shard(…)

What stands on the machine otherwise: pools of threads, pauses before another attempt, random
nonces, and the time of the system.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from random import Random
from types import SimpleNamespace
from typing import Any, Self, TypeVar
from unittest import mock

import time_machine

from local.simulator.world import World

POOLS = ("tegemoet.adapters.table", "tegemoet.adapters.decisions")
"""The modules that use a pool of threads."""
PAUSES = (*POOLS, "tegemoet.adapters.inserts")
"""The modules that wait before another attempt."""
Answer = TypeVar("Answer")


class OneThread:
    """A pool that makes each call at once, in the order in which they are submitted."""

    def __init__(self, workers: int = 1) -> None:
        """Takes the number of workers, as a pool of threads does."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to wait for."""

    def submit(self, call: Callable[..., Answer], *arguments: Any) -> "Future[Answer]":
        made: Future[Answer] = Future()
        try:
            made.set_result(call(*arguments))
        except Exception as error:  # noqa: BLE001 - raised where the result is read
            made.set_exception(error)
        return made

    def map(self, call: Callable[..., Answer], *each: Iterable[Any]) -> Iterator[Answer]:
        every = [self.submit(call, *arguments) for arguments in zip(*each, strict=False)]
        return (made.result() for made in every)


def _go_on(_attempt: int, _sleep: object = None) -> None:
    """Do not wait at all."""


@contextmanager
def deterministic(
    world: World,
    seed: int,
    pool: type[OneThread] = OneThread,
    pause: Callable[..., None] = _go_on,
) -> Iterator[None]:
    """The product's code depends on the world and the seed alone while this lasts.

    A scheduler gives a `pool` whose calls interleave, and a `pause` (the number of the attempt,
    and a function that is ignored) in which others go on.
    """
    chance = SimpleNamespace(urandom=Random(seed).randbytes)
    with ExitStack() as changed:
        for module in POOLS:
            changed.enter_context(mock.patch(f"{module}.ThreadPoolExecutor", pool))
        for module in PAUSES:
            changed.enter_context(mock.patch(f"{module}.pause", pause))
        changed.enter_context(mock.patch("tegemoet.adapters.seals.os", chance))
        traveller = changed.enter_context(time_machine.travel(world.clock.now(), tick=False))
        world.clock.moved = traveller.move_to
        changed.callback(_let_go, world)
        yield


def _let_go(world: World) -> None:
    world.clock.moved = None
