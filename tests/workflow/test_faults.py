"""Every AWS call of a run, one after another: failing before it, failing after it,
delivered twice, and overtaken by a second worker.

Each time the steps are tried again, as the state machine does, and
everything that counts must be as in a run without faults.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from tegemoet.domain.problems import ConflictError
from tests.support.attempts import committed
from tests.support.machines import ACCOUNT, REGION
from tests.support.moto_cloud import BUCKETS, Cloud, cloud
from tests.support.premium_world import DECEMBER, YEAR, account, identity, office, practice, provider, riziv

MODES = ("before", "after", "twice", "overtaken")
WRITTEN = ("years", "decisions", "ledger")
Step = Callable[[], object]


@dataclass
class Fault:
    """What happens to the `at`-th AWS call; `calls` are those seen so far."""

    mode: str = ""
    at: int = -1
    calls: list[str] = field(default_factory=list)
    meanwhile: Step = lambda: None
    inside: bool = False

    def call(self, make: Callable[..., Any], client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if self.inside:
            return make(client, operation, dict(arguments))
        self.calls.append(operation)
        if len(self.calls) - 1 != self.at:
            return make(client, operation, dict(arguments))
        match self.mode:
            case "before":
                raise EndpointConnectionError(endpoint_url="https://aws")
            case "after":
                make(client, operation, dict(arguments))
                raise ReadTimeoutError(endpoint_url="https://aws")
            case "twice":
                make(client, operation, dict(arguments))
            case "overtaken":
                self.inside = True
                self.meanwhile()
                self.inside = False
        return make(client, operation, dict(arguments))


@contextmanager
def faulty(fault: Fault) -> Iterator[None]:
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        return fault.call(make, client, operation, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


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


def steps_of(found: Cloud) -> list[Step]:
    """The run as the state machine and the persons do it, step by step."""
    world = found.world
    run: dict[str, Any] = {"year": YEAR, "phase": 1, "on": DECEMBER.isoformat()}

    secrets = [found.modules[function].cloud.secrets for function in ("evaluate", "report")]
    of_new_processes = [(each, dict(vars(each))) for each in secrets]

    def start() -> None:
        world.clock.at = datetime(2023, 12, 1, tzinfo=UTC)
        run["run"] = world.start(1, DECEMBER).id

    def invoke(function: str, **event: Any) -> Step:
        def step() -> None:
            for each, new in of_new_processes:  # as in a new process, which reads its secret
                vars(each).clear()
                vars(each).update(new)
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


def kept() -> Any:
    """Everything that moto holds of tables and buckets."""
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    buckets = s3_backends[ACCOUNT]["aws"].buckets
    return (
        {name: copy.deepcopy(tables[name].items) for name in WRITTEN},
        {name: {key: found.value for key, found in buckets[f"tegemoet-{name}"].keys.items()} for name in BUCKETS},
    )


def counted(snapshot: Any) -> Any:
    """What counts of a snapshot: no files of attempts that were not committed, and no names."""
    tables, buckets = snapshot
    return tables, {**buckets, "work": committed(buckets["work"])}


def put_back(snapshot: Any) -> None:
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    s3 = s3_backends[ACCOUNT]["aws"]
    for name in WRITTEN:
        tables[name].items = copy.deepcopy(snapshot[0][name])
    for name in BUCKETS:
        bucket, wanted = s3.buckets[f"tegemoet-{name}"], snapshot[1][name]
        for key in set(bucket.keys) - set(wanted):
            bucket.keys.pop(key)
        for key, value in wanted.items():
            if key not in bucket.keys or bucket.keys[key].value != value:
                s3.put_object(bucket.name, key, value)


def outcome(found: Cloud) -> Any:
    """What must be the same: ledger with claims and runs,
    decisions, output files, the state of run and year.
    """
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    items = {
        table: sorted(str(item.to_json()) for of_pk in tables[table].items.values() for item in of_pk.values())
        for table in ("ledger", "decisions")
    }
    files = {key: found.world.output.get(key) for key in found.world.output.keys("")}
    run = found.world.runs.of_phase(YEAR, 1)[0]
    return items, files, run.state, run.detail.settled, found.world.runs.year(YEAR)


@pytest.fixture
def found() -> Iterator[Cloud]:
    with cloud() as made:
        made.world.drop(everybody())
        yield made


@pytest.mark.parametrize("mode", MODES)
def test_whatever_happens_to_a_call_the_ledger_is_the_same(found: Cloud, mode: str) -> None:
    steps = steps_of(found)
    snapshots, counts = [kept()], []
    for step in steps:
        fault = Fault()
        with faulty(fault):
            step()
        counts.append(len(fault.calls))
        snapshots.append(kept())
    expected = outcome(found)
    assert len(found.world.entries()) == 14 + 1 + 3  # one nurse is below the threshold, one is held
    assert expected[2] == "released"

    different: list[str] = []
    for number, step in enumerate(steps):
        for at in range(counts[number]):
            put_back(snapshots[number])
            fault = Fault(mode, at, meanwhile=step)
            with faulty(fault):
                try_again(step)
            where = f"step {number}, call {at} ({fault.calls[at]})"
            if counted(kept()) == counted(snapshots[number + 1]):
                continue  # to the last byte as without the fault, so the rest is too
            for rest in steps[number + 1 :]:
                rest()
            assert outcome(found) == expected, where
            different.append(where)
    assert different == []
    assert sum(counts) > 60


def test_of_two_runs_started_at_once_one_is_open_and_the_other_is_told() -> None:
    with cloud() as made:
        world = made.world
        world.drop(everybody()[:4])
        before, plain = kept(), Fault()
        with faulty(plain):
            world.start(1, DECEMBER)
        for at in range(len(plain.calls)):
            put_back(before)
            second: list[str] = []

            def meanwhile(second: list[str] = second) -> None:
                try:
                    second.append(world.start(1, DECEMBER, "second").id)
                except ConflictError as conflict:
                    second.append(conflict.code)

            first = ""
            with faulty(Fault("overtaken", at, meanwhile=meanwhile)):
                try:
                    first = world.start(1, DECEMBER, "first").id
                except ConflictError as conflict:
                    first = conflict.code
            (opened,) = world.runs.of_phase(YEAR, 1)
            assert sorted([first, *second]) == sorted([opened.id, "run-open"]), plain.calls[at]
            assert world.runs.year(YEAR).open_run == opened.id
