"""The command line of the mutants."""

import argparse
from functools import partial

from local.tools import mutants
from local.tools.mutants.changes import mutants_of
from local.tools.mutants.running import REASONS, run, unexplained
from local.tools.mutants.since import is_commit, mutants_since
from local.tools.mutants.targets import TARGETS, missing_files


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m local.tools.mutants",
        description=mutants.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "target", nargs="*", choices=[*TARGETS, []], help=f"one of {', '.join(TARGETS)}; without a target, all of them"
    )
    parser.add_argument("--list", action="store_true", help="list the mutants without running a test")
    parser.add_argument("--since", metavar="COMMIT", help="only the mutants on lines that changed since this commit")
    chosen = parser.parse_args()
    if chosen.since and not is_commit(chosen.since):
        parser.error(f"there is no commit {chosen.since}")
    find = partial(mutants_since, commit=chosen.since) if chosen.since else mutants_of
    if missing := missing_files():
        raise SystemExit("local/tools/mutants/targets.py names files that do not exist:\n" + "\n".join(missing))
    names = chosen.target or list(TARGETS)
    if chosen.list:
        for name in names:
            for file in TARGETS[name].files:
                for mutant in find(file):
                    print(mutant.place)
        return
    survivors, tried = run(names, find)
    open_ones = unexplained(survivors)
    print(f"{tried} mutants, {len(survivors)} survive, {len(open_ones)} of them without a reason in {REASONS.name}")
    if open_ones:
        raise SystemExit("\n".join(open_ones))


if __name__ == "__main__":
    main()
