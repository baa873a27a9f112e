"""Whether she is insured (circular V.I. 2020/204, sections I, II and V).

Every rule says "met", "not-met", "not-needed", "unknown", or
"figure" where the figure of the law is not known.
"""

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from local.opinions.maternity.money import is_holiday
from local.opinions.maternity.rest import DAY, Case, Rest, day, days

# per way: months of the waiting period, months when
# the schedule makes those impossible, days, hours
WAITING = {
    "full": (6, 18, 120, 400),
    "child-raising": (1, 3, 20, 70),
    "voluntary-insurance": (3, 9, 60, 200),
    "after-self-employed": (3, 9, 60, 200),
}
GROUNDS_OF_EXEMPTION = ["205, § 1, 1°", "205, § 1, 5°", "205, § 3/1", "205, § 6", "205, § 1"]
OTHER_ARTICLES = ["205, § 2", "206", "205/1, § 2", "205, § 3"]
GROUNDS = r"205, § (1|3/1|6)(?![0-9/])"


def judge(case: Case, rest: Rest) -> dict[str, str]:
    """What every rule of the entitlement says; to the claimant
    of a converted leave the last three do not apply.
    """
    insured = {
        "quality": _quality(case, rest),
        "waiting-period": _waiting(case, rest),
        "retention": _retention(case, rest),
        "thirty-days": _thirty_days(case, rest),
    }
    if rest.converted:
        return insured
    return insured | {
        "delivery": _delivery(case),
        "certificate": "met" if case["expected"].get("certified", True) else "unknown",
        "abroad": "unknown" if case.get("stays_abroad", False) else "met",
        "rest-worked": _worked(case, rest),
    }


def figures_of_the_law(words: dict[str, str], rest: Rest) -> set[tuple[str, str]]:
    """The figures of the law that a rule needs and that nobody knows, with the day."""
    return {("part-time-waiting-months", str(rest.first))} if "figure" in words.values() else set()


def _all(*words: str) -> str:
    """A rule of several conditions: one that fails decides, then one whose
    figure is not known, then one that is not shown.
    """
    return next((word for word in ("not-met", "figure", "unknown") if word in words), "met")


def _yes(word: bool | None) -> str:
    return "unknown" if word is None else "met" if word else "not-met"


def _next_working_day(d: date) -> date:
    d += DAY
    while d.weekday() > 4 or is_holiday(d):
        d += DAY
    return d


def _quality(case: Case, rest: Rest) -> str:
    held = case["quality"]
    if held["kind"] == "resting-since-fifth-month":
        return _all(_yes(held.get("since_fifth_month")), "met" if held.get("rest_from") else "unknown")
    if held["kind"] not in ("after-continued-insurance", "after-transition-benefit"):
        return "met"
    began, before = rest.first, True
    if held["kind"] == "after-continued-insurance":
        before = held.get("earlier_quality")
        for one in case.get("history", []):
            if one["kind"] in ("full-work-removal", "activity-in-partial-removal"):
                began = min(began, day(one["from"]))
    ended = held.get("ended_on")
    return _all(_yes(None if ended is None else began <= _next_working_day(day(ended))), _yes(before))


def months_on(d: date, months: int) -> date:
    """The first day after that many months from the day `d`."""
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    for number in (d.day, 30, 29, 28):
        try:
            found = date(year, month + 1, number)
        except ValueError:
            continue
        return found if number == d.day else found + DAY
    raise AssertionError


def _wage(shown: dict[str, Any] | None) -> str:
    if shown is None:
        return "unknown"
    if shown.get("regularised", False) or Fraction(shown["seen"]) >= Fraction(shown["needed"]):
        return "met"
    return "unknown"


def _waiting(case: Case, rest: Rest) -> str:
    opening = case["insurability"]["opening"]
    way = opening["way"]
    if way == "exempt":
        listed = re.match(GROUNDS, opening["article"]) is not None
        return _all(_yes(listed), "met" if opening.get("proven") else "unknown")
    months, longest, enough_days, enough_hours = WAITING[way]
    in_hours = opening.get("counted_in", "days") == "hours"
    if in_hours and opening.get("schedule_prevents", False):
        months = longest
    words = [_wage(opening.get("wage")) if way == "full" else "met"]
    if any(opening.get(name) is None for name in ("from", "until", "volume")):
        words.append("unknown")  # a volume says nothing without its period
    else:
        after = min(months_on(day(opening["from"]), months), rest.first)
        in_time = _yes(day(opening["until"]) < after)
        enough = _yes(Fraction(opening["volume"]) >= (enough_hours if in_hours else enough_days))
        if way == "full" and months == longest and day(opening["until"]) < rest.first:
            words.append(_part_time(opening, _all(in_time, enough), rest.first.year))
        else:
            words += [in_time, enough]
    if way != "full":
        words.append(_yes(opening.get("earlier_fulfilled")))
    if way == "child-raising":
        words.append(_child(opening))
    if way == "voluntary-insurance":
        words.append(_yes(opening.get("voluntarily_insured")))
    if way == "after-self-employed":
        lost = opening.get("lost_on")
        words.append(_yes(None if lost is None else day(opening["became_on"]) <= day(lost) + 30 * DAY))
    return _all(*words)


def _part_time(opening: dict[str, Any], in_eighteen_months: str, year: int) -> str:
    """400 hours in six months are enough for everybody. Else 400 in eighteen,
    or 133 in six? From 2021 on nobody knows, unless both say the same.
    """
    short = opening.get("hours_in_six_months")
    if short is None and day(opening["until"]) < months_on(day(opening["from"]), 6):
        short = opening["volume"]
    if short is not None and Fraction(short) >= 400:
        return "met"
    if year < 2021:
        return in_eighteen_months
    if short is None:
        return "unknown"
    in_six_months = _yes(Fraction(short) >= 133)
    return in_six_months if in_six_months == in_eighteen_months else "figure"


def birthday(born: date, age: int) -> date:
    """The 28th for who was born on a 29th of February, in a year without one."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 2, 28)


def _child(opening: dict[str, Any]) -> str:
    child = opening.get("child")
    if child is None:
        return "unknown"
    until = birthday(day(child["born_on"]), 6 if child.get("disability_allowance", False) else 3)
    again = child.get("next_born_on")
    if again and day(again) <= day(child["interrupted_until"]):
        longer = birthday(day(again), 6 if child.get("next_disability_allowance", False) else 3)
        until = max(until, longer)
    within = day(child["born_on"]) <= day(child["interrupted_from"]) and day(child["interrupted_until"]) <= until
    return _all(_yes(child["declared"]), _yes(child["at_home"]), _yes(child.get("undivided", True)), _yes(within))


def quarter(d: date) -> int:
    return d.year * 4 + (d.month - 1) // 3


def _retention(case: Case, rest: Rest) -> str:
    opening = case["insurability"]["opening"]
    if opening["way"] == "full":
        fulfilled = opening.get("until")
        if fulfilled is None and opening.get("contributions_paid", True):
            return "unknown"  # the day it asks for may be a recent one
        fresh = fulfilled is not None and quarter(rest.first) <= quarter(day(fulfilled)) + 1
    else:
        fresh = quarter(rest.first) <= quarter(day(opening["became_on"])) + 3
    if fresh and opening.get("contributions_paid", True):
        return "not-needed"
    shown = case["insurability"].get("retention")
    if shown is None:
        return "unknown"
    second, third = shown.get("second_quarter"), shown.get("third_quarter")
    two = None if second is None or third is None else Fraction(second) + Fraction(third)
    in_hours = shown["counted_in"] == "hours"
    usual = _all(_yes(None if two is None else two >= (400 if in_hours else 120)), _wage(shown.get("wage")))
    if usual == "met" or not in_hours:
        return usual
    first = shown.get("first_quarter")
    three = None if two is None or first is None else two + Fraction(first) >= 400
    gap = shown.get("longest_gap")
    other = _all(_yes(three), _wage(shown.get("wage_three_quarters")), _yes(None if gap is None else gap <= 30))
    return "met" if other == "met" else "unknown" if "unknown" in (usual, other) else "not-met"


def _thirty_days(case: Case, rest: Rest) -> str:
    """At most thirty whole days between the last day of quality,
    incapacity or removal and the first of the rest.
    """
    last = day(case["quality"].get("until") or "9999-12-31")
    if case["quality"].get("basis") == "apprentice":
        last = min(last, date(case["quality"]["birth_year"] + 18, 12, 31))
    for one in case.get("history", []):
        if one["kind"] in ("incapacity", "full-work-removal", "activity-in-partial-removal", "authorised-activity"):
            last = max(last, day(one["until"]))
    if case["pay"].get("incapacity"):
        last = rest.first
    return _yes((rest.first - last) - DAY <= timedelta(30))


def _delivery(case: Case) -> str:
    children = case.get("births", [])
    if not children:
        return "unknown"
    words = ["met" if child.get("proven", True) else "unknown" for child in children]
    if not any(child.get("living", True) for child in children):
        longest = [child.get("pregnancy_days") for child in children]
        known = [n for n in longest if n is not None]
        words.append("met" if max(known, default=0) >= 180 else "unknown" if None in longest else "not-met")
    return _all(*words)


def _worked(case: Case, rest: Rest) -> str:
    """Who went on working on every day of her rest but the Sundays has not rested at all."""
    worked = {d for one in case.get("activity_in_rest", []) for d in days(one)}
    free = [d for d, kind in rest.kinds.items() if d not in worked or kind == "extension-partial-activity"]
    idle = not rest.births or not worked.intersection(rest.kinds)
    return "met" if idle or any(d.weekday() < 6 for d in free) else "not-met"
