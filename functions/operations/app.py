"""Function `operations`: premium years, for operators and approvers."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.api import premium_years
from tegemoet.api.resolver import Resolver

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from tegemoet.adapters.batches import DynamoBatches
    from tegemoet.adapters.clock import SystemClock
    from tegemoet.adapters.facts import DynamoFacts
    from tegemoet.adapters.ledger import DynamoLedger
    from tegemoet.adapters.objects import S3Objects
    from tegemoet.adapters.runs import DynamoRuns
    from tegemoet.adapters.secrets import ManagedSecrets
    from tegemoet.adapters.uploads import S3Links
    from tegemoet.adapters.workflows import StepFunctions

logger = Logger()


class NotClosedError(Exception):
    """The function `settle` did not put the CLOSE entry."""


class Services:
    """What the routes work with, each made when it is first asked for and kept for the calls that follow."""

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return boto3.client("dynamodb")

    @cached_property
    def s3(self) -> "S3Client":
        from tegemoet.adapters.uploads import PRESIGNING

        return boto3.client("s3", config=PRESIGNING)

    @cached_property
    def answers(self) -> "DynamoDBPersistenceLayer":
        from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

        return DynamoDBPersistenceLayer(os.environ["IDEMPOTENCY_TABLE"], boto3_client=self.dynamodb)

    @cached_property
    def runs(self) -> "DynamoRuns":
        from tegemoet.adapters.runs import DynamoRuns

        return DynamoRuns(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def batches(self) -> "DynamoBatches":
        from tegemoet.adapters.batches import DynamoBatches

        return DynamoBatches(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def facts(self) -> "DynamoFacts":
        from tegemoet.adapters.facts import DynamoFacts

        return DynamoFacts(self.dynamodb, os.environ["FACTS_TABLE"])

    @cached_property
    def ledger(self) -> "DynamoLedger":
        from tegemoet.adapters.ledger import DynamoLedger

        return DynamoLedger(self.dynamodb, os.environ["LEDGER_TABLE"])

    @cached_property
    def work(self) -> "S3Objects":
        from tegemoet.adapters.objects import S3Objects

        return S3Objects(self.s3, os.environ["WORK_BUCKET"])

    @cached_property
    def links(self) -> "S3Links":
        from tegemoet.adapters.uploads import S3Links

        return S3Links(self.s3, os.environ["OUTPUT_BUCKET"])

    @cached_property
    def workflows(self) -> "StepFunctions":
        from tegemoet.adapters.workflows import StepFunctions

        return StepFunctions(boto3.client("stepfunctions"), {"phase": os.environ["PHASE_WORKFLOW_ARN"]})

    @cached_property
    def secrets(self) -> "ManagedSecrets":
        from tegemoet.adapters.secrets import ManagedSecrets

        return ManagedSecrets(
            boto3.client("secretsmanager"),
            person=os.environ["PERSON_SECRET_ARN"],
            digest=os.environ["DIGEST_SECRET_ARN"],
        )

    @cached_property
    def clock(self) -> "SystemClock":
        from tegemoet.adapters.clock import SystemClock

        return SystemClock()

    def close_ledger(self, year: int) -> None:
        """Have `settle` put the CLOSE entry: no other function may write to the ledger."""
        answer = boto3.client("lambda").invoke(
            FunctionName=os.environ["SETTLE_FUNCTION_NAME"], Payload=orjson.dumps({"action": "close", "year": year})
        )
        if "FunctionError" in answer:
            raise NotClosedError(year)


resolver = Resolver(premium_years.router)
services = Services()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, services)
