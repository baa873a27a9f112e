"""The workflows whose calls suffer faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from random import Random

from tests.support.calls import bank, batch, exchange, year
from tests.support.calls.film import FAULTS, Film, Hit, record
from tests.support.calls.recorder import Recorder
from tests.support.calls.stage import Stage, theatre


@dataclass(frozen=True, slots=True)
class Workflow:
    """What has to be there, and what partners and persons do."""

    prepare: Callable[[Stage], None]
    script: Callable[[Recorder], None]


WORKFLOWS: Mapping[str, Workflow] = {
    "batch": Workflow(batch.prepare, batch.script),
    "premium year": Workflow(year.prepare, year.script),
    "money out and back": Workflow(bank.prepare, bank.script),
    "exchange": Workflow(exchange.prepare, partial(exchange.script, automatic=False)),
    "automatic exchange": Workflow(exchange.prepare, partial(exchange.script, automatic=True)),
}


@contextmanager
def filmed(name: str) -> Iterator[Film]:
    """The undisturbed run of a workflow."""
    workflow = WORKFLOWS[name]
    with theatre() as stage:
        yield record(stage, workflow.prepare, workflow.script)


def pairs(film: Film, count: int) -> Iterator[tuple[Hit, Hit]]:
    """Two faults in one step, or in two that follow each other. The same for every run."""
    random = Random(count)
    steps = [number for number, scene in enumerate(film.scenes) if scene.calls]
    following = dict(pairwise(steps))
    for _ in range(count):
        step, call = random.choice(film.calls)
        first = Hit(step, call, random.choice(FAULTS))
        other = random.choice((step, following.get(step, step)))
        calls = len(film.scenes[other].calls)
        # in the same step, the second one may be at a call of another attempt
        at = random.randrange(call + 1, call + 1 + 2 * calls) if other == step else random.randrange(calls)
        yield first, Hit(other, at, random.choice(FAULTS))
