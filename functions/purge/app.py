"""Function `purge`: every day, what is left of refused files of incomes, and every exchange whose time is up. The event says the day."""

import os
from datetime import date
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.seals import KmsSeals
from tegemoet.application.exchange.purge import purge, sweep

logger = Logger()
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
objects = S3Objects(s3, os.environ["EXCHANGE_BUCKET"])
work = S3Objects(s3, os.environ["WORK_BUCKET"])
exchanges = DynamoExchanges(dynamodb, os.environ["CONTROL_TABLE"])
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
seals = KmsSeals(boto3.client("kms"), objects)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`time` of the event of the schedule, `2027-01-01T03:00:00Z`: the day that counts, so that any day can be asked for."""
    on = date.fromisoformat(event["time"][:10])
    sweep(objects=objects, batches=batches, exchanges=exchanges, seals=seals)
    result = dict(purge(on, objects=objects, work=work, batches=batches, exchanges=exchanges))
    logger.info("purged", on=on.isoformat(), **result)
    return result
