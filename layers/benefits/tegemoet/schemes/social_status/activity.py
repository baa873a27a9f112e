"""The level of activity of a profession: its minimums and its maximum.

Minimums are lowered for recognised inactivity.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tegemoet.domain.money import CENT, round_half_up
from tegemoet.domain.parameters import Parameter, ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.social_status.case import Activity, Practice, Threshold

MEASURES = ("reimbursed", "services", "key_letter_value", "weekly_hours")
"""Fields of an activity: EUR, a count, a count, hours per week."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """The minimum of a level in a measure, before inactivity is deducted."""

    level: str
    measure: str
    value: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class Judged:
    """The profession whose thresholds and amounts apply to a practice.

    It is its own, except for pharmacist-biologists.
    """

    profession: str
    specialism: str | None


def lowered(value: Decimal, practice: Practice, day: date, parameters: ParameterSet) -> Decimal:
    """A minimum, lowered by the recognised inactive part of the year's theoretical days.

    It is rounded half-up to 0.01, and compared after rounding.
    """
    days = parameters.integer("theoretical-days", day)
    return round_half_up(value * (days - practice.inactive_days) / days, CENT)


def seen(activity: Activity, measure: str) -> Decimal | None:
    """The activity in that measure, or None if it is unknown."""
    value: Decimal | int | None = getattr(activity, measure)
    return None if value is None else Decimal(value)


def minimums(judged: Judged, day: date, parameters: ParameterSet) -> list[Minimum]:
    """The minimums of a profession without specialism, highest level first.

    Raises ParameterUnknownError if none is known.
    """
    found = [
        _minimum(p) for p in parameters.rows("activity-minimum", day) if dict(p.key)["profession"] == judged.profession
    ]
    if not found:
        raise ParameterUnknownError(f"activity-minimum (profession {judged.profession})", day.isoformat())
    return found


def maximum(judged: Judged, measure: str, day: date, parameters: ParameterSet) -> Parameter | None:
    """The maximum, above which there is no benefit, or None if there is no maximum."""
    try:
        return parameters.find("activity-maximum", day, profession=judged.profession, measure=measure)
    except ParameterUnknownError:
        return None


def specialism_minimums(
    practice: Practice, index: int, judged: Judged, day: date, parameters: ParameterSet
) -> tuple[Minimum, Minimum | None, Threshold | None]:
    """The full and the reduced threshold of a specialism, and the supplied one.

    The reduced threshold is None if unknown. A supplied threshold counts only if none is published.
    Raises ParameterUnknownError if there is neither, InvalidError if the supplied one differs from
    the published one or lies outside the range of all thresholds.
    """
    given = practice.threshold
    if given is None:
        return published(judged, "full", day, parameters), _if_published(judged, "reduced", day, parameters), None
    full, reduced = (_if_published(judged, level, day, parameters) for level in ("full", "reduced"))
    _check(given, full, reduced, index, day, parameters)
    share = parameters.find("reduced-threshold-share", day)
    if reduced is None and given.reduced is not None:
        reduced = Minimum("reduced", "reimbursed", given.reduced, share.source)
    elif full is None:
        half = given.full * parameters.decimal("reduced-threshold-share", day)
        reduced = Minimum("reduced", "reimbursed", half, share.source)
    return full or Minimum("full", "reimbursed", given.full, share.source), reduced, given


def published(judged: Judged, level: str, day: date, parameters: ParameterSet) -> Minimum:
    """The published threshold of a specialism. Raises ParameterUnknownError if there is none."""
    key = {"profession": judged.profession, "specialism": judged.specialism or "", "measure": "reimbursed"}
    return _minimum(parameters.find("activity-minimum", day, level=level, **key))


def _if_published(judged: Judged, level: str, day: date, parameters: ParameterSet) -> Minimum | None:
    try:
        return published(judged, level, day, parameters)
    except ParameterUnknownError:
        return None


def _check(
    given: Threshold, full: Minimum | None, reduced: Minimum | None, index: int, day: date, parameters: ParameterSet
) -> None:
    path = f"/case/practices/{index}/threshold"
    lowest = parameters.decimal("threshold-range", day, end="lowest")
    highest = parameters.decimal("threshold-range", day, end="highest")
    faults = []
    if not lowest <= given.full <= highest:
        faults.append(Fault(f"{path}/full", "threshold-outside-range"))
    elif full and given.full != full.value:
        faults.append(Fault(f"{path}/full", "threshold-is-published"))
    if reduced and given.reduced is not None and given.reduced != reduced.value:
        faults.append(Fault(f"{path}/reduced", "threshold-is-published"))
    if faults:
        raise InvalidError("The case is invalid.", faults=tuple(faults))


def _minimum(parameter: Parameter) -> Minimum:
    key = dict(parameter.key)
    return Minimum(key["level"], key["measure"], Decimal(str(parameter.value)), parameter.source)
