"""The fee of a speech therapist under the agreement of 2020-2021.

A session of thirty minutes, and other services in proportion.
"""

from datetime import date
from decimal import Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.money import euro, round_half_up
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.speech_therapy_fee.case import Service

FEES = cite("speech-therapy-agreement-2020", "adaptation of the fees")
JOINED = cite("speech-therapy-agreement-2020", "period and parties")


def decide(case: Service, on: date, parameters: ParameterSet) -> Ruling:
    """The fee of the service in EUR.

    The agreement binds only those who joined it. Raises InvalidError for a service after the day
    `on`, ParameterUnknownError for one outside the days of the fees.
    """
    refuse_future(case.day, on, "/day")
    if case.joined is False:
        return Ruling("refused", [Finding("joined", "not-met", {}, JOINED)])
    ruling = Ruling("pending", [Finding("joined", "met" if case.joined else "unknown", {}, JOINED)])
    if case.joined is None:
        ruling.missing.append(_asked("joined", "joined"))
    session = _session(case, parameters, ruling)
    fee = session if case.service == "session-30-minutes" else _in_proportion(case, session, ruling)
    if fee is not None:
        ruling.outcome = "granted"
        ruling.amounts.append(Amount("fee", fee, "once", case.day, case.day))
        ruling.total = fee
    return ruling


def _session(case: Service, parameters: ParameterSet, ruling: Ruling) -> Decimal | None:
    """The fee of a session of thirty minutes; None while a fact is unknown that decides it."""
    fee = parameters.decimal("session-fee", case.day)
    facts: dict[str, FactValue] = {"day": case.day.isoformat()}
    if case.day >= parameters.day("second-rise", case.day):
        risen = parameters.decimal("session-fee-if-budget-allows", case.day)
        budget: Met = "unknown" if case.budget_allows is None else "met" if case.budget_allows else "not-met"
        ruling.findings.append(Finding("budget", budget, {**facts, "fee": euro(risen)}, FEES))
        if case.budget_allows is None:
            ruling.missing.append(_asked("budget", "budget_allows"))
            ruling.findings.append(
                Finding("session-fee", "unknown", {**facts, "fee": euro(fee), "risen": euro(risen)}, FEES)
            )
            return None
        fee = risen if case.budget_allows else fee
    if case.joined is None:
        return None
    ruling.findings.append(Finding("session-fee", "met", {**facts, "fee": euro(fee)}, FEES))
    return fee


def _in_proportion(case: Service, session: Decimal | None, ruling: Ruling) -> Decimal | None:
    """The fee of another service; None while a fact is unknown that decides it.

    It rises as that of the session did, rounded half-up to the cent.
    """
    if case.fee_before is None or case.session_before is None:
        ruling.findings.append(Finding("in-proportion", "unknown", {}, FEES))
        ruling.missing += [_asked("in-proportion", name) for name in ("fee_before", "session_before")]
        return None
    if session is None:
        return None
    fee = round_half_up(case.fee_before * session / case.session_before)
    facts = {"before": euro(case.fee_before), "session_before": euro(case.session_before), "fee": euro(fee)}
    ruling.findings.append(Finding("in-proportion", "met", {**facts}, FEES))
    return fee


def _asked(rule: str, name: str) -> Missing:
    """That the fact `name` of the case is required."""
    return Missing(rule, name, Phrase(name.replace("_", "-")), Phrase("nothing"))
