"""A drop through the real handlers and the real state
machine: S3's message in, outputs and event out.
"""

import json
import time
from pathlib import Path
from typing import Any

import boto3
import orjson
import pytest

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.schemes.registry import scheme_named
from tests.support import health, machines
from tests.support.dropping import counts_of, riziv
from tests.support.health import health_scheme
from tests.support.machines import CONTEXT, Handler
from tests.support.planted import spellings

MESSAGE = json.loads((Path(__file__).parents[2] / "events" / "sqs-drop.json").read_text("utf-8"))


class World:
    """What the template deploys around a batch."""

    def __init__(self, handlers: dict[str, Handler], monkeypatch: pytest.MonkeyPatch) -> None:
        self.s3, self.dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        machines.create_buckets(["inbox", "work", "output", "health", "exchange"])
        machines.create_tables(["facts", "control", "years", "decisions", "health"])
        machines.admit("riziv", "mutuality")
        boto3.client("events").create_event_bus(Name="bus")
        person = boto3.client("secretsmanager").create_secret(
            Name="person", SecretString='{"current": "1", "1": "a secret of the tests"}'
        )["ARN"]
        digest = boto3.client("secretsmanager").create_secret(Name="digest", SecretString="another one")["ARN"]
        machine = machines.deploy("batch", Concurrency="1")
        for name, value in {
            "INBOX_BUCKET": "inbox",
            "WORK_BUCKET": "work",
            "OUTPUT_BUCKET": "output",
            "FACTS_TABLE": "facts",
            "CONTROL_TABLE": "control",
            "YEARS_TABLE": "years",
            "PARTNERS_TABLE": "partners",
            "DECISIONS_TABLE": "decisions",
            "HEALTH_BUCKET": "health",
            "HEALTH_TABLE": "health",
            "HEALTH_DAYS": "3653",
            "DECISION_DAYS": "3653",
            "EXCHANGE_BUCKET": "exchange",
            "INCOME_KEY_ARN": "none",
            "IDENTITY_KEY_ARN": machines.key_of("inbox"),
            "HEALTH_KEY_ARN": machines.key_of("health"),
            "EXCHANGE_KEY_ARN": machines.key_of("exchange"),
            "PERSON_SECRET_ARN": person,
            "DIGEST_SECRET_ARN": digest,
            "BATCH_WORKFLOW_ARN": machine,
            "EVENT_BUS_NAME": "bus",
        }.items():
            monkeypatch.setenv(name, value)
        self.machine = machine
        self.intake = machines.load("intake").handler
        handlers.update(machines.handlers_of("store", "decide", "conclude"))
        store = machines.load("store")
        store.cloud.facts = DynamoFacts(self.dynamodb, "facts", threads=1)  # moto's tables bear one writer
        handlers["store"] = store.handler
        self.batches = DynamoBatches(self.dynamodb, "control")

    def message(self, key: str, body: bytes) -> dict[str, Any]:
        """Put an object and give S3's message about it, as SQS delivers it."""
        of_cases: Any = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": machines.key_of("health")}
        encryption = of_cases if "/cases/" in key else {}
        etag = self.s3.put_object(Bucket="inbox", Key=key, Body=body, **encryption)["ETag"].strip('"')
        message: dict[str, Any] = json.loads(json.dumps(MESSAGE))
        event = json.loads(message["Records"][0]["body"])
        event["detail"]["object"] = {"key": key, "etag": etag, "size": len(body), "sequencer": "0A"}
        message["Records"][0]["body"] = json.dumps(event)
        return message

    def ingest(self, message: dict[str, Any]) -> None:
        self.intake(message, CONTEXT)

    def run(self) -> tuple[str, Any]:
        """Wait for the one execution that was started; its status, and the batch."""
        [execution] = boto3.client("stepfunctions").list_executions(stateMachineArn=self.machine)["executions"]
        ended = machines.result_of(execution["executionArn"])
        return ended["status"], self.batches.get(json.loads(ended["input"])["batch"])


@pytest.fixture
def world(handlers: dict[str, Handler], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(handlers, monkeypatch)


KEY = "in/riziv/convention-premium/2023/conventions/november.csv"
BODY = f"riziv_number;status;from;until\n{riziv(1)};full;2023-01-01;\nbad\n".encode()


def test_a_drop_becomes_facts_and_outputs(world: World) -> None:
    world.ingest(world.message(KEY, BODY))
    status, batch = world.run()
    assert (status, batch.state, counts_of(batch).accepted, counts_of(batch).rejected) == ("SUCCEEDED", "done", 1, 1)
    keys = [found["Key"] for found in world.s3.list_objects_v2(Bucket="output")["Contents"]]
    assert sorted(keys) == sorted(batch.detail.outputs.values())
    items = world.dynamodb.scan(TableName="facts")["Items"]
    assert [item["sk"]["S"].split("|")[:2] for item in items] == [["convention", riziv(1)]]


def test_a_message_delivered_twice_starts_one_workflow(world: World) -> None:
    message = world.message(KEY, BODY)
    world.ingest(message)
    world.ingest(message)
    status, batch = world.run()
    assert (status, batch.state) == ("SUCCEEDED", "done")
    world.ingest(message)
    assert world.dynamodb.scan(TableName="facts")["Count"] == 1


def test_a_file_of_cases_becomes_decisions(world: World) -> None:
    line = orjson.dumps(scheme_named("convention-premium").example)
    world.ingest(world.message("in/riziv/convention-premium/cases/a.jsonl", line + b"\n{}\n"))
    status, batch = world.run()
    assert (status, counts_of(batch).accepted, counts_of(batch).rejected) == ("SUCCEEDED", 1, 1)
    written = world.s3.get_object(Bucket="output", Key=batch.detail.outputs["decisions.jsonl"])["Body"].read()
    decision = orjson.loads(written)
    assert world.dynamodb.get_item(TableName="decisions", Key={"pk": {"S": decision["id"]}, "sk": {"S": "decision"}})[
        "Item"
    ]


def test_a_file_of_health_cases_becomes_decisions_in_a_separate_table_and_bucket(world: World) -> None:
    with health_scheme():
        world.ingest(world.message(health.KEY, health.case("private-1") + b"\n{}\n"))
        status, batch = world.run()
    assert (status, counts_of(batch).accepted, counts_of(batch).rejected) == ("SUCCEEDED", 1, 1)
    written = world.s3.get_object(Bucket="health", Key=batch.detail.outputs["decisions.jsonl"])["Body"].read()
    [item] = world.dynamodb.scan(TableName="health")["Items"]
    assert item["pk"]["S"] == orjson.loads(written)["id"]
    assert int(item["expires"]["N"]) > time.time() + 3652 * 86_400
    assert world.dynamodb.scan(TableName="decisions")["Count"] == 0
    assert "Contents" not in world.s3.list_objects_v2(Bucket="output")
    for found in world.s3.list_objects_v2(Bucket="work")["Contents"]:
        assert b"private-1" not in world.s3.get_object(Bucket="work", Key=found["Key"])["Body"].read()


def test_a_refused_file_starts_nothing(world: World) -> None:
    world.ingest(world.message(KEY, b""))
    assert boto3.client("stepfunctions").list_executions(stateMachineArn=world.machine)["executions"] == []


def test_a_message_about_an_object_that_is_gone_is_given_back(world: World) -> None:
    message = world.message(KEY, BODY)
    world.s3.delete_object(Bucket="inbox", Key=KEY)
    with pytest.raises(KeyError):  # the queue delivers it again
        world.ingest(message)


def test_a_message_about_something_else_is_let_go(world: World) -> None:
    message = world.message(KEY, BODY)
    message["Records"][0]["body"] = json.dumps({"detail-type": "Object Deleted", "detail": {}})
    world.ingest(message)
    assert world.dynamodb.scan(TableName="control")["Count"] == 0


@pytest.mark.parametrize("broken", ["store", "conclude"])
def test_a_step_that_fails_at_first_is_tried_again(world: World, handlers: dict[str, Handler], broken: str) -> None:
    works, calls = handlers[broken], []

    def flaky(event: Any, context: Any) -> Any:
        calls.append(event)
        if len(calls) == 1:
            raise RuntimeError
        return works(event, context)

    handlers[broken] = flaky
    world.ingest(world.message(KEY, BODY))
    status, batch = world.run()
    assert (status, batch.state, len(calls)) == ("SUCCEEDED", "done", 2)


def test_a_batch_whose_chunk_never_goes_through_ends_as_failed(world: World, handlers: dict[str, Handler]) -> None:
    def broken(event: Any, context: Any) -> Any:
        raise RuntimeError

    handlers["store"] = broken
    world.ingest(world.message(KEY, BODY))
    status, batch = world.run()
    assert (status, batch.state, batch.detail.error) == ("FAILED", "failed", "RuntimeError")
    assert "Contents" not in world.s3.list_objects_v2(Bucket="output")


PLANTED = [text.decode() for value in ("70010100287", "Jan Peeters", "BE68539007547034") for text in spellings(value)]
ACCOUNTS = (
    b"insz;holder;iban;registered_on;language\n"
    b"70010100287;Jan Peeters;BE68539007547034;2023-01-01;nl\n"
    b"70.01.01-002.87;Jan Peeters;BE68539007547034;2023-01-01;nl\n"
    b"70010100287;Jan Peeters;BE68 5390 0754 7034;2023-01-04;nl\n"
    b"700101-00287;JAN PEETERS;BE68539007547034;2023-01-05;nl\n"
    b"70010100287;Jan Peeters 70010100287;BE68539007547034;2023-01-02;nl\n"
    b'70010100287;"Jan Peeters\n";BE68539007547034;2023-01-03;nl\n'
    b"70010100287;Jan Peeters;70010100287;Jan Peeters;BE68539007547034\n"
)


@pytest.mark.parametrize(
    ("name", "body", "broken"),
    [
        ("a", ACCOUNTS, None),
        ("a", ACCOUNTS, "store"),
        ("a", ACCOUNTS, "conclude"),
        ("a", ACCOUNTS + b'70010100287;"Jan Peeters;BE68539007547034\n', None),
        ("70010100287", ACCOUNTS, None),
    ],
    ids=["accepted", "store-fails", "conclude-fails", "refused", "key-refused"],
)
def test_no_log_history_or_record_holds_a_value_of_a_row(
    world: World,
    handlers: dict[str, Handler],
    caplog: pytest.LogCaptureFixture,
    name: str,
    body: bytes,
    broken: str | None,
) -> None:
    def fail(event: Any, context: Any) -> Any:
        raise RuntimeError

    if broken:
        handlers[broken] = fail
    world.ingest(world.message(f"in/riziv/convention-premium/2023/accounts/{name}.csv", body))
    if name == "a" and body == ACCOUNTS:
        world.run()
    states = boto3.client("stepfunctions")
    executions = states.list_executions(stateMachineArn=world.machine)["executions"]
    histories = [
        event
        for execution in executions
        for event in states.get_execution_history(executionArn=execution["executionArn"])["events"]
    ]
    described = [states.describe_execution(executionArn=execution["executionArn"]) for execution in executions]
    logs = [vars(record) for record in caplog.records]
    assert logs
    control = world.dynamodb.scan(TableName="control")["Items"]
    output = [
        (found["Key"], world.s3.get_object(Bucket="output", Key=found["Key"])["Body"].read())
        for found in world.s3.list_objects_v2(Bucket="output").get("Contents", [])
    ]
    keys = [
        found["Key"]
        for bucket in ("work", "output", "health", "exchange")
        for found in world.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    facts = [(item["pk"], item["sk"]) for item in world.dynamodb.scan(TableName="facts")["Items"]]
    for place in (histories, described, executions, logs, control, output, keys, facts):
        assert not [value for value in PLANTED if value in str(place)], place
    if "70010100287" not in name:
        assert (
            b"70010100287"
            in world.s3.get_object(
                Bucket="inbox", Key=f"{KEY.rpartition('/')[0].replace('conventions', 'accounts')}/a.csv"
            )["Body"].read()
        )
