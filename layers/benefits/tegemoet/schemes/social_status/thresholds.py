"""The minimums and maximums of an activity.

Minimums of 2020 are lowered because of COVID-19, and every minimum is lowered for recognised
inactivity. Maximums are not, and the lowering of 2020 leaves hours as they are.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tegemoet.domain.decision import Phrase
from tegemoet.domain.money import CENT, euro, round_half_up
from tegemoet.domain.parameters import Parameter, Source
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.social_status.assessment import Assessment
from tegemoet.schemes.social_status.case import Activity, Threshold

HOURS = "weekly_hours"
MEASURES = ("reimbursed", "services", "key_letter_value", HOURS)
"""Fields of an activity: EUR, a count, a count, hours per week."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """The minimum of a level in a measure, before it is lowered."""

    parameter: Parameter

    @property
    def level(self) -> str:
        return dict(self.parameter.key)["level"]

    @property
    def measure(self) -> str:
        return dict(self.parameter.key)["measure"]

    @property
    def value(self) -> Decimal:
        return Decimal(str(self.parameter.value))

    @property
    def source(self) -> Source:
        return self.parameter.source


def for_inactivity(value: Decimal, of: Assessment) -> Decimal:
    """A minimum, lowered by the recognised inactive part of the year's theoretical days.

    It is rounded half-up to 0.01, and compared after rounding.
    """
    if not of.practice.inactive_days:
        return value
    days = of.year.parameters.integer("theoretical-days", of.year.day)
    return round_half_up(value * (days - of.practice.inactive_days) / days)


def certainly(minimum: Minimum, of: Assessment) -> Decimal:
    """What is certain to reach the minimum in that year.

    Every sector was lowered by the least lowering of 2020, so this is the minimum itself, unless
    the lowering of its sector is not known.
    """
    year, parameters = of.year, of.year.parameters
    parameters.note(minimum.parameter)
    least = _least_lowering(minimum, of)
    if least is None:
        return for_inactivity(minimum.value, of)
    known = parameters.seek("threshold-lowering", year.day, **_lowering_key(minimum, of))
    percentage = Decimal(str((known or least).value))
    facts = {
        "year": year.case.year,
        "level": minimum.level if of.judged.group else None,
        "percentage": str(percentage) if known else None,
        "least": None if known else str(percentage),
    }
    if not any(f.rule == "threshold-lowering" and facts.items() <= f.facts.items() for f in of.findings):
        of.found("threshold-lowering", "met", (known or least).source, **facts)
    return for_inactivity(round_half_up(minimum.value * (100 - percentage) / 100), of)


def require_lowering(minimum: Minimum, of: Assessment) -> None:
    """Raises ParameterUnknownError if the year lowers the minimum by a percentage not known.

    It is required of who stays below what is certain to reach the minimum.
    """
    if _least_lowering(minimum, of):
        of.year.parameters.find("threshold-lowering", of.year.day, **_lowering_key(minimum, of))


def _least_lowering(minimum: Minimum, of: Assessment) -> Parameter | None:
    """The least that every sector is lowered by; None for hours and in a year without lowering."""
    return None if minimum.measure == HOURS else of.year.parameters.seek("least-threshold-lowering", of.year.day)


def _lowering_key(minimum: Minimum, of: Assessment) -> dict[str, str]:
    """Physicians have a percentage per row of the annex and per threshold."""
    key = {"profession": of.judged.profession}
    return key | {"specialism": of.judged.group, "level": minimum.level} if of.judged.group else key


def seen(activity: Activity, measure: str) -> Decimal | None:
    """The activity in that measure, or None if it is unknown."""
    value: Decimal | int | None = getattr(activity, measure)
    return None if value is None else Decimal(value)


def write(value: Decimal, measure: str) -> str:
    """Two decimals, but for a whole number of services."""
    return f"{value.normalize():f}" if measure == "services" else euro(value)


def in_words(value: Decimal, measure: str) -> Phrase:
    """An activity as `missing` says it."""
    return Phrase(f"of-{measure.replace('_', '-')}", {"value": write(value, measure)})


def minimums(of: Assessment) -> list[Minimum]:
    """The minimums of a profession without specialism, highest level first.

    Raises ParameterUnknownError if none is known.
    """
    year, profession = of.year, of.judged.profession
    rows = year.parameters.rows("activity-minimum", year.day)
    found = [Minimum(row) for row in rows if dict(row.key)["profession"] == profession]
    if not found:
        raise ParameterUnknownError(f"activity-minimum (profession {profession})", year.day.isoformat())
    return found


def maximum(of: Assessment, measure: str) -> Parameter | None:
    """The maximum, above which there is no benefit, or None if the profession has none.

    Raises ParameterUnknownError for a year before the first one with a known maximum.
    """
    key: dict[str, str] = {"profession": of.judged.profession, "measure": measure}
    every = of.year.parameters.parameters
    if not any(p.name == "activity-maximum" and dict(p.key) == key for p in every):
        return None
    return of.year.parameters.find("activity-maximum", of.year.day, **key)


class OfGroup(NamedTuple):
    """The thresholds of a row of the annex; `supplied` if the caller supplied one of them."""

    full: Minimum
    reduced: Minimum | None
    supplied: bool


def of_group(of: Assessment) -> OfGroup:
    """The full and the reduced threshold of a physician; the reduced one is None if unknown.

    Raises ParameterUnknownError if the full one is not known.
    """
    full, reduced = (_threshold(of, level) for level in ("full", "reduced"))
    given = of.practice.threshold
    supplied = given is not None and (full is None or (reduced is None and given.reduced is not None))
    if given is not None:
        reduced = reduced or _supplied(given.reduced or (None if full else _half(given)), "reduced", of)
        full = full or _supplied(given.full, "full", of)
    return OfGroup(full or known(of, "full"), reduced, supplied)


def known(of: Assessment, level: str) -> Minimum:
    """The threshold of a row of the annex. Raises ParameterUnknownError if there is none."""
    return Minimum(of.year.parameters.find("activity-minimum", of.year.day, level=level, **_group_key(of)))


def _threshold(of: Assessment, level: str) -> Minimum | None:
    found = of.year.parameters.seek("activity-minimum", of.year.day, level=level, **_group_key(of))
    return Minimum(found) if found else None


def _group_key(of: Assessment) -> dict[str, str]:
    return {"profession": of.judged.profession, "specialism": of.judged.group or "", "measure": "reimbursed"}


def _half(given: Threshold) -> Decimal | None:
    half = given.full / 2
    return half if half == half.quantize(CENT) else None


def _supplied(value: Decimal | None, level: str, of: Assessment) -> Minimum | None:
    """A threshold from the case, as a value that is not official."""
    if value is None:
        return None
    key = tuple(sorted((_group_key(of) | {"level": level}).items()))
    source = of.year.parameters.find("threshold-range", of.year.day, end="lowest").source
    return Minimum(
        Parameter("activity-minimum", key, value, "EUR", of.year.first, of.year.day, source, basis="supplied")
    )


def check_supplied(of: Assessment) -> None:
    """Raises InvalidError if a supplied threshold lies outside the range of all thresholds.

    So it does if it differs from one that is published for that year.
    """
    given = of.practice.threshold
    if given is None or of.judged.profession != "physician":
        return
    path = f"/case/practices/{of.index}/threshold"
    lowest, highest = (of.year.parameters.decimal("threshold-range", of.year.day, end=e) for e in ("lowest", "highest"))
    full, reduced = (_threshold(of, level) for level in ("full", "reduced"))
    faults = []
    if not lowest <= given.full <= highest:
        faults.append(Fault(f"{path}/full", "threshold-outside-range"))
    elif full and given.full != full.value:
        faults.append(Fault(f"{path}/full", "figure-is-published"))
    if reduced and given.reduced is not None and given.reduced != reduced.value:
        faults.append(Fault(f"{path}/reduced", "figure-is-published"))
    if faults:
        raise InvalidError("The case is invalid.", faults=tuple(faults))
