"""Keeps the name of every object that arrives through EventBridge and SQS; fails on the message
that asks for it, and lets the queue have it back at once.
"""

import json
import os

import boto3

sqs = boto3.client("sqs")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    failed = []
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        if "refuse" in detail["object"]["key"]:
            back = {"ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": 0}
            sqs.change_message_visibility(QueueUrl=os.environ["QUEUE"], **back)
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        table.put_item(Item={"pk": f"object#{detail['object']['key']}", "detail": json.dumps(detail)})
    return {"batchItemFailures": failed}
