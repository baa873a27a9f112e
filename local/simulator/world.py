"""A world: the stores of all services, one clock, and the one hook that every call passes.

    world = World(faults=decide)
    cloud = Cloud(world.environ, client=world.client)
    cloud.clock = world.clock

A scheduler sets `world.before` and `world.after`, plain functions that are called around each call
and may switch to another task. A call is carried out in one step between them.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from local.simulator.client import Answer, Apply, Client, Hook, direct
from local.simulator.clock import START, WorldClock
from local.simulator.dynamodb.client import DynamoDb, Tables
from local.simulator.dynamodb.tables import Table
from local.simulator.errors import RefusedError, UnsupportedError
from local.simulator.events import Bus, Events
from local.simulator.faults import PLAIN, Call, Fate, Faults
from local.simulator.functions import Functions, Lambda
from local.simulator.kms import Keys, Kms
from local.simulator.people import Cognito, Pool
from local.simulator.s3.buckets import Bucket
from local.simulator.s3.client import MOST, S3, Buckets
from local.simulator.secrets import SecretsManager
from local.simulator.stack import Stack, stack
from local.simulator.workflows import StepFunctions, Workflows

LARGEST = None, MOST
"""The most items and keys of a page, as AWS has it."""


class World:
    """The stack of template.yaml in memory.

    `faults` decides what happens to each call; None lets every call be. `items` and `keys` = the
    most items of a page of DynamoDB and keys of a page of S3: few of them show what does not read
    every page. What `direct` clients read comes in pages as large as those of AWS.
    """

    def __init__(
        self,
        made: Stack | None = None,
        faults: Faults | None = None,
        start: datetime = START,
        items: int | None = None,
        keys: int = 1_000,
    ) -> None:
        made = made if made is not None else stack()
        self.stack, self.faults = made, faults
        self.environ = made.environ()
        self.clock = WorldClock(start)
        self.calls = 0
        self.before: Callable[[Call], None] | None = None
        self.after: Callable[[Call], None] | None = None
        self._pages = items, keys
        self.dynamodb = Tables(_tables(made, self.clock), self.clock)
        self.s3 = Buckets(_buckets(made, self.clock), self.clock)
        self.kms = Keys({made.arn(name): "KeySpec" in key for name, key in made.resources("AWS::KMS::Key")})
        self.secrets = _secrets(made)
        self.events = Bus()
        groups = frozenset(group["GroupName"] for _, group in made.resources("AWS::Cognito::UserPoolGroup"))
        self.people = Pool(self.environ["USER_POOL_ID"], groups)
        self.functions = Functions()
        machines = {value for name, value in self.environ.items() if name.endswith("_WORKFLOW_ARN")}
        self.workflows = Workflows(frozenset(machines), self.clock)
        self._clients: dict[tuple[str, bool], Client] = {}

    # --- clients

    def client(self, service: str, **_: object) -> Any:
        """The client of a service, made as by `boto3.client`; its calls pass through `call`."""
        return self._made(service, self.call)

    def direct(self, service: str, **_: object) -> Any:
        """A client whose calls nothing sees or disturbs: for set-up, checks and the reaper."""
        return self._made(service, direct)

    def _made(self, service: str, hook: Hook) -> Client:
        place = (service, hook is direct)
        if place not in self._clients:
            self._clients[place] = self._make(service, hook)
        return self._clients[place]

    def _make(self, service: str, hook: Hook) -> Client:
        items, keys = self._pages if hook is not direct else LARGEST
        makers: Mapping[str, Callable[[], Client]] = {
            "dynamodb": lambda: DynamoDb(hook, self.dynamodb, items),
            "s3": lambda: S3(hook, self.s3, keys),
            "kms": lambda: Kms(hook, self.kms),
            "secretsmanager": lambda: SecretsManager(hook, self.secrets),
            "events": lambda: Events(hook, self.events),
            "cognito-idp": lambda: Cognito(hook, self.people),
            "lambda": lambda: Lambda(hook, self.functions),
            "stepfunctions": lambda: StepFunctions(hook, self.workflows),
        }
        if service not in makers:
            raise UnsupportedError(f"the service {service}")
        return makers[service]()

    # --- calls

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], apply: Apply) -> Answer:
        """Carry out a call, or what the faults make of it."""
        self.calls += 1
        if self.before is None and self.after is None and self.faults is None:
            return apply(PLAIN)
        call = Call(self.calls, service, operation, parameters)
        if self.before is not None:
            self.before(call)
        try:
            fate = self.faults(call) if self.faults is not None else None
            return apply(PLAIN) if fate is None else self._suffered(call, fate, apply)
        finally:
            if self.after is not None:
                self.after(call)

    def _suffered(self, call: Call, fate: Fate, apply: Apply) -> Answer:
        if fate.refused is not None:
            raise self._raised(call, fate.refused)
        if fate.twice:
            _carried_out(apply, fate)
            if self.before is not None:
                self.before(call)  # others may come between
        if fate.lost is not None:
            _carried_out(apply, fate)
            raise self._raised(call, fate.lost)
        return apply(fate.delivery)

    def _raised(self, call: Call, error: Exception) -> Exception:
        """The error as the client of the service raises it."""
        if isinstance(error, RefusedError):
            return self.direct(call.service).exceptions.made(error, call.operation)  # type: ignore[no-any-return]
        return error

    # --- histories

    def reset(self, start: datetime = START) -> None:
        """Empty every store, for another history. Clients, hooks and secrets stay."""
        self.clock.restart(start)
        self.calls = 0
        for store in (self.dynamodb, self.s3, self.kms, self.events, self.people, self.functions, self.workflows):
            store.reset()

    def snapshot(self) -> dict[str, Any]:
        """What the stores hold, as plain data in one order: equal worlds have equal snapshots."""
        tables = {
            name: [item.copy() for _, item in table.places()] for name, table in sorted(self.dynamodb.tables.items())
        }
        buckets = {
            name: {key: list(bucket.objects[key]) for key in bucket.order}
            for name, bucket in sorted(self.s3.buckets.items())
        }
        return {
            "now": self.clock.now(),
            "tables": tables,
            "buckets": buckets,
            "uploads": sorted(self.s3.uploads.open),
            "events": list(self.events.taken),
            "executions": {arn: (each.state, each.redrives) for arn, each in sorted(self.workflows.executions.items())},
            "tasks": dict(sorted(self.workflows.tasks.items())),
        }


def _carried_out(apply: Apply, fate: Fate) -> None:
    """The request was carried out, and nobody learns its answer: neither success nor refusal."""
    with suppress(ClientError):
        apply(fate.delivery)


def _tables(made: Stack, clock: WorldClock) -> dict[str, Table]:
    return {name: Table.declared(name, declared, clock) for name, declared in made.resources("AWS::DynamoDB::Table")}


def _buckets(made: Stack, clock: WorldClock) -> dict[str, Bucket]:
    return {
        name: Bucket(name, clock, "VersioningConfiguration" in declared, made.key_of(declared))
        for name, declared in made.resources("AWS::S3::Bucket")
    }


def _secrets(made: Stack) -> dict[str, str]:
    """The text of each secret by ARN, made up as the template says."""
    texts = {}
    for name, declared in made.resources("AWS::SecretsManager::Secret"):
        generated, text = declared["GenerateSecretString"], f"the generated text of {name}"
        if "SecretStringTemplate" in generated:
            fields = {**json.loads(generated["SecretStringTemplate"]), generated["GenerateStringKey"]: text}
            text = json.dumps(fields)
        texts[made.arn(name)] = text
    return texts
