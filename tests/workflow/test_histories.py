"""Histories of hostile decades: every promise holds in each, and a missing guard is noticed."""

import pytest

from local.simulator.histories.guards import GUARDS
from local.simulator.histories.history import History, Outcome
from local.simulator.histories.playing import stage
from local.simulator.histories.shrinking import shortest

PORTION = 100
MANY = 20_000
FOUND = {
    "a run changes in an expected state": 76,
    "what loads is waited for": 5,
    "who had a hand in it does not approve": 8,
    "only an authority is believed": 221,
    "an entry is put at a free number": 11,
    "keys that were ever one person": 309,
}
"""Guard → the seed of a history that breaks a promise without it."""


def outcomes(seeds: range, guard: str | None = None) -> list[Outcome]:
    with stage(guard) as made:
        return [History(made, seed).play() for seed in seeds]


def broken(played: list[Outcome]) -> dict[int, list[str]]:
    """Seed → the promises that its history broke."""
    return {o.seed: [violation.promise for violation in o.violations] for o in played if o.violations}


@pytest.mark.parametrize("first", range(0, 300, PORTION))
def test_no_promise_is_broken(first: int) -> None:
    played = outcomes(range(first, first + PORTION))
    assert broken(played) == {}
    assert sum(outcome.calls for outcome in played) > 100_000


@pytest.mark.slow
@pytest.mark.parametrize("part", range(50))
def test_no_promise_is_broken_in_a_million_histories(part: int) -> None:
    first = 1_000 + part * MANY
    assert broken(outcomes(range(first, first + MANY))) == {}


def test_a_seed_gives_one_history_whatever_was_played_before() -> None:
    one, other = outcomes(range(3, 6)), outcomes(range(5, 6))
    assert one[-1].digest == other[0].digest
    assert len({outcome.digest for outcome in one}) == 3


@pytest.mark.parametrize(("guard", "seed"), FOUND.items())
def test_a_missing_guard_breaks_a_promise(guard: str, seed: int) -> None:
    assert broken(outcomes(range(seed, seed + 1), guard))
    assert not broken(outcomes(range(seed, seed + 1)))


def test_a_history_that_breaks_a_promise_is_made_short() -> None:
    guard = "who had a hand in it does not approve"
    with stage(guard) as made:
        whole = History(made, FOUND[guard]).play()
        without, outcome = shortest(made, whole.seed, whole.violations[0].promise)
        again = History(made, whole.seed, without).play()
    assert whole.violations[0].promise in {violation.promise for violation in outcome.violations}
    assert len(without.events) > whole.events / 3
    assert again.digest == outcome.digest


def test_every_guard_names_what_the_product_has() -> None:
    for replacements in GUARDS.values():
        assert all(hasattr(target, name) for target, name, _ in replacements)
