"""The minimums and maximums of an activity.

Minimums of 2020 are lowered because of COVID-19, and every minimum is lowered for recognised
inactivity. Maximums are not, and the lowering of 2020 leaves hours as they are.
"""

from dataclasses import dataclass
from decimal import Decimal

from tegemoet.domain.decision import FactValue, Phrase
from tegemoet.domain.money import CENT, euro, round_half_up
from tegemoet.domain.parameters import Parameter, Source
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.social_status.assessment import BENEFITS, Assessment, PremiumYear
from tegemoet.schemes.social_status.case import Activity
from tegemoet.schemes.supplied import THE_CASE, supplied_on

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
        """The act that asks for it, also if the case holds the figure."""
        return BENEFITS if self.parameter.source.act == THE_CASE else self.parameter.source


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
    if not _is_lowered(minimum, of):
        return for_inactivity(minimum.value, of)
    known = parameters.seek("threshold-lowering", year.day, **_lowering_key(minimum, of))
    lowering = known or parameters.find("least-threshold-lowering", year.day)
    percentage = Decimal(str(lowering.value))
    facts = {
        "year": year.case.year,
        "level": minimum.level if of.judged.group else None,
        "percentage": str(percentage) if known else None,
        "least": None if known else str(percentage),
    }
    if not any(f.rule == "threshold-lowering" and facts.items() <= f.facts.items() for f in of.findings):
        of.found("threshold-lowering", "met", lowering.source, **facts)
    return for_inactivity(round_half_up(minimum.value * (100 - percentage) / 100), of)


def require_lowering(minimum: Minimum, of: Assessment) -> None:
    """Raises ParameterUnknownError if the year lowers the minimum by a percentage not known.

    It is required of who stays below what is certain to reach the minimum.
    """
    if _is_lowered(minimum, of):
        of.year.parameters.find("threshold-lowering", of.year.day, **_lowering_key(minimum, of))


def _is_lowered(minimum: Minimum, of: Assessment) -> bool:
    """Whether the year lowers minimums; hours are left as they are."""
    least = of.year.parameters.origin.published("least-threshold-lowering", of.year.day)
    return minimum.measure != HOURS and least is not None


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


def threshold(of: Assessment, level: str) -> Minimum:
    """A threshold of a physician, published or supplied.

    Raises ParameterUnknownError if it is neither.
    """
    value = None if _published(of, level) else _given(of, level)
    if value is None:
        return Minimum(of.year.parameters.find("activity-minimum", of.year.day, **_key(of, level)))
    key = tuple(_key(of, level).items())
    days = of.year.first, of.year.day
    source = Source(THE_CASE, f"/practices/{of.index}/threshold", "")
    return Minimum(Parameter("activity-minimum", key, value, "EUR", *days, source, basis="supplied"))


def supplied(of: Assessment) -> dict[str, FactValue] | None:
    """The thresholds that the case supplies, if one of them is not published."""
    given = {level: _given(of, level) for level in ("full", "reduced")}
    if all(value is None or _published(of, level) for level, value in given.items()):
        return None
    return {level: None if value is None else euro(value) for level, value in given.items()}


def _given(of: Assessment, level: str) -> Decimal | None:
    """A threshold of the case. Half of the full one is given with it, if it is whole cents."""
    given = of.practice.threshold
    if given is None or level == "full":
        return given.full if given else None
    half = given.full / 2
    is_half = not _published(of, "full") and half == half.quantize(CENT)
    return given.reduced or (half if is_half else None)


def _published(of: Assessment, level: str) -> Parameter | None:
    return of.year.parameters.origin.published("activity-minimum", of.year.day, **_key(of, level))


def _key(of: Assessment, level: str) -> dict[str, str]:
    """The key of a threshold, in the order of its names."""
    profession, group = of.judged.profession, of.judged.group or ""
    return {"level": level, "measure": "reimbursed", "profession": profession, "specialism": group}


def check_supplied(of: Assessment) -> None:
    """Raises InvalidError if a supplied threshold lies outside the range of all thresholds.

    So it does if it differs from one that is published for that year.
    """
    given = of.practice.threshold
    if given is None or of.judged.profession != "physician":
        return
    path = f"/case/practices/{of.index}/threshold"
    published = of.year.parameters.origin
    lowest, highest = (published.decimal("threshold-range", of.year.day, end=end) for end in ("lowest", "highest"))
    full, reduced = (_published(of, level) for level in ("full", "reduced"))
    faults = []
    if not lowest <= given.full <= highest:
        faults.append(Fault(f"{path}/full", "threshold-outside-range"))
    elif full and given.full != full.value:
        faults.append(Fault(f"{path}/full", "figure-is-published"))
    if reduced and given.reduced is not None and given.reduced != reduced.value:
        faults.append(Fault(f"{path}/reduced", "figure-is-published"))
    if faults:
        raise InvalidError("The case is invalid.", faults=tuple(faults))


def check_figures(year: PremiumYear) -> None:
    """Raises InvalidError if a figure supplied beside the case cannot be one of that year.

    The full threshold of a specialism lies in the range of all of them, its reduced one not above
    it, and a lowering from the least one of its year to 100 %.
    """
    published, day, faults = year.parameters.origin, year.day, []
    for path, row in supplied_on(year.parameters, day, "activity-minimum", "threshold-lowering"):
        value, key = Decimal(str(row.value)), dict(row.key)
        if row.name == "activity-minimum" and "specialism" in key:
            lowest, highest = (published.decimal("threshold-range", day, end=end) for end in ("lowest", "highest"))
            full = _value_of(year, key | {"level": "full"})
            if value > highest or (key["level"] == "full" and value < lowest):
                faults.append(Fault(path, "threshold-outside-range"))
            elif full is not None and value > full:
                faults.append(Fault(path, "reduced-above-full"))
        elif row.name == "threshold-lowering":
            least = published.published("least-threshold-lowering", day)
            if value > 100 or (least is not None and value < Decimal(str(least.value))):
                faults.append(Fault(path, "lowering-outside-range"))
    if faults:
        raise InvalidError("A supplied figure is invalid.", faults=tuple(faults))


def _value_of(year: PremiumYear, key: dict[str, str]) -> Decimal | None:
    """A threshold that is published or supplied beside the case. It is not noted."""
    row = year.parameters.known("activity-minimum", year.day, **key)
    return None if row is None else Decimal(str(row.value))
