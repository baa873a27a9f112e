"""Keeps the name of every object that arrives through
EventBridge and SQS; fails on the message that asks for it.
"""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    failed = []
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        if "refuse" in detail["object"]["key"]:
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        table.put_item(Item={"pk": f"object#{detail['object']['key']}", "detail": json.dumps(detail)})
    return {"batchItemFailures": failed}
