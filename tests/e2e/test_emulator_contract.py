"""What the local cloud must do as AWS does, because the
product relies on it; one test for each such thing.

When the emulator is upgraded, these say what changed before a test of the product fails for a
reason nobody can see. Tests named `…_is_not_…` hold a known difference: when one fails, the
emulator got better and a workaround can go.
"""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.cloud.deployment import DeploymentError
from local.cloud.local_cloud import LocalCloud
from local.cloud.stack import Stack

Eventually = Callable[..., Any]
TEMPLATE = Path(__file__).parent / "contract" / "template.yaml"
PASSWORD = "Correct-horse-7"
PATIENT = 120
"""Seconds to wait for what happens by itself, also on a machine that is busy."""


@pytest.fixture(scope="module")
def session(cloud: LocalCloud) -> boto3.Session:
    return cloud.session()


@pytest.fixture
def unique() -> str:
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def call(method: str, url: str, body: bytes | None = None, **headers: str) -> Answer:
    request = urllib.request.Request(url, body, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, dict(refused.headers), refused.read())


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"]


def invoke(session: boto3.Session, contract: Stack, function: str, **event: Any) -> Any:
    answer = session.client("lambda").invoke(FunctionName=contract.physical_id(function), Payload=json.dumps(event))
    return json.load(answer["Payload"])


def note(session: boto3.Session, contract: Stack, key: str) -> Any:
    table = session.resource("dynamodb").Table(contract.outputs["Notes"])
    return table.get_item(Key={"pk": key}, ConsistentRead=True).get("Item")


def execute(session: boto3.Session, machine: str, eventually: Eventually, **given: Any) -> Any:
    states = session.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]

    def ended() -> Any:
        seen = states.describe_execution(executionArn=execution)
        return seen if seen["status"] != "RUNNING" else None

    return eventually(ended, seconds=30)


# Deployment


def test_template_is_transformed_and_deployed(contract: Stack) -> None:
    assert contract.resources["Work"][0] == "AWS::Lambda::Function"
    assert contract.resources["WorkRole"][0] == "AWS::IAM::Role"
    assert contract.api_url.endswith("/live")


def test_deploying_the_same_again_changes_nothing(cloud: LocalCloud, contract: Stack) -> None:
    before = dict(contract.resources)
    assert cloud.deploy(TEMPLATE, "contract").resources == before


def test_parameters_that_break_a_rule_of_the_template_are_refused(cloud: LocalCloud) -> None:
    with pytest.raises(DeploymentError, match="FactsYears is longer than RecordsYears"):
        cloud.deploy(name="contradicting", FactsYears="10", RecordsYears="5")
    with pytest.raises(ClientError, match="does not exist"):
        cloud.session().client("cloudformation").describe_stacks(StackName="contradicting")


def test_failed_deployment_names_resource_and_reason(cloud: LocalCloud, tmp_path: Any) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Archive: {Type: 'AWS::Events::Archive', Properties: {SourceArn: nothing}}}")
    with pytest.raises(DeploymentError, match="Archive"):
        cloud.deploy(template, "refused")


# Functions


def test_function_sees_its_layer_and_nothing_of_the_emulator(session: boto3.Session, contract: Stack) -> None:
    seen = invoke(session, contract, "Work", do="environment")
    assert seen["words"] == "from the layer"
    assert seen["environment"]["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert not {"GATEWAY_PORT", "SFN_WAIT_SCALE", "LAMBDA_PYTHON", "PYTHONHOME"} & set(seen["environment"])


def test_exception_keeps_its_name_and_the_worker_lives_on(session: boto3.Session, contract: Stack) -> None:
    failed = invoke(session, contract, "Hold", run="nobody", token="none")
    assert failed["errorType"] == "NobodyToAsk"
    assert "NobodyToAsk" in "".join(failed["stackTrace"])
    began = time.monotonic()
    invoke(session, contract, "Hold", run="nobody", token="none")
    assert time.monotonic() - began < 0.3  # not a cold start


def test_logs_can_be_read(session: boto3.Session, contract: Stack, eventually: Eventually) -> None:
    invoke(session, contract, "Work", do="environment")
    assert eventually(lambda: [line for line in contract.logs("Work") if line == "work environment"])


def test_function_without_the_permission_is_refused(session: boto3.Session, contract: Stack) -> None:
    refused = invoke(session, contract, "Work", do="forbidden")
    assert refused["code"] == "AccessDeniedException"
    assert "dynamodb:DeleteItem" in refused["message"]


@pytest.mark.parametrize(
    ("key", "code"),
    [("flows/2020/keys/incomes-1", "allowed"), ("flows/2020/codes/1", "AccessDenied"), ("in/keys/x", "AccessDenied")],
)
def test_a_right_below_two_wildcards_holds_there_and_nowhere_else(
    session: boto3.Session, contract: Stack, key: str, code: str
) -> None:
    assert invoke(session, contract, "Work", do="put", key=key)["code"].removesuffix("Exception") == code


def test_a_function_makes_and_reads_a_data_key_under_the_key_that_it_may_use(
    session: boto3.Session, contract: Stack
) -> None:
    assert invoke(session, contract, "Work", do="data_key") == {"same": True, "bytes": 32}
    other = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert invoke(session, contract, "Work", do="foreign_key", key=other)["code"] == "AccessDeniedException"


def test_the_principal_of_a_condition_is_not_the_role_but_its_session(session: boto3.Session, contract: Stack) -> None:
    # AWS compares aws:PrincipalArn with the ARN of the role, and would answer "allowed".
    guarded = contract.outputs["Guarded"]
    assert invoke(session, contract, "Work", do="foreign_key", key=guarded)["code"] == "AccessDeniedException"


# KMS


def test_a_data_key_is_read_again_in_the_context_that_it_was_made_in_and_in_no_other(
    session: boto3.Session, contract: Stack
) -> None:
    kms, key = session.client("kms"), contract.outputs["Key"]
    context = {"year": "2020", "delivery": "incomes-1"}
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
    assert len(made["Plaintext"]) == 32
    assert made["Plaintext"] not in made["CiphertextBlob"]
    read = kms.decrypt(KeyId=key, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)
    assert read["Plaintext"] == made["Plaintext"]
    for other in ({"year": "2020", "delivery": "incomes-2"}, {"year": "2020"}, {}):
        with pytest.raises(ClientError) as refused:
            kms.decrypt(KeyId=key, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=other)
        assert code_of(refused) == "InvalidCiphertextException"


# S3, EventBridge, SQS


def test_many_objects_deleted_at_once_leave_nothing_in_a_bucket_without_versions(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    s3, bucket = session.client("s3"), contract.outputs["Sealed"]
    keys = [f"{unique}/{n}" for n in range(3)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"sealed")
    doomed: Any = {"Objects": [{"Key": key} for key in [*keys[:2], f"{unique}/gone"]], "Quiet": True}
    answer: Any = s3.delete_objects(Bucket=bucket, Delete=doomed)
    assert "Errors" not in answer
    left: Any = s3.list_object_versions(Bucket=bucket, Prefix=unique)
    assert [(found["Key"], found["VersionId"]) for found in left["Versions"]] == [(keys[2], "null")]
    assert "DeleteMarkers" not in left
    head: Any = s3.head_object(Bucket=bucket, Key=keys[2])
    assert "VersionId" not in head


def test_a_rule_by_the_clock_is_kept_with_its_target(session: boto3.Session, contract: Stack) -> None:
    events, name = session.client("events"), contract.physical_id("DailyRule")
    assert events.describe_rule(Name=name)["ScheduleExpression"] == "cron(0 3 * * ? *)"
    [target] = events.list_targets_by_rule(Rule=name)["Targets"]
    assert target["Arn"].endswith(f":function:{contract.physical_id('Work')}")


def test_object_reaches_the_function_through_eventbridge_and_sqs(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    key = f"in/partner/{unique}.csv"
    session.client("s3").put_object(Bucket=contract.outputs["Drops"], Key=key, Body=b"a;b\n")
    detail = json.loads(eventually(lambda: note(session, contract, f"object#{key}"))["detail"])
    assert detail["bucket"]["name"] == contract.outputs["Drops"]
    assert detail["object"]["size"] == 4
    assert detail["object"]["sequencer"]
    assert detail["object"]["etag"]


def test_only_the_failed_message_of_a_batch_goes_to_the_dead_letters(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    s3, sqs = session.client("s3"), session.client("sqs")
    for name in (f"refuse-{unique}", f"take-{unique}"):
        s3.put_object(Bucket=contract.outputs["Drops"], Key=f"in/{name}", Body=b"")
    eventually(lambda: note(session, contract, f"object#in/take-{unique}"), seconds=PATIENT)

    def dead() -> list[str]:
        """Our messages among the next ones; what is received stays hidden for a while."""
        queue: dict[str, Any] = {"QueueUrl": contract.outputs["ArrivedDead"], "MaxNumberOfMessages": 10}
        bodies = [message["Body"] for message in sqs.receive_message(**queue).get("Messages", [])]
        return [body for body in bodies if unique in body]

    found = eventually(dead, seconds=PATIENT)
    while more := dead():
        found += more
    (body,) = found
    assert f"refuse-{unique}" in body


def test_published_event_reaches_the_queue(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    entry = {"Source": "tegemoet", "DetailType": "run.waiting", "Detail": json.dumps({"run": unique})}
    other = {**entry, "DetailType": "run.ignored"}
    bus = contract.physical_id("Bus")
    answer = session.client("events").put_events(
        Entries=[{**entry, "EventBusName": bus}, {**other, "EventBusName": bus}]  # type: ignore[typeddict-item]
    )
    assert answer["FailedEntryCount"] == 0
    sqs = session.client("sqs")
    (message,) = eventually(
        lambda: sqs.receive_message(QueueUrl=contract.outputs["Published"], WaitTimeSeconds=1).get("Messages", [])
    )
    assert json.loads(message["Body"])["detail"] == {"run": unique}
    assert json.loads(message["Body"])["detail-type"] == "run.waiting"


def test_put_if_none_match_writes_once(session: boto3.Session, contract: Stack, unique: str) -> None:
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Drops"], "Key": f"out/{unique}"}
    s3.put_object(**where, Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as refused:
        s3.put_object(**where, Body=b"second", IfNoneMatch="*")
    assert code_of(refused) == "PreconditionFailed"
    assert s3.get_object(**where)["Body"].read() == b"first"


def test_multipart_upload_becomes_one_object_and_can_be_conditional(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Drops"], "Key": f"out/{unique}"}
    for conditional in (False, True):
        upload = s3.create_multipart_upload(**where, ContentType="text/csv")["UploadId"]
        parts = [
            {
                "PartNumber": number,
                "ETag": s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)["ETag"],
            }
            for number, body in ((1, b"x" * (5 << 20)), (2, b"end"))
        ]
        finish: dict[str, Any] = {**where, "UploadId": upload, "MultipartUpload": {"Parts": parts}}
        if conditional:
            with pytest.raises(ClientError) as refused:
                s3.complete_multipart_upload(**finish, IfNoneMatch="*")
            assert code_of(refused) == "PreconditionFailed"
            s3.abort_multipart_upload(**where, UploadId=upload)
        else:
            s3.complete_multipart_upload(**finish)
    assert s3.head_object(**where)["ContentLength"] == (5 << 20) + 3
    assert s3.get_object(**where, Range="bytes=5242879-")["Body"].read() == b"xend"


def test_size_of_parts_is_not_checked(session: boto3.Session, contract: Stack, unique: str) -> None:
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Drops"], "Key": f"out/{unique}"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    etags = [s3.upload_part(**where, UploadId=upload, PartNumber=n, Body=b"small")["ETag"] for n in (1, 2)]
    # AWS: EntityTooSmall, for every part but the last below 5 MiB.
    s3.complete_multipart_upload(
        **where,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]},
    )


@pytest.mark.parametrize(
    ("change", "body", "status", "code"),
    [
        ({}, b"a;b\n", 204, ""),
        ({"key": "in/other/x.csv"}, b"a;b\n", 403, "AccessDenied"),
        ({}, b"x" * 101, 400, "EntityTooLarge"),
        ({}, b"", 400, "EntityTooSmall"),
        ({"x-amz-signature": "0" * 64}, b"a;b\n", 403, "SignatureDoesNotMatch"),
        ({"x-amz-meta-extra": "1"}, b"a;b\n", 403, "AccessDenied"),
    ],
)
def test_presigned_post_holds_to_its_policy(
    session: boto3.Session, contract: Stack, unique: str, change: dict[str, str], body: bytes, status: int, code: str
) -> None:
    # Without s3v4 boto3 still signs forms the old way,
    # which AWS refuses for an object under a KMS key.
    form = session.client("s3", config=Config(signature_version="s3v4")).generate_presigned_post(
        contract.outputs["Drops"],
        f"up/partner/{unique}.csv",
        Conditions=[["content-length-range", 1, 100]],
        ExpiresIn=900,
    )
    boundary = uuid.uuid4().hex
    fields = {**form["fields"], **change}
    content = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    content += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    content += body + f"\r\n--{boundary}--\r\n".encode()
    answer = call("POST", form["url"], content, Content_Type=f"multipart/form-data; boundary={boundary}")
    assert (answer.status, code in answer.body.decode()) == (status, True)


# DynamoDB


def test_conditional_put_writes_once_and_shows_what_is_there(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    dynamodb = session.client("dynamodb")
    put: Any = {
        "TableName": contract.outputs["Ledger"],
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    dynamodb.put_item(Item={"pk": {"S": unique}, "sk": {"S": "1"}, "run": {"S": "first"}}, **put)
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(Item={"pk": {"S": unique}, "sk": {"S": "1"}, "run": {"S": "second"}}, **put)
    assert code_of(refused) == "ConditionalCheckFailedException"
    assert refused.value.response["Item"]["run"] == {"S": "first"}  # type: ignore[typeddict-item]


def test_transaction_is_cancelled_whole_with_a_reason_for_each_item(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    dynamodb, table = session.client("dynamodb"), contract.outputs["Ledger"]

    def put(key: str, run: str) -> Any:
        item = {"pk": {"S": f"{unique}{key}"}, "sk": {"S": "1"}, "run": {"S": run}}
        return {
            "Put": {
                "TableName": table,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    dynamodb.transact_write_items(TransactItems=[put("claim", "first")])
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=[put("entry", "second"), put("claim", "second")])
    assert code_of(refused) == "TransactionCanceledException"
    response: Any = refused.value.response
    reasons = response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["run"] == {"S": "first"}
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": f"{unique}entry"}, "sk": {"S": "1"}})


def test_same_client_request_token_writes_once(session: boto3.Session, contract: Stack, unique: str) -> None:
    dynamodb, table = session.client("dynamodb"), contract.outputs["Ledger"]
    item = {"pk": {"S": unique}, "sk": {"S": "token"}}
    put: Any = {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken=unique)
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken=unique)


def test_stream_calls_the_function_for_changes_only(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    table = session.resource("dynamodb").Table(contract.outputs["Ledger"])
    for run in ("first", "second"):
        table.put_item(Item={"pk": unique, "sk": "1", "run": run})
    eventually(lambda: note(session, contract, f"change#{unique}#MODIFY"))
    table.delete_item(Key={"pk": unique, "sk": "1"})
    eventually(lambda: note(session, contract, f"change#{unique}#REMOVE"))
    assert note(session, contract, f"change#{unique}#INSERT") is None


# Step Functions


def test_inline_map_runs_tasks_at_once_but_no_more_than_allowed(
    session: boto3.Session, contract: Stack, eventually: Eventually
) -> None:
    run = execute(session, contract.outputs["Shards"], eventually, do="sleep", seconds=0.5, items=list(range(8)))
    assert run["status"] == "SUCCEEDED"
    results = [shard["result"] for shard in json.loads(run["output"])["results"]]
    assert [result["item"] for result in results] == list(range(8))
    at_once = max(sum(r["began"] <= moment["began"] < r["ended"] for r in results) for moment in results)
    assert 2 <= at_once <= 4  # MaxConcurrency is 4


def test_map_retries_and_catches_by_error_name(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    run = execute(session, contract.outputs["Shards"], eventually, do="some", seconds=0, items=[0, 1, 2])
    assert run["status"] == "SUCCEEDED", run
    slept, retried, broken = json.loads(run["output"])["results"]
    assert slept["result"]["item"] == 0
    assert retried["result"] == {"item": 1, "attempts": 3}
    assert broken["broken"] == 2
    assert json.loads(broken["cause"])["errorType"] == "ShardBroken"


def test_empty_map_succeeds(session: boto3.Session, contract: Stack, eventually: Eventually) -> None:
    run = execute(session, contract.outputs["Shards"], eventually, do="sleep", seconds=0, items=[])
    assert json.loads(run["output"])["results"] == []


def test_task_token_waits_for_the_answer(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    states = session.client("stepfunctions")
    execution = states.start_execution(
        stateMachineArn=contract.outputs["Approval"], input=json.dumps({"run": unique, "patience": 2_592_000})
    )["executionArn"]
    token = eventually(lambda: note(session, contract, f"token#{unique}"))["token"]
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    states.send_task_success(taskToken=token, output=json.dumps({"approve": True}))
    # A day's Wait follows: skipped, because this cloud runs at wait_scale 0.
    eventually(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    output = json.loads(states.describe_execution(executionArn=execution)["output"])
    assert output == {"outcome": "answered", "answer": {"approve": True}}
    with pytest.raises(ClientError) as refused:
        states.send_task_success(taskToken=token, output="{}")
    assert code_of(refused) in ("TaskTimedOut", "InvalidToken", "TaskDoesNotExist")


def test_a_function_that_may_answer_a_state_machine_is_told_when_the_task_is_gone(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    states = session.client("stepfunctions")
    execution = states.start_execution(
        stateMachineArn=contract.outputs["Approval"], input=json.dumps({"run": unique, "patience": 2_592_000})
    )["executionArn"]
    token = eventually(lambda: note(session, contract, f"token#{unique}"))["token"]
    assert invoke(session, contract, "Work", do="answer", token=token) == {"code": "allowed"}
    eventually(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    again = invoke(session, contract, "Work", do="answer", token=token)
    assert again["code"] in ("TaskTimedOut", "InvalidToken", "TaskDoesNotExist")


def test_task_token_expires_after_the_seconds_of_the_input(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    began = time.monotonic()
    run = execute(session, contract.outputs["Approval"], eventually, run=unique, patience=1)
    assert json.loads(run["output"]) == {"outcome": "expired"}
    assert time.monotonic() - began >= 1  # wait_scale does not shorten it


def test_expiry_can_be_sent(session: boto3.Session, contract: Stack, unique: str, eventually: Eventually) -> None:
    """How a test makes thirty days pass: the answer that Step Functions would give itself."""
    states = session.client("stepfunctions")
    execution = states.start_execution(
        stateMachineArn=contract.outputs["Approval"], input=json.dumps({"run": unique, "patience": 2_592_000})
    )["executionArn"]
    token = eventually(lambda: note(session, contract, f"token#{unique}"))["token"]
    states.send_task_failure(taskToken=token, error="States.Timeout")
    eventually(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    assert json.loads(states.describe_execution(executionArn=execution)["output"]) == {"outcome": "expired"}


def test_failure_of_the_function_that_takes_the_token_is_caught(
    session: boto3.Session, contract: Stack, unique: str, eventually: Eventually
) -> None:
    run = execute(session, contract.outputs["Approval"], eventually, run=f"nobody{unique}", patience=60)
    assert json.loads(run["output"]) == {"outcome": "nobody"}


def test_execution_name_is_taken_once(session: boto3.Session, contract: Stack, unique: str) -> None:
    states = session.client("stepfunctions")
    start: Any = {"stateMachineArn": contract.outputs["Shards"], "name": unique}
    states.start_execution(**start, input='{"do": "sleep", "seconds": 0, "items": []}')
    with pytest.raises(ClientError) as refused:
        states.start_execution(**start, input='{"do": "sleep", "seconds": 1, "items": []}')
    assert code_of(refused) == "ExecutionAlreadyExists"


# API and identity


def test_authorizer_lets_in_and_its_context_reaches_the_handler(contract: Stack) -> None:
    answer = call(
        "POST",
        f"{contract.api_url}/v1/a/b?x=1&x=2",
        b'{"a": 1}',
        Authorization="allow partner-one",
        Idempotency_Key="k1",
    )
    assert answer.status == 201
    assert answer.headers["Content-Type"] == "application/problem+json"
    seen = answer.json()
    assert seen["authorizer"]["partner"] == "partner-one"
    assert seen["authorizer"]["principalId"] == "partner-one"
    assert str(seen["authorizer"]["number"]) == "3"
    assert (seen["method"], seen["path"], seen["resource"]) == ("POST", "/v1/a/b", "/v1/{proxy+}")
    assert seen["query"] == {"x": ["1", "2"]}
    assert (seen["idempotency"], seen["body"]) == ("k1", '{"a": 1}')


@pytest.mark.parametrize(("token", "status"), [("allow x", 201), ("deny x", 403), ("nonsense", 401), (None, 401)])
def test_authorizer_decides(contract: Stack, token: str | None, status: int) -> None:
    url = f"{contract.api_url}/v1/things/7"
    answer = call("GET", url, Authorization=token) if token else call("GET", url)
    assert answer.status == status


def test_gateway_response_is_not_applied(contract: Stack) -> None:
    # AWS answers in the form the template gives it; so a
    # test of the template has to look after that form.
    answer = call("GET", f"{contract.api_url}/v1/things/7", Authorization="nonsense")
    assert answer.headers["Content-Type"] == "application/json"


def test_method_that_is_not_in_the_template_is_refused(contract: Stack) -> None:
    assert call("DELETE", f"{contract.api_url}/v1/things/7", Authorization="allow x").status in (403, 404)


def keys_of(session: boto3.Session, contract: Stack) -> jwt.PyJWKClient:
    """The pool's keys, at the address of the service's
    own endpoint: the same expression on AWS and here.
    """
    endpoint = session.client("cognito-idp").meta.endpoint_url
    return jwt.PyJWKClient(f"{endpoint}/{contract.outputs['Pool']}/.well-known/jwks.json")


def issuer_of(contract: Stack) -> str:
    return f"https://cognito-idp.eu-west-1.amazonaws.com/{contract.outputs['Pool']}"


def test_token_of_a_person_names_its_groups_and_is_signed(session: boto3.Session, contract: Stack, unique: str) -> None:
    name = f"{unique}@example.org"
    sub, cognito = contract.create_user(name, PASSWORD, email=name), session.client("cognito-idp")
    for group in ("operators", "approvers"):
        cognito.admin_add_user_to_group(UserPoolId=contract.outputs["Pool"], Username=sub, GroupName=group)
    tokens = contract.user_tokens(name, PASSWORD, contract.outputs["Console"])
    token = tokens["IdToken"]
    key = keys_of(session, contract).get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token, key, algorithms=["RS256"], audience=contract.outputs["Console"], issuer=issuer_of(contract)
    )
    assert (claims["token_use"], claims["sub"]) == ("id", sub)
    assert sorted(claims["cognito:groups"]) == ["approvers", "operators"]
    access = tokens["AccessToken"]
    key = keys_of(session, contract).get_signing_key_from_jwt(access)
    claims = jwt.decode(access, key, algorithms=["RS256"], issuer=issuer_of(contract))
    assert (claims["token_use"], claims["client_id"]) == ("access", contract.outputs["Console"])
    assert sorted(claims["cognito:groups"]) == ["approvers", "operators"]
    assert "aud" not in claims


def test_token_of_a_partner_names_its_client_and_scopes(session: boto3.Session, contract: Stack) -> None:
    client = contract.outputs["Partner"]
    token = contract.client_token(client)
    key = keys_of(session, contract).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], issuer=issuer_of(contract))
    assert (claims["token_use"], claims["client_id"], claims["sub"]) == ("access", client, client)
    assert claims["scope"] == "tegemoet/partner"
    assert not {"aud", "username", "cognito:groups"} & set(claims)


def test_partner_gets_no_token_for_a_wrong_secret_or_scope(contract: Stack) -> None:
    client, _ = contract.create_client("another", "tegemoet/partner")
    with pytest.raises(PermissionError, match="invalid_client"):
        contract.client_token(client, "wrong")
    with pytest.raises(PermissionError, match="invalid_scope"):
        contract.client_token(client, scopes=["tegemoet/other"])


# Keys and secrets


def test_encryption_with_a_key_is_accepted(session: boto3.Session, contract: Stack, unique: str) -> None:
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Drops"], "Key": f"out/{unique}"}
    key = contract.physical_id("Key")
    s3.put_object(**where, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    assert s3.get_object(**where)["ServerSideEncryption"] == "aws:kms"


def test_the_encryption_of_a_bucket_is_applied_by_a_call_and_seen_on_an_object(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    """The emulator drops it from a template; `local/cloud/settings.py` gives it back."""
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Drops"], "Key": f"out/{unique}"}
    key = session.client("kms").describe_key(KeyId=contract.physical_id("Key"))["KeyMetadata"]["Arn"]
    s3.put_object(**where, Body=b"x")
    assert s3.head_object(**where)["SSEKMSKeyId"] == key
    s3.put_object(**where, Body=b"x", ServerSideEncryption="AES256")
    assert "SSEKMSKeyId" not in s3.head_object(**where)


def test_the_lock_of_a_bucket_is_applied_by_a_call_and_keeps_each_version(
    session: boto3.Session, contract: Stack, unique: str
) -> None:
    """The emulator drops it from a template too. A delete without a version only puts a marker."""
    s3 = session.client("s3")
    where: dict[str, Any] = {"Bucket": contract.outputs["Locked"], "Key": unique}
    configuration = s3.get_object_lock_configuration(Bucket=where["Bucket"])["ObjectLockConfiguration"]
    assert configuration["Rule"] == {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    version = s3.put_object(**where, Body=b"x")["VersionId"]
    with pytest.raises(ClientError) as refused:
        s3.delete_object(**where, VersionId=version)
    assert code_of(refused) == "AccessDenied"
    assert s3.delete_object(**where)["DeleteMarker"] is True
    assert s3.get_object(**where, VersionId=version)["Body"].read() == b"x"


def test_settings_that_are_accepted_and_are_not_applied(session: boto3.Session, contract: Stack) -> None:
    dynamodb, table = session.client("dynamodb"), contract.outputs["Notes"]
    assert dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    assert "SSEDescription" not in dynamodb.describe_table(TableName=table)["Table"]


def test_secrets_are_kept(session: boto3.Session, unique: str) -> None:
    secrets = session.client("secretsmanager")
    secrets.create_secret(Name=unique, SecretString="s")
    assert secrets.get_secret_value(SecretId=unique)["SecretString"] == "s"
