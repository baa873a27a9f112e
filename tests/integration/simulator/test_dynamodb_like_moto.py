"""Random calls of the simulated DynamoDB and of moto are answered alike, call by call.

What moto is known to do otherwise than AWS is left out here, and has its tests in
`tests/unit/simulator`: it compares true with 1, sets entries of what is no map, keeps `1.50` as it
is, knows no token of a transaction, and accepts names and values that nothing uses or defines.
"""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from moto import mock_aws
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from local.simulator.dynamodb.expressions import RESERVED
from local.simulator.stack import stack
from local.simulator.world import World
from tests.support import partiql_moto
from tests.support.machines import REGION
from tests.support.twins import Twins, pages

TABLE, ANSWERS = "ControlTable", "IdempotencyTable"
ABSENT = "attribute_not_exists(pk)"


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    with mock_aws(), partiql_moto.inserts():
        moto = boto3.client("dynamodb", REGION)
        for name, declared in stack().resources("AWS::DynamoDB::Table"):
            if name in (TABLE, ANSWERS):
                kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
                moto.create_table(TableName=name, **{each: declared[each] for each in kept if each in declared})
        yield Twins(World().direct("dynamodb"), moto, alike)


def alike(operation: str, answer: Any) -> Any:
    """moto refuses a transaction as a whole when an update is impossible; AWS says which one."""
    if operation == "transact_write_items" and answer[0] == "error" and {"Code": "ValidationError"} in answer[2]:
        return ("error", "ValidationException", [], None)
    return answer


class Chance:
    """Draws calls over few keys, so that they meet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def key(self) -> dict[str, Any]:
        return {"pk": {"S": self.random.choice("ab")}, "sk": {"S": self.random.choice(("s", "s#1", "s#2", "t", "Z"))}}

    def value(self) -> dict[str, Any]:
        number = str(self.random.choice((0, 1, 7, 42, -3, 10)))
        return self.random.choice(
            [
                {"S": self.random.choice(("", "x", "open", "é"))},
                {"N": number},
                {"B": b"\x00\xff"},
                {"BOOL": True},
                {"NULL": True},
                {"NS": ["1", "2"]},
                {"SS": ["x", "y"]},
                {"L": [{"S": "x"}, {"N": number}]},
                {"M": {"note": {"S": "x"}, "depth": {"M": {}}}},
            ]
        )

    def item(self) -> dict[str, Any]:
        item = self.key()
        if self.random.random() < 0.6:
            item["amount"] = {"N": self.random.choice(("0", "7", "42", "-3", "1.5"))}
        if self.random.random() < 0.6:
            item["flag"] = self.value()
        if self.random.random() < 0.6:  # moto sets an entry of what is no map, without an error
            item["detail"] = {"M": {"note": {"S": self.random.choice("xy")}}}
        if self.random.random() < 0.5:
            item |= {"owner": {"S": self.random.choice("mn")}, "owner_sk": {"S": self.random.choice("123")}}
        return item

    def condition(self) -> dict[str, Any]:
        """Names, values and a condition; often none."""
        text, names, values = self.random.choice(
            [
                ("", {}, {}),
                (ABSENT, {}, {}),
                ("attribute_exists(pk)", {}, {}),
                (f"{ABSENT} OR amount <= :now", {}, {":now": {"N": "9"}}),
                (
                    "attribute_exists(pk) AND #flag IN (:one, :two)",
                    {"#flag": "flag"},
                    {":one": {"S": "x"}, ":two": {"S": "open"}},
                ),
                ("detail.note = :one", {}, {":one": {"S": "x"}}),
                ("contains(flag, :one)", {}, {":one": {"S": "x"}}),
                ("contains(numbers, :one)", {}, {":one": {"N": "1"}}),
                (
                    f"{ABSENT} OR amount < :now OR (amount = :one AND attribute_exists(#flag) AND amount > :now)",
                    {"#flag": "flag"},
                    {":now": {"N": "7"}, ":one": {"N": "7"}},
                ),
            ]
        )
        given: dict[str, Any] = {"ConditionExpression": text} if text else {}
        given |= {"ExpressionAttributeNames": names} if names else {}
        given |= {"ExpressionAttributeValues": values} if values else {}
        if text and self.random.random() < 0.5:
            given["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return given

    def update(self) -> dict[str, Any]:
        """An update with a condition."""
        text, values = self.random.choice(
            [
                ("SET #f = :new", {":new": self.value()}),
                ("SET amount = :new, #d.note = :text", {":new": {"N": "5"}, ":text": {"S": "later"}}),
                ("REMOVE amount", {}),
                ("REMOVE owner_sk ADD numbers :set", {":set": {"NS": ["2", "9"]}}),
                ("ADD amount :set", {":set": {"N": "4"}}),
                ("SET owner_sk = :new", {":new": {"S": self.random.choice("456")}}),
            ]
        )
        given = self.condition()
        given["UpdateExpression"] = text
        given["ExpressionAttributeValues"] = {**given.get("ExpressionAttributeValues", {}), **values}
        names = {
            short: name
            for short, name in (("#d", "detail"), ("#f", "flag"))
            if f"{short}." in text or f"{short} " in text
        }
        given["ExpressionAttributeNames"] = {**given.get("ExpressionAttributeNames", {}), **names}
        return {name: value for name, value in given.items() if value != {}}


def single(twins: Twins, chance: Chance) -> None:
    twins.call("put_item", TableName=TABLE, Item=chance.item(), **chance.condition())
    twins.call("delete_item", TableName=TABLE, Key=chance.key(), **chance.condition())
    twins.call("update_item", TableName=TABLE, Key=chance.key(), **chance.update())


def together(twins: Twins, chance: Chance) -> None:
    actions = []
    for _ in range(chance.random.randint(1, 3)):
        table = {"TableName": TABLE}
        kind = chance.random.choice(("Put", "Put", "Update", "Delete", "ConditionCheck"))
        if kind == "Put":
            actions.append({kind: {**table, "Item": chance.item(), **chance.condition()}})
        elif kind == "Update":
            actions.append({kind: {**table, "Key": chance.key(), **chance.update()}})
        else:
            condition = chance.condition()
            if kind == "ConditionCheck" and "ConditionExpression" not in condition:
                condition = {"ConditionExpression": ABSENT}
            actions.append({kind: {**table, "Key": chance.key(), **condition}})
    twins.call("transact_write_items", TransactItems=actions)


def in_bulk(twins: Twins, chance: Chance) -> None:
    items = {(item["pk"]["S"], item["sk"]["S"]): item for item in (chance.item() for _ in range(4))}
    requests = [
        {"PutRequest": {"Item": item}}
        if chance.random.random() < 0.7
        else {"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}}
        for item in items.values()
    ]
    twins.call("batch_write_item", RequestItems={TABLE: requests})


def read(twins: Twins, chance: Chance) -> None:
    twins.call("get_item", TableName=TABLE, Key=chance.key(), ConsistentRead=True)
    twins.call("get_item", TableName=TABLE, Key=chance.key(), ProjectionExpression="pk, amount")
    condition, values = chance.random.choice(
        [
            ("pk = :pk", {}),
            ("pk = :pk AND begins_with(sk, :sk)", {":sk": {"S": "s#"}}),
            ("pk = :pk AND sk < :sk", {":sk": {"S": "s#2"}}),
            ("pk = :pk AND sk >= :sk", {":sk": {"S": "s#1"}}),
            ("pk = :pk AND sk = :sk", {":sk": {"S": "t"}}),
        ]
    )
    query: dict[str, Any] = {
        "TableName": TABLE,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {":pk": {"S": chance.random.choice("abc")}, **values},
        "ScanIndexForward": chance.random.random() < 0.5,
        "ConsistentRead": True,
    }
    twins.pages("query", "Items", **query)
    twins.pages("query", "Items", **query, Limit=2)


def indexed(twins: Twins, chance: Chance) -> None:
    names, owner = {"#owner": "owner"}, {":owner": {"S": chance.random.choice("mno")}}
    query: dict[str, Any] = {"TableName": TABLE, "IndexName": "by_owner", "ExpressionAttributeNames": names}
    query["ScanIndexForward"] = chance.random.random() < 0.5
    for condition, values in (("", {}), (" AND owner_sk < :before", {":before": {"S": "3"}})):
        query["KeyConditionExpression"] = "#owner = :owner" + condition
        # items with one place in the index have no order among them
        ours, theirs = (
            sorted(map(repr, pages(client, "query", query | {"ExpressionAttributeValues": owner | values}, "Items")))
            for client in (twins.simulated, twins.moto)
        )
        assert ours == theirs


def scanned(twins: Twins, _: Chance) -> None:
    for query in ({}, {"FilterExpression": "attribute_exists(owner_sk)"}):
        ours, theirs = (
            sorted(map(repr, pages(client, "scan", {"TableName": TABLE, "ConsistentRead": True, **query}, "Items")))
            for client in (twins.simulated, twins.moto)
        )
        assert ours == theirs


INSERT = f"""INSERT INTO "{TABLE}" VALUE {{'pk': ?, 'sk': ?, 'it''s': ?}}"""


def inserted(twins: Twins, chance: Chance) -> None:
    """Statements of one form, on moto by what `tests/support/partiql_moto.py` teaches it."""
    keys = {(key["pk"]["S"], key["sk"]["S"]): key for key in (chance.key() for _ in range(3))}
    statements = [{"Statement": INSERT, "Parameters": [key["pk"], key["sk"], chance.value()]} for key in keys.values()]
    twins.call("execute_statement", **statements[0])
    twins.call("execute_transaction", TransactStatements=statements)
    twins.call("batch_execute_statement", Statements=statements)


STEPS = (single, together, in_bulk, read, indexed, scanned, inserted)


def test_random_calls_are_answered_alike(twins: Twins) -> None:
    chance = Chance(seed=1)
    for _ in range(60):
        for step in STEPS:
            step(twins, chance)
    seen = twins.seen
    for operation in ("put_item", "update_item", "delete_item"):
        assert seen[operation, "answer"] > 5
        assert seen[operation, "ConditionalCheckFailedException"] > 5
    assert seen["transact_write_items", "answer"] > 1
    assert seen["transact_write_items", "TransactionCanceledException"] > 5
    assert seen["execute_statement", "DuplicateItemException"] > 1
    assert seen["execute_transaction", "TransactionCanceledException"] > 1


PLACE = {"pk": {"S": "untouched"}, "sk": {"S": "s"}}
PUT, KEYED = {"TableName": TABLE, "Item": PLACE}, {"TableName": TABLE, "Key": PLACE}
SET = {**KEYED, "UpdateExpression": "SET amount = :new", "ExpressionAttributeValues": {":new": {"N": "1"}}}
REFUSED = [
    ("put_item", {**PUT, "TableName": "nothing"}),
    ("put_item", {**PUT, "Item": {"pk": {"S": "a"}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "pk": {"S": ""}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "sk": {"N": "1"}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "owner": {"S": ""}, "owner_sk": {"S": "1"}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "body": {"S": "x" * (400 << 10)}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "body": {"N": "much"}}}),
    ("put_item", {**PUT, "Item": {**PLACE, "body": {"SS": []}}}),
    ("put_item", {**PUT, "ConditionExpression": "state = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}}),
    ("put_item", {**PUT, "ConditionExpression": ABSENT, "ExpressionAttributeNames": {"#s": "x"}}),
    ("get_item", {**KEYED, "Key": {"pk": {"S": "a"}}}),
    ("get_item", {**KEYED, "Key": {**PLACE, "other": {"S": "x"}}}),
    ("get_item", {**KEYED, "Key": {**PLACE, "sk": {"S": ""}}}),
    ("update_item", {**SET, "UpdateExpression": "SET pk = :new"}),
    ("update_item", {**SET, "UpdateExpression": "SET amount = :new, amount = :new"}),
    ("update_item", {**SET, "UpdateExpression": "SET detail.note = :new"}),
    ("update_item", {**SET, "UpdateExpression": "SET state = :new"}),
    ("update_item", {**SET, "UpdateExpression": "SET owner_sk = :new"}),
    ("update_item", {**SET, "UpdateExpression": "SET amount = :other"}),
    ("batch_write_item", {"RequestItems": {TABLE: [{"PutRequest": {"Item": PLACE}}] * 2}}),
    ("batch_write_item", {"RequestItems": {TABLE: [{"PutRequest": {"Item": PLACE}}] * 26}}),
    ("transact_write_items", {"TransactItems": [{"Put": PUT}, {"Delete": KEYED}]}),
    ("transact_write_items", {"TransactItems": [{"Put": PUT}] * 101}),
    (
        "query",
        {"TableName": TABLE, "KeyConditionExpression": "sk = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
    ),
    (
        "query",
        {
            "TableName": TABLE,
            "IndexName": "by_owner",
            "ConsistentRead": True,
            "KeyConditionExpression": "#o = :s",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":s": {"S": "x"}},
        },
    ),
]


@pytest.mark.parametrize(("operation", "parameters"), REFUSED, ids=lambda each: str(each)[:60])
def test_a_malformed_request_is_refused_alike(twins: Twins, operation: str, parameters: dict[str, Any]) -> None:
    assert twins.call(operation, **parameters) in ("ValidationException", "ResourceNotFoundException")


def test_reserved_words_are_those_of_moto() -> None:
    assert set(ReservedKeywords.get_reserved_keywords()) == RESERVED


def test_the_idempotency_of_powertools_works_alike(twins: Twins) -> None:
    for client in (twins.simulated, twins.moto):
        records = DynamoDBPersistenceLayer(ANSWERS, boto3_client=client)
        records.configure(IdempotencyConfig())
        records.save_inprogress({"n": 1}, 60_000)
        with pytest.raises(IdempotencyItemAlreadyExistsError):
            records.save_inprogress({"n": 1}, 60_000)
        records.save_success({"n": 1}, {"done": True})
        record = records.get_record({"n": 1})
        assert record is not None
        assert record.response_json_as_dict() == {"done": True}
        records.delete_record({"n": 1}, ValueError())
        with pytest.raises(IdempotencyItemNotFoundError):
            records.get_record({"n": 1})
