"""The duties of a locum doctor around a replacement, done and open, by the page of Domus Medica.

The duties are data (`duty` in the parameters). A duty that is only advised, or does not apply to
this locum, keeps no decision pending.
"""

from datetime import date

from tegemoet.domain.calendar import end_of_months
from tegemoet.domain.decision import Finding, Missing, Ruling
from tegemoet.domain.money import euro
from tegemoet.domain.parameters import Parameter, ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.locum_checklist.case import Checklist

STATUS = cite("domus-medica-locum", "Statuut van de huisarts: erkenning en accreditering")
DUTIES = cite("domus-medica-locum", "Rechten en plichten van de vervangarts")
OTHER = cite("domus-medica-locum", "Varia")
CHOOSING = cite("domus-medica-locum", "Checklist bij de zoektocht naar een passende praktijk")


def decide(case: Checklist, on: date, parameters: ParameterSet) -> Ruling:
    """`granted` if everything due on the day `on` is done, `pending` if something is open.

    `refused` for acting in the name of the replaced doctor, which no later act corrects.
    """
    ruling = Ruling("granted", [_own_name(case)])
    for row in parameters.rows("duty", case.first):
        _duty(case, row, on, parameters, ruling)
    if case.accredited:
        _sessions(case, parameters, ruling)
    ruling.findings += [_contributions(case, parameters), _questions(case, parameters)]
    if case.acts_in_name_of_replaced:
        ruling.outcome = "refused"
    elif ruling.missing:
        ruling.outcome = "pending"
    return ruling


def _own_name(case: Checklist) -> Finding:
    return Finding("own-name", "not-met" if case.acts_in_name_of_replaced else "met", {}, DUTIES)


def _duty(case: Checklist, row: Parameter, on: date, parameters: ParameterSet, ruling: Ruling) -> None:
    """One duty: done, advised or not applicable, not due yet, or open."""
    key = dict(row.key)
    duty = key["duty"]
    due = _due(case, key["when"], parameters)
    facts = {"duty": duty, "by": due.isoformat()}
    if duty in case.done:
        ruling.findings.append(Finding("duty", "met", {**facts}, row.source))
    elif not _is_asked(case, str(row.value)):
        ruling.findings.append(Finding("duty", "not-needed", {**facts}, row.source))
    elif on < due:
        ruling.findings.append(Finding("duty-later", "not-needed", {**facts}, row.source))
    else:
        ruling.findings.append(Finding("duty", "unknown", {**facts}, row.source))
        ruling.missing.append(Missing("duty", "done", f"{duty}, by {due.isoformat()}", "not done"))


def _due(case: Checklist, when: str, parameters: ParameterSet) -> date:
    """The day by which a duty is due."""
    if when == "first-day":
        return case.first
    if when == "last-day":
        return case.last
    return end_of_months(case.last, 12 * parameters.integer("records-kept-years", case.first))


def _is_asked(case: Checklist, how: str) -> bool:
    return (
        how == "must"
        or (how == "must-if-self-employed" and case.self_employed)
        or (how == "must-if-accredited" and case.accredited)
    )


def _sessions(case: Checklist, parameters: ParameterSet, ruling: Ruling) -> None:
    """Accreditation requires a number of sessions of the local peer group."""
    needed = parameters.integer("peer-group-sessions", case.first)
    facts = {"sessions": str(case.peer_group_sessions), "needed": str(needed)}
    enough = case.peer_group_sessions >= needed
    ruling.findings.append(Finding("peer-group-sessions", "met" if enough else "unknown", {**facts}, STATUS))
    if not enough:
        seen = f"{case.peer_group_sessions} sessions"
        ruling.missing.append(Missing("peer-group-sessions", "peer_group_sessions", f"{needed} sessions", seen))


def _contributions(case: Checklist, parameters: ParameterSet) -> Finding:
    """With another job, social contributions lapse below a net income of the year."""
    limit = parameters.decimal("social-contributions-from", case.first)
    if not case.other_job or case.net_income is None:
        return Finding("social-contributions", "not-needed", {"limit": euro(limit)}, OTHER)
    facts = {"limit": euro(limit), "income": euro(case.net_income)}
    return Finding("social-contributions", "met" if case.net_income < limit else "not-met", {**facts}, OTHER)


def _questions(case: Checklist, parameters: ParameterSet) -> Finding:
    """The questions to clarify before choosing a practice."""
    return Finding(
        "questions",
        "not-needed",
        {"questions": [str(q.value) for q in parameters.rows("question", case.first)]},
        CHOOSING,
    )
