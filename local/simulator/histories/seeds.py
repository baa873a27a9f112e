"""The seeds of the histories that notice a missing guard.

A change of what a history draws moves all of them: `python -m local.simulator --pin` finds others.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from local.simulator.histories.guard import Guard
from local.simulator.histories.guards import GUARDS
from local.simulator.histories.playing import KINDS, stage

PLACE = Path(__file__).with_name("seeds.toml")
SEARCHED = 3_000
"""How many histories are played in search of one."""


@cache
def seeds() -> Mapping[str, int]:
    """Guard → the seed of a history that breaks its promise without it."""
    return tomllib.loads(PLACE.read_text("utf-8"))


def notices(guard: Guard, tried: Iterable[int]) -> int | None:
    """The first of the seeds whose history breaks the promise of the guard when that is gone."""
    with stage(guard.name) as made:
        for seed in tried:
            broken = {violation.promise for violation in KINDS[guard.story](made, seed).play().violations}
            if guard.noticed_by in broken:
                return seed
    return None


def pin() -> bool:
    """Write a seed for every guard whose absence a history notices. Returns whether all have one.

    The ones that still hold stay.
    """
    found, known = dict[str, int](), seeds()
    for guard in (guard for guard in GUARDS.values() if guard.is_noticed_by_a_history):
        held = notices(guard, [known[guard.name]]) if guard.name in known else None
        seed = notices(guard, range(SEARCHED)) if held is None else held
        print(f"{guard.name}: {seed}", flush=True)
        if seed is not None:
            found[guard.name] = seed
    lines = [line for line in PLACE.read_text("utf-8").splitlines() if line.startswith("#")]
    PLACE.write_text("\n".join([*lines, *(f'"{name}" = {seed}' for name, seed in found.items()), ""]), "utf-8")
    return len(found) == sum(guard.is_noticed_by_a_history for guard in GUARDS.values())
