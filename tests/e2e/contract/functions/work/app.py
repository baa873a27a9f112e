"""Does what its event asks for, so that one function shows all the ways a task can go."""

import os
import time

import boto3
from botocore.exceptions import ClientError
from greeting import WORDS

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


class ShardBusy(Exception):
    """Worth another try."""


class ShardBroken(Exception):
    """Not worth another try."""


def handler(event, context):
    print(f"work {event['do']}")
    return globals()[event["do"]](event)


def environment(event):
    return {
        "words": WORDS,
        "environment": dict(os.environ),
        "boto3": boto3.__version__,
    }


def sleep(event):
    began = time.time()
    time.sleep(event["seconds"])
    return {"item": event.get("item"), "began": began, "ended": time.time()}


def busy_twice(event):
    attempts = table.update_item(
        Key={"pk": f"attempts#{event['item']}"},
        UpdateExpression="ADD attempts :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )["Attributes"]["attempts"]
    if attempts < 3:
        raise ShardBusy(f"attempt {attempts}")
    return {"item": event["item"], "attempts": int(attempts)}


def broken(event):
    raise ShardBroken("always")


def some(event):
    """Item 0 sleeps, 1 is busy twice, 2 is broken."""
    return (sleep, busy_twice, broken)[event["item"] % 3](event)


def forbidden(event):
    return tried(
        lambda: boto3.client("dynamodb").delete_item(TableName=os.environ["TABLE"], Key={"pk": {"S": "nothing"}})
    )


def put(event):
    return tried(lambda: boto3.client("s3").put_object(Bucket=os.environ["SEALED"], Key=event["key"], Body=b""))


def data_key(event):
    kms, context = boto3.client("kms"), {"year": "2020"}
    made = kms.generate_data_key(KeyId=os.environ["KEY"], KeySpec="AES_256", EncryptionContext=context)
    known = kms.decrypt(KeyId=os.environ["KEY"], CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)
    return {"same": known["Plaintext"] == made["Plaintext"], "bytes": len(known["Plaintext"])}


def foreign_key(event):
    return tried(lambda: boto3.client("kms").generate_data_key(KeyId=event["key"], KeySpec="AES_256"))


def answer(event):
    return tried(lambda: boto3.client("stepfunctions").send_task_success(taskToken=event["token"], output="{}"))


def tried(call):
    try:
        call()
    except ClientError as refused:
        return {"code": refused.response["Error"]["Code"], "message": refused.response["Error"]["Message"]}
    return {"code": "allowed"}
