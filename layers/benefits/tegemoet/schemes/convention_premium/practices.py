"""The convention premium of one practice, rule by rule in the order of the decree.

A practice is granted, pending or refused before its account is checked. Every rule is pure: the
same practice, day and year return the same assessment. Amounts are in EUR.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tegemoet.domain.calendar import LAST_DAY, first_gap
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Outcome
from tegemoet.domain.manual_review import ExceptionKind, YearException
from tegemoet.domain.money import ZERO, cents, euro
from tegemoet.schemes.convention_premium.case import Pharmacy, Practice
from tegemoet.schemes.convention_premium.year import PremiumRow, PremiumYear
from tegemoet.schemes.conventions import Convention

FOR_MANUAL_REVIEW = frozenset(("year-amount", "several-pharmacies"))
"""Rules that a person answers: until then the practice is pending, whatever others find."""

CONVENTION_DAYS = ("full-convention-from", "full-convention-until", "notification-end")
"""The parameters that say on which days a practice has to be fully conventioned."""
MEDICAL_HOUSE = ("medical-house-exception", "medical-house-excluded", "medical-house-share", "full-time-hours")
"""The parameters that say what hours in a medical house are worth."""


@dataclass(slots=True)
class Review:
    """The phase, day and year of a decision, and what it collects beside the findings."""

    phase: int
    on: date
    year: PremiumYear
    several_pharmacies: bool
    missing: list[Missing]
    exceptions: list[YearException]


@dataclass(slots=True)
class PracticeAssessment:
    """The outcome of one practice, regardless of the account, and its premium in EUR."""

    practice: Practice
    premium: Decimal
    outcome: Outcome
    findings: list[Finding]


def assess(practice: Practice, index: int, review: Review) -> PracticeAssessment:
    """Assess the practice at position `index` of the case."""
    year = review.year
    row = year.row(practice.profession, practice.specialism)
    sector: dict[str, FactValue] = {"riziv_number": practice.riziv_number, "profession": practice.profession}
    if row is None:
        return PracticeAssessment(
            practice, ZERO, "refused", [Finding("sector", "not-met", sector, year.sources["sectors"])]
        )
    year.rests_on("premium-amount", profession=practice.profession, specialism=practice.specialism)
    convention = _full_convention(practice, review)
    activity = _activity_or_exception(practice, index, row, review)
    findings = [Finding("sector", "met", sector, year.sources["sectors"]), convention, activity]
    found = [convention.outcome, activity.outcome]
    if practice.paid_to_another:
        found.append("not-met")
        findings.append(_paid_to_another(practice, practice.paid_to_another, review))
    outcome: Outcome = "refused" if "not-met" in found else "pending" if "unknown" in found else "granted"
    if activity.rule in FOR_MANUAL_REVIEW and activity.outcome == "unknown":
        outcome = "pending"
    if practice.held:
        outcome = "pending"
        findings.append(
            Finding(practice.held, "unknown", {"riziv_number": practice.riziv_number}, year.sources["several"])
        )
    return PracticeAssessment(practice, row.premium, outcome, findings)


def _full_convention(practice: Practice, review: Review) -> Finding:
    """Fully conventioned, without a gap, from the start date on.

    The start date is the latest of the general first day, the day on which the number was granted,
    and the end of the profession's notification period. Phase 1 checks up to and including the
    evaluation day, phase 2 up to the last day of the year.
    """
    year, granted = review.year, practice.number_granted_on
    year.rests_on(*CONVENTION_DAYS, profession=practice.profession)
    start = year.convention_from_of(practice.profession)
    if granted and granted > start:
        start = granted
    last = min(review.on, year.convention_until) if review.phase == 1 else year.convention_until
    gap: date | None = None
    outcome: Met = "met"
    if start > year.convention_until:
        outcome = "not-met"
    elif start > last:
        outcome = "unknown"
    elif gap := _first_day_not_full(practice.conventions, start, last):
        outcome = "not-met"
    facts: dict[str, FactValue] = {
        "riziv_number": practice.riziv_number,
        "from": start.isoformat(),
        "until": last.isoformat(),
        "granted": granted.isoformat() if granted else None,
        "first_gap": gap.isoformat() if gap else None,
    }
    return Finding("full-convention", outcome, facts, year.sources["convention"])


def _first_day_not_full(conventions: tuple[Convention, ...], first: date, last: date) -> date | None:
    return first_gap(first, last, [(c.first, c.last or LAST_DAY) for c in conventions if c.status == "full"])


def _activity_or_exception(practice: Practice, index: int, row: PremiumRow, review: Review) -> Finding:
    """The activity threshold, unless an exception replaces it.

    The exceptions are training, a pharmacy, and a flat rate in a medical house. Hours in a medical
    house, however few, exclude a practice whose profession the year excludes there; no exception
    replaces that.
    """
    year, hours = review.year, practice.medical_house_weekly_hours
    if hours is not None:
        year.rests_on(*MEDICAL_HOUSE, profession=practice.profession)
    excluded = None if hours is None else year.medical_house_excluded.get(practice.profession)
    if excluded:
        facts: dict[str, FactValue] = {"riziv_number": practice.riziv_number, "profession": practice.profession}
        return Finding("medical-house-excluded", "not-met", facts, excluded)
    if practice.training:
        year.rests_on("training-exception", profession=practice.profession)
    if practice.training and year.training_exception:
        return Finding("training", "not-needed", {"riziv_number": practice.riziv_number}, year.sources["exceptions"])
    if practice.pharmacy:
        return _pharmacy(practice, practice.pharmacy, review)
    if hours is not None and year.medical_house_hours is not None:
        return _medical_house(practice, index, hours, year.medical_house_hours, review)
    if row.threshold is None:
        return Finding("activity", "not-needed", {"riziv_number": practice.riziv_number}, year.sources["amounts"])
    return _activity(practice, index, row.threshold, review)


def _activity(practice: Practice, index: int, threshold: Decimal, review: Review) -> Finding:
    """Ambulatory services charged to the insurance reach the threshold.

    Day-hospital and inpatient services never count.
    """
    first_semester, whole_year = practice.activity_s1.ambulatory, practice.activity_year.ambulatory
    amount = first_semester if review.phase == 1 else whole_year
    if review.phase == 2 and first_semester is not None and (whole_year is None or whole_year < first_semester):
        if practice.year_amount_choice is None:
            return _year_amount(practice, first_semester, whole_year, review)
        if practice.year_amount_choice == "first-semester-counts":
            amount = first_semester
    amount = amount or ZERO
    review.year.rests_on("activity-threshold", profession=practice.profession, specialism=practice.specialism)
    seen, needed = euro(amount), euro(threshold)
    facts: dict[str, FactValue] = {
        "riziv_number": practice.riziv_number,
        "phase": review.phase,
        "seen": seen,
        "threshold": needed,
    }
    source = review.year.sources["activity"]
    if amount >= threshold:
        return Finding("activity", "met", facts, source)
    given = "activity-s1" if review.phase == 1 else "activity-year"
    review.missing.append(Missing("activity", f"/practices/{index}/{given}/ambulatory", f"{needed} EUR", f"{seen} EUR"))
    # the whole year may still reach the threshold
    return Finding("activity", "unknown" if review.phase == 1 else "not-met", facts, source)


def _year_amount(practice: Practice, first_semester: Decimal, whole_year: Decimal | None, review: Review) -> Finding:
    """A year amount that is missing or lower than that of its first half requires manual review."""
    facts: dict[str, FactValue] = {
        "riziv_number": practice.riziv_number,
        "first_semester": euro(first_semester),
        "whole_year": None if whole_year is None else euro(whole_year),
    }
    review.exceptions.append(
        YearException.about(*year_amount_question(practice.number, first_semester, whole_year), facts)
    )
    return Finding("year-amount", "unknown", facts, review.year.sources["activity"])


def year_amount_question(number: str, first_semester: Decimal, whole_year: Decimal | None) -> tuple[ExceptionKind, str]:
    """Kind and subject of the exception on a year amount; other amounts are another exception.

    `number` = eight digits; amounts in EUR.
    """
    if whole_year is None:
        return "year-amount-missing", f"{number}.{cents(first_semester)}"
    return "year-amount-lower", f"{number}.{cents(first_semester)}.{cents(whole_year)}"


def _medical_house(practice: Practice, index: int, hours: Decimal, needed: Decimal, review: Review) -> Finding:
    """Under a flat rate in a medical house, weekly hours replace amounts, in both phases."""
    facts: dict[str, FactValue] = {
        "riziv_number": practice.riziv_number,
        "hours": f"{hours:.2f}",
        "needed": f"{needed:.2f}",
    }
    source = review.year.sources["exceptions"]
    if hours >= needed:
        return Finding("medical-house", "met", facts, source)
    path = f"/practices/{index}/medical_house_weekly_hours"
    review.missing.append(Missing("medical-house", path, f"{needed:.2f} hours per week", f"{hours:.2f} hours per week"))
    return Finding("medical-house", "not-met", facts, source)


def _pharmacy(practice: Practice, pharmacy: Pharmacy, review: Review) -> Finding:
    """A fixed amount per pharmacy and year, paid to its titular.

    If several titulars are eligible, the one with the lowest number is the payee.
    """
    payee = pharmacy.payee[:8] if pharmacy.payee else practice.number
    facts: dict[str, FactValue] = {
        "riziv_number": practice.riziv_number,
        "pharmacy_id": pharmacy.pharmacy_id,
        "payee": payee,
    }
    source = review.year.sources["exceptions"]
    if review.several_pharmacies and not pharmacy.chosen:
        return Finding("several-pharmacies", "unknown" if pharmacy.chosen is None else "not-met", facts, source)
    return Finding("pharmacy", "met" if payee == practice.number else "not-met", facts, source)


def _paid_to_another(practice: Practice, paid: Decimal, review: Review) -> Finding:
    """A number is paid once a year, whoever holds it; a person sees whose it was before."""
    facts: dict[str, FactValue] = {"riziv_number": practice.riziv_number, "paid": euro(paid)}
    review.exceptions.append(YearException.about("paid-to-another", f"{practice.number}.{cents(paid)}", facts))
    return Finding("paid-to-another", "not-met", facts, review.year.sources["several"])


def assess_titular(practice: Practice, phase: int, on: date, year: PremiumYear) -> bool:
    """Whether a titular meets every condition except the account.

    Runs call this before they choose the payee of a pharmacy.
    """
    alone = Practice(
        practice.riziv_number,
        practice.profession,
        number_granted_on=practice.number_granted_on,
        medical_house_weekly_hours=practice.medical_house_weekly_hours,
        conventions=practice.conventions,
        held=practice.held,
        paid_to_another=practice.paid_to_another,
        pharmacy=practice.pharmacy and Pharmacy(practice.pharmacy.pharmacy_id, practice.pharmacy.tariff_office, True),
    )
    return assess(alone, 0, Review(phase, on, year, False, [], [])).outcome == "granted"
