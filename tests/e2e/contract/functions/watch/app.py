"""Notes every change of the watched table that is not an
insert: in the product such a change raises an alarm.
"""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        table.put_item(Item={"pk": f"change#{key}#{record['eventName']}"})
