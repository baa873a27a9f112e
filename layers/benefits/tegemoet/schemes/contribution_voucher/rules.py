"""The answer to a request for a contribution voucher.

Source: circular V.I. 2020/250. A voucher proves contributions to the health insurance and serves no
other purpose. Only the pension service receives a copy, through the institute, from the insurer of
that time. There is no duplicate without an original.
"""

from datetime import date

from tegemoet.domain.decision import FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.contribution_voucher.case import Request
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite

PURPOSE = cite("circular-2020-250", "Inleiding: gebruik bijdragebon buiten de verzekering")
PROCEDURE = cite("circular-2020-250", "Procedure")
LETTERS = cite("circular-2020-250", "standaardcommunicaties")
CONCLUSION = cite("circular-2020-250", "Conclusie")


def decide(case: Request, on: date, parameters: ParameterSet) -> Ruling:
    """Decide the request.

    Granted: a copy reached the pension service. Pending: the request is being handled. Refused:
    with the standard letter to send. Raises InvalidError for what lies after the day `on`.
    """
    for field in ("received_on", "forwarded_on", "answered_on"):
        refuse_future(getattr(case, field), on, f"/{field}")
    if case.requester == "pension-service":
        return _route(case, on, parameters)
    facts: dict[str, FactValue] = {"requester": case.requester, "wanted": case.wanted, "year": str(case.year)}
    ruling = Ruling("refused", [Finding("purpose", "not-met", facts, PURPOSE)])
    if case.wanted == "duplicate":
        _original(case, ruling)
    ruling.findings.append(_letter(case, parameters))
    return ruling


def _original(case: Request, ruling: Ruling) -> None:
    """That there is no original, which holds only where somebody looked for it in both places."""
    if case.in_data_flows is False and case.on_paper is False:
        facts: dict[str, FactValue] = {"year": str(case.year), "without_original": True}
        ruling.findings.append(Finding("original", "not-met", facts, PROCEDURE))


def _letter(case: Request, parameters: ParameterSet) -> Finding:
    """Which of the three standard letters answers the request, and its required contents."""
    document = {
        ("insurer", "copy"): "institute-to-insurer",
        ("insurer", "duplicate"): "institute-to-insurer",
        ("person", "duplicate"): "institute-to-person",
        ("person", "copy"): "fund-to-person",
    }[case.requester, case.wanted]
    facts: dict[str, FactValue] = {
        "document": document,
        "address": str(parameters.find("pension-service-address", case.received_on).value),
        "telephone": str(parameters.find("pension-service-telephone", case.received_on).value),
    }
    looked_for = {"in_data_flows": case.in_data_flows, "on_paper": case.on_paper}
    facts |= {place: found for place, found in looked_for.items() if found is not None}
    return Finding("letter", "met", facts, LETTERS if case.requester == "person" else CONCLUSION)


def _route(case: Request, on: date, parameters: ParameterSet) -> Ruling:
    """The route of the pension service's request.

    To the institute, then to the insurer of that time with its fund, until the insurer answers.
    """
    year: dict[str, FactValue] = {"year": str(case.year)}
    if case.wanted == "duplicate":
        refused = Ruling("refused", [Finding("duplicate", "not-met", year, PROCEDURE)])
        _original(case, refused)
        return refused
    ruling = Ruling("pending", [Finding("pension-service", "met", year, PROCEDURE)])
    of_the_time = {"insurer": case.insurer, "fund": case.fund}
    facts: dict[str, FactValue] = {name: value for name, value in of_the_time.items() if value is not None}
    routed: dict[str, FactValue] = {
        **facts,
        "mailbox": str(parameters.find("institute-mailbox", case.received_on).value),
    }
    ruling.missing += [_asked("route", name) for name, value in of_the_time.items() if value is None]
    if ruling.missing:
        ruling.findings.append(Finding("route", "unknown", routed, PROCEDURE))
        return ruling
    ruling.findings.append(Finding("route", "met", routed, PROCEDURE))
    if case.forwarded_on is None:
        ruling.missing.append(_asked("forwarded", "forwarded_on"))
        ruling.findings.append(Finding("forwarded", "unknown", facts, PROCEDURE))
    else:
        ruling.findings.append(Finding("forwarded", "met", {"on": case.forwarded_on.isoformat(), **facts}, PROCEDURE))
        _answer(case, case.forwarded_on, on, ruling)
    return ruling


def _answer(case: Request, forwarded_on: date, on: date, ruling: Ruling) -> None:
    """The request is tracked until the insurer answers.

    Without an original there is nothing to copy.
    """
    if case.answered_on is None:
        waited: dict[str, FactValue] = {"waited": (on - forwarded_on).days}
        ruling.findings.append(Finding("answer", "unknown", waited, PROCEDURE))
        ruling.missing.append(Missing("answer", "answered_on", Phrase("answered-on"), Phrase("waited", waited)))
        return
    found = bool(case.original_found)
    ruling.outcome = "granted" if found else "refused"
    ruling.findings.append(
        Finding("answer", "met" if found else "not-met", {"on": case.answered_on.isoformat()}, PROCEDURE)
    )


def _asked(rule: str, name: str) -> Missing:
    """That the fact `name` of the case is required."""
    return Missing(rule, name, Phrase(name.replace("_", "-")), Phrase("nothing"))
