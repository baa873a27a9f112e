"""Plays histories of the earlier version: `python -m local.simulator.histories.play KIND.json`.

Reads a list of `{"name", "promise", "seen", "kind", "seeds"}` and prints, for each,
the first seed whose history breaks the promise, as a JSON line.
"""

import json
import logging
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from local.simulator.histories import deeds, exchange_before, product
from local.simulator.histories import stage as calls
from local.simulator.histories.history import History
from local.simulator.histories.mishaps import Mishaps
from local.simulator.histories.stage import NOTABLE
from local.simulator.histories.story import Outcome
from local.simulator.histories.year import small_year

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the kernel, where there is one


class Kind(NamedTuple):
    """Which histories are played.

    `parameters` = of the template; `without` = how the names of events begin that do not happen;
    `mishaps` = those that may befall a call, or only those of the function `focus`: `often` in a
    thousand. `hangs` = the minutes for which a call hangs, and `wakes` = how likely it comes back
    before, where others than usual. `deeds` = those that happen. `scheme` = `premium` or
    `exchange`.
    """

    parameters: Mapping[str, str]
    without: Sequence[str]
    mishaps: Sequence[str]
    deeds: Sequence[str]
    focus: str = ""
    often: int = 100
    hangs: Sequence[int] = ()
    wakes: Sequence[float] = ()
    scheme: str = "premium"


def restrict(mishaps: Mishaps, kind: Kind) -> None:
    """Leave only the mishaps of the kind."""
    mishaps.kinds = [each for each in mishaps.kinds if each in kind.mishaps]
    if kind.focus:
        mishaps.kinds, mishaps.focus, mishaps.focused, mishaps.rate = kind.mishaps, kind.focus, kind.often, 0


class HistoryOfKind(History):
    """A history of a kind."""

    def __init__(self, stage: product.StageBefore, seed: int, kind: Kind) -> None:
        chances = {name: float(name in kind.deeds) for name in deeds.CHANCES}
        self._chances = mock.patch.dict(deeds.CHANCES, chances)
        self._kind = kind
        super().__init__(stage, seed)
        restrict(stage.mishaps, kind)

    def plan(self) -> None:
        with self._chances:
            super().plan()
        left_out = tuple(self._kind.without)
        self._events = [event for event in self._events if not left_out or not event.name.startswith(left_out)]


def played(seed: int, kind: Kind, stage: product.StageBefore) -> tuple[Outcome, list[str]]:
    """The outcome of a history, and the notable lines of its trace."""
    stage.lines = []
    if kind.scheme == "exchange":
        history: Any = exchange_before.ExchangeHistory(stage, seed, lambda mishaps: restrict(mishaps, kind))
    else:
        history = HistoryOfKind(stage, seed, kind)
    hangs, wakes = kind.hangs or calls.HANGS, kind.wakes or calls.WAKES
    with mock.patch.multiple(calls, HANGS=hangs, WAKES=wakes):
        outcome: Outcome = history.play()
    return outcome, [line for line in stage.lines if NOTABLE in line]


def found(asked: Mapping[str, Any], stage: product.StageBefore) -> Mapping[str, Any] | None:
    kind, seen = Kind(**asked["kind"]), re.compile(asked.get("seen", ""))
    for seed in asked["seeds"]:
        outcome, lines = played(seed, kind, stage)
        for broken in outcome.violations:
            if broken.promise == asked["promise"] and seen.search(broken.seen):
                return {"name": asked["name"], "seed": seed, "call": broken.step, "seen": broken.seen, "lines": lines}
    return None


def main() -> None:
    """Play what is asked for."""
    logging.disable(logging.CRITICAL)
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)
    with product.earlier_version(), small_year() as premium:
        for asked in json.load(sys.stdin):
            stage = product.StageBefore(premium, asked["kind"]["parameters"])
            print(json.dumps(found(asked, stage) or {"name": asked["name"]}), flush=True)


if __name__ == "__main__":
    main()
