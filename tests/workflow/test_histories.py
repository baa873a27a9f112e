"""Histories of hostile decades: every promise holds in each, and a missing guard is noticed."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from local.simulator.histories.guard import Guard, Kind
from local.simulator.histories.guards import GUARDS, table
from local.simulator.histories.history import History
from local.simulator.histories.playing import KINDS, stage
from local.simulator.histories.seeds import notices, seeds
from local.simulator.histories.shrinking import shortest
from local.simulator.histories.story import Outcome

ROOT = Path(__file__).parents[2]
PLAYED = 300
"""Histories that the fast tests play: two idle cores play 900 in a minute."""
SHARES = {"year": 5, "exchange": 1}
"""Kind of history → how many of six are of it."""
PORTIONS = 3
MANY = 4_000
SHORT = "who had a hand in it does not approve"
BY_HISTORY = [guard for guard in GUARDS.values() if guard.is_noticed_by_a_history]
BY_TEST = [guard for guard in GUARDS.values() if not guard.is_noticed_by_a_history]


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


def name_of(guard: Guard) -> str:
    return guard.name


@pytest.mark.parametrize("guard", BY_HISTORY, ids=name_of)
def test_a_history_notices_a_missing_guard(guard: Guard) -> None:
    """`python -m local.simulator --pin` finds another seed where a change moved all histories."""
    assert notices(guard, [seeds()[guard.name]]) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_those_histories_break_nothing_where_every_guard_is_there(kind: str) -> None:
    played = {seeds()[guard.name] for guard in BY_HISTORY if guard.story == kind} - set(
        range(PLAYED * SHARES[kind] // 6)
    )
    with stage() as made:
        assert broken([KINDS[kind](made, seed).play() for seed in sorted(played)]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("guard", BY_TEST, ids=name_of)
def test_a_test_notices_a_missing_guard(guard: Guard) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-m", "not slow"]
    command += ["-p", "local.simulator.histories.unguarded", "--without-guard", guard.name, guard.noticed_by]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr


@pytest.mark.parametrize("guard", BY_TEST, ids=name_of)
def test_the_test_that_notices_it_exists(guard: Guard) -> None:
    place, _, test = guard.noticed_by.partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / place).read_text("utf-8")


def test_a_history_that_breaks_a_promise_is_made_short() -> None:
    with stage(SHORT) as made:
        whole = History(made, seeds()[SHORT]).play()
        without, outcome = shortest(History, made, whole.seed, whole.violations[0].promise)
        again = History(made, whole.seed, without).play()
    assert whole.violations[0].promise in {violation.promise for violation in outcome.violations}
    assert len(without.events) > whole.events / 3
    assert again.digest == outcome.digest


def test_every_kind_of_guard_is_in_the_list_and_every_seed_has_a_guard() -> None:
    assert {guard.kind for guard in GUARDS.values()} == set(get_args(Kind))
    assert set(seeds()) == {guard.name for guard in BY_HISTORY}


def test_the_documentation_has_the_table_of_guards() -> None:
    """`python -m local.simulator --guards` prints it."""
    assert table() in (ROOT / "docs/explanation/reliability.md").read_text("utf-8")
