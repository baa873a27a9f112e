"""The simulated AWS of a workflow, the handlers on it, and what a step of the workflow is."""

import json
import logging
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any, Protocol
from unittest import mock

from local.simulator.determinism import deterministic
from local.simulator.histories.drops import object_created
from local.simulator.histories.functions import definitions, folders
from local.simulator.histories.machines import Machines
from local.simulator.histories.playing import MEMORY
from local.simulator.histories.scheduler import Scheduler
from local.simulator.histories.year import small_year
from local.simulator.workflows import Execution
from tegemoet.adapters.cloud import Cloud
from tegemoet.api.callers import Caller
from tegemoet.application.decisions import reading
from tegemoet.application.intake import batch_report
from tegemoet.application.premium_year import report_page
from tests.support import api_world, machines
from tests.support.calls.memory import Bodies, Snapshot, bodies
from tests.support.calls.watched import Watched
from tests.support.exchange_world import few_shards
from tests.support.health import health_scheme

FOLDERS = (
    *("intake", "store", "decide", "conclude", "operations", "approve"),
    *("freeze", "evaluate", "report", "settle", "bank", "exchange", "answer"),
)
MESSAGES = 5
"""How often a message is delivered (`maxReceiveCount`)."""
POSTS = 6
"""How often a person posts a request that got no answer."""


class StuckError(Exception):
    """A workflow does not go on by what the contract offers."""


class FailedError(Exception):
    """A request was answered with a server error."""


class Perform(Protocol):
    """Carries out one attempt of a step. `attempt` counts from 0."""

    def __call__(self, attempt: int) -> Any: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A call of a function, by whoever calls it: a state machine, a queue or a person.

    `told` = its result in the undisturbed run, which every other run must get. `final` = the names
    of the errors after which it is not tried again. `quiet`: something that happens outside, such
    as a file that is written, and suffers no fault. `token` = that of a task that waits.
    """

    name: str
    perform: Perform
    tries: int = 1
    final: Collection[str] = ()
    told: Any = None
    quiet: bool = False
    token: str | None = None


class Context(machines.Context):
    """The context of one call of a function, whose time is over: nobody waits for its record."""

    def __init__(self, number: int) -> None:
        super().__init__(-1)
        self._number = number

    @property
    def aws_request_id(self) -> str:
        return f"attempt-{self._number}"


@dataclass(eq=False)
class Stage:
    """What a script acts on."""

    world: Watched
    modules: Mapping[str, ModuleType]
    answers: dict[str, Any] = field(default_factory=dict)
    """What tasks were answered, by the tokens of their first attempts."""
    calls: int = 0
    opening: Callable[["Stage", Snapshot], Bodies] = lambda _, kept: bodies(kept.objects)
    """The objects that the world holds now, what is sealed opened."""

    # --- functions

    @property
    def cloud(self) -> Any:
        """The composition root on clients that nothing disturbs, for set-up and checks."""
        return self._cloud(self.world.direct)

    def _cloud(self, client: Callable[..., Any]) -> Any:
        made: Any = Cloud(self.world.environ, client=client)
        made.clock = self.world.clock
        return made

    def invoke(self, folder: str, event: Any) -> Any:
        """Call a function in a process of its own: it has read nothing yet."""
        module = self.modules[folder]
        module.cloud = self._cloud(self.world.client)  # type: ignore[attr-defined]
        reading._kept.clear()
        self.calls += 1
        # whoever calls has the event as JSON, and the function cannot change it
        return module.handler(json.loads(json.dumps(event)), Context(self.calls))

    def invoke_by_name(self, name: str, payload: bytes) -> bytes:
        """A function that calls another one."""
        return json.dumps(self.invoke(folders(self.world.stack)[name], json.loads(payload))).encode()

    def post(self, path: str, body: Any, caller: Caller, key: str) -> Any:
        """One request to the API of persons. Raises FailedError for an answer of 500 or more."""
        event = api_world.request("POST", path, caller, body=body, headers={"Idempotency-Key": key})
        answer = self.invoke("operations", event)
        if answer["statusCode"] >= 500:
            raise FailedError(answer["statusCode"])
        return answer["statusCode"], json.loads(answer["body"])

    def message(self, number: int, bucket: str, key: str, body: bytes, **more: str) -> Any:
        """Write an object, of which `number` is the place in time. Returns the message about it, as
        the queue delivers it.
        """
        put = self.world.direct("s3").put_object(Bucket=bucket, Key=key, Body=body, **more)
        return object_created(bucket, key, put, f"{number:016X}")

    # --- tasks that wait

    def answered(self, token: str, output: str) -> None:
        """A task was answered."""
        self.answers["-".join(token.split("-")[:2])] = json.loads(output)

    def wait(self, token: str, attempt: int) -> str:
        """A task waits, in this attempt. Returns its token: each attempt has one of its own."""
        workflows = self.world.workflows
        tokens = [token, *(f"{token}-{number}" for number in range(1, attempt + 1))]
        for former in tokens[:-1]:
            if workflows.tasks.get(former):
                workflows.expire(former)
        if tokens[-1] not in workflows.tasks:
            workflows.wait(tokens[-1])
        return tokens[-1]


class Recorded(Machines):
    """State machines whose every call of a function becomes a step."""

    def __init__(self, stage: Stage, scheduler: Scheduler, add: Callable[[Step], Any]) -> None:
        super().__init__(scheduler, definitions(stage.world.stack), self._call, stage.world.workflows, self._fail)
        self._stage, self._add = stage, add
        self._state: Mapping[str, Any] = {}

    def _task(self, state: Mapping[str, Any], data: Any, execution: str, item: dict[str, Any]) -> Any:
        self._state = state
        return super()._task(state, data, execution, item)

    def _call(self, folder: str, event: dict[str, Any]) -> Any:
        final = [name for each in self._state["Retry"] if each.get("MaxAttempts") == 0 for name in each["ErrorEquals"]]
        tries = 1 + max(each.get("MaxAttempts", 3) for each in self._state["Retry"])
        name = " ".join([folder, *(str(event[part]) for part in ("action", "wait", "shard", "chunk") if part in event)])
        stage = self._stage

        def perform(attempt: int) -> Any:
            given = dict(event)
            if token is not None:
                given["token"] = stage.wait(token, attempt)
            return stage.invoke(folder, given)

        token: str | None = event.get("token")
        return self._add(Step(name, perform, tries, final, token=token))

    def _fail(self, execution: Execution, error: str) -> None:
        raise StuckError(f"{execution.name} failed with {error}")


@contextmanager
def theatre() -> Iterator[Stage]:
    """A stage with an empty world, on which nothing waits and nothing is drawn by lot.

    A premium year and an exchange have few shards.
    """
    with ExitStack() as changed:
        premium = changed.enter_context(small_year())
        changed.enter_context(few_shards())
        changed.enter_context(health_scheme())
        world = Watched(premium)
        changed.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        if MEMORY.is_dir():
            changed.enter_context(mock.patch.object(tempfile, "tempdir", str(MEMORY)))
        for name, value in {**machines.ENVIRONMENT, **machines.SILENT}.items():
            changed.enter_context(mock.patch.dict("os.environ", {name: value}))
        changed.enter_context(deterministic(world, seed=1))
        for module in (batch_report, report_page):
            # pages for people take a third of the time, and nothing reads them
            changed.enter_context(mock.patch.object(module, "render", return_value="<html>"))
        stage = Stage(world, {folder: machines.load(folder) for folder in FOLDERS})
        world.functions.run = stage.invoke_by_name
        yield stage


def new_scheduler(stage: Stage) -> Scheduler:
    """The scheduler of the executions of a recording."""
    return Scheduler(Random(1), stage.world.clock)
