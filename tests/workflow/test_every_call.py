"""Every AWS call of a batch, of a premium year and of an exchange, under every fault.

Each time the workflow is continued as the contract offers it: state machines and queues try again,
persons send their request again. What everybody has in the end is what they have without the fault:
ledger, decisions, payments, summaries, files for partners, the states of batches, runs and
exchanges, and the answers to requests.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

import pytest

from local.simulator.histories.guards import without_guard
from tests.support import figures
from tests.support.api_world import OPERATOR
from tests.support.calls import bank, year
from tests.support.calls.film import FAULTS, Fault, Film, Hit
from tests.support.calls.memory import bodies
from tests.support.calls.workflows import WORKFLOWS, filmed, pairs

PAIRS = 5_000
LATER = 3
"""Later steps before which a function that hangs goes on."""


def broken(film: Film, played: Iterable[Sequence[Hit]]) -> dict[str, list[str]]:
    """What differs, by the faults that make it differ."""
    return {film.named(hits): different for hits in played if (different := film.play(hits))}


def every(film: Film, faults: Iterable[Fault] = FAULTS) -> Iterable[Sequence[Hit]]:
    """Each call under each of the faults."""
    return ([Hit(*call, fault)] for call in film.calls for fault in faults)


def in_turn(film: Film) -> Iterable[Sequence[Hit]]:
    """Each call under one of the faults."""
    return ([Hit(*call, FAULTS[place % len(FAULTS)])] for place, call in enumerate(film.calls))


def some_later(film: Film, hit: Hit) -> Sequence[int]:
    """Steps that come later than the next one, drawn by lot: the same for every run."""
    later = [number for number, scene in enumerate(film.scenes) if scene.calls and number > hit.step + 1]
    return Random(f"{hit}").sample(later, min(LATER, len(later)))


def of_phase(film: Film, phase: int) -> range:
    """The steps of a phase, from its start to its release."""
    [start] = [n for n, scene in enumerate(film.scenes) if scene.step.name.endswith(f"phases/{phase}")]
    end = next(n for n in range(start, len(film.scenes)) if film.scenes[n].step.name == "report release")
    return range(start, end + 1)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_calls_are_counted(name: str) -> None:
    with filmed(name) as film:
        figures.check(name, calls=len(film.calls), steps=sum(not scene.step.quiet for scene in film.scenes))
        assert film.play([Hit(film.calls[0][0], 0, "failed")]) == []


def test_whatever_happens_to_a_call_of_a_batch_it_ends_the_same() -> None:
    with filmed("batch") as film:
        states = [batch.state for batch in film.stage.cloud.batches.of_year(2023)]
        assert sorted(states) == ["done", "refused"]
        assert broken(film, every(film)) == {}
        assert film.runs > 600


@pytest.mark.parametrize("faults", [FAULTS[:3], FAULTS[3:]], ids=["answers", "workers"])
def test_whatever_happens_to_a_call_of_a_phase_the_same_is_paid(faults: Sequence[Fault]) -> None:
    with filmed("premium year") as film:
        entries = [e for shard in range(2) for e in film.stage.cloud.ledger.entries(year.YEAR, shard)]
        assert len(entries) == 4 + 2 + 2  # four nurses and two pharmacies, then one nurse and a new account
        steps = of_phase(film, 1)
        assert broken(film, (hits for hits in every(film, faults) if hits[0].step in steps)) == {}
        assert film.runs > 700


def test_whatever_happens_to_a_call_of_a_second_phase_the_same_is_paid() -> None:
    with filmed("premium year") as film:
        steps = of_phase(film, 2)
        assert broken(film, (hits for hits in in_turn(film) if hits[0].step in steps)) == {}
        assert film.runs > 200


def test_whatever_happens_to_a_call_about_the_bank_the_same_comes_back() -> None:
    with filmed("money out and back") as film:
        entries = [e for shard in range(2) for e in film.stage.cloud.ledger.entries(year.YEAR, shard)]
        causes = Counter(entry.cause for entry in entries if entry.kind == "return")
        assert causes == {"AC04": 1, "withdrawn": 4}  # a tariff office's transfer pays two pharmacies
        assert sum(entry.amount for entry in entries if entry.kind == "recovered") == bank.PAID_BACK
        assert broken(film, every(film)) == {}


@pytest.mark.parametrize("name", ["exchange", "automatic exchange"])
def test_whatever_happens_to_a_call_of_an_exchange_the_outcome_is_the_same(name: str) -> None:
    with filmed(name) as film:
        files = bodies(film.scenes[-1].after.objects)[film.stage.world.environ["EXCHANGE_BUCKET"]]
        codes = "".join(files[key].decode() for key in sorted(files) if "/pro_04-" in key)
        assert sorted(line[-3:] for line in codes.splitlines()) == [";OK", "NOK", "NOK", *["ode"] * 4]
        [evaluation] = [files[key].decode() for key in files if "out/operator" in key and "evaluation" in key]
        assert evaluation.splitlines()[1:] == ["OK;1;1;2;1", "NOK;2;2;3;2", "ONHOLD;0;0;0;0"]
        assert [body for key, body in files.items() if "/keys/" in key] == [b"", b"", b""]  # destroyed
        assert not [key for key in files if "/sealed/" in key]
        assert broken(film, in_turn(film)) == {}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_two_faults_in_steps_that_follow_each_other_change_nothing(name: str) -> None:
    with filmed(name) as film:
        assert broken(film, pairs(film, 100)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_fault_at_every_call_and_many_pairs(name: str) -> None:
    with filmed(name) as film:
        assert broken(film, every(film)) == {}
        runs = film.runs
        assert broken(film, pairs(film, PAIRS)) == {}
        figures.check(name, runs=runs, pairs=film.runs - runs, differences=0)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_function_that_goes_on_before_some_later_step_changes_nothing(name: str) -> None:
    with filmed(name) as film:
        different = {
            f"{film.named(hits)}, until step {until}": found
            for hits in every(film, ["resumed"])
            for until in some_later(film, hits[0])
            if (found := film.play(hits, until))
        }
        assert different == {}
        figures.check(name, resumed=film.runs)


def test_of_two_runs_started_at_once_one_is_open_and_the_other_is_told() -> None:
    with filmed("premium year") as film:
        stage, path = film.stage, f"/v1/premium-years/{year.YEAR}/phases/1"
        body = {"on": year.EARLY.date().isoformat()}
        start = of_phase(film, 1)[0]
        for at, called in enumerate(film.scenes[start].calls):
            answers = film.overtake(start, at, lambda: stage.post(path, body, OPERATOR, "second"))
            [opened] = stage.cloud.runs.of_phase(year.YEAR, 1)
            told = sorted(answer.get("run") or answer["code"] for _, answer in answers)
            assert told == sorted([opened.id, "run-open"]), called
            assert stage.cloud.runs.year(year.YEAR).open_run == opened.id


@pytest.mark.parametrize(
    ("guard", "name", "fault"),
    [
        ("one attempt is committed", "premium year", "resumed"),
        ("what is written once stays", "premium year", "resumed"),
        ("an entry is put at a free number", "premium year", "overtaken"),
        ("a run changes in an expected state", "premium year", "resumed"),
        ("a batch changes in an expected state", "batch", "resumed"),
    ],
)
def test_a_missing_guard_is_noticed(guard: str, name: str, fault: Fault) -> None:
    with without_guard(guard), filmed(name) as film:
        assert any(film.play(hits) for hits in every(film, [fault]))
