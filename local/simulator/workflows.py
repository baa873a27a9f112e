"""Step Functions: executions by name and tasks that wait for an answer.

What an execution does is carried out by whoever plays the world, by the three callbacks of
`Workflows`.
"""
# ruff: noqa: N803 - parameters are named as boto3 names them

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from local.simulator.client import Answer, Client, Hook, operation
from local.simulator.clock import WorldClock
from local.simulator.errors import Exceptions, RefusedError

KEPT = timedelta(days=90)
"""How long the name of an ended execution is taken:
docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html."""
REDRIVABLE = timedelta(days=14)
"""How long after its end an execution may be resumed:
docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html."""
LARGEST = 262_144
"""Bytes of an input or an output."""
State = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
_NAME = re.compile(r"[\w\-+.!@()=',~]{1,80}", re.ASCII)


@dataclass(slots=True)
class Execution:
    """An execution of the state machine `machine` (its ARN)."""

    arn: str
    machine: str
    name: str
    input: str
    started: datetime
    state: State = "RUNNING"
    ended: datetime | None = None
    redrives: int = 0


def _ignore(_: Execution) -> None:
    """What happens of itself: nothing."""


def _ignore_answer(_token: str, _output: str) -> None:
    """What happens of itself: nothing."""


@dataclass(slots=True)
class Workflows:
    """The executions by ARN and the tasks by token. `machines` = the ARNs of the state machines.

    `started`, `redriven` and `answered` (token, output) are called while the call is carried out.
    """

    machines: frozenset[str]
    clock: WorldClock
    executions: dict[str, Execution] = field(default_factory=dict)
    tasks: dict[str, bool] = field(default_factory=dict)
    """Whether a task still waits, by its token."""
    started: Callable[[Execution], None] = _ignore
    redriven: Callable[[Execution], None] = _ignore
    answered: Callable[[str, str], None] = _ignore_answer

    def reset(self) -> None:
        self.executions.clear()
        self.tasks.clear()

    def wait(self, token: str) -> None:
        """A task begins to wait for the answer to that token."""
        self.tasks[token] = True

    def expire(self, token: str) -> None:
        """A task does not wait any more: it timed out, or its execution has ended."""
        self.tasks[token] = False

    def end(self, execution: Execution, state: State) -> None:
        execution.state, execution.ended = state, self.clock.now()


class StepFunctions(Client):
    """A double of boto3's client over `store`."""

    service = "stepfunctions"
    exceptions = Exceptions(
        *("ExecutionAlreadyExists", "ExecutionDoesNotExist", "ExecutionNotRedrivable", "InvalidExecutionInput"),
        *("InvalidName", "InvalidOutput", "InvalidToken", "StateMachineDoesNotExist", "TaskDoesNotExist"),
        *("TaskTimedOut", "ValidationException"),
    )

    def __init__(self, hook: Hook, store: Workflows) -> None:
        super().__init__(hook)
        self._store = store

    @operation
    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Answer:  # noqa: A002 - its name
        store, now = self._store, self._store.clock.now()
        if stateMachineArn not in store.machines:
            raise RefusedError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{stateMachineArn}'")
        if not _NAME.fullmatch(name):
            raise RefusedError("InvalidName", f"Invalid Name: '{name}'")
        if len(input.encode()) > LARGEST:
            raise RefusedError("InvalidExecutionInput", "The input is longer than 262144 bytes")
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        found = store.executions.get(arn)
        if found is not None and found.state == "RUNNING" and found.input == input:
            return {"executionArn": arn, "startDate": found.started}  # the same request, again
        if found is not None and (found.ended is None or found.ended + KEPT > now):
            raise RefusedError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        execution = store.executions[arn] = Execution(arn, stateMachineArn, name, input, now)
        store.started(execution)
        return {"executionArn": arn, "startDate": now}

    @operation
    def redrive_execution(self, *, executionArn: str) -> Answer:
        store, now = self._store, self._store.clock.now()
        found = store.executions.get(executionArn)
        if found is None:
            raise RefusedError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{executionArn}'")
        ended = found.ended
        if found.state in ("RUNNING", "SUCCEEDED") or ended is None or ended + REDRIVABLE < now:
            raise RefusedError("ExecutionNotRedrivable", f"Execution Not Redrivable: '{executionArn}'")
        found.state, found.ended, found.redrives = "RUNNING", None, found.redrives + 1
        store.redriven(found)
        return {"redriveDate": now}

    @operation
    def send_task_success(self, *, taskToken: str, output: str) -> Answer:
        waits = self._store.tasks.get(taskToken)
        if len(output.encode()) > LARGEST:
            raise RefusedError("InvalidOutput", "The output is longer than 262144 bytes")
        if waits is None:
            raise RefusedError("TaskDoesNotExist", "Task does not exist")
        if not waits:
            # also what a task that was answered before is
            raise RefusedError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        self._store.tasks[taskToken] = False
        self._store.answered(taskToken, output)
        return {}

    @operation
    def describe_execution(self, *, executionArn: str) -> Answer:
        found = self._store.executions.get(executionArn)
        if found is None:
            raise RefusedError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{executionArn}'")
        answer: Answer = {"executionArn": found.arn, "status": found.state, "input": found.input, "name": found.name}
        return answer | {"startDate": found.started} | ({} if found.ended is None else {"stopDate": found.ended})
