"""Function `store`: the facts of one chunk of a batch."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.objects import S3Objects
from tegemoet.application.intake.store import store_chunk

logger = Logger()
work = S3Objects(boto3.client("s3"), os.environ["WORK_BUCKET"])
facts = DynamoFacts(boto3.client("dynamodb"), os.environ["FACTS_TABLE"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    result = store_chunk(event["batch"], event["chunk"], work=work, facts=facts)
    logger.info("stored", batch=event["batch"], **result)
    return result
