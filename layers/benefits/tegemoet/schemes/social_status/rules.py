"""The social status, rule by rule.

A practice is judged on recognition, convention, activity and the use of the benefit; the provider
receives one benefit a year. A figure is looked up when a rule needs it: a refusal or a choice that
needs none is decided without. Amounts are in EUR.
"""

from datetime import date
from decimal import Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO, euro
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.social_status import conditions
from tegemoet.schemes.social_status.activity import reached_level
from tegemoet.schemes.social_status.assessment import BENEFITS, NOTHING, Assessment, PremiumYear
from tegemoet.schemes.social_status.case import ProviderYear
from tegemoet.schemes.social_status.thresholds import check_figures, check_supplied
from tegemoet.schemes.social_status.use import use

ONE_BENEFIT = cite("royal-decree-2022-01-27", "article 7 (article 9/1)")
PAID = ("benefit", "other-benefit")
"""Benefits that are paid. A reserved pension is a right of which nothing is paid in."""


def decide(case: ProviderYear, on: date, parameters: ParameterSet) -> Ruling:
    """The benefit of a provider for a premium year.

    Raises ParameterUnknownError if a figure that decides is not known, InvalidError for an event
    after the day of the decision or a supplied threshold that cannot be one.
    """
    _refuse_events_ahead(case, on)
    year = PremiumYear(case, on, parameters)
    one_benefit = parameters.flag("one-benefit", year.day)
    practices = [conditions.begin(practice, index, year) for index, practice in enumerate(case.practices)]
    check_figures(year)
    for practice in practices:
        check_supplied(practice)
    if on <= year.day:
        first = Phrase("on-or-after", {"day": date(case.year + 1, 1, 1).isoformat()})
        missing = Missing("premium-year", "on", first, Phrase("day", {"day": on.isoformat()}))
        return Ruling("pending", [Finding("premium-year", "unknown", {"year": case.year}, BENEFITS)], missing=[missing])
    ruling = Ruling("refused", [Finding("premium-year", "met", {"year": case.year}, BENEFITS)])
    for practice in practices:
        _assess(practice)
        ruling.findings += practice.findings
        ruling.missing += practice.missing
    _choose(ruling, [a for a in practices if a.standing != "refused"], year, one_benefit)
    return ruling


def _refuse_events_ahead(case: ProviderYear, on: date) -> None:
    refuse_future(case.pension_taken_on, on, "/pension_taken_on")
    for place, concluded in enumerate(case.contracts or ()):
        refuse_future(concluded, on, f"/contracts/{place}")
    for place, practice in enumerate(case.practices):
        path = f"/practices/{place}"
        refuse_future(practice.number_granted_on, on, f"{path}/number_granted_on")
        refuse_future(practice.recognised_since, on, f"{path}/recognised_since")
        if practice.medical_house:
            refuse_future(practice.medical_house.attested_on, on, f"{path}/medical_house/attested_on")


def _assess(of: Assessment) -> None:
    """Judge a practice; what cannot be judged for want of a figure leaves no finding."""
    conditions.recognition(of)
    conditions.joined(of)
    before = len(of.findings), len(of.missing)
    try:
        of.level = reached_level(of)
    except ParameterUnknownError as unknown:
        of.unknown = unknown
        del of.findings[before[0] :], of.missing[before[1] :]
    if of.judged.profession == "nurse":
        conditions.main_activity(of)
    use(of)


def _choose(ruling: Ruling, candidates: list[Assessment], year: PremiumYear, one_benefit: bool) -> None:
    """From 2021, at most one benefit per provider and year, by the provider's choice.

    Before 2021, one per profession.
    """
    if len(candidates) > 1:
        professions: list[FactValue] = [a.practice.profession for a in candidates]
        facts: dict[str, FactValue] = {"professions": professions, "year": year.case.year}
        chosen = [a for a in candidates if a.practice.number == (year.case.chosen or "")[:8]]
        if one_benefit and not chosen:
            if sum(a.standing != "undecided" for a in candidates) < 2:
                _require_figures(candidates)
            ruling.findings.append(Finding("one-benefit", "unknown", facts, ONE_BENEFIT))
            needed = Phrase("choice", {"professions": professions})
            ruling.missing.append(Missing("one-benefit", "/chosen", needed, NOTHING))
            ruling.outcome = "pending"
            return
        if one_benefit:
            ruling.findings.append(
                Finding("one-benefit", "met", facts | {"chosen": chosen[0].practice.profession}, ONE_BENEFIT)
            )
            candidates = chosen
        else:
            ruling.findings.append(Finding("one-benefit", "not-needed", facts, ONE_BENEFIT))
    _require_figures(candidates)
    granted = [a for a in candidates if a.standing == "granted"]
    ruling.outcome = "granted" if granted else "pending" if candidates else "refused"
    for assessment in granted:
        _grant(ruling, assessment)


def _require_figures(candidates: list[Assessment]) -> None:
    """Raises ParameterUnknownError if a figure that decides on one of them is not known."""
    for assessment in candidates:
        if assessment.unknown:
            raise assessment.unknown


def _grant(ruling: Ruling, of: Assessment) -> None:
    amount = _amount(of)
    value = Decimal(str(amount.value))
    ruling.amounts.append(Amount(of.benefit, value))
    if of.benefit in PAID:
        of.found("benefit", "met", amount.source, amount=euro(value), level=of.level)
        ruling.total = (ruling.total or ZERO) + value
    else:
        of.found("reserved-right", "met", amount.source, amount=euro(value))
    ruling.findings.append(of.findings[-1])


def _amount(of: Assessment) -> Parameter:
    """Raises ParameterUnknownError if it is not known."""
    level, day = str(of.level), of.year.day
    if of.benefit in PAID:
        return of.year.parameters.find("amount", day, profession=of.judged.profession, level=level)
    key = {"benefit": of.benefit} | ({} if level == "full" else {"level": level})
    return of.year.parameters.find("reserved-pension", day, **key)
