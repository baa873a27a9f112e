"""The parameters of one premium year, looked up once and kept as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import NoPremiumForYearError, ParameterUnknownError


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

    `limited_to` contains the professions of a year that is for some professions only; it is empty
    for a general year. `medical_house_excluded` contains the professions whose providers under a
    flat rate in a medical house have no right, each with its legal source.
    """

    year: int
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


@lru_cache(maxsize=16)
def premium_year(parameters: ParameterSet) -> PremiumYear:
    """The premium year of a parameter set.

    Raises ParameterUnknownError with the name of the missing parameter.
    """
    year = int(parameters.name)
    on = date(year, 12, 31)
    rows = _rows(parameters, on)
    house = parameters.flag("medical-house-exception", on)
    return PremiumYear(
        year,
        parameters.day("full-convention-from", on),
        parameters.day("full-convention-until", on),
        {
            dict(p.key)["profession"]: p.value
            for p in parameters.rows("notification-end", on)
            if isinstance(p.value, date)
        },
        parameters.flag("training-exception", on),
        parameters.decimal("medical-house-share", on) * parameters.decimal("full-time-hours", on) if house else None,
        _professions(parameters, "medical-house-excluded", on),
        {phase: parameters.day("account-deadline", on, phase=str(phase)) for phase in (1, 2)},
        {phase: parameters.day("phase-first-day", on, phase=str(phase)) for phase in (1, 2)},
        parameters.integer("shards", on),
        rows,
        frozenset(profession for profession, _ in rows),
        frozenset(_professions(parameters, "limited-to", on)),
        parameters.sources,
    )


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
