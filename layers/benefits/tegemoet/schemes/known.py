"""Up to which day the values of a scheme are known, and when they were last checked.

A value that ends is expected to have a successor, unless the law ends the rule (`final`). A scheme
with a set per year is known as far as its latest year.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal, TypedDict

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import Parameter
from tegemoet.schemes.scheme import Scheme

NOTICE = timedelta(days=60)
"""How long before the last known day a warning is given."""
Lack = Literal["ends-soon", "ended"]


class EndJson(TypedDict):
    """A last day (YYYY-MM-DD), and the parameters of which a value ends on it."""

    until: str
    parameters: list[str]


class KnownJson(TypedDict):
    """Until when everything is known, as readers see it; `warning` depends on their day."""

    until: str | None
    ends: list[EndJson]
    warning: Lack | None


@dataclass(frozen=True, slots=True)
class Known:
    """`ends` = the days on which values end without a successor, the first one first, each with the
    names of the parameters.
    """

    ends: tuple[tuple[date, tuple[str, ...]], ...]

    @property
    def until(self) -> date | None:
        """The last day on which every value is known, None if none of them ends."""
        return self.ends[0][0] if self.ends else None

    def warning(self, on: date) -> Lack | None:
        """Whether a value ends within 60 days of that day, or else has ended."""
        if any(on <= end <= on + NOTICE for end, _ in self.ends):
            return "ends-soon"
        return "ended" if self.until is not None and self.until < on else None

    def seen_from(self, on: date) -> KnownJson:
        """What readers see on that day."""
        ends: list[EndJson] = [{"until": end.isoformat(), "parameters": list(names)} for end, names in self.ends]
        return {"until": self.until.isoformat() if self.until else None, "ends": ends, "warning": self.warning(on)}


def known(scheme: Scheme) -> Known:
    """Until when the values of the scheme are known."""
    names: dict[date, set[str]] = {}
    for parameter in _ending(scheme):
        names.setdefault(parameter.last, set()).add(parameter.name)
    return Known(tuple((end, tuple(sorted(names[end]))) for end in sorted(names)))


def _ending(scheme: Scheme) -> Iterator[Parameter]:
    """The last value of each parameter and key that ends without an end of its rule."""
    latest = max(scheme.parameter_sets.values(), key=lambda held: held.name)
    last: dict[tuple[str, object], Parameter] = {}
    for parameter in sorted(latest.parameters, key=lambda parameter: parameter.last):
        last[parameter.name, parameter.key] = parameter
    return (parameter for parameter in last.values() if parameter.last != LAST_DAY and not parameter.final)


def checked(scheme: Scheme, parameter: str) -> date:
    """The day on which the values of the parameter were last compared with their source."""
    days = _checked(scheme.package)
    return days.get(parameter, days["all"])


@cache
def _checked(package: str) -> Mapping[str, date]:
    """`checked.toml` of a scheme: a day for `all` values, and for parameters checked on another."""
    return tomllib.loads((resources.files(package) / "checked.toml").read_text("utf-8"))
