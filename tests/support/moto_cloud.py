"""The phases of a premium year on moto: real handlers, real
adapters and, where asked for, the real state machine.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import boto3

from tegemoet.adapters.approval_seals import KmsApprovalSeal
from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.decisions import DynamoDecisions
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.partners import DynamoDebtorAccounts, DynamoRegistrations, DynamoRoles
from tegemoet.adapters.people import CognitoPeople
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.partners.roles import RegisteredPeople
from tegemoet.application.records import RoleChange
from tests.support import machines
from tests.support.fakes.partners import LONG_AGO, REGISTRAR
from tests.support.machines import ACCOUNT, CONTEXT, REGION, SILENT, Handler
from tests.support.premium_world import World, two_shards

TABLES = ("facts", "decisions", "ledger", "control", "years", "partners")
BUCKETS = ("inbox", "work", "output", "bank")
FUNCTIONS = ("freeze", "evaluate", "report", "settle")
BUS = "tegemoet"
PHASE_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:phase"
ENVIRONMENT = {
    **SILENT,
    "EVENT_BUS_NAME": BUS,
    "PHASE_WORKFLOW_ARN": PHASE_ARN,
    **{f"{name.upper()}_TABLE": name for name in TABLES},
    **{f"{name.upper()}_BUCKET": f"tegemoet-{name}" for name in BUCKETS},
}


@dataclass
class Cloud:
    """The world over the real adapters, the handlers, and the events that were published."""

    world: World
    handlers: dict[str, Handler]
    modules: dict[str, ModuleType]
    published: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """One call of a function; event and answer go through JSON, as on AWS."""
        return json.loads(json.dumps(self.handlers[name](json.loads(json.dumps(event)), CONTEXT)))


@contextmanager
def cloud(workflow: bool = False, approval_seconds: int = 86_400) -> Iterator[Cloud]:
    """Buckets, tables, secrets and functions on moto; with `workflow` the state machine too."""
    handlers: dict[str, Handler] = {}
    with machines.cloud(handlers) as environment, two_shards():
        machines.create_buckets(f"tegemoet-{name}" for name in BUCKETS)
        machines.create_tables(TABLES)
        boto3.client("events").create_event_bus(Name=BUS)
        secret = boto3.client("secretsmanager").create_secret(
            Name="digest", SecretString="the digest secret of the tests"
        )
        key = boto3.client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
        pool = boto3.client("cognito-idp").create_user_pool(PoolName="tegemoet", UsernameAttributes=["email"])[
            "UserPool"
        ]["Id"]
        environment.update(ENVIRONMENT, DIGEST_SECRET_ARN=secret["ARN"], APPROVAL_KEY_ARN=key, USER_POOL_ID=pool)
        made = Cloud(_world(key, pool), handlers, {name: machines.load(name) for name in FUNCTIONS})
        made.modules["evaluate"].cloud.ordinary_decisions = made.world.decisions
        made.modules["report"].cloud.clock = made.world.clock
        handlers.update({name: module.handler for name, module in made.modules.items()})
        _record_events(made)
        if workflow:
            machines.deploy("phase", Concurrency="1", ApprovalSeconds=str(approval_seconds))
            made.world.workflows = StepFunctions(boto3.client("stepfunctions"), {"phase": PHASE_ARN})  # type: ignore[assignment]
        yield made


def _world(key: str, pool: str) -> World:
    dynamodb, s3, cognito = boto3.client("dynamodb"), boto3.client("s3"), boto3.client("cognito-idp")
    cognito.create_group(UserPoolId=pool, GroupName="approver")
    # moto finds an account by its subject only where that is its name too
    approver = cognito.admin_create_user(
        UserPoolId=pool, Username="an@example.org", UserAttributes=[{"Name": "name", "Value": "An Approver"}]
    )["User"]["Username"]
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=approver, GroupName="approver")
    roles = DynamoRoles(dynamodb, "partners")
    roles.append(RoleChange(approver, 1, "An Approver", frozenset({"approver"}), None, LONG_AGO, REGISTRAR))
    return World(
        seal=KmsApprovalSeal(boto3.client("kms"), key),
        people=RegisteredPeople(CognitoPeople(cognito, pool), roles),
        approver=approver,
        inbox=S3Objects(s3, "tegemoet-inbox"),
        work=S3Objects(s3, "tegemoet-work"),
        output=S3Objects(s3, "tegemoet-output"),
        bank=S3Objects(s3, "tegemoet-bank"),
        facts=DynamoFacts(dynamodb, "facts", threads=1),
        batches=DynamoBatches(dynamodb, "control"),
        registrations=DynamoRegistrations(dynamodb, "partners"),
        debtor_accounts=DynamoDebtorAccounts(dynamodb, "partners"),
        runs=DynamoRuns(dynamodb, "years", threads=1),
        decisions=DynamoDecisions(dynamodb, "decisions", threads=1),
        ledger=DynamoLedger(dynamodb, "ledger"),
    )


def _record_events(made: Cloud) -> None:
    events = made.modules["report"].cloud.events
    publish = events.publish

    def recorded(kind: str, detail: dict[str, Any]) -> None:
        publish(kind, detail)
        made.published.append((kind, dict(detail)))

    events.publish = recorded


def execution_of(name: str) -> Any:
    """The description of an execution of the phase."""
    arn = PHASE_ARN.replace(":stateMachine:", ":execution:") + f":{name}"
    return boto3.client("stepfunctions").describe_execution(executionArn=arn)
