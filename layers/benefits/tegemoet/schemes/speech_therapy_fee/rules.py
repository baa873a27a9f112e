"""The fee of a speech therapist under the agreement of 2020-2021.

A session of thirty minutes, and other services in proportion.
"""

from datetime import date
from decimal import Decimal

from tegemoet.domain.decision import Amount, Finding, Missing, Ruling
from tegemoet.domain.money import euro, round_half_up
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.speech_therapy_fee.case import Service

FEES = cite("speech-therapy-agreement-2020", "adaptation of the fees")
JOINED = cite("speech-therapy-agreement-2020", "period and parties")


def decide(case: Service, on: date, parameters: ParameterSet) -> Ruling:  # noqa: ARG001 - the day of the service decides
    """The fee of the service in EUR.

    The agreement binds only those who joined it. Raises ParameterUnknownError outside its days.
    """
    session = parameters.decimal("session-fee", case.day)
    if not case.joined:
        return Ruling("refused", [Finding("joined", "not-met", {}, JOINED)])
    ruling = Ruling("granted", [Finding("joined", "met", {}, JOINED)])
    if case.day >= parameters.day("second-rise", case.day):
        risen = parameters.decimal("session-fee-if-budget-allows", case.day)
        facts = {"day": case.day.isoformat(), "fee": euro(risen)}
        if case.budget_allows is None:
            ruling.findings.append(Finding("budget", "unknown", {**facts}, FEES))
            ruling.missing.append(
                Missing("budget", "budget_allows", "whether the budget of 2021 allows the rise", "none")
            )
        else:
            ruling.findings.append(Finding("budget", "met" if case.budget_allows else "not-met", {**facts}, FEES))
            session = risen if case.budget_allows else session
    fee: Decimal | None = session
    facts = {"day": case.day.isoformat(), "fee": euro(session)}
    ruling.findings.append(Finding("session-fee", "met", {**facts}, FEES))
    if case.service == "other":
        fee = _in_proportion(case, session, ruling)
    if ruling.missing or fee is None:
        ruling.outcome = "pending"
        return ruling
    ruling.amounts.append(Amount("fee", fee, "once", case.day, case.day))
    ruling.total = fee
    return ruling


def _in_proportion(case: Service, session: Decimal, ruling: Ruling) -> Decimal | None:
    """The fee of another service.

    It rises as that of the session did, rounded half-up to the cent.
    """
    if case.fee_before is None or case.session_before is None:
        ruling.findings.append(Finding("in-proportion", "unknown", {}, FEES))
        ruling.missing.append(
            Missing("in-proportion", "fee_before", "fees of the service and of a session before", "none")
        )
        return None
    fee = round_half_up(case.fee_before * session / case.session_before)
    facts = {"before": euro(case.fee_before), "session_before": euro(case.session_before), "fee": euro(fee)}
    ruling.findings.append(Finding("in-proportion", "met", {**facts}, FEES))
    return fee
