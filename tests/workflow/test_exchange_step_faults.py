"""Steps of an exchange that are done again, at once or at the end, and two who end a wait at once.

What faults at each of its calls to AWS change is in `test_every_call.py`.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import orjson
import pytest

from tegemoet.application.exchange.commands import resume
from tegemoet.domain.problems import ConflictError
from tests.support.attempts import committed
from tests.support.exchange_world import (
    INSURERS,
    TAX_OFFICE,
    ExchangeWorld,
    Person,
    csv_of,
    few_shards,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes.partners import OPERATOR

PORTS = ("exchange", "work", "exchanges", "batches", "seals", "workflows")
ANNA, BERT, DORA, EMMA = (Person(date(1960, month, 1)) for month in range(1, 5))
Step = Callable[[], Any]


@dataclass
class Overtaken:
    """Another worker comes at the `at`-th call; `calls` are those seen so far."""

    at: int = -1
    meanwhile: Step = lambda: None
    calls: list[str] = field(default_factory=list)
    inside: bool = False

    def call(self, name: str, make: Step) -> Any:
        if self.inside:
            return make()
        self.calls.append(name)
        if len(self.calls) - 1 == self.at:
            self.inside = True
            self.meanwhile()
            self.inside = False
        return make()


def by_way(fault: Overtaken, name: str, make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return fault.call(name, lambda: make(*arguments, **named))


@contextmanager
def faulty(world: ExchangeWorld, fault: Overtaken) -> Iterator[None]:
    """Route every call of every port through the fault."""
    changed = []
    for port in PORTS:
        held = getattr(world, port)
        for name in dir(type(held)):
            if name.startswith("_") or not callable(getattr(held, name)) or name == "writer":
                continue  # a writer puts its object when it closes

            setattr(held, name, partial(by_way, fault, name, getattr(held, name)))
            changed.append((held, name))
    try:
        yield
    finally:
        for held, name in changed:
            delattr(held, name)


def state_of(world: ExchangeWorld) -> dict[str, Any]:
    return {port: copy.deepcopy(vars(getattr(world, port))) for port in PORTS}


def put_back(world: ExchangeWorld, state: dict[str, Any]) -> None:
    for port in PORTS:
        held = getattr(world, port)
        vars(held).clear()
        vars(held).update(copy.deepcopy(state[port]))


def kept(world: ExchangeWorld) -> dict[str, Any]:
    """Everything stored. Sealed objects are compared unsealed, because every seal differs."""
    objects = dict(world.exchange.bodies)
    for year, name in world.seals.held:
        seal = world.seals.open(year, name)
        batches = [b.id for b in world.batches.items.values() if b.kind == name]
        for key, body in objects.items():
            if f"/sealed/{name}/" in key or any(key.startswith(f"batches/{batch}/chunks/") for batch in batches):
                objects[key] = seal.unseal(body)
    return {
        "objects": committed(objects),
        "work": world.work.bodies,
        "exchanges": world.exchanges.items,
        "late": world.exchanges.late,
        "batches": world.batches.items,
        "keys": set(world.seals.held),
        "answers": world.workflows.answers,
        "waiting": world.workflows.waiting,
        "started": world.workflows.started,
    }


def households() -> dict[str, list[Any]]:
    return {
        "mutuality-a": [*household(ANNA, BERT), *household(DORA)],
        "mutuality-b": household(EMMA, insurer="202", voucher_income="90000"),
        "mutuality-c": household(ANNA),
    }


def whole_exchange(world: ExchangeWorld) -> None:
    """An exchange with two rounds, a late and a refused file, results and an evaluation."""

    def deliver(partner: str, kind: str, body: str) -> None:
        world.files += 1
        created = world.put(world.key(partner, kind, f"f-{world.files}"), body)
        batch = world._do(world.try_to_ingest, created)
        if batch is not None and batch.state == "loading":
            world._do(world.run_workflow, batch.id)

    world._do(world.start, True)
    world.walk()
    for partner in INSURERS:
        deliver(partner, "households", csv_of("households", households()[partner]))
    world.walk()
    deliver(TAX_OFFICE, "incomes-1", "insz;amount\n")
    deliver(TAX_OFFICE, "incomes-1", csv_of("incomes-1", [income(ANNA, "1.00"), unknown(BERT), income(DORA, "90000")]))
    world.walk()
    deliver(TAX_OFFICE, "incomes-1", csv_of("incomes-1", [income(ANNA, "90000")]))
    deliver(TAX_OFFICE, "incomes-2", csv_of("incomes-2", [income(BERT, "2.00")]))
    world.walk()
    for partner, digits in INSURERS.items():
        deliver(partner, "results", csv_of("results", [result(request(ANNA, digits), p, 5) for p in (ANNA, BERT)]))
    assert world.walk() == "done"
    deliver("mutuality-a", "entitled", csv_of("entitled", [{"insz": ANNA.insz}, {"insz": DORA.insz}]))
    world.evaluate()


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        yield ExchangeWorld()


def name_of(step: Step) -> str:
    return str(getattr(step, "func", step).__name__)


def test_doing_every_step_twice_is_doing_it_once(world: ExchangeWorld) -> None:
    whole_exchange(world)
    again = ExchangeWorld()

    def twice(step: Step) -> Any:
        step()
        return step()

    again.call = twice
    whole_exchange(again)
    assert again.outputs() == world.outputs()
    assert again.state() == world.state()
    assert again.seals.held == world.seals.held == {}


def test_an_execution_that_walks_through_again_at_any_wait_changes_nothing(world: ExchangeWorld) -> None:
    whole_exchange(world)
    before = copy.deepcopy(kept(world))
    assert world.walk() == "done"
    after = kept(world)
    for name in ("answers", "waiting"):  # every execution has tokens of its own
        before.pop(name)
        after.pop(name)
    assert after == before


def test_every_single_step_again_at_the_end_brings_nothing_back(world: ExchangeWorld) -> None:
    done: list[Step] = []

    def note(step: Step) -> Any:
        if name_of(step) != "begin_wait":
            done.append(step)
        return step()

    world.call = note
    whole_exchange(world)
    before = copy.deepcopy(kept(world))
    for step in done:
        step()
    assert kept(world) == before
    assert orjson.dumps(world.state())


def test_an_operator_and_a_file_that_arrives_end_a_wait_once(world: ExchangeWorld) -> None:
    world.start(automatic=True, insurers={"mutuality-a": "101"})
    world.walk()
    created = world.put(world.key("mutuality-a", "households", "x"), csv_of("households", household(ANNA)))
    batch = world.ingest(created)
    plain = Overtaken()
    before = state_of(world)
    with faulty(world, plain):
        world.run_workflow(batch.id)

    ports: dict[str, Any] = {"exchanges": world.exchanges, "batches": world.batches}
    ports |= {"registrations": world.registrations, "workflows": world.workflows}

    def operator() -> None:
        with suppress(ConflictError):
            resume(2020, "households", date(2020, 4, 15), by=OPERATOR, key="key", **ports)

    for at in range(len(plain.calls)):
        put_back(world, before)
        with faulty(world, Overtaken(at, meanwhile=operator)):
            world.run_workflow(batch.id)
        assert world.exchanges.items[2020].step == "select", plain.calls[at]
        assert world.exchanges.items[2020].notes["households"].batches == (batch.id,)
        assert len(world.workflows.answers) == 1
