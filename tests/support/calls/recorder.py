"""A script becomes the steps of a workflow, each with what the world held after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from local.simulator.faults import Call, Fate
from tegemoet.api.callers import Caller
from tests.support.calls.memory import Bodies, Snapshot, take
from tests.support.calls.stage import MESSAGES, POSTS, Recorded, Stage, Step, new_scheduler


@dataclass(slots=True)
class Scene:
    """A step, what the world held after it, and the operations that it called.

    `plain` = the objects, what is sealed opened. `answers` = what tasks were answered.
    """

    step: Step
    after: Snapshot
    plain: Bodies
    answers: dict[str, Any]
    calls: list[str] = field(default_factory=list)


QUIET = timedelta(days=1)


class Recorder:
    """What a script uses: everything that it does becomes a step."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenes: list[Scene] = []
        self._scheduler = new_scheduler(stage)
        self._machines = Recorded(stage, self._scheduler, self._play)
        self._answered = stage.world.workflows.answered
        stage.world.workflows.answered = self._both_answered
        self._ended: set[str] = set()
        self._undisturbed = False
        self._disturbed_yet = ""

    def _both_answered(self, token: str, output: str) -> None:
        self.stage.answered(token, output)
        self._answered(token, output)

    def _play(self, step: Step) -> Any:
        """Do a step for the first time, and keep it."""
        calls: list[str] = []
        step = replace(step, quiet=step.quiet or (self._undisturbed and step.name != self._disturbed_yet))

        def note(call: Call) -> Fate | None:
            calls.append(f"{call.service} {call.operation}")
            return None

        self.stage.world.faults = None if step.quiet else note
        told = step.perform(0)
        self.stage.world.faults = None
        kept = take(self.stage.world)
        plain = self.stage.opening(self.stage, kept)
        self.scenes.append(Scene(replace(step, told=told), kept, plain, dict(self.stage.answers), calls))
        return told

    # --- what a script says

    @contextmanager
    def undisturbed(self, but: str = "") -> Iterator[None]:
        """What happens meanwhile suffers no fault, `but` for steps of that name."""
        former = self._undisturbed, self._disturbed_yet
        self._undisturbed, self._disturbed_yet = True, but
        yield
        self._undisturbed, self._disturbed_yet = former

    def quietly(self, name: str, act: Callable[[], Any]) -> Any:
        """Something happens outside, such as a file that is written."""
        return self._play(Step(name, lambda attempt: act(), quiet=True))

    def deliver(self, bucket: str, key: str, body: bytes, **more: str) -> None:
        """A partner writes a file; its message arrives, and executions go on until they wait."""
        number = len(self.scenes)
        event = self.quietly(f"write {key}", lambda: self.stage.message(number, bucket, key, body, **more))
        self._play(Step("intake", lambda attempt: self.stage.invoke("intake", event), MESSAGES))
        self.rest()

    def post(self, path: str, body: Any, caller: Caller, key: str) -> Any:
        """A person sends a request; executions go on until they wait. Returns the answer's body."""
        name = f"POST {path}"
        stage = self.stage
        status, answer = self._play(Step(name, lambda attempt: stage.post(path, body, caller, key), POSTS))
        assert status < 400, answer
        self.rest()
        return answer

    def rest(self) -> None:
        """Let executions go on until they wait for somebody."""
        scheduler = self._scheduler

        def quiet() -> bool:
            following = scheduler.next_moment()
            return following is None or following > scheduler.now + QUIET

        scheduler.run_until(quiet)
        for arn, execution in self.stage.world.workflows.executions.items():
            if execution.ended is not None and arn not in self._ended:
                self._ended.add(arn)
                self.quietly(f"end of {execution.name}", partial(end_of, self.stage, arn))

    def finish(self) -> None:
        """From now on the steps are called by hand."""
        workflows = self.stage.world.workflows
        workflows.started = workflows.redriven = lambda execution: None
        workflows.answered = self.stage.answered
        self._scheduler.end()


def end_of(stage: Stage, arn: str) -> None:
    """An execution has come to its end."""
    workflows = stage.world.workflows
    workflows.end(workflows.executions[arn], "SUCCEEDED")
