"""The use of the benefit: insurance contracts, an account, or a reserved pension."""

from tegemoet.domain.decision import Met, Missing, Phrase
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status.assessment import NOTHING, Assessment

CONTRACTS = cite("royal-decree-2022-01-27", "article 1 (article 6 of the royal decree of 5 May 2020)")
RESERVED = cite("social-status-page-physicians", "Gereserveerd recht op pensioen")
PENSIONERS = {
    "dentist": cite("social-status-page-dentists", "Wat is het ander conventievoordeel bij pensioenopname?"),
    "midwife": cite("social-status-page-midwives", "Wat is het conventievoordeel bij pensioenopname?"),
}
PENSIONERS_ELSE = cite("social-status-page-physicians", "Conventievoordeel")


def use(of: Assessment) -> None:
    """From the year of the statutory pension, the other benefit is paid to an account.

    Before it, the benefit goes to insurance contracts, or a physician reserves a pension.
    """
    case = of.year.case
    if case.pension_taken_on is not None and case.pension_taken_on <= of.year.day and not _keeps_contract(of):
        _account(of)
    elif case.benefit != "contract" and of.practice.profession == "physician":
        _reserved(of)
    else:
        _contract(of)


def _keeps_contract(of: Assessment) -> bool:
    """Pensions and contracts of before the other benefit may still go together.

    Who tells an account is paid to it.
    """
    case = of.year.case
    since = of.year.parameters.day("other-benefit-since", of.year.day)
    concluded = min(case.contracts or (), default=since)
    return bool(case.pension_taken_on and case.pension_taken_on < since and concluded < since and not case.account)


def _account(of: Assessment) -> None:
    case = of.year.case
    source = PENSIONERS.get(of.practice.profession, PENSIONERS_ELSE)
    of.benefit = "other-benefit"
    taken = case.pension_taken_on.isoformat() if case.pension_taken_on else None
    of.found("other-benefit", "met" if case.account else "unknown", source, taken_on=taken)
    if not case.account:
        of.missing.append(Missing("other-benefit", "/account", Phrase("account"), NOTHING))


def _contract(of: Assessment) -> None:
    """The benefit goes to an insurance contract concluded in the premium year or before."""
    contracts, last = of.year.case.contracts, of.year.day
    concluded = min(contracts or (), default=None)
    outcome: Met = "unknown" if contracts is None else "met" if concluded and concluded <= last else "not-met"
    seen_on = concluded.isoformat() if concluded else None
    of.found("contract", outcome, CONTRACTS, concluded_on=seen_on, last=last.isoformat())
    if outcome != "met":
        needed = Phrase("contract", {"last": last.isoformat()})
        seen = Phrase("day", {"day": seen_on}) if seen_on else NOTHING
        of.missing.append(Missing("contract", "/contracts", needed, seen))


def _reserved(of: Assessment) -> None:
    """A pension is reserved only if one was reserved for a year before 2017: the system ends."""
    case = of.year.case
    of.benefit = case.benefit
    of.found("reserved-before", "met" if case.reserved_before else "not-met", RESERVED, benefit=case.benefit)
    if not case.reserved_before:
        of.missing.append(Missing("reserved-before", "/reserved_before", Phrase("reserved-before"), NOTHING))
