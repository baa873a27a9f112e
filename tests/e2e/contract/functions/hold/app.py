"""Keeps a task token where the test finds it, as
the product does while a run waits for approval.
"""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


class NobodyToAsk(Exception):
    """There is no one who could answer."""


def handler(event, context):
    if event["run"].startswith("nobody"):
        raise NobodyToAsk(event["run"])
    table.put_item(Item={"pk": f"token#{event['run']}", "token": event["token"]})
