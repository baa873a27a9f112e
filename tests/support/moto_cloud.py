"""The phases on moto: real handlers, real adapters, the real state machine, all in this process."""

import functools
import importlib.util
import json
import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.decisions import DynamoDecisions
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.workflows import StepFunctions
from tests.support.machines import stop_all
from tests.support.premium_world import World, two_shards

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
ACCOUNT = "123456789012"
TABLES = ("facts", "decisions", "ledger", "control")
BUCKETS = ("work", "output")
FUNCTIONS = ("freeze", "evaluate", "report", "settle")
BUS = "tegemoet"
PHASE_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:phase"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_LAMBDA_FUNCTION_NAME": "test",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "EVENT_BUS_NAME": BUS,
    "PHASE_WORKFLOW_ARN": PHASE_ARN,
    **{f"{name.upper()}_TABLE": name for name in TABLES},
    **{f"{name.upper()}_BUCKET": f"tegemoet-{name}" for name in BUCKETS},
}


class Context:
    function_name = "test"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    aws_request_id = "request"


@dataclass
class Cloud:
    """What the tests touch: the world over the real adapters, the handlers, the events that were published."""

    world: World
    handlers: dict[str, Any]
    modules: dict[str, ModuleType]
    published: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """One call of a function, its event and answer through JSON as on AWS."""
        return json.loads(json.dumps(self.handlers[name](json.loads(json.dumps(event)), Context())))


def load(name: str) -> ModuleType:
    """The module of a function, fresh: its clients belong to the cloud of this test."""
    spec = importlib.util.spec_from_file_location(f"functions_{name}", ROOT / "functions" / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def cloud(workflow: bool = False, approval_seconds: int = 86_400) -> Iterator[Cloud]:
    """Buckets, tables, secrets and functions on moto; with `workflow` the state machine too."""
    config: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock.patch.dict(os.environ, ENVIRONMENT), mock_aws(config=config), two_shards():
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        for table in TABLES:
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            )
        for bucket in BUCKETS:
            s3.create_bucket(Bucket=f"tegemoet-{bucket}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        secret = boto3.client("secretsmanager").create_secret(
            Name="digest", SecretString="the digest secret of the tests"
        )
        boto3.client("events").create_event_bus(Name=BUS)
        with mock.patch.dict(os.environ, {"DIGEST_SECRET_ARN": secret["ARN"]}):
            modules = {name: load(name) for name in FUNCTIONS}
            # moto knows no threads
            modules["settle"].WORKERS = 1  # type: ignore[attr-defined]
            modules["evaluate"].cloud.ordinary_decisions = DynamoDecisions(dynamodb, "decisions", threads=1)
            found = Cloud(
                World(
                    work=S3Objects(s3, "tegemoet-work"),
                    output=S3Objects(s3, "tegemoet-output"),
                    facts=DynamoFacts(dynamodb, "facts", threads=1),
                    batches=DynamoBatches(dynamodb, "control"),
                    runs=DynamoRuns(dynamodb, "control"),
                    decisions=DynamoDecisions(dynamodb, "decisions", threads=1),
                    ledger=DynamoLedger(dynamodb, "ledger"),
                ),
                {name: module.handler for name, module in modules.items()},
                modules,
            )
            events = modules["report"].cloud.events
            publish = events.publish

            def told(kind: str, detail: dict[str, Any]) -> None:
                publish(kind, detail)
                found.published.append((kind, dict(detail)))

            events.publish = told
            if workflow:
                with _state_machine(found, approval_seconds):
                    yield found
            else:
                yield found


@contextmanager
def _state_machine(found: Cloud, approval_seconds: int) -> Iterator[None]:
    role = boto3.client("iam").create_role(RoleName="all", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = boto3.client("lambda")
    arns = {}
    for name in FUNCTIONS:
        arns[name] = functions.create_function(
            FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": b"x"}
        )["FunctionArn"]

    def invoke(
        self: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: dict[str, str]
    ) -> bytes:
        name = function_name.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]
        try:
            return json.dumps(found.handlers[name](json.loads(body), Context())).encode()
        except Exception as error:  # noqa: BLE001 - as the runtime does
            response_headers["x-amz-function-error"] = "Unhandled"
            trace = traceback.format_tb(error.__traceback__)
            return json.dumps(
                {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
            ).encode()

    definition = definition_of("phase", arns, approval_seconds)
    states = boto3.client("stepfunctions")
    states.create_state_machine(name="phase", definition=definition, roleArn=role)
    found.world.workflows = StepFunctions(states, {"phase": PHASE_ARN})  # type: ignore[assignment]
    with mock.patch.object(LambdaSimpleBackend, "invoke", invoke):
        try:
            yield
        finally:
            stop_all()


def definition_of(name: str, arns: dict[str, str], approval_seconds: int = 86_400) -> str:
    """The state machine with its substitutions; it tries again once, after a second."""
    text = (ROOT / "functions" / "workflows" / f"{name}.asl.json").read_text()
    values = {f"{function.title()}FunctionArn": arn for function, arn in arns.items()}
    values |= {"Concurrency": "1", "ApprovalSeconds": str(approval_seconds)}
    for variable, value in values.items():
        text = text.replace("${" + variable + "}", value)
    return text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace('"MaxAttempts": 5', '"MaxAttempts": 1')


def wait_until(what: Any, seconds: float = 120) -> Any:
    """The first true answer of `what`, asked again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := what():
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


execution_status = functools.partial(
    lambda name: boto3.client("stepfunctions").describe_execution(
        executionArn=PHASE_ARN.replace(":stateMachine:", ":execution:") + f":{name}"
    )
)
