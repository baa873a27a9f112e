"""Presigned forms and links, and which partner a client is, on S3 and DynamoDB in memory."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from tegemoet.adapters.clients import DynamoClients
from tegemoet.adapters.uploads import PRESIGNING, S3Forms, S3Links


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def s3() -> Any:
    return boto3.client("s3", config=PRESIGNING)


def test_a_form_is_for_one_key_one_size_and_one_batch_and_a_quarter_of_an_hour(aws: None) -> None:
    form = S3Forms(s3(), "inbox").form("in/mutuality/a.csv", 48_210, "20231201T090000Z-0123456789ab")
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert form.fields["key"] == "in/mutuality/a.csv"
    assert form.fields["x-amz-meta-batch"] == "20231201T090000Z-0123456789ab"
    conditions = policy["conditions"]
    assert {"key": "in/mutuality/a.csv"} in conditions
    assert {"bucket": "inbox"} in conditions
    assert {"x-amz-meta-batch": "20231201T090000Z-0123456789ab"} in conditions
    assert ["content-length-range", 48_210, 48_210] in conditions
    assert not [c for c in conditions if isinstance(c, list) and c[0] == "starts-with"]
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    made = datetime.strptime(form.fields["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    ends = datetime.fromisoformat(policy["expiration"])
    assert abs(ends - made - timedelta(minutes=15)) < timedelta(seconds=2)


def test_a_form_for_health_data_holds_whoever_fills_it_in_to_their_key(aws: None) -> None:
    form = S3Forms(s3(), "inbox", "arn:aws:kms:eu-west-1:111122223333:key/health").form("in/mutuality/a.jsonl", 1, "b")
    demanded = {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:111122223333:key/health",
    }
    assert demanded.items() <= form.fields.items()
    conditions = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    assert all({name: value} in conditions for name, value in demanded.items())
    plain = S3Forms(s3(), "inbox").form("in/mutuality/a.csv", 1, "b")
    assert not demanded.keys() & plain.fields.keys()


def test_forms_and_links_go_to_the_region_of_the_bucket(aws: None) -> None:
    """The global address answers with a redirection
    for a bucket that is new, which no form follows.
    """
    assert S3Forms(s3(), "inbox").form("k", 1, "b").url == "https://inbox.s3.eu-west-1.amazonaws.com/"
    assert urlsplit(S3Links(s3(), "output").link("out/k")).netloc == "output.s3.eu-west-1.amazonaws.com"


def test_a_link_reads_one_object_for_a_quarter_of_an_hour_as_a_file(aws: None) -> None:
    link = urlsplit(S3Links(s3(), "output").link("out/mutuality/scheme/batch/report.html"))
    query = parse_qs(link.query)
    assert link.path.endswith("/out/mutuality/scheme/batch/report.html")
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["response-content-disposition"] == ['attachment; filename="report.html"']


def test_a_client_is_the_partner_that_the_control_table_says(aws: None) -> None:
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="control",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    dynamodb.put_item(
        TableName="control",
        Item={"pk": {"S": "client#abc"}, "sk": {"S": "partner"}, "partner": {"S": "mutuality"}},
    )
    clients = DynamoClients(dynamodb, "control")
    assert clients.partner_of("abc") == "mutuality"
    assert clients.partner_of("abcd") is None
