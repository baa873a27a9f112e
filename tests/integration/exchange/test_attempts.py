"""A call that makes codes hangs, others make them and shred the incomes; then it goes on."""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.support.exchange_world import (
    SHARDS,
    TAX_OFFICE,
    ExchangeWorld,
    Person,
    few_shards,
    household,
    income,
    request,
    unknown,
)
from tests.support.lagging import Lag, lagging

ANNA, BERT = Person(date(1960, 5, 1)), Person(date(1962, 5, 1))
CARL, DORA = Person(date(1964, 5, 1)), Person(date(1970, 1, 1))


class StoppedError(Exception):
    """The exchange was stopped before a step."""


@pytest.fixture
def world() -> Iterator[ExchangeWorld]:
    with few_shards():
        made = ExchangeWorld()
        made.start()
        made.deliver("mutuality-a", "households", [*household(ANNA, BERT), *household(CARL), *household(DORA)])
        made.resume("households")
        rows = [income(ANNA, "13000.00"), unknown(BERT), income(CARL, "14000.00"), income(DORA, "90000.00")]
        made.deliver(TAX_OFFICE, "incomes-1", rows)
        yield made


def to_the_end(world: ExchangeWorld, sending: int) -> None:
    if sending == 1:
        world.resume("incomes-1")
        world.deliver(TAX_OFFICE, "incomes-2", [income(BERT, "4000.00")])
    world.resume("incomes-2")


def stopped_before_codes(world: ExchangeWorld, sending: int) -> None:
    """Everything up to the codes of that sending."""

    def stopping(step: Callable[[], Any]) -> Any:
        assert isinstance(step, partial)
        if getattr(step.func, "__name__", "") == "answer_shard" and step.args[0] == sending:
            raise StoppedError
        return step()

    world.call, call = stopping, world.call
    with suppress(StoppedError):
        to_the_end(world, 1)
    world.call = call


def state(world: ExchangeWorld) -> dict[str, Any]:
    return copy.deepcopy(
        {
            "objects": world.exchange.bodies,
            "keys": world.seals.held,
            "exchanges": world.exchanges.items,
            "batches": world.batches.items,
        }
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("sending", [1, 2])
def test_codes_that_are_made_late_change_nothing(world: ExchangeWorld, sending: int, shard: int, after: bool) -> None:
    stopped_before_codes(world, sending)
    counting = Lag()
    lagging(copy.deepcopy(world), counting).answer_shard(sending, shard)
    for at, where in enumerate(counting.calls):
        tried = copy.deepcopy(world)
        ended: list[dict[str, Any]] = []

        def meanwhile(tried: ExchangeWorld = tried, ended: list[dict[str, Any]] = ended) -> None:
            to_the_end(tried, sending)
            ended.append(state(tried))

        late = lagging(tried, Lag(at, after, meanwhile))
        late.attempts = 1_000  # a name that no other call has
        with suppress(KeyError, ValueError):  # its key is destroyed, or what it sealed is gone
            late.answer_shard(sending, shard)
        (expected,) = ended
        found = state(tried)
        assert tried.codes(1) == {request(CARL): "OK", request(DORA): "NOK"}
        assert tried.codes(2) == {request(ANNA): "OK"}
        assert {key: body for key, body in found["objects"].items() if key in expected["objects"]} == expected[
            "objects"
        ], where
        assert found | {"objects": None} == expected | {"objects": None}, where
