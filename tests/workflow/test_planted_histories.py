"""What Step Functions, the logs, the events and the tables' keys remember of a phase names nobody,
however it ends. The files of `planted` are taken in; then the phase runs to its end, or is broken.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from tests.support import dropping, moto_cloud
from tests.support.moto_cloud import BUCKETS, TABLES, Cloud, cloud
from tests.support.planted import ACCOUNTS, HOLDERS, PERSONS, files, spellings
from tests.support.premium_world import DECEMBER, YEAR
from tests.workflow.test_phase_workflow import ended, failed_event, waiting

PLANTED = [text.decode() for value in (*PERSONS, *ACCOUNTS, *HOLDERS) for text in spellings(value)]
PSEUDONYM = re.compile(r"v1-[a-z2-7]{26}", re.IGNORECASE)


@pytest.fixture
def found(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The state machine over the facts of the planted files, with loggers that write.

    Its parameter = the seconds that a run waits for approval.
    """
    monkeypatch.setitem(moto_cloud.ENVIRONMENT, "POWERTOOLS_SERVICE_NAME", "planted")
    monkeypatch.setitem(moto_cloud.ENVIRONMENT, "POWERTOOLS_LOG_LEVEL", "INFO")
    with cloud(workflow=True, approval_seconds=getattr(request, "param", 86_400)) as made:
        partners, world = dropping.Cloud(), made.world
        partners.runs.begin_year(YEAR, "v1")
        for kind, body in files().items():
            assert partners.drop(f"{dropping.PREMIUM}/{kind}/november.csv", body).state == "done", kind
        world.facts.put(YEAR, partners.facts.stored)
        for batch in partners.batches.items.values():
            world.batches.create(batch)
        for known, registration in enumerate(partners.registrations.all()):
            world.registrations.append(registration, known)
        facts = str(boto3.client("dynamodb").scan(TableName="facts")["Items"])
        assert all(value in facts for value in (HOLDERS[0], ACCOUNTS[0]))
        assert PSEUDONYM.search(facts)
        yield made


def history() -> list[Any]:
    """Everything that Step Functions tells of every execution."""
    states = boto3.client("stepfunctions")
    told: list[Any] = []
    for machine in states.list_state_machines()["stateMachines"]:
        for each in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            told.append(states.describe_execution(executionArn=each["executionArn"]))
            pages = states.get_paginator("get_execution_history").paginate(executionArn=each["executionArn"])
            told += [event for page in pages for event in page["events"]]
    return told


def keys() -> list[Any]:
    s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
    names: list[Any] = [
        item["Key"]
        for bucket in BUCKETS
        for item in s3.list_objects_v2(Bucket=f"tegemoet-{bucket}").get("Contents", [])
    ]
    return names + [(item["pk"], item["sk"]) for table in TABLES for item in dynamodb.scan(TableName=table)["Items"]]


def assert_names_nobody(found: Cloud, logs: list[Any]) -> None:
    dynamodb = boto3.client("dynamodb")
    remembered = {
        "history": history(),
        "logs": logs,
        "events": found.published,
        "years": dynamodb.scan(TableName="years")["Items"],
        "control": dynamodb.scan(TableName="control")["Items"],
    }
    for place, told in {**remembered, "keys": keys(), "ledger": dynamodb.scan(TableName="ledger")["Items"]}.items():
        text = str(told)
        assert not [value for value in PLANTED if value in text], place
    for place, told in remembered.items():
        assert not PSEUDONYM.search(str(told)), place
    assert "TaskStateEntered" in str(remembered["history"])


@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_a_phase_that_ends_names_nobody(found: Cloud, answer: str, caplog: pytest.LogCaptureFixture) -> None:
    world = found.world
    run = world.start(1, DECEMBER)
    waiting(found, run.id)
    world.approve(run, approve=answer == "approve", reason="not today")
    assert ended(run.id) == "SUCCEEDED"
    assert len(world.entries()) == (3 if answer == "approve" else 0)
    assert_names_nobody(found, [vars(record) for record in caplog.records])


@pytest.mark.parametrize("found", [1], indirect=True)
def test_a_phase_that_nobody_answers_names_nobody(found: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    run = found.world.start(1, DECEMBER)
    assert ended(run.id) == "SUCCEEDED"
    assert found.world.now(run).state == "expired"
    assert_names_nobody(found, [vars(record) for record in caplog.records])


def cut(key_ends: str) -> Callable[[Cloud], None]:
    """Cut the last brackets of every object whose key ends so; its values stay whole."""

    def broken(found: Cloud) -> None:
        work = found.world.work
        for key in [key for key in work.keys("runs/") if key.endswith(key_ends)]:
            work.put(key, work.get(key).rstrip(b"\n}]"))

    return broken


def cut_facts(partition: str) -> Callable[[Cloud], None]:
    """Cut the last bracket of every fact of such a partition; its values stay whole."""

    def broken(_: Cloud) -> None:
        dynamodb = boto3.client("dynamodb")
        for item in dynamodb.scan(TableName="facts")["Items"]:
            if partition in item["pk"]["S"]:
                cut_off = {"S": item["body"]["S"].rstrip("}")}
                dynamodb.put_item(TableName="facts", Item={**item, "body": cut_off})

    return broken


@pytest.mark.parametrize(
    ("function", "action", "broken"),
    [
        ("freeze", "plan", cut("batches.json")),
        ("freeze", "plan", cut_facts("#n")),
        ("freeze", "join", cut("practices.jsonl")),
        ("freeze", "join", cut_facts("#tariff-offices")),
        ("freeze", "pharmacies", cut("pharmacies.json")),
        ("freeze", "pharmacies", cut_facts("#p")),
        ("evaluate", None, cut("payments.jsonl")),
        ("evaluate", None, cut("totals.json")),
        ("evaluate", None, cut("decisions.jsonl")),
        ("report", "ask", cut("proposal.json")),
        ("report", "ask", cut("payments.jsonl")),
        ("settle", "settle", cut("payees.jsonl")),
        ("settle", "settle", cut("settled/0.json")),
    ],
    ids=lambda value: str(getattr(value, "__name__", value)),
)
def test_a_phase_that_breaks_names_nobody(
    found: Cloud,
    function: str,
    action: str | None,
    broken: Callable[[Cloud], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each error is one that the code raises itself, on what it finds after that step."""
    real, world = found.handlers[function], found.world

    def breaking(event: dict[str, Any], context: object) -> Any:
        answer = real(event, context)
        if event.get("action") == action:
            broken(found)
        return answer

    found.handlers[function] = breaking
    run = world.start(1, DECEMBER)
    if (function, action) in (("report", "ask"), ("settle", "settle")):
        waiting(found, run.id)
        world.approve(run)
    assert ended(run.id) == "FAILED"
    found.invoke("report", failed_event(run.id, run.id))
    assert world.now(run).state == "failed"
    assert caplog.records
    assert_names_nobody(found, [vars(record) for record in caplog.records])
