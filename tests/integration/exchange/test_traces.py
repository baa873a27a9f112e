"""Incomes leave no trace: amounts are planted, and everything stored is searched for them."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson
import pytest

from tegemoet.adapters.seals import AesSeal
from tegemoet.application.exchange.incomes import join_shard
from tegemoet.application.exchange.purge import sweep
from tegemoet.application.exchange.records import Sending
from tests.support.dropping import counts_of
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

ANNA, BERT, CHILD = Person(date(1960, 5, 1)), Person(date(1962, 5, 1)), Person(date(2005, 1, 2))
DORA = Person(date(1970, 1, 1))
MARKED = {"anna": "13131.31", "bert": "4242.42", "dora": "77177.17", "sum": "17373.73", "late": "9191.91"}


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        yield ExchangeWorld()


def spellings(amount: str) -> list[bytes]:
    """Spellings of an amount: as it was sent, in cents, with a comma."""
    return [amount.encode(), amount.replace(".", "").encode(), amount.replace(".", ",").encode()]


def everything(world: ExchangeWorld) -> dict[str, bytes]:
    """Every byte that the system stores or returned, by place."""
    found = {
        f"{name}:{key}:{number}": version.body
        for name in ("inbox", "work", "output", "health", "exchange")
        for key, versions in getattr(world, name).versions.items()
        for number, version in enumerate(versions)
    }
    said: dict[str, Any] = {
        "results": world.results,
        "exchanges": world.exchanges.items,
        "late": world.exchanges.late,
        "batches": world.batches.items,
        "started": [(*key, value) for key, value in world.workflows.started.items()],
        "answers": world.workflows.answers,
        "events": world.events.published,
        "state": world.state(),
        "facts": list(world.facts.items.values()),
    }
    return found | {name: repr(value).encode() for name, value in said.items()}


def traces(world: ExchangeWorld) -> list[tuple[str, str]]:
    """The places with a marked income, in any spelling."""
    return [
        (place, name)
        for place, body in everything(world).items()
        for name, amount in MARKED.items()
        for spelling in spellings(amount)
        if spelling in body
    ]


def to_first_answer(world: ExchangeWorld) -> ExchangeWorld:
    world.start()
    world.deliver("mutuality-a", "households", [*household(ANNA, BERT, CHILD), *household(DORA)])
    world.resume("households")
    rows = [income(ANNA, MARKED["anna"]), unknown(BERT), income(DORA, MARKED["dora"])]
    world.deliver(TAX_OFFICE, "incomes-1", rows)
    return world


def second(world: ExchangeWorld) -> None:
    world.deliver(TAX_OFFICE, "incomes-2", [income(BERT, MARKED["bert"])])


def test_the_search_finds_an_income_where_there_is_one(world: ExchangeWorld) -> None:
    to_first_answer(world)
    assert {place.partition(":")[0] for place, _ in traces(world)} == {"exchange"}  # the drop itself
    world.exchange.put("planted", b'{"cents": 1313131}')
    assert ("exchange:planted:0", "anna") in traces(world)


def test_after_each_answer_no_income_stands_anywhere(world: ExchangeWorld) -> None:
    to_first_answer(world).resume("incomes-1")
    assert traces(world) == []
    second(world)
    world.resume("incomes-2")
    assert traces(world) == []
    assert world.codes(1) == {request(DORA): "NOK"}
    assert world.codes(2) == {request(ANNA): "OK"}  # 13,131.31 + 4,242.42 < 25,836.99


def test_while_incomes_are_needed_they_are_sealed_and_the_drop_alone_is_in_the_clear(world: ExchangeWorld) -> None:
    to_first_answer(world)
    assert {place for place, _ in traces(world)} == {f"exchange:{world.key(TAX_OFFICE, 'incomes-1', 'file-2')}:0"}
    assert world.seals.held.keys() == {(YEAR, "incomes-1")}
    manifests = [orjson.loads(body) for key, body in world.exchange.bodies.items() if key.endswith("/manifest.json")]
    [manifest] = [found for found in manifests if found["kind"] == "incomes-1"]
    assert all(chunk.keys() == {"name", "shard", "rows"} for chunk in manifest["chunks"])


def test_after_an_answer_key_chunks_joined_incomes_and_drop_are_gone(world: ExchangeWorld) -> None:
    to_first_answer(world).resume("incomes-1")
    assert world.seals.held.keys() == {(YEAR, "carried")}
    assert not [key for key in world.exchange.bodies if "incomes-1/" in key and "/counts/" not in key]
    carried = {key: body for key, body in world.exchange.bodies.items() if "/sealed/" in key}
    assert all("/sealed/carried/" in key for key in carried)
    assert carried
    seal = world.seals.open(YEAR, "carried")
    second(world)
    world.resume("incomes-2")
    assert world.seals.held == {}
    assert not [key for key in world.exchange.bodies if "/sealed/" in key or "/incomes-2/f" in key]
    assert all(b"incomes" in seal.unseal(body) for body in carried.values())  # the key protected them


def test_what_a_destroyed_key_sealed_is_lost_though_it_were_kept(world: ExchangeWorld) -> None:
    to_first_answer(world)
    kept = [body for key, body in world.exchange.bodies.items() if "/chunks/" in key]
    world.resume("incomes-1")
    for create in (False, True):
        with pytest.raises(KeyError):
            world.seals.open(YEAR, "incomes-1", create)
    fresh = AesSeal(bytes(32), "incomes-1")
    unreadable = 0
    for body in kept:
        try:
            fresh.unseal(body)
        except ValueError:
            unreadable += 1
    assert unreadable == len(kept) > 0


@pytest.mark.parametrize("wait", ["incomes-1", "incomes-2"])
@pytest.mark.parametrize("partner", [TAX_OFFICE, "mutuality-b"])
def test_a_late_income_file_is_gone_at_once(world: ExchangeWorld, wait: str, partner: str) -> None:
    to_first_answer(world).resume("incomes-1")
    second(world)
    world.resume("incomes-2")
    before = world.outputs()
    world.deliver(partner, wait, [income(ANNA, MARKED["late"])])
    assert traces(world) == []
    assert not [
        key for key in world.exchange.bodies if "/chunks/" in key and key.split("/")[1] == list(world.batches.items)[-1]
    ]
    assert world.seals.held == {}
    assert world.outputs() == before
    assert world.state()["late"] == ({f"{wait}/{TAX_OFFICE}": 1} if partner == TAX_OFFICE else {})


def test_a_late_file_of_the_first_sending_leaves_the_second_one_alone(world: ExchangeWorld) -> None:
    to_first_answer(world).resume("incomes-1")
    second(world)
    world.deliver(TAX_OFFICE, "incomes-1", [income(ANNA, MARKED["late"])])
    world.resume("incomes-2")
    assert world.codes(2) == {request(ANNA): "OK"}
    assert traces(world) == []


@pytest.mark.parametrize("sending", [1, 2])
def test_a_call_that_lags_behind_the_answer_makes_no_key(
    world: ExchangeWorld, monkeypatch: pytest.MonkeyPatch, sending: Sending
) -> None:
    to_first_answer(world).resume("incomes-1")
    second(world)
    world.resume("incomes-2")
    monkeypatch.setattr(world.exchange, "exists", lambda _: False)  # as seen before the answer was made
    lost = 0
    for shard in range(SHARDS):
        try:
            join_shard(YEAR, sending, shard, objects=world.exchange, seals=world.seals)
        except KeyError:
            lost += 1
    assert lost  # the delivered rows cannot be read any more
    assert world.seals.held == {}
    assert not [key for key in world.exchange.bodies if "/sealed/" in key]


def test_where_no_incomes_were_delivered_no_key_is_made(world: ExchangeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, str]] = []
    opening = world.seals.open

    def noted(year: int, name: str, create: bool = False) -> AesSeal:
        if create:
            made.append((year, name))
        return opening(year, name, create)

    monkeypatch.setattr(world.seals, "open", noted)
    world.start()
    world.deliver("mutuality-a", "households", [*household(ANNA, BERT, CHILD), *household(DORA)])
    for wait in ("households", "incomes-1", "incomes-2"):
        world.resume(wait)
    assert world.state()["state"] == "results"
    assert set(made) == {(YEAR, "carried")}
    assert world.codes(2) == {request(ANNA): "ONHOLD", request(DORA): "ONHOLD"}
    assert world.seals.held == {}


def test_a_second_sending_that_nobody_needs_is_gone_too(world: ExchangeWorld) -> None:
    world.start()
    world.deliver("mutuality-a", "households", household(DORA))
    world.resume("households")
    second(world)  # it arrives before the first is answered
    world.deliver(TAX_OFFICE, "incomes-1", [income(DORA, MARKED["dora"])])
    world.resume("incomes-1")
    assert world.state()["state"] == "results"
    assert traces(world) == []
    assert world.seals.held == {}


def test_a_refused_income_file_is_gone_at_once_and_nothing_tells_its_values(world: ExchangeWorld) -> None:
    to_first_answer(world)
    key = world.key(TAX_OFFICE, "incomes-1", "refused")
    created = world.put(key, f"insz;return_code;ipcal_code\n{ANNA.insz};00;{MARKED['late']}\n")
    assert world.ingest(created).state == "refused"
    assert not world.exchange.exists(key)
    assert world.try_to_ingest(created) is None  # the message again
    world.resume("incomes-1")
    assert traces(world) == []


def test_rejected_income_rows_tell_no_value(world: ExchangeWorld) -> None:
    to_first_answer(world)
    bad = [dict(income(ANNA, MARKED["late"])) | {"return_code": "01"}, income(BERT, MARKED["late"] + "1")]
    batch = world.deliver(TAX_OFFICE, "incomes-1", bad)
    assert counts_of(batch).rejected == 2
    world.resume("incomes-1")
    assert traces(world) == []


def test_a_file_of_incomes_from_who_is_not_the_tax_office_is_gone_with_the_sending(world: ExchangeWorld) -> None:
    to_first_answer(world)
    world.deliver("mutuality-b", "incomes-1", [income(BERT, MARKED["late"])])
    world.resume("incomes-1")
    assert traces(world) == []
    assert world.codes(1) == {request(DORA): "NOK"}


def test_what_a_failed_batch_left_after_the_answer_is_swept(world: ExchangeWorld) -> None:
    to_first_answer(world).resume("incomes-1")
    second(world)
    world.resume("incomes-2")
    created = world.put(world.key(TAX_OFFICE, "incomes-2", "x"), csv_of("incomes-2", [income(ANNA, MARKED["late"])]))
    batch = world.ingest(created)
    world.mark_failed(batch.id, "Timeout")
    assert traces(world) != []
    ports: dict[str, Any] = {"objects": world.exchange, "batches": world.batches, "exchanges": world.exchanges}
    sweep(**ports, data_keys=world.seals)
    assert traces(world) == []
    assert world.seals.held == {}


def test_also_a_step_that_failed_and_was_tried_again_leaves_no_trace(world: ExchangeWorld) -> None:
    to_first_answer(world)
    failures = iter([True, False] * 100)

    def fail_first(step: Callable[[], Any]) -> Any:
        put, delete = world.exchange.put, world.exchange.delete

        def failing(*_: Any) -> None:
            raise ConnectionError

        if next(failures):
            for name in ("put", "delete"):
                setattr(world.exchange, name, failing)
            try:
                step()
            except ConnectionError as error:
                world.results.append(repr(error))
            finally:
                world.exchange.put, world.exchange.delete = put, delete  # type: ignore[method-assign]
        return step()

    world.call = fail_first
    world.resume("incomes-1")
    assert traces(world) == []
