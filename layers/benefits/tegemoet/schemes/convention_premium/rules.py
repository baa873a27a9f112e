"""The convention premium, rule by rule in the order of the text that grants it.

`settle` decides a person in a phase of a premium year. Phase 1 (December) looks at the first semester, phase 2 (June after the
year) at the whole year; both against the annual threshold. Amounts are in EUR. Everything is pure: same case, same ruling.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from tegemoet.domain.decision import Amount, Fact, Finding, Met, Missing, Outcome, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.case import Account, Convention, Paid, PersonYear, Practice
from tegemoet.schemes.convention_premium.year import PremiumYear, premium_year

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Assessment:
    """What the rules find of one practice: its outcome before the account is asked, and its premium in EUR."""

    practice: Practice
    premium: Decimal
    outcome: Outcome
    findings: list[Finding]
    missing: list[Missing]


@dataclass(slots=True)
class Open:
    """Something that waits for a person: its kind, the number (eight digits) it is about, its facts."""

    kind: str
    number: str
    facts: dict[str, Fact]


@dataclass(slots=True)
class Settlement:
    """What a phase does for a person. `target` = the premium due in all, `payable` = what this phase pays, both in EUR.

    `winner` is the practice under whose profession a payment is booked; `recovery` what phase 1 paid and phase 2 finds not due;
    `state` that of the dossier once the phase is released.
    """

    ruling: Ruling
    assessments: list[Assessment]
    target: Decimal
    payable: Decimal
    recovery: Decimal
    winner: Practice | None
    kind: Literal["premium", "difference", "pharmacy"]
    state: Literal["open", "closed"]
    exceptions: list[Open] = field(default_factory=list)


def decide(case: PersonYear, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling of a person's premium on the day `on`."""
    return settle(case, on, parameters).ruling


def settle(case: PersonYear, on: date, parameters: ParameterSet) -> Settlement:
    """Decide every practice, then the person: the highest premium whose conditions are met, less what was paid."""
    year = premium_year(parameters)
    exceptions: list[Open] = []
    several = _titular_of_several_pharmacies(case, exceptions)
    assessments = [
        _assess(p, index, case.phase, on, year, several, exceptions) for index, p in enumerate(case.practices)
    ]
    findings = [f for a in assessments for f in a.findings]
    missing = [m for a in assessments for m in a.missing]

    account = _account(case, on, year, assessments, findings, missing)
    due = [a for a in assessments if a.outcome == "granted" and _has_account(a.practice, account)]
    best = min(due, key=_rank, default=None)
    target = best.premium if best else ZERO
    paid = amount_paid(case.paid)
    payable = max(ZERO, target - paid)
    waiting = [
        a
        for a in assessments
        if a.outcome == "pending"
        or (a.outcome == "granted" and _account_may_come(a.practice, account) and a.premium > target)
    ]
    outcome: Outcome = "granted" if best else "pending" if waiting else "refused"

    amounts: list[Amount] = []
    if best:
        findings.append(_highest(best, due, year))
        amounts.append(Amount("premium", target))
    if paid:
        amounts.append(Amount("paid-before", paid))
        findings.append(
            Finding(
                "difference",
                "met" if payable else "not-needed",
                {"premium": euro(target), "paid": euro(paid), "difference": euro(payable)},
                year.sources["several"],
            )
        )
    amounts.append(Amount("payable", payable))

    recovery = ZERO
    if case.phase == 2 and paid:
        recovery = max(ZERO, paid - max([target, *(a.premium for a in waiting)]))
        if recovery:
            _report_recovery(case, recovery, paid, target, year, amounts, findings, exceptions)

    settled = case.phase == 2 and not waiting and (not recovery or case.recovery_settled)
    kind: Literal["premium", "difference", "pharmacy"] = "premium"
    if best:
        kind = "difference" if paid else "pharmacy" if best.practice.pharmacy else "premium"
    return Settlement(
        Ruling(outcome, findings, amounts, [], missing, payable),
        assessments,
        target,
        payable,
        recovery,
        best.practice if best else None,
        kind,
        "closed" if settled else "open",
        exceptions,
    )


def amount_paid(entries: tuple[Paid, ...]) -> Decimal:
    """EUR paid by `entries`, what came back taken off."""
    return sum((e.amount if e.kind == "payment" else -e.amount for e in entries), ZERO)


def assess_titular(practice: Practice, phase: int, on: date, year: PremiumYear) -> bool:
    """Whether a titular meets every condition but the account, before it is settled which titular the pharmacy's premium goes to."""
    return _assess(practice, 0, phase, on, year, False, [], ignore_payee=True).outcome == "granted"


# --- one practice -----------------------------------------------------------------------------------------------------------


def _assess(
    practice: Practice,
    index: int,
    phase: int,
    on: date,
    year: PremiumYear,
    several_pharmacies: bool,
    exceptions: list[Open],
    ignore_payee: bool = False,
) -> Assessment:
    number: dict[str, Fact] = {"riziv_number": practice.riziv_number, "profession": practice.profession}
    row = year.row(practice.profession, practice.specialism)
    findings = [Finding("sector", "met" if row else "not-met", number, year.sources["sectors"])]
    missing: list[Missing] = []
    if row is None:
        return Assessment(practice, ZERO, "refused", findings, missing)

    findings.append(_full_convention(practice, phase, on, year))
    if year.training_exception and practice.training:
        findings.append(Finding("training", "not-needed", {**number}, year.sources["exceptions"]))
    elif practice.pharmacy:
        findings.append(_pharmacy(practice, several_pharmacies, ignore_payee, year))
    elif year.medical_house_hours is not None and practice.medical_house_weekly_hours is not None:
        findings.append(_medical_house(practice, index, year, missing))
    else:
        findings.append(_activity(practice, index, phase, row.threshold, year, missing, exceptions))
    if practice.paid_to_another:
        findings.append(
            Finding(
                "paid-to-another",
                "not-met",
                {**number, "paid": euro(practice.paid_to_another)},
                year.sources["several"],
            )
        )
    held = (
        practice.held is not None or findings[2].rule == "year-amount" or (several_pharmacies and _unanswered(practice))
    )
    if practice.held:
        findings.append(Finding(practice.held, "unknown", {**number}, year.sources["several"]))

    outcomes = {f.outcome for f in findings}
    outcome: Outcome = (
        "pending" if held else "refused" if "not-met" in outcomes else "pending" if "unknown" in outcomes else "granted"
    )
    return Assessment(practice, row.premium, outcome, findings, missing)


def _full_convention(practice: Practice, phase: int, on: date, year: PremiumYear) -> Finding:
    """Fully conventioned, without a gap, from the start date: the latest of the general first day, the day the number was granted
    and the end of the profession's notification period. Phase 1 looks up to the evaluation day, phase 2 up to the last day of the year.
    """
    granted = practice.number_granted_on
    start = max(
        year.convention_from,
        granted or year.convention_from,
        year.notification_end.get(practice.profession, year.convention_from),
    )
    last = min(on, year.convention_until) if phase == 1 else year.convention_until
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "from": start.isoformat(),
        "until": last.isoformat(),
        "granted": granted.isoformat() if granted else None,
        "first_gap": None,
    }
    outcome: Met = "met"
    if granted and granted > year.convention_until:
        outcome = "not-met"
    elif start > last:
        outcome = "unknown"
    else:
        gap = _first_day_not_full(practice.conventions, start, last)
        if gap:
            outcome = "not-met"
            facts["first_gap"] = gap.isoformat()
    return Finding("full-convention", outcome, facts, year.sources["convention"])


def _first_day_not_full(conventions: tuple[Convention, ...], first: date, last: date) -> date | None:
    day = first
    for convention in sorted((c for c in conventions if c.status == "full"), key=_first):
        if convention.first > day:
            break
        if convention.last is None or convention.last >= last:
            return None
        if convention.last >= day:
            day = convention.last + ONE_DAY
    return day


def _first(convention: Convention) -> date:
    return convention.first


def _activity(
    practice: Practice,
    index: int,
    phase: int,
    threshold: Decimal | None,
    year: PremiumYear,
    missing: list[Missing],
    exceptions: list[Open],
) -> Finding:
    """Ambulatory services charged to the insurance reach the threshold; day-hospital and inpatient services never count."""
    first_semester, whole_year = practice.activity_s1.ambulatory, practice.activity_year.ambulatory
    if phase == 1:
        seen = first_semester
    else:
        seen = whole_year
        if first_semester is not None and (whole_year is None or whole_year < first_semester):
            if practice.year_amount_choice is None:
                return _year_amount(practice, first_semester, whole_year, year, exceptions)
            if practice.year_amount_choice == "first-semester-counts":
                seen = first_semester
    amount = ZERO if seen is None else seen
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "phase": phase,
        "seen": euro(amount),
        "threshold": None if threshold is None else euro(threshold),
    }
    if threshold is None:
        return Finding("activity", "not-needed", facts, year.sources["amounts"])
    if amount >= threshold:
        return Finding("activity", "met", facts, year.sources["activity"])
    field_name = "activity-s1" if phase == 1 else "activity-year"
    missing.append(
        Missing(
            "activity", f"/practices/{index}/{field_name}/ambulatory", f"{euro(threshold)} EUR", f"{euro(amount)} EUR"
        )
    )
    # the whole year may still reach what the first semester did not
    return Finding("activity", "unknown" if phase == 1 else "not-met", facts, year.sources["activity"])


def _year_amount(
    practice: Practice, first_semester: Decimal, whole_year: Decimal | None, year: PremiumYear, exceptions: list[Open]
) -> Finding:
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "first_semester": euro(first_semester),
        "whole_year": None if whole_year is None else euro(whole_year),
    }
    exceptions.append(
        Open("year-amount-missing" if whole_year is None else "year-amount-lower", practice.number, facts)
    )
    return Finding("year-amount", "unknown", facts, year.sources["activity"])


def _medical_house(practice: Practice, index: int, year: PremiumYear, missing: list[Missing]) -> Finding:
    """Under a flat rate in a medical house average weekly hours stand in the place of amounts, in both phases."""
    hours, needed = practice.medical_house_weekly_hours, year.medical_house_hours
    assert hours is not None and needed is not None
    facts: dict[str, Fact] = {"riziv_number": practice.riziv_number, "hours": f"{hours:.2f}", "needed": f"{needed:.2f}"}
    met = hours >= needed
    if not met:
        missing.append(
            Missing(
                "medical-house",
                f"/practices/{index}/medical_house_weekly_hours",
                f"{needed:.2f} hours per week",
                f"{hours:.2f}",
            )
        )
    return Finding("medical-house", "met" if met else "not-met", facts, year.sources["exceptions"])


def _pharmacy(practice: Practice, several: bool, ignore_payee: bool, year: PremiumYear) -> Finding:
    """A fixed amount per pharmacy, once a year, to its titular: of several eligible ones the lowest number is the payee."""
    pharmacy = practice.pharmacy
    assert pharmacy is not None
    payee = pharmacy.payee[:8] if pharmacy.payee else practice.number
    facts: dict[str, Fact] = {
        "riziv_number": practice.riziv_number,
        "pharmacy_id": pharmacy.pharmacy_id,
        "payee": payee,
    }
    if several and pharmacy.chosen is None:
        return Finding("several-pharmacies", "unknown", facts, year.sources["exceptions"])
    if several and pharmacy.chosen is False:
        return Finding("several-pharmacies", "not-met", facts, year.sources["exceptions"])
    mine = ignore_payee or payee == practice.number
    return Finding("pharmacy", "met" if mine else "not-met", facts, year.sources["exceptions"])


def _titular_of_several_pharmacies(case: PersonYear, exceptions: list[Open]) -> bool:
    """One titular on several pharmacies is for a person to decide."""
    if len(case.practices) == 1:
        return False
    titular = [p for p in case.practices if p.pharmacy]
    pharmacies = sorted({p.pharmacy.pharmacy_id for p in titular if p.pharmacy})
    if len(pharmacies) < 2:
        return False
    if any(_unanswered(p) for p in titular):
        exceptions.append(Open("several-pharmacies", min(p.number for p in titular), {"pharmacies": list(pharmacies)}))
    return True


def _unanswered(practice: Practice) -> bool:
    return practice.pharmacy is not None and practice.pharmacy.chosen is None


# --- the person -------------------------------------------------------------------------------------------------------------


def _account(
    case: PersonYear,
    on: date,
    year: PremiumYear,
    assessments: list[Assessment],
    findings: list[Finding],
    missing: list[Missing],
) -> Met:
    """A valid account, registered by the deadline of the phase. The earliest registration settles the deadline.

    A pharmacy is paid through its tariff office: the titular is not asked, the tariff office is.
    """
    for a in assessments:
        pharmacy = a.practice.pharmacy
        if pharmacy and a.outcome == "granted":
            facts: dict[str, Fact] = {"riziv_number": a.practice.riziv_number, "tariff_office": pharmacy.tariff_office}
            findings.append(
                Finding("tariff-office", "met" if pharmacy.account else "unknown", facts, year.sources["account"])
            )
            if not pharmacy.account:
                missing.append(Missing("tariff-office", "/tariff-offices", "an account of the tariff office", "none"))
    asked = any(a.outcome == "granted" and not a.practice.pharmacy for a in assessments)
    if not asked:
        return "not-needed"
    deadline, last = year.account_deadline[case.phase], year.account_deadline[2]
    earliest = min((a.registered_on for a in case.accounts if a.registered_on <= on), default=None)
    outcome: Met = "met"
    if earliest is None or earliest > deadline:
        outcome = "unknown" if case.phase == 1 or (earliest is None and on <= last) else "not-met"
        missing.append(
            Missing(
                "account",
                "/accounts",
                f"registered by {deadline.isoformat()}",
                earliest.isoformat() if earliest else "none",
            )
        )
    registered: dict[str, Fact] = {
        "deadline": deadline.isoformat(),
        "registered_on": earliest.isoformat() if earliest else None,
    }
    findings.append(Finding("account", outcome, registered, year.sources["account"]))
    return outcome


def _has_account(practice: Practice, account: Met) -> bool:
    return practice.pharmacy.account if practice.pharmacy else account == "met"


def _account_may_come(practice: Practice, account: Met) -> bool:
    return not practice.pharmacy.account if practice.pharmacy else account == "unknown"


def _rank(assessment: Assessment) -> tuple[Decimal, str]:
    return (-assessment.premium, assessment.practice.riziv_number)


def _highest(best: Assessment, due: list[Assessment], year: PremiumYear) -> Finding:
    return Finding(
        "highest-premium",
        "met",
        {
            "riziv_number": best.practice.riziv_number,
            "profession": best.practice.profession,
            "premium": euro(best.premium),
            "candidates": len(due),
        },
        year.sources["several" if len(due) > 1 else "amounts"],
    )


def _report_recovery(
    case: PersonYear,
    recovery: Decimal,
    paid: Decimal,
    target: Decimal,
    year: PremiumYear,
    amounts: list[Amount],
    findings: list[Finding],
    exceptions: list[Open],
) -> None:
    """What phase 1 paid and phase 2 finds not due is reported for a person to handle; it is never taken back by itself."""
    facts: dict[str, Fact] = {"paid": euro(paid), "due": euro(target), "recovery": euro(recovery)}
    amounts.append(Amount("recovery", recovery))
    findings.append(
        Finding("recovery", "not-needed" if case.recovery_settled else "unknown", facts, year.sources["payment"])
    )
    if not case.recovery_settled:
        exceptions.append(Open("recovery", min(p.number for p in case.practices), facts))


def latest_account(accounts: tuple[Account, ...], on: date) -> Account | None:
    """The account that is paid on the day `on`: the latest one registered by then."""
    return max((a for a in accounts if a.registered_on <= on), key=lambda a: a.registered_on, default=None)
