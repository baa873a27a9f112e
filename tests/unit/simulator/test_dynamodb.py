"""The simulated DynamoDB where moto does otherwise, and what it never guesses."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.simulator.errors import UnsupportedError
from local.simulator.world import World

TABLE = "ControlTable"
PLACE = {"pk": {"S": "a"}, "sk": {"S": "s"}}
PUT, KEYED = {"TableName": TABLE, "Item": PLACE}, {"TableName": TABLE, "Key": PLACE}
ABSENT = "attribute_not_exists(pk)"
VALUE = {":s": {"S": "x"}}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> Any:
    return world.client("dynamodb")


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {**PUT, "Item": {**PLACE, "owner": {"N": "1"}, "owner_sk": {"S": "1"}}}),
        ("put_item", {**PUT, "Item": {**PLACE, "body": {"SS": ["x", "x"]}}}),
        ("put_item", {**PUT, "Item": {**PLACE, "body": {"N": "9" * 39}}}),
        ("put_item", {**PUT, "Item": {**PLACE, "pk": {"S": "x" * 2049}}}),
        ("put_item", {**PUT, "Item": {**PLACE, "sk": {"S": "x" * 1025}}}),
        ("put_item", {**PUT, "ConditionExpression": "flag = :s"}),
        ("put_item", {**PUT, "ConditionExpression": "#flag = :s", "ExpressionAttributeValues": VALUE}),
        ("put_item", {**PUT, "ConditionExpression": ABSENT, "ExpressionAttributeValues": VALUE}),
        ("put_item", {**PUT, "ConditionExpression": ""}),
        ("delete_item", {**KEYED, "Key": {"pk": {"S": "a"}, "sk": {"N": "1"}}}),
        ("update_item", {**KEYED, "UpdateExpression": "SET a.b = :s, a = :s", "ExpressionAttributeValues": VALUE}),
        (
            "batch_write_item",
            {"RequestItems": {TABLE: [{"PutRequest": {"Item": PLACE}}, {"DeleteRequest": {"Key": PLACE}}]}},
        ),
        (
            "query",
            {"TableName": TABLE, "KeyConditionExpression": "pk = :s", "ExpressionAttributeValues": {":s": {"N": "1"}}},
        ),
        (
            "query",
            {
                "TableName": TABLE,
                "IndexName": "nothing",
                "KeyConditionExpression": "pk = :s",
                "ExpressionAttributeValues": VALUE,
            },
        ),
    ],
)
def test_what_moto_takes_and_aws_does_not_is_refused(client: Any, operation: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**parameters)
    assert code_of(refused.value) == "ValidationException"
    assert client.scan(TableName=TABLE)["Items"] == []


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {**PUT, "ConditionExpression": "size(body) < :s", "ExpressionAttributeValues": VALUE}),
        ("put_item", {**PUT, "ConditionExpression": "NOT attribute_exists(pk)"}),
        ("put_item", {**PUT, "ConditionExpression": "body <> :s", "ExpressionAttributeValues": VALUE}),
        (
            "update_item",
            {**KEYED, "UpdateExpression": "SET a = if_not_exists(a, :s)", "ExpressionAttributeValues": VALUE},
        ),
        ("update_item", {**KEYED, "UpdateExpression": "SET a[0] = :s", "ExpressionAttributeValues": VALUE}),
        ("update_item", {**KEYED, "UpdateExpression": "DELETE a :s", "ExpressionAttributeValues": VALUE}),
        ("get_item", {**KEYED, "ProjectionExpression": "detail.note"}),
        ("execute_statement", {"Statement": 'SELECT * FROM "ControlTable"', "Parameters": []}),
        ("execute_statement", {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'a'}}", "Parameters": []}),
        ("put_item", {**PUT, "ReturnValues": "ALL_NEW"}),
        ("put_item", {**PUT, "Item": {**PLACE, "body": {"N": 1}}}),
    ],
)
def test_a_form_that_the_double_does_not_know_is_no_guess(client: Any, operation: str, parameters: Any) -> None:
    with pytest.raises(UnsupportedError):
        getattr(client, operation)(**parameters)


def test_a_parameter_that_the_double_does_not_know_is_a_type_error(client: Any) -> None:
    with pytest.raises(TypeError):
        client.put_item(**PUT, Expected={})


@pytest.mark.parametrize(("given", "kept"), [("1.50", "1.5"), ("007", "7"), ("-0", "0"), ("1E3", "1000"), ("42", "42")])
def test_numbers_are_kept_in_one_form(client: Any, given: str, kept: str) -> None:
    client.put_item(TableName=TABLE, Item={**PLACE, "body": {"N": given}})
    assert client.get_item(**KEYED)["Item"]["body"] == {"N": kept}


def test_true_is_not_one(client: Any) -> None:
    client.put_item(TableName=TABLE, Item={**PLACE, "flag": {"N": "1"}})
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.delete_item(
            **KEYED, ConditionExpression="flag = :yes", ExpressionAttributeValues={":yes": {"BOOL": True}}
        )


def test_neither_what_was_given_nor_what_is_returned_changes_what_is_stored(client: Any) -> None:
    item: Any = {
        **PLACE,
        "detail": {"M": {"note": {"S": "kept"}, "list": {"L": [{"S": "kept"}]}}},
        "text": {"S": "kept"},
    }
    client.put_item(TableName=TABLE, Item=item)
    item["detail"]["M"]["note"]["S"] = item["text"]["S"] = "changed"
    found = client.get_item(**KEYED)["Item"]
    found["detail"]["M"]["list"]["L"][0]["S"] = found["text"]["S"] = "changed"
    assert "changed" not in str(client.get_item(**KEYED))


def test_an_update_leaves_what_others_have_read(client: Any, world: World) -> None:
    client.put_item(TableName=TABLE, Item={**PLACE, "detail": {"M": {"note": {"S": "old"}}}})
    before = world.snapshot()
    client.update_item(**KEYED, UpdateExpression="SET detail.note = :s", ExpressionAttributeValues=VALUE)
    assert before["tables"][TABLE][0]["detail"] == {"M": {"note": {"S": "old"}}}
    assert client.get_item(**KEYED)["Item"]["detail"] == {"M": {"note": {"S": "x"}}}


def test_an_item_may_have_400_kilobytes_and_no_byte_more(client: Any) -> None:
    room = 400 * 1024 - len("pkasksbody")
    client.put_item(TableName=TABLE, Item={**PLACE, "body": {"S": "x" * room}})
    with pytest.raises(ClientError, match="maximum allowed size"):
        client.put_item(TableName=TABLE, Item={**PLACE, "body": {"S": "x" * (room + 1)}})
    with pytest.raises(ClientError, match="maximum allowed size"):
        client.update_item(**KEYED, UpdateExpression="SET b = :s", ExpressionAttributeValues={":s": {"S": ""}})


def test_a_page_ends_at_its_limit_and_names_its_last_key_even_at_the_end(client: Any) -> None:
    for sk in "abc":
        client.put_item(TableName=TABLE, Item={"pk": {"S": "p"}, "sk": {"S": sk}})
    query = {"TableName": TABLE, "KeyConditionExpression": "pk = :s", "ExpressionAttributeValues": {":s": {"S": "p"}}}
    page = client.query(**query, Limit=3)
    assert page["LastEvaluatedKey"] == {"pk": {"S": "p"}, "sk": {"S": "c"}}
    assert client.query(**query, Limit=3, ExclusiveStartKey=page["LastEvaluatedKey"]) == {
        "Items": [],
        "Count": 0,
        "ScannedCount": 0,
    }
    assert "LastEvaluatedKey" not in client.query(**query, Limit=4)


def test_a_page_goes_on_where_its_last_item_was_deleted() -> None:
    client = World(items=2).client("dynamodb")
    for sk in "abcde":
        client.put_item(TableName=TABLE, Item={"pk": {"S": "p"}, "sk": {"S": sk}})
    found = []
    values = {":s": {"S": "p"}}
    for page in client.get_paginator("query").paginate(
        TableName=TABLE, KeyConditionExpression="pk = :s", ExpressionAttributeValues=values
    ):
        assert len(page["Items"]) <= 2
        for item in page["Items"]:
            found.append(item["sk"]["S"])
            client.delete_item(TableName=TABLE, Key=item)
    assert found == list("abcde")


def test_a_page_ends_after_a_megabyte(client: Any) -> None:
    for sk in "abcd":
        client.put_item(TableName=TABLE, Item={"pk": {"S": "p"}, "sk": {"S": sk}, "body": {"S": "x" * (399 << 10)}})
    assert client.scan(TableName=TABLE)["Count"] == 3


def test_a_repeated_transaction_is_known_by_its_token_for_ten_minutes(client: Any, world: World) -> None:
    actions = [{"Put": {**PUT, "ConditionExpression": ABSENT}}]
    client.transact_write_items(TransactItems=actions, ClientRequestToken="one")
    client.transact_write_items(TransactItems=actions, ClientRequestToken="one")
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=actions)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(TransactItems=[{"Delete": KEYED}], ClientRequestToken="one")
    world.clock.advance(timedelta(minutes=10, seconds=1))
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=actions, ClientRequestToken="one")


def test_a_transaction_says_which_update_is_impossible(client: Any) -> None:
    update = {**KEYED, "UpdateExpression": "SET a.b = :s", "ExpressionAttributeValues": VALUE}
    other = {**PUT, "Item": {**PLACE, "sk": {"S": "t"}}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as refused:
        client.transact_write_items(TransactItems=[{"Put": other}, {"Update": update}])
    assert [each["Code"] for each in refused.value.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert client.scan(TableName=TABLE)["Items"] == []


def test_an_impossible_update_changes_nothing(client: Any) -> None:
    client.put_item(TableName=TABLE, Item={**PLACE, "detail": {"M": {"note": {"S": "old"}}}})
    change = {"UpdateExpression": "SET detail.note = :s, missed.note = :s", "ExpressionAttributeValues": VALUE}
    with pytest.raises(ClientError, match="document path"):
        client.update_item(**KEYED, **change)
    assert client.get_item(**KEYED)["Item"]["detail"] == {"M": {"note": {"S": "old"}}}


def test_a_reserved_word_has_to_be_a_placeholder(client: Any) -> None:
    change = {"ExpressionAttributeValues": VALUE, "UpdateExpression": "SET state = :s"}
    with pytest.raises(ClientError, match="reserved keyword: state"):
        client.update_item(**KEYED, **change)
    change["UpdateExpression"] = "SET #state = :s"
    client.update_item(**KEYED, **change, ExpressionAttributeNames={"#state": "state"})


def test_an_inserted_item_is_never_replaced(client: Any) -> None:
    insert = {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'sk': ?, 'run': ?}}"}
    client.execute_statement(**insert, Parameters=[*PLACE.values(), {"S": "first"}])
    again = {**insert, "Parameters": [*PLACE.values(), {"S": "second"}]}
    with pytest.raises(client.exceptions.DuplicateItemException):
        client.execute_statement(**again)
    [response] = client.batch_execute_statement(Statements=[again])["Responses"]
    assert response["Error"]["Code"] == "DuplicateItem"
    with pytest.raises(client.exceptions.TransactionCanceledException) as refused:
        client.execute_transaction(TransactStatements=[again])
    assert [each["Code"] for each in refused.value.response["CancellationReasons"]] == ["DuplicateItem"]
    assert client.get_item(**KEYED)["Item"]["run"] == {"S": "first"}


def test_a_statement_of_a_batch_may_not_meet_another_one(client: Any) -> None:
    statement = {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'sk': ?}}", "Parameters": [*PLACE.values()]}
    with pytest.raises(UnsupportedError):
        client.batch_execute_statement(Statements=[statement, statement])
    with pytest.raises(ClientError) as refused:
        client.execute_transaction(TransactStatements=[statement, statement])
    assert code_of(refused.value) == "ValidationException"
    with pytest.raises(ClientError):
        client.batch_execute_statement(Statements=[statement] * 26)
    with pytest.raises(ClientError) as refused:
        client.execute_statement(**statement | {"Parameters": [{"S": "a"}]})
    assert code_of(refused.value) == "ValidationException"
