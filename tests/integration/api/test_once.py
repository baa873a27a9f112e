"""`Idempotency-Key`: what a POST asks for is done once; the table of
DynamoDB says so, and holds nothing of the input.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
import time_machine
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from moto import mock_aws

from tegemoet.api.once import KEPT
from tegemoet.application.records import Kept, NewDecision
from tegemoet.schemes.registry import SCHEMES
from tests.support.api_world import OPERATOR, OTHER_PARTNER, PARTNER, Answer, World
from tests.support.years import AFTER_ALL

EXAMPLE = SCHEMES["convention-premium"].example
DECIDE = "/v1/schemes/convention-premium/decisions"
UPLOAD = {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": "november", "size": 10}
TABLE = "idempotency"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        yield client


@pytest.fixture
def world(table: Any) -> World:
    return World(answers=DynamoDBPersistenceLayer(TABLE, boto3_client=table))


def items(table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.scan(TableName=TABLE)["Items"]
    return found


def counted(world: World) -> list[str]:
    """Every decision that is stored from now on."""
    stored: list[str] = []
    put = world.decisions.put

    def counting(new: NewDecision) -> Kept:
        stored.append(new.id)
        kept: Kept = put(new)
        return kept

    world.decisions.put = counting
    return stored


@pytest.mark.parametrize(
    ("path", "body", "caller"),
    [
        (DECIDE, EXAMPLE, PARTNER),
        ("/v1/uploads", UPLOAD, PARTNER),
        ("/v1/premium-years/2023/phases/1", {"on": "2023-12-01"}, OPERATOR),
        ("/v1/premium-years/2023/phases/1/continuation", {"run": "2023-1-0"}, OPERATOR),
        ("/v1/premium-years/2023/phases/1/abandonment", {"run": "2023-1-0", "reason": "r"}, OPERATOR),
        ("/v1/premium-years/2023/exceptions/e", {"choice": "seen", "reason": "r"}, OPERATOR),
        ("/v1/premium-years/2023/close", {"open_exceptions": 0, "reason": "r"}, OPERATOR),
        ("/v1/premium-years/2023/close/0/confirmation", None, OPERATOR),
        ("/v1/batches/0/abandonment", {"reason": "r"}, OPERATOR),
    ],
)
def test_what_stores_something_needs_a_key(world: World, path: str, body: Any, caller: Any) -> None:
    answer = world.post(path, body, caller, key=None)
    assert (answer.status, answer.code) == (400, "idempotency-key-required")
    assert answer.faults == {("/header/Idempotency-Key", "required")}
    for bad in ("", " ", "a b", "é", "k" * 129, "85073003328", "case-85.07.30-033.28", "x85073003328y"):
        answer = world.post(path, body, caller, key=bad)
        assert (answer.status, answer.code) == (400, "idempotency-key-invalid")


def test_a_key_may_have_128_characters(world: World) -> None:
    assert world.post(DECIDE, EXAMPLE, key="k" * 128).status == 201


def test_a_random_key_that_contains_a_valid_number_by_chance_is_accepted(world: World) -> None:
    for chance in ("85073003328a4b0c8d0e1f2a3b4c5d6e", "1a2b3c4d-8507-4300-a328-985073003328"):
        assert world.post(DECIDE, EXAMPLE, key=chance).status == 201


def test_the_header_is_found_however_it_is_written(world: World) -> None:
    answer = world.send("POST", DECIDE, PARTNER, body=EXAMPLE, headers={"idempotency-key": "k"})
    assert answer.status == 201


def test_the_same_key_and_body_give_the_same_answer_and_store_once(world: World) -> None:
    stored = counted(world)
    first = world.post(DECIDE, EXAMPLE)
    again = world.post(DECIDE, EXAMPLE)
    assert (again.status, again.text) == (first.status, first.text) == (201, first.text)
    assert stored == [first.body["id"]]


def test_a_body_that_is_spaced_or_ordered_otherwise_is_the_same_body(world: World) -> None:
    stored = counted(world)
    first = world.post(DECIDE, EXAMPLE)
    other = json.dumps(dict(reversed(EXAMPLE.items())), indent=4)
    again = world.send("POST", DECIDE, PARTNER, body=other, headers={"Idempotency-Key": "key-1"})
    assert again.text == first.text
    assert len(stored) == 1


def test_another_body_under_the_same_key_is_a_mismatch(world: World) -> None:
    stored = counted(world)
    world.post(DECIDE, EXAMPLE)
    answer = world.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"})
    assert (answer.status, answer.code) == (409, "idempotency-mismatch")
    assert len(stored) == 1


def test_another_path_of_the_same_route_under_the_same_key_is_a_mismatch(world: World) -> None:
    assert world.post("/v1/premium-years/2023/phases/1", {"on": "2023-12-01"}, OPERATOR).status == 202
    answer = world.post("/v1/premium-years/2023/phases/2", {"on": "2023-12-01"}, OPERATOR)
    assert (answer.status, answer.code) == (409, "idempotency-mismatch")


def test_a_key_is_the_callers_own_and_the_routes_own(world: World) -> None:
    assert world.post(DECIDE, EXAMPLE, PARTNER).status == 201
    assert world.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"}, OTHER_PARTNER).status == 201
    assert world.post("/v1/uploads", UPLOAD, PARTNER).status == 201


def test_a_call_while_the_first_one_runs_is_told_so(world: World) -> None:
    meanwhile: list[Answer] = []
    put = world.decisions.put

    def slow(*args: Any) -> None:
        world.decisions.put = put
        meanwhile.append(world.post(DECIDE, EXAMPLE))
        meanwhile.append(world.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"}))
        put(*args)

    world.decisions.put = slow
    assert world.post(DECIDE, EXAMPLE).status == 201
    assert [(a.status, a.code) for a in meanwhile] == [(409, "in-progress"), (409, "idempotency-mismatch")]


def test_a_call_whose_function_died_can_be_made_again_when_its_time_is_up(world: World) -> None:
    class DiedError(BaseException):
        """What no handler sees: the function is gone."""

    put = world.decisions.put

    def die(*_: Any) -> None:
        raise DiedError

    with time_machine.travel("2023-12-01T09:00:00Z", tick=False) as clock:
        world.decisions.put = die
        with pytest.raises(DiedError):
            world.post(DECIDE, EXAMPLE)
        world.decisions.put = put
        clock.shift(timedelta(seconds=28))
        assert world.post(DECIDE, EXAMPLE).code == "in-progress"
        clock.shift(timedelta(seconds=2))
        assert world.post(DECIDE, EXAMPLE).status == 201


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({**EXAMPLE, "on": "2023-02-30"}, 422),
        ({**EXAMPLE, "case": {**EXAMPLE["case"], "year": AFTER_ALL}}, 404),
        ({**EXAMPLE, "supersedes": "0" * 32}, 409),
    ],
)
def test_what_ended_in_a_4xx_is_not_kept(world: World, table: Any, wrong: dict[str, Any], status: int) -> None:
    assert world.post(DECIDE, wrong).status == status
    assert items(table) == []
    assert world.post(DECIDE, EXAMPLE).status == 201


def test_a_fault_of_ours_is_not_kept(world: World, table: Any) -> None:
    put = world.decisions.put
    world.decisions.put = None
    assert world.post(DECIDE, EXAMPLE).status == 500
    assert items(table) == []
    world.decisions.put = put
    assert world.post(DECIDE, EXAMPLE).status == 201


def test_an_upload_sent_again_gets_a_fresh_form_for_the_same_batch(world: World) -> None:
    first, again = world.post("/v1/uploads", UPLOAD).body, world.post("/v1/uploads", UPLOAD).body
    assert (again["batch"], again["key"]) == (first["batch"], first["key"])
    assert again["upload"]["fields"]["policy"] != first["upload"]["fields"]["policy"]
    assert len(world.batches.items) == 1
    assert world.post("/v1/uploads", UPLOAD, key="key-2").body["batch"] != first["batch"]


def test_a_phase_started_again_with_the_same_key_is_the_same_run(world: World) -> None:
    path = "/v1/premium-years/2023/phases/1"
    first, again = (world.post(path, {"on": "2023-12-01"}, OPERATOR) for _ in range(2))
    assert (again.status, again.text) == (first.status, first.text) == (202, first.text)
    assert len(world.workflows.started) == 1
    other = world.post(path, {"on": "2023-12-01"}, OPERATOR, key="key-2")
    assert (other.status, other.code) == (409, "run-open")


def test_a_key_is_kept_for_ten_years_and_no_longer(world: World) -> None:
    assert timedelta(days=3652) <= KEPT
    with time_machine.travel("2023-12-01T09:00:00Z", tick=False) as clock:
        first = world.post(DECIDE, EXAMPLE)
        clock.shift(KEPT)
        assert world.post(DECIDE, EXAMPLE).text == first.text
        assert world.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"}).code == "idempotency-mismatch"
        clock.shift(timedelta(seconds=1))
        assert world.post(DECIDE, {**EXAMPLE, "on": "2024-06-16"}).status == 201


def test_nothing_of_a_case_and_no_plain_hash_of_it_is_kept(world: World, table: Any) -> None:
    """The table holds the reference of what was made and a keyed digest of the body."""
    import hashlib

    decision = world.post(DECIDE, EXAMPLE, key="key-of-the-partner").body
    [item] = items(table)
    text = json.dumps(item)
    assert json.loads(item["data"]["S"]) == {"decision": decision["id"]}
    for told in ("41234502", EXAMPLE["case_id"], "BE68539007547034", "mutuality", "key-of-the-partner"):
        assert told not in text
    path_and_body = [f"/live{DECIDE}", EXAMPLE], [DECIDE, EXAMPLE], EXAMPLE
    for value in path_and_body:
        plain = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
        assert hashlib.sha256(plain).hexdigest() not in text
        assert hashlib.md5(plain, usedforsecurity=False).hexdigest() not in text


def test_the_digest_of_a_body_changes_with_the_secret(
    world: World, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post(DECIDE, EXAMPLE, key="key-1")
    monkeypatch.setattr(type(world.secrets), "digest_secret", lambda _: b"another secret")
    world.post(DECIDE, EXAMPLE, key="key-2")
    assert len({item["validation"]["S"] for item in items(table)}) == 2


def test_a_dry_run_takes_no_key_and_leaves_none(world: World, table: Any) -> None:
    for key in (None, "key-1"):
        assert world.post(DECIDE, {**EXAMPLE, "dry_run": True}, key=key).status == 200
    assert items(table) == []
    assert world.post(DECIDE, EXAMPLE, key="key-1").status == 201
