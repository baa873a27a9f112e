"""Random persons, decided by the product and by the second opinion. Any difference is printed and ends in failure.

python -m local.opinions.year.compare --cases 200000 --seed 1
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from local.opinions.year import oracle
from local.opinions.year.people import Maker
from tegemoet.domain.money import cents
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.rules import decide_person

PARAMETERS = SCHEME.parameter_sets["2023"]
ROWS = list(oracle.PREMIUM)
EDGES = [  # days around which something changes
    "2023-01-01",
    "2023-02-15",
    "2023-03-03",
    "2023-06-30",
    "2023-11-30",
    "2023-12-05",
    "2023-12-31",
    "2024-05-31",
    "2024-06-15",
]
EVALUATION_DAYS = {1: ("2023-12-01", "2023-12-05", "2024-01-10"), 2: ("2024-06-01", "2024-06-15", "2024-08-01")}
SETTINGS = ("ambulatory", "day-hospital", "inpatient")


def differences(count: int, seed: int) -> Iterator[tuple[dict[str, Any], str, dict[str, Any], dict[str, Any]]]:
    """Of `count` random cases those on which the two differ: case, day, the product's answer, the second opinion."""
    random = Random(seed)
    make = Maker(random)
    for _ in range(count):
        case, on = random_case(random, make)
        ours, theirs = product(case, on), second_opinion(case, on)
        if ours != theirs:
            yield case, on, ours, theirs


def product(case: dict[str, Any], on: str) -> dict[str, Any]:
    """What the product decides, in cents."""
    decided = decide_person(SCHEME.case.validate_json(json.dumps(case)), date.fromisoformat(on), PARAMETERS)
    best = decided.winner
    return {
        "outcome": decided.ruling.outcome,
        "due": cents(decided.target),
        "pays": cents(decided.payable),
        "recovery": cents(decided.recovery),
        "booked": (best.profession, best.riziv_number) if best else ("", ""),
        "closed": decided.state == "closed",
        "year amounts": sorted(e.subject for e in decided.exceptions if e.kind.startswith("year-amount")),
    }


def second_opinion(case: dict[str, Any], on: str) -> dict[str, Any]:
    """What the plain re-statement of the rules makes of the same case."""
    pharmacies = {p["pharmacy"]["pharmacy_id"] for p in case["practices"] if "pharmacy" in p}
    practices = [_practice(p, len(pharmacies) > 1) for p in case["practices"]]
    accounts = [oracle.day(a["registered_on"]) for a in case["accounts"]]
    paid = sum(_cents(e["amount"]) * (1 if e["kind"] == "payment" else -1) for e in case["paid"])
    verdict = oracle.settle(practices, accounts, paid, case["phase"], oracle.day(on))
    return {
        "outcome": verdict.outcome,
        "due": verdict.due,
        "pays": verdict.pays,
        "recovery": verdict.recovery,
        "booked": (verdict.booked_under, verdict.number),
        "closed": verdict.closed or (case["recovery_settled"] and case["phase"] == 2 and verdict.settled),
        "year amounts": sorted(n[:8] for n in verdict.year_amount_exceptions),
    }


def _practice(p: dict[str, Any], several_pharmacies: bool) -> oracle.Practice:
    pharmacy = p.get("pharmacy", {})
    practice = oracle.Practice(
        p["riziv_number"],
        p["profession"],
        p["specialism"] or "",
        oracle.day(p["number_granted_on"]) if p["number_granted_on"] else 0,
        p["training"],
        _cents(p["medical_house_weekly_hours"]) if p["medical_house_weekly_hours"] else None,
        [
            (oracle.day(c["from"]), oracle.day(c["until"]) if c["until"] else oracle.day("9999-12-31"), c["status"])
            for c in p["conventions"]
        ],
        _cents(p["activity-s1"]["ambulatory"]) if "ambulatory" in p["activity-s1"] else None,
        _cents(p["activity-year"]["ambulatory"]) if "ambulatory" in p["activity-year"] else None,
        pharmacy.get("pharmacy_id", ""),
        pharmacy.get("account", False),
        pharmacy.get("payee", ""),
        p["held"] is not None,
        _cents(p["paid_to_another"]) if p["paid_to_another"] else 0,
        p["year_amount_choice"] or "",
    )
    if several_pharmacies and pharmacy:
        practice.held |= pharmacy["chosen"] is None
        if pharmacy["chosen"] is False:
            practice.payee = "somebody else"
    return practice


def _cents(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def _euro(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def random_case(random: Random, make: Maker) -> tuple[dict[str, Any], str]:
    """A person near the limits of the rules, and a day to decide it on."""
    phase = random.choice((1, 2))
    practices = [_random_practice(random, make) for _ in range(random.choice((1, 1, 1, 2, 2, 3)))]
    days = {
        _near(random, "2023-11-30", "2024-05-31", "2023-06-30", "2024-06-15")
        for _ in range(random.choice((0, 1, 1, 1, 2)))
    }
    paid = []
    if random.random() < 0.4:
        booked = random.choice(practices)
        premium = oracle.PREMIUM[booked["profession"], booked["specialism"] or ""]
        paid.append(_entry(1, "payment", booked, random.choice((premium, premium, 94_595, 170_731))))
        if random.random() < 0.1:
            paid.append(_entry(2, "return", booked, _cents(paid[0]["amount"])))
    case = {
        "year": 2023,
        "phase": phase,
        "practices": practices,
        "accounts": [{"registered_on": d, "iban": make.iban()} for d in sorted(days)],
        "paid": paid,
        "recovery_settled": random.random() < 0.1,
    }
    return case, random.choice(EVALUATION_DAYS[phase])


def _random_practice(random: Random, make: Maker) -> dict[str, Any]:
    profession, specialism = random.choice(ROWS)
    conventions = _random_conventions(random)
    practice: dict[str, Any] = {
        "riziv_number": make.number(profession)[: random.choice((8, 11))],
        "profession": profession,
        "specialism": specialism or None,
        "number_granted_on": _near(random, *EDGES) if random.random() < 0.25 else None,
        "training": profession in ("physician", "dentist") and random.random() < 0.2,
        "medical_house_weekly_hours": random.choice(("7.59", "7.60", "7.61", "38")) if random.random() < 0.2 else None,
        "conventions": conventions,
        "activity-s1": _random_activity(random, (profession, specialism)),
        "activity-year": _random_activity(random, (profession, specialism)),
        "held": "identity-conflict" if random.random() < 0.05 else None,
        "year_amount_choice": random.choice(("year-as-delivered", "first-semester-counts"))
        if random.random() < 0.15
        else None,
        "paid_to_another": "945.95" if random.random() < 0.05 else None,
    }
    if profession == "pharmacist" or random.random() < 0.05:
        practice.update(profession="pharmacist", specialism=None, training=False)
        practice["pharmacy"] = {
            "pharmacy_id": make.pharmacy(),
            "tariff_office": "office-1",
            "account": random.random() < 0.8,
        }
        practice["pharmacy"]["chosen"] = random.choice((None, True, False))
        if random.random() < 0.3:
            payee = make.number("pharmacist") if random.random() < 0.6 else practice["riziv_number"]
            practice["pharmacy"]["payee"] = payee[:8]
    return practice


def _random_conventions(random: Random) -> list[dict[str, Any]]:
    """Periods that do not overlap, with or without gaps; most often everything in order."""
    if random.random() < 0.5:
        return [{"status": "full", "from": "2022-01-01", "until": None}]
    days = sorted({_near(random, *EDGES) for _ in range(random.choice((1, 2, 3, 4)))})
    found: list[dict[str, Any]] = []
    first = "2022-01-01" if random.random() < 0.7 else days.pop(0)
    for day in days:
        if day > first:
            until = _shift(day, -1 if random.random() < 0.8 else -2)
            if until >= first:
                status = random.choice(("full", "full", "full", "partial", "none"))
                found.append({"status": status, "from": first, "until": until})
            first = day
    found.append({"status": random.choice(("full", "full", "none")), "from": first, "until": None})
    random.shuffle(found)
    return found


def _random_activity(random: Random, row: tuple[str, str]) -> dict[str, str]:
    threshold = oracle.THRESHOLD[row]
    amounts = (0, max(0, threshold - 1), threshold, threshold + 1, threshold * 2, threshold * 2)
    return {
        setting: _euro(random.choice(amounts))
        for setting in SETTINGS
        if random.random() < (0.85 if setting == "ambulatory" else 0.2)
    }


def _entry(number: int, kind: str, practice: dict[str, Any], amount: int) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "phase": 1,
        "riziv_number": practice["riziv_number"],
        "profession": practice["profession"],
        "amount": _euro(amount),
    }


def _near(random: Random, *days: str) -> str:
    return _shift(random.choice(days), random.choice((-1, 0, 0, 1)))


def _shift(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def main() -> None:
    """Compare, say what was met, and fail on the first difference."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    for case, on, ours, theirs in differences(given.cases, given.seed):
        print(json.dumps(case, indent=1), on, f"product {ours}", f"oracle  {theirs}", sep="\n")
        sys.exit(1)
    random = Random(given.seed)
    make = Maker(random)
    seen = Counter(second_opinion(*random_case(random, make))["outcome"] for _ in range(min(given.cases, 5000)))
    print(f"{given.cases} cases, no difference; outcomes of the first of them: {dict(seen)}")


if __name__ == "__main__":
    main()
