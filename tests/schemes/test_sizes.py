"""A small case gives a small decision, whatever its days: a file of cases must not grow into a file
that nobody can handle.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.registry import SCHEMES

LARGEST = 100_000
"""Bytes of a decision on a case that fits in a line of 8 kB with room to spare."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EXTREMES = ("1900-01-01", "2020-06-30", "2030-12-31", "2100-01-01", "2199-12-31")


def days_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the days of a case stand."""
    if isinstance(value, str) and DAY.fullmatch(value):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, within in items:
        yield from days_in(within, (*path, name))


def with_day(line: Any, path: tuple[str | int, ...], day: str) -> Any:
    changed = copy.deepcopy(line)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = day
    return changed


@pytest.mark.parametrize("slug", sorted(slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case"))
def test_no_day_makes_a_decision_large(slug: str) -> None:
    scheme, largest = SCHEMES[slug], 0
    for path in days_in(scheme.example):
        for day in EXTREMES:
            for on in (scheme.example["on"], "2199-12-31"):
                line = {**with_day(scheme.example, path, day), "on": on}
                try:
                    largest = max(largest, len(decide_line(orjson.dumps(line), scheme, "partner", b"key").decision))
                except ProblemError:
                    continue
    assert 0 < largest <= LARGEST
