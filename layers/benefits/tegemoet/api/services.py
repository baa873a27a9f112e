"""The services that routes use: ports, which the composition root creates on first use.

`tegemoet.adapters.cloud.Cloud` satisfies both protocols; tests use fakes.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from tegemoet.application.lives import Retention
from tegemoet.application.ports import (
    Batches,
    Clock,
    DebtorAccounts,
    Decisions,
    DigestSecret,
    Exchanges,
    Facts,
    Forms,
    Ledger,
    Links,
    Objects,
    People,
    Registrations,
    RoleGroups,
    RolesRegister,
    RunDecisions,
    Runs,
    Workflows,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer

    from tegemoet.application.premium_year.approval import Answer
    from tegemoet.schemes.scheme import Data


class Common(Protocol):
    """The services of both API functions."""

    @property
    def answers(self) -> "BasePersistenceLayer":
        """Idempotency records (`api/once.py`)."""
        ...

    @property
    def secrets(self) -> DigestSecret: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def batches(self) -> Batches: ...

    @property
    def registrations(self) -> Registrations: ...

    @property
    def exchanges(self) -> Exchanges: ...

    @property
    def work(self) -> Objects: ...

    @property
    def links(self) -> Links:
        """Links to objects of the output bucket."""
        ...


class PartnerServices(Common, Protocol):
    """The services of the function `api`, keyed by data where each kind of data has its own."""

    @property
    def decisions(self) -> "Mapping[Data, Decisions]": ...

    @property
    def forms(self) -> "Mapping[Data, Forms]":
        """Forms that upload to an inbox."""
        ...

    @property
    def batch_files(self) -> "Mapping[Data, Objects]":
        """Intermediate files of batches."""
        ...

    @property
    def batch_links(self) -> "Mapping[Data, Links]":
        """Links to the outputs of batches."""
        ...


class YearServices(Common, Protocol):
    """The services of the function `operations`."""

    @property
    def runs(self) -> Runs: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def run_decisions(self) -> RunDecisions: ...

    @property
    def workflows(self) -> Workflows: ...

    @property
    def retention(self) -> Retention:
        """How long a premium year is kept after its closing."""
        ...

    @property
    def people(self) -> People:
        """The accounts of persons, with the roles that count."""
        ...

    @property
    def roles(self) -> RolesRegister: ...

    @property
    def debtor_accounts(self) -> DebtorAccounts: ...

    @property
    def role_groups(self) -> RoleGroups: ...

    @property
    def answer_run(self) -> "Callable[[Answer, str], str]":
        """Answers a run for a person, through the function `approve`; returns the id of the run."""
        ...

    @property
    def bank_links(self) -> Links:
        """Links to the files for the bank."""
        ...

    @property
    def withdraw_file(self) -> Callable[[str, str], object]:
        """Returns the payments of a file (run, message id), through the function `settle`."""
        ...

    @property
    def take_answers(self) -> Callable[[int], object]:
        """Takes in what the bank answered on a year, through the function `bank`."""
        ...

    @property
    def close_ledger(self) -> Callable[[int], object]:
        """Puts the CLOSE entry of a year, through the function `settle`."""
        ...
