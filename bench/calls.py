"""AWS calls and write units of a phase, per accepted row
and per payment, and what a million practices cost.

Run with `python -m bench.calls`. For 1,000, 10,000 and 100,000 rows (four a practice) the real
steps run over the real DynamoDB client, whose calls are answered and counted in this process; S3 is
counted at the port. The dearest case: every practice is a person of its own and every one is paid
in the phase. Prices: `bench/prices.toml`.

Asked: linear; one write unit a fact, a decision and a payment; at most 1.50 USD for a million
practices, of which everything but the writes is less than a fifth.
"""

import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench._wire import Wire
from tegemoet.adapters.decisions import DynamoDecisions
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.ledger import DynamoLedger
from tests.support.fakes import FakeObjects
from tests.support.premium_world import DECEMBER, World, account, provider, riziv

SIZES = (1_000, 10_000, 100_000)
ROWS = 4
"""Rows of a practice: itself, its convention, its activity, the account of its person."""
MILLION = 1_000_000
PART = 8 << 20
"""Bytes of a part of a large object, each a PUT."""
GIGABYTES = 1769 / 1024
"""Memory of a function that computes: one whole processor."""
ROUND_TRIP = 0.005
"""Seconds that a call waits for its answer, assumed."""
LOG_BYTES = 1_000
"""Bytes that one call of a function writes to its log."""
LIMIT, BESIDE_WRITES, SPREAD = 1.50, 0.20, 0.02


class CountedObjects(FakeObjects):
    """A bucket that counts what is billed: PUT (each part, beginning
    and end of a large object) and LIST, GET and HEAD.
    """

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self.counts = counts

    def put(self, key: str, body: bytes, *arguments: Any) -> None:
        parts = -(-len(body) // PART)
        self.counts["puts"] += parts + 2 if parts > 1 else 1
        super().put(key, body, *arguments)

    def _find(self, *arguments: Any) -> Any:
        self.counts["gets"] += 1
        return super()._find(*arguments)

    def written(self, prefix: str) -> Any:
        self.counts["puts"] += 1
        return super().written(prefix)

    def exists(self, key: str) -> bool:
        self.counts["gets"] += 1
        return super().exists(key)


@dataclass(frozen=True)
class Measured:
    """One size: rows, payments, and counts per part of the work (`load`, `evaluate`, `settle`)."""

    rows: int
    payments: int
    counts: dict[str, Counter[str]]

    def all_of(self, name: str) -> int:
        """A count of the whole phase, loading apart."""
        return sum(self.counts[part][name] for part in ("evaluate", "settle"))


def measure(rows: int) -> Measured:
    """Load the rows and run phase 1 on them."""
    wire, s3 = Wire(), Counter[str]()
    world = World(
        inbox=CountedObjects(s3),
        work=CountedObjects(s3),
        output=CountedObjects(s3),
        facts=DynamoFacts(wire.client, "facts", threads=1),
        decisions=DynamoDecisions(wire.client, "decisions", threads=1),
        ledger=DynamoLedger(wire.client, "ledger"),
    )
    made: list[dict[str, Any]] = []
    for n in range(rows // ROWS):
        person = f"1-{n:026}"
        made += [*provider(person, riziv(n % 999_983, 401 + n // 999_983), s1=11_800), account(person)]
    counts: dict[str, Counter[str]] = {}

    @contextmanager
    def part(name: str) -> Iterator[None]:
        wire.counts.clear()
        s3.clear()
        began = time.process_time() - wire.served
        yield
        counts[name] = wire.counts + s3
        counts[name]["milliseconds"] = round(1000 * (time.process_time() - wire.served - began))

    with part("load"):
        world.drop(made)
    run = world.start(1, DECEMBER)
    with part("evaluate"):
        world.evaluate(run)
    world.approve(run)
    with part("settle"):
        world.pay(run)
    settled = world.now(run).detail.settled
    assert settled is not None
    assert settled["entries"] == rows // ROWS, "everybody is paid"
    return Measured(rows, settled["entries"], counts)


def price_of_a_million(small: Measured, large: Measured, shards: int) -> dict[str, float]:
    """USD for evaluating and settling a million practices:
    what grows with them, and what every run has.
    """
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text("utf-8"))

    def scaled(part: str, name: str) -> float:
        a, b = small.counts[part][name], large.counts[part][name]
        slope = (b - a) / (large.payments - small.payments)
        return b + slope * (MILLION - large.payments)

    def total(name: str) -> float:
        return scaled("evaluate", name) + scaled("settle", name)

    def calls(part: str) -> float:
        names = {name for name in large.counts[part] if name.startswith("calls/") or name in ("puts", "gets")}
        return sum(scaled(part, name) for name in names)

    invocations = 3 * shards + 5
    transitions = invocations + 6  # three Maps, two Choices, the wait
    seconds = sum(scaled(part, "milliseconds") / 1000 + ROUND_TRIP * calls(part) for part in ("evaluate", "settle"))
    return {
        "writes": total("write_units") * prices["dynamodb"]["write_units"],
        "reads": total("read_units") * prices["dynamodb"]["read_units"],
        "objects": total("puts") * prices["s3"]["puts"] + total("gets") * prices["s3"]["gets"],
        "transitions": transitions * prices["states"]["transitions"],
        "compute": seconds * GIGABYTES * prices["lambda"]["gb_seconds"] + invocations * prices["lambda"]["requests"],
        "logs": invocations * LOG_BYTES / 1e9 * prices["logs"]["gigabytes"],
        "loading the facts, apart": ROWS * MILLION * prices["dynamodb"]["write_units"],
    }


def main() -> int:
    boto3.DEFAULT_SESSION = None
    found = [measure(rows) for rows in SIZES]
    print(
        f"{'rows':>8} {'calls/row':>10} {'writes/fact':>12} {'/decision':>10} {'/payment':>9}"
        f" {'reads/row':>10} {'largest':>8}"
    )
    faults = []
    per_row = []
    for one in found:
        calls = sum(n for part in one.counts.values() for name, n in part.items() if name.startswith("calls/"))
        facts = one.counts["load"]["writes/facts"] / one.rows
        decisions = one.counts["evaluate"]["writes/decisions"] / one.payments
        payments = one.counts["settle"]["writes/ledger"] / one.payments
        largest = max(part["largest"] for part in one.counts.values())
        per_row.append(calls / one.rows)
        print(
            f"{one.rows:>8,} {calls / one.rows:>10.3f} {facts:>12.3f} {decisions:>10.3f} {payments:>9.3f} "
            f"{one.all_of('read_units') / one.rows:>10.3f} {largest:>8,}"
        )
        if max(facts, decisions, payments) > 1:
            faults.append("more than one write unit")
    # the calls of the shards themselves are the same for
    # every size, so the two larger sizes are compared
    if per_row[2] > per_row[1] * (1 + SPREAD):
        faults.append("not linear")
    price = price_of_a_million(found[1], found[2], shards=World().shards)
    apart = price.pop("loading the facts, apart")
    total = sum(price.values())
    print("\na million practices evaluated and all of them paid, USD:")
    for name, usd in price.items():
        print(f"  {name:<12} {usd:8.4f}  {usd / total:6.1%}")
    beside = 1 - price["writes"] / total
    print(
        f"  {'total':<12} {total:8.4f}  (at most {LIMIT:.2f});"
        f" beside the writes {beside:.1%} (less than {BESIDE_WRITES:.0%})"
    )
    print(f"  loading their four million rows, apart: {apart:.4f}")
    if total > LIMIT:
        faults.append("too dear")
    if beside >= BESIDE_WRITES:
        faults.append("too much beside the writes")
    print("FAILED: " + ", ".join(faults) if faults else "as asked")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
