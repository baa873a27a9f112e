"""What is deleted of a year on DynamoDB: everything of it, in portions, and nothing of another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from tegemoet.adapters import table
from tegemoet.application.records import Fact, NewDecision
from tests.support import machines
from tests.support.machines import CONTEXT, Context
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import DECEMBER, JUNE, SHARDS, YEAR, World, account, identity, office, provider, riziv

OTHER = YEAR + 1


@pytest.fixture
def made() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


def items(name: str) -> list[dict[str, Any]]:
    return boto3.client("dynamodb").scan(TableName=name)["Items"]


def fill(world: World, persons: int = 5) -> None:
    for n in range(persons):
        world.drop([*provider(f"v1-{n}", riziv(400_100 + n), s1=20_000), account(f"v1-{n}")])
    world.drop([office("O1"), identity("v1-x", "v1-y")])


def test_facts_go_in_portions_from_every_partition_of_their_year(made: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(made.world)
    kept = [Fact("identity", 0, ("v1-x",), "20231102T080001Z-0", "{}"), Fact("account", 1, ("a", "b"), "c", "{}")]
    made.world.facts.put(OTHER, kept)
    there = len(items("facts")) - len(kept)
    monkeypatch.setattr(table, "PORTION", 4)
    portions = list(made.world.facts.delete_year(YEAR, SHARDS))
    assert sum(portions) == there
    assert set(portions[:-1]) == {4}
    assert {item["pk"]["S"].partition("#")[0] for item in items("facts")} == {str(OTHER)}
    assert len(items("facts")) == len(kept)
    assert list(made.world.facts.delete_year(YEAR, SHARDS)) == []


def test_decisions_of_runs_go_and_single_ones_stay(made: Cloud) -> None:
    decisions = made.world.decisions
    decisions.put_run(YEAR, 1, [("v1-a", f"{YEAR}-1-a", b"{}")])
    decisions.put_run(OTHER, 1, [("v1-a", f"{OTHER}-1-a", b"{}")])
    decisions.put(NewDecision("0123", "fund", b"case", b"decision"))
    assert list(decisions.delete_runs(YEAR, SHARDS)) == [1]
    assert {item["pk"]["S"] for item in items("decisions")} == {f"{OTHER}#1", "0123"}


def test_of_a_year_its_state_alone_stays(made: Cloud) -> None:
    world = made.world
    fill(world, 1)
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    world.runs.begin_year(OTHER, "v1")
    assert sum(world.runs.delete_records(YEAR)) >= 2
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in items("years")] == [
        (f"year#{YEAR}", "state"),
        (f"year#{OTHER}", "state"),
    ]
    assert len(world.batches.of_year(YEAR)) > 0  # they go by themselves


def test_a_call_that_runs_out_of_time_leaves_the_rest_to_the_next(made: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    world = made.world
    fill(world)
    world.run(1, DECEMBER)
    world.run(2, JUNE)
    world.clock.at = datetime(2024, 9, 30, 9, tzinfo=UTC)
    world.close()
    machines.create_buckets(["tegemoet-exchange"])
    for name, value in {"EXCHANGE_BUCKET": "tegemoet-exchange", "FACTS_YEARS": "3", "RECORDS_YEARS": "10"}.items():
        monkeypatch.setenv(name, value)
    purge = machines.load("purge")
    # moto's tables do not bear several threads
    purge.cloud.facts, purge.cloud.ordinary_decisions, purge.cloud.runs = world.facts, world.decisions, world.runs
    monkeypatch.setattr(table, "PORTION", 2)
    left = Context(59_999)
    event = {"time": "2027-10-01T03:00:00Z"}
    stopped = purge.handler(event, left)
    assert stopped["complete"] is False
    assert sum(stopped["deleted"].values()) > 0
    assert items("facts") != []
    assert purge.handler(event, CONTEXT)["complete"]
    assert items("facts") == []
    assert purge.handler(event, CONTEXT) == {"years": [2020], "objects": 0, "deleted": {}, "complete": True}
