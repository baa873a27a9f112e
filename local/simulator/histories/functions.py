"""The Lambda functions of `functions/`, run by the scheduler on the double of AWS.

Each call is a task. Who calls waits for 15 minutes at most: a call that hangs is given up, and
goes on later all the same. That is the worst that AWS allows.
"""

import importlib.util
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from local.simulator.determinism import deterministic
from local.simulator.histories.machines import TaskFailedError
from local.simulator.histories.scheduler import KilledError, Pool, Scheduler, Task
from local.simulator.stack import ROOT, Stack
from local.simulator.world import World
from tegemoet.adapters.cloud import Cloud
from tegemoet.application.intake import batch_report
from tegemoet.application.premium_year import report_page

LONGEST = timedelta(minutes=15)
"""How long a call of a function is waited for."""
MACHINES = ("batch", "phase", "exchange")
SILENT = {"POWERTOOLS_SERVICE_NAME": "simulator", "POWERTOOLS_LOG_LEVEL": "CRITICAL", "AWS_LAMBDA_FUNCTION_NAME": "f"}


def definitions(made: Stack) -> dict[str, Any]:
    """The state machines by ARN, each with the folders of its functions in the place of ARNs."""
    environ = made.environ()
    return {environ[f"{name.upper()}_WORKFLOW_ARN"]: _definition(name, made) for name in MACHINES}


def folders(made: Stack) -> dict[str, str]:
    """The folder of each function by its logical name."""
    return {name: Path(given["CodeUri"]).name for name, given in made.resources("AWS::Serverless::Function")}


def _definition(name: str, made: Stack) -> Any:
    place = f"functions/workflows/{name}.asl.json"
    every = made.resources("AWS::Serverless::StateMachine")
    machine = next(each for _, each in every if each["DefinitionUri"] == place)
    text = (ROOT / place).read_text("utf-8")
    for variable, value in machine["DefinitionSubstitutions"].items():
        filled = folders(made)[value["Fn::GetAtt"][0]] if "Fn::GetAtt" in value else str(made.value(value))
        text = text.replace("${" + variable + "}", filled)
    return json.loads(text)


class Context:
    """The context of one call."""

    function_name = "f"
    memory_limit_in_mb = 1769
    invoked_function_arn = "arn:aws:lambda:::function:f"

    def __init__(self, request: str) -> None:
        self.aws_request_id = request

    def get_remaining_time_in_millis(self) -> int:
        return int(LONGEST.total_seconds() * 1000)


class Functions:
    """The handlers by folder, imported once; their ports come from the cloud that `give` gets."""

    def __init__(self, scheduler: Scheduler, folders: Iterable[str]) -> None:
        self._scheduler = scheduler
        self._calls = 0
        self.begins: Callable[[str], None] = _ignore
        """Told of every call that begins."""
        with mock.patch.dict(os.environ, SILENT):
            self._modules = {folder: _load(folder) for folder in folders}

    def give(self, cloud: object) -> None:
        """Let every function work on this cloud."""
        for module in self._modules.values():
            module.cloud = cloud  # type: ignore[attr-defined]

    def reset(self, scheduler: Scheduler) -> None:
        """Forget everything, for another history."""
        self._scheduler, self._calls = scheduler, 0

    def begin(self, name: str, work: Callable[[], object]) -> Task:
        """Begin work on a machine of its own, which may be lost."""
        self._calls += 1
        self.begins(name)
        task = self._scheduler.spawn(f"{name}-{self._calls}", work)
        task.machine = task
        return task

    def ended(self, task: Task) -> bool:
        """Wait for the work, as long as a call is waited for. Returns whether it ended."""
        return self._scheduler.join(task, LONGEST)

    def handle(self, folder: str, event: Any) -> Any:
        """Do what the function does with the event, on the machine of the running task."""
        task = self._scheduler.current
        assert task is not None
        return self._modules[folder].handler(event, Context(task.name))

    def call(self, folder: str, event: Any) -> Any:
        """Call a function and wait for its result. Raises TaskFailedError."""
        task = self.begin(folder, lambda: self.handle(folder, event))
        if not self.ended(task):
            raise TaskFailedError("Sandbox.Timedout")
        if isinstance(task.error, KilledError):
            raise TaskFailedError("Lambda.Unknown")
        if task.error is not None:
            raise TaskFailedError(type(task.error).__name__) from task.error
        return task.result


def _ignore(_name: str) -> None:
    """Nobody needs to know."""


def _load(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"simulated_{folder}", ROOT / "functions" / folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def simulated_cloud(world: World) -> Any:
    """The composition root of the product on the clients of the world."""
    cloud = Cloud(world.environ, client=world.client)
    cloud.clock = world.clock  # type: ignore[assignment]
    return cloud


@contextmanager
def under(scheduler: Scheduler, world: World, seed: int) -> Iterator[None]:
    """While it holds, nothing of the product waits, draws lots or runs beside the scheduler."""

    def pause(attempt: int, _sleep: object = None) -> None:
        scheduler.sleep(timedelta(seconds=min(5.0, 0.05 * 2**attempt)))

    def no_page(*_: object, **_named: object) -> str:
        """Pages for people take a third of the time, and nothing reads them."""
        return "<html>"

    Pool.scheduler = scheduler
    with ExitStack() as stack:
        stack.enter_context(deterministic(world, seed, pool=Pool, pause=pause))
        stack.enter_context(mock.patch.object(world.clock, "wait", scheduler.sleep))
        world.clock.moved = None  # the time of the system stands still: nothing of a premium year reads it
        for module in (batch_report, report_page):
            stack.enter_context(mock.patch.object(module, "render", no_page))
        yield
