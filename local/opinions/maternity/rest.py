"""Which days are rest, walked one by one (circular V.I. 2020/204, sections III to V).

A case is the JSON that partners send, as plain dicts.
The calendar is a dict of days: what each of them is.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Case = dict[str, Any]
DAY = timedelta(1)
MARCH_2020 = date(2020, 3, 1)

# What counts as worked between the sixth (eighth) and the second week before
# the birth: work itself, the absence for an examination, controlled
# unemployment, and the closed list of article 220.
ALWAYS = {
    *("work", "pregnancy-examination", "controlled-unemployment"),
    *("holiday", "lay-judge", "short-absence", "compelling-reasons", "guaranteed-daily-wage"),  # 1 to 5
    *("technical-disruption", "technical-unemployment", "bad-weather", "economic-unemployment"),  # 6
    *(
        "environmental-closure",
        "public-holiday",
        "six-day-week-day",
        "compensatory-rest",
        "childminder-day-off",
    ),  # 7 to 11
}
SINCE_MARCH_2020 = {"force-majeure-unemployment", "suspension-or-part-time-work", "incapacity", "full-work-removal"}
ITEM_12 = {"activity-in-partial-removal", "authorised-activity"}
SUSPENDED = {"incapacity", "full-work-removal"}  # these may run on: the rest cuts them


class UnlawfulCaseError(Exception):
    """The input contradicts the law: every field at fault with its code."""

    def __init__(self, faults: set[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass
class Rest:
    """The days of a rest. `kinds` in the order of the days; `activities` per day of item 12."""

    start: date
    first: date
    last: date
    kinds: dict[date, str]
    activities: dict[date, tuple[str, ...]]
    births: list[date]
    removal: dict[date, str] = field(default_factory=dict)  # day → wage as written
    left_after_death: int = 0
    leave: tuple[date, date, int] | None = None  # first and last day of the eight weeks, number of days
    leave_not_possible: bool = False
    certificates_awaited: list[str] = field(default_factory=list)
    days_used: int = 0  # of the first thirty, by the mother: converted leave goes on counting
    converted: str = ""  # of a converted leave: what became of the mother


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(one: dict[str, Any]) -> list[date]:
    """Every day of a period of the case."""
    found = [day(one["from"])]
    while found[-1] < day(one["until"]):
        found.append(found[-1] + DAY)
    return found


def lay_out(case: Case) -> Rest:
    """The calendar of a case. Raises UnlawfulCaseError."""
    faults: set[tuple[str, str]] = set()
    children = case.get("births", [])
    births = sorted(day(child["on"]) for child in children)
    expected = day(case["expected"]["on"])
    started_work = bool(births) and any(
        child.get("work_started", False) and day(child["on"]) == births[0] for child in children
    )
    start = _start(case, births, expected, started_work, faults)
    if started_work and start == births[0]:
        start += DAY
    past = _past(case)
    _check_past(case, start, faults)
    kinds = _converted(case, past, births, start)
    for place, child in enumerate(children):
        if child.get("work_started", False) and start < day(child["on"]):
            faults.add((f"/case/births/{place}/work_started", "rest-had-begun"))
    if faults:
        raise UnlawfulCaseError(faults)

    walk = start
    while walk < (births[0] if births else expected):
        if walk < expected - 7 * DAY:
            kinds[walk] = "prenatal-optional"
        elif walk < expected:
            kinds[walk] = "prenatal-compulsory"
        else:
            kinds[walk] = "prenatal-late"
        walk += DAY
    rest = Rest(start, min(kinds, default=start), start, kinds, {}, births)
    if births:
        _after_birth(case, rest, past, started_work)
    _end(case, rest)
    _remove(case, rest, past, expected)
    return rest


def _start(case: Case, births: list[date], expected: date, started_work: bool, faults: set[tuple[str, str]]) -> date:
    weeks = 8 if case["expected"].get("multiple", False) else 6
    earliest = expected - 7 * weeks * DAY
    latest = expected - 7 * DAY
    if births:
        at_the_latest = births[0] + (DAY if started_work else timedelta(0))
        latest = min(latest, at_the_latest)
    if case.get("first_day") is None:
        return latest
    asked = day(case["first_day"])
    if asked > latest:
        faults.add(("/case/first_day", "later-than-lawful"))
        return latest
    return min(max(asked, earliest), latest)


def _past(case: Case) -> dict[date, dict[str, Any]]:
    """What every day before the rest was."""
    return {d: one for one in case.get("history", []) for d in days(one)}


def _check_past(case: Case, start: date, faults: set[tuple[str, str]]) -> None:
    for place, one in enumerate(case.get("history", [])):
        if day(one["until"]) >= start and one["kind"] not in SUSPENDED:
            faults.add((f"/case/history/{place}", "reaches-into-rest"))


def _converted(case: Case, past: dict[date, dict[str, Any]], births: list[date], start: date) -> dict[date, str]:
    """Walking back from the eve of the rest (or of an early birth) as long as she was ill, within
    the week before the birth: a day that no employer covers becomes rest, if she lets it.
    """
    kinds: dict[date, str] = {}
    if not births or births[0] >= day(case["expected"]["on"]) or not case.get("convert_incapacity", True):
        return kinds
    d = min(births[0], start) - DAY
    while d >= births[0] - 7 * DAY and past.get(d, {"kind": "nothing"})["kind"] == "incapacity":
        if not past[d].get("employer_pays", False):
            kinds[d] = "prenatal-converted"
        d -= DAY
    return dict(sorted(kinds.items()))


def _after_birth(case: Case, rest: Rest, past: dict[date, dict[str, Any]], started_work: bool) -> None:
    births, wishes = rest.births, case.get("extension", {})
    walk = births[0] + DAY if started_work else births[0]
    while walk < births[-1]:
        rest.kinds[walk] = "between-births"
        walk += DAY
    plan: list[tuple[str, tuple[str, ...]]] = [("postnatal-compulsory", ())] * 63
    carried = _carried_over(past, births, rest.first, wishes.get("transfer_days"))
    plan += carried
    extra = len(carried)
    if len(births) > 1:
        more = wishes.get("multiple_days")
        more = 14 if more is None else more
        plan += [("extension-multiple", ())] * more
        extra += more
    if wishes.get("hospital", True):
        stay = _in_hospital(case, rest)
        plan += [("extension-hospital", ())] * stay
        extra += stay
    for kind, activities in plan:
        rest.kinds[walk] = kind
        if kind == "extension-partial-activity":
            rest.activities[walk] = activities
        walk += DAY
    if wishes.get("separate") is not None:
        _separate(case, rest, extra)


def _carried_over(
    past: dict[date, dict[str, Any]], births: list[date], first: date, most: int | None
) -> list[tuple[str, tuple[str, ...]]]:
    """What she worked between the sixth (eighth) and the
    second week before the first birth, day by day.
    """
    ordinary: list[tuple[str, tuple[str, ...]]] = []
    partial: list[tuple[str, tuple[str, ...]]] = []
    for back in range(56 if len(births) > 1 else 42, 7, -1):
        d = births[0] - back * DAY
        one = past.get(d)
        if d >= first or one is None:
            continue
        if one["kind"] in ITEM_12:
            partial.append(("extension-partial-activity", tuple(sorted(set(one["activities"])))))
        elif one["kind"] in ALWAYS or (one["kind"] in SINCE_MARCH_2020 and d >= MARCH_2020):
            ordinary.append(("extension-transfer", ()))
    return (ordinary + partial)[:most]


def _in_hospital(case: Case, rest: Rest) -> int:
    """The longest stay of a newborn beyond its first seven days, 24 weeks at most."""
    longest = 0
    for place, child in enumerate(case.get("births", [])):
        born = day(child["on"])
        died = day(child["died_on"]) if child.get("died_on") else date.max
        counted = 0  # days beyond the seventh of the running chain
        last: date | None = None  # last day of the running chain; None = there is none
        certified = []
        for number, stay in enumerate(child.get("stays", [])):
            if stay.get("certified", True):
                certified.append(stay)
            else:
                rest.certificates_awaited.append(f"births/{place}/stays/{number}/certified")
        for stay in sorted(certified, key=lambda one: str(one["from"])):
            within = [d for d in days(stay) if d <= died]
            if not within:
                continue
            adjoins = last is not None and within[0] - last <= DAY
            if stay.get("place", "hospital") == "rehabilitation":
                if not adjoins:
                    last = None  # it breaks the chain, and begins none
                    continue
            elif last is None or not (adjoins or stay.get("force_majeure", False)):
                counted = 0
                if within[0] > born + 6 * DAY:
                    last = None  # admitted too late: this one and what follows it do not count
                    continue
            last = within[-1]
            counted += sum(d > born + 6 * DAY for d in within)
            longest = max(longest, counted)
    return min(longest, 168)


def _separate(case: Case, rest: Rest, extra: int) -> None:
    """The last two weeks taken as separate days, within eight weeks."""
    leave = case["extension"]["separate"]
    if extra < 14 or case.get("mother_died_on"):
        rest.leave_not_possible = True
        return
    for _ in range(14):
        del rest.kinds[max(rest.kinds)]
    opens = max(rest.kinds) + DAY
    closes = opens + 55 * DAY
    number = len(leave["schedule"][0]) + len(leave["schedule"][1])
    planned = [day(d) for d in leave.get("planned", [])]
    faults = set()
    if any(not opens <= d <= closes for d in planned):
        faults.add(("/case/extension/separate/planned", "outside-eight-weeks"))
    if len(planned) > number:
        faults.add(("/case/extension/separate/planned", "too-many-days"))
    if faults:
        raise UnlawfulCaseError(faults)
    rest.leave = (opens, closes, number)


def _end(case: Case, rest: Rest) -> None:
    """The rest ends with the mother's death; that day is still hers."""
    if case.get("mother_died_on"):
        died = day(case["mother_died_on"])
        if died < rest.first:
            raise UnlawfulCaseError({("/case/mother_died_on", "before-rest")})
        after = [d for d in rest.kinds if d > died]
        rest.left_after_death = sum(not rest.kinds[d].startswith("prenatal") for d in after)
        for d in after:
            del rest.kinds[d]
    rest.kinds = dict(sorted(rest.kinds.items()))
    rest.activities = {d: names for d, names in rest.activities.items() if d in rest.kinds}
    rest.last = max(rest.kinds, default=rest.first - DAY)


def _remove(case: Case, rest: Rest, past: dict[date, dict[str, Any]], expected: date) -> None:
    """The days of full work removal with a wage: until the week
    before the expected day, the rest or the birth.
    """
    for d in sorted(past):
        one = past[d]
        if one["kind"] == "full-work-removal" and one.get("wage") is not None:
            before_the_birth = not rest.births or d < rest.births[0]
            alive = not case.get("mother_died_on") or d <= day(case["mother_died_on"])
            if d <= expected - 8 * DAY and d < rest.start and before_the_birth and alive:
                rest.removal[d] = one["wage"]
