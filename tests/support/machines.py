"""The functions and the state machines of template.yaml on moto, in this process.

    with machines.cloud(handlers):
        arn = machines.deploy("batch", Concurrency="1")
        handlers.update(machines.handlers_of("store", "decide", "conclude"))

Nothing is rewritten in a definition but its substitutions. The pauses before retries take no time.
"""

import functools
import importlib.util
import json
import os
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final, TypeVar
from unittest import mock

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from local.cloud.templates import read_template
from tegemoet.adapters.partners import DynamoRegistrations
from tests.support import partiql_moto
from tests.support.fakes.partners import any_number_of, anything_of

ROOT = Path(__file__).parents[2]
REGION: Final = "eu-west-1"
ACCOUNT = "123456789012"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_LAMBDA_FUNCTION_NAME": "test",
    "POWERTOOLS_SERVICE_NAME": "tests",
    "SF_EXECUTION_HISTORY_TYPE": "FULL",
}
Handler = Callable[[Any, Any], Any]


class Context:
    """The context of a function; every read of its request id is another call.

    `left` = the milliseconds that it has left.
    """

    function_name = "function"
    memory_limit_in_mb = 128
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function"

    def __init__(self, left: int = 60_000) -> None:
        self.left = left

    @property
    def aws_request_id(self) -> str:
        return str(uuid.uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return self.left


CONTEXT = Context()
SILENT = {"POWERTOOLS_SERVICE_NAME": "silent", "POWERTOOLS_LOG_LEVEL": "CRITICAL"}
"""A logger of its own, which writes nothing: the level of a logger outlives a test."""
Answer = TypeVar("Answer")


@contextmanager
def cloud(handlers: Mapping[str, Handler]) -> Iterator[MutableMapping[str, str]]:
    """moto, with functions that really run: `handlers`, by
    the folder of the function, may be filled later.

    Gives the environment of the process, which is restored at the end.
    """
    config: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with (
        mock.patch.dict(os.environ, ENVIRONMENT),
        mock.patch.object(LambdaSimpleBackend, "invoke", _invoke(handlers)),
        mock.patch.object(retrier_decl, "time", SimpleNamespace(sleep=lambda _: None)),
        mock_aws(config=config),
        partiql_moto.inserts(),
    ):
        try:
            yield os.environ
        finally:
            stop_all()


def _invoke(handlers: Mapping[str, Handler]) -> Callable[..., bytes]:
    """What moto calls in the place of its own Lambda:
    errors become an answer, as with the Lambda runtime.
    """

    def invoke(
        _: object, name: str, qualifier: object, body: str, headers: object, response_headers: dict[str, str]
    ) -> bytes:
        handler = handlers[name.rpartition(":function:")[2].partition(":")[0]]
        try:
            return json.dumps(handler(json.loads(body) if body else {}, CONTEXT)).encode()
        except Exception as error:  # noqa: BLE001 - as the runtime does
            response_headers["x-amz-function-error"] = "Unhandled"
            trace = traceback.format_tb(error.__traceback__)
            answer = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
            return json.dumps(answer).encode()

    return invoke


def stop_all() -> None:
    """Stop every execution: moto's threads outlive its
    mock, and would call the functions of the next test.
    """
    client = boto3.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        running = client.list_executions(stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING")
        for execution in running["executions"]:
            client.stop_execution(executionArn=execution["executionArn"])


# --- functions ------------------------------------------------------------------------------------


def load(function: str) -> ModuleType:
    """`functions/<function>/app.py`, imported afresh with the environment of this moment."""
    spec = importlib.util.spec_from_file_location(f"app_{function}", ROOT / "functions" / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def handlers_of(*functions: str) -> dict[str, Handler]:
    """The handlers of these functions, imported afresh, by the function's folder."""
    return {function: load(function).handler for function in functions}


# --- state machines -------------------------------------------------------------------------------


@functools.cache
def _resources() -> Mapping[str, Mapping[str, Any]]:
    resources: dict[str, dict[str, Any]] = read_template(ROOT / "template.yaml")["Resources"]
    return {name: resource.get("Properties", {}) for name, resource in resources.items()}


def deploy(name: str, **values: str) -> str:
    """Create the state machine of `functions/workflows/<name>.asl.json` and its functions; its ARN.

    The substitutions are those of template.yaml: a
    function's ARN is filled in, and `values` has the rest.
    """
    definition = f"functions/workflows/{name}.asl.json"
    machine = next(each for each in _resources().values() if each.get("DefinitionUri") == definition)
    text = (ROOT / definition).read_text("utf-8")
    for variable, value in machine["DefinitionSubstitutions"].items():
        text = text.replace("${" + variable + "}", values[variable] if "Ref" in value else _function(*value.values()))
    client = boto3.client("stepfunctions")
    role = boto3.client("iam").create_role(RoleName=f"{name}-machine", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    return client.create_state_machine(name=name, definition=text, roleArn=role)["stateMachineArn"]


def _function(attribute: list[str]) -> str:
    """The ARN of the function that a `GetAtt` of
    the template names; moto knows it by its folder.
    """
    folder = Path(_resources()[attribute[0]]["CodeUri"]).name
    client, iam = boto3.client("lambda"), boto3.client("iam")
    for known in client.list_functions()["Functions"]:
        if known["FunctionName"] == folder:
            return known["FunctionArn"]
    role = iam.create_role(RoleName=f"{folder}-function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = client.create_function(
        FunctionName=folder, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": b"x"}
    )
    return made["FunctionArn"]


def result_of(execution: str, seconds: float = 60) -> Any:
    """The description of an execution once it has ended."""
    describe = boto3.client("stepfunctions").describe_execution
    return wait_until(lambda: _ended(describe(executionArn=execution)), seconds)


def _ended(execution: Any) -> Any:
    return None if execution["status"] == "RUNNING" else execution


def wait_until(question: Callable[[], Answer | None], seconds: float = 120) -> Answer:
    """The first true answer to a question that is asked again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"it did not happen within {seconds} s")


# --- what stands around them ----------------------------------------------------------------------


def key_of(bucket: str) -> str:
    """The ARN of the key under which a bucket encrypts."""
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{bucket}"


def create_buckets(names: Iterable[str]) -> None:
    """Buckets that encrypt under a key each."""
    s3 = boto3.client("s3")
    for name in names:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key_of(name),
                        }
                    }
                ]
            },
        )


def create_tables(names: Iterable[str]) -> None:
    """Tables with the keys that every table of the template has."""
    for name in names:
        boto3.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )


def admit(*partners: str, insurers: Iterable[str] = ()) -> None:
    """Create the table of registrations, with each of these partners registered for everything.

    `insurers` = those of them that have numbers, which is every one.
    """
    create_tables(["partners"])
    registrations = DynamoRegistrations(boto3.client("dynamodb"), "partners")
    made = (*map(anything_of, partners), *map(any_number_of, insurers))
    for known, registration in enumerate(made):
        assert registrations.append(registration, known)
