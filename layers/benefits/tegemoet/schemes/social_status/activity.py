"""The activity of a practice: the level of the benefit that it reaches."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from tegemoet.domain.decision import FactValue, Met
from tegemoet.domain.money import ZERO
from tegemoet.domain.parameters import Parameter, Source
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status import medical_house
from tegemoet.schemes.social_status.assessment import BENEFITS, NOTHING, Assessment
from tegemoet.schemes.social_status.case import Practice
from tegemoet.schemes.social_status.thresholds import (
    MEASURES,
    Minimum,
    certainly,
    in_words,
    maximum,
    minimums,
    require_lowering,
    seen,
    supplied,
    threshold,
    write,
)

TRAINEES = cite("royal-decree-2022-01-27", "article 4 (article 7, § 6, 2)")
TRAINING_PLAN = cite("royal-decree-2022-01-27", "article 3 (article 7, § 6, 2)")


def reached_level(of: Assessment) -> str | None:
    """The level that the activity reaches, or None.

    Raises ParameterUnknownError if a figure that decides is not known.
    """
    if of.practice.trainee_on_31_december:
        of.found("trainee", "met", TRAINEES)
        return "trainee"
    physician = of.judged.profession == "physician"
    if _needs_none(of):
        return "partial" if physician and of.joined != "full" else "full"
    if of.practice.inactive_days:
        days = of.year.parameters.find("theoretical-days", of.year.day)
        of.found("inactivity", "met", days.source, inactive=of.practice.inactive_days, days=int(str(days.value)))
    return _physician(of) if physician else _other(of)


# Who needs no activity.


def _needs_none(of: Assessment) -> bool:
    """No activity is asked in the years before the threshold of a profession, or of who is exempt.

    Exempt are physicians and dentists who on 1 January are in training or have a young number.
    """
    year, profession = of.year, of.practice.profession
    free = year.parameters.seek("no-activity-asked", year.day, profession=profession)
    if free and free.value:
        _no_activity(of, free.source)
        return True
    since, plan = _young_number(of.practice), _training_plan(of.practice)
    if since is None and plan is None:
        return False
    years = year.parameters.find("exempt-years", year.day, profession=profession)
    back = year.parameters.integer("years-to-reference-year", year.day, profession=profession)
    first = date(year.case.year - back, 1, 1)
    granted = of.practice.number_granted_on
    in_training = plan is not None and (granted is None or granted <= first)
    young = since is not None and since > date(first.year - int(str(years.value)), 1, 1)
    if in_training:
        source = TRAINING_PLAN if profession == "physician" else years.source
        _no_activity(of, source, first=first.isoformat(), plan=plan)
    elif since is not None and since > first:
        _no_activity(of, years.source, new=since.isoformat())
    elif since is not None and young:
        told: dict[str, FactValue] = {
            "first": first.isoformat(),
            "since": since.isoformat(),
            "years": int(str(years.value)),
        }
        _no_activity(of, years.source, **told)
    return in_training or young


def _no_activity(of: Assessment, source: Source, **why: FactValue) -> None:
    """In training by a `plan` on `first`; a number of `since`, younger than `years` on `first`; a
    `new` number.
    """
    every: dict[str, FactValue] = dict.fromkeys(("first", "since", "years", "new", "plan"))
    of.found("activity", "not-needed", source, year=of.year.case.year, **(every | why))


def _young_number(practice: Practice) -> date | None:
    """The day of a number that may be young: of a physician, one for recognised physicians."""
    if practice.profession == "physician" and practice.recognition == "recognised":
        return practice.recognised_since or practice.number_granted_on
    return practice.number_granted_on if practice.profession == "dentist" else None


def _training_plan(practice: Practice) -> str | None:
    """A plan that exempts: that of a physician leads to a number for recognised physicians."""
    exempting = {"physician": ("training-plan",), "dentist": ("training-plan", "other-training-plan")}
    return practice.recognition if practice.recognition in exempting.get(practice.profession, ()) else None


# Physicians: amounts that the insurance reimbursed, or hours in a medical house.


def _physician(of: Assessment) -> str | None:
    """The full amount at the full threshold and full convention.

    The partial amount if only one of convention and threshold is full; otherwise no amount.
    """
    house = of.practice.medical_house
    hours = medical_house.hours(of, house) if house else None
    reached = "full" if hours and hours.outcome == "met" else _by_services(of, hours.outcome if hours else None)
    if reached and hours and hours.outcome != "met":
        hours.outcome = "not-needed"
        of.missing = [missing for missing in of.missing if missing.rule != hours.rule]
    return "full" if reached == "full" and of.joined == "full" else reached and "partial"


def _by_services(of: Assessment, by_hours: Met | None) -> str | None:
    """The threshold that reimbursed amounts reach. Who joined in part needs the full one.

    Hours that may still be attested leave open whether they give more than the reduced one.
    """
    if given := supplied(of):
        of.found("threshold-supplied", "met", BENEFITS, specialism=of.judged.group, **given)
    full, told = threshold(of, "full"), of.practice.activity.reimbursed
    if told is None and by_hours is None:
        _not_known(of, full)
        return None
    amount = told or ZERO
    if amount >= certainly(full, of):
        return _reached(of, full, amount)
    if by_hours == "unknown":
        return None
    require_lowering(full, of)
    if of.joined != "full":
        _too_little(of, full, told)
        return None
    reduced = threshold(of, "reduced")
    if amount >= certainly(reduced, of):
        return _reached(of, reduced, amount)
    require_lowering(reduced, of)
    house = of.practice.medical_house
    if house and medical_house.can_count(of, house):
        # fewer hours may be enough for the lower amount, but how many was never published
        of.year.parameters.find("medical-house-hours", of.year.day, level="reduced")
    _too_little(of, reduced, told)
    return None


# Other professions: one or more levels, each in one or more measures.


def _other(of: Assessment) -> str | None:
    """The highest level that one of the measures of the profession reaches.

    Above the maximum, if there is one, there is no benefit.
    """
    asked = minimums(of)
    done = {measure: value for measure in MEASURES if (value := seen(of.practice.activity, measure)) is not None}
    told = [minimum for minimum in asked if minimum.measure in done]
    if not told:
        _not_known(of, asked[-1])
        return None
    above: list[tuple[Minimum, Parameter]] = []
    for _, level in groupby(told, lambda minimum: minimum.level):
        reached, exceeded = _in_one_measure(of, level, done)
        if reached:
            return _reached(of, reached, done[reached.measure])
        above += exceeded
    if above:
        minimum, limit = above[0]
        figures = {"seen": done[minimum.measure], "highest": Decimal(str(limit.value))}
        written = {name: write(value, minimum.measure) for name, value in figures.items()}
        of.found("activity-maximum", "not-met", limit.source, measure=minimum.measure, **written)
        return None
    _too_little(of, told[-1], done[told[-1].measure])
    return None


def _in_one_measure(
    of: Assessment, level: Iterable[Minimum], done: dict[str, Decimal]
) -> tuple[Minimum | None, list[tuple[Minimum, Parameter]]]:
    """The minimum of a level that is reached, and the maximums that are exceeded.

    Raises ParameterUnknownError if no measure is certain to reach it, and one of them may.
    """
    exceeded: list[tuple[Minimum, Parameter]] = []
    below: list[Minimum] = []
    for minimum in level:
        value = done[minimum.measure]
        if value < certainly(minimum, of):
            below.append(minimum)
        elif (limit := maximum(of, minimum.measure)) and value > Decimal(str(limit.value)):
            exceeded.append((minimum, limit))
        else:
            return minimum, []
    for minimum in below:
        require_lowering(minimum, of)
    return None, exceeded


# What is found on an activity.


def _found(of: Assessment, minimum: Minimum, value: Decimal | None, outcome: Met) -> Decimal:
    needed = certainly(minimum, of)
    written = {
        "seen": None if value is None else write(value, minimum.measure),
        "needed": write(needed, minimum.measure),
    }
    of.found("activity", outcome, minimum.source, measure=minimum.measure, level=minimum.level, **written)
    return needed


def _reached(of: Assessment, minimum: Minimum, value: Decimal) -> str:
    _found(of, minimum, value, "met")
    return minimum.level


def _too_little(of: Assessment, minimum: Minimum, value: Decimal | None) -> None:
    _lacks(of, minimum, value, _found(of, minimum, value, "not-met"))


def _not_known(of: Assessment, minimum: Minimum) -> None:
    _lacks(of, minimum, None, _found(of, minimum, None, "unknown"))


def _lacks(of: Assessment, minimum: Minimum, value: Decimal | None, needed: Decimal) -> None:
    measure = minimum.measure
    seen = NOTHING if value is None else in_words(value, measure)
    of.lacks("activity", f"activity/{measure}", in_words(needed, measure), seen)
