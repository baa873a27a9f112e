"""Who acts in a history of an exchange, and what persons do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from local.simulator.histories.exchange.population import INSURERS, NUMBERS, TAX_OFFICE
from local.simulator.histories.people import REGISTRAR, Staff
from tegemoet.application.exchange import commands, evaluate
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.records import GrantedKind, Person, Registration

SLUG, YEAR = "increased-reimbursement", 2020


def registrations() -> Iterator[Registration]:
    """The registrations of the parties, and of an insurer that is none."""
    for partner in (*NUMBERS, TAX_OFFICE):
        profile = "tax-office" if partner == TAX_OFFICE else "insurers"
        kinds = ("incomes-1", "incomes-2") if partner == TAX_OFFICE else ("households", "results", "entitled")
        grants = tuple(GrantedKind(SLUG, kind, 2000) for kind in kinds)
        keys = () if partner == TAX_OFFICE else (NUMBERS[partner],)
        yield Registration(partner, 1, profile, grants, keys, None, None, (), None, "2020-01-01T00:00:00Z", REGISTRAR)


@dataclass(slots=True)
class ExchangeStaff(Staff):
    """Operators. Whoever gets no answer asks again, with the same key."""

    def start_exchange(self, automatic: bool, operator: Person, key: str) -> object:
        cloud = self.cloud
        return self.again(
            lambda: commands.start_exchange(
                YEAR,
                date(YEAR, 3, 1),
                INSURERS,
                TAX_OFFICE,
                automatic,
                starter=operator,
                key=key,
                exchanges=cloud.exchanges,
                registrations=cloud.registrations,
                workflows=cloud.workflows,
            )
        )

    def take_over_party(self, party: str, successor: str) -> object:
        """Register another partner as the successor of a party."""
        cloud, profile = self.cloud, "tax-office" if party == TAX_OFFICE else "insurers"
        request = RegistrationRequest(profile, 2000, ("who-answers",), predecessor=party)
        return self.again(
            lambda: register(successor, request, by=REGISTRAR, registrations=cloud.registrations, clock=cloud.clock)
        )

    def end_wait(self, wait: str, on: date, operator: Person) -> object:
        cloud, key = self.cloud, self.key()
        return self.again(
            lambda: commands.resume(
                YEAR,
                wait,
                on,
                by=operator,
                key=key,
                exchanges=cloud.exchanges,
                batches=cloud.batches,
                registrations=cloud.registrations,
                workflows=cloud.workflows,
            )
        )

    def evaluate(self, on: date, operator: Person, key: str) -> object:
        cloud = self.cloud
        return self.again(
            lambda: evaluate.start_evaluation(
                YEAR,
                on,
                starter=operator.subject,
                key=key,
                exchanges=cloud.exchanges,
                batches=cloud.batches,
                registrations=cloud.registrations,
                workflows=cloud.workflows,
                clock=cloud.clock,
            )
        )
