"""Histories of hostile decades: every promise holds in each, and a missing guard is noticed."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from local.simulator.histories.guards import GUARDS
from local.simulator.histories.history import History
from local.simulator.histories.playing import KINDS, stage
from local.simulator.histories.shrinking import shortest
from local.simulator.histories.story import Outcome
from tegemoet.adapters.data_keys import key_of
from tegemoet.adapters.exchanges import DynamoExchanges, write_note
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.seals import KmsSeals
from tegemoet.adapters.table import encode
from tegemoet.application.intake.kinds.records import FileKind

PLAYED = 300
"""Histories that the fast tests play: two idle cores play 900 in a minute."""
SHARES = {"year": 5, "exchange": 1}
"""Kind of history → how many of six are of it."""
PORTIONS = 3
MANY = 4_000
FOUND = {
    "a run changes in an expected state": 76,
    "what loads is waited for": 5,
    "who had a hand in it does not approve": 8,
    "only an authority is believed": 221,
    "an entry is put at a free number": 11,
    "keys that were ever one person": 309,
}
"""Guard → the seed of a history that breaks a promise without it."""


def outcomes(seeds: range, guard: str | None = None, kind: str = "year") -> list[Outcome]:
    with stage(guard) as made:
        return [KINDS[kind](made, seed).play() for seed in seeds]


def broken(played: list[Outcome]) -> dict[int, list[str]]:
    """Seed → the promises that its history broke."""
    return {o.seed: [violation.promise for violation in o.violations] for o in played if o.violations}


@pytest.mark.parametrize("part", range(PORTIONS))
@pytest.mark.parametrize("kind", KINDS)
def test_no_promise_is_broken(kind: str, part: int) -> None:
    size = PLAYED * SHARES[kind] // 6 // PORTIONS
    played = outcomes(range(part * size, (part + 1) * size), kind=kind)
    assert broken(played) == {}
    assert sum(outcome.calls for outcome in played) > 1_000 * size


@pytest.mark.slow
@pytest.mark.parametrize("part", range(50))
@pytest.mark.parametrize("kind", KINDS)
def test_no_promise_is_broken_in_a_million_histories(kind: str, part: int) -> None:
    size = MANY * SHARES[kind]
    assert broken(outcomes(range(1_000 + part * size, 1_000 + (part + 1) * size), kind=kind)) == {}


def test_a_seed_gives_one_history_whatever_was_played_before() -> None:
    one, other = outcomes(range(3, 6)), outcomes(range(5, 6))
    assert one[-1].digest == other[0].digest
    assert len({outcome.digest for outcome in one}) == 3


@pytest.mark.parametrize(("guard", "seed"), FOUND.items())
def test_a_missing_guard_breaks_a_promise(guard: str, seed: int) -> None:
    assert broken(outcomes(range(seed, seed + 1), guard))
    assert not broken(outcomes(range(seed, seed + 1)))


def _without_a_mark(seals: KmsSeals, year: int, name: str) -> None:
    seals._objects.delete([key_of(year, name)])


def _from_any_step(exchanges: DynamoExchanges, year: int, expected: str, step: str, note: Any, **_: object) -> bool:
    exchanges._client.update_item(
        TableName=exchanges._table,
        Key=encode({"pk": f"flow#{year}", "sk": "state"}),
        UpdateExpression="SET #step = :step, steps.#was = :note",
        ExpressionAttributeNames={"#step": "step", "#was": expected},
        ExpressionAttributeValues=encode({":step": step, ":note": write_note(note)}),
    )
    return True


def _over(objects: S3Objects, key: str, body: bytes) -> bool:
    objects.put(key, body)
    return True


def _anybody(*_: object) -> None:
    """Whose key it is is not looked at."""


@pytest.mark.parametrize(
    ("target", "name", "instead", "seed", "promise"),
    [
        (KmsSeals, "destroy", _without_a_mark, 0, "a-destroyed-key-is-not-made-again"),
        (DynamoExchanges, "advance", _from_any_step, 0, "a-step-never-goes-back"),
        (S3Objects, "put_once", _over, 14, "a-data-key-is-made-once"),
        (FileKind, "check_owner", _anybody, 24, "an-insurer-learns-of-its-own-alone"),
    ],
)
def test_an_exchange_without_a_guard_breaks_a_promise(
    target: type, name: str, instead: Callable[..., Any], seed: int, promise: str
) -> None:
    with mock.patch.object(target, name, instead):
        assert promise in broken(outcomes(range(seed, seed + 1), kind="exchange"))[seed]


def test_a_history_that_breaks_a_promise_is_made_short() -> None:
    guard = "who had a hand in it does not approve"
    with stage(guard) as made:
        whole = History(made, FOUND[guard]).play()
        without, outcome = shortest(History, made, whole.seed, whole.violations[0].promise)
        again = History(made, whole.seed, without).play()
    assert whole.violations[0].promise in {violation.promise for violation in outcome.violations}
    assert len(without.events) > whole.events / 3
    assert again.digest == outcome.digest


def test_every_guard_names_what_the_product_has() -> None:
    for replacements in GUARDS.values():
        assert all(hasattr(target, name) for target, name, _ in replacements)
