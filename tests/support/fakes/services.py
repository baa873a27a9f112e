"""Workflows, events, secrets and the clock, in memory."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from tegemoet.application.records import PERSON_ROLES, Account, Person, PersonRole


@dataclass
class FakeWorkflows:
    started: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def start(self, workflow: str, name: str, payload: Mapping[str, Any]) -> None:
        self.started.setdefault((workflow, name), payload)

    def answer(self, token: str, payload: Mapping[str, Any]) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.remove(token)
        self.answers[token] = payload
        return True


@dataclass
class FakeEvents:
    published: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        self.published.append((kind, detail))


@dataclass
class FakeSecrets:
    """Secrets of tests; they protect nothing."""

    secrets: dict[str, str] = field(
        default_factory=lambda: {"v1": "the first secret of the tests", "v2": "the second one"}
    )
    current: str = "v1"
    digest: bytes = b"the digest secret of the tests"

    def person_secrets(self) -> Mapping[str, str]:
        return self.secrets

    def current_version(self) -> str:
        return self.current

    def digest_secret(self) -> bytes:
        return self.digest


@dataclass
class FakePeople:
    """Accounts of persons; by default one approver who has nothing to do with anything."""

    accounts: dict[str, Account] = field(
        default_factory=lambda: {"approver": Account(Person("approver", "An Approver"), frozenset({"approver"}), True)}
    )

    def add(self, subject: str, *groups: str, name: str = "", enabled: bool = True) -> Person:
        person = Person(subject, name or f"Name of {subject}")
        self.accounts[subject] = Account(person, frozenset(groups), enabled)
        return person

    def person(self, subject: str) -> Account | None:
        return self.accounts.get(subject)

    def assign(self, subject: str, roles: Collection[PersonRole]) -> None:
        account = self.accounts[subject]
        others = account.groups.difference(PERSON_ROLES)
        self.accounts[subject] = replace(account, groups=others.union(roles))

    def approvers(self) -> list[Account]:
        return [account for account in self.accounts.values() if "approver" in account.groups]


@dataclass
class FakeSeal:
    """A seal of tests: really a code of the message, under a key that protects nothing."""

    key: bytes = b"the seal of the tests"

    def sign(self, message: bytes) -> bytes:
        return hmac.digest(self.key, message, "sha256")

    def verify(self, message: bytes, mac: bytes) -> bool:
        assert mac, "KMS takes no empty code"
        return hmac.compare_digest(self.sign(message), mac)


@dataclass
class FakeClock:
    at: datetime = datetime(2023, 12, 1, 9, 0, 0, tzinfo=UTC)
    awaited: datetime | None = None
    """The moment that was waited for last."""

    def now(self) -> datetime:
        return self.at

    def wait_until(self, moment: datetime) -> None:
        """Time stands still, so that what a test does next has the moment that it expects."""
        self.awaited = moment
