"""Function `api`: the catalogue, decisions, uploads and batches of partners, and the documentation."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.services import SharedServices
from tegemoet.api import batches, catalogue, decisions, documentation, exchanges, uploads
from tegemoet.api.resolver import Resolver

if TYPE_CHECKING:
    from tegemoet.adapters.decisions import DynamoDecisions
    from tegemoet.adapters.exchanges import DynamoExchanges
    from tegemoet.adapters.objects import S3Objects
    from tegemoet.adapters.secrets import ManagedSecrets
    from tegemoet.adapters.uploads import S3Forms, S3Links
    from tegemoet.schemes.scheme import Data

logger = Logger()


class Services(SharedServices):
    """What the routes work with."""

    @cached_property
    def exchanges(self) -> "DynamoExchanges":
        from tegemoet.adapters.exchanges import DynamoExchanges

        return DynamoExchanges(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def decisions(self) -> "dict[Data, DynamoDecisions]":
        from tegemoet.adapters.decisions import DynamoDecisions, HealthDecisions

        days = int(os.environ["HEALTH_DAYS"])
        return {
            "ordinary": DynamoDecisions(self.dynamodb, os.environ["DECISIONS_TABLE"]),
            "health": HealthDecisions(self.dynamodb, os.environ["HEALTH_TABLE"], days),
        }

    @cached_property
    def forms(self) -> "S3Forms":
        from tegemoet.adapters.uploads import S3Forms

        return S3Forms(self.s3, os.environ["INBOX_BUCKET"])

    @cached_property
    def case_forms(self) -> "S3Forms":
        from tegemoet.adapters.uploads import S3Forms

        return S3Forms(self.s3, os.environ["INBOX_BUCKET"], os.environ["HEALTH_KEY_ARN"])

    @cached_property
    def exchange_forms(self) -> "S3Forms":
        from tegemoet.adapters.uploads import S3Forms

        return S3Forms(self.s3, os.environ["EXCHANGE_BUCKET"])

    @cached_property
    def batch_files(self) -> "dict[Data, S3Objects]":
        from tegemoet.adapters.objects import S3Objects

        return {
            "ordinary": self.work,
            "health": S3Objects(self.s3, os.environ["HEALTH_BUCKET"]),
            "exchange": S3Objects(self.s3, os.environ["EXCHANGE_BUCKET"]),
        }

    @cached_property
    def batch_links(self) -> "dict[Data, S3Links]":
        from tegemoet.adapters.uploads import S3Links

        return {
            "ordinary": self.links,
            "health": S3Links(self.s3, os.environ["HEALTH_BUCKET"]),
            "exchange": S3Links(self.s3, os.environ["EXCHANGE_BUCKET"]),
        }

    @cached_property
    def secrets(self) -> "ManagedSecrets":
        from tegemoet.adapters.secrets import ManagedSecrets

        return ManagedSecrets(boto3.client("secretsmanager"), digest=os.environ["DIGEST_SECRET_ARN"])


resolver = Resolver(
    catalogue.router,
    decisions.router,
    uploads.router,
    batches.router,
    exchanges.state_router,
    documentation.router,
)
services = Services()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, services)
