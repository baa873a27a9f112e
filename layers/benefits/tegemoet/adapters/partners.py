"""Registrations of partners and roles of persons in a table of DynamoDB of their own.

Items are put once and never changed. Registrations lie under `registrations` /
`<partner>#<number>` and roles under `roles` / `<subject>#<number>`, so that one query reads every
one of a kind. `sequence` / `<number>` is the place of a registration among all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from tegemoet.adapters.table import encode, query, write_together
from tegemoet.application.records import Registration, RoleChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

REGISTRATIONS = "registrations"
ROLES = "roles"
SEQUENCE = "sequence"


class _Versions:
    """The versions of one kind in `table`."""

    def __init__(self, client: "DynamoDBClient", table: str, partition: str) -> None:
        self._client, self._table, self._partition = client, table, partition

    def append(self, name: str, number: int, version: Registration | RoleChange, *beside: Mapping[str, str]) -> bool:
        """Put the version and what lies beside it, or none of them."""
        place = {"pk": self._partition, "sk": f"{name}#{number:06}"}
        body = orjson.dumps(asdict(version), default=sorted).decode()
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
