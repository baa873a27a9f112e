"""Append-only by right: a role that inserts cannot replace, and the ledger refuses everybody else.

Every statement has one form, and DynamoDB's answers to it are held to each other: of the local
cloud, of the simulator, and of moto as `tests/support/partiql_moto.py` teaches it.
"""

import json
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.cloud.local_cloud import LocalCloud
from local.cloud.session import LocalSession
from local.cloud.stack import Stack
from local.simulator.world import World
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.application.records import Entry
from tests.support import partiql_moto
from tests.support.twins import outcome

ENTRY = Entry("v1-a", 1, "payment", 1, "40000110", "nurse", 94595, None, "2023-1-run", "2023-x")
TITULAR = Entry("v1-t", 1, "payment", 1, "20000110", "pharmacist", 179000, "P1", "2023-1-run", "2023-t")
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
KEY = {"pk": {"S": "2023#0"}, "sk": {"S": "v1-a#000001"}}


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> Stack:
    return cloud.deploy()


@pytest.fixture(scope="module")
def table(stack: Stack) -> str:
    return stack.outputs["LedgerTable"]


def assumed(stack: Stack, role: str) -> Any:
    """A client of DynamoDB with the rights of a role."""
    given = stack.session.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = LocalSession(stack.url, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return session.client("dynamodb")


def role_with(stack: Stack, *actions: str) -> Any:
    """A client whose role may do these things on every table."""
    iam, name = stack.session.client("iam"), f"role-{uuid.uuid4().hex[:6]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    rights = {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(rights))
    return assumed(stack, role)


@pytest.fixture(scope="module")
def settling(stack: Stack) -> Any:
    """What the function `settle` may do: its own role, which we are allowed to take here."""
    iam, name = stack.session.client("iam"), stack.physical_id("SettleFunctionRole")
    trust = iam.get_role(RoleName=name)["Role"]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    yield assumed(stack, trust["Arn"])
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust["AssumeRolePolicyDocument"]))


def changes(table: str) -> Mapping[str, Callable[[Any], object]]:
    """Every way to replace, change or remove an item, by the right that it requires."""
    item = {**KEY, "amount": {"N": "1"}}
    change = {"TableName": table, "Key": KEY, "UpdateExpression": "REMOVE amount"}
    where = "WHERE pk = '2023#0' AND sk = 'v1-a#000001'"
    update, delete = f'UPDATE "{table}" SET amount = 1 {where}', f'DELETE FROM "{table}" {where}'  # noqa: S608
    put = {"PutRequest": {"Item": item}}
    return {
        "PutItem": lambda client: client.put_item(TableName=table, Item=item),
        "PutItem in a transaction": lambda client: client.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": item}}]
        ),
        "UpdateItem": lambda client: client.update_item(**change),
        "UpdateItem in a transaction": lambda client: client.transact_write_items(TransactItems=[{"Update": change}]),
        "DeleteItem": lambda client: client.delete_item(TableName=table, Key=KEY),
        "BatchWriteItem": lambda client: client.batch_write_item(RequestItems={table: [put]}),
        "PartiQLUpdate": lambda client: client.execute_statement(Statement=update),
        "PartiQLUpdate in a batch": lambda client: client.batch_execute_statement(Statements=[{"Statement": update}]),
        "PartiQLUpdate in a transaction": lambda client: client.execute_transaction(
            TransactStatements=[{"Statement": update}]
        ),
        "PartiQLDelete": lambda client: client.execute_statement(Statement=delete),
    }


def refusal(call: Callable[[Any], object], client: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(client)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    return refused.value.response["Error"]["Message"]


WAYS = tuple(changes("ledger"))


def test_the_role_that_settles_appends_and_finds_what_is_there(settling: Any, table: str) -> None:
    ledger = DynamoLedger(settling, table)
    assert ledger.append(1999, 0, ENTRY, TITULAR) == [ENTRY, TITULAR]
    again = [ledger.append(1999, 0, entry) for entry in (ENTRY, TITULAR)]
    assert again == [[ENTRY], [TITULAR]]
    other = Entry("v1-u", 1, "payment", 1, "20000207", "pharmacist", 179000, "P1", "2023-1-run", "2023-u")
    assert ledger.append(1999, 0, other) == [None]
    ledger.close(1999, "run")
    assert ledger.is_closed(1999)
    assert list(ledger.entries(1999, 0)) == [ENTRY, TITULAR]


@pytest.mark.parametrize("way", WAYS)
def test_the_role_that_settles_cannot_replace_change_or_remove(settling: Any, table: str, way: str) -> None:
    assert f"dynamodb:{way.partition(' ')[0]}" in refusal(changes(table)[way], settling)


def test_the_role_that_settles_inserts_nowhere_else_and_reads_by_no_statement(
    stack: Stack, settling: Any, table: str
) -> None:
    def insert(client: Any) -> object:
        text = f"INSERT INTO \"{stack.outputs['YearsTable']}\" VALUE {{'pk': ?, 'sk': ?}}"
        return client.execute_statement(Statement=text, Parameters=[{"S": "year#1999"}, {"S": "state"}])

    assert "dynamodb:PartiQLInsert" in refusal(insert, settling)
    read = f"SELECT * FROM \"{table}\" WHERE pk = '2023#0'"  # noqa: S608
    assert "dynamodb:PartiQLSelect" in refusal(lambda client: client.execute_statement(Statement=read), settling)


@pytest.mark.parametrize("way", WAYS)
def test_the_ledger_refuses_a_role_that_may_do_everything(stack: Stack, table: str, way: str) -> None:
    everything = role_with(stack, "dynamodb:*")
    assert "explicit deny in a resource-based policy" in refusal(changes(table)[way], everything)
    other = stack.outputs["IdempotencyTable"]
    everything.get_item(TableName=other, Key={"id": {"S": "x"}})


def test_a_right_to_put_does_not_insert(stack: Stack, table: str) -> None:
    def insert(client: Any) -> object:
        return DynamoLedger(client, table).append(1998, 0, ENTRY)

    assert "dynamodb:PartiQLInsert" in refusal(insert, role_with(stack, "dynamodb:PutItem", "dynamodb:GetItem"))


# --- three answers to one statement ---------------------------------------------------------------

TABLE = "ControlTable"
INSERT = f"""INSERT INTO "{TABLE}" VALUE {{'pk': ?, 'sk': ?, 'it''s': ?}}"""
VALUES = (
    {"S": "é'?"},
    {"S": ""},
    {"N": "-3.5"},
    {"B": b"\x00\xff"},
    {"BOOL": True},
    {"NULL": True},
    {"L": [{"S": "x"}, {"N": "1"}]},
    {"M": {"note": {"S": "x"}}},
)


def asked(seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Calls whose statements meet on few keys."""
    chance, calls = random.Random(seed), list[tuple[str, dict[str, Any]]]()
    for size in [*(chance.randint(1, 3) for _ in range(60)), 25]:
        keys = chance.sample([(pk, str(sk)) for pk in "ab" for sk in range(40)], size)
        statements = [
            {"Statement": INSERT, "Parameters": [{"S": pk}, {"S": sk}, chance.choice(VALUES)]} for pk, sk in keys
        ]
        calls.append(("execute_statement", statements[0]))
        calls.append(("execute_transaction", {"TransactStatements": statements[-2:]}))
        calls.append(("batch_execute_statement", {"Statements": statements}))
    return calls


def answers(client: Any, seed: int) -> list[Any]:
    """What a client answers, and what is in the table afterwards."""
    found = [_alike(outcome(client, operation, parameters)) for operation, parameters in asked(seed)]
    items = client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
    return [*found, sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))]


def _alike(answer: Any) -> Any:
    """Of a cancelled transaction only that it was: the reason of a taken key is not documented."""
    return answer[:2] if answer[0] == "error" else answer


def created(client: Any) -> Any:
    keys: Any = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    types: Any = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    client.create_table(TableName=TABLE, KeySchema=keys, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    return client


@pytest.mark.parametrize("seed", range(3))
def test_a_statement_has_one_answer_on_the_local_cloud_the_simulator_and_moto(cloud: LocalCloud, seed: int) -> None:
    local = cloud.session(f"{100_000_000_000 + seed}").client("dynamodb")
    expected = answers(created(local), seed)
    local.delete_table(TableName=TABLE)
    with mock_aws(), partiql_moto.inserts():
        assert answers(created(boto3.client("dynamodb", "eu-west-1")), seed) == expected
    assert answers(World().direct("dynamodb"), seed) == expected
    refused = [answer[1] for answer in expected[:-1] if answer[0] == "error"]
    assert {"DuplicateItemException", "TransactionCanceledException"} == set(refused)
    assert len(expected[-1]) > 25
