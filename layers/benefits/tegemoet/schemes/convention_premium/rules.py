"""The convention premium, rule by rule in the order of the text that grants it.

`decide_person` decides a person in a phase of a premium year. Phase 1 (December) looks at the first semester, phase 2 (June after
the year) at the whole year; both against the annual threshold. Amounts are in EUR. All is pure: same case, same ruling.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tegemoet.domain.calendar import LAST_DAY, first_gap
from tegemoet.domain.decision import Amount, Fact, Finding, Met, Missing, Outcome, Ruling
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.case import Account, Paid, PersonYear, Pharmacy, Practice
from tegemoet.schemes.convention_premium.year import PremiumRow, PremiumYear, premium_year
from tegemoet.schemes.conventions import Convention

PaymentKind = Literal["premium", "difference", "pharmacy"]


@dataclass(slots=True)
class Assessment:
    """What the rules find of one practice: its outcome before the account is asked, and its premium in EUR."""

    practice: Practice
    premium: Decimal
    outcome: Outcome
    findings: list[Finding]


@dataclass(slots=True)
class PersonDecision:
    """What a phase does for a person. `target` = the premium due in all, `payable` = what this phase pays, both in EUR.

    `winner` is the practice under whose profession a payment is booked; `recovery` what phase 1 paid and phase 2 finds
    not due; `state` that of the dossier once the phase is released.
    """

    ruling: Ruling
    assessments: list[Assessment]
    target: Decimal
    payable: Decimal
    recovery: Decimal
    winner: Practice | None
    kind: PaymentKind
    state: Literal["open", "closed"]
    exceptions: list[YearException]


@dataclass(slots=True)
class _Session:
    """One decision in the making: what is asked, and what comes up beside the findings."""

    phase: int
    on: date
    year: PremiumYear
    several_pharmacies: bool
    missing: list[Missing]
    exceptions: list[YearException]


def decide(case: PersonYear, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling of a person's premium on the day `on`."""
    return decide_person(case, on, parameters).ruling


def decide_person(case: PersonYear, on: date, parameters: ParameterSet) -> PersonDecision:
    """Decide every practice, then the person: the highest premium whose conditions are met, less what was paid."""
    year = premium_year(parameters)
    session = _Session(case.phase, on, year, _has_several_pharmacies(case), [], [])
    if session.several_pharmacies:
        _ask_which_pharmacy(case, session)
    assessments = [_assess(practice, index, session) for index, practice in enumerate(case.practices)]
    findings = [finding for assessment in assessments for finding in assessment.findings]

    account = _account(case, assessments, findings, session)
    best: Assessment | None = None
    candidates = 0
    for a in assessments:
        if a.outcome == "granted" and _is_payable(a.practice, account):
            candidates += 1
            if best is None or (-a.premium, a.practice.riziv_number) < (-best.premium, best.practice.riziv_number):
                best = a
    target = best.premium if best else ZERO
    paid = amount_paid(case.paid) if case.paid else ZERO
    payable = max(ZERO, target - paid)
    waiting = [a for a in assessments if _waits(a, account, target)]

    amounts: list[Amount] = []
    if best:
        findings.append(_highest_premium(best, candidates, year))
        amounts.append(Amount("premium", target))
    if paid:
        findings.append(_difference(target, paid, payable, year))
        amounts.append(Amount("paid-before", paid))
    amounts.append(Amount("payable", payable))

    recovery = ZERO
    if case.phase == 2 and paid:
        recovery = max(ZERO, paid - max([target, *(a.premium for a in waiting)]))
        if recovery:
            findings.append(_recovery(case, recovery, paid, target, session))
            amounts.append(Amount("recovery", recovery))

    outcome: Outcome = "granted" if best else "pending" if waiting else "refused"
    settled = case.phase == 2 and not waiting and (not recovery or case.recovery_settled)
    return PersonDecision(
        Ruling(outcome, findings, amounts, [], session.missing, payable),
        assessments,
        target,
        payable,
        recovery,
        best.practice if best else None,
        "difference" if paid else "pharmacy" if best and best.practice.pharmacy else "premium",
        "closed" if settled else "open",
        session.exceptions,
    )


def amount_paid(entries: tuple[Paid, ...]) -> Decimal:
    """EUR paid by `entries`, what came back taken off."""
    return sum((e.amount if e.kind == "payment" else -e.amount for e in entries), ZERO)


def latest_account(accounts: tuple[Account, ...], on: date) -> Account | None:
    """The account that is paid on the day `on`: the latest one registered by then."""
    return max((a for a in accounts if a.registered_on <= on), key=lambda a: a.registered_on, default=None)


def assess_titular(practice: Practice, phase: int, on: date, year: PremiumYear) -> bool:
    """Whether a titular meets every condition but the account, asked before it is known whose the pharmacy's premium is."""
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
    return _assess(alone, 0, _Session(phase, on, year, False, [], [])).outcome == "granted"


# One practice: the sector, the convention, the activity or what stands in its place.


def _assess(practice: Practice, index: int, session: _Session) -> Assessment:
    year = session.year
    row = year.row(practice.profession, practice.specialism)
    sector: dict[str, Fact] = {"riziv_number": practice.riziv_number, "profession": practice.profession}
    if row is None:
        return Assessment(practice, ZERO, "refused", [Finding("sector", "not-met", sector, year.sources["sectors"])])
    convention = _full_convention(practice, session)
    activity = _activity_or_exception(practice, index, row, session)
    findings = [Finding("sector", "met", sector, year.sources["sectors"]), convention, activity]
    found = [convention.outcome, activity.outcome]
    if practice.paid_to_another:
        found.append("not-met")
        findings.append(_paid_to_another(practice, practice.paid_to_another, year))
    outcome: Outcome = "refused" if "not-met" in found else "pending" if "unknown" in found else "granted"
    if activity.rule in _FOR_A_PERSON and activity.outcome == "unknown":
        outcome = "pending"
    if practice.held:
        outcome = "pending"
        findings.append(
            Finding(practice.held, "unknown", {"riziv_number": practice.riziv_number}, year.sources["several"])
        )
    return Assessment(practice, row.premium, outcome, findings)


_FOR_A_PERSON = frozenset(("year-amount", "several-pharmacies"))
"""Rules whose answer a person gives: until then the practice waits, whatever the other rules find."""


def _full_convention(practice: Practice, session: _Session) -> Finding:
    """Fully conventioned, without a gap, from the start date: the latest of the general first day, the day the number was
    granted and the end of the profession's notification period. Phase 1 looks up to and including the evaluation day,
    phase 2 up to the last day of the year.
    """
    year, granted = session.year, practice.number_granted_on
    start = year.convention_from_of(practice.profession)
    if granted and granted > start:
        start = granted
    last = min(session.on, year.convention_until) if session.phase == 1 else year.convention_until
    gap: date | None = None
    outcome: Met = "met"
    if start > year.convention_until:
        outcome = "not-met"
    elif start > last:
        outcome = "unknown"
    elif gap := _first_day_not_full(practice.conventions, start, last):
        outcome = "not-met"
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "from": start.isoformat(),
        "until": last.isoformat(),
        "granted": granted.isoformat() if granted else None,
        "first_gap": gap.isoformat() if gap else None,
    }
    return Finding("full-convention", outcome, facts, year.sources["convention"])


def _first_day_not_full(conventions: tuple[Convention, ...], first: date, last: date) -> date | None:
    return first_gap(first, last, [(c.first, c.last or LAST_DAY) for c in conventions if c.status == "full"])


def _activity_or_exception(practice: Practice, index: int, row: PremiumRow, session: _Session) -> Finding:
    """The activity threshold, unless an exception replaces it: training, a pharmacy, a flat rate in a medical house.

    Hours in a medical house, however few, exclude a practice whose profession the year excludes there;
    no exception replaces that.
    """
    year, hours = session.year, practice.medical_house_weekly_hours
    excluded = None if hours is None else year.medical_house_excluded.get(practice.profession)
    if excluded:
        facts: dict[str, Fact] = {"riziv_number": practice.riziv_number, "profession": practice.profession}
        return Finding("medical-house-excluded", "not-met", facts, excluded)
    if practice.training and year.training_exception:
        return Finding("training", "not-needed", {"riziv_number": practice.riziv_number}, year.sources["exceptions"])
    if practice.pharmacy:
        return _pharmacy(practice, practice.pharmacy, session)
    if hours is not None and year.medical_house_hours is not None:
        return _medical_house(practice, index, hours, year.medical_house_hours, session)
    if row.threshold is None:
        return Finding("activity", "not-needed", {"riziv_number": practice.riziv_number}, year.sources["amounts"])
    return _activity(practice, index, row.threshold, session)


def _activity(practice: Practice, index: int, threshold: Decimal, session: _Session) -> Finding:
    """Ambulatory services charged to the insurance reach the threshold; day-hospital and inpatient services never count."""
    first_semester, whole_year = practice.activity_s1.ambulatory, practice.activity_year.ambulatory
    amount = first_semester if session.phase == 1 else whole_year
    if session.phase == 2 and first_semester is not None and (whole_year is None or whole_year < first_semester):
        if practice.year_amount_choice is None:
            return _year_amount(practice, first_semester, whole_year, session)
        if practice.year_amount_choice == "first-semester-counts":
            amount = first_semester
    amount = amount or ZERO
    seen, needed = euro(amount), euro(threshold)
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "phase": session.phase,
        "seen": seen,
        "threshold": needed,
    }
    source = session.year.sources["activity"]
    if amount >= threshold:
        return Finding("activity", "met", facts, source)
    given = "activity-s1" if session.phase == 1 else "activity-year"
    session.missing.append(
        Missing("activity", f"/practices/{index}/{given}/ambulatory", f"{needed} EUR", f"{seen} EUR")
    )
    # the whole year may still reach what the first semester did not
    return Finding("activity", "unknown" if session.phase == 1 else "not-met", facts, source)


def _year_amount(practice: Practice, first_semester: Decimal, whole_year: Decimal | None, session: _Session) -> Finding:
    """A year amount that is missing or lower than its own first half is a mistake of somebody: a person looks at it."""
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "first_semester": euro(first_semester),
        "whole_year": None if whole_year is None else euro(whole_year),
    }
    kind = "year-amount-missing" if whole_year is None else "year-amount-lower"
    session.exceptions.append(YearException.about(kind, practice.number, facts))
    return Finding("year-amount", "unknown", facts, session.year.sources["activity"])


def _medical_house(practice: Practice, index: int, hours: Decimal, needed: Decimal, session: _Session) -> Finding:
    """Under a flat rate in a medical house average weekly hours stand in the place of amounts, in both phases."""
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "hours": f"{hours:.2f}",
        "needed": f"{needed:.2f}",
    }
    source = session.year.sources["exceptions"]
    if hours >= needed:
        return Finding("medical-house", "met", facts, source)
    path = f"/practices/{index}/medical_house_weekly_hours"
    session.missing.append(
        Missing("medical-house", path, f"{needed:.2f} hours per week", f"{hours:.2f} hours per week")
    )
    return Finding("medical-house", "not-met", facts, source)


def _pharmacy(practice: Practice, pharmacy: Pharmacy, session: _Session) -> Finding:
    """A fixed amount per pharmacy, once a year, to its titular: of several eligible ones the lowest number is the payee."""
    payee = pharmacy.payee[:8] if pharmacy.payee else practice.number
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "pharmacy_id": pharmacy.pharmacy_id,
        "payee": payee,
    }
    source = session.year.sources["exceptions"]
    if session.several_pharmacies and not pharmacy.chosen:
        return Finding("several-pharmacies", "unknown" if pharmacy.chosen is None else "not-met", facts, source)
    return Finding("pharmacy", "met" if payee == practice.number else "not-met", facts, source)


def _has_several_pharmacies(case: PersonYear) -> bool:
    if len(case.practices) == 1:
        return False
    return len({p.pharmacy.pharmacy_id for p in case.practices if p.pharmacy}) > 1


def _ask_which_pharmacy(case: PersonYear, session: _Session) -> None:
    """One titular on several pharmacies is for a person to decide."""
    titular = [(p.number, p.pharmacy) for p in case.practices if p.pharmacy]
    if any(pharmacy.chosen is None for _, pharmacy in titular):
        pharmacies = sorted({pharmacy.pharmacy_id for _, pharmacy in titular})
        number = min(number for number, _ in titular)
        session.exceptions.append(YearException.about("several-pharmacies", number, {"pharmacies": pharmacies}))


def _paid_to_another(practice: Practice, paid: Decimal, year: PremiumYear) -> Finding:
    """A number is paid once a year, whoever holds it."""
    facts: dict[str, Fact] = {"riziv_number": practice.riziv_number, "paid": euro(paid)}
    return Finding("paid-to-another", "not-met", facts, year.sources["several"])


# The person: the account, the highest premium, what was paid before.


def _account(case: PersonYear, assessments: list[Assessment], findings: list[Finding], session: _Session) -> Met:
    """A valid account, registered by the deadline of the phase. The earliest registration settles the deadline.

    A pharmacy is paid through its tariff office: the titular is not asked, the tariff office is. Entitled without an
    account is pending, and refused only after the last deadline.
    """
    year, asked = session.year, False
    for a in assessments:
        if a.outcome != "granted":
            continue
        if a.practice.pharmacy:
            _tariff_office(a.practice, a.practice.pharmacy, findings, session)
        else:
            asked = True
    if not asked:
        return "not-needed"
    deadline = year.account_deadline[case.phase]
    earliest: date | None = None
    for registration in case.accounts:
        day = registration.registered_on
        if day <= session.on and (earliest is None or day < earliest):
            earliest = day
    registered = earliest.isoformat() if earliest else None
    outcome: Met = "met"
    if earliest is None or earliest > deadline:
        outcome = "unknown" if case.phase == 1 or session.on <= deadline else "not-met"
        session.missing.append(
            Missing("account", "/accounts", f"registered by {deadline.isoformat()}", registered or "none")
        )
    facts: dict[str, Fact] = {"deadline": deadline.isoformat(), "registered_on": registered}
    findings.append(Finding("account", outcome, facts, year.sources["account"]))
    return outcome


def _tariff_office(practice: Practice, pharmacy: Pharmacy, findings: list[Finding], session: _Session) -> None:
    facts: dict[str, Fact] = {"riziv_number": practice.riziv_number, "tariff_office": pharmacy.tariff_office}
    source = session.year.sources["account"]
    findings.append(Finding("tariff-office", "met" if pharmacy.account else "unknown", facts, source))
    if not pharmacy.account:
        session.missing.append(Missing("tariff-office", "/tariff-offices", "an account of the tariff office", "none"))


def _is_payable(practice: Practice, account: Met) -> bool:
    return practice.pharmacy.account if practice.pharmacy else account == "met"


def _waits(assessment: Assessment, account: Met, target: Decimal) -> bool:
    """Whether a later fact or a person's answer may still grant more under this practice."""
    if assessment.outcome == "pending":
        return True
    if assessment.outcome == "refused" or assessment.premium <= target:
        return False
    pharmacy = assessment.practice.pharmacy
    return not pharmacy.account if pharmacy else account == "unknown"


def _highest_premium(best: Assessment, candidates: int, year: PremiumYear) -> Finding:
    """Of several practices the highest premium whose conditions are met; of equal premiums the lowest number."""
    facts: dict[str, Fact] = {
        "riziv_number": best.practice.riziv_number,
        "profession": best.practice.profession,
        "premium": euro(best.premium),
        "candidates": candidates,
    }
    return Finding("highest-premium", "met", facts, year.sources["several" if candidates > 1 else "amounts"])


def _difference(target: Decimal, paid: Decimal, payable: Decimal, year: PremiumYear) -> Finding:
    """A later phase pays the difference with what was paid, never a negative amount."""
    facts: dict[str, Fact] = {"premium": euro(target), "paid": euro(paid), "difference": euro(payable)}
    return Finding("difference", "met" if payable else "not-needed", facts, year.sources["several"])


def _recovery(case: PersonYear, recovery: Decimal, paid: Decimal, target: Decimal, session: _Session) -> Finding:
    """What phase 1 paid and phase 2 finds not due is for a person to handle; it is never taken back by itself."""
    facts: dict[str, Fact] = {"paid": euro(paid), "due": euro(target), "recovery": euro(recovery)}
    if not case.recovery_settled:
        number = min(p.number for p in case.practices)
        session.exceptions.append(YearException.about("recovery", number, facts))
    return Finding(
        "recovery", "not-needed" if case.recovery_settled else "unknown", facts, session.year.sources["payment"]
    )
