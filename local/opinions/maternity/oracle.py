"""A second opinion on maternity rest: what an insurer should decide on a case.

Written from circular V.I. 2020/204 and tables of wage ceilings, on purpose
unlike the product and without a line of it: the case is the plain JSON, every day is walked one by
one, money is whole numbers, figures are typed here. Where it and the product differ, one of them is
wrong.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from local.opinions.maternity.insured import figures_of_the_law, judge
from local.opinions.maternity.money import (
    Purse,
    ceilings_that_need_not_be_supplied,
    decimal,
    due_days,
    fill,
    gaps,
    is_holiday,
    months,
)
from local.opinions.maternity.rest import DAY, Case, Rest, UnlawfulCaseError, day, lay_out

Row = tuple[str, int, str, str, str]


def decide(case: Case, on: str) -> dict[str, Any]:
    """The decision in plain values: outcome, periods, amounts (cents), total; or the error."""
    faults = _not_yet(case, on)
    try:
        rest = lay_out(case)
    except UnlawfulCaseError as unlawful:
        return {"error": "invalid", "faults": faults | unlawful.faults}
    faults |= contradictions(case, rest)
    if faults:
        return {"error": "invalid", "faults": faults}
    words = judge(case, rest)
    periods = _periods(rest)
    answer: dict[str, Any] = {"rest": rest, "rules": words, "amounts": [], "total": None, "payments": []}
    if "not-met" in words.values():
        return answer | {"outcome": "refused", "periods": []}
    lacking = figures_of_the_law(words, rest)
    if not lacking and ("unknown" in words.values() or gaps(case, rest)):
        return answer | {"outcome": "pending", "periods": periods}
    purse = Purse() if lacking else fill(case, rest)
    lacking |= {(u.name, str(u.on)) for u in purse.unknown}
    if lacking:
        return {"error": "parameter-unknown", "unknown": lacking, "rest": rest}
    rows = months(rest.kinds, purse.paid)
    return answer | {
        "outcome": "granted",
        "periods": periods,
        "amounts": amounts(rest, purse),
        "total": sum(gross for _, _, gross, _ in rows),
        "payments": [
            (str(first)[:7], str(due), earliest and str(earliest))
            for (first, _, _, _), (due, earliest) in zip(rows, due_days(case, rows), strict=True)
        ],
        "purse": purse,
    }


def _not_yet(case: Case, on: str) -> set[tuple[str, str]]:
    """What would happen after the day of the decision."""
    later = {"/case/requested_on": case["requested_on"], "/case/mother_died_on": case.get("mother_died_on")}
    for place, child in enumerate(case.get("births", [])):
        later |= {f"/case/births/{place}/{name}": child.get(name) for name in ("on", "died_on")}
        for number, stay in enumerate(child.get("stays", [])):
            later |= {f"/case/births/{place}/stays/{number}/{name}": stay[name] for name in ("from", "until")}
    return {(path, "in-the-future") for path, text in later.items() if text and day(text) > day(on)}


def contradictions(case: Case, rest: Rest) -> set[tuple[str, str]]:
    """What contradicts the first day of the rest, and holidays that are none."""
    faults = set()
    rested = case["quality"].get("rest_from")
    if rested and day(rested) > rest.start:
        faults.add(("/case/quality/rest_from", "after-first-day"))
    incapacity = case["pay"].get("incapacity")
    if incapacity:
        if day(incapacity["since"]) >= rest.start:
            faults.add(("/case/pay/incapacity/since", "after-first-day"))
        invalid_from = incapacity.get("invalid_from")
        if (
            not rest.converted
            and invalid_from
            and day(invalid_from) <= rest.first
            and not incapacity.get("invalid", False)
        ):
            faults.add(("/case/pay/incapacity/invalid_from", "before-rest"))
    faults |= ceilings_that_need_not_be_supplied(case, rest.first)
    holidays = [day(one["holiday"]) for one in case.get("holiday_replacements", [])]
    for place, d in enumerate(holidays):
        if not is_holiday(d):
            faults.add((f"/case/holiday_replacements/{place}/holiday", "not-a-public-holiday"))
        if d in holidays[:place]:
            faults.add((f"/case/holiday_replacements/{place}/holiday", "given-twice"))
    return faults


def _periods(rest: Rest) -> list[tuple[str, str, str, int]]:
    """Runs of days of one kind; of item 12 also of the same activities."""
    found: list[list[Any]] = []
    for marks in ({d: ("work-removal", decimal(w)) for d, w in rest.removal.items()}, _marks(rest)):
        before: date | None = None
        label: Any = None
        for d, mark in marks.items():
            if before is None or d != before + DAY or mark != label:
                found.append([mark[0], d, d])
            found[-1][2] = d
            before, label = d, mark
    rows = [(kind, str(a), str(b), (b - a).days + 1) for kind, a, b in found]
    if rest.leave:
        opens, closes, number = rest.leave
        rows.append(("separate-leave", str(opens), str(closes), number))
    return rows


def _marks(rest: Rest) -> dict[date, tuple[str, tuple[str, ...]]]:
    return {d: (kind, rest.activities.get(d, ())) for d, kind in rest.kinds.items()}


def amounts(rest: Rest, purse: Purse) -> list[Row]:
    rows = [*_runs(rest.kinds, {d: ("benefit", c) for d, c in purse.paid.items()})]
    rows += _runs(rest.kinds, {d: (reason, 0) for d, reason in purse.refused.items()})
    for wage in {decimal(w) for w in rest.removal.values()}:  # a removal with another wage is another removal
        those = {d: w for d, w in rest.removal.items() if decimal(w) == wage}
        rows += _runs(those, {d: ("work-removal", purse.removal[d]) for d in those if d in purse.removal})
    for prefix, kinds, paid in (("", rest.kinds, purse.paid), ("work-removal-", rest.removal, purse.removal)):
        for first, last, gross, tax in months(dict(kinds), paid):
            for name, amount in (("payment", gross), ("withholding-tax", tax), ("net-payment", gross - tax)):
                rows.append((prefix + name, amount, "month", str(first), str(last)))
    return sorted(rows)


def _runs(walked: Iterable[date], values: dict[date, tuple[str, int]]) -> list[Row]:
    """Days with one value after another; a Sunday of the rest does not part them."""
    rows: list[tuple[tuple[str, int], date, date]] = []
    joined = False
    before: date | None = None
    for d in walked:
        if before is not None and d != before + DAY:
            joined = False
        before = d
        if d in values:
            if joined and rows[-1][0] == values[d]:
                rows[-1] = (rows[-1][0], rows[-1][1], d)
            else:
                rows.append((values[d], d, d))
            joined = True
        elif d.weekday() != 6:
            joined = False
    return [(kind, amount, "day", str(a), str(b)) for (kind, amount), a, b in rows]
