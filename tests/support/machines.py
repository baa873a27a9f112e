"""State machines as they are deployed, run by moto in one process against the real handlers."""

import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
Handler = Callable[[Any, Any], Any]
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=128,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
    aws_request_id="00000000-0000-0000-0000-000000000000",
    get_remaining_time_in_millis=lambda: 60_000,
)


@contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch, handlers: dict[str, Handler]) -> Iterator[None]:
    """moto with functions that really run: `handlers`, by name, may be filled later. Waits between retries take no time."""

    def invoke(_: object, name: str, qualifier: object, body: str, headers: object, response_headers: Any) -> bytes:
        function = handlers[name.rpartition(":function:")[2].partition(":")[0]]
        try:
            return json.dumps(function(json.loads(body) if body else {}, CONTEXT)).encode()
        except Exception as error:  # noqa: BLE001 - as Lambda does
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorMessage": str(error), "errorType": type(error).__name__}).encode()

    for name, value in {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "POWERTOOLS_SERVICE_NAME": "tests",
        "SF_EXECUTION_HISTORY_TYPE": "FULL",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    config: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        try:
            yield
        finally:
            stop_all()


def stop_all() -> None:
    """Stop what still runs: moto's threads outlive its mock, and would call the functions of the next test."""
    client = boto3.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        running = client.list_executions(stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING")
        for execution in running["executions"]:
            client.stop_execution(executionArn=execution["executionArn"])


def load(function: str) -> ModuleType:
    """`functions/<function>/app.py`, imported afresh with the environment of this moment."""
    spec = importlib.util.spec_from_file_location(f"app_{function}", ROOT / "functions" / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def deploy(name: str, substitutions: Mapping[str, str]) -> str:
    """The state machine of `functions/workflows/<name>.asl.json`; its ARN. Pauses before retries are cut to a second."""
    text = (ROOT / "functions" / "workflows" / f"{name}.asl.json").read_text("utf-8")
    for key, value in substitutions.items():
        text = text.replace("${" + key + "}", value)
    definition = json.loads(
        text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace('"BackoffRate": 2', '"BackoffRate": 1')
    )
    role = boto3.client("iam").create_role(RoleName=f"{name}-machine", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("stepfunctions")
    return client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]


def function(name: str) -> str:
    """A function that state machines can invoke; its ARN."""
    iam = boto3.client("iam")
    role = iam.create_role(RoleName=f"{name}-function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = boto3.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": b"x"}
    )
    return made["FunctionArn"]


def result_of(execution: str, seconds: float = 60) -> Any:
    """How an execution ended, once it has."""
    client = boto3.client("stepfunctions")
    for _ in range(int(seconds / 0.05)):
        found = client.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.05)
    raise TimeoutError(execution)
