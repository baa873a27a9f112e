"""What a psychiatric hospital may bill during the epidemic.

Source: amendments PSY/2019ter and PSY/2019quater. Remote sessions: 45 minutes, individual, one a
day and three a calendar week. Partial hospitalisation: at home, or shortened from seven to three
hours. Some codes may not be billed on such a day. Amounts are in EUR.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Missing, Ruling
from tegemoet.domain.money import ZERO
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.psychiatric_day_care.case import Billed, DayCare, PartialDay, Session

REMOTE = cite("psychiatry-amendment-2019-ter", "article 7, § 1/bis")
HOME = cite("psychiatry-amendment-2019-ter", "article 6bis")
HOSPITAL = cite("psychiatry-amendment-2019-quater", "article 6ter")


def decide(case: DayCare, on: date, parameters: ParameterSet) -> Ruling:
    """Granted if any of the care may be billed.

    A session after the day `on` is still to be held: pending. Raises ParameterUnknownError for days
    outside the amendments.
    """
    ruling = Ruling("refused", [])
    _sessions(case, on, parameters, ruling)
    standing = {day.on: day for day in case.partial_days}
    kept = [_partial_day(day, parameters, ruling) for day in sorted(case.partial_days, key=lambda day: day.on)]
    billable = [
        _billed(item, standing, case, parameters, ruling) for item in sorted(case.billed, key=lambda b: (b.on, b.code))
    ]
    ruling.total = sum((a.amount for a in ruling.amounts), ZERO)
    if ruling.missing:
        ruling.outcome = "pending"
    elif ruling.amounts or any(kept) or any(billable):
        ruling.outcome = "granted"
    return ruling


def _sessions(case: DayCare, on: date, parameters: ParameterSet, ruling: Ruling) -> None:
    """The sessions in order of their days.

    The first session of a day that may be billed counts, and the first three of a calendar week
    (from Monday).
    """
    per_day: Counter[date] = Counter()
    per_week: Counter[tuple[int, int]] = Counter()
    for index, session in sorted(enumerate(case.sessions), key=lambda held: (held[1].on, held[0])):
        fee = parameters.decimal("session-fee", session.on)
        week = session.on.isocalendar()[:2]
        facts: dict[str, FactValue] = {"on": session.on.isoformat(), "minutes": str(session.minutes), "by": session.by}
        if session.on > on:
            ruling.findings.append(Finding("session-held", "unknown", facts, REMOTE))
            ruling.missing.append(
                Missing("session-held", f"sessions/{index}/on", f"a day from {session.on}", on.isoformat())
            )
            continue
        reason = _why_not(session, parameters)
        if reason is None and per_day[session.on] >= parameters.integer("sessions-per-day", session.on):
            reason = "most-of-a-day"
        if reason is None and per_week[week] >= parameters.integer("sessions-per-week", session.on):
            reason = "most-of-a-week"
        if reason is not None:
            ruling.findings.append(Finding("session", "not-met", {**facts, "reason": reason}, REMOTE))
            continue
        per_day[session.on] += 1
        per_week[week] += 1
        ruling.findings.append(Finding("session", "met", {**facts, "fee": str(fee)}, REMOTE))
        ruling.amounts.append(Amount("session", Decimal(fee), "once", session.on, session.on))


def _why_not(session: Session, parameters: ParameterSet) -> str | None:
    """Why a session does not count by itself, or None if it does."""
    if session.minutes < parameters.integer("session-minutes", session.on):
        return "too-short"
    if not session.individual:
        return "not-individual"
    if not session.by_team:
        return "not-by-the-team"
    if session.by == "video" and not session.encrypted:
        return "not-encrypted"
    if session.by == "telephone" and session.video_possible:
        return "video-was-possible"
    return None


def _partial_day(day: PartialDay, parameters: ParameterSet, ruling: Ruling) -> bool:
    """Whether a day of partial hospitalisation counts.

    It requires a contact at home, or the required hours in the hospital.
    """
    facts: dict[str, FactValue] = {"on": day.on.isoformat()}
    if day.hours is None:
        ruling.findings.append(Finding("day-at-home", "met" if day.contact else "not-met", facts, HOME))
        return day.contact
    shortened = not day.distance_kept_in_full_day and not day.needs_more
    needed = parameters.decimal("hours-of-a-shortened-day" if shortened else "hours-of-a-day", day.on)
    enough = day.hours >= needed
    facts |= {"hours": str(day.hours), "needed": str(needed)}
    ruling.findings.append(Finding("day-in-hospital", "met" if enough else "not-met", facts, HOSPITAL))
    return enough


def _billed(
    item: Billed, standing: dict[date, PartialDay], case: DayCare, parameters: ParameterSet, ruling: Ruling
) -> bool:
    """Whether a code may be billed on its day."""
    day = standing.get(item.on)
    facts: dict[str, FactValue] = {"on": item.on.isoformat(), "code": item.code}
    if day is None:
        ruling.findings.append(Finding("code", "not-needed", facts, HOME))
        return True
    source = HOME if day.place == "home" else HOSPITAL
    closed = {
        dict(p.key)["code"]: p.value
        for p in parameters.rows("not-billable", item.on)
        if dict(p.key)["place"] == day.place
    }
    how = closed.get(item.code)
    allowed = how is None or (how == "unless-regular" and case.regular_psychotherapy)
    ruling.findings.append(Finding("code", "met" if allowed else "not-met", facts, source))
    return allowed
