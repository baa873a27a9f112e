"""Function `api`: the catalogue, decisions, uploads and batches of partners, and the documentation."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.api import batches, catalogue, decisions, documentation, uploads
from tegemoet.api.resolver import Resolver

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from tegemoet.adapters.batches import DynamoBatches
    from tegemoet.adapters.clock import SystemClock
    from tegemoet.adapters.decisions import DynamoDecisions
    from tegemoet.adapters.objects import S3Objects
    from tegemoet.adapters.secrets import ManagedSecrets
    from tegemoet.adapters.uploads import S3Forms, S3Links

logger = Logger()


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
    def decisions(self) -> "DynamoDecisions":
        from tegemoet.adapters.decisions import DynamoDecisions

        return DynamoDecisions(self.dynamodb, os.environ["DECISIONS_TABLE"])

    @cached_property
    def batches(self) -> "DynamoBatches":
        from tegemoet.adapters.batches import DynamoBatches

        return DynamoBatches(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def work(self) -> "S3Objects":
        from tegemoet.adapters.objects import S3Objects

        return S3Objects(self.s3, os.environ["WORK_BUCKET"])

    @cached_property
    def forms(self) -> "S3Forms":
        from tegemoet.adapters.uploads import S3Forms

        return S3Forms(self.s3, os.environ["INBOX_BUCKET"])

    @cached_property
    def links(self) -> "S3Links":
        from tegemoet.adapters.uploads import S3Links

        return S3Links(self.s3, os.environ["OUTPUT_BUCKET"])

    @cached_property
    def secrets(self) -> "ManagedSecrets":
        from tegemoet.adapters.secrets import ManagedSecrets

        return ManagedSecrets(boto3.client("secretsmanager"), digest=os.environ["DIGEST_SECRET_ARN"])

    @cached_property
    def clock(self) -> "SystemClock":
        from tegemoet.adapters.clock import SystemClock

        return SystemClock()


resolver = Resolver(catalogue.router, decisions.router, uploads.router, batches.router, documentation.router)
services = Services()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, services)
