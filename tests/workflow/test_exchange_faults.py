"""Every AWS call of a small exchange, one after another: failing before it, and failing after it.

Each time the step is tried again, as the state machine and the queue do, and
everything that is kept must be as without the fault.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.partners import DynamoRegistrations
from tegemoet.adapters.seals import KmsSeals
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.exchange.commands import resume, start_exchange
from tegemoet.domain.identity import shard_of
from tests.support import machines
from tests.support.attempts import committed
from tests.support.exchange_world import (
    DAYS,
    SHARDS,
    TAX_OFFICE,
    YEAR,
    Person,
    Row,
    csv_of,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes.partners import OPERATOR
from tests.support.machines import ACCOUNT, CONTEXT, REGION, SILENT
from tests.workflow.test_faults import try_again

INSURER, DIGITS = "mutuality-a", "101"
BUCKETS = ("inbox", "work", "output", "health", "exchange")
MODES = ("before", "after")
ANNA, BERT, CARL, DORA = (Person(date(1960, month, 1)) for month in range(1, 5))
FILES: dict[str, tuple[str, list[Row]]] = {
    "households": (INSURER, [*household(ANNA), *household(BERT), *household(CARL, DORA), *household(DORA)]),
    "incomes-1": (TAX_OFFICE, [income(ANNA, "10"), income(BERT, "99999.99"), income(CARL, "7.07"), unknown(DORA)]),
    "incomes-2": (TAX_OFFICE, [income(DORA, "8.08")]),
    "results": (INSURER, [result(request(ANNA), ANNA, 4), result(request(DORA), DORA, 6)]),
    "entitled": (INSURER, [{"insz": ANNA.insz}, {"insz": DORA.insz}]),
}
Step = Callable[[], object]


@dataclass
class Fault:
    """What happens to the `at`-th AWS call; `calls` are those seen so far."""

    mode: str = ""
    at: int = -1
    calls: list[str] = field(default_factory=list)

    def call(self, make: Callable[..., Any], client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        self.calls.append(operation)
        if len(self.calls) - 1 == self.at:
            if self.mode == "before":
                raise EndpointConnectionError(endpoint_url="https://aws")
            make(client, operation, dict(arguments))
            raise ReadTimeoutError(endpoint_url="https://aws")
        return make(client, operation, dict(arguments))


@contextmanager
def faulty(fault: Fault) -> Iterator[None]:
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        return fault.call(make, client, operation, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


class World:
    """The handlers of an exchange over moto, and the order in
    which the state machine and the queue call them.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        machines.create_buckets(BUCKETS)
        machines.create_tables(["control", "years"])
        machines.admit(TAX_OFFICE, insurers=[INSURER])
        boto3.client("events").create_event_bus(Name="bus")
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        for name, value in {
            **{f"{bucket.upper()}_BUCKET": bucket for bucket in BUCKETS},
            "CONTROL_TABLE": "control",
            "YEARS_TABLE": "years",
            "PARTNERS_TABLE": "partners",
            "BATCH_WORKFLOW_ARN": "batch",
            "EXCHANGE_WORKFLOW_ARN": "exchange",
            "IDENTITY_KEY_ARN": machines.key_of("inbox"),
            "HEALTH_KEY_ARN": machines.key_of("health"),
            "EXCHANGE_KEY_ARN": machines.key_of("exchange"),
            "PERSON_SECRET_ARN": "none",
            "INCOME_KEY_ARN": key,
            "EVENT_BUS_NAME": "bus",
        }.items():
            monkeypatch.setenv(name, value)
        self.handlers = machines.handlers_of("intake", "conclude", "exchange", "answer")
        self.batches, self.exchanges = DynamoBatches(dynamodb, "control"), DynamoExchanges(dynamodb, "control")
        self.registrations = DynamoRegistrations(dynamodb, "partners")
        self.workflows = StepFunctions(boto3.client("stepfunctions"), {"exchange": "exchange"})
        self.objects = S3Objects(self.s3, "exchange")
        self.dropped: dict[str, Any] = {}
        """When each file was written, which a file that is put back keeps."""
        self.seals = KmsSeals(boto3.client("kms"), self.objects, key)

    def steps(self) -> list[Step]:
        found: list[Step] = [self._start]
        for wait in DAYS:
            found += [*self._file(wait), self._invoke("exchange", action="wait", wait=wait, token=f"token-{wait}")]
            found += [self._resume(wait), self._invoke("exchange", action="plan", wait=wait)]
            found += self._work(wait)
        found += [*self._file("entitled"), self._compare]
        for action in ("match", "evaluate"):
            found += [self._invoke("exchange", action=action, shard=n, evaluation="first") for n in range(SHARDS)]
        return [*found, self._invoke("exchange", action="tell", evaluation="first")]

    def _compare(self) -> None:
        used = [batch.id for batch in self.batches.of_year(YEAR) if batch.kind == "entitled"]
        evaluation = {"name": "first", "on": "2021-12-01", "batches": used}
        self._invoke("exchange", action="compare", evaluation=evaluation)()

    def _work(self, wait: str) -> Iterator[Step]:
        def each(function: str, action: str, **event: Any) -> Iterator[Step]:
            return (self._invoke(function, action=action, shard=shard, **event) for shard in range(SHARDS))

        match wait:
            case "households":
                yield from each("exchange", "select")
                yield from each("exchange", "gather", sending=1)
                yield self._invoke("exchange", action="ask")
            case "results":
                yield from each("exchange", "count")
                yield self._invoke("exchange", action="report")
            case _:
                delivery = int(wait[-1])
                yield from each("answer", "join", delivery=delivery)
                yield from each("answer", "answer", delivery=delivery)
                if delivery == 1:
                    yield from each("exchange", "gather", sending=2)
                yield self._invoke("answer", action="finish", delivery=delivery)

    def _invoke(self, function: str, **event: Any) -> Step:
        return lambda: self.handlers[function]({"year": YEAR, **event}, CONTEXT)

    def _start(self) -> None:
        parties: Any = ({INSURER: DIGITS}, TAX_OFFICE, False)
        ports: dict[str, Any] = {"exchanges": self.exchanges, "registrations": self.registrations}
        ports["workflows"] = self.workflows
        start_exchange(YEAR, date(2020, 3, 1), *parties, starter=OPERATOR, key="key", **ports)

    def _resume(self, wait: str) -> Step:
        ports: dict[str, Any] = {"exchanges": self.exchanges, "batches": self.batches}
        ports |= {"registrations": self.registrations, "workflows": self.workflows}
        return lambda: resume(YEAR, wait, DAYS[wait], by=OPERATOR, **ports)

    def _file(self, wait: str) -> list[Step]:
        """S3's message of a file, and the end of its batch.

        The file is there from the beginning.
        """
        partner, rows = FILES[wait]
        key = f"in/{partner}/increased-reimbursement/{YEAR}/{wait}/file.csv"
        etag = self.s3.put_object(Bucket="exchange", Key=key, Body=csv_of(wait, rows).encode())["ETag"].strip('"')
        self.dropped[key] = s3_backends[ACCOUNT]["aws"].buckets["exchange"].keys[key].last_modified
        detail = {"bucket": {"name": "exchange"}, "object": {"key": key, "etag": etag, "sequencer": "0A"}}
        body = json.dumps({"detail-type": "Object Created", "detail": detail})

        def conclude() -> None:
            [batch] = [batch for batch in self.batches.of_year(YEAR) if batch.kind == wait]
            self.handlers["conclude"]({"batch": batch.id}, CONTEXT)

        return [lambda: self.handlers["intake"]({"Records": [{"body": body}]}, CONTEXT), conclude]

    # --- what is kept -----------------------------------------------------------------------------

    def kept(self) -> Any:
        """Table and buckets, as moto holds them."""
        buckets = s3_backends[ACCOUNT]["aws"].buckets
        return (
            copy.deepcopy(dynamodb_backends[ACCOUNT][REGION].tables["control"].items),
            {name: {key: found.value for key, found in buckets[name].keys.items()} for name in BUCKETS},
        )

    def put_back(self, snapshot: Any) -> None:
        dynamodb_backends[ACCOUNT][REGION].tables["control"].items = copy.deepcopy(snapshot[0])
        s3 = s3_backends[ACCOUNT]["aws"]
        for name in BUCKETS:
            bucket, wanted = s3.buckets[name], snapshot[1][name]
            for key in set(bucket.keys) - set(wanted):
                bucket.keys.pop(key)
            for key, value in wanted.items():
                if key not in bucket.keys or bucket.keys[key].value != value:
                    s3.put_object(name, key, value)
                if key in self.dropped:
                    bucket.keys[key].last_modified = self.dropped[key]

    def seen(self) -> Any:
        """What must be the same: the table, and every object; of a sealed one
        what it says, of a data key that it is there.
        """
        items, buckets = self.kept()
        table = sorted(str(item.to_json()) for of_pk in items.values() for item in of_pk.values())
        incomes = {f"batches/{b.id}/chunks/": b.kind for b in self.batches.of_year(YEAR) if b.kind[:7] == "incomes"}
        opened = {}
        for key, body in buckets["exchange"].items():
            of_chunk = next((kind for prefix, kind in incomes.items() if key.startswith(prefix)), None)
            if "/keys/" in key:
                opened[key] = b"destroyed" if body == b"" else b"held"
            elif "/sealed/" in key or of_chunk:
                opened[key] = self.seals.open(YEAR, of_chunk or key.split("/")[3]).unseal(body)
            else:
                opened[key] = body
        return table, {**buckets, "exchange": committed(opened)}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "stepfunctions":
            return {}  # the steps are called by hand
        return make(client, operation, arguments)

    with machines.cloud({}) as environment, few_shards(), mock.patch.object(BaseClient, "_make_api_call", call):
        environment.update(SILENT)
        yield World(monkeypatch)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 7])
def test_whatever_happens_to_a_call_of_an_exchange_the_outcome_is_the_same(world: World, every: int, mode: str) -> None:
    """Of every call, or of every seventh."""
    assert {shard_of(person.insz, SHARDS) for person in (ANNA, BERT, CARL, DORA)} == set(range(SHARDS))
    all_steps = world.steps()
    snapshots, seen, counts = [world.kept()], [world.seen()], []
    for step in all_steps:
        fault = Fault()
        with faulty(fault):
            step()
        counts.append(len(fault.calls))
        snapshots.append(world.kept())
        seen.append(world.seen())
    found = world.exchanges.get(YEAR)
    assert found is not None
    assert found.step == "done"
    codes = "".join(
        world.objects.get(f"out/{INSURER}/increased-reimbursement/{YEAR}/pro_04-{n}.csv").decode() for n in (1, 2)
    )
    assert sorted(line.partition(";")[2] for line in codes.splitlines()) == ["NOK", "OK", "OK", "OK", "code", "code"]
    [evaluation] = [world.objects.get(key) for key in world.objects.keys("out/operator/") if "evaluation" in key]
    assert evaluation.decode().splitlines()[1:] == ["OK;3;3;4;3", "NOK;1;0;1;0", "ONHOLD;0;0;0;0"]

    different: list[str] = []
    tried = 0
    for number, step in enumerate(all_steps):
        for at in range(counts[number]):
            tried += 1
            if tried % every:
                continue
            world.put_back(snapshots[number])
            fault = Fault(mode, at)
            with faulty(fault):
                try_again(step)
            if world.kept() == snapshots[number + 1]:
                continue  # to the last byte as without the fault
            if world.seen() != seen[number + 1]:
                different.append(f"step {number}, call {at} ({fault.calls[at]})")
    assert different == []
    assert sum(counts) > 150
