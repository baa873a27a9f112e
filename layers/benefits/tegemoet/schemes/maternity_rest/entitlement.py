"""Who is entitled to a maternity rest or a converted maternity leave.

Source: circular V.I. 2020/204. Quality of beneficiary, waiting period, retention and the thirty-day
rule (sections I and II), the end of all activity (IV), the birth that counts (V), and the stay in
Belgium (X).

Each `judge_…` adds its findings to a `Judgement`, and what would change the outcome of each rule
that failed or is unknown. The functions of sections I and II take the facts of a claimant and the
first day of rest or leave, because converted maternity leave sets the same conditions.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from tegemoet.domain.calendar import ONE_DAY, end_of_months
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.holidays import next_working_day
from tegemoet.domain.money import euro
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError, ParameterUnknownError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import Birth, MaternityCase
from tegemoet.schemes.maternity_rest.insurability import (
    ChildRaising,
    Insurability,
    Opening,
    Quality,
    Retention,
    WageAmount,
)
from tegemoet.schemes.maternity_rest.payments import six_day_week_days
from tegemoet.schemes.maternity_rest.rest import Rest

FactValues = dict[str, FactValue]

QUALITY = cite("law-1994-07-14", "article 86, § 1; article 112 (circular V.I. 2020/204, section I)")
WAITING_PERIOD = cite("royal-decree-1996-07-03", "article 203/1")
WAGE_AMOUNT = cite("royal-decree-1996-07-03", "articles 286 and following")
EXEMPTION = cite("royal-decree-1996-07-03", "article 205, § 1, § 3/1 and § 6; article 205/1, § 1")
REDUCED = {
    "child-raising": cite("royal-decree-1996-07-03", "article 205/1, § 2"),
    "voluntary-insurance": cite("royal-decree-1996-07-03", "article 205/1, § 3"),
    "after-self-employed": cite("royal-decree-1996-07-03", "article 206/1"),
}
RECENT_RIGHT = cite("royal-decree-1996-07-03", "article 204, §§ 2 and 3")
RETENTION = cite("royal-decree-1996-07-03", "article 207/1, first paragraph")
THREE_QUARTERS = cite("royal-decree-1996-07-03", "article 207/1, second paragraph")
THIRTY_DAYS = cite("law-1994-07-14", "articles 116 and 131")
DELIVERY = cite("law-1994-07-14", "article 114, fourth paragraph")
CESSATION = cite("law-1994-07-14", "article 115")
TERRITORIALITY = cite("law-1994-07-14", "article 136, § 1; article 117")

NOTHING, NO = Phrase("nothing"), Phrase("no")
_RETAINED = "insurability/retention"
_REMOVAL = ("full-work-removal", "activity-in-partial-removal")
_RECOGNISED = (*_REMOVAL, "incapacity", "authorised-activity")
"""Kinds of past days that are recognised incapacity or protection.

Work may continue in part with either.
"""
_EXEMPTING = re.compile(r"205 ?,? ?§ ?(?:1|3/1|6)(?![0-9/])", re.ASCII)
_ARTICLE = re.compile(r"art(?:\.|icle|ikel)? ?", re.ASCII)
"""How some callers begin the name of an article."""


@dataclass(slots=True)
class Judgement:
    """The findings on a claimant on the first day of rest (or leave), and how to change them."""

    first: date
    parameters: ParameterSet
    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    lacking: list[ParameterUnknownError] = field(default_factory=list)
    """Figures that a rule requires and that are not known. A refusal requires none."""

    @property
    def refused(self) -> bool:
        """Whether a rule failed. If none did, raises ParameterUnknownError for a lacking figure."""
        if any(finding.outcome == "not-met" for finding in self.findings):
            return True
        if self.lacking:
            raise self.lacking[0]
        return False

    def find(self, rule: str, outcome: Met, source: Source, facts: FactValues) -> None:
        """Add a finding of `rule`."""
        self.findings.append(Finding(rule, outcome, facts, source))

    def ask(self, rule: str, place: str, needed: Phrase, seen: Phrase = NOTHING) -> None:
        """Add what would change the outcome of `rule`, and the field of the case."""
        self.missing.append(Missing(rule, place, needed, seen))

    def add(self, other: "Judgement") -> None:
        """Add everything that another judgement of this claimant contains."""
        self.findings += other.findings
        self.missing += other.missing
        self.lacking += other.lacking

    def record_answer(self, rule: str, source: Source, place: str, needed: Phrase, answer: bool | None) -> None:
        """Add a rule that yes meets and no fails. Without an answer, the rule is unknown."""
        if not answer:
            self.ask(rule, place, needed, NOTHING if answer is None else NO)
        self.find(rule, _outcome(answer), source, {})

    def limit(self, name: str, **key: str) -> int:
        """The parameter `name` in force on the first day."""
        return self.parameters.integer(name, self.first, **key)


def judge_entitlement(case: MaternityCase, rest: Rest, parameters: ParameterSet) -> Judgement:
    """All conditions of a maternity rest, in the order of the circular."""
    judgement = Judgement(rest.first, parameters)
    check_interruption(case.quality, rest.start)
    judge_quality(case.quality, _first_protected(case, rest.first), judgement)
    judge_insurability(case.insurability, judgement)
    judge_thirty_days(case.quality, _recognised(case, rest.first), judgement)
    _judge_delivery(case.births, judgement)
    judge_territoriality(case.stays_abroad, judgement)
    _judge_activity(case, rest, judgement)
    return judgement


# I. Quality of beneficiary


def check_interruption(quality: Quality, start: date) -> None:
    """Raises InvalidError if work was interrupted for rest after `start`, the first day of rest.

    Days of incapacity that are converted into rest lie before `start`.
    """
    if quality.rest_from is not None and quality.rest_from > start:
        fault = Fault("/case/quality/rest_from", "after-first-day")
        raise InvalidError("Work was interrupted after the rest began.", faults=(fault,))


def judge_quality(quality: Quality, began: date, judgement: Judgement) -> None:
    """The six qualities of article 86, § 1, and the conditions of each.

    `began` is the first day of the protection (work removal or rest).
    """
    until = last_day_of_quality(quality, judgement)
    facts: FactValues = {
        "kind": quality.kind,
        "basis": quality.basis,
        "from": _iso(judgement.first),
        "until": _iso(until),
    }
    judgement.find("quality", "met", QUALITY, facts)
    if quality.kind == "resting-since-fifth-month":
        _judge_fifth_month(quality, judgement)
    elif quality.kind in ("after-continued-insurance", "after-transition-benefit"):
        if quality.kind == "after-continued-insurance":
            judgement.record_answer(
                "earlier-quality",
                QUALITY,
                "quality/earlier_quality",
                Phrase("earlier-quality"),
                quality.earlier_quality,
            )
        _judge_first_working_day(quality, began, judgement)


def last_day_of_quality(quality: Quality, judgement: Judgement) -> date | None:
    """Her last day of quality, or None if she still has it on the first day.

    An apprentice counts as an employee until 31 December of the year in which she becomes 18.
    """
    if quality.birth_year is None:
        return quality.until
    last = date(quality.birth_year + judgement.limit("apprentice-age"), 12, 31)
    if quality.until is not None:
        return min(last, quality.until)
    return last if last < judgement.first else None


def _judge_fifth_month(quality: Quality, judgement: Judgement) -> None:
    """2°: work was interrupted or not resumed for rest.

    The rest begins from the fifth month of pregnancy at the earliest.
    """
    rule, since, answer = "fifth-month", quality.rest_from, quality.since_fifth_month
    if since is None:
        judgement.ask(rule, "quality/rest_from", Phrase("interruption-day"))
    if not answer:
        seen = NOTHING if answer is None else NO
        judgement.ask(rule, "quality/since_fifth_month", Phrase("fifth-month-statement"), seen)
    outcome = "unknown" if answer and since is None else _outcome(answer)
    judgement.find(rule, outcome, QUALITY, {"rest_from": _iso(since)})


def _judge_first_working_day(quality: Quality, began: date, judgement: Judgement) -> None:
    """5° and 6°: the protection began by the first working day after the period that ended.

    For 6° it is the rest that must have begun.
    """
    rule, ended = "first-working-day", quality.ended_on
    if quality.kind == "after-transition-benefit":
        began = judgement.first
    facts: FactValues = {"began": _iso(began)}
    if ended is None:
        judgement.ask(rule, "quality/ended_on", Phrase("end-of-insurance-or-benefit"))
        judgement.find(rule, "unknown", QUALITY, facts)
        return
    latest = next_working_day(ended)
    if began > latest:
        needed = Phrase("protection-by", {"day": _iso(latest)})
        judgement.ask(rule, "quality/ended_on", needed, Phrase("protection-on", {"day": _iso(began)}))
    facts |= {"latest": _iso(latest), "ended_on": _iso(ended)}
    judgement.find(rule, _outcome(began <= latest), QUALITY, facts)


# II. Waiting period, retention, thirty days


def judge_insurability(insurability: Insurability, judgement: Judgement) -> None:
    """Whether the right was opened (waiting period or exemption) and is retained on the first day.

    Quarters that do not retain the right fail no rule while the day that may make it a recent right
    is unknown.
    """
    opening = insurability.opening
    if opening.way == "exempt":
        _judge_exemption(opening, judgement)
    else:
        _judge_volume(opening, judgement)
        if opening.way == "full":
            place = "insurability/opening/wage"
            _judge_wage(opening.wage, "waiting-period-wage", place, judgement)
        else:
            _judge_reduction(opening, judgement)
    recent = _is_recent(opening, judgement)
    if recent:
        return
    retained = Judgement(judgement.first, judgement.parameters)
    _judge_retention(insurability.retention, retained)
    if recent is False or all(finding.outcome != "not-met" for finding in retained.findings):
        judgement.add(retained)


def _judge_exemption(opening: Opening, judgement: Judgement) -> None:
    """A ground of article 205, proven.

    The circular names the articles but not their lists.
    """
    article = _ARTICLE.sub("", opening.article or "", count=1)
    if not _EXEMPTING.match(article):
        seen = Phrase("article", {"article": article})
        judgement.ask("exemption", "insurability/opening/article", Phrase("ground-of-exemption"), seen)
        judgement.find("exemption", "not-met", EXEMPTION, {"article": article})
    elif not opening.proven:
        judgement.ask("exemption", "insurability/opening/proven", Phrase("proof-of-ground", {"article": article}))
        judgement.find("exemption", "unknown", EXEMPTION, {"article": article})
    else:
        judgement.find("exemption", "met", EXEMPTION, {"article": article})


def _judge_volume(opening: Opening, judgement: Judgement) -> None:
    """Enough days or hours within the reference period, which lies before the rest.

    The period for hours is longer if the schedule requires it. A volume has no meaning without its
    period, so missing facts are requested before any rule fails.
    """
    rule, way, unit, place = "waiting-period", opening.way, opening.counted_in, "insurability/opening"
    source = REDUCED.get(way, WAITING_PERIOD)
    prolonged = unit == "hours" and opening.schedule_prevents
    months = judgement.limit("waiting-period-months", way=way, period="prolonged" if prolonged else "usual")
    needed = judgement.limit("waiting-period-volume", way=way, counted_in=unit)
    facts: FactValues = {"way": way, "unit": unit, "months": months, "needed": needed}
    first, last, volume = opening.first, opening.last, opening.volume
    if first is None or last is None or volume is None:
        for name, value, what in (
            ("from", first, Phrase("first-day-of-period")),
            ("until", last, Phrase("last-day-of-period")),
            ("volume", volume, Phrase(f"{unit}-within-months", {unit: needed, "months": months})),
        ):
            if value is None:
                judgement.ask(rule, f"{place}/{name}", what)
        judgement.find(rule, "unknown", source, facts)
        return
    latest = end_of_months(first, months)
    if last > latest:
        period = Phrase("period-of-months", {"months": months, "day": _iso(latest)})
        judgement.ask(rule, f"{place}/until", period, Phrase("until", {"day": _iso(last)}))
    if last >= judgement.first:
        before_rest = Phrase("period-before", {"day": _iso(judgement.first)})
        judgement.ask(rule, f"{place}/until", before_rest, Phrase("until", {"day": _iso(last)}))
    if volume < needed:
        judgement.ask(rule, f"{place}/volume", Phrase(f"at-least-{unit}", {unit: needed}), _volume(unit, volume))
    before = last < judgement.first
    met: bool | None = last <= latest and before and volume >= needed
    facts |= {"from": _iso(first), "until": _iso(last), "seen": _written(volume)}
    if prolonged and way == "full" and before:
        met = _by_the_rule_for_part_timers(opening, bool(met), needed, judgement)
    judgement.find(rule, _outcome(met), source, facts)


def _by_the_rule_for_part_timers(
    opening: Opening, in_long_period: bool, usual: int, judgement: Judgement
) -> bool | None:
    """Whether a part-timer fulfils the waiting period whose schedule prevents it in six months.

    The circular of 2020 requires the usual hours within the longer period; later, fewer hours
    within six months are enough. Where it is not known which rule applies, both must say the same.
    """
    months = judgement.limit("waiting-period-months", way="full", period="usual")
    short = opening.hours_in_six_months
    if short is None and opening.first and opening.last and opening.last <= end_of_months(opening.first, months):
        short = opening.volume
    fewer = judgement.parameters.seek("part-time-hours", judgement.first)
    applies = judgement.parameters.seek("part-time-waiting-months", judgement.first)
    in_six_months = None if short is None or fewer is None else short >= Decimal(str(fewer.value))
    if short is not None and short >= usual:
        return True
    if applies is not None and applies.value != months:
        return in_long_period
    if in_six_months is None:
        judgement.ask("waiting-period", "insurability/opening/hours_in_six_months", Phrase("hours-in-six-months"))
    elif applies is None and in_six_months != in_long_period:
        judgement.lacking.append(ParameterUnknownError("part-time-waiting-months", judgement.first.isoformat()))
        return None
    return in_six_months


def _judge_wage(wage: WageAmount | None, rule: str, place: str, judgement: Judgement) -> None:
    """The minimum wage amount, reached or regularised by additional contributions.

    Until then the rule is unknown.
    """
    if wage is None:
        judgement.ask(rule, place, Phrase("minimum-wage-amount"))
        judgement.find(rule, "unknown", WAGE_AMOUNT, {"seen": None, "needed": None, "regularised": False})
        return
    needed, seen = euro(wage.needed), euro(wage.seen)
    reached = _is_reached(wage)
    if not reached:
        judgement.ask(
            rule, place, Phrase("wage-or-contributions", {"amount": needed}), Phrase("amount", {"amount": seen})
        )
    facts: FactValues = {"seen": seen, "needed": needed, "regularised": wage.regularised}
    judgement.find(rule, "met" if reached else "unknown", WAGE_AMOUNT, facts)


def _judge_reduction(opening: Opening, judgement: Judgement) -> None:
    """The conditions of a reduced waiting period.

    They include an earlier waiting period that was fulfilled or exempted.
    """
    way, place = opening.way, "insurability/opening"
    if way == "child-raising":
        _judge_child_raising(opening.child, judgement)
    elif way == "voluntary-insurance":
        answer = opening.voluntarily_insured
        judgement.record_answer(way, REDUCED[way], f"{place}/voluntarily_insured", Phrase(way), answer)
    else:
        _judge_change_of_scheme(opening, judgement)
    rule, answer = "earlier-waiting-period", opening.earlier_fulfilled
    judgement.record_answer(rule, REDUCED[way], f"{place}/earlier_fulfilled", Phrase(rule), answer)


def _judge_child_raising(child: ChildRaising | None, judgement: Judgement) -> None:
    """One undivided interruption within three (six) years of the birth.

    Another birth before its end prolongs the term.
    """
    rule, place, source = "child-raising", "insurability/opening/child", REDUCED["child-raising"]
    if child is None:
        judgement.ask(rule, place, Phrase("interruption-for-child"))
        judgement.find(rule, "unknown", source, {})
        return
    limit = _birthday(child.born_on, child.disability_allowance, judgement)
    if child.next_born_on is not None and child.next_born_on <= child.interrupted_until:
        limit = max(limit, _birthday(child.next_born_on, child.next_disability_allowance, judgement))
    met = True
    for name, holds in (("declared", child.declared), ("at_home", child.at_home), ("undivided", child.undivided)):
        if not holds:
            met = False
            judgement.ask(rule, f"{place}/{name}", Phrase(f"child-{name.replace('_', '-')}"), NO)
    if child.interrupted_from < child.born_on:
        met = False
        needed = Phrase("on-or-after", {"day": _iso(child.born_on)})
        judgement.ask(rule, f"{place}/interrupted_from", needed, Phrase("day", {"day": _iso(child.interrupted_from)}))
    if child.interrupted_until > limit:
        met = False
        needed = Phrase("on-or-before", {"day": _iso(limit)})
        judgement.ask(rule, f"{place}/interrupted_until", needed, Phrase("day", {"day": _iso(child.interrupted_until)}))
    facts: FactValues = {
        "from": _iso(child.interrupted_from),
        "until": _iso(child.interrupted_until),
        "born_on": _iso(child.born_on),
        "limit": _iso(limit),
        "declared": child.declared,
        "at_home": child.at_home,
        "undivided": child.undivided,
    }
    judgement.find(rule, _outcome(met), source, facts)


def _birthday(born: date, allowance: bool, judgement: Judgement) -> date:
    """The last day of the years after a birth: the third birthday.

    With an allowance for a disabled child it is the sixth. A child born on 29 February has its
    birthday on the 28th in other years.
    """
    year = born.year + judgement.limit("child-raising-years", disability_allowance="yes" if allowance else "no")
    is_leap_day = (born.month, born.day) == (2, 29)
    return date(year, 2, monthrange(year, 2)[1]) if is_leap_day else born.replace(year=year)


def _judge_change_of_scheme(opening: Opening, judgement: Judgement) -> None:
    """The new quality follows that of self-employed beneficiary within at most thirty days."""
    rule, source, became, lost = (
        "after-self-employed",
        REDUCED["after-self-employed"],
        opening.became_on,
        opening.lost_on,
    )
    facts: FactValues = {"became_on": _iso(became)}
    if lost is None:
        judgement.ask(rule, "insurability/opening/lost_on", Phrase("last-day-self-employed"))
        judgement.find(rule, "unknown", source, facts)
        return
    days = judgement.limit("change-of-scheme-days")
    latest = lost + timedelta(days)
    if became > latest:
        needed = Phrase("on-or-before", {"day": _iso(latest)})
        judgement.ask(rule, "insurability/opening/became_on", needed, Phrase("day", {"day": _iso(became)}))
    facts |= {"lost_on": _iso(lost), "latest": _iso(latest), "days": days}
    judgement.find(rule, _outcome(became <= latest), source, facts)


def _is_recent(opening: Opening, judgement: Judgement) -> bool | None:
    """Whether the right was opened so recently that it is still retained; None if unknown.

    Contributions must be paid. The right is recent until the end of the third quarter after she
    became a beneficiary (exempt, reduced), or of the quarter after the full waiting period was
    fulfilled.
    """
    opened = opening.last if opening.way == "full" else opening.became_on
    if opened is None:
        return None if opening.contributions_paid else False
    until = _end_of_quarter(opened, judgement.limit("recent-right-quarters", way=opening.way))
    recent = judgement.first <= until and opening.contributions_paid
    facts: FactValues = {"opened": _iso(opened), "until": _iso(until), "contributions_paid": opening.contributions_paid}
    judgement.find("recent-right", "met" if recent else "not-needed", RECENT_RIGHT, facts)
    return recent


def _judge_retention(retention: Retention | None, judgement: Judgement) -> None:
    """Days or hours over the second and third quarter before that of the first day.

    Hours over the three quarters before it are enough as well. The minimum wage amount is required
    over the quarters that count.
    """
    facts: FactValues = {"from": _iso(judgement.first), "needed": None, "unit": None, "seen": None}
    if retention is None:
        judgement.ask("retention", _RETAINED, Phrase("retention-particulars"))
        judgement.find("retention", "unknown", RETENTION, facts)
        return
    unit = retention.counted_in
    volume = judgement.limit("retention-volume", counted_in=unit)
    seen = _total(retention.second_quarter, retention.third_quarter)
    enough = None if seen is None else seen >= volume
    facts |= {"needed": volume, "unit": unit, "seen": None if seen is None else _written(seen)}
    outcome = _outcome(enough)
    over_three: Judgement | None = None
    if unit == "hours" and not (enough and _is_reached(retention.wage)):
        over_three = Judgement(judgement.first, judgement.parameters)
        retained = _judge_three_quarters(retention, volume, over_three)
        if retained or (enough is False and retained is None):
            outcome = "not-needed"
        elif enough is not False:
            over_three = None
    if outcome == "not-met" and seen is not None:
        needed = Phrase(f"{unit}-over-two-quarters", {unit: volume})
        judgement.ask("retention", _RETAINED, needed, _volume(unit, seen))
    elif outcome == "unknown":
        _ask_volumes("retention", retention, ("second_quarter", "third_quarter"), judgement)
    judgement.find("retention", outcome, RETENTION, facts)
    if over_three is not None:
        judgement.add(over_three)
    else:
        _judge_wage(retention.wage, "retention-wage", f"{_RETAINED}/wage", judgement)


def _judge_three_quarters(retention: Retention, volume: int, judgement: Judgement) -> bool | None:
    """Enough hours over the three quarters before, and no long gap in the quality.

    The wage amount is required over these quarters. The result is None if unknown.
    """
    rule, most, gap = "three-quarters", judgement.limit("retention-gap-days"), retention.longest_gap
    seen = _total(retention.first_quarter, retention.second_quarter, retention.third_quarter)
    enough = None if seen is None else seen >= volume
    unbroken = None if gap is None else gap <= most
    held = _all(enough, unbroken)
    if enough is None:
        _ask_volumes(rule, retention, ("first_quarter", "second_quarter", "third_quarter"), judgement)
    elif not enough and seen is not None:
        needed = Phrase("hours-over-three-quarters", {"hours": volume})
        judgement.ask(rule, _RETAINED, needed, _volume("hours", seen))
    if not unbroken:
        was = NOTHING if gap is None else Phrase("days", {"days": gap})
        judgement.ask(rule, f"{_RETAINED}/longest_gap", Phrase("no-longer-gap", {"days": most}), was)
    facts: FactValues = {
        "from": _iso(judgement.first),
        "needed": volume,
        "seen": None if seen is None else _written(seen),
        "most": most,
        "longest_gap": gap,
    }
    judgement.find(rule, _outcome(held), THREE_QUARTERS, facts)
    wage = retention.wage_three_quarters
    _judge_wage(wage, "retention-wage", f"{_RETAINED}/wage_three_quarters", judgement)
    return None if held and not _is_reached(wage) else held


def _ask_volumes(rule: str, retention: Retention, names: tuple[str, ...], judgement: Judgement) -> None:
    for name in names:
        if getattr(retention, name) is None:
            judgement.ask(rule, f"{_RETAINED}/{name}", Phrase(f"{retention.counted_in}-of-quarter"))


def judge_thirty_days(quality: Quality, recognised: Iterable[date], judgement: Judgement) -> None:
    """At most thirty whole days between the last day of quality and the first day.

    The last day of `recognised` incapacity or work removal counts like a last day of quality.
    """
    until = last_day_of_quality(quality, judgement)
    eve = judgement.first - ONE_DAY
    last = eve if until is None else min(eve, max((until, *recognised)))
    days, most = (eve - last).days, judgement.limit("interruption-days")
    met = days <= most
    if not met:
        needed = Phrase("at-most-days-between", {"days": most, "day": _iso(judgement.first)})
        judgement.ask("thirty-days", "quality/until", needed, Phrase("days", {"days": days}))
    facts: FactValues = {"days": days, "most": most, "last": _iso(last), "from": _iso(judgement.first)}
    judgement.find("thirty-days", _outcome(met), THIRTY_DAYS, facts)


# V. The birth that counts, X. Territoriality, IV. End of all activity


def _judge_delivery(births: tuple[Birth, ...], judgement: Judgement) -> None:
    """A child born alive, or stillborn after at least 180 days of pregnancy.

    A living child counts whatever the duration of the pregnancy. Of several children, one is
    enough.
    """
    needed = judgement.limit("stillbirth-days")
    living = any(birth.living for birth in births)
    durations = [birth.pregnancy_days for birth in births if not birth.living]
    known = [days for days in durations if days is not None]
    met = living or any(days >= needed for days in known)
    outcome: Met = "met" if met else "unknown" if not births or len(known) < len(durations) else "not-met"
    if not births:
        judgement.ask("delivery", "births", Phrase("the-birth"))
    elif outcome == "unknown":
        for index, birth in enumerate(births):
            if birth.pregnancy_days is None:
                duration = Phrase("duration-on-deed", {"days": needed})
                judgement.ask("delivery", f"births/{index}/pregnancy_days", duration)
    elif outcome == "not-met":
        duration = Phrase("living-or-days", {"days": needed})
        judgement.ask("delivery", "births", duration, Phrase("days", {"days": max(known)}))
    facts: FactValues = {
        "births": [_iso(on) for on in sorted(birth.on for birth in births)],
        "living": living,
        "pregnancy_days": None if living else max(known, default=None),
        "needed": needed,
    }
    judgement.find("delivery", outcome, DELIVERY, facts)


def judge_territoriality(stays_abroad: bool, judgement: Judgement) -> None:
    """Abroad, benefits are due on terms that the circular only refers to.

    The case is pending until the insurer confirms that they are met.
    """
    if stays_abroad:
        judgement.ask("territoriality", "stays_abroad", Phrase("stay-in-belgium"), Phrase("stay-abroad"))
    judgement.find("territoriality", "unknown" if stays_abroad else "met", TERRITORIALITY, {})


def _judge_activity(case: MaternityCase, rest: Rest, judgement: Judgement) -> None:
    """Once the child is born: a rest of which every payable day was worked is no rest.

    Benefits are paid for six days a week, so a Sunday without work makes no difference.
    """
    lost_days = list(_lost(_worked(case, rest), rest)) if rest.births else []
    if not lost_days:
        return
    lost = sum(six_day_week_days(first.toordinal(), last.toordinal()) for first, last in lost_days)
    days = sum(six_day_week_days(s.first.toordinal(), s.last.toordinal()) for s in rest.segments)
    if lost < days:
        return
    worked = Phrase("days-with-activity", {"days": days})
    judgement.ask("rest-worked", "activity_in_rest", Phrase("day-without-activity"), worked)
    facts: FactValues = {"from": _iso(rest.first), "until": _iso(rest.last), "days": days}
    judgement.find("rest-worked", "not-met", CESSATION, facts)


def _worked(case: MaternityCase, rest: Rest) -> list[tuple[date, date]]:
    """The periods with activity up to the last day of rest, in order."""
    return sorted((activity.first, min(activity.last, rest.last)) for activity in case.activity_in_rest)


def find_activity(case: MaternityCase, rest: Rest) -> list[Finding]:
    """Days of rest with activity, which do not count; one finding per run of days.

    Days that this very activity added do count. The rule refuses nothing: only those days are lost.
    Days after the rest (separate leave) are free.
    """
    worked = _worked(case, rest)
    found: list[Finding] = []
    for first, last in _lost(worked, rest):
        days = (last - first).days + 1
        facts: FactValues = {"from": _iso(first), "until": _iso(last), "days": days}
        found.append(Finding("cessation", "not-met", facts, CESSATION))
    return found or [Finding("cessation", "met", {"from": _iso(rest.first), "until": _iso(rest.last)}, CESSATION)]


def _lost(worked: list[tuple[date, date]], rest: Rest) -> Iterator[tuple[date, date]]:
    """The runs of days in `worked` (in order) within segments of `rest` that no activity added."""
    run: tuple[date, date] | None = None
    for segment in rest.segments if worked else ():
        if segment.kind == "extension-partial-activity":
            continue
        for first, last in worked:
            first, last = max(first, segment.first), min(last, segment.last)
            if last < first:
                continue
            if run is not None and first <= run[1] + ONE_DAY:
                run = (run[0], max(run[1], last))
            else:
                if run is not None:
                    yield run
                run = (first, last)
    if run is not None:
        yield run


# FactValues of the case that several rules use


def _first_protected(case: MaternityCase, first: date) -> date:
    """The first day of the protection: of work removal in her history, or of the rest."""
    return min([first, *(past.first for past in case.history if past.kind in _REMOVAL)])


def _recognised(case: MaternityCase, first: date) -> list[date]:
    """The last days of recognised incapacity and of work removal before the rest."""
    last = [past.last for past in case.history if past.kind in _RECOGNISED]
    return last if case.pay.incapacity is None else [*last, first - ONE_DAY]


def _total(*volumes: Decimal | None) -> Decimal | None:
    """The sum of `volumes`, or None if one of them is unknown."""
    known = [volume for volume in volumes if volume is not None]
    return sum(known, Decimal()) if len(known) == len(volumes) else None


def _volume(unit: Literal["days", "hours"], volume: Decimal) -> Phrase:
    return Phrase(unit, {unit: _written(volume)})


def _written(volume: Decimal) -> str:
    """A number of days or hours without zeros at its end, such as 59.5."""
    return f"{volume.normalize():f}"


def _is_reached(wage: WageAmount | None) -> bool:
    return wage is not None and (wage.regularised or wage.seen >= wage.needed)


def _all(*answers: bool | None) -> bool | None:
    """False if one is False; else None if one is unknown; else True."""
    return False if False in answers else None if None in answers else True


def _outcome(answer: bool | None) -> Met:
    return "unknown" if answer is None else "met" if answer else "not-met"


def _end_of_quarter(day: date, later: int) -> date:
    """The last day of the quarter that comes `later` quarters after that of `day`."""
    year, quarter = divmod(day.year * 4 + (day.month - 1) // 3 + later + 1, 4)
    return date(year, 3 * quarter + 1, 1) - ONE_DAY


@lru_cache(maxsize=4_096)
def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
