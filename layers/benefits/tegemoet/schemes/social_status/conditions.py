"""The conditions of a practice that need no figure.

It is recognised, it joined the agreement, and a nurse works as self-employed in the first place.
"""

from datetime import date

from tegemoet.domain.calendar import Period, paint
from tegemoet.domain.decision import FactValue, Met, Phrase
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status.assessment import Assessment, Joined, Judged, PremiumYear
from tegemoet.schemes.social_status.case import UNTITLED, Practice

CONDITIONS = cite("royal-decree-2020-05-05", "conditions: recognised, joined and active during the whole premium year")
NURSES = cite("dali-allowances", "Apothekers, verpleegkundigen")


def begin(practice: Practice, index: int, year: PremiumYear) -> Assessment:
    """The assessment of a practice, judged as its own profession or as another one.

    Pharmacist-biologists follow the pharmacists until 2020, the physicians of clinical biology from
    2021.
    """
    if practice.profession != "pharmacist-biologist":
        return Assessment(practice, index, year, Judged(practice.profession, practice.group))
    parameter = year.parameters.find("judged-as", year.day, profession=practice.profession)
    profession, _, group = str(parameter.value).partition("/")
    assessment = Assessment(practice, index, year, Judged(profession, group or None))
    facts: dict[str, FactValue] = {"as": profession, "year": year.case.year}
    assessment.found("judged-as", "met", parameter.source, **facts)
    return assessment


def recognition(of: Assessment) -> None:
    """Recognised, or in an approved training plan, whatever number the plan leads to.

    Physicians without a title or with acquired rights do not count in the years without their row
    in the annex.
    """
    recognition, year = of.practice.recognition, of.year
    if recognition not in UNTITLED:
        of.found("recognition", "met", CONDITIONS, recognition=recognition)
        return
    equated = year.parameters.find("counts-as-recognised", year.day, recognition=recognition)
    of.found("recognition", "met" if equated.value else "not-met", equated.source, recognition=recognition)


def joined(of: Assessment) -> None:
    """Joined the agreement for the whole year, or from the day of the number if granted in it.

    The lowest status of the year counts. Joining in part is enough only for physicians and
    dentists.
    """
    granted = of.practice.number_granted_on
    first = max(of.year.first, granted) if granted else of.year.first
    inside = first <= of.year.day
    of.joined = _lowest(of.practice, first, of.year.day) if inside else "none"
    partial_is_enough = of.judged.profession in ("physician", "dentist")
    outcome: Met = "met" if of.joined == "full" or (of.joined == "partial" and partial_is_enough) else "not-met"
    days = {"from": first.isoformat(), "until": of.year.day.isoformat() if inside else None}
    of.found("joined", outcome, CONDITIONS, status=of.joined, **days)


def _lowest(practice: Practice, first: date, last: date) -> Joined:
    whole = Period(first, last)
    rows = [(c.period, str(c.status)) for c in practice.conventions]
    inside = {status for period, status in paint([(whole, "none"), *rows]) if period.overlaps(whole)}
    return "none" if "none" in inside else "partial" if "partial" in inside else "full"


def main_activity(of: Assessment) -> None:
    """Nurses: self-employed as their main activity."""
    told = of.practice.main_activity
    of.found("main-activity", "unknown" if told is None else "met" if told else "not-met", NURSES)
    if told is None:
        of.lacks("main-activity", "main_activity", Phrase("main-activity"))
