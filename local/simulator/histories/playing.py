"""Many histories on several processes, and one by itself."""

import logging
import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

from local.simulator.histories.exchange.history import ExchangeHistory
from local.simulator.histories.guards import without_guard
from local.simulator.histories.history import History
from local.simulator.histories.stage import Stage
from local.simulator.histories.story import Outcome, Story
from local.simulator.histories.year import small_exchange, small_year

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the kernel, where there is one
KINDS: Mapping[str, type[Story]] = {"year": History, "exchange": ExchangeHistory}
"""What a history may be about."""
PORTION = 20
"""Histories that a process plays between two reports."""
_kept = ExitStack()
_stages: list[Stage] = []
"""The stage of a process that plays portions."""


@contextmanager
def stage(guard: str | None = None) -> Iterator[Stage]:
    """A stage, whose product lacks a guard where one is named.

    Functions log nothing, and their scratch files are in memory where the machine can.
    """
    with ExitStack() as changed:
        if guard is not None:
            changed.enter_context(without_guard(guard))
        if MEMORY.is_dir():
            changed.enter_context(mock.patch.object(tempfile, "tempdir", str(MEMORY)))
        level = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        changed.callback(logging.disable, level)
        changed.enter_context(small_exchange())
        yield Stage(changed.enter_context(small_year()))


def play_all(kind: str, first: int, seeds: int, processes: int, guard: str | None = None) -> Iterator[Outcome]:
    """The outcomes of the histories of that many seeds, in no order. `kind` is one of `KINDS`."""
    last = first + seeds
    portions = [range(start, min(last, start + PORTION)) for start in range(first, last, PORTION)]
    with multiprocessing.get_context("spawn").Pool(processes, _begin, (guard,)) as pool:
        for outcomes in pool.imap_unordered(partial(_play, kind), portions):
            yield from outcomes


def _begin(guard: str | None) -> None:
    _stages.append(_kept.enter_context(stage(guard)))


def _play(kind: str, seeds: range) -> list[Outcome]:
    return [KINDS[kind](_stages[0], seed).play() for seed in seeds]
