"""The duties of a locum doctor around a replacement, done and open, by the page of Domus Medica.

The duties are data (`duty` in the parameters). A duty that is only advised, does not apply to this
locum or lasts for years keeps no decision pending.
"""

from datetime import date

from tegemoet.domain.calendar import end_of_months
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase, Ruling
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
    ruling = Ruling("granted", [])
    _own_name(case, ruling)
    for row in parameters.rows("duty", case.first):
        key = dict(row.key)
        if key["when"] == "for-years":
            ruling.findings.append(_kept(case, row, on, parameters))
        else:
            due = case.first if key["when"] == "first-day" else case.last
            _duty(case, row, key["duty"], due, on, ruling)
    if case.accredited:
        _sessions(case, parameters, ruling)
    ruling.findings += [_contributions(case, parameters), _questions(case, parameters)]
    if case.acts_in_name_of_replaced:
        ruling.outcome = "refused"
    elif ruling.missing:
        ruling.outcome = "pending"
    return ruling


def _own_name(case: Checklist, ruling: Ruling) -> None:
    foreign = case.acts_in_name_of_replaced
    outcome: Met = "unknown" if foreign is None else "not-met" if foreign else "met"
    ruling.findings.append(Finding("own-name", outcome, {}, DUTIES))
    if foreign is None:
        missing = Missing("own-name", "acts_in_name_of_replaced", Phrase("own-name"), Phrase("nothing"))
        ruling.missing.append(missing)


def _duty(case: Checklist, row: Parameter, duty: str, due: date, on: date, ruling: Ruling) -> None:
    """One duty: done, only advised, not applicable, not due yet, or open."""
    facts: dict[str, FactValue] = {"duty": duty, "by": due.isoformat()}
    if duty in case.done:
        finding = Finding("duty", "met", facts, row.source)
    elif row.value == "advised":
        finding = Finding("duty-advised", "not-needed", facts, row.source)
    elif not _applies(case, str(row.value)):
        finding = Finding("duty-not-applicable", "not-needed", facts, row.source)
    elif on < due:
        finding = Finding("duty-later", "not-needed", facts, row.source)
    else:
        finding = Finding("duty", "unknown", facts, row.source)
        ruling.missing.append(Missing("duty", "done", Phrase("duty", facts), Phrase("not-done")))
    ruling.findings.append(finding)


def _applies(case: Checklist, how: str) -> bool:
    return (
        how == "must"
        or (how == "must-if-self-employed" and case.self_employed)
        or (how == "must-if-accredited" and case.accredited)
    )


def _kept(case: Checklist, row: Parameter, on: date, parameters: ParameterSet) -> Finding:
    """What has to be kept until years after the last day is never done before, nor open after."""
    until = end_of_months(case.last, 12 * parameters.integer("records-kept-years", case.first))
    facts: dict[str, FactValue] = {"duty": dict(row.key)["duty"], "until": until.isoformat()}
    return Finding("kept-until" if on <= until else "kept-no-longer", "not-needed", facts, row.source)


def _sessions(case: Checklist, parameters: ParameterSet, ruling: Ruling) -> None:
    """Accreditation requires a number of sessions of the local peer group."""
    needed, followed = parameters.integer("peer-group-sessions", case.first), case.peer_group_sessions
    facts: dict[str, FactValue] = {"sessions": followed, "needed": needed}
    if followed is not None and followed >= needed:
        ruling.findings.append(Finding("peer-group-sessions", "met", facts, STATUS))
        return
    ruling.findings.append(Finding("peer-group-sessions", "unknown", facts, STATUS))
    seen = Phrase("nothing") if followed is None else Phrase("sessions", {"sessions": followed})
    asked = Phrase("sessions", {"sessions": needed})
    ruling.missing.append(Missing("peer-group-sessions", "peer_group_sessions", asked, seen))


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
