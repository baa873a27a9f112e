"""A world as a whole: the real adapters on it, its replay, its reset, and its calendar."""

import random
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import pytest

from local.simulator.chance import Seeded
from local.simulator.clock import START, WorldClock
from local.simulator.reaper import Reaper
from local.simulator.world import World
from tegemoet.adapters.cloud import Cloud
from tegemoet.adapters.storage import Storage
from tegemoet.application.records import Entry, Fact

PORTS = sorted(
    name for part in (Storage, Cloud) for name, value in vars(part).items() if isinstance(value, cached_property)
)


@pytest.mark.parametrize("name", PORTS)
def test_every_port_of_the_cloud_is_made_on_a_world(name: str) -> None:
    world = World()
    assert getattr(Cloud(world.environ, client=world.client), name) is not None


def entry(person: str, number: int, pharmacy: str | None = None) -> Entry:
    return Entry(person, number, "payment", 1, "10000000", "nurse", 100_00, pharmacy, "2023-1-a", f"{person}-{number}")


def test_the_ledger_pays_once() -> None:
    world = World(items=2)
    ledger = Cloud(world.environ, client=world.client).ledger
    for number in (1, 2, 3):
        assert ledger.append(2023, 0, entry("v1-a", number)) == [entry("v1-a", number)]
    assert ledger.append(2023, 0, entry("v1-a", 1)) == [entry("v1-a", 1)]
    ledger.append(2023, 0, entry("v1-b", 1, "P-1"))
    assert [each.number for each in ledger.entries(2023, 0)] == [1, 2, 3, 1]
    assert ledger.claims(2023) == {"P-1": ("v1-b", "10000000")}
    ledger.close(2023, "2023-2-a")
    assert ledger.is_closed(2023)


def play(world: World, seed: int) -> list[str]:
    """Some calls of real adapters with chance and faults. Returns what became of each."""
    chance = random.Random(seed)
    cloud = Cloud(world.environ, client=world.client)
    world.faults = Seeded(chance, often=3)
    outcomes = []
    for number in range(60):
        world.clock.advance(timedelta(hours=1))
        person = chance.choice("ab")
        try:
            match number % 4:
                case 0:
                    outcome: Any = cloud.ledger.append(2023, 0, entry(person, chance.randint(1, 3)))
                case 1:
                    outcome = cloud.work.put_once(f"runs/{person}", b"%d" % number)
                case 2:
                    outcome = cloud.clients.partner_of(person)
                case _:
                    outcome = list(cloud.work.keys("runs/"))
        except Exception as error:  # noqa: BLE001 - what became of it
            outcome = repr(error)
        outcomes.append(repr(outcome))
    return outcomes


def test_a_history_is_replayed_from_its_seed_in_a_new_and_in_a_reset_world() -> None:
    world = World()
    first, after = play(world, 7), world.snapshot()
    assert any("ReadTimeoutError" in each for each in first)
    other = World()
    assert (play(other, 7), other.snapshot()) == (first, after)
    other.reset()
    assert (play(other, 7), other.snapshot()) == (first, after)
    assert play(other, 8) != first


def test_a_world_that_was_reset_is_as_a_new_one() -> None:
    world = World()
    play(world, 7)
    world.people.add("s1", "An", "approver")
    world.faults = None
    world.reset()
    assert world.snapshot() == World().snapshot()
    assert (world.calls, world.clock.now(), world.people.accounts) == (0, START, {})


def test_the_clock_goes_forward_only() -> None:
    clock = WorldClock()
    assert clock.advance(timedelta(days=1)) == clock.now() == START + timedelta(days=1)
    assert clock.time() == clock.now().timestamp()
    with pytest.raises(ValueError, match="forward"):
        clock.to(START)


@pytest.fixture
def calendar() -> tuple[World, Reaper]:
    world = World(items=1, keys=1)
    names = {name: name for name in (*world.dynamodb.tables, *world.s3.buckets)}
    return world, Reaper(world.direct("s3"), world.direct("dynamodb"), names)


def reaped(world: World, reaper: Reaper, days: int, seconds: int = 0) -> datetime:
    now = world.clock.to(START + timedelta(days=days, seconds=seconds))
    reaper.reap(now)
    return now


def test_what_the_template_lets_expire_is_deleted_on_its_day(calendar: tuple[World, Reaper]) -> None:
    world, reaper = calendar
    cloud = Cloud(world.environ, client=world.client)
    for key in ("batches/a", "batches/b", "runs/a"):
        cloud.work.put(key, b"x")
    reaped(world, reaper, 119)
    assert list(cloud.work.keys("")) == ["batches/a", "batches/b", "runs/a"]
    reaped(world, reaper, 120)
    assert list(cloud.work.keys("")) == ["runs/a"]
    versions = world.s3.buckets["WorkBucket"].objects
    assert [each.is_deletion for each in versions["batches/a"]] == [False, True]
    reaped(world, reaper, 150)  # the version goes, and its deletion with it
    reaped(world, reaper, 151)
    assert set(versions) == {"runs/a"}


def test_an_upload_that_nobody_ends_is_aborted_after_a_day(calendar: tuple[World, Reaper]) -> None:
    world, reaper = calendar
    world.client("s3").create_multipart_upload(Bucket="WorkBucket", Key="a")
    reaped(world, reaper, 0, seconds=86_399)
    assert world.s3.uploads.open
    reaped(world, reaper, 1)
    assert not world.s3.uploads.open


def test_an_item_is_deleted_after_its_time_to_live(calendar: tuple[World, Reaper]) -> None:
    world, reaper = calendar
    client, due = world.client("dynamodb"), int(START.timestamp()) + 3_600
    for table, key in (
        ("DecisionsTable", {"pk": {"S": "d"}, "sk": {"S": "decision"}}),
        ("IdempotencyTable", {"id": {"S": "i"}}),
    ):
        name = "expires" if table == "DecisionsTable" else "expiration"
        client.put_item(TableName=table, Item={**key, name: {"N": str(due)}})
    client.put_item(TableName="DecisionsTable", Item={"pk": {"S": "2023#0"}, "sk": {"S": "a"}})
    reaped(world, reaper, 0, seconds=3_600)
    assert client.scan(TableName="IdempotencyTable")["Count"] == 1
    reaped(world, reaper, 0, seconds=3_601)
    assert client.scan(TableName="IdempotencyTable")["Count"] == 0
    assert [each["pk"]["S"] for each in client.scan(TableName="DecisionsTable")["Items"]] == ["2023#0"]


def test_facts_are_stored_and_deleted_with_their_year() -> None:
    world = World(items=2)
    facts = Cloud(world.environ, client=world.client).facts
    given = [Fact("account", 0, (f"v1-{number}",), "b-1", "{}") for number in range(5)]
    facts.put(2023, given)
    assert list(facts.of_kind(2023, "account")) == given
    assert sum(facts.delete_year(2023, 1)) == 5
    assert list(facts.of_kind(2023, "account")) == []
