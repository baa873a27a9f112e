"""Function `conclude`: what a partner gets to see of a batch, and its last state: done, or failed when the workflow gave up."""

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.events import BusEvents
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.seals import KmsSeals
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.exchange.steps import arrived, ended
from tegemoet.application.intake.finish import conclude, give_up
from tegemoet.schemes.scheme import Data

logger = Logger()
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
health = S3Objects(s3, os.environ["HEALTH_BUCKET"])
exchange = S3Objects(s3, os.environ["EXCHANGE_BUCKET"])
work: dict[Data, S3Objects] = {
    "ordinary": S3Objects(s3, os.environ["WORK_BUCKET"]),
    "health": health,
    "exchange": exchange,
}
output: dict[Data, S3Objects] = {
    "ordinary": S3Objects(s3, os.environ["OUTPUT_BUCKET"]),
    "health": health,
    "exchange": exchange,
}
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])
events = BusEvents(boto3.client("events"), os.environ["EVENT_BUS_NAME"])
exchanges = DynamoExchanges(dynamodb, os.environ["CONTROL_TABLE"])
workflows = StepFunctions(boto3.client("stepfunctions"), {})  # it only answers
seals = KmsSeals(boto3.client("kms"), exchange)  # it only destroys
tell_arrived = partial(
    arrived, objects=exchange, exchanges=exchanges, batches=batches, seals=seals, workflows=workflows
)
tell_ended = partial(ended, exchanges=exchanges, batches=batches, workflows=workflows)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    if "error" in event:
        logger.error("given up", batch=event["batch"], error=event["error"])
        return give_up(event["batch"], event["error"], batches=batches, ended=tell_ended)
    with TemporaryDirectory() as scratch:
        result = conclude(
            event["batch"],
            work=work,
            output=output,
            batches=batches,
            runs=runs,
            events=events,
            scratch=Path(scratch),
            arrived=tell_arrived,
        )
    logger.info("concluded", **result)
    return result
