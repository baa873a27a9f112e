"""What every day of rest pays (circular V.I. 2020/204, sections VII to XI), in whole numbers.

A wage is a number of ten-thousandths of a euro, a payable amount a number
of cents. Tables are typed from the published pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from local.opinions.maternity.rest import DAY, Case, Rest, day, days

INDEX_STEPS = [
    *(date(2018, 9, 1), date(2020, 3, 1), date(2021, 9, 1), date(2022, 1, 1), date(2022, 3, 1), date(2022, 5, 1)),
    *(date(2022, 8, 1), date(2022, 11, 1), date(2022, 12, 1), date(2023, 11, 1), date(2024, 5, 1)),
    *(date(2025, 2, 1), date(2026, 3, 1)),
]
INDEX_KNOWN = (date(2017, 6, 1), date(2026, 12, 31))  # between these days the list of steps is complete
# first and last start of a cohort, and its printed wage ceilings from the first day of each
COHORTS: list[tuple[date, date, list[tuple[date, int]]]] = [
    (
        date(2015, 4, 1),
        date(2017, 12, 31),
        [
            (date(2017, 6, 1), 1386297),
            (date(2018, 9, 1), 1413967),
            (date(2020, 3, 1), 1442242),
            (date(2021, 9, 1), 1471123),
            (date(2022, 1, 1), 1500509),
            (date(2022, 3, 1), 1530602),
            (date(2022, 5, 1), 1561200),
            (date(2022, 8, 1), 1592404),
            (date(2022, 11, 1), 1624214),
            (date(2022, 12, 1), 1656730),
            (date(2023, 11, 1), 1689853),
        ],
    ),
    (
        date(2018, 1, 1),
        date(2019, 12, 31),
        [
            (date(2018, 1, 1), 1397388),
            (date(2018, 9, 1), 1425279),
            (date(2020, 3, 1), 1453780),
            (date(2021, 9, 1), 1482893),
            (date(2022, 1, 1), 1512514),
            (date(2022, 3, 1), 1542848),
            (date(2022, 5, 1), 1573690),
            (date(2022, 8, 1), 1605144),
            (date(2022, 11, 1), 1637208),
            (date(2022, 12, 1), 1669985),
            (date(2023, 11, 1), 1703372),
        ],
    ),
    (
        date(2020, 1, 1),
        date(2021, 12, 31),
        [
            (date(2020, 1, 1), 1440957),
            (date(2020, 3, 1), 1469772),
            (date(2021, 9, 1), 1499205),
            (date(2022, 1, 1), 1529152),
            (date(2022, 3, 1), 1559819),
            (date(2022, 5, 1), 1591001),
            (date(2022, 8, 1), 1622800),
            (date(2022, 11, 1), 1655217),
            (date(2022, 12, 1), 1688355),
            (date(2023, 11, 1), 1722109),
            (date(2024, 5, 1), 1756584),
            (date(2025, 2, 1), 1791677),
            (date(2026, 3, 1), 1827490),
        ],
    ),
    (
        date(2022, 1, 1),
        date(2023, 12, 31),
        [
            (date(2022, 1, 1), 1545972),
            (date(2022, 3, 1), 1576977),
            (date(2022, 5, 1), 1608502),
            (date(2022, 8, 1), 1640651),
            (date(2022, 11, 1), 1673424),
            (date(2022, 12, 1), 1706926),
            (date(2023, 11, 1), 1741052),
            (date(2024, 5, 1), 1775907),
            (date(2025, 2, 1), 1811385),
            (date(2026, 3, 1), 1847592),
        ],
    ),
    (
        date(2024, 1, 1),
        date(2026, 12, 31),
        [
            (date(2024, 1, 1), 1760204),
            (date(2024, 5, 1), 1795442),
            (date(2025, 2, 1), 1831311),
            (date(2026, 3, 1), 1867916),
        ],
    ),
]
PENSION_DEDUCTION = (date(2019, 10, 1), date(2020, 2, 29), 6309)  # full from that gross amount of an invalid
PAID_HOLIDAYS = {"contract", "similar-conditions", "apprentice"}  # the employer still pays: there is a contract
NOT_PAID = {
    "wage": "not-paid-wage",
    "holiday-pay": "not-paid-holiday-pay",
    "termination-indemnity": "not-paid-termination-indemnity",
    "career-break-benefit": "not-paid-career-break-benefit",
}


class UnknownFigureError(Exception):
    """No figure is published for that day."""

    def __init__(self, name: str, on: date) -> None:
        super().__init__(name, on)
        self.name, self.on = name, on


@dataclass
class Purse:
    """Per day of rest what is paid in cents, or why nothing is;
    the same for the removal; the last aligned day.
    """

    paid: dict[date, int] = field(default_factory=dict)
    refused: dict[date, str] = field(default_factory=dict)
    removal: dict[date, int] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)  # what the amounts went through
    unknown: list[UnknownFigureError] = field(default_factory=list)  # the first of the rest, the first of the removal


def half_up(number: int, divisor: int) -> int:
    return (2 * number + divisor) // (2 * divisor)


def decimal(text: str, places: int = 4) -> int:
    """A written amount as a whole number of its smallest part."""
    whole, _, part = text.partition(".")
    return int(whole + (part + "0" * places)[:places])


def indexed(wage: int, since: date, d: date) -> int:
    """A wage of the day `since` on a later day: 2 % for every step in between."""
    if d > since and (since < INDEX_KNOWN[0] or d > INDEX_KNOWN[1]):
        raise UnknownFigureError("index-steps-listed", since if INDEX_KNOWN[0] <= d <= INDEX_KNOWN[1] else d)
    steps = sum(since < step <= d for step in INDEX_STEPS)
    factor = half_up(102**steps * 10_000, 100**steps)
    return half_up(wage * factor, 10_000)


def daily(wage: dict[str, Any]) -> int:
    amount = decimal(wage["amount"])
    return half_up(amount, 26) if wage.get("per", "day") == "month" else amount


def easter(year: int) -> date:
    """The anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    ell = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, rest = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, rest + 1)


_HOLIDAYS: dict[int, set[date]] = {}


def is_holiday(d: date) -> bool:
    """One of the ten legal holidays."""
    if d.year not in _HOLIDAYS:
        sunday = easter(d.year)
        fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)]
        _HOLIDAYS[d.year] = {date(d.year, m, n) for m, n in fixed} | {sunday + n * DAY for n in (1, 39, 50)}
    return d in _HOLIDAYS[d.year]


# --- the wage -------------------------------------------------------------------------------------


def wage(case: Case) -> int | None:
    """The day wage on the first day of the rest; None = still to be handed in."""
    pay = case["pay"]
    if pay.get("childminder"):
        minder = pay["childminder"]
        most = 4 if minder["community"] == "flemish" else minder["maximum_places"]
        return half_up(decimal(minder["guaranteed_income"]) * min(minder["places"], most), 26 * most)
    if pay.get("incapacity"):
        given = pay["incapacity"].get("wage")
    elif case["quality"]["kind"] == "resting-since-fifth-month":
        given = pay.get("interruption_wage")
    elif case["quality"]["kind"] == "controlled-unemployed":
        given = (pay.get("unemployment") or {}).get("wage")
    else:
        return wage_of(case, [a["name"] for a in pay.get("activities", [])])
    return daily(given) if given else None


def wage_of(case: Case, names: list[str]) -> int | None:
    """The day wage of these activities together."""
    held = {a["name"]: a for a in case["pay"].get("activities", [])}
    total = 0
    for name in names:
        activity = held.get(name, {"stable": True})
        given = activity.get("reference_wage" if activity["stable"] else "start_wage")
        if not given:
            return None
        total += daily(given)
    return total if names else None


def gaps(case: Case, rest: Rest) -> bool:
    """Whether something that the amounts need is still to be handed in."""
    pay = case["pay"]
    if wage(case) is None:
        return True
    if pay.get("incapacity") and in_force(pay["incapacity"].get("benefits", []), rest.first) is None:
        return True
    if case["quality"]["kind"] == "controlled-unemployed" or pay.get("income_guarantee"):
        rows = (pay.get("unemployment") or {}).get("benefits", [])
        if last_aligned_day(case, rest) >= rest.first and in_force(rows, rest.first) is None:
            return True
    return any(wage_of(case, list(names)) is None for names in set(rest.activities.values()))


# --- alignment ------------------------------------------------------------------------------------


def last_aligned_day(case: Case, rest: Rest) -> date:
    """Six months from the first day of removal, incapacity and rest
    without an interruption between them, lengths added.
    """
    before: dict[date, str] = {}
    for one in case.get("history", []):
        if one["kind"] in ("incapacity", "full-work-removal"):
            before.update(dict.fromkeys(days(one), one["kind"]))
    incapacity = case["pay"].get("incapacity")
    if incapacity and day(incapacity["since"]) < rest.first:
        before.update(dict.fromkeys(days({"from": incapacity["since"], "until": str(rest.first - DAY)}), "incapacity"))
    counted = 0
    walk = rest.first - DAY
    while walk in before:
        counted += 1
        walk -= DAY
        if walk not in before and before[walk + DAY] == "incapacity":
            for gap in range(1, 14):  # less than fourteen days between two spells of incapacity
                if before.get(walk - gap * DAY):
                    if before[walk - gap * DAY] == "incapacity":
                        walk -= gap * DAY
                    break
    since = rest.first - counted * DAY
    year, month = divmod(since.year * 12 + since.month - 1 + 6, 12)
    following = date(year, month + 1, 1)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    if since.day > (after - following).days:
        return after - DAY
    return date(year, month + 1, since.day) - DAY


def in_force(rows: list[dict[str, Any]], d: date) -> dict[str, Any] | None:
    """The latest row that has begun."""
    found = None
    for row in sorted(rows, key=lambda r: str(r["from"])):
        if day(row["from"]) <= d:
            found = row
    return found


# --- ceilings -------------------------------------------------------------------------------------


def _known(start: date, d: date) -> tuple[int | None, int | None]:
    """The wage ceiling of that day, and the last one known by then."""
    begun = [cohort for cohort in COHORTS if cohort[0] <= start]
    if not begun:
        return None, None
    _, last_start, ceilings = begun[-1]
    before = [amount for since, amount in ceilings if since <= d]
    last = before[-1] if before else None
    return (last if start <= last_start and d <= INDEX_KNOWN[1] else None), last


def capped(case: Case, start: date, d: date, amount: int) -> int:
    """The wage below its ceiling; below the last known one it is not capped, whatever came."""
    ceiling, before = _known(start, d)
    if ceiling is not None:
        return min(amount, ceiling)
    if before is not None and amount <= before:
        return amount
    for row in case.get("wage_ceilings", []):
        if day(row["from"]) <= d <= day(row["until"]):
            return min(amount, decimal(row["amount"]))
    if start > COHORTS[-1][1]:
        raise UnknownFigureError("wage-ceiling-base", start)
    raise UnknownFigureError("index-steps-listed", d)


def ceilings_that_need_not_be_supplied(case: Case, start: date) -> set[tuple[str, str]]:
    """Who supplies a ceiling of a day that has one is told so, or one that is too low."""
    faults = set()
    for place, row in enumerate(case.get("wage_ceilings", [])):
        since, until = day(row["from"]), day(row["until"])
        walked = [since + n * DAY for n in range((until - since).days + 1)]
        if any(_known(start, d)[0] is not None for d in walked):
            faults.add((f"/case/wage_ceilings/{place}", "figure-is-published"))
        elif (_known(start, until)[1] or 0) > decimal(row["amount"]):
            faults.add((f"/case/wage_ceilings/{place}/amount", "below-last-known-ceiling"))
    return faults


# --- the days -------------------------------------------------------------------------------------


def fill(case: Case, rest: Rest) -> Purse:
    """Every day of the rest and of the removal that is paid, or why it is not."""
    purse = Purse()
    reasons = _reasons(case, rest)
    own = wage(case)
    assert own is not None
    aligned_until = last_aligned_day(case, rest)
    try:
        for d, kind in rest.kinds.items():
            if d.weekday() == 6:
                continue
            if d in reasons:
                purse.refused[d] = reasons[d]
            else:
                if aligned_until >= d and case["quality"]["kind"] == "controlled-unemployed":
                    purse.met.add("aligned")
                purse.paid[d] = _amount(case, rest, d, kind, own, d <= aligned_until, purse.met)
    except UnknownFigureError as unknown:
        purse.unknown.append(unknown)
    try:
        purse.removal = dict(_removal(case, rest))
    except UnknownFigureError as unknown:
        purse.unknown.append(unknown)
    return purse


def _reasons(case: Case, rest: Rest) -> dict[date, str]:
    """Why a day is not paid; the last word is written last."""
    thirty = {rest.first + n * DAY for n in range(30)}
    found: dict[date, str] = {}
    if not rest.converted and case["quality"].get("basis") in PAID_HOLIDAYS:
        moved = {day(m["holiday"]): day(m["replaced_by"]) for m in case.get("holiday_replacements", [])}
        for d in thirty:
            if (is_holiday(d) and d not in moved) or d in moved.values():
                found[d] = "not-paid-public-holiday"
    for one in case.get("covered", []):
        found.update(dict.fromkeys(days(one), NOT_PAID[one["by"]]))
    for one in case.get("activity_in_rest", []):
        for d in days(one):
            if rest.kinds.get(d) != "extension-partial-activity":
                found[d] = "not-paid-activity"
    return found


def _amount(case: Case, rest: Rest, d: date, kind: str, own: int, aligned: bool, met: set[str]) -> int:
    early = (d - rest.first).days + rest.days_used < 30
    pay = case["pay"]
    amount = half_up(sum(_parts(case, rest, d, kind, own, early, aligned)), 100)
    guaranteed = _guarantee(pay, d, amount)
    if guaranteed > amount:
        met.add("raised to the guarantee" + (" of an invalid" if pay["incapacity"].get("invalid") else ""))
    return max(amount, guaranteed)


def _parts(case: Case, rest: Rest, d: date, kind: str, own: int, early: bool, aligned: bool) -> list[int]:
    """What is added up for a day: each part is a share of a wage, or the unemployment benefit."""
    pay, held = case["pay"], case["quality"]["kind"]
    of_the_day = indexed(own, rest.first, d)
    if rest.converted == "hospital":
        return _in_hospital(case, rest, d, of_the_day, aligned)
    if kind == "extension-partial-activity":
        of_these = wage_of(case, list(rest.activities[d]))
        assert of_these is not None
        return [half_up(capped(case, rest.first, d, indexed(of_these, rest.first, d)) * 75, 100)]
    if held in ("employee", "resting-since-fifth-month"):
        share = half_up(of_the_day * 82, 100) if early else half_up(capped(case, rest.first, d, of_the_day) * 75, 100)
        lost = pay.get("income_guarantee") and held == "employee"
        return [share, *(_unemployed_parts(pay, rest, d, early, aligned) if lost else [])]
    base = capped(case, rest.first, d, of_the_day)
    if held == "controlled-unemployed":
        more = half_up(base * (195 if early else 150), 1000)
        if not aligned:
            return [half_up(base * 60, 100), more]
        row = in_force(pay["unemployment"]["benefits"], d)
        assert row is not None
        return [decimal(row["amount"]), more]
    return [half_up(base * (795 if early else 750), 1000)]


def _in_hospital(case: Case, rest: Rest, d: date, of_the_day: int, aligned: bool) -> list[int]:
    """Converted leave while the mother is in hospital: 60 % of the
    capped wage, or exactly the unemployment benefit.
    """
    pay = case["pay"]
    if case["quality"]["kind"] == "controlled-unemployed" and aligned:
        row = in_force(pay["unemployment"]["benefits"], d)
        assert row is not None
        return [decimal(row["amount"])]
    parts = [half_up(capped(case, rest.first, d, of_the_day) * 60, 100)]
    if case["quality"]["kind"] == "employee" and pay.get("income_guarantee"):
        parts += _unemployed_parts(pay, rest, d, False, aligned)[:1]
    return parts


def _unemployed_parts(pay: dict[str, Any], rest: Rest, d: date, early: bool, aligned: bool) -> list[int]:
    """The second component of a part-timer who keeps her rights, each part rounded once."""
    lost = indexed(daily(pay["unemployment"]["wage"]), rest.first, d)
    above, below = (decimal(pay["income_guarantee"][name], 2) for name in ("guarantee", "reference"))
    more = half_up(lost * (195 if early else 150) * above, 1000 * below)
    if not aligned:
        return [half_up(lost * 60 * above, 100 * below), more]
    row = in_force(pay["unemployment"]["benefits"], d)
    assert row is not None
    return [half_up(decimal(row["amount"]) * above, below), more]


def _guarantee(pay: dict[str, Any], d: date, amount: int) -> int:
    """Article 113: never less than the incapacity benefit
    of that day; of an invalid what is left of it.
    """
    incapacity = pay.get("incapacity")
    row = in_force(incapacity["benefits"], d) if incapacity and incapacity.get("benefits") else None
    if incapacity is None or row is None:
        return 0
    gross = decimal(row["gross"], 2)
    if not incapacity.get("invalid", False) or gross <= amount:
        return gross
    if row.get("net") is not None:
        return decimal(row["net"], 2)
    first, last, full_from = PENSION_DEDUCTION
    if not first <= d <= last or gross < full_from:
        raise UnknownFigureError("pension-deduction", d)
    return half_up(gross * 965, 1000)


def _removal(case: Case, rest: Rest) -> Iterator[tuple[date, int]]:
    """The days of full work removal: a new removal where the wage changes or a day lies between."""
    since = None
    for d, written in rest.removal.items():
        if since is None or decimal(rest.removal.get(d - DAY, "-1")) != decimal(written):
            since = d
        if d.weekday() == 6:
            continue
        base = capped(case, since, d, indexed(decimal(written), since, d))
        yield d, half_up(half_up(base * 78237, 100_000), 100)


# --- payments -------------------------------------------------------------------------------------


def months(kinds: dict[date, Any], paid: dict[date, int]) -> list[tuple[date, date, int, int]]:
    """Per calendar month with something to pay: first and
    last day of rest in it, gross and tax in cents.
    """
    found: dict[tuple[int, int], list[date]] = {}
    for d in sorted(kinds):
        found.setdefault((d.year, d.month), []).append(d)
    rows = []
    for those in found.values():
        gross = sum(paid.get(d, 0) for d in those)
        if gross:
            rows.append((those[0], those[-1], gross, half_up(gross * 1111, 10_000)))
    return rows


def due_days(case: Case, rows: list[tuple[date, date, int, int]]) -> list[tuple[date, date | None]]:
    """Until when each month is paid, and from when where she is in invalidity."""
    found: list[tuple[date, date | None]] = []
    invalid = bool((case["pay"].get("incapacity") or {}).get("invalid", False))
    for number, (first, _, _, _) in enumerate(rows):
        next_month = (first.replace(day=28) + timedelta(4)).replace(day=1)
        due = next_month + 4 * DAY
        if not invalid:
            due = max(due, found[0][0] if number else day(case["requested_on"]) + 30 * DAY)
        earliest = None
        if invalid:
            working: list[date] = []
            d = next_month
            while len(working) < 3:
                d -= DAY
                if d.weekday() < 5 and not is_holiday(d):
                    working.append(d)
            earliest = working[-1]
        found.append((due, earliest))
    return found
