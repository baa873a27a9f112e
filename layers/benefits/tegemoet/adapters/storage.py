"""The storage half of the composition root: tables and buckets of the environment."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from tegemoet.adapters.batches import DynamoBatches
    from tegemoet.adapters.clients import DynamoClients
    from tegemoet.adapters.decisions import DynamoDecisions
    from tegemoet.adapters.exchanges import DynamoExchanges
    from tegemoet.adapters.facts import DynamoFacts
    from tegemoet.adapters.ledger import DynamoLedger
    from tegemoet.adapters.objects import S3Objects
    from tegemoet.adapters.partners import DynamoDebtorAccounts, DynamoRegistrations, DynamoRoles
    from tegemoet.adapters.runs import DynamoRuns
    from tegemoet.application.lives import Retention
    from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions
    from tegemoet.schemes.scheme import Data

CONNECTIONS = 16
"""Connections of the DynamoDB client: twice the threads of the adapter that uses the most (8)."""


class MissingVariableError(Exception):
    """An environment variable that the function needs is not set; carries its name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The environment variable {name} is not set.")


class Storage:
    """Tables and buckets, each made on first use from `environ` and kept.

    Reading a property raises MissingVariableError when one of its environment variables is not set.
    `client` makes a boto3 client by the name of its service.
    """

    def __init__(self, environ: Mapping[str, str], client: Callable[..., Any] = boto3.client) -> None:
        self._environ, self._client = environ, client

    def variable(self, name: str) -> str:
        """The environment variable `name`. Raises MissingVariableError."""
        try:
            return self._environ[name]
        except KeyError:
            raise MissingVariableError(name) from None

    # Clients

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        from botocore.config import Config

        made: DynamoDBClient = self._client("dynamodb", config=Config(max_pool_connections=CONNECTIONS))
        return made

    @cached_property
    def s3(self) -> "S3Client":
        from tegemoet.adapters.uploads import PRESIGNING

        made: S3Client = self._client("s3", config=PRESIGNING)
        return made

    # Tables

    @cached_property
    def batches(self) -> "DynamoBatches":
        from tegemoet.adapters.batches import DynamoBatches

        return DynamoBatches(self.dynamodb, self.variable("CONTROL_TABLE"))

    @cached_property
    def runs(self) -> "DynamoRuns":
        from tegemoet.adapters.runs import DynamoRuns

        return DynamoRuns(self.dynamodb, self.variable("YEARS_TABLE"))

    @cached_property
    def exchanges(self) -> "DynamoExchanges":
        from tegemoet.adapters.exchanges import DynamoExchanges

        return DynamoExchanges(self.dynamodb, self.variable("CONTROL_TABLE"))

    @cached_property
    def clients(self) -> "DynamoClients":
        """OAuth2 clients of partners."""
        from tegemoet.adapters.clients import DynamoClients

        return DynamoClients(self.dynamodb, self.variable("CONTROL_TABLE"))

    @cached_property
    def registrations(self) -> "DynamoRegistrations":
        from tegemoet.adapters.partners import DynamoRegistrations

        return DynamoRegistrations(self.dynamodb, self.variable("PARTNERS_TABLE"))

    @cached_property
    def roles(self) -> "DynamoRoles":
        """The roles of persons."""
        from tegemoet.adapters.partners import DynamoRoles

        return DynamoRoles(self.dynamodb, self.variable("PARTNERS_TABLE"))

    @cached_property
    def debtor_accounts(self) -> "DynamoDebtorAccounts":
        """The account that pays."""
        from tegemoet.adapters.partners import DynamoDebtorAccounts

        return DynamoDebtorAccounts(self.dynamodb, self.variable("PARTNERS_TABLE"))

    @cached_property
    def facts(self) -> "DynamoFacts":
        from tegemoet.adapters.facts import DynamoFacts

        return DynamoFacts(self.dynamodb, self.variable("FACTS_TABLE"))

    @cached_property
    def ledger(self) -> "DynamoLedger":
        from tegemoet.adapters.ledger import DynamoLedger

        return DynamoLedger(self.dynamodb, self.variable("LEDGER_TABLE"))

    @cached_property
    def ordinary_decisions(self) -> "DynamoDecisions":
        """Decisions of runs, and for reading those that hold no health data."""
        from tegemoet.adapters.decisions import DynamoDecisions

        return DynamoDecisions(self.dynamodb, self.variable("DECISIONS_TABLE"))

    @cached_property
    def decisions(self) -> "dict[Data, DynamoDecisions]":
        """Decisions by the data of their scheme."""
        from tegemoet.adapters.decisions import DynamoDecisions, HealthDecisions

        days, health_days = int(self.variable("DECISION_DAYS")), int(self.variable("HEALTH_DAYS"))
        return {
            "ordinary": DynamoDecisions(self.dynamodb, self.variable("DECISIONS_TABLE"), days=days),
            "health": HealthDecisions(self.dynamodb, self.variable("HEALTH_TABLE"), health_days),
        }

    @cached_property
    def run_decisions(self) -> "FrozenRunDecisions":
        """Decisions of runs of a premium year."""
        from tegemoet.application.premium_year.run_decisions import FrozenRunDecisions

        return FrozenRunDecisions(self.ordinary_decisions, self.work)

    @cached_property
    def answers(self) -> "DynamoDBPersistenceLayer":
        """Idempotency records of the API."""
        from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

        return DynamoDBPersistenceLayer(self.variable("IDEMPOTENCY_TABLE"), boto3_client=self.dynamodb)

    @cached_property
    def retention(self) -> "Retention":
        """How long a premium year is kept after its closing."""
        from tegemoet.application.lives import Retention

        return Retention(int(self.variable("FACTS_YEARS")), int(self.variable("RECORDS_YEARS")))

    # Buckets

    def _bucket(self, variable: str) -> "S3Objects":
        from tegemoet.adapters.objects import S3Objects

        return S3Objects(self.s3, self.variable(variable))

    @cached_property
    def inbox(self) -> "S3Objects":
        return self._bucket("INBOX_BUCKET")

    @cached_property
    def work(self) -> "S3Objects":
        """Intermediate files of runs, and of batches without health data."""
        return self._bucket("WORK_BUCKET")

    @cached_property
    def output(self) -> "S3Objects":
        return self._bucket("OUTPUT_BUCKET")

    @cached_property
    def bank(self) -> "S3Objects":
        """Files for the bank: written once and locked."""
        return self._bucket("BANK_BUCKET")

    @cached_property
    def health_files(self) -> "S3Objects":
        """Files of batches with health data."""
        return self._bucket("HEALTH_BUCKET")

    @cached_property
    def exchange_files(self) -> "S3Objects":
        """Files of exchanges between insurers and the tax office, from drop to output."""
        return self._bucket("EXCHANGE_BUCKET")

    def inbox_of(self, bucket: str) -> "Data":
        """The kind of data whose inbox has that name. Files of cases go to the ordinary inbox."""
        return "exchange" if bucket == self.variable("EXCHANGE_BUCKET") else "ordinary"

    @cached_property
    def case_files(self) -> "dict[Data, S3Objects]":
        """Intermediate files of batches of cases."""
        return {"ordinary": self.work, "health": self.health_files}

    @cached_property
    def batch_files(self) -> "dict[Data, S3Objects]":
        """Intermediate files of any batch."""
        return {**self.case_files, "exchange": self.exchange_files}
