"""The calendar of a maternity rest: when it begins, which days are part of it, how long it lasts.

Source: circular V.I. 2020/204, section III. Days are computed as ordinals, and ranges of them
include both ends; only the result contains dates. No finding of the calendar refuses a case: a day
on which the law allows no rest is a fault of the case (InvalidError), and an extension that is not
due is absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tegemoet.domain.calendar import iso
from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.parameters import ParameterSet, Source
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import Birth, MaternityCase, Past

START = cite("law-1994-07-14", "article 114, first paragraph")
NINE_WEEKS = cite("law-1994-07-14", "article 114, second paragraph")
CONVERSION = cite("circular-2020-204", "III, 3.1.2")
TWO_BIRTH_DAYS = cite("circular-2020-204", "III, 3.2.1")
TRANSFER = cite(
    "royal-decree-1996-07-03", "article 220, with article 114, second paragraph, of the law of 14 July 1994"
)
MULTIPLE = cite("law-1994-07-14", "article 114, third paragraph")
HOSPITAL = cite("law-1994-07-14", "article 114, fifth paragraph")
SEPARATE = cite("law-1994-07-14", "article 114, sixth paragraph")
SEPARATE_AMOUNT = cite("circular-2020-204", "III, 3.2.3 (refers to circular V.I. 2009/435)")
MOTHER_DEATH = cite("royal-decree-1996-07-03", "article 221, § 1")
LENGTH = cite("circular-2020-204", "III and XII")

DAYS_OF_WEEK = 7
FAR_FROM_EXPECTED = 366
"""Days. A birth this far from the expected day is a typing error."""
POSTNATAL = ("between-births", "postnatal-compulsory", "extension-")
"""The beginnings of the kinds of days from the birth on."""


@dataclass(slots=True)
class Segment:
    """Days of one kind, both ends included.

    `activities` are those whose wage pays these days (item 12° of article 220), or none.
    """

    kind: str
    first: date
    last: date
    activities: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return self.last.toordinal() - self.first.toordinal() + 1


@dataclass(frozen=True, slots=True)
class SeparateDays:
    """Separate leave days: their number, the period for taking them, and the planned days."""

    days: int
    first: date
    last: date
    planned: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """Days of full work removal before the rest, and the day wage in EUR of their benefit."""

    first: date
    last: date
    wage: Decimal


@dataclass(slots=True)
class Rest:
    """A maternity rest, in calendar days.

    `first` includes converted days; `start` is the first day without them. `last` is the last day
    before separate leave days, or the day of the mother's death if that is earlier. `segments`
    follow one another without a gap, except for other days between converted ones; `days` is their
    sum. `births` are the days of birth in order; it is empty before the birth. `left` is the number
    of postnatal days that a mother who died had not taken. `removal` is not part of the rest.
    """

    first: date
    start: date
    last: date
    segments: list[Segment]
    days: int
    births: tuple[date, ...]
    separate: SeparateDays | None
    removal: list[Removal]
    left: int
    findings: list[Finding]
    missing: list[Missing]


def plan_rest(case: MaternityCase, parameters: ParameterSet) -> Rest:
    """The rest of `case`, with the findings of its rules.

    Raises InvalidError if the case requests or states what no rest allows, ParameterUnknownError
    for a day without known rules.
    """
    _refuse(_mistyped_births(case))
    plan = _Plan(case, parameters)
    _refuse(_choose_first_day(plan) + _history_in_rest(plan))
    _convert_incapacity(plan)
    _rest_before_birth(plan)
    separate = None
    if plan.births:
        _nine_weeks(plan)
        compulsory_until = plan.runs[-1].last
        _transfer(plan)
        _multiple_birth(plan)
        _hospital_stay(plan)
        separate = _separate_leave(plan, plan.runs[-1].last - compulsory_until)
    left = _mother_death(plan)
    removal = _work_removal(plan)
    segments = [
        Segment(run.kind, date.fromordinal(run.first), date.fromordinal(run.last), run.activities) for run in plan.runs
    ]
    days = sum(run.last - run.first + 1 for run in plan.runs)
    first, last = segments[0].first, segments[-1].last
    weeks, over = divmod(days, DAYS_OF_WEEK)
    facts: dict[str, FactValue] = {
        "from": iso(first),
        "until": iso(last),
        "days": days,
        "weeks": weeks or None,
        "over": over or None if weeks else None,
    }
    plan.found("rest-length", "met", LENGTH, facts)
    _hospital_certificates(plan, last)
    start = date.fromordinal(plan.start)
    return Rest(first, start, last, segments, days, plan.births, separate, removal, left, plan.findings, plan.missing)


@dataclass(slots=True)
class _Run:
    """Days of one kind, as ordinals."""

    kind: str
    first: int
    last: int
    activities: tuple[str, ...] = ()


class _Plan:
    """The rest as the rules build it, one by one. Days are ordinals, except in `births`.

    `compulsory` is the seventh day before the expected one, and `start` the first day of rest
    before conversion. `worked`: she began work on the first day of birth, so that the rest after
    birth begins on the next day, `after_birth`.
    """

    def __init__(self, case: MaternityCase, parameters: ParameterSet) -> None:
        self.case = case
        self.parameters = parameters
        self.births = tuple(sorted([birth.on for birth in case.births]))
        self.on = self.births[0] if self.births else case.expected.on
        self.week = self.figure("compulsory-days-before-birth")
        self.expected = case.expected.on.toordinal()
        self.compulsory = self.expected - self.week
        self.birth = self.births[0].toordinal() if self.births else self.expected
        self.worked = any(birth.work_started and birth.on == self.births[0] for birth in case.births)
        self.after_birth = self.birth + self.worked
        self.history = sorted(
            [(past.first.toordinal(), past.last.toordinal(), past) for past in case.history], key=_first
        )
        self.start = self.compulsory
        self.runs: list[_Run] = []
        self.findings: list[Finding] = []
        self.missing: list[Missing] = []

    def figure(self, name: str, **key: str) -> int:
        """A number of days that the law sets."""
        return self.parameters.integer(name, self.on, **key)

    def found(self, rule: str, outcome: Met, source: Source, facts: dict[str, FactValue]) -> None:
        self.findings.append(Finding(rule, outcome, facts, source))

    def extend(self, kind: str, days: int, activities: tuple[str, ...] = ()) -> None:
        """Add that many days after the last one."""
        last = self.runs[-1].last
        self.add(kind, last + 1, last + days, activities)

    def add(self, kind: str, first: int, last: int, activities: tuple[str, ...] = ()) -> None:
        """Add the days from `first` to `last`, if there are any.

        Adjoining days of one kind are one run.
        """
        if first > last:
            return
        if self.runs:
            former = self.runs[-1]
            if former.kind == kind and former.last + 1 == first and former.activities == activities:
                former.last = last
                return
        self.runs.append(_Run(kind, first, last, activities))

    def cut(self, last: int) -> None:
        """End the rest on that day."""
        while self.runs[-1].first > last:
            self.runs.pop()
        self.runs[-1].last = min(self.runs[-1].last, last)


def _first(dated: tuple[int, int, Past]) -> int:
    return dated[0]


@lru_cache(maxsize=4_096)
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _refuse(faults: list[tuple[str, str]]) -> None:
    """Raise InvalidError if there are faults: fields of the case with their codes."""
    if faults:
        named = tuple(Fault(f"/case/{path}", code) for path, code in faults)
        raise InvalidError("The case describes an impossible maternity rest.", faults=named)


def _mistyped_births(case: MaternityCase) -> list[tuple[str, str]]:
    return [
        (f"births/{number}/on", "far-from-expected")
        for number, birth in enumerate(case.births)
        if abs((birth.on - case.expected.on).days) >= FAR_FROM_EXPECTED
    ]


# --- before the birth -------------------------------------------------------------------------


def _choose_first_day(plan: _Plan) -> list[tuple[str, str]]:
    """From six weeks (eight if several children are expected) before the expected day.

    Rest is compulsory from the seventh day before it.
    """
    faults = []
    case = plan.case
    several = "multiple" if case.expected.multiple else "single"
    latest = min(plan.compulsory, plan.after_birth)
    earliest = min(plan.expected - plan.figure("days-before-birth", births=several), latest)
    asked = latest if case.first_day is None else case.first_day.toordinal()
    if asked > latest:
        faults.append(("first_day", "later-than-lawful"))
    start = min(max(asked, earliest), latest)
    if start == plan.birth:
        start = plan.after_birth
    for number, birth in enumerate(case.births):
        if birth.work_started and start < birth.on.toordinal():
            faults.append((f"births/{number}/work_started", "rest-had-begun"))
    plan.start = start
    outcome: Met = "not-needed" if case.first_day is None else "met" if asked >= earliest else "not-met"
    facts: dict[str, FactValue] = {
        "expected": iso(case.expected.on),
        "earliest": _iso(earliest),
        "latest": _iso(latest),
        "asked": None if case.first_day is None else iso(case.first_day),
        "from": _iso(start),
    }
    plan.found("first-day", outcome, START, facts)
    return faults


def _history_in_rest(plan: _Plan) -> list[tuple[str, str]]:
    """Days before the rest must lie before it.

    The rest suspends incapacity and full work removal, which simply end where it begins.
    """
    return [
        (f"history/{number}", "reaches-into-rest")
        for number, past in enumerate(plan.case.history)
        if past.last.toordinal() >= plan.start and past.kind not in ("incapacity", "full-work-removal")
    ]


def _convert_incapacity(plan: _Plan) -> None:
    """Before an early birth, incapacity just before it or the rest becomes rest.

    It becomes rest within the week before the birth, and only from the day on which there is
    nothing but incapacity any more. Days that an employer covers stay what they are, and so does
    full work removal. A late birth converts nothing: the rest had begun a week before the expected
    day.
    """
    if plan.birth >= plan.expected:
        return
    begin, end = plan.birth - plan.week, min(plan.birth, plan.start) - 1
    unbroken = _unbroken_incapacity(plan, end)
    converted = covered = broken = removed = 0
    for first, last, past in plan.history:
        first, last = max(first, begin), min(last, end)
        if first > last:
            continue
        days = last - first + 1
        if past.kind == "full-work-removal":
            removed += days
        elif past.kind != "incapacity":
            continue
        elif past.employer_pays:
            covered += days
        elif first < unbroken:
            broken += days
        else:
            converted += days
            if plan.case.convert_incapacity:
                plan.add("prenatal-converted", first, last)
    if converted or covered or broken or removed:
        outcome: Met = "not-met" if not converted else "met" if plan.case.convert_incapacity else "not-needed"
        counted = {"days": converted, "covered": covered, "broken": broken, "removal": removed}
        plan.found("conversion", outcome, CONVERSION, {name: days or None for name, days in counted.items()})


def _unbroken_incapacity(plan: _Plan, end: int) -> int:
    """The first of the days of incapacity up to `end` without a gap, or the day after `end`."""
    unbroken = end + 1
    for first, last, past in reversed(plan.history):
        if first > end:
            continue
        if past.kind != "incapacity" or last < unbroken - 1:
            break
        unbroken = first
    return unbroken


def _rest_before_birth(plan: _Plan) -> None:
    """From its first day to the eve of the birth.

    Optional, then compulsory from the seventh day before the expected one; longer if the birth is
    late.
    """
    counted: dict[str, FactValue] = {}
    for kind, name, first, last in (
        ("prenatal-optional", "optional", plan.start, plan.compulsory - 1),
        ("prenatal-compulsory", "compulsory", plan.compulsory, plan.expected - 1),
        ("prenatal-late", "late", plan.expected, plan.birth - 1),
    ):
        first, last = max(first, plan.start), min(last, plan.birth - 1)
        plan.add(kind, first, last)
        counted[name] = max(0, last - first + 1) or None
    plan.found("prenatal-rest", "met" if any(counted.values()) else "not-needed", START, counted)


# --- after the birth --------------------------------------------------------------------------


def _nine_weeks(plan: _Plan) -> None:
    """Nine weeks from the last birth.

    They begin on the next day if she still began work on the day of a single birth date.
    """
    last_birth = plan.births[-1].toordinal()
    begin = plan.after_birth
    if last_birth > plan.birth:
        begin = last_birth
        plan.add("between-births", plan.after_birth, last_birth - 1)
        days = last_birth - plan.after_birth
        facts: dict[str, FactValue] = {"first": _iso(plan.birth), "last": _iso(last_birth), "days": days}
        plan.found("between-births", "met", TWO_BIRTH_DAYS, facts)
    days = plan.figure("days-after-birth")
    plan.add("postnatal-compulsory", begin, begin + days - 1)
    facts = {"from": _iso(begin), "until": _iso(begin + days - 1), "days": days, "worked": plan.worked}
    plan.found("postnatal-rest", "met", NINE_WEEKS, facts)


def _transfer(plan: _Plan) -> None:
    """Days carried over from six (eight: several children) weeks to one week before the birth.

    Days of work, of controlled unemployment and assimilated days are carried over on request. The
    days that single activities pay (item 12°) come after the others.
    """
    several = "multiple" if len(plan.births) > 1 else "single"
    begin = plan.birth - plan.figure("days-before-birth", births=several)
    end = plan.birth - plan.week - 1
    kinds = _transferable(plan.parameters.origin)
    ordinary = 0
    partial: list[tuple[int, tuple[str, ...]]] = []
    for past_first, past_last, past in plan.history:
        for from_day, until_day, of_activity in kinds.get(past.kind, ()):
            days = min(past_last, end, until_day, plan.start - 1) - max(past_first, begin, from_day) + 1
            if days <= 0:
                continue
            if of_activity:
                partial.append((days, tuple(sorted(set(past.activities)))))
            else:
                ordinary += days
    found = ordinary + sum(days for days, _ in partial)
    asked = plan.case.extension.transfer_days
    left = carried = found if asked is None else min(asked, found)
    plan.extend("extension-transfer", min(ordinary, left))
    left -= min(ordinary, left)
    for days, activities in partial:
        plan.extend("extension-partial-activity", min(days, left), activities)
        left -= min(days, left)
    outcome: Met = "met" if carried else "not-needed" if found else "not-met"
    facts: dict[str, FactValue] = {
        "from": _iso(begin),
        "until": _iso(end),
        "found": found,
        "asked": asked,
        "days": carried,
        "partial": carried - min(ordinary, carried) or None,
    }
    plan.found("transfer", outcome, TRANSFER, facts)


_Ranges = Mapping[str, list[tuple[int, int, bool]]]


@lru_cache(maxsize=16)
def _transferable(parameters: ParameterSet) -> _Ranges:
    """The period in which each kind of day may be carried over, and whether its activity pays it.

    Activities pay the kinds of item 12°.
    """
    found: dict[str, list[tuple[int, int, bool]]] = {}
    for row in parameters.parameters:
        if row.name == "transferable-day":
            ranges = found.setdefault(dict(row.key)["kind"], [])
            ranges.append((row.first.toordinal(), row.last.toordinal(), row.value == "activity"))
    return found


def _multiple_birth(plan: _Plan) -> None:
    """At most two more weeks if several children are born."""
    if len(plan.births) < 2:
        return
    most, asked = plan.figure("multiple-birth-days"), plan.case.extension.multiple_days
    days = most if asked is None else min(asked, most)
    plan.extend("extension-multiple", days)
    plan.found(
        "multiple-birth",
        "met" if days else "not-needed",
        MULTIPLE,
        {"children": len(plan.births), "days": days, "most": most},
    )


def _hospital_stay(plan: _Plan) -> None:
    """The days that a newborn stays in hospital beyond its first seven, without interruption.

    Of several children, the longest stay counts.
    """
    if not any(birth.stays for birth in plan.case.births):
        return
    settled, most = plan.figure("hospital-first-days"), plan.figure("hospital-days")
    stayed = max(_days_in_hospital(birth, settled) for birth in plan.case.births)
    days = min(stayed, most) if plan.case.extension.hospital else 0
    plan.extend("extension-hospital", days)
    outcome: Met = "met" if days else "not-needed" if stayed else "not-met"
    plan.found(
        "hospital-stay", outcome, HOSPITAL, {"stayed": stayed, "days": days, "first_days": settled, "most": most}
    )


def _days_in_hospital(birth: Birth, settled: int) -> int:
    """Days after the first `settled` ones in the child's longest unbroken stay that began in them.

    Days at home by force majeure do not interrupt a stay and do not count. A rehabilitation centre
    only continues a stay, immediately.
    """
    counted_from = birth.on.toordinal() + settled
    longest = days = end = 0
    open_, early = False, False
    for stay in sorted((s for s in birth.stays if s.certified), key=lambda s: s.first):
        first, last = stay.first.toordinal(), stay.last.toordinal()
        if birth.died_on is not None:
            last = min(last, birth.died_on.toordinal())
            if first > last:
                break
        adjoins = open_ and first <= end + 1
        if stay.place == "rehabilitation" and not adjoins:
            open_ = False
            continue
        if not (adjoins or (open_ and stay.force_majeure)):
            open_, early, days = True, first < counted_from, 0
        end = last
        if early:
            days += max(0, last - max(first, counted_from) + 1)
            longest = max(longest, days)
    return longest


def _hospital_certificates(plan: _Plan, last: date) -> None:
    """A stay counts once its certificate was received, which is due at the end of the rest."""
    if not plan.case.extension.hospital:
        return
    for number, birth in enumerate(plan.case.births):
        for which, stay in enumerate(birth.stays):
            if not stay.certified:
                needed = Phrase("certificate-of-institution", {"day": iso(last)})
                plan.missing.append(
                    Missing("hospital-stay", f"births/{number}/stays/{which}/certified", needed, Phrase("nothing"))
                )


def _separate_leave(plan: _Plan, extended: int) -> SeparateDays | None:
    """The last two weeks as separate leave days, by her work schedule, within eight weeks.

    This requires an extension of at least two weeks.
    """
    asked = plan.case.extension.separate
    if asked is None:
        return None
    taken, within = plan.figure("separate-leave-days"), plan.figure("separate-leave-within")
    died = plan.case.mother_died_on
    if extended < taken or died is not None:
        facts: dict[str, FactValue] = {
            "extended": extended,
            "needed": taken,
            "died": None if died is None else iso(died),
        }
        plan.found("separate-leave", "not-met", SEPARATE, facts)
        return None
    plan.cut(plan.runs[-1].last - taken)
    end = plan.runs[-1].last
    first, last = date.fromordinal(end + 1), date.fromordinal(end + within)
    days = sum(len(week) for week in asked.schedule)
    planned = tuple(sorted(asked.planned))
    place = "extension/separate/planned"
    outside = any(not first <= day <= last for day in planned)
    _refuse([(place, "outside-eight-weeks")] * outside + [(place, "too-many-days")] * (len(planned) > days))
    facts = {
        "weeks": taken // DAYS_OF_WEEK,
        "days": days,
        "from": iso(first),
        "until": iso(last),
        "planned": len(planned) or None,
    }
    plan.found("separate-leave", "met", SEPARATE, facts)
    plan.found("separate-leave-amount", "unknown", SEPARATE_AMOUNT, {"days": days})
    amount = Phrase("amount-of-separate-day")
    plan.missing.append(Missing("separate-leave-amount", "extension/separate", amount, Phrase("nothing")))
    return SeparateDays(days, first, last, planned)


def _mother_death(plan: _Plan) -> int:
    """The day of her death is the last day that she takes.

    Returns the number of days that she had left, which are for converted leave.
    """
    died = plan.case.mother_died_on
    if died is None:
        return 0
    day = died.toordinal()
    if day < plan.runs[0].first:
        _refuse([("mother_died_on", "before-rest")])
    left = sum(max(0, run.last - max(run.first, day + 1) + 1) for run in plan.runs if run.kind.startswith(POSTNATAL))
    if day < plan.runs[-1].last:
        plan.cut(day)
        plan.found("mother-death", "met", MOTHER_DEATH, {"died": iso(died), "left": left})
    return left


def _work_removal(plan: _Plan) -> list[Removal]:
    """Full work removal ends where the rest begins.

    That is a week before the expected day at the latest, whenever the birth comes.
    """
    end = min(plan.start, plan.birth) - 1
    if plan.case.mother_died_on is not None:
        end = min(end, plan.case.mother_died_on.toordinal())
    removal: list[Removal] = []
    for first, last, past in plan.history:
        if past.kind != "full-work-removal" or past.wage is None or first > end:
            continue
        last = min(last, end)
        former = removal[-1] if removal else None
        if former is not None and former.wage == past.wage and former.last.toordinal() + 1 == first:
            removal[-1] = Removal(former.first, date.fromordinal(last), past.wage)
        else:
            removal.append(Removal(past.first, date.fromordinal(last), past.wage))
    if removal:
        days = sum(r.last.toordinal() - r.first.toordinal() + 1 for r in removal)
        facts: dict[str, FactValue] = {"until": iso(removal[-1].last), "days": days}
        plan.found("work-removal-period", "met", CONVERSION, facts)
    return removal
