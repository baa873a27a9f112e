"""Function `decide`: the decisions on one chunk of cases."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.decisions import DynamoDecisions, HealthDecisions
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.secrets import ManagedSecrets
from tegemoet.application.intake.case_file import decide_chunk
from tegemoet.schemes.scheme import Data

logger = Logger()
s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
work: dict[Data, S3Objects] = {
    "ordinary": S3Objects(s3, os.environ["WORK_BUCKET"]),
    "health": S3Objects(s3, os.environ["HEALTH_BUCKET"]),
}
decisions: dict[Data, DynamoDecisions] = {
    "ordinary": DynamoDecisions(dynamodb, os.environ["DECISIONS_TABLE"]),
    "health": HealthDecisions(dynamodb, os.environ["HEALTH_TABLE"], int(os.environ["HEALTH_DAYS"])),
}
secrets = ManagedSecrets(boto3.client("secretsmanager"), digest=os.environ["DIGEST_SECRET_ARN"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    result = decide_chunk(event["batch"], event["chunk"], work=work, decisions=decisions, secrets=secrets)
    logger.info("decided", batch=event["batch"], **result)
    return result
