"""Function `operations`: premium years and exchanges, for operators and approvers."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tegemoet.adapters.services import SharedServices
from tegemoet.api import exchanges, premium_years
from tegemoet.api.resolver import Resolver

if TYPE_CHECKING:
    from tegemoet.adapters.exchanges import DynamoExchanges
    from tegemoet.adapters.facts import DynamoFacts
    from tegemoet.adapters.ledger import DynamoLedger
    from tegemoet.adapters.runs import DynamoRuns
    from tegemoet.adapters.secrets import ManagedSecrets
    from tegemoet.adapters.workflows import StepFunctions

logger = Logger()


class NotClosedError(Exception):
    """The function `settle` did not put the CLOSE entry."""


class Services(SharedServices):
    """What the routes work with."""

    @cached_property
    def runs(self) -> "DynamoRuns":
        from tegemoet.adapters.runs import DynamoRuns

        return DynamoRuns(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def exchanges(self) -> "DynamoExchanges":
        from tegemoet.adapters.exchanges import DynamoExchanges

        return DynamoExchanges(self.dynamodb, os.environ["CONTROL_TABLE"])

    @cached_property
    def facts(self) -> "DynamoFacts":
        from tegemoet.adapters.facts import DynamoFacts

        return DynamoFacts(self.dynamodb, os.environ["FACTS_TABLE"])

    @cached_property
    def ledger(self) -> "DynamoLedger":
        from tegemoet.adapters.ledger import DynamoLedger

        return DynamoLedger(self.dynamodb, os.environ["LEDGER_TABLE"])

    @cached_property
    def workflows(self) -> "StepFunctions":
        from tegemoet.adapters.workflows import StepFunctions

        arns = {"phase": os.environ["PHASE_WORKFLOW_ARN"], "exchange": os.environ["EXCHANGE_WORKFLOW_ARN"]}
        return StepFunctions(boto3.client("stepfunctions"), arns)

    @cached_property
    def secrets(self) -> "ManagedSecrets":
        from tegemoet.adapters.secrets import ManagedSecrets

        return ManagedSecrets(boto3.client("secretsmanager"), digest=os.environ["DIGEST_SECRET_ARN"])

    def close_ledger(self, year: int) -> None:
        """Have `settle` put the CLOSE entry: no other function may write to the ledger."""
        answer = boto3.client("lambda").invoke(
            FunctionName=os.environ["SETTLE_FUNCTION_NAME"], Payload=orjson.dumps({"action": "close", "year": year})
        )
        if "FunctionError" in answer:
            raise NotClosedError(year)


resolver = Resolver(premium_years.router, exchanges.router)
services = Services()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return resolver.serve(event, context, services)
