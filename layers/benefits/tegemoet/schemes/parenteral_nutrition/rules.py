"""Whether a consent for parenteral nutrition at home continues with electrolytes only.

Source: interpretation rule, withdrawn on 1 May 2020.
"""

from datetime import date

from tegemoet.domain.decision import Finding, Met, Missing, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.parenteral_nutrition.case import Electrolytes

RULE = cite("interpretation-rule-2020-07-13", "answer")


def decide(case: Electrolytes, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 - the day of the request decides
    """Granted if there is a consent on the day of the request and the form is right.

    Never granted without a consent. Raises ParameterUnknownError from the day on which the rule was
    withdrawn.
    """
    parameters.flag("electrolytes-after-consent", case.asked_on)
    has_consent = case.consent_until is not None and case.asked_on <= case.consent_until
    facts = {
        "asked_on": case.asked_on.isoformat(),
        "until": case.consent_until.isoformat() if case.consent_until else None,
    }
    ruling = Ruling("granted", [Finding("consent", "met" if has_consent else "not-met", {**facts}, RULE)])
    for rule, field, done in (
        ("specialist", "specialist_asked", case.specialist_asked),
        ("bag", "bag_in_use", case.bag_in_use),
    ):
        outcome: Met = "met" if done else "unknown"
        ruling.findings.append(Finding(rule, outcome, {}, RULE))
        if not done:
            ruling.missing.append(Missing(rule, field, f"{field.replace('_', ' ')}, on the model form", "none"))
    if not has_consent:
        ruling.outcome, ruling.missing = "refused", []
    elif ruling.missing:
        ruling.outcome = "pending"
    return ruling
