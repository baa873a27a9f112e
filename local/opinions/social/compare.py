"""Compares the product with the second opinion on random cases of the social status.

    python -m local.opinions.social.compare --cases 50000 --seed 1

Prints the first differences, and ends with 1 where there is one.
"""

import argparse
import json
import sys
from collections import Counter
from random import Random
from typing import Any

from local.opinions.social import oracle
from local.opinions.social.cases import Maker
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes.social_status import SCHEME

Answer = dict[str, Any]
OF_ACTIVITY = ("activity", "activity-maximum", "medical-house")
"""Rules of the product that the second opinion takes as one."""
SHOWN = 3
"""Differences that are shown in full."""


def product(case: Answer, on: str, supplied: list[Answer]) -> Answer:
    """What the product decides, in the words of the second opinion."""
    body = {"case_id": "provider", "on": on, "case": case} | ({"supplied": supplied} if supplied else {})
    try:
        decision = json.loads(decide_line(json.dumps(body).encode(), SCHEME, "partner", b"secret").decision)
    except InvalidError as invalid:
        return {"error": "invalid", "faults": {(fault.path, fault.code) for fault in invalid.faults}}
    except ParameterUnknownError as unknown:
        return {"error": "parameter-unknown", "unknown": {unknown.parameter.split(" ")[0]}}
    failed = [found for found in decision["explanation"] if found["outcome"] == "not-met"]
    return {
        "outcome": decision["outcome"],
        "amounts": sorted((a["kind"], _cents(a["amount"])) for a in decision["amounts"]),
        "total": None if decision["total"] is None else _cents(decision["total"]),
        "waits": {missing["field"] for missing in decision["missing"]},
        "failed": {
            (f["facts"]["riziv_number"][:8], "activity" if f["rule"] in OF_ACTIVITY else f["rule"]) for f in failed
        },
    }


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def same(ours: Answer, theirs: Answer) -> bool:
    """Whether two answers agree.

    Of several faults or unknown figures the product may name the first. What is missing of a
    practice that fails is told by the product alone.
    """
    if "error" in ours or "error" in theirs:
        name = "faults" if ours.get("error") == "invalid" else "unknown"
        return ours.get("error") == theirs.get("error") and bool(ours[name]) and bool(ours[name] <= theirs[name])
    paid = [amount for kind, amount in theirs["amounts"] if kind in ("benefit", "other-benefit")]
    return (
        all(ours[name] == theirs[name] for name in ("outcome", "amounts", "failed"))
        and ours["total"] == (sum(paid) if paid else None)
        and bool(theirs["waits"] <= ours["waits"])
        and (ours["outcome"] != "pending" or bool(theirs["waits"]))
    )


def run(count: int, seed: int) -> tuple[Counter[str], list[tuple[Answer, str, list[Answer]]]]:
    """`count` random cases: how often each answer was given, and the cases that differ."""
    maker = Maker(Random(seed))
    reached: Counter[str] = Counter()
    found = []
    for _ in range(count):
        case, on, supplied = maker.line()
        theirs = oracle.decide(case, on, supplied)
        reached.update(branches(theirs))
        if not same(product(case, on, supplied), theirs):
            found.append((case, on, supplied))
    return reached, found


def branches(answer: Answer) -> list[str]:
    """What an answer comes to: outcome, kinds of benefit, failed rules, errors."""
    if "error" in answer:
        told = {code for _, code in answer["faults"]} if "faults" in answer else answer["unknown"]
        return [answer["error"], *(f"{answer['error']} {name}" for name in told)]
    kinds = {kind for kind, _ in answer["amounts"]}
    fields = {field.rpartition("/")[2] for field in answer["waits"]}
    rules = {rule for _, rule in answer["failed"]}
    return [answer["outcome"], *kinds, *(f"waits {f}" for f in fields), *(f"failed {rule}" for rule in rules)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=50_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    reached, found = run(given.cases, given.seed)
    for branch, times in sorted(reached.items()):
        print(f"{times:9d}  {branch}")
    for case, on, supplied in found[:SHOWN]:
        print(json.dumps(case), on, json.dumps(supplied))
        print("  product", product(case, on, supplied))
        print("  oracle ", oracle.decide(case, on, supplied))
    print(f"{given.cases} cases from seed {given.seed}, {len(found)} differences")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
