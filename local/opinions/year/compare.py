"""Random persons, decided by the product and by the second opinion; fails on the first difference.

python -m local.opinions.year.compare --year 2023 --cases 200000 --seed 1
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from local.opinions.year.figures import YearFigures, day, figures_of
from local.opinions.year.random_cases import RandomCases
from local.opinions.year.rules import Practice, judge_person
from tegemoet.domain.money import cents
from tegemoet.domain.parameters import Parameter, ParameterSet, Source
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.rules import decide_person
from tegemoet.schemes.convention_premium.year import unpublished

OPINION = Source("Second opinion", "figures of the year", "")


def differences(
    count: int, seed: int, figures: YearFigures
) -> Iterator[tuple[dict[str, Any], str, dict[str, Any], dict[str, Any]]]:
    """Of `count` random cases those on which the two differ: case, day, and both answers."""
    cases, parameters = RandomCases(figures, seed), parameters_of(figures)
    for _ in range(count):
        case, on = cases.draw()
        ours, theirs = product(case, on, parameters), second_opinion(case, on, figures)
        if ours != theirs:
            yield case, on, ours, theirs


def parameters_of(figures: YearFigures) -> ParameterSet:
    """The product's parameters of the year, with days that nobody publishes from these figures."""
    held = SCHEME.parameter_sets[str(figures.year)]
    first, last = date(figures.year, 1, 1), date(figures.year, 12, 31)
    return held.noting(
        tuple(
            Parameter(name, tuple(key.items()), deadline(figures, key), unit, first, last, OPINION, "supplied")
            for name, key, unit in unpublished(held)
        )
    )


def deadline(figures: YearFigures, key: Mapping[str, str]) -> date:
    """The last day on which an account may be registered for a phase."""
    return date.fromordinal(figures.account_deadline[int(key["phase"])])


def product(case: dict[str, Any], on: str, parameters: ParameterSet) -> dict[str, Any]:
    """What the product decides, in cents."""
    decided = decide_person(SCHEME.case.validate_json(json.dumps(case)), date.fromisoformat(on), parameters)
    best = decided.winner
    return {
        "outcome": decided.ruling.outcome,
        "due": cents(decided.target),
        "pays": cents(decided.payable),
        "recovery": cents(decided.recovery),
        "booked": (best.profession, best.riziv_number) if best else ("", ""),
        "closed": decided.state == "closed",
        "year amounts": sorted(e.subject[:8] for e in decided.exceptions if e.kind.startswith("year-amount")),
    }


def second_opinion(case: dict[str, Any], on: str, figures: YearFigures) -> dict[str, Any]:
    """What the second opinion decides on the same case."""
    pharmacies = {p["pharmacy"]["pharmacy_id"] for p in case["practices"] if "pharmacy" in p}
    practices = [_practice(p, len(pharmacies) > 1) for p in case["practices"]]
    accounts = [day(a["registered_on"]) for a in case["accounts"]]
    paid = sum(_cents(e["amount"]) * (1 if e["kind"] == "payment" else -1) for e in case["paid"])
    verdict = judge_person(practices, accounts, paid, case["phase"], day(on), figures)
    return {
        "outcome": verdict.outcome,
        "due": verdict.due,
        "pays": verdict.pays,
        "recovery": verdict.recovery,
        "booked": (verdict.booked_under, verdict.number),
        "closed": verdict.closed or (case["recovery_settled"] and case["phase"] == 2 and verdict.settled),
        "year amounts": sorted(n[:8] for n in verdict.year_amount_exceptions),
    }


def _practice(p: dict[str, Any], several_pharmacies: bool) -> Practice:
    pharmacy = p.get("pharmacy", {})
    practice = Practice(
        p["riziv_number"],
        p["profession"],
        p["specialism"] or "",
        day(p["number_granted_on"]) if p["number_granted_on"] else 0,
        p["training"],
        _cents(p["medical_house_weekly_hours"]) if p["medical_house_weekly_hours"] else None,
        [(day(c["from"]), day(c["until"]) if c["until"] else day("9999-12-31"), c["status"]) for c in p["conventions"]],
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


def main() -> None:
    """Compare, print the outcomes that occurred, and fail on the first difference."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--year", type=int, default=2023, help="a year with figures in data/")
    arguments.add_argument("--cases", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    figures = figures_of(given.year)
    for case, on, ours, theirs in differences(given.cases, given.seed, figures):
        print(json.dumps(case, indent=1), on, f"product {ours}", f"oracle  {theirs}", sep="\n")
        sys.exit(1)
    cases = RandomCases(figures, given.seed)
    seen = Counter(second_opinion(*cases.draw(), figures)["outcome"] for _ in range(min(given.cases, 5000)))
    print(f"{given.cases} cases of {given.year}, no difference; outcomes of the first of them: {dict(seen)}")


if __name__ == "__main__":
    main()
