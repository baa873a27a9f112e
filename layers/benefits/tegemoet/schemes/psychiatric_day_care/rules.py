"""What a psychiatric hospital may bill during the epidemic.

Source: amendments PSY/2019ter and PSY/2019quater. Remote sessions: 45 minutes, individual, one a
day and three a calendar week. Partial hospitalisation: at home, or shortened from seven to three
hours. The amendments forbid some codes on such a day and allow no others. Amounts are in EUR.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from tegemoet.domain.decision import Amount, FactValue, Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.money import ZERO
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.psychiatric_day_care.case import Billed, DayCare, PartialDay, Session

REMOTE = cite("psychiatry-amendment-2019-ter", "article 7, § 1/bis")
HOME = cite("psychiatry-amendment-2019-ter", "article 6bis")
HOSPITAL = cite("psychiatry-amendment-2019-quater", "article 6ter")


def decide(case: DayCare, on: date, parameters: ParameterSet) -> Ruling:
    """Granted if a session or a day of partial hospitalisation may be billed.

    Pending while a fact is unknown on which one of them rests. Raises InvalidError for what lies
    after the day `on`, ParameterUnknownError for days outside the amendments.
    """
    for kind in ("sessions", "partial_days", "billed"):
        for index, item in enumerate(getattr(case, kind)):
            refuse_future(item.on, on, f"/{kind}/{index}/on")
    ruling = Ruling("refused", [])
    _sessions(case, parameters, ruling)
    in_order = sorted(enumerate(case.partial_days), key=lambda numbered: numbered[1].on)
    counts = {day.on: _partial_day(index, day, parameters, ruling) for index, day in in_order}
    places = {day.on: day.place for day in case.partial_days}
    for item in sorted(case.billed, key=lambda billed: (billed.on, billed.code)):
        _billed(item, places.get(item.on), counts.get(item.on), case, parameters, ruling)
    if ruling.amounts:
        ruling.total = sum((a.amount for a in ruling.amounts), ZERO)
    if ruling.missing:
        ruling.outcome = "pending"
    elif ruling.amounts or any(counts.values()):
        ruling.outcome = "granted"
    return ruling


def _sessions(case: DayCare, parameters: ParameterSet, ruling: Ruling) -> None:
    """The sessions in order of their days.

    The first session of a day that may be billed counts, and the first three of a calendar week
    (from Monday). After these, nothing is asked of a further one.
    """
    per_day: Counter[date] = Counter()
    per_week: Counter[tuple[int, int]] = Counter()
    for index, session in sorted(enumerate(case.sessions), key=lambda held: (held[1].on, held[0])):
        fee = parameters.decimal("session-fee", session.on)
        week = session.on.isocalendar()[:2]
        facts: dict[str, FactValue] = {"on": session.on.isoformat(), "minutes": session.minutes, "by": session.by}
        reasons: list[str] = []
        unknown: list[str] = []
        if session.minutes < parameters.integer("session-minutes", session.on):
            reasons.append("too-short")
        for name, is_met, reason in _conditions(session):
            if is_met is None:
                unknown.append(name)
            elif not is_met:
                reasons.append(reason)
        if not reasons:
            if per_day[session.on] >= parameters.integer("sessions-per-day", session.on):
                reasons.append("most-of-a-day")
            if per_week[week] >= parameters.integer("sessions-per-week", session.on):
                reasons.append("most-of-a-week")
        if reasons:
            ruling.findings.append(Finding("session", "not-met", {**facts, "reasons": [*reasons]}, REMOTE))
        elif unknown:
            ruling.findings.append(Finding("session", "unknown", facts, REMOTE))
            ruling.missing += [_asked("session", f"sessions/{index}", name) for name in unknown]
        else:
            per_day[session.on] += 1
            per_week[week] += 1
            ruling.findings.append(Finding("session", "met", {**facts, "fee": str(fee)}, REMOTE))
            ruling.amounts.append(Amount("session", Decimal(fee), "once", session.on, session.on))


def _conditions(session: Session) -> Iterator[tuple[str, bool | None, str]]:
    """What a session requires: the field, whether it is met (None = unknown), and why not."""
    yield "individual", session.individual, "not-individual"
    yield "by_team", session.by_team, "not-by-the-team"
    if session.by == "video":
        yield "encrypted", session.encrypted, "not-encrypted"
    else:
        impossible = None if session.video_possible is None else not session.video_possible
        yield "video_possible", impossible, "video-was-possible"


def _asked(rule: str, path: str, name: str) -> Missing:
    """That the fact `name` of an item of the case is required."""
    return Missing(rule, f"{path}/{name}", Phrase(name.replace("_", "-")), Phrase("nothing"))


def _partial_day(index: int, day: PartialDay, parameters: ParameterSet, ruling: Ruling) -> bool | None:
    """Whether a day of partial hospitalisation counts; None = unknown.

    It requires a contact at home, or the required hours in the hospital.
    """
    if day.hours is None:
        counts = day.contact
        unknown = ["contact"] if counts is None else []
        facts: dict[str, FactValue] = {"on": day.on.isoformat()}
        rule, source = "day-at-home", HOME
    else:
        counts, needed, unknown = _hours(day, day.hours, parameters)
        facts = {"on": day.on.isoformat(), "hours": f"{day.hours.normalize():f}", "needed": str(needed)}
        rule, source = "day-in-hospital", HOSPITAL
    outcome: Met = "unknown" if counts is None else "met" if counts else "not-met"
    ruling.findings.append(Finding(rule, outcome, facts, source))
    ruling.missing += [_asked(rule, f"partial_days/{index}", name) for name in unknown]
    if counts and (day.place == "hospital" or day.medicines is not None):
        has_share = day.place == "hospital" or day.medicines
        on: dict[str, FactValue] = {"on": day.on.isoformat()}
        ruling.findings.append(Finding("medicine-share", "met" if has_share else "not-needed", on, source))
    return counts


def _hours(day: PartialDay, hours: Decimal, parameters: ParameterSet) -> tuple[bool | None, Decimal, list[str]]:
    """Whether the hours suffice, how many are needed, and which facts decide it.

    A shortened day suffices only if the hospital cannot keep the distance in a full day, and the
    patient needs no more. Both have to be known.
    """
    full = parameters.decimal("hours-of-a-day", day.on)
    shortened = parameters.decimal("hours-of-a-shortened-day", day.on)
    forbidding = {"distance_kept_in_full_day": day.distance_kept_in_full_day, "needs_more": day.needs_more}
    if hours >= full or any(forbidding.values()):
        return hours >= full, full, []
    unknown = [name for name, is_so in forbidding.items() if is_so is None]
    if hours < shortened or not unknown:
        return hours >= shortened, shortened, []
    return None, full, unknown


def _billed(
    item: Billed,
    place: str | None,
    counts: bool | None,
    case: DayCare,
    parameters: ParameterSet,
    ruling: Ruling,
) -> None:
    """Whether the amendments forbid a code on its day.

    At home they forbid it to a patient in partial hospitalisation; in the hospital on the days that
    are billed.
    """
    facts: dict[str, FactValue] = {"on": item.on.isoformat(), "code": item.code}
    source = HOSPITAL if place == "hospital" else HOME
    if place is None or (place == "hospital" and counts is False):
        ruling.findings.append(Finding("code", "not-needed", facts, source))
        return
    facts["place"] = place
    outcome = _forbidden(_listed(place, item, parameters), counts if place == "hospital" else True, case)
    ruling.findings.append(Finding("code", outcome, facts, source))
    if outcome == "unknown" and place == "home" and not any(m.rule == "code" for m in ruling.missing):
        ruling.missing.append(_asked("code", "", "regular_psychotherapy"))


def _listed(place: str, item: Billed, parameters: ParameterSet) -> str | None:
    """How the code is forbidden at the place, or None if it is not listed."""
    wanted: Mapping[str, str] = {"place": place, "code": item.code}
    rows = parameters.rows("not-billable", item.on)
    return next((str(row.value) for row in rows if dict(row.key) == wanted), None)


def _forbidden(how: str | None, counts: bool | None, case: DayCare) -> Met:
    if how is None:
        return "not-needed"
    if counts is None:
        return "unknown"
    if how == "unless-regular" and case.regular_psychotherapy is None:
        return "unknown"
    return "met" if how == "unless-regular" and case.regular_psychotherapy else "not-met"
