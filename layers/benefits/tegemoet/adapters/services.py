"""What both functions behind the API work with, each made when it is first asked for and kept for the calls that follow."""

import os
from functools import cached_property
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from tegemoet.adapters.batches import DynamoBatches
    from tegemoet.adapters.clock import SystemClock
    from tegemoet.adapters.objects import S3Objects
    from tegemoet.adapters.uploads import S3Links


class SharedServices:
    """Adapters that every route may need. Imports wait for the route that needs them: most calls need few."""

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
    def batches(self) -> "DynamoBatches":
        from tegemoet.adapters.batches import DynamoBatches

        return DynamoBatches(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def work(self) -> "S3Objects":
        from tegemoet.adapters.objects import S3Objects

        return S3Objects(self.s3, os.environ["WORK_BUCKET"])

    @cached_property
    def links(self) -> "S3Links":
        from tegemoet.adapters.uploads import S3Links

        return S3Links(self.s3, os.environ["OUTPUT_BUCKET"])

    @cached_property
    def clock(self) -> "SystemClock":
        from tegemoet.adapters.clock import SystemClock

        return SystemClock()
