"""The undisturbed run of a workflow, step by step, and runs in which its calls suffer faults."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from greenlet import getcurrent, greenlet

from local.simulator.faults import REFUSALS, Call, Fate
from tests.support.attempts import unnamed
from tests.support.calls.memory import Snapshot, bring_along, differences, put_back, take
from tests.support.calls.recorder import Recorder, Scene
from tests.support.calls.stage import FailedError, Stage, Step, StuckError

Fault = Literal["throttled", "failed", "lost", "twice", "overtaken", "resumed"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""`throttled` and `failed` = refused before anything is carried out. `lost` = carried out, without
an answer. `twice` = the request is carried out twice, and its function is called once more after it
has ended. `overtaken` = the function hangs at the call; whoever called it gives up and tries again,
and when that has ended, the function goes on. `resumed` = the same after later steps."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault at a call of a step; both count from 0, and the call through all its attempts."""

    step: int
    call: int
    fault: Fault


def record(stage: Stage, prepare: Callable[[Stage], None], script: Callable[[Recorder], None]) -> "Film":
    """Play the script without a fault, from the moment at which all is prepared."""
    prepare(stage)
    begin = take(stage.world)
    recorder = Recorder(stage)
    script(recorder)
    recorder.finish()
    assert not stage.world.watch.violations, stage.world.watch.violations
    return Film(stage, begin, recorder.scenes)


@dataclass(slots=True)
class Running:
    """A run with faults, at one of its steps. `seen` = the calls of the step so far."""

    due: dict[int, Fault] = field(default_factory=dict)
    seen: int = 0
    again: bool = False
    """Whether the function is called once more."""
    late: bool = False
    """Whether a function that hangs goes on at the very end."""
    watched: bool = False
    """Whether calls are counted, and suffer faults."""


class Hung:
    """A call of a function that goes on later, as if its process had been away."""

    def __init__(self, stage: Stage, thread: greenlet, until: int) -> None:
        """`until` = the number of the step before which it goes on."""
        self._thread, self.until = thread, until
        self._request = Request(stage)

    def go_on(self) -> None:
        self._request.serve()
        with suppress(Exception):  # nobody waits for it any more
            self._thread.switch()


class Request:
    """The request that the function `operations` serves now, which a process keeps where all of its
    modules find it. In one process, others come between.
    """

    def __init__(self, stage: Stage) -> None:
        self._resolver = stage.modules["operations"].resolver
        self._kept = [(name, getattr(BaseRouter, name, None)) for name in ("current_event", "lambda_context")]
        self._context = dict(self._resolver.context)

    def serve(self) -> None:
        """Let it be served again."""
        for name, value in self._kept:
            setattr(BaseRouter, name, value)
        self._resolver.context.clear()
        self._resolver.context.update(self._context)


class Film:
    """The undisturbed run of a workflow from `begin`, against which others are held."""

    def __init__(self, stage: Stage, begin: Snapshot, scenes: Sequence[Scene]) -> None:
        self.stage, self.scenes, self._begin = stage, scenes, begin
        self.runs = 0
        self._running = Running()

    @property
    def calls(self) -> list[tuple[int, int]]:
        """Every call as its step and its place in the step."""
        return [(number, at) for number, scene in enumerate(self.scenes) for at in range(len(scene.calls))]

    def named(self, hits: Sequence[Hit]) -> str:
        """Faults in words."""
        return " and ".join(
            f"{hit.fault} at call {hit.call} of step {hit.step} ({self.scenes[hit.step].step.name}:"
            f" {dict(enumerate(self.scenes[hit.step].calls)).get(hit.call, 'of another attempt')})"
            for hit in hits
        )

    def play(self, hits: Sequence[Hit], until: int | None = None) -> list[str]:
        """Play with these faults, and to the end. Returns what is different there.

        `until` = the number of the step before which a `resumed` function goes on; the end unless
        it is given. Where everything is as in the undisturbed run, steps are not played again.
        """
        self.runs += 1
        different = self._played(hits, until, skips=True)
        return self._played(hits, until, skips=False) if different else []

    def overtake(self, number: int, at: int, act: Callable[[], Any]) -> list[Any]:
        """Do a step, with another one at one of its calls. Returns what both were told."""
        self._go_to(number)
        world, told, seen = self.stage.world, list[Any](), 0

        def meanwhile(_: Call) -> None:
            nonlocal seen
            seen += 1
            if seen == at + 1:
                world.faults = None
                served = Request(self.stage)
                told.append(act())
                served.serve()

        world.faults = meanwhile
        told.append(self.scenes[number].step.perform(0))
        world.faults = None
        return told

    def _played(self, hits: Sequence[Hit], until: int | None, skips: bool) -> list[str]:
        try:
            return self._play(hits, until, skips)
        except StuckError as stuck:
            return [f"stuck: {stuck}"]

    def _play(self, hits: Sequence[Hit], until: int | None, skips: bool) -> list[str]:
        end = len(self.scenes)
        number, hung = hits[0].step, list[Hung]()
        self._go_to(number)
        while number < end or hung:
            due = [each for each in hung if number >= each.until]
            if due:
                for each in due:
                    each.go_on()
                hung = [each for each in hung if each not in due]
            else:
                hung += self._step(number, hits, end if until is None else until)
                number += 1
            if not skips or next(self._differences(number - 1), None) is not None:
                continue
            coming = [hit.step for hit in hits if hit.step >= number] + [each.until for each in hung]
            following = min(coming, default=end)
            if following > number:
                self._skip(number, following, bool(hung))
                number = following
        again = {hit.step: self.scenes[hit.step].step for hit in hits}
        return [*self._differences(end - 1), *filter(None, map(self._sent_again, again.values()))]

    def _go_to(self, number: int) -> None:
        """To the moment before that step of the undisturbed run."""
        put_back(self.stage.world, self.scenes[number - 1].after if number else self._begin)
        self.stage.answers = dict(self.scenes[number - 1].answers) if number else {}

    def _skip(self, number: int, following: int, hangs: bool) -> None:
        """To the moment before a later step; what a hanging function has written is still there."""
        now = take(self.stage.world)
        self._go_to(following)
        if hangs:
            bring_along(self.stage.world, self.scenes[number - 1].after, now)

    def _differences(self, number: int) -> Iterator[str]:
        """What differs after that step."""
        scene, now = self.scenes[number], take(self.stage.world)
        yield from differences(scene.after, scene.plain, now, self.stage.opening(self.stage, now))
        if scene.answers != self.stage.answers and not _is_task_gone(now):
            yield f"answers: {self.stage.answers}"
        yield from (f"{found.promise}: {found.seen}" for found in self.stage.world.watch.violations)

    def _sent_again(self, step: Step) -> str | None:
        """A request is sent once more, and is told the same. Returns what is different."""
        if not step.name.startswith("POST"):
            return None
        try:
            told = step.perform(0)
        except FailedError as failed:
            told = failed
        return None if _plain(told) == _plain(step.told) else f"{step.name} is told {told} later"

    # --- one step

    def _step(self, number: int, hits: Sequence[Hit], until: int) -> list[Hung]:
        """Do a step as often as whoever wants it tries. Returns what hangs. Raises StuckError."""
        step, hung = self.scenes[number].step, list[Hung]()
        running = self._running = Running({hit.call: hit.fault for hit in hits if hit.step == number})
        for attempt in range(step.tries):
            try:
                told = self._attempt(step, attempt)
            except NotThereError as hangs:
                hung.append(Hung(self.stage, hangs.thread, until if running.late else number + 1))
                continue
            except Exception as error:
                if type(error).__name__ in step.final:
                    raise StuckError(f"{step.name}: {type(error).__name__}") from error
                if step.token in self.stage.answers:
                    break  # its state machine went on
                continue
            if "in-progress" in str(told):
                continue
            if not step.quiet and _plain(told) != _plain(step.told):
                raise StuckError(f"{step.name} was told {told}")
            break
        else:
            raise StuckError(f"{step.name} was tried {step.tries} times")
        if running.again:
            with suppress(Exception):  # whoever waited has an answer
                step.perform(attempt)
        return hung

    def _attempt(self, step: Step, attempt: int) -> Any:
        """Raises NotThereError when it hangs, and what the function raises."""
        world, running = self.stage.world, self._running
        thread = greenlet(lambda: step.perform(attempt))
        running.watched, world.faults = not step.quiet, self._fate
        try:
            told = thread.switch()
        finally:
            running.watched, world.faults = False, None
        if not thread.dead:
            raise NotThereError(thread)
        return told

    def _fate(self, call: Call) -> Fate | None:
        running = self._running
        if not running.watched:
            return None
        running.seen += 1
        match running.due.get(running.seen - 1):
            case "throttled":
                return Fate(refused=REFUSALS[call.service][0])
            case "failed":
                return Fate(refused=EndpointConnectionError(endpoint_url="https://aws"))
            case "lost":
                return Fate(lost=ReadTimeoutError(endpoint_url="https://aws"))
            case "twice":
                running.again = True
                return Fate(twice=True)
            case "overtaken" | "resumed" as fault:
                running.late = fault == "resumed"
                hub = getcurrent().parent
                assert hub is not None
                hub.switch()
        return None


def _is_task_gone(now: Snapshot) -> bool:
    """Whether an approval found that the task of its run was gone.

    A call that went on late noted the name of a task that nobody waits for. The run is marked
    failed, whoever resumes it starts another execution, and that passes through the steps that
    follow here.
    """
    return any("TaskGone" in str(item.values) for of_pk in now.items["YearsTable"].values() for item in of_pk.values())


class NotThereError(Exception):
    """A function hangs: whoever called it gives it up. `thread` = where it stands."""

    def __init__(self, thread: greenlet) -> None:
        super().__init__()
        self.thread = thread


def _plain(told: Any) -> bytes:
    """What was told, without names of attempts."""
    return unnamed(repr(told).encode())
