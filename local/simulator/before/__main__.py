"""See the package."""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.simulator.before.tree import COMMIT, HERE, ROOT, is_known, laid, play

FOUND = HERE / "found.json"
PAGE = ROOT / "docs" / "explanation" / "reliability.md"
FIRST, LAST = "<!-- made by python -m local.simulator.before --search -->\n", "<!-- end -->\n"
DEFAULTS: Mapping[str, Any] = {
    "parameters": {},
    "without": [],
    "mishaps": [],
    "deeds": [],
    "focus": "",
    "often": 100,
    "hangs": [],
    "wakes": [],
    "scheme": "premium",
}


def known() -> list[dict[str, Any]]:
    """The faults, as `known.toml` lists them."""
    faults: list[dict[str, Any]] = tomllib.loads((HERE / "known.toml").read_text("utf-8"))["known"]
    return faults


def found() -> dict[str, Mapping[str, Any]]:
    """What was found: name of a fault → its seed, and what is printed."""
    read: dict[str, Mapping[str, Any]] = json.loads(FOUND.read_text("utf-8"))
    return read


def asked(fault: Mapping[str, Any], seeds: Sequence[int]) -> dict[str, Any]:
    """What `laid/play.py` is asked for."""
    kind = {name: fault.get(name, empty) for name, empty in DEFAULTS.items()}
    wanted = {name: fault[name] for name in ("name", "promise", "seen") if name in fault}
    return {**wanted, "kind": kind, "seeds": seeds}


def printed(answer: Mapping[str, Any], promise: str) -> str:
    """The line of a broken promise."""
    return f"call {answer['call']}: {promise}: {answer['seen']}" if "seed" in answer else "not found"


def table() -> Iterator[str]:
    """The rows of the table in `reliability.md`."""
    yield "| what was wrong | promise | seed | what is printed |"
    yield "|---|---|---|---|"
    for fault in known():
        answer = found().get(fault["name"])
        if answer is not None:
            seen = answer["printed"].partition(f"{fault['promise']}: ")
            yield f"| {fault['what']} | `{fault['promise']}` | {answer['seed']} | `{seen[0]}{seen[2]}` |"


def _kept(name: str) -> Sequence[int]:
    """The seed that was found before, which is tried first."""
    return [found()[name]["seed"]] if name in found() else []


def _search(seeds: int) -> None:
    """Look for seeds, and write them down."""
    faults = {fault["name"]: fault for fault in known()}
    shown: dict[str, Mapping[str, Any]] = {}
    with laid() as folder:
        for answer in play(folder, [asked(fault, [*_kept(name), *range(seeds)]) for name, fault in faults.items()]):
            line = printed(answer, faults[answer["name"]]["promise"])
            print(f"{answer['name']}: seed {answer.get('seed')}: {line}", flush=True)
            if "seed" in answer:
                shown[answer["name"]] = {"seed": answer["seed"], "printed": line}
    FOUND.write_text(json.dumps(shown, indent=2) + "\n", "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(FIRST)
    PAGE.write_text(before + FIRST + "\n".join(table()) + "\n" + LAST + rest.partition(LAST)[2], "utf-8")


def check() -> Iterator[tuple[str, int, str, bool]]:
    """Play the seeds. Yields name, seed, what is printed, and whether that is what was found."""
    faults, expected = {fault["name"]: fault for fault in known()}, found()
    asks = [asked(faults[name], [answer["seed"]]) for name, answer in expected.items()]
    with laid() as folder:
        for answer in play(folder, asks):
            name = answer["name"]
            line = printed(answer, faults[name]["promise"])
            yield name, expected[name]["seed"], line, line == expected[name]["printed"]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 1 when a fault was not found as it is written down, or none can be."""
    parser = argparse.ArgumentParser("local.simulator.before", description="Plays the earlier version.")
    parser.add_argument("--search", type=int, metavar="SEEDS")
    seeds = parser.parse_args(arguments).search
    if not is_known():
        print(f"This checkout does not have the commit {COMMIT[:7]}: git fetch --unshallow brings it.", file=sys.stderr)
        return 1
    if seeds is not None:
        _search(seeds)
        return 0
    same = True
    for name, seed, line, is_same in check():
        same &= is_same
        print(f"{name}: seed {seed}: {line}{'' if is_same else ' (not as before)'}", flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
