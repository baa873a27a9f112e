"""Function `evaluate`: decides one shard of persons and proposes what is to be paid."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.decisions import DynamoDecisions
from tegemoet.adapters.facts import DynamoFacts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.secrets import ManagedSecrets
from tegemoet.application.premium_year.evaluation import evaluate
from tegemoet.application.premium_year.phases import SCHEME, parameters_of
from tegemoet.application.premium_year.run_files import run_of
from tegemoet.schemes.registry import scheme_named

logger = Logger()
dynamodb = boto3.client("dynamodb")
work = S3Objects(boto3.client("s3"), os.environ["WORK_BUCKET"])
facts = DynamoFacts(dynamodb, os.environ["FACTS_TABLE"])
ledger = DynamoLedger(dynamodb, os.environ["LEDGER_TABLE"])
decisions = DynamoDecisions(dynamodb, os.environ["DECISIONS_TABLE"])
secrets = ManagedSecrets(boto3.client("secretsmanager"), digest=os.environ["DIGEST_SECRET_ARN"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    run = run_of(event)
    evaluate(
        run,
        event["shard"],
        scheme=scheme_named(SCHEME),
        parameters=parameters_of(run.year),
        facts=facts,
        ledger=ledger,
        decisions=decisions,
        digest_secret=secrets.digest_secret(),
        work=work,
    )
    return {"run": run.id}
