"""Registrations of partners and roles of persons in memory, and partners that may bring it all."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tegemoet.application.partners.profiles import known_kinds
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.ports import Clock
from tegemoet.application.records import (
    DebtorAccountProposal,
    DebtorAccountVersion,
    GrantedKind,
    Person,
    PersonRole,
    Registration,
    RoleChange,
)
from tests.support import health

EVERY_NUMBER = tuple(f"{number:03}" for number in range(1000))
LONG_AGO = "2000-01-01T00:00:00Z"
REGISTRAR = Person("registrar", "R. Egistrar")
OPERATOR = Person("operator", "An Operator")


class FakeRegistrations:
    def __init__(self) -> None:
        self.items: dict[tuple[str, int], Registration] = {}

    def append(self, registration: Registration, known: int | None = None) -> bool:
        """As the port; without `known`, whatever else is registered."""
        place = (registration.partner, registration.number)
        if known not in (None, len(self.items)):
            return False
        return self.items.setdefault(place, registration) is registration

    def all(self) -> list[Registration]:
        return [registration for _, registration in sorted(self.items.items())]

    def register(self, bodies: Mapping[str, Mapping[str, Any]], clock: Clock) -> None:
        """Register partners as the API does: by name, the body of a request without its persons."""
        for partner, body in bodies.items():
            request = RegistrationRequest(**{"from_year": 2000, "answerable": ("who-answers",), **body})
            register(partner, request, by=REGISTRAR, registrations=self, clock=clock)

    def admit(self, *partners: str) -> None:
        """Register each of them, unless it is, for every kind and key and as an authority."""
        for partner in partners:
            self.append(anything_of(partner))

    def admit_insurers(self, *partners: str) -> None:
        """As `admit`, of insurers that have every number."""
        for partner in partners:
            self.append(any_number_of(partner))


class FakeRoles:
    def __init__(self) -> None:
        self.items: dict[tuple[str, int], RoleChange] = {}

    def append(self, change: RoleChange) -> bool:
        return self.items.setdefault((change.subject, change.number), change) is change

    def latest(self, subject: str) -> RoleChange | None:
        return next(reversed(self.versions(subject)), None)

    def versions(self, subject: str) -> list[RoleChange]:
        return [change for change in self.all() if change.subject == subject]

    def all(self) -> Iterator[RoleChange]:
        return (change for _, change in sorted(self.items.items(), key=lambda item: item[0]))

    def give(self, subject: str, *roles: PersonRole, partner: str | None = None, at: str = LONG_AGO) -> RoleChange:
        """Let the person have these roles, and that partner, from that moment on."""
        before = self.latest(subject)
        number = 1 if before is None else before.number + 1
        change = RoleChange(subject, number, f"Name of {subject}", frozenset(roles), partner, at, REGISTRAR)
        assert self.append(change)
        return change


class FakeDebtorAccounts:
    def __init__(self) -> None:
        self.proposed: dict[str, DebtorAccountProposal] = {}
        self.versions: dict[int, DebtorAccountVersion] = {}

    def propose(self, proposal: DebtorAccountProposal) -> bool:
        return self.proposed.setdefault(proposal.id, proposal) is proposal

    def proposals(self) -> list[DebtorAccountProposal]:
        return list(self.proposed.values())

    def proposal(self, proposal_id: str) -> DebtorAccountProposal | None:
        return self.proposed.get(proposal_id)

    def append(self, version: DebtorAccountVersion) -> bool:
        return self.versions.setdefault(version.number, version) is version

    def all(self) -> Iterator[DebtorAccountVersion]:
        return (version for _, version in sorted(self.versions.items()))


def anything_of(partner: str) -> Registration:
    """A registration of long ago with which a partner may bring everything, and is believed."""
    kinds = {*known_kinds(), (health.SLUG, "cases")}
    grants = tuple(GrantedKind(scheme, kind, 2000) for scheme, kind in sorted(kinds))
    return Registration(partner, 1, "operator", grants, (), 2000, 2000, ("who-answers",), None, LONG_AGO, REGISTRAR)


def any_number_of(insurer: str) -> Registration:
    """As `anything_of`, of an insurer that has every number."""
    return replace(anything_of(insurer), profile="insurers", keys=EVERY_NUMBER)
