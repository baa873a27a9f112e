"""The answer to a request for a contribution voucher.

Source: circular V.I. 2020/250. A voucher proves contributions to the health insurance and serves no
other purpose. Only the pension service receives a copy, through the institute, from the insurer of
that time. There is no duplicate without an original.
"""

from datetime import date

from tegemoet.domain.decision import Finding, Missing, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.contribution_voucher.case import Request
from tegemoet.schemes.legislation.register import cite

PURPOSE = cite("circular-2020-250", "Inleiding: gebruik bijdragebon buiten de verzekering")
PROCEDURE = cite("circular-2020-250", "Procedure")
LETTERS = cite("circular-2020-250", "standaardcommunicaties")
CONCLUSION = cite("circular-2020-250", "Conclusie")


def decide(case: Request, on: date, parameters: ParameterSet) -> Ruling:
    """Decide the request.

    Granted: a copy reached the pension service. Pending: the request is being handled. Refused:
    with the standard letter to send.
    """
    if case.requester == "pension-service":
        return _route(case, on, parameters)
    facts = {"requester": case.requester, "wanted": case.wanted, "year": str(case.year)}
    return Ruling("refused", [Finding("purpose", "not-met", {**facts}, PURPOSE), _letter(case, parameters)])


def _letter(case: Request, parameters: ParameterSet) -> Finding:
    """Which of the three standard letters answers the request, and its required contents."""
    document = {
        ("insurer", "copy"): "institute-to-insurer",
        ("insurer", "duplicate"): "institute-to-insurer",
        ("person", "duplicate"): "institute-to-person",
        ("person", "copy"): "fund-to-person",
    }[case.requester, case.wanted]
    facts = {
        "document": document,
        "address": str(parameters.find("pension-service-address", case.received_on).value),
        "telephone": str(parameters.find("pension-service-telephone", case.received_on).value),
    }
    return Finding("letter", "met", {**facts}, LETTERS if case.requester == "person" else CONCLUSION)


def _route(case: Request, on: date, parameters: ParameterSet) -> Ruling:
    """The route of the pension service's request.

    To the institute, then to the insurer of that time with its fund, until the insurer answers.
    """
    if case.wanted == "duplicate":
        return Ruling("refused", [Finding("duplicate", "not-met", {"year": str(case.year)}, PROCEDURE)])
    ruling = Ruling("pending", [Finding("pension-service", "met", {"year": str(case.year)}, PROCEDURE)])
    for field, name in (("insurer", case.insurer), ("fund", case.fund)):
        if name is None:
            ruling.missing.append(Missing("route", field, f"{field} of the person when the voucher was made", "none"))
    mailbox = str(parameters.find("institute-mailbox", case.received_on).value)
    facts = {"insurer": case.insurer, "fund": case.fund, "mailbox": mailbox}
    if ruling.missing:
        ruling.findings.append(Finding("route", "unknown", {**facts}, PROCEDURE))
    elif case.forwarded_on is None:
        ruling.findings.append(Finding("route", "met", {**facts}, PROCEDURE))
        ruling.missing.append(
            Missing("forwarded", "forwarded_on", "day on which it was sent on to the insurer", "none")
        )
        ruling.findings.append(Finding("forwarded", "unknown", {**facts}, PROCEDURE))
    else:
        ruling.findings.append(Finding("route", "met", {**facts}, PROCEDURE))
        ruling.findings.append(Finding("forwarded", "met", {"on": case.forwarded_on.isoformat(), **facts}, PROCEDURE))
        _answer(case, case.forwarded_on, on, ruling)
    return ruling


def _answer(case: Request, forwarded_on: date, on: date, ruling: Ruling) -> None:
    """The request is tracked until the insurer answers.

    Without an original there is nothing to copy.
    """
    if case.answered_on is None or case.answered_on > on:
        waited = max(0, (on - forwarded_on).days)
        ruling.findings.append(Finding("answer", "unknown", {"waited": str(waited)}, PROCEDURE))
        ruling.missing.append(Missing("answer", "answered_on", "the insurer's answer", f"none after {waited} days"))
        return
    found = bool(case.original_found)
    ruling.outcome = "granted" if found else "refused"
    ruling.findings.append(
        Finding("answer", "met" if found else "not-met", {"on": case.answered_on.isoformat()}, PROCEDURE)
    )
