"""Function `intake`: takes in the objects that S3 says were dropped, one message each."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.secrets import ManagedSecrets
from tegemoet.adapters.workflows import StepFunctions
from tegemoet.application.intake import Created, take_in

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
inbox = S3Objects(s3, os.environ["INBOX_BUCKET"])
work = S3Objects(s3, os.environ["WORK_BUCKET"])
batches = DynamoBatches(dynamodb, os.environ["CONTROL_TABLE"])
runs = DynamoRuns(dynamodb, os.environ["CONTROL_TABLE"])
secrets = ManagedSecrets(boto3.client("secretsmanager"), person=os.environ["PERSON_SECRET_ARN"])
workflows = StepFunctions(boto3.client("stepfunctions"), {"batch": os.environ["BATCH_WORKFLOW_ARN"]})


def take(record: SQSRecord) -> None:
    """Take in the object that one message is about; a message about anything else is none of ours."""
    event = record.json_body
    if event.get("detail-type") != "Object Created":
        return
    found = event["detail"]["object"]
    created = Created(found["key"], found["etag"], found["sequencer"], found.get("version-id"))
    with TemporaryDirectory() as scratch:
        batch = take_in(
            created,
            inbox=inbox,
            work=work,
            batches=batches,
            runs=runs,
            secrets=secrets,
            workflows=workflows,
            scratch=Path(scratch),
        )
    logger.info("taken in", batch=batch.id, kind=batch.kind, state=batch.state, reason=batch.detail.get("reason"))


@logger.inject_lambda_context
def handler(event: dict[str, object], context: LambdaContext) -> PartialItemFailureResponse:
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)
