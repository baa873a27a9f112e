"""What the project on the health of doctors offers on a day. Nothing is paid: the decision names actions, organisations and contact."""

from datetime import date

from tegemoet.domain.decision import Fact, Finding, Met, Missing, Outcome, Ruling, Span
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.wellbeing_support.case import Question

PROJECT = cite("wellbeing-page", "Project 'Gezondheid van artsen'")
OTHERS = cite("wellbeing-page", "Wat met de andere zorgverleners?")


def decide(case: Question, on: date, parameters: ParameterSet) -> Ruling:
    """Granted: what is open to a doctor that day; refused: the project has ended; pending: other professions wait for its evaluation.

    Raises ParameterUnknown for a day before the agreement that announced the project.
    """
    last = parameters.day("project-last-day", on)
    professions = [str(p.value) for p in parameters.rows("profession", on)]
    facts: dict[str, Fact] = {"profession": case.profession, "day": on.isoformat(), "last": last.isoformat()}
    outcome: Outcome = "granted"
    if case.profession not in professions:
        # what comes after the evaluation is for others too, whether the project still runs or not
        ruling = Ruling("pending", [Finding("profession", "unknown", facts, OTHERS)])
        ruling.missing.append(Missing("profession", "profession", "the evaluation of the project", case.profession))
    else:
        runs: Met = "met" if on <= last else "not-met"
        outcome = "granted" if runs == "met" else "refused"
        ruling = Ruling(
            outcome, [Finding("profession", "met", facts, PROJECT), Finding("project", runs, facts, PROJECT)]
        )
        if runs == "met":
            first = min(p.first for p in parameters.parameters if p.name == "project-last-day")
            ruling.periods.append(Span("project", first, last, (last - first).days + 1))
            ruling.findings += [_open(action) for action in parameters.rows("action", on) if _is_asked(action, case)]
            ruling.findings += [_organisation(o) for o in parameters.rows("organisation", on)]
        else:
            ruling.missing.append(Missing("project", "on", f"a day to {last.isoformat()}", on.isoformat()))
    ruling.findings.append(_contact(on, parameters))
    return ruling


def _is_asked(action: Parameter, case: Question) -> bool:
    return dict(action.key)["domain"] in case.domains


def _open(action: Parameter) -> Finding:
    facts: dict[str, Fact] = {"domain": dict(action.key)["domain"], "action": str(action.value)}
    return Finding("open", "met", facts, action.source)


def _organisation(organisation: Parameter) -> Finding:
    return Finding("organisation", "met", {"organisation": str(organisation.value)}, organisation.source)


def _contact(on: date, parameters: ParameterSet) -> Finding:
    parts = {part: parameters.find("contact", on, part=part) for part in ("service", "telephone", "email", "address")}
    return Finding("contact", "met", {part: str(found.value) for part, found in parts.items()}, parts["service"].source)
