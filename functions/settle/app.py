"""Function `settle`: the only one that writes to the ledger. Actions `settle` (one shard of an approved run) and `close` (a year)."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.application.premium_year.settlement import close_ledger, settle_shard

WORKERS = 8
"""Entries that are put at the same time."""

logger = Logger()
dynamodb = boto3.client("dynamodb", config=Config(max_pool_connections=2 * WORKERS))
work = S3Objects(boto3.client("s3"), os.environ["WORK_BUCKET"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])
ledger = DynamoLedger(dynamodb, os.environ["LEDGER_TABLE"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    match event["action"]:
        case "settle":
            settle_shard(event["run"], event["shard"], runs=runs, ledger=ledger, work=work, workers=WORKERS)
            return {"run": event["run"]}
        case "close":
            close_ledger(event["year"], runs=runs, ledger=ledger)
            return {"closed": event["year"]}
        case _:
            raise ValueError("no such action")
