"""The composition root: one lazy property per AWS client and per port.

A function creates one `Cloud` when it is loaded and uses the properties that it needs. Clients,
modules and environment variables of other properties stay untouched, so that a function starts fast
and constructs only what its role may use. `tests/template/test_deployment.py` compares the
variables that a function reads with those that template.yaml sets.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tegemoet.adapters.storage import Storage

if TYPE_CHECKING:
    import jwt

    from tegemoet.adapters.approval_seals import KmsApprovalSeal
    from tegemoet.adapters.clock import SystemClock
    from tegemoet.adapters.data_keys import StoredDataKeys
    from tegemoet.adapters.events import BusEvents
    from tegemoet.adapters.functions import SettleFunction
    from tegemoet.adapters.people import CognitoPeople
    from tegemoet.adapters.seals import KmsSeals
    from tegemoet.adapters.secrets import ManagedDigestSecret, ManagedPersonSecrets
    from tegemoet.adapters.uploads import S3Forms, S3Links
    from tegemoet.adapters.workflows import StepFunctions
    from tegemoet.application.exchange.answering import AnswerPorts
    from tegemoet.application.exchange.work import ExchangePorts
    from tegemoet.application.intake.channels import Outbox
    from tegemoet.application.intake.finish import FinishPorts
    from tegemoet.application.intake.ingest import IngestPorts
    from tegemoet.application.partners.roles import RegisteredPeople
    from tegemoet.application.premium_year.approval import Answer, ApprovalPorts
    from tegemoet.application.premium_year.expiry import ExpiryPorts
    from tegemoet.application.premium_year.ledger_calls import LedgerPorts
    from tegemoet.application.premium_year.plan import FreezePorts
    from tegemoet.application.premium_year.releasing import ReportPorts
    from tegemoet.application.premium_year.taking_answers import TakingPorts
    from tegemoet.schemes.scheme import Data


class Cloud(Storage):
    """Every client and port on AWS, each made on first use and kept."""

    # Presigned rights

    @cached_property
    def forms(self) -> "dict[Data, S3Forms]":
        """Forms that upload to an inbox. Those for health data encrypt under its key."""
        from tegemoet.adapters.uploads import S3Forms

        inbox = self.variable("INBOX_BUCKET")
        return {
            "ordinary": S3Forms(self.s3, inbox),
            "health": S3Forms(self.s3, inbox, self.variable("HEALTH_KEY_ARN")),
            "exchange": S3Forms(self.s3, self.variable("EXCHANGE_BUCKET")),
        }

    def _links(self, variable: str) -> "S3Links":
        from tegemoet.adapters.uploads import S3Links

        return S3Links(self.s3, self.variable(variable))

    @cached_property
    def links(self) -> "S3Links":
        """Links to the output bucket."""
        return self._links("OUTPUT_BUCKET")

    @cached_property
    def bank_links(self) -> "S3Links":
        """Links to the files for the bank."""
        return self._links("BANK_BUCKET")

    @cached_property
    def batch_links(self) -> "dict[Data, S3Links]":
        """Links to the outputs of batches and of exchanges."""
        return {
            "ordinary": self.links,
            "health": self._links("HEALTH_BUCKET"),
            "exchange": self._links("EXCHANGE_BUCKET"),
        }

    # Secrets and keys

    @cached_property
    def secrets(self) -> "ManagedDigestSecret":
        """The secret of the digests."""
        from tegemoet.adapters.secrets import ManagedDigestSecret

        return ManagedDigestSecret(self._client("secretsmanager"), self.variable("DIGEST_SECRET_ARN"))

    @cached_property
    def person_secrets(self) -> "ManagedPersonSecrets":
        from tegemoet.adapters.secrets import ManagedPersonSecrets

        return ManagedPersonSecrets(self._client("secretsmanager"), self.variable("PERSON_SECRET_ARN"))

    @cached_property
    def issuer_keys(self) -> "jwt.PyJWKClient":
        """Public keys of the issuer of tokens.

        They are fetched when a token names an unknown key, and again after an hour: a withdrawn key
        is refused from then on.
        """
        import jwt

        return jwt.PyJWKClient(self.variable("JWKS_URL"), lifespan=3600, timeout=5)

    @cached_property
    def approval_seal(self) -> "KmsApprovalSeal":
        """The seal of approvals, to sign or to verify as the role may."""
        from tegemoet.adapters.approval_seals import KmsApprovalSeal

        return KmsApprovalSeal(self._client("kms"), self.variable("APPROVAL_KEY_ARN"))

    @cached_property
    def people(self) -> "RegisteredPeople":
        """The accounts of persons, with the roles that count."""
        from tegemoet.application.partners.roles import RegisteredPeople

        return RegisteredPeople(self.role_groups, self.roles)

    @cached_property
    def role_groups(self) -> "CognitoPeople":
        from tegemoet.adapters.people import CognitoPeople

        return CognitoPeople(self._client("cognito-idp"), self.variable("USER_POOL_ID"))

    @cached_property
    def seals(self) -> "KmsSeals":
        """Data keys of sendings of incomes."""
        from tegemoet.adapters.seals import KmsSeals

        return KmsSeals(self._client("kms"), self.exchange_files, self.variable("INCOME_KEY_ARN"))

    @cached_property
    def data_keys(self) -> "StoredDataKeys":
        """The same data keys for functions that only destroy them."""
        from tegemoet.adapters.data_keys import StoredDataKeys

        return StoredDataKeys(self.exchange_files)

    # Workflows, events, clock

    def _workflows(self, *names: str) -> "StepFunctions":
        from tegemoet.adapters.workflows import StepFunctions

        arns = {name: self.variable(f"{name.upper()}_WORKFLOW_ARN") for name in names}
        return StepFunctions(self._client("stepfunctions"), arns)

    @cached_property
    def workflows(self) -> "StepFunctions":
        """The workflows that operators start."""
        return self._workflows("phase", "exchange")

    @cached_property
    def batch_workflows(self) -> "StepFunctions":
        return self._workflows("batch")

    @cached_property
    def exchange_workflows(self) -> "StepFunctions":
        return self._workflows("exchange")

    @cached_property
    def answer_only_workflows(self) -> "StepFunctions":
        """For functions that answer a waiting task and start nothing."""
        return self._workflows()

    # What the functions of a batch need

    @cached_property
    def ingest_ports(self) -> "IngestPorts":
        from tegemoet.application.exchange.arrivals import batch_ended
        from tegemoet.application.intake.channels import ExchangeInbox, Inbox
        from tegemoet.application.intake.ingest import IngestPorts

        batches, workflows = self.batches, self.batch_workflows
        exchange_key = self.variable("EXCHANGE_KEY_ARN")
        registrations = self.registrations
        notify_ended = partial(
            batch_ended, exchanges=self.exchanges, batches=batches, registrations=registrations, workflows=workflows
        )
        return IngestPorts(
            inboxes={
                "ordinary": Inbox(
                    self.inbox, self.variable("IDENTITY_KEY_ARN"), case_key=self.variable("HEALTH_KEY_ARN")
                ),
                "exchange": ExchangeInbox(
                    self.exchange_files, exchange_key, exchange_key, batches, workflows, notify_ended
                ),
            },
            work=self.batch_files,
            batches=batches,
            registrations=registrations,
            runs=self.runs,
            secrets=self.person_secrets,
            seals=self.seals,
            workflows=workflows,
        )

    @cached_property
    def outboxes(self) -> "dict[Data, Outbox]":
        """Outputs of batches; an exchange is notified of how its files end."""
        from tegemoet.application.exchange.arrivals import batch_done, batch_ended
        from tegemoet.application.intake.channels import ExchangeOutbox, Outbox

        exchanges, batches, registrations = self.exchanges, self.batches, self.registrations
        workflows = self.answer_only_workflows
        notify_arrived = partial(
            batch_done,
            objects=self.exchange_files,
            exchanges=exchanges,
            batches=batches,
            registrations=registrations,
            data_keys=self.data_keys,
            workflows=workflows,
        )
        notify_ended = partial(
            batch_ended, exchanges=exchanges, batches=batches, registrations=registrations, workflows=workflows
        )
        return {
            "ordinary": Outbox(self.output),
            "health": Outbox(self.health_files),
            "exchange": ExchangeOutbox(self.exchange_files, notify_arrived, notify_ended),
        }

    @cached_property
    def finish_ports(self) -> "FinishPorts":
        from tegemoet.application.intake.finish import FinishPorts

        return FinishPorts(self.batch_files, self.outboxes, self.batches, self.runs, self.events)

    # What the functions of an exchange and of a run need

    @cached_property
    def exchange_ports(self) -> "ExchangePorts":
        from tegemoet.application.exchange.work import ExchangePorts

        return ExchangePorts(
            self.exchange_files, self.exchanges, self.batches, self.registrations, self.exchange_workflows
        )

    @cached_property
    def answer_ports(self) -> "AnswerPorts":
        from tegemoet.application.exchange.answering import AnswerPorts

        return AnswerPorts(self.exchange_files, self.batches, self.exchanges, self.seals)

    @cached_property
    def freeze_ports(self) -> "FreezePorts":
        from tegemoet.application.premium_year.plan import FreezePorts

        return FreezePorts(
            self.facts,
            self.batches,
            self.registrations,
            self.roles,
            self.runs,
            self.ledger,
            self.work,
            self.secrets,
            self.inbox,
            self.clock,
        )

    @cached_property
    def report_ports(self) -> "ReportPorts":
        from tegemoet.application.premium_year.releasing import ReportPorts

        return ReportPorts(
            self.runs,
            self.work,
            self.output,
            self.bank,
            self.debtor_accounts,
            self.ledger,
            self.events,
            self.secrets,
            self.approval_seal,
            self.clock,
            self.batches,
            self.facts,
        )

    @cached_property
    def approval_ports(self) -> "ApprovalPorts":
        from tegemoet.application.premium_year.approval import ApprovalPorts

        return ApprovalPorts(
            self.runs,
            self.registrations,
            self.people,
            self.approval_seal,
            self.work,
            self.answer_only_workflows,
            self.clock,
        )

    @cached_property
    def answer_run(self) -> "Callable[[Answer, str], str]":
        """Answers a run for a person through the function `approve`, which alone can seal it."""
        from tegemoet.adapters.functions import ApproveFunction

        return ApproveFunction(self._client("lambda"), self.variable("APPROVE_FUNCTION_NAME")).answer

    @cached_property
    def expiry_ports(self) -> "ExpiryPorts":
        from tegemoet.application.premium_year.expiry import ExpiryPorts

        return ExpiryPorts(
            self.retention,
            self.runs,
            self.facts,
            self.ordinary_decisions,
            self.batches,
            self.work,
            self.output,
            self.bank,
        )

    @property
    def close_ledger(self) -> Callable[[int], None]:
        """Writes the CLOSE entry of a year."""
        return self._settle_function.close

    @property
    def withdraw_file(self) -> Callable[[str, str], None]:
        """Writes the returns of the payments of a file for the bank that was withdrawn."""
        return self._settle_function.withdraw

    @cached_property
    def take_answers(self) -> Callable[[int], None]:
        """Has what the bank answered on a year taken in, by the function `bank`."""
        from tegemoet.adapters.functions import BankFunction

        return BankFunction(self._client("lambda"), self.variable("BANK_FUNCTION_NAME")).take_answers

    @cached_property
    def taking_ports(self) -> "TakingPorts":
        from tegemoet.application.premium_year.taking_answers import TakingPorts

        settle = self._settle_function
        return TakingPorts(
            self.facts,
            self.batches,
            self.runs,
            self.ledger,
            self.work,
            settle.write_returns,
            settle.write_recovered,
        )

    @cached_property
    def ledger_ports(self) -> "LedgerPorts":
        from tegemoet.application.premium_year.ledger_calls import LedgerPorts

        return LedgerPorts(self.runs, self.ledger, self.work, self.approval_seal)

    @cached_property
    def _settle_function(self) -> "SettleFunction":
        """The function that alone may write to the ledger."""
        from tegemoet.adapters.functions import SettleFunction

        return SettleFunction(self._client("lambda"), self.variable("SETTLE_FUNCTION_NAME"))

    @cached_property
    def events(self) -> "BusEvents":
        from tegemoet.adapters.events import BusEvents

        return BusEvents(self._client("events"), self.variable("EVENT_BUS_NAME"))

    @cached_property
    def clock(self) -> "SystemClock":
        from tegemoet.adapters.clock import SystemClock

        return SystemClock()
