"""Whether a self-employed person belongs to category A or B of the crisis supplement.

Source: circular V.I. 2020/289, introduction and section 1. The incapacity lasts at least eight
days; it is a primary incapacity that began in the measure (A), or the permitted activity was
stopped (B).
"""

from dataclasses import dataclass
from datetime import date

from tegemoet.domain.calendar import LAST_DAY, Period, join_equal
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.crisis_supplement.case import SelfEmployedIncapacity, Stop
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite

EIGHT_DAYS = cite("circular-2020-289", "introduction: incapacity of at least eight days")
CATEGORY_A = cite("circular-2020-289", "1.1")
CATEGORY_B = cite("circular-2020-289", "1.2")
COVERED = ("self-employed", "assisting-spouse")
"""Article 3, 1° and 4°, of the royal decree of 20 July 1971."""
PRIMARY = "primary"
NOTICE, NOTHING, NO = Phrase("written-notice"), Phrase("nothing"), Phrase("no")


@dataclass(frozen=True, slots=True)
class Category:
    """The findings on the person.

    `stopped` are the days on which category B counts. None: category A, which requires no stop.
    `entitled`: the person belongs to a category, for an incapacity that is long enough.
    """

    findings: list[Finding]
    missing: list[Missing]
    stopped: list[Period] | None
    entitled: bool


def judge_category(case: SelfEmployedIncapacity, on: date, parameters: ParameterSet) -> Category:
    """The findings on the person on the day `on`.

    Raises InvalidError if the case tells an event after that day.
    """
    _refuse_events_to_come(case, on)
    findings, missing = [_eight_days(case, on, parameters)], list[Missing]()
    stopped = _category(case, on, parameters, findings, missing)
    entitled = findings[0].outcome == "met" and stopped != []
    if findings[0].outcome == "unknown":
        needed, seen = _days("at-least-days", findings[0].facts["needed"]), _days("days", case.lasted(on))
        missing.append(Missing("eight-days", "/incapacity_until", needed, seen))
    return Category(findings, missing, stopped, entitled)


def _refuse_events_to_come(case: SelfEmployedIncapacity, on: date) -> None:
    """The incapacity, a stop and a wrong payment have happened; days and ends may lie ahead."""
    refuse_future(case.incapacity_from, on, "/incapacity_from")
    if case.employee:
        refuse_future(case.employee.incapacity_from, on, "/employee/incapacity_from")
    for index, stop in enumerate(case.stops):
        refuse_future(stop.first, on, f"/stops/{index}/from")
    for index, refusal in enumerate(case.refusals):
        refuse_future(refusal.paid_on, on, f"/refusals/{index}/paid_on")


def _days(phrase: str, days: FactValue) -> Phrase:
    return Phrase(phrase, {"days": days})


def _eight_days(case: SelfEmployedIncapacity, on: date, parameters: ParameterSet) -> Finding:
    """A shorter incapacity falls within the waiting period: no benefit, so no supplement."""
    needed, lasted = parameters.integer("incapacity-days", on), case.lasted(on)
    ended = case.incapacity_until is not None and case.incapacity_until <= on
    outcome: Met = "met" if lasted >= needed else "not-met" if ended else "unknown"
    return Finding("eight-days", outcome, {"days": lasted, "needed": needed}, EIGHT_DAYS)


def _category(
    case: SelfEmployedIncapacity, on: date, parameters: ParameterSet, findings: list[Finding], missing: list[Missing]
) -> list[Period] | None:
    """Category A: primary incapacity begun in the measure, of a person under the social status.

    Otherwise category B: the days of the person's stopped activity.
    """
    first = parameters.day("first-day", on)
    primary = any(days.benefit == PRIMARY for days in case.days)
    category_a = case.incapacity_from >= first and case.status in COVERED and primary
    facts: dict[str, FactValue] = {
        "began": case.incapacity_from.isoformat(),
        "first": first.isoformat(),
        "status": case.status,
        "primary": primary,
    }
    if category_a:
        findings.append(Finding("category-a", "met", facts, CATEGORY_A))
        return None
    found = [(stop, _stop(stop, on, first, parameters)) for stop in _joined(case)]
    outcomes = [finding.outcome for _, finding in found]
    category_b: Met = "met" if "met" in outcomes else "unknown" if "unknown" in outcomes else "not-met"
    findings.append(Finding("category-a", "not-met" if category_b == "not-met" else "not-needed", facts, CATEGORY_A))
    findings.append(Finding("category-b", category_b, {"stopped": bool(found)}, CATEGORY_B))
    for stop, finding in found:
        findings.append(finding)
        parts = [(index, part) for index, part in enumerate(case.stops) if part.period.overlaps(stop.period)]
        if finding.rule == "stop-notified":
            missing += [
                Missing(finding.rule, f"/stops/{index}/notified", NOTICE, NOTHING if part.notified is None else NO)
                for index, part in parts
                if not part.notified
            ]
        elif finding.outcome == "unknown":
            needed, seen = _days("at-least-days", finding.facts["needed"]), _days("days", finding.facts["days"])
            index, _ = max(parts, key=lambda part: part[1].first)
            missing.append(Missing(finding.rule, f"/stops/{index}/until", needed, seen))
    return [stop.period for stop, finding in found if finding.outcome == "met"]


def _joined(case: SelfEmployedIncapacity) -> list[Stop]:
    """The stops in order. Stops that follow one another are joined.

    The insurer was notified of a joined stop if it was of each part.
    """
    ordered = join_equal(sorted((stop.period, None) for stop in case.stops))
    return [
        Stop(
            first=period.first,
            last=None if period.last == LAST_DAY else period.last,
            notified=all(stop.notified for stop in case.stops if stop.period.overlaps(period)),
        )
        for period, _ in ordered
    ]


def _stop(stop: Stop, on: date, first: date, parameters: ParameterSet) -> Finding:
    """The permitted activity stopped for at least seven days in a row, whatever the reason.

    The stop begins on 1 March 2020 at the earliest.
    """
    needed = parameters.integer("stop-days", on)
    last = min(stop.last or on, on)
    days = (last - stop.first).days + 1
    facts: dict[str, FactValue] = {
        "from": stop.first.isoformat(),
        "until": stop.last.isoformat() if stop.last else None,
        "days": days,
        "needed": needed,
        "first": first.isoformat(),
    }
    ended = stop.last is not None and stop.last <= on
    if stop.first < first or (ended and days < needed):
        return Finding("stopped-activity", "not-met", facts, CATEGORY_B)
    if not stop.notified:
        return Finding("stop-notified", "unknown", facts, CATEGORY_B)
    return Finding("stopped-activity", "met" if days >= needed else "unknown", facts, CATEGORY_B)
