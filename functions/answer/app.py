"""Function `answer`: from incomes to codes, and the end of the incomes. Actions `join` and `answer` (one shard each) and `finish`."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.seals import KmsSeals
from tegemoet.application.exchange.answer import answer_shard, finish_answer
from tegemoet.application.exchange.incomes import join_shard

logger = Logger()
dynamodb = boto3.client("dynamodb")
objects = S3Objects(boto3.client("s3"), os.environ["EXCHANGE_BUCKET"])
exchanges = DynamoExchanges(dynamodb, os.environ["CONTROL_TABLE"])
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
seals = KmsSeals(boto3.client("kms"), objects, os.environ["INCOME_KEY_ARN"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    year, delivery = event["year"], event["delivery"]
    # what a step gives back is counts, but it is not logged: nothing that comes of an income is
    logger.info(event["action"], year=year, delivery=delivery, shard=event.get("shard"))
    match event["action"]:
        case "join":
            join_shard(year, delivery, event["shard"], objects=objects, seals=seals)
        case "answer":
            answer_shard(year, delivery, event["shard"], objects=objects, seals=seals)
        case "finish":
            return dict(
                finish_answer(year, delivery, objects=objects, batches=batches, exchanges=exchanges, seals=seals)
            )
        case _:
            raise ValueError("no such action")
    return {"year": year}
