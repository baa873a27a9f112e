"""Everything past its retention is deleted, on the day after its last day, and nothing else."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tegemoet.application.exchange.purge import Purged, purge, sweep
from tests.support.exchange_world import (
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    csv_of,
    few_shards,
    household,
    income,
    request,
    result,
)

ANNA = Person(date(1960, 5, 1))
LAST_DAY, DAY_AFTER = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    """A finished exchange, a premium file, and objects of the next year."""
    with few_shards():
        world = ExchangeWorld()
        world.start()
        world.deliver("mutuality-a", "households", household(ANNA))
        world.resume("households")
        world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1")])
        world.resume("incomes-1")
        world.deliver("mutuality-a", "results", [result(request(ANNA), ANNA, 5)])
        world.resume("results")
        world.deliver("mutuality-b", "households", household(ANNA))  # late
        world.drop("in/fund/convention-premium/2023/identities/a.csv", "old_insz;new_insz\n")
        world.exchange.put("in/mutuality-a/increased-reimbursement/2021/households/next.csv", b"of the next year")
        world.exchange.put("out/mutuality-a/increased-reimbursement/2021/pro_04-1.csv", b"of the next year")
        world.exchange.put("flows/2021/requests/0.jsonl", b"of the next year")
        yield world


def run(world: ExchangeWorld, on: date) -> Purged:
    ports: dict[str, Any] = {"objects": world.exchange, "batches": world.batches, "exchanges": world.exchanges}
    return purge(on, **ports)


def test_nothing_of_an_exchange_lies_where_files_of_finished_batches_expire(world: ExchangeWorld) -> None:
    """A manifest there was gone when the results came, a year and a half after the households."""
    [premium] = [batch.id for batch in world.batches.items.values() if batch.scheme != "increased-reimbursement"]
    assert {key.split("/")[1] for key in world.work.bodies} == {premium}


def test_on_the_last_day_everything_is_kept(world: ExchangeWorld) -> None:
    before, items = dict(world.exchange.bodies), dict(world.batches.items)
    assert run(world, LAST_DAY) == {"years": [], "objects": 0}
    assert world.exchange.bodies == before
    assert world.batches.items == items
    assert world.exchanges.get(YEAR) is not None


def test_a_day_later_everything_of_the_year_is_gone_and_nothing_else(world: ExchangeWorld) -> None:
    found = run(world, DAY_AFTER)
    assert found["years"] == [YEAR]
    assert found["objects"] > 20
    assert sorted(world.exchange.bodies) == [
        "flows/2021/requests/0.jsonl",
        "in/mutuality-a/increased-reimbursement/2021/households/next.csv",
        "out/mutuality-a/increased-reimbursement/2021/pro_04-1.csv",
    ]
    assert {batch.scheme for batch in world.batches.items.values()} == {"convention-premium"}
    assert {key.split("/")[1] for key in world.work.bodies} == set(world.batches.items)
    assert world.exchanges.get(YEAR) is None
    assert world.exchanges.late == {}


def test_it_can_be_done_every_day(world: ExchangeWorld) -> None:
    run(world, DAY_AFTER)
    after = dict(world.exchange.bodies)
    assert run(world, date(2027, 1, 2)) == {"years": [YEAR], "objects": 0}
    assert world.exchange.bodies == after


def test_a_file_that_comes_for_a_year_that_is_gone_is_gone_the_next_day(world: ExchangeWorld) -> None:
    run(world, DAY_AFTER)
    world.put(world.key("mutuality-a", "households", "again"), csv_of("households", household(ANNA)))
    batch = world.deliver("mutuality-a", "households", household(ANNA))
    run(world, date(2027, 1, 2))
    assert world.batches.get(batch.id) is None
    assert not [key for key in world.exchange.bodies if "/2020/" in key or batch.id in key]


@pytest.mark.parametrize("at", range(12))
def test_a_purge_that_stops_halfway_ends_the_next_time(world: ExchangeWorld, at: int) -> None:
    deletions = 0
    ports = [(world.exchange, "delete"), (world.batches, "delete"), (world.exchanges, "delete")]

    def stop(make: Any) -> Any:
        def deleting(*arguments: Any) -> None:
            nonlocal deletions
            deletions += 1
            if deletions == at + 1:
                raise ConnectionError
            make(*arguments)

        return deleting

    for port, name in ports:
        setattr(port, name, stop(getattr(port, name)))
    try:
        run(world, DAY_AFTER)
    except ConnectionError:
        run(world, DAY_AFTER)
    assert not [key for key in world.exchange.bodies if "2020" in key and "/2021/" not in key]
    assert {batch.scheme for batch in world.batches.items.values()} == {"convention-premium"}
    assert world.exchanges.get(YEAR) is None


def test_sweeping_leaves_what_is_still_needed(world: ExchangeWorld) -> None:
    other = ExchangeWorld()
    other.start()
    other.deliver("mutuality-a", "households", household(ANNA))
    other.resume("households")
    other.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "1")])
    before = dict(other.exchange.bodies)
    sweep(objects=other.exchange, batches=other.batches, exchanges=other.exchanges, data_keys=other.seals)
    assert other.exchange.bodies == before
    other.resume("incomes-1")
    assert other.codes(1) == {request(ANNA): "OK"}
