"""The proactive exchange: time, peak memory, calls and price for 100,000, 300,000 and 1,000,000
persons in households of one to four.

Run with `make bench-exchange` or `python -m bench.exchange [persons …]`. Each size runs in a
process of its own, over buckets on disk, from the files of three insurers and the tax office,
through both rounds of incomes, to the tables. Calls are counted as they are billed. Sealing is the
real one, and calls to KMS are counted at the port. Prices: `bench/prices.toml`.

Required: time linear in the persons; memory linear in one shard of them (a sixty-fourth); calls
bounded by the shards, for any number of persons; at most 2.00 USD for a million persons.
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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from tegemoet.adapters.seals import AesSeal
from tegemoet.application.exchange.folder import figures_of, output_key
from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.application.ports import Sink
from tegemoet.application.records import ObjectVersion, Wait
from tests.schemes.increased_reimbursement.builders import insz_of
from tests.support.dropping import EXCHANGE_KEY, counts_of
from tests.support.exchange_world import COLUMNS, INSURERS, TAX_OFFICE, YEAR, ExchangeWorld
from tests.support.fakes import FakeExchanges, FakeSeals

SIZES = (100_000, 300_000, 1_000_000)
PAGE = 1000
"""Keys of a page of a list, and of one deletion."""
PART = 8 << 20
"""Bytes of a part of a large object, each a PUT."""
GIGABYTES = 1769 / 1024
"""Memory of a function with one whole processor."""
ROUND_TRIP = 0.02
"""Assumed seconds that a call waits for its answer, one call after another."""
SLOWER, LIMIT = 1.3, 2.00
CALLS = 12
"""GET, PUT and LIST at most, per pair of shards: an object per pair is written and read four times.
"""
ROLES = ((1940, 9_000), (1965, 5_000), (1985, 5_000), (2000, 5_000))
"""First year of birth and the days over which births are spread: of the applicant, the oldest, then
of the others."""


@dataclass
class Folder:
    """A bucket without versions on disk, so that objects take no memory; it counts billed calls."""

    root: Path
    counts: Counter[str] = field(default_factory=Counter)
    at: int = 0

    def path(self, key: str) -> Path:
        return self.root / key.replace("/", "|")

    def head(self, key: str, version: str | None = None, etag: str | None = None) -> ObjectVersion:
        self.counts["gets"] += 1
        self.at += 1
        return ObjectVersion(
            key, version, etag or "", self.path(key).stat().st_size, f"2020-04-01T00:00:{self.at:02}Z", {}, EXCHANGE_KEY
        )

    def get(self, key: str) -> bytes:
        self.counts["gets"] += 1
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def stream(self, key: str, version: str | None = None) -> Iterator[bytes]:  # noqa: ARG002 - the port has it
        self.counts["gets"] += 1
        if not self.path(key).exists():
            raise KeyError(key)
        return self._blocks(key)

    def _blocks(self, key: str) -> Iterator[bytes]:
        with self.path(key).open("rb") as file:
            while block := file.read(1 << 20):
                yield block

    def put(self, key: str, body: bytes) -> None:
        self.counts["puts"] += 1
        self.path(key).write_bytes(body)

    def put_once(self, key: str, body: bytes) -> bool:
        self.put(key, body)
        return True

    @contextmanager
    def writer(self, key: str, once: bool = False) -> Iterator[Sink]:  # noqa: ARG002 - the port has it
        with self.path(key).open("wb") as file:
            yield file
        parts = -(-self.path(key).stat().st_size // PART)
        self.counts["puts"] += parts + 2 if parts > 1 else 1

    def exists(self, key: str) -> bool:
        self.counts["gets"] += 1
        return self.path(key).exists()

    def keys(self, prefix: str) -> Iterator[str]:
        start = prefix.replace("/", "|")
        found = sorted(path.name for path in self.root.glob(f"{start}*"))
        self.counts["puts"] += max(1, -(-len(found) // PAGE))  # a LIST is billed as a PUT
        return iter([name.replace("|", "/") for name in found])

    def delete(self, keys: Iterable[str]) -> None:
        found = list(keys)
        self.counts["deletions"] += -(-len(found) // PAGE)  # free of charge
        for key in found:
            self.path(key).unlink(missing_ok=True)


class CountedSeals(FakeSeals):
    """Counts calls to KMS: one per data key that is made or opened."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def open(self, year: int, name: str, create: bool = False) -> AesSeal:
        self.counts["kms"] += 1
        return super().open(year, name, create)


class CountedExchanges(FakeExchanges):
    """Counts reads and writes of the control item."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def get(self, year: int) -> Any:
        self.counts["control"] += 1
        return super().get(year)

    def advance(self, *arguments: Any) -> bool:
        self.counts["control"] += 1
        return super().advance(*arguments)


# --- persons and rows -----------------------------------------------------------------------------


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


# --- measuring ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """One exchange: persons asked about and asked again, households per code, counts per part, peak
    memory in MB.
    """

    persons: int
    again: int
    codes: dict[str, int]
    parts: dict[str, dict[str, int]]
    peak: float

    @property
    def households(self) -> int:
        return sum(self.codes.values())

    @property
    def total(self) -> Counter[str]:
        return sum((Counter(counts) for counts in self.parts.values()), Counter())


class Measurement:
    """An exchange of three insurers over a bucket on disk, counted part by part."""

    def __init__(self, folder: Path, persons: int) -> None:
        self.bucket, self.seals, self.exchanges = Folder(folder), CountedSeals(), CountedExchanges()
        self.world = ExchangeWorld(
            work=self.bucket,  # type: ignore[arg-type]
            exchange=self.bucket,  # type: ignore[arg-type]
            output=self.bucket,  # type: ignore[arg-type]
            seals=self.seals,
            exchanges=self.exchanges,
        )
        self.world.call = self._count_step
        self.households = range(persons * 2 // 5)
        self.parts: dict[str, Counter[str]] = {}
        self.steps = 0

    def run(self) -> Measured:
        """The exchange from its first file to its tables."""
        self.world.start()
        for partner in INSURERS:
            self._deliver(partner, "households", household_rows(self.households, partner))
        self._resume("households", "selecting and asking")
        self._deliver(TAX_OFFICE, "incomes-1", income_rows(self._asked(1), 20))
        self._resume("incomes-1", "the first answer")
        self._deliver(TAX_OFFICE, "incomes-2", income_rows(self._asked(2), 2))
        self._resume("incomes-2", "the second answer")
        for partner in INSURERS:
            self._deliver(partner, "results", result_rows(self.households, partner, self._ok(partner)))
        self._resume("results", "reporting")
        return self._result()

    def _result(self) -> Measured:
        state = self.world.state()
        assert state["state"] == "done"
        codes: Counter[str] = Counter()
        for of_sending in state["codes"].values():
            for counts in of_sending.values():
                codes.update(counts)
        selected = sum(n % 50 != 49 for n in self.households)
        assert sum(codes.values()) == selected, "every selected household has one code"
        assert not self.seals.held
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        parts = {name: dict(counts) for name, counts in self.parts.items()}
        return Measured(state["asked"]["1"], state["asked"]["2"], dict(codes), parts, peak)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """Add steps, calls and time of this block to the part of that name."""
        counted = (self.bucket.counts, self.seals.counts, self.exchanges.counts)
        for counts in counted:
            counts.clear()
        self.steps, began = 0, time.process_time()
        yield
        found = sum(counted, Counter[str]())
        found["steps"], found["milliseconds"] = self.steps, round(1000 * (time.process_time() - began))
        self.parts[name] = self.parts.get(name, Counter()) + found

    def _count_step(self, step: Callable[[], Any]) -> Any:
        self.steps += 1
        return step()

    def _resume(self, wait: Wait, part: str) -> None:
        with self._part(part):
            self.world.resume(wait)

    def _deliver(self, partner: str, kind: str, rows: Iterable[str]) -> None:
        self.world.files += 1
        key = self.world.key(partner, kind, f"f-{self.world.files}")
        with self.bucket.writer(key) as sink:
            sink.write(COLUMNS[kind].encode() + b"\n")
            for row in rows:
                sink.write(row.encode() + b"\n")
        with self._part("ingesting the files"):
            created = ObjectCreated(key, "etag", f"{self.world.files:04}", inbox="exchange")
            batch = self.world.ingest(created)
            self.world.run_workflow(batch.id)
        done = self.world.batches.get(batch.id)
        assert done is not None
        assert (done.state, counts_of(done).rejected) == ("done", 0)

    def _asked(self, delivery: int) -> Iterator[str]:
        """The persons in a list for the tax office, read line by line."""
        with self.bucket.path(output_key(TAX_OFFICE, YEAR, f"pro_02-{delivery}.csv")).open() as file:
            next(file)
            for line in file:
                yield line[:-1]

    def _ok(self, partner: str) -> set[str]:
        """The request numbers of an insurer whose code is OK."""
        lines = (line for n in (1, 2) for line in self.world.out(partner, f"pro_04-{n}.csv"))
        return {line[:18] for line in lines if line.endswith(";OK")}


def measure(persons: int) -> dict[str, Any]:
    """The fields of `Measured` for an exchange of about so many persons, run in this process."""
    with tempfile.TemporaryDirectory() as folder:
        return asdict(Measurement(Path(folder), persons).run())


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
    """Print the tables.

    Fails when time or calls grow too fast, or a million persons cost too much.
    """
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print(
        f"{'persons':>9} {'households':>10} {'asked again':>11} {'seconds':>8} {'µs each':>8} {'peak MB':>8}"
        f" {'PUT, LIST':>9} {'GET':>8} {'KMS':>5} {'steps':>6}"
    )
    found = [_measured(size) for size in sizes]
    small, large = found[0], found[-1]
    print(f"\n{large.persons:,} persons:")
    for name, counts in large.parts.items():
        usd = sum(price(Counter(counts)).values())
        print(f"  {name:<22} {counts['milliseconds'] / 1000:7.1f} s   {usd:7.4f} USD")
    prices = price(large.total)
    print("  " + ", ".join(f"{name} {usd:.4f}" for name, usd in prices.items()) + f": {sum(prices.values()):.4f} USD")
    faults = []
    if large.total["milliseconds"] / large.persons > SLOWER * small.total["milliseconds"] / small.persons:
        faults.append("time grows faster than the persons")
    if large.total["puts"] + large.total["gets"] > CALLS * figures_of(YEAR).shards ** 2:
        faults.append("too many calls")
    if sum(prices.values()) > LIMIT:
        faults.append("too expensive")
    print("FAILED: " + ", ".join(faults) if faults else "as required")
    return 1 if faults else 0


def _measured(size: int) -> Measured:
    """Measure an exchange of that size in a process of its own, and print its line."""
    code = f"import bench.exchange, json; print(json.dumps(bench.exchange.measure({size})))"
    answer = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    one = Measured(**json.loads(answer))
    total = one.total
    print(
        f"{one.persons:>9,} {one.households:>10,} {one.again:>11,} {total['milliseconds'] / 1000:>8.1f}"
        f" {1000 * total['milliseconds'] / one.persons:>8.1f} {one.peak:>8.0f} {total['puts']:>9,} {total['gets']:>8,}"
        f" {total['kms']:>5,} {total['steps']:>6,}",
        flush=True,
    )
    return one


if __name__ == "__main__":
    sys.exit(main())
