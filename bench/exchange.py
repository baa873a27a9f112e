"""The proactive exchange: time, peak memory, calls and price for 100,000, 300,000 and 1,000,000 persons, households of one to four.

Run with `make bench-exchange` or `python -m bench.exchange [persons …]`. Each size runs in a process of its own, over buckets on disk, from
the files that three insurers and the tax office drop, through both rounds of incomes, to the tables. Calls are counted as they are
billed; sealing is the real one, and the calls to KMS are counted at its port. Prices: `bench/prices.toml`.

Asked: time linear in the persons; memory linear in a shard of them (a sixty-fourth); calls bounded by the shards, whatever the persons;
at most 2.00 USD for a million.
"""

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from tegemoet.adapters.seals import AesSeal
from tegemoet.application.exchange.folder import figures_of, output_key
from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.application.ports import ObjectVersion, Sink
from tests.schemes.increased_reimbursement.builders import insz_of
from tests.support.dropping import counts_of
from tests.support.exchange_world import COLUMNS, INSURERS, TAX_OFFICE, YEAR, ExchangeWorld
from tests.support.fakes import FakeExchanges, FakeSeals

SIZES = (100_000, 300_000, 1_000_000)
PAGE = 1000
"""Keys of a page of a list, and of one deletion."""
PART = 8 << 20
"""Bytes of a part of a large object, each a PUT."""
GIGABYTES = 1769 / 1024
"""Memory of a function that computes: one whole processor."""
ROUND_TRIP = 0.02
"""Seconds that a call waits for its answer, assumed, one after another."""
SLOWER, LIMIT = 1.3, 2.00
CALLS = 12
"""GET, PUT and LIST at most, per pair of shards: four times an object is written for each pair and read again."""
ROLES = ((1940, 9_000), (1965, 5_000), (1985, 5_000), (2000, 5_000))
"""First year of birth and how many days it spreads over: of the applicant, who is the oldest, and of those who live with them."""


@dataclass
class Folder:
    """A bucket without versions on disk, so that what is stored takes no memory here; it counts what is billed."""

    root: Path
    counts: Counter[str] = field(default_factory=Counter)
    at: int = 0

    def _path(self, key: str) -> Path:
        return self.root / key.replace("/", "|")

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        self.counts["gets"] += 1
        self.at += 1
        return ObjectVersion(
            key, version, etag or "", self._path(key).stat().st_size, f"2020-04-01T00:00:{self.at:02}Z", {}
        )

    def get(self, key: str) -> bytes:
        self.counts["gets"] += 1
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:  # noqa: ARG002 - the port has it
        self.counts["gets"] += 1
        if not self._path(key).exists():
            raise KeyError(key)
        return self._blocks(key)

    def _blocks(self, key: str) -> Iterator[bytes]:
        with self._path(key).open("rb") as file:
            while block := file.read(1 << 20):
                yield block

    def put(self, key: str, body: bytes) -> None:
        self.counts["puts"] += 1
        self._path(key).write_bytes(body)

    @contextmanager
    def writer(self, key: str) -> Iterator[Sink]:
        with self._path(key).open("wb") as file:
            yield file
        parts = -(-self._path(key).stat().st_size // PART)
        self.counts["puts"] += parts + 2 if parts > 1 else 1

    def exists(self, key: str) -> bool:
        self.counts["gets"] += 1
        return self._path(key).exists()

    def keys(self, prefix: str) -> Iterator[str]:
        start = prefix.replace("/", "|")
        found = sorted(path.name for path in self.root.glob(f"{start}*"))
        self.counts["puts"] += max(1, -(-len(found) // PAGE))  # a LIST is billed as a PUT
        return iter([name.replace("|", "/") for name in found])

    def delete(self, keys: Iterable[str]) -> None:
        found = list(keys)
        self.counts["deletions"] += -(-len(found) // PAGE)  # free of charge
        for key in found:
            self._path(key).unlink(missing_ok=True)


class CountedSeals(FakeSeals):
    """Counts what KMS is asked: a data key where one is made, its decryption where one is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        self.counts["kms"] += 1
        return super().open(year, name, create)


class CountedExchanges(FakeExchanges):
    """Counts reads and writes of the control item, one unit each or a few."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def get(self, year: int) -> Any:
        self.counts["control"] += 1
        return super().get(year)

    def advance(self, *arguments: Any) -> bool:
        self.counts["control"] += 1
        return super().advance(*arguments)


# --- who there is -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def day(year: int, number: int) -> date:
    return date(year, 1, 1) + timedelta(days=number)


def member(household: int, role: int) -> tuple[str, date]:
    """INSZ and birth date of a member of the n-th household."""
    year, days = ROLES[role]
    born = day(year, household % days)
    return insz_of(born, 1 + household // days), born


def members(household: int) -> list[tuple[str, date]]:
    """One to four persons, two and a half on average."""
    return [member(household, role) for role in range(1 + household % 4)]


def insurer(household: int) -> tuple[str, str]:
    return list(INSURERS.items())[household // 4 % 3]


def household_rows(households: range, partner: str) -> Iterator[str]:
    for n in households:
        name, digits = insurer(n)
        if name == partner:
            found = members(n)
            vouchers = "90000.00" if n % 50 == 49 else "0"  # one in fifty is left out
            for insz, born in found:
                yield f"{digits}{YEAR}{found[0][0]};{insz};{born};no;none;;{vouchers};no;"


def amount(insz: str) -> str:
    """An income spread around the ceilings."""
    return f"{int(hashlib.blake2b(insz.encode(), digest_size=4).hexdigest(), 16) % 20_000}.{insz[-2:]}"


def income_rows(asked: Iterable[str], unknown: int) -> Iterator[str]:
    """One person in `unknown` has no answer yet."""
    for n, insz in enumerate(asked):
        yield f"{insz};01;;" if n % unknown == 0 else f"{insz};00;1250;{amount(insz)}"


def result_rows(households: range, partner: str, ok: set[str]) -> Iterator[str]:
    for n in households:
        name, digits = insurer(n)
        number = f"{digits}{YEAR}{member(n, 0)[0]}"
        if name == partner and number in ok:
            category = 3 + n % 3
            for insz, _ in members(n):
                yield f"{number};{insz};2020-12-01;{category};{'2021-01-01' if category == 5 else ''};no"


# --- measuring --------------------------------------------------------------------------------------------------------------


def measure(persons: int) -> dict[str, Any]:  # noqa: PLR0915 - one exchange from its beginning to its end
    """The whole exchange in this process: per part seconds and counts, and at the end the peak memory in MB."""
    households = range(persons * 2 // 5)
    with tempfile.TemporaryDirectory() as folder:
        bucket = Folder(Path(folder))
        seals, exchanges = CountedSeals(), CountedExchanges()
        world = ExchangeWorld(work=bucket, exchange=bucket, output=bucket, seals=seals, exchanges=exchanges)  # type: ignore[arg-type]
        parts: dict[str, Counter[str]] = {}
        steps = 0

        def counted(step: Any) -> Any:
            nonlocal steps
            steps += 1
            return step()

        world.call = counted

        @contextmanager
        def part(name: str) -> Iterator[None]:
            nonlocal steps
            for counts in (bucket.counts, seals.counts, exchanges.counts):
                counts.clear()
            steps, began = 0, time.process_time()
            yield
            found = bucket.counts + seals.counts + exchanges.counts
            found["steps"], found["milliseconds"] = steps, round(1000 * (time.process_time() - began))
            parts[name] = parts.get(name, Counter()) + found

        def deliver(partner: str, kind: str, rows: Iterable[str]) -> None:
            world.files += 1
            key = world.key(partner, kind, f"f-{world.files}")
            with bucket.writer(key) as sink:
                sink.write(COLUMNS[kind].encode() + b"\n")
                for row in rows:
                    sink.write(row.encode() + b"\n")
            with part("taking the files in"):
                batch = world.ingest(ObjectCreated(key, "etag", f"{world.files:04}", inbox="exchange"))
                world.run_workflow(batch.id)
            done = world.batches.get(batch.id)
            assert done is not None
            assert (done.state, counts_of(done).rejected) == ("done", 0)

        def asked(n: int) -> Iterator[str]:
            with bucket._path(output_key(TAX_OFFICE, YEAR, f"pro_02-{n}.csv")).open() as file:  # noqa: SLF001
                next(file)
                for line in file:
                    yield line[:-1]

        world.start()
        for partner in INSURERS:
            deliver(partner, "households", household_rows(households, partner))
        with part("selecting and asking"):
            world.resume("households")
        deliver(TAX_OFFICE, "incomes-1", income_rows(asked(1), 20))
        with part("the first answer"):
            world.resume("incomes-1")
        deliver(TAX_OFFICE, "incomes-2", income_rows(asked(2), 2))
        with part("the second answer"):
            world.resume("incomes-2")
        ok: set[str] = set()
        for partner in INSURERS:
            ok = {line[:18] for n in (1, 2) for line in world.out(partner, f"pro_04-{n}.csv") if line.endswith(";OK")}
            deliver(partner, "results", result_rows(households, partner, ok))
        ok.clear()
        with part("reporting"):
            world.resume("results")
        state = world.state()
        assert state["state"] == "done"
        codes: Counter[str] = Counter()
        for of_sending in state["codes"].values():
            for counts in of_sending.values():
                codes.update(counts)
        assert sum(codes.values()) == sum(n % 50 != 49 for n in households), (
            "one code for every household that is asked about"
        )
        assert not seals.held
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {
        "persons": state["asked"]["1"],
        "again": state["asked"]["2"],
        "households": sum(codes.values()),
        "codes": dict(codes),
        "parts": {name: dict(counts) for name, counts in parts.items()},
        "peak": peak,
    }


def price(counts: Counter[str]) -> dict[str, float]:
    """USD of the calls, and of functions that compute and wait for answers."""
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text("utf-8"))
    calls = counts["puts"] + counts["gets"] + counts["kms"] + counts["control"] + counts["deletions"]
    seconds = counts["milliseconds"] / 1000 + calls * ROUND_TRIP
    return {
        "S3": counts["puts"] * prices["s3"]["puts"] + counts["gets"] * prices["s3"]["gets"],
        "KMS": counts["kms"] * prices["kms"]["requests"],
        "functions": seconds * GIGABYTES * prices["lambda"]["gb_seconds"]
        + counts["steps"] * prices["lambda"]["requests"],
        "states": counts["steps"] * 3 * prices["states"]["transitions"],
    }


def main() -> int:
    """Print the tables; fails when time or calls grow too fast, or a million persons are too dear."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    found: list[tuple[dict[str, Any], Counter[str]]] = []
    print(
        f"{'persons':>9} {'households':>10} {'asked again':>11} {'seconds':>8} {'µs each':>8} {'peak MB':>8}"
        f" {'PUT, LIST':>9} {'GET':>8} {'KMS':>5} {'steps':>6}"
    )
    for size in sizes:
        command = [
            sys.executable,
            "-c",
            f"import bench.exchange, json; print(json.dumps(bench.exchange.measure({size})))",
        ]
        one = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        total = sum((Counter(counts) for counts in one["parts"].values()), Counter())
        found.append((one, total))
        print(
            f"{one['persons']:>9,} {one['households']:>10,} {one['again']:>11,} {total['milliseconds'] / 1000:>8.1f}"
            f" {1000 * total['milliseconds'] / one['persons']:>8.1f} {one['peak']:>8.0f} {total['puts']:>9,} {total['gets']:>8,}"
            f" {total['kms']:>5,} {total['steps']:>6,}",
            flush=True,
        )
    (small, few), (large, many) = found[0], found[-1]
    print(f"\n{large['persons']:,} persons:")
    for name, counts in large["parts"].items():
        usd = sum(price(Counter(counts)).values())
        print(f"  {name:<22} {counts['milliseconds'] / 1000:7.1f} s   {usd:7.4f} USD")
    dear = price(many)
    print("  " + ", ".join(f"{name} {usd:.4f}" for name, usd in dear.items()) + f": {sum(dear.values()):.4f} USD")
    faults = []
    if many["milliseconds"] / large["persons"] > SLOWER * few["milliseconds"] / small["persons"]:
        faults.append("time grows faster than the persons")
    if many["puts"] + many["gets"] > CALLS * figures_of(YEAR).shards ** 2:
        faults.append("too many calls")
    if sum(dear.values()) > LIMIT:
        faults.append("too dear")
    print("FAILED: " + ", ".join(faults) if faults else "as asked")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
