"""What the project on the health of doctors offers on a day.

Nothing is paid: the decision names actions, organisations and contact.
"""

from datetime import date

from tegemoet.domain.decision import FactValue, Finding, Missing, Phrase, Ruling
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.wellbeing_support.case import Question

PROJECT = cite("wellbeing-page", "Project 'Gezondheid van artsen'")
OTHERS = cite("wellbeing-page", "Wat met de andere zorgverleners?")


def decide(case: Question, on: date, parameters: ParameterSet) -> Ruling:
    """Decide what is available that day.

    Granted: what is available to a doctor. Refused: the project has ended. Pending: other
    professions await its evaluation. Raises ParameterUnknownError for a day before the agreement
    that announced the project.
    """
    last = parameters.day("project-last-day", on)
    professions = [str(p.value) for p in parameters.rows("profession", on)]
    days: dict[str, FactValue] = {"day": on.isoformat(), "last": last.isoformat()}
    asker: dict[str, FactValue] = {"profession": case.profession}
    if case.profession not in professions:
        # what follows the evaluation is for others too, whether or not the project still runs
        facts = asker | days | {"runs": on <= last}
        ruling = Ruling("pending", [Finding("profession", "unknown", facts, OTHERS)])
        seen = Phrase("value", {"value": case.profession})
        ruling.missing.append(Missing("profession", "profession", Phrase("evaluation"), seen))
    elif on > last:
        ruling = Ruling("refused", [Finding("project", "not-met", days, PROJECT)])
        needed, seen = Phrase("on-or-before", {"day": days["last"]}), Phrase("day", {"day": days["day"]})
        ruling.missing.append(Missing("project", "on", needed, seen))
    else:
        found = [Finding("profession", "met", asker, PROJECT), Finding("project", "met", days, PROJECT)]
        found += [_open(action) for action in parameters.rows("action", on) if _is_asked(action, case)]
        found += [_organisation(organisation) for organisation in parameters.rows("organisation", on)]
        ruling = Ruling("granted", found)
    ruling.findings.append(_contact(on, parameters))
    return ruling


def _is_asked(action: Parameter, case: Question) -> bool:
    return dict(action.key)["domain"] in case.domains


def _open(action: Parameter) -> Finding:
    facts: dict[str, FactValue] = {"domain": dict(action.key)["domain"], "action": str(action.value)}
    return Finding("open", "met", facts, action.source)


def _organisation(organisation: Parameter) -> Finding:
    return Finding("organisation", "met", {"organisation": str(organisation.value)}, organisation.source)


def _contact(on: date, parameters: ParameterSet) -> Finding:
    parts = {part: parameters.find("contact", on, part=part) for part in ("service", "telephone", "email", "address")}
    return Finding("contact", "met", {part: str(found.value) for part, found in parts.items()}, parts["service"].source)
