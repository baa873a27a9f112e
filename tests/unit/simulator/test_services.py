"""The smaller services: keys, secrets, people, functions, workflows."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.simulator.errors import UnsupportedError
from local.simulator.workflows import Execution
from local.simulator.world import World


@pytest.fixture
def world() -> World:
    return World()


def test_a_code_is_verified_under_its_own_key_alone(world: World) -> None:
    client, key = world.client("kms"), world.environ["APPROVAL_KEY_ARN"]
    asked = {"KeyId": key, "Message": b"1,000 EUR", "MacAlgorithm": "HMAC_SHA_256"}
    mac = client.generate_mac(**asked)["Mac"]
    assert client.verify_mac(**asked, Mac=mac)["MacValid"] is True
    with pytest.raises(client.exceptions.KMSInvalidMacException):
        client.verify_mac(**asked | {"Message": b"9,000 EUR"}, Mac=mac)
    with pytest.raises(client.exceptions.InvalidKeyUsageException):
        client.generate_mac(**asked | {"KeyId": world.environ["INCOME_KEY_ARN"]})
    with pytest.raises(client.exceptions.NotFoundException):
        client.generate_mac(**asked | {"KeyId": "nothing"})
    client.generate_mac(**asked | {"Message": b"x" * 4096})
    with pytest.raises(ClientError, match="ValidationException"):
        client.generate_mac(**asked | {"Message": b"x" * 4097})


def test_a_data_key_is_opened_in_its_own_context_alone(world: World) -> None:
    client, key = world.client("kms"), world.environ["INCOME_KEY_ARN"]
    context = {"year": "2023", "delivery": "incomes-1"}
    made = client.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
    assert len(made["Plaintext"]) == 32
    assert made["Plaintext"] not in made["CiphertextBlob"]
    opened = {"KeyId": key, "CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": context}
    assert client.decrypt(**opened)["Plaintext"] == made["Plaintext"]
    for spoilt in ({"EncryptionContext": {**context, "year": "2024"}}, {"CiphertextBlob": b"other"}):
        with pytest.raises(client.exceptions.InvalidCiphertextException):
            client.decrypt(**opened | spoilt)
    with pytest.raises(client.exceptions.IncorrectKeyException):
        client.decrypt(**opened | {"KeyId": world.environ["EXCHANGE_KEY_ARN"]})
    other = client.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
    assert other["Plaintext"] != made["Plaintext"]


def test_a_secret_is_read_by_its_arn(world: World) -> None:
    client = world.client("secretsmanager")
    text = client.get_secret_value(SecretId=world.environ["PERSON_SECRET_ARN"])["SecretString"]
    assert json.loads(text)["current"] == "1"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId="nothing")


def test_people_are_found_by_subject_and_address_and_change_at_once(world: World) -> None:
    client, pool = world.client("cognito-idp"), {"UserPoolId": world.environ["USER_POOL_ID"]}
    world.people.page = 2
    for number in range(5):
        world.people.add(f"s{number}", f"Person {number}", "approver", "operator", "registrar")
    for name in ("s1", "s1@example.org"):
        assert client.admin_get_user(**pool, Username=name)["Username"] == "s1"
    users = [
        user["Username"]
        for page in client.get_paginator("list_users_in_group").paginate(**pool, GroupName="approver")
        for user in page["Users"]
    ]
    assert users == ["s0", "s1", "s2", "s3", "s4"]
    pages = list(client.get_paginator("admin_list_groups_for_user").paginate(**pool, Username="s1"))
    assert [[each["GroupName"] for each in page["Groups"]] for page in pages] == [
        ["approver", "operator"],
        ["registrar"],
    ]
    world.people.accounts["s1"].groups.clear()
    world.people.accounts["s1"].enabled = False
    assert client.admin_list_groups_for_user(**pool, Username="s1")["Groups"] == []
    assert client.admin_get_user(**pool, Username="s1")["Enabled"] is False
    client.admin_add_user_to_group(**pool, Username="s1", GroupName="reader")
    assert client.admin_list_groups_for_user(**pool, Username="s1")["Groups"] == [{"GroupName": "reader"}]
    client.admin_remove_user_from_group(**pool, Username="s1", GroupName="reader")
    assert world.people.accounts["s1"].groups == set()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.admin_add_user_to_group(**pool, Username="s1", GroupName="nothing")
    with pytest.raises(client.exceptions.UserNotFoundException):
        client.admin_get_user(**pool, Username="nobody")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_users_in_group(**pool, GroupName="nothing")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.admin_get_user(UserPoolId="other", Username="s1")


def test_a_function_answers_fails_or_is_not_there(world: World) -> None:
    def run(name: str, payload: bytes) -> bytes:
        if name not in ("SettleFunction", "ApproveFunction"):
            raise KeyError(name)
        return payload.upper() if name == "SettleFunction" else b"%d" % (1 // 0)

    world.functions.run = run
    client = world.client("lambda")
    assert client.invoke(FunctionName="SettleFunction", Payload=b'"a"')["Payload"].read() == b'"A"'
    failed = client.invoke(FunctionName="ApproveFunction", Payload=b"{}")
    assert failed["FunctionError"] == "Unhandled"
    assert json.loads(failed["Payload"].read())["errorType"] == "ZeroDivisionError"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="nothing", Payload=b"{}")
    with pytest.raises(client.exceptions.RequestTooLargeException):
        client.invoke(FunctionName="SettleFunction", Payload=b"x" * ((6 << 20) + 1))


def test_an_execution_is_started_once_by_its_name(world: World) -> None:
    client, started = world.client("stepfunctions"), list[Execution]()
    world.workflows.started = started.append
    asked: dict[str, Any] = {"stateMachineArn": world.environ["PHASE_WORKFLOW_ARN"], "name": "2023-1-a", "input": "{}"}
    arn = client.start_execution(**asked)["executionArn"]
    assert client.start_execution(**asked)["executionArn"] == arn  # the same request, while it runs
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(**asked | {"input": '{"other":1}'})
    world.workflows.end(world.workflows.executions[arn], "SUCCEEDED")
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(**asked)
    world.clock.advance(timedelta(days=90))
    client.start_execution(**asked)
    assert [each.name for each in started] == ["2023-1-a", "2023-1-a"]
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.start_execution(**asked | {"stateMachineArn": "nothing"})
    with pytest.raises(client.exceptions.InvalidName):
        client.start_execution(**asked | {"name": "a b"})


def test_a_failed_execution_is_resumed_for_two_weeks(world: World) -> None:
    client, resumed = world.client("stepfunctions"), list[Execution]()
    world.workflows.redriven = resumed.append
    machine = world.environ["PHASE_WORKFLOW_ARN"]
    arn = client.start_execution(stateMachineArn=machine, name="a", input="{}")["executionArn"]
    execution = world.workflows.executions[arn]
    with pytest.raises(client.exceptions.ExecutionNotRedrivable):
        client.redrive_execution(executionArn=arn)
    world.workflows.end(execution, "FAILED")
    world.clock.advance(timedelta(days=14))
    client.redrive_execution(executionArn=arn)
    assert (resumed, execution.state, execution.redrives) == ([execution], "RUNNING", 1)
    world.workflows.end(execution, "FAILED")
    world.clock.advance(timedelta(days=14, seconds=1))
    with pytest.raises(client.exceptions.ExecutionNotRedrivable):
        client.redrive_execution(executionArn=arn)
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.redrive_execution(executionArn="nothing")


def test_a_waiting_task_is_answered_once(world: World) -> None:
    client, answers = world.client("stepfunctions"), list[tuple[str, str]]()
    world.workflows.answered = lambda token, output: answers.append((token, output))
    for token in ("one", "late"):
        world.workflows.wait(token)
    client.send_task_success(taskToken="one", output="{}")
    world.workflows.expire("late")
    for token in ("one", "late"):
        with pytest.raises(client.exceptions.TaskTimedOut):
            client.send_task_success(taskToken=token, output="{}")
    with pytest.raises(client.exceptions.TaskDoesNotExist):
        client.send_task_success(taskToken="nothing", output="{}")
    assert answers == [("one", "{}")]


def test_a_service_or_a_paginator_that_the_double_does_not_know_is_no_guess(world: World) -> None:
    with pytest.raises(UnsupportedError):
        world.client("sqs")
    with pytest.raises(UnsupportedError):
        world.client("dynamodb").get_paginator("list_tables")
    with pytest.raises(AttributeError):
        world.client("dynamodb").exceptions.SomethingException  # noqa: B018
