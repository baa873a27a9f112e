"""Every AWS call of a run, one after another: failing before it, failing after it,
delivered twice, and overtaken by a second worker.

Each time the steps are tried again, as the state machine does, and
everything that counts must be as in a run without faults.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from local.simulator.determinism import deterministic
from local.simulator.faults import Call, Fate
from local.simulator.world import World as Simulated
from tegemoet.adapters.cloud import Cloud
from tegemoet.domain.problems import ConflictError
from tests.support import machines
from tests.support.attempts import committed
from tests.support.premium_world import (
    DECEMBER,
    YEAR,
    World,
    account,
    identity,
    office,
    practice,
    provider,
    riziv,
    two_shards,
)
from tests.support.simulated_year import world_on

MODES = ("before", "after", "twice", "overtaken")
WRITTEN = ("YearsTable", "DecisionsTable", "LedgerTable")
BUCKETS = ("WorkBucket", "OutputBucket")
Step = Callable[[], object]


@dataclass
class Fault:
    """What happens to the `at`-th AWS call; `calls` are those seen so far."""

    mode: str = ""
    at: int = -1
    calls: list[str] = field(default_factory=list)
    meanwhile: Step = lambda: None
    inside: bool = False

    def fate(self, call: Call) -> Fate | None:
        if self.inside:
            return None
        self.calls.append(call.operation)
        if len(self.calls) - 1 != self.at:
            return None
        match self.mode:
            case "before":
                return Fate(refused=EndpointConnectionError(endpoint_url="https://aws"))
            case "after":
                return Fate(lost=ReadTimeoutError(endpoint_url="https://aws"))
            case "twice":
                return Fate(twice=True)
            case "overtaken":
                self.inside = True
                self.meanwhile()
                self.inside = False
        return None


@dataclass
class Found:
    """A premium year on a simulated AWS, and the functions of its phases."""

    simulated: Simulated
    world: World
    modules: dict[str, ModuleType]

    def invoke(self, function: str, event: dict[str, Any]) -> None:
        """One call of a function, in a process of its own: it has read nothing yet."""
        module = self.modules[function]
        module.cloud = Cloud(self.simulated.environ, client=self.simulated.client)  # type: ignore[attr-defined]
        module.cloud.clock = self.world.clock
        module.handler(event, machines.CONTEXT)

    @contextmanager
    def faulty(self, fault: Fault) -> Iterator[None]:
        self.simulated.faults = fault.fate
        try:
            yield
        finally:
            self.simulated.faults = None


@contextmanager
def year() -> Iterator[Found]:
    simulated = Simulated()
    with two_shards(), deterministic(simulated, seed=1), pytest.MonkeyPatch.context() as patch:
        for name, value in {**machines.ENVIRONMENT, **machines.SILENT}.items():
            patch.setenv(name, value)
        functions = ("freeze", "evaluate", "report", "settle")
        yield Found(simulated, world_on(simulated), {name: machines.load(name) for name in functions})


def everybody() -> list[dict[str, Any]]:
    """Twenty-four persons: payments, pharmacies with a rival, a conflict,
    a changed identity, and people who get nothing.
    """
    rows: list[dict[str, Any]] = [office("T1"), office("T2")]
    for n in range(16):
        rows += [*provider(f"v1-nurse{n}", riziv(400_000 + n), s1=11_400 + 100 * n), account(f"v1-nurse{n}")]
    for n in range(6):
        shop: dict[str, Any] = {"pharmacy_id": f"P{n // 2}", "tariff_office": f"T{1 + n % 2}"}
        rows += provider(f"v1-titular{n}", riziv(200_000 + n, 1), "pharmacist", **shop)
    rows += [
        practice("v1-other", riziv(400_015, 402)),
        *provider("v1-new", riziv(410_000), s1=20_000),
        account("v1-new"),
    ]
    return [*rows, identity("v1-old", "v1-new")]


def steps_of(found: Found) -> list[Step]:
    """The run as the state machine and the persons do it, step by step."""
    world = found.world
    run: dict[str, Any] = {"year": YEAR, "phase": 1, "on": DECEMBER.isoformat()}

    def start() -> None:
        world.clock.at = datetime(2023, 12, 1, tzinfo=UTC)
        run["run"] = world.start(1, DECEMBER).id

    def invoke(function: str, **event: Any) -> Step:
        def step() -> None:
            found.invoke(function, {**event, **run})

        return step

    def approve() -> None:
        world.workflows.waiting.add("token")
        world.approve(world.runs.get(run["run"]))

    return [
        start,
        invoke("freeze", action="plan"),
        *(invoke("freeze", action="join", shard=shard) for shard in range(2)),
        invoke("freeze", action="pharmacies"),
        *(invoke("evaluate", shard=shard) for shard in range(2)),
        invoke("report", action="propose"),
        invoke("report", action="ask", token="token"),
        approve,
        *(invoke("settle", action="settle", shard=shard) for shard in range(2)),
        invoke("report", action="release"),
    ]


def try_again(step: Step) -> None:
    """As the state machine's Retry, or a person who posts again."""
    for _ in range(2):
        try:
            step()
        except (EndpointConnectionError, ReadTimeoutError):
            continue
        return
    step()


def kept(found: Found) -> Any:
    """Everything that tables and buckets hold."""
    tables, buckets = found.simulated.dynamodb.tables, found.simulated.s3.buckets
    return (
        {name: {pk: dict(items) for pk, items in tables[name].items.items()} for name in WRITTEN},
        {name: {key: versions[-1].body for key, versions in buckets[name].objects.items()} for name in BUCKETS},
        {name: {pk: list(keys) for pk, keys in tables[name].order.items()} for name in WRITTEN},
        {name: {key: list(versions) for key, versions in buckets[name].objects.items()} for name in BUCKETS},
    )


def counted(snapshot: Any) -> Any:
    """What counts of a snapshot: no files of attempts that were not committed, and no names."""
    tables, buckets, *_ = snapshot
    texts = {
        name: {(pk, sk): str(item) for pk, items in of_pk.items() for sk, item in items.items()}
        for name, of_pk in tables.items()
    }
    return texts, {**buckets, "WorkBucket": committed(buckets["WorkBucket"])}


def put_back(found: Found, snapshot: Any) -> None:
    items, _, orders, objects = snapshot
    for name in WRITTEN:
        table = found.simulated.dynamodb.tables[name]
        table.items = {pk: dict(of_pk) for pk, of_pk in items[name].items()}
        table.order = {pk: list(keys) for pk, keys in orders[name].items()}
    for name in BUCKETS:
        bucket = found.simulated.s3.buckets[name]
        bucket.objects = {key: list(versions) for key, versions in objects[name].items()}
        bucket.order = sorted(bucket.objects)


def outcome(found: Found) -> Any:
    """What must be the same: ledger with claims and runs,
    decisions, output files, the state of run and year.
    """
    tables = found.simulated.dynamodb.tables
    items = {
        table: sorted(str(item) for of_pk in tables[table].items.values() for item in of_pk.values())
        for table in ("LedgerTable", "DecisionsTable")
    }
    files = {key: found.world.output.get(key) for key in found.world.output.keys("")}
    run = found.world.runs.of_phase(YEAR, 1)[0]
    return items, files, run.state, run.detail.settled, found.world.runs.year(YEAR)


@pytest.fixture
def found() -> Iterator[Found]:
    with year() as made:
        made.world.drop(everybody())
        yield made


@pytest.mark.parametrize("mode", MODES)
def test_whatever_happens_to_a_call_the_ledger_is_the_same(found: Found, mode: str) -> None:
    steps = steps_of(found)
    snapshots, counts = [kept(found)], []
    for step in steps:
        fault = Fault()
        with found.faulty(fault):
            step()
        counts.append(len(fault.calls))
        snapshots.append(kept(found))
    expected = outcome(found)
    assert len(found.world.entries()) == 14 + 1 + 3  # one nurse is below the threshold, one is held
    assert expected[2] == "released"

    different: list[str] = []
    for number, step in enumerate(steps):
        for at in range(counts[number]):
            put_back(found, snapshots[number])
            fault = Fault(mode, at, meanwhile=step)
            with found.faulty(fault):
                try_again(step)
            where = f"step {number}, call {at} ({fault.calls[at]})"
            if counted(kept(found)) == counted(snapshots[number + 1]):
                continue  # to the last byte as without the fault, so the rest is too
            for rest in steps[number + 1 :]:
                rest()
            assert outcome(found) == expected, where
            different.append(where)
    assert different == []
    assert sum(counts) > 60


def test_of_two_runs_started_at_once_one_is_open_and_the_other_is_told() -> None:
    with year() as found:
        world = found.world
        world.drop(everybody()[:4])
        before, plain = kept(found), Fault()
        with found.faulty(plain):
            world.start(1, DECEMBER)
        for at in range(len(plain.calls)):
            put_back(found, before)
            second: list[str] = []

            def meanwhile(second: list[str] = second) -> None:
                try:
                    second.append(world.start(1, DECEMBER, "second").id)
                except ConflictError as conflict:
                    second.append(conflict.code)

            first = ""
            with found.faulty(Fault("overtaken", at, meanwhile=meanwhile)):
                try:
                    first = world.start(1, DECEMBER, "first").id
                except ConflictError as conflict:
                    first = conflict.code
            (opened,) = world.runs.of_phase(YEAR, 1)
            assert sorted([first, *second]) == sorted([opened.id, "run-open"]), plain.calls[at]
            assert world.runs.year(YEAR).open_run == opened.id
