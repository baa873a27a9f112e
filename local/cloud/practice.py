"""Drops a made-up premium year into the local cloud that `make up` left running (`make year`).

The files are those of `make demo` for the same year, persons and seed, dropped as their partners
drop them. Phase 1 is run on the files of `--phase 1`, phase 2 on those of `--phase 2` as well. Then
it prints the calls that start the phase, follow it and approve it.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from local.cloud.control import running_stack
from local.cloud.local_cloud import LocalCloudError
from local.cloud.stack import Stack
from local.opinions.year.figures import YearFigures, figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import Season
from tegemoet.application.premium_year.values import values_to_confirm
from tegemoet.schemes.convention_premium import SCHEME


def drop_year(stack: Stack, figures: YearFigures, persons: int, seed: int, phase: int) -> tuple[int, int]:
    """Drop the files that come before a phase, and wait until none is
    loading: how many were dropped, and how many of them were refused.

    Raises UnexpectedAnswerError where a file is not ingested.
    """
    season = Season(stack, figures.year)
    with TemporaryDirectory() as folder:
        generate(Path(folder), figures, persons, seed)
        season.drop(Path(folder) / str(phase), _show)
    states = [batch["state"] for batch in season.batches.values()]
    return len(states), states.count("refused")


def _show(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of} files are ingested", end="\n" if done == of else "", file=sys.stderr, flush=True)


def next_calls(api_url: str, figures: YearFigures, phase: int) -> str:
    """The commands that start the phase, follow it and approve it, for a shell.

    In a year with values that are not official, those that list and confirm them come first.
    """
    path = f'"$API/v1/premium-years/{figures.year}/phases/{phase}'
    return dedent(f"""\
        API={api_url}
        TOKEN=$(make token ROLE=operator)
        {{confirm}}
        # start phase {phase}
        curl -sS {path}" -H "Authorization: Bearer $TOKEN" \\
            -H 'Content-Type: application/json' -H 'Idempotency-Key: start-{figures.year}-{phase}' \\
            -d '{{"on": "{figures.evaluated[phase]}"}}'

        # follow it until its state is "waiting"
        curl -sS {path}" -H "Authorization: Bearer $TOKEN"

        # approve it as another person, with the run and the control sum of the answer
        TOKEN=$(make token ROLE=approver)
        curl -sS {path}/approval" -H "Authorization: Bearer $TOKEN" \\
            -H 'Content-Type: application/json' -H 'Idempotency-Key: approve-{figures.year}-{phase}' \\
            -d '{{"run": "…", "control_sum": "…", "approve": true}}'
        """).replace("{confirm}\n", confirming_calls(figures.year))


def confirming_calls(year: int) -> str:
    """The commands that list the values of the year that are not official and confirm one of them;
    an empty line where every value is official.
    """
    values = values_to_confirm(SCHEME.parameter_sets[str(year)])
    if not values:
        return "\n"
    path = f'"$API/v1/premium-years/{year}/values'
    return dedent(f"""\

        # list the values that are not official, and confirm each of them: `value` as the list has it,
        # or the day that the body supplies where it is null
        curl -sS {path}" -H "Authorization: Bearer $TOKEN"
        curl -sS {path}/{values[0].id}/confirmations" -H "Authorization: Bearer $TOKEN" \\
            -H 'Content-Type: application/json' -H 'Idempotency-Key: confirm-{values[0].id}' \\
            -d '{{"value": "…", "reason": "…"}}'

        """)


def main(arguments: list[str] | None = None) -> int:
    """Drop a year and print the next calls; 1 where no local cloud runs."""
    parser = argparse.ArgumentParser(
        prog="python -m local.cloud.practice", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--persons", type=int, default=5000, help="the cast of edge cases first (default 5000)")
    parser.add_argument("--year", type=int, default=2023, help="a year that has figures (default 2023)")
    parser.add_argument("--seed", type=int, default=2023, help="of the random persons (default 2023)")
    parser.add_argument("--phase", type=int, choices=(1, 2), default=1, help="before which phase (default 1)")
    given = parser.parse_args(arguments)
    figures = figures_of(given.year)
    try:
        stack = running_stack()
    except LocalCloudError as problem:
        print(problem, file=sys.stderr)
        return 1
    dropped, refused = drop_year(stack, figures, given.persons, given.seed, given.phase)
    print(f"{dropped} files of {figures.year} are ingested; refused as a whole, on purpose: {refused}.\n")
    print(next_calls(stack.api_url, figures, given.phase), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
