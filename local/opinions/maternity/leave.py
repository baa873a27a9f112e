"""A second opinion on converted maternity leave: who takes over what the
mother had left, and when (circular V.I. 2020/204, section XIII).
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


# 13.1: the claimants in their order, and the field that answers each condition
LADDER: dict[str, dict[str, str]] = {
    "parent": {"descent": "proven"},
    "spouse": {"rank": "higher_rank", "marriage": "proven"},
    "legal-cohabitant": {
        "rank": "higher_rank",
        "legal-cohabitation": "proven",
        "child-residence": "child_lives_there",
        "kinship": "related",
    },
    "cohabitant": {
        "rank": "higher_rank",
        "cohabitation": "together_since",
        "child-residence": "child_lives_there",
        "kinship": "related",
    },
}
WANTED_NO = ("higher_rank", "related")  # here "no" is the answer that helps


def answers(case: Case) -> dict[str, bool | None]:
    """Whether each condition of 13.1 and of the end of 13.2 holds; None = nobody knows."""
    mother, claimant = case["mother"], case["relation"]
    found: dict[str, bool | None] = {}
    if mother["event"] == "hospital" and "until" in mother:
        found["mother-in-hospital"] = day(mother["until"]) - day(mother["on"]) >= 7 * DAY
    for rule, field in LADDER[claimant["rank"]].items():
        told = claimant.get(field)
        if told is None:
            found[rule] = None
        elif field == "together_since":
            found[rule] = _three_years_later(day(told)) <= min(day(b) for b in case["births"])
        else:
            found[rule] = told is not (field in WANTED_NO)
    insured = mother.get("insured")
    by_statute = mother.get("statute_grants")
    found["mother-insured"] = {None: None, "beneficiary": True, "neither": False}.get(insured, by_statute)
    return found


def _three_years_later(d: date) -> date:
    try:
        return d.replace(year=d.year + 3)
    except ValueError:  # the 29th of February
        return date(d.year + 3, 3, 1)


def birth_leave(case: Case) -> int:
    """The days of birth leave that an employee has after the last of the births."""
    born = max(day(b) for b in case["births"])
    return 20 if born.year >= 2023 else 15 if born.year >= 2021 else 10


def faults_of(case: Case, on: date) -> set[tuple[str, str]]:
    """What cannot be on that day."""
    told = {"requested_on": case["requested_on"], "child_home_on": case.get("child_home_on")}
    told |= {f"mother/{name}": case["mother"].get(name) for name in ("on", "until")}
    told |= {f"births/{place}": birth for place, birth in enumerate(case["births"])}
    found = {(f"/case/{path}", "in-the-future") for path, text in told.items() if text and day(text) > on}
    home = case.get("child_home_on")
    if home and day(home) < min(day(b) for b in case["births"]):
        found.add(("/case/child_home_on", "before-birth"))
    if case.get("birth_leave_taken", 0) > birth_leave(case):
        found.add(("/case/birth_leave_taken", "above-birth-leave"))
    return found


def decide(case: Case, on: date) -> dict[str, Any]:
    """The decision in plain values: outcome, what failed, periods,
    amounts (cents), total; or the first unknown figure.
    """
    rest = lay_out(case)
    faults = faults_of(case, on) | contradictions(case, rest)
    if faults:
        return {"error": "invalid", "faults": faults}
    words = judge(case, rest)
    held = answers(case)
    failed = {rule for rule in ("quality", "waiting-period", "retention", "thirty-days") if words[rule] == "not-met"}
    failed |= {rule for rule, answer in held.items() if answer is False}
    if not rest.kinds:
        failed.add("leave-days")
    if failed:
        return _without_amounts("refused") | {"failed": failed}
    mother = case["mother"]
    asked = {rule for rule, word in words.items() if word == "unknown"}
    asked |= {rule for rule, answer in held.items() if answer is None}
    if mother["event"] == "hospital" and "until" not in mother and (on - day(mother["on"])) < 7 * DAY:
        asked.add("mother-in-hospital")
    asked |= {name for name, there in _papers(case).items() if not there}
    lacking = figures_of_the_law(words, rest)
    if not lacking and case.get("child_home_on") is None:
        return _without_amounts("pending")
    periods = [("converted-leave", str(rest.first), str(rest.last), len(rest.kinds))]
    if not lacking and (asked or gaps(case, rest)):
        return _without_amounts("pending") | {"periods": periods}
    purse = Purse() if lacking else fill(case, rest)
    lacking |= {(u.name, str(u.on)) for u in purse.unknown}
    if lacking:
        return {"error": "parameter-unknown", "unknown": lacking}
    rows = months(rest.kinds, purse.paid)
    return {
        "outcome": "granted",
        "failed": set(),
        "periods": periods,
        "amounts": sorted(amounts(rest, purse)),
        "total": sum(gross for _, _, gross, _ in rows),
        "payments": [
            (str(begin)[:7], str(due), from_ and str(from_))
            for (begin, _, _, _), (due, from_) in zip(rows, due_days(case, rows), strict=True)
        ],
    }


def _papers(case: Case) -> dict[str, bool]:
    """13.3, and X: what the insurer must have seen before it pays."""
    return {
        "statement": case.get("hospital_statement", False),
        "word of honour": case["relation"]["rank"] == "parent" or case["relation"].get("declared", False),
        "stay in Belgium": not case.get("stays_abroad", False),
    }


def _without_amounts(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "failed": set(), "periods": [], "amounts": [], "total": None, "payments": []}
