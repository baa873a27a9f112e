"""Registrations of partners, roles of persons and the account that pays in a table of DynamoDB.

Items are put once and never changed. Registrations lie under `registrations` /
`<partner>#<number>` and roles under `roles` / `<subject>#<number>`, so that one query reads every
one of a kind. `sequence` / `<number>` is the place of a registration among all of them. Versions of
the account that pays lie under `debtor-accounts` / `version#<number>`, and what was proposed under
`debtor-accounts` / `proposal#<id>`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.adapters.table import encode, query, write_together
from tegemoet.application.records import DebtorAccountProposal, DebtorAccountVersion, Registration, RoleChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

REGISTRATIONS = "registrations"
ROLES = "roles"
SEQUENCE = "sequence"
DEBTOR_ACCOUNTS = "debtor-accounts"
Record = Registration | RoleChange | DebtorAccountProposal | DebtorAccountVersion


class _Versions:
    """The versions of one kind in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str, partition: str) -> None:
        self._client, self._table, self._partition = client, table, partition

    def append(self, name: str, number: int, version: Record, *beside: Mapping[str, str]) -> bool:
        """Put the version and what lies beside it, or none of them."""
        return self.put(f"{name}#{number:06}", version, *beside)

    def put(self, name: str, record: Record, *beside: Mapping[str, str]) -> bool:
        """Put an item under its whole name, and what lies beside it, or none of them."""
        place = {"pk": self._partition, "sk": name}
        body = orjson.dumps(asdict(record), default=sorted).decode()
        return write_together(self._client, [self._put(values) for values in ({**place, "body": body}, *beside)])

    def _put(self, values: Mapping[str, str]) -> "TransactWriteItemTypeDef":
        absent = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self._table, "Item": encode(values), "ConditionExpression": absent}}

    def read(self, prefix: str = "") -> Iterator[Any]:
        for item in query(self._client, self._table, self._partition, prefix):
            yield orjson.loads(item["body"]["S"])


class DynamoRegistrations:
    """The registrations in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._versions = _Versions(client, table, REGISTRATIONS)

    def append(self, registration: Registration, known: int) -> bool:
        # two that were checked against the same ones take the same place among all: one is stored
        place = {"pk": SEQUENCE, "sk": f"{known + 1:09}"}
        return self._versions.append(registration.partner, registration.number, registration, place)

    def all(self) -> list[Registration]:
        return [Registration.parse(values) for values in self._versions.read()]


class DynamoRoles:
    """The roles in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._versions = _Versions(client, table, ROLES)

    def append(self, change: RoleChange) -> bool:
        return self._versions.append(change.subject, change.number, change)

    def latest(self, subject: str) -> RoleChange | None:
        return next(reversed(self.versions(subject)), None)

    def versions(self, subject: str) -> list[RoleChange]:
        return [RoleChange.parse(values) for values in self._versions.read(f"{subject}#")]

    def all(self) -> Iterator[RoleChange]:
        return (RoleChange.parse(values) for values in self._versions.read())


class DynamoDebtorAccounts:
    """The account that pays, and what was proposed for it, in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._versions = _Versions(client, table, DEBTOR_ACCOUNTS)

    def propose(self, proposal: DebtorAccountProposal) -> bool:
        return self._versions.put(f"proposal#{proposal.id}", proposal)

    def proposals(self) -> list[DebtorAccountProposal]:
        return [DebtorAccountProposal.parse(values) for values in self._versions.read("proposal#")]

    def proposal(self, proposal_id: str) -> DebtorAccountProposal | None:
        return next((proposal for proposal in self.proposals() if proposal.id == proposal_id), None)

    def append(self, version: DebtorAccountVersion) -> bool:
        return self._versions.append("version", version.number, version)

    def all(self) -> Iterator[DebtorAccountVersion]:
        return (DebtorAccountVersion.parse(values) for values in self._versions.read("version#"))
