"""Plays histories of hostile decades.

python -m local.simulator --seeds 1000               plays the histories of a thousand seeds
python -m local.simulator --seeds 1000 --first 5000
python -m local.simulator --seed 17                  plays one, and prints every call of it
python -m local.simulator --kind exchange …          exchanges instead of premium years
python -m local.simulator --without "NAME"           plays them without a guard
python -m local.simulator --guards                   lists the guards, as a table of Markdown
python -m local.simulator --pin                      finds the histories that notice a missing guard

Exits with 1 when a promise was broken. Then it prints the seed, the promise, the shortest history
that still breaks it, and the call at which it was broken.
"""

import argparse
import os
import sys
import time
from collections import Counter

from local.simulator.histories.guards import GUARDS, table
from local.simulator.histories.playing import KINDS, play_all, stage
from local.simulator.histories.seeds import pin
from local.simulator.histories.shrinking import shortest
from local.simulator.histories.stage import NOTABLE
from local.simulator.histories.story import Outcome

SHOWN = 3
"""How many broken histories are made short and printed."""


def main(arguments: list[str]) -> int:
    """Play what the arguments ask for. Returns the exit code."""
    parser = argparse.ArgumentParser("local.simulator", description="Plays histories of hostile decades.")
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kind", choices=KINDS, default="year")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--without", choices=GUARDS, metavar="GUARD")
    parser.add_argument("--guards", action="store_true")
    parser.add_argument("--pin", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.guards:
        print(table(), end="")
        return 0
    if asked.pin:
        return int(not pin())
    if asked.seed is not None:
        return int(_replay(asked.kind, asked.seed, asked.without))
    return int(_play(asked.kind, asked.first, asked.seeds, asked.processes, asked.without))


def _replay(kind: str, seed: int, guard: str | None) -> bool:
    """Play one history and print every call of it. Returns whether a promise was broken."""
    with stage(guard) as made:
        made.lines = []
        outcome = KINDS[kind](made, seed).play()
        print("\n".join(made.lines))
    print(f"seed {seed}: {outcome.calls} calls, trace {outcome.digest}")
    _print_broken(outcome)
    return bool(outcome.violations)


def _play(kind: str, first: int, seeds: int, processes: int, guard: str | None) -> bool:
    """Play many histories. Returns whether a promise was broken."""
    began, calls, broken, promises = time.monotonic(), 0, list[Outcome](), Counter[str]()
    for number, outcome in enumerate(play_all(kind, first, seeds, processes, guard), 1):
        calls += outcome.calls
        if outcome.violations:
            broken.append(outcome)
            promises.update({violation.promise for violation in outcome.violations})
        if number % 1_000 == 0:
            print(f"{number} histories, {len(broken)} broken, {time.monotonic() - began:.0f} s", flush=True)
    passed = time.monotonic() - began
    print(f"{seeds} histories, {calls} calls, {seeds / passed:.0f} histories a second")
    for promise, count in promises.most_common():
        print(f"{promise}: broken in {count}")
    for outcome in sorted(broken, key=lambda each: each.seed)[:SHOWN]:
        _print_shortest(kind, outcome, guard)
    return bool(broken)


def _print_shortest(kind: str, outcome: Outcome, guard: str | None) -> None:
    """Print what happens in the shortest history of the seed that breaks the same promise."""
    promise = outcome.violations[0].promise
    with stage(guard) as made:
        without, _ = shortest(KINDS[kind], made, outcome.seed, promise)
        made.lines = []
        found = KINDS[kind](made, outcome.seed, without).play()
        lines = [line for line in made.lines if NOTABLE in line]
    left = outcome.events - len(without.events)
    print(f"\nseed {outcome.seed} breaks {promise}; its shortest history has {left} events:")
    print("\n".join(lines))
    _print_broken(found)


def _print_broken(outcome: Outcome) -> None:
    for violation in outcome.violations:
        print(f"call {violation.step}: {violation.promise}: {violation.seen}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
