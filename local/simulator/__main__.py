"""Plays histories of hostile decades.

python -m local.simulator --seeds 1000               plays the histories of a thousand seeds
python -m local.simulator --seeds 1000 --first 5000
python -m local.simulator --seed 17                  plays one, and prints every call of it
python -m local.simulator --kind exchange …          exchanges instead of premium years
python -m local.simulator --without "NAME"           plays them without a guard, those of its kind
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
from collections.abc import Sequence

from local.simulator.histories.guards import GUARDS, table
from local.simulator.histories.playing import KINDS, play_all, stage
from local.simulator.histories.seeds import pin
from local.simulator.histories.shrinking import shortest
from local.simulator.histories.stage import NOTABLE
from local.simulator.histories.story import Outcome

SHOWN = 3
"""How many broken histories are made short and printed."""
LAST = 8
"""How many lines of a trace are shown before the call at which a promise was broken."""


def main(arguments: list[str]) -> int:
    """Play what the arguments ask for. Returns the exit code."""
    parser = argparse.ArgumentParser("local.simulator", description="Plays histories of hostile decades.")
    parser.add_argument("--seeds", type=_one_or_more, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--processes", type=_one_or_more, default=os.cpu_count() or 1)
    parser.add_argument("--without", type=_guard, metavar="GUARD")
    parser.add_argument("--guards", action="store_true")
    parser.add_argument("--pin", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.guards:
        print(table(), end="")
        return 0
    if asked.pin:
        return int(not pin())
    kind = asked.kind or (GUARDS[asked.without].story if asked.without else "year")
    if asked.seed is not None:
        return int(_replay(kind, asked.seed, asked.without))
    return int(_play(kind, asked.first, asked.seeds, asked.processes, asked.without))


def _one_or_more(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _guard(name: str) -> str:
    if name not in GUARDS:
        raise argparse.ArgumentTypeError(
            f"no guard has the name {name!r}: --guards (make simulate GUARDS=1) lists them"
        )
    return name


def _replay(kind: str, seed: int, guard: str | None) -> bool:
    """Play one history and print every call of it. Returns whether a promise was broken."""
    with stage(guard) as made:
        made.lines = []
        outcome = KINDS[kind](made, seed).play()
        print("\n".join(made.lines))
    print(f"seed {seed}: {outcome.calls} calls, trace {outcome.digest}")
    _print_broken(outcome)
    if not outcome.violations:
        print(_nothing_broken(guard))
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
    if not broken:
        print(_nothing_broken(guard))
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
    left = outcome.events - len(without.events)
    print(f"\nseed {outcome.seed} breaks {promise}; its shortest history has {left} events:")
    step = next(violation.step for violation in found.violations if violation.promise == promise)
    print("\n".join(_told(made.lines, step)))
    _print_broken(found)
    print(f"all of it: {_command(kind, outcome.seed, guard)}")


def _told(lines: Sequence[str], step: int) -> list[str]:
    """The events and mishaps of a trace, and the last calls up to that with the number `step`."""
    end = next((place for place, line in enumerate(lines) if int(line.split()[0]) > step), len(lines))
    return [line for place, line in enumerate(lines) if NOTABLE in line or end - LAST <= place < end]


def _command(kind: str, seed: int, guard: str | None) -> str:
    """What plays the whole history of a seed."""
    return f"make simulate KIND={kind} SEED={seed}" + (f' WITHOUT="{guard}"' if guard else "")


def _nothing_broken(guard: str | None) -> str:
    said = "no promise is broken"
    if guard is None or GUARDS[guard].is_noticed_by_a_history:
        return said
    return f"{said}: what notices that this guard is gone is a test, {GUARDS[guard].noticed_by}"


def _print_broken(outcome: Outcome) -> None:
    for violation in outcome.violations:
        print(f"call {violation.step}: {violation.promise}: {violation.seen}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
