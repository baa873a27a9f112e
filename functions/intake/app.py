"""Function `intake`: takes in the objects that S3 says were dropped, one message each."""

import json
import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.seals import KmsSeals
from tegemoet.adapters.secrets import ManagedSecrets
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.exchange.steps import ended
from tegemoet.application.intake.ingest import Created, take_in
from tegemoet.schemes.scheme import Data

logger = Logger()
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
exchange = S3Objects(s3, os.environ["EXCHANGE_BUCKET"])
inbox: dict[Data, S3Objects] = {"ordinary": S3Objects(s3, os.environ["INBOX_BUCKET"]), "exchange": exchange}
work: dict[Data, S3Objects] = {
    "ordinary": S3Objects(s3, os.environ["WORK_BUCKET"]),
    "health": S3Objects(s3, os.environ["HEALTH_BUCKET"]),
    "exchange": exchange,
}
seals = KmsSeals(boto3.client("kms"), exchange, os.environ["INCOME_KEY_ARN"])
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])
secrets = ManagedSecrets(boto3.client("secretsmanager"), person=os.environ["PERSON_SECRET_ARN"])
workflows = StepFunctions(boto3.client("stepfunctions"), {"batch": os.environ["BATCH_WORKFLOW_ARN"]})
exchanges = DynamoExchanges(dynamodb, os.environ["CONTROL_TABLE"])
tell_exchange = partial(ended, exchanges=exchanges, batches=batches, workflows=workflows)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Take in what the messages are about (the queue hands over one at a time); one that fails comes again, then waits for a person."""
    for record in event["Records"]:
        take(json.loads(record["body"]))


def take(event: dict[str, Any]) -> None:
    """Take in the object that an event is about; an event about anything else is none of ours."""
    if event.get("detail-type") != "Object Created":
        return
    found = event["detail"]["object"]
    place: Data = "exchange" if event["detail"]["bucket"]["name"] == os.environ["EXCHANGE_BUCKET"] else "ordinary"
    created = Created(found["key"], found["etag"], found["sequencer"], found.get("version-id"), place)
    with TemporaryDirectory() as scratch:
        batch = take_in(
            created,
            inbox=inbox,
            work=work,
            batches=batches,
            runs=runs,
            secrets=secrets,
            seals=seals,
            workflows=workflows,
            scratch=Path(scratch),
            ended=tell_exchange,
        )
    if batch is None:
        logger.info("gone before it was taken in")
        return
    logger.info("taken in", batch=batch.id, kind=batch.kind, state=batch.state, reason=batch.detail.get("reason"))
