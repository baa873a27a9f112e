"""Step Functions on the scheduler: the state machines of `functions/workflows/`, as they are.

It knows what those definitions use: Task, Map, Choice, Pass, Succeed and Fail states, retries,
catchers, time-outs and tasks that wait for an answer. Anything else raises UnknownStateError.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from local.simulator.histories.scheduler import Scheduler, Task
from local.simulator.workflows import Execution, Workflows

Input = dict[str, Any]
Invoke = Callable[[str, Input], Any]
"""Calls a function by the name of its folder with an event. Raises TaskFailedError."""
WAITS = "arn:aws:states:::lambda:invoke.waitForTaskToken"


class UnknownStateError(Exception):
    """A definition uses what this interpreter does not know."""


class TaskFailedError(Exception):
    """A state failed. `error` = its name, as retriers and catchers know it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(eq=False, slots=True)
class _Run:
    """What an execution is at: its state, or the one that failed, and the data before it."""

    state: str
    data: Any
    task: Task | None = None


@dataclass(eq=False, slots=True)
class _Waiting:
    """A task that waits for an answer."""

    task: Task | None
    answer: Any = None
    is_answered: bool = False


class Machines:
    """Carries out the executions of `store`. `definitions` = machine (its ARN) → its definition.

    `failed` is called with every execution that failed and the name of its error, as EventBridge
    reports it.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        definitions: Mapping[str, Mapping[str, Any]],
        invoke: Invoke,
        store: Workflows,
        failed: Callable[[Execution, str], None],
    ) -> None:
        self.scheduler, self._definitions, self._invoke, self._failed = scheduler, definitions, invoke, failed
        self._store = store
        self._runs: dict[str, _Run] = {}
        self._waiting: dict[str, _Waiting] = {}
        store.started = self._started
        store.redriven = self._go_on
        store.answered = self._answered

    def reset(self, scheduler: Scheduler) -> None:
        """Forget everything, for another history."""
        self.scheduler = scheduler
        self._runs.clear()
        self._waiting.clear()

    def _started(self, execution: Execution) -> None:
        self._runs[execution.arn] = _Run(self._definitions[execution.machine]["StartAt"], json.loads(execution.input))
        self._go_on(execution)

    def _go_on(self, execution: Execution) -> None:
        run = self._runs[execution.arn]
        run.task = self.scheduler.spawn(execution.name, lambda: self._execute(execution, run))

    def _answered(self, token: str, output: str) -> None:
        waiting = self._waiting[token]
        waiting.answer, waiting.is_answered = json.loads(output), True
        if waiting.task is not None:
            waiting.task.ready_at = self.scheduler.now

    def _execute(self, execution: Execution, run: _Run) -> None:
        states = self._definitions[execution.machine]["States"]
        following: str | None = run.state
        try:
            while following is not None:
                run.state = following
                following, run.data = self._enter(states[following], run.data, execution.name, {})
        except TaskFailedError as failed:
            self._store.end(execution, "FAILED")
            self._failed(execution, failed.error)
        else:
            self._store.end(execution, "SUCCEEDED")

    # --- states

    def _enter(self, state: Mapping[str, Any], data: Any, execution: str, item: Input) -> tuple[str | None, Any]:
        """Do one state. Returns the next state, None at the end, and the data after it."""
        match state["Type"]:
            case "Choice":
                return _choose(state, data), data
            case "Succeed":
                return None, data
            case "Fail":
                raise TaskFailedError(str(state["Error"]))
            case "Pass":
                return state.get("Next"), _placed(state, data, state.get("Result", data))
            case "Task" | "Map":
                return self._do(state, data, execution, item)
            case other:
                raise UnknownStateError(other)

    def _do(self, state: Mapping[str, Any], data: Any, execution: str, item: Input) -> tuple[str | None, Any]:
        tries: dict[int, int] = {}
        while True:
            try:
                if state["Type"] == "Map":
                    result = self._map(state, data, execution)
                else:
                    result = self._task(state, data, execution, item)
                return (None if state.get("End") else state["Next"]), _placed(state, data, result)
            except TaskFailedError as failed:
                if self._retries(state, failed.error, tries):
                    continue
                for catcher in state.get("Catch", ()):
                    if _matches(catcher["ErrorEquals"], failed.error):
                        return catcher["Next"], _placed(catcher, data, {"Error": failed.error, "Cause": ""})
                raise

    def _retries(self, state: Mapping[str, Any], error: str, tries: dict[int, int]) -> bool:
        """Wait before the next try. Returns False when no retrier allows one."""
        for place, retrier in enumerate(state.get("Retry", ())):
            if _matches(retrier["ErrorEquals"], error):
                made = tries.get(place, 0)
                if made >= retrier.get("MaxAttempts", 3):
                    return False
                tries[place] = made + 1
                seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2) ** made
                self.scheduler.sleep(timedelta(seconds=seconds))
                return True
        return False

    def _task(self, state: Mapping[str, Any], data: Any, execution: str, item: Input) -> Any:
        context = {"Map": {"Item": {"Value": item.get("value")}}, "Execution": {"Name": execution}}
        if state["Resource"] == WAITS:
            return self._wait(state, data, context)
        event = _filled(state["Parameters"], data, context) if "Parameters" in state else data
        return self._invoke(state["Resource"], event)

    def _wait(self, state: Mapping[str, Any], data: Any, context: Input) -> Any:
        token = f"token-{len(self._waiting) + 1}"
        waiting = self._waiting[token] = _Waiting(self.scheduler.current)
        self._store.wait(token)
        parameters = _filled(state["Parameters"], data, {**context, "Task": {"Token": token}})
        until = self.scheduler.now + timedelta(seconds=int(state.get("TimeoutSeconds", 99_999_999)))
        try:
            self._invoke(parameters["FunctionName"], parameters["Payload"])
        except TaskFailedError:
            if not waiting.is_answered:
                self._store.expire(token)
                raise
        while not waiting.is_answered:
            if self.scheduler.now >= until:
                self._store.expire(token)
                raise TaskFailedError("States.Timeout")
            self.scheduler.sleep(until - self.scheduler.now)
        return waiting.answer

    def _map(self, state: Mapping[str, Any], data: Any, execution: str) -> list[Any]:
        """Every item at once: `MaxConcurrency` only bounds how many, and any order is allowed."""
        processor = state["ItemProcessor"]
        parent = self.scheduler.current

        def one(value: Any) -> Any:
            item = {"value": value}
            context = {"Map": {"Item": {"Value": value}}, "Execution": {"Name": execution}}
            given = _filled(state["ItemSelector"], data, context) if "ItemSelector" in state else value
            name: str | None = processor["StartAt"]
            while name is not None:
                name, given = self._enter(processor["States"][name], given, execution, item)
            return given

        items = [self.scheduler.spawn("map", partial(one, value), parent) for value in _read(data, state["ItemsPath"])]
        for task in items:
            self.scheduler.join(task)
            if task.error is not None:
                break
        failed = next((task for task in items if task.error is not None), None)
        if failed is not None:
            for task in items:
                self.scheduler.kill(task)
            raise failed.error if isinstance(failed.error, TaskFailedError) else TaskFailedError("States.Runtime")
        return [task.result for task in items]


def _matches(names: list[str], error: str) -> bool:
    return error in names or ("States.ALL" in names) or ("States.TaskFailed" in names and error != "States.Timeout")


def _choose(state: Mapping[str, Any], data: Any) -> str:
    for choice in state["Choices"]:
        if _holds(choice, data):
            return str(choice["Next"])
    return str(state["Default"])


def _holds(choice: Mapping[str, Any], data: Any) -> bool:
    try:
        value, is_present = _read(data, choice["Variable"]), True
    except KeyError:
        value, is_present = None, False
    match choice:
        case {"IsPresent": expected}:
            return is_present is expected
        case {"IsNumeric": expected} if is_present:
            return (isinstance(value, int | float) and not isinstance(value, bool)) is expected
        case {"BooleanEquals": expected} | {"StringEquals": expected} if is_present:
            return bool(value == expected)
        case _ if not is_present:
            raise TaskFailedError("States.Runtime")
    raise UnknownStateError(json.dumps(choice))


def _filled(template: Any, data: Any, context: Input) -> Any:
    """A template with its paths filled in."""
    if isinstance(template, dict):
        filled = {}
        for name, value in template.items():
            if name.endswith(".$"):
                path = str(value)
                filled[name[:-2]] = _read(context, path[1:]) if path.startswith("$$") else _read(data, path)
            else:
                filled[name] = _filled(value, data, context)
        return filled
    if isinstance(template, list):
        return [_filled(value, data, context) for value in template]
    return template


def _read(data: Any, path: str) -> Any:
    """The value at a path such as `$.plan.shards`. Raises KeyError."""
    for name in path.removeprefix("$").split("."):
        if name:
            data = data[name]
    return data


def _placed(state: Mapping[str, Any], data: Any, result: Any) -> Any:
    """The data after a state."""
    if "ResultSelector" in state or "OutputPath" in state or "InputPath" in state:
        raise UnknownStateError("ResultSelector, OutputPath or InputPath")
    if "ResultPath" not in state:
        return result
    path = state["ResultPath"]
    if path is None:
        return data
    if path == "$":
        return result
    name = path.removeprefix("$.")
    if "." in name:
        raise UnknownStateError(path)
    return {**data, name: result}
