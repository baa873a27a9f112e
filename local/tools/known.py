"""Lists up to which day the values of each scheme are known, the first that end on top.

    python -m local.tools.known [--on 2026-11-30]

Ends with 1 where a scheme lacks a value on that day, which is today unless given, or will within 60
days.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.schemes.known import known
from tegemoet.schemes.registry import SCHEMES

WORDS = {None: "", "ends-soon": "ends soon", "ended": "ended"}


def lines(on: date) -> Iterator[str]:
    """A line per scheme: its slug, the last day on which everything is known, a warning, and every
    end with its parameters.
    """
    found = {slug: known(scheme) for slug, scheme in SCHEMES.items()}
    for slug, each in sorted(found.items(), key=lambda item: (item[1].until or LAST_DAY, item[0])):
        until = each.until.isoformat() if each.until else "no end"
        ends = "; ".join(f"{end}: {', '.join(names)}" for end, names in each.ends)
        yield f"{slug:28} {until:12} {WORDS[each.warning(on)]:10} {ends}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tools.known")
    today = datetime.now(UTC).date()
    parser.add_argument("--on", type=date.fromisoformat, default=today, help="the day from which to look ahead")
    on = parser.parse_args(arguments).on
    for line in lines(on):
        print(line)
    return int(any(known(scheme).warning(on) for scheme in SCHEMES.values()))


if __name__ == "__main__":
    sys.exit(main())
