"""Hours under a flat rate in a medical house, which stand in the place of reimbursed amounts."""

from decimal import Decimal

from tegemoet.domain.decision import Finding, Met, Phrase
from tegemoet.schemes.social_status.assessment import NOTHING, Assessment
from tegemoet.schemes.social_status.case import MedicalHouse
from tegemoet.schemes.social_status.thresholds import for_inactivity

RULE = "medical-house"


def hours(of: Assessment, house: MedicalHouse) -> Finding:
    """Enough hours a week reach the highest level.

    They must be attested in July or August after the year. Hours that are not attested may still be
    attested until the last day; later they do not count.
    """
    year, attested = of.year, house.attested_on
    asked = year.parameters.find("medical-house-hours", year.day, level="full")
    needed = for_inactivity(Decimal(str(asked.value)), of)
    first, last = (year.parameters.day("attestation-window", year.day, end=end) for end in ("first", "last"))
    outcome: Met = "met"
    if house.weekly_hours < needed:
        outcome = "not-met"
        wanted, told = (Phrase("hours-per-week", {"hours": f"{h:.2f}"}) for h in (needed, house.weekly_hours))
        of.lacks(RULE, "medical_house/weekly_hours", wanted, told)
    elif attested is None or not first <= attested <= last:
        outcome = "unknown" if year.on <= last and (attested is None or attested < first) else "not-met"
        window = Phrase("attested", {"first": first.isoformat(), "last": last.isoformat()})
        told = Phrase("day", {"day": attested.isoformat()}) if attested else NOTHING
        of.lacks(RULE, "medical_house/attested_on", window, told)
    return of.found(
        RULE,
        outcome,
        asked.source,
        hours=f"{house.weekly_hours:.2f}",
        needed=f"{needed:.2f}",
        attested_on=attested.isoformat() if attested else None,
        first=first.isoformat(),
        last=last.isoformat(),
    )


def can_count(of: Assessment, house: MedicalHouse) -> bool:
    """Whether hours count or may still count: they are, or may still be, attested in time."""
    first, last = (of.year.parameters.day("attestation-window", of.year.day, end=end) for end in ("first", "last"))
    return of.year.on <= last or (house.attested_on is not None and first <= house.attested_on <= last)
