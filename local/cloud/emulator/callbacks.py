"""Makes `.waitForTaskToken` end as on AWS.

The emulator knows `TimeoutSeconds` there but not `TimeoutSecondsPath` (it then waits 28 hours), and
it ignores the failure of the function that receives the token, so that the execution waits for an
answer that nobody can give. On AWS an answer requires a permission for the token's state machine;
the emulator requires it for all resources.
"""

import json
import threading
from typing import Any

from ministack.core import iam_actions
from ministack.services import stepfunctions as states

from local.cloud.emulator.signatures import require_parameters

_waiting = threading.local()
_machines: dict[str, str] = {}
"""The ARN of its state machine, by token. It stays after the answer: on AWS a second one requires
the same permission, and is told that the task is gone."""


def follow_aws() -> None:
    """Replace the emulator's callbacks; RuntimeError where they are not as expected."""
    require_parameters(
        states,
        {
            "_execute_task": ["state_def", "raw_input", "execution", "ctx"],
            "_invoke_with_callback": ["resource", "input_data", "token", "state_def"],
            "_call_lambda": ["func_ref", "event"],
            "_apply_input_path": ["state_def", "data", "ctx"],
            "_resolve_path_or_ctx": ["path", "data", "ctx"],
        },
        __name__,
    )
    stock_task, stock_callback, stock_call = states._execute_task, states._invoke_with_callback, states._call_lambda

    def task(state_def: dict[str, Any], raw_input: Any, execution: Any, ctx: Any) -> Any:
        if path := state_def.get("TimeoutSecondsPath"):
            seconds = states._resolve_path_or_ctx(path, states._apply_input_path(state_def, raw_input, ctx), ctx)
            if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
                raise states._ExecutionError("States.Runtime", f"TimeoutSecondsPath {path} is {seconds!r}")
            state_def = {**state_def, "TimeoutSeconds": seconds}
        _waiting.machine = execution["stateMachineArn"]
        return stock_task(state_def, raw_input, execution, ctx)

    def with_callback(resource: str, input_data: Any, token: str, state_def: dict[str, Any]) -> Any:
        _waiting.token = token
        _machines[token] = _waiting.machine
        try:
            return stock_callback(resource, input_data, token, state_def)
        finally:
            _waiting.token = None

    def call(func_ref: str, event: Any) -> Any:
        token, _waiting.token = getattr(_waiting, "token", None), None
        try:
            return stock_call(func_ref, event)
        except states._ExecutionError as failure:
            if token and (waiting := states._task_tokens.get(token)):
                waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
                waiting["event"].set()
            raise

    states._execute_task, states._invoke_with_callback, states._call_lambda = task, with_callback, call
    _answer_on_the_state_machine()


def _answer_on_the_state_machine() -> None:
    stock = iam_actions.extract_resource_arn
    expected = ["service", "method", "path", "headers", "body"]
    require_parameters(iam_actions, {"extract_resource_arn": expected}, __name__)

    def resource(service: str, method: str, path: str, headers: Any, body: bytes, *more: Any) -> str:
        if service == "states" and b"taskToken" in (body or b""):
            return _machines.get(json.loads(body)["taskToken"], "*")
        return str(stock(service, method, path, headers, body, *more))

    iam_actions.extract_resource_arn = resource
