"""Direct drops as deployed, by a role that may write below `in/`, under every encryption."""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud.local_cloud import LocalCloud
from local.cloud.session import LocalSession
from local.cloud.settings import key_arn
from local.cloud.stack import Stack
from tegemoet.adapters.batches import DynamoBatches

ROWS = b"riziv_number;status;from;until\n"
SENDERS_KEY = base64.b64encode(b"k" * 32).decode()
SENDERS_DIGEST = base64.b64encode(hashlib.md5(b"k" * 32, usedforsecurity=False).digest()).decode()
OF_THE_SENDER = {
    "SSECustomerAlgorithm": "AES256",
    "SSECustomerKey": SENDERS_KEY,
    "SSECustomerKeyMD5": SENDERS_DIGEST,
}


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> Stack:
    deployed = cloud.deploy()
    deployed.admit("riziv")
    return deployed


@pytest.fixture(scope="module")
def sender(stack: Stack) -> Any:
    """A client of S3 with the rights of a partner that drops by itself (docs/how-to/deploy.md)."""
    iam, name = stack.session.client("iam"), f"dropper-{uuid.uuid4().hex[:6]}"
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    places = [f"arn:aws:s3:::{stack.outputs[bucket]}/in/riziv/*" for bucket in ("InboxBucket", "FlowBucket")]
    rights = {"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": places}]}
    iam.put_role_policy(RoleName=name, PolicyName="drop", PolicyDocument=json.dumps(rights))
    given = stack.session.client("sts").assume_role(RoleArn=role, RoleSessionName="drop")["Credentials"]
    session = LocalSession(stack.url, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return session.client("s3")


def rows(bucket: str) -> str:
    scheme = {
        "InboxBucket": "convention-premium/2023/conventions",
        "FlowBucket": "increased-reimbursement/2020/entitled",
    }
    return f"in/riziv/{scheme[bucket]}/{uuid.uuid4().hex[:8]}x.csv"


def refused(send: Callable[[], object]) -> bool:
    try:
        send()
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


@pytest.mark.parametrize(("bucket", "key"), [("InboxBucket", "IdentityKey"), ("FlowBucket", "FlowKey")])
def test_rows_under_our_key_or_none_that_is_named_are_taken(stack: Stack, sender: Any, bucket: str, key: str) -> None:
    ours: dict[str, Any] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_arn(stack, f"{key}.Arn")}
    for encryption in ({}, ours):
        sender.put_object(Bucket=stack.outputs[bucket], Key=rows(bucket), Body=ROWS, **encryption)


@pytest.mark.parametrize("bucket", ["InboxBucket", "FlowBucket"])
@pytest.mark.parametrize("key", ["HealthKey", "DataKey", None])
def test_rows_under_another_encryption_are_refused(stack: Stack, sender: Any, bucket: str, key: str | None) -> None:
    foreign = stack.session.client("kms").create_key()["KeyMetadata"]["Arn"]
    others: list[dict[str, Any]] = (
        [{"ServerSideEncryption": "AES256"}, OF_THE_SENDER, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": foreign}]
        if key is None
        else [{"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_arn(stack, f"{key}.Arn")}]
    )
    for encryption in others:
        where = {"Bucket": stack.outputs[bucket], "Key": rows(bucket)}
        assert refused(lambda w=where, e=encryption: sender.put_object(**w, Body=ROWS, **e)), encryption  # type: ignore[misc]
        if encryption is not OF_THE_SENDER:
            assert refused(lambda w=where, e=encryption: sender.create_multipart_upload(**w, **e)), encryption  # type: ignore[misc]


def test_cases_are_taken_under_the_health_key_alone(stack: Stack, sender: Any) -> None:
    def send(**encryption: str) -> None:
        key = f"in/riziv/maternity-rest/cases/{uuid.uuid4().hex[:8]}x.jsonl"
        sender.put_object(Bucket=stack.outputs["InboxBucket"], Key=key, Body=b"{}\n", **encryption)

    send(ServerSideEncryption="aws:kms", SSEKMSKeyId=stack.outputs["HealthKey"])
    identity = key_arn(stack, "IdentityKey.Arn")
    for encryption in (
        {},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": identity},
    ):
        assert refused(lambda e=encryption: send(**e)), encryption  # type: ignore[misc]


def test_what_s3_lets_through_is_refused_by_the_intake(stack: Stack) -> None:
    """As root, whom no policy of a bucket holds on the local cloud."""
    s3, batches = (
        stack.session.client("s3"),
        DynamoBatches(stack.session.client("dynamodb"), stack.outputs["ControlTable"]),
    )
    health: dict[str, Any] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": stack.outputs["HealthKey"]}
    plain: dict[str, Any] = {"ServerSideEncryption": "AES256"}
    drops: dict[str, dict[str, Any]] = {
        rows("InboxBucket"): plain,
        f"in/riziv/maternity-rest/cases/{uuid.uuid4().hex[:8]}x.jsonl": {},
        rows("InboxBucket"): health,
    }
    for key, encryption in drops.items():
        s3.put_object(Bucket=stack.outputs["InboxBucket"], Key=key, Body=ROWS, **encryption)
    deadline = time.monotonic() + 60
    while True:
        found = {b.key: b for b in batches.of_partner("riziv", 100, None)[0] if b.key in drops}
        if len(found) == len(drops) and all(b.state != "loading" for b in found.values()):
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert {b.detail.refusal and b.detail.refusal.code for b in found.values()} == {"encryption-not-ours"}
