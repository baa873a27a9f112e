"""Who has the extra contribution of the insurance to the price of a contraceptive.

Royal decree of 16 September 2013: women under an age. The law of 31 July 2020 adds women with
increased reimbursement; that of 9 August 2020 lets pharmacists apply third-party payment to the
morning-after pill. What the contribution amounts to is on the list of the decree.
"""

from datetime import date

from tegemoet.domain.calendar import age_on
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.contraceptives.case import Delivery
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite

WHO = cite("contraceptives-page", "Wie heeft recht op de extra tegemoetkoming?")
LIST = cite("contraceptives-page", "Voor welke voorbehoedsmiddelen is er een extra tegemoetkoming?")
EXTENSION = cite("law-2020-07-31", "article 3")
EMERGENCY = cite("law-2020-08-09", "whole law")


def decide(case: Delivery, on: date, parameters: ParameterSet) -> Ruling:
    """Granted for a product of the list, to a woman who is young enough or has increased
    reimbursement; to all women where the decree asks for neither.

    Raises InvalidError for a delivery after the day `on`, ParameterUnknownError for one before the
    figures.
    """
    refuse_future(case.delivered_on, on, "/delivered_on")
    ruling = Ruling("granted", [])
    if parameters.flag("for-all-women", case.delivered_on, product=case.product):
        facts: dict[str, FactValue] = {"product": case.product, "on": case.delivered_on.isoformat()}
        ruling.findings.append(Finding("all-women", "met", facts, WHO))
    else:
        _person(case, parameters, ruling)
    _listed(case, ruling)
    if any(finding.outcome == "not-met" for finding in ruling.findings):
        ruling.outcome, ruling.missing = "refused", []
    elif ruling.missing:
        ruling.outcome = "pending"
    elif case.product == "morning-after-pill" and parameters.flag("third-party-payment", case.delivered_on):
        ruling.findings.append(Finding("third-party-payment", "met", {}, EMERGENCY))
    return ruling


def _listed(case: Delivery, ruling: Ruling) -> None:
    """The product has to be on the list of the decree."""
    outcome: Met = "unknown" if case.on_list is None else "met" if case.on_list else "not-met"
    ruling.findings.append(Finding("listed", outcome, {}, LIST))
    if case.on_list is None:
        ruling.missing.append(_asked("listed", "on_list"))


def _person(case: Delivery, parameters: ParameterSet, ruling: Ruling) -> None:
    """Either of two conditions is enough, so what is known of the other then does not matter.

    Before the law of 31 July 2020 the age alone counts.
    """
    limit = parameters.integer("age-limit", case.delivered_on)
    age = None if case.birth_date is None else age_on(case.delivered_on, case.birth_date)
    is_young = None if age is None else age < limit
    has_right = case.increased_reimbursement
    if not parameters.flag("with-increased-reimbursement", case.delivered_on):
        has_right = False
    facts: dict[str, FactValue] = {"limit": limit, "on": case.delivered_on.isoformat()}
    if is_young:
        ruling.findings.append(Finding("age", "met", facts | {"age": age}, WHO))
        return
    if has_right:
        ruling.findings.append(Finding("increased-reimbursement", "met", {"on": facts["on"]}, EXTENSION))
        return
    is_out = is_young is False and has_right is False
    if age is not None:
        ruling.findings.append(Finding("age", "not-met" if is_out else "not-needed", facts | {"age": age}, WHO))
    else:
        ruling.findings.append(Finding("age", "unknown", facts, WHO))
        ruling.missing.append(_asked("age", "birth_date"))
    if not parameters.flag("with-increased-reimbursement", case.delivered_on):
        return
    if has_right is None:
        ruling.findings.append(Finding("increased-reimbursement", "unknown", {"on": facts["on"]}, EXTENSION))
        ruling.missing.append(_asked("increased-reimbursement", "increased_reimbursement"))
    else:
        outcome: Met = "not-met" if is_out else "not-needed"
        ruling.findings.append(Finding("increased-reimbursement", outcome, {"on": facts["on"]}, EXTENSION))


def _asked(rule: str, name: str) -> Missing:
    """That the fact `name` of the case is required."""
    return Missing(rule, name, Phrase(name.replace("_", "-")), Phrase("nothing"))
