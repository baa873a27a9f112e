"""A premium year by the real use cases and adapters on the simulator, as on the fakes."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
import pytest

from local.simulator.clock import START
from local.simulator.determinism import deterministic
from local.simulator.world import World as Simulated
from tegemoet.adapters.cloud import Cloud
from tegemoet.application.premium_year.bank_file_record import RecordPorts, record_fetch
from tegemoet.application.premium_year.exceptions import choices_for
from tegemoet.application.records import Person
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    identity,
    office,
    provider,
    riziv,
    told,
    two_shards,
)
from tests.support.simulated_year import world_on


def play(world: World) -> None:
    """Both phases, with a pharmacy and a new identity, until the closing."""
    titular = provider("v1-t", riziv(200_001), "pharmacist", pharmacy_id="P1", tariff_office="O1")
    world.drop([*provider("v1-a", riziv(400_001), s1=20_000), *provider("v1-b", riziv(400_002)), account("v1-a")])
    world.drop([*provider("v1-c", riziv(400_003), s1=20_000), account("v1-c"), identity("v1-c", "v1-d")])
    world.drop([*titular, office("O1")])
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    for exception in world.reviewed():
        world.choose(exception.id, choices_for(exception)[0])
    world.close()


@pytest.mark.parametrize("page", [1, 3, None])
def test_a_year_is_paid_on_the_simulator_as_on_the_fakes(page: int | None) -> None:
    simulated, fake = Simulated(items=page, keys=page or 1_000), World()
    with two_shards(), deterministic(simulated, seed=1):
        play(world_on(simulated))
        play(fake)
        assert world_on(simulated).bytes_of_ledger() == fake.bytes_of_ledger()
        assert len(world_on(simulated).entries()) >= 3
    files = sorted(key for key in simulated.s3.buckets["OutputBucket"].objects if key.endswith("payments.csv"))
    assert files == sorted(key for key in fake.output.versions if key.endswith("payments.csv"))
    assert len(files) == 2
    for key in files:
        assert simulated.s3.buckets["OutputBucket"].objects[key][-1].body == fake.output.get(key)


def sent(world: World) -> list[dict[str, Any]]:
    """The dossier of a person who is paid in a file that is fetched, and whom the bank returns."""
    world.pay_from()
    world.drop([*provider("v1-a", riziv(400_001), s1=20_000), account("v1-a")])
    world.run(1, DECEMBER)
    [file], [entry] = world.bank_files(), world.entries()
    ports = RecordPorts(world.runs, world.work, world.clock, lambda run, message_id: None)
    record_fetch(world.year, file.message_id, by=Person("operator", "An Operator"), ports=ports)
    world.answer(told(f"TGM-{entry.entry_id}", "returned", reason="AC04", on="2023-12-06"))
    found = world.dossier(riziv(400_001))
    return [asdict(found.sent[entry.entry_id]) for entry in found.entries if entry.entry_id in found.sent]


@pytest.mark.parametrize("page", [1, None])
def test_a_dossier_tells_of_files_on_the_simulator_as_on_the_fakes(page: int | None) -> None:
    simulated = Simulated(items=page, keys=page or 1_000)
    with two_shards(), deterministic(simulated, seed=1):
        [found] = sent(world_on(simulated))
        [expected] = sent(World())
    assert (found["state"], found["reason"], found["on"], len(found["fetched"])) == (
        "returned",
        "AC04",
        "2023-12-06",
        1,
    )
    of_the_run = {"message_id", "fetched", "execution"}
    assert found["end_to_end_id"] == expected["end_to_end_id"]
    assert found.keys() - of_the_run == {"end_to_end_id", "state", "reason", "on"}


def calls_of(simulated: Simulated, then: Callable[[World], object]) -> list[Any]:
    """Every call of a history: number, operation and the size of what it asked."""
    calls: list[Any] = []

    def seen(call: Any) -> None:
        assert threading.current_thread() is threading.main_thread()
        calls.append((call.number, call.operation, len(repr(call.parameters))))

    simulated.before = seen
    with two_shards(), deterministic(simulated, seed=1):
        then(world_on(simulated))
    return calls


def test_a_year_makes_the_same_calls_in_every_replay_and_in_one_thread() -> None:
    simulated = Simulated()
    first, after = calls_of(simulated, play), orjson.dumps(str(simulated.snapshot()))
    assert len(first) > 100
    simulated.reset()
    assert calls_of(simulated, play) == first
    assert orjson.dumps(str(simulated.snapshot())) == after


def test_the_time_of_the_process_is_that_of_the_world() -> None:
    simulated = Simulated()
    cloud = Cloud(simulated.environ, client=simulated.client)
    with deterministic(simulated, seed=1):
        assert cloud.clock.now() == START
        simulated.clock.to(START.replace(year=2040))
        assert cloud.clock.now().year == 2040
    assert cloud.clock.now().year != 2040
