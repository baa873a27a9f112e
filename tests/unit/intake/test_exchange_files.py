"""Files of an exchange on their way in: an inbox of their own,
a chunk per shard, sealed where they hold incomes.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import orjson
import pytest

from tegemoet.application.intake.channels import ObjectCreated
from tegemoet.application.records import BatchDetail, Year
from tegemoet.domain.identity import shard_of
from tests.support.dropping import counts_of, refusal_of
from tests.support.exchange_world import (
    SHARDS,
    TAX_OFFICE,
    YEAR,
    ExchangeWorld,
    Person,
    csv_of,
    few_shards,
    household,
    income,
    request,
    unknown,
)

PEOPLE = [Person(date(1950, 1, 1), n) for n in range(1, 21)]
ANNA = PEOPLE[0]


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        yield ExchangeWorld()


def chunks(world: ExchangeWorld, batch: str) -> dict[int, bytes]:
    prefix = f"batches/{batch}/chunks/"
    return {int(key.removeprefix(prefix)[:3]): world.exchange.get(key) for key in world.exchange.keys(prefix)}


def test_a_chunk_holds_the_rows_of_one_shard_and_is_named_by_it(world: ExchangeWorld) -> None:
    batch = world.deliver("mutuality-a", "households", [row for p in PEOPLE for row in household(p)])
    found = chunks(world, batch.id)
    assert set(found) == set(range(SHARDS))
    for shard, body in found.items():
        numbers = [orjson.loads(line)[3]["request_number"] for line in body.splitlines()]
        assert {shard_of(number, SHARDS) for number in numbers} == {shard}
    manifest = orjson.loads(world.exchange.get(f"batches/{batch.id}/manifest.json"))
    assert [(c["name"], c["shard"]) for c in manifest["chunks"]] == [(f"{n:03}", n) for n in range(SHARDS)]
    assert sum(c["rows"] for c in manifest["chunks"]) == 20
    assert batch.state == "done"
    assert world.facts.items == {}


def test_chunks_of_incomes_are_sealed_and_their_rows_are_in_the_shard_of_the_person(world: ExchangeWorld) -> None:
    batch = world.deliver(TAX_OFFICE, "incomes-1", [income(p, "12.34") for p in PEOPLE])
    seal = world.seals.open(YEAR, "incomes-1")
    for shard, body in chunks(world, batch.id).items():
        rows = [orjson.loads(line)[3] for line in seal.unseal(body).splitlines()]
        assert {shard_of(row["insz"], SHARDS) for row in rows} == {shard}
        assert all(row["insz"].encode() not in body for row in rows)


def test_no_sum_of_incomes_is_told(world: ExchangeWorld) -> None:
    batch = world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, "12.34"), unknown(PEOPLE[1])])
    summary = orjson.loads(world.exchange.get(batch.detail.outputs["summary.json"]))
    assert "amount" not in summary
    assert (summary["rows"], summary["accepted"]) == (2, 2)
    assert batch.detail.outputs["rejected.csv"].startswith(f"out/{TAX_OFFICE}/increased-reimbursement/{batch.id}/")


def test_a_file_without_rows_is_complete(world: ExchangeWorld) -> None:
    batch = world.deliver(TAX_OFFICE, "incomes-1", [])
    assert batch.state == "done"
    assert chunks(world, batch.id) == {}
    assert world.seals.held == {}


@pytest.mark.parametrize(
    ("key", "inbox"),
    [
        (f"in/mutuality-a/increased-reimbursement/{YEAR}/households/a.csv", "ordinary"),
        ("in/mutuality-a/convention-premium/2023/identities/a.csv", "exchange"),
    ],
)
def test_a_file_in_the_wrong_inbox_is_refused(world: ExchangeWorld, key: str, inbox: str) -> None:
    bucket = world.exchange if inbox == "exchange" else world.inbox
    bucket.put(key, b"old_insz;new_insz\n")
    stored = bucket.head(key)
    batch = world.ingest(
        ObjectCreated(key, stored.etag, "01", stored.version, "exchange" if inbox == "exchange" else "ordinary")
    )
    assert (batch.state, refusal_of(batch).code) == ("refused", "key-unknown")
    assert bucket.exists(key) is (inbox == "ordinary")  # nothing unused is kept in the inbox of the exchanges


def test_an_object_that_was_replaced_before_it_was_read_is_nothing_to_do(world: ExchangeWorld) -> None:
    key = world.key("mutuality-a", "households", "a")
    first = world.put(key, csv_of("households", household(ANNA)))
    second = world.put(key, csv_of("households", household(PEOPLE[1])))
    assert world.try_to_ingest(first) is None
    assert world.batches.items == {}
    assert world.ingest(second).state == "loading"


def test_in_the_ordinary_inbox_an_object_that_is_not_there_comes_again(world: ExchangeWorld) -> None:
    with pytest.raises(KeyError):
        world.try_to_ingest(ObjectCreated("in/fund/convention-premium/2023/identities/a.csv", "etag", "01"))


@pytest.mark.parametrize("rows_are_in", [False, True])
def test_a_batch_whose_object_is_gone_does_not_hold_the_exchange_up(world: ExchangeWorld, rows_are_in: bool) -> None:
    world.start()
    created = world.put(world.key("mutuality-a", "households", "a"), csv_of("households", household(ANNA)))
    batch = world.ingest(created)
    world.workflows.started.clear()  # the intake stopped before it started the workflow …
    if not rows_are_in:  # … or earlier still
        world.batches.items[batch.id] = replace(batch, detail=BatchDetail())
    world.exchange.delete([created.key])
    assert world.try_to_ingest(created) is None
    now = world.batches.items[batch.id]
    if rows_are_in:
        world.run_workflow(batch.id)
    else:
        assert (now.state, refusal_of(now).code) == ("refused", "object-gone")
    world.resume("households")
    assert world.out(TAX_OFFICE, "pro_02-1.csv") == ([ANNA.insz] if rows_are_in else [])


def test_a_file_of_an_exchange_is_no_late_fact_of_a_premium_year(world: ExchangeWorld) -> None:
    world.runs.years[YEAR] = Year(YEAR, "v1", None, (1, 2), True, closed=True)
    world.deliver("mutuality-a", "households", household(ANNA))
    assert world.runs.exceptions(YEAR) == []


def test_different_rows_of_a_member_are_rejected_and_a_repeated_one_is_a_duplicate(
    world: ExchangeWorld,
) -> None:
    rows = [*household(ANNA), *household(ANNA), *household(PEOPLE[1]), *household(PEOPLE[1], fictitious="yes")]
    batch = world.deliver("mutuality-a", "households", rows)
    counts = {name: getattr(counts_of(batch), name) for name in ("accepted", "duplicates", "rejected")}
    assert counts == {"accepted": 1, "duplicates": 1, "rejected": 2}
    world.start()
    world.resume("households")
    assert world.state("mutuality-a")["selected"]["mutuality-a"]["requests"] == 1
    assert request(ANNA) in world.exchange.get(next(iter(world.exchange.keys(f"flows/{YEAR}/requests/")))).decode()


@pytest.mark.parametrize("header", ["insz", '"insz"', "\ufeffinsz"])
def test_a_file_of_one_column_needs_no_delimiter(world: ExchangeWorld, header: str) -> None:
    batch = world.drop(world.key("mutuality-a", "entitled", "list"), f"{header}\n{ANNA.insz}\n")
    assert (batch.state, counts_of(batch).accepted, counts_of(batch).rejected) == ("done", 1, 0)


@pytest.mark.parametrize(
    ("header", "reason"),
    [("name", "column-missing"), ("insz;name", "column-unknown"), ("insz,name", "column-unknown")],
)
def test_another_column_in_a_file_of_one_column_is_refused(world: ExchangeWorld, header: str, reason: str) -> None:
    batch = world.drop(world.key("mutuality-a", "entitled", "list"), f"{header}\n{ANNA.insz}\n")
    assert (batch.state, refusal_of(batch).code) == ("refused", reason)


def test_a_row_of_two_fields_in_a_file_of_one_column_is_rejected(world: ExchangeWorld) -> None:
    batch = world.drop(world.key("mutuality-a", "entitled", "list"), f"insz\n{ANNA.insz};x\n{PEOPLE[1].insz}\n")
    assert (counts_of(batch).accepted, counts_of(batch).rejected) == (1, 1)
