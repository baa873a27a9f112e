"""Whether there is leave to convert, for whom, and from when until when.

Source: circular V.I. 2020/204, 13.1. Each `judge_…` adds its findings, and what would change them,
to a judgement of the claimant on the first day of the leave.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tegemoet.domain.calendar import ONE_DAY, end_of_months
from tegemoet.domain.decision import FactValue, Met, Missing, Phrase
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.schemes.converted_maternity_leave.case import ConvertedLeaveCase
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.entitlement import Judgement

DEATH = cite("royal-decree-1996-07-03", "article 221, § 1")
HOSPITAL = cite("royal-decree-1996-07-03", "article 222, § 1")
RANK = cite("employment-contracts-law-1978-07-03", "article 30, § 2, second paragraph")
BOTH_INSURED = cite("circular-2020-204", "XIII, 13.2")
BIRTH_LEAVE = cite("employment-contracts-law-1978-07-03", "article 30, § 2, fourth paragraph")

MONTHS_OF_YEAR = 12
NOTHING, NO = Phrase("nothing"), Phrase("no")


@dataclass(frozen=True, slots=True)
class Leave:
    """The days of a leave, both ends included. No days: there is no leave."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.last - self.first).days + 1


def source_of(case: ConvertedLeaveCase) -> Source:
    """The article that applies to what happened to the mother."""
    return DEATH if case.mother.event == "death" else HOSPITAL


def plan_leave(case: ConvertedLeaveCase, parameters: ParameterSet) -> Leave:
    """The leave as far as it is known.

    It begins later while a child is in hospital. The day of death was the mother's; the day of
    admission can still be taken. What she had left is a number of days.
    """
    mother = case.mother
    first = _earliest(case, parameters)
    if case.first_day is not None:
        first = max(first, case.first_day)
    days = mother.days_left if case.days is None else min(mother.days_left, case.days)
    last = first + timedelta(days - 1)
    return Leave(first, last if mother.until is None else min(last, mother.until))


def _earliest(case: ConvertedLeaveCase, parameters: ParameterSet) -> date:
    mother = case.mother
    days = [case.child_home_on] if case.child_home_on else []
    if mother.event == "death":
        return max([mother.on + ONE_DAY, *days])
    birth = max(case.births)
    return max([mother.on, birth + timedelta(parameters.integer("leave-from-day", birth) - 1), *days])


def judge_leave(case: ConvertedLeaveCase, leave: Leave, on: date, judgement: Judgement) -> None:
    """All conditions of 13.1 and of the end of 13.2, in the order of the circular."""
    _judge_event(case, on, judgement)
    _judge_child_home(case, judgement)
    _judge_rank(case, judgement)
    _judge_mother_insured(case, judgement)
    _judge_days(case, leave, judgement)


def _judge_event(case: ConvertedLeaveCase, on: date, judgement: Judgement) -> None:
    """Her death, or a stay in hospital of more than seven days.

    While she is there, the days until now count.
    """
    mother = case.mother
    if mother.event == "death":
        judgement.find("mother-died", "met", DEATH, {"on": mother.on.isoformat(), "used": mother.days_used})
        return
    exceeds = judgement.limit("mother-stay-exceeds")
    days = ((mother.until or on) - mother.on).days + 1
    outcome: Met = "met" if days > exceeds else "not-met" if mother.until else "unknown"
    if outcome != "met":
        place = "mother/until" if mother.until else "mother/on"
        needed = Phrase("more-days-in-hospital", {"days": exceeds})
        _ask(judgement, "mother-in-hospital", place, needed, Phrase("days", {"days": days}))
    facts: dict[str, FactValue] = {
        "from": mother.on.isoformat(),
        "until": mother.until.isoformat() if mother.until else None,
        "days": days,
        "exceeds": exceeds,
    }
    judgement.find("mother-in-hospital", outcome, HOSPITAL, facts)


def _judge_child_home(case: ConvertedLeaveCase, judgement: Judgement) -> None:
    """The newborn has left hospital. Of several newborns, one is enough."""
    home = case.child_home_on
    if home is None:
        _ask(judgement, "child-home", "child_home_on", Phrase("day-child-home"), NOTHING)
    facts: dict[str, FactValue] = {"on": home.isoformat() if home else None}
    judgement.find("child-home", "met" if home else "unknown", source_of(case), facts)


def _judge_rank(case: ConvertedLeaveCase, judgement: Judgement) -> None:
    """The father or co-mother; if there is none, the spouse or the legal cohabitant.

    If there is none of these either, the cohabitant of three years. Every condition is a finding of
    its own, so that a refusal says which one failed.
    """
    relation, rank = case.relation, case.relation.rank
    first = rank == "parent"
    none_higher = True if first else _not(relation.higher_rank)
    _judge(judgement, "rank", "higher_rank", Phrase("no-higher-rank"), none_higher, {"rank": rank, "first": first})
    if rank == "cohabitant":
        _judge_cohabitation(case, judgement)
    else:
        shown = {"parent": "descent", "spouse": "marriage", "legal-cohabitant": "legal-cohabitation"}[rank]
        _judge(judgement, shown, "proven", Phrase(shown), relation.proven, {})
    if rank in ("legal-cohabitant", "cohabitant"):
        lives_there = relation.child_lives_there
        _judge(judgement, "child-residence", "child_lives_there", Phrase("child-residence"), lives_there, {})
        _judge(judgement, "kinship", "related", Phrase("no-kinship"), _not(relation.related), {})


def _judge_cohabitation(case: ConvertedLeaveCase, judgement: Judgement) -> None:
    """Three years of life together without a break before the (first) birth."""
    years, since, birth = judgement.limit("cohabitation-years"), case.relation.together_since, min(case.births)
    enough = None if since is None else end_of_months(since, years * MONTHS_OF_YEAR) < birth
    facts: dict[str, FactValue] = {
        "since": since.isoformat() if since else None,
        "years": years,
        "birth": birth.isoformat(),
    }
    needed = Phrase("years-together", {"years": years, "birth": birth.isoformat()})
    seen = Phrase("together-since", {"since": facts["since"]}) if since else NOTHING
    _judge(judgement, "cohabitation", "together_since", needed, enough, facts, seen)


def _judge(
    judgement: Judgement,
    rule: str,
    field: str,
    needed: Phrase,
    answer: bool | None,
    facts: dict[str, FactValue],
    seen: Phrase | None = None,
) -> None:
    """A condition of a rank, in the `field` of the relation: yes meets it, no fails it."""
    if not answer:
        _ask(judgement, rule, f"relation/{field}", needed, seen or (NOTHING if answer is None else NO))
    judgement.find(rule, "unknown" if answer is None else "met" if answer else "not-met", RANK, facts)


def _ask(judgement: Judgement, rule: str, place: str, needed: Phrase, seen: Phrase) -> None:
    judgement.missing.append(Missing(rule, place, needed, seen))


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _judge_mother_insured(case: ConvertedLeaveCase, judgement: Judgement) -> None:
    """Both parents are beneficiaries.

    A mother who is a statutory civil servant counts as one if her statute grants such leave.
    """
    mother, rule = case.mother, "mother-insured"
    outcome: Met = "met"
    if mother.insured is None:
        outcome = "unknown"
        _ask(judgement, rule, "mother/insured", Phrase("mother-insured"), NOTHING)
    elif mother.insured == "neither":
        outcome = "not-met"
        _ask(judgement, rule, "mother/insured", Phrase("mother-insured"), Phrase("value", {"value": "neither"}))
    elif mother.insured == "statutory-civil-servant" and not mother.statute_grants:
        outcome = "unknown" if mother.statute_grants is None else "not-met"
        seen = NOTHING if mother.statute_grants is None else NO
        _ask(judgement, rule, "mother/statute_grants", Phrase("statute-grants"), seen)
    grants = mother.statute_grants if mother.insured == "statutory-civil-servant" else None
    facts: dict[str, FactValue] = {"insured": mother.insured, "statute_grants": grants}
    judgement.find(rule, outcome, BOTH_INSURED, facts)


def _judge_days(case: ConvertedLeaveCase, leave: Leave, judgement: Judgement) -> None:
    """At most the days that she had left, and only while she is in hospital.

    Unknown while the child has not come home.
    """
    mother = case.mother
    facts: dict[str, FactValue] = {
        "left": mother.days_left,
        "asked": case.days,
        "from": leave.first.isoformat(),
        "until": leave.last.isoformat() if leave.days > 0 else None,
        "days": max(0, leave.days),
        "home": mother.until.isoformat() if mother.until else None,
    }
    if leave.days <= 0:
        if mother.days_left == 0:
            needed = Phrase("at-least-days", {"days": 1})
            _ask(judgement, "leave-days", "mother/days_left", needed, Phrase("days", {"days": 0}))
        else:
            needed = Phrase("mother-still-there", {"day": leave.first.isoformat()})
            seen = Phrase("there-until", {"day": facts["home"]})
            _ask(judgement, "leave-days", "mother/until", needed, seen)
    outcome: Met = "not-met" if leave.days <= 0 else "met" if case.child_home_on else "unknown"
    judgement.find("leave-days", outcome, source_of(case), facts)
