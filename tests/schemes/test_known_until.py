"""Nothing expires by surprise: until when each scheme is known, and no hole in between.

`tests/schemes/<package>/usual.py` says what is usual: `usual(on)` is the body of a case that is
decided on that day, and `decide(on)` stands in its place where a scheme decides no single case. Its
`FROM` and `UNTIL` are the first and last day on which there are such cases; they are those of the
parameters unless it says otherwise.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from local.tools import known as command
from tegemoet.application.decisions.catalogue import parameters
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.calendar import LAST_DAY, ONE_DAY
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.convention_premium import SCHEME as PREMIUM
from tegemoet.schemes.known import Known, checked, known
from tegemoet.schemes.registry import SCHEMES
from tegemoet.schemes.scheme import Scheme

WRITTEN = date(2026, 11, 30)
"""The day on which the parameters were last brought up to date."""
ALL = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.slug)


@dataclass(frozen=True)
class Usual:
    """What is usual in a scheme, and on which days there are such cases."""

    scheme: Scheme
    decide: Callable[[date], object]
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every day on which a value begins or has just ended, the first of every month, the last
        day.
        """
        held = [p for of in self.scheme.parameter_sets.values() for p in of.parameters]
        changes = {p.first for p in held} | {p.last + ONE_DAY for p in held if p.last != LAST_DAY}
        months = {date(year, month, 1) for year in range(self.first.year, self.last.year + 1) for month in range(1, 13)}
        yield from sorted(day for day in {*changes, *months, self.first, self.last} if self.first <= day <= self.last)


def usual_of(scheme: Scheme) -> Usual:
    package = scheme.package.rpartition(".")[2]
    module: Any = importlib.import_module(f"tests.schemes.{package}.usual")

    def decide(on: date) -> object:
        return decide_line(orjson.dumps(module.usual(on)), scheme, "partner", b"key")

    first = getattr(module, "FROM", scheme.valid_from)
    last = getattr(module, "UNTIL", min(known(scheme).until or WRITTEN, WRITTEN))
    return Usual(scheme, getattr(module, "decide", decide), first, last)


@ALL
def test_no_usual_case_falls_into_a_hole(scheme: Scheme) -> None:
    """On every day on which a value changes, month by month in between, up to the last day."""
    usual, holes = usual_of(scheme), list[str]()
    days = list(usual.days())
    assert usual.last in days
    for day in days:
        try:
            usual.decide(day)
        except ParameterUnknownError as lacking:
            holes.append(f"{day}: {lacking.parameter} on {lacking.on}")
    assert holes == []


@ALL
def test_every_scheme_says_when_its_values_were_last_checked(scheme: Scheme) -> None:
    for held in scheme.parameter_sets.values():
        for parameter in held.parameters:
            assert checked(scheme, parameter.name) >= date(2026, 11, 1)


# --- until when -----------------------------------------------------------------------------------

SET = """
version = "1"
[sources.a]
act = "an act"
article = "1"
url = "https://example.org"
"""
BLOCK = """
[[parameter]]
name = "{name}"
source = "a"
from = 2025-01-01
{more}
"""


def holding(**blocks: str) -> Scheme:
    """A scheme with a parameter of each name, with these further lines."""
    text = SET + "".join(BLOCK.format(name=name, more=more) for name, more in blocks.items())
    return PREMIUM.with_parameters({"parameters": read_parameters("parameters", text)})


@pytest.mark.parametrize(
    ("blocks", "until", "first"),
    [
        ({"a": "value = 1"}, None, ()),
        ({"a": "value = 1\nuntil = 2025-12-31"}, date(2025, 12, 31), ("a",)),
        ({"a": "value = 1\nuntil = 2025-12-31\nfinal = true"}, None, ()),
        ({"a": "value = 1", "b": "value = 1\nuntil = 2025-12-31"}, date(2025, 12, 31), ("b",)),
        (
            {"b": "value = 1\nuntil = 2025-12-31", "a": "value = 1\nuntil = 2025-12-31"},
            date(2025, 12, 31),
            ("a", "b"),
        ),
        ({"a": "rows = [{ value = 1, until = 2025-06-30 }, { value = 2, from = 2025-07-01 }]"}, None, ()),
        (
            {"a": "rows = [{ value = 1, until = 2025-06-30 }, { value = 2, from = 2025-07-01, until = 2026-01-01 }]"},
            date(2026, 1, 1),
            ("a",),
        ),
        (
            {"a": 'rows = [{ of = "x", value = 1, until = 2025-06-30 }, { of = "y", value = 2 }]'},
            date(2025, 6, 30),
            ("a",),
        ),
    ],
)
def test_a_scheme_is_known_until_the_first_value_ends_that_the_law_does_not_end(
    blocks: dict[str, str], until: date | None, first: tuple[str, ...]
) -> None:
    found = known(holding(**blocks))
    assert (found.until, found.ends[:1]) == (until, ((until, first),) if until else ())


def test_a_scheme_with_a_set_per_year_is_known_as_far_as_the_last_one() -> None:
    def year(name: str) -> ParameterSet:
        block = BLOCK.format(name="a", more=f"value = 1\nuntil = {name}-12-31").replace("2025-01-01", f"{name}-01-01")
        return read_parameters(name, SET + block)

    both = PREMIUM.with_parameters({name: year(name) for name in ("2025", "2023")})
    assert known(both) == Known(((date(2025, 12, 31), ("a",)),))


def test_the_parameters_of_an_end_are_listed_in_order() -> None:
    names = "hgfedcba"
    scheme = holding(**dict.fromkeys(names, "value = 1\nuntil = 2026-12-31"))
    assert known(scheme) == Known(((date(2026, 12, 31), tuple(sorted(names))),))


def test_the_ends_are_listed_in_order_where_a_value_was_followed_by_another() -> None:
    scheme = holding(
        a="rows = [{ value = 1, until = 2025-06-30 }, { value = 2, from = 2025-07-01, until = 2026-12-31 }]",
        b="value = 1\nuntil = 2025-12-31",
    )
    assert known(scheme) == Known(((date(2025, 12, 31), ("b",)), (date(2026, 12, 31), ("a",))))


def test_every_end_is_listed_in_order() -> None:
    scheme = holding(
        a='rows = [{ of = "x", value = 1, until = 2026-12-31 }, { of = "y", value = 2, until = 2025-12-31 }]',
        b="value = 1\nuntil = 2026-12-31",
        c="value = 1",
    )
    assert known(scheme) == Known(((date(2025, 12, 31), ("a",)), (date(2026, 12, 31), ("a", "b"))))


@pytest.mark.parametrize(
    ("days", "warning"), [(61, None), (60, "ends-soon"), (1, "ends-soon"), (0, "ends-soon"), (-1, "ended")]
)
def test_a_warning_comes_sixty_days_ahead(days: int, warning: str | None) -> None:
    ends = Known(((date(2025, 12, 31), ("a",)),))
    on = date(2025, 12, 31) - timedelta(days=days)
    assert ends.warning(on) == warning
    shown = {"until": "2025-12-31", "ends": [{"until": "2025-12-31", "parameters": ["a"]}], "warning": warning}
    assert ends.seen_from(on) == shown
    assert Known(()).seen_from(on) == {"until": None, "ends": [], "warning": None}


@pytest.mark.parametrize(
    ("on", "warning"), [("2026-10-31", "ended"), ("2026-11-01", "ends-soon"), ("2027-01-01", "ended")]
)
def test_a_value_that_ends_soon_is_warned_of_although_another_one_has_ended(on: str, warning: str) -> None:
    ends = Known(((date(2020, 12, 31), ("a",)), (date(2026, 12, 31), ("b",))))
    assert ends.warning(date.fromisoformat(on)) == warning


def test_the_catalogue_says_of_each_value_when_it_was_checked_and_how_sure_it_is() -> None:
    listed = {p["name"]: p for p in parameters("convention-premium", date(2025, 6, 1))}
    assert listed["premium-amount"]["basis"] == "secondary"
    assert listed["limited-to"]["basis"] == "official"
    assert {p["checked"] for p in listed.values()} == {"2026-11-30"}


@pytest.mark.parametrize(
    ("on", "said"), [("2025-10-31", []), ("2025-11-01", ["ends", "soon"]), ("2026-01-01", ["ended"])]
)
def test_the_command_lists_every_scheme_with_what_ends_first(
    on: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    warned = any(known(scheme).warning(date.fromisoformat(on)) for scheme in SCHEMES.values())
    assert command.main(["--on", on]) == int(warned)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {line[0] for line in lines} == set(SCHEMES)
    assert [line[1] for line in lines] == sorted(line[1] for line in lines)
    (premium,) = [line for line in lines if line[0] == "convention-premium"]
    assert premium[1 : 4 + len(said)] == ["2025-12-31", *said, "2025-12-31:", "account-deadline,"]
