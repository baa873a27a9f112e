"""The shortest history that still breaks a promise: events and mishaps are left out, one by one."""

from local.simulator.histories.stage import Stage
from local.simulator.histories.story import NOTHING, Outcome, Story, Without

TRIES = 400
"""How many histories shrinking plays at most."""


def shortest(kind: type[Story], stage: Stage, seed: int, promise: str) -> tuple[Without, Outcome]:
    """What can be left out of the history of a seed so that it still breaks the promise.

    Halves are tried before single ones, so that few histories are played.
    """
    without, outcome = NOTHING, kind(stage, seed).play()
    tries = 0

    def still(attempt: Without) -> Outcome | None:
        nonlocal tries
        tries += 1
        found = kind(stage, seed, attempt).play() if tries <= TRIES else None
        return found if found and any(broken.promise == promise for broken in found.violations) else None

    for of_events in (False, True):
        size = outcome.events if of_events else outcome.mishaps
        width = size
        while width:
            for start in range(0, size, width):
                attempt = _leaving_out(without, range(start, min(size, start + width)), of_events)
                if attempt != without and (found := still(attempt)) is not None:
                    without, outcome = attempt, found
            width //= 2
    return without, outcome


def _leaving_out(without: Without, numbers: range, of_events: bool) -> Without:
    if of_events:
        return Without(without.events | frozenset(numbers), without.mishaps)
    return Without(without.events, without.mishaps | frozenset(numbers))
