"""Faults that a seed decides: each is one that AWS documents for that very call."""

from collections.abc import Callable, Mapping
from random import Random

from local.simulator.faults import (
    REFUSALS,
    SHORTAGES,
    Call,
    Cut,
    Delivery,
    Fate,
    broken_off,
    closed,
    conflict,
    timeout,
)

FARTHEST = 8
"""The most writes that a read does not see."""
READS = frozenset({"get_item", "query", "scan"})
Draw = Callable[[Random, Call], Fate | None]


class Seeded:
    """One fault in `often` calls, of those that are possible there; `chance` decides all."""

    def __init__(self, chance: Random, often: int) -> None:
        self._chance, self._often = chance, often

    def __call__(self, call: Call) -> Fate | None:
        if self._chance.randrange(self._often):
            return None
        possible = [fate for draw in DRAWS.values() if (fate := draw(self._chance, call)) is not None]
        return self._chance.choice(possible)


def _refused(chance: Random, call: Call) -> Fate:
    return Fate(refused=chance.choice((*REFUSALS[call.service], timeout(), closed())))


def _lost(chance: Random, call: Call) -> Fate:
    failures = (each for each in REFUSALS[call.service] if each.status >= 500)
    return Fate(lost=chance.choice((timeout(), closed(), *failures)))


def _twice(_: Random, _call: Call) -> Fate:
    return Fate(twice=True)


def _late(chance: Random, call: Call) -> Fate | None:
    """A read that may be late; the store ignores it where the read is consistent."""
    if call.operation not in READS or call.parameters.get("ConsistentRead"):
        return None
    return Fate(Delivery(lag=chance.randint(1, FARTHEST), scattered=chance.random() < 0.5))


def _in_part(chance: Random, call: Call) -> Fate | None:
    if call.operation not in SHORTAGES:
        return None
    size = _size(call)
    left_out = frozenset(chance.sample(range(size), chance.randint(1, size)))
    return Fate(Delivery(left_out=left_out))


def _size(call: Call) -> int:
    """How many things a bulk operation is asked to do."""
    asked = call.parameters
    if "RequestItems" in asked:
        return sum(map(len, asked["RequestItems"].values()))
    return len(asked["Delete"]["Objects"] if "Delete" in asked else asked.get("Statements") or asked["Entries"])


def _conflict(chance: Random, call: Call) -> Fate | None:
    refused = conflict(call, chance.randrange(100))
    return None if refused is None else Fate(refused=refused)


def _broken(chance: Random, call: Call) -> Fate | None:
    if call.operation != "get_object":
        return None
    return Fate(Delivery(cut=Cut(chance.random(), chance.choice(broken_off()))))


DRAWS: Mapping[str, Draw] = {
    "refused": _refused,
    "lost": _lost,
    "twice": _twice,
    "late": _late,
    "in part": _in_part,
    "conflict": _conflict,
    "broken": _broken,
}
"""What may befall a call, by name; None where it is not possible for that call."""
