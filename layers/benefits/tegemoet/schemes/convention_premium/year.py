"""The parameters of one premium year, looked up once and kept as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import NoPremiumForYearError, ParameterUnknownError

PHASES = (1, 2)
"""The phases of a premium year."""


@dataclass(frozen=True, slots=True)
class PremiumRow:
    """Premium and activity threshold in EUR of a profession and specialism.

    The threshold is None if none applies.
    """

    premium: Decimal
    threshold: Decimal | None


@dataclass(frozen=True, slots=True)
class PremiumYear:
    """The conditions and amounts of a premium year. Amounts are in EUR, hours per week.

    `parameters` is the set of the year, or the view of it that a decision was given.
    `account_deadline` lacks a phase for which nobody publishes a day. `limited_to` contains the
    professions of a year that is for some professions only; it is empty for a general year.
    `medical_house_excluded` contains the professions whose providers under a flat rate in a medical
    house have no right, each with its legal source.
    """

    year: int
    parameters: ParameterSet
    convention_from: date
    convention_until: date
    notification_end: Mapping[str, date]
    training_exception: bool
    medical_house_hours: Decimal | None
    medical_house_excluded: Mapping[str, Source]
    account_deadline: Mapping[int, date]
    phase_first_day: Mapping[int, date]
    shards: int
    rows: Mapping[tuple[str, str | None], PremiumRow]
    professions: frozenset[str]
    limited_to: frozenset[str]
    sources: Mapping[str, Source]

    @property
    def general(self) -> bool:
        """Whether the year is for every sector."""
        return not self.limited_to

    def convention_from_of(self, profession: str) -> date:
        """First day on which a profession must be conventioned, an amendment clause included."""
        notified = self.notification_end.get(profession)
        return self.convention_from if notified is None else max(self.convention_from, notified)

    def deadline(self, phase: int) -> date:
        """Last day on which an account may be registered.

        Raises ParameterUnknownError where nobody publishes or supplies the day.
        """
        return self.parameters.day("account-deadline", self.last_day, phase=str(phase))

    @property
    def last_day(self) -> date:
        """The day for which the parameters of the year are looked up."""
        return date(self.year, 12, 31)

    def rests_on(self, *names: str, profession: str, specialism: str | None = None) -> None:
        """Note that a decision rests on what these parameters say of the profession."""
        if self.parameters is self.parameters.origin:
            return
        for shared in self.parameters.rows("shared-row", self.last_day):
            if dict(shared.key)["profession"] == profession:
                self.parameters.note(shared)
                profession, _, specialism = str(shared.value).partition("/")
        wanted = {"profession": profession, "specialism": specialism}
        for parameter in (p for name in names for p in self.parameters.rows(name, self.last_day)):
            if all(wanted.get(name) == value for name, value in parameter.key):
                self.parameters.note(parameter)

    def row(self, profession: str, specialism: str | None) -> PremiumRow | None:
        """The row of a profession and specialism, or None if the year lacks the profession.

        Raises ParameterUnknownError if the profession takes part and has no figures for the
        specialism.
        """
        found = self.rows.get((profession, specialism))
        if found is None and profession in self.professions:
            raise ParameterUnknownError(
                f"premium-amount (profession {profession}, specialism {specialism})", f"{self.year}-12-31"
            )
        return found


def premium_year(parameters: ParameterSet) -> PremiumYear:
    """The premium year of a parameter set, or of a view of it.

    Raises ParameterUnknownError with the name of the missing parameter.
    """
    year = _premium_year(parameters.origin)
    return year if parameters is parameters.origin else replace(year, parameters=parameters)


def unpublished(parameters: ParameterSet) -> list[tuple[str, dict[str, str], str]]:
    """What a year needs and nobody publishes: name, key and unit. The body supplies it."""
    known = premium_year(parameters).account_deadline
    return [("account-deadline", {"phase": str(phase)}, "day") for phase in PHASES if phase not in known]


@lru_cache(maxsize=16)
def _premium_year(parameters: ParameterSet) -> PremiumYear:
    year = int(parameters.name)
    on = date(year, 12, 31)
    rows = _rows(parameters, on)
    house = parameters.flag("medical-house-exception", on)
    return PremiumYear(
        year,
        parameters,
        parameters.day("full-convention-from", on),
        parameters.day("full-convention-until", on),
        _days(parameters, "notification-end", "profession", on),
        parameters.flag("training-exception", on),
        parameters.decimal("medical-house-share", on) * parameters.decimal("full-time-hours", on) if house else None,
        _professions(parameters, "medical-house-excluded", on),
        {int(phase): day for phase, day in _days(parameters, "account-deadline", "phase", on).items()},
        {phase: parameters.day("phase-first-day", on, phase=str(phase)) for phase in PHASES},
        parameters.integer("shards", on),
        rows,
        frozenset(profession for profession, _ in rows),
        frozenset(_professions(parameters, "limited-to", on)),
        parameters.sources,
    )


def _days(parameters: ParameterSet, name: str, by: str, on: date) -> dict[str, date]:
    """The days of the parameter, by the value of one part of its key."""
    return {dict(p.key)[by]: p.value for p in parameters.rows(name, on) if isinstance(p.value, date)}


def _rows(parameters: ParameterSet, on: date) -> dict[tuple[str, str | None], PremiumRow]:
    thresholds = {p.key: p.value for p in parameters.rows("activity-threshold", on)}
    rows: dict[tuple[str, str | None], PremiumRow] = {}
    for parameter in parameters.rows("premium-amount", on):
        key = dict(parameter.key)
        threshold = thresholds.get(parameter.key)
        rows[key["profession"], key.get("specialism")] = PremiumRow(
            Decimal(str(parameter.value)), None if threshold is None else Decimal(str(threshold))
        )
    for parameter in parameters.rows("shared-row", on):
        profession, _, specialism = str(parameter.value).partition("/")
        rows[dict(parameter.key)["profession"], None] = rows[profession, specialism or None]
    return rows


def _professions(parameters: ParameterSet, name: str, on: date) -> dict[str, Source]:
    """The professions for which the parameter is true, each with its source."""
    return {dict(p.key)["profession"]: p.source for p in parameters.rows(name, on) if p.value is True}


def set_of_year(case: Any, sets: Mapping[str, ParameterSet]) -> ParameterSet:
    """The parameter set of the case's premium year. Raises NoPremiumForYearError."""
    try:
        return sets[str(case.year)]
    except KeyError:
        raise NoPremiumForYearError(case.year) from None
