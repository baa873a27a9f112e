"""Whether a consent for parenteral nutrition at home continues with electrolytes only.

Source: interpretation rule, withdrawn on 1 May 2020.
"""

from datetime import date

from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.parenteral_nutrition.case import Electrolytes

RULE = cite("interpretation-rule-2020-07-13", "answer")


def decide(case: Electrolytes, on: date, parameters: ParameterSet) -> Ruling:
    """Granted if there is a consent on the day of the request and the form is right.

    Never granted without a consent. Raises InvalidError for a request after the day `on`,
    ParameterUnknownError from the day on which the rule was withdrawn.
    """
    refuse_future(case.asked_on, on, "/asked_on")
    parameters.flag("electrolytes-after-consent", case.asked_on)
    consent = _consent(case)
    facts: dict[str, FactValue] = {"asked_on": case.asked_on.isoformat()}
    if case.consent_until is not None:
        facts["until"] = case.consent_until.isoformat()
    ruling = Ruling("granted", [Finding("consent", consent, facts, RULE)])
    if consent == "not-met":
        ruling.outcome = "refused"
        return ruling
    if consent == "unknown":
        ruling.missing.append(Missing("consent", "has_consent", Phrase("consent"), Phrase("nothing")))
    for rule, field, done in (
        ("specialist", "specialist_asked", case.specialist_asked),
        ("bag", "bag_in_use", case.bag_in_use),
    ):
        ruling.findings.append(Finding(rule, "met" if done else "unknown", {}, RULE))
        if not done:
            ruling.missing.append(Missing(rule, field, Phrase(rule), Phrase("nothing")))
    if ruling.missing:
        ruling.outcome = "pending"
    return ruling


def _consent(case: Electrolytes) -> Met:
    """Whether a consent is running on the day of the request."""
    if case.consent_until is not None:
        return "met" if case.asked_on <= case.consent_until else "not-met"
    return "unknown" if case.has_consent is None else "met" if case.has_consent else "not-met"
