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


class KnownJson(TypedDict):
    """Until when everything is known, as readers see it; `warning` depends on their day."""

    until: str | None
    ends_first: list[str]
    warning: Lack | None


@dataclass(frozen=True, slots=True)
class Known:
    """`until` = the last day on which every value is known, None if none of them ends.

    `ends_first` = the names of the parameters that end on that day.
    """

    until: date | None
    ends_first: tuple[str, ...]

    def warning(self, on: date) -> Lack | None:
        """Whether a value is lacking on that day, or will be within 60 days."""
        if self.until is None or on + NOTICE < self.until:
            return None
        return "ended" if on > self.until else "ends-soon"

    def seen_from(self, on: date) -> KnownJson:
        """What readers see on that day."""
        until = self.until.isoformat() if self.until else None
        return {"until": until, "ends_first": list(self.ends_first), "warning": self.warning(on)}


def known(scheme: Scheme) -> Known:
    """Up to which day the values of the scheme are known."""
    ending = list(_ending(scheme))
    until = min((parameter.last for parameter in ending), default=None)
    return Known(until, tuple(sorted({parameter.name for parameter in ending if parameter.last == until})))


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
