"""A second opinion on converted maternity leave: what the other parent
takes over (circular V.I. 2020/204, section XIII).

The random cases are of a parent whose descent is
established, so that who may claim is no question here.
"""

from datetime import date
from typing import Any

from local.opinions.maternity.insured import figures_of_the_law, judge
from local.opinions.maternity.money import Purse, due_days, fill, gaps, months
from local.opinions.maternity.oracle import amounts, contradictions
from local.opinions.maternity.rest import DAY, Case, Rest, day


def earliest(case: Case) -> date:
    """The first day that the leave can have, as far
    as is known while the child is still in hospital.
    """
    mother = case["mother"]
    home = day(case.get("child_home_on") or case["births"][0])
    if mother["event"] == "death":  # the day of the death is the mother's
        return max(home, day(mother["on"]) + DAY)
    eighth = max(day(b) for b in case["births"]) + 7 * DAY
    return max(home, day(mother["on"]), eighth)


def lay_out(case: Case) -> Rest:
    """The days of the leave, none perhaps: those the mother had left,
    while she is in hospital, as many as are asked.
    """
    first = max(earliest(case), day(case.get("first_day") or "1900-01-01"))
    mother = case["mother"]
    most = min(mother["days_left"], case.get("days") or mother["days_left"])
    kinds: dict[date, str] = {}
    d = first
    while len(kinds) < most and (mother.get("until") is None or d <= day(mother["until"])):
        kinds[d] = "converted-leave"
        d += DAY
    return Rest(first, first, d - DAY, kinds, {}, [], days_used=mother["days_used"], converted=mother["event"])


def decide(case: Case) -> dict[str, Any]:
    """The decision in plain values: outcome, periods,
    amounts (cents), total; or the first unknown figure.
    """
    rest = lay_out(case)
    faults = contradictions(case, rest)
    if faults:
        return {"error": "invalid", "faults": faults}
    words = judge(case, rest)
    failed = [rule for rule in ("quality", "waiting-period", "retention", "thirty-days") if words[rule] == "not-met"]
    open_ = [rule for rule in ("quality", "waiting-period", "retention", "thirty-days") if words[rule] == "unknown"]
    mother = case["mother"]
    if mother.get("until") and day(mother["until"]) - day(mother["on"]) < 7 * DAY:
        failed.append("mother in hospital for more than seven days")
    if failed or not rest.kinds:
        return _without_amounts("refused")
    lacking = figures_of_the_law(words, rest)
    if not lacking and case.get("child_home_on") is None:
        return _without_amounts("pending")
    periods = [("converted-leave", str(rest.first), str(rest.last), len(rest.kinds))]
    shown = case.get("hospital_statement", False) and case["relation"].get("proven", False)
    if not lacking and (open_ or not shown or gaps(case, rest)):
        return _without_amounts("pending") | {"periods": periods}
    purse = Purse() if lacking else fill(case, rest)
    lacking |= {(u.name, str(u.on)) for u in purse.unknown}
    if lacking:
        return {"error": "parameter-unknown", "unknown": lacking}
    rows = months(rest.kinds, purse.paid)
    return {
        "outcome": "granted",
        "periods": periods,
        "amounts": sorted(amounts(rest, purse)),
        "total": sum(gross for _, _, gross, _ in rows),
        "payments": [
            (str(begin)[:7], str(due), from_ and str(from_))
            for (begin, _, _, _), (due, from_) in zip(rows, due_days(case, rows), strict=True)
        ],
    }


def _without_amounts(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "periods": [], "amounts": [], "total": None, "payments": []}
