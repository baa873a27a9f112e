"""What the routes work with. A function makes them when they are first asked for: a call pays for what it uses."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from aws_lambda_powertools.event_handler.api_gateway import Router

from tegemoet.api.callers import Caller
from tegemoet.application.ports import (
    Batches,
    Clock,
    Decisions,
    Exchanges,
    Facts,
    Forms,
    Ledger,
    Links,
    Objects,
    Runs,
    Secrets,
    Workflows,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer

    from tegemoet.schemes.scheme import Data


class Common(Protocol):
    """What both API functions have."""

    @property
    def answers(self) -> "BasePersistenceLayer":
        """Which POST made what (`api/once.py`)."""
        ...

    @property
    def secrets(self) -> Secrets: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def batches(self) -> Batches: ...

    @property
    def exchanges(self) -> Exchanges: ...

    @property
    def work(self) -> Objects: ...

    @property
    def links(self) -> Links:
        """Links to the output bucket."""
        ...


class PartnerServices(Common, Protocol):
    """What the function `api` has; what is kept apart for health data comes by the data of the scheme."""

    @property
    def decisions(self) -> "Mapping[Data, Decisions]": ...

    @property
    def forms(self) -> Forms:
        """Forms for the inbox."""
        ...

    @property
    def case_forms(self) -> Forms:
        """Forms for files of cases, which may hold health data."""
        ...

    @property
    def exchange_forms(self) -> Forms:
        """Forms for the files of an exchange, which have a bucket of their own."""
        ...

    @property
    def batch_files(self) -> "Mapping[Data, Objects]":
        """What is made of a drop on its way."""
        ...

    @property
    def batch_links(self) -> "Mapping[Data, Links]":
        """Links to what came of a drop."""
        ...


class YearServices(Common, Protocol):
    """What the function `operations` has."""

    @property
    def runs(self) -> Runs: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def workflows(self) -> Workflows: ...

    @property
    def close_ledger(self) -> Callable[[int], object]:
        """Has the function `settle` put the CLOSE entry of a year."""
        ...


class Routes(Router):
    """Routes that know who calls."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def caller(self) -> Caller:
        """Who calls; the guard has seen to it that there is one."""
        found: Caller = self.context["caller"]
        return found
