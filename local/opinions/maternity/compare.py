"""Compares the product with the second opinion on random cases of maternity rest and leave.

    python -m local.opinions.maternity.compare [rest|leave] --cases 200000 --seed 1 --processes 2

Prints the first difference, and ends with 1 where there is one.
"""

import argparse
import copy
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import ValidationError

from local.opinions.maternity import leave, oracle
from local.opinions.maternity.cases import Maker
from local.opinions.maternity.rest import Case, day
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.domain.problems import InvalidError, ParameterUnknownError
from tegemoet.schemes import converted_maternity_leave, maternity_rest
from tegemoet.schemes.scheme import Scheme

RULES = {  # the rules of the second opinion, and the findings that each of them is in the product
    "quality": {"quality", "fifth-month", "earlier-quality", "first-working-day"},
    "waiting-period": {
        *("waiting-period", "waiting-period-wage", "exemption", "earlier-waiting-period"),
        *("child-raising", "voluntary-insurance", "after-self-employed"),
    },
    "retention": {"retention"},
    "thirty-days": {"thirty-days"},
    "delivery": {"delivery"},
    "rest-worked": {"rest-worked"},
}
Answer = dict[str, Any]
SHOWN = 3
"""Differences that are shown in full."""


@dataclass(frozen=True)
class Comparison:
    """A scheme beside its second opinion: how a case is made, what the
    product and the other say, what a case reaches.
    """

    scheme: Scheme
    make: Callable[[Maker], tuple[Case, str]]
    product: Callable[[Answer], Answer]
    decide: Callable[[Case, str], Answer]
    opinion: Callable[[Answer], Answer]

    def ask(self, case: Case, on: str) -> Answer:
        """What the product decides, in the words of the second opinion."""
        line = json.dumps({"case_id": "mother", "on": on, "case": case}).encode()
        try:
            decision = json.loads(decide_line(line, self.scheme, "insurer", b"secret").decision)
        except InvalidError as invalid:
            return {"error": "invalid", "faults": {(fault.path, fault.code) for fault in invalid.faults}}
        except ParameterUnknownError as unknown:
            return {"error": "parameter-unknown", "unknown": {(unknown.parameter.split(" ")[0], unknown.on)}}
        return _money(decision) | self.product(decision)

    def both(self, case: Case, on: str) -> tuple[Answer, Answer]:
        return self.ask(case, on), self.opinion(self.decide(case, on))


def _money(decision: Answer) -> Answer:
    facts = _facts(decision)
    calendar = facts.get("payment-calendar", {"months": [], "due": [], "earliest": []})
    return {
        "outcome": decision["outcome"],
        "periods": [(p["kind"], p["from"], p["until"], p["days"]) for p in decision["periods"]],
        "amounts": sorted(
            (a["kind"], _cents(a["amount"]), a["unit"], a["from"], a["until"]) for a in decision["amounts"]
        ),
        "total": None if decision["total"] is None else _cents(decision["total"]),
        "payments": list(zip(calendar["months"], calendar["due"], calendar["earliest"], strict=True)),
    }


def _facts(decision: Answer) -> Answer:
    return {found["rule"]: found["facts"] for found in decision["explanation"]}


def _of_rest(decision: Answer) -> Answer:
    facts = _facts(decision)
    failed = [found["rule"] for found in decision["explanation"] if found["outcome"] == "not-met"]
    refused = decision["outcome"] == "refused"
    return {
        "failed": {rule for rule, parts in RULES.items() if refused and not parts.isdisjoint(failed)},
        "tells what is missing": bool(decision["missing"]) or decision["outcome"] != "pending",
        "births": facts.get("delivery", {}).get("births"),
        "certificates": [
            m["field"].removeprefix("/") for m in decision["missing"] if re.search("stays/[0-9]+/certified", m["field"])
        ],
        "left": facts.get("mother-death", {}).get("left", 0),
    }


def _of_leave(decision: Answer) -> Answer:
    """The rules that failed: those of the insurance by a common name, the others by their own."""
    common = {part: rule for rule, parts in RULES.items() for part in parts} | {"three-quarters": "retention"}
    failed = [found["rule"] for found in decision["explanation"] if found["outcome"] == "not-met"]
    if decision["outcome"] != "refused":
        return {"failed": set()}
    return {"failed": {common.get(rule, rule) for rule in failed}, "periods": []}


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def _second_opinion(answer: Answer) -> Answer:
    """The second opinion on a case of maternity rest, in the values that are compared."""
    if "error" in answer:
        return answer
    rest = answer["rest"]
    refused = answer["outcome"] == "refused"
    return {name: answer[name] for name in ("outcome", "periods", "amounts", "total", "payments")} | {
        "failed": {rule for rule, word in answer["rules"].items() if word == "not-met"},
        "tells what is missing": True,
        "births": [str(b) for b in rest.births],
        "certificates": [] if refused else rest.certificates_awaited,
        "left": 0 if refused else rest.left_after_death,
    }


def same(ours: Answer, theirs: Answer) -> bool:
    """Whether two answers agree.

    Of several faults or unknown figures the product may name the first.
    """
    if "error" in ours or "error" in theirs:
        if ours.get("error") != theirs.get("error"):
            return False
        name = "faults" if ours["error"] == "invalid" else "unknown"
        return bool(ours[name]) and bool(ours[name] <= theirs[name])
    return ours == theirs


COMPARISONS = {
    "rest": Comparison(maternity_rest.SCHEME, Maker.line, _of_rest, oracle.decide, _second_opinion),
    "leave": Comparison(
        converted_maternity_leave.SCHEME,
        Maker.leave,
        _of_leave,
        lambda case, on: leave.decide(case, day(on)),
        lambda answer: answer,
    ),
}


def shrink(of: Comparison, case: Case, on: str) -> Case:
    """The case with every part left out without which the two still differ."""
    found = copy.deepcopy(case)
    again = True
    while again:
        again = False
        for path in list(_parts(found)):
            smaller = _without(found, path)
            if smaller is not None and _still(of, smaller, on):
                found, again = smaller, True
    return found


def _still(of: Comparison, case: Case, on: str) -> bool:
    try:
        of.scheme.case.validate_json(json.dumps(case))
    except ValidationError:
        return False
    return not same(*of.both(case, on))


def _parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in (
        list(value) if isinstance(value, dict) else range(len(value) - 1, -1, -1) if isinstance(value, list) else ()
    ):
        yield (*path, key)
        yield from _parts(value[key], (*path, key))


def _without(case: Case, path: tuple[Any, ...]) -> Case | None:
    smaller = copy.deepcopy(case)
    held: Any = smaller
    try:
        for step in path[:-1]:
            held = held[step]
        del held[path[-1]]
    except (KeyError, IndexError):
        return None
    return smaller


def show(of: Comparison, case: Case, on: str) -> None:
    """A case and where the two differ on it."""
    ours, theirs = of.both(case, on)
    print(json.dumps(case), on)
    if "error" in ours or "error" in theirs:
        for name, answer in (("product", ours), ("oracle ", theirs)):
            print(f"  {name}", answer.get("outcome", {n: answer.get(n) for n in ("faults", "unknown")}))
        return
    for name in ours:
        if ours[name] != theirs[name]:
            print(f"  {name}", f"    product {ours[name]}", f"    oracle  {theirs[name]}", sep="\n")


def branches(case: Case, answer: Answer) -> Iterator[str]:
    """What a case reaches: outcome, kinds of days and
    amounts, quality, pay, way of insurance, errors.
    """
    yield f"outcome {answer.get('outcome', answer.get('error'))}"
    for _, code in answer.get("faults", ()):
        yield f"fault {code}"
    for name, _ in answer.get("unknown", ()):
        yield f"unknown {name}"
    for rule, word in answer.get("rules", {}).items():
        yield f"{rule} {word}"
    yield from (f"failed {rule}" for rule in answer.get("failed", ()))
    yield from {row[0] for row in [*answer.get("periods", ()), *answer.get("amounts", ())]}
    if answer.get("outcome") == "granted":
        yield f"quality {case['quality']['kind']}"
        yield f"opened {case['insurability']['opening']['way']}"
        yield from (f"pay {name}" for name in case["pay"])
        if "purse" in answer:
            yield from answer["purse"].met


def run(count: int, seed: int, name: str = "rest") -> tuple[Counter[str], list[tuple[Case, str]]]:
    """`count` random cases: how often each branch was reached, and the cases that differ."""
    of, maker = COMPARISONS[name], Maker(Random(seed))
    reached: Counter[str] = Counter()
    found = []
    for _ in range(count):
        case, on = of.make(maker)
        answer = of.decide(case, on)
        reached.update(branches(case, answer))
        if not same(of.ask(case, on), of.opinion(answer)):
            found.append((case, on))
    return reached, found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("name", nargs="?", choices=COMPARISONS, default="rest")
    arguments.add_argument("--cases", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--processes", type=int, default=1)
    given = arguments.parse_args()
    parts = max(given.processes, given.cases // 5000)
    sizes = [given.cases // parts + (n < given.cases % parts) for n in range(parts)]
    reached: Counter[str] = Counter()
    found: list[tuple[Case, str]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for counted, differing in pool.map(
            run, sizes, range(given.seed * 1_000_000, given.seed * 1_000_000 + parts), [given.name] * parts
        ):
            reached += counted
            found += differing
    for branch, times in sorted(reached.items()):
        print(f"{times:9d}  {branch}")
    for case, on in found[:SHOWN]:
        of = COMPARISONS[given.name]
        show(of, shrink(of, case, on), on)
    print(f"{given.cases} cases from seed {given.seed}, {len(found)} differences")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
