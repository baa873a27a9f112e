"""What a fault does to a call: nothing, once without an answer, twice, late, or in part."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from local.simulator.dynamodb.tables import EVENTUALLY
from local.simulator.errors import RefusedError
from local.simulator.faults import REFUSALS, Call, Cut, Delivery, Fate, broken_off, conflict, timeout
from local.simulator.world import World
from tegemoet.adapters.cloud import Cloud

TABLE, BUCKET = "ControlTable", "WorkBucket"
PLACE = {"pk": {"S": "a"}, "sk": {"S": "s"}}
INSERT = f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'sk': ?}}"


def item(number: int, **values: str) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"S": str(number)}, **{name: {"S": text} for name, text in values.items()}}


def world_with(decide: Callable[[Call], Fate | None]) -> World:
    return World(faults=decide)


def always(fate: Fate) -> World:
    return World(faults=lambda _: fate)


def stored(world: World) -> list[Any]:
    items: list[Any] = world.direct("dynamodb").scan(TableName=TABLE)["Items"]
    return items


@pytest.mark.parametrize("error", [timeout(), REFUSALS["dynamodb"][0]])
def test_a_refused_call_changes_nothing(error: Exception) -> None:
    world = always(Fate(refused=error))
    with pytest.raises(ReadTimeoutError if isinstance(error, ReadTimeoutError) else ClientError):
        world.client("dynamodb").put_item(TableName=TABLE, Item=PLACE)
    assert stored(world) == []


def test_a_refusal_is_raised_as_the_class_of_its_code() -> None:
    world = always(Fate(refused=REFUSALS["dynamodb"][0]))
    client = world.client("dynamodb")
    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        client.get_item(TableName=TABLE, Key=PLACE)


def test_a_lost_answer_says_nothing_of_what_was_done() -> None:
    world = always(Fate(lost=timeout()))
    client = world.client("dynamodb")
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    for _ in range(2):  # done, then refused: both are lost
        with pytest.raises(ReadTimeoutError):
            client.put_item(TableName=TABLE, Item=PLACE, **condition)
    assert stored(world) == [PLACE]


def test_a_conditional_write_that_the_sdk_repeats_refuses_itself() -> None:
    world = always(Fate(twice=True))
    cloud = Cloud(world.environ, client=world.client)
    assert cloud.work.put_once("runs/a", b"x") is False
    assert cloud.work.exists("runs/a")


def test_a_transaction_that_the_sdk_repeats_is_known_by_its_token() -> None:
    world = always(Fate(twice=True))
    client, put = world.client("dynamodb"), {"TableName": TABLE, "Item": PLACE}
    client.transact_write_items(TransactItems=[{"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}])
    client.execute_transaction(TransactStatements=[{"Statement": INSERT, "Parameters": [{"S": "a"}, {"S": "b"}]}])
    assert len(stored(world)) == 2


def test_others_may_come_between_the_two_deliveries() -> None:
    world = always(Fate(twice=True))
    seen: list[int] = []
    world.before = lambda _: seen.append(len(stored(world)))
    world.client("dynamodb").put_item(TableName=TABLE, Item=PLACE)
    assert seen == [0, 1]


def stale(lag: int) -> World:
    """Four writes: 1 is put, 2 is put, 1 is put again, 2 is deleted."""
    world = always(Fate(Delivery(lag=lag)))
    client = world.direct("dynamodb")
    client.put_item(TableName=TABLE, Item=item(1, owner="m", owner_sk="1"))
    client.put_item(TableName=TABLE, Item=item(2, owner="m", owner_sk="2"))
    client.put_item(TableName=TABLE, Item=item(1, owner="n", owner_sk="9"))
    client.delete_item(TableName=TABLE, Key=item(2))
    return world


@pytest.mark.parametrize(
    ("lag", "found"),
    [
        (0, {"1": "9"}),
        (1, {"1": "9", "2": "2"}),
        (2, {"1": "1", "2": "2"}),
        (3, {"1": "1"}),
        (4, {}),
        (9, {}),
    ],
)
def test_a_read_may_see_what_was_there_some_writes_ago(lag: int, found: dict[str, str]) -> None:
    client = stale(lag).client("dynamodb")
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    }
    by_owner = {
        "TableName": TABLE,
        "IndexName": "by_owner",
        "KeyConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
    }
    assert {each["sk"]["S"]: each["owner_sk"]["S"] for each in client.query(**query)["Items"]} == found
    assert {each["sk"]["S"]: each["owner_sk"]["S"] for each in client.scan(TableName=TABLE)["Items"]} == found
    for number in (1, 2):
        one = client.get_item(TableName=TABLE, Key=item(number)).get("Item")
        assert (one and one["owner_sk"]["S"]) == found.get(str(number))
    indexed = [
        each["owner_sk"]["S"]
        for owner in "mn"
        for each in client.query(**by_owner, ExpressionAttributeValues={":owner": {"S": owner}})["Items"]
    ]
    assert indexed == sorted(found.values())
    consistent = client.query(**query, ConsistentRead=True)["Items"]
    assert [each["owner_sk"]["S"] for each in consistent] == ["9"]
    assert client.get_item(TableName=TABLE, Key=item(1), ConsistentRead=True)["Item"]["owner_sk"]["S"] == "9"
    assert client.scan(TableName=TABLE, ConsistentRead=True)["Items"] == consistent


def test_a_write_is_seen_by_everybody_after_a_minute() -> None:
    world = stale(9)
    client = world.client("dynamodb")
    world.clock.advance(EVENTUALLY)
    assert client.scan(TableName=TABLE)["Items"] == []
    world.clock.advance(timedelta(seconds=1))
    assert [each["owner_sk"]["S"] for each in client.scan(TableName=TABLE)["Items"]] == ["9"]


def test_a_stale_read_of_an_index_may_see_the_later_of_two_writes_alone() -> None:
    seen = set()
    for lag in range(1, 30):
        world = always(Fate(Delivery(lag=lag, scattered=True)))
        client = world.direct("dynamodb")
        for number in range(2):
            one = {**item(number, owner="m", owner_sk=str(number)), "pk": {"S": f"p{number}"}}
            client.put_item(TableName=TABLE, Item=one)
        found = world.client("dynamodb").query(
            TableName=TABLE,
            IndexName="by_owner",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": "m"}},
        )
        seen.add("".join(each["sk"]["S"] for each in found["Items"]))
    assert seen == {"", "0", "1", "01"}


def test_a_stale_read_sees_the_entries_of_a_map_as_they_were() -> None:
    world = always(Fate(Delivery(lag=1)))
    client = world.direct("dynamodb")
    client.put_item(TableName=TABLE, Item={**PLACE, "detail": {"M": {"note": {"S": "old"}}}})
    change = {"UpdateExpression": "SET detail.note = :new", "ExpressionAttributeValues": {":new": {"S": "new"}}}
    client.update_item(TableName=TABLE, Key=PLACE, **change)
    late = world.client("dynamodb").get_item(TableName=TABLE, Key=PLACE)["Item"]
    assert late["detail"]["M"]["note"] == {"S": "old"}


def test_s3_is_never_stale() -> None:
    world = always(Fate(Delivery(lag=5)))
    client = world.client("s3")
    for body in (b"1", b"2"):
        client.put_object(Bucket=BUCKET, Key="a", Body=body)
    assert client.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"2"
    assert [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["a"]


def test_what_a_bulk_write_leaves_out_is_returned() -> None:
    world = always(Fate(Delivery(left_out=frozenset({1}))))
    requests = [{"PutRequest": {"Item": item(number)}} for number in range(3)]
    answer = world.client("dynamodb").batch_write_item(RequestItems={TABLE: requests})
    assert answer == {"UnprocessedItems": {TABLE: [requests[1]]}}
    assert [each["sk"]["S"] for each in stored(world)] == ["0", "2"]


def test_a_bulk_write_that_would_leave_out_everything_is_refused() -> None:
    world = always(Fate(Delivery(left_out=frozenset(range(9)))))
    client = world.client("dynamodb")
    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item(1)}}]})


def test_statements_keys_and_events_may_fail_each_for_itself() -> None:
    world = always(Fate(Delivery(left_out=frozenset({0}))))
    statements = [{"Statement": INSERT, "Parameters": [{"S": "a"}, {"S": str(number)}]} for number in range(2)]
    responses = world.client("dynamodb").batch_execute_statement(Statements=statements)["Responses"]
    assert [each.get("Error", {}).get("Code") for each in responses] == ["ThrottlingError", None]
    assert [each["sk"]["S"] for each in stored(world)] == ["1"]
    for key in "ab":
        world.direct("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")
    delete = {"Objects": [{"Key": "a"}, {"Key": "b"}], "Quiet": True}
    answer = world.client("s3").delete_objects(Bucket=BUCKET, Delete=delete)
    assert [(each["Key"], each["Code"]) for each in answer.pop("Errors")] == [("a", "InternalError")]
    assert answer == {}
    assert [each["Key"] for each in world.direct("s3").list_objects_v2(Bucket=BUCKET)["Contents"]] == ["a"]
    entries = [{"Source": "s", "DetailType": kind, "Detail": "{}"} for kind in "ab"]
    answer = world.client("events").put_events(Entries=entries)
    assert (answer["FailedEntryCount"], answer["Entries"][0]["ErrorCode"]) == (1, "ThrottlingException")
    assert world.events.taken == entries[1:]


def test_a_conflict_has_the_form_of_its_operation() -> None:
    def decide(call: Call) -> Fate | None:
        met = conflict(call, at=1)
        return None if met is None else Fate(refused=met)

    world = world_with(decide)
    dynamodb, s3 = world.client("dynamodb"), world.client("s3")
    with pytest.raises(dynamodb.exceptions.TransactionConflictException):
        dynamodb.put_item(TableName=TABLE, Item=PLACE)
    puts = [{"Put": {"TableName": TABLE, "Item": item(number)}} for number in range(2)]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
        dynamodb.transact_write_items(TransactItems=puts)
    assert [each["Code"] for each in refused.value.response["CancellationReasons"]] == ["None", "TransactionConflict"]
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"", IfNoneMatch="*")
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"")
    assert dynamodb.get_item(TableName=TABLE, Key=PLACE) == {}
    assert stored(world) == []


def test_a_scheduler_is_called_around_each_call_with_what_was_asked() -> None:
    world, seen = World(), list[Any]()
    world.before = lambda call: seen.append(("before", call.operation, len(stored(world))))
    world.after = lambda call: seen.append(("after", call.operation, len(stored(world))))
    client = world.client("dynamodb")
    client.put_item(TableName=TABLE, Item=PLACE)
    with pytest.raises(ClientError):
        client.put_item(TableName=TABLE, Item={})
    client.transact_write_items(TransactItems=[{"Delete": {"TableName": TABLE, "Key": PLACE}}])
    assert seen == [
        ("before", "put_item", 0),
        ("after", "put_item", 1),
        ("before", "put_item", 1),
        ("after", "put_item", 1),
        ("before", "transact_write_items", 1),
        ("after", "transact_write_items", 0),
    ]
    assert world.calls == 3


def test_every_service_has_refusals_with_codes() -> None:
    world = World()
    for service, refusals in REFUSALS.items():
        assert refusals
        assert all(isinstance(each, RefusedError) for each in refusals)
        world.client(service)


@pytest.mark.parametrize("error", broken_off())
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_body_breaks_off_while_it_is_read(error: Exception, share: float) -> None:
    world = always(Fate(Delivery(cut=Cut(share, error))))
    cloud = Cloud(world.environ, client=world.client)
    body = bytes(range(100))
    world.direct("s3").put_object(Bucket=BUCKET, Key="a", Body=body)
    with pytest.raises(type(error)):
        cloud.work.get("a")
    with pytest.raises(type(error)):
        cloud.work.get_range("a", 0, 50)
    read = world.client("s3").get_object(Bucket=BUCKET, Key="a")["Body"].read
    assert b"".join(read(10) for _ in range(int(share * 10))) == body[: int(share * 10) * 10]
    with pytest.raises(type(error)):
        read(10)
