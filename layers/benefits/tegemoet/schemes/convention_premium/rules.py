"""The convention premium of a person: the highest premium of all practices, less earlier payments.

`decide_person` decides a person in a phase of a premium year. Phase 1 considers the first semester,
phase 2 the whole year; both compare with the annual threshold. `practices.py` contains the rules of
one practice. Every rule is pure: the same case returns the same ruling. Amounts are in EUR.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Outcome, Ruling
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.money import ZERO, cents, euro
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.case import Account, Paid, PersonYear, Pharmacy, Practice
from tegemoet.schemes.convention_premium.practices import PracticeAssessment, Review, assess
from tegemoet.schemes.convention_premium.year import PremiumYear, premium_year

PaymentKind = Literal["premium", "difference", "pharmacy"]


@dataclass(slots=True)
class PersonDecision:
    """The decision of a phase for a person; amounts in EUR.

    `target` is the premium due in total, `payable` what this phase pays, and `recovery` what phase
    1 paid and phase 2 finds not due. `winner` is the practice under whose profession a payment is
    booked. `state` is the state of the dossier once the phase is released.
    """

    ruling: Ruling
    assessments: list[PracticeAssessment]
    target: Decimal
    payable: Decimal
    recovery: Decimal
    winner: Practice | None
    kind: PaymentKind
    state: Literal["open", "closed"]
    exceptions: list[YearException]


def decide(case: PersonYear, on: date, parameters: ParameterSet) -> Ruling:
    """The ruling on a person's premium on the day `on`."""
    return decide_person(case, on, parameters).ruling


def decide_person(case: PersonYear, on: date, parameters: ParameterSet) -> PersonDecision:
    """Decide a person: the highest premium whose conditions are met, less what was paid."""
    year = premium_year(parameters)
    review = Review(case.phase, on, year, _has_several_pharmacies(case), [], [])
    if review.several_pharmacies:
        _ask_which_pharmacy(case, review)
    assessments = [assess(practice, index, review) for index, practice in enumerate(case.practices)]
    findings = [finding for assessment in assessments for finding in assessment.findings]

    account = _account(case, assessments, findings, review)
    best, candidates = _best(assessments, account)
    target = best.premium if best else ZERO
    paid = amount_paid(case.paid) if case.paid else ZERO
    counted = paid + (case.paid_as_another or ZERO)
    payable = max(ZERO, target - counted)
    waiting = [a for a in assessments if _waits(a, account, target)]

    amounts: list[Amount] = []
    if best:
        findings.append(_highest_premium(best, candidates, year))
        amounts.append(Amount("premium", target))
    if counted:
        findings.append(_difference(target, counted, payable, year))
        amounts.append(Amount("paid-before", counted))
    amounts.append(Amount("payable", payable))

    recovery = ZERO
    if case.phase == 2 and paid:
        recovery = max(ZERO, paid - max([target, *(a.premium for a in waiting)]))
        if recovery:
            findings.append(_recovery(case, recovery, paid, target, review))
            amounts.append(Amount("recovery", recovery))

    outcome: Outcome = "granted" if best else "pending" if waiting else "refused"
    settled = case.phase == 2 and not waiting and (not recovery or case.recovery_settled)
    return PersonDecision(
        Ruling(outcome, findings, amounts, [], review.missing, payable),
        assessments,
        target,
        payable,
        recovery,
        best.practice if best else None,
        "difference" if counted else "pharmacy" if best and best.practice.pharmacy else "premium",
        "closed" if settled else "open",
        review.exceptions,
    )


def amount_paid(entries: tuple[Paid, ...]) -> Decimal:
    """EUR paid by `entries`, less what was returned."""
    return sum((e.amount if e.kind == "payment" else -e.amount for e in entries), ZERO)


def latest_account(accounts: tuple[Account, ...], on: date) -> Account | None:
    """The account to pay on the day `on`: the latest one registered by then."""
    return max((a for a in accounts if a.registered_on <= on), key=lambda a: a.registered_on, default=None)


def _best(assessments: Sequence[PracticeAssessment], account: Met) -> tuple[PracticeAssessment | None, int]:
    """The practice with the highest payable premium (lowest number first), how many are payable."""
    best: PracticeAssessment | None = None
    payable = 0
    for a in assessments:
        if a.outcome == "granted" and _is_payable(a.practice, account):
            payable += 1
            if best is None or (-a.premium, a.practice.riziv_number) < (-best.premium, best.practice.riziv_number):
                best = a
    return best, payable


def _has_several_pharmacies(case: PersonYear) -> bool:
    if len(case.practices) == 1:
        return False
    return len({p.pharmacy.pharmacy_id for p in case.practices if p.pharmacy}) > 1


def _ask_which_pharmacy(case: PersonYear, review: Review) -> None:
    """A titular of several pharmacies requires manual review."""
    titular = [(p.number, p.pharmacy) for p in case.practices if p.pharmacy]
    if any(pharmacy.chosen is None for _, pharmacy in titular):
        pharmacies = sorted({pharmacy.pharmacy_id for _, pharmacy in titular})
        number = min(number for number, _ in titular)
        review.exceptions.append(YearException.about("several-pharmacies", number, {"pharmacies": pharmacies}))


def _account(case: PersonYear, assessments: list[PracticeAssessment], findings: list[Finding], review: Review) -> Met:
    """A valid account, registered by the deadline of the phase; the earliest registration counts.

    A pharmacy is paid through its tariff office: the office needs an account, the titular does not.
    An entitled person without an account is pending, and is refused only after the last deadline.
    """
    year, asked = review.year, False
    for a in assessments:
        if a.outcome != "granted":
            continue
        if a.practice.pharmacy:
            _tariff_office(a.practice, a.practice.pharmacy, findings, review)
        else:
            asked = True
    if not asked:
        return "not-needed"
    deadline = year.deadline(case.phase)
    earliest: date | None = None
    for registration in case.accounts:
        day = registration.registered_on
        if day <= review.on and (earliest is None or day < earliest):
            earliest = day
    registered = earliest.isoformat() if earliest else None
    outcome: Met = "met"
    if earliest is None or earliest > deadline:
        outcome = "unknown" if case.phase == 1 or review.on <= deadline else "not-met"
        review.missing.append(
            Missing("account", "/accounts", f"registered by {deadline.isoformat()}", registered or "none")
        )
    facts: dict[str, FactValue] = {"deadline": deadline.isoformat(), "registered_on": registered}
    findings.append(Finding("account", outcome, facts, year.sources["account"]))
    return outcome


def _tariff_office(practice: Practice, pharmacy: Pharmacy, findings: list[Finding], review: Review) -> None:
    facts: dict[str, FactValue] = {"riziv_number": practice.riziv_number, "tariff_office": pharmacy.tariff_office}
    source = review.year.sources["account"]
    findings.append(Finding("tariff-office", "met" if pharmacy.account else "unknown", facts, source))
    if not pharmacy.account:
        review.missing.append(Missing("tariff-office", "/tariff-offices", "an account of the tariff office", "none"))


def _is_payable(practice: Practice, account: Met) -> bool:
    return practice.pharmacy.account if practice.pharmacy else account == "met"


def _waits(assessment: PracticeAssessment, account: Met, target: Decimal) -> bool:
    """Whether a later fact or a manual review may still grant more under this practice."""
    if assessment.outcome == "pending":
        return True
    if assessment.outcome == "refused" or assessment.premium <= target:
        return False
    pharmacy = assessment.practice.pharmacy
    return not pharmacy.account if pharmacy else account == "unknown"


def _highest_premium(best: PracticeAssessment, candidates: int, year: PremiumYear) -> Finding:
    """The highest premium whose conditions are met; of equal ones that of the lowest number."""
    facts: dict[str, FactValue] = {
        "riziv_number": best.practice.riziv_number,
        "profession": best.practice.profession,
        "premium": euro(best.premium),
        "candidates": candidates,
    }
    return Finding("highest-premium", "met", facts, year.sources["several" if candidates > 1 else "amounts"])


def _difference(target: Decimal, paid: Decimal, payable: Decimal, year: PremiumYear) -> Finding:
    """A later phase pays the premium less earlier payments, never a negative amount."""
    facts: dict[str, FactValue] = {"premium": euro(target), "paid": euro(paid), "difference": euro(payable)}
    return Finding("difference", "met" if payable else "not-needed", facts, year.sources["several"])


def _recovery(case: PersonYear, recovery: Decimal, paid: Decimal, target: Decimal, review: Review) -> Finding:
    """What phase 1 paid and phase 2 finds not due goes to manual review.

    It is never taken back automatically.
    """
    facts: dict[str, FactValue] = {"paid": euro(paid), "due": euro(target), "recovery": euro(recovery)}
    if not case.recovery_settled:
        number = min(p.number for p in case.practices)
        review.exceptions.append(YearException.about("recovery", f"{number}.{cents(recovery)}", facts))
    return Finding(
        "recovery", "not-needed" if case.recovery_settled else "unknown", facts, review.year.sources["payment"]
    )
